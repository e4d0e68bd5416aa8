"""`llmgen schema` over every kind of source; what it says of those that cannot be read: two lines, never a trace."""

import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
from clinic_runs import llmgen
from servers import NO_MYSQL, NONE_FOUND, mysql_url, postgres_url

TABLE = "CREATE TABLE t (id integer PRIMARY KEY, email text NOT NULL, user_id integer);"
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
FILES = {
    "schema.sql": TABLE,
    "mysql.sql": "CREATE TABLE `t` (`id` int NOT NULL AUTO_INCREMENT, PRIMARY KEY (`id`)) ENGINE=InnoDB;",
    "lite.sql": "CREATE TABLE [t] ([id] INTEGER PRIMARY KEY AUTOINCREMENT);",
    "migrations/1.sql": TABLE,
    "schema.prisma": "model t {\n  id Int @id\n}\n",
    "models.py": "from pydantic import BaseModel\n\n\nclass T(BaseModel):\n    id: int\n",
    "contract.yaml": "entities:\n  t:\n    fields:\n      - id: string(uuid) unique\n",
    "schema.json": '{"$defs": {"t": {"properties": {"id": {"type": "integer"}}, "required": ["id"]}}}',
    "schema.dbml": "Table t {\n  id int [pk]\n}\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    with closing(sqlite3.connect(tmp_path / "shop.db")) as database:
        database.execute(TABLE)
    with duckdb.connect(tmp_path / "duck.db") as duck:
        duck.execute(TABLE)
    return tmp_path


@pytest.mark.parametrize(
    "source", [*FILES, "migrations", "models:T", "models.py:T", "shop.db", "duck.db", "sqlite:///shop.db"]
)
def test_every_kind_of_source_is_read(folder: Path, source: str) -> None:
    ran = llmgen(folder, "schema", source, "--json", "--strict")
    assert ran.code == 0, ran.err
    (table,) = ran.summary["tables"]
    assert table["name"].lower() == "t"
    assert table["primary_key"] == ["id"]


def test_patterns_and_inferred_relations(folder: Path) -> None:
    (folder / "two.sql").write_text(
        f"{TABLE} CREATE TABLE users (id integer PRIMARY KEY); CREATE TABLE logs (id integer);"
    )
    ran = llmgen(folder, "schema", "two.sql", "--json", "--infer-relations", "--tables", "t", "--tables", "user*")
    tables = {table["name"]: table for table in ran.summary["tables"]}
    assert list(tables) == ["t", "users"]
    (key,) = tables["t"]["foreign_keys"]
    assert (key["references"], key["inferred"]) == ("users", True)
    assert (
        "(user_id) -> users (id)  inferred from its name"
        in llmgen(folder, "schema", "two.sql", "--infer-relations").out
    )
    llmgen(folder, "schema", "two.sql", "--tables", "none*").fails(2, "no table matches none*")


def test_a_constraint_that_was_not_understood_is_named_with_its_place(folder: Path) -> None:
    (folder / "migrations" / "2.sql").write_text("\nALTER TABLE t ADD CHECK (id <<= 3);")
    llmgen(folder, "schema", "migrations", "--strict").fails(1, "migrations/2.sql:2: not understood, 1 in all")


BAD = {
    "cut.sql": ("CREATE TABLE a (id integer);\n\nCREATE TABLE t (\n  id integer,\n", "cut.sql:3: the text ends inside"),
    "binary.sql": ("\0\1\2", "a binary file, not SQL text"),
    "latin.sql": ("\udce9", "latin.sql:1: not UTF-8"),
    "empty.sql": ("", "no CREATE TABLE in it"),
    "broken.prisma": ("model t {\n  id Int @id\n  x Nope\n}\n", "broken.prisma:3"),
    "open.prisma": ("model t {\n  id Int @id\n", "open.prisma:"),
    "bomb.yaml": (BOMB, "bomb.yaml:"),
    "bad.yaml": ("entities:\n  t:\n    fields:\n      - id: strng(uuid)\n", "bad.yaml:4"),
    "tabs.yaml": ("entities:\n\tt:\n", "tabs.yaml:2"),
    "bad.json": ('{"$defs": ', "bad.json:1"),
    "bad.dbml": ("Table t {\n  id int [pk\n}\n", "bad.dbml:"),
    "bad.py": ("from pydantic import BaseModel\n\nraise RuntimeError('no')\n", "bad.py:3"),
    "deep.yaml": ("[" * 5_000, "deep.yaml:"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_two_lines_with_the_place(tmp_path: Path, name: str) -> None:
    text, said = BAD[name]
    (tmp_path / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    llmgen(tmp_path, "schema", name).fails(2, said)
    llmgen(tmp_path, "init", name).fails(2, said)
    assert [path.name for path in tmp_path.iterdir() if path.name != "__pycache__"] == [name]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("nowhere.sql", "nowhere.sql: No such file or directory"),
        ("nowhere:Order", "nowhere"),
        ("oracle://x/y", "oracle"),
        ("sqlite:///nowhere.db", "nowhere.db"),
        ("postgresql://a:b:c@@/x", "postgresql"),
    ],
)
def test_a_source_that_is_not_there(tmp_path: Path, source: str, said: str) -> None:
    ran = llmgen(tmp_path, "schema", source)
    assert ran.code in (2, 5), ran.err
    assert said in ran.err
    assert len(ran.err.splitlines()) == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
def test_a_server_that_does_not_answer_is_named_without_the_password(tmp_path: Path, scheme: str) -> None:
    ran = llmgen(tmp_path, "schema", f"{scheme}://me:s3cret@127.0.0.1:1/shop", "--debug")
    assert ran.code == 5, ran.err
    assert "127.0.0.1" in ran.err
    assert "s3cret" not in ran.err


def test_a_wrong_password_is_said_and_not_shown(tmp_path: Path) -> None:
    url = mysql_url()
    if url is None:
        pytest.skip(NO_MYSQL)
    ran = llmgen(tmp_path, "schema", url.replace("//root@", "//root:s3cret%21@"))
    ran.fails(5, "Access denied")
    assert "s3cret" not in ran.err


def test_a_database_that_is_not_there(tmp_path: Path) -> None:
    url = postgres_url()
    if url is None:
        pytest.skip(NONE_FOUND)
    llmgen(tmp_path, "schema", url.rpartition("/")[0] + "/llmgen_no_such_database").fails(5, "llmgen_no_such_database")


def test_a_url_with_a_password_is_not_written_down(tmp_path: Path) -> None:
    url = postgres_url()
    if url is None:
        pytest.skip(NONE_FOUND)
    head, place = url.split("@", 1)
    ran = llmgen(tmp_path, "init", f"{head}:s3cret@{place}", "--tables", "no_such_table*")
    assert ran.code in (2, 5)
    assert "s3cret" not in ran.err
