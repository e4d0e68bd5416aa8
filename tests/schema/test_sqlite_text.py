"""SQLite's DDL as people and tools write it: detection, dumps, what is unreadable, what would be no SQLite at all."""

import pytest
from sqlite_files import constraining

from llmgen.errors import InputError
from llmgen.schema.model import Schema
from llmgen.schema.sql import parse_schema
from llmgen.schema.sql.detect import detect


def read(text: str) -> Schema:
    return parse_schema(text, dialect="sqlite")


@pytest.mark.parametrize(
    "text",
    [
        'CREATE TABLE "User" ("id" TEXT NOT NULL PRIMARY KEY, "at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP);',
        'CREATE TABLE IF NOT EXISTS "t" ("id" varchar NOT NULL PRIMARY KEY, "at" datetime(6));',
        "CREATE TABLE `users` (\n\t`id` text PRIMARY KEY NOT NULL,\n\t`name` text NOT NULL\n);",
        "CREATE TABLE IF NOT EXISTS 't_data'(id INTEGER PRIMARY KEY, block BLOB);",
        "CREATE TABLE t (id INTEGER PRIMARY KEY) STRICT;",
        "CREATE TABLE t (id TEXT PRIMARY KEY) WITHOUT ROWID, STRICT;",
        "CREATE TABLE t (id INT); CREATE TABLE sqlite_sequence(name,seq);",
        "CREATE TABLE t (id INT UNIQUE ON CONFLICT REPLACE)",
        "CREATE TABLE t (id INT, at TEXT DEFAULT (datetime('now')))",
        "CREATE TABLE t (mail TEXT COLLATE NOCASE)",
        "CREATE TABLE t (id INT); CREATE VIRTUAL TABLE f USING fts5(a);",
    ],
)
def test_sqlite_is_seen(text: str) -> None:
    assert detect(text) == "sqlite"
    assert constraining(parse_schema(text)) == []


DUMP = """PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT);
INSERT INTO t VALUES(1,'a;b''c /* d');
INSERT INTO "t" VALUES(2,replace('x\\ny','\\n',char(10)));
PRAGMA writable_schema=ON;
INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql)
VALUES('table','f','f',0,'CREATE VIRTUAL TABLE f USING fts5(a)');
CREATE TABLE IF NOT EXISTS 'f_data'(id INTEGER PRIMARY KEY, block BLOB);
CREATE TABLE IF NOT EXISTS 'f_config'(k PRIMARY KEY, v) WITHOUT ROWID;
INSERT INTO f_data VALUES(1,X'0204');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('t',2);
CREATE TABLE sqlite_stat1(tbl,idx,stat);
ANALYZE sqlite_schema;
PRAGMA writable_schema=OFF;
COMMIT;
"""


def test_a_dump_of_the_shell() -> None:
    schema = parse_schema(DUMP)
    assert list(schema.by_name) == ["t"]
    assert constraining(schema) == []
    assert [item.line for item in schema.ignored] == [7, 9, 10]


def test_rows_without_end_are_no_fault() -> None:
    rows = ", ".join(["(1, 2)"] * 50_000)
    schema = read(f"CREATE TABLE t (a INTEGER, b INTEGER); INSERT INTO t -- a comment\n VALUES {rows};")
    assert schema.ignored == ()


def test_shadow_tables_that_come_first_are_no_tables_either() -> None:
    schema = read("CREATE TABLE f_idx (a); CREATE TABLE f_more (a); CREATE VIRTUAL TABLE f USING fts5(a);")
    assert list(schema.by_name) == ["f_more"]


def test_lines_for_the_shell() -> None:
    schema = read(".mode csv\n.headers on\nCREATE TABLE t (id INTEGER);\n.read more.sql\n.import 'a;b.csv' t\n")
    assert list(schema.by_name) == ["t"]
    assert [(item.line, item.text, item.constrains) for item in schema.ignored] == [(4, ".read more.sql", True)]


def test_triggers_hold_statements_of_their_own() -> None:
    schema = read("""CREATE TABLE event (begin TEXT, end TEXT, CHECK (end > begin));
        CREATE TRIGGER a AFTER INSERT ON event BEGIN
            UPDATE event SET end = CASE WHEN 1 THEN 'x' ELSE 'y' END; DELETE FROM event; END;
        CREATE UNIQUE INDEX i ON event (lower(begin)); CREATE TABLE u (id INTEGER);""")
    assert list(schema.by_name) == ["event", "u"]
    assert [unique.name for unique in schema.table("event").uniques] == ["i"]
    assert schema.table("event").checks[0].columns == ("end", "begin")
    assert constraining(schema) == []


@pytest.mark.parametrize(
    ("statement", "constrains"),
    [
        ("CREATE TRIGGER x BEFORE INSERT ON t BEGIN SELECT 1; END", True),
        ("CREATE TRIGGER x INSERT ON t BEGIN SELECT 1; END", True),  # BEFORE, where nothing is said
        ("CREATE TRIGGER x AFTER UPDATE OF a ON t BEGIN SELECT RAISE(IGNORE); END", True),
        ("CREATE TRIGGER x AFTER INSERT ON t WHEN new.a = 'raise' BEGIN SELECT 1; END", False),
        ("CREATE TRIGGER x BEFORE DELETE ON t BEGIN SELECT RAISE(ABORT, 'no'); END", False),
        ("CREATE TEMP TRIGGER x BEFORE INSERT ON t BEGIN SELECT 1; END", False),
        ("CREATE TABLE u AS SELECT * FROM t", True),
        ("CREATE TEMP TABLE u (a)", False),
        ("CREATE TABLE temp.u (a)", False),
        ("CREATE VIEW v AS SELECT 1", False),
        ("CREATE TABLE u (a) WITH (fillfactor = 5)", True),
        ("CREATE TABLE u (a, CHECK (a >))", True),
        ("CREATE UNIQUE INDEX i ON t (nowhere)", True),
        ("CREATE UNIQUE INDEX i ON nowhere (a)", True),
        ("CREATE UNIQUE INDEX i ON t (a) WHERE", True),
        ("ALTER TABLE t RENAME COLUMN nowhere TO b", True),
        ("ALTER TABLE nowhere RENAME TO b", True),
        ("ALTER TABLE t FROB", True),
        ("FROB t", True),
    ],
)
def test_what_is_not_read_is_said(statement: str, constrains: bool) -> None:
    schema = read(f"CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);\n{statement};")
    assert [item.constrains for item in schema.ignored] == [constrains]
    assert [item.line for item in schema.ignored] == [2]


@pytest.mark.parametrize(
    "statement",
    [
        "PRAGMA journal_mode = WAL",
        "ATTACH DATABASE 'x.db' AS other",
        "DETACH other",
        "VACUUM INTO 'x'",
        "REINDEX t",
        "WITH x AS (SELECT 1) DELETE FROM t",
        "SAVEPOINT s; RELEASE s",
        "CREATE INDEX i ON t (nowhere)",
        "DROP TABLE IF EXISTS nowhere",
        "DROP VIEW v",
        "DROP INDEX IF EXISTS nowhere",
        "END TRANSACTION",
        "REPLACE INTO t VALUES (1, 'x')",
    ],
)
def test_what_shapes_no_table_is_passed_over(statement: str) -> None:
    assert read(f"CREATE TABLE t (id INTEGER);\n{statement};").ignored == ()


def test_a_column_that_is_not_understood_loses_its_clause_alone() -> None:
    schema = read("CREATE TABLE t (a INTEGER NOT NULL FROB 1 UNIQUE, b TEXT CHECK (b = ) NOT NULL)")
    (table,) = schema.tables
    assert [column.nullable for column in table.columns] == [False, False]
    assert table.uniques[0].columns == ("a",)
    assert [(item.text, item.constrains) for item in schema.ignored] == [("FROB 1", True), ("CHECK (b = )", True)]


def test_tables_of_an_attached_database_have_its_schema() -> None:
    schema = read("""ATTACH 'x.db' AS aux; CREATE TABLE main.t (id INTEGER PRIMARY KEY);
        CREATE TABLE aux.t (id INTEGER PRIMARY KEY, up INTEGER REFERENCES t);""")
    assert [(table.name, table.schema) for table in schema.tables] == [("t", None), ("aux.t", "aux")]
    assert schema.table("aux.t").foreign_keys[0].table == "aux.t"


@pytest.mark.parametrize(
    "text",
    ["CREATE TABLE t (a TEXT", "CREATE TABLE t (a TEXT DEFAULT 'x);", "CREATE TABLE [t (a);", "", "SELECT 1;"],
)
def test_no_table_is_an_error(text: str) -> None:
    with pytest.raises(InputError):
        read(text)
