"""One row of a case drawn so that its CHECKs, what is demanded of it and what is plausible hold together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from sqlglot import exp

from llmgen.author.offline.demands import ROOT, Row
from llmgen.author.offline.formula import kinds_of
from llmgen.author.offline.habits import habits
from llmgen.author.offline.leanings import leanings
from llmgen.author.offline.rule_words import formulas_of
from llmgen.canonical import CANONICAL
from llmgen.dataset import Values
from llmgen.plan import Route, route_column
from llmgen.predicates.alternatives import wants
from llmgen.predicates.domains import Model, model_of, solvable
from llmgen.predicates.formulas import Formula
from llmgen.schema.forms import encode_text
from llmgen.schema.model import Schema, Table
from llmgen.values.cells import RowSpec, Work, draw_rows

_REDRAWS = 2
_VARIED = 24
"""Drafts of a case after which its rows need no longer be like most rows: that may be what keeps it from passing."""


@dataclass(frozen=True)
class Wish:
    """What one row is to be: `formulas` must hold, `known` cells stand, `hints` hold as far as they can."""

    formulas: Mapping[str, Formula] = field(default_factory=dict)
    known: Values = field(default_factory=dict)
    hints: Mapping[str, Formula] = field(default_factory=dict)


@dataclass(frozen=True)
class Sheet:
    """One table as rows of it are drafted, with what all its rows have in common."""

    schema: Schema
    table: Table
    seed: str
    rules: tuple[tuple[str, str], ...] = ()
    """The names and words of the project's rules over one row."""

    @cached_property
    def kinds(self) -> dict[str, str]:
        """The columns' kinds, as formulas are read with them."""
        return kinds_of(self.table)

    @cached_property
    def routes(self) -> dict[str, Route]:
        """Who would write each column if nobody authored any."""
        return {column.name: route_column(self.table, column) for column in self.table.columns}

    @cached_property
    def habits(self) -> dict[str, Formula]:
        """What is true of most rows of such a table, by a name."""
        return {**formulas_of(self.schema, self.table, self.rules), **habits(self.schema, self.table)}

    def wanted(self, conditions: Row, root: Values | None, root_table: Table | None, truth: bool = True) -> Formula:
        """All conditions (or, with `truth` False, not all of them) as a formula, the root's cells put in."""
        tree: exp.Expr = (
            exp.and_(*(_with_root(one, root, root_table) for one in conditions)) if conditions else exp.true()
        )
        return wants(tree, truth, truth, self.kinds)

    def draft(self, wish: Wish, locale: str, numbers: tuple[int, int, int], attempt: int) -> Values | None:
        """A row that the wish describes; None if nothing could be drawn. Habits and hints yield where they must.

        `numbers` are its identity, its number among all rows of the table and that among those of its case.
        """
        identity, serial, ordinal = numbers
        said = frozenset(wish.known).union(*(one.columns for one in (*wish.formulas.values(), *wish.hints.values())))
        usual = leanings(self.schema, self.table) if attempt < _VARIED else {}
        quiet = {name: one for name, one in usual.items() if name not in said}
        soft = {**self.habits, **wish.hints, **quiet}
        model = model_of(self.schema, self.table)
        hard = {**model.formulas, **wish.formulas}
        known = {**dict.fromkeys(self._absent(wish.known)), **wish.known}
        for formulas in ({**hard, **soft}, *self._yielding(model, hard, soft, known)):
            if not _possible(model, formulas, known):
                continue
            work = Work(replace(model, formulas=formulas), self.routes, self.seed)
            # A number that differs within a parent only ("attempt 2") starts anew in each case.
            spec = RowSpec(identity, ordinal if work.turns else serial, locale, wish.known, None, CANONICAL)
            for again in range(_REDRAWS):
                try:
                    drawn = draw_rows(work, [spec], attempt * _REDRAWS + again)[0]
                except ValueError:  # a column that must differ in a way that a hint leaves no room for
                    break
                if not drawn.failed and not drawn.broken:
                    return drawn.row
        return None

    def contradicting(self, conditions: Sequence[exp.Expr]) -> list[str]:
        """The conditions, as SQL, without any of which the others could hold beside the CHECKs; empty if all can."""
        model = model_of(self.schema, self.table)

        def holds(some: Sequence[exp.Expr]) -> bool:
            wanted = {f"expect {at}": self.wanted((one,), None, None) for at, one in enumerate(some)}
            return _possible(model, {**model.formulas, **wanted}, {})

        if holds(conditions):
            return []
        single = [one for one in conditions if holds([other for other in conditions if other is not one])]
        return [one.sql(dialect="postgres") for one in single or conditions]

    def _absent(self, known: Values) -> list[str]:
        """References that nobody wrote yet: of no concern to CHECKs."""
        return [name for name in self.table.reference_columns if name not in known]

    def _yielding(
        self, model: Model, hard: Mapping[str, Formula], soft: Mapping[str, Formula], known: Values
    ) -> Iterator[Mapping[str, Formula]]:
        """The formulas with as many soft ones, one after another, as leave a solution; then with none."""
        if not _possible(model, hard, known):
            return
        kept = dict(hard)
        for name, formula in soft.items():
            if _possible(model, {**kept, name: formula}, known):
                kept[name] = formula
        yield kept
        yield hard


def _possible(model: Model, formulas: Mapping[str, Formula], known: Values) -> bool:
    return solvable(replace(model, formulas=formulas), known, lambda count: 0, CANONICAL, frozenset()) is not None


def _with_root(tree: exp.Expr, root: Values | None, table: Table | None) -> exp.Expr:
    """The condition with the root row's cells in place of its columns."""

    def put(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.TimestampTrunc | exp.DateTrunc) and isinstance(node.this, exp.CurrentTimestamp):
            return exp.CurrentDate() if node.text("unit").lower() == "day" else node
        if isinstance(node, exp.Column) and node.table == ROOT and root is not None and table is not None:
            value = root.get(node.name)
            kind = table.column(node.name).type
            if value is None:
                return exp.Null()
            text = encode_text(kind, value) or ""
            if kind.kind in ("integer", "decimal", "float"):
                return exp.Literal.number(text)
            if kind.kind in ("date", "timestamp", "timestamptz"):
                return exp.cast(exp.Literal.string(text), kind.kind)
            return exp.Literal.string(text)
        return node

    return tree.copy().transform(put)
