"""The schema as predicates look it up: tables and columns by folded name, their types, the names near a wrong one."""

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cached_property

from llmgen.predicates.refusal import Refused
from llmgen.schema.model import ColumnType, Function, Schema, Table


class Catalog:
    """A Schema with its look-ups, equal only to a catalog of the same object, so that it is a cheap cache key."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Catalog) and other.schema is self.schema

    def __hash__(self) -> int:
        return id(self.schema)

    @cached_property
    def types(self) -> dict[tuple[str, str], ColumnType]:
        """The type of every (table, column)."""
        return {(table.name, column.name): column.type for table in self.schema.tables for column in table.columns}

    @cached_property
    def functions(self) -> dict[str, Function]:
        """The schema's own SQL functions by folded bare name."""
        return {function.name.rsplit(".", 1)[-1].lower(): function for function in self.schema.functions}

    @cached_property
    def enums(self) -> frozenset[str]:
        """The folded bare names of the schema's text-like types of its own (enums, citext)."""
        own = (kind for kind in self.types.values() if kind.kind in ("enum", "text"))
        return frozenset(kind.sql.rsplit(".", 1)[-1].strip('"').lower() for kind in own) | {"citext", "name", "char"}

    @cached_property
    def _tables(self) -> dict[str, Table]:
        bare: dict[str, list[Table]] = {}
        for table in self.schema.tables:
            bare.setdefault(table.bare_name.lower(), []).append(table)
        found = {name: tables[0] for name, tables in bare.items() if len(tables) == 1}
        return found | {table.name.lower(): table for table in self.schema.tables}

    @cached_property
    def _columns(self) -> dict[str, dict[str, str]]:
        return {
            table.name: {column.name.lower(): column.name for column in table.columns} for table in self.schema.tables
        }

    def table(self, name: str) -> Table:
        """The table of that name in any case, bare or with its schema. Refused, naming near ones, if there is none."""
        if table := self._tables.get(name.lower()) or self._tables.get(name.rsplit(".", 1)[-1].lower()):
            return table
        raise Refused(f"no table {name}{near(name, self._tables)}", "name only tables of the schema")

    def columns(self, table: str) -> dict[str, str]:
        """The real column names of a table by folded name."""
        return self._columns[table]


def catalog_of(schema: Schema) -> Catalog:
    """The schema's catalog (a new one fills itself as it is asked; the caches of predicates keep the first)."""
    return Catalog(schema)


def near(name: str, names: Iterable[str]) -> str:
    """The names like a wrong one, ready to follow it in a sentence; empty if none is near."""
    known = sorted(set(names))
    close = get_close_matches(name.lower(), known, n=3, cutoff=0.5)
    listed = close or (known if len(known) <= 12 else [])
    return f" (there is {', '.join(listed)})" if listed else ""
