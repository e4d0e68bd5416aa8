"""manifest.json: what made a dataset, with nothing of clock, machine, paths or cache hits in it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from llmgen.dataset import Dataset
from llmgen.errors import InputError
from llmgen.schema.model import Schema

FILE = "manifest.json"
FORMAT = 1


@dataclass(frozen=True)
class ScenarioMade:
    """The scenario that the cases are instances of, and how many were asked for."""

    words: str
    digest: str
    root: str
    n: int
    expects: Sequence[str] = ()


@dataclass(frozen=True)
class VolumeMade:
    """A whole database by seed: rows by table, the share of rows with an edge value, and what steered the values.

    `ranges` are the rows (first, end) of tables of which this is a shard. `locales` maps locales to weights, `routes`
    columns to providers, `columns` columns to their settings as JSON has them; `faker` is the version of Faker if a
    provider of its own wrote a column.
    """

    counts: Mapping[str, int]
    edges: float
    locales: Mapping[str, int] = field(default_factory=dict)
    routes: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Any] = field(default_factory=dict)
    ranges: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    faker: str = ""


@dataclass(frozen=True)
class Making:
    """What went into a dataset, as plain strings and mappings.

    `as_of` is aware. `prompts` maps "template/version/level" to the keys of its prompts, `recordings` a key to its
    checksum, `edges` a column ("table.column") to its edge classes with their counts.
    """

    seed: str
    values_seed: str
    values_version: int
    pools: str
    as_of: datetime
    zone: str = "UTC"
    scenario: ScenarioMade | None = None
    prompts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    recordings: Mapping[str, str] = field(default_factory=dict)
    answered_by: Sequence[str] = ()
    rules: str = ""
    rules_skipped: Sequence[str] = ()
    edges: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    partial: bool = False
    volume: VolumeMade | None = None


@dataclass(frozen=True)
class TableFile:
    """Where a table's rows lie: a file's name in the directory, and its hash as hex."""

    file: str
    sha256: str


@dataclass(frozen=True)
class Contents:
    """What the manifest counts: rows by table, who wrote each column, and (for cases) the rows that belong to each."""

    rows: Mapping[str, int]
    writers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    rows_per_case: Mapping[str, Sequence[int]] = field(default_factory=dict)
    shared: Mapping[str, int] = field(default_factory=dict)


def build_manifest(schema: Schema, dataset: Dataset, making: Making, files: Mapping[str, TableFile]) -> dict[str, Any]:
    """The manifest of a dataset: see `manifest_of`."""
    contents = Contents(
        {name: len(rows) for name, rows in dataset.rows.items()},
        dataset.writers,
        _rows_per_case(schema, dataset),
        {name: _cases(dataset, name).count(None) for name in _case_tables(schema, dataset)},
    )
    return manifest_of(schema, contents, making, files)


def manifest_of(schema: Schema, contents: Contents, making: Making, files: Mapping[str, TableFile]) -> dict[str, Any]:
    """The manifest's content, in a stable order whatever order the inputs came in. `files` is by table."""
    made, volume = making.scenario, making.volume
    return {
        "format": FORMAT,
        "llmgen": _version(),
        "values_version": making.values_version,
        "pools": making.pools,
        "schema": schema.fingerprint(),
        "scenario": _scenario(made) if made else None,
        **({"volume": _volume(volume)} if volume else {}),
        "seed": making.seed,
        "values_seed": making.values_seed,
        "as_of": making.as_of.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "zone": making.zone,
        "prompts": {name: sorted(making.prompts[name]) for name in sorted(making.prompts)},
        "recordings": dict(sorted(making.recordings.items())),
        "answered_by": sorted(making.answered_by),
        "rules": making.rules,
        "rules_skipped": sorted(making.rules_skipped),
        "partial": making.partial,
        "tables": {table.name: _table(table.name, contents, files) for table in schema.tables if table.name in files},
        "edges": {name: dict(sorted(making.edges[name].items())) for name in sorted(making.edges)},
        "rows_per_case": dict(contents.rows_per_case),
        "shared": dict(contents.shared),
    }


def row_cases(manifest: Mapping[str, Any]) -> dict[str, list[int | None]]:
    """The case of each row by table, as `Dataset.cases` has it: shared rows first, then case by case."""
    return {
        name: [None] * shared + [case for case, rows in enumerate(manifest["rows_per_case"][name]) for _ in range(rows)]
        for name, shared in manifest.get("shared", {}).items()
    }


def read_manifest(directory: Path) -> dict[str, Any]:
    """The manifest of a dataset directory. Raises InputError if there is none, or none that this version reads."""
    file = directory / FILE
    try:
        content = json.loads(file.read_bytes())
    except FileNotFoundError as error:
        raise InputError(f"{file} does not exist", "name a directory that llmgen wrote") from error
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{file} cannot be read: {error}", "write the dataset again") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT or not isinstance(content.get("tables"), dict):
        raise InputError(f"{file} is no manifest of format {FORMAT}", "write the dataset again with this llmgen")
    return content


def manifest_text(manifest: Mapping[str, Any]) -> str:
    """The manifest as its file has it."""
    return json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"


def _version() -> str:
    try:
        return version("llmgen")
    except PackageNotFoundError:  # run from its sources, not installed
        return "unknown"


def _scenario(made: ScenarioMade) -> dict[str, Any]:
    named = {"words": made.words, "digest": made.digest, "root": made.root, "n": made.n}
    return {**named, "expects": list(made.expects)}


def _volume(volume: VolumeMade) -> dict[str, Any]:
    return {
        "counts": dict(sorted(volume.counts.items())),
        "ranges": {name: list(volume.ranges[name]) for name in sorted(volume.ranges)},
        "edges": volume.edges,
        "locales": dict(sorted(volume.locales.items())),
        "routes": dict(sorted(volume.routes.items())),
        "columns": dict(sorted(volume.columns.items())),
        "faker": volume.faker,
    }


def _table(name: str, contents: Contents, files: Mapping[str, TableFile]) -> dict[str, Any]:
    return {
        "file": files[name].file,
        "sha256": files[name].sha256,
        "rows": contents.rows[name],
        "writers": dict(sorted(contents.writers.get(name, {}).items())),
    }


def _case_tables(schema: Schema, dataset: Dataset) -> list[str]:
    return [table.name for table in schema.tables if table.name in dataset.cases]


def _cases(dataset: Dataset, name: str) -> list[int | None]:
    return list(dataset.cases[name])


def _rows_per_case(schema: Schema, dataset: Dataset) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for name in _case_tables(schema, dataset):
        cases = _cases(dataset, name)
        owned = [case for case in cases if case is not None]
        if cases != [None] * (len(cases) - len(owned)) + sorted(owned):
            raise ValueError(f"the rows of {name} are not in the order of their cases, shared rows first")
        found[name] = [owned.count(case) for case in range(max(owned, default=-1) + 1)]
    return found
