"""Batches of rows as JSON lines: the same bytes as `files.write_table`, a whole batch at once."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from llmgen.output.cells import cell_form
from llmgen.output.column_text import (
    Mask,
    Signs,
    column_text,
    elements,
    holding,
    joined,
    respelled,
    unless_null,
    whole_buffer,
)
from llmgen.schema.forms import encode
from llmgen.schema.model import Column, ColumnType, Table

_PLAIN_DIGITS = 15
"""Digits of a decimal that a float always keeps, so that its shortest form is the decimal itself."""

_QUOTED = ("text", "uuid", "enum", "set", "interval", "other", "bytes", "date", "time", "timestamp", "timestamptz")
_NEVER_SPECIAL = ("uuid", "date", "time", "timestamp", "timestamptz")


def encode_jsonl(table: Table, columns: Sequence[Column], batch: Any) -> Any:
    """The rows' lines as one buffer, cells in the order of `columns`. Raises DataError as `write_table`."""
    if not columns:
        return pa.py_buffer(b"{}\n" * batch.num_rows)
    parts: list[Any] = []
    before = "{"
    for column in columns:
        texts, mark = cell_form(_cells, table, column, batch.column(column.name))
        parts += [f"{before}{_dumps(column.name)}: {mark}", texts]
        before = f"{mark}, "
    ends = before.removesuffix(", ") + "}\n"
    replaced = {"null_handling": "replace", "null_replacement": "null"}
    return whole_buffer(pc.binary_join_element_wise(*parts, ends, "", **replaced))


def _cells(type: ColumnType, array: Any) -> tuple[Any, str]:
    """The cells in JSON, NULL left, and the mark that is to stand around each of them."""
    texts = _values(type, array)
    if type.kind not in _QUOTED:
        return texts, ""
    return (joined('"', texts, '"'), "") if array.null_count else (texts, '"')


def _values(type: ColumnType, array: Any) -> Any:
    """The cells in JSON without the quotes of strings."""
    if type.kind == "array":
        inner = type.element or ColumnType("other", "")
        listed = elements(array, lambda cells: _in_quotes(inner, cells), "null")
        return unless_null(joined("[", pc.binary_join(listed, ", "), "]"), array)
    texts = column_text(type, array)
    if type.kind == "decimal":
        return _decimals(type, array, texts)
    if type.kind not in _QUOTED or type.kind in _NEVER_SPECIAL:
        return texts
    return respelled(texts, pa.array(holding(texts, _special)), lambda cell: _dumps(cell)[1:-1], texts)


def _in_quotes(type: ColumnType, array: Any) -> Any:
    texts, mark = _cells(type, array)
    return joined(mark, texts, mark) if mark else texts


def _decimals(type: ColumnType, array: Any, texts: Any) -> Any:
    scale = array.type.scale if pa.types.is_decimal(array.type) else 0
    shortest = texts
    if scale > 0:
        cut = pc.ascii_rtrim(texts, "0")
        shortest = pc.if_else(pc.ends_with(cut, "."), joined(cut, "0"), cut)
    return respelled(shortest, _odd(array), lambda text: _dumps(encode(type, Decimal(text))), texts)


def _odd(array: Any) -> Any:
    """Which decimals may have another form in JSON than their digits without the last zeros."""
    if not pa.types.is_decimal(array.type) or array.type.scale < 0:
        return array.is_valid()
    precision, scale = array.type.precision, array.type.scale
    if precision <= _PLAIN_DIGITS and scale <= 4:
        return pa.array(np.zeros(len(array), bool))
    halves = np.frombuffer(array.buffers()[1], np.int64).reshape(-1, 2)[array.offset : array.offset + len(array)]
    low, high = halves[:, 0], halves[:, 1]
    size = np.abs(low)
    tiny = (size < 10 ** max(scale - 4, 0)) & (low != 0) if scale - 4 <= _PLAIN_DIGITS else low != 0
    return pc.and_(array.is_valid(), pa.array((high != low >> 63) | (size >= 10**_PLAIN_DIGITS) | (size < 0) | tiny))


def _special(signs: Signs) -> Mask:
    """Bytes that JSON writes in another way."""
    special: Mask = (signs < 0x20) | (signs == ord('"')) | (signs == ord("\\"))
    return special


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
