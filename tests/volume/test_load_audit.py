"""The audit from the catalog finds each kind of fault that is planted behind the server's back, and nothing else."""

import re
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from loading import mysql_audit, postgres_audit
from loading.catalog_audit import catalog_audit
from loading.sqlite_loader import sqlite_connection
from servers import mysql_connection

GOOD = """
CREATE EXTENSION btree_gist;
CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE DOMAIN small AS positive CHECK (VALUE < 100);
CREATE TABLE parents (a integer, b text, PRIMARY KEY (a, b));
CREATE TABLE "Kids" (
    id integer PRIMARY KEY, a integer, b text, name text NOT NULL, grade integer, size small, during int4range,
    CONSTRAINT up FOREIGN KEY (a, b) REFERENCES parents MATCH FULL, CONSTRAINT graded CHECK (grade > 0),
    CONSTRAINT apart EXCLUDE USING gist (grade WITH =, during WITH &&) WHERE (id > 0));
CREATE UNIQUE INDEX by_lower ON "Kids" (lower(name)) WHERE grade IS NOT NULL;
CREATE UNIQUE INDEX by_size ON "Kids" (size) NULLS NOT DISTINCT;
CREATE TABLE parts (id integer, at integer NOT NULL CONSTRAINT early CHECK (at < 10)) PARTITION BY RANGE (at);
CREATE TABLE part_0 PARTITION OF parts FOR VALUES FROM (0) TO (50);
INSERT INTO parents VALUES (1, 'x');
INSERT INTO "Kids" VALUES (1, 1, 'x', 'Ada', 1, 5, '[1,5)'), (2, NULL, NULL, 'ada', NULL, 6, '[1,5)'),
    (3, 1, 'x', 'Bo', 1, NULL, '[5,9)');
INSERT INTO parts VALUES (1, 5)"""
POSTGRES = {
    "an orphan": (
        'ALTER TABLE "Kids" DISABLE TRIGGER ALL; UPDATE "Kids" SET b = \'y\' WHERE id = 1',
        'orphans of "Kids".up: 1',
    ),
    "a key that is NULL in part": (
        'ALTER TABLE "Kids" DISABLE TRIGGER ALL; UPDATE "Kids" SET b = NULL WHERE id = 3',
        'orphans of "Kids".up: 1',
    ),
    "a check": (
        'ALTER TABLE "Kids" DROP CONSTRAINT graded; UPDATE "Kids" SET grade = -id WHERE id IN (1, 3);'
        'ALTER TABLE "Kids" ADD CONSTRAINT graded CHECK (grade > 0) NOT VALID',
        'rows that break "Kids".graded: 2',
    ),
    "a check of a domain under a domain": (
        "ALTER DOMAIN positive ADD CONSTRAINT odd CHECK (VALUE % 2 = 1) NOT VALID",
        'rows that break "Kids".size of positive: 1',
    ),
    "a partial unique over an expression": (
        "UPDATE pg_index SET indisunique = false WHERE indexrelid = 'by_lower'::regclass;"
        "INSERT INTO \"Kids\" VALUES (8, NULL, NULL, 'ADA', 8, 8), (9, NULL, NULL, 'ADA', 9, 9);"
        "UPDATE pg_index SET indisunique = true WHERE indexrelid = 'by_lower'::regclass",
        "duplicates in by_lower: 2",
    ),
    "NULL twice where it counts": (
        "UPDATE pg_index SET indisunique = false WHERE indexrelid = 'by_size'::regclass;"
        "INSERT INTO \"Kids\" VALUES (8, NULL, NULL, 'Cy', 8, NULL);"
        "UPDATE pg_index SET indisunique = true WHERE indexrelid = 'by_size'::regclass",
        "duplicates in by_size: 1",
    ),
    "NULL in a column that has none": (
        'ALTER TABLE "Kids" ALTER name DROP NOT NULL; UPDATE "Kids" SET name = NULL WHERE id = 3;'
        "UPDATE pg_attribute SET attnotnull = true WHERE attrelid = '\"Kids\"'::regclass AND attname = 'name'",
        'NULLs in "Kids".name: 1',
    ),
    "ranges that overlap": (
        "UPDATE pg_index SET indisready = false WHERE indexrelid = 'apart'::regclass;"
        "INSERT INTO \"Kids\" VALUES (8, NULL, NULL, 'Cy', 1, 8, '[4,6)');"
        "UPDATE pg_index SET indisready = true WHERE indexrelid = 'apart'::regclass",
        'pairs that break "Kids".apart: 2',
    ),
    "a check of a partitioned table": (
        "ALTER TABLE parts DROP CONSTRAINT early; INSERT INTO parts VALUES (2, 20), (3, 30);"
        "ALTER TABLE parts ADD CONSTRAINT early CHECK (at < 10) NOT VALID",
        "rows that break parts.early: 2",
    ),
}


@pytest.mark.postgres
@pytest.mark.parametrize("kind", POSTGRES)
def test_postgres_tells_what_was_planted(postgres: psycopg.Connection, kind: str) -> None:
    postgres.execute(GOOD)
    url = f"postgresql://{postgres.info.user}@{postgres.info.host}:{postgres.info.port}/{postgres.info.dbname}"
    assert catalog_audit(url) == []
    plant, expected = POSTGRES[kind]
    for statement in plant.split(";"):
        postgres.execute(statement)
    found = catalog_audit(url)
    assert [line for line in found if "part_0" not in line] == [expected]


@pytest.mark.postgres
def test_postgres_asks_about_every_constraint(postgres: psycopg.Connection) -> None:
    postgres.execute(GOOD)
    asked = [f"{what} {name}" for what, name, _ in postgres_audit.questions(postgres)]
    assert asked == [
        'orphans of "Kids".up', 'duplicates in "Kids_pkey"', "duplicates in by_lower", "duplicates in by_size",
        "duplicates in parents_pkey", 'rows that break "Kids".graded', "rows that break part_0.early",
        "rows that break parts.early", 'rows that break "Kids".size of positive',
        'rows that break "Kids".size of small',
        'NULLs in "Kids".id', 'NULLs in "Kids".name', "NULLs in parents.a", "NULLs in parents.b", "NULLs in part_0.at",
        "NULLs in parts.at", 'pairs that break "Kids".apart',
    ]  # fmt: skip


MARIADB = """
CREATE TABLE parents (a int, b varchar(9), PRIMARY KEY (a, b)) ENGINE=InnoDB;
CREATE TABLE kids (id int PRIMARY KEY, a int, b varchar(9), name varchar(9) NOT NULL UNIQUE, grade int,
    CONSTRAINT up FOREIGN KEY (a, b) REFERENCES parents (a, b), CONSTRAINT graded CHECK (grade > 0)) ENGINE=InnoDB;
INSERT INTO parents VALUES (1, 'x');
INSERT INTO kids VALUES (1, 1, 'X', 'Ada', 1), (2, 1, NULL, 'Bo', NULL)"""
MYSQL = {
    "an orphan": ("SET foreign_key_checks = 0; UPDATE kids SET b = 'y' WHERE id = 1", ["orphans of kids.up: 1"]),
    "a check": (
        "ALTER TABLE kids DROP CONSTRAINT graded; UPDATE kids SET grade = -1; SET check_constraint_checks = 0;"
        "ALTER TABLE kids ADD CONSTRAINT graded CHECK (grade > 0)",
        ["rows that break kids.graded: 2"],
    ),
}


def run_mysql(url: str, script: str) -> None:
    with mysql_connection(url) as connection:
        for statement in script.split(";"):
            connection.query(statement)


@pytest.mark.mysql
@pytest.mark.parametrize("kind", MYSQL)
def test_mariadb_tells_what_was_planted(mysql: str, kind: str) -> None:
    run_mysql(mysql, MARIADB)
    assert catalog_audit(mysql) == []
    plant, expected = MYSQL[kind]
    run_mysql(mysql, plant)
    assert catalog_audit(mysql) == expected


@pytest.mark.mysql
def test_mariadb_counts_duplicates_by_the_collation_and_not_among_nulls(mysql: str) -> None:
    # InnoDB's uniques cannot be switched off: the query is asked of a table without them.
    run_mysql(
        mysql,
        "CREATE TABLE loose (a int, b varchar(20)) COLLATE utf8mb4_general_ci;"
        "INSERT INTO loose VALUES (1, 'abc'), (1, 'ABC '), (1, 'abd'), (2, 'abc'), (1, NULL), (1, NULL)",
    )
    with mysql_connection(mysql) as connection, connection.cursor() as cursor:
        for cells, expected in ((["a", "b"], 1), (["b"], 2), (["a", "left(b, 2)"], 2)):
            cursor.execute(mysql_audit.duplicates("loose", cells))
            assert cursor.fetchone() == (expected,)


SQLITE = """
CREATE TABLE parents (id INTEGER PRIMARY KEY);
CREATE TABLE kids (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parents, name TEXT NOT NULL,
    grade INTEGER CONSTRAINT graded CHECK (grade > 0));
CREATE INDEX by_name ON kids (lower(name)) WHERE grade IS NOT NULL;
INSERT INTO parents VALUES (1);
INSERT INTO kids VALUES (1, 1, 'Ada', 1), (2, NULL, 'ada', NULL);"""
REWRITE = "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = replace(sql, '{0}', '{1}');"
SQLITE_FAULTS = {
    "an orphan": ("PRAGMA foreign_keys = OFF; UPDATE kids SET parent_id = 7", ["orphans of kids to parents: 2"]),
    "a check": (
        "PRAGMA ignore_check_constraints = ON; UPDATE kids SET grade = -1 WHERE id = 1",
        ["CHECK constraint failed in kids"],
    ),
    "a NULL": (
        "UPDATE kids SET name = NULL WHERE id = 2;",
        ["NULL value in kids.name"],
    ),
    "a duplicate": (
        "UPDATE kids SET grade = 2 WHERE id = 2;",
        ["non-unique entry in index by_name"],
    ),
}


@pytest.mark.parametrize("kind", SQLITE_FAULTS)
def test_sqlite_tells_what_was_planted(tmp_path: Path, kind: str) -> None:
    url = f"sqlite:///{tmp_path / 'planted.sqlite'}"
    plant, expected = SQLITE_FAULTS[kind]
    strict = ("name TEXT NOT NULL", "CREATE UNIQUE INDEX by_name")
    loose = ("name TEXT", "CREATE INDEX by_name")
    with closing(sqlite_connection(url)) as connection:
        connection.executescript(SQLITE.replace(strict[0], loose[0]))
        if kind == "a NULL":
            connection.execute(plant)
        if kind == "a duplicate":
            connection.execute(plant)
        connection.executescript("".join(REWRITE.format(*pair) for pair in zip(loose, strict, strict=True)))
    with closing(sqlite_connection(url)) as connection:
        if kind not in ("a NULL", "a duplicate"):
            assert catalog_audit(url) == []
            connection.executescript(plant)
    assert [re.sub(r"row \d+ missing.*", "", line) for line in catalog_audit(url)] == expected
