"""Instants: the probes that stand for any other than the canonical one, and how moments move to them."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from llmgen.canonical import CANONICAL
from llmgen.dataset import Case, CaseRow
from llmgen.schema.model import Schema
from llmgen.validate.text import DATED, fill_placeholders

PROBES = (
    datetime(2027, 1, 15, 0, 5, tzinfo=UTC),
    datetime(2027, 6, 16, 23, 30, tzinfo=UTC),
    datetime(2027, 2, 28, 12, 0, tzinfo=UTC),
    datetime(2028, 2, 29, 0, 0, tzinfo=UTC),
    datetime(2027, 12, 31, 23, 30, tzinfo=UTC),
    datetime(2028, 3, 26, 1, 30, tzinfo=UTC),
    datetime(2028, 10, 29, 0, 30, tzinfo=UTC),
    datetime(2028, 5, 31, 23, 59, 59, tzinfo=UTC),
)
"""Near midnight, 28 and 29 February, the year's end, both European clock changes, a month's end.

The first and the last second of a day are among them: the two ways of moving differ most there, so that what holds at
both holds between them.
"""

CREATED = re.compile(r"(?:created|inserted)(?:_|$)")
UPDATED = re.compile(r"(?:last_)?(?:updated?|modified|changed)(?:_|$)")
"""Names of bookkeeping moments: before all others of their row, and after all that have happened."""

ColumnName = tuple[str, str]


@dataclass(frozen=True)
class Moves:
    """Which dated columns do not move at all, and which move by whole days; every other one moves exactly.

    Columns without a time of day move by whole days in any case. `first` (created_at) move in the way that leads
    earlier, `last` (updated_at) in the one that leads later, though not beyond now: whichever way the moments between
    them go, they stay between them.
    """

    absolute: frozenset[ColumnName] = frozenset()
    by_day: frozenset[ColumnName] = frozenset()
    first: frozenset[ColumnName] = frozenset()
    last: frozenset[ColumnName] = frozenset()

    def with_days(self, columns: Collection[ColumnName]) -> "Moves":
        """The same, with more columns that move by whole days."""
        return replace(self, by_day=self.by_day | frozenset(columns))

    def way(self, column: ColumnName) -> str:
        """How a column with a time of day moves: not, by day, exactly, first or last."""
        named = (("not", self.absolute), ("first", self.first), ("last", self.last), ("day", self.by_day))
        return next((way for way, columns in named if column in columns), "exactly")


@dataclass(frozen=True)
class Placed:
    """A case as it stands at one instant: `at` 0 is the canonical one, higher ones count the probes."""

    case: int
    at: int
    now: datetime
    rows: tuple[CaseRow, ...]
    moves: Moves = Moves()


def dated_columns(schema: Schema) -> frozenset[ColumnName]:
    """Every (table, column) that holds moments or dates."""
    return frozenset(
        (table.name, column.name) for table in schema.tables for column in table.columns if column.type.kind in DATED
    )


def bookkeeping(schema: Schema, names: re.Pattern[str]) -> frozenset[ColumnName]:
    """Every (table, column) that holds moments under such a name (CREATED, UPDATED)."""
    return frozenset((table, column) for table, column in dated_columns(schema) if names.match(column))


def place(schema: Schema, case: Case, now: datetime, at: int, moves: Moves) -> Placed:
    """The case with its moments moved from the canonical instant to `now`, and its placeholders filled."""
    rows = [CaseRow(row.table, row.path, _moved(row, now, moves)) for row in case.rows]
    return Placed(case.index, at, now, tuple(fill_placeholders(schema, rows)), moves)


def _moved(row: CaseRow, now: datetime, moves: Moves) -> dict[str, Any]:
    days, exact = timedelta(days=(now.date() - CANONICAL.date()).days), now - CANONICAL
    by = {"day": days, "exactly": exact, "first": min(days, exact), "last": max(days, exact)}
    values = dict(row.values)
    for name, value in values.items():
        # A datetime is a date too, so this finds both.
        if isinstance(value, date) and (way := moves.way((row.table, name))) != "not":
            moved = _shifted(value, by[way] if isinstance(value, datetime) else days)
            values[name] = _not_after(moved, now) if way == "last" else moved
    return values


def _not_after(moment: date, now: datetime) -> date:
    if not isinstance(moment, datetime):
        return moment
    return min(moment, now if moment.tzinfo else now.replace(tzinfo=None))


def _shifted(value: date, by: timedelta) -> date:
    """The moment moved; one that would leave the calendar (year 1 to 9999) stays where it is."""
    try:
        return value + by
    except OverflowError:
        return value


def rows_by_table(rows: Sequence[CaseRow]) -> Mapping[str, list[dict[str, Any]]]:
    """The cells of the rows, by table."""
    grouped: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        grouped.setdefault(row.table, []).append(row.values)
    return grouped
