"""A dataset as SQL: one transaction of INSERTs that loads with every constraint on."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from llmgen.dataset import Dataset, Values
from llmgen.output.cells import written_columns
from llmgen.output.layout import Part
from llmgen.output.order import late_columns, parents_first
from llmgen.output.sql_frame import Frame, counted, frame
from llmgen.output.sql_script import Script
from llmgen.output.sql_spelling import identifier, literal, qualified
from llmgen.output.sql_stream import translated
from llmgen.schema.model import Column, Schema, Table

_HAS_DEFAULT = ("postgres", "mysql", "duckdb")
"""Dialects where DEFAULT may stand for a value."""


def write_sql(path: Path, schema: Schema, dataset: Dataset, header: str = "", dialect: str = "") -> None:
    """Write the script; `header` becomes its first comment lines. Raises DataError for a value that SQL cannot say.

    The dialect is the schema's unless another is given. A column that a row lacks gets the database's default. A client
    may have to be told to stop at the first error (psql: ON_ERROR_STOP), but commits nothing in either case.
    """
    around = frame(schema, dataset.rows, dialect or schema.dialect)
    ordered = {name: parents_first(schema.table(name), rows) for name, rows in dataset.rows.items()}
    if around.dialect == "mysql":
        circles = {name for name, (_, possible) in ordered.items() if not possible}
        around = replace(around, unchecked=around.unchecked | circles)
    tables = {name: schema.table(name) for group in around.groups for name in group}
    columns = {name: _columns(table, dataset.rows[name]) for name, table in tables.items()}
    script = Script(path, around, columns, header)
    try:
        for name, table in tables.items():
            rows, possible = ordered[name]
            # Rows that refer to each other in a circle load in one statement: keys are checked at its end.
            size = around.size(table) if possible else 0
            script.begin(table)
            script.append(table, _part(around, table, columns[name], rows, size))
            script.end(table)
        script.finish()
    finally:
        script.close()


def _columns(table: Table, rows: Sequence[Values]) -> list[Column]:
    return [table.column(name) for name in written_columns(table, rows)]


def _part(around: Frame, table: Table, columns: Sequence[Column], rows: Sequence[Values], size: int) -> Part:
    pieces, before = [], None
    for number, row in enumerate(rows):
        chosen = [column for column in columns if around.dialect in _HAS_DEFAULT or column.name in row]
        starts = chosen != before or (size and number % size == 0) or not chosen
        pieces.append(";\n" + around.head(table, chosen) if starts else ",\n")
        if chosen:
            pieces.append(f"  ({', '.join(_cell(around, table, column, row) for column in chosen)})")
        before = chosen
    highest = {name: max((row[name] for row in rows if row.get(name)), default=0) for name in counted(columns)}
    late = "".join(_update(around, table, row) for row in rows)
    return translated(around, Part(len(rows), "".join(pieces).encode(), late.encode(), highest))


def _update(around: Frame, table: Table, row: Values) -> str:
    place = _equal(around, table, table.primary_key, row, " AND ")
    statements = []
    for edge in (edge for edge in around.late if edge.table == table.name):
        if filled := [name for name in late_columns(table, edge.key) if row.get(name) is not None]:
            settings = _equal(around, table, filled, row, ", ")
            statements.append(f"UPDATE {qualified(table, around.spelling)} SET {settings} WHERE {place};\n")
    return "".join(statements)


def _equal(around: Frame, table: Table, names: Sequence[str], row: Values, between: str) -> str:
    columns = [table.column(name) for name in names]
    literals = [(column.name, literal(around.spelling, table, column, row.get(column.name))) for column in columns]
    return between.join(f"{identifier(name, around.spelling)} = {text}" for name, text in literals)


def _cell(around: Frame, table: Table, column: Column, row: Values) -> str:
    if column.name not in row:
        return "DEFAULT"
    return "NULL" if column.name in around.empty(table) else literal(around.spelling, table, column, row[column.name])
