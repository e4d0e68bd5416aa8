"""Short realistic text by seed for columns that nobody authored: titles, sentences, codes, tokens, web addresses."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from llmgen.errors import InputError
from llmgen.reserved import ACCEPTED_CARDS, TEST_CARDS
from llmgen.values.streams import Words, key, mix, permute

_CARD_NUMBERS = sorted(number for number in TEST_CARDS if len(number) == 16)
_LAST4 = {"Visa": "4242", "Mastercard": "4444", "American Express": "0005", "Discover": "1117", "JCB": "0505"}

_QUALITIES = (
    "Annual", "Compact", "Customer", "Daily", "Digital", "Early", "Easy", "Essential", "Everyday", "Extended", "Final",
    "First", "Flexible", "Global", "Green", "Internal", "Late", "Local", "Modern", "Monthly", "Northern", "Open",
    "Original", "Partner", "Practical", "Premium", "Quarterly", "Quick", "Quiet", "Regional", "Revised", "Seasonal",
    "Shared", "Simple", "Spring", "Standard", "Team", "Updated", "Weekly", "Winter",
)  # fmt: skip
_THINGS = (
    "agenda", "analysis", "archive", "audit", "briefing", "budget", "bundle", "calendar", "campaign", "catalogue",
    "checklist", "collection", "course", "delivery", "draft", "edition", "estimate", "exchange", "forecast", "guide",
    "handbook", "inventory", "journal", "launch", "ledger", "migration", "newsletter", "notebook", "offer", "outline",
    "overview", "plan", "project", "proposal", "report", "review", "roadmap", "schedule", "series", "survey", "toolkit",
    "tour", "update", "workshop",
)  # fmt: skip
_DOERS = (
    "The customer", "Our team", "The supplier", "Support", "The new colleague", "The driver", "A reviewer",
    "The account manager", "The warehouse", "Finance", "The caller", "The office", "The organizer", "The author",
)  # fmt: skip
_DEEDS = (
    "asked for", "confirmed", "sent", "is waiting for", "has checked", "would like to change", "postponed", "prepared",
    "returned", "approved", "could not find", "is happy with", "shared", "replaced", "has questions about", "cancelled",
)  # fmt: skip
_OBJECTS = (
    "the latest invoice", "a second delivery", "the signed contract", "the shipping label", "a smaller size",
    "the travel dates", "the updated price list", "two more seats", "the first draft", "the opening hours",
    "a replacement part", "the meeting notes", "the refund", "the access rights", "the monthly report", "a larger room",
)  # fmt: skip
_ENDS = (
    "before the weekend", "after a short call", "without any trouble", "as agreed", "for the whole team",
    "this morning", "and will follow up", "by the end of the month", "because of the delay", "in person",
    "at no extra cost", "with a few changes", "once the order arrives", "and left a note",
)  # fmt: skip
_WORDS = (
    "alpha", "basic", "bronze", "central", "classic", "core", "custom", "default", "east", "extra", "field", "general",
    "gold", "harbor", "high", "inbound", "large", "light", "low", "main", "manual", "medium", "north", "online",
    "other", "outbound", "partner", "plain", "primary", "regular", "remote", "retail", "secondary", "silver", "small",
    "south", "special", "standard", "web", "west",
)  # fmt: skip
_MEASURES = ("pcs", "kg", "g", "l", "ml", "m", "cm", "box", "pair", "set", "hour", "pack")
_FILES = ("application/pdf", "image/png", "image/jpeg", "text/csv", "text/plain", "application/json", "application/zip")
_ENDINGS = ("pdf", "png", "jpg", "csv", "txt", "json", "zip")
_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{0}.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1 (KHTML, like Gecko) Version/17.5 Safari/605.1",
    "curl/8.{1}.0",
)
# RFC 5737 keeps these networks for documentation, RFC 7042 section 2.1.2 the MAC addresses 00-00-5E-00-53-00 to FF.
_NETWORKS = ("192.0.2", "198.51.100", "203.0.113")
_MAC = "00:00:5e:00:53"
_COLOURS = (
    "#1f6feb",
    "#2da44e",
    "#bf3989",
    "#d4a72c",
    "#8250df",
    "#cf222e",
    "#0a7ea4",
    "#57606a",
    "#ff8c42",
    "#14746f",
)
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TOKEN_LENGTH = 14
# A stride that is a prime above every count it meets leaves no two marks at one place.
_STRIDE, _OFFSET = 2_305_843_009_213_693_951, 1_442_695_040_888_963_407
_HASH_LENGTH = 64


class Draws:
    """The numbers of a column's rows by purpose, each purpose drawn once for all rows."""

    def __init__(self, stream: np.uint64, rows: Words) -> None:
        self._stream, self._rows = stream, rows
        self._drawn: dict[str, list[int]] = {}

    def of(self, purpose: str) -> list[int]:
        """One 64-bit number a row."""
        if purpose not in self._drawn:
            self._drawn[purpose] = mix(key(int(self._stream), purpose), self._rows).tolist()
        return self._drawn[purpose]


@dataclass(frozen=True)
class Cell:
    """What one cell is written from: numbers by purpose, the table's noun, a mark no other row has (or -1), a limit."""

    draws: Draws
    place: int
    noun: str
    mark: int
    limit: int

    def draw(self, purpose: str, count: int) -> int:
        """A number below `count`."""
        return self.draws.of(purpose)[self.place] * count >> 64

    def choose(self, purpose: str, items: Sequence[str]) -> str:
        """One of the items."""
        return items[self.draw(purpose, len(items))]

    def number(self, purpose: str, count: int) -> int:
        """A number below `count` from the row's mark, another for each such mark; drawn if there is no mark."""
        if self.mark < 0:
            return self.draw(purpose, count)
        return (self.mark * _STRIDE + _OFFSET) % count if self.mark < count else self.mark


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
    if provider not in WRITERS:
        raise InputError(f"nobody writes {provider!r}", f"choose among {', '.join(WRITERS)}")
    write, room = WRITERS[provider], limit if limit is not None else 10_000
    marks = _marks(stream, serials) if serials is not None else None
    draws = Draws(stream, rows)
    cells = [Cell(draws, place, noun or "item", marks[place] if marks else -1, room) for place in range(len(rows))]
    if marks is None:
        return [_cut(write(cell), room) for cell in cells]
    return [write(cell) if provider in _MARKED else _distinct(write(cell), cell, provider) for cell in cells]


def _marks(stream: np.uint64, serials: Words) -> list[int]:
    """Serials shuffled among those of as many base-32 digits, so that neighbours do not look like neighbours."""
    marks = np.zeros(len(serials), dtype=np.uint64)
    sizes = np.searchsorted(np.array([32**power for power in range(2, 12)], dtype=np.uint64), serials, side="right")
    for size in sorted(set(sizes.tolist())):
        first, places = (32 ** (size + 1) if size else 0), np.flatnonzero(sizes == size)
        count = 32 ** (size + 2) - first
        marks[places] = permute(serials[places] - np.uint64(first), count, key(int(stream), "mark", size))
        marks[places] += np.uint64(first)
    numbers: list[int] = marks.tolist()
    return numbers


def _distinct(text: str, cell: Cell, provider: str) -> str:
    """The text with the row's mark behind it (before a file's ending), the text shortened to make room."""
    mark = _digits(cell.mark, _CROCKFORD, 2)
    joint = (
        " " if provider in ("title", "sentence", "paragraph", "word", "measure", "card_brand", "user_agent") else "-"
    )
    stem, dot, ending = text.rpartition(".") if provider == "file_name" else (text, "", "")
    mark = mark.lower() if joint == "-" else mark
    tail = f"{joint}{mark}{dot}{ending}"
    return (stem[: max(0, cell.limit - len(tail))].rstrip(" -") + tail).lstrip(" -")[-cell.limit :]


def _digits(number: int, alphabet: str, least: int) -> str:
    digits = ""
    while number or len(digits) < least:
        number, digit = divmod(number, len(alphabet))
        digits = alphabet[digit] + digits
    return digits


def _cut(text: str, limit: int) -> str:
    """Whole words as far as they fit, then letters."""
    if len(text) <= limit:
        return text
    head = text[: limit + 1].rpartition(" ")[0] or text[:limit]
    return head.rstrip(" ,;.-")


def _title(cell: Cell) -> str:
    return f"{cell.choose('quality', _QUALITIES)} {cell.choose('thing', _THINGS)}"


def _sentence(cell: Cell, number: int = 0) -> str:
    parts = (_DOERS, _DEEDS, _OBJECTS, _ENDS)
    return " ".join(cell.choose(f"part {number} {place}", part) for place, part in enumerate(parts)) + "."


def _paragraph(cell: Cell) -> str:
    """Two to four sentences; those that do not fit are left out."""
    text = _sentence(cell)
    for number in range(1, 2 + cell.draw("sentences", 3)):
        longer = f"{text} {_sentence(cell, number)}"
        text = longer if len(longer) <= cell.limit else text
    return text


def prefix(noun: str) -> str:
    """The short mark of a table in tokens: `customer` -> cus, `payment_method` -> pm."""
    parts = noun.lower().replace("-", "_").split("_")
    return "".join(part[0] for part in parts if part)[:4] if len(parts) > 1 else parts[0][:3]


def _token(cell: Cell, head: str = "") -> str:
    head = head or f"{prefix(cell.noun)}_"
    size = min(_TOKEN_LENGTH, cell.limit - len(head))
    if size < 10:
        head, size = "", min(_TOKEN_LENGTH, cell.limit)
    own = _digits(cell.mark, _BASE62, 3) if cell.mark >= 0 else ""
    rest = _digits(cell.draw("signs", 62**8), _BASE62, 8) + _digits(cell.draw("more signs", 62**8), _BASE62, 8)
    return head + (rest[: max(0, size - len(own))] + own)[-size:]


def _payment_token(cell: Cell) -> str:
    if cell.mark >= 0:
        return _token(cell, "pm_")
    return cell.choose("card", [item for item in ACCEPTED_CARDS if len(item) <= cell.limit] or ACCEPTED_CARDS)


def _card_number(cell: Cell) -> str:
    """A documented test number; where each must differ, one of 400000, which Stripe's test cards begin with."""
    if cell.mark < 0:
        return cell.choose("pan", _CARD_NUMBERS)
    digits = f"400000{cell.mark % 10**9:09}"
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(digits)]
    return f"{digits}{-sum(number // 10 + number % 10 for number in doubled) % 10}"


def _code(cell: Cell) -> str:
    """INV-7F3K2Q; without its prefix where there is no room, and shorter still in narrow columns."""
    size = min(6, cell.limit)
    digits = _digits(cell.number("code", 32**size), _CROCKFORD, size)
    head = f"{prefix(cell.noun).upper()}-"
    return (head if len(head) + len(digits) <= cell.limit else "") + digits[-cell.limit :]


def _hash(cell: Cell) -> str:
    size = min(_HASH_LENGTH, cell.limit)
    digits = "".join(f"{cell.draw(f'word {place}', 2**60):015x}" for place in range(-(-size // 15)))
    own = f"{cell.mark:x}" if cell.mark >= 0 else ""
    return (digits[: max(0, size - len(own))] + own)[-size:]


def _slug(cell: Cell) -> str:
    return _title(cell).lower().replace(" ", "-")


def _path(cell: Cell) -> str:
    return f"/{cell.noun}s/{_slug(cell)}"


def _file_name(cell: Cell) -> str:
    return f"{_slug(cell)}.{cell.choose('ending', _ENDINGS)}"


def _ip(cell: Cell) -> str:
    """IPv4 for as long as the networks have addresses, then the IPv6 block that RFC 3849 keeps."""
    networks = _NETWORKS if cell.limit >= 14 else _NETWORKS[:1]
    place = cell.number("address", len(networks) * 254)
    if place >= len(networks) * 254 and cell.limit >= 20:
        return f"2001:db8::{place >> 16:x}:{place & 0xFFFF:x}"
    return f"{networks[place // 254 % len(networks)]}.{place % 254 + 1}"


def _mac(cell: Cell) -> str:
    """The documentation block; beyond it addresses that are marked as locally administered."""
    place = cell.number("mac", 256)
    tail = ":".join(f"{place >> shift & 0xFF:02x}" for shift in (24, 16, 8, 0))
    return f"{_MAC}:{place:02x}" if place < 256 else f"02:00:{tail}"


def _version(cell: Cell) -> str:
    if cell.mark >= 0:
        return f"{cell.mark // 400}.{cell.mark // 20 % 20}.{cell.mark % 20}"[: cell.limit]
    numbers = [cell.draw(purpose, count) for purpose, count in (("major", 6), ("minor", 20), ("patch", 12))]
    return ".".join(str(number) for number in numbers)


def _colour(cell: Cell) -> str:
    return f"#{cell.number('colour', 2**24):06x}" if cell.mark >= 0 else cell.choose("colour", _COLOURS)


def _last4(cell: Cell) -> str:
    return f"{cell.number('card', 10**4):04d}" if cell.mark >= 0 else cell.choose("card", sorted(_LAST4.values()))


def _user_agent(cell: Cell) -> str:
    return cell.choose("agent", _AGENTS).format(120 + cell.draw("browser", 20), cell.draw("tool", 10))


def _page(cell: Cell) -> str:
    return f"https://www.example.com/{_slug(cell)}"


def _image(cell: Cell) -> str:
    return f"https://images.example.com/{cell.number('image', 10**6):06d}.png"


WRITERS: Mapping[str, Callable[[Cell], str]] = {
    "title": _title,
    "sentence": _sentence,
    "paragraph": _paragraph,
    "word": lambda cell: cell.choose("word", _WORDS),
    "slug": _slug,
    "code": _code,
    "token": _token,
    "payment_token": _payment_token,
    "hash": _hash,
    "colour": _colour,
    "path": _path,
    "file_name": _file_name,
    "mime": lambda cell: cell.choose("mime", [item for item in _FILES if len(item) <= cell.limit] or _FILES),
    "user_agent": _user_agent,
    "ip": _ip,
    "mac": _mac,
    "version": _version,
    "page_url": _page,
    "image_url": _image,
    "measure": lambda cell: cell.choose("measure", _MEASURES),
    "card_number": _card_number,
    "card_last4": _last4,
    "card_brand": lambda cell: cell.choose("card", sorted(_LAST4)),
    "empty": lambda cell: "",
}
"""Provider -> one cell. The keys are all that text_cells writes."""

_MARKED = frozenset(
    {
        "code",
        "token",
        "payment_token",
        "hash",
        "colour",
        "ip",
        "mac",
        "version",
        "image_url",
        "card_last4",
        "card_number",
    }
)
"""Those that write the row's mark themselves, because a mark behind them would spoil their form."""
