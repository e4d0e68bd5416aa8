"""Files for the shell of SQLite: its comments and commands."""

import pytest

from llmgen.schema.sql import parse_schema
from llmgen.schema.sql.detect import detect

SHELL = """# The library's books
CREATE TABLE authors (id integer primary key, name text); # who
.import authors.csv authors
CREATE TABLE books (
    id integer primary key, # the # in the catalog; it's old
    title text DEFAULT '#1',
    author_id integer references authors (id)
);
INSERT INTO books VALUES (1, '# not a comment', 1); # it's one
CREATE TABLE loans (id integer primary key);
"""


def test_what_follows_a_number_sign_is_a_comment() -> None:
    schema = parse_schema(SHELL)
    assert [(table.name, list(table.by_name)) for table in schema.tables] == [
        ("authors", ["id", "name"]),
        ("books", ["id", "title", "author_id"]),
        ("loans", ["id"]),
    ]
    assert schema.table("books").column("title").default == "'#1'"
    assert schema.table("books").foreign_keys[0].table == "authors"
    assert schema.ignored == ()


@pytest.mark.parametrize("command", [".mode csv", ".headers on", ".open x.db", ".read more.sql", ".import a.csv a"])
def test_commands_of_the_shell_tell_the_dialect(command: str) -> None:
    assert detect(f"{command}\nCREATE TABLE a (id integer primary key);") == "sqlite"


def test_an_included_file_is_said() -> None:
    schema = parse_schema(".read more.sql\nCREATE TABLE a (id integer primary key);")
    assert [(item.line, item.constrains) for item in schema.ignored] == [(1, True)]


@pytest.mark.parametrize(
    "sign",
    [
        "CREATE TRIGGER t AFTER UPDATE ON a BEGIN SELECT RAISE(ABORT, 'no'); END;",
        "INSERT OR IGNORE INTO a VALUES (1);",
        "CREATE TEMPORARY TABLE __temp__a AS SELECT id FROM a;",
    ],
)
def test_what_only_sqlite_takes_tells_the_dialect(sign: str) -> None:
    assert detect(f"CREATE TABLE a (id INTEGER UNSIGNED NOT NULL);\n{sign}") == "sqlite"
