"""The pools of one or more locales side by side, so that rows of all of them are drawn and written at once."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from llmgen.values.holes import Patterns
from llmgen.values.parts import Items, items
from llmgen.values.pools import pool
from llmgen.values.streams import Numbers, Words, below

HOUSES = 240
BLOCKS = (6, 28, 19)
LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SEXES = ("f", "m")


@dataclass(frozen=True, eq=False)
class Blocks:
    """Entries of several lists in one row of places: `slots` holds an entry's place as often as its weight."""

    starts: Numbers
    sizes: Numbers
    slots: npt.NDArray[Any]

    def draw(self, u: Words, block: Numbers) -> Numbers:
        """A place among the entries of each row's block."""
        slots = below(u, self.sizes[block])
        slots += self.starts[block]
        return self.slots[slots].astype(np.int64)


def _blocks(weights: Sequence[Sequence[int]]) -> Blocks:
    """One block for each list of weights; the entries of all lists are numbered on."""
    sizes = np.array([sum(each) for each in weights], dtype=np.int64)
    counts = np.array(list(chain.from_iterable(weights)), dtype=np.int64)
    places = np.arange(len(counts), dtype=np.min_scalar_type(len(counts)))
    return Blocks(np.cumsum(sizes) - sizes, sizes, np.repeat(places, counts))


def _even(lists: Sequence[Sequence[Any]]) -> Blocks:
    return _blocks([[1] * len(each) for each in lists])


@dataclass(frozen=True, eq=False)
class Lexicon:
    """What rows of some locales are written with. Rows name a locale by its place in `locales`."""

    locales: tuple[str, ...]

    @cached_property
    def pools(self) -> list[dict[str, Any]]:
        """The pools, by locale."""
        return [pool(locale) for locale in self.locales]

    @cached_property
    def words(self) -> dict[str, Items]:
        """By locale: the texts of its pool that are the same for all its rows, its tag and its language's code."""
        tags = {"locale": [name.replace("_", "-") for name in self.locales]}
        languages = {"language": [name.split("_")[0] for name in self.locales]}
        names = {
            "language_name": "language",
            "country_code": "code",
            "country_code3": "code3",
            "calling_code": "calling",
        }
        pools = {name: [each[names.get(name, name)] for each in self.pools] for name in (*names, "country", "currency")}
        return {name: items(texts) for name, texts in (tags | languages | pools).items()}

    @cached_property
    def family_first(self) -> npt.NDArray[np.bool_]:
        """By locale: whether the family's name comes before the given one."""
        return np.array([each["family_first"] for each in self.pools])

    @cached_property
    def between_names(self) -> Items:
        """By locale."""
        return items(["" if name in ("ko_KR", "zh_CN") else " " for name in self.locales])

    @cached_property
    def _people(self) -> list[list[list[Any]]]:
        """[name, romanised, weight]: given names of women and men of each locale, then family names."""
        return [each[part][sex] for part in ("given", "family") for each in self.pools for sex in _SEXES]

    @cached_property
    def names(self) -> Blocks:
        """Places of names; `name_block` says which block."""
        return _blocks([[weight for _, _, weight in names] for names in self._people])

    def name_block(self, part: str, locales: Numbers, female: npt.NDArray[np.bool_]) -> Numbers:
        """The block of each row's given or family name."""
        return locales * 2 + ~female + (0 if part == "given" else 2 * len(self.locales))

    @cached_property
    def written(self) -> Items:
        """Names as they are written."""
        return items([name for names in self._people for name, _, _ in names])

    @cached_property
    def roman(self) -> Items:
        """Names romanised, then the letters that names begin with."""
        return items([*(roman for names in self._people for _, roman, _ in names), *LETTERS])

    @cached_property
    def written_letter(self) -> Items:
        """The first letters of names as they are written, each with a full stop."""
        return Items(self.written.count, lambda place: f"{self.written.text(place)[0]}. ")

    @cached_property
    def roman_start(self) -> Items:
        """The first three letters of romanised names."""
        return Items(self.written.count, lambda place: self.roman.text(place)[:3])

    @cached_property
    def initial(self) -> Numbers:
        """By a name's place, that of its first letter in LETTERS."""
        first = "".join(roman[0] for names in self._people for _, roman, _ in names)
        return np.frombuffer(first.encode("ascii"), dtype=np.uint8).astype(np.int64) - ord(LETTERS[0])

    @cached_property
    def homes(self) -> list[tuple[int, list[str]]]:
        """The locale's place, and [city, region, region code, postcode, time zone, telephone]."""
        return [(place, home) for place, each in enumerate(self.pools) for home in each["places"]]

    @cached_property
    def places(self) -> Blocks:
        """Places of homes by locale; earlier ones are likelier."""
        return _blocks([range(len(each["places"]) + 6, 6, -1) for each in self.pools])

    @cached_property
    def home_texts(self) -> list[Items]:
        """The texts of homes, in the order that `homes` has them in."""
        return [items([home[number] for _, home in self.homes]) for number in range(6)]

    @cached_property
    def postcodes(self) -> Patterns:
        """By home."""
        return Patterns([home[3] for _, home in self.homes])

    @cached_property
    def mobiles(self) -> Blocks:
        """Places of telephone patterns that belong to no home."""
        return _even([each["phones"] for each in self.pools])

    @cached_property
    def phones(self) -> Patterns:
        """By home, then those that belong to none."""
        return Patterns([*(home[5] for _, home in self.homes), *chain.from_iterable(e["phones"] for e in self.pools)])

    @cached_property
    def plain_phones(self) -> Patterns:
        """The same, nothing but digits behind a +."""
        return Patterns(["".join(sign for sign in text if sign in "+0123456789#") for text in self.phones.texts])

    @cached_property
    def local_phones(self) -> Patterns:
        """The same digits without the country's."""
        calling = [self.pools[place]["calling"] for place, _ in self.homes]
        calling += [each["calling"] for each in self.pools for _ in each["phones"]]
        texts = zip(self.plain_phones.texts, calling, strict=True)
        return Patterns([text.removeprefix(number) for text, number in texts])

    @cached_property
    def plain_postcodes(self) -> Patterns:
        """By home, without blanks and hyphens."""
        return Patterns([text.replace(" ", "").replace("-", "") for text in self.postcodes.texts])

    @cached_property
    def landline(self) -> npt.NDArray[np.bool_]:
        """By home: whether it has a telephone pattern of its own."""
        return np.array([home[5] != "" for _, home in self.homes])

    @cached_property
    def addresses(self) -> Patterns:
        """By home: postcode, area and country as an address has them before or behind the street."""
        return Patterns([_around_street(self.locales[place], self.pools[place], home) for place, home in self.homes])

    @cached_property
    def jobs(self) -> Blocks:
        """Places of jobs."""
        return _even([each["jobs"] for each in self.pools])

    @cached_property
    def job(self) -> Items:
        """Jobs."""
        return items(list(chain.from_iterable(each["jobs"] for each in self.pools)))

    @cached_property
    def streets(self) -> Blocks:
        """Places of streets."""
        return _even([each["streets"] for each in self.pools])

    @cached_property
    def street(self) -> Items:
        """Streets, without a number."""
        return items(list(chain.from_iterable(each["streets"] for each in self.pools)))

    @cached_property
    def houses(self) -> Blocks:
        """Places of houses by locale: numbers, or where addresses need three numbers, those of all."""
        return _even([range(_houses(each["address"])) for each in self.pools])

    @cached_property
    def in_blocks(self) -> npt.NDArray[np.bool_]:
        """By locale: whether a house has three numbers."""
        return np.array(["{n1}" in each["address"] for each in self.pools])

    @cached_property
    def beside_street(self) -> tuple[Items, Items]:
        """By house: what an address has before and behind the street's name."""
        starts, ends = self.houses.starts.tolist(), (self.houses.starts + self.houses.sizes).tolist()

        def side(forms: list[str]) -> Items:
            def write(house: int) -> str:
                locale = bisect_right(ends, house)
                form = forms[locale]
                return _house(form, house - starts[locale]) if "{" in form else form

            return Items(ends[-1], write)

        parted = [each["address"].split("{street}") for each in self.pools]
        return side([before for before, _ in parted]), side([behind for _, behind in parted])


@cache
def lexicon(locales: tuple[str, ...]) -> Lexicon:
    """The lexicon of some locales, made once; InputError for a locale that no pool is shipped for."""
    return Lexicon(locales)


def _houses(form: str) -> int:
    return BLOCKS[0] * BLOCKS[1] * BLOCKS[2] if "{n1}" in form else HOUSES


def _house(form: str, house: int) -> str:
    rest, three = divmod(house, BLOCKS[2])
    one, two = divmod(rest, BLOCKS[1])
    return form.format(number=house + 1, n1=one + 1, n2=two + 1, n3=three + 1)


def _around_street(locale: str, pool: dict[str, Any], home: list[str]) -> str:
    country, (city, region, code, postcode) = pool["country"], home[:4]
    if pool["family_first"]:
        blank = " " if locale == "ko_KR" else ""
        area = city if city.startswith(region) else region + blank + city
        return f"{postcode} {area}{blank}"
    if pool["code"] in ("US", "IN"):
        return f", {city}, {code} {postcode}, {country}"
    town = f"{city} {postcode}" if pool["code"] == "GB" else f"{postcode} {city}"
    return f", {town}, {country}"
