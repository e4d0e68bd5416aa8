"""Every spelling of a Postgres type becomes the one ColumnType."""

import pytest

from llmgen.schema.model import ColumnType
from llmgen.schema.sql import parse_schema


def read(written: str) -> ColumnType:
    schema = parse_schema(f"CREATE TABLE t (c {written} NOT NULL)")
    assert schema.ignored == ()
    assert not schema.table("t").column("c").nullable
    return schema.table("t").column("c").type


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("int2", ColumnType("integer", "smallint", bits=16)),
        ("INT", ColumnType("integer", "integer", bits=32)),
        ("pg_catalog.int8", ColumnType("integer", "bigint", bits=64)),
        ("smallserial", ColumnType("integer", "smallint", bits=16)),
        ("serial8", ColumnType("integer", "bigint", bits=64)),
        ("decimal(10, 2)", ColumnType("decimal", "numeric(10,2)", precision=10, scale=2)),
        ("numeric(5)", ColumnType("decimal", "numeric(5,0)", precision=5, scale=0)),
        ("numeric(3, -2)", ColumnType("decimal", "numeric(3,-2)", precision=3, scale=-2)),
        ("dec", ColumnType("decimal", "numeric")),
        ("money", ColumnType("decimal", "money", precision=18, scale=2)),
        ("float(24)", ColumnType("float", "real")),
        ("float", ColumnType("float", "double precision")),
        ("double precision", ColumnType("float", "double precision")),
        ("float4", ColumnType("float", "real")),
        ("character varying (40)", ColumnType("text", "varchar(40)", length=40)),
        ("national character varying(7)", ColumnType("text", "varchar(7)", length=7)),
        ("varchar", ColumnType("text", "varchar")),
        ("char", ColumnType("text", "char(1)", length=1, fixed=True)),
        ("character(5)", ColumnType("text", "char(5)", length=5, fixed=True)),
        ("bpchar", ColumnType("text", "bpchar")),
        ('"char"', ColumnType("text", '"char"', length=1)),
        ("name", ColumnType("text", "name", length=63)),
        ("public.citext", ColumnType("text", "citext", folds=True)),
        ("bool", ColumnType("boolean", "boolean")),
        ("time(3) with time zone", ColumnType("time", "timetz(3)", precision=3)),
        ("timestamp (6) without time zone", ColumnType("timestamp", "timestamp(6)")),
        ("timestamp with time zone", ColumnType("timestamptz", "timestamptz")),
        ("interval day to second(3)", ColumnType("interval", "interval(3)", precision=3)),
        ("uuid", ColumnType("uuid", "uuid")),
        ("jsonb", ColumnType("json", "jsonb")),
        ("bytea", ColumnType("bytes", "bytea")),
        ("inet", ColumnType("other", "inet")),
        ("tsvector", ColumnType("other", "tsvector")),
        ("cube", ColumnType("other", "cube")),
        ("bit varying(9)", ColumnType("other", "varbit(9)")),
        ("geometry(Point, 4326)", ColumnType("other", "geometry(Point,4326)")),
        ("ext.hstore", ColumnType("other", "ext.hstore")),
        ("text[]", ColumnType("array", "text[]", element=ColumnType("text", "text"))),
        ("oid[]", ColumnType("array", "oid[]", element=ColumnType("other", "oid"))),
        ("int[3][3]", ColumnType("array", "integer[]", element=ColumnType("integer", "integer", bits=32))),
        ("integer ARRAY[4]", ColumnType("array", "integer[]", element=ColumnType("integer", "integer", bits=32))),
        (
            "timestamp(0) with time zone[]",
            ColumnType("array", "timestamptz(0)[]", element=ColumnType("timestamptz", "timestamptz(0)", precision=0)),
        ),
    ],
)  # fmt: skip
def test_spelling(written: str, expected: ColumnType) -> None:
    assert read(written) == expected


def test_what_is_no_type_argument_is_named() -> None:
    schema = parse_schema("CREATE TABLE t (a text, b text (b <> ''), c integer)")
    assert list(schema.table("t").by_name) == ["a", "c"]
    assert [(item.text, item.constrains) for item in schema.ignored] == [("b text (b <> '')", True)]


def test_a_domain_over_a_domain_gives_its_base_and_all_its_checks() -> None:
    schema = parse_schema("""
        CREATE DOMAIN app.positive AS integer CHECK (VALUE > 0);
        CREATE DOMAIN small app.positive DEFAULT 1 NOT NULL CHECK (VALUE < "Limit"(VALUE));
        CREATE TABLE t ("Big" small, "select" app.positive, list app.positive[]);
    """)
    table = schema.table("t")
    assert table.column("Big").type == ColumnType("integer", "integer", bits=32)
    assert (table.column("Big").nullable, table.column("Big").default) == (False, "1")
    assert [(check.sql, check.columns) for check in table.checks] == [
        ('"Big" < "Limit"("Big")', ("Big",)),
        ('"Big" > 0', ("Big",)),
        ('"select" > 0', ("select",)),
    ]
    assert [item.why for item in schema.ignored] == ["column list: the checks of an array's domain"]


def test_a_domain_may_be_its_own_check() -> None:
    schema = parse_schema("CREATE DOMAIN agreed AS boolean CHECK (VALUE); CREATE TABLE t (terms agreed)")
    assert [(check.sql, check.columns) for check in schema.table("t").checks] == [("terms", ("terms",))]


def test_types_of_the_same_name_in_two_schemas() -> None:
    schema = parse_schema("""
        CREATE TYPE a.state AS ENUM ('x'); CREATE TYPE b.state AS ENUM ('y');
        CREATE TABLE a.t (one state, two b.state);
    """)
    assert [column.type.labels for column in schema.table("t").columns] == [("x",), ("y",)]
