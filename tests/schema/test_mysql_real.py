"""What a MariaDB server says of a schema is what its text says, and what its dump says again."""

import difflib
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers import NO_MYSQL, fresh_mysql_database, mysql_client, mysql_url
from sqlalchemy import make_url

from llmgen.schema.live import read_live
from llmgen.schema.model import Schema
from llmgen.schema.sql import parse_schema, read_schema

pytestmark = pytest.mark.mysql

HERE = Path(__file__).parent
REAL = [HERE / "real" / name / "schema.sql" for name in (
    "guacamole_mysql", "killbill_mysql", "sakila_mysql", "snaplet_mysql",
)]  # fmt: skip
EVERY = HERE / "every_mysql.sql"
PRISMA = [HERE / "prisma" / f"{name}.mysql.sql" for name in ("on_mysql", "prefixes")]
FILES = [*REAL, *PRISMA]
TABLES = {"guacamole_mysql": 23, "killbill_mysql": 63, "sakila_mysql": 16, "snaplet_mysql": 28}
_OWN_DATABASE = re.compile(r"^(?:DROP|CREATE) SCHEMA .*;$|^USE \w+;$|\bsakila\.", re.MULTILINE)
"""What names a database of its own: tests have another one."""


def run(program: str, url: str, *arguments: str, text: str = "") -> str:
    command = mysql_client(program, url)
    if command is None:
        pytest.skip(f"no {program} on this machine")
    name = make_url(url).database
    done = subprocess.run([*command, *arguments, str(name)], input=text.encode(), capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def load(url: str, text: str) -> None:
    """Runs a file as people do: through the client, which knows DELIMITER."""
    if "nextval" in text and "MariaDB" not in run("mariadb", url, "--execute=SELECT VERSION()"):
        pytest.skip("this file holds what MariaDB alone knows")
    run("mariadb", url, text=text)


def dump(url: str) -> str:
    return run("mariadb-dump", url, "--no-data", "--routines", "--events")


def assert_same(text: Schema, live: Schema) -> None:
    said, found = (json.dumps(schema.identity, indent=1, sort_keys=True).splitlines() for schema in (text, live))
    assert text == live, "\n".join(difflib.unified_diff(said, found, "text", "server", lineterm=""))
    assert text.fingerprint() == live.fingerprint()


@pytest.fixture(scope="module")
def every() -> Iterator[str]:
    url = mysql_url()
    if url is None:
        pytest.skip(NO_MYSQL)
    with fresh_mysql_database(url) as database:
        load(database, EVERY.read_text("utf-8"))
        yield database


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name if path in REAL else path.stem.split(".")[0])
def test_a_server_says_what_the_text_and_its_own_dump_say(mysql: str, path: Path) -> None:
    text = path.read_text("utf-8")
    load(mysql, _OWN_DATABASE.sub("", text) if "sakila" in str(path) else text)
    read, live = read_schema(path), read_live(mysql)
    assert read.dialect == "mysql"
    assert_same(read, live)
    assert len(live.tables) == TABLES.get(path.parent.name, len(live.tables))
    dumped = parse_schema(dump(mysql))
    assert_same(dumped, live)
    for schema in (read, live, dumped):
        assert [item for item in schema.ignored if item.constrains] == []


def test_every_construct_is_the_same_on_the_server_and_in_its_dump(every: str) -> None:
    read, live = read_schema(EVERY), read_live(every)
    assert_same(read, live)
    assert_same(parse_schema(dump(every)), live)
    shown = {table.name: (table.comment, [column.comment for column in table.columns]) for table in read.tables}
    assert shown == {table.name: (table.comment, [c.comment for c in table.columns]) for table in live.tables}


def test_what_may_change_or_refuse_rows_is_said_by_text_and_server_alike(every: str) -> None:
    expected = [
        ("a trigger acts after rows are written", False),
        ("a trigger may change or refuse rows", True),
        ("rows of one key may not overlap in time", True),
    ]
    for schema in (read_schema(EVERY), read_live(every), parse_schema(dump(every))):
        said = sorted((item.why, item.constrains) for item in schema.ignored)
        assert [item for item in said if item in expected] == expected
        assert [item for item in said if item[1]] == expected[1:]


def test_no_clause_of_the_file_is_lost_in_silence() -> None:
    said = [(item.text.split("(")[0].strip()[:34], item.constrains) for item in read_schema(EVERY).ignored]
    assert said == [
        ("CREATE TABLE IF NOT EXISTS parents", False),
        ("", True),  # the key without overlaps
        ("CREATE TEMPORARY TABLE passing", False),
        ("CREATE TABLE dropped", False),
        ("CREATE ALGORITHM=UNDEFINED DEFINER", False),
        ("CREATE TRIGGER before_it BEFORE IN", True),
        ("CREATE DEFINER=CURRENT_USER TRIGGE", False),
        ("CREATE PROCEDURE does_things", False),
        ("CREATE FUNCTION adds", False),
    ]
