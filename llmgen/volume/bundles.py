"""Foreign keys that share columns: which rows of one table agree with a row of another on what they share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from llmgen.schema.model import ForeignKey, Table
from llmgen.values.streams import Mask, Numbers, Words

Values = Callable[[str, Sequence[str]], Mapping[str, pa.Array]]

_HALF = np.uint64(32)


@dataclass(frozen=True)
class Members:
    """The rows of a table by what they hold in some columns: `rows` in the order of `codes`."""

    codes: Numbers
    rows: Numbers

    def found(self, codes: Numbers) -> tuple[Numbers, Numbers]:
        """For each code where its rows begin in `rows`, and how many they are."""
        first = np.searchsorted(self.codes, codes, side="left").astype(np.int64)
        sizes = np.searchsorted(self.codes, codes, side="right").astype(np.int64) - first
        return first, np.where(codes < 0, 0, sizes)

    def drawn(self, codes: Numbers, numbers: Words) -> Numbers:
        """One of each code's rows; -1 where it has none."""
        first, sizes = self.found(codes)
        if not len(self.rows):
            return sizes - 1
        place = first + (((numbers >> _HALF) * sizes.astype(np.uint64)) >> _HALF).astype(np.int64)
        return (
            np.where(sizes > 0, self.rows[np.minimum(place, len(self.rows) - 1)], -1) if len(self.rows) else sizes - 1
        )


@dataclass(frozen=True)
class Pairs:
    """Every way to choose rows for several foreign keys that agree: `ends` of the ways by row of the first one."""

    ends: Numbers
    codes: Numbers
    others: tuple[Members, ...]

    @property
    def size(self) -> int:
        """How many ways there are."""
        return int(self.ends[-1]) if len(self.ends) else 0

    def rows(self, places: Numbers) -> list[Numbers]:
        """The row of each foreign key, for ways by their number."""
        first = np.searchsorted(self.ends, places, side="right").astype(np.int64)
        rest = places - np.concatenate([np.zeros(1, np.int64), self.ends])[first]
        found = [first]
        for members in self.others:
            start, sizes = members.found(self.codes[first])
            found.append(members.rows[start + rest % sizes])
            rest = rest // sizes
        return found


@dataclass(frozen=True)
class Able:
    """The rows of one foreign key's table that leave the others one to agree with."""

    chosen: Numbers

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.chosen)

    def rows(self, places: Numbers) -> list[Numbers]:
        """The rows by their number."""
        return [self.chosen[places]]


@dataclass(frozen=True)
class Ordered:
    """Two different rows of one table: every pair once, the one with the smaller key first. `chosen` are the rows in
    the order of their keys."""

    chosen: Numbers

    @cached_property
    def _ends(self) -> Numbers:
        return np.cumsum(np.arange(len(self.chosen) - 1, -1, -1, dtype=np.int64))

    def rows(self, places: Numbers) -> list[Numbers]:
        """The smaller and the greater row of the pairs by their number."""
        small = np.searchsorted(self._ends, places, side="right").astype(np.int64)
        great = len(self.chosen) - (self._ends[small] - places)
        return [self.chosen[small], self.chosen[great]]

    @property
    def size(self) -> int:
        """How many pairs there are."""
        return len(self.chosen) * (len(self.chosen) - 1) // 2


def in_key_order(key: ForeignKey, values: Values) -> Numbers:
    """The rows that a foreign key of one column can choose, in the order of what it refers to."""
    order = pc.array_sort_indices(values(key.table, key.referenced)[key.referenced[0]])
    found: Numbers = order.to_numpy().astype(np.int64)
    return found


@dataclass(frozen=True)
class Bundle:
    """The foreign keys at `places` of one table, each of which shares a column with another."""

    table: Table
    places: tuple[int, ...]
    values: Values

    @cached_property
    def _kept(self) -> dict[object, Members]:
        return {}

    @cached_property
    def _coded(self) -> dict[str, tuple[dict[int, Numbers], int]]:
        return {}

    def columns(self, place: int) -> frozenset[str]:
        """The columns of the foreign key."""
        return frozenset(self.table.foreign_keys[place].columns)

    def codes(self, columns: Sequence[str], chosen: Mapping[str, tuple[int, Numbers]]) -> Numbers:
        """A number for what the columns hold, where each comes from rows (-1: none) that a foreign key has chosen.

        Two are equal if all columns are; -1 where one is NULL.
        """
        found = np.zeros(0, np.int64)
        for at, column in enumerate(columns):
            numbers, many = self._numbers(column)
            place, rows = chosen[column]
            held = np.append(numbers[place], -1)[rows]
            found = held if at == 0 else np.where((found < 0) | (held < 0), -1, found * many + held)
        return found

    def _all(self, place: int, columns: Sequence[str]) -> Numbers:
        rows = np.arange(len(self._numbers(columns[0])[0][place]), dtype=np.int64)
        return self.codes(columns, dict.fromkeys(columns, (place, rows)))

    def members(self, place: int, columns: Sequence[str]) -> Members:
        """The rows of the foreign key's table by what they hold in the columns."""
        name = (place, tuple(columns))
        if name not in self._kept:
            codes = self._all(place, columns)
            order = np.argsort(codes, kind="stable").astype(np.int64)
            order = order[int((codes < 0).sum()) :]
            self._kept[name] = Members(codes[order], order)
        return self._kept[name]

    def pairs(self, places: Sequence[int]) -> Pairs:
        """Every way to choose rows of these foreign keys that agree."""
        first, *others = places
        shared = sorted(self.columns(first).intersection(*(self.columns(place) for place in others)))
        codes = self._all(first, shared)
        members = tuple(self.members(place, shared) for place in others)
        sizes = np.ones(len(codes), np.int64)
        for found in members:
            sizes = sizes * found.found(codes)[1]
        return Pairs(np.cumsum(sizes), codes, members)

    def able(self, place: int) -> Mask:
        """Which rows of the foreign key's table leave every other one that must be there a row to agree with.

        Empty where there is no other.
        """
        mine = self.columns(place)
        found: Mask | None = None
        for other in self.places:
            shared = sorted(mine & self.columns(other))
            if other == place or not shared or self.optional(other, shared) or self.loops(other):
                continue
            sizes = self.members(other, shared).found(self._all(place, shared))[1]
            found = sizes > 0 if found is None else found & (sizes > 0)
        return np.ones(0, np.bool_) if found is None else found

    def optional(self, place: int, decided: Sequence[str]) -> bool:
        """Whether the foreign key may refer to nobody though some of its columns are decided."""
        return place in self._free and bool(self.columns(place) - self._filled - set(decided))

    @cached_property
    def _free(self) -> frozenset[int]:
        return emptiable(self.table)

    @cached_property
    def _filled(self) -> frozenset[str]:
        return filled(self.table, self._free)

    def loops(self, place: int) -> bool:
        """Whether the foreign key refers to its own table."""
        return self.table.foreign_keys[place].table == self.table.name

    def _numbers(self, column: str) -> tuple[dict[int, Numbers], int]:
        """The column's values numbered over all tables that it refers to, by foreign key; and how many there are."""
        if column not in self._coded:
            places = [place for place in self.places if column in self.columns(place) and not self.loops(place)]
            arrays = [self._array(place, column) for place in places]
            if len({array.type for array in arrays}) > 1:
                arrays = [array.cast(pa.string()) for array in arrays]
            encoded = pa.chunked_array(arrays).combine_chunks().dictionary_encode()
            codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
            bounds = np.cumsum([len(array) for array in arrays])[:-1]
            split = dict(zip(places, np.split(codes, bounds), strict=True))
            self._coded[column] = split, max(1, len(encoded.dictionary))
        return self._coded[column]

    def _array(self, place: int, column: str) -> pa.Array:
        key = self.table.foreign_keys[place]
        referenced = key.referenced[key.columns.index(column)]
        return self.values(key.table, [referenced])[referenced]


def bundled(table: Table) -> list[tuple[int, ...]]:
    """The places of foreign keys that share columns, together; those that share none are left out."""
    found: list[set[int]] = []
    for place, key in enumerate(table.foreign_keys):
        near = [one for one in found if any(set(table.foreign_keys[other].columns) & set(key.columns) for other in one)]
        found = [one for one in found if one not in near] + [set[int]().union({place}, *near)]
    return sorted(tuple(sorted(one)) for one in found if len(one) > 1)


def emptiable(table: Table) -> frozenset[int]:
    """The places of foreign keys that may refer to nobody.

    Some column of theirs may be NULL, and those that may not get their values from other foreign keys.
    """
    free = frozenset(range(len(table.foreign_keys)))
    while True:
        known = filled(table, free)
        held = [set(key.columns) for place, key in enumerate(table.foreign_keys) if place not in free]
        bound = next(
            (
                place
                for place in sorted(free)
                if not (mine := set(table.foreign_keys[place].columns)) - known
                or not mine & known <= set[str]().union(*held)
            ),
            None,
        )
        if bound is None:
            return free
        free -= {bound}


def filled(table: Table, free: frozenset[int]) -> frozenset[str]:
    """The columns that are never NULL where only the foreign keys `free` may refer to nobody."""
    own = {column.name for column in table.columns if not column.nullable} | {*table.primary_key}
    bound = {name for place, key in enumerate(table.foreign_keys) if place not in free for name in key.columns}
    return frozenset(own | bound)
