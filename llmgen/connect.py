"""Databases by URL: read-only connections, and the one border where drivers' errors become ours, without passwords."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from llmgen.errors import DatabaseError, InputError

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

Backend = Literal["postgres", "mysql", "sqlite", "duckdb"]

CONNECT_SECONDS = 10
STATEMENT_SECONDS = 60
_BACKENDS: Mapping[str, Backend] = {
    "postgresql": "postgres", "postgres": "postgres", "mysql": "mysql", "mariadb": "mysql", "sqlite": "sqlite",
    "duckdb": "duckdb",
}  # fmt: skip
_NAMES: Mapping[Backend, str] = {
    "postgres": "PostgreSQL", "mysql": "MySQL", "sqlite": "SQLite", "duckdb": "DuckDB",
}  # fmt: skip
_PORTS: Mapping[Backend, int] = {"postgres": 5432, "mysql": 3306}
_FORM = "give a URL such as postgresql://user:password@host:5432/database or sqlite:///file.db"
_OPTIONS = "check the options after ? in the URL"
_ENCODE = "write @ : / ? # and % in a user's name or password as %40 %3A %2F %3F %23 and %25"

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9]*)(?:\+[A-Za-z0-9_]+)?://")
_PARAMETER = r"[\w.-]*=[^&@]*"
_URL = re.compile(
    rf"(?P<head>[\w+]+://)(?:(?P<user>[^:@/?#\s]*)(?P<password>:[^@]*)?@)?"
    rf"(?P<place>(?:\[[^\]@]*\]|[^:@/?#\[\]]*)(?::[0-9]*)?(?:,[^@/?#]*)?(?:/[^@?]*)?)(?P<query>\?{_PARAMETER}(?:&{_PARAMETER})*)?",
    re.DOTALL,
)
"""A URL whose user, password, place and query can be told apart."""
_FILE = re.compile(r"(?:sqlite|duckdb)(?:\+\w+)?:///", re.IGNORECASE)
_SECRET_PARAMETER = re.compile(r"([?&](?:[\w.-]*pass(?:word|wd|phrase)?|pwd)=)[^&]*", re.IGNORECASE)
_PREAMBLE = re.compile(
    r"^(?:- host: .*?: )?(?:connection failed: )?(?:connection to server .*? failed: )?(?:FATAL:\s*)?"
)
"""What PostgreSQL's driver says before the fault; the place is named anyway."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")

_HINTS: tuple[tuple[str, str], ...] = (
    (r"connection option|bad value for|invalid integer value", _OPTIONS),
    (r"password authentication failed|no password supplied|access denied for user .*@.*\(using password|\b1045\b",
     "check the user's name and password in the URL (special characters are percent-encoded)"),
    (r"database \S+ does not exist|unknown database|\b1049\b", "check the database's name at the end of the URL"),
    (r"role \S+ does not exist", "check the user's name in the URL"),
    (r"no pg_hba\.conf entry", "the server allows no such login from here: see pg_hba.conf, or try ?sslmode=require"),
    (r"invalid response", "check the port: what answers there is no PostgreSQL"),
    (r"certificate|\bssl\b|\btls\b", "check the URL's SSL options (PostgreSQL: ?sslmode=, MySQL: ?ssl_ca=)"),
    (r"resolve host|translate host name|name or service not known|getaddrinfo|nodename nor servname",
     "check the host in the URL"),
    (r"statement timeout|canceling statement|max_statement_time|read timed out|lost connection|\b2013\b",
     "the server took too long to answer: try again when it is less busy"),
    (r"timeout|timed out", "check host and port, and that no firewall stands between"),
    (r"refused|is the server running|no such file or directory|can't connect|\b2003\b",
     "check that the server runs, and its host and port"),
    (r"unable to open|cannot open file", "check that the file may be read"),
    (r"permission denied|command denied|access denied|insufficient privilege",
     "log in as a user who may read all of the schema"),
    (r"too many (?:connections|clients)|connection slots", "the server has no connection free: try again later"),
    (r"read-only transaction|readonly database", "databases are only read here: this is a fault of llmgen, report it"),
    (r"not a database|malformed|disk image", "the file is no SQLite database, is damaged or encrypted"),
    (r"could not set lock|conflicting lock|database is locked|different configuration",
     "another program holds the file: close it there, or give a copy"),
    (r"valid DuckDB|version number|read enough bytes|sqlite_scanner",
     "the file is no DuckDB database, is damaged, or of another version of DuckDB"),
)  # fmt: skip
"""What to do about an error, by what the drivers say of it; the first that fits."""
_OTHERWISE = "see what the server's log says of it"


def backend_of(url: str) -> Backend:
    """Which kind of database a URL names. InputError for one that is not supported."""
    found = _SCHEME.match(url)
    backend = _BACKENDS.get(found[1].lower()) if found else None
    if backend is None:
        scheme = f"{found[1]}://" if found else "no scheme"
        raise InputError(
            f"a database's URL with {scheme} cannot be read",
            f"supported are {', '.join(f'{name}://' for name in _BACKENDS)}",
        )
    return backend


def shown(url: str) -> str:
    """The URL as it may be printed: passwords are ***, also in its query; as little as is safe of a malformed one."""
    if _FILE.match(url):
        return _SECRET_PARAMETER.sub(r"\1***", url)
    parts = _URL.fullmatch(url)
    if parts is None:
        head = _SCHEME.match(url)
        return f"{head[0]}***" if head else "***"
    user = ""
    if parts["user"] is not None:
        user = f"{parts['user']}{':***' if parts['password'] else ''}@"
    query = _SECRET_PARAMETER.sub(r"\1***", parts["query"] or "")
    return f"{parts['head']}{user}{parts['place']}{query}"


def open_engine(url: str) -> "Engine":
    """An engine whose connections only read, and give up after a while.

    InputError for a malformed URL, an unsupported database, a missing driver or a missing file; nothing is connected
    yet. DuckDB has no engine here: its own library opens it.
    """
    backend = backend_of(url)
    if backend == "duckdb":
        raise InputError("DuckDB is not opened through SQLAlchemy", _FORM)
    if backend == "sqlite":
        return _sqlite(database_file(url))
    parsed = _parsed(url)
    with _options(url):
        return _postgres(parsed) if backend == "postgres" else _mysql(parsed)


def database_file(url: str) -> Path:
    """The file that a sqlite:/// or duckdb:/// URL names. InputError if there is no such file."""
    head, slashes, path = url.partition(":///")
    file = Path(path)
    if not file.exists():  # what follows a ? is part of the name, or options
        file = Path(path.partition("?")[0])
    if not slashes or not file.is_file():
        name = file if slashes else shown(url)
        raise InputError(f"{name}: no such file", f"three slashes go before a path: {head.partition(':')[0]}:///app.db")
    return file


@contextmanager
def connected(url: str) -> Iterator["Connection"]:
    """A connection in one read-only transaction; whatever goes wrong inside with the database is a DatabaseError."""
    engine = open_engine(url)
    try:
        with database_errors(url):
            with _options(url):
                connection = engine.connect()
            with connection:
                yield connection
    finally:
        engine.dispose()


@contextmanager
def _options(url: str) -> Iterator[None]:
    """Options that a driver does not know or cannot read: it meets them as wrong arguments of its own."""
    from sqlalchemy.exc import ArgumentError

    try:
        yield
    except (ArgumentError, TypeError, ValueError) as error:
        raise InputError(f"{shown(url)}: {_without_secrets(str(error), url)}", _OPTIONS) from None


@contextmanager
def database_errors(url: str, *foreign: type[Exception]) -> Iterator[None]:
    """The border: errors of SQLAlchemy and drivers (and `foreign` ones) become DatabaseError, scrubbed of passwords."""
    from sqlalchemy.exc import SQLAlchemyError

    kinds: tuple[type[Exception], ...] = (SQLAlchemyError, *foreign)
    try:
        yield
    except kinds as error:
        original = getattr(error, "orig", None) or error
        said = _without_secrets(_first_line(original), url)
        cause = RuntimeError(_without_secrets(f"{type(original).__qualname__}: {original}", url))
        raise DatabaseError(f"{_place(url)}: {said}", _hint(said)) from cause


def _first_line(error: BaseException) -> str:
    """What a driver says, in one line: MySQL's come with a number, PostgreSQL's repeat each address that was tried."""
    arguments = error.args
    if len(arguments) == 2 and isinstance(arguments[0], int):
        return f"{arguments[1]} (error {arguments[0]})"
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    attempts = [line for line in lines if line.startswith("- host:")]
    first = [*attempts[-1:], *lines, type(error).__name__][0]
    return _PREAMBLE.sub("", first)


def _hint(said: str) -> str:
    return next((hint for pattern, hint in _HINTS if re.search(pattern, said, re.IGNORECASE)), _OTHERWISE)


def _place(url: str) -> str:
    """Kind, host, port and database that a URL names."""
    backend = backend_of(url)
    if backend not in _PORTS:
        return f"{_NAMES[backend]} file {database_file(url)}"
    parsed = _parsed(url)
    asked = parsed.normalized_query
    host = parsed.host or next(iter(asked.get("host", asked.get("unix_socket", ()))), "localhost")
    port = parsed.port or next(iter(asked.get("port", ())), _PORTS[backend])
    database = parsed.database or next(iter(asked.get("dbname", ())), "")
    return f"{_NAMES[backend]} at {host}:{port}" + (f", database {database}" if database else "")


def _without_secrets(text: str, url: str) -> str:
    """The text without any password of the URL, however it is spelled."""
    parts = _URL.fullmatch(url)
    if parts is None:
        return text
    query = parts["query"] or ""
    given = {(parts["password"] or "")[1:], *(found[0][len(found[1]) :] for found in _SECRET_PARAMETER.finditer(query))}
    plain = {form for secret in given for form in (secret, unquote(secret), unquote_plus(secret))}
    spelled = plain | {form for secret in plain for form in (quote(secret, safe=""), quote_plus(secret))}
    for secret in sorted(spelled - {""}, key=len, reverse=True):
        edges = (r"(?<!\w)" if secret[0].isalnum() else "", r"(?!\w)" if secret[-1].isalnum() else "")
        text = re.sub(re.escape(secret).join(edges), "***", text)
    return text


def _parsed(url: str) -> "URL":
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    if _CONTROL.search(url):
        raise InputError("the database's URL holds control characters", _FORM)
    if _URL.fullmatch(url) is None:
        raise InputError(f"{shown(url)}: a malformed URL", f"{_ENCODE}; {_FORM}")
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise InputError(f"{shown(url)}: a malformed URL", _FORM) from None
    if parsed.port is not None and not 0 < parsed.port < 65_536:
        raise InputError(f"{shown(url)}: there is no port {parsed.port}", "ports go from 1 to 65535")
    return parsed


def _need(driver: str, extra: str) -> None:
    try:
        import_module(driver)
    except ImportError as error:
        raise InputError(f"the driver {driver} cannot be used: {error}", f'pip install "llmgen[{extra}]"') from error


def _engine(url: "URL", connect: Mapping[str, Any], **options: Any) -> "Engine":
    from sqlalchemy import NullPool, create_engine

    given = {name: value for name, value in connect.items() if name not in url.query}
    return create_engine(url, poolclass=NullPool, connect_args=given, **options)


def _postgres(url: "URL") -> "Engine":
    from sqlalchemy import event

    _need("psycopg", "postgres")
    engine = _engine(url.set(drivername="postgresql+psycopg"), {"connect_timeout": CONNECT_SECONDS})

    # Set in the transaction alone: behind a pooler, a session's settings would stay for whoever comes next.
    @event.listens_for(engine, "connect")
    def read_only(connection: Any, record: object) -> None:
        from psycopg import IsolationLevel

        connection.read_only = True
        connection.isolation_level = IsolationLevel.REPEATABLE_READ  # all queries see one and the same state

    @event.listens_for(engine, "begin")
    def bounded(connection: "Connection") -> None:
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s'")

    return engine


def _mysql(url: "URL") -> "Engine":
    from sqlalchemy import event

    _need("pymysql", "mysql")
    limits = {
        "connect_timeout": CONNECT_SECONDS, "read_timeout": STATEMENT_SECONDS, "write_timeout": STATEMENT_SECONDS,
    }  # fmt: skip
    engine = _engine(url.set(drivername="mysql+pymysql"), limits)

    @event.listens_for(engine, "connect")
    def read_only(connection: Any, record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET SESSION TRANSACTION READ ONLY")

    return engine


def _sqlite(file: Path) -> "Engine":
    """SQLite by a URI of its own, so that nothing is written."""
    import sqlite3

    from sqlalchemy import make_url

    uri = f"file:{quote(str(file.absolute()))}?mode=ro"
    return _engine(make_url("sqlite://"), {}, creator=lambda: sqlite3.connect(uri, uri=True, timeout=CONNECT_SECONDS))
