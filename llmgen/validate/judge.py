"""The judge: every layer of rules over cases, at any number of instants."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any

from llmgen.dataset import CaseRow
from llmgen.predicates.evaluate import Arena
from llmgen.predicates.normalise import Predicate
from llmgen.schema.forms import encode
from llmgen.schema.model import Schema
from llmgen.validate.instants import CREATED, UPDATED, ColumnName, Placed, bookkeeping, dated_columns, rows_by_table
from llmgen.validate.plausible import plausible_words
from llmgen.validate.queries import Queries
from llmgen.validate.rules import RuleSet
from llmgen.validate.spoken import Finding, Spoken, dataset_rules, row_rules
from llmgen.validate.stage import Shared, Stage
from llmgen.violation import Violation

__all__ = ["Judge", "Spoken"]


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
        self.created, self.updated = bookkeeping(schema, CREATED), bookkeeping(schema, UPDATED)
        self.skipped: dict[str, str] = {}
        self.spoken = [
            item
            for item in [*row_rules(schema), *expects]
            if item.predicate.name not in self.disable and self._readable(item.predicate)
        ]
        self._stage = Stage(schema)
        self.queries = [
            item
            for item in dataset_rules(schema, rules.queries, self.skipped)
            if item.predicate.name not in self.disable
        ]
        self._queries = Queries(schema, self.queries, self.dated, self._stage, root, self.skipped)
        # Only rules that name a moment can change their answer with the instant.
        self._dated_tables = {rule.table for rule in rules.rows if rule.columns & self.dated}
        self._dated_cases = any(rule.columns & self.dated for rule in rules.cases)

    def __enter__(self) -> "Judge":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stage.close()

    @property
    def arena(self) -> Arena:
        """The database that predicates are evaluated in, opened when it is first needed."""
        return self._stage.arena

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

    def judge(self, placed: Sequence[Placed], shared: Shared) -> list[Finding]:
        """Everything wrong with each placed case by itself, at its instant. Shared rows are context, not judged."""
        findings = [finding for one in placed for finding in self.cells(one)]
        findings += self._predicates(placed, shared)
        findings += [finding for one in placed for finding in self._python(one, shared)]
        return [finding for finding in findings if finding.violation.rule not in self.disable]

    def judge_together(self, placed: Sequence[Placed], shared: Shared) -> list[Finding]:
        """What is wrong between cases: keys, uniques and references at the first instant, SQL rules at every one."""
        findings = self._queries.judge(placed, shared)
        return [finding for finding in findings if finding.violation.rule not in self.disable]

    def found(self, item: Spoken) -> str:
        """What a query finds wrong among all rows of the arena, in words; "" if nothing."""
        return self._queries.found(item, 0)

    # -- single layers ------------------------------------------------------------------------------------------

    def cells(self, placed: Placed) -> Iterable[Finding]:
        """Cells that are NULL or too long against their column, told once a case."""
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

    def _predicates(self, placed: Sequence[Placed], shared: Shared) -> Iterable[Finding]:
        if not placed:
            return
        index = self._stage.load(placed, shared)
        present = {row.table for one in placed for row in one.rows}
        asked = [item for item in self.spoken if item.predicate.table in present]
        for item, hits in zip(asked, self.arena.failing([item.predicate for item in asked]), strict=True):
            for hit in hits:
                found = index.get((item.predicate.table, hit.row))
                if found is not None:
                    yield self.finding(item, *found)
        if failed := dict(self.arena.skipped):
            unreadable = [item for item in asked if (item.predicate.table, item.predicate.name) in failed]
            yield from self._unevaluable(unreadable, placed, shared)

    def _unevaluable(self, items: Sequence[Spoken], placed: Sequence[Placed], shared: Shared) -> Iterable[Finding]:
        """Rules that failed while they were evaluated (a cast): case by case, at fault where they fail again.

        A CHECK that fails without any rows is skipped from now on.
        """
        self.arena.clear()
        self.arena.failing([item.predicate for item in items])
        unasked = [
            item
            for item in items
            if not item.predicate.expects and (item.predicate.table, item.predicate.name) in self.arena.skipped
        ]
        for item in unasked:
            self.skip(item.predicate, self.arena.skipped[item.predicate.table, item.predicate.name])
        items = [item for item in items if item not in unasked]
        self.spoken = [item for item in self.spoken if item not in unasked]
        for one in placed:
            index = self._stage.load([one], shared)
            for item, hits in zip(items, self.arena.failing([item.predicate for item in items]), strict=True):
                for hit in hits:
                    if (found := index.get((item.predicate.table, hit.row))) is not None:
                        yield self.finding(item, *found)
                reason = self.arena.skipped.get((item.predicate.table, item.predicate.name))
                if reason is not None:
                    yield self.erring(item, one, reason)

    def erring(self, item: Spoken, placed: Placed, reason: str) -> Finding:
        """What a rule says that fails over the rows of a case instead of judging them."""
        name, table = item.predicate.name, item.predicate.table
        violation = Violation(name, "case", table, f"an error: {reason}"[:200], item.words, placed.case)
        return Finding(violation, placed.at, item.predicate.columns & self.dated)

    def finding(self, item: Spoken, placed: Placed, row: CaseRow) -> Finding:
        """What a CHECK or an expect says of a row that breaks it."""
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

    def _python(self, placed: Placed, shared: Shared) -> Iterable[Finding]:
        for row in placed.rows if not placed.at else [row for row in placed.rows if row.table in self._dated_tables]:
            for rule, message in self.rules.judge_row(row.table, row.values, placed.now):
                violation = Violation(
                    rule.name, "row", row.where, "", message if not placed.at else rule.words, placed.case
                )
                yield Finding(violation, placed.at, rule.columns & self.dated)
        if placed.at and not self._dated_cases:
            return
        together = {**{name: list(rows) for name, rows in shared.items()}, **rows_by_table(placed.rows)}
        for rule, message, where in self.rules.judge_case(together, placed.now, self.dated if placed.at else None):
            said = message if not placed.at else rule.words
            place = _row_place(placed, where) or self.root or "case"
            violation = Violation(rule.name, "case", place, "", said, placed.case)
            yield Finding(violation, placed.at, rule.columns & self.dated)

    # -- what cannot be judged ------------------------------------------------------------------------------------

    def _readable(self, predicate: Predicate) -> bool:
        if predicate.status == "opaque":
            self.skip(predicate, predicate.reason)
        return predicate.status != "opaque"

    def skip(self, predicate: Predicate, reason: str) -> None:
        """Keep that a rule could not be judged, and why."""
        self.skipped[f"{predicate.name} of {predicate.table}" if predicate.table else predicate.name] = reason


def _row_place(placed: Placed, where: str) -> str:
    """The place of a case's row that a case rule names by its number in its table (`invoice_lines[2]`)."""
    table, _, number = where.rstrip("]").partition("[")
    rows = [row for row in placed.rows if row.table == table]
    return rows[int(number)].where if rows and number else where


def _form(value: Any) -> str:
    return "null" if value is None else str(value)[:80]
