"""Rows that many draws did not settle, and rows that must hold given cells: solved one by one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from llmgen.dataset import Values
from llmgen.schema.arrow import arrow_array
from llmgen.schema.forms import decode
from llmgen.schema.model import Column, Schema, Table
from llmgen.values.cells import RowSpec, Work
from llmgen.values.fill import fill
from llmgen.values.people import locales_for
from llmgen.values.streams import Words, key
from llmgen.volume.boxes import Cells


def solved_rows(
    schema: Schema, work: Work, rows: Words, known: Sequence[Values], now: datetime, locales: Mapping[str, int]
) -> list[Values]:
    """The rows completed around their known cells. Raises DataError, naming the CHECK, where that cannot be."""
    table = work.model.table
    stream = key(work.seed, table.name)
    named = locales_for(stream, rows, locales) if locales else locales_for(stream, rows)
    specs = [
        RowSpec(int(row), int(row), locale, cells, now=now)
        for row, locale, cells in zip(rows.tolist(), named, known, strict=True)
    ]
    return fill(schema, table, work.routes, specs, work.seed)


def as_values(table: Table, cells: Cells, size: int) -> list[Values]:
    """Arrow columns as rows of Python values."""
    columns = {name: _python(table.column(name), array.to_pylist()) for name, array in cells.items()}
    return [{name: values[place] for name, values in columns.items()} for place in range(size)]


def as_cells(table: Table, rows: Sequence[Values], names: Sequence[str]) -> Cells:
    """Rows of Python values as Arrow columns; a cell that a row lacks is NULL."""
    return {name: arrow_array(table.column(name).type, [row.get(name) for row in rows]) for name in names}


def _python(column: Column, values: Sequence[Any]) -> list[Any]:
    return [None if value is None else decode(column.type, value, text=isinstance(value, str)) for value in values]
