"""What makes the rows of one table: which columns come from row numbers, and the ways of writing the others."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, product

import numpy as np

from llmgen.predicates.domains import model_of
from llmgen.schema.model import Check, Column, ForeignKey, Table, Unique
from llmgen.values.cells import Work
from llmgen.values.streams import Mask, Numbers
from llmgen.volume.filler import Filler
from llmgen.volume.plan import VolumePlan
from llmgen.volume.spelled import kept_apart
from llmgen.volume.testing import Tester
from llmgen.volume.wiring import Wiring


@dataclass(frozen=True)
class Way:
    """One way of writing a table's rows: who fills the own columns, and by what they are tested."""

    filler: Filler
    tester: Tester


@dataclass(frozen=True)
class Maker:
    """What makes one table's rows. `keys` are columns of keys that refer to nothing; `fixed` rows come first.

    `counted` are own columns whose values a unique decides by where the row stands.

    `plain` is the way of all rows but those that the predicate of a partial unique must be false for, which have a way
    for each such unique in `outside`; `lost` are those uniques.
    """

    table: Table
    count: int
    fixed: int
    written: tuple[str, ...]
    keys: tuple[Column, ...]
    plain: Way
    counted: frozenset[str] = frozenset()
    outside: tuple[tuple[frozenset[Unique], Way], ...] = ()
    lost: frozenset[Unique] = frozenset()

    @property
    def given(self) -> frozenset[str]:
        """Columns that come from row numbers and other rows alone: references, keys, what is rolled up."""
        return self.table.reference_columns | {column.name for column in self.keys} | self.plain.filler.rollups.keys()

    @property
    def uniques(self) -> frozenset[tuple[str, ...]]:
        """The columns that the primary key and every unique tell apart, but for what only a look at all rows tells."""
        every = (self.table.primary_key, *(told_apart(one) for one in self.table.uniques if one not in self.lost))
        return frozenset(columns for columns in every if columns and set(columns) <= set(self.written))

    @property
    def unique(self) -> frozenset[str]:
        """Columns that the primary key or a unique names."""
        return frozenset(chain.from_iterable(self.uniques))

    def ways(self, losers: Mapping[Unique, Mask], size: int) -> Iterator[tuple[Way, Numbers]]:
        """Each way with the positions of the rows, `size` in all, that go it. `losers` are those outside a unique."""
        if not self.outside:
            yield self.plain, np.arange(size)
            return
        uniques = list(losers)
        signatures = np.zeros(size, dtype=np.int64)
        for place, unique in enumerate(uniques):
            signatures += losers[unique].astype(np.int64) << place
        for signature in np.unique(signatures).tolist():
            lost = frozenset(unique for place, unique in enumerate(uniques) if signature >> place & 1)
            way = next((way for names, way in self.outside if names == lost), self.plain)
            yield way, np.flatnonzero(signatures == signature)


def maker_of(plan: VolumePlan, table: Table, wiring: Wiring) -> Maker:
    """The maker of a table's rows."""
    routes = plan.routes[table.name]
    keys = tuple(
        column
        for column in table.columns
        if column.name in undecided(table)
        or (routes[column.name].writer == "key" and column.name not in table.reference_columns)
    )
    distinct = wiring.distinct(table.name)
    filler = plan.filler(table.name, distinct)
    counted = wiring.counted(table.name)
    given = table.reference_columns | {column.name for column in keys} | distinct | counted | filler.rollups.keys()
    written = tuple(
        column.name for column in table.columns if column.name in table.reference_columns | filler.own.keys() | given
    )
    count = plan.counts[table.name]
    outside = []
    fixed = min(count, len(plan.request.fixed.get(table.name, ())))
    for lost in _combinations(wiring, table, count, fixed):
        other = _outside(plan, filler, lost)
        outside.append((lost, Way(other, _tester(plan, other, given))))
    plain = Way(filler, _tester(plan, filler, given))
    partial = frozenset(wiring.losers(table.name, np.zeros(0, dtype=np.uint64)))
    return Maker(table, count, fixed, written, keys, plain, counted, tuple(outside), partial)


def told_apart(unique: Unique) -> tuple[str, ...]:
    """The columns of the unique, and those that its expressions tell apart as they are."""
    found = [kept[0] for text in unique.expressions if (kept := kept_apart(text))]
    return tuple(dict.fromkeys((*unique.columns, *found)))


def decided(table: Table, foreign: ForeignKey) -> list[tuple[str, str]]:
    """The columns that a reference decides with those they are copied from.

    What rows of one table share with their parents in the same column, as a tenant, comes from elsewhere.
    """
    pairs = zip(foreign.columns, foreign.referenced, strict=True)
    return [(name, referenced) for name, referenced in pairs if foreign.table != table.name or name != referenced]


def undecided(table: Table) -> frozenset[str]:
    """Columns of references that come from no other row: each row has its own, and refers to itself or nobody."""
    found = {name for foreign in table.foreign_keys for name, _ in decided(table, foreign)}
    return table.reference_columns - found


def _tester(plan: VolumePlan, filler: Filler, given: frozenset[str]) -> Tester:
    unsolved = given | filler.computed.keys()
    return Tester(plan.schema, filler.work.model, tuple(filler.parts), unsolved, plan.request.as_of)


def _combinations(wiring: Wiring, table: Table, count: int, fixed: int) -> list[frozenset[Unique]]:
    """The sets of partial uniques that some row must stay outside of."""
    if not wiring.losers(table.name, np.zeros(0, dtype=np.uint64)):
        return []
    losers = wiring.losers(table.name, np.arange(count, dtype=np.uint64))
    rows = np.stack(list(losers.values()))
    uniques = list(losers)
    found = {tuple(column) for column in rows.T.tolist()}
    if fixed:  # which rows agree with them is not known yet
        found = set(product((False, True), repeat=len(uniques)))
    return [
        frozenset(unique for unique, lost in zip(uniques, flags, strict=True) if lost)
        for flags in sorted(found)
        if any(flags)
    ]


def _outside(plan: VolumePlan, filler: Filler, lost: frozenset[Unique]) -> Filler:
    """The filler of rows in which the predicates of these uniques are not true."""
    table = filler.work.model.table
    more = tuple(
        Check(f"NOT ({unique.where})", (), f"outside {unique.name or ', '.join(unique.columns)}")
        for unique in sorted(lost, key=lambda unique: (unique.columns, unique.where or "", unique.name))
    )
    narrowed = replace(table, checks=(*table.checks, *more))
    model = model_of(plan.schema, narrowed)
    base = {**model.base, **filler.work.model.base}
    return replace(filler, work=Work(replace(model, base=base), filler.work.routes, filler.work.seed))
