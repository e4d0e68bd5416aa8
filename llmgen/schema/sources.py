"""A schema from whatever it is kept in: the one place that knows which reader a source wants."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from llmgen.errors import InputError
from llmgen.schema.files import files_below
from llmgen.schema.model import Dialect, Ignored, Schema

_URL = re.compile(r"[a-z][a-z0-9+]*://", re.IGNORECASE)
_CLASSES = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*")
_SQLITE, _DUCKDB = b"SQLite format 3\0", b"DUCK"
"""What the files of databases begin with; DuckDB's after a checksum of eight bytes."""
WHAT = "SQL DDL, Prisma, a database's URL, Pydantic classes, a data contract, JSON Schema or DBML"


@dataclass(frozen=True)
class Reading:
    """How a source is read.

    `dialect` goes before what a SQL file looks like. `schemas` are the database schemas of a live database (default:
    the one it connects to, or all of a PostgreSQL database). `tables` are shell patterns of the tables to keep
    (default: all).
    """

    dialect: Dialect | None = None
    schemas: Sequence[str] = ()
    tables: Sequence[str] = ()


def read_source(source: str, reading: Reading = Reading()) -> Schema:
    """The schema of a file, a folder, a URL or `module:Name`. InputError or DatabaseError if it cannot be read."""
    if url := _url(source):
        from llmgen.schema.live import read_live

        return read_live(url, reading.schemas, reading.tables)
    schema = _read(source, reading)
    return chosen(schema, reading.tables, source) if reading.tables else schema


def matches(name: str, patterns: Sequence[str]) -> bool:
    """Whether a table's name is among the patterns; no patterns match all."""
    return not patterns or any(fnmatchcase(name, pattern) for pattern in patterns)


def _read(source: str, reading: Reading) -> Schema:
    path = Path(source)
    if not path.exists() and (_CLASSES.fullmatch(source) or re.search(r"\.py:\w+$", source)):
        return _classes(source, reading)
    if path.is_dir():
        return _folder(path, reading)
    return _READERS.get(path.suffix.lower(), _sql)(source, reading)


def _classes(source: str, reading: Reading) -> Schema:
    from llmgen.schema.classes import read_classes

    return read_classes(source)


def _sql(source: str, reading: Reading) -> Schema:
    from llmgen.schema.sql import read_schema

    return read_schema(Path(source), reading.dialect)


def _prisma(source: str, reading: Reading) -> Schema:
    from llmgen.schema.prisma import read_prisma

    return read_prisma(Path(source))


def _contract(source: str, reading: Reading) -> Schema:
    from llmgen.schema.contracts import read_contract

    return read_contract(Path(source))


def _dbml(source: str, reading: Reading) -> Schema:
    from llmgen.schema.dbml import read_dbml

    return read_dbml(Path(source))


_READERS: Mapping[str, Callable[[str, Reading], Schema]] = {
    ".prisma": _prisma,
    ".py": _classes,
    ".yaml": _contract,
    ".yml": _contract,
    ".json": _contract,
    ".dbml": _dbml,
}
"""The reader of a file by its ending; any other file is read as SQL."""


def _folder(path: Path, reading: Reading) -> Schema:
    """A folder of Prisma files, or of SQL migrations; below it, Prisma keeps the migrations it makes of its schema."""
    if any(files_below(path, ".prisma")):
        return _prisma(str(path), reading)
    if any(files_below(path, ".sql")):
        return _sql(str(path), reading)
    raise InputError(f"{path}: no .sql and no .prisma file in this folder", f"a schema may be {WHAT}")


def _url(source: str) -> str:
    """The URL of a database, that of a file which is one included; "" for any other source."""
    if _URL.match(source):
        return source
    path = Path(source)
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except (OSError, ValueError):
        return ""
    scheme = "sqlite" if head == _SQLITE else "duckdb" if head[8:12] == _DUCKDB else ""
    return f"{scheme}:///{path.absolute()}" if scheme else ""


def chosen(schema: Schema, patterns: Sequence[str], source: str) -> Schema:
    """The schema with the tables that match, with or without their database schema; references to others are said.

    `source` is for the InputError where none matches: a URL comes without its password.
    """
    kept = {
        table.name
        for table in schema.tables
        if any(matches(name, patterns) for name in (table.name, table.bare_name, f"{table.schema}.{table.bare_name}"))
    }
    if not kept:
        raise InputError(f"{source}: no table matches {', '.join(patterns)}", "patterns are as in a shell: 'order*'")
    tables, lost = [], []
    for table in schema.tables:
        if table.name in kept:
            keys = tuple(key for key in table.foreign_keys if key.table in kept)
            tables.append(replace(table, foreign_keys=keys))
            lost += [
                Ignored(0, f"{table.name} ({', '.join(key.columns)})", f"its target {key.table} was not chosen")
                for key in table.foreign_keys
                if key.table not in kept
            ]
    return replace(schema, tables=tuple(tables), ignored=(*schema.ignored, *lost))
