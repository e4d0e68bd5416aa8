"""Real servers for tests: finds a PostgreSQL and a MariaDB, or starts private ones from installed binaries."""

import atexit
import getpass
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
import pymysql
from psycopg import conninfo, sql
from sqlalchemy import make_url

CONFIGURED = os.environ.get("LLMGEN_TEST_POSTGRES_URL")
NONE_FOUND = "no PostgreSQL: none in LLMGEN_TEST_POSTGRES_URL, none on 127.0.0.1:5432, no initdb to start one"
MYSQL_CONFIGURED = os.environ.get("LLMGEN_TEST_MYSQL_URL")
NO_MYSQL = (
    "no MySQL or MariaDB: none in LLMGEN_TEST_MYSQL_URL, none on 127.0.0.1:3306 for root without a password, "
    "no mariadb-install-db to start one"
)
START_SECONDS = 60


@cache
def postgres_url() -> str | None:
    """The URL of a server where databases may be created; None where there is none and none can be started."""
    if CONFIGURED:
        return CONFIGURED
    for user in dict.fromkeys(("postgres", getpass.getuser())):
        url = f"postgresql://{user}@127.0.0.1:5432/postgres"
        if _may_create(url):
            return url
    return _private_server()


@contextmanager
def fresh_database(url: str) -> Iterator[str]:
    """The URL of an empty database of a random name on the server; it is dropped afterwards."""
    name = f"llmgen_test_{secrets.token_hex(8)}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name)))
        try:
            yield conninfo.make_conninfo(url, dbname=name)
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _may_create(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=2) as server:
            row = server.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    except psycopg.OperationalError:
        return False
    return bool(row and row[0])


def _private_server() -> str | None:
    binaries = _binaries()
    if binaries is None:
        return None
    home = Path(tempfile.mkdtemp(prefix="llmgen-postgres-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    owner = "postgres" if os.getuid() == 0 else None  # the server refuses to run as root
    if owner:
        shutil.chown(home, owner)
    port = _free_port()
    data = str(home / "data")
    options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off"
    start = [binaries / "pg_ctl", "-D", data, "-o", options, "-l", str(home / "log"), "-w", "start"]
    stop = [binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop"]
    for command in ([binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"], start):
        subprocess.run(command, check=True, user=owner, cwd=home, stdout=subprocess.DEVNULL)
    atexit.register(subprocess.run, stop, user=owner, cwd=home, stdout=subprocess.DEVNULL)
    return f"postgresql://postgres@127.0.0.1:{port}/postgres"


def _binaries() -> Path | None:
    def version(folder: Path) -> float:
        return float(folder.parent.name) if folder.parent.name.replace(".", "").isdigit() else 0.0

    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=version, reverse=True)
    on_path = shutil.which("initdb")
    candidates = [*installed, *([Path(on_path).parent] if on_path else [])]
    return next((folder for folder in candidates if (folder / "initdb").exists()), None)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@cache
def mysql_url() -> str | None:
    """The URL of a MySQL or MariaDB where databases may be created; None where none is and none can be started."""
    if MYSQL_CONFIGURED:
        return MYSQL_CONFIGURED
    url = "mysql://root@127.0.0.1:3306"
    return url if _answers(url) else _private_mariadb()


@contextmanager
def fresh_mysql_database(url: str) -> Iterator[str]:
    """The URL of an empty database of a random name on the server; it is dropped afterwards."""
    name = f"llmgen_test_{secrets.token_hex(8)}"
    with mysql_connection(url) as server:
        server.query(f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
        try:
            yield make_url(url).set(database=name).render_as_string(hide_password=False)
        finally:
            server.query(f"DROP DATABASE {name}")


def mysql_connection(url: str) -> pymysql.Connection:
    """A connection in autocommit to the server, or database, at a URL."""
    parts = make_url(url)
    return pymysql.connect(
        host=parts.host or "127.0.0.1", port=parts.port or 3306, user=parts.username, password=parts.password or "",
        database=parts.database, connect_timeout=5, autocommit=True,
    )  # fmt: skip


def mysql_client(program: str, url: str) -> list[str] | None:
    """The command of a client (`mariadb`, `mariadb-dump`) with its options for a server; None if it is not here."""
    found = shutil.which(program) or shutil.which(program.replace("mariadb", "mysql"))
    parts = make_url(url)
    if found is None:
        return None
    options = [f"--host={parts.host}", f"--port={parts.port or 3306}", f"--user={parts.username}", "--protocol=tcp"]
    return [found, "--no-defaults", *options, "--default-character-set=utf8mb4"]


def _answers(url: str) -> bool:
    try:
        mysql_connection(url).close()
    except pymysql.OperationalError:
        return False
    return True


def _private_mariadb() -> str | None:
    install, server = shutil.which("mariadb-install-db"), shutil.which("mariadbd")
    server = server or next(
        (path for path in ("/usr/sbin/mariadbd", "/usr/libexec/mariadbd") if Path(path).exists()), None
    )
    if install is None or server is None:
        return None
    home = Path(tempfile.mkdtemp(prefix="llmgen-mariadb-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    data, port, user = home / "data", _free_port(), getpass.getuser()
    own = [f"--datadir={data}", f"--user={user}"]
    prepare = [install, "--no-defaults", *own, "--auth-root-authentication-method=normal", "--skip-test-db"]
    subprocess.run(prepare, check=True, cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    place = [f"--port={port}", "--bind-address=127.0.0.1", f"--socket={home}/socket", f"--pid-file={home}/pid"]
    quick = ["--innodb-flush-log-at-trx-commit=0", "--skip-log-bin", "--innodb-buffer-pool-size=64M"]
    with (home / "log").open("wb") as log:
        running = subprocess.Popen([server, "--no-defaults", *own, *place, *quick], cwd=home, stdout=log, stderr=log)
    atexit.register(running.wait)
    atexit.register(running.terminate)
    url, patience = f"mysql://root@127.0.0.1:{port}", time.monotonic() + START_SECONDS
    while running.poll() is None and time.monotonic() < patience:
        if _answers(url):
            return url
        time.sleep(0.1)
    raise RuntimeError(f"MariaDB did not start: {(home / 'log').read_text(errors='replace')[-2000:]}")
