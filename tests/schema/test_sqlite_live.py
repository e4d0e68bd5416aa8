"""SQLite files are read as they are found: in use, in WAL mode, no database at all; and nothing is written."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_files import OLDEST, TOO_OLD, constraining, live, make

from llmgen.errors import DatabaseError, InputError
from llmgen.schema.live import read_live
from llmgen.schema.sources import read_source

pytestmark = pytest.mark.skipif(sqlite3.sqlite_version_info < OLDEST, reason=TOO_OLD)

TABLE = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);"
EVERY = Path(__file__).with_name("every_sqlite_construct.sql")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return make(tmp_path / "made.db", TABLE)


@pytest.fixture
def other(file: Path) -> Iterator[sqlite3.Connection]:
    """Another who uses the file."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        yield connection


def names(file: Path) -> list[str]:
    return list(live(file).by_name)


def test_a_file_in_use(file: Path, other: sqlite3.Connection) -> None:
    other.execute("BEGIN IMMEDIATE")
    other.execute("CREATE TABLE unfinished (id INTEGER)")
    assert names(file) == ["t"]


def test_a_file_that_another_holds_but_does_not_write(file: Path, other: sqlite3.Connection) -> None:
    other.execute("BEGIN EXCLUSIVE")
    assert names(file) == ["t"]


def test_a_file_that_another_writes(file: Path, other: sqlite3.Connection) -> None:
    other.execute("BEGIN EXCLUSIVE")
    other.execute("CREATE TABLE unfinished (id INTEGER)")
    with pytest.raises(DatabaseError, match="database is locked") as error:
        live(file)
    assert "give a copy" in error.value.hint


def test_wal_mode_in_use(file: Path, other: sqlite3.Connection) -> None:
    other.execute("PRAGMA journal_mode = WAL")
    other.execute("CREATE TABLE logged (id INTEGER)")
    assert Path(f"{file}-wal").stat().st_size
    assert names(file) == ["t", "logged"]


def test_wal_mode_that_nobody_uses_leaves_no_file_behind(file: Path) -> None:
    make(file, "PRAGMA journal_mode = WAL; CREATE TABLE logged (id INTEGER);")
    before = {entry.name: entry.stat().st_mtime_ns for entry in file.parent.iterdir()}
    assert names(file) == ["t", "logged"]
    assert (
        {entry.name: entry.stat().st_mtime_ns for entry in file.parent.iterdir()}
        == before
        == {file.name: before[file.name]}
    )


def test_a_file_and_its_folder_that_may_not_be_written(file: Path) -> None:
    os.chmod(file, 0o444)
    os.chmod(file.parent, 0o555)
    try:
        assert names(file) == ["t"]
    finally:
        os.chmod(file.parent, 0o755)


def test_a_file_whose_writer_was_cut_off(file: Path) -> None:
    program = """import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA cache_size = 5")
connection.execute("BEGIN")
connection.executemany("INSERT INTO t (a) VALUES (?)", [("x" * 500,)] * 500)
os._exit(0)"""
    subprocess.run([sys.executable, "-c", program, str(file)], check=True)
    with pytest.raises(DatabaseError, match="whoever wrote it last was cut off") as error:
        live(file)
    assert "SQLite's shell" in error.value.hint


@pytest.mark.parametrize("name", ["a b#c?d%41.db", "with?mode=rwc.db", "ünïcode.db"])
def test_odd_names_of_files(tmp_path: Path, name: str) -> None:
    assert names(make(tmp_path / name, TABLE)) == ["t"]
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("content", [b"no database" * 500, b"SQLite format 3\0" + b"\xff" * 5_000])
def test_what_is_no_database(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.db").write_bytes(content)
    with pytest.raises(DatabaseError, match=r"SQLite file .*x\.db: ") as error:
        live(tmp_path / "x.db")
    assert "no SQLite database, is damaged or encrypted" in error.value.hint


def test_a_file_cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:3_000])
    with pytest.raises(DatabaseError, match="malformed"):
        live(file)


def test_a_file_without_tables(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"")
    with pytest.raises(InputError, match="no tables"):
        live(tmp_path / "x.db")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        live(tmp_path / "x.db")
    assert list(tmp_path.iterdir()) == []


def test_schemas_and_tables_are_chosen(tmp_path: Path) -> None:
    file = make(tmp_path / "x.db", f"{TABLE} CREATE TABLE u (id INTEGER PRIMARY KEY, t INTEGER REFERENCES t);")
    assert list(read_live(f"sqlite:///{file}", ["main"]).by_name) == ["t", "u"]
    with pytest.raises(InputError, match="no tables in other"):
        read_live(f"sqlite:///{file}", ["other"])
    assert list(read_live(f"sqlite:///{file}", (), ["u*"]).by_name) == ["u"]
    assert list(read_source(str(file)).by_name) == ["t", "u"]


def test_sqlites_own_word_on_what_is_virtual_and_shadow(tmp_path: Path) -> None:
    file = make(tmp_path / "x.db", EVERY.read_text("utf-8"))
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("SELECT name, type FROM pragma_table_list WHERE schema = 'main'").fetchall()
    own = {name for name, kind in rows if kind == "table" and not name.startswith("sqlite_")}
    assert set(names(file)) == own | {"posts_content"}  # by its name alone, SQLite takes it for a shadow


def test_columns_are_as_pragmas_say(tmp_path: Path) -> None:
    file = make(tmp_path / "x.db", EVERY.read_text("utf-8"))
    schema = live(file)
    with closing(sqlite3.connect(file)) as connection:
        for table in schema.tables:
            rows = connection.execute(
                'SELECT name, NOT "notnull" AND NOT pk, hidden FROM pragma_table_xinfo(?)', (table.name,)
            ).fetchall()
            hidden = {"virtual": 2, "stored": 3}
            assert [(column.name, column.nullable, hidden.get(column.generated, 0)) for column in table.columns] == [
                (name, bool(nullable), place) for name, nullable, place in rows
            ]


def test_a_collation_or_function_that_sqlite_lacks_is_no_fault(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "x.db")) as connection:
        connection.create_collation("own", lambda one, two: (one > two) - (one < two))
        connection.create_function("mine", 1, lambda value: value, deterministic=True)
        connection.executescript("""CREATE TABLE t (a TEXT COLLATE own UNIQUE, b TEXT CHECK (mine(b) = 1));
            CREATE UNIQUE INDEX i ON t (b COLLATE own);""")
    (table,) = live(tmp_path / "x.db").tables
    assert table.column("a").type.folds
    assert [(unique.columns, unique.expressions) for unique in table.uniques] == [(("a",), ()), ((), ("LOWER(b)",))]
    assert [check.sql for check in table.checks] == ["mine(b) = 1"]


def test_what_was_not_understood_has_no_line(tmp_path: Path) -> None:
    schema = live(make(tmp_path / "x.db", f"{TABLE} CREATE TRIGGER g BEFORE INSERT ON t BEGIN SELECT 1; END;"))
    assert [(item.line, item.constrains) for item in schema.ignored] == [(0, True)]
    assert constraining(schema)[0].startswith("CREATE TRIGGER g BEFORE INSERT ON t")
