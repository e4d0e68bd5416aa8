"""Columns that lie on a line (numbers, dates, moments, spans) as whole numbers on their grid, and back to Arrow."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from llmgen.predicates.ranges import DAY, NUMERIC, ORDERED, Domain, Number, closed, grid
from llmgen.schema.arrow import LOOSE_SCALE, arrow_type
from llmgen.schema.intervals import interval_text, read_interval
from llmgen.schema.model import Column
from llmgen.schema.numbers import EXACT
from llmgen.values.streams import Numbers, Words

MOST = 1 << 62
"""No number on a grid is farther from zero: differences of two still fit 64 bits."""

_EXACT_DIGITS = 18
_FINE_SCALE = 9
_MILLION = 10**6
_EXACT_FLOAT = 1 << 53
_EPOCH_TO_FIRST, _EPOCH_TO_LAST = -719_162, 2_932_896


def on_line(column: Column) -> bool:
    """Whether the column's values have numbers on a grid."""
    return column.type.kind in ORDERED


def unit(column: Column) -> Fraction:
    """The grid: a value is its number times this, on the line of `llmgen.predicates.ranges.encode`.

    Decimals of more than 18 digits have a grid of a billionth at the finest, so that their usual values fit 64 bits.
    """
    kind = column.type.kind
    if kind == "decimal":
        return Fraction(1, 10 ** _places(column)) if _places(column) >= 0 else Fraction(10 ** -_places(column))
    if kind == "float":
        return Fraction(1, _MILLION)
    return Fraction(DAY) if kind == "date" else Fraction(1)


def _places(column: Column) -> int:
    """Decimals after the point of the grid."""
    precision, scale = column.type.precision, column.type.scale or 0
    if precision is None:
        return LOOSE_SCALE
    return scale if precision <= _EXACT_DIGITS else min(scale, _FINE_SCALE)


def ends(column: Column, domain: Domain) -> tuple[int, int]:
    """The least and the greatest number of the domain on the column's grid, both inclusive.

    What the type can hold bounds them too. The first is the greater of the two where the domain is too narrow or too
    far away for the grid.
    """
    kind, step = column.type.kind, lattice(column, domain)
    low, high = closed(domain)
    least, most = _LIMITS.get(kind, (-MOST, MOST))
    if kind == "integer":
        bits = column.type.bits or 64
        least = 0 if column.type.unsigned else max(-MOST, -(1 << bits - 1))
        most = min(MOST, (1 << bits - (not column.type.unsigned)) - 1)
    if kind == "decimal" and column.type.precision is not None:
        digits = column.type.precision - (column.type.scale or 0) + _places(column)
        least, most = max(-MOST, 1 - 10**digits), min(MOST, 10**digits - 1)
    of = unit(column)
    first = least if low is None else max(least, _ceil(Fraction(low) / of))
    last = most if high is None else min(most, Fraction(high) // of)
    if kind == "float":  # 0.1 is a little more than a tenth: an open end may still be met
        first += low is not None and domain.low_open and first / _MILLION <= domain.low
        last -= high is not None and domain.high_open and last / _MILLION >= domain.high
    return -(-first // step) * step, last // step * step


_LIMITS = {
    "float": (-MOST, MOST),
    "date": (_EPOCH_TO_FIRST, _EPOCH_TO_LAST),
    "timestamp": (_EPOCH_TO_FIRST * DAY, _EPOCH_TO_LAST * DAY + DAY - 1),
    "timestamptz": (_EPOCH_TO_FIRST * DAY, _EPOCH_TO_LAST * DAY + DAY - 1),
    "time": (0, DAY - 1),
}


def lattice(column: Column, domain: Domain) -> int:
    """The finest step, in numbers of the grid, that the domain's own step allows."""
    step, of = Fraction(grid(domain)), unit(column)
    if domain.step is None or step <= of:
        return 1
    ratio = step / of
    return ratio.numerator


def _ceil(number: Fraction) -> int:
    return -(-number.numerator // number.denominator)


def number_of(value: Number, column: Column) -> int:
    """A number of the line on the column's grid, from below."""
    return int(Fraction(value) // unit(column))


def from_numbers(numbers: Numbers, column: Column, null_mask: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    """The values of numbers on the grid; NULL where the mask is true. ValueError for what the type cannot hold."""
    if null_mask is not None and null_mask.any():
        numbers = np.where(null_mask, 0, numbers)
    else:
        null_mask = None
    if column.type.kind not in NUMERIC:
        return _FROM[column.type.kind](numbers, column, null_mask)
    held = arrow_type(column.type)
    if column.type.kind == "float":
        whole, rest = np.divmod(numbers, _MILLION)
        exact = numbers / _MILLION
        if numbers.size and max(-int(numbers.min()), int(numbers.max())) > _EXACT_FLOAT:
            exact = np.where(np.abs(numbers) > _EXACT_FLOAT, whole + rest / _MILLION, exact)
        return pa.array(exact, held, mask=null_mask)
    if column.type.kind == "decimal":
        return _decimals(numbers, column, null_mask)
    kept = np.dtype(held.to_pandas_dtype())
    _check(numbers, int(np.iinfo(kept).min), int(np.iinfo(kept).max), column)
    return pa.array(numbers.astype(kept), held, mask=null_mask)


def _check(numbers: Numbers, low: int, high: int, column: Column) -> None:
    if numbers.size and (int(numbers.min()) < low or int(numbers.max()) > high):
        raise ValueError(f"{column.name} ({column.type.sql}) cannot hold all of its numbers")


def _decimals(numbers: Numbers, column: Column, null_mask: npt.NDArray[np.bool_] | None) -> pa.Array:
    held, places = arrow_type(column.type), _places(column)
    if pa.types.is_string(held):
        shown = Decimal(1).scaleb(-(column.type.scale or 0))
        texts = [f"{Decimal(number).scaleb(-places).quantize(shown, context=EXACT):f}" for number in numbers.tolist()]
        return pa.array(texts, held, mask=null_mask)
    if column.type.precision is not None:
        digits = column.type.precision - (column.type.scale or 0) + places
        if digits <= _EXACT_DIGITS:
            _check(numbers, 1 - 10**digits, 10**digits - 1, column)
    halves = np.empty((len(numbers), 2), dtype=np.int64)
    halves[:, 0] = numbers
    halves[:, 1] = numbers >> 63
    bits = None if null_mask is None else pa.array(~null_mask).buffers()[1]
    fine = pa.decimal128(held.precision if places == held.scale else 38, places)
    found = pa.Array.from_buffers(fine, len(numbers), [bits, pa.py_buffer(halves)])
    return found if fine == held else found.cast(held)


def _days(numbers: Numbers, column: Column, null_mask: npt.NDArray[np.bool_] | None) -> pa.Array:
    _check(numbers, _EPOCH_TO_FIRST, _EPOCH_TO_LAST, column)
    return pa.array(numbers.astype(np.int32), pa.int32(), mask=null_mask).view(pa.date32())


def _moments(numbers: Numbers, column: Column, null_mask: npt.NDArray[np.bool_] | None) -> pa.Array:
    _check(numbers, *_LIMITS[column.type.kind], column)
    return pa.array(numbers, pa.int64(), mask=null_mask).view(arrow_type(column.type))


def _spans(numbers: Numbers, column: Column, null_mask: npt.NDArray[np.bool_] | None) -> pa.Array:
    few, places = np.unique(numbers, return_inverse=True)
    texts = pa.array([interval_text(timedelta(microseconds=number)) for number in few.tolist()], pa.string())
    return texts.take(pa.array(places.astype(np.int64), mask=null_mask))


_FROM: dict[str, Callable[[Numbers, Column, npt.NDArray[np.bool_] | None], pa.Array]] = {
    "date": _days,
    "timestamp": _moments,
    "timestamptz": _moments,
    "time": _moments,
    "interval": _spans,
}


def to_numbers(array: pa.Array, column: Column) -> Numbers:
    """The values' numbers on the grid, NULL as 0; what lies between two numbers or beyond all goes towards zero."""
    kind = column.type.kind
    if kind == "integer":
        if pa.types.is_uint64(array.type):
            large: Words = array.fill_null(0).to_numpy(zero_copy_only=False)
            return np.minimum(large, np.uint64(MOST)).astype(np.int64)
        return _whole(array.cast(pa.int64()))
    if kind == "float":
        floats: npt.NDArray[np.float64] = array.fill_null(0.0).to_numpy(zero_copy_only=False)
        return np.rint(np.clip(floats, -MOST / _MILLION, MOST / _MILLION) * _MILLION).astype(np.int64)
    if kind == "decimal":
        return _from_decimals(array, column)
    if kind == "interval":
        coded = array.dictionary_encode()
        spans = [read_interval(text) // timedelta(microseconds=1) for text in coded.dictionary.to_pylist()]
        places = _whole(coded.indices.cast(pa.int64()))
        return np.where(array.is_null(), 0, np.array([*spans, 0], dtype=np.int64)[places])
    if kind == "date":
        return _whole(array.view(pa.int32()).cast(pa.int64()))
    return _whole(array.view(pa.int64()))


def _whole(array: pa.Array) -> Numbers:
    found: Numbers = array.fill_null(0).to_numpy(zero_copy_only=False)
    return found


def _from_decimals(array: pa.Array, column: Column) -> Numbers:
    places = _places(column)
    if pa.types.is_string(array.type):
        texts = array.to_pylist()
        found = [0 if text is None else int(Decimal(text).scaleb(places)) for text in texts]
        return np.array([min(max(number, -MOST), MOST) for number in found], dtype=np.int64)
    if array.type.scale != places:
        array = array.cast(pa.decimal128(38, places), safe=False)
    buffer = array.buffers()[1]
    halves = np.frombuffer(buffer, dtype=np.int64)[2 * array.offset : 2 * (array.offset + len(array))].reshape(-1, 2)
    low, high = halves[:, 0], halves[:, 1]
    beyond = high != low >> 63
    numbers = np.where(beyond, np.where(high < 0, -MOST, MOST), low)
    return np.where(array.is_null(), 0, np.clip(numbers, -MOST, MOST)) if len(array) else low.copy()
