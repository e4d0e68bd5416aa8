"""The rows of one locale and what is drawn for each: names, places, companies, and digits that no other row has."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from llmgen.values.companies import Company, companies
from llmgen.values.pools import pool
from llmgen.values.streams import Words, below, key, mix, permute, weighted

_EMPLOYERS = 400
_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"

Name = tuple[str, str]
"""As written, and romanised."""


@dataclass(frozen=True)
class Group:
    """The rows of one locale. Every property has one entry a row and draws from a purpose of its own."""

    stream: np.uint64
    locale: str
    rows: Words
    serials: Words

    def draw(self, purpose: str) -> Words:
        """One number a row for a purpose; people of all locales share the purpose's stream."""
        return mix(key(int(self.stream), purpose), self.rows)

    def choose(self, purpose: str, items: Sequence[Any]) -> list[Any]:
        """One of the items a row, all as likely."""
        return [items[place] for place in below(self.draw(purpose), len(items)).tolist()]

    @cached_property
    def pool(self) -> dict[str, Any]:
        """The locale's pool."""
        return pool(self.locale)

    @cached_property
    def female(self) -> npt.NDArray[np.bool_]:
        """Whether the row's person is a woman."""
        return np.asarray(below(self.draw("gender"), 2) == 0)

    @cached_property
    def given(self) -> list[Name]:
        """Given names."""
        return self.named("given", "given")

    @cached_property
    def family(self) -> list[Name]:
        """Family names, in the form that the person's gender takes."""
        return self.named("family", "family")

    @cached_property
    def places(self) -> list[list[str]]:
        """[city, region, region code, postcode pattern, time zone, telephone pattern]; earlier ones likelier."""
        places = self.pool["places"]
        drawn = weighted(self.draw("place"), range(len(places) + 6, 6, -1))
        return [places[place] for place in drawn.tolist()]

    @cached_property
    def companies(self) -> list[Company]:
        """The row's own company, another for each serial."""
        return companies(self.stream, self.pool, self.serials, self.draw("legal"))

    @cached_property
    def employers(self) -> list[Company]:
        """Where the row's person works; few companies with many people, as it is."""
        drawn = np.minimum(below(self.draw("employer"), _EMPLOYERS), below(self.draw("employer size"), _EMPLOYERS))
        serials = drawn.astype(np.uint64)
        return companies(self.stream, self.pool, serials, mix(key(int(self.stream), "employer legal"), serials))

    @cached_property
    def tags(self) -> list[str]:
        """Digits that no other serial of the table has: two for the first hundred, then as many as are needed."""
        return tags(self.stream, self.serials)

    def named(self, purpose: str, part: str) -> list[Name]:
        """Names drawn by their weight, separately for women and men."""
        drawn = self.draw(purpose)
        chosen: list[Name] = [("", "")] * len(drawn)
        for sex, wanted in (("f", self.female), ("m", ~self.female)):
            names, positions = self.pool[part][sex], np.flatnonzero(wanted)
            places = weighted(drawn[positions], [count for _, _, count in names])
            for position, place in zip(positions.tolist(), places.tolist(), strict=True):
                chosen[position] = (names[place][0], names[place][1])
        return chosen


def tags(stream: np.uint64, serials: Words) -> list[str]:
    """Digits unique to each serial: 00 to 99 below 100, then numbers of as many digits as the serial has."""
    found = np.zeros(len(serials), dtype=np.uint64)
    lengths = np.searchsorted(np.array([10**power for power in range(2, 19)], dtype=np.uint64), serials, side="right")
    for length in sorted(set(lengths.tolist())):
        first, positions = (10 ** (length + 1) if length else 0), np.flatnonzero(lengths == length)
        count = 10 ** (length + 2) - first
        placed = permute(serials[positions] - np.uint64(first), count, key(int(stream), "tag", length))
        found[positions] = placed + np.uint64(first)
    return [f"{number:02d}" for number in found.tolist()]


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
