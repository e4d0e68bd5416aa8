"""Text in parts, described once for many rows and written as Python strings or as one Arrow column."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt

from llmgen.values.streams import Mask, Numbers, Words, key, permute

DECIMAL = "0123456789"
HEX = "0123456789abcdef"
_GROUP_SIZE = 4096
_MOST_SERIAL = 10**18


@dataclass(frozen=True, eq=False)
class Items:
    """`count` texts that are written when first wanted; the place `count` is no text, for rows without the part."""

    count: int
    write: Callable[[int], str]

    def text(self, place: int) -> str:
        """The text at a place."""
        return self.write(place) if place < self.count else ""

    @cached_property
    def array(self) -> Any:
        """All of them as a StringArray."""
        import pyarrow as pa

        return pa.array([*map(self.write, range(self.count)), ""], pa.string())

    @cached_property
    def lengths(self) -> Numbers:
        """Characters of each."""
        return np.array([*map(len, map(self.write, range(self.count))), 0], dtype=np.int64)


def items(texts: Sequence[str]) -> Items:
    """Items that are written already."""
    return Items(len(texts), texts.__getitem__)


@dataclass(frozen=True, eq=False)
class Chosen:
    """One of the items a row."""

    items: Items
    places: Numbers

    @property
    def lengths(self) -> Numbers:
        """Characters a row."""
        return np.asarray(self.items.lengths[self.places])

    def only(self, where: Mask) -> "Chosen":
        """The same, but nothing in the other rows."""
        return Chosen(self.items, np.where(where, self.places, self.items.count))


@dataclass(frozen=True, eq=False)
class Digits:
    """A number a row in exactly `width` digits: the last ones of a longer number, zeros before a shorter one."""

    numbers: Words
    alphabet: str
    width: int


@dataclass(frozen=True, eq=False)
class Cases:
    """Rows written in different ways: `forms[i]` has one entry for each row whose `which` is i, in the rows' order."""

    which: Numbers
    forms: Sequence["Text"]


Part = str | Chosen | Digits | Cases
Text = Sequence[Part]


def cases(which: Numbers, count: int, form: Callable[[int, Numbers], Text]) -> Text:
    """`form(i, positions)` for the rows whose `which` is i below `count`; plainly that form if it is every row's."""
    positions = [np.flatnonzero(which == case) for case in range(count)]
    for case, found in enumerate(positions):
        if len(found) == len(which):
            return form(case, found)
    return [Cases(which, [form(case, found) if len(found) else [""] for case, found in enumerate(positions)])]


def by_count(counts: Numbers, form: Callable[[int, Numbers], Text]) -> Text:
    """`form(n, positions)` for the rows whose count is n."""
    least = int(counts.min()) if len(counts) else 0
    return cases(counts - least, int(counts.max(initial=least)) - least + 1, lambda n, rows: form(n + least, rows))


def cells(text: Text, count: int) -> list[str]:
    """The text of `count` rows as Python strings."""
    columns = [_strings(part, count) for part in text]
    return list(columns[0]) if len(columns) == 1 else list(map("".join, zip(*columns, strict=True)))


def _strings(part: Part, count: int) -> Sequence[str]:
    if isinstance(part, str):
        return list(repeat(part, count))
    if isinstance(part, Chosen):
        return list(map(part.items.text, part.places.tolist()))
    if isinstance(part, Digits):
        return [digits(number, part.alphabet, part.width, part.width) for number in part.numbers.tolist()]
    found = [""] * count
    for case, form in enumerate(part.forms):
        positions = np.flatnonzero(part.which == case).tolist()
        for position, value in zip(positions, cells(form, len(positions)), strict=True):
            found[position] = value
    return found


def column(text: Text, count: int) -> Any:
    """The text of `count` rows as a StringArray."""
    import pyarrow as pa
    import pyarrow.compute as pc

    arrays = [_array(part, count) for part in text]
    joined = pc.binary_join_element_wise(*arrays, "") if len(arrays) > 1 else arrays[0]
    return pa.repeat(joined, count) if isinstance(joined, pa.Scalar) else joined


def _array(part: Part, count: int) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    if isinstance(part, str):
        return pa.scalar(part, pa.string())
    if isinstance(part, Chosen):
        return pc.take(part.items.array, pa.array(part.places), boundscheck=False)
    if isinstance(part, Digits):
        return _digit_array(part)
    order, written, start = np.empty(count, dtype=np.int64), [], 0
    for case, form in enumerate(part.forms):
        positions = np.flatnonzero(part.which == case)
        order[positions] = np.arange(start, start + len(positions))
        written.append(column(form, len(positions)))
        start += len(positions)
    return pc.take(pa.concat_arrays(written), pa.array(order), boundscheck=False)


def _digit_array(part: Digits) -> Any:
    """Two digits at a time, each pair one 16-bit number of a table; the first digit alone where the width is odd."""
    import pyarrow as pa

    pairs, base = _pairs(part.alphabet), np.uint64(len(part.alphabet) ** 2)
    written = np.empty((len(part.numbers), (part.width + 1) // 2), dtype=np.uint16)
    rest = part.numbers
    for place in range(written.shape[1] - 1, -1, -1):
        more = rest // base
        written[:, place] = pairs[(rest - more * base).astype(np.int64)]
        rest = more
    signs = np.ascontiguousarray(written.view(np.uint8)[:, part.width % 2 :])
    offsets = np.arange(len(part.numbers) + 1, dtype=np.int32) * np.int32(part.width)
    return pa.StringArray.from_buffers(len(part.numbers), pa.py_buffer(offsets), pa.py_buffer(signs))


@cache
def _pairs(alphabet: str) -> npt.NDArray[np.uint16]:
    signs = alphabet.encode("ascii")
    return np.frombuffer(b"".join(bytes((one, two)) for one in signs for two in signs), dtype=np.uint16)


def digits(number: int, alphabet: str, least: int, most: int | None = None) -> str:
    """A number in an alphabet's digits, at least so many, and of a long one only the last `most`."""
    found = ""
    while number or len(found) < least:
        number, digit = divmod(number, len(alphabet))
        found = alphabet[digit] + found
    return found if most is None else found[len(found) - most :]


def digit_counts(numbers: Words, alphabet: str, least: int) -> Numbers:
    """How many digits `digits` writes for each number."""
    powers, power = [1], len(alphabet)
    while power < 1 << 64:
        powers.append(power)
        power *= len(alphabet)
    found = np.searchsorted(np.array(powers, dtype=np.uint64), numbers, side="right")
    return np.maximum(found, least).astype(np.int64)


def number_parts(numbers: Words, alphabet: str = DECIMAL, least: int = 1) -> list[Part]:
    """Numbers as `digits` writes them, in as many digits as each one has."""
    counts = digit_counts(numbers, alphabet, least)
    most = int(counts.max(initial=least))
    if int(counts.min(initial=most)) == most:
        return [Digits(numbers, alphabet, most)]
    size = _group_digits(alphabet)
    starts = np.array([sum(len(alphabet) ** below for below in range(width)) for width in range(size + 1)])
    found: list[Part] = []
    rest, base = numbers, np.uint64(len(alphabet) ** size)
    for group in range(-(-most // size)):
        more = rest // base
        widths = np.clip(counts - group * size, 0, size)
        found.insert(0, Chosen(_groups(alphabet), starts[widths] + (rest - more * base).astype(np.int64)))
        rest = more
    return found


def _group_digits(alphabet: str) -> int:
    return max(width for width in range(1, 10) if len(alphabet) ** width <= _GROUP_SIZE)


@cache
def _groups(alphabet: str) -> Items:
    """Every number of no digit, then of one, of two, up to a group's."""

    def write(place: int) -> str:
        width = 0
        while place >= len(alphabet) ** width:
            place -= len(alphabet) ** width
            width += 1
        return digits(place, alphabet, width)

    return Items(sum(len(alphabet) ** width for width in range(_group_digits(alphabet) + 1)), write)


def shuffled(stream: np.uint64, serials: Words, base: int, purpose: str) -> Words:
    """Another number for each serial, shuffled among those of as many digits in the base: at least two."""
    ends = [base**power for power in range(2, 64) if base**power <= _MOST_SERIAL]
    sizes = np.searchsorted(np.array(ends, dtype=np.uint64), serials, side="right")
    least, most = int(sizes.min(initial=len(ends))), int(sizes.max(initial=0))
    if least == most:
        return _shuffled(stream, serials, base, (purpose, most))
    found = np.zeros(len(serials), dtype=np.uint64)
    for size in range(least, most + 1):
        places = np.flatnonzero(sizes == size)
        found[places] = _shuffled(stream, serials[places], base, (purpose, size))
    return found


def _shuffled(stream: np.uint64, serials: Words, base: int, named: tuple[str, int]) -> Words:
    """Serials of one size: those below base squared, or of one number of digits above."""
    _, size = named
    first = base ** (size + 1) if size else 0
    placed = permute(serials - np.uint64(first), base ** (size + 2) - first, key(int(stream), *named))
    placed += np.uint64(first)
    return placed


def byte_lengths(column: Any) -> npt.NDArray[np.int32]:
    """How many bytes each text of a StringArray has."""
    if not len(column):
        return np.zeros(0, dtype=np.int32)
    return np.diff(np.frombuffer(column.buffers()[1], np.int32)[column.offset : column.offset + len(column) + 1])


def shortened(column: Any, limit: int | None, shorten: Callable[[Numbers, Any], Any]) -> Any:
    """The column with `shorten(rows, column of them)`, strings or again a column, in place of what is too long."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if limit is None:
        return column
    if int(byte_lengths(column).max(initial=0)) <= limit:  # no letter is less than a byte
        return column
    long = pc.utf8_length(column).to_numpy() > limit
    if not long.any():
        return column
    rows = np.flatnonzero(long)
    short = shorten(rows, column.take(pa.array(rows)))
    strings = short if isinstance(short, pa.Array) else pa.array(short, pa.string())
    return pc.replace_with_mask(column, pa.array(long), strings)
