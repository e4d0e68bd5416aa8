"""Parents that no unique decides: skewed ones, earlier rows of the same table, or nobody."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from llmgen.values.streams import Mask, Numbers, Words, below, key, mix
from llmgen.volume.coordinates import NOBODY
from llmgen.volume.needs import Need, Shape
from llmgen.volume.parents import forest, skewed, words

_EMPTY_OF = 10
"""One row in so many refers to nobody where it may."""


@dataclass(frozen=True)
class Chance:
    """What is drawn for one table. `counted` is the place of the foreign key whose rows per parent are given, or -1."""

    shape: Shape
    seed: str
    counted: int

    def parent_stream(self, place: int) -> np.uint64:
        """The stream that parents by the foreign key are drawn from."""
        one = self.shape.table.foreign_keys[place]
        return self.stream(*one.columns, one.table, "parent")

    def parent(self, place: int, rows: Words, attempts: Words, able: Numbers | None) -> Numbers:
        """Any parent, or any among `able`: skewed, or an earlier row of the same table."""
        one, count = self.shape.table.foreign_keys[place], self.shape.sizes[place] or 0
        stream, count = self.parent_stream(place), count if able is None else len(able)
        if one.table == self.shape.table.name:
            return self.looped(forest(stream, rows, attempts), place, rows)
        if not count:
            return np.full(len(rows), NOBODY)
        numbers = words(stream, rows, attempts)
        chosen = skewed(numbers, count, stream)
        chosen = chosen if able is None else able[chosen]
        if self.may_be_empty(place):
            return np.where(below(mix(key(int(stream), "empty"), numbers), _EMPTY_OF) == 0, NOBODY, chosen)
        return chosen

    def looped(self, parents: Numbers, place: int, rows: Words) -> Numbers:
        """Roots refer to themselves where they must refer to somebody."""
        if place not in self.shape.free:
            return np.where(parents < 0, rows.astype(np.int64), parents)
        return parents

    def may_be_empty(self, place: int) -> bool:
        """Whether rows may refer to nobody by the foreign key, and then agree with no others."""
        one = self.shape.table.foreign_keys[place]
        if place == self.counted or place not in self.shape.free or one.table == self.shape.table.name:
            return False
        kept = [need for need in self.needs if any(place in (axis.place, *axis.also) for axis in need.parents)]
        return all(need.exempt for need in kept)

    @cached_property
    def needs(self) -> list[Need]:
        """The uniques of the table."""
        return self.shape.needs()

    def empty(self, place: int, rows: Words) -> Mask:
        """Which rows refer to nobody by the foreign key where they may."""
        if not self.may_be_empty(place):
            return np.zeros(len(rows), np.bool_)
        one = self.shape.table.foreign_keys[place]
        stream = self.stream(*one.columns, one.table, "empty")
        return np.asarray(below(mix(stream, rows), _EMPTY_OF) == 0)

    def stream(self, *purpose: str) -> np.uint64:
        """A stream of its own for each purpose."""
        return key(self.seed, self.shape.table.name, *purpose)
