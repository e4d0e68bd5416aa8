"""Tables into a real database, whichever it is."""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from loading.mysql_loader import load_mysql
from loading.outcome import Outcome
from loading.postgres_loader import load_postgres
from loading.sqlite_loader import load_sqlite

from llmgen.schema.model import Schema


def load_tables(url: str, tables: Mapping[str, pa.Table], schema: Schema) -> Outcome:
    """Load the tables that the database at the URL holds empty, with every constraint and trigger active."""
    backend = url.partition(":")[0].partition("+")[0]
    return {"postgresql": load_postgres, "mysql": load_mysql, "sqlite": load_sqlite}[backend](url, tables, schema)


def load_directory(url: str, directory: Path, schema: Schema) -> Outcome:
    """Load the Parquet files of a directory, each named after its table."""
    files = {table.name: directory / f"{table.name}.parquet" for table in schema.tables}
    return load_tables(url, {name: pq.read_table(file) for name, file in files.items() if file.exists()}, schema)
