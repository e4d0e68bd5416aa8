"""Where a row stands: the how-manieth it is of its lead, and the digits that its other axes get from that."""

from dataclasses import dataclass, field, replace

import numpy as np

from llmgen.values.streams import Numbers, Words, below, key, mix, permute
from llmgen.volume.coordinates import NOBODY
from llmgen.volume.groups import MOST, Group
from llmgen.volume.needs import Axis, product

_WEIGHTS = 256
_FAN = 4

Digits = dict[tuple[str, int], Numbers]
"""By the name of an axis, which of its choices each row has; -1: NULL."""


def shares(stream: np.uint64, leads: int, rows: int, cap: int | None) -> Numbers:
    """How many of the rows each lead row gets: skewed, none more than `cap`, `rows` in all (which must fit)."""
    drawn = below(mix(stream, np.arange(leads, dtype=np.uint64)), _WEIGHTS * _WEIGHTS)
    weights = drawn // _WEIGHTS * (drawn % _WEIGHTS) // _WEIGHTS + 1
    counts = _split(weights, rows)
    if cap is None or cap >= rows:
        return counts
    kept = np.minimum(counts, cap)
    return kept + _split(cap - kept, rows - int(kept.sum()))


def _split(weights: Numbers, rows: int) -> Numbers:
    """`rows` in parts as large as the weights, whole numbers; none exceeds its weight where their sum does not."""
    ends = np.cumsum(weights)
    total = int(ends[-1]) if len(ends) else 0
    if not total:
        return np.zeros_like(weights)
    whole, rest = divmod(rows, total)
    bounds = ends * whole + ends * rest // total if rest < (1 << 62) // max(1, total) else _exactly(ends, rows, total)
    return np.diff(bounds, prepend=0)


def _exactly(ends: Numbers, rows: int, total: int) -> Numbers:
    return np.array([end * rows // total for end in ends.tolist()], np.int64)


@dataclass(frozen=True)
class Places:
    """The rows of a table placed by one group. `ends` are where each lead row's slots end (none without lead).

    `each` is given instead where every lead row has as many.
    """

    group: Group
    rows: int
    stream: np.uint64
    ends: Numbers = field(default_factory=lambda: np.zeros(0, np.int64))
    each: int = 0

    def digits(self, rows: Words) -> Digits:
        """Which choice of each axis the rows have."""
        if self.group.lead is None:
            return self._alone(rows)
        if self.group.lead.loops:
            return self._tree(rows, self.group.lead)
        slots = permute(rows, self.rows, key(int(self.stream), "slot")).astype(np.int64)
        if self.each:
            return self._below(*np.divmod(slots, self.each))
        lead = np.searchsorted(self.ends, slots, side="right").astype(np.int64)
        starts = np.concatenate([np.zeros(1, np.int64), self.ends])
        return self._below(lead, slots - starts[lead])

    def _alone(self, rows: Words) -> Digits:
        (rest,) = self.group.rests
        if product(rest) is None:
            rest = tuple(replace(axis, size=self.rows) if axis.size is None else axis for axis in rest)
        room = _room(rest)
        numbers = rows.astype(np.int64)
        inside = numbers < (0 if product(rest) == 0 else room)
        places = permute((numbers % room).astype(np.uint64), room, key(int(self.stream), "place")).astype(np.int64)
        found = _radix(places, rest)
        if self.group.spill is not None and not inside.all():
            found[self.group.spill.name] = np.where(inside, found[self.group.spill.name], NOBODY)
        return found

    def _below(self, lead: Numbers, ordinal: Numbers) -> Digits:
        """The digits of rows that are the `ordinal`-th of their lead row."""
        found: Digits = {}
        if self.group.lead is not None:
            found[self.group.lead.name] = lead
        for number, rest in enumerate(self.group.rests):
            if len(rest) == 1 and rest[0].place < 0 and (rest[0].counts or rest[0].size is None):
                found[rest[0].name] = ordinal
                continue
            room = _room(rest)
            turned = below(mix(key(int(self.stream), "turn", number), lead.astype(np.uint64)), room)
            places = ((ordinal.astype(np.uint64) + turned.astype(np.uint64)) % np.uint64(room)).astype(np.uint64)
            mixed = permute(places, room, key(int(self.stream), "digits", number)).astype(np.int64)
            found |= _radix(mixed, rest)
        return found

    def _tree(self, rows: Words, lead: Axis) -> Digits:
        """A tree in rows of its own table: each row has so many children, in rows after it."""
        numbers = rows.astype(np.int64)
        first, fan = self._fan(lead)
        if not fan:
            return {**self._below(numbers, np.zeros_like(numbers)), lead.name: numbers}
        behind = numbers - first
        # Rows without parent that must differ are counted together, as if they had one.
        parent = np.where(behind >= 0, behind // fan, NOBODY if self.group.alike else numbers)
        inner, outer = (0, numbers) if lead.nullable else (1, np.zeros_like(numbers))
        found = self._below(parent, np.where(behind >= 0, behind % fan + inner, outer))
        return {**found, lead.name: np.where(behind >= 0, parent, NOBODY) if lead.nullable else parent}

    def _fan(self, lead: Axis) -> tuple[int, int]:
        """How many rows of a tree are roots, and how many children each row has; none where all are roots."""
        cap = MOST if self.group.cap is None else self.group.cap
        if not lead.nullable and cap == 1:
            return self.rows, 0
        bounded = bool(self.group.rests) or self.group.alike
        first = max(1, min(self.rows // 5, cap) if bounded else self.rows // 5)
        return first, min(_FAN, cap if lead.nullable else cap - 1)

    def roots(self, rows: Words, lead: Axis) -> Numbers:
        """The root of the tree that each row hangs from; a root is its own."""
        found = rows.astype(np.int64)
        first, fan = self._fan(lead)
        if fan == 1:
            return found % first
        while fan and (found >= first).any():
            found = np.where(found >= first, (found - first) // fan, found)
        return found


def _room(axes: tuple[Axis, ...]) -> int:
    """The combinations of the axes, as far as they are told apart; at least one."""
    found = product(axes)
    return MOST if found is None else max(1, min(found, MOST))


def _radix(places: Numbers, axes: tuple[Axis, ...]) -> Digits:
    found: Digits = {}
    for axis in axes[:-1]:
        size = MOST if axis.size is None else max(1, axis.size)
        found[axis.name], places = places % size, places // size
    return {**found, axes[-1].name: places}
