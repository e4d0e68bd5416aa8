"""Judges the rows that must be there before any row is written: one that breaks a constraint is refused."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from llmgen.dataset import CaseRow, Values
from llmgen.errors import DataError
from llmgen.schema.model import ForeignKey, Schema, Table
from llmgen.validate.instants import Placed
from llmgen.validate.judge import Judge
from llmgen.validate.keys import member_text, reference_words
from llmgen.validate.rules import RuleSet
from llmgen.volume.rows import Rows
from llmgen.volume.single import as_values

_AT_ONCE = 65_536


def refuse_faults(rows: Rows) -> None:
    """Raise DataError for the first fixed row that breaks a CHECK, a key or a unique, or refers to no row."""
    plan = rows.plan
    tables = [table for table in plan.schema.tables if rows.maker(table.name).fixed]
    first = {table.name: _first(rows, table) for table in tables}
    for where, found, mend in [*_broken(plan.schema, tables, first, rows), *_dangling(tables, first, rows)]:
        raise DataError(f"fixed row {where}: {found}: {mend}", "mend the row where it is given")


def _first(rows: Rows, table: Table) -> list[CaseRow]:
    """The fixed rows of the table as they would be written, each called by the name that it was given."""
    fixed = rows.plan.request.fixed[table.name]
    cells = rows.cells(table.name, np.arange(len(fixed), dtype=np.uint64))
    values = as_values(table, cells, len(fixed))
    return [CaseRow(table.name, f"{table.name}.{one.name}", row) for one, row in zip(fixed, values, strict=True)]


def _broken(
    schema: Schema, tables: Sequence[Table], first: dict[str, list[CaseRow]], rows: Rows
) -> Iterator[tuple[str, str, str]]:
    """What is wrong with fixed rows among themselves, but for their references, which may be to any row."""
    alone = Schema(tuple(replace(table, foreign_keys=()) for table in tables), schema.dialect, schema.functions)
    placed = [Placed(0, 0, rows.plan.request.as_of, tuple(row for listed in first.values() for row in listed))]
    with Judge(alone, RuleSet()) as judge:
        for finding in [*judge.judge(placed, {}), *judge.judge_together(placed, {})] if tables else ():
            fault = finding.violation
            if not fault.rule.startswith("plausible:"):
                yield fault.where, fault.found, fault.mend


def _dangling(tables: Sequence[Table], first: dict[str, list[CaseRow]], rows: Rows) -> Iterator[tuple[str, str, str]]:
    for table in tables:
        for key in table.foreign_keys:
            members = {row.where: tuple(row.values.get(name) for name in key.columns) for row in first[table.name]}
            missing = {member for member in members.values() if None not in member}
            missing -= _present(rows, key, missing)
            for row in first[table.name]:
                if members[row.where] in missing:
                    yield f"{row.where}.{key.columns[0]}", member_text(key.columns, row.values), reference_words(key)


def _present(rows: Rows, key: ForeignKey, wanted: set[tuple[object, ...]]) -> set[tuple[object, ...]]:
    """Those of the wanted members that some row of the referenced table has."""
    parent, count = rows.plan.schema.table(key.table), rows.plan.counts[key.table]
    found: set[tuple[object, ...]] = set()
    for start in range(0, count, _AT_ONCE):
        if found == wanted:
            break
        numbers = np.arange(start, min(start + _AT_ONCE, count), dtype=np.uint64)
        values: list[Values] = as_values(parent, rows.cells(key.table, numbers, key.referenced), len(numbers))
        found |= wanted & {tuple(row[name] for name in key.referenced) for row in values}
    return found
