"""Judges the rows that must be there before any row is written: one that breaks a constraint is refused."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from llmgen.dataset import CaseRow
from llmgen.errors import InputError
from llmgen.schema.model import ForeignKey, Schema, Table
from llmgen.validate.instants import Placed
from llmgen.validate.judge import Judge
from llmgen.validate.keys import member_text, reference_words
from llmgen.validate.rules import RuleSet
from llmgen.volume.rows import Rows
from llmgen.volume.single import as_values

_AT_ONCE = 65_536

First = Mapping[str, Sequence[CaseRow]]
"""The fixed rows by table, as they would be written."""

Fault = tuple[str, str, str]
"""Where, what was found, what is wrong with it."""


def refuse_faults(rows: Rows) -> None:
    """Raise InputError for the first fixed row that breaks a CHECK, a key or a unique, or refers to no row."""
    tables = [table for table in rows.plan.schema.tables if rows.maker(table.name).fixed]
    first = {table.name: _first(rows, table) for table in tables}
    named = {
        row.where: f"{name}.{one.name}"
        for name, listed in first.items()
        for row, one in zip(listed, rows.plan.request.fixed[name], strict=True)
    }
    for where, found, wrong in [*_broken(tables, first, rows), *_dangling(tables, first, rows)]:
        row = next(row for row in named if f"{where}.".startswith(f"{row}."))
        raise InputError(
            f"the fixed row {named[row]}{where.removeprefix(row)} breaks a constraint: {wrong}"
            + (f"; found {found}" if found else ""),
            "mend the row where it is given: in the file of fixed rows or in reference/",
        )


def _first(rows: Rows, table: Table) -> list[CaseRow]:
    count = len(rows.plan.request.fixed[table.name])
    cells = rows.cells(table.name, np.arange(count, dtype=np.uint64))
    values = as_values(table, cells, count)
    return [CaseRow(table.name, f"{table.name}/{number}", row) for number, row in enumerate(values)]


def _broken(tables: Sequence[Table], first: First, rows: Rows) -> Iterator[Fault]:
    """What is wrong with fixed rows among themselves, but for their references, which may be to any row."""
    schema, as_of = rows.plan.schema, rows.plan.request.as_of
    alone = Schema(tuple(replace(table, foreign_keys=()) for table in tables), schema.dialect, schema.functions)
    placed = [Placed(0, 0, as_of, tuple(row for listed in first.values() for row in listed))]
    with Judge(alone, RuleSet()) as judge:
        for finding in [*judge.judge(placed, {}), *judge.judge_together(placed, {})]:
            fault = finding.violation
            if not fault.rule.startswith("plausible:"):
                yield fault.where, fault.found, fault.mend


def _dangling(tables: Sequence[Table], first: First, rows: Rows) -> Iterator[Fault]:
    for table in tables:
        for key in table.foreign_keys:
            members = [tuple(row.values.get(name) for name in key.columns) for row in first[table.name]]
            missing = {member for member in members if None not in member}
            missing -= _present(rows, key, missing)
            for row, member in zip(first[table.name], members, strict=True):
                if member in missing:
                    yield f"{row.where}.{key.columns[0]}", member_text(key.columns, row.values), reference_words(key)


def _present(rows: Rows, key: ForeignKey, wanted: set[tuple[object, ...]]) -> set[tuple[object, ...]]:
    """Those of the wanted members that some row of the referenced table has."""
    parent, count = rows.plan.schema.table(key.table), rows.plan.counts[key.table]
    found: set[tuple[object, ...]] = set()
    for start in range(0, count, _AT_ONCE):
        if found == wanted:
            break
        numbers = np.arange(start, min(start + _AT_ONCE, count), dtype=np.uint64)
        values = as_values(parent, rows.cells(key.table, numbers, key.referenced), len(numbers))
        found |= wanted & {tuple(row[name] for name in key.referenced) for row in values}
    return found
