"""SQLite text cut short or with words missing gives a schema or an error, and long texts take no long time."""

import random
import time
from pathlib import Path

import pytest

from llmgen.errors import InputError
from llmgen.schema.model import Schema
from llmgen.schema.sql import parse_schema
from llmgen.schema.sql.spelling import SQLITE
from llmgen.schema.sql.tokens import Source, statements

HERE = Path(__file__).parent
FILES = [HERE / "every_sqlite_construct.sql", HERE / "real" / "northwind_sqlite" / "schema.sql"]
SECONDS = 15
"""Far more than any of these take."""
ODD = ("", ";", ")", "(", "'", '"', "[", ",", " end ", " case ", " begin ", "/*")
TABLE = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);\n"


def attempt(text: str) -> None:
    found: Schema | InputError
    try:
        found = parse_schema(text, "x.sql", "sqlite")
    except InputError as error:
        found = error
    if isinstance(found, Schema):
        assert found.fingerprint()
    else:
        assert found.message.startswith("x.sql")
        assert found.hint


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_any_cut(file: Path) -> None:
    text, draw = file.read_text("utf-8"), random.Random(1)
    for _ in range(25):
        attempt(text[: draw.randrange(len(text))])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_any_word_missing_or_wrong(file: Path) -> None:
    text, draw = file.read_text("utf-8"), random.Random(2)
    tokens = [token for statement in statements(Source(text, SQLITE)) for token in statement]
    for _ in range(25):
        broken = text
        for token in sorted(draw.sample(tokens, draw.choice((1, 1, 3, 10))), reverse=True, key=lambda one: one.start):
            broken = broken[: token.start] + draw.choice(ODD) + broken[token.end :]
        attempt(broken)


@pytest.mark.parametrize(
    "text",
    [
        TABLE + "INSERT INTO t VALUES (1, 'it''s; x', x'00');\n" * 20_000,
        TABLE + f"INSERT INTO t VALUES {', '.join(['(1, 2)'] * 200_000)};",
        "".join(f"CREATE TABLE t{n} (id INTEGER PRIMARY KEY, up REFERENCES T{n - 1});\n" for n in range(3_000)),
        "".join(f"CREATE TABLE t{n} (id INTEGER PRIMARY KEY, up REFERENCES nowhere);\n" for n in range(3_000)),
        TABLE + "".join(f"ALTER TABLE t{n or ''} RENAME TO t{n + 1};\n" for n in range(5_000)),
        TABLE + "CREATE TRIGGER x AFTER INSERT ON t BEGIN\n" + "INSERT INTO t VALUES (1);\n" * 20_000,
        f"CREATE TABLE t ({', '.join(f'c{n} INT CHECK (C{n} > 0)' for n in range(1_500))})",
        f"CREATE TABLE t (a INT DEFAULT {'(' * 50_000}1{')' * 50_000})",
        f"CREATE TABLE t (a INT CHECK {'(' * 5_000}a{')' * 5_000})",
        f"{TABLE}CREATE UNIQUE INDEX i ON t ({'(' * 50_000}a{')' * 50_000})",
        f"{TABLE}CREATE UNIQUE INDEX i ON t (a {'COLLATE NOCASE ' * 20_000} {'DESC ' * 20_000})",
        f"CREATE TABLE t (a INT CHECK ({' AND '.join(['a > 1'] * 2_000)}))",
        f"CREATE TABLE t (a {'big ' * 50_000})",
        "[" * 500_000,
        "(" * 500_000,
        "CREATE " * 100_000,
        "\x01\ufffe" * 100_000,
    ],
    ids=[
        "inserts", "one insert", "references", "references to nowhere", "renames", "open trigger", "many columns",
        "deep default", "deep check", "deep index", "words in an index", "long check", "long type", "brackets",
        "parentheses", "creates", "no text",
    ],
)  # fmt: skip
def test_long_texts_take_no_long_time(text: str) -> None:
    start = time.process_time()
    attempt(text)
    assert time.process_time() - start < SECONDS
