"""SQLite's declared types mean what a person means by their names, and else what their affinity holds."""

import sqlite3
from contextlib import closing

import pytest

from llmgen.schema.model import ColumnType
from llmgen.schema.sql.sqlite_types import column_type


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("INTEGER", ColumnType("integer", "integer", bits=64)),
        ("INT", ColumnType("integer", "int", bits=32)),
        ("BIGINT(20)", ColumnType("integer", "bigint(20)", bits=64)),
        ("SMALLINT", ColumnType("integer", "smallint", bits=16)),
        ("MEDIUMINT", ColumnType("integer", "mediumint", bits=24)),
        ("TINYINT", ColumnType("integer", "tinyint", bits=8)),
        ("UNSIGNED  BIG INT", ColumnType("integer", "unsigned big int", bits=63, unsigned=True)),
        ("integer unsigned", ColumnType("integer", "integer unsigned", bits=63, unsigned=True)),
        ("smallint unsigned", ColumnType("integer", "smallint unsigned", bits=16, unsigned=True)),
        ("TINYINT(1)", ColumnType("boolean", "tinyint(1)")),
        ("tinyint(4)", ColumnType("integer", "tinyint(4)", bits=8)),
        ("BIT", ColumnType("boolean", "bit")),
        ("BIT(8)", ColumnType("decimal", "bit(8)", precision=8, scale=0)),
        ("BOOLEAN", ColumnType("boolean", "boolean")),
        ("datetime(6)", ColumnType("timestamp", "datetime(6)")),
        ("TIMESTAMP(0)", ColumnType("timestamp", "timestamp(0)", precision=0)),
        ("timestamp with time zone", ColumnType("timestamptz", "timestamp with time zone")),
        ("TIME", ColumnType("time", "time")),
        ("DECIMAL(10, 5)", ColumnType("decimal", "decimal(10,5)", precision=10, scale=5)),
        ("NUMBER(9)", ColumnType("decimal", "number(9)", precision=9, scale=0)),
        ("NUMERIC", ColumnType("decimal", "numeric")),
        ("MONEY", ColumnType("decimal", "money", precision=18, scale=2)),
        ("DOUBLE PRECISION", ColumnType("float", "double precision")),
        ("FLOAT(24)", ColumnType("float", "float(24)")),
        ("VARYING CHARACTER(255)", ColumnType("text", "varying character(255)", length=255)),
        ("NVARCHAR ( 40 )", ColumnType("text", "nvarchar(40)", length=40)),
        ("VARCHAR(MAX)", ColumnType("text", "varchar(max)")),
        ("NATIVE CHARACTER(70)", ColumnType("text", "native character(70)", length=70, fixed=True)),
        ("CHAR", ColumnType("text", "char")),
        ("CLOB", ColumnType("text", "clob")),
        ("STRING", ColumnType("text", "string")),
        ("BLOB SUB_TYPE TEXT", ColumnType("text", "blob sub_type text")),
        ("", ColumnType("text", "")),
        ("UNIQUEIDENTIFIER", ColumnType("uuid", "uniqueidentifier")),
        ("JSONB", ColumnType("json", "jsonb")),
        ("BINARY(16)", ColumnType("bytes", "binary(16)", length=16)),
        ("INTERVAL", ColumnType("interval", "interval")),
        ("POINT", ColumnType("other", "point")),
        ("FOO", ColumnType("decimal", "foo")),
        ("FOOINT", ColumnType("integer", "fooint", bits=64)),
        ("BARCHAR(7)", ColumnType("text", "barchar(7)", length=7)),
        ("REALLY BIG", ColumnType("float", "really big")),
    ],
)
def test_a_declared_type(declared: str, expected: ColumnType) -> None:
    assert column_type(declared) == expected


@pytest.mark.parametrize(
    "declared", ["FOO", "FOOINT", "XCHARX", "MYCLOB", "ABLOB", "XREALX", "FLOATY", "DOUBLET", "NEXT"]
)
def test_an_unknown_name_holds_what_sqlite_keeps_in_it(declared: str) -> None:
    values = {"integer": 5, "decimal": 5, "float": 5.5, "text": "5", "bytes": b"5"}
    kept = {"integer": "integer", "decimal": "integer", "float": "real", "text": "text", "bytes": "blob"}
    kind = column_type(declared).kind
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"CREATE TABLE t (a {declared})")
        connection.execute("INSERT INTO t VALUES (?)", (values[kind],))
        assert connection.execute("SELECT typeof(a) FROM t").fetchone() == (kept[kind],)
