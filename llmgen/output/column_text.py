"""Whole columns as text, spelled as `schema.forms.encode_text` spells their cells one by one.

A decimal without a declared scale is written with two decimals at least and no zeros behind them, in every format
but Parquet, where its column has one scale.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from llmgen.schema.arrow import LOOSE_SCALE
from llmgen.schema.forms import BadCell
from llmgen.schema.model import ColumnType

LOOSE_DECIMALS = 2
"""Decimals after the point that a number of no declared scale has at least."""

HEXADECIMAL = "\\x"
"""What bytes in hexadecimal begin with."""

Mask = npt.NDArray[np.bool_]
Signs = npt.NDArray[np.uint8]

_DIGITS = np.frombuffer(bytes(range(256)).hex().encode(), np.uint16)
_MOST_PLAIN_SCALE = 6  # Arrow spells smaller numbers with an exponent
_ODD_FLOAT = r"e|^-?0\.0000"  # where repr takes an exponent and Arrow does not, or the other way round


def column_text(type: ColumnType, array: Any) -> Any:
    """The column as an array of strings; NULL stays NULL. Raises BadCell for a float that no format can say."""
    found = array.type
    if pa.types.is_list(found):
        return _literals(type, array)
    if pa.types.is_decimal(found):
        return _decimals(type, array)
    if pa.types.is_floating(found):
        return _floats(array)
    if pa.types.is_time(found):
        return pc.replace_substring_regex(array.cast(pa.string()), r"\.000000$", "")
    if pa.types.is_timestamp(found):
        return _moments(array)
    if pa.types.is_binary(found):
        return joined(HEXADECIMAL, hexadecimal(array))
    return array if pa.types.is_string(found) else array.cast(pa.string())


def joined(*parts: Any) -> Any:
    """Strings and arrays of strings joined row by row; NULL where any part is."""
    return pc.binary_join_element_wise(*parts, "")


def respelled(texts: Any, odd: Any, spell: Callable[[Any], str | None], cells: Any) -> Any:
    """The texts, with those at which the mask `odd` is true taken from `spell` of the cell."""
    odd = pc.fill_null(odd, False)
    if not pc.any(odd).as_py():
        return texts
    spelled = pa.array([spell(cell) for cell in cells.filter(odd).to_pylist()], pa.string())
    return pc.replace_with_mask(texts, odd, spelled)


def elements(array: Any, texts: Callable[[Any], Any], null: str) -> Any:
    """The texts of each list's elements with `null` for NULL, as an array of lists; a list that is NULL is empty."""
    lengths = pc.fill_null(pc.list_value_length(array), 0).to_numpy(zero_copy_only=False)
    offsets = np.zeros(len(array) + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    return pa.ListArray.from_arrays(pa.array(offsets), pc.fill_null(texts(array.flatten()), null))


def unless_null(texts: Any, array: Any) -> Any:
    """The texts, NULL where the array is."""
    return pc.if_else(array.is_valid(), texts, pa.scalar(None, pa.string())) if array.null_count else texts


def hexadecimal(array: Any) -> Any:
    """Bytes as hexadecimal digits, two a byte."""
    offsets, content = content_of(array)
    starts = pa.py_buffer((offsets * 2).astype(np.int32))
    texts = pa.StringArray.from_buffers(len(array), starts, pa.py_buffer(_DIGITS[content]))
    return unless_null(texts, array)


def content_of(array: Any) -> tuple[npt.NDArray[np.int32], Signs]:
    """Where each cell of texts or bytes begins, and the last one ends, in the bytes of all of them; these bytes."""
    if not len(array):
        return np.zeros(1, np.int32), np.zeros(0, np.uint8)
    offsets = np.frombuffer(array.buffers()[1], np.int32)[array.offset : array.offset + len(array) + 1]
    held = array.buffers()[2] or pa.py_buffer(b"")
    return offsets - offsets[0], np.frombuffer(held, np.uint8)[offsets[0] : offsets[-1]]


def holding(array: Any, odd: Callable[[Signs], Mask]) -> Mask:
    """Which cells hold a byte that `odd` is true of: many times as fast as a regular expression."""
    offsets, signs = content_of(array)
    found = np.zeros(len(array), np.bool_)
    found[np.searchsorted(offsets, np.flatnonzero(odd(signs)), side="right") - 1] = True
    return found


def whole_buffer(array: Any) -> Any:
    """The bytes of all strings of an array, one after the other."""
    offsets = np.frombuffer(array.buffers()[1], np.int32)
    first, last = int(offsets[array.offset]), int(offsets[array.offset + len(array)])
    return (array.buffers()[2] or pa.py_buffer(b"")).slice(first, last - first)


def _literals(type: ColumnType, array: Any) -> Any:
    element = type.element or ColumnType("other", "")
    nested = element.kind == "array"

    def texts(cells: Any) -> Any:
        spelled = column_text(element, cells)
        if nested:
            return spelled
        escaped = pc.replace_substring(pc.replace_substring(spelled, "\\", "\\\\"), '"', '\\"')
        return joined('"', escaped, '"')

    return unless_null(joined("{", pc.binary_join(elements(array, texts, "NULL"), ","), "}"), array)


def _decimals(type: ColumnType, array: Any) -> Any:
    texts = array.cast(pa.string())
    scale = array.type.scale
    if not 0 <= scale <= _MOST_PLAIN_SCALE:
        texts = respelled(texts, pc.match_substring(texts, "E"), lambda cell: f"{cell:f}", array)
    if type.precision is not None:
        return texts
    needless = LOOSE_SCALE - LOOSE_DECIMALS
    return pc.if_else(
        pc.ends_with(texts, "0" * needless),
        pc.utf8_slice_codeunits(texts, 0, stop=-needless),
        pc.ascii_rtrim(texts, "0"),
    )


def _floats(array: Any) -> Any:
    if not pc.all(pc.is_finite(array)).as_py() and len(array) > array.null_count:
        raise BadCell("a finite number")
    texts = array.cast(pa.string())
    odd = pc.match_substring_regex(texts, _ODD_FLOAT)
    whole = pc.and_not(pc.invert(pc.match_substring(texts, ".")), odd)
    return respelled(pc.if_else(whole, joined(texts, ".0"), texts), odd, repr, array)


def _moments(array: Any) -> Any:
    local = array.cast(pa.timestamp("us"))
    zone: Sequence[str] = ("Z",) if array.type.tz else ()
    if not _has_fractions(local):
        return joined(_with_t(local.cast(pa.timestamp("s")).cast(pa.string())), *zone)
    texts = local.cast(pa.string())
    fractions = pc.utf8_slice_codeunits(texts, 19)
    seconds = _with_t(pc.utf8_slice_codeunits(texts, 0, stop=19))
    return joined(seconds, pc.if_else(pc.equal(fractions, ".000000"), "", fractions), *zone)


def _with_t(texts: Any) -> Any:
    return pc.binary_replace_slice(texts, 10, 11, "T")


def _has_fractions(local: Any) -> bool:
    microseconds = pc.fill_null(local.cast(pa.int64()), 0).to_numpy()
    return bool((microseconds % 1_000_000).any())
