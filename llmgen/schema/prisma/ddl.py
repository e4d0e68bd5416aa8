"""What llmgen's readers of SQL make of the DDL that Prisma's engine writes, so that both sources give one Schema."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from llmgen.errors import InputError
from llmgen.schema.model import Check, Column, ColumnType, Unique
from llmgen.schema.prisma.database import Database
from llmgen.schema.sql import parse_schema

_TABLE_OPTIONS = {"mysql": " DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"}
"""What Prisma writes behind each table of a database."""


ReadColumn = tuple[Column, tuple[Check, ...]]
"""A column, and the checks that its type brings with it."""


@lru_cache(maxsize=10_000)
def read_column(
    database: Database, name: str, sql_type: str, default: str | None = None, declares: str = ""
) -> ReadColumn:
    """The column that a name, a type and a default make; `declares` is the statement that makes the type.

    A type that SQL does not read is of kind "other"; a default that it does not read stays as it is.
    """
    definition = f"{database.quoted(name)} {sql_type}"
    read = _column(database, f"{definition} DEFAULT {default}" if default else definition, declares)
    if read is not None:
        return read
    if default is None:
        return Column(name, ColumnType("other", sql_type)), ()
    column, checks = read_column(database, name, sql_type, None, declares)
    return replace(column, default=default), checks


def _column(database: Database, definition: str, declares: str) -> ReadColumn | None:
    text = f"{declares}CREATE TABLE t (\n{definition}\n){_options(database)}"
    try:
        schema = parse_schema(text, dialect=database.dialect)
    except InputError:
        return None
    if len(schema.tables) != 1 or len(schema.tables[0].columns) != 1 or schema.ignored:
        return None
    (table,) = schema.tables
    return table.columns[0], table.checks


def read_unique(database: Database, types: Mapping[str, ColumnType], members: str, where: str) -> Unique | None:
    """The unique over `members`, SQL as in CREATE INDEX, of a table with columns of these types; None if unreadable."""
    columns = ",\n".join(f"{database.quoted(name)} {of.sql}" for name, of in types.items())
    table = f"CREATE TABLE t (\n{columns}\n){_options(database)};\n"
    index = f"CREATE UNIQUE INDEX u ON t ({members}\n)" + (f" WHERE {where}" if where else "")
    try:
        schema = parse_schema(table + index, dialect=database.dialect)
    except InputError:
        return None
    uniques = schema.tables[0].uniques
    return uniques[0] if len(schema.tables) == len(uniques) == 1 and not schema.ignored else None


def _options(database: Database) -> str:
    return _TABLE_OPTIONS.get(database.provider, "")
