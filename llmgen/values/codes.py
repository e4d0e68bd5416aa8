"""Codes, tokens, hashes and addresses by seed: text of digits, which holds its row's mark itself."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from llmgen.reserved import ACCEPTED_CARDS, TEST_CARDS
from llmgen.values.draws import CROCKFORD, Draws, prefix
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
    digit_counts,
    number_parts,
)
from llmgen.values.streams import Numbers
from llmgen.values.vocabulary import COLOURS, LAST4, MAC, NETWORKS

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CARD_NUMBERS = sorted(number for number in TEST_CARDS if len(number) == 16)
_TOKEN_LENGTH = 14
_HASH_LENGTH = 64
_ADDRESSES = Items(len(NETWORKS) * 254, lambda place: f"{NETWORKS[place // 254]}.{place % 254 + 1}")
_VERSIONS = Items(6 * 20 * 12, lambda place: f"{place // 240}.{place // 12 % 20}.{place % 12}")
_LATER_VERSIONS = Items(400, lambda place: f".{place // 20}.{place % 20}")
# A doubled digit of a card's number, the digits of what has two added up.
_LUHN = np.array([digit // 5 + digit * 2 % 10 for digit in range(10)], dtype=np.uint64)


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
        first, rest = draws.marks // np.uint64(400), (draws.marks % np.uint64(400)).astype(np.int64)
        return [*number_parts(first), Chosen(_LATER_VERSIONS, rest)]
    major, minor, patch = (
        draws.draw(purpose, count) for purpose, count in (("major", 6), ("minor", 20), ("patch", 12))
    )
    return [Chosen(_VERSIONS, (major * 20 + minor) * 12 + patch)]


def _colour(draws: Draws) -> Text:
    mark = "#" if draws.limit > 6 else ""
    if draws.marks is None:
        return [draws.choose("colour", COLOURS if mark else [colour.removeprefix("#") for colour in COLOURS])]
    return [mark, *number_parts(draws.number("colour", 2**24), HEX, 6)]


def _last4(draws: Draws) -> Text:
    if draws.marks is None:
        return [draws.choose("card", sorted(LAST4.values()))]
    return number_parts(draws.number("card", 10**4), DECIMAL, 4)


def _image(draws: Draws) -> Text:
    return ["https://images.example.com/", *number_parts(draws.number("image", 10**6), DECIMAL, 6), ".png"]


CODES: Mapping[str, Callable[[Draws], Text]] = {
    "code": _code,
    "token": _token,
    "payment_token": _payment_token,
    "hash": _hash,
    "colour": _colour,
    "ip": _ip,
    "mac": _mac,
    "version": _version,
    "image_url": _image,
    "card_number": _card_number,
    "card_last4": _last4,
}
"""Provider -> the text of cells. A mark behind them would spoil their form, so they write it themselves."""
