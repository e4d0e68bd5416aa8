"""What DuckDB's catalog says of a file that was made here is what was written, and what PostgreSQL's DDL means."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from llmgen.errors import DatabaseError, InputError
from llmgen.schema.live import read_live
from llmgen.schema.live.duckdb_types import column_type
from llmgen.schema.meaning import meaning
from llmgen.schema.model import ColumnType, ForeignKey, Schema, Unique
from llmgen.schema.sources import read_source
from llmgen.schema.sql import parse_schema
from llmgen.schema.types import array_of

EVERY = Path(__file__).with_name("every_duckdb_construct.sql")


def make(file: Path, text: str) -> Path:
    with duckdb.connect(str(file)) as connection:
        connection.execute(text)
    return file


def live(file: Path) -> Schema:
    return read_live(f"duckdb:///{file}")


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    return live(make(tmp_path_factory.mktemp("duckdb") / "every.duckdb", EVERY.read_text("utf-8")))


def test_tables_and_their_schemas(schema: Schema) -> None:
    assert schema.dialect == "duckdb"
    assert {table.name: table.schema for table in schema.tables} == {
        "type_names": None, "parents": None, "children": None, "computed": None, "checked": None,
        "items": "shop", "shop.parents": "shop",
    }  # fmt: skip
    assert schema.table("parents").comment == "who has children"
    assert schema.table("parents").column("code").comment == "what they are called"


INTEGER = ColumnType("integer", "integer", bits=32)
TYPES = {
    "tiny": ColumnType("integer", "tinyint", bits=8),
    "small": ColumnType("integer", "smallint", bits=16),
    "plain": INTEGER,
    "big": ColumnType("integer", "bigint", bits=64),
    "huge": ColumnType("integer", "hugeint", bits=128),
    "u_tiny": ColumnType("integer", "utinyint", bits=8, unsigned=True),
    "u_small": ColumnType("integer", "usmallint", bits=16, unsigned=True),
    "u_plain": ColumnType("integer", "uinteger", bits=32, unsigned=True),
    "u_big": ColumnType("integer", "ubigint", bits=64, unsigned=True),
    "u_huge": ColumnType("integer", "uhugeint", bits=128, unsigned=True),
    "exact": ColumnType("decimal", "decimal(10,2)", precision=10, scale=2),
    "exact_plain": ColumnType("decimal", "decimal(18,3)", precision=18, scale=3),
    "single": ColumnType("float", "float"),
    "twice": ColumnType("float", "double"),
    "words": ColumnType("text", "varchar"),
    "bounded": ColumnType("text", "varchar"),
    "bytes": ColumnType("bytes", "blob"),
    "bits": ColumnType("other", "bit"),
    "flag": ColumnType("boolean", "boolean"),
    "day": ColumnType("date", "date"),
    "clock": ColumnType("time", "time"),
    "clock_tz": ColumnType("time", "time with time zone"),
    "moment": ColumnType("timestamp", "timestamp"),
    "moment_s": ColumnType("timestamp", "timestamp_s", precision=0),
    "moment_ms": ColumnType("timestamp", "timestamp_ms", precision=3),
    "moment_ns": ColumnType("timestamp", "timestamp_ns"),
    "instant": ColumnType("timestamptz", "timestamp with time zone"),
    "span": ColumnType("interval", "interval"),
    "key": ColumnType("uuid", "uuid"),
    "document": ColumnType("json", "json"),
    "feeling": ColumnType("enum", "mood", labels=("sad", "ok", "it's")),
    "answer": ColumnType("enum", "enum", labels=("yes", "no")),
    "list": array_of(INTEGER),
    "matrix": array_of(array_of(ColumnType("text", "varchar"))),
    "triple": array_of(INTEGER),
    "pairs": array_of(array_of(INTEGER)),
    "feelings": array_of(ColumnType("enum", "enum", labels=("sad", "ok", "it's"))),
    "record": ColumnType("other", 'STRUCT("a b" INTEGER, c VARCHAR)'),
    "pairing": ColumnType("other", "MAP(VARCHAR, INTEGER)"),
    "either": ColumnType("other", "UNION(n INTEGER, s VARCHAR)"),
}


def test_types(schema: Schema) -> None:
    assert {column.name: column.type for column in schema.table("type_names").columns} == TYPES


def test_an_array_of_fixed_size_is_checked(schema: Schema) -> None:
    assert [check.sql for check in schema.table("type_names").checks] == ["ARRAY_LENGTH(triple) = 3"]
    assert [(item.text, item.constrains) for item in schema.ignored] == [("main.type_names: column pairs", True)]


def test_defaults_and_identities(schema: Schema) -> None:
    table = schema.table("parents")
    assert [(column.name, column.default, column.generated, column.nullable) for column in table.columns] == [
        ("id", None, "identity", False),
        ("code", None, "", False),
        ("a", None, "", True),
        ("b", "-1", "", True),
        ("c", "'it''s'", "", True),
        ("d", "CURRENT_TIMESTAMP", "", True),
        ("e", None, "", True),
    ]
    assert table.primary_key == ("id",)


def test_keys_uniques_and_checks(schema: Schema) -> None:
    parents, children = schema.table("parents"), schema.table("children")
    assert [unique.columns for unique in parents.uniques] == [("code",), ("a", "b")]
    assert [(check.sql, check.columns) for check in parents.checks] == [
        ("LENGTH(code) BETWEEN 2 AND 5", ("code",)),
        ("(a < b) OR (b IS NULL)", ("a", "b")),
    ]
    assert [(key.columns, key.table, key.referenced) for key in children.foreign_keys] == [
        (("parent_id",), "parents", ("id",)),
        (("other_id",), "parents", ("id",)),
        (("up",), "children", ("id",)),
        (("a", "b"), "parents", ("a", "b")),
    ]
    assert [(unique.columns, unique.expressions) for unique in children.uniques] == [
        (("a",), ("b + 1", "ABS(up)")),
        (("parent_id", "other_id"), ()),
    ]
    inside = schema.table("shop.parents").foreign_keys
    assert inside == (ForeignKey(("item",), "items", ("id",), name="parents_item_id_fkey"),)


def test_generated_columns_and_collations(schema: Schema) -> None:
    table = schema.table("computed")
    assert [(column.name, column.generated, column.expression, column.default) for column in table.columns[:4]] == [
        ("x y", "", None, None),
        ("double_x", "virtual", '"x y" * 2', None),
        ("generated", "", None, None),
        ("always", "virtual", 'UPPER("generated")', None),
    ]
    assert [column.name for column in table.columns if column.type.folds] == ["folded", "twofold"]
    assert table.primary_key == ("x y", "folded")
    assert not table.column("twofold").nullable


def test_expressions_are_plain_again(schema: Schema) -> None:
    assert [check.sql for check in schema.table("checked").checks] == [
        "(n > 0) AND (m <> 3)",
        "(n IN (1, 2, 3)) AND (NOT (m IN (4)))",
        "(n IS NULL) <> (m IS NULL)",
        "(t LIKE 'a%') AND (u NOT LIKE '%b') AND (t ILIKE 'A_')",
        "(f IS TRUE) OR (NOT f IS FALSE)",
        "STRPOS(t, 'x') > 0",
        "(n, m) > (1, 2)",
        "plus(n, 1) > m",
        "LENGTH(l) > 0",
        "d > CAST('2000-01-01' AS DATE)",
        "(j ->> '$.a') = 'b'",
        "n IS DISTINCT FROM m",
        "CASE WHEN ((n > 1)) THEN ((m IS NULL)) ELSE TRUE END",
        "u = 'x'",
        "(REPLACE(t, 'a', 'b') = u)",
    ]


def test_macros_of_one_meaning_are_kept(schema: Schema) -> None:
    assert [(one.name, one.arguments, one.body) for one in schema.functions] == [("plus", ("a", "b"), "(a + b)")]


@pytest.mark.parametrize(
    ("duck", "postgres"),
    [
        ("(a = ANY(['x', 'y']))", "a = ANY (ARRAY['x', 'y'])"),
        ("((n >= 1) AND (n <= 2))", "n BETWEEN 1 AND 2"),
        ("(NOT (n IN (1, 2)))", "n NOT IN (2, 1)"),
        ("(a ~~ 'x%')", "a LIKE 'x%'"),
        ("(d > CAST('2000-01-01' AS DATE))", "d > '2000-01-01'"),
        ("((n IS NULL) OR (m > n))", "n < m OR n IS NULL"),
    ],
)
def test_meaning_crosses_dialects(duck: str, postgres: str) -> None:
    kinds = {"a": "text", "d": "date", "n": "integer", "m": "integer"}
    assert meaning(duck, "duckdb", kinds) == meaning(postgres, "postgres", kinds)


BOTH = """
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE SCHEMA shop;
CREATE SEQUENCE ids;
CREATE TABLE customers (
    id bigint PRIMARY KEY DEFAULT nextval('ids'), email text NOT NULL UNIQUE, born date, credit numeric(18, 2) NOT NULL,
    seen_at timestamp, due timestamptz DEFAULT now(), state mood NOT NULL DEFAULT 'ok', key uuid,
    tags text[], raw bytea, score real, ratio double precision,
    small smallint, flag boolean NOT NULL, span interval, clock time, doc json,
    "Odd Name" integer,
    CHECK (credit >= 0), CHECK (born IS NULL OR born > DATE '1900-01-01'), CHECK (length(email) BETWEEN 3 AND 80),
    CHECK (state IN ('sad', 'ok')), CHECK ((key IS NULL) <> (raw IS NULL)), CHECK ("Odd Name" % 2 = 0),
    CHECK (email LIKE '%@%'), CHECK (flag IS TRUE OR small > 1), CHECK (position('@' in email) > 1),
    CHECK (CASE WHEN flag THEN score IS NOT NULL ELSE ratio IS NULL END), CHECK (lower(email) = email),
    CHECK (substring(email, 1, 1) <> '.'), CHECK (coalesce(small, 0) < 5), CHECK (small NOT IN (7, 8))
);
CREATE TABLE shop.items (a integer, b integer, c integer NOT NULL, PRIMARY KEY (a, b), UNIQUE (b, c));
CREATE TABLE shop.lines (
    item_a integer, item_b integer, customer integer, up integer UNIQUE,
    FOREIGN KEY (item_a, item_b) REFERENCES shop.items
);
CREATE UNIQUE INDEX one_mail ON customers (lower(email), born);
CREATE UNIQUE INDEX one_item ON shop.lines (item_a, customer);
"""


def test_ddl_that_postgres_takes_too_means_the_same(tmp_path: Path) -> None:
    found, written = live(make(tmp_path / "both.duckdb", BOTH)), parse_schema(BOTH, dialect="postgres")
    assert found.identity == written.identity
    assert found.fingerprint() == written.fingerprint()
    assert Unique(("born",), None, ("LOWER(email)",), name="one_mail") in found.table("customers").uniques


def test_schemas_and_tables_are_chosen(tmp_path: Path) -> None:
    url = f"duckdb:///{make(tmp_path / 'x.duckdb', BOTH)}"
    assert sorted(read_live(url, ["shop"]).by_name) == ["items", "lines"]
    assert list(read_live(url, ["main"]).by_name) == ["customers"]
    assert list(read_live(url, (), ["cust*"]).by_name) == ["customers"]
    with pytest.raises(InputError, match="there is no schema nowhere") as error:
        read_live(url, ["nowhere"])
    assert error.value.hint == "its schemas are main, shop"
    assert list(
        read_source(
            str(tmp_path / "x.duckdb"),
        ).by_name
    ) == ["customers", "items", "lines"]


def test_a_trigger_is_said(tmp_path: Path) -> None:
    file = make(tmp_path / "x.duckdb", "CREATE TABLE t (a INTEGER); CREATE TABLE log (a INTEGER);")
    try:
        make(file, "CREATE TRIGGER told AFTER INSERT ON t FOR EACH STATEMENT INSERT INTO log VALUES (1)")
    except duckdb.Error as error:
        pytest.skip(f"this DuckDB has no triggers: {error}")
    assert [(item.text, item.constrains) for item in live(file).ignored] == [("main.t: TRIGGER told", False)]


def test_nothing_is_written(tmp_path: Path) -> None:
    program = (
        "import duckdb, os, sys; c = duckdb.connect(sys.argv[1]); c.execute('CREATE TABLE t (a INTEGER)'); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "x.duckdb")], check=True)  # leaves its log behind
    before = {entry.name: entry.stat() for entry in tmp_path.iterdir()}
    assert list(live(tmp_path / "x.duckdb").by_name) == ["t"]
    assert {name: stat.st_mtime_ns for name, stat in before.items()} == {
        entry.name: entry.stat().st_mtime_ns for entry in tmp_path.iterdir()
    }


def test_a_file_that_another_process_holds(tmp_path: Path) -> None:
    file = make(tmp_path / "x.duckdb", "CREATE TABLE t (a INTEGER)")
    program = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", program, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(DatabaseError, match=r"DuckDB file .*x\.duckdb: .*lock") as error:
            live(file)
        holder.communicate(b"")
    assert "\n" not in error.value.message
    assert "give a copy" in error.value.hint


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        live(tmp_path / "x.duckdb")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"no database" * 1_000, b"SQLite format 3\0" + b"\0" * 5_000])
def test_what_is_no_database(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.duckdb").write_bytes(content)
    with pytest.raises(DatabaseError, match=r"DuckDB file .*x\.duckdb: ") as error:
        live(tmp_path / "x.duckdb")
    assert "no DuckDB database" in error.value.hint
    assert "\n" not in error.value.message


def test_a_file_cut_short(tmp_path: Path) -> None:
    file = make(tmp_path / "x.duckdb", "CREATE TABLE t (a INTEGER)")
    os.truncate(file, 9_000)
    with pytest.raises(DatabaseError):
        live(file)


def test_a_file_without_tables(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no tables"):
        live(make(tmp_path / "x.duckdb", "CREATE VIEW v AS SELECT 1 AS x"))


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("GEOMETRY", "other"),
        ("VARIANT", "other"),
        ("BIGNUM", "integer"),
        ("TIME_NS", "time"),
        ("ENUM('a)', ']')", "enum"),
    ],
)
def test_other_types(written: str, kind: str) -> None:
    assert column_type(written).kind == kind
    assert column_type(written).labels == (("a)", "]") if kind == "enum" else ())
