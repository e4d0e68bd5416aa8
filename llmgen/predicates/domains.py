"""CHECKs solved for one row: given the cells already known, what every other column may still hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cached_property, lru_cache
from typing import Any

from llmgen.errors import DataError
from llmgen.predicates.alternatives import read
from llmgen.predicates.formulas import Formula, is_opaque
from llmgen.predicates.items import items_of
from llmgen.predicates.normalise import Predicate, check_predicate
from llmgen.predicates.ranges import Domain, base_domain
from llmgen.predicates.relations import Relation
from llmgen.predicates.search import Choose, Search, State, absorb, propagated
from llmgen.predicates.terms import NOW, TODAY
from llmgen.schema.model import Check, Schema, Table

__all__ = [
    "Contradiction",
    "Domain",
    "Model",
    "Relation",
    "Solution",
    "model_of",
    "settle",
    "solvable",
    "solve",
    "solve_in",
]


class Contradiction(DataError):
    """No row can pass `checks` (names) together, given the cells that are known."""

    def __init__(self, table: str, checks: tuple[str, ...]) -> None:
        named = ", ".join(checks) or "its column types"
        super().__init__(
            f"{table}: no row can satisfy {named} with the cells already known",
            "change the known cells, or the CHECKs themselves if they contradict each other",
        )
        self.table = table
        self.checks = checks


@dataclass(frozen=True)
class Solution:
    """What is left open. `domains` holds every written column that was not known; `comparisons` bind several of them.

    `residual` names the CHECKs that could not be solved in full and must be tested. Each domain alone is possible, but
    columns of one comparison depend on each other: write one, `settle` it, then write the next.
    """

    domains: Mapping[str, Domain]
    comparisons: tuple[Relation, ...]
    residual: tuple[str, ...]
    fixed: Mapping[str, Domain]
    """The known cells, as domains of one value."""


@dataclass(frozen=True)
class Model:
    """A table's CHECKs as formulas by name, with the columns' domains by type: all that no row changes."""

    table: Table
    base: Mapping[str, Domain]
    formulas: Mapping[str, Formula]
    residual: tuple[str, ...]
    predicates: tuple[Predicate, ...]
    """Every CHECK that can be evaluated, for the test afterwards."""

    @cached_property
    def finite(self) -> Mapping[str, Domain]:
        """The columns that hold one of a few values whatever the other cells are: enums, booleans, text with a list."""
        absorbed = absorb(State(dict(self.base)), tuple(self.formulas.values()))
        domains = self.base if absorbed is None else absorbed[0].domains
        return {name: domain for name, domain in domains.items() if domain.values and domain.null != "must"}


def check_name(table: Table, check: Check) -> str:
    """The CHECK's name, or its place among the table's CHECKs where it has none."""
    return check.name or f"{table.bare_name}_check{table.checks.index(check) + 1}"


@lru_cache(maxsize=512)
def model_of(schema: Schema, table: Table) -> Model:
    """The table's CHECKs read once. CHECKs that are not understood at all are residual and not among the predicates."""
    kinds = {column.name: "char" if column.type.fixed else column.type.kind for column in table.columns}
    kinds |= {items_of(one.name): one.type.element.kind for one in table.columns if one.type.element}
    formulas: dict[str, Formula] = {}
    residual: list[str] = []
    predicates: list[Predicate] = []
    for check in table.all_checks:
        name = check_name(table, check)
        if name in formulas or name in residual:  # a domain's check stands once a column of that domain
            name = f"{name} ({', '.join(check.columns)})"
        predicate = check_predicate(schema, table.name, check.sql, name)
        if predicate.status == "opaque":
            residual.append(name)
            continue
        predicates.append(predicate)
        formulas[name] = read(predicate.tree, kinds)
        if is_opaque(formulas[name]):
            residual.append(name)
    base = {column.name: base_domain(column) for column in table.columns}
    base[NOW] = base[TODAY] = Domain("timestamptz", "never")
    return Model(table, base, formulas, tuple(residual), tuple(predicates))


def solve(
    schema: Schema,
    table: Table,
    known: Mapping[str, Any],
    choose: Choose,
    now: datetime | None = None,
    without: frozenset[str] = frozenset(),
) -> Solution:
    """One way for the row to pass its CHECKs, drawn among all ways by `choose` (a number below its argument).

    `known` maps columns to their cells (None is NULL). `now` is what now() stands for; without it, comparisons with
    now() are left to the test. CHECKs named in `without` are not heeded. Raises Contradiction with a smallest set of
    CHECKs that cannot all pass, or when the search takes over 2,000 steps.
    """
    return solve_in(model_of(schema, table), known, choose, now, without)


def solve_in(
    model: Model,
    known: Mapping[str, Any],
    choose: Choose,
    now: datetime | None = None,
    without: frozenset[str] = frozenset(),
) -> Solution:
    """`solve`, for callers that hold the table's model: many rows of one table."""
    found = solvable(model, known, choose, now, without)
    if found is None:
        formulas = {name: formula for name, formula in model.formulas.items() if name not in without}
        raise Contradiction(model.table.name, _core(_start(model, known, now), formulas))
    return found


def solvable(
    model: Model, known: Mapping[str, Any], choose: Choose, now: datetime | None, without: frozenset[str]
) -> Solution | None:
    """`solve_in`, with None in place of a Contradiction, whose CHECKs take time to find."""
    formulas = tuple(formula for name, formula in model.formulas.items() if name not in without)
    found = Search(choose).run(_start(model, known, now), formulas)
    if found is None:
        return None
    told = {*known, NOW, TODAY} & found.domains.keys()
    return Solution(
        {name: domain for name, domain in found.domains.items() if name not in told},
        tuple(item for item in found.relations if item.columns - told),
        model.residual,
        {name: found.domains[name] for name in told},
    )


def settle(solution: Solution, column: str, value: Any) -> Solution:
    """The solution once the column has its value: what is compared with it narrows. Raises Contradiction."""
    domains = dict(solution.domains)
    domain = domains.pop(column)
    fixed = {**solution.fixed, column: point(domain, value)}
    concerned = tuple(item for item in solution.comparisons if column in item.columns)
    if not concerned:
        return Solution(domains, solution.comparisons, solution.residual, fixed)
    state = propagated(State({**domains, **fixed}, solution.comparisons))
    if state is None:
        raise Contradiction("the row", tuple(solution.residual))
    return Solution(
        {name: state.domains[name] for name in domains},
        tuple(item for item in state.relations if item.columns & domains.keys()),
        solution.residual,
        fixed,
    )


def _start(model: Model, known: Mapping[str, Any], now: datetime | None) -> State:
    domains = dict(model.base)
    for name, value in known.items():
        if name in domains:
            domains[name] = point(domains[name], value)
    if now is not None:
        domains[NOW] = point(domains[NOW], now)
        domains[TODAY] = point(domains[TODAY], datetime.combine(now.astimezone(UTC).date(), time(), UTC))
    return State(domains)


def point(domain: Domain, value: Any) -> Domain:
    """A domain of one value, whether or not the type's own limits allow it: those are for others to judge."""
    if value is None:
        return Domain(domain.kind, "must", step=domain.step)
    return Domain(domain.kind, "never", values=(value,), step=domain.step)


def _core(start: State, formulas: Mapping[str, Formula]) -> tuple[str, ...]:
    """A smallest set of CHECKs that fails: each is left out in turn and stays out if the rest still fails."""
    kept = dict(formulas)
    for name in formulas:
        rest = {other: formula for other, formula in kept.items() if other != name}
        if Search(lambda count: 0).run(start, tuple(rest.values())) is None:
            kept = rest
    return tuple(kept)
