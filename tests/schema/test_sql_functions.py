"""SQL functions of one expression are kept; any other function constrains nothing and is named."""

import pytest

from llmgen.schema.model import Function
from llmgen.schema.sql import parse_schema

TABLE = "CREATE TABLE t (id integer);"


@pytest.mark.parametrize(
    ("written", "function"),
    [
        ("f(a int) RETURNS int LANGUAGE sql AS $$ SELECT a + 1 $$", Function("f", ("a",), "a + 1")),
        ("f(IN a int, VARIADIC b int[]) RETURNS int AS 'select $1' LANGUAGE SQL", Function("f", ("a", "b"), "a")),
        (
            "app.f(text, n int = 1) RETURNS text RETURN $1 || n",
            Function("app.f", ("argument_1", "n"), "argument_1 || n"),
        ),
        ("f() RETURNS int LANGUAGE 'sql' IMMUTABLE AS $$ SELECT 1 AS one; $$", Function("f", (), "1")),
    ],
)
def test_kept(written: str, function: Function) -> None:
    schema = parse_schema(f"{TABLE} CREATE OR REPLACE FUNCTION {written};")
    assert schema.functions == (function,)
    assert schema.ignored == ()


@pytest.mark.parametrize(
    "written",
    [
        "f() RETURNS int LANGUAGE sql AS $$ SELECT 1 FROM t $$",
        "f() RETURNS int LANGUAGE sql AS $$ SELECT 1, 2 $$",
        "f() RETURNS int LANGUAGE sql AS $$ SELECT 1; SELECT 2 $$",
        "f() RETURNS int LANGUAGE sql AS $$ SELECT $2 $$",
        "f() RETURNS int LANGUAGE sql AS $$ SELECT (( $$",
        "f(OUT a int) LANGUAGE sql AS $$ SELECT 1 $$",
        "f() RETURNS int LANGUAGE plpgsql AS $$ SELECT 1 $$",
        "f() RETURNS int LANGUAGE c AS 'lib', 'name'",
    ],
)
def test_others_are_named(written: str) -> None:
    schema = parse_schema(f"{TABLE} CREATE FUNCTION {written};")
    assert schema.functions == ()
    assert [item.constrains for item in schema.ignored] == [False]
