"""Batches of rows as one Parquet file a table: they come as Arrow's own stream, which costs little on both sides."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from pyarrow import ipc

from llmgen.schema.arrow import arrow_type
from llmgen.schema.model import Column

GROUP_ROWS = 65_536
"""Rows of a row group."""


def parquet_schema(columns: Sequence[Column]) -> Any:
    """The typed columns of a table's file; `nullable` as the table has it."""
    return pa.schema([pa.field(column.name, arrow_type(column.type), nullable=column.nullable) for column in columns])


def encode_arrow(columns: Sequence[Column], batch: Any) -> Any:
    """The rows as one buffer that `append_parquet` takes."""
    sink = pa.BufferOutputStream()
    schema = parquet_schema(columns)
    with ipc.new_stream(sink, schema) as stream:
        stream.write_batch(pa.RecordBatch.from_arrays([batch.column(name) for name in schema.names], schema=schema))
    return sink.getvalue()


def open_parquet(file: Any, columns: Sequence[Column]) -> Any:
    """A writer into an open file of bytes, to be closed when the table has all its rows."""
    from pyarrow import parquet

    return parquet.ParquetWriter(pa.PythonFile(file, mode="w"), parquet_schema(columns))


def append_parquet(writer: Any, body: Any) -> None:
    """Write the rows that `encode_arrow` encoded."""
    with ipc.open_stream(body) as stream:
        for batch in stream:
            writer.write_batch(batch, row_group_size=GROUP_ROWS)
