"""Patterns of postcodes and telephone numbers: # is a digit and ? a letter, filled from a number."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate

import numpy as np

from llmgen.values.parts import Chosen, Items, Part, items
from llmgen.values.streams import Numbers, Words

_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
_BASES = {"#": 10, "?": len(_LETTERS)}
_MOST_FILLINGS = 1000
_HOLES = re.compile(r"[#?](.*[#?])?")


def fill(pattern: str, number: int) -> str:
    """The pattern with a digit of `number` for each #, a capital letter for each ?."""
    filled = []
    for sign in pattern:
        if sign == "#":
            number, digit = divmod(number, 10)
            sign = str(digit)
        elif sign == "?":
            number, letter = divmod(number, len(_LETTERS))
            sign = _LETTERS[letter]
        filled.append(sign)
    return "".join(filled)


@dataclass(frozen=True, eq=False)
class Patterns:
    """Patterns taken apart: what stands before the first hole, pieces of few fillings each, what follows the last."""

    texts: Sequence[str]

    def filled(self, which: Numbers, numbers: Words) -> list[Part]:
        """What `fill` makes of each row's pattern and number."""
        found: list[Part] = [Chosen(self._heads, which)]
        rest = numbers
        for pieces in self._pieces.T:
            kinds = pieces[which]
            sizes = self._sizes[kinds].astype(np.uint64)
            more = rest // sizes
            found.append(Chosen(self._fillings, self._starts[kinds] + (rest - more * sizes).astype(np.int64)))
            rest = more
        return [*found, Chosen(self._tails, which)] if any(tail for *_, tail in self._parted) else found

    @cached_property
    def _parted(self) -> list[tuple[str, list[str], str]]:
        return [_parted(text) for text in self.texts]

    @cached_property
    def _heads(self) -> Items:
        return items([head for head, _, _ in self._parted])

    @cached_property
    def _tails(self) -> Items:
        return items([tail for _, _, tail in self._parted])

    @cached_property
    def _kinds(self) -> list[str]:
        """The different pieces; the first is the empty one, which patterns of fewer pieces end with."""
        return ["", *sorted({piece for _, pieces, _ in self._parted for piece in pieces})]

    @cached_property
    def _pieces(self) -> Numbers:
        """The number of the piece by pattern and place."""
        most = max((len(pieces) for _, pieces, _ in self._parted), default=0)
        rows = [[self._kinds.index(piece) for piece in pieces] for _, pieces, _ in self._parted]
        return np.array([row + [0] * (most - len(row)) for row in rows], dtype=np.int64).reshape(len(rows), most)

    @cached_property
    def _sizes(self) -> Numbers:
        return np.array([_fillings(piece) for piece in self._kinds], dtype=np.int64)

    @cached_property
    def _starts(self) -> Numbers:
        return np.cumsum(self._sizes) - self._sizes

    @cached_property
    def _fillings(self) -> Items:
        ends = list(accumulate(self._sizes.tolist()))

        def write(place: int) -> str:
            kind = bisect_right(ends, place)
            return fill(self._kinds[kind], place - (ends[kind - 1] if kind else 0))

        return Items(ends[-1], write)


def _fillings(piece: str) -> int:
    count = 1
    for sign in piece:
        count *= _BASES.get(sign, 1)
    return count


def _parted(pattern: str) -> tuple[str, list[str], str]:
    """What stands before the first hole, pieces that each begin with a hole, and what stands behind the last."""
    if not (found := _HOLES.search(pattern)):
        return pattern, [], ""
    start, end = found.span()
    return pattern[:start], _cut(pattern[start:end]), pattern[end:]


@cache
def _cut(holes: str) -> list[str]:
    cuts, count = [0], 1
    for place, sign in enumerate(holes):
        count *= _BASES.get(sign, 1)
        if count > _MOST_FILLINGS:
            cuts.append(place)
            count = _BASES[sign]
    return [holes[start:stop] for start, stop in zip(cuts, [*cuts[1:], len(holes)], strict=True)]
