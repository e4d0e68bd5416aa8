"""The judge of tables too large to be looked at row by row: the same rules, asked of all rows at once."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from llmgen.dataset import CaseRow, Values
from llmgen.errors import DataError
from llmgen.predicates.evaluate import Arena
from llmgen.schema.model import Schema, Table
from llmgen.validate.bulk_keys import SHOWN, Broken, broken_keys, broken_unique, fetch, later, place, quoted
from llmgen.validate.instants import ColumnName, Placed
from llmgen.validate.judge import Judge
from llmgen.validate.queries import ERROR, Queries
from llmgen.validate.spoken import Spoken
from llmgen.validate.stage import Stage
from llmgen.violation import Violation

CHUNK = 10_000
"""Rows that rules written in Python look at in one go."""


class Tally:
    """Violations as they are found: the first of each rule and table told, all of them counted."""

    def __init__(self) -> None:
        self.told: list[Violation] = []
        self.counts: Counter[str] = Counter()
        self._told: Counter[tuple[str, str]] = Counter()

    def add(self, violations: Iterable[Violation]) -> None:
        """Each is counted, and told if it is among the first of its rule in its table."""
        for violation in violations:
            key = violation.rule, violation.where.partition("[")[0].partition(":")[0]
            self.counts[violation.rule] += 1
            if self._told[key] < SHOWN:
                self._told[key] += 1
                self.told.append(violation)

    def count(self, rule: str, number: int) -> None:
        """More of a rule, of which the first were told."""
        self.counts[rule] += number

    @property
    def untold(self) -> dict[str, int]:
        """How many are counted beyond those told, by rule."""
        return dict(self.counts - Counter(violation.rule for violation in self.told))


class BulkJudge:
    """All rules that hold of a dataset without cases, over tables loaded into the judge's arena by columns or rows."""

    def __init__(self, schema: Schema, judge: Judge, now: datetime) -> None:
        self.schema = schema
        self.now = now
        self.judge = judge
        self.rows: dict[str, int] = {}
        self._read = _read_columns(schema, judge)

    def load_columns(self, table: str, columns: Mapping[str, Any], size: int) -> None:
        """Append rows as `typed_columns` gives them, of which only what some rule reads is kept."""
        first = self.rows.get(table, 0)
        read = {name: cells for name, cells in columns.items() if (table, name) in self._read}
        self.judge.arena.load_columns(table, read, size, self.now, first)
        self.rows[table] = first + size

    def load_rows(self, table: str, rows: Sequence[Values]) -> None:
        """Append rows of Python values."""
        first, size = self.rows.get(table, 0), len(rows)
        self.judge.arena.load(table, rows, [0] * size, [0] * size, [self.now] * size, range(first, first + size))
        self.rows[table] = first + size

    def cell_faults(self, table: str, rows: Sequence[CaseRow]) -> Iterator[Violation]:
        """What is wrong with single cells of rows that are about to be loaded, whose paths count from 0."""
        first = self.rows.get(table, 0)
        numbered = tuple(CaseRow(table, f"{table}/{first + number}", row.values) for number, row in enumerate(rows))
        for finding in self.judge.cells(Placed(0, 0, self.now, numbered)):
            if finding.violation.rule not in self.judge.disable:
                yield finding.violation

    def judge_all(self, tally: Tally) -> None:
        """Everything wrong with the rows loaded, in the order of the other judge."""
        for broken in self._everything():
            kept = [violation for violation in broken.violations if violation.rule not in self.judge.disable]
            if kept:
                tally.add(kept)
                tally.count(kept[0].rule, broken.count - len(kept))

    def _everything(self) -> Iterator[Broken]:
        present = [self.schema.table(name) for name in self.rows]
        yield from self._predicates()
        for table in present:
            yield from self._python(table)
        for table in present:
            yield from broken_keys(self.judge.arena, self.schema, table)
        for item in list(self.judge.queries):
            yield from self._query(item)

    # -- single layers ------------------------------------------------------------------------------------------

    def _predicates(self) -> Iterator[Broken]:
        asked = [item for item in self.judge.spoken if item.predicate.table in self.rows]
        counts: dict[int, int | str] = {}
        for name in self.rows:
            group = [place for place, item in enumerate(asked) if item.predicate.table == name]
            counts |= dict(zip(group, self._counts(name, [asked[place] for place in group]), strict=True))
        for number, item in enumerate(asked):
            count = counts[number]
            if isinstance(count, str):
                yield from self._erring(item, count)
            elif count:
                yield Broken(tuple(self._failing(item)), count)

    def _counts(self, table: str, group: Sequence[Spoken]) -> list[int | str]:
        """How many rows break each, all counted in one pass; why it fails where it does."""
        if not group:
            return []
        names = enumerate(item.predicate.duckdb for item in group)
        verdicts = ", ".join(f"count(*) FILTER (WHERE ({sql}) IS FALSE) AS n{number}" for number, sql in names)
        try:
            (row,) = self.judge.arena.ask(f'SELECT {verdicts} FROM {quoted(table)} AS "ROOT"')
        except DataError as error:
            return [self._counts(table, [item])[0] for item in group] if len(group) > 1 else [error.message]
        return list(row.values())

    def _failing(self, item: Spoken) -> Iterator[Violation]:
        table = self.schema.table(item.predicate.table)
        for number, values in fetch(self.judge.arena, table, f"({item.predicate.duckdb}) IS FALSE", SHOWN):
            yield self.judge.finding(item, self._placed(), self._row(table, number, values)).violation

    def _erring(self, item: Spoken, reason: str) -> Iterator[Broken]:
        """A CHECK that fails without any rows is skipped; else the rows are at fault."""
        with Arena(self.schema) as nothing:
            nothing.failing([item.predicate])
            fails_always = nothing.skipped.get((item.predicate.table, item.predicate.name))
        if fails_always:
            self.judge.skip(item.predicate, fails_always)
        else:
            yield Broken((self.judge.erring(item, self._placed(), reason).violation,), 1)

    def _python(self, table: Table) -> Iterator[Broken]:
        """The rules over single rows that are written in Python, chunk by chunk."""
        if not any(model.model.table == table.name for model in self.judge.rules.row_models):
            return
        for first in range(0, self.rows[table.name], CHUNK):
            chunk = f"_row BETWEEN {first} AND {first + CHUNK - 1}"
            for number, values in fetch(self.judge.arena, table, chunk, CHUNK):
                for rule, message in self.judge.rules.judge_row(table.name, values, self.now):
                    yield Broken((Violation(rule.name, "row", place(table, number), "", message, 0),), 1)

    def _query(self, item: Spoken) -> Iterator[Broken]:
        name = item.predicate.name
        try:
            if name.startswith("key:"):
                yield self._key(item)
                return
            found = self.judge.found(item)
        except DataError as error:
            found = f"{ERROR}{error.message}"[:200]
        if not found:
            return
        stage = Stage(self.schema)
        alone = Queries(self.schema, [], (), stage, None, {}).found(item, 0)
        stage.close()
        if alone.startswith(ERROR):
            self.judge.skipped[name] = found
        else:
            yield Broken((Violation(name, "dataset", "dataset", found, item.words, 0),), 1)

    def _key(self, item: Spoken) -> Broken:
        _, kind, name = item.predicate.name.split(":", 2)
        name, _, number = name.rpartition(":")
        table = self.schema.table(name)
        if kind == "unique":
            return broken_unique(self.judge.arena, self.schema, table, table.uniques[int(number) - 1])
        rows, count = later(self.judge.arena, item.predicate.duckdb)
        found = (Violation("key:exclude", "dataset", place(table, row), "", item.words, 0) for row in rows)
        return Broken(tuple(found), count)

    # -- rows ---------------------------------------------------------------------------------------------------

    def _placed(self) -> Placed:
        return Placed(0, 0, self.now, ())

    def _row(self, table: Table, number: int, values: Values) -> CaseRow:
        return CaseRow(table.name, f"{table.name}/{number}", values)


def _read_columns(schema: Schema, judge: Judge) -> set[ColumnName]:
    """Every column that a rule reads, and of tables that a query of the user names all."""
    found: set[ColumnName] = set()
    for item in [*judge.spoken, *judge.queries]:
        found |= item.predicate.columns
        if item.predicate.name.startswith("sql:"):
            named = [schema.table(name) for name in item.predicate.tables if name in schema.by_name]
            found |= {(table.name, column.name) for table in named for column in table.columns}
    for table in schema.tables:
        keys = [table.primary_key, *(unique.columns for unique in table.uniques)]
        found |= {(table.name, name) for columns in keys for name in columns}
        for key in table.foreign_keys:
            found |= {(table.name, name) for name in key.columns} | {(key.table, name) for name in key.referenced}
    return found | {(model.model.table, name) for model in judge.rules.row_models for name in model.fields}
