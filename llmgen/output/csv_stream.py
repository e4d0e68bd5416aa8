"""Batches of rows as CSV: the same bytes as `files.write_table`, a whole batch at once."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from llmgen.output.cells import cell_form
from llmgen.output.column_text import column_text, joined, whole_buffer
from llmgen.output.csv_text import csv_line
from llmgen.schema.model import Column, ColumnType, Table

_SPACE = r"\t-\r\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
_NEEDS_QUOTES = rf'[",\r\n]|^[{_SPACE}]|[{_SPACE}]$|^$|^\\\.$'  # as csv_text has it: \s of Python is Unicode's
_MAY_NEED_QUOTES = ("text", "enum", "set", "array", "json", "other")


def csv_header(columns: Sequence[Column]) -> bytes:
    """The first line of a file."""
    return csv_line([column.name for column in columns]).encode()


def encode_csv(table: Table, columns: Sequence[Column], batch: Any) -> Any:
    """The rows' lines as one buffer, cells in the order of `columns`. Raises DataError as `write_table`."""
    if not columns:
        return pa.py_buffer(b"\n" * batch.num_rows)
    *cells, last = (cell_form(_cells, table, column, batch.column(column.name)) for column in columns)
    replaced = {"null_handling": "replace", "null_replacement": ""}
    ended = pc.binary_join_element_wise(last, "\n", "", **replaced)
    return whole_buffer(pc.binary_join_element_wise(*cells, ended, ",", **replaced))


def _cells(type: ColumnType, array: Any) -> Any:
    texts = column_text(type, array)
    if type.kind not in _MAY_NEED_QUOTES:
        return texts
    marked = pc.match_substring_regex(texts, _NEEDS_QUOTES)
    if not pc.any(marked).as_py():
        return texts
    return pc.if_else(marked, joined('"', pc.replace_substring(texts, '"', '""'), '"'), texts)
