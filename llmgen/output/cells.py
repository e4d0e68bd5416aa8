"""Cells on their way out: the columns that are written, and a cell's form or an error that names its column."""

from collections.abc import Callable, Sequence
from typing import Any

from llmgen.dataset import Values
from llmgen.errors import DataError
from llmgen.schema.forms import BadCell
from llmgen.schema.model import Column, ColumnType, Table


def written_columns(table: Table, rows: Sequence[Values]) -> list[str]:
    """The columns that these rows are written with, in the schema's order: of no rows, all that may be written."""
    names = [column.name for column in table.columns if column.written]
    return [name for name in names if not rows or any(name in row for row in rows)]


def cell_form(form: Callable[[ColumnType, Any], Any], table: Table, column: Column, value: Any) -> Any:
    """The cell's form by `forms.encode` or `forms.encode_text`. Raises DataError where there is none."""
    try:
        return form(column.type, value)
    except BadCell as error:
        raise DataError(
            f"{table.name}.{column.name} holds a value that cannot be written", f"it takes {error}"
        ) from error
