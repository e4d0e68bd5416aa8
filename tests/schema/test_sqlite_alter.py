"""Migrations of SQLite end where SQLite itself ends: it runs them too, and its file is read."""

import sqlite3
from pathlib import Path

import pytest
from sqlite_files import OLDEST, TOO_OLD, assert_same, constraining, live, make

from llmgen.schema.model import Schema
from llmgen.schema.sql import parse_schema, read_schema

pytestmark = pytest.mark.skipif(sqlite3.sqlite_version_info < OLDEST, reason=TOO_OLD)

START = """
CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT NOT NULL UNIQUE CHECK (mail <> ''), name TEXT);
CREATE TABLE posts (
    id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES Users (ID), up INTEGER REFERENCES posts, title TEXT,
    CHECK (length(title) > 0 OR up IS NULL)
);
CREATE UNIQUE INDEX one_title ON posts (user_id, lower(title)) WHERE up IS NULL;
CREATE TRIGGER guard BEFORE INSERT ON posts BEGIN SELECT RAISE(ABORT, 'no'); END;
"""
REBUILD = """
CREATE TABLE "new_users" (
    id INTEGER PRIMARY KEY, mail VARCHAR(50) NOT NULL UNIQUE, boss INTEGER REFERENCES {boss} (id)
);
INSERT INTO new_users (id, mail) SELECT id, mail FROM users;
DROP TABLE users;
ALTER TABLE "new_users" RENAME TO "users";
"""
OLD_ORDER = """
ALTER TABLE users RENAME TO users_old;
CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT);
INSERT INTO users SELECT id, mail FROM users_old;
"""
MIGRATIONS = {
    "rename table": "ALTER TABLE users RENAME TO People;",
    "rename table of itself": "ALTER TABLE posts RENAME TO entries;",
    "rename to another case": "ALTER TABLE users RENAME COLUMN mail TO Mail;",
    "rename column": 'ALTER TABLE USERS RENAME COLUMN Id TO user_id; ALTER TABLE posts RENAME title TO "the title";',
    "rename in index and check": "ALTER TABLE posts RENAME COLUMN up TO parent;",
    "add columns": """ALTER TABLE posts ADD COLUMN state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', "old"));
        ALTER TABLE posts ADD at DATETIME; ALTER TABLE posts ADD tag TEXT COLLATE NOCASE REFERENCES users (mail);""",
    "drop column": "ALTER TABLE users DROP COLUMN name; ALTER TABLE users ADD COLUMN name INTEGER;",
    "drop column with its check": "ALTER TABLE users ADD c INTEGER CHECK (c > 0); ALTER TABLE users DROP c;",
    "drop index": "DROP INDEX One_Title;",
    "drop trigger": "DROP TRIGGER Guard;",
    "drop table with what hangs on it": "DROP TABLE posts; CREATE TABLE posts (id INTEGER PRIMARY KEY);",
    "drop parent": "DROP TABLE users; CREATE TABLE users (id INTEGER PRIMARY KEY, other TEXT);",
    "rebuild": REBUILD.format(boss="users"),
    "rebuild that refers to the new name": REBUILD.format(boss="new_users"),
    "rebuild with keys off": f"PRAGMA foreign_keys=OFF; BEGIN; {REBUILD.format(boss='users')} COMMIT;",
    "rebuild in the old order": OLD_ORDER,
    "old order, references left": f"PRAGMA legacy_alter_table = ON; {OLD_ORDER} DROP TABLE users_old;",
    "old order, legacy in a call": f"PRAGMA legacy_alter_table(1); {OLD_ORDER} DROP TABLE users_old;",
    "legacy off again": f"PRAGMA legacy_alter_table=1; PRAGMA main.legacy_alter_table=0; {OLD_ORDER}",
    "legacy with keys on": f"PRAGMA foreign_keys = 1; PRAGMA legacy_alter_table = on; {OLD_ORDER}",
    "view in between": "CREATE VIEW v AS SELECT 1; DROP VIEW v; CREATE TABLE v (id INTEGER);",
    "view keeps its name": "CREATE VIEW v AS SELECT 1; CREATE TABLE IF NOT EXISTS v (id INTEGER);",
    "if not exists": "CREATE TABLE IF NOT EXISTS Users (other TEXT); DROP TABLE IF EXISTS nowhere;",
    "virtual table dropped": "CREATE VIRTUAL TABLE f USING fts5(a); DROP TABLE f; CREATE TABLE f (a TEXT);",
    "temporary table": "CREATE TEMP TABLE users (x); DROP TABLE temp.users; CREATE TEMP TABLE n (x); DROP TABLE n;",
    "attached": "ATTACH ':memory:' AS m; DETACH m;",
}


def ended(text: str, tmp_path: Path) -> tuple[Schema, Schema]:
    return parse_schema(START + text, dialect="sqlite"), live(make(tmp_path / "made.db", START + text))


@pytest.mark.parametrize("name", MIGRATIONS)
def test_a_migration_ends_where_sqlite_ends(name: str, tmp_path: Path) -> None:
    text, found = ended(MIGRATIONS[name], tmp_path)
    assert_same(text, found)
    assert len(constraining(text)) == len(constraining(found))


def test_what_refers_to_a_rebuilt_table_refers_to_it_again() -> None:
    schema = parse_schema(START + REBUILD.format(boss="users"), dialect="sqlite")
    assert [key.table for key in schema.table("posts").foreign_keys] == ["users", "posts"]
    assert schema.table("users").foreign_keys[0].table == "users"
    assert schema.table("users").column("mail").type.length == 50
    assert "new_users" not in schema.by_name


def test_the_old_order_leaves_references_behind() -> None:
    schema = parse_schema(f"{START}{OLD_ORDER} DROP TABLE users_old;", dialect="sqlite")
    assert [key.table for key in schema.table("posts").foreign_keys] == ["posts"]
    assert "its target users_old is not in this schema" in constraining(schema)[0]


def test_a_dropped_trigger_is_not_spoken_of() -> None:
    assert len(constraining(parse_schema(START, dialect="sqlite"))) == 1
    assert constraining(parse_schema(f"{START} DROP TRIGGER guard;", dialect="sqlite")) == []
    assert constraining(parse_schema(f"{START} DROP TABLE posts;", dialect="sqlite")) == []


def test_not_null_and_checks_that_newer_versions_alter() -> None:
    schema = parse_schema(
        """CREATE TABLE t (a TEXT, b TEXT NOT NULL); ALTER TABLE t ALTER COLUMN a SET NOT NULL;
        ALTER TABLE t ALTER b DROP NOT NULL; ALTER TABLE t ADD CONSTRAINT long CHECK (length(a) > 3);
        ALTER TABLE t ADD CHECK (a <> b); ALTER TABLE t DROP CONSTRAINT Long;""",
        dialect="sqlite",
    )
    (table,) = schema.tables
    assert [column.nullable for column in table.columns] == [False, True]
    assert [check.sql for check in table.checks] == ["a <> b"]


def test_a_folder_of_prisma_migrations(tmp_path: Path) -> None:
    files = {
        "migration_lock.toml": 'provider = "sqlite"',
        "20240101000000_init/migration.sql": """-- CreateTable
            CREATE TABLE "User" ("id" TEXT NOT NULL PRIMARY KEY, "email" TEXT NOT NULL, "at" DATETIME NOT NULL);
            -- CreateTable
            CREATE TABLE "Post" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "authorId" TEXT,
                CONSTRAINT "Post_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "User" ("id")
                    ON DELETE SET NULL ON UPDATE CASCADE);
            -- CreateIndex
            CREATE UNIQUE INDEX "User_email_key" ON "User"("email");""",
        "20240102000000_more/migration.sql": """-- RedefineTables
            PRAGMA defer_foreign_keys=ON;
            PRAGMA foreign_keys=OFF;
            CREATE TABLE "new_User" ("id" TEXT NOT NULL PRIMARY KEY, "email" TEXT NOT NULL, "age" INTEGER);
            INSERT INTO "new_User" ("email", "id") SELECT "email", "id" FROM "User";
            DROP TABLE "User";
            ALTER TABLE "new_User" RENAME TO "User";
            CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
            PRAGMA foreign_keys=ON;
            PRAGMA defer_foreign_keys=OFF;""",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    schema = read_schema(tmp_path)
    whole = "\n".join(text for name, text in files.items() if name.endswith(".sql"))
    assert schema.dialect == "sqlite"
    assert_same(schema, live(make(tmp_path / "made.db", whole)))
    assert schema.table("Post").foreign_keys[0].table == "User"
    assert schema.ignored == ()


def test_tables_are_found_whatever_came_went_or_was_renamed() -> None:
    schema = parse_schema(
        """ATTACH 'x.db' AS aux;
        CREATE TABLE aux.a (id INTEGER PRIMARY KEY); CREATE TABLE aux.b (id INTEGER PRIMARY KEY);
        ALTER TABLE A ADD COLUMN n INTEGER; ALTER TABLE a RENAME TO c; ALTER TABLE C ADD COLUMN m INTEGER;
        ALTER TABLE a ADD COLUMN lost INTEGER; DROP TABLE aux.b; CREATE TABLE aux.d (id INTEGER PRIMARY KEY);
        ALTER TABLE D ADD COLUMN n INTEGER; ALTER TABLE b ADD COLUMN lost INTEGER;""",
        dialect="sqlite",
    )
    assert {table.name: list(table.by_name) for table in schema.tables} == {"c": ["id", "n", "m"], "d": ["id", "n"]}
    assert [item.why for item in schema.ignored] == ["there is no table a", "there is no table b"]
