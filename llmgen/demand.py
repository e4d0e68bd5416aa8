"""What is asked of a whole database: from texts as people type them, and a project's settings, to rows in files."""

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from llmgen.bulk import Populated, Target, populate
from llmgen.canonical import instant
from llmgen.errors import InputError
from llmgen.output.layout import StreamFormat
from llmgen.project import Project, open_project
from llmgen.values.pools import LOCALES
from llmgen.volume.asked import read_counts
from llmgen.volume.fixed import read_fixed
from llmgen.volume.request import Fixed, OnUnsolved, Request


@dataclass(frozen=True)
class Asked:
    """What was typed, as far as it concerns the cells: see the options of `llmgen generate`."""

    rows: tuple[str, ...] = ()
    seed: str = ""
    values_seed: str = ""
    as_of: str | None = None
    locales: tuple[str, ...] = ()
    edges: float | None = None
    on_unsolved: str = "refuse"
    fixed: Path | None = None


def make_database(
    out: str | os.PathLike[str],
    rows: str | Sequence[str] = (),
    *,
    schema: str | os.PathLike[str] | None = None,
    seed: str = "0",
    as_of: datetime | None = None,
    format: StreamFormat = "jsonl",
) -> Populated:
    """A whole database by seed in the directory `out`, as `llmgen generate` writes it.

    `rows` is said as on the command line: "users=10k,organizations=500", "50", or several such texts. The project is
    that of the working directory. `as_of` is the instant that dates lie around (UTC unless it says; default: today's
    beginning). The result holds the manifest, the rows by table and the edge values written.

    Raises InputError for what cannot be used or does not fit, DataError for CHECKs that cannot be solved.
    """
    if format not in get_args(StreamFormat):
        raise InputError(f"format = {format!r} is not known", f"one of {', '.join(get_args(StreamFormat))}")
    project = open_project(Path.cwd(), schema)
    texts = (rows,) if isinstance(rows, str) else tuple(rows)
    request = request_of(project, Asked(texts, seed, as_of=as_of.isoformat() if as_of else None))
    return populate(project.schema, request, Target(Path(out), format))


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
    if weights and (min(weights.values()) < 0 or not any(weights.values())):
        raise InputError(
            "locales: weights are from 0 upwards, not all of them 0", "write locales = { de_DE = 3, en_US = 1 }"
        )
    counts, every = read_counts(asked.rows, project.schema)
    if given := sorted(counts.keys() & project.reference.keys()):
        raise InputError(
            f"--rows {given[0]}: its rows are those of reference/{given[0]}.jsonl",
            "leave it out of --rows, or move the file away",
        )
    for option, seed in (("--seed", asked.seed), ("--values-seed", asked.values_seed)):
        if any("\ud800" <= letter <= "\udfff" for letter in seed):
            raise InputError(f"{option} is no text in UTF-8", "give a number, a word or a commit's hash")
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
