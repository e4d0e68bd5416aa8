"""Columns that the database computes: what CHECKs and uniques ask of them is asked of the columns they come from."""

from dataclasses import replace

from llmgen.schema.model import Check, Schema, Table, Unique


def with_equations(table: Table) -> Table:
    """The table with a CHECK for each computed column that other CHECKs name: that it equals its expression."""
    named = {name for check in table.checks for name in check.columns}
    equations = [
        Check(f"{_quoted(column.name)} = ({column.expression})", (column.name,), f"{column.name} is computed")
        for column in table.columns
        if not column.written and column.expression and column.name in named
    ]
    return replace(table, checks=(*table.checks, *equations)) if equations else table


def over_written(schema: Schema) -> Schema:
    """The schema with uniques over the expressions of computed columns in place of the columns themselves."""
    computed = {table.name: _expressions(table) for table in schema.tables}
    if not any(computed.values()):
        return schema
    tables = tuple(
        replace(table, uniques=tuple(_over(unique, computed[table.name]) for unique in table.uniques))
        for table in schema.tables
    )
    return replace(schema, tables=tables)


def _expressions(table: Table) -> dict[str, str]:
    return {column.name: column.expression for column in table.columns if not column.written and column.expression}


def _over(unique: Unique, computed: dict[str, str]) -> Unique:
    expressions = tuple(computed[name] for name in unique.columns if name in computed)
    if not expressions:
        return unique
    plain = tuple(name for name in unique.columns if name not in computed)
    return replace(unique, columns=plain, expressions=(*unique.expressions, *expressions))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
