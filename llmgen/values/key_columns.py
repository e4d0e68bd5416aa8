"""Keys and other distinct values for many rows: Arrow columns whose cells differ wherever their serials do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from llmgen.errors import InputError
from llmgen.predicates.ranges import Domain, Number, base_domain, closed, encode
from llmgen.schema.arrow import arrow_array, arrow_type
from llmgen.schema.model import Column, Table
from llmgen.values.characters import Bytes, blobs, hexadecimal, texts
from llmgen.values.keys import check_room, key_form, stretches
from llmgen.values.line import MOST, ends, from_numbers, lattice, on_line, unit
from llmgen.values.literals import distinct_literal
from llmgen.values.streams import Numbers, Words, key, mix, permute
from llmgen.values.text_shapes import folded, shape_of, shaped

_UNLIMITED = 1 << 40
_EXACT_FLOAT = 1 << 53
# Neighbours on a grid stay apart in single precision up to this many steps from zero.
_SINGLE = 1 << 22
_SINGLES = ("real", "float")
_UUID_BYTES = 16
_SUBSETS = 12
_MINUTE, _HOUR = 60_000_000, 3_600_000_000
_SPANS = 1_000_000
_DASHES = ((0, 8, 0), (8, 12, 9), (12, 16, 14), (16, 20, 19), (20, 32, 24))

Write = Callable[[Words, np.uint64], pa.Array]


@dataclass(frozen=True)
class _Distinct:
    """How many distinct values a column has (None: no limit) and who writes those of serials below that."""

    room: int | None
    write: Write


def distinct_column(table: Table, column: Column, domain: Domain, serials: Words | Numbers, seed: str) -> pa.Array:
    """A value of the domain for each serial (from 0), distinct for distinct serials; NULL only where it must be.

    Text differs also when its case, accents and trailing blanks are left aside. InputError for a serial beyond `room`.
    """
    if domain.null == "must":
        return pa.nulls(len(serials), arrow_type(column.type))
    found = _distinct(column, domain)
    if found.room is not None and len(serials):
        check_room(table, column, int(serials.max()), found.room)
    return found.write(serials.astype(np.uint64), key(seed, table.name, column.name))


def room(table: Table, column: Column, domain: Domain) -> int | None:
    """How many serials `distinct_column` has a value for; None for as many as anyone may ask for."""
    if domain.null == "must":
        return None
    found = _distinct(column, domain).room
    return None if found is not None and found >= _UNLIMITED else found


def serial_column(column: Column, rows: Words | Numbers, first: int = 1) -> pa.Array:
    """`first`, the next one, and so on by row number, as databases count. InputError beyond what the column holds."""
    numbers = rows.astype(np.int64) + first
    kind = column.type.kind
    if kind == "text":
        return pa.array(numbers).cast(pa.string())
    most = ends(column, base_domain(column))[1]
    per_unit = int(1 / unit(column)) if unit(column) < 1 else 1
    if len(numbers) and int(numbers.max()) * per_unit > most:
        raise InputError(
            f"{column.name} ({column.type.sql}) counts to {most // per_unit:,}, not to {int(numbers.max()):,}",
            "ask for fewer rows, or widen the column",
        )
    return from_numbers(numbers * per_unit, column)


def uuid_column(words: Words) -> pa.Array:
    """The version 4 uuid of each word, as `keys.uuid_key` makes it."""
    digits = hexadecimal(_uuid_bytes(words))
    spelled = np.full((len(words), 36), ord("-"), np.uint8)
    for start, end, at in _DASHES:
        spelled[:, at : at + end - start] = digits[:, start:end]
    return texts(spelled)


def _uuid_bytes(words: Words) -> Bytes:
    content = random_bytes(words, _UUID_BYTES)
    content[:, 6] = content[:, 6] & 0x0F | 0x40
    content[:, 8] = content[:, 8] & 0x3F | 0x80
    return content


def random_bytes(words: Words, size: int) -> Bytes:
    """A matrix of so many bytes for each word, out of its own stream."""
    count = -(-size // 8)
    parts = np.empty((len(words), count), dtype=">u8")
    for place in range(count):
        parts[:, place] = nth(words, place)
    return parts.reshape(-1).view(np.uint8).reshape(len(words), 8 * count)[:, :size]


def nth(words: Words, place: int) -> Words:
    """The number at a place of each word's own stream, as `scalars.Draw` gives them."""
    return mix(words, np.full(len(words), place, np.uint64))


def text_key_column(table: Table, column: Column, words: Words) -> pa.Array:
    """The prefixed mark of each word, as `keys.text_key` makes it."""
    mark, alphabet, size = key_form(table, column)
    letters = np.frombuffer(alphabet.encode(), np.uint8)
    spelled = np.empty((len(words), len(mark) + size), np.uint8)
    spelled[:, : len(mark)] = np.frombuffer(mark.encode(), np.uint8)
    half = np.uint64(32)
    for place in range(size):
        spelled[:, len(mark) + place] = letters[((nth(words, place) >> half) * np.uint64(len(letters))) >> half]
    return texts(spelled)


def _distinct(column: Column, domain: Domain) -> _Distinct:
    kind = column.type.kind
    if domain.values is None and kind == "enum":
        domain = replace(domain, values=column.type.labels)
    if domain.values is not None:
        return _of_set(column, domain)
    if on_line(column):
        return _on_line(column, domain)
    if kind == "text":
        shape = shape_of(domain)
        return _Distinct(shape.room, partial(shaped, shape, domain))
    return _OTHERS[kind](column, domain)


def _of_set(column: Column, domain: Domain) -> _Distinct:
    """Each value of a finite set once, in order; of texts that fold alike the first."""
    values = [value for value in domain.values or () if domain.admits(value)]
    if column.type.folds:
        values = list({folded(value): value for value in reversed(values)}.values())[::-1]
    return _Distinct(len(values), lambda serials, _: _taken(arrow_array(column.type, values), serials))


def _taken(values: pa.Array, serials: Words) -> pa.Array:
    return values.take(pa.array(serials))


def _on_line(column: Column, domain: Domain) -> _Distinct:
    """The serial's place in the stretches of the line, each one a permutation of its own."""
    found, natural = _span_stretches(domain) if domain.kind == "interval" else stretches(column, domain)
    of, own = unit(column), lattice(column, domain)
    ratio = natural / of
    step = int(ratio) if ratio >= own and ratio % own == 0 else own
    least, most = ends(column, domain)
    if domain.kind == "float":
        far = _SINGLE * step if column.type.sql in _SINGLES else _EXACT_FLOAT
        least, most = max(least, -far), min(most, far)
    excluded = [Fraction(encode(value)) / of for value in domain.excluded]
    parts = [_Stretch.of(max(least, -int(-low // of)), min(most, int(high // of)), step, own, excluded)
             for low, high in found]  # fmt: skip
    total = sum(part.room for part in parts)

    def write(serials: Words, stream: np.uint64) -> pa.Array:
        numbers, rest = np.zeros(len(serials), np.int64), serials.copy()
        open_ = np.ones(len(serials), dtype=bool)
        for number, part in enumerate(parts):
            if not part.room:
                continue
            mine = np.flatnonzero(open_ & (rest < np.uint64(part.room)))
            numbers[mine] = part.numbers(rest[mine], key(int(stream), number))
            open_[mine] = False
            if not open_.any():
                break
            rest = rest - np.uint64(part.room)
        return from_numbers(numbers, column)

    return _Distinct(total, write)


@dataclass(frozen=True)
class _Stretch:
    """Numbers from `first` on in equal steps, without those at the `excluded` places (ascending)."""

    first: int
    step: int
    room: int
    excluded: tuple[int, ...]

    @classmethod
    def of(cls, low: int, high: int, step: int, own: int, excluded: Sequence[Fraction]) -> "_Stretch":
        first = -(-low // own) * own
        size = min(max(0, (high - first) // step + 1), MOST >> 1)
        places = {(number - first) / step for number in excluded}
        inside = sorted(int(place) for place in places if place.denominator == 1 and 0 <= place < size)
        return cls(first, step, size - len(inside), tuple(inside))

    def numbers(self, serials: Words, salt: np.uint64) -> Numbers:
        places = permute(serials, self.room, salt).astype(np.int64)
        if self.excluded:
            shifted = np.array(self.excluded, np.int64) - np.arange(len(self.excluded))
            places += np.searchsorted(shifted, places, side="right")
        return places * self.step + self.first


def _span_stretches(domain: Domain) -> tuple[list[tuple[Number, Number]], Number]:
    """Spans by the minute from an hour on, or from the domain's beginning; by the microsecond where these are few."""
    low, high = closed(domain)
    start = low if low is not None else _HOUR if high is None or high > _HOUR else high - _SPANS * _MINUTE
    end = start + _SPANS * _MINUTE if high is None else min(high, start + _SPANS * _MINUTE)
    return [(start, end)], _MINUTE if end - start >= _SPANS * _MINUTE // 1_000 else 1


def _of_bytes(column: Column, domain: Domain) -> _Distinct:
    """Eight bytes (fewer in narrow columns) that are a permutation of the serials, random ones behind them."""
    most = column.type.length if domain.max_length is None else domain.max_length
    size = max(domain.min_length, _UUID_BYTES if most is None else min(_UUID_BYTES, most))
    if column.type.fixed and column.type.length:
        size = column.type.length

    def write(serials: Words, stream: np.uint64) -> pa.Array:
        places = permute(serials, 1 << 8 * size, stream) if size < 8 else mix(stream, serials)
        return blobs(np.concatenate((_head(places, size), random_bytes(places, max(0, size - 8))), axis=1))

    return _Distinct(1 << 8 * size if size < 8 else None, write)


def _head(places: Words, size: int) -> Bytes:
    return places.astype(">u8").view(np.uint8).reshape(-1, 8)[:, max(0, 8 - size) :]


def _arrays(column: Column, domain: Domain) -> _Distinct:
    """Arrays that differ in their first element."""
    if column.type.element is None or domain.max_length == 0:
        return _of_set(column, replace(domain, values=([],)))
    element = Column(column.name, column.type.element, nullable=False)
    inner = _distinct(element, base_domain(element))
    size = max(1, domain.min_length)

    def write(serials: Words, stream: np.uint64) -> pa.Array:
        items = inner.write(np.repeat(serials, size), stream)
        offsets = pa.array(np.arange(len(serials) + 1, dtype=np.int32) * size)
        return pa.ListArray.from_arrays(offsets, items, type=arrow_type(column.type))

    return _Distinct(inner.room, write)


def _uuids(column: Column, domain: Domain) -> _Distinct:
    return _Distinct(None, lambda serials, stream: uuid_column(mix(stream, serials)))


def _objects(column: Column, domain: Domain) -> _Distinct:
    """Objects that differ in their number."""

    def write(serials: Words, stream: np.uint64) -> pa.Array:
        numbers = pa.array(serials + np.uint64(1)).cast(pa.string())
        return pc.binary_join_element_wise('{"number": ', numbers, "}", "")

    return _Distinct(None, write)


def _subsets(column: Column, domain: Domain) -> _Distinct:
    """The subsets of a set's labels that are not empty; of many labels those of the first dozen."""
    labels = column.type.labels[:_SUBSETS]
    chosen = (
        ",".join(label for place, label in enumerate(labels) if number >> place & 1)
        for number in range(1, 1 << len(labels))
    )
    return _of_set(column, replace(domain, values=tuple(chosen)))


def _literals(column: Column, domain: Domain) -> _Distinct:
    """Literals of types that only the database knows."""
    room, write = distinct_literal(column.type.sql)
    return _Distinct(room, lambda serials, _: pa.array([write(serial) for serial in serials.tolist()], pa.string()))


_OTHERS: Mapping[str, Callable[[Column, Domain], _Distinct]] = {
    "boolean": lambda column, domain: _of_set(column, replace(domain, values=(False, True))),
    "uuid": _uuids,
    "json": _objects,
    "bytes": _of_bytes,
    "set": _subsets,
    "array": _arrays,
    "other": _literals,
}
