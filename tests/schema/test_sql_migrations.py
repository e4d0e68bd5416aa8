"""A folder of migrations is read in the order in which tools apply it, and faults name their file."""

from pathlib import Path

import pytest

from llmgen.errors import InputError
from llmgen.schema.sql import read_schema
from llmgen.schema.sql.detect import detect


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize(
    "names",
    [
        ("1_users.sql", "2_mail.sql", "10_rename.sql"),
        ("V1__users.sql", "V1.2__mail.sql", "R__rename.sql"),
        ("20240101_users/migration.sql", "20240102_mail/migration.sql", "20240103_rename/migration.sql"),
        ("001/up.sql", "002/up.sql", "003/up.sql"),
    ],
)
def test_migrations_apply_in_order(tmp_path: Path, names: tuple[str, str, str]) -> None:
    first, second, third = names
    schema = read_schema(
        write(
            tmp_path,
            {
                first: "CREATE TABLE users (id integer PRIMARY KEY);",
                second: "ALTER TABLE users ADD COLUMN mail text UNIQUE;",
                third: "ALTER TABLE users RENAME COLUMN mail TO email; ALTER TABLE users RENAME TO people;",
            },
        )
    )
    (table,) = schema.tables
    assert (table.name, list(table.by_name)) == ("people", ["id", "email"])
    assert table.uniques[0].columns == ("email",)


def test_what_takes_a_migration_back_is_left_out(tmp_path: Path) -> None:
    schema = read_schema(
        write(
            tmp_path,
            {
                "1_a.up.sql": "CREATE TABLE a (id integer);",
                "1_a.down.sql": "DROP TABLE a;",
                "2_b/up.sql": "CREATE TABLE b (id integer);",
                "2_b/down.sql": "DROP TABLE b;",
                "3_c.sql": "-- +goose Up\nCREATE TABLE c (id integer);\n-- +goose Down\nDROP TABLE c;\n",
                "4_d.sql": "-- migrate:up\nCREATE TABLE d (id integer);\n\n-- migrate:down\nDROP TABLE d;\n",
                "U5__undo.sql": "DROP TABLE a;",
            },
        )
    )
    assert list(schema.by_name) == ["a", "b", "c", "d"]


def test_a_fault_names_its_file_and_line(tmp_path: Path) -> None:
    schema = read_schema(write(tmp_path, {"1.sql": "CREATE TABLE a (id integer);", "sub/2.sql": "\nFROB a;"}))
    (fault,) = schema.ignored
    assert (fault.file, fault.line) == ("sub/2.sql", 2)
    with pytest.raises(InputError, match=r"sub/2\.sql:2"):
        read_schema(write(tmp_path, {"1.sql": ""}))


def test_a_folder_without_migrations(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no \.sql file"):
        read_schema(write(tmp_path, {"notes.txt": "CREATE TABLE a (id integer);"}))


def test_a_file_that_includes_another_says_so(tmp_path: Path) -> None:
    schema = read_schema(write(tmp_path, {"1.sql": "\\i types.sql\nCREATE TABLE a (id integer);\n\\connect x\n"}))
    assert [(item.line, item.text, item.constrains) for item in schema.ignored] == [(1, "\\i types.sql", True)]


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("CREATE TABLE t (id integer PRIMARY KEY, name text)", "postgres"),
        ("CREATE TABLE t (id serial, at timestamptz)", "postgres"),
        ("CREATE TABLE `t` (`id` int)", "mysql"),
        ("CREATE TABLE t (id int unsigned, s enum('a'))", "mysql"),
        ("CREATE TABLE t (id int) ENGINE = InnoDB", "mysql"),
        ("-- MySQL dump 10.13\nCREATE TABLE t (id int)", "mysql"),
        ("CREATE TABLE [t] ([id] integer)", "sqlite"),
        ("CREATE TABLE t (id INTEGER PRIMARY KEY, picture BLOB)", "sqlite"),
        ("PRAGMA foreign_keys=on; CREATE TABLE t (id integer)", "sqlite"),
        ("-- says AUTO_INCREMENT and `x`\nCREATE TABLE t (id integer)", "postgres"),
        ("CREATE DOMAIN tinyint AS smallint; CREATE TABLE t (id int /*! unsigned */) /*! ENGINE=x */", "postgres"),
    ],
)
def test_the_dialect_is_seen(text: str, dialect: str) -> None:
    assert detect(text) == dialect
