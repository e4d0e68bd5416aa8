"""People and organizations of some rows: what is drawn for each, and digits that no other row has."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from llmgen.values.companies import Companies, companies
from llmgen.values.lexicon import BLOCKS, HOUSES, Blocks, Lexicon
from llmgen.values.parts import DECIMAL, Chosen, Text, number_parts, shuffled
from llmgen.values.streams import Mask, Numbers, Words, below, key, mix

_EMPLOYERS = 400


@dataclass(frozen=True, eq=False)
class Group:
    """Rows, each of a locale of the lexicon. Every property has one entry a row and draws from a purpose of its own."""

    stream: np.uint64
    lexicon: Lexicon
    locales: Numbers
    rows: Words
    serials: Words

    def __len__(self) -> int:
        return len(self.rows)

    def only(self, rows: Numbers) -> "Group":
        """The group of some of the rows."""
        return Group(self.stream, self.lexicon, self.locales[rows], self.rows[rows], self.serials[rows])

    def draw(self, purpose: str) -> Words:
        """One number a row for a purpose; people of all locales share the purpose's stream."""
        return mix(key(int(self.stream), purpose), self.rows)

    def choose(self, purpose: str, blocks: Blocks) -> Numbers:
        """A place a row among the entries of its locale's block."""
        return blocks.draw(self.draw(purpose), self.locales)

    @cached_property
    def female(self) -> Mask:
        """Whether the row's person is a woman."""
        return np.asarray(below(self.draw("gender"), 2) == 0)

    def named(self, purpose: str, part: str) -> Numbers:
        """Places of names, drawn by their weight, separately for women and men."""
        return self.lexicon.names.draw(self.draw(purpose), self.lexicon.name_block(part, self.locales, self.female))

    @cached_property
    def given(self) -> Numbers:
        """Places of given names."""
        return self.named("given", "given")

    @cached_property
    def family(self) -> Numbers:
        """Places of family names, in the form that the person's gender takes."""
        return self.named("family", "family")

    @cached_property
    def given_letters(self) -> Numbers:
        """Among romanised names, the places of the given names' first letters."""
        return self.lexicon.initial[self.given] + len(self.lexicon.initial)

    @cached_property
    def family_letters(self) -> Numbers:
        """Among romanised names, the places of the family names' first letters."""
        return self.lexicon.initial[self.family] + len(self.lexicon.initial)

    @cached_property
    def homes(self) -> Numbers:
        """Places of homes; earlier ones likelier."""
        return self.choose("place", self.lexicon.places)

    @cached_property
    def houses(self) -> Numbers:
        """The house within the street, as a place among all houses of all locales."""
        house = below(self.draw("house number"), HOUSES)
        three = self.lexicon.in_blocks[self.locales]
        if three.any():
            block, lot, last = (
                below(self.draw(f"house {part}"), size)
                for part, size in zip(("block", "lot", "house"), BLOCKS, strict=True)
            )
            house = np.where(three, (block * BLOCKS[1] + lot) * BLOCKS[2] + last, house)
        return house + self.lexicon.houses.starts[self.locales]

    @cached_property
    def street(self) -> Text:
        """Street and house."""
        before, behind = self.lexicon.beside_street
        street = Chosen(self.lexicon.street, self.choose("street", self.lexicon.streets))
        return [Chosen(before, self.houses), street, Chosen(behind, self.houses)]

    @cached_property
    def companies(self) -> Companies:
        """The row's own company, another for each serial."""
        return companies(self.stream, self.lexicon, self.locales, self.serials, self.draw("legal"))

    @cached_property
    def employers(self) -> Companies:
        """Where the row's person works; few companies with many people, as it is."""
        drawn = np.minimum(below(self.draw("employer"), _EMPLOYERS), below(self.draw("employer size"), _EMPLOYERS))
        serials = drawn.astype(np.uint64)
        legal = mix(key(int(self.stream), "employer legal"), serials)
        return companies(self.stream, self.lexicon, self.locales, serials, legal)

    @cached_property
    def tag(self) -> Text:
        """Digits that no other serial of the table has: two for the first hundred, then as many as are needed."""
        return number_parts(_tag_numbers(self.stream, self.serials), DECIMAL, 2)


def tags(stream: np.uint64, serials: Words) -> list[str]:
    """Digits unique to each serial: 00 to 99 below 100, then numbers of as many digits as the serial has."""
    return [f"{number:02d}" for number in _tag_numbers(stream, serials).tolist()]


def _tag_numbers(stream: np.uint64, serials: Words) -> Words:
    return shuffled(stream, serials, 10, "tag")
