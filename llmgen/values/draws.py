"""What short text is drawn from: numbers by purpose, a noun, marks that no two rows share, a limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from llmgen.values.parts import Chosen, Items, items
from llmgen.values.streams import Numbers, Words, below, key, mix

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# A stride that is a prime above every count it meets leaves no two marks at one place.
_STRIDE, _OFFSET = 2_305_843_009_213_693_951, 1_442_695_040_888_963_407


@dataclass(frozen=True, eq=False)
class Draws:
    """What cells are written from: numbers by purpose, the table's noun, marks no two rows share (or none), a limit."""

    stream: np.uint64
    rows: Words
    noun: str
    marks: Words | None
    limit: int

    def draw(self, purpose: str, count: int) -> Numbers:
        """A number below `count` a row."""
        return below(mix(key(int(self.stream), purpose), self.rows), count)

    def choose(self, purpose: str, texts: Sequence[str]) -> Chosen:
        """One of the texts a row."""
        return Chosen(_items(tuple(texts)), self.draw(purpose, len(texts)))

    def number(self, purpose: str, count: int) -> Words:
        """A number below `count` from the row's mark, another for each such mark; drawn if there are no marks.

        `count` is below 2**32, so that no product is too long.
        """
        if self.marks is None:
            return self.draw(purpose, count).astype(np.uint64)
        size = np.uint64(count)
        strode: Words = (self.marks % size * np.uint64(_STRIDE % count) + np.uint64(_OFFSET % count)) % size
        return np.where(self.marks < size, strode, self.marks)


@cache
def _items(texts: tuple[str, ...]) -> Items:
    return items(texts)


def prefix(noun: str) -> str:
    """The short mark of a table in tokens: `customer` -> cus, `payment_method` -> pm."""
    parts = noun.lower().replace("-", "_").split("_")
    return "".join(part[0] for part in parts if part)[:4] if len(parts) > 1 else parts[0][:3]
