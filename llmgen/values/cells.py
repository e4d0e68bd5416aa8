"""One row's cells: the CHECKs solved for what is known, then by column the provider's value or one in the domain."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

import numpy as np

from llmgen.canonical import CANONICAL
from llmgen.errors import InputError
from llmgen.naming import noun
from llmgen.plan import Route
from llmgen.predicates.domains import Contradiction, Model, Solution, settle, solvable, solve_in
from llmgen.predicates.formulas import Count, Either, Every, Formula
from llmgen.predicates.ranges import MOMENTS, Domain, encode, within
from llmgen.predicates.relations import Relation
from llmgen.reserved import ACCEPTED_CARDS
from llmgen.schema.model import Column, Unique
from llmgen.values.edges import edge_value
from llmgen.values.keys import distinct, in_turn
from llmgen.values.people import people_cells, spellings
from llmgen.values.scalars import Draw, scalar
from llmgen.values.shapes import fitted
from llmgen.values.streams import Words, key, mix
from llmgen.values.text import text_cells

# How many rows of ten are NULL where the column may be; one of the others.
EMPTY_IN_TEN: Mapping[str, int] = {"empty": 9, "later_at": 6}
_EDGE_ATTEMPTS = 10
_CELL_RETRIES = 12
_OURS = frozenset({"people", "scalar", "text", "derived"})
NEVER_NULL = frozenset({"full_name", "given_name", "family_name", "email", "username", "company"})
# People's providers that differ because serials do; the others may repeat.
_DISTINCT = frozenset({"email", "username", "company", "company_slug", "domain", "url", "company_email"})
# Which kind of column of a composite unique is made distinct, the roomiest first.
_ROOMY = ("uuid", "text", "integer", "decimal", "timestamptz", "timestamp", "float", "date", "time", "enum")
# Moments that lie behind those of other providers in the same row.
_AFTER: Mapping[str, frozenset[str]] = {
    "updated_at": frozenset({"created_at"}),
    "later_at": frozenset({"created_at", "starts_at"}),
    "ends_at": frozenset({"created_at", "starts_at"}),
}
_NOBODY = Route("default", "database", "")


def is_distinct(provider: str) -> bool:
    """Whether the provider's texts differ because the rows' serials do."""
    return provider in _DISTINCT


def begins_of(work: "Work", column: str) -> list[str]:
    """The columns that hold the moments which the column's own lies behind."""
    before = _AFTER.get(work.provider(column), frozenset())
    return [one.name for one in work.columns if work.provider(one.name) in before]


@dataclass(frozen=True)
class RowSpec:
    """One row to complete. `identity` is what its cells are drawn from; `serial` is dense, from 0, within the table.

    `known` are the cells that others have written (None is NULL). `edge` is (column, edge class). `now` is the instant
    that now() and the dates refer to; without it, a fixed one.
    """

    identity: int
    serial: int
    locale: str
    known: Mapping[str, Any] = field(default_factory=dict)
    edge: tuple[str, str] | None = None
    now: datetime | None = None


@dataclass(frozen=True)
class Work:
    """What is the same for all rows that are completed together."""

    model: Model
    routes: Mapping[str, Route]
    seed: str

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns written here where they are not known, those that follow from others behind them."""
        formulas = self.model.formulas.values()
        checked = frozenset[str]().union(*(formula.columns for formula in formulas))
        follows = frozenset[str]().union(*(_follows(formula) for formula in formulas))
        found = [column for column in self.model.table.columns if self._writes(column, column.name in checked)]
        return tuple(sorted(found, key=lambda one: (one.name in follows, self.provider(one.name) in _AFTER)))

    def _writes(self, column: Column, checked: bool) -> bool:
        route = self.routes.get(column.name, _NOBODY)
        if not column.written or column.generated:
            return False
        if route.writer == "default":
            return column.default is None or checked
        return route.writer in _OURS

    @cached_property
    def absent(self) -> Mapping[str, None]:
        """Columns that nobody writes and no default fills: NULL, as far as CHECKs are concerned."""
        ours = {column.name for column in self.columns}
        rest = [column for column in self.model.table.columns if column.name not in ours]
        return {column.name: None for column in rest if column.default is None and not column.generated}

    @cached_property
    def uniques(self) -> frozenset[str]:
        """Columns made distinct: of each unique the one with most room, unless a key among its columns sees to it."""
        found = set[str]()
        for unique in self.model.table.uniques:
            inside = {*unique.columns, *(c.name for c in self.columns if _named(unique.expressions, c.name))}
            keyed = any(self.routes.get(name, _NOBODY).writer == "key" for name in inside)
            able = [column for column in self.columns if column.name in inside and column.type.kind in _ROOMY]
            if able and not keyed and not self._in_turn(unique, able):
                found.add(min(able, key=lambda column: _ROOMY.index(column.type.kind)).name)
        return frozenset(found)

    @cached_property
    def turns(self) -> frozenset[str]:
        """Numbers that need only differ among the rows of one parent: `position` in unique (invoice_id, position)."""
        found = set[str]()
        for unique in self.model.table.uniques:
            able = [column for column in self.columns if column.name in unique.columns]
            found |= {column.name for column in able if self._in_turn(unique, able)}
        return frozenset(found)

    def _in_turn(self, unique: Unique, able: Sequence[Column]) -> bool:
        parents = self.model.table.reference_columns & set(unique.columns)
        return bool(parents) and [column.type.kind for column in able] == ["integer"]

    def provider(self, column: str) -> str:
        """The column's provider."""
        return self.routes.get(column, _NOBODY).provider


def _named(expressions: Sequence[str], column: str) -> bool:
    return any(column.lower() in expression.lower() for expression in expressions)


def _follows(formula: Formula) -> frozenset[str]:
    """Columns that stand alone on one side of an equation with arithmetic."""
    if isinstance(formula, Relation):
        sides = (formula.left, formula.right)
        alone = [one.column for one, two in (sides, sides[::-1]) if one.op == "column" and two.op != "column"]
        return frozenset(alone) if formula.op == "=" else frozenset()
    if isinstance(formula, Every | Either):
        return frozenset[str]().union(*(_follows(part) for part in formula.parts))
    if isinstance(formula, Count):
        return frozenset[str]().union(*(_follows(yes) for yes, _ in formula.pairs))
    return frozenset()


@dataclass(frozen=True)
class Drawn:
    """A row, the CHECKs that its known cells break by themselves, and what could not be satisfied ("" if nothing)."""

    row: dict[str, Any]
    broken: frozenset[str] = frozenset()
    failed: str = ""


def draw_rows(work: Work, specs: Sequence[RowSpec], attempt: int) -> list[Drawn]:
    """The rows as attempt number `attempt` draws them."""
    identities = np.array([spec.identity for spec in specs], dtype=np.uint64)
    table = work.model.table.name
    words = {
        column.name: mix(key(work.seed, table, column.name, "cell", attempt), identities).tolist()
        for column in work.columns
    }
    choices = mix(key(work.seed, table, "checks", attempt), identities).tolist()
    texts = _texts(work, specs, identities if attempt == 0 else mix(key("again", attempt), identities))
    found = []
    for place, spec in enumerate(specs):
        plain = {name: cells[place] for name, cells in texts.items()}
        row = _Row(work, spec, attempt, plain, {name: cells[place] for name, cells in words.items()})
        found.append(row.draw(Draw(choices[place])))
    return found


def _texts(work: Work, specs: Sequence[RowSpec], rows: Words) -> dict[str, list[str]]:
    """What people and text providers write, by column: one call a provider and length limit."""
    serials = np.array([spec.serial for spec in specs], dtype=np.uint64)
    locales = [spec.locale for spec in specs]
    table = work.model.table
    found: dict[str, list[str]] = {}
    groups: dict[int | None, dict[str, list[str]]] = {}
    for column in work.columns:
        route = work.routes.get(column.name, _NOBODY)
        if column.type.kind not in ("text", "other"):
            continue
        if route.writer == "people":
            groups.setdefault(column.type.length, {}).setdefault(route.provider, []).append(column.name)
        elif route.writer == "text" and route.provider != "empty":
            stream = key(work.seed, table.name, column.name)
            marks = serials if column.name in work.uniques else None
            called = noun(table.bare_name)
            found[column.name] = text_cells(route.provider, stream, rows, called, column.type.length, marks)
    for limit, wanted in groups.items():
        limits = dict.fromkeys(wanted, limit)
        cells = people_cells(key(work.seed, table.name), rows, locales, tuple(wanted), serials, limits)
        found |= {name: cells[provider] for provider, names in wanted.items() for name in names}
    return found


@dataclass(frozen=True)
class _Row:
    """One row while it is drawn: `texts` are the providers' values, `words` one 64-bit number, by column."""

    work: Work
    spec: RowSpec
    attempt: int
    texts: Mapping[str, str]
    words: Mapping[str, int]

    def draw(self, choices: Draw) -> Drawn:
        known = dict(self.spec.known)
        solved = self._solved({**self.work.absent, **known}, choices)
        if isinstance(solved, str):
            return Drawn(known, failed=solved)
        solution, broken, cells = solved
        for column in self.work.columns:
            if column.name in known or column.name in cells:
                continue
            try:
                solution, cells[column.name] = self._drawn(column, solution, {**known, **cells})
            except Contradiction as error:
                named = [name for name, formula in self.work.model.formulas.items() if column.name in formula.columns]
                return Drawn(known | cells, broken, " and ".join(named) or str(error))
            except ValueError as error:
                return Drawn(known | cells, broken, str(error))
        names = [column.name for column in self.work.model.table.columns]
        both = {**cells, **known}
        return Drawn({**{name: both[name] for name in names if name in both}, **both}, broken)

    def _drawn(self, column: Column, solution: Solution, cells: Mapping[str, Any]) -> tuple[Solution, Any]:
        """The column's cell, and what it leaves to the others; another cell where it would leave them nothing.

        Intervals say what each column may hold by itself: of `a < b` and `a + b = 100` they leave too much to a.
        """
        domain = self._after(column, solution.domains[column.name], cells)
        for again in range(_CELL_RETRIES):
            cell = self._cell(column, domain, again)
            with suppress(Contradiction):
                return settle(solution, column.name, cell), cell
        cell = self._cell(column, domain, _CELL_RETRIES)
        return settle(solution, column.name, cell), cell

    def _solved(self, known: Mapping[str, Any], choices: Draw) -> tuple[Solution, frozenset[str], dict[str, Any]] | str:
        """A solution, the CHECKs that the known cells make impossible, and the cells drawn before; or what is at fault.

        Finite columns (status, kind, flags) are drawn first, as their own weights go, and kept where the CHECKs agree:
        otherwise a CHECK that singles out one status would make half of the rows have it.
        """
        model, now = self.work.model, self.spec.now or CANONICAL
        broken = frozenset[str]()
        while True:
            liked = self._liked(known) if model.formulas else {}
            found = solvable(model, {**known, **liked}, choices.below, now, broken) if liked else None
            if found is not None:
                return found, broken, liked
            try:
                return solve_in(model, known, choices.below, now, broken), broken, {}
            except Contradiction as error:
                if not error.checks or not _satisfiable(model, broken, now):
                    return error.message
                broken |= {max(error.checks, key=lambda name: _known_share(model, name, known))}

    def _after(self, column: Column, domain: Domain, cells: Mapping[str, Any]) -> Domain:
        """The domain from the row's beginning on, and up to now for what has happened, where the CHECKs allow that."""
        provider = self.work.provider(column.name)
        if provider not in _AFTER or domain.kind not in MOMENTS or domain.values is not None:
            return domain
        begins = [name for name in cells if self.work.provider(name) in _AFTER[provider]]
        low = max((encode(cells[name]) for name in begins if isinstance(cells[name], date)), default=None)
        high = None if provider == "ends_at" else encode(self.spec.now or CANONICAL)
        if low is not None and high is not None and low > high:
            return domain
        narrowed = within(domain, low, high)
        return domain if narrowed is None or narrowed.null != domain.null else narrowed

    def _liked(self, known: Mapping[str, Any]) -> dict[str, Any]:
        """What the finite columns would hold if no CHECK tied them to other columns."""
        finite, work = self.work.model.finite, self.work
        free = [item for item in work.columns if item.name in finite and item.name not in known]
        return {item.name: self._cell(item, finite[item.name]) for item in free if item.name not in work.uniques}

    def _cell(self, column: Column, domain: Domain, again: int = 0) -> Any:
        if domain.null == "must":
            return None
        word, provider = self.words[column.name], self.work.provider(column.name)
        word = Draw(word ^ again).u64() if again else word
        plain = None if self._left_empty(domain, word, provider) else self._plain(column, domain, word, provider)
        edge = self.spec.edge
        if edge is None or edge[0] != column.name or self.attempt >= _EDGE_ATTEMPTS:
            return plain
        try:
            return edge_value(edge[1], column, domain, word, plain)
        except ValueError:
            return plain

    def _left_empty(self, domain: Domain, word: int, provider: str) -> bool:
        if domain.null != "free" or provider in NEVER_NULL:
            return False
        if provider == "database":
            return True
        return word % 10 < EMPTY_IN_TEN.get(provider, 1)

    def _plain(self, column: Column, domain: Domain, word: int, provider: str) -> Any:
        table, unique = self.work.model.table, column.name in self.work.uniques
        text = self.texts.get(column.name)
        if text is not None:
            if unique and self.work.routes[column.name].writer == "people" and provider not in _DISTINCT:
                text = numbered(text, self.spec.serial, domain.max_length)
            found = next((fit for form in spellings(provider, text) if (fit := fitted(form, domain)) is not None), None)
            if found is not None and (not unique or found.lower() == text.lower()):
                return found
        try:
            if column.name in self.work.turns:
                return in_turn(column, domain, self.spec.serial)
            if unique:
                return distinct(table, column, domain, self.spec.serial, self.work.seed)
            if provider == "payment_token" and domain.values is not None:
                accepted = tuple(value for value in domain.values if value in ACCEPTED_CARDS)
                domain = replace(domain, values=accepted or domain.values)
            return scalar(column, domain, word, self.spec.now, provider)
        except (ValueError, InputError):
            if domain.null == "free":
                return None
            raise


def numbered(text: str, serial: int, limit: int | None) -> str:
    """The text with its serial behind it, the text shortened to make room."""
    mark = f" {serial + 1}"
    return (text if limit is None else text[: max(0, limit - len(mark))]) + mark


def _satisfiable(model: Model, without: frozenset[str], now: datetime) -> bool:
    return solvable(model, {}, lambda count: 0, now, without) is not None


def _known_share(model: Model, name: str, known: Mapping[str, Any]) -> float:
    columns = model.formulas[name].columns
    return len(columns & known.keys()) / max(1, len(columns))
