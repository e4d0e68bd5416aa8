"""What a run writes: the tables with their columns, how, and the encoded parts that their rows come in."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from llmgen.output.order import load_order
from llmgen.output.sql_frame import Frame, frame
from llmgen.schema.model import Column, Schema, Table

StreamFormat = Literal["jsonl", "csv", "parquet", "sql"]


@dataclass(frozen=True)
class Layout:
    """The tables that are written, with the columns that their rows carry, and how. The same in every process.

    `dialect` is that of `sql`, the schema's if it is empty, and `seed` what its first line names.
    """

    schema: Schema
    columns: Mapping[str, tuple[str, ...]]
    format: StreamFormat = "jsonl"
    dialect: str = ""
    seed: str = ""

    def written(self, table: Table) -> list[Column]:
        """The table's columns in the order that they are written in: the schema's."""
        return [column for column in table.columns if column.name in self.columns[table.name] and column.written]

    @cached_property
    def order(self) -> tuple[str, ...]:
        """The tables in the order that parts must come in: referenced tables first."""
        if self.format == "sql":
            return tuple(name for group in self.frame.groups for name in group)
        return tuple(load_order(self.schema, self.columns)[0])

    @cached_property
    def frame(self) -> Frame:
        """What stands around the rows of a script. Raises InputError as `sql_frame.frame` does."""
        return frame(self.schema, self.columns, self.dialect or self.schema.dialect)


@dataclass(frozen=True)
class Part:
    """Encoded rows of a table that follow one another: a buffer, or the file that holds it and is deleted at the end.

    Of SQL, `late` is what must stand behind all tables, `highest` the greatest key of each identity column.
    """

    rows: int
    body: Any
    late: bytes = b""
    highest: Mapping[str, int] = field(default_factory=dict)

    @contextmanager
    def content(self) -> Iterator[Any]:
        """The body's bytes, for as long as the block runs; a file is deleted afterwards."""
        if not isinstance(self.body, Path):
            yield self.body
            return
        with pa.memory_map(str(self.body)) as file:
            yield file.read_buffer()
        self.body.unlink()
