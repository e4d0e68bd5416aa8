"""Batches of rows as CSV: the same bytes as `files.write_table`, a whole batch at once."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from llmgen.output.cells import cell_form
from llmgen.output.column_text import Mask, Signs, column_text, content_of, holding, joined, whole_buffer
from llmgen.output.csv_text import csv_line
from llmgen.schema.model import Column, ColumnType, Table

_SPACE = r"\t-\r\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
_NEEDS_QUOTES = rf'[",\r\n]|^[{_SPACE}]|[{_SPACE}]$|^$|^\\\.$'  # as csv_text has it: \s of Python is Unicode's
_BLANKS = (*range(0x09, 0x0E), *range(0x1C, 0x21))
# Bytes that cells may begin and end with where the regular expression finds something at their ends.
_FIRST = np.isin(np.arange(256), [*_BLANKS, ord("\\"), 0xC2, 0xE1, 0xE2, 0xE3])
_LAST = np.isin(np.arange(256), [*_BLANKS, *range(0x80, 0x8B), 0x9F, 0xA0, 0xA8, 0xA9, 0xAF])
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
    marked = np.flatnonzero(_marked(texts))
    if not len(marked):
        return texts
    places = np.arange(len(texts))
    places[marked] = len(texts) + np.arange(len(marked))
    quoted = joined('"', pc.replace_substring(texts.take(pa.array(marked)), '"', '""'), '"')
    return pa.concat_arrays([texts, quoted]).take(pa.array(places))


def _marked(texts: Any) -> Mask:
    """Which cells need quotes: a look at all bytes, and a closer one at cells that begin or end as blanks do."""
    offsets, signs = content_of(texts)
    marked = holding(texts, _special)
    filled = np.flatnonzero(np.diff(offsets))
    unsure = np.ones(len(texts), np.bool_)
    unsure[filled] = _FIRST[signs[offsets[filled]]] | _LAST[signs[offsets[filled + 1] - 1]]
    rows = np.flatnonzero(unsure & ~marked)
    found = pc.match_substring_regex(texts.take(pa.array(rows)), _NEEDS_QUOTES)
    marked[rows] = pc.fill_null(found, False).to_numpy(zero_copy_only=False)
    return marked


def _special(signs: Signs) -> Mask:
    special: Mask = (signs == ord('"')) | (signs == ord(",")) | (signs == ord("\r")) | (signs == ord("\n"))
    return special
