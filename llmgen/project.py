"""What a run works on: schema, rules, reference rows, recordings, scenarios; the packaged example by default."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from llmgen.content import content_folder
from llmgen.dataset import Values
from llmgen.errors import InputError
from llmgen.relations import read_related
from llmgen.schema.forms import BadCell, decode
from llmgen.schema.model import Schema, Table
from llmgen.schema.sources import Reading
from llmgen.settings import Settings, load_settings
from llmgen.validate.rules import RuleSet, load_rules

EXAMPLE = "billing"


@dataclass(frozen=True)
class Project:
    """Everything that is read from disk before a run. `packaged` says that it is the billing example."""

    settings: Settings
    schema: Schema
    home: Path
    """The folder that holds `reference/`: that of the schema's file, else the settings' own."""
    rules: RuleSet
    reference: Mapping[str, Sequence[Values]]
    scenarios: tuple[Path, ...]
    recordings: tuple[Path, ...]
    """Folders of recordings: the first is written to."""
    prompts: Path | None
    packaged: bool


def open_project(
    folder: Path,
    schema: str | os.PathLike[str] | None = None,
    validators: Path | None = None,
    prompts: Path | None = None,
    cache: Path | None = None,
) -> Project:
    """The project of a folder: its llmgen.toml, overridden by what is given here. `schema` is any source of one.

    Without a schema anywhere the packaged example is used, with its rules, reference rows, scenarios and recordings.
    """
    settings = load_settings(folder)
    example = content_folder("fixtures") / EXAMPLE
    source = os.fspath(schema) if schema else settings.source() or str(example / "schema.sql")
    packaged = Path(source).resolve() == (example / "schema.sql").resolve()
    home = Path(source).parent if Path(source).exists() else settings.root
    reading = Reading(settings.dialect, settings.db_schemas, settings.tables)
    read = read_related(source, reading, settings.infer_relations)
    rules_at = validators or (settings.path(settings.validators) if settings.validators else None)
    own_rules = _example_rules() if packaged and rules_at is None else [rules_at] if rules_at else []
    written = cache or settings.path(settings.recordings)
    recordings = (written,) if cache else (written, *([example / "recordings"] if packaged else []))
    scenarios = settings.path(settings.scenarios)
    return Project(
        settings=settings,
        schema=read,
        home=home,
        rules=load_rules(own_rules, read) if own_rules else RuleSet(),
        reference=read_reference(home / "reference", read),
        scenarios=(scenarios, *([example / "scenarios"] if packaged else [])),
        recordings=recordings,
        prompts=prompts or (settings.path(settings.prompts) if settings.prompts else None),
        packaged=packaged,
    )


def _example_rules() -> list[Path]:
    folder = content_folder("validators")
    return [folder / f"{EXAMPLE}.py", folder / f"{EXAMPLE}.sql"]


def read_reference(folder: Path, schema: Schema) -> dict[str, list[Values]]:
    """Shared rows by table from `<table>.jsonl` files.

    InputError naming file and line for a row that the table cannot hold.
    """
    found = {}
    for table in schema.tables:
        file = folder / f"{table.name}.jsonl"
        if file.is_file():
            found[table.name] = _reference_rows(file, table)
    return found


def _reference_rows(file: Path, table: Table) -> list[Values]:
    rows = []
    try:
        lines = file.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: {error}", "give a readable file in UTF-8") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                rows.append(_reference_row(table, json.loads(line)))
            except (ValueError, TypeError, RecursionError) as error:
                raise InputError(
                    f"{file}:{number}: {error}", f"write one JSON object of {table.name}'s columns a line"
                ) from error
    return rows


def _reference_row(table: Table, cells: object) -> Values:
    """The row. A column that has a default and is not named is left to the database."""
    if not isinstance(cells, dict):
        raise ValueError("not an object")
    if unknown := sorted(cells.keys() - table.by_name.keys()):
        raise ValueError(f"{table.name} has no column {unknown[0]}")
    values: Values = {}
    for column in table.columns:
        if column.name not in cells and column.default is not None and column.name not in table.primary_key:
            continue
        cell = cells.get(column.name)
        try:
            values[column.name] = None if cell is None else decode(column.type, cell)
        except BadCell as bad:
            raise ValueError(f"{column.name} must be {bad}") from bad
        if cell is None and not column.nullable and column.written:
            raise ValueError(f"{column.name} is not null and has no value")
    return values
