"""The real schemas that tests load into: where each is, which server it is for, and an empty database that has it."""

import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psycopg
import pytest
from loading.sqlite_loader import sqlite_connection
from psycopg import conninfo
from servers import (
    NO_MYSQL,
    NONE_FOUND,
    fresh_database,
    fresh_mysql_database,
    mysql_client,
    mysql_connection,
    mysql_url,
    postgres_url,
)  # fmt: skip
from sqlalchemy import make_url

from llmgen.schema.model import Dialect, Schema
from llmgen.schema.sources import Reading, read_source
from llmgen.schema.sql.tokens import Source, statements

HERE = Path(__file__).parents[1]
ELSEWHERE = {"copy", "grant", "insert", "revoke"}
"""Statements that bring rows of their own or need roles, and shape no table."""


@dataclass(frozen=True)
class Subject:
    """A schema that llmgen reads from `source` and that a server makes of the SQL in `ddl`."""

    name: str
    source: Path
    ddl: Path
    backend: Dialect

    @property
    def mark(self) -> tuple[pytest.MarkDecorator, ...]:
        """The mark of tests that need the server."""
        return () if self.backend == "sqlite" else (getattr(pytest.mark, self.backend),)


def _real(name: str, backend: Dialect) -> Subject:
    path = HERE / "schema" / "real" / name / "schema.sql"
    return Subject(name, path, path, backend)


def _prisma(name: str) -> Subject:
    folder = HERE / "schema" / "prisma"
    return Subject(name, folder / f"{name}.prisma", folder / f"{name}.postgres.sql", "postgres")


REAL = (
    *(_real(name, "postgres") for name in (
        "adventureworks", "bytebase", "graphile_starter", "guacamole_pg", "killbill_pg", "sakila_pg", "snaplet_pg",
    )),
    *(_prisma(name) for name in ("boxyhq", "hoppscotch")),
    *(_real(name, "mysql") for name in ("guacamole_mysql", "killbill_mysql", "sakila_mysql", "snaplet_mysql")),
    _real("northwind_sqlite", "sqlite"),
)  # fmt: skip
CONSTRUCTS = tuple(
    Subject(path.name.removesuffix(".sql"), path, path, path.name.split(".")[-2])
    for path in sorted((HERE / "volume" / "constructs").glob("*.sql"))
)
"""Schemas made for these tests, one file a construct: `<construct>.<backend>.sql`."""


@cache
def schema_of(subject: Subject) -> Schema:
    """What llmgen reads of it."""
    prisma = subject.source.suffix == ".prisma"
    return read_source(str(subject.source), Reading(dialect=None if prisma else subject.backend))


@contextmanager
def database_of(subject: Subject, folder: Path) -> Iterator[str]:
    """The URL of a new database with the schema and no rows, SQLite's in the folder; skips where there is no server."""
    if subject.backend == "sqlite":
        url = f"sqlite:///{folder / 'database.sqlite'}"
        with closing(sqlite_connection(url)) as connection:
            connection.executescript(subject.ddl.read_text("utf-8"))
        yield url
    elif subject.backend == "mysql":
        with fresh_mysql_database(mysql_url() or pytest.skip(NO_MYSQL)) as url:
            _create_mysql(url, subject.ddl)
            yield url
    else:
        server = postgres_url() or pytest.skip(NONE_FOUND)
        with fresh_database(server) as address:
            _create_postgres(address, subject.ddl)
            yield url_of(address)


def url_of(address: str) -> str:
    """A connection string as a URL."""
    parts = conninfo.conninfo_to_dict(address)
    host, port, user = parts.get("host"), parts.get("port", 5432), parts.get("user", "")
    secret = f":{parts['password']}" if "password" in parts else ""
    return f"postgresql://{user}{secret}@{host}:{port}/{parts['dbname']}"


def _create_postgres(address: str, path: Path) -> None:
    """Runs the statements of a file one by one, as psql does."""
    text = path.read_text("utf-8")
    with psycopg.connect(address) as connection:
        for tokens in statements(Source(text)):
            words = [token.text for token in tokens if token.kind == "word"]
            owner = words[:1] == ["alter"] and ("owner to" in " ".join(words) or words[1] == "default")
            programmed = words[:3] == ["create", "event", "trigger"]
            if tokens[0].kind != "meta" and words[0] not in ELSEWHERE and not owner and not programmed:
                connection.execute(text[tokens[0].start : tokens[-1].end].encode())


def _create_mysql(url: str, path: Path) -> None:
    """Runs a file through the client, which knows DELIMITER; names of a database of its own are left out."""
    command = mysql_client("mariadb", url)
    if command is None:
        pytest.skip("no client of MariaDB or MySQL on this machine")
    text = path.read_text("utf-8")
    if path.name.startswith("mariadb"):
        with mysql_connection(url) as connection:
            if "MariaDB" not in connection.get_server_info():
                pytest.skip("this file holds what MariaDB alone knows")
    if path.parent.name == "sakila_mysql":
        keep = [line for line in text.splitlines() if not line.startswith(("DROP SCHEMA", "CREATE SCHEMA", "USE "))]
        text = "\n".join(keep).replace("sakila.", "")
    done = subprocess.run(
        [*command, str(make_url(url).database)], input=text.encode(), capture_output=True, timeout=120
    )
    assert done.returncode == 0, done.stderr.decode()
