"""Short realistic text by seed for columns that nobody authored: titles, sentences, codes, tokens, web addresses."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from llmgen.errors import InputError
from llmgen.reserved import ACCEPTED_CARDS, TEST_CARDS
from llmgen.values.parts import (
    DECIMAL,
    HEX,
    Chosen,
    Digits,
    Items,
    Part,
    Text,
    by_count,
    cases,
    cells,
    column,
    digit_counts,
    digits,
    items,
    number_parts,
    shortened,
    shuffled,
)
from llmgen.values.streams import Numbers, Words, below, key, mix
from llmgen.values.vocabulary import (
    AGENTS,
    COLOURS,
    DEEDS,
    DOERS,
    ENDINGS,
    ENDS,
    FILES,
    MAC,
    MEASURES,
    NETWORKS,
    OBJECTS,
    QUALITIES,
    THINGS,
    WORDS,
)

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TOKEN_LENGTH = 14
# A stride that is a prime above every count it meets leaves no two marks at one place.
_STRIDE, _OFFSET = 2_305_843_009_213_693_951, 1_442_695_040_888_963_407
_HASH_LENGTH = 64
_NO_LIMIT = 10_000

_CARD_NUMBERS = sorted(number for number in TEST_CARDS if len(number) == 16)
_LAST4 = {"Visa": "4242", "Mastercard": "4444", "American Express": "0005", "Discover": "1117", "JCB": "0505"}


def _pairs(first: Sequence[str], second: Sequence[str], form: str = "{} {}") -> Items:
    """Every text of one with every text of the other; the place is `first * len(second) + second`."""
    return Items(
        len(first) * len(second),
        lambda place: form.format(first[place // len(second)], second[place % len(second)]),
    )


_TITLES = _pairs(QUALITIES, THINGS)
_SLUGS = Items(_TITLES.count, lambda place: _TITLES.text(place).lower().replace(" ", "-"))
_SUBJECTS, _LATER_SUBJECTS = _pairs(DOERS, DEEDS), _pairs(DOERS, DEEDS, " {} {}")
_PREDICATES = _pairs(OBJECTS, ENDS, " {} {}.")
_AGENT_ITEMS = Items(len(AGENTS) * 200, lambda place: AGENTS[place // 200].format(120 + place // 10 % 20, place % 10))
_ADDRESSES = Items(len(NETWORKS) * 254, lambda place: f"{NETWORKS[place // 254]}.{place % 254 + 1}")
_VERSIONS = Items(6 * 20 * 12, lambda place: f"{place // 240}.{place // 12 % 20}.{place % 12}")
_LATER_VERSIONS = Items(400, lambda place: f".{place // 20}.{place % 20}")
_LUHN = np.array([digit // 5 + digit * 2 % 10 for digit in range(10)], dtype=np.uint64)


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
        strode = (self.marks % size * np.uint64(_STRIDE % count) + np.uint64(_OFFSET % count)) % size
        return np.where(self.marks < size, strode, self.marks)


@cache
def _items(texts: tuple[str, ...]) -> Items:
    return items(texts)


def text_cells(
    provider: str,
    stream: np.uint64,
    rows: Words,
    noun: str = "",
    limit: int | None = None,
    serials: Words | None = None,
) -> list[str]:
    """One provider's cells (see WRITERS), one a row; `stream` is the column's (`key(seed, table, column)`).

    `noun` is what a row of the table is (`customer`); prefixes and paths are made of it. With `serials` (dense, from 0)
    cells are distinct for distinct serials as long as the limit has room for the serial; without, cells may repeat.
    """
    draws = _draws(provider, stream, rows, noun, limit, serials)
    found = cells(_text(provider, draws), len(rows))
    if limit is None or not _is_shortened(provider, draws):
        return found
    long = [place for place, value in enumerate(found) if len(value) > limit]
    short = _shorten(provider, draws, np.array(long, dtype=np.int64), [found[place] for place in long])
    for place, value in zip(long, short, strict=True):
        found[place] = value
    return found


def text_column(
    provider: str,
    stream: np.uint64,
    rows: Words,
    noun: str = "",
    limit: int | None = None,
    serials: Words | None = None,
) -> Any:
    """The same cells as a StringArray."""
    draws = _draws(provider, stream, rows, noun, limit, serials)
    found = column(_text(provider, draws), len(rows))
    return shortened(
        found,
        limit if _is_shortened(provider, draws) else None,
        lambda long, texts: _shorten(provider, draws, long, texts),
    )


def _draws(provider: str, stream: np.uint64, rows: Words, noun: str, limit: int | None, serials: Words | None) -> Draws:
    if provider not in WRITERS:
        raise InputError(f"nobody writes {provider!r}", f"choose among {', '.join(WRITERS)}")
    marks = None if serials is None else shuffled(stream, serials, len(CROCKFORD), "mark")
    return Draws(stream, rows, noun or "item", marks, _NO_LIMIT if limit is None else limit)


def _text(provider: str, draws: Draws) -> Text:
    """The provider's text, with the row's mark behind it where it writes none itself."""
    text = WRITERS[provider](draws)
    if draws.marks is None or provider in _MARKED:
        return text
    joint = _joint(provider)
    mark = number_parts(draws.marks, CROCKFORD if joint == " " else CROCKFORD.lower(), 2)
    if provider == "file_name":
        return [*text[:-1], joint, *mark, text[-1]]
    return [*text, joint, *mark] if provider != "empty" else mark


def _joint(provider: str) -> str:
    return " " if provider in _WORDED else "-"


def _is_shortened(provider: str, draws: Draws) -> bool:
    return draws.marks is None or provider not in _MARKED or provider == "version"


def _shorten(provider: str, draws: Draws, rows: Numbers, texts: Sequence[str]) -> list[str]:
    """Texts of some rows that are too long, shortened; a mark stays whole as far as the limit has room for it."""
    if draws.marks is None:
        return [_cut(text, draws.limit) for text in texts]
    if provider == "version":
        return [text[: draws.limit] for text in texts]
    marks = draws.marks[rows].tolist()
    return [_cut_before_mark(text, mark, provider, draws.limit) for text, mark in zip(texts, marks, strict=True)]


def _cut_before_mark(text: str, mark: int, provider: str, limit: int) -> str:
    joint, sign = _joint(provider), digits(mark, CROCKFORD, 2)
    ending = text[text.rindex(".") :] if provider == "file_name" else ""
    tail = f"{joint}{sign if joint == ' ' else sign.lower()}{ending}"
    stem = text[: max(0, len(text) - len(tail))]
    return (stem[: max(0, limit - len(tail))].rstrip(" -") + tail).lstrip(" -")[-limit:]


def _cut(text: str, limit: int) -> str:
    """Whole words as far as they fit, then letters."""
    head = text[: limit + 1].rpartition(" ")[0] or text[:limit]
    return head.rstrip(" ,;.-")


def _title_places(draws: Draws) -> Numbers:
    return draws.draw("quality", len(QUALITIES)) * len(THINGS) + draws.draw("thing", len(THINGS))


def _slug(draws: Draws) -> Chosen:
    return Chosen(_SLUGS, _title_places(draws))


def _sentence(draws: Draws, number: int = 0) -> tuple[Chosen, Chosen]:
    doer, deed, thing, end = (
        draws.draw(f"part {number} {place}", len(texts)) for place, texts in enumerate((DOERS, DEEDS, OBJECTS, ENDS))
    )
    subjects = _LATER_SUBJECTS if number else _SUBJECTS
    return Chosen(subjects, doer * len(DEEDS) + deed), Chosen(_PREDICATES, thing * len(ENDS) + end)


def _paragraph(draws: Draws) -> Text:
    """Two to four sentences; those that do not fit are left out."""
    text = list(_sentence(draws))
    length, more = sum(part.lengths for part in text), draws.draw("sentences", 3)
    for number in range(1, 4):
        sentence = _sentence(draws, number)
        longer = length + sum(part.lengths for part in sentence)
        kept = (longer <= draws.limit) & (number <= more + 1)
        text.extend(part.only(kept) for part in sentence)
        length = np.where(kept, longer, length)
    return text


def prefix(noun: str) -> str:
    """The short mark of a table in tokens: `customer` -> cus, `payment_method` -> pm."""
    parts = noun.lower().replace("-", "_").split("_")
    return "".join(part[0] for part in parts if part)[:4] if len(parts) > 1 else parts[0][:3]


def _token(draws: Draws, head: str = "") -> Text:
    head = head or f"{prefix(draws.noun)}_"
    size = min(_TOKEN_LENGTH, draws.limit - len(head))
    if size < 10:
        head, size = "", min(_TOKEN_LENGTH, draws.limit)
    drawn = [draws.draw(purpose, len(BASE62) ** 8) for purpose in ("signs", "more signs")]
    return [head, *_signed(draws, drawn, (BASE62, 8, 3), size)] if head else _signed(draws, drawn, (BASE62, 8, 3), size)


def _signed(draws: Draws, drawn: Sequence[Numbers], form: tuple[str, int, int], size: int) -> Text:
    """The drawn numbers' first digits, then all of the row's mark: `size` together.

    `form` is the alphabet, how many digits each drawn number has, and how many a mark has at least.
    """
    alphabet, each, least = form
    marks = draws.marks
    counts = np.zeros(len(draws.rows), dtype=np.int64) if marks is None else digit_counts(marks, alphabet, least)

    def written(own: int, rows: Numbers) -> Text:
        parts: list[Part] = []
        for place, numbers in enumerate(drawn):
            width = min(each, size - own - place * each)
            if width > 0:
                first = numbers[rows].astype(np.uint64) // np.uint64(len(alphabet) ** (each - width))
                parts.append(Digits(first, alphabet, width))
        return parts if marks is None else [*parts, Digits(marks[rows], alphabet, min(own, size))]

    return by_count(counts, written)


def _payment_token(draws: Draws) -> Text:
    if draws.marks is not None:
        return _token(draws, "pm_")
    return [draws.choose("card", [item for item in ACCEPTED_CARDS if len(item) <= draws.limit] or ACCEPTED_CARDS)]


def _card_number(draws: Draws) -> Text:
    """A documented test number; where each must differ, one of 400000, which Stripe's test cards begin with."""
    if draws.marks is None:
        return [draws.choose("pan", _CARD_NUMBERS)]
    own = draws.marks % np.uint64(10**9)
    total = np.full(len(own), _LUHN[4])
    for place in range(9):
        digit = own // np.uint64(10**place) % np.uint64(10)
        total += digit if place % 2 else _LUHN[digit.astype(np.int64)]
    check = (np.uint64(10) - total % np.uint64(10)) % np.uint64(10)
    return ["400000", Digits(own * np.uint64(10) + check, DECIMAL, 10)]


def _code(draws: Draws) -> Text:
    """INV-7F3K2Q; without its prefix where there is no room, and shorter still in narrow columns."""
    size, head = min(6, draws.limit), f"{prefix(draws.noun).upper()}-"
    numbers = draws.number("code", len(CROCKFORD) ** size)

    def written(count: int, rows: Numbers) -> Text:
        own = Digits(numbers[rows], CROCKFORD, min(count, draws.limit))
        return [head, own] if len(head) + count <= draws.limit else [own]

    return by_count(digit_counts(numbers, CROCKFORD, size), written)


def _hash(draws: Draws) -> Text:
    size = min(_HASH_LENGTH, draws.limit)
    drawn = [draws.draw(f"word {place}", 2**60) for place in range(-(-size // 15))]
    return _signed(draws, drawn, (HEX, 15, 1), size)


def _ip(draws: Draws) -> Text:
    """IPv4 for as long as the networks have addresses, then the IPv6 block that RFC 3849 keeps."""
    count = 254 * (len(NETWORKS) if draws.limit >= 14 else 1)
    places = draws.number("address", count)

    def written(late: int, rows: Numbers) -> Text:
        own = places[rows]
        if not late:
            return [Chosen(_ADDRESSES, (own % np.uint64(count)).astype(np.int64))]
        high, low = (number_parts(number, HEX) for number in (own >> np.uint64(16), own & np.uint64(0xFFFF)))
        return ["2001:db8::", *high, ":", *low]

    return cases(((places >= count) & (draws.limit >= 20)).astype(np.int64), 2, written)


def _mac(draws: Draws) -> Text:
    """The documentation block; beyond it addresses that are marked as locally administered."""
    places = draws.number("mac", 256)

    def written(late: int, rows: Numbers) -> Text:
        own = places[rows]
        if not late:
            return [MAC, Digits(own, HEX, 2)]
        one, two, three, four = (Digits(own >> np.uint64(shift), HEX, 2) for shift in (24, 16, 8, 0))
        return ["02:00:", one, ":", two, ":", three, ":", four]

    return cases((places >= 256).astype(np.int64), 2, written)


def _version(draws: Draws) -> Text:
    if draws.marks is not None:
        major, rest = draws.marks // np.uint64(400), (draws.marks % np.uint64(400)).astype(np.int64)
        return [*number_parts(major), Chosen(_LATER_VERSIONS, rest)]
    major, minor, patch = (
        draws.draw(purpose, count) for purpose, count in (("major", 6), ("minor", 20), ("patch", 12))
    )
    return [Chosen(_VERSIONS, (major * 20 + minor) * 12 + patch)]


def _colour(draws: Draws) -> Text:
    if draws.marks is None:
        return [draws.choose("colour", COLOURS)]
    return ["#", *number_parts(draws.number("colour", 2**24), HEX, 6)]


def _last4(draws: Draws) -> Text:
    if draws.marks is None:
        return [draws.choose("card", sorted(_LAST4.values()))]
    return number_parts(draws.number("card", 10**4), DECIMAL, 4)


def _user_agent(draws: Draws) -> Text:
    agent, browser = draws.draw("agent", len(AGENTS)), draws.draw("browser", 20)
    return [Chosen(_AGENT_ITEMS, agent * 200 + browser * 10 + draws.draw("tool", 10))]


def _mime(draws: Draws) -> Text:
    return [draws.choose("mime", [item for item in FILES if len(item) <= draws.limit] or FILES)]


def _image(draws: Draws) -> Text:
    return ["https://images.example.com/", *number_parts(draws.number("image", 10**6), DECIMAL, 6), ".png"]


WRITERS: Mapping[str, Callable[[Draws], Text]] = {
    "title": lambda draws: [Chosen(_TITLES, _title_places(draws))],
    "sentence": _sentence,
    "paragraph": _paragraph,
    "word": lambda draws: [draws.choose("word", WORDS)],
    "slug": lambda draws: [_slug(draws)],
    "code": _code,
    "token": _token,
    "payment_token": _payment_token,
    "hash": _hash,
    "colour": _colour,
    "path": lambda draws: [f"/{draws.noun}s/", _slug(draws)],
    "file_name": lambda draws: [_slug(draws), draws.choose("ending", ENDINGS)],
    "mime": _mime,
    "user_agent": _user_agent,
    "ip": _ip,
    "mac": _mac,
    "version": _version,
    "page_url": lambda draws: ["https://www.example.com/", _slug(draws)],
    "image_url": _image,
    "measure": lambda draws: [draws.choose("measure", MEASURES)],
    "card_number": _card_number,
    "card_last4": _last4,
    "card_brand": lambda draws: [draws.choose("card", sorted(_LAST4))],
    "empty": lambda draws: [""],
}
"""Provider -> the text of cells. The keys are all that text_cells writes."""

_MARKED = frozenset("code token payment_token hash colour ip mac version image_url card_last4 card_number".split())
"""Those that write the row's mark themselves, because a mark behind them would spoil their form."""

_WORDED = frozenset("title sentence paragraph word measure card_brand user_agent".split())
"""Those that a mark stands behind as a word."""
