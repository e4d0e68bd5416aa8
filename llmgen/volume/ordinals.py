"""Columns that only differ within their parent: the first, the second, the third row of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from llmgen.canonical import CANONICAL
from llmgen.errors import InputError
from llmgen.predicates.ranges import DAY, MOMENTS, NUMERIC, Domain, encode
from llmgen.schema.arrow import arrow_array
from llmgen.schema.model import Column
from llmgen.values.line import ends, from_numbers, lattice, number_of, unit
from llmgen.values.streams import Numbers
from llmgen.values.usual import number_range, window
from llmgen.volume.coordinates import NOBODY

_RANGES = {
    "int4range": ("number", (1 << 31) - 1), "int8range": ("number", 1 << 40), "numrange": ("number", 1 << 40),
    "daterange": ("date", 2_900_000), "tsrange": ("moment", 69_000_000), "tstzrange": ("moment", 69_000_000),
}  # fmt: skip
"""Of the range types how they are written, and how many numbers, days or hours they have from the first one on."""
_WIDE, _NARROW = (8, 10), (1, 2)
"""Length of a range, and how far behind its beginning the next one begins."""
_HOUR = DAY // 24
_STEPS = (DAY, _HOUR, _HOUR // 60, _HOUR // 3_600, 1)
_ENDLESS = 1 << 40


@dataclass(frozen=True)
class Turns:
    """A column whose values go in turn. `ends`: how many columns take each turn together, two for a range's ends.

    `domain` is what all of these may hold. `rows` is how many turns there are at most: of more, moments lie nearer.
    """

    column: Column
    domain: Domain
    ends: int = 1
    rows: int = 1


@dataclass(frozen=True)
class _Course:
    """Numbers on the column's grid: `up` turns of so many `ends` from `first` on, then `down` turns before it.

    Turns count from 0 upwards and from -1 downwards; those in `gone` (ascending) are left out.
    """

    first: int
    step: int
    ends: int
    up: int
    down: int
    gone: tuple[int, ...] = ()

    @property
    def room(self) -> int:
        """How many turns there are."""
        return self.up + self.down - len(self.gone)

    def numbers(self, ordinals: Numbers) -> Numbers:
        """The number of each ordinal, which counts the ends of all turns."""
        turns, end = ordinals // self.ends, ordinals % self.ends
        above, below = [turn for turn in self.gone if turn >= 0], [-1 - turn for turn in self.gone[::-1] if turn < 0]
        inside = turns < self.up - len(above)
        climbing = _past(np.where(inside, turns, 0), above)
        falling = -1 - _past(np.where(inside, 0, turns - self.up + len(above)), below)
        return self.first + self.step * (np.where(inside, climbing, falling) * self.ends + end)


def ordinal_column(turns: Turns, ordinals: Numbers) -> pa.Array:
    """The k-th value of the column for each ordinal k, from 0: numbers and dates in turn, ranges that do not overlap.

    NULL for nobody's ordinal, -1. Raises InputError where the column has no such value.
    """
    nobody = ordinals == NOBODY
    if nobody.any():
        found = ordinal_column(turns, np.where(nobody, 0, ordinals))
        return pc.if_else(pa.array(nobody), pa.scalar(None, found.type), found)
    column, room = turns.column, _room(turns)
    if int(ordinals.max(initial=0)) >= room * turns.ends:
        raise InputError(
            f"{column.name} ({column.type.sql}) holds {room:,} values within one parent, fewer than there are rows",
            "ask for fewer rows, or for more parents",
        )
    if turns.domain.values is not None:
        return arrow_array(column.type, _values(turns.domain)).take(pa.array(ordinals))
    if _on_course(column):
        return from_numbers(_course(turns).numbers(ordinals), column)
    return _range_column(turns, ordinals)


def ordinal_room(column: Column, domain: Domain, ends: int) -> int | None:
    """How many turns the column has values for, at one row where its type has no order; None if there is no limit."""
    room = _room(Turns(column, domain, ends, _ENDLESS))
    return None if room >= _ENDLESS else room


def _room(turns: Turns) -> int:
    if turns.domain.values is not None:
        return len(_values(turns.domain)) // turns.ends
    if _on_course(turns.column):
        return _course(turns).room
    found = _form(turns.column)
    return 1 if found is None else found[1] // _NARROW[1]


def _values(domain: Domain) -> Sequence[object]:
    return sorted(value for value in domain.values or () if value is not None and domain.admits(value))


def _on_course(column: Column) -> bool:
    return column.type.kind in (*NUMERIC, *MOMENTS, "time")


def _course(turns: Turns) -> _Course:
    """The coarsest course with the wanted room, its moments a day apart, an hour, a second; without it the finest."""
    column, domain = turns.column, turns.domain
    of, own = unit(column), lattice(column, domain)
    if column.type.kind in NUMERIC:
        return _around(turns, _first_number(turns), own if domain.step else max(own, int(1 / of)))
    steps = [max(own, int(step / of)) for step in _STEPS if step >= of]
    courses = [_around(turns, _first_moment(turns, step), step) for step in steps]
    return next((found for found in courses if found.room >= turns.rows), courses[-1])


def _around(turns: Turns, first: int, step: int) -> _Course:
    least, most = ends(turns.column, turns.domain)
    up, down = max(0, (most - first) // step + 1) // turns.ends, max(0, (first - least) // step) // turns.ends
    span, gone = step * turns.ends, set[int]()
    for value in turns.domain.excluded:
        number = Fraction(encode(value)) / unit(turns.column)
        if (number - first) % step == 0 and -down <= (number - first) // span < up:
            gone.add(int((number - first) // span))
    return _Course(first, step, turns.ends, up, down, tuple(sorted(gone)))


def _first_number(turns: Turns) -> int:
    """The first usual number, on the grid."""
    column, domain = turns.column, turns.domain
    step = domain.step or Fraction(1)
    start = Fraction(window(domain, max(1, number_range(column)[0]), _ENDLESS, step)[0])
    own = lattice(column, domain)
    return max(ends(column, domain)[0], -(-int(start / unit(column)) // own) * own)


def _first_moment(turns: Turns, step: int) -> int:
    """Two years ago at nine, or as near to that as the domain lets."""
    column = turns.column
    least, most = ends(column, turns.domain)
    usual = 9 * _HOUR if column.type.kind == "time" else encode(CANONICAL.replace(hour=9)) - 730 * DAY
    first = number_of(usual, column)
    if first > most:
        first = most - number_of(729 * DAY, column)
    if first >= least:
        return first
    whole = -(-least // step) * step
    return whole if whole <= most else least


def _past(turns: Numbers, gone: Sequence[int]) -> Numbers:
    """The turns where those that are gone, ascending, are left out."""
    shifted = np.array(gone, np.int64) - np.arange(len(gone))
    return turns + np.searchsorted(shifted, turns, side="right")


def _form(column: Column) -> tuple[str, int] | None:
    name = column.type.sql.lower().replace("multirange", "range")
    return next((form for known, form in _RANGES.items() if name.startswith(known)), None)


def _range_column(turns: Turns, ordinals: Numbers) -> pa.Array:
    """Ranges of one length with a gap between them, from two years ago on."""
    column, found = turns.column, _form(turns.column)
    if found is None:
        raise InputError(
            f"{column.name} ({column.type.sql}) has no order that rows of one parent could take turns in",
            "name fewer rows for the table, or leave it out",
        )
    form, most = found
    length, stride = _WIDE if most // _WIDE[1] >= turns.rows else _NARROW
    shape = "{{{}}}" if "multirange" in column.type.sql.lower() else "{}"
    written = {}
    for ordinal in np.unique(ordinals).tolist():
        written[ordinal] = shape.format(_range_text(form, ordinal * stride, ordinal * stride + length))
    return pa.array([written[ordinal] for ordinal in ordinals.tolist()], pa.string())


def _range_text(form: str, start: int, end: int) -> str:
    if form == "number":
        return f"[{start + 1},{end + 1})"
    day = CANONICAL - timedelta(days=730)
    first: datetime | date = day.replace(hour=9, minute=0, second=0) + timedelta(hours=start)
    last: datetime | date = first + timedelta(hours=end - start)
    if form == "date":
        first, last = (day + timedelta(days=start)).date(), (day + timedelta(days=end)).date()
    return f"[{first.isoformat()},{last.isoformat()})"
