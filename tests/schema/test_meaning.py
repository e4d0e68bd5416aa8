"""Expressions that mean the same have one spelling, those that do not have two; PostgreSQL itself is the judge."""

from collections.abc import Iterator, Mapping
from decimal import Context, Decimal
from itertools import groupby
from pathlib import Path

import psycopg
import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from llmgen.schema.meaning import conjuncts, meaning
from llmgen.schema.sql.expressions import read_expression, sql_of

FILE = Path(__file__).with_name("predicates_postgres.txt")
TABLE = """
CREATE EXTENSION citext;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE pair AS (a int, b text);
CREATE DOMAIN email AS varchar(120);
CREATE DOMAIN age AS smallint;
CREATE FUNCTION half(x numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT x / 2';
CREATE TABLE t (
    a text, v varchar(40), c char(3), n int, m int, big bigint, small smallint, x numeric, y numeric(10,2),
    f double precision, r real, b boolean, k boolean, d date, e date, ts timestamp, tz timestamptz, tm time,
    iv interval, j jsonb, js json, u uuid, arr int[], tags text[], vtags varchar(9)[], mo mood, mail email,
    old age, ci citext, rng int4range, p pair, by bytea, ip inet, "Odd Name" text, "select" int, moods mood[],
    tsr tsrange)
"""
KINDS: Mapping[str, str] = {
    name: kind
    for kind, names in {
        "text": "a v c mail", "integer": "n m big small old select", "decimal": "x y", "float": "f r", "boolean": "b k",
        "date": "d e", "timestamp": "ts", "timestamptz": "tz", "time": "tm", "interval": "iv", "json": "j js",
        "uuid": "u", "array": "arr tags vtags moods", "enum": "mo", "citext": "ci", "other": "rng p ip tsr",
        "bytes": "by",
    }.items()
    for name in names.split()
}  # fmt: skip
KINDS = {**KINDS, "Odd Name": "text"}


def said(sql: str, dialect: str = "postgres") -> str:
    return meaning(sql, dialect, KINDS)


def groups() -> list[list[str]]:
    """The predicates of the file, those together that mean the same."""
    lines = [line for line in FILE.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    number = 0
    numbered = []
    for line in lines:
        number += not line.startswith("= ")
        numbered.append((number, line.removeprefix("= ")))
    return [[line for _, line in group] for _, group in groupby(numbered, key=lambda item: item[0])]


GROUPS = groups()
PREDICATES = [predicate for group in GROUPS for predicate in group]


@pytest.mark.postgres
def test_what_postgresql_makes_of_a_predicate_means_what_was_written(postgres: psycopg.Connection) -> None:
    if not postgres.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'citext'").fetchone():
        pytest.skip("no extension citext on this server")
    postgres.execute("SET TimeZone = 'UTC'")
    postgres.execute(TABLE)
    once = deparsed(postgres, PREDICATES, "public")
    forms = [once, deparsed(postgres, PREDICATES, ""), deparsed(postgres, once, "public")]
    for written, *made in zip(PREDICATES, *forms, strict=True):
        for text in made:
            assert said(text) == said(written), f"{written}  ==>  {text}"
        for text in (written, *made[:2]):  # as a reader of schemas keeps it
            assert said(sql_of(read_expression(text, "t"))) == said(written), f"{written}  ==>  {text}"


def deparsed(connection: psycopg.Connection, predicates: list[str], path: str) -> list[str]:
    """What the catalog says of the predicates as CHECKs."""
    named = [f'ADD CONSTRAINT "{number:04}" CHECK ({text})' for number, text in enumerate(predicates)]
    connection.execute(f"ALTER TABLE t {', '.join(named)}".encode())
    connection.execute(f"SET search_path = '{path}'".encode())
    rows = connection.execute(
        "SELECT pg_get_expr(conbin, conrelid) FROM pg_constraint WHERE conrelid = 'public.t'::regclass ORDER BY conname"
    ).fetchall()
    connection.execute("SET search_path = public")
    dropped = ", ".join(f'DROP CONSTRAINT "{number:04}"' for number in range(len(predicates)))
    connection.execute(f"ALTER TABLE t {dropped}".encode())
    return [text for (text,) in rows]


def test_what_means_the_same_is_one_and_all_else_apart() -> None:
    firsts: dict[str, str] = {}
    for group in GROUPS:
        for predicate in group:
            assert said(predicate) == said(group[0]), f"{predicate}  and  {group[0]}"
        other = firsts.setdefault(said(group[0]), group[0])
        assert other == group[0], f"{other}  and  {group[0]}"


EXACT = Context(prec=400)
OTHER = {"n": "m", "m": "n", "a": "v", "v": "a", "x": "y", "y": "x", "b": "k", "k": "b", "d": "e", "e": "d", "f": "r"}
OPERATORS: Mapping[type[exp.Expr], type[exp.Expr]] = {
    exp.EQ: exp.NEQ, exp.NEQ: exp.EQ, exp.LT: exp.LTE, exp.LTE: exp.LT, exp.GT: exp.GTE, exp.GTE: exp.GT,
    exp.And: exp.Or, exp.Or: exp.And, exp.Add: exp.Sub, exp.Sub: exp.Add, exp.Mul: exp.Add, exp.Mod: exp.Mul,
    exp.Like: exp.ILike, exp.ILike: exp.Like, exp.RegexpLike: exp.RegexpILike, exp.RegexpILike: exp.RegexpLike,
}  # fmt: skip


def changed(sql: str) -> Iterator[str]:
    """The predicate with one thing in it changed: a literal, a column, an operator, a NOT or a part left out."""
    size = len(list(sqlglot.parse_one(sql, read="postgres").walk()))
    for place in range(size):
        tree = exp.Paren(this=sqlglot.parse_one(sql, read="postgres"))
        node = list(tree.this.walk())[place]
        for change in changes(node):
            twin = tree.copy()
            list(twin.this.walk())[place].replace(change)
            yield twin.sql("postgres")


def changes(node: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(node, exp.Literal):
        yield (
            exp.Literal.string(f"{node.name}7")
            if node.is_string
            else exp.Literal.number(str(EXACT.add(Decimal(node.name), Decimal("1.25"))))
        )
    elif isinstance(node, exp.Column) and node.name in OTHER:
        yield exp.column(OTHER[node.name])
    elif isinstance(node, exp.Not):
        yield node.this.copy()
    if isinstance(node, exp.And | exp.Or):
        yield from (node.this.copy(), node.expression.copy())
    if type(node) in OPERATORS:
        operator = OPERATORS[type(node)]
        yield operator(
            **{name: part for name, part in node.copy().args.items() if name in ("this", "expression", "negate")}
        )


REPEATS = ("true", "false", "n >= 0 AND n >= 0", "n = 5 AND 5 = n", "n >= 1 AND n >= 1 AND m = 2", "char(", "initcap(")
"""In these, what is left out or changed says nothing, or says it twice."""


@pytest.mark.parametrize("part", range(4))
def test_one_change_changes_the_meaning(part: int) -> None:
    tried = 0
    for predicate in PREDICATES[part::4]:
        if any(word in predicate for word in REPEATS):
            continue
        for other in changed(predicate):
            tried += 1
            assert said(other) != said(predicate), f"{predicate}  and  {other}"
    assert tried > 500


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x::int = 1", "x = 1"), ("n / 2 = 1", "n / 2.0 = 1"), ("n / 2 = 1", "n::numeric / 2 = 1"),
        ("x::real > 1", "x > 1"), ("n::float * m > 1", "n * m > 1"), ("round(x::float) = 1", "round(x) = 1"),
        ("ceil(n / 10.0) = m", "ceil(n::float / 10) = m"), ("r = 0.1::real", "r = 0.1"), ("d + tm = d", "d = d"),
        ("length(a) / 2 > 1", "length(a) / 2.0 > 1"), ("ts::date = d", "ts = d"), ("a::date = d", "a = 'd'"),
        ("v::varchar(3) = v", "v = v"), ("'abc'::varchar(2) = a", "'abc' = a"), ("1.5::int = n", "1.5 = n"),
        ("n - (m - 1) > 0", "n - m - 1 > 0"), ("n / (m * 2) > 0", "n / m * 2 > 0"), ("ci::text = 'x'", "ci = 'x'"),
        ("mo::text > 'ok'", "mo > 'ok'"), ("iv < '1 month'", "iv < '30 days'"), ("iv < '1 day'", "iv < '24 hours'"),
        ("b", "b IS TRUE"), ("NOT b", "b IS NOT TRUE"), ("n <> 1", "n IS DISTINCT FROM 1"), ("b IS FALSE", "NOT b"),
        ("n = 1 OR n = 2 AND m = 3", "(n = 1 OR n = 2) AND m = 3"),
        ("NOT (n = 1 AND m = 1)", "NOT n = 1 AND NOT m = 1"), ("(n, m) < (1, 2)", "n < 1 AND m < 2"),
        ("p IS NOT NULL", "NOT (p IS NULL)"), ("a LIKE 'x'", "a ILIKE 'x'"),
        ("ROW(n, m) IS NOT NULL", "NOT (ROW(n, m) IS NULL)"), ("a = 'x '", "a = 'x'"), ("a = 'X'", "a = 'x'"),
        ("n > ALL (arr)", "n > ANY (arr)"), ("n <> ALL (arr)", "n <> ANY (arr)"), ("a = '1'", "a = '01'"),
        ("a NOT LIKE ALL (tags)", "a NOT LIKE ANY (tags)"), ("tags @> '{x}'", "tags <@ '{x}'"),
        ("a = '1.0'", "a = '1'"), ("length(a) > 1", "octet_length(a) > 1"), ("now() > tz", "clock_timestamp() > tz"),
        ("a ~ 'x'", "a ~* 'x'"), ("j -> 'a' = '1'", "j ->> 'a' = '1'"), ("j -> 0 = '1'", "j -> '0' = '1'"),
        ("j @> '{\"a\":1}'", "j @> '{\"a\":2}'"), ("j = '{\"a\":0.10000000000000000001}'", "j = '{\"a\":0.1}'"),
        ("arr[1] > 0", "arr[2] > 0"), ('"N" > 1', "n > 1"), ("substring(a, 2) = 'x'", "substring(a for 2) = 'x'"),
        ("ltrim(a) = a", "rtrim(a) = a"), ("tz > '2020-01-01 00:00+01'", "tz > '2020-01-01 00:00+02'"),
        ("a > '2020-1-1'", "a > '2020-01-01'"), ("d = date_trunc('month', d)", "d = date_trunc('year', d)"),
        ("extract(day from d) = 1", "extract(dow from d) = 1"),
        ("d BETWEEN '2020-01-01' AND '2020-12-31'", "d BETWEEN SYMMETRIC '2020-01-01' AND '2020-12-31'"),
        ("coalesce(a, v) = 'x'", "coalesce(v, a) = 'x'"), ("round(x, 1) = x", "round(x) = x"),
        ("half(x) > 1", "x > 1"), ("crm.half(x) > 1", "half(x) > 1"), ("a LIKE 'a!_' ESCAPE '!'", "a LIKE 'a!_'"),
        ("n % 2 = 0", "n * 2 = 0"), ("CASE WHEN b THEN n ELSE m END > 0", "CASE WHEN b THEN m ELSE n END > 0"),
        ("n - m > 0", "m - n > 0"),
    ],
)  # fmt: skip
def test_what_looks_alike_but_differs_stays_apart(one: str, other: str) -> None:
    assert said(one) != said(other)


def test_it_reads_well_enough_to_see_a_difference() -> None:
    assert said("NOT (v IN ('y', 'x') OR n BETWEEN 1 AND half(m))") == (
        """ALL_OF(("v" <> 'x'), ("v" <> 'y'), ANY_OF(("n" < 1), (half("m") < "n")))"""
    )


@pytest.mark.parametrize(
    ("sql", "parts"),
    [
        ("n BETWEEN 1 AND 5", ('("n" <= 5)', '(1 <= "n")')),
        ("NOT (n < 1 OR b) AND true", ('(1 <= "n")', 'NOT("b")')),
        ("n > 1 OR b", ('ANY_OF("b", (1 < "n"))',)),
        ("1 = 1 OR true", ()),
        ("ip <<= '10.0.0.0/8'", ("ip <<= '10.0.0.0/8'",)),
    ],
)
def test_a_check_is_a_check_of_each_of_its_parts(sql: str, parts: tuple[str, ...]) -> None:
    assert conjuncts(sql, "postgres", KINDS) == parts


def test_what_cannot_be_parsed_is_one_line_without_what_adds_nothing() -> None:
    assert said("((ip  <<=\n '10.0.0.0/8'::inet))") == "ip <<= '10.0.0.0/8'"
    assert said("(ip <<= '(') AND (b") == "(ip <<= '(') AND (b"


@pytest.mark.parametrize("dialect", ["postgres", "mysql", "sqlite", "duckdb"])
def test_long_and_deep_expressions_are_read_or_given_back(dialect: str) -> None:
    size = 200 if dialect == "mysql" else 1000
    parts = [f"n <> {number}" for number in range(size)]
    assert said(" AND ".join(parts), dialect) == said(" AND ".join(reversed(parts)), dialect)
    assert said(f"{'(' * 400}n{')' * 400}", dialect)


@given(st.lists(st.sampled_from(sorted({word for text in PREDICATES for word in text.split()})), max_size=9))
def test_nothing_that_is_no_predicate_breaks_it(words: list[str]) -> None:
    for dialect in ("postgres", "mysql", "sqlite", "duckdb"):
        assert isinstance(said(" ".join(words), dialect), str)
