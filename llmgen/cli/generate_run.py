"""One run of `llmgen generate`: from the arguments to files, words and an exit code."""

import json
import re
import shlex
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from llmgen.bulk import Effort, Populated, Target, plan_volume, populate
from llmgen.cli.generate import FORMATS
from llmgen.cli.screen import say
from llmgen.demand import Asked, request_of
from llmgen.errors import InputError
from llmgen.events import Event, Filled, Note
from llmgen.output.publish import refuse_foreign
from llmgen.project import Project
from llmgen.volume.counts import dry_run_lines

_RANGE = re.compile(r"(.+)=([0-9]+(?:_[0-9]+)*):([0-9]+(?:_[0-9]+)*)")


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
        home = self.project.home.resolve()
        if directory.is_file() or home.is_relative_to(directory.resolve()):
            what = "is a file" if directory.is_file() else "holds the schema"
            raise InputError(f"{directory} {what}", "give another -o: a directory of its own")
        self._introduce()
        target = Target(directory, format, force, sql_dialect)  # type: ignore[arg-type]
        made = populate(self.project.schema, self.request, target, self._effort(*effort), self._hear)
        self._tell(made, directory)
        return 0

    def _effort(self, workers: int | None, ranges: Sequence[str]) -> Effort:
        only: dict[str, tuple[int, int]] = {}
        for text in ranges:
            table, span = _range(self.project, text)
            if table in only:
                raise InputError(f"--rows-range {text}: {table} is given twice", "make each range in a run of its own")
            only[table] = span
        return Effort(workers, only)

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
        rows = {name: table["rows"] for name, table in made.manifest["tables"].items()}
        if self.as_json:
            body: dict[str, Any] = {
                "out": shown,
                "rows": rows,
                "edges": made.coverage,
                "seed": self.request.seed,
            }
            body |= {"as_of": made.manifest["as_of"], "seconds": round(seconds, 3)}
            body["rules_not_heeded"] = self.project.rules.count
            sys.stdout.write(json.dumps(body) + "\n")
            return
        for line in coverage_lines(made.coverage):
            say(line)
        say(f"{sum(rows.values()):,} rows in {len(rows)} tables, {seconds:.1f} s")
        if rules := self.project.rules.count:
            say(f"{rules} business rules (validators) were not heeded: the schema's constraints hold, these may not")
        say(f"written to {shown}")
        if self.asked.seed in ("", "random"):
            say(f"the same again: {self._command()}")

    def _command(self) -> str:
        """The command that makes the same bytes again."""
        typed = ["llmgen", *sys.argv[1:], "--seed", self.request.seed]
        if self.asked.as_of is None:
            typed += ["--as-of", f"{self.request.as_of:%Y-%m-%d}"]
        return shlex.join(typed)


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
