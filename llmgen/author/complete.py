"""Completing a case: keys, references, bookkeeping moments and every cell that the model did not write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from llmgen.author.brief import Brief
from llmgen.author.wiring import Wire, serial, wired
from llmgen.canonical import CANONICAL
from llmgen.dataset import Case, CaseRow, Values
from llmgen.plan import Route
from llmgen.predicates.evaluate import Arena
from llmgen.schema.model import Table
from llmgen.validate.instants import ColumnName
from llmgen.validate.plausible import PAST
from llmgen.values.edges import edge_choices
from llmgen.values.fill import RowSpec, fill
from llmgen.values.streams import key

OLDEST = 400 * 24 * 3600
SOON = 15 * 60
"""Seconds before its first known moment that a row was created, at most: a customer's, and an event's."""

SEEDED = ("people", "text", "scalar")


@dataclass(frozen=True)
class Completion:
    """What completing depends on beside the cases: how to wire, who writes what, the database for CHECKs, edges.

    `absolute` are the dated columns that do not move with now, and so say nothing of when a row was made (a birthday).
    """

    wire: Wire
    routes: Mapping[str, Mapping[str, Route]]
    arena: Arena
    edges: float = 0.0
    absolute: frozenset[ColumnName] = frozenset()

    def edge_of(self, case: int, row: CaseRow) -> tuple[str, str] | None:
        """(column, edge class) of a row's edge among the cells written by seed; most rows have none."""
        wire = self.wire
        word = int(key(wire.seed, wire.digest, case, row.path, "edge"))
        if word % 10_000 >= self.edges * 10_000:
            return None
        table = wire.shape.parts[row.table].table
        choices = [
            (column.name, name)
            for column in table.columns
            if self.routes[row.table][column.name].writer in SEEDED
            for name in edge_choices(table, column, (table.name, column.name) in wire.shape.absolute)
        ]
        return choices[(word >> 16) % len(choices)] if choices else None


def complete(cases: Sequence[Case], briefs: Mapping[int, Brief], by: Completion) -> list[Case]:
    """The cases with all rows whole, as they stand at the canonical instant. What a model wrote is never changed."""
    wired_cases = [_with_moments(wired(by.wire, case), by) for case in cases]
    filled: dict[tuple[int, str], Values] = {}
    for name, part in by.wire.shape.parts.items():
        entries = [(case.index, row) for case in wired_cases for row in case.of(name)]
        specs = [_spec(by, briefs[index], index, row) for index, row in entries]
        rows = fill(by.wire.shape.schema, part.table, by.routes[name], specs, by.wire.seed, by.arena)
        filled |= {(index, row.path): values for (index, row), values in zip(entries, rows, strict=True)}
    return [
        Case(case.index, tuple(CaseRow(row.table, row.path, filled[case.index, row.path]) for row in case.rows))
        for case in wired_cases
    ]


def _spec(by: Completion, brief: Brief, index: int, row: CaseRow) -> RowSpec:
    identity = int(key(by.wire.digest, index, row.path))
    number = serial(by.wire.shape, index, row.path)
    return RowSpec(identity, number, brief.locale, row.values, by.edge_of(index, row))


def _with_moments(case: Case, by: Completion) -> Case:
    """`created_at` before all that is known of the row and of what refers to it, `updated_at` at its last moment.

    A row with past moments of its own came to be minutes before the first of them; one without (a customer) has been
    there for longer.
    """
    first: dict[str, datetime] = {}
    values = {row.path: dict(row.values) for row in case.rows}
    for row in _children_first(case, by):
        table = by.wire.shape.schema.table(row.table)
        routes = by.routes[row.table]
        known = [*_moments(row, by), *(first[child.path] for child in _referring(case, row, by) if child.path in first)]
        earliest = min([*known, CANONICAL])
        created = [column for column in table.columns if routes[column.name].provider == "created_at"]
        latest = max([moment for moment in known if moment <= CANONICAL], default=earliest)
        for column in created:
            lead = SOON if _has_happened(row) else OLDEST
            earliest = _before(earliest, _drawn(by, case, row, column.name, lead))
            values[row.path].setdefault(column.name, _in_form(table, column.name, earliest))
        first[row.path] = min([earliest, *_moments(CaseRow(row.table, row.path, values[row.path]), by)])
        for column in table.columns:
            if routes[column.name].provider == "updated_at":
                values[row.path].setdefault(column.name, _in_form(table, column.name, max(latest, first[row.path])))
    return Case(case.index, tuple(CaseRow(row.table, row.path, values[row.path]) for row in case.rows))


def _has_happened(row: CaseRow) -> bool:
    """Whether the row says itself when it happened (a card's expiry says nothing of when it was added)."""
    return any(isinstance(value, date) and PAST.match(name) for name, value in row.values.items())


def _drawn(by: Completion, case: Case, row: CaseRow, column: str, most: int) -> int:
    """Seconds up to `most`, more often few than many: the product of two draws."""
    word = int(key(by.wire.seed, by.wire.digest, case.index, row.path, column))
    return 1 + (word % 1000) * ((word >> 20) % 1000) * most // 1_000_000


def _before(moment: datetime, seconds: int) -> datetime:
    """The moment some seconds before; itself at the beginning of the calendar."""
    try:
        return moment - timedelta(seconds=seconds)
    except OverflowError:
        return moment


def _moments(row: CaseRow, by: Completion) -> list[datetime]:
    found = []
    for name, value in row.values.items():
        if (row.table, name) in by.absolute:
            continue
        if isinstance(value, datetime):
            found.append(value if value.tzinfo else value.replace(tzinfo=CANONICAL.tzinfo))
        elif isinstance(value, date):
            found.append(datetime(value.year, value.month, value.day, tzinfo=CANONICAL.tzinfo))
    return found


def _in_form(table: Table, column: str, moment: datetime) -> date:
    kind = table.column(column).type.kind
    moment = moment.replace(microsecond=0)
    return moment if kind == "timestamptz" else moment.replace(tzinfo=None) if kind == "timestamp" else moment.date()


def _children_first(case: Case, by: Completion) -> list[CaseRow]:
    """Rows ordered so that those that refer to a row come before it, as far as references do not run in a circle."""
    tables = list(by.wire.shape.parts)
    depth = dict.fromkeys(tables, 0)
    for _ in tables:
        for name in tables:
            parents = {
                key.table
                for key in by.wire.shape.parts[name].table.foreign_keys
                if key.table in depth and key.table != name
            }
            depth[name] = min(len(tables), max([depth[name], *(depth[parent] + 1 for parent in parents)]))
    return sorted(case.rows, key=lambda row: -depth[row.table])


def _referring(case: Case, row: CaseRow, by: Completion) -> list[CaseRow]:
    """The case's rows that refer to this one."""
    found = []
    for child in case.rows:
        for key_ in by.wire.shape.parts[child.table].table.foreign_keys:
            if key_.table == row.table and child.path != row.path:
                mine = tuple(row.values.get(name) for name in key_.referenced)
                if None not in mine and tuple(child.values.get(name) for name in key_.columns) == mine:
                    found.append(child)
    return found
