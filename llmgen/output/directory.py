"""Dataset directories: a file a table with manifest.json and run.json, written whole or not at all, and read back."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote

from llmgen.dataset import Dataset
from llmgen.errors import DataError, InputError
from llmgen.output.cells import written_columns
from llmgen.output.file_names import SQL_FILE, file_names
from llmgen.output.files import FORMATS, Format, RawTable, read_table, write_table
from llmgen.output.manifest import FILE, Making, TableFile, build_manifest, manifest_text, read_manifest
from llmgen.output.publish import RUN_FILE, publish, sha256
from llmgen.schema.model import Schema


@dataclass(frozen=True)
class Writing:
    """How a dataset directory is written. `run`, the figures of this very run, lands in run.json, under no hash."""

    format: Format | Literal["sql"] = "jsonl"
    force: bool = False
    run: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Listing:
    """What a dataset directory holds: the file of each table in the schema's order, files of no table, the manifest."""

    files: Mapping[str, Path]
    strangers: tuple[str, ...]
    manifest: Mapping[str, Any] | None


@dataclass(frozen=True)
class Found:
    """A dataset directory as read: raw rows and their file by table, files of no table, the manifest if any."""

    tables: Mapping[str, RawTable]
    files: Mapping[str, Path]
    strangers: tuple[str, ...]
    manifest: Mapping[str, Any] | None


def write_dataset(target: Path, schema: Schema, dataset: Dataset, making: Making, writing: Writing) -> dict[str, Any]:
    """Write the dataset into `target`: one file a table (of `sql`: one script), manifest.json, run.json; the manifest.

    Raises InputError if something of others stands there or the disk refuses, DataError for a value that no file holds.
    """
    manifest: dict[str, Any] = {}

    def write(folder: Path) -> None:
        try:
            files = _write_files(folder, schema, dataset, making, writing.format)
        except UnicodeEncodeError as error:
            raise DataError(f"a value holds a lone surrogate: {error.object[:40]!r}", "mend the value") from error
        manifest.update(build_manifest(schema, dataset, making, files))
        (folder / FILE).write_bytes(manifest_text(manifest).encode())
        (folder / RUN_FILE).write_bytes((json.dumps(writing.run, ensure_ascii=False, indent=2) + "\n").encode())

    publish(target, write, writing.force)
    return manifest


def read_dataset(directory: Path, schema: Schema) -> Found:
    """The directory's tables as they stand, to be decoded and judged. Raises InputError as `list_dataset`."""
    return read_listed(list_dataset(directory, schema))


def read_listed(listing: Listing) -> Found:
    """The tables of a listing as they stand."""
    return Found(_read(listing.files), listing.files, listing.strangers, listing.manifest)


def list_dataset(directory: Path, schema: Schema) -> Listing:
    """The files of the tables: those the manifest names, and others by their own names.

    Raises InputError if there is no table in it, or two files of one.
    """
    if not directory.is_dir():
        raise InputError(f"{directory} is no directory", "name a directory that holds one file a table")
    manifest = read_manifest(directory) if (directory / FILE).exists() else None
    named = {str(table["file"]): name for name, table in manifest["tables"].items()} if manifest else {}
    files: dict[str, Path] = {}
    strangers = []
    for file in sorted(directory.iterdir()):
        table = named.get(file.name, unquote(file.stem))
        if file.name in (FILE, RUN_FILE):
            continue
        if table not in schema.by_name or file.suffix.removeprefix(".") not in FORMATS:
            strangers.append(file.name)
        elif table in files:
            raise InputError(f"{directory} has {files[table].name} and {file.name} for {table}", "keep one of them")
        else:
            files[table] = file
    if not files:
        what = f"{SQL_FILE} is written to be loaded, not read" if SQL_FILE in strangers else "no file of a table"
        raise InputError(f"{directory}: {what}", f"name a directory with files such as {schema.tables[0].name}.jsonl")
    ordered = {table.name: files[table.name] for table in schema.tables if table.name in files}
    return Listing(ordered, tuple(strangers), manifest)


def _read(files: Mapping[str, Path]) -> dict[str, RawTable]:
    found = {}
    for name, file in files.items():
        with readable(file):
            found[name] = read_table(file, format_of(file))
    return found


@contextmanager
def readable(file: Path) -> Iterator[None]:
    """Says that a file cannot be read where the disk refuses."""
    try:
        yield
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror or error}", "mend its permissions") from error


def format_of(file: Path) -> Format:
    """The format that a table's file is in, by its name."""
    return next(format for format in FORMATS if file.suffix == f".{format}")


def _write_files(
    folder: Path, schema: Schema, dataset: Dataset, making: Making, format: Format | Literal["sql"]
) -> dict[str, TableFile]:
    tables = [table for table in schema.tables if table.name in dataset.rows]
    if format == "sql":
        from llmgen.output.sql import write_sql  # pyarrow and sqlglot take their time to start
        from llmgen.output.sql_frame import title

        write_sql(folder / SQL_FILE, schema, dataset, title(schema, making.seed, schema.dialect))
        script = TableFile(SQL_FILE, sha256(folder / SQL_FILE))
        return {table.name: script for table in tables}
    names = file_names([table.name for table in tables], format)
    files: dict[str, TableFile] = {}
    for table in tables:
        rows = dataset.rows[table.name]
        file = folder / names[table.name]
        write_table(file, table, rows, written_columns(table, rows), format)
        files[table.name] = TableFile(file.name, sha256(file))
    return files
