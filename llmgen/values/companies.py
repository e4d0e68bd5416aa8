"""Companies by serial: a name, a slug and a domain that no other serial has, in the words of one locale."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from llmgen.values.lexicon import Lexicon
from llmgen.values.parts import Chosen, Items, Text, cases, items, number_parts
from llmgen.values.streams import Numbers, Words, below, key, permute

SHORT = (12, 6, 3, 1)
"""How many letters of a brand the ever shorter slugs keep."""

_EARLY, _LATE = 1, 2


@dataclass(frozen=True, eq=False)
class Companies:
    """A company a row: the places of its words, and a number (0: none) where names and sectors are not enough."""

    lexicon: Lexicon
    serials: Words
    brand: Numbers
    second: Numbers
    sector: Numbers
    legal: Numbers
    number: Numbers

    def name(self, plain: bool = False) -> Text:
        """The names, plain ones without the legal form."""
        frames, words = _frames(self.lexicon, plain), _words(self.lexicon)
        around = self.sector * frames.legals + self.legal

        def form(case: int, rows: Numbers) -> Text:
            start, end, back, rest, before, behind = (Chosen(each, around[rows]) for each in frames.parts)
            name = [Chosen(words.brand, self.brand[rows]), Chosen(words.second, self.second[rows])]
            count = [" ", *self._count(rows)] if case else []
            if case == _EARLY:
                return [start, *count, end, *name, behind]
            return [before, *name, back, *count, rest] if case else [before, *name, behind]

        late = np.where(frames.late[around], _LATE, _EARLY)
        return cases(np.where(self.number > 0, late, 0), 3, form)

    def slug(self) -> Text:
        """The slugs."""
        words = _words(self.lexicon)

        def form(numbered: int, rows: Numbers) -> Text:
            plain: Text = [
                Chosen(words.roman, self.brand[rows]),
                Chosen(words.roman_second, self.second[rows]),
                Chosen(words.roman_sector, self.sector[rows]),
            ]
            return [*plain, "-", *self._count(rows)] if numbered else plain

        return cases((self.number > 0).astype(np.int64), 2, form)

    def _count(self, rows: Numbers) -> Text:
        return number_parts(self.number[rows].astype(np.uint64) + np.uint64(1))

    def short(self, letters: int) -> Text:
        """The first letters of the brand, one of SHORT so many, and the serial: the company's own in any case."""
        return [Chosen(_words(self.lexicon).starts[letters], self.brand), "-", *number_parts(self.serials)]

    def capital(self) -> Text:
        """The brand romanised, and the serial."""
        return [Chosen(_words(self.lexicon).capital, self.brand), " ", *number_parts(self.serials)]


def companies(stream: np.uint64, lexicon: Lexicon, locales: Numbers, serials: Words, legal: Words) -> Companies:
    """A company per serial, distinct for distinct serials.

    The first serials get one name and a sector, the next two names and a sector, those beyond a number as well. Names
    and sectors are single romanised words, and sectors belong to one locale: that is why no two slugs agree.
    """
    words = _words(lexicon)
    brands, sectors = words.brands[locales], words.sectors[locales]
    single = brands * sectors
    double = single * (brands - 1)
    name, other, sector, number = (np.zeros(len(serials), dtype=np.int64) for _ in range(4))

    alone = serials < single.astype(np.uint64)
    placed = permute(serials[alone], single[alone].astype(np.uint64), key(int(stream), "company")).astype(np.int64)
    name[alone], sector[alone], other[alone] = placed // sectors[alone], placed % sectors[alone], -1

    pairs, doubles = brands[~alone] - 1, double[~alone].astype(np.uint64)
    later = serials[~alone] - single[~alone].astype(np.uint64)
    placed = permute(later % doubles, doubles, key(int(stream), "companies")).astype(np.int64)
    pair, sector[~alone] = placed // sectors[~alone], placed % sectors[~alone]
    name[~alone] = pair // pairs
    other[~alone] = pair % pairs
    other[~alone] += other[~alone] >= name[~alone]
    number[~alone] = (later // doubles).astype(np.int64)

    brand = words.first_brand[locales]
    second = np.where(other < 0, words.second.count, other + brand)
    forms = below(legal, words.legals[locales])
    return Companies(lexicon, serials, name + brand, second, sector + words.first_sector[locales], forms, number)


@dataclass(frozen=True, eq=False)
class _Words:
    """Brands and sectors of all locales side by side, with how many each locale has and where its own begin."""

    brands: Numbers
    first_brand: Numbers
    sectors: Numbers
    first_sector: Numbers
    legals: Numbers
    brand: Items
    second: Items
    roman: Items
    roman_second: Items
    roman_sector: Items
    starts: dict[int, Items]
    capital: Items


@cache
def _words(lexicon: Lexicon) -> _Words:
    pools = lexicon.pools
    brands, sectors, legals = (
        np.array([len(pool[part]) for pool in pools], dtype=np.int64) for part in ("brands", "sectors", "legal")
    )
    named = [(pool["joint"], written, roman) for pool in pools for written, roman in pool["brands"]]
    return _Words(
        brands,
        np.cumsum(brands) - brands,
        sectors,
        np.cumsum(sectors) - sectors,
        legals,
        items([written for _, written, _ in named]),
        Items(len(named), lambda place: named[place][0].format(name="", other=named[place][1])),
        items([roman for _, _, roman in named]),
        Items(len(named), lambda place: f"-{named[place][2]}"),
        items([f"-{roman}" for pool in pools for _, roman in pool["sectors"]]),
        {letters: _starts(named, letters) for letters in SHORT},
        Items(len(named), lambda place: named[place][2].split("-")[0].capitalize()),
    )


def _starts(named: list[tuple[str, str, str]], letters: int) -> Items:
    return Items(len(named), lambda place: named[place][2].split("-")[0][:letters])


@dataclass(frozen=True, eq=False)
class _Frames:
    """What stands around a company's name, by sector and legal form; a sector has `legals` places.

    `parts` are what stands before the name, parted behind the sector's word, then so what stands behind it, then both
    whole. `late` says that the sector stands behind the name.
    """

    legals: int
    late: npt.NDArray[np.bool_]
    parts: tuple[Items, ...]


@cache
def _frames(lexicon: Lexicon, plain: bool) -> _Frames:
    legals = max(len(pool["legal"]) for pool in lexicon.pools)
    sectors = [(pool, work) for pool in lexicon.pools for work, _ in pool["sectors"]]
    late = [pool["company"].index("{sector}") > pool["company"].index("{name}") for pool, _ in sectors]

    def part(side: int, of: slice) -> Items:
        def write(place: int) -> str:
            pool, work = sectors[place // legals]
            form = pool["company"].replace("{legal}", "").strip() if plain else pool["company"]
            start, sector, end = form.split("{name}")[side].partition("{sector}")
            legal = pool["legal"][place % legals] if place % legals < len(pool["legal"]) else ""
            parts = (start + (work if sector else ""), end)[of]
            return "".join(parts).replace("{legal}", legal)

        return Items(len(sectors) * legals, write)

    first, second, both = slice(0, 1), slice(1, 2), slice(0, 2)
    sides = ((0, first), (0, second), (1, first), (1, second), (0, both), (1, both))
    return _Frames(legals, np.repeat(late, legals), tuple(part(side, of) for side, of in sides))
