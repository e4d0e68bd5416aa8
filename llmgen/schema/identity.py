"""What two schemas must share to be the same: all that constrains data, in one form whatever it was read from.

Left out, because no row is right or wrong by them: the dialect and the spelling of types and expressions; names of
constraints; comments and formats; the order of tables and constraints (that of columns stays); the text of a default
(whether there is one stays); a unique that only repeats the primary key; clauses that were not understood; whether a
reference was declared or inferred; the character set of a text, which most sources do not have; the bounds of
partitions, which grow with the data; functions that no constraint calls.
"""

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from llmgen.schema.meaning import conjuncts, meaning

if TYPE_CHECKING:
    from llmgen.schema.model import Column, ColumnType, ForeignKey, Function, Schema, Table, Unique


def identity(schema: "Schema") -> Any:
    """The schema as lists, mappings and plain values, with empty parts left out; equal for equal schemas."""
    tables = {table.name: _Canonical(table, schema.dialect).table() for table in schema.tables}
    written = json.dumps(tables)
    called = [_function(function, schema.dialect) for function in schema.functions if f"{function.name}(" in written]
    return _filled({"tables": tables, "functions": _sorted(called)})


class _Canonical:
    """One table in canonical form."""

    def __init__(self, table: "Table", dialect: str) -> None:
        self._table = table
        self._dialect = dialect
        self._kinds = {column.name: _kind(column.type) for column in table.columns}

    def table(self) -> dict[str, Any]:
        table = self._table
        return _filled(
            {
                "schema": table.schema,
                "columns": [self._column(column) for column in table.columns],
                "primary_key": sorted(table.primary_key),
                "foreign_keys": _sorted(_foreign_key(key) for key in table.foreign_keys),
                "uniques": _sorted(filter(None, (self._unique(unique) for unique in table.uniques))),
                "checks": _sorted(part for check in table.checks for part in self._conjuncts(check.sql)),
                "excludes": _sorted(
                    [*sorted((self._meaning(sql), operator) for sql, operator in exclude.elements),
                     self._meaning(exclude.where)]
                    for exclude in table.excludes
                ),
            }
        )  # fmt: skip

    def _conjuncts(self, sql: str) -> tuple[str, ...]:
        return conjuncts(sql, self._dialect, self._kinds)

    def _meaning(self, sql: str | None) -> str:
        return meaning(sql, self._dialect, self._kinds) if sql else ""

    def _column(self, column: "Column") -> dict[str, Any]:
        return _filled(
            {
                "name": column.name,
                "type": _type(column.type),
                "nullable": column.nullable,
                "default": column.default is not None,
                "generated": column.generated,
                "expression": self._meaning(column.expression),
            }
        )

    def _unique(self, unique: "Unique") -> dict[str, Any]:
        """The unique; empty if it says no more than the primary key. NULLs matter where a member may be NULL."""
        members, expressions = sorted(set(unique.columns)), sorted(map(self._meaning, unique.expressions))
        if members == sorted(self._table.primary_key) and not expressions:
            return {}
        nullable = bool(expressions) or any(self._table.column(name).nullable for name in members)
        return _filled(
            {
                "columns": members,
                "expressions": expressions,
                "where": self._meaning(unique.where),
                "nulls_equal": nullable and not unique.nulls_distinct,
            }
        )


def _kind(of: "ColumnType") -> str:
    """The kind of a column where expressions are compared: texts that fold by their type are one of their own."""
    return "citext" if of.sql == "citext" else of.kind


def _type(of: "ColumnType") -> dict[str, Any]:
    shape = {
        "kind": of.kind,
        "sql": of.sql if of.kind == "other" else "",
        "length": of.length,
        "fixed": of.fixed,
        "bits": of.bits,
        "precision": of.precision,
        "scale": of.scale,
        "labels": of.labels,
        "element": _type(of.element) if of.element else None,
        "unsigned": of.unsigned,
        "folds": of.folds,
    }
    return _filled(shape)


def _foreign_key(key: "ForeignKey") -> dict[str, Any]:
    pairs = sorted(zip(key.columns, key.referenced, strict=True))
    return _filled({"pairs": pairs, "table": key.table, "on_delete": key.on_delete, "deferrable": key.deferrable})


def _function(function: "Function", dialect: str) -> list[Any]:
    return [function.name, function.arguments, meaning(function.body, dialect, {})]


def _filled(parts: Mapping[str, Any]) -> dict[str, Any]:
    """The parts that say something, so that a new kind of part changes no old fingerprint; lists for tuples."""
    kept = {name: part for name, part in parts.items() if part not in (None, "", False, (), [], {})}
    return {name: list(part) if isinstance(part, tuple) else part for name, part in kept.items()}


def _sorted(items: Iterable[Any]) -> list[Any]:
    """The items in one order, each once."""
    return [json.loads(text) for text in sorted({json.dumps(item, sort_keys=True) for item in items})]
