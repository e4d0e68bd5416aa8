"""What all databases share: the reader that a URL wants, its drafts finished as those of SQL text, tables chosen."""

from collections.abc import Callable, Mapping, Sequence

from llmgen.connect import Backend, backend_of, shown
from llmgen.errors import InputError
from llmgen.schema.model import Schema
from llmgen.schema.sources import chosen
from llmgen.schema.sql.draft import Catalog
from llmgen.schema.sql.finish import finish

Reader = Callable[[str, Sequence[str]], Catalog]
"""Reads the tables of some database schemas (none named: those that are a user's own) of the database at a URL."""


def read_live(url: str, schemas: Sequence[str] = (), tables: Sequence[str] = ()) -> Schema:
    """The schema of the database at a URL, read without writing anything.

    `schemas` are database schemas by name; `tables` are shell patterns of names, with or without their schema. What
    is not understood has line 0. InputError for a URL that cannot be used and where there is no such table or schema;
    DatabaseError for all that the database refuses.
    """
    backend = backend_of(url)
    schema = finish(_READERS[backend](url, schemas), backend)
    if not schema.tables:
        inside = f" in {', '.join(schemas)}" if schemas else ""
        raise InputError(f"{shown(url)}: no tables{inside}", "name the database, and with --db-schema its schemas")
    return chosen(schema, tables, shown(url)) if tables else schema


def _postgres(url: str, schemas: Sequence[str]) -> Catalog:
    from llmgen.schema.live.postgres import read

    return read(url, schemas)


def _mysql(url: str, schemas: Sequence[str]) -> Catalog:
    from llmgen.schema.live.mysql import read

    return read(url, schemas)


def _sqlite(url: str, schemas: Sequence[str]) -> Catalog:
    from llmgen.schema.live.sqlite import read

    return read(url, schemas)


def _duckdb(url: str, schemas: Sequence[str]) -> Catalog:
    from llmgen.schema.live.duckdb import read

    return read(url, schemas)


_READERS: Mapping[Backend, Reader] = {
    "postgres": _postgres, "mysql": _mysql, "sqlite": _sqlite, "duckdb": _duckdb,
}  # fmt: skip
