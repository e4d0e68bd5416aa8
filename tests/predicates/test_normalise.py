"""One normal form for every spelling, and nothing outside the vocabulary gets in."""

from datetime import UTC, datetime

import pytest
from sqlglot import exp

from llmgen.predicates.evaluate import Arena
from llmgen.predicates.normalise import Refused, check_predicate, expect_predicate, query_predicate
from llmgen.predicates.regex import to_re2
from llmgen.schema.model import Column, ColumnType, Function, Schema, Table
from llmgen.schema.sql import parse_schema

NUMBER, TEXT = ColumnType("integer", "bigint"), ColumnType("text", "text")
STATE = ColumnType("enum", "state", labels=("trialing", "active"))
DAY = ColumnType("date", "date")
SCHEMA = Schema(
    (
        Table("subscriptions", (Column("id", NUMBER), Column("status", STATE), Column("ends", DAY))),
        Table("invoices", (Column("id", NUMBER), Column("subscription_id", NUMBER), Column("total", NUMBER))),
        Table("Plan", (Column("id", NUMBER), Column("Code", TEXT))),
    ),
    functions=(Function("no_padding", ("value text",), "SELECT btrim($1) = $1"),),
)


def tree(sql: str, table: str = "subscriptions") -> str:
    predicate = check_predicate(SCHEMA, table, sql, "check:x")
    assert predicate.status != "opaque", predicate.reason
    return predicate.tree.sql("postgres")


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("id IS NOT NULL", '(NOT ("id" IS NULL))'),
        ("ID between 1 and 3", '("id" >= 1 AND "id" <= 3)'),
        ("(status)::text = ANY ((ARRAY['a'::character varying])::text[])", "\"status\" IN ('a')"),
        ("status <> ALL (ARRAY['a'::state])", "(NOT (\"status\" IN ('a')))"),
        ("(id, 1) <> (0, 0)", '(("id" <> 0) OR (1 <> 0))'),
        ("id > '-5'::integer", '"id" > -5'),
        ("id::numeric > (0)::numeric", '"id" > 0'),
        ("status SIMILAR TO 'a%'", "\"status\" ~ '^(?:a.*)$'"),
        ("no_padding(status::text)", '(TRIM("status") = "status")'),
    ],
)
def test_spellings_become_one_form(written: str, normal: str) -> None:
    assert tree(written) == normal


def test_columns_are_real_and_marked() -> None:
    predicate = check_predicate(SCHEMA, "Plan", "CODE <> '' AND plan.id > 0", "check:x")
    assert predicate.columns == {("Plan", "Code"), ("Plan", "id")}
    assert predicate.duckdb == '("Code" <> \'\') AND ("id" > 0)'


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("own_function(id) > 0", "own_function"),
        ("nope > 0", "no column nope in subscriptions"),
        ("id >", "not understood as SQL"),
        ("status ~ '(?=x)y'", "look-around"),
        ("status ~ '(a)\\1'", "back-reference"),
        ("id::lquery > 3", "lquery"),
        ("", "empty"),
        ("(" * 300 + "id" + ")" * 300, "nested"),
    ],
)
def test_odd_checks_are_opaque_with_the_reason(sql: str, reason: str) -> None:
    predicate = check_predicate(SCHEMA, "subscriptions", sql, "check:x")
    assert (predicate.status, predicate.duckdb) == ("opaque", "")
    assert reason in predicate.reason
    assert isinstance(predicate.tree, exp.Null)


def test_text_order_is_unsure() -> None:
    assert check_predicate(SCHEMA, "Plan", "code < 'b'", "check:x").status == "unsure"
    assert check_predicate(SCHEMA, "subscriptions", "status < 'active'", "check:x").status == "exact"


def test_mysql_text_is_compared_folded() -> None:
    columns = (Column("code", ColumnType("text", "text", folds=True)), Column("exact", ColumnType("text", "text")))
    schema = Schema((Table("plans", columns),), dialect="mysql")
    for sql in ("Code = 'A'", "code IN ('A', 'b')", "code LIKE 'a%'", "exact = code"):
        assert "STRIP_ACCENTS" in check_predicate(schema, "plans", sql, "check:x").duckdb, sql
    assert check_predicate(schema, "plans", "code = 'A'", "check:x").status == "unsure"
    for sql in ("exact = 'A'", "exact IN ('A', 'b')", "exact LIKE 'a%'", "LOWER(exact) <> exact"):
        assert "STRIP_ACCENTS" not in check_predicate(schema, "plans", sql, "check:x").duckdb, sql
    assert "'si'" in check_predicate(schema, "plans", "code REGEXP 'a'", "check:x").duckdb
    assert "'s'" in check_predicate(schema, "plans", "exact REGEXP 'a'", "check:x").duckdb


@pytest.mark.parametrize(
    ("sql", "duckdb"),
    [
        ("name = 'A'::public.citext", "LOWER(\"name\") = LOWER('A')"),
        ("name::text = 'A'", "CAST(\"name\" AS TEXT) = 'A'"),
        ("name ~ '^a'::public.citext", "REGEXP_MATCHES(\"name\", '^a', 'si')"),
        ("(name OPERATOR(public.~) 'a')", "(REGEXP_MATCHES(\"name\", 'a', 'si'))"),
        ("name OPERATOR(public.!~) 'a'", "(NOT (REGEXP_MATCHES(\"name\", 'a', 'si')))"),
        ("name IN ('A')", "LOWER(\"name\") IN (LOWER('A'))"),
        ("name LIKE 'a\\_%'", "\"name\" ILIKE 'a\\_%' ESCAPE '\\'"),
    ],
)
def test_citext_does_not_tell_case_apart(sql: str, duckdb: str) -> None:
    schema = Schema((Table("users", (Column("name", ColumnType("text", "public.citext")),)),))
    assert check_predicate(schema, "users", sql, "check:x").duckdb == duckdb


def refused(sql: str) -> Refused:
    with pytest.raises(Refused) as caught:
        expect_predicate(SCHEMA, "subscriptions", sql, "expect:0", frozenset({"Plan"}))
    return caught.value


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("read_text('/etc/passwd') IS NULL", "read_text() is not allowed"),
        ("pg_read_file('/etc/passwd') <> ''", "pg_read_file() is not allowed"),
        ("EXISTS (SELECT 1 FROM read_csv('/etc/passwd'))", "table function is not allowed"),
        ("EXISTS (SELECT 1 FROM '/etc/passwd')", "no table"),
        ("EXISTS (SELECT 1 FROM generate_series(1, 1000000000))", "table function is not allowed"),
        ("EXISTS (SELECT 1 FROM unnest(ARRAY[1]) AS u)", "not allowed"),
        ("EXISTS (SELECT 1 FROM invoices, LATERAL (SELECT 1) AS l)", "not allowed"),
        ("pg_sleep(9) IS NULL", "pg_sleep() is not allowed"),
        ("random() > 0.5", "not allowed"),
        ("EXISTS (WITH RECURSIVE r AS (SELECT 1) SELECT * FROM r)", "not allowed"),
        ("EXISTS (WITH r AS (SELECT 1 AS a) SELECT a FROM r)", "not allowed"),
        ("1 = 1; DROP TABLE invoices", "one expression only"),
        ("1 = 1 -- and more", "comments"),
        ("1 = 1 /* and more */", "comments"),
        ("DROP TABLE invoices", "not allowed"),
        ("SELECT 1", "not a query"),
        ("ROOT.id + 1", "boolean"),
        ("status = 'x' OR", "not understood as SQL"),
        ("(" * 41 + "true" + ")" * 41, "nested deeper"),
        ("NOT " * 900 + "true", "nested"),
        ("id = 1 OR " * 500 + "true", "characters"),
        ("ROOT.statsu = 'x'", "(there is status)"),
        ("EXISTS (SELECT 1 FROM invoice)", "(there is invoices)"),
        ("EXISTS (SELECT 1 FROM invoices WHERE totl > 1)", "(there is total)"),
        ("invoices.total > 1", "neither ROOT nor a table"),
        ("EXISTS (SELECT id FROM invoices, Plan)", "may be invoices.id and Plan.id"),
        ("count(*) > 1", "outside a sub-select"),
        ("id IN (SELECT * FROM invoices)", "name the columns"),
        ("EXISTS (SELECT 1 FROM invoices RIGHT JOIN Plan ON true)", "LEFT JOIN"),
        ("EXISTS (SELECT 1 FROM invoices AS root)", "ROOT names the root row"),
        ("EXISTS (SELECT 1 FROM invoices FOR UPDATE)", "FOR UPDATE"),
    ],
)
def test_refused_with_words_to_act_on(sql: str, message: str) -> None:
    assert message in refused(sql).message


def test_every_real_table_is_held_to_case_and_instant() -> None:
    sql = """NOT EXISTS (SELECT * FROM invoices i LEFT JOIN plan p ON p.id = i.id WHERE i.total > (
        SELECT max(x.t) FROM (SELECT sum(total) AS t FROM invoices GROUP BY subscription_id) AS x))"""
    text = expect_predicate(SCHEMA, "subscriptions", sql, "expect:0", frozenset({"Plan"})).duckdb
    assert text.count('"_case" = "ROOT"."_case"') == 2
    assert text.count('"_at" = "ROOT"."_at"') == 3
    assert 'ON ("p"."id" = "i"."id") AND ("p"."_at" = "ROOT"."_at")' in text


def test_bare_columns_belong_to_the_nearest_table() -> None:
    sql = "ends IS NOT NULL AND EXISTS (SELECT 1 FROM invoices WHERE subscription_id = ROOT.id AND status = 'active')"
    predicate = expect_predicate(SCHEMA, "subscriptions", sql, "expect:0", frozenset())
    assert predicate.columns == {
        ("subscriptions", "ends"),
        ("subscriptions", "id"),
        ("subscriptions", "status"),
        ("invoices", "subscription_id"),
    }
    assert '"ROOT"."status"' in predicate.duckdb


def test_a_predicate_is_normalised_once() -> None:
    first = check_predicate(SCHEMA, "subscriptions", "id > 41", "check:x")
    assert check_predicate(SCHEMA, "subscriptions", "id > 41", "check:x") is first
    narrower = Schema((Table("subscriptions", (Column("id", TEXT),)),))
    assert check_predicate(narrower, "subscriptions", "id > 41", "check:x") is not first


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM invoices",
        "id > 1",
        "SELECT * FROM read_csv('x')",
        "SELECT nope FROM invoices",
        "WITH RECURSIVE r AS (SELECT 1) SELECT * FROM r",
    ],
)
def test_a_rule_is_one_select_over_real_tables(sql: str) -> None:
    with pytest.raises(Refused):
        query_predicate(SCHEMA, sql, "sql:x")


@pytest.mark.parametrize(
    ("pattern", "re2"),
    [
        (r"^\w+$", r"^[\p{L}\p{N}_]+$"),
        ("[[:alpha:]-]", r"[\p{L}-]"),
        (r"\mx\M", r"\bx\b"),
        ("[^]a]", r"[^\]a]"),
        (r"[\d.]", "[0-9.]"),
        (r"\u00e9", r"\x{00e9}"),
    ],
)
def test_regular_expressions_are_said_for_re2(pattern: str, re2: str) -> None:
    assert to_re2(pattern) == re2


def test_an_expect_may_be_one_scalar_sub_select() -> None:
    schema = parse_schema("CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY, n int);")
    predicate = expect_predicate(schema, "a", "(SELECT min(n) = max(n) FROM b)", "expect:1", frozenset())
    with Arena(schema) as arena:
        now = datetime(2026, 3, 11, tzinfo=UTC)
        arena.load("a", [{"id": 1}, {"id": 2}], [0, 1], [0, 0], [now] * 2, [0, 1])
        rows = [{"id": 1, "n": 5}, {"id": 2, "n": 5}, {"id": 3, "n": 6}, {"id": 4, "n": 7}]
        arena.load("b", rows, [0, 0, 1, 1], [0] * 4, [now] * 4, [0, 1, 2, 3])
        assert [hit.case for hit in arena.failing([predicate])[0]] == [1]
