"""Cells of many rows at once: Arrow columns as a file has them, in the types that rules are judged over.

Whatever is not plainly right is decoded value by value. Where a value is wrong, the caller reads row by row.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from llmgen.predicates.arrays import to_array
from llmgen.schema.forms import BadCell, decode
from llmgen.schema.model import Column, ColumnType, Table

_FIRST = pa.scalar(datetime(1, 1, 1), pa.timestamp("us"))
_LAST = pa.scalar(datetime(9999, 12, 31, 23, 59, 59, 999999), pa.timestamp("us"))
_MOMENT = pa.timestamp("us")
_INSTANT = pa.timestamp("us", "UTC")
_NUMBER = np.isin(np.arange(256), list(b"0123456789.-"))
_DASHES = (8, 13, 18, 23)
_HEXADECIMAL = np.isin(np.arange(256), list(b"0123456789abcdef"))


class _Unsure(Exception):
    """A column holds cells that are not plainly of its type."""


def typed_columns(table: Table, cells: pa.Table, text: bool) -> dict[str, Any] | None:
    """The columns by name as `Arena.load_columns` takes them; None where some cell does not fit its column.

    `text` as for `forms.decode`. What may not be NULL and is, or is not there and has no default, does not fit.
    """
    found: dict[str, Any] = {}
    for column in table.columns:
        if column.name not in cells.column_names:
            if _is_required(column) and column.default is None:
                return None
            continue
        array = cells[column.name].combine_chunks()
        if array.null_count and _is_required(column):
            return None
        values = _typed(column.type, array, text)
        if values is None:
            return None
        found[column.name] = values
    return found if set(cells.column_names) <= found.keys() else None


def _is_required(column: Column) -> bool:
    return not column.nullable and column.written


def _typed(type: ColumnType, array: Any, text: bool) -> Any | None:
    if array.null_count == len(array):
        return pa.nulls(len(array), pa.string())
    try:
        found = _PLAIN[type.kind](type, array)
    except (KeyError, _Unsure, pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return _by_value(type, array, text)
    return found


def _by_value(type: ColumnType, array: Any, text: bool) -> Any | None:
    """The column by decoding each value that is in it once; None where one does not fit."""
    try:
        encoded = array.dictionary_encode()
        values = [decode(type, value, text=text) for value in encoded.dictionary.to_pylist()]
        if any(isinstance(value, str) and type.length and len(value) > type.length for value in values):
            return None
        cells = to_array(values, type)
        arrow = _integers(type) if type.kind == "integer" else None
        return pa.array(cells.tolist() if cells.dtype == object else cells, arrow).take(encoded.indices)
    except (BadCell, pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError, OverflowError, ValueError):
        return None


def _sure(condition: Any) -> None:
    if not condition:
        raise _Unsure


def _is_text(array: Any) -> bool:
    return bool(pa.types.is_string(array.type) or pa.types.is_large_string(array.type))


def _letters(array: Any) -> "np.ndarray[Any, np.dtype[np.uint8]]":
    """The bytes of the cells of a text column, one after another."""
    width = np.int64 if pa.types.is_large_string(array.type) else np.int32
    ends = np.frombuffer(array.buffers()[1], width)[array.offset : array.offset + len(array) + 1]
    content = array.buffers()[2]
    return np.frombuffer(content, np.uint8)[ends[0] : ends[-1]] if content is not None else np.empty(0, np.uint8)


def _whole(type: ColumnType, array: Any) -> Any:
    if _is_text(array):
        _sure(_NUMBER[_letters(array)].all())
        array = array.cast(_integers(type))
    _sure(pa.types.is_integer(array.type))
    bits = type.bits or 64
    low, high = (0, (1 << bits) - 1) if type.unsigned else (-(1 << bits - 1), (1 << bits - 1) - 1)
    ends = pc.min_max(array).as_py()
    _sure(low <= ends["min"] and ends["max"] <= high)
    return array


def _integers(type: ColumnType) -> Any:
    return pa.uint64() if type.unsigned else pa.int64()


def _decimal(type: ColumnType, array: Any) -> Any:
    precision, scale = (38, 12) if type.precision is None else (type.precision, type.scale or 0)
    _sure(precision <= 38)
    if _is_text(array):
        _sure(_NUMBER[_letters(array)].all())
    else:
        _sure(pa.types.is_decimal(array.type) or pa.types.is_integer(array.type))
    found = array.cast(pa.decimal128(precision, scale))
    _sure(not type.unsigned or pc.min(found).as_py() >= 0)
    return found


def _float(type: ColumnType, array: Any) -> Any:
    _sure(type.precision is None)
    if _is_text(array):
        _sure(_NUMBER[_letters(array)].all())
    else:
        _sure(pa.types.is_floating(array.type))
    found = array.cast(pa.float64())
    _sure(pc.all(pc.is_finite(found)).as_py())
    _sure(not type.unsigned or pc.min(found).as_py() >= 0)
    return found


def _text(type: ColumnType, array: Any) -> Any:
    _sure(_is_text(array) and _letters(array).all())  # no NUL
    if type.fixed:
        array = pc.utf8_rtrim(array, characters=" ")
    _sure(type.length is None or pc.max(pc.utf8_length(array)).as_py() <= type.length)
    return array


def _enum(type: ColumnType, array: Any) -> Any:
    _sure(_is_text(array))
    labels = pa.array([*type.labels, None], array.type)
    _sure(pc.all(pc.is_in(array, value_set=labels)).as_py())
    return array


def _boolean(type: ColumnType, array: Any) -> Any:
    _sure(pa.types.is_boolean(array.type))
    return array


def _date(type: ColumnType, array: Any) -> Any:
    if _is_text(array):
        ends = pc.min_max(pc.binary_length(array)).as_py()
        _sure(ends["min"] == ends["max"] == 10)
        array = array.cast(pa.date32())
    _sure(pa.types.is_date32(array.type))
    _sure(pc.min(array.cast(pa.int32())).as_py() >= (date.min - date(1970, 1, 1)).days)
    _sure(pc.max(array.cast(pa.int32())).as_py() <= (date.max - date(1970, 1, 1)).days)
    return array


def _timestamp(type: ColumnType, array: Any) -> Any:
    return _moments(array).cast(_MOMENT)


def _timestamptz(type: ColumnType, array: Any) -> Any:
    found = _moments(array)
    return found if found.type == _INSTANT else pc.assume_timezone(found, "UTC")


def _moments(array: Any) -> Any:
    """Text or moments as microseconds, in UTC where a zone is given. Arrow takes a day or an hour alone, we do not."""
    if _is_text(array):
        _sure(pc.all(pc.equal(pc.utf8_slice_codeunits(array, 13, 14), ":")).as_py())
        try:
            array = array.cast(_INSTANT)
        except pa.ArrowInvalid:
            array = array.cast(_MOMENT)
    _sure(pa.types.is_timestamp(array.type) and array.type.unit != "ns")
    array = array.cast(_INSTANT if array.type.tz else _MOMENT)
    ends = pc.min_max(array.cast(_MOMENT))
    _sure(pc.greater_equal(ends["min"], _FIRST).as_py() and pc.less_equal(ends["max"], _LAST).as_py())
    return array


def _time(type: ColumnType, array: Any) -> Any:
    _sure(pa.types.is_time64(array.type) and array.type.unit == "us")
    return array


def _uuid(type: ColumnType, array: Any) -> Any:
    _sure(_is_text(array))
    full = array.drop_null()
    ends = pc.min_max(pc.binary_length(full)).as_py()
    _sure(ends["min"] == ends["max"] == 36)
    letters = _letters(full).reshape(-1, 36)
    _sure((letters[:, _DASHES] == ord("-")).all())
    digits = np.delete(np.arange(36), _DASHES)
    _sure(all(_HEXADECIMAL[letters[:, place]].all() for place in digits))
    return array


def _bytes(type: ColumnType, array: Any) -> Any:
    _sure(pa.types.is_binary(array.type))
    _sure(type.length is None or pc.max(pc.binary_length(array)).as_py() <= type.length)
    return array


_PLAIN: dict[str, Callable[[ColumnType, Any], Any]] = {
    "integer": _whole, "decimal": _decimal, "float": _float, "text": _text, "enum": _enum, "boolean": _boolean,
    "date": _date, "timestamp": _timestamp, "timestamptz": _timestamptz, "time": _time, "uuid": _uuid, "bytes": _bytes,
}  # fmt: skip
