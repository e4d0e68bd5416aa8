"""What each unique of a table can vary so that no two rows agree: rows of parents, and values of own columns."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from llmgen.naming import words
from llmgen.schema.model import Column, Kind, Table, Unique
from llmgen.volume.slots import never_null

Rooms = Callable[[str, str], int | None]

_NAME = r'"?(\w+)"?'
_CAST = r"(?:\s*::\s*[\w ]+)?"
_FOLDED = re.compile(
    rf"\(*(?:lower|upper|trim|btrim|rtrim|ltrim)\s*\(+\s*{_NAME}\s*\)*{_CAST}\s*\)+{_CAST}\)*", re.IGNORECASE
)
_COALESCED = re.compile(rf"\(*coalesce\s*\(+\s*{_NAME}\)*{_CAST}\s*,\s*[^()]*\)+", re.IGNORECASE)
_BARE = re.compile(rf"\(*{_NAME}{_CAST}\)*(?:\s+(?:asc|desc))?", re.IGNORECASE)
_PRESENT = re.compile(rf"\(*{_NAME}\s+is\s+not\s+null\)*", re.IGNORECASE)

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
    number or date, which may go in turn. `loops`: a row of the same table.
    """

    column: str
    place: int = -1
    size: int | None = None
    nullable: bool = False
    counts: bool = False
    loops: bool = False

    @property
    def name(self) -> tuple[str, int]:
        """What tells it from the other axes of its table."""
        return self.column, self.place


@dataclass(frozen=True)
class Need:
    """A unique to be kept: by the parents in `parents`, the own columns in `own`, or both together.

    Keeping some of its columns apart keeps the whole apart, so what cannot be varied is left out. `exempt`: a NULL
    among them makes the row differ from all others. `partial`: only rows where its predicate is true count.
    """

    unique: Unique
    parents: tuple[Axis, ...]
    own: tuple[Axis, ...]
    exempt: bool = True
    partial: bool = False

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
    """A table as its uniques see it: how many rows each foreign key's parent has (None: not known), and rooms."""

    table: Table
    sizes: Mapping[int, int | None]
    rooms: Rooms

    def needs(self) -> list[Need]:
        """The uniques, the primary key first, those that say the same once."""
        table = self.table
        primary = [Unique(table.primary_key, name="primary key")] if table.primary_key else []
        read = [self.need(unique) for unique in (*primary, *table.uniques)]
        filled = {axis.name for need in read if not need.exempt for axis in need.axes if not axis.loops}
        found = dict[object, Need]()
        for need in (_filled(need, filled) for need in read):
            found.setdefault((need.names, need.partial and need.unique, need.exempt), need)
        return list(found.values())

    def need(self, unique: Unique) -> Need:
        """What the unique can vary."""
        named = {**dict.fromkeys(unique.columns, unique.nulls_distinct), **self._named(unique)}
        places = [
            place for place, key in enumerate(self.table.foreign_keys) if set(key.columns) <= set(named) and key.columns
        ]
        parents = tuple(self.parent(place) for place in places if not self._implied(place, places))
        own = [
            self._own(self.table.column(name))
            for name in named
            if name not in self.table.reference_columns and self.table.column(name).written
        ]
        nullable = any(axis.nullable for axis in (*parents, *own))
        exempt = nullable and all(named.values()) and unique.name != "primary key"
        return Need(unique, parents, tuple(own), exempt, bool(unique.where) and not _present(unique))

    def _named(self, unique: Unique) -> dict[str, bool]:
        """Columns that expressions of the unique keep apart, and whether NULL stays NULL in them."""
        found = dict[str, bool]()
        for expression in unique.expressions:
            for pattern in (_FOLDED, _COALESCED, _BARE):
                match = pattern.fullmatch(expression.strip())
                if match and match[1] in self.table.by_name:
                    found[match[1]] = pattern is not _COALESCED
                    break
        return found

    def _implied(self, place: int, places: list[int]) -> bool:
        """Whether another foreign key of the unique decides all of this one's columns."""
        keys = self.table.foreign_keys
        mine = set(keys[place].columns)
        return any(
            mine < set(keys[other].columns) or (mine == set(keys[other].columns) and other < place) for other in places
        )

    def parent(self, place: int) -> Axis:
        """The rows that the foreign key at `place` chooses from."""
        key = self.table.foreign_keys[place]
        nullable = not never_null(self.table, key) and not set(key.columns) & set(self.table.primary_key)
        loops = key.table == self.table.name
        return Axis(", ".join(key.columns), place, None if loops else self.sizes[place], nullable, loops=loops)

    def _own(self, column: Column) -> Axis:
        room = self.rooms(self.table.name, column.name)
        nullable = column.nullable and column.name not in self.table.primary_key and not column.generated
        return Axis(column.name, -1, room, nullable, column.type.kind in TURNS and not column.generated)

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
        if not need.parents:
            return None
        able = [axis for axis in need.own if axis.counts]
        return able[0] if len(able) == 1 else None


def _filled(need: Need, names: Collection[tuple[str, int]]) -> Need:
    """The need where the named axes are never NULL, because another unique takes two NULLs for the same."""

    def known(axes: tuple[Axis, ...]) -> tuple[Axis, ...]:
        return tuple(replace(axis, nullable=False) if axis.name in names else axis for axis in axes)

    parents, own = known(need.parents), known(need.own)
    return replace(
        need, parents=parents, own=own, exempt=need.exempt and any(axis.nullable for axis in (*parents, *own))
    )


def _present(unique: Unique) -> bool:
    """Whether the predicate says no more than that a column of the unique is there: NULLs are exempt anyhow."""
    found = _PRESENT.fullmatch((unique.where or "").strip())
    return found is not None and found[1] in unique.columns


def product(axes: tuple[Axis, ...]) -> int | None:
    """The combinations of the axes; None if one has no limit."""
    found = 1
    for axis in axes:
        if axis.size is None:
            return None
        found *= axis.size
    return found
