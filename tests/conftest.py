"""What every test gets: no settings of this machine, no network but loopback, and real databases on demand."""

import ipaddress
import os
import socket
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import settings
from servers import NO_MYSQL, NONE_FOUND, fresh_database, fresh_mysql_database, mysql_url, postgres_url

settings.register_profile("llmgen", derandomize=True, deadline=None, database=None)
settings.load_profile("llmgen")


class NetworkBlocked(RuntimeError):
    """A test reached for the network. Not an OSError, so that no retry swallows it."""


def _is_local(family: int, address: Any) -> bool:
    if family == getattr(socket, "AF_UNIX", None):
        return True
    try:
        return ipaddress.ip_address(address[0]).is_loopback
    except ValueError:
        return address[0] == "localhost"


@pytest.fixture(autouse=True, scope="session")
def loopback_only() -> Iterator[None]:
    """Sockets connect to this machine alone, whatever a test or a library tries."""
    patch = pytest.MonkeyPatch()
    for name in ("connect", "connect_ex"):
        original = getattr(socket.socket, name)

        def guarded(self: socket.socket, address: Any, original: Any = original) -> Any:
            if not _is_local(self.family, address):
                raise NetworkBlocked(f"a test tried to reach {address}")
            return original(self, address)

        patch.setattr(socket.socket, name, guarded)
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys, settings and proxies of the machine that runs the tests change nothing in them."""
    for name in os.environ:
        if name.startswith(("ANTHROPIC_", "LLMGEN_")) or name.upper().endswith("_PROXY") or name == "CI":
            monkeypatch.delenv(name)


@pytest.fixture
def postgres() -> Iterator[psycopg.Connection]:
    """A connection to an empty database of its own, in autocommit; the test is skipped where there is no server."""
    url = postgres_url()
    if url is None:
        pytest.skip(NONE_FOUND)
    with fresh_database(url) as database, psycopg.connect(database, autocommit=True) as connection:
        yield connection


@pytest.fixture
def mysql() -> Iterator[str]:
    """The URL of an empty database of its own on MariaDB or MySQL; the test is skipped where there is no server."""
    url = mysql_url()
    if url is None:
        pytest.skip(NO_MYSQL)
    with fresh_mysql_database(url) as database:
        yield database
