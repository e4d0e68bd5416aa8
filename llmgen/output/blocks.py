"""Files of any size, read block by block: as Arrow columns where that surely reads the same rows, else row by row."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from llmgen.output.csv_text import read_csv
from llmgen.output.files import Format, RawRow, RawTable, csv_rows, jsonl_rows, read_table
from llmgen.schema.model import ColumnType, Table

SIZE = 1 << 24
"""Bytes of a block, as far as a record that goes on does not make it longer."""

PARSED = 1 << 21
"""Bytes that one thread parses at a time."""

ROWS = 1 << 16
"""Rows of a block of Parquet."""

_QUOTE, _COMMA, _LINE, _RETURN, _OPEN, _CLOSE = b'",\n\r{}'
_NESTED = ("json", "array", "other")


@dataclass(frozen=True)
class Block:
    """Some rows of a file, in its order. `columns` is an Arrow table, None where only `rows` can tell.

    `columns` has text or the format's own types, nothing decoded; a column whose cells are all absent may be missing.
    `rows` reads the block anew as `read_table` would, with the lines of the whole file; `text` is as there.
    """

    columns: Any | None
    rows: Callable[[], RawTable]
    text: bool


def read_blocks(path: Path, format: Format, table: Table, size: int = SIZE) -> Iterator[Block]:
    """The file's rows as blocks of about so many bytes (of Parquet: of 65,536 rows). Raises OSError."""
    if format == "parquet":
        return _parquet_blocks(path)
    return _csv_blocks(path, size) if format == "csv" else _jsonl_blocks(path, table, size)


def count_rows(path: Path, format: Format) -> int:
    """About how many rows a file has: its lines, or what its footer says (0 where that cannot be read)."""
    if format == "parquet":
        import pyarrow as pa
        from pyarrow import parquet

        try:
            return int(parquet.read_metadata(path).num_rows)
        except pa.ArrowInvalid:
            return 0
    with path.open("rb") as file:
        return sum(content.count(b"\n") for content in iter(lambda: file.read(SIZE), b""))


# -- JSON lines -----------------------------------------------------------------------------------------------------


def _jsonl_blocks(path: Path, table: Table, size: int) -> Iterator[Block]:
    first = 1
    with path.open("rb") as file:
        while content := file.read(size) + file.readline():
            yield Block(_jsonl_columns(content, table), _jsonl_reader(content, first), text=False)
            first += content.count(b"\n")


def _jsonl_reader(content: bytes, first: int) -> Callable[[], RawTable]:
    return lambda: jsonl_rows(io.BytesIO(content), first)


def _jsonl_columns(content: bytes, table: Table) -> Any | None:
    """The cells, None where a line is not plainly one object of the table's columns."""
    import pyarrow as pa
    from pyarrow import json

    if any(column.type.kind in _NESTED for column in table.columns):
        return None
    content = (content.replace(b"\r\n", b"\n") if b"\r" in content else content).removesuffix(b"\n")
    lines = _object_lines(content)
    if not lines:
        return None
    wanted = pa.schema([(column.name, _json_type(column.type)) for column in table.columns])
    parsing = json.ParseOptions(explicit_schema=wanted, unexpected_field_behavior="error")
    try:
        found = json.read_json(pa.BufferReader(content), json.ReadOptions(block_size=PARSED), parsing)
        found.validate(full=True)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    if found.num_rows != lines:
        return None
    absent = [name for name in found.column_names if found[name].null_count == lines and _key(name) not in content]
    return found.drop_columns(absent)


def _object_lines(content: bytes) -> int:
    """How many lines there are, 0 where one does not begin with `{` and end with `}`.

    A JSON text cannot go on after a `}` with a line end and a `{`, so each line holds whole objects, and as many rows
    as lines means one each.
    """
    letters = np.frombuffer(content, np.uint8)
    ends = np.flatnonzero(letters == _LINE)
    if not len(letters) or letters[0] != _OPEN or letters[-1] != _CLOSE:
        return 0
    plain = (letters[ends - 1] == _CLOSE).all() and (letters[ends + 1] == _OPEN).all()
    return len(ends) + 1 if plain else 0


def _json_type(type: ColumnType) -> Any:
    import pyarrow as pa

    if type.kind == "decimal" and type.precision is not None and type.precision <= 38:
        return pa.decimal128(type.precision, type.scale or 0)
    whole = pa.uint64() if type.unsigned else pa.int64()
    return {"integer": whole, "decimal": pa.decimal128(38, 12), "float": pa.float64(), "boolean": pa.bool_()}.get(
        type.kind, pa.string()
    )


def _key(name: str) -> bytes:
    return f'"{name}"'.encode()


# -- CSV ------------------------------------------------------------------------------------------------------------


def _csv_blocks(path: Path, size: int) -> Iterator[Block]:
    with path.open("rb") as file:
        head = file.readline()
        header = _header(head)
        if not header:
            yield Block(None, lambda: read_table(path, "csv"), text=True)
            return
        ahead, rest = 1, b""
        while True:
            content, rest, is_plain = _records(file, rest, size)
            if not content:
                return
            columns = _csv_columns(content, header) if is_plain else None
            yield Block(columns, _csv_reader(content, header, ahead), text=True)
            ahead += content.count(b"\n")


def _header(line: bytes) -> list[str]:
    """The names of the columns; none where the first line is not plainly a header."""
    try:
        records = list(read_csv(line.decode("utf-8-sig")))
    except UnicodeDecodeError:
        return []
    cells = records[0][1] if len(records) == 1 else ""
    names = [] if isinstance(cells, str) else [cell for cell in cells if cell is not None]
    return names if len(set(names)) == len(cells) else []


def _records(file: IO[bytes], rest: bytes, size: int) -> tuple[bytes, bytes, bool]:
    """The next whole records, what follows them of what was read, and whether every quote in them is where it may be.

    From the first quote on that is not, all to the end of the file is one block.
    """
    while True:
        more = file.read(size)
        content = rest + more
        letters = np.frombuffer(content, np.uint8)
        quotes = np.flatnonzero(letters == _QUOTE)
        ends = np.flatnonzero(letters == _LINE)
        outside = ends[np.searchsorted(quotes, ends) % 2 == 0] if len(quotes) else ends
        cut = len(content) if not more else int(outside[-1]) + 1 if len(outside) else 0
        if cut or not more:
            break
        rest = content
    inside = quotes[: int(np.searchsorted(quotes, cut))]
    if not _well_quoted(letters[:cut], inside):
        return content + file.read(), b"", False
    return content[:cut], content[cut:], True


def _well_quoted(letters: "np.ndarray[Any, np.dtype[np.uint8]]", quotes: "np.ndarray[Any, np.dtype[np.int64]]") -> bool:
    """Whether quotes open at the start of a cell, close at its end, and stand doubled in between."""
    if len(quotes) % 2:
        return False
    edge = np.array([_LINE], np.uint8)
    around = np.concatenate((edge, letters, edge))
    opening, closing = quotes[::2], quotes[1::2]
    before, after = around[opening], around[closing + 2]
    opens = (before == _COMMA) | (before == _LINE) | (before == _QUOTE)
    closes = (after == _COMMA) | (after == _LINE) | (after == _RETURN) | (after == _QUOTE)
    return bool(opens.all() and closes.all())


def _csv_reader(content: bytes, header: list[str], ahead: int) -> Callable[[], RawTable]:
    def rows() -> RawTable:
        try:
            return csv_rows(read_csv(content.decode()), header, ahead)
        except UnicodeDecodeError as error:
            line = ahead + content.count(b"\n", 0, error.start) + 1
            return RawTable((), ((line, f"not UTF-8: {error.reason}"),), text=True)

    return rows


def _csv_columns(content: bytes, header: list[str]) -> Any | None:
    """The cells as text, None where records are not plainly rows of the header."""
    import pyarrow as pa
    from pyarrow import csv

    if b"\r" in content and content.count(b"\r") != content.count(b"\r\n"):
        return None
    reading = csv.ReadOptions(column_names=header, block_size=PARSED)
    parsing = csv.ParseOptions(newlines_in_values=b'"' in content, ignore_empty_lines=len(header) > 1)
    converting = csv.ConvertOptions(
        column_types=dict.fromkeys(header, pa.string()),
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
    )
    try:
        return csv.read_csv(pa.BufferReader(content), reading, parsing, converting)
    except pa.ArrowInvalid:
        return None


# -- Parquet --------------------------------------------------------------------------------------------------------


def _parquet_blocks(path: Path) -> Iterator[Block]:
    import pyarrow as pa
    from pyarrow import parquet

    first = 1
    try:
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(ROWS):
                yield Block(pa.table(batch), _parquet_reader(batch, first), text=True)
                first += batch.num_rows
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        fault = str(error)
        yield Block(None, lambda: RawTable((), ((1, fault),), text=True), text=True)


def _parquet_reader(batch: Any, first: int) -> Callable[[], RawTable]:
    return lambda: RawTable(tuple(RawRow(line, cells) for line, cells in enumerate(batch.to_pylist(), first)), (), True)
