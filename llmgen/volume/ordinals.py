"""Columns that only differ within their parent: the first, the second, the third row of it."""

from datetime import date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from llmgen.canonical import CANONICAL
from llmgen.errors import InputError
from llmgen.predicates.ranges import MOMENTS, NUMERIC, Domain, closed, encode
from llmgen.schema.model import Column
from llmgen.values.line import from_numbers, unit
from llmgen.values.streams import Numbers
from llmgen.values.usual import number_range, window
from llmgen.volume.coordinates import NOBODY

_RANGES = {
    "int4range": "number", "int8range": "number", "numrange": "number",
    "daterange": "date", "tsrange": "moment", "tstzrange": "moment",
}  # fmt: skip
_LENGTH, _STRIDE = 8, 10


def ordinal_column(column: Column, domain: Domain, ordinals: Numbers) -> pa.Array:
    """The k-th value of the column for each ordinal k, from 0: numbers and dates in turn, ranges that do not overlap.

    NULL for nobody's ordinal, -1. Raises InputError where the column has no such value.
    """
    nobody = ordinals == NOBODY
    if nobody.any():
        found = ordinal_column(column, domain, np.where(nobody, 0, ordinals))
        return pc.if_else(pa.array(nobody), pa.scalar(None, found.type), found)
    kind = column.type.kind
    if domain.values is not None:
        values = [value for value in domain.values if value is not None]
        return (
            pa.array(values)
            .take(pa.array(_within(column, ordinals, len(values))))
            .cast(from_numbers(np.zeros(0, dtype=np.int64), column).type if kind in NUMERIC else pa.string())
        )
    if kind in NUMERIC:
        step = domain.step or 1
        start, _ = window(domain, max(1, number_range(column)[0]), 1 << 40, step)
        low, high = closed(domain)
        start = start if high is None or high - start >= step * int(ordinals.max(initial=0)) else (low or start)
        room = 1 << 62 if high is None else int((high - start) // step) + 1
        places = _within(column, ordinals, room)
        return from_numbers(int(start / unit(column)) + places * int(step / unit(column)), column)
    if kind in MOMENTS:
        start = encode(CANONICAL.replace(hour=9)) - 730 * 86_400_000_000
        low, high = closed(domain)
        start = start if low is None else max(start, low)
        return from_numbers(int(start / unit(column)) + ordinals * int(86_400_000_000 / unit(column)), column)
    return _range_column(column, ordinals)


def _range_column(column: Column, ordinals: Numbers) -> pa.Array:
    """Ranges of one length with a gap between them, from two years ago on."""
    form = next((form for name, form in _RANGES.items() if column.type.sql.lower().startswith(name)), None)
    if form is None:
        raise InputError(
            f"{column.name} ({column.type.sql}) has no order that rows of one parent could take turns in",
            "name fewer rows for the table, or leave it out",
        )
    written = {}
    for ordinal in np.unique(ordinals).tolist():
        written[ordinal] = _range_text(form, ordinal * _STRIDE, ordinal * _STRIDE + _LENGTH)
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


def _within(column: Column, ordinals: Numbers, room: int) -> Numbers:
    if int(ordinals.max(initial=0)) >= room:
        raise InputError(
            f"{column.name} ({column.type.sql}) holds {room:,} values within one parent, fewer than there are rows",
            "ask for fewer rows, or for more parents",
        )
    return ordinals
