"""The judge: cells, CHECKs, expects, Python rules, SQL rules,
keys and plausibility over cases at any number of instants.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any

from llmgen.dataset import CaseRow, Values
from llmgen.predicates.evaluate import Arena
from llmgen.predicates.normalise import Predicate, check_predicate, query_predicate
from llmgen.schema.forms import encode
from llmgen.schema.model import Schema, Unique
from llmgen.validate.instants import ColumnName, Placed, dated_columns, rows_by_table
from llmgen.validate.keys import Entry, key_faults, unique_query
from llmgen.validate.plausible import plausibility, plausible_words
from llmgen.validate.rules import RuleSet
from llmgen.violation import Violation


@dataclass(frozen=True)
class Finding:
    """A violation with the instant it shows at and the columns that its rule names."""

    violation: Violation
    at: int
    columns: frozenset[ColumnName] = frozenset()


@dataclass(frozen=True)
class Spoken:
    """A predicate with what it says in words, as a violation's reader needs it."""

    predicate: Predicate
    words: str


class Judge:
    """All rules over one schema, compiled once. A context manager: it holds a database in memory.

    `expects` are those of one scenario (none for a plain dataset). Rules named in `disable` are left out.
    """

    def __init__(
        self,
        schema: Schema,
        rules: RuleSet,
        expects: Sequence[Spoken] = (),
        disable: Collection[str] = (),
        root: str | None = None,
    ) -> None:
        self.schema = schema
        self.rules = rules
        self.root = root
        self.disable = frozenset(disable)
        self.dated = dated_columns(schema)
        self.skipped: dict[str, str] = {}
        spoken = [*_checks(schema), *expects, *(Spoken(predicate, words) for predicate, words in plausibility(schema))]
        self.spoken = [
            item for item in spoken if item.predicate.name not in self.disable and self._readable(item.predicate)
        ]
        self.queries = [item for item in self._queries() if item.predicate.name not in self.disable]
        # Only rules that name a moment can change their answer with the instant.
        self._dated_tables = {rule.table for rule in rules.rows if rule.columns & self.dated}
        self._dated_cases = any(rule.columns & self.dated for rule in rules.cases)
        self._arena: Arena | None = None

    def __enter__(self) -> "Judge":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._arena:
            self._arena.__exit__(kind, error, trace)
            self._arena = None

    @property
    def arena(self) -> Arena:
        """The database that predicates are evaluated in, opened when it is first needed."""
        if self._arena is None:
            self._arena = Arena(self.schema).__enter__()
        return self._arena

    def words(self, tables: Collection[str]) -> list[str]:
        """The rules in words that hold over these tables, as prompts state them (CHECKs stand with their tables)."""
        plain = [item for item in self.spoken if item.predicate.name.startswith("plausible:")]
        return [
            *self.rules.words_for(tables),
            *plausible_words([item.predicate for item in plain if item.predicate.table in tables]),
        ]

    def ruled_columns(self, tables: Collection[str]) -> set[ColumnName]:
        """The columns that Python and SQL rules over these tables read: whoever writes them must know the rules."""
        rules = [*self.rules.rows, *self.rules.cases]
        found = {column for rule in rules if rule.tables <= set(tables) for column in rule.columns}
        for item in self.queries:
            names = {table for table, _ in item.predicate.columns}
            if item.predicate.name.startswith("sql:") and names <= set(tables):
                found |= item.predicate.columns
        return found

    def judge(self, placed: Sequence[Placed], shared: Mapping[str, Sequence[Values]]) -> list[Finding]:
        """Everything wrong with each placed case by itself, at its instant. Shared rows are context, not judged."""
        findings = [finding for one in placed for finding in self._cells(one)]
        findings += self._predicates(placed, shared)
        findings += [finding for one in placed for finding in self._python(one, shared)]
        return [finding for finding in findings if finding.violation.rule not in self.disable]

    def judge_together(self, placed: Sequence[Placed], shared: Mapping[str, Sequence[Values]]) -> list[Finding]:
        """What is wrong between cases: keys, uniques and references at the first instant, SQL rules at every one."""
        first = [one for one in placed if one.at == placed[0].at]
        rows = _entries(first, shared)
        findings = [Finding(fault, 0) for fault in key_faults(self.schema, rows)]
        if self.queries:
            self._load(placed, shared)
        for item in self.queries:
            if item.predicate.name.startswith("key:"):
                findings += self._partial_unique(item, rows, first[0].at if first else 0)
            else:
                findings += self._query(item, placed, shared)
        return [finding for finding in findings if finding.violation.rule not in self.disable]

    # -- single layers ------------------------------------------------------------------------------------------

    def _cells(self, placed: Placed) -> Iterable[Finding]:
        if placed.at:
            return
        for row in placed.rows:
            for column in self.schema.table(row.table).columns:
                value = row.values.get(column.name)
                where = f"{row.where}.{column.name}"
                if value is None:
                    if not column.nullable and column.written and (column.default is None or column.name in row.values):
                        yield Finding(
                            Violation("cell:null", "cell", where, "null", "this column is not null", placed.case), 0
                        )
                elif isinstance(value, str) and column.type.length and len(value) > column.type.length:
                    mend = f"at most {column.type.length} characters, this has {len(value)}"
                    yield Finding(Violation("cell:length", "cell", where, value[:60], mend, placed.case), 0)

    def _predicates(self, placed: Sequence[Placed], shared: Mapping[str, Sequence[Values]]) -> Iterable[Finding]:
        index = self._load(placed, shared)
        present = {row.table for one in placed for row in one.rows}
        asked = [item for item in self.spoken if item.predicate.table in present]
        for item, hits in zip(asked, self.arena.failing([item.predicate for item in asked]), strict=True):
            for hit in hits:
                found = index.get((item.predicate.table, hit.row))
                if found is not None:
                    yield self._finding(item, *found)
        if failed := dict(self.arena.skipped):
            unreadable = [item for item in asked if (item.predicate.table, item.predicate.name) in failed]
            yield from self._unevaluable(unreadable, placed, shared)

    def _unevaluable(
        self, items: Sequence[Spoken], placed: Sequence[Placed], shared: Mapping[str, Sequence[Values]]
    ) -> Iterable[Finding]:
        """Rules that failed while they were evaluated (a division by zero):
        case by case, at fault where they fail again.
        """
        for one in placed:
            index = self._load([one], shared)
            for item, hits in zip(items, self.arena.failing([item.predicate for item in items]), strict=True):
                for hit in hits:
                    if (found := index.get((item.predicate.table, hit.row))) is not None:
                        yield self._finding(item, *found)
                reason = self.arena.skipped.get((item.predicate.table, item.predicate.name))
                if reason is not None:
                    violation = Violation(
                        item.predicate.name,
                        "case",
                        item.predicate.table,
                        f"an error: {reason}"[:200],
                        item.words,
                        one.case,
                    )
                    yield Finding(violation, one.at, item.predicate.columns & self.dated)

    def _finding(self, item: Spoken, placed: Placed, row: CaseRow) -> Finding:
        predicate = item.predicate
        expect = predicate.name.startswith("expect:")
        shown = {name: row.values.get(name) for table, name in sorted(predicate.columns) if table == row.table}
        violation = Violation(
            rule=predicate.name,
            layer="case" if expect else "row",
            where=row.where,
            found=self._shown(row.table, shown),
            mend=item.words,
            case=placed.case,
        )
        return Finding(violation, placed.at, predicate.columns & self.dated)

    def _shown(self, table: str, cells: Mapping[str, Any]) -> str:
        types = self.schema.table(table).by_name
        return ", ".join(f"{name} = {_form(encode(types[name].type, value))}" for name, value in cells.items())

    def _python(self, placed: Placed, shared: Mapping[str, Sequence[Values]]) -> Iterable[Finding]:
        for row in placed.rows if not placed.at else [row for row in placed.rows if row.table in self._dated_tables]:
            for rule, message in self.rules.judge_row(row.table, row.values, placed.now):
                violation = Violation(
                    rule.name, "row", row.where, "", message if not placed.at else rule.words, placed.case
                )
                yield Finding(violation, placed.at, rule.columns & self.dated)
        if placed.at and not self._dated_cases:
            return
        together = {**{name: list(rows) for name, rows in shared.items()}, **rows_by_table(placed.rows)}
        for rule, message, where in self.rules.judge_case(together, placed.now):
            said = message if not placed.at else rule.words
            violation = Violation(rule.name, "case", where or self.root or "case", "", said, placed.case)
            yield Finding(violation, placed.at, rule.columns & self.dated)

    # -- between cases --------------------------------------------------------------------------------------------

    def _partial_unique(self, item: Spoken, rows: Mapping[str, Sequence[Entry]], at: int) -> Iterable[Finding]:
        table = self.schema.table(item.predicate.name.split(":")[2])
        keys = table.primary_key or (table.columns[0].name,)
        repeated = {tuple(map(str, row.values())) for row in self.arena.offending(item.predicate, at)}
        entries = [
            entry for entry in rows.get(table.name, ()) if tuple(str(entry[1].values.get(k)) for k in keys) in repeated
        ]
        if entries:
            case, row = entries[-1]
            yield Finding(Violation("key:unique", "dataset", row.where, "", item.words, case), 0)

    def _query(
        self, item: Spoken, placed: Sequence[Placed], shared: Mapping[str, Sequence[Values]]
    ) -> Iterable[Finding]:
        """SQL rules that name no moment are the same at every instant, so the first one speaks for all."""
        dated = item.predicate.columns & self.dated
        instants = dict.fromkeys(one.at for one in placed)
        for at in instants if dated else list(instants)[:1]:
            if not (offending := self.arena.offending(item.predicate, at)):
                continue
            found = ", ".join(f"{name} = {value}" for name, value in offending[0].items())[:200]
            for case in self._blamed(item, [one for one in placed if one.at == at], shared):
                violation = Violation(item.predicate.name, "dataset", self.root or "dataset", found, item.words, case)
                yield Finding(violation, at, dated)
            self._load(placed, shared)

    def _blamed(self, item: Spoken, placed: Sequence[Placed], shared: Mapping[str, Sequence[Values]]) -> list[int]:
        """The cases that break a SQL rule by themselves;
        if none does, the first that breaks it beside those before it.
        """

        def breaks(some: Sequence[Placed]) -> bool:
            self._load(some, shared)
            return bool(self.arena.offending(item.predicate, some[0].at))

        alone = [one.case for one in placed if breaks([one])]
        if alone:
            return alone
        return [next(placed[count - 1].case for count in range(1, len(placed) + 1) if breaks(placed[:count]))]

    # -- loading --------------------------------------------------------------------------------------------------

    def _load(
        self, placed: Sequence[Placed], shared: Mapping[str, Sequence[Values]]
    ) -> dict[tuple[str, int], tuple[Placed, CaseRow]]:
        """Fill the arena with the cases and, at each instant that occurs, the shared rows;
        the rows by (table, number).
        """
        arena = self.arena
        arena.clear()
        index: dict[tuple[str, int], tuple[Placed, CaseRow]] = {}
        grouped: dict[str, list[tuple[Placed, CaseRow]]] = {}
        for one in placed:
            for row in one.rows:
                grouped.setdefault(row.table, []).append((one, row))
        for table, entries in grouped.items():
            index |= {(table, number): entry for number, entry in enumerate(entries)}
            arena.load(
                table,
                [row.values for _, row in entries],
                [one.case for one, _ in entries],
                [one.at for one, _ in entries],
                [one.now for one, _ in entries],
                range(len(entries)),
            )
        instants = dict.fromkeys((one.at, one.now) for one in placed)
        for table, rows in shared.items():
            for at, now in instants:
                self._load_shared(table, rows, at, now)
        return index

    def _load_shared(self, table: str, rows: Sequence[Values], at: int, now: datetime) -> None:
        count = len(rows)
        self.arena.load(table, rows, [-1] * count, [at] * count, [now] * count, [-1] * count)

    # -- compiling ------------------------------------------------------------------------------------------------

    def _readable(self, predicate: Predicate) -> bool:
        if predicate.status == "opaque":
            self.skipped[f"{predicate.name} of {predicate.table}" if predicate.table else predicate.name] = (
                predicate.reason
            )
        return predicate.status != "opaque"

    def _queries(self) -> list[Spoken]:
        """SQL rules, and the queries that stand for partial and expression uniques."""
        found = [Spoken(query_predicate(self.schema, rule.sql, rule.name), rule.words) for rule in self.rules.queries]
        for table in self.schema.tables:
            for number, unique in enumerate(table.uniques, 1):
                if unique.where is not None or unique.expressions:
                    predicate = query_predicate(
                        self.schema, unique_query(table, unique), f"key:unique:{table.name}:{number}"
                    )
                    found.append(Spoken(predicate, _unique_words(table.name, unique)))
        return found


def _checks(schema: Schema) -> list[Spoken]:
    return [
        Spoken(
            check_predicate(schema, table.name, check.sql, f"check:{check.name or f'{table.name}:{number}'}"),
            f"CHECK ({check.sql})",
        )
        for table in schema.tables
        for number, check in enumerate(table.checks, 1)
    ]


def _unique_words(table: str, unique: Unique) -> str:
    where = f" where {unique.where}" if unique.where else ""
    return f"no two rows of {table} may have the same {', '.join((*unique.columns, *unique.expressions))}{where}"


def _entries(placed: Sequence[Placed], shared: Mapping[str, Sequence[Values]]) -> dict[str, list[Entry]]:
    rows: dict[str, list[Entry]] = {
        name: [(None, CaseRow(name, f"{name}/{number}", row)) for number, row in enumerate(listed)]
        for name, listed in shared.items()
    }
    for one in placed:
        for row in one.rows:
            rows.setdefault(row.table, []).append((one.case, row))
    return rows


def _form(value: Any) -> str:
    return "null" if value is None else str(value)[:80]
