"""What each unique of a table can vary so that no two rows agree: rows of parents, and values of own columns."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from llmgen.naming import words
from llmgen.schema.model import Column, Exclude, Kind, Schema, Table, Unique
from llmgen.volume.bundles import bundled, emptiable, filled
from llmgen.volume.spans import alike, named, overlapping, spans_of
from llmgen.volume.spelled import bare, by_value, in_order, kept_apart, present, unlike

Rooms = Callable[[str, str], int | None]

TURNS: tuple[Kind, ...] = ("integer", "date")
"""Kinds that may go in turn within a parent."""
_ROOMY: tuple[Kind, ...] = (
    "uuid", "text", "integer", "bytes", "decimal", "timestamptz", "timestamp", "float", "date", "time", "other",
)  # fmt: skip
_REPEATS = re.compile(
    r"(.* )?(type|kind|status|state|provider|role|locale|language|country|currency|category|schema|version|year|month|"
    r"quantity|unit|level|environment|region|stage|source|protocol|method|scope|database|vcs|purpose)"
)


@dataclass(frozen=True)
class Axis:
    """What a unique varies: the parent of the foreign key at `place`, or (place -1) the own column `column`.

    `size` is how many choices there are, None for as many as wanted. `nullable` axes may be NULL. `counts`: an own
    number or date, which may go in turn. `loops`: a row of the same table. `also` are foreign keys that share columns
    with the one at `place`: one choice decides them all, and how many there are is known only when rows are drawn. A
    `tied` parent must leave another foreign key one to agree with, or is that of whole trees. `ordered`: two parents
    in one table, the one at `place` with the smaller key.
    """

    column: str
    place: int = -1
    size: int | None = None
    nullable: bool = False
    counts: bool = False
    loops: bool = False
    also: tuple[int, ...] = ()
    tied: bool = False
    ordered: bool = False

    @property
    def name(self) -> tuple[str, int]:
        """What tells it from the other axes of its table."""
        return self.column, self.place


@dataclass(frozen=True)
class Need:
    """A unique to be kept: by the parents in `parents`, the own columns in `own`, or both together.

    Keeping some of its columns apart keeps the whole apart, so what cannot be varied is left out. `exempt`: a NULL
    among them makes the row differ from all others. `partial`: only rows where its predicate is true count. `ranges`:
    an EXCLUDE; its own column counts, and its value is a range that overlaps no other count's.
    """

    unique: Unique
    parents: tuple[Axis, ...]
    own: tuple[Axis, ...]
    exempt: bool = True
    partial: bool = False
    ranges: bool = False

    @property
    def axes(self) -> tuple[Axis, ...]:
        """Parents, then own columns."""
        return (*self.parents, *self.own)

    @cached_property
    def names(self) -> frozenset[tuple[str, int]]:
        """The names of the axes."""
        return frozenset(axis.name for axis in self.axes)

    @property
    def room(self) -> int | None:
        """How many rows can differ; None if there is no limit."""
        return product(self.axes)


@dataclass(frozen=True)
class Shape:
    """A table as its uniques see it: how many rows each foreign key's parent has (None: not known), and rooms.

    `keyed` are columns by foreign key that tell its parents apart without the key's other columns.
    """

    table: Table
    sizes: Mapping[int, int | None]
    rooms: Rooms
    keyed: Mapping[int, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def free(self) -> frozenset[int]:
        """The places of foreign keys that may refer to nobody."""
        return emptiable(self.table)

    def needs(self) -> list[Need]:
        """The uniques, the primary key first, those that say the same once."""
        table = self.table
        primary = [Unique(table.primary_key, name="primary key")] if table.primary_key else []
        read = [self.need(unique) for unique in (*primary, *table.uniques)]
        read = [self._parted(need, read) for need in read]
        filled = {axis.name for need in read if not need.exempt for axis in need.axes if not axis.loops}
        found = dict[object, Need]()
        read = [_unlike(need, self.unlike(read)) for need in read]
        excluded = [self._exclude(exclude) for exclude in table.excludes]
        for need in (*excluded, *(_filled(need, filled) for need in read)):
            alone = need.partial or not need.axes
            found.setdefault((need.names, alone and need.unique, need.exempt), need)
        return list(found.values())

    def unlike(self, needs: Sequence[Need]) -> list[tuple[int, int]]:
        """Places of foreign keys to one table whose parents a CHECK wants to differ, of which no need has the second
        without the first."""
        keys = {key.columns: place for place, key in enumerate(self.table.foreign_keys)}
        found = list[tuple[int, int]]()
        for check in self.table.checks:
            one, two = (keys.get((name,)) for name in unlike(check.sql) or ("", ""))
            if one is None or two is None or not self._alike(one, two):
                continue
            places = [{axis.place for axis in need.parents} for need in needs]
            if all(one in inside for inside in places if two in inside):
                found.append((one, two))
        return found

    @cached_property
    def spans(self) -> list[tuple[str, ...]]:
        """For each EXCLUDE the own columns whose ranges may not overlap: one range, or the two ends of it."""
        return spans_of(self.table)

    def _exclude(self, exclude: Exclude) -> Need:
        """Ranges in turn within a parent, or over the whole table; rows that differ where it is no matter of ranges."""
        columns = overlapping(self.table, exclude)
        if not columns:
            if unique := alike(exclude):
                return self.need(unique)
            unknown = named(self.table, exclude)  # nobody here knows what would keep two rows apart
            return Need(Unique(unknown, name=exclude.name), (), (Axis(unknown[0], size=1),), exempt=False)
        equal = [name for text, operator in exclude.elements if operator == "=" and (name := bare(text))]
        places = [place for place, key in enumerate(self.table.foreign_keys) if set(key.columns) <= set(equal)]
        unique = Unique((*equal, *columns), name=exclude.name)
        turn = Axis(columns[0], size=self.rooms(self.table.name, columns[0]), counts=True)
        return Need(unique, self._joined(places), (turn,), exempt=False, ranges=True)

    def _parted(self, need: Need, needs: list[Need]) -> Need:
        """The need with the first parent alone where another one varies a parent of several that agree."""
        parents = []
        for axis in need.parents:
            mine = {axis.place, *axis.also}
            alike = [one for other in needs for one in other.parents if {one.place, *one.also} & mine]
            single = axis.also and any(one.name != axis.name for one in alike)
            parents.append(self.parent(axis.place) if single else axis)
        return replace(need, parents=tuple(parents))

    def need(self, unique: Unique) -> Need:
        """What the unique can vary."""
        named = {**dict.fromkeys(unique.columns, unique.nulls_distinct), **self._named(unique)}
        places = [
            place
            for place, key in enumerate(self.table.foreign_keys)
            if set(key.columns) <= set(named) or self.keyed.get(place, frozenset()) & set(named)
        ]
        parents = self._joined([place for place in places if not self._implied(place, places)])
        own = [
            self._own(self.table.column(name))
            for name in named
            if name not in self.table.reference_columns and self.table.column(name).written
        ]
        nullable = any(axis.nullable for axis in (*parents, *own))
        exempt = nullable and all(named.values()) and unique.name != "primary key"
        # Which parents a predicate means is not looked at: such a unique is kept in all rows.
        partial = bool(unique.where) and not _present(unique)
        partial = partial and not by_value(unique.where or "", self.table.reference_columns)
        return Need(unique, parents, tuple(own), exempt, partial)

    def _named(self, unique: Unique) -> dict[str, bool]:
        """Columns that expressions of the unique keep apart, and whether NULL stays NULL in them."""
        found = dict[str, bool]()
        columns = [self.table.column(name) for name in unique.columns]
        computed = [column.expression for column in columns if not column.written and column.expression]
        for expression in (*unique.expressions, *computed):
            kept = kept_apart(expression)
            if kept and kept[0] in self.table.by_name:
                found[kept[0]] = kept[1]
        return found

    def _implied(self, place: int, places: list[int]) -> bool:
        """Whether another foreign key of the unique decides all of this one's columns."""
        keys = self.table.foreign_keys
        mine = set(keys[place].columns)
        return any(
            mine < set(keys[other].columns) or (mine == set(keys[other].columns) and other < place) for other in places
        )

    def _joined(self, places: list[int]) -> tuple[Axis, ...]:
        """The parents at the places, those that share columns as one axis."""
        found: list[Axis] = []
        keys = self.table.foreign_keys
        while places:
            first, *others = places
            near = [place for place in others if set(keys[place].columns) & set(keys[first].columns)]
            near = [place for place in near if keys[place].table != self.table.name != keys[first].table]
            shared = [set(keys[place].columns) & set(keys[first].columns) for place in near]
            crossed = [set(keys[one].columns) & set(keys[two].columns) for one in near for two in near if one < two]
            axis = self.parent(first)
            if near and all(one == shared[0] for one in (*shared, *crossed)):
                column = " + ".join(", ".join(keys[place].columns) for place in (first, *near))
                nullable = any(self.parent(place).nullable for place in (first, *near))
                axis = Axis(column, first, None, nullable, also=tuple(near))
            found.append(axis)
            places = [place for place in others if place not in near]
        for one, two in self._in_order:
            pair = [axis for axis in found if axis.place in (one, two) and not axis.also]
            if len(pair) == 2 and pair[0].size is not None:
                column = " < ".join(axis.column for axis in sorted(pair, key=lambda axis: axis.place != one))
                nullable = any(axis.nullable for axis in pair)
                size = pair[0].size * (pair[0].size - 1) // 2
                found = [axis for axis in found if axis not in pair]
                found.append(Axis(column, one, size, nullable, also=(two,), ordered=True))
        return tuple(found)

    @cached_property
    def _in_order(self) -> list[tuple[int, int]]:
        """Places of foreign keys to one table of which a CHECK wants the first one's key to be the smaller."""
        keys = {key.columns: place for place, key in enumerate(self.table.foreign_keys)}
        found = list[tuple[int, int]]()
        for check in self.table.checks:
            one, two = (keys.get((name,)) for name in in_order(check.sql) or ("", ""))
            if one is not None and two is not None and self._alike(one, two):
                found.append((one, two))
        return found

    def _alike(self, one: int, two: int) -> bool:
        first, second = self.table.foreign_keys[one], self.table.foreign_keys[two]
        return (first.table, first.referenced) == (second.table, second.referenced) and first.table != self.table.name

    def parent(self, place: int) -> Axis:
        """The rows that the foreign key at `place` chooses from."""
        key = self.table.foreign_keys[place]
        nullable = place in self.free
        loops = key.table == self.table.name
        size = None if loops else self.sizes[place]
        return Axis(", ".join(key.columns), place, size, nullable, loops=loops, tied=self._tied(place))

    def _tied(self, place: int) -> bool:
        mine = set(self.table.foreign_keys[place].columns)
        never = filled(self.table, self.free)
        near = [key for key in self.table.foreign_keys if set(key.columns) & mine and set(key.columns) - mine]
        return any(key.table == self.table.name or set(key.columns) - mine <= never for key in near)

    def clashing(self, needs: Sequence[Need]) -> frozenset[tuple[str, int]]:
        """Names of parents that share columns but are varied by different needs."""
        found = set[tuple[str, int]]()
        for places in bundled(self.table):
            names = {axis.name for need in needs for axis in need.parents if {axis.place, *axis.also} & set(places)}
            found |= names if len(names) > 1 else set()
        return frozenset(found)

    def _own(self, column: Column) -> Axis:
        room = self.rooms(self.table.name, column.name)
        nullable = column.nullable and column.name not in self.table.primary_key and not column.generated
        ranged = any(column.name in columns for columns in self.spans)
        counts = ranged or (column.type.kind in TURNS and not column.generated)
        return Axis(column.name, -1, None if ranged else room, nullable, counts)

    def roomy(self, need: Need) -> list[Axis]:
        """The need's own columns, those first that are best made distinct."""

        def rank(axis: Axis) -> tuple[bool, bool, int]:
            column = self.table.column(axis.column)
            kind = column.type.kind
            place = _ROOMY.index(kind) if kind in _ROOMY else len(_ROOMY)
            return not column.generated, bool(_REPEATS.fullmatch(words(axis.column))), place

        return sorted(need.own, key=rank)

    def turn(self, need: Need) -> Axis | None:
        """The own column that may count within a parent of the need: its only number or date."""
        if not need.parents and not need.ranges:
            return None
        able = [axis for axis in need.own if axis.counts]
        return able[0] if len(able) == 1 else None


def shape_of(schema: Schema, table: str, counts: Mapping[str, int], rooms: Rooms) -> Shape:
    """A table's shape, where `counts` are the rows by table as far as they are known."""
    found = schema.table(table)
    sizes = {place: counts.get(key.table) for place, key in enumerate(found.foreign_keys)}
    keyed = {
        place: frozenset(
            name for name, to in zip(key.columns, key.referenced, strict=True) if _keys(schema.table(key.table), to)
        )
        for place, key in enumerate(found.foreign_keys)
        if len(key.columns) > 1
    }
    return Shape(found, sizes, rooms, keyed)


def _keys(table: Table, column: str) -> bool:
    """Whether no two rows hold the same in the column."""
    own = table.column(column)
    if own.generated.startswith("identity") or (own.type.kind == "uuid" and column not in table.reference_columns):
        return column in table.primary_key or bool(own.generated)
    whole = [unique.columns for unique in table.uniques if not unique.where and not unique.expressions]
    return (column,) in (table.primary_key, *whole)


def _filled(need: Need, names: Collection[tuple[str, int]]) -> Need:
    """The need where the named axes are never NULL, because another unique takes two NULLs for the same."""

    def known(axes: tuple[Axis, ...]) -> tuple[Axis, ...]:
        return tuple(replace(axis, nullable=False) if axis.name in names else axis for axis in axes)

    parents, own = known(need.parents), known(need.own)
    return replace(
        need, parents=parents, own=own, exempt=need.exempt and any(axis.nullable for axis in (*parents, *own))
    )


def _unlike(need: Need, pairs: Sequence[tuple[int, int]]) -> Need:
    """The need with one parent less to choose from where it must not be the row that another foreign key chose."""
    fewer = {two for _, two in pairs}
    parents = tuple(
        replace(axis, size=max(0, axis.size - 1)) if axis.place in fewer and axis.size is not None else axis
        for axis in need.parents
    )
    return replace(need, parents=parents)


def _present(unique: Unique) -> bool:
    """Whether the predicate says no more than that a column of the unique is there: NULLs are exempt anyhow."""
    return present(unique.where or "") in unique.columns


def product(axes: tuple[Axis, ...]) -> int | None:
    """The combinations of the axes; None if one has no limit."""
    found = 1
    for axis in axes:
        if axis.size is None:
            return None
        found *= axis.size
    return found
