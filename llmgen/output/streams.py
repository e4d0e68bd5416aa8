"""Rows that come as batches become a dataset directory: encoded wherever they were made, appended in order by one.

Whoever makes rows calls `encode`, in any process; the one that holds the `Stream` gives it the parts. How the rows were
cut into batches shows in no byte of JSON lines, CSV and SQL.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from llmgen.output.csv_stream import encode_csv
from llmgen.output.file_names import SQL_FILE
from llmgen.output.jsonl_stream import encode_jsonl
from llmgen.output.layout import Layout, Part, StreamFormat
from llmgen.output.manifest import FILE, Contents, Making, manifest_of, manifest_text
from llmgen.output.parquet_stream import encode_arrow
from llmgen.output.publish import RUN_FILE, publishing
from llmgen.output.sinks import TableFiles
from llmgen.output.sql_frame import title
from llmgen.output.sql_script import Script
from llmgen.output.sql_stream import encode_sql

__all__ = ["PART_ROWS", "Layout", "Part", "Stream", "StreamFormat", "encode", "open_stream", "spilled"]

PART_ROWS = 65_536
"""Rows of a part that suits every format."""

_MOST_BYTES = 1 << 27
"""Bytes of a batch whose text surely stays below the 2 GiB that one Arrow array of strings may hold."""


def encode(layout: Layout, table: str, batch: Any, first: int = 0) -> Part:
    """Encode a RecordBatch of the types of `schema.arrow`, for `Stream.part`. Raises DataError for an unsayable cell.

    `first` is the number of its first row in the table; only SQL needs it.
    """
    shape = layout.schema.table(table)
    columns = layout.written(shape)
    if layout.format == "parquet":
        return Part(batch.num_rows, encode_arrow(columns, batch))
    if batch.nbytes > _MOST_BYTES and batch.num_rows > 1:
        half = batch.num_rows // 2
        pieces = (batch.slice(0, half), first), (batch.slice(half), first + half)
        return _together(*(encode(layout, table, piece, start) for piece, start in pieces))
    if layout.format == "sql":
        return encode_sql(layout.frame, shape, columns, batch, first)
    write = encode_jsonl if layout.format == "jsonl" else encode_csv
    return Part(batch.num_rows, write(shape, columns, batch))


def spilled(part: Part, file: Path) -> Part:
    """The part with its bytes in a new `file` (in `Stream.scratch`), so that little goes from process to process."""
    with file.open("xb") as sink:
        sink.write(part.body)
    return replace(part, body=file)


@contextmanager
def open_stream(target: Path, layout: Layout, force: bool = False) -> Iterator["Stream"]:
    """A stream whose files appear at `target`, all at once, when the block ends after `Stream.finish`.

    If the block raises, nothing is left of it. Raises InputError as `publishing` does.
    """
    with publishing(target, force) as folder:
        stream = Stream(folder, layout)
        try:
            yield stream
        finally:
            stream.close()
        if not (folder / FILE).exists():
            raise RuntimeError("a stream ended before it was finished")


class Stream:
    """A dataset directory in the making. Parts come table by table in the order of `Layout.order`.

    Tables without a part get an empty file. `scratch` is a folder for spilled parts.
    """

    def __init__(self, folder: Path, layout: Layout) -> None:
        self.scratch = folder / ".parts"
        self.scratch.mkdir()
        self._folder = folder
        self._layout = layout
        self._waiting = list(layout.order)
        self._table = ""
        self._rows = dict.fromkeys(layout.order, 0)
        self._sink = _script(folder, layout) if layout.format == "sql" else TableFiles(folder, layout)

    def part(self, table: str, part: Part) -> None:
        """Append the rows that follow those of the last part of this table. ValueError for a table out of order."""
        while self._table != table:
            if table not in self._waiting:
                raise ValueError(f"{table} does not come after {self._table}")
            self._go_on()
        self._sink.append(self._layout.schema.table(table), part)
        self._rows[table] += part.rows

    def finish(
        self, making: Making, writers: Mapping[str, Mapping[str, str]], run: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Write what is left, the manifest and run.json; the manifest. `writers` name each column's writer by table."""
        while self._table or self._waiting:
            self._go_on()
        files = self._sink.finish()
        self.scratch.rmdir()
        manifest = manifest_of(self._layout.schema, Contents(self._rows, writers), making, files)
        (self._folder / FILE).write_bytes(manifest_text(manifest).encode())
        (self._folder / RUN_FILE).write_bytes((json.dumps(run or {}, ensure_ascii=False, indent=2) + "\n").encode())
        return manifest

    def close(self) -> None:
        """Close what is open, finished or not."""
        self._sink.close()

    def _go_on(self) -> None:
        """End the open table and begin the next, if there is one."""
        if self._table:
            self._sink.end(self._layout.schema.table(self._table))
        self._table = self._waiting.pop(0) if self._waiting else ""
        if self._table:
            self._sink.begin(self._layout.schema.table(self._table))


def _script(folder: Path, layout: Layout) -> Script:
    columns = {name: layout.written(layout.schema.table(name)) for name in layout.order}
    head = title(layout.schema, layout.seed, layout.frame.dialect)
    return Script(folder / SQL_FILE, layout.frame, columns, head)


def _together(one: Part, other: Part) -> Part:
    body = pa.py_buffer(b"".join((one.body, other.body)))
    highest = {name: max(key, other.highest[name]) for name, key in one.highest.items()}
    return Part(one.rows + other.rows, body, one.late + other.late, highest)
