"""Primary keys, uniques and foreign keys over loaded tables, set-based: only rows at fault leave the database."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pyarrow as pa

from llmgen.dataset import Values
from llmgen.predicates.evaluate import Arena
from llmgen.predicates.normalise import check_predicate
from llmgen.schema.model import Column, ForeignKey, Schema, Table, Unique
from llmgen.validate.keys import (
    fold_of,
    is_plain,
    member_text,
    primary_words,
    reference_words,
    unique_words,
)
from llmgen.violation import Violation

SHOWN = 100
"""Violations of one rule of one table that are told one by one; beyond, they are counted."""


@dataclass(frozen=True)
class Broken:
    """A rule that rows of a table break: the first violations, and how many there are."""

    violations: tuple[Violation, ...]
    count: int


def broken_keys(arena: Arena, schema: Schema, table: Table) -> Iterator[Broken]:
    """The primary key, the plain uniques and the foreign keys that rows of the table break, as `key_faults`."""
    members = {column.name: _member(arena, schema, table, column) for column in table.columns}
    if table.primary_key:
        chosen = [members[name] for name in table.primary_key]
        query = _repeats(table, chosen, [], refuse_null=True)
        yield _keyed(arena, table, "key:primary", table.primary_key, query, primary_words(table))
    for unique in table.uniques:
        if is_plain(unique):
            chosen = [members[name] for name in unique.columns]
            given = [f"({member}) IS NOT NULL" for member in chosen] if unique.nulls_distinct else []
            words = unique_words(table, unique)
            yield _keyed(arena, table, "key:unique", unique.columns, _repeats(table, chosen, given), words)
    for key in table.foreign_keys:
        yield _keyed(arena, table, "key:foreign", key.columns, _dangling(schema, table, key), reference_words(key))


def broken_unique(arena: Arena, schema: Schema, table: Table, unique: Unique) -> Broken:
    """The rows that repeat a partial or expression unique. DataError where it fails over these rows."""
    chosen = [quoted(name) for name in unique.columns]
    chosen += [check_predicate(schema, table.name, sql, sql).duckdb for sql in unique.expressions]
    given = [f"({member}) IS NOT NULL" for member in chosen] if unique.nulls_distinct else []
    given += [f"({check_predicate(schema, table.name, unique.where, unique.where).duckdb})"] if unique.where else []
    rows, count = later(arena, _repeats(table, chosen, given))
    words = unique_words(table, unique)
    return Broken(tuple(Violation("key:unique", "dataset", place(table, row), "", words, 0) for row in rows), count)


def later(arena: Arena, query: str) -> tuple[list[int], int]:
    """The first row numbers that a query for `_row` finds, in order, and how many it finds."""
    rows = arena.ask(f"SELECT _row, count(*) OVER () AS n FROM ({query}) ORDER BY _row LIMIT {SHOWN}")
    return [row["_row"] for row in rows], rows[0]["n"] if rows else 0


def fetch(arena: Arena, table: Table, where: str, limit: int) -> Iterator[tuple[int, Values]]:
    """Rows by number, in order, with cells as `decode` reads them (of a number that declares no digits, none idle)."""
    columns = ", ".join(("_row", *(quoted(column.name) for column in table.columns)))
    source = f'{quoted(table.name)} AS "ROOT"'
    documents = [column.name for column in table.columns if column.type.kind == "json"]
    loose = [column.name for column in table.columns if column.type.kind == "decimal" and column.type.precision is None]
    for row in arena.ask(f"SELECT {columns} FROM {source} WHERE {where} ORDER BY _row LIMIT {limit}"):
        number = row.pop("_row")
        row |= {name: json.loads(row[name]) for name in documents if row[name] is not None}
        row |= {name: Decimal(f"{row[name].normalize():f}") for name in loose if row[name] is not None}
        yield number, row


def place(table: Table, row: int) -> str:
    """A row as violations name it."""
    return f"{table.name}[{row}]"


def quoted(name: str) -> str:
    """A name as DuckDB reads it."""
    return '"' + name.replace('"', '""') + '"'


def _keyed(arena: Arena, table: Table, rule: str, columns: Sequence[str], query: str, words: str) -> Broken:
    numbers, count = later(arena, query)
    rows = fetch(arena, table, f"_row IN ({', '.join(map(str, numbers))})", SHOWN) if numbers else ()
    found = tuple(
        Violation(rule, "dataset", f"{place(table, row)}.{columns[0]}", member_text(columns, values), words, 0)
        for row, values in rows
    )
    return Broken(found, count)


def _member(arena: Arena, schema: Schema, table: Table, column: Column) -> str:
    """What stands for a column's cell among equals: of a text that folds, the one form of all that are equal.

    Only texts beyond ASCII need Python to fold them; the database looks these up.
    """
    name = quoted(column.name)
    if not column.type.folds:
        return name
    fold = fold_of(schema.dialect)
    beyond = f"SELECT DISTINCT {name} AS raw FROM {quoted(table.name)} WHERE strlen({name}) <> length({name})"
    raw = [str(row["raw"]) for row in arena.ask(beyond)]
    plain = f"rtrim(lower({name}), ' ')" if fold("A ") == "a" else f"lower({name})"
    if not raw:
        return plain
    kept = f"{table.name}.{column.name}"
    arena.keep(kept, pa.table({"raw": raw, "same": [fold(text) for text in raw]}))
    return f'coalesce((SELECT same FROM kept.{quoted(kept)} AS k WHERE k.raw = "ROOT".{name}), {plain})'


def _repeats(table: Table, members: Sequence[str], given: Sequence[str], refuse_null: bool = False) -> str:
    """A query for `_row` of each row but the first of those that agree on the members.

    The window is looked at only among members that stand twice: most often there are none.
    """
    named = ", ".join(f"({member}) AS m{number}" for number, member in enumerate(members))
    names = [f"m{number}" for number in range(len(members))]
    where = f" WHERE {' AND '.join(given)}" if given else ""
    rows = f'SELECT _row, {named} FROM {quoted(table.name)} AS "ROOT"{where}'
    by = ", ".join(names)
    same = " AND ".join(f"t.{name} IS NOT DISTINCT FROM members.{name}" for name in names)
    nth = f"row_number() OVER (PARTITION BY {by} ORDER BY _row)"
    null = " OR ".join(f"{name} IS NULL" for name in names) if refuse_null else "false"
    return (
        f"WITH members AS ({rows}), twice AS (SELECT {by} FROM members GROUP BY {by} HAVING count(*) > 1) "
        f"SELECT _row FROM (SELECT _row, {by}, {nth} AS nth FROM members "
        f"WHERE {null} OR EXISTS (SELECT 1 FROM twice AS t WHERE {same})) WHERE nth > 1 OR {null}"
    )


def _dangling(schema: Schema, table: Table, key: ForeignKey) -> str:
    """A query for `_row` of rows whose reference is complete and names no row."""
    parent = schema.table(key.table)
    pairs = list(zip(key.columns, key.referenced, strict=True))
    present = " AND ".join(f"c.{quoted(name)} IS NOT NULL" for name in key.columns)
    same = " AND ".join(f"p.{quoted(referenced)} = c.{quoted(name)}" for name, referenced in pairs)
    return (
        f"SELECT c._row FROM {quoted(table.name)} AS c WHERE {present} "
        f"AND NOT EXISTS (SELECT 1 FROM {quoted(parent.name)} AS p WHERE {same})"
    )
