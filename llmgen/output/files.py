"""Tables as files: JSON lines, CSV and Parquet, written the same everywhere and read back cell by cell.

A CSV cell that is empty and bare is NULL, one that is empty and quoted is the empty text. JSON lines and CSV are the
same bytes on every machine; of Parquet that holds for the values alone.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

import jsonlines

from llmgen.dataset import Dataset, Values
from llmgen.output.cells import cell_form, written_columns
from llmgen.output.csv_text import csv_line, read_csv
from llmgen.output.order import load_order
from llmgen.output.parquet import read_parquet, write_parquet
from llmgen.schema.forms import encode, encode_text
from llmgen.schema.model import Column, Schema, Table

Format = Literal["jsonl", "csv", "parquet"]
FORMATS: tuple[Format, ...] = ("jsonl", "csv", "parquet")


@dataclass(frozen=True)
class RawRow:
    """A row as the file has it, not decoded. `line` counts from 1; in Parquet it is the row's number."""

    line: int
    cells: dict[str, Any]


@dataclass(frozen=True)
class RawTable:
    """A file's rows, and the lines that are no rows with the reason of each; together they are all its non-blank lines.

    `text` says how `forms.decode` must read the cells: in CSV and Parquet a text may stand for any value.
    """

    rows: tuple[RawRow, ...]
    faults: tuple[tuple[int, str], ...]
    text: bool


def write_table(path: Path, table: Table, rows: Sequence[Values], columns: Sequence[str], format: Format) -> None:
    """Write the columns of the rows. Raises DataError for a value that the format cannot hold.

    A column that a row lacks is absent from its JSON line, and NULL in CSV and Parquet.
    """
    chosen = [table.column(name) for name in columns]
    _WRITERS[format](path, table, rows, chosen)


def read_table(path: Path, format: Format) -> RawTable:
    """The file's rows as they stand, for `forms.decode`. A file that is no Parquet at all has one fault, at line 1."""
    return _READERS[format](path)


def write_stream(stream: IO[bytes], schema: Schema, dataset: Dataset) -> None:
    """All rows as JSON lines `{"table": ..., "row": {...}}`, referenced tables first."""
    order, _ = load_order(schema, dataset.rows)
    with jsonlines.Writer(stream, dumps=_dumps) as lines:
        for name in order:
            table, rows = schema.table(name), dataset.rows[name]
            columns = [table.column(column) for column in written_columns(table, rows)]
            for row in rows:
                lines.write({"table": name, "row": _form(table, columns, row)})


def _form(table: Table, columns: Sequence[Column], row: Values) -> dict[str, Any]:
    present = (column for column in columns if column.name in row)
    return {column.name: cell_form(encode, table, column, row[column.name]) for column in present}


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _write_jsonl(path: Path, table: Table, rows: Sequence[Values], columns: Sequence[Column]) -> None:
    with path.open("wb") as file, jsonlines.Writer(file, dumps=_dumps) as lines:
        lines.write_all(_form(table, columns, row) for row in rows)


def _write_csv(path: Path, table: Table, rows: Sequence[Values], columns: Sequence[Column]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(csv_line([column.name for column in columns]))
        for row in rows:
            file.write(csv_line([cell_form(encode_text, table, column, row.get(column.name)) for column in columns]))


def _read_jsonl(path: Path) -> RawTable:
    with path.open("rb") as file:
        return jsonl_rows(file)


def jsonl_rows(lines: Iterable[bytes], first: int = 1) -> RawTable:
    """The rows of JSON lines, of which the first has this number."""
    rows, faults = [], []
    for line, content in enumerate(lines, first):
        try:
            if content.strip():
                rows.append(RawRow(line, _read_object(content)))
        except ValueError as error:
            faults.append((line, f"not a JSON object: {error}"))
    return RawTable(tuple(rows), tuple(faults), text=False)


def _read_object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content.decode("utf-8-sig"), parse_constant=_no_constant, object_pairs_hook=_each_key_once)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(found, dict):
        raise ValueError("a bare value")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number in JSON")


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _read_csv(path: Path) -> RawTable:
    content = path.read_bytes()
    try:
        records = list(read_csv(content.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        return RawTable((), ((content.count(b"\n", 0, error.start) + 1, f"not UTF-8: {error.reason}"),), text=True)
    header = records[0][1] if records else "no header"
    if isinstance(header, str) or None in header or len(set(header)) < len(header):
        return RawTable((), ((1, "the first line must name each column once"),), text=True)
    return csv_rows(records[1:], [str(name) for name in header])


def csv_rows(records: Iterable[tuple[int, list[str | None] | str]], header: Sequence[str], ahead: int = 0) -> RawTable:
    """The rows of CSV records as `read_csv` gives them, with so many lines ahead of them."""
    rows, faults = [], []
    for line, cells in records:
        if isinstance(cells, str):
            faults.append((ahead + line, cells))
        elif len(cells) == len(header):
            rows.append(RawRow(ahead + line, dict(zip(header, cells, strict=True))))
        elif cells != [None]:
            faults.append((ahead + line, f"{len(cells)} cells, the header has {len(header)}"))
    return RawTable(tuple(rows), tuple(faults), text=True)


def _read_parquet(path: Path) -> RawTable:
    try:
        rows = read_parquet(path)
    except ValueError as error:
        return RawTable((), ((1, str(error)),), text=True)
    return RawTable(tuple(RawRow(line, cells) for line, cells in enumerate(rows, 1)), (), text=True)


_WRITERS = {"jsonl": _write_jsonl, "csv": _write_csv, "parquet": write_parquet}
_READERS = {"jsonl": _read_jsonl, "csv": _read_csv, "parquet": _read_parquet}
