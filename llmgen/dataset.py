"""Rows by table, with who wrote each column and which case each row belongs to."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Values = dict[str, Any]
"""One row's cells by column.

Python types: int, Decimal, float, str, bool, bytes, date, time, datetime (aware and in UTC for timestamptz, naive for
timestamp), timedelta, list (array), dict/list/scalars (json), str for uuid; None is NULL.
"""


_STEP = re.compile(r"(.+?)/(\d+)(?:/|$)", re.DOTALL)
"""A table, whose name may hold a slash, and the ordinal of its row."""


@dataclass(frozen=True)
class CaseRow:
    """One row of a case. `path` is its stable place in the case, for example `invoices/1/invoice_lines/0`."""

    table: str
    path: str
    values: Values

    @property
    def where(self) -> str:
        """The place as violations name it: `invoices[1].invoice_lines[0]`."""
        return ".".join(f"{table}[{ordinal}]" for table, ordinal in _STEP.findall(self.path))


@dataclass(frozen=True)
class Case:
    """One instance of a scenario: its index and all its rows, the root row first."""

    index: int
    rows: tuple[CaseRow, ...]

    def of(self, table: str) -> list[CaseRow]:
        """The case's rows of one table, in order."""
        return [row for row in self.rows if row.table == table]


@dataclass(frozen=True)
class Dataset:
    """Rows by table. `cases[table][k]` is the case of row k, None for shared rows.

    `writers[table][column]` names the writer of a Route.
    """

    rows: Mapping[str, list[Values]]
    cases: Mapping[str, list[int | None]] = field(default_factory=dict)
    writers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __iter__(self) -> Iterator[tuple[str, Values]]:
        """Every (table, row), table by table."""
        for table, rows in self.rows.items():
            for row in rows:
                yield table, row
