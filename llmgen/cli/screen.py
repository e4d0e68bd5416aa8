"""What a run says on stderr while it works, and the first cases as tables."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from llmgen.dataset import Dataset, Values
from llmgen.events import Answered, Asking, Event, Judged, Note, Waiting
from llmgen.schema.forms import encode
from llmgen.schema.model import Schema

WIDTH = 26
"""Characters of a cell in a table of cases."""

MOST_COLUMNS = 7


def say(text: str) -> None:
    """One line of words, on stderr."""
    sys.stderr.write(text + "\n")


class Screen:
    """Listens to a run: a progress bar on a terminal, else one line a step; counts what run.json reports."""

    def __init__(self, cases: int, quiet: bool = False) -> None:
        self.figures: dict[str, Any] = {
            "calls": 0,
            "replayed": 0,
            "input_tokens": 0,
            "output_tokens": 0,
            "cost_usd": 0.0,
        }
        self.levels: dict[str, dict[str, int]] = {}
        self._quiet = quiet
        self._bar = _bar(cases) if sys.stderr.isatty() and not quiet else None

    def __call__(self, event: Event) -> None:
        """Take one event; called by one thread, but for waits."""
        match event:
            case Answered():
                self._count(event)
            case Judged():
                self._judged(event)
            case Waiting(reason=reason, seconds=seconds):
                self._line(f"{reason}; trying again in {seconds:.0f} s")
            case Note(text=text):
                self._line(text)
            case Asking():
                pass

    def close(self) -> None:
        """Take the bar away."""
        if self._bar:
            self._bar.stop()

    def _count(self, event: Answered) -> None:
        figures = self.figures
        figures["replayed" if event.replayed else "calls"] += 1
        if not event.replayed:
            figures["input_tokens"] += event.input_tokens
            figures["output_tokens"] += event.output_tokens
            unknown = event.cost is None or figures["cost_usd"] is None
            figures["cost_usd"] = None if unknown else figures["cost_usd"] + (event.cost or 0.0)

    def _judged(self, event: Judged) -> None:
        counts = self.levels.setdefault(event.level, {"asked": 0, "passed": 0})
        counts["asked"] += event.asked
        counts["passed"] += event.passed
        if self._bar:
            self._bar.advance(self._bar.task_ids[0], event.passed)
        if event.passed < event.asked and event.broken:
            rules = ", ".join(sorted(set(event.broken)))
            self._line(f"{event.part} ({event.level}): {event.passed} of {event.asked} passed; broken: {rules}")

    def _line(self, text: str) -> None:
        if self._bar:
            self._bar.console.print(text, markup=False, highlight=False)
        elif not self._quiet:
            say(text)


def _bar(cases: int) -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("cases"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    bar.add_task("cases", total=cases)
    bar.start()
    return bar


def show_cases(schema: Schema, dataset: Dataset, root: str, count: int = 3) -> None:
    """The first cases as plain tables on stderr: the root rows, then the rows of each related table."""
    shown = range(count)
    tables = sorted(dataset.rows, key=lambda name: name != root)
    for name in tables:
        rows = [
            row
            for row, case in zip(dataset.rows[name], dataset.cases[name], strict=True)
            if case is not None and case in shown
        ]
        cases = [case for case in dataset.cases[name] if case is not None and case in shown]
        if rows:
            say(f"\n{name} (of the first {count} cases)")
            _table(["case", *_telling(schema, name, rows)], rows, cases, schema, name)


def _telling(schema: Schema, name: str, rows: Sequence[Values]) -> list[str]:
    """The columns that tell a reader most: those that are no key, reference or bookkeeping and hold something."""
    table = schema.table(name)
    dull = {*table.primary_key, *table.reference_columns, "created_at", "updated_at"}
    telling = [
        column.name
        for column in table.columns
        if column.name not in dull and any(row.get(column.name) is not None for row in rows)
    ]
    return (telling or [column.name for column in table.columns])[:MOST_COLUMNS]


def _table(head: Sequence[str], rows: Sequence[Values], cases: Sequence[int], schema: Schema, name: str) -> None:
    types = schema.table(name).by_name
    body = [
        [str(case), *(_cell(types[column].type, row.get(column)) for column in head[1:])]
        for case, row in zip(cases, rows, strict=True)
    ]
    widths = [max(_width(line[place]) for line in [list(head), *body]) for place in range(len(head))]
    for line in [list(head), *body]:
        say(
            "  "
            + "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)).rstrip()
        )


def _cell(type: Any, value: Any) -> str:
    text = "-" if value is None else " ".join(str(encode(type, value)).split())
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"


def _width(text: str) -> int:
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(mark) else 2 if east_asian_width(mark) in "WF" else 1 for mark in text)


def counted(rows: Mapping[str, Sequence[Values]]) -> str:
    """Row counts by table, as a sentence part."""
    return ", ".join(f"{len(listed)} {name}" for name, listed in rows.items())
