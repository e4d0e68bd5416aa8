"""Columns that the database computes: what CHECKs ask of them is asked of the columns they come from."""

from dataclasses import replace

from llmgen.output.sql_spelling import identifier
from llmgen.schema.model import Check, Table


def with_equations(table: Table, dialect: str) -> Table:
    """The table with a CHECK for each computed column that other CHECKs name: that it equals its expression."""
    named = {name for check in table.checks for name in check.columns}
    equations = [
        Check(
            f"{identifier(column.name, dialect)} = ({column.expression})", (column.name,), f"{column.name} is computed"
        )
        for column in table.columns
        if not column.written and column.expression and column.name in named
    ]
    return replace(table, checks=(*table.checks, *equations)) if equations else table
