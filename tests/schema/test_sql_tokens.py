"""Statements come apart at their own semicolons only, and psql's lines and data blocks are no SQL."""

import pytest

from llmgen.errors import InputError
from llmgen.schema.sql import parse_schema
from llmgen.schema.sql.tokens import Source, statements

TABLE = "CREATE TABLE t (id integer)"


def words(text: str) -> list[str]:
    source = Source(text)
    return [source.text[tokens[0].start : tokens[-1].end] for tokens in statements(source)]


@pytest.mark.parametrize(
    "first",
    [
        "SELECT 'a;''b;'",
        r"SELECT E'it\'s; '",
        "SELECT $$ ; ' $$",
        "SELECT $tag$ $$ ; $other$ ; $tag$",
        'SELECT ";" FROM "a"";"',
        "SELECT 1 -- ; '\n + 2",
        "SELECT 1 /* ; /* ' */ ; */ + 2",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END",
        "CREATE PROCEDURE p() BEGIN IF 1 THEN SELECT 1; END IF; SELECT CASE 1 WHEN 1 THEN 2 END; SELECT 3; END",
        "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2)",
    ],
)
def test_semicolons_inside_end_nothing(first: str) -> None:
    assert words(f"{first};\n{TABLE};") == [first, TABLE]


@pytest.mark.parametrize(
    "before",
    [
        "\\restrict it's;\n",
        "\\copy t FROM 'a.csv' DELIMITER E'\\t' it's\n",
        "SELECT 'CREATE DATABASE x'\\gexec it's\n",
        "COPY t (a, b) FROM stdin;\nit's\t;CREATE TABLE x (\n\\N\t1\n\\.\n",
        'COPY public.t FROM STDIN WITH (FORMAT csv);\n"\n\\.\n',
    ],
)
def test_lines_of_psql_and_data_are_left_out(before: str) -> None:
    assert words(before + TABLE)[-1] == TABLE
    assert list(parse_schema(before + TABLE).by_name) == ["t"]


def test_lines_are_counted_from_one() -> None:
    schema = parse_schema(f"FROB;\n{TABLE};\n\n  -- x\n  FROB $$\n\n$$;\nFROB")
    assert [item.line for item in schema.ignored] == [1, 5, 8]


@pytest.mark.parametrize(
    "opened", ["'", '"', "$x$", "/*", "/* /* */", "E'", "E'\\'", "(", "'it''", "COPY t FROM stdin;"]
)
def test_a_text_that_ends_in_the_middle_is_refused_with_the_line(opened: str) -> None:
    with pytest.raises(InputError, match=r"cut:3: the text ends inside"):
        parse_schema(f"{TABLE};\n\n{opened} CREATE", "cut")


@pytest.mark.parametrize("closed", ["''", "'it''s'", '""""', "$$ ' $$", "/* /* */ */", "E'\\''", "()", "-- '", "'a'"])
def test_a_text_that_ends_with_a_closed_token_is_whole(closed: str) -> None:
    assert list(parse_schema(f"{TABLE};\nSELECT {closed}").by_name) == ["t"]


def test_a_statement_of_endless_length_is_refused() -> None:
    with pytest.raises(InputError, match="too long"):
        parse_schema("CREATE TABLE big (" + "a integer, " * 70_000 + "b integer)")


@pytest.mark.parametrize(
    "values",
    [
        "(1, 'it''s; CREATE TABLE x (')",
        "(E'it\\'s; CREATE TABLE x (', 'e')",
        "($$; CREATE TABLE x ($$)",
        "(1) -- ; CREATE TABLE x (",
        "(1 /* ; CREATE TABLE x ( */ - 1)",
        '("e", e, "; CREATE TABLE x (")',
    ],
)
def test_rows_are_passed_over(values: str) -> None:
    schema = parse_schema(f"INSERT INTO a VALUES {values}\n;{TABLE}; INSERT INTO t VALUES {values}\n;")
    assert (list(schema.by_name), schema.ignored) == (["t"], ())
