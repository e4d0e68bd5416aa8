"""CHECKs solved for many rows: columns that CHECKs tie together, one solution for each way that rows may go."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np

from llmgen.predicates.domains import Model, Solution, solvable, solve_in
from llmgen.predicates.formulas import Count, Either, Every, Formula, Opaque, is_opaque
from llmgen.predicates.ranges import Domain
from llmgen.predicates.relations import Relation
from llmgen.predicates.terms import NOW, TODAY
from llmgen.values.scalars import Draw
from llmgen.values.streams import Numbers, Words, below, key, mix
from llmgen.volume.entangled import entangled
from llmgen.volume.faraway import far_away
from llmgen.volume.intervals import Bound, is_exact
from llmgen.volume.shaving import shaved

VARIANTS = 16
"""Solutions drawn for rows whose deciding columns agree, where there is more than one way left."""

_MOST_WAYS = 4_096


@dataclass(frozen=True)
class Component:
    """Columns that CHECKs tie together, with those CHECKs: solved by themselves.

    `deciders` are the columns of few values among them that llmgen writes: drawn first, by their own weights.
    """

    name: str
    model: Model
    deciders: tuple[str, ...]
    now: datetime
    solutions: dict[tuple[int, ...], Solution] = field(default_factory=dict, compare=False, repr=False)

    @property
    def columns(self) -> frozenset[str]:
        """The columns that are solved together."""
        return frozenset(self.model.base) - {NOW, TODAY}

    @cached_property
    def variants(self) -> int:
        """How many solutions are drawn for one combination of the deciders."""
        return VARIANTS if any(_open(formula) for formula in self.model.formulas.values()) else 1

    @cached_property
    def choices(self) -> Mapping[str, tuple[Any, ...]]:
        """The deciders' values in order, NULL last where a decider may be NULL."""
        found = {}
        for name in self.deciders:
            domain = self.model.finite[name]
            found[name] = (*(domain.values or ()), *([None] if domain.null == "free" else []))
        return found

    @cached_property
    def tested(self) -> bool:
        """Whether a relation is only nearly solved, so that rows must be tested afterwards."""
        formulas, base = tuple(self.model.formulas.values()), self.model.base
        inexact = any(_inexact(formula) for formula in formulas) or entangled(formulas, base)
        return inexact or far_away(formulas, self.model.table, base, self.now)

    def solution(self, codes: tuple[int, ...], variant: int, seed: str) -> Solution:
        """What is left open where the deciders have the values of these codes; other values where no row can have them.

        Raises Contradiction where no row can pass the CHECKs at all.
        """
        place = (*codes, variant)
        if place not in self.solutions:
            choose = Draw(int(key(seed, self.name, "way", *place))).below
            known = {name: self.choices[name][code] for name, code in zip(self.deciders, codes, strict=True)}
            found = solvable(self.model, known, choose, self.now, frozenset())
            found = found or solve_in(self.model, {}, choose, self.now)
            tied = entangled(tuple(self.model.formulas.values()), self.model.base)
            self.solutions[place] = shaved(found) if tied else found
        return self.solutions[place]


@dataclass
class Opened:
    """What the CHECKs leave open for some rows: by column the domains with the rows that each goes for."""

    domains: dict[str, dict[Domain, list[Numbers]]] = field(default_factory=dict)
    bounds: list[Bound] = field(default_factory=list)
    tested: set[str] = field(default_factory=set)
    """Columns whose rows are tested afterwards: one that is left no value may have any."""


def components(model: Model, ours: frozenset[str], now: datetime) -> list[Component]:
    """The table's columns that CHECKs name, those tied together side by side; `ours` are the columns written here.

    Deciders whose combinations would be too many are drawn like other columns.
    """
    groups: list[tuple[frozenset[str], dict[str, Formula]]] = []
    for name, formula in model.formulas.items():
        columns, formulas = _names(formula), {name: formula}
        if not columns:
            continue
        for other in [group for group in groups if group[0] & columns]:
            groups.remove(other)
            columns, formulas = columns | other[0], {**other[1], **formulas}
        groups.append((columns, formulas))
    return [_component(model, columns, formulas, ours, now) for columns, formulas in groups]


def _component(
    model: Model, columns: frozenset[str], formulas: dict[str, Formula], ours: frozenset[str], now: datetime
) -> Component:
    base = {name: domain for name, domain in model.base.items() if name in columns or name in (NOW, TODAY)}
    in_order = {name: formulas[name] for name in model.formulas if name in formulas}
    part = replace(model, base=base, formulas=in_order, residual=(), predicates=())
    deciders: list[str] = []
    ways = 1
    several = len(columns) > 1
    for column in model.table.columns:
        finite = part.finite.get(column.name) if several and column.name in ours and column.name in columns else None
        if finite and ways * (len(finite.values or ()) + 1) <= _MOST_WAYS:
            ways *= len(finite.values or ()) + 1
            deciders.append(column.name)
    return Component(f"{model.table.name} {' '.join(sorted(columns))}", part, tuple(deciders), now)


def opened(component: Component, codes: Mapping[str, Numbers], rows: Words, seed: str) -> Opened:
    """What each row may hold, given its deciders' codes. `rows` identify the rows (another number, another way)."""
    variants = below(mix(key(seed, component.name, "variant"), rows), component.variants)
    axes = [codes[name] for name in component.deciders]
    sizes = [len(component.choices[name]) for name in component.deciders]
    ways = variants.copy()
    for axis, size in zip(axes, sizes, strict=True):
        ways = ways * size + axis
    found = Opened({name: {} for name in component.columns}, tested=set(component.columns if component.tested else ()))
    distinct, inverse = np.unique(ways, return_inverse=True)
    order = np.argsort(inverse, kind="stable")
    ends = np.searchsorted(inverse[order], np.arange(len(distinct)), side="right")
    masks: dict[Relation, np.ndarray[Any, np.dtype[np.bool_]]] = {}
    start = 0
    for end in ends.tolist():
        positions = order[start:end]
        start = end
        first = int(positions[0])
        solution = component.solution(tuple(int(axis[first]) for axis in axes), int(variants[first]), seed)
        for name in component.columns:
            domain = solution.domains.get(name) or solution.fixed[name]
            found.domains[name].setdefault(domain, []).append(positions)
        for relation in solution.comparisons:
            masks.setdefault(relation, np.zeros(len(rows), dtype=np.bool_))[positions] = True
    found.bounds = [Bound(relation, mask) for relation, mask in masks.items()]
    return found


def is_settled(formula: Formula) -> bool:
    """Whether rows that are solved for the formula need no test of it."""
    return not _inexact(formula)


def _names(formula: Formula) -> frozenset[str]:
    return formula.columns - {NOW, TODAY}


def _open(formula: Formula) -> bool:
    """Whether the formula leaves a choice."""
    if isinstance(formula, Every):
        return any(_open(part) for part in formula.parts)
    return isinstance(formula, Either | Count)


def _inexact(formula: Formula) -> bool:
    if isinstance(formula, Relation):
        plain = formula.left.op == formula.right.op == "column"
        return formula.op == "<>" or not (plain or (is_exact(formula.left) and is_exact(formula.right)))
    if isinstance(formula, Every | Either):
        return any(_inexact(part) for part in formula.parts)
    if isinstance(formula, Count):
        return any(_inexact(part) for pair in formula.pairs for part in pair)
    return isinstance(formula, Opaque) or is_opaque(formula)
