"""SQLite files for tests: SQLite itself, from Python's library, is the judge of what a text means."""

import difflib
import json
import sqlite3
from contextlib import closing
from pathlib import Path

from llmgen.schema.live import read_live
from llmgen.schema.model import Schema

OLDEST = (3, 39)
"""The first version that knows all that the tests write (STRICT, IS NOT DISTINCT FROM)."""
TOO_OLD = f"SQLite {sqlite3.sqlite_version} is older than the constructs of these tests"


def make(file: Path, text: str) -> Path:
    """The file, with the text run in it."""
    with closing(sqlite3.connect(file)) as connection:
        connection.create_function("regexp", 2, lambda pattern, value: 1)  # what only SQLite's shell brings
        connection.executescript(text)
    return file


def live(file: Path) -> Schema:
    """What llmgen reads from the file."""
    return read_live(f"sqlite:///{file}")


def printed(file: Path) -> str:
    """The file's schema as `.schema` prints it."""
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid").fetchall()
    return "".join(f"{sql};\n" for (sql,) in rows)


def dumped(file: Path) -> str:
    """The file's dump, as Python's library writes it."""
    with closing(sqlite3.connect(file)) as connection:
        return "\n".join(connection.iterdump())


def assert_same(first: Schema, second: Schema) -> None:
    """Fails with the lines that differ."""
    one, other = (json.dumps(schema.identity, indent=1, sort_keys=True).splitlines() for schema in (first, second))
    assert first == second, "\n".join(difflib.unified_diff(one, other, "first", "second", lineterm=""))
    assert first.fingerprint() == second.fingerprint()


def constraining(schema: Schema) -> list[str]:
    """What was not understood and might break rows."""
    return [f"{item.text}: {item.why}" for item in schema.ignored if item.constrains]
