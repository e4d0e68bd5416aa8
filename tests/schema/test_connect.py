"""Connections by URL: they only read, give up in time, and tell what is wrong without ever telling a password."""

import socket
import sqlite3
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from llmgen.connect import backend_of, connected, database_errors, database_file, open_engine, shown
from llmgen.errors import DatabaseError, InputError, LlmgenError

SECRET = "s3cret-w@rd/:?#%"
ENCODED = quote(SECRET, safe="")
NOBODY = "127.0.0.1:1"
"""A place where nobody listens."""


def said(error: LlmgenError) -> str:
    """All that a reader can come to see of an error, its trace included."""
    return "\n".join([error.message, error.hint, *traceback.format_exception(error)])


def refused(url: str) -> LlmgenError:
    with pytest.raises(LlmgenError) as caught, connected(url) as connection:
        connection.execute(text("SELECT 1"))
    assert caught.value.hint
    return caught.value


@pytest.fixture
def postgres_place(postgres: psycopg.Connection) -> str:
    info = postgres.info
    return f"{info.host}:{info.port}/{info.dbname}"


@pytest.fixture
def url(postgres: psycopg.Connection, postgres_place: str) -> str:
    return f"postgresql://{quote(postgres.info.user)}:{quote(postgres.info.password, safe='')}@{postgres_place}"


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        (f"postgresql://me:{ENCODED}@host:5433/db", "postgresql://me:***@host:5433/db"),
        ("postgresql://me@host/db", "postgresql://me@host/db"),
        ("mysql+pymysql://me:pw@host/db?charset=utf8", "mysql+pymysql://me:***@host/db?charset=utf8"),
        ("postgresql://host/db?user=me&password=pw&sslmode=require", "postgresql://host/db?user=me&password=***&sslmode=require"),
        ("postgresql://host/db?sslpassword=pw", "postgresql://host/db?sslpassword=***"),
        ("mysql://host/db?passwd=pw", "mysql://host/db?passwd=***"),
        ("postgresql://me:p@ss@host/db", "postgresql://***"),
        ("postgresql://me:pw", "postgresql://***"),
        ("postgresql://me:p/w@h@host", "postgresql://***"),
        ("oracle://scott:tiger@host", "oracle://scott:***@host"),
        ("postgresql:///db?host=/run/pg", "postgresql:///db?host=/run/pg"),
        ("postgresql://me:pw@[::1]:5432/db", "postgresql://me:***@[::1]:5432/db"),
        ("postgresql://me:pw@one:1,two:2/db", "postgresql://me:***@one:1,two:2/db"),
        ("sqlite:////home/me@work/app.db", "sqlite:////home/me@work/app.db"),
        ("duckdb:///app.duckdb", "duckdb:///app.duckdb"),
        ("me:pw@host", "***"),
    ],
)  # fmt: skip
def test_a_url_is_shown_without_its_passwords(url: str, safe: str) -> None:
    assert shown(url) == safe


@given(st.text(st.characters(codec="utf-8"), min_size=1), st.sampled_from(["", "?a=b", "/db", "/db?x=y@z"]))
def test_no_password_is_ever_shown_however_it_is_written(password: str, rest: str) -> None:
    marked = f"<{password}>"
    assert marked not in shown(f"postgresql://me:{marked}@host{rest}")
    assert marked not in shown(f"postgresql://host/db?password={marked}")
    assert quote(marked, safe="") not in shown(f"mysql://me:{quote(marked, safe='')}@host{rest}")


@pytest.mark.parametrize(
    ("url", "backend"),
    [
        ("postgresql://h/d", "postgres"), ("postgres://h/d", "postgres"), ("postgresql+psycopg://h/d", "postgres"),
        ("POSTGRESQL+asyncpg://h/d", "postgres"), ("mysql://h/d", "mysql"), ("mariadb://h/d", "mysql"),
        ("mysql+pymysql://h/d", "mysql"), ("sqlite:///f", "sqlite"), ("duckdb:///f", "duckdb"),
    ],
)  # fmt: skip
def test_the_scheme_says_which_database(url: str, backend: str) -> None:
    assert backend_of(url) == backend


@pytest.mark.parametrize(
    ("url", "message"),
    [
        (f"oracle://scott:{ENCODED}@host/db", "oracle://"),
        (f"mssql+pyodbc://sa:{ENCODED}@host/db", "mssql://"),
        (f"postgresql://me:{SECRET}@host/db", "malformed"),
        (f"postgresql://me:{ENCODED}@host:http/db", "malformed"),
        (f"postgresql://me:{ENCODED}@host:70000/db", "no port 70000"),
        (f"postgresql://me:{ENCODED}@host\x00/db", "control characters"),
        (f"mysql://me:{ENCODED}@{NOBODY}/db?colour=blue", "colour"),
        (f"mysql://me:{ENCODED}@{NOBODY}/db?connect_timeout=soon", "soon"),
        (f"postgresql://me:{ENCODED}@{NOBODY}/db?plugin=nothing", "nothing"),
        ("sqlite://", "no such file"),
        ("duckdb:///some.duckdb", "DuckDB"),
    ],
)
def test_a_url_that_cannot_be_used_is_wrong_input(url: str, message: str) -> None:
    error = refused(url)
    assert isinstance(error, InputError)
    assert message in error.message
    for form in (SECRET, ENCODED, "s3cret"):
        assert form not in said(error)


def test_an_unsupported_database_is_told_what_is_supported() -> None:
    with pytest.raises(InputError) as error:
        backend_of("oracle://host/db")
    assert error.value.hint.startswith("supported are postgresql://")
    assert "duckdb://" in error.value.hint


@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
@pytest.mark.parametrize("place", ["me:{}@{}/shop", "{1}/shop?user=me&password={0}"])
def test_nobody_listens(scheme: str, place: str) -> None:
    error = refused(f"{scheme}://{place.format(ENCODED, NOBODY)}")
    assert isinstance(error, DatabaseError)
    assert "127.0.0.1:1, database shop" in error.message
    assert "check that the server runs" in error.hint
    assert SECRET not in said(error)
    assert ENCODED not in said(error)


@pytest.mark.parametrize(("scheme", "port"), [("postgresql", 5432), ("mysql", 3306)])
def test_an_unknown_host(scheme: str, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*asked: object, **how: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error = refused(f"{scheme}://me@no-such-host.invalid/shop")
    assert error.exit_code == 5
    assert f"no-such-host.invalid:{port}, database shop" in error.message
    assert error.hint == "check the host in the URL"


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that takes connections and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
def test_a_server_that_says_nothing_is_given_up(scheme: str, silent: int) -> None:
    options = "connect_timeout=2" if scheme == "postgresql" else "connect_timeout=2&read_timeout=1"
    error = refused(f"{scheme}://me:{ENCODED}@127.0.0.1:{silent}/shop?{options}")
    assert isinstance(error, DatabaseError)
    assert f"127.0.0.1:{silent}, database shop" in error.message
    assert SECRET not in said(error)


@pytest.mark.parametrize(
    ("driver", "scheme", "extra"), [("psycopg", "postgresql", "postgres"), ("pymysql", "mysql", "mysql")]
)
def test_a_missing_driver_is_named_with_its_command(
    driver: str, scheme: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, driver, None)
    error = refused(f"{scheme}://me@host/db")
    assert isinstance(error, InputError)
    assert driver in error.message
    assert error.hint == f'pip install "llmgen[{extra}]"'


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("change", "hint"),
    [
        ({"dbname": "no_such_database"}, "check the database's name at the end of the URL"),
        ({"user": "no_such_user"}, ""),
    ],
)
def test_a_server_that_says_no(postgres: psycopg.Connection, change: dict[str, str], hint: str) -> None:
    info = postgres.info
    user, name = change.get("user", info.user), change.get("dbname", info.dbname)
    error = refused(f"postgresql://{user}:{ENCODED}@{info.host}:{info.port}/{name}")
    assert isinstance(error, DatabaseError)
    assert f"{info.host}:{info.port}, database {name}: " in error.message
    assert error.hint == hint or not hint
    assert SECRET not in said(error)


@pytest.mark.postgres
def test_nothing_can_be_written(url: str, postgres: psycopg.Connection) -> None:
    postgres.execute("CREATE TABLE t (id int)")
    for statement in ("INSERT INTO t VALUES (1)", "CREATE TABLE u (id int)", "DROP TABLE t"):
        with pytest.raises(DatabaseError, match="read-only transaction"), connected(url) as connection:
            connection.execute(text(statement))
    assert postgres.execute("SELECT count(*) FROM t").fetchone() == (0,)


@pytest.mark.postgres
def test_a_statement_has_its_time(url: str) -> None:
    with connected(url) as connection:
        assert connection.execute(text("SHOW statement_timeout")).scalar() == "1min"
    slow = "SET LOCAL statement_timeout = 50; SELECT pg_sleep(5)"
    with pytest.raises(DatabaseError) as error, connected(url) as connection:
        connection.exec_driver_sql(slow)
    assert "took too long" in error.value.hint


@pytest.mark.postgres
def test_what_a_statement_meets_is_an_error_without_the_password(
    postgres_place: str, postgres: psycopg.Connection
) -> None:
    password = "hush'; --"
    url = f"postgresql://{postgres.info.user}:{quote(password, safe='')}@{postgres_place}"
    postgres.execute("CREATE TABLE t (id int)")
    with pytest.raises(DatabaseError) as error, connected(url) as connection:
        connection.execute(text("SELECT CAST(:what AS integer)"), {"what": f"my {password} and {quote(password)}"})
    assert "hush" not in said(error.value)
    assert "***" in error.value.message


def test_a_word_that_only_holds_the_password_is_left_alone() -> None:
    with pytest.raises(DatabaseError) as error, database_errors("mysql://me:on@host/db", KeyError):
        raise KeyError("connection on the phone")
    assert error.value.message == "MySQL at host:3306, database db: 'connection *** the phone'"


@pytest.mark.parametrize("name", ["app.db", "odd name?#%20@.db"])
def test_sqlite_is_opened_to_read(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    with sqlite3.connect(file) as made:
        made.execute("CREATE TABLE t (id)")
    made.close()
    with connected(f"sqlite:///{file}") as connection:
        assert connection.execute(text("SELECT count(*) FROM t")).scalar() == 0
    with pytest.raises(DatabaseError) as error, connected(f"sqlite:///{file}") as connection:
        connection.execute(text("INSERT INTO t VALUES (1)"))
    assert str(file) in error.value.message


def test_a_sqlite_file_that_is_missing_is_not_made(tmp_path: Path) -> None:
    file = tmp_path / "app.db"
    error = refused(f"sqlite:///{file}")
    assert isinstance(error, InputError)
    assert str(file) in error.message
    assert not file.exists()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    file = tmp_path / "app.db"
    file.write_text("These are only words, though enough of them to fill a header.\n" * 20, "utf-8")
    with pytest.raises(DatabaseError) as error, connected(f"sqlite:///{file}") as connection:
        connection.execute(text("SELECT * FROM sqlite_master"))
    assert "no SQLite database" in error.value.hint


def test_options_after_a_file_are_not_its_name(tmp_path: Path) -> None:
    (tmp_path / "app.db").touch()
    assert database_file(f"sqlite:///{tmp_path}/app.db?mode=ro") == tmp_path / "app.db"


def test_opening_connects_nowhere_yet() -> None:
    open_engine(f"postgresql://me@{NOBODY}/db").dispose()
