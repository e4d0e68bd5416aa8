"""Real servers for tests: finds a PostgreSQL, or starts a private one from installed binaries."""

import atexit
import getpass
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
from psycopg import conninfo, sql

CONFIGURED = os.environ.get("LLMGEN_TEST_POSTGRES_URL")
NONE_FOUND = "no PostgreSQL: none in LLMGEN_TEST_POSTGRES_URL, none on 127.0.0.1:5432, no initdb to start one"


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
