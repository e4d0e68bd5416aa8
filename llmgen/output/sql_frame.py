"""What stands around the INSERTs of a script: the transaction, keys that no order of tables honours, sequences."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import sqlglot
from sqlglot.errors import ErrorLevel, SqlglotError

from llmgen.errors import InputError
from llmgen.output.order import Edge, late_columns, load_order
from llmgen.output.sql_spelling import STANDARD, identifier, qualified, quoted
from llmgen.schema.model import Column, Schema, Table

CHUNK = 100
"""Rows of one INSERT."""

NATIVE = ("postgres", "mysql", "sqlite", "duckdb")
"""Dialects that are written as such; any other that sqlglot knows is translated, statement by statement."""

_CLIENTS = {
    "postgres": "psql -v ON_ERROR_STOP=1",
    "mysql": "mysql --binary-mode",
    "sqlite": "sqlite3 -bail",
    "duckdb": "duckdb -bail",
}
_BEGIN = {
    "postgres": "SET client_encoding = 'UTF8';\nBEGIN;\n",
    "mysql": "SET NAMES utf8mb4;\nSET time_zone = '+00:00';\n"
    "SET sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO';\nSTART TRANSACTION;\n",
    "sqlite": "PRAGMA foreign_keys = ON;\nBEGIN;\n",
    "duckdb": "BEGIN;\n",
}
# The sequence of a column that does not own it, out of its default: nextval('name'::regclass).
_NAMED_BY_DEFAULT = """
    SELECT replace(substring(pg_get_expr(adbin, adrelid) FROM 'nextval[(]''(.*)''::regclass'), '''''', '''')
    FROM pg_attrdef JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum"""


@dataclass(frozen=True)
class Frame:
    """How tables load in a dialect, with every constraint on: the statements around their rows.

    `groups` are the tables in order; those of one tuple need one statement. `late` keys are NULL first and filled by
    UPDATE. Keys of `unchecked` tables are not checked while their rows load (MySQL has no other way round a cycle).
    """

    dialect: str
    groups: tuple[tuple[str, ...], ...]
    late: tuple[Edge, ...] = ()
    deferred: bool = False
    unchecked: frozenset[str] = frozenset()

    @property
    def spelling(self) -> str:
        """The dialect that names and values are written in."""
        return self.dialect if self.dialect in NATIVE else STANDARD

    def begin(self) -> str:
        """What the script begins with."""
        if not self.spelling:
            return self.spelled("BEGIN;\n")
        deferred = {"postgres": "SET CONSTRAINTS ALL DEFERRED;\n", "sqlite": "PRAGMA defer_foreign_keys = ON;\n"}
        return _BEGIN[self.dialect] + (deferred[self.dialect] if self.deferred else "")

    def end(self) -> str:
        """What the script ends with."""
        return self.spelled("COMMIT;\n")

    def size(self, table: Table) -> int:
        """Rows of one INSERT into the table; 0: all of them."""
        if any(table.name in group and len(group) > 1 for group in self.groups):
            return 0
        to_itself = any(key.table == table.name for key in table.foreign_keys)
        # DuckDB does not see rows of the same statement when it checks a key.
        return 1 if not self.spelling or (self.dialect == "duckdb" and to_itself) else CHUNK

    def empty(self, table: Table) -> set[str]:
        """The table's columns that are NULL at first."""
        return {name for edge in self.late if edge.table == table.name for name in late_columns(table, edge.key)}

    def head(self, table: Table, columns: Sequence[Column]) -> str:
        """What an INSERT into these columns begins with."""
        place = qualified(table, self.spelling)
        if not columns:
            return f"INSERT INTO {place} {'() VALUES ()' if self.dialect == 'mysql' else 'DEFAULT VALUES'}"
        names = ", ".join(identifier(column.name, self.spelling) for column in columns)
        always = self.dialect == "postgres" and any(column.generated == "identity-always" for column in columns)
        return f"INSERT INTO {place} ({names}){' OVERRIDING SYSTEM VALUE' if always else ''} VALUES\n"

    def sequences(self, table: Table, highest: Mapping[str, int]) -> str:
        """Statements that move each sequence behind the keys that were written; the others move theirs themselves."""
        if self.dialect != "postgres":
            return ""
        return "".join(_sequence(table, name, key) for name, key in highest.items() if key >= 1)

    def spelled(self, statements: str) -> str:
        """Finished statements as the dialect has them. Raises InputError for what it cannot say."""
        if self.spelling:
            return statements
        try:
            found = sqlglot.transpile(
                statements, read="postgres", write=self.dialect, unsupported_level=ErrorLevel.RAISE
            )
        except SqlglotError as error:
            raise InputError(
                f"{self.dialect} cannot say {statements[:60].strip()!r}: {error}", f"use one of {', '.join(NATIVE)}"
            ) from error
        return "".join(f"{statement};\n" for statement in found if statement)


def frame(schema: Schema, tables: Collection[str], dialect: str) -> Frame:
    """The frame for these tables. Raises InputError for an unknown dialect, or a cycle that it has no way to load."""
    _known(dialect)
    if dialect not in ("postgres", "sqlite"):
        schema = _at_once(schema)
    order, broken = load_order(schema, tables)
    alone = tuple((name,) for name in order)
    if dialect == "sqlite":
        return Frame(dialect, alone, deferred=bool(broken))
    waiting = [edge for edge in broken if edge.key.deferrable]
    late = [edge for edge in broken if edge not in waiting and late_columns(schema.table(edge.table), edge.key)]
    if dialect == "duckdb":  # which neither has such keys nor updates rows that others refer to
        late = []
    hard = [edge for edge in broken if edge not in waiting and edge not in late]
    if dialect == "postgres":
        return Frame(dialect, _groups(order, hard), tuple(late), bool(waiting))
    if dialect == "mysql":
        return Frame(dialect, alone, tuple(late), unchecked=frozenset(edge.table for edge in hard))
    if hard:
        raise InputError(
            f"{hard[0].table} and {hard[0].key.table} refer to each other without an end, which {dialect} cannot load",
            "write another format, or leave one of the tables out",
        )
    return Frame(dialect, alone, tuple(late))


def _at_once(schema: Schema) -> Schema:
    """The schema as databases have it that check every key at once."""
    tables = (
        replace(table, foreign_keys=tuple(replace(key, deferrable=False) for key in table.foreign_keys))
        for table in schema.tables
    )
    return replace(schema, tables=tuple(tables))


def title(schema: Schema, seed: str, dialect: str) -> str:
    """The first comment lines of a script."""
    client = f"\nLoad with: {_CLIENTS[dialect]}" if dialect in _CLIENTS else ""
    return f"Written by llmgen: seed {seed}, schema {schema.fingerprint()}{client}"


def counted(columns: Sequence[Column]) -> list[str]:
    """The columns whose numbers a sequence of the database goes on with."""
    return [c.name for c in columns if c.generated in ("identity", "identity-always") and c.type.kind == "integer"]


@cache
def _known(dialect: str) -> None:
    if dialect in NATIVE:
        return
    try:
        found = sqlglot.Dialect.get(dialect)
    except ValueError:
        found = None
    if found is None:
        raise InputError(f"{dialect} is no SQL dialect that sqlglot knows", f"use one of {', '.join(NATIVE)}")


def _groups(order: Sequence[str], hard: Sequence[Edge]) -> tuple[tuple[str, ...], ...]:
    groups: list[tuple[str, ...]] = []
    for ordinal, name in enumerate(order):
        before = order[:ordinal]
        if any(edge.table in before and edge.key.table in order[ordinal:] for edge in hard):
            groups[-1] += (name,)
        else:
            groups.append((name,))
    return tuple(groups)


def _sequence(table: Table, column: str, highest: int) -> str:
    """Never moves it back, so that the next INSERT finds a free key."""
    name, key = (quoted("postgres", table.name, text) for text in (qualified(table), column))
    return (
        f"SELECT setval(sequence, greatest({highest}, pg_sequence_last_value(sequence))) FROM (\n"
        f"  SELECT coalesce(pg_get_serial_sequence({name}, {key}), ({_NAMED_BY_DEFAULT}\n"
        f"    WHERE adrelid = {name}::regclass AND attname = {key}))::regclass AS sequence\n"
        ") AS found WHERE sequence IS NOT NULL;\n"
    )
