"""Primary and other unique keys: cells that never meet between the rows, cases and scenarios of one database."""

import hashlib
import uuid
from typing import Any

import numpy as np

from llmgen.canonical import CANONICAL
from llmgen.errors import InputError
from llmgen.naming import noun
from llmgen.predicates.ranges import DAY, MOMENTS, NUMERIC, Domain, Number, base_domain, closed, decode, encode, grid
from llmgen.schema.model import Column, Table
from llmgen.values.draws import prefix
from llmgen.values.scalars import Draw, uuid_of
from llmgen.values.shapes import text_within
from llmgen.values.streams import key, permute
from llmgen.values.usual import number_range, window

VOLUME_KEYS = 1_000_000
"""Integer keys 1 to this are left to volume rows where the column is wide enough (32 bits and more)."""

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CODE = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MARK = 14
_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
# How ORMs make keys: github.com/paralleldrive/cuid and cuid2, github.com/ai/nanoid, github.com/ulid/spec.
_FORMS = {
    "cuid": ("c", _BASE36, 24),
    "cuid2": ("k", _BASE36, 23),
    "nanoid": ("", f"{ALPHABET}_-", 21),
    "ulid": ("01", CODE, 24),
}
_U64 = (1 << 64) - 1
_PERMUTED = 10_000_000
_TURNS = 20
_FEW = 1_000
_UUID_BYTES = 16


def uuid_key(identity: int) -> str:
    """The version 4 uuid of a row's identity: distinct as identities are."""
    draw = Draw(identity)
    return uuid_of(draw.u64(), draw.u64())


def key_space(bits: int) -> tuple[int, int, int]:
    """(first key, how many keys there are, keys to a block) for scenario rows of an integer column of that width.

    Wide columns stop at 2**53, above which JSON readers in JavaScript lose digits. 16-bit columns leave nothing to
    volume rows, and have blocks of 256; 8-bit columns are one block.
    """
    if bits <= 8:
        return 1, 127, 127
    if bits <= 16:
        return 1, 32_767, 256
    top = 2 ** min(bits - 1, 53) - 1
    size = 1 << 14 if bits <= 32 else 1 << 26
    return VOLUME_KEYS + 1, top - VOLUME_KEYS, size


def block_of(digest: str, bits: int) -> int:
    """A scenario's block among the blocks of an integer column of that width, from the scenario's digest.

    Two scenarios of one database share a block with a chance of 1 in 131,000 at 32 bits, 1 in 134 million at 64 bits,
    but 1 in 128 at 16 bits: the unique check over the dataset, and the database itself, see that.
    """
    _, count, size = key_space(bits)
    word = int.from_bytes(hashlib.blake2b(digest.encode(), digest_size=8).digest(), "little")
    return word % max(1, count // size)


def integer_key(bits: int, scenario_block: int, case: int, ordinal: int, per_case: int = 64) -> int:
    """The integer key of row `ordinal` (from 0) of its table in case `case`: the same however many cases are made.

    `per_case` is the greatest number of rows of the table that one case may have. Rows beyond the block run on into the
    next ones and around. Raises InputError where the column holds no more keys.
    """
    first, count, size = key_space(bits)
    if ordinal >= per_case:
        raise InputError(
            f"row {ordinal} of a case that may have {per_case}", "raise the number of rows a case may have"
        )
    place = case * per_case + ordinal
    if place >= count:
        raise InputError(
            f"a {bits}-bit key holds {count:,} rows: {count // per_case:,} cases of up to {per_case} rows each",
            "ask for fewer cases, or widen the key column",
        )
    return first + (scenario_block * size + place) % count


def text_key(table: Table, column: Column, identity: int) -> str:
    """A prefixed mark such as `inv_9s6XKzkNRiz8i3`; in short columns a shorter mark, below 8 characters without prefix.

    14 characters of 62 give 83 bits, each fewer 6 bits less: for columns below 10 characters prefer `natural_key`,
    which cannot meet itself. Columns that say so get a cuid, nanoid or ulid.
    """
    mark, letters, size = key_form(table, column)
    draw = Draw(identity)
    return mark + "".join(draw.pick(letters) for _ in range(size))


def key_form(table: Table, column: Column) -> tuple[str, str, int]:
    """What every key of the column begins with, the letters that follow, and how many."""
    limit = column.type.length
    if column.format in _FORMS:
        mark, letters, size = _FORMS[column.format]
        if limit is None or limit >= len(mark) + size:
            return mark, letters, size
    mark = f"{prefix(noun(table.bare_name))}_"
    size = MARK if limit is None else min(MARK, limit - len(mark))
    return (mark, ALPHABET, size) if size >= 8 else ("", ALPHABET, min(MARK, limit or MARK))


def natural_key(table: Table, column: Column, domain: Domain, serial: int, seed: str) -> str:
    """A short code of digits and capitals that people can read, distinct for distinct serials.

    Where a CHECK gives the code its shape, the shape is filled. Raises InputError where `serial` is beyond what the
    length holds.
    """
    if domain.limits_text:
        return _shaped(domain, serial, int(key(seed, table.name, column.name)))
    limit = column.type.length
    size = 6 if limit is None else min(6, limit)
    room = len(CODE) ** size
    check_room(table, column, serial, room)
    place = int(permute(np.array([serial], np.uint64), room, key(seed, table.name, column.name))[0])
    marks = []
    for _ in range(size):
        place, at = divmod(place, len(CODE))
        marks.append(CODE[at])
    return "".join(marks)


def _shaped(domain: Domain, serial: int, salt: int) -> str:
    """Text in the domain whose choices are the digits of the serial, each turned by what stands above it."""
    rest, turns = serial, 0
    if domain.values is not None:
        return str(domain.values[serial % len(domain.values)])

    def choose(count: int) -> int:
        nonlocal rest, turns
        rest, digit = divmod(rest, count)
        turns += 1
        return (digit + Draw((salt ^ rest) + turns & _U64).below(count)) % count

    return text_within(domain, choose)


def distinct(table: Table, column: Column, domain: Domain, serial: int, seed: str) -> Any:
    """A value for a unique column, distinct for distinct serials as far as the domain has room.

    Numbers, dates and moments are a permutation of a range of the domain; finite sets go round; text takes the shape
    that its CHECKs demand. Raises InputError where a range has no room for the serial, ValueError where text has none.
    """
    if domain.null == "must":
        return None
    if domain.values is not None:
        return domain.values[serial % len(domain.values)]
    if domain.kind in NUMERIC or domain.kind in MOMENTS or domain.kind == "time":
        return _on_line(table, column, domain, serial, seed)
    if domain.kind == "text":
        return natural_key(table, column, domain, serial, seed)
    if domain.kind == "boolean":
        return serial % 2 == 1
    if domain.kind == "set":
        return ",".join(label for place, label in enumerate(column.type.labels) if (serial + 1) >> place & 1)
    word = int(key(seed, table.name, column.name, serial))
    return _bytes_key(table, column, serial, word) if domain.kind == "bytes" else uuid_key(word)


def _bytes_key(table: Table, column: Column, serial: int, word: int) -> bytes:
    """A uuid's bytes; more of them in wider columns, and in those too narrow for one the serial itself."""
    size = column.type.length or _UUID_BYTES
    if size < _UUID_BYTES:
        check_room(table, column, serial, 1 << 8 * size)
        return serial.to_bytes(size, "big")
    return uuid.UUID(uuid_key(word)).bytes.ljust(size if column.type.fixed else _UUID_BYTES, b"\0")


def in_turn(column: Column, domain: Domain, serial: int) -> Any:
    """A number for a column that need only differ among rows of one parent, whose serials are neighbours: each in turn.

    ValueError where the domain is of another kind or leaves no usual range.
    """
    if domain.kind not in NUMERIC or domain.values is not None or domain.null == "must":
        raise ValueError(f"{column.name} does not go in turn")
    step = grid(domain) if domain.kind == "integer" or domain.step is not None else 1
    low, high, _ = number_range(column)
    start, end = window(domain, low, max(high, low + _TURNS * step), step)
    return decode(start + serial % (int((end - start) // step) + 1) * step, domain.kind)


def _on_line(table: Table, column: Column, domain: Domain, serial: int, seed: str) -> Any:
    """The serial's place in the stretches of the line, each one a permutation of its own."""
    found, step = stretches(column, domain)
    rest = serial
    for number, (low, high) in enumerate(found):
        room = max(0, int((high - low) // step) + 1)
        if rest < room:
            salt = key(seed, table.name, column.name, number)
            place = int(permute(np.array([rest], np.uint64), room, salt)[0])
            return decode(low + place * step, domain.kind)
        rest -= room
    check_room(table, column, serial, serial - rest)
    raise AssertionError("a serial without a place is beyond the room")


def stretches(column: Column, domain: Domain) -> tuple[list[tuple[Number, Number]], Number]:
    """Where the values lie, the usual ones first, and the coarsest grid that is still natural.

    A stretch whose end lies before its beginning is empty.
    """
    kind = domain.kind
    low, high = closed(domain)
    if kind in NUMERIC:
        return _number_stretches(column, domain)
    step = grid(domain) if kind == "date" else 1_000_000
    if kind == "time":
        return [(0 if low is None else low, DAY - 1 if high is None else high)], step
    now = encode(CANONICAL) // DAY * DAY
    first = now - 20_000 * DAY if low is None else low
    last = now + 2_000 * DAY if high is None else high
    start, end = max(first, now - 730 * DAY), min(last, now - DAY)
    if start > end:
        return [(first, last)], step
    return [(start, end), (first, start - step), (start + ((end - start) // step + 1) * step, last)], step


def _number_stretches(column: Column, domain: Domain) -> tuple[list[tuple[Number, Number]], Number]:
    low, high = closed(domain)
    narrow = low is not None and high is not None and high - low < _FEW
    step = grid(domain) if domain.kind == "integer" or domain.step is not None or narrow else 1
    start = window(domain, number_range(column)[0], 2**62, step)[0]
    end = start + 2**61 if high is None else min(high, start + 2**61)
    middle = min(end, start + (_PERMUTED - 1) * step)
    found = [(start, middle), (middle + step, end)]
    if low is not None:
        found.append((max(low, start - 2**61), start - step))
    return found, step


def capacity(column: Column) -> int | None:
    """How many distinct keys the column's type holds; None where that is no limit (uuids, long text)."""
    domain = base_domain(column)
    if domain.values is not None:
        return len(domain.values)
    if column.type.kind == "integer":
        return (1 << (column.type.bits or 32) - (not column.type.unsigned)) - 1
    if column.type.kind == "text" and column.type.length is not None and column.type.length <= 6:
        return int(len(CODE) ** column.type.length)
    return None


def check_capacity(table: Table, column: Column, rows: int) -> None:
    """Raise InputError, naming what fits, where the column cannot hold so many distinct keys."""
    room = capacity(column)
    if room is not None and rows > room:
        raise InputError(
            f"{table.name}.{column.name} ({column.type.sql}) holds {room:,} distinct keys, not {rows:,}",
            f"ask for at most {room:,} rows of {table.name}, or widen the column",
        )


def check_room(table: Table, column: Column, serial: int, room: int) -> None:
    """Raise InputError where the column has no value for the serial."""
    if serial >= room:
        raise InputError(
            f"{table.name}.{column.name} holds {room:,} distinct values; row {serial + 1:,} finds none",
            f"ask for at most {room:,} rows of {table.name}, or widen the column",
        )
