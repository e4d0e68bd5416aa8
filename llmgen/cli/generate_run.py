"""One run of `llmgen generate`: from the arguments to files, words and an exit code."""

import json
import os
import re
import secrets
import shlex
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from llmgen.bulk import CHUNK, Effort, Populated, Target, plan_volume, populate
from llmgen.canonical import instant
from llmgen.cli.generate import FORMATS
from llmgen.cli.screen import say
from llmgen.errors import InputError
from llmgen.events import Event, Filled, Note
from llmgen.output.publish import refuse_foreign
from llmgen.project import Project
from llmgen.values.pools import LOCALES
from llmgen.volume.asked import read_counts
from llmgen.volume.counts import dry_run_lines
from llmgen.volume.fixed import read_fixed
from llmgen.volume.request import Fixed, OnUnsolved, Request

_RANGE = re.compile(r"(.+)=(\d[\d_]*):(\d[\d_]*)")
_PARALLEL = 4 * CHUNK
"""Rows from which a second process is worth its start."""


@dataclass(frozen=True)
class Asked:
    """What was typed, as far as it concerns the cells."""

    rows: tuple[str, ...]
    seed: str
    values_seed: str
    as_of: str | None
    locales: tuple[str, ...]
    edges: float | None
    on_unsolved: str
    fixed: Path | None = None


class GenerateRun:
    """Carries one command through: plan, make, write, and say what was done."""

    def __init__(self, project: Project, asked: Asked, as_json: bool) -> None:
        self.project = project
        self.asked = asked
        self.as_json = as_json
        self.request = request_of(project, asked)
        self.started = time.monotonic()

    def show(self) -> int:
        """Print how many rows each table would get; nothing is written."""
        plan, counts = plan_volume(self.project.schema, self.request)
        if self.as_json:
            sys.stdout.write(json.dumps({"rows": dict(counts.rows), "why": dict(counts.why)}) + "\n")
            return 0
        for line in [*dry_run_lines(plan.schema, counts), *counts.said]:
            sys.stdout.write(line + "\n")
        return 0

    def write(
        self, out: Path | None, format: str, sql_dialect: str, force: bool, effort: tuple[int | None, Sequence[str]]
    ) -> int:
        """Make and write the database; the exit code."""
        if format not in FORMATS:
            raise InputError(f"--format {format} is not known", f"one of {', '.join(FORMATS)}")
        if sql_dialect and format != "sql":
            raise InputError(f"--sql-dialect {sql_dialect} goes with --format sql alone", "add --format sql")
        directory = out or self.project.settings.path(self.project.settings.out) / "database"
        refuse_foreign(directory, force)
        self._introduce()
        target = Target(directory, format, force, sql_dialect)  # type: ignore[arg-type]
        made = populate(self.project.schema, self.request, target, self._effort(*effort), self._hear)
        self._tell(made, directory)
        return 0

    def _effort(self, workers: int | None, ranges: Sequence[str]) -> Effort:
        only = dict(_range(self.project, text) for text in ranges)
        asked = sum(count.rows or 0 for count in self.request.counts.values())
        usual = min(os.cpu_count() or 1, max(1, asked // _PARALLEL + (asked >= _PARALLEL)))
        return Effort(workers or usual, only)

    def _introduce(self) -> None:
        if self.as_json:
            return
        if self.project.packaged:
            say("using the packaged billing example (no schema is named by --schema or llmgen.toml)")
        say(f"as of {self.request.as_of:%Y-%m-%d %H:%M:%S} UTC; seed {self.request.seed}")

    def _hear(self, event: Event) -> None:
        if self.as_json:
            return
        match event:
            case Filled(table=table, rows=rows):
                say(f"  {rows:>10,}  {table}")
            case Note(text=text):
                say(text)
            case _:
                pass

    def _tell(self, made: Populated, directory: Path) -> None:
        seconds = time.monotonic() - self.started
        shown = str(directory.relative_to(Path.cwd()) if directory.is_relative_to(Path.cwd()) else directory)
        if self.as_json:
            body = {"out": shown, "rows": dict(made.counts.rows), "edges": made.coverage, "seed": self.request.seed}
            body |= {"as_of": made.manifest["as_of"], "seconds": round(seconds, 3)}
            sys.stdout.write(json.dumps(body) + "\n")
            return
        for line in coverage_lines(made.coverage):
            say(line)
        say(f"{sum(made.counts.rows.values()):,} rows in {len(made.counts.rows)} tables, {seconds:.1f} s")
        say(f"written to {shown}")
        if not self.asked.seed:
            say(f"the same again: {self._command()}")

    def _command(self) -> str:
        """The command that makes the same bytes again."""
        typed = ["llmgen", *sys.argv[1:], "--seed", self.request.seed]
        if self.asked.as_of is None:
            typed += ["--as-of", f"{self.request.as_of:%Y-%m-%d}"]
        return shlex.join(typed)


def request_of(project: Project, asked: Asked) -> Request:
    """The request that the arguments and the settings come to."""
    if asked.on_unsolved not in get_args(OnUnsolved):
        raise InputError(f"--on-unsolved {asked.on_unsolved} is not known", f"one of {', '.join(get_args(OnUnsolved))}")
    try:
        as_of = (
            instant(asked.as_of)
            if asked.as_of
            else datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        )
    except (ValueError, OverflowError) as error:
        raise InputError(
            f"--as-of {asked.as_of}: {error}", "write it like 2026-03-12 or 2026-03-12T09:00:00+01:00"
        ) from error
    weights = dict.fromkeys(asked.locales, 1) if asked.locales else dict(project.settings.locales)
    if unknown := sorted(weights.keys() - set(LOCALES)):
        raise InputError(f"no names are shipped for the locale {unknown[0]}", f"choose among {', '.join(LOCALES)}")
    counts, every = read_counts(asked.rows, project.schema)
    if given := sorted(counts.keys() & project.reference.keys()):
        raise InputError(
            f"--rows {given[0]}: its rows are those of reference/{given[0]}.jsonl",
            "leave it out of --rows, or move the file away",
        )
    drawn = not asked.seed or asked.seed == "random"
    return Request(
        seed=secrets.token_hex(4) if drawn else asked.seed,
        as_of=as_of,
        counts=counts,
        every=every,
        values_seed=asked.values_seed,
        edges=project.settings.edges if asked.edges is None else asked.edges,
        locales=weights,
        routes=project.settings.routes,
        columns=project.settings.columns,
        on_unsolved=asked.on_unsolved,  # type: ignore[arg-type]
        **_fixed(project, asked),
    )


def _fixed(project: Project, asked: Asked) -> dict[str, Any]:
    """The rows that must be there: those of the file named, and the reference rows, which are all of their tables."""
    file = asked.fixed or (project.settings.path(project.settings.fixed) if project.settings.fixed else None)
    named = read_fixed(file, project.schema) if file else {}
    if both := sorted(named.keys() & project.reference.keys()):
        raise InputError(
            f"{file}: {both[0]} has its rows in reference/{both[0]}.jsonl", "name its rows in one of the two places"
        )
    given = {
        table: tuple(Fixed(str(place), row) for place, row in enumerate(rows, 1))
        for table, rows in project.reference.items()
    }
    return {"fixed": {**given, **named}, "whole": frozenset(given)}


def _range(project: Project, text: str) -> tuple[str, tuple[int, int]]:
    found = _RANGE.fullmatch(text)
    if found is None:
        raise InputError(f"--rows-range {text} is no range of rows", "write it like users=0:100000")
    table, start, end = found.groups()
    if table not in project.schema.by_name:
        raise InputError(f"--rows-range {text}: there is no table {table}", "see llmgen schema for the tables")
    return table, (int(start), int(end))


def coverage_lines(coverage: Mapping[str, Mapping[str, int]]) -> list[str]:
    """The edge classes written, a line a column, a number a class; nothing if none were."""
    classes = sorted({name for counts in coverage.values() for name in counts})
    if not classes:
        return []
    width = max(len(place) for place in coverage)
    head = f"{'edge values':<{width}}  " + "  ".join(classes)
    lines = [
        f"{place:<{width}}  " + "  ".join(f"{coverage[place].get(name, '.'):>{len(name)}}" for name in classes)
        for place in sorted(coverage)
    ]
    return [head, *lines]
