"""A whole database planned: rows by table, how each table's columns are written, what is always NULL."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from llmgen.plan import Route
from llmgen.predicates.domains import Model
from llmgen.predicates.ranges import Domain, base_domain
from llmgen.predicates.search import State, absorb
from llmgen.schema.model import Column, Schema, Table
from llmgen.values.cells import Work
from llmgen.values.key_columns import room
from llmgen.values.line import ends
from llmgen.values.text_shapes import folded
from llmgen.volume.computed_by_database import with_equations
from llmgen.volume.declared import Declarations, Declared, declared_model
from llmgen.volume.filler import Filler
from llmgen.volume.orders import with_orders
from llmgen.volume.ordinals import ordinal_room
from llmgen.volume.request import Request
from llmgen.volume.spans import span_of
from llmgen.volume.spelled import prefix
from llmgen.volume.tried import with_tried


@dataclass(frozen=True)
class VolumePlan:
    """Everything decided before the first row: the same in every process that makes a part of it."""

    schema: Schema
    request: Request
    routes: Mapping[str, Mapping[str, Route]]
    counts: Mapping[str, int] = field(default_factory=dict)
    nulls: frozenset[tuple[str, str]] = frozenset()
    """The (table, column) pairs that are always NULL, since nobody can read their CHECKs."""
    declared: Declarations = field(default_factory=dict)
    """Columns that are written as the user says, by table and name."""

    @cached_property
    def rolled_up(self) -> Mapping[str, frozenset[str]]:
        """By table the columns that cells of other tables sum up."""
        rollups = [one.rollup for declared in self.declared.values() for one in declared.values() if one.rollup]
        return {
            one.table: frozenset(each.column for each in rollups if each.table == one.table and each.column)
            for one in rollups
        }

    @property
    def seed(self) -> str:
        """The seed that every cell is drawn from."""
        return self.request.by_seed

    def work(self, table: str) -> Work:
        """The table with its CHECKs read and its routes."""
        return self._works[table]

    @cached_property
    def _works(self) -> dict[str, Work]:
        return {one.name: Work(self._model(one), self.routes[one.name], self.seed) for one in self.schema.tables}

    def _model(self, table: Table) -> Model:
        """The table's CHECKs, with the columns that are always NULL."""
        dialect, declared = self.schema.dialect, self._declared(table.name)
        wanted = with_orders(with_equations(table, dialect), dialect, declared)
        model = declared_model(self.schema, wanted, declared)
        model = with_tried(self.schema, model, self.request.as_of, declared)
        empty = {name: Domain(model.base[name].kind, "must") for one, name in self.nulls if one == table.name}
        return replace(model, base={**model.base, **_by_prefixes(table, model), **empty})

    def filler(self, table: str, distinct: frozenset[str] = frozenset()) -> Filler:
        """Who writes the own columns of the table."""
        declared = self._declared(table)
        return Filler(self.schema, self.work(table), self.request.as_of, distinct, self.request.locales, declared)

    def _declared(self, table: str) -> Mapping[str, Declared]:
        return self.declared.get(table, {})

    def domain(self, table: Table, column: Column) -> Domain:
        """What the column may hold in every row of the table."""
        return self._plain[table.name].plain_domain(column)

    @cached_property
    def _plain(self) -> dict[str, Filler]:
        return {table.name: self.filler(table.name) for table in self.schema.tables}

    def room(self, table: str, column: str) -> int | None:
        """How many different values an own column can hold; None if there is no limit."""
        found = self.schema.table(table)
        of, domain = found.column(column), self.domain(found, found.column(column))
        if column in self._plain[table].computed:
            return None
        if span := span_of(found, column):
            return ordinal_room(of, self.in_turn(found, of), len(span))
        if self.routes[table][column].provider == "serial" and counts_from_one(domain, 1):
            if of.type.kind != "integer":
                return None
            low, high = ends(of, domain)
            # Of numbers below one only those are used that a CHECK begins with.
            return high - min(low, 1) + 1 if low > ends(of, base_domain(of))[0] else high
        return room(found, of, domain)

    def in_turn(self, table: Table, column: Column) -> Domain:
        """What a column that takes turns may hold: of a range's two ends, what both may."""
        found = self.domain(table, column)
        for name in span_of(table, column.name):
            other = self.domain(table, table.column(name))
            if other.kind == found.kind:
                # Where nothing is left for both, it is the room for two that is wanting.
                found = found.meet(other) or replace(found, values=())
        return found


def _by_prefixes(table: Table, model: Model) -> dict[str, Domain]:
    """The texts of which a unique sees the beginning alone: they differ there, and are no longer where CHECKs allow."""
    lengths: dict[str, int] = {}
    for name, length in filter(None, (prefix(text) for unique in table.uniques for text in unique.expressions)):
        if name in model.base and model.base[name].kind in ("text", "bytes"):
            lengths[name] = min(length, lengths.get(name, length))
    absorbed = absorb(State(dict(model.base)), tuple(model.formulas.values())) if lengths else None
    demanded = model.base if absorbed is None else absorbed[0].domains
    return {
        name: replace(model.base[name], **_apart(table, name, demanded[name], length))
        for name, length in lengths.items()
    }


def _apart(table: Table, name: str, demanded: Domain, length: int) -> dict[str, Any]:
    """What must be true of texts besides, so that they differ in so many characters: what leaves the most of them."""
    if demanded.values is not None:
        first = {folded(str(value)[:length]): value for value in reversed(demanded.values)}
        return {"values": tuple(first.values())[::-1]}
    most = length if demanded.max_length is None else min(length, demanded.max_length)
    short, column = demanded.meet(Domain(demanded.kind, max_length=most)), table.column(name)
    fits = 0 if short is None else room(table, column, short)
    more = room(table, column, replace(demanded, head=length)) if fits is not None else fits
    return {"max_length": most} if fits is None or (more is not None and more <= fits) else {"head": length}


def counts_from_one(domain: Domain, count: int) -> bool:
    """Whether the domain admits all numbers from 1 to `count`."""
    plain = domain.values is None and not domain.excluded and (domain.step is None or domain.step <= 1)
    return plain and domain.admits(1) and domain.admits(count)
