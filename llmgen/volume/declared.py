"""Columns as the user declares them: what they hold, and what that makes of routes, CHECKs and the order of writing."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from llmgen.errors import InputError
from llmgen.output.sql_spelling import identifier
from llmgen.plan import Route
from llmgen.predicates.domains import Model, model_of
from llmgen.predicates.ranges import Domain, Number, within
from llmgen.schema.model import Check, Column, Schema, Table
from llmgen.volume.computed import Computed, Expression
from llmgen.volume.distributions import Profile
from llmgen.volume.rollups import Rollup
from llmgen.volume.solving import is_settled

_WHY = "the settings say so"


@dataclass(frozen=True)
class Declared:
    """How one column is written: by a few `values`, a `profile` of numbers within `ends`, `computed` from others of its
    row, or rolled up from rows that refer to it.

    `empty` is how many of 2**32 rows are NULL where they may be; None leaves it to what is likely.
    """

    values: tuple[Any, ...] | None = None
    weights: Mapping[Any, int] = field(default_factory=dict)
    profile: Profile | None = None
    ends: tuple[Number, Number] | None = None
    computed: Computed | None = None
    rollup: Rollup | None = None
    empty: int | None = None

    def narrowed(self, domain: Domain) -> Domain | None:
        """What the column may still hold of the domain; None if nothing."""
        if self.values is not None and domain.values is None:
            return replace(domain, values=self.values)  # each was tried when it was read
        if self.values is not None:
            return domain.meet(Domain(domain.kind, values=self.values))
        return domain if self.ends is None else within(domain, *self.ends)


Declarations = Mapping[str, Mapping[str, Declared]]
"""By table and column."""


def routed(routes: Mapping[str, Mapping[str, Route]], declarations: Declarations) -> dict[str, dict[str, Route]]:
    """The routes with declared columns written as such; moments keep theirs, for what it says of their order."""
    found = {table: dict(columns) for table, columns in routes.items()}
    for table, declared in declarations.items():
        for name, one in declared.items():
            keeps = one.values is None and one.computed is None and one.rollup is None
            if keeps and (one.profile is None or found[table][name].writer in ("scalar", "derived")):
                continue
            found[table][name] = Route("scalar", "other", _WHY)
    return found


def declared_model(schema: Schema, table: Table, declared: Mapping[str, Declared]) -> Model:
    """The table's CHECKs and types, narrowed to what is declared; equations of `sql` are solved like CHECKs.

    InputError where a column is left nothing.
    """
    plain = model_of(schema, table)
    equations = {
        one.computed.place: f"{identifier(name, schema.dialect)} = ({one.computed.predicate.sql})"
        for name, one in declared.items()
        if isinstance(one.computed, Expression)
    }
    more = tuple(Check(sql, (), f"[columns] {place}") for place, sql in equations.items())
    both = model_of(schema, replace(table, checks=(*table.checks, *more))) if more else plain
    # An equation that is not solved to the last digit needs no test either: the column is computed afterwards.
    formulas = {
        name: one for name, one in both.formulas.items() if name in plain.formulas or (is_settled(one) and one.columns)
    }
    base = dict(plain.base)
    for name, one in declared.items():
        narrowed = one.narrowed(base[name])
        if narrowed is None:
            raise InputError(f"[columns] {table.name}.{name}: the column holds none of these values", "name others")
        base[name] = narrowed
    return replace(plain, formulas=formulas, base=base)


def in_order(names: Mapping[str, Column], declared: Mapping[str, Declared]) -> dict[str, Column]:
    """The columns with each computed one behind the last that it names."""
    waiting = {name: set(one.computed.inputs) & names.keys() for name, one in declared.items() if one.computed}
    found = [name for name in names if name not in waiting]
    while waiting:
        ready = next(name for name, inputs in waiting.items() if not inputs & waiting.keys())
        places = [found.index(name) for name in waiting.pop(ready)]
        found.insert(max(places, default=-1) + 1, ready)
    return {name: names[name] for name in found}
