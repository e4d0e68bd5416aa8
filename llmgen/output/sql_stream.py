"""Batches of rows as SQL: the tuples of INSERTs with what separates them, so that parts join at any row."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from llmgen.output.column_text import joined, whole_buffer
from llmgen.output.layout import Part
from llmgen.output.order import Edge, late_columns
from llmgen.output.sql_frame import Frame, counted
from llmgen.output.sql_spelling import column_literals, identifier, qualified
from llmgen.schema.model import Column, Table


def encode_sql(frame: Frame, table: Table, columns: Sequence[Column], batch: Any, first: int) -> Part:
    """The rows of a batch, of which the first has the number `first` in its table. Rows refer to none behind them."""
    literals = {column.name: column_literals(frame.spelling, table, column, batch[column.name]) for column in columns}
    body = _rows(frame, table, columns, literals, range(first, first + batch.num_rows))
    late = b"".join(_updates(table, edge, literals, frame.spelling) for edge in frame.late if edge.table == table.name)
    highest = {name: pc.max(batch[name]).as_py() or 0 for name in counted(columns)}
    return translated(frame, Part(batch.num_rows, body, late, highest))


def translated(frame: Frame, part: Part) -> Part:
    """The same statements in the frame's dialect, if it is not spelled as such; each must be whole."""
    if frame.spelling or not part.rows:
        return part
    statements = frame.spelled(bytes(part.body).decode().removeprefix(";\n")).removesuffix(";\n")
    return replace(part, body=f";\n{statements}".encode(), late=frame.spelled(part.late.decode()).encode())


def _rows(frame: Frame, table: Table, columns: Sequence[Column], literals: dict[str, Any], numbers: range) -> Any:
    head = ";\n" + frame.head(table, columns)
    if not columns:
        return pa.py_buffer(head.encode() * len(numbers))
    size, empty = frame.size(table), frame.empty(table)
    starts = pa.array(np.arange(numbers.start, numbers.stop) % size == 0 if size else np.zeros(len(numbers), bool))
    parts: list[Any] = []
    between = ""
    for column in columns:
        parts += [between + "NULL"] if column.name in empty else [between, literals[column.name]]
        between = ", "
    begins = pc.if_else(starts, head + "  (", ",\n  (")
    replaced = {"null_handling": "replace", "null_replacement": "NULL"}
    return whole_buffer(pc.binary_join_element_wise(begins, *parts, ")", "", **replaced))


def _updates(table: Table, edge: Edge, literals: dict[str, Any], spelling: str) -> bytes:
    """UPDATEs of the rows that have one of the key's late columns."""
    equal = {name: joined(f"{identifier(name, spelling)} = ", texts) for name, texts in literals.items()}
    names = late_columns(table, edge.key)
    # Without the empty text in front, Arrow drops rows that have nothing but NULL.
    settings = pc.binary_join_element_wise("", *(equal[name] for name in names), ", ", null_handling="skip")
    place = pc.binary_join_element_wise(*(equal[name] for name in table.primary_key), " AND ")
    update = f"UPDATE {qualified(table, spelling)} SET "
    lines = joined(update, pc.utf8_slice_codeunits(settings, 2), " WHERE ", place, ";\n")
    return bytes(whole_buffer(lines.filter(pc.not_equal(settings, ""))))
