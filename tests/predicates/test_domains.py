"""The solver agrees with the evaluator on whole rows, leaves open what is possible, and names what is not."""

import itertools
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conformance import ROWS
from conformance import SCHEMA as THINGS

from llmgen.predicates.domains import Contradiction, Solution, model_of, settle, solve
from llmgen.predicates.evaluate import Arena
from llmgen.predicates.patterns import like, regex
from llmgen.predicates.ranges import Domain, base_domain, decode, encode, within
from llmgen.schema.model import Check, Column, ColumnType, Schema, Table

NOW = datetime(2026, 3, 11, 15, 30, tzinfo=UTC)
CONFORMANCE = (Path(__file__).parent / "conformance.txt").read_text("utf-8").splitlines()[1:]
# The columns that the predicates below are about, with cells around their constants.
CELLS: Mapping[str, tuple[ColumnType, tuple[Any, ...]]] = {
    "a": (ColumnType("integer", "integer", bits=32), (None, -1, 0, 4, 5, 6)),
    "b": (ColumnType("integer", "integer", bits=32), (None, 0, 5, 7)),
    "n": (
        ColumnType("decimal", "numeric(8,2)", precision=8, scale=2),
        (None, Decimal("0.00"), Decimal("2.50"), Decimal("9")),
    ),
    "p": (ColumnType("boolean", "boolean"), (None, False, True)),
    "q": (ColumnType("boolean", "boolean"), (None, False, True)),
    "s": (ColumnType("enum", "status", labels=("on", "off")), (None, "on", "off")),
    "t": (ColumnType("text", "text"), (None, "", " ", "ab", "AB", "Ab1", " ab ", "a%c", "x@y")),
    "d": (ColumnType("date", "date"), (None, date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 12))),
    "e": (ColumnType("date", "date"), (None, date(2026, 2, 28), date(2026, 3, 1))),
    "z": (ColumnType("timestamptz", "timestamptz"), (None, datetime(2026, 2, 28, tzinfo=UTC), NOW)),
    "c": (ColumnType("time", "time"), (None, time(8), time(9, 30))),
}
PREDICATES = (
    "a > 4", "a >= 4.5", "5 > a", "a <> 5", "a = 5 OR b = 5", "a BETWEEN 0 AND 5", "NOT (a BETWEEN 0 AND 5)",
    "a IN (0, 5)", "a NOT IN (0, 5)", "a NOT IN (0, NULL)", "a = ANY (ARRAY[4, 6])", "a <> ALL (ARRAY[4, 6])",
    "a IS NULL", "a IS NOT NULL", "(a IS NULL) = (b IS NULL)", "(a IS NULL) <> (b IS NULL)", "(a > 4) = (b > 4)",
    "(s = 'on') = (a IS NOT NULL)", "num_nonnulls(a, b, t) = 1", "num_nulls(a, b) IN (0, 2)", "num_nonnulls(a, b) >= 1",
    "(a IS NULL)::int + (b > 3)::int = 1", "a < b", "a <= b", "a = b", "a <> b", "a + b > 5", "a - b = 0", "a * b = 0",
    "abs(a) <= 4", "a IS DISTINCT FROM b", "a IS NOT DISTINCT FROM b", "a IS DISTINCT FROM 5", "coalesce(a, b) > 4",
    "coalesce(a, 0) = 0", "coalesce(p, false)", "NOT coalesce(p, true)", "coalesce(p, q)", "a % 5 = 0", "-a < 0",
    "p", "NOT p", "p = q", "p <> q", "p OR q", "p AND q", "NOT (p AND q)", "p IS TRUE", "p IS NOT TRUE",
    "p IS FALSE OR q", "p IS NULL", "(p OR q) IS NOT FALSE", "(a > 4) IS TRUE", "(a > 4) IS NOT TRUE",
    "(a > b) IS NULL",
    "p = (a > 4)", "p IS DISTINCT FROM q", "(a > 4) IS NOT DISTINCT FROM p", "p = true", "q <> (p IS TRUE)",
    "CASE WHEN p THEN a > 4 ELSE b > 4 END", "CASE WHEN p THEN a > 4 END",
    "CASE s WHEN 'on' THEN p WHEN 'off' THEN q END",
    "CASE WHEN p THEN 1 ELSE 0 END + CASE WHEN q THEN 1 ELSE 0 END = 1", "CASE WHEN p THEN a ELSE b END > 4",
    "s = 'on'", "s <> 'on'", "s IN ('on', 'off')", "s::text = 'on'", "n > 2", "n >= 2.5", "n * 2 = 5", "n < a",
    "n = a / 2.0", "round(n) = 3", "round(n * 0.5, 1) <= 1.3",
    "t <> ''", "t = 'ab'", "lower(t) = t", "t = upper(t)", "upper(t) = 'AB'",
    "lower(t) IN ('ab', 'X')", "lower(t) <> 'ab'",
    "trim(t) <> ''", "trim(t) = t", "btrim(t) = ''", "length(t) >= 2", "length(t) = 2", "char_length(t) < 3",
    "length(trim(t)) > 1", "length(t) <> 0", "length(t) BETWEEN 1 AND 2", "t LIKE 'a%'", "t NOT LIKE 'a%'",
    r"t LIKE '%\%%'",
    "t ILIKE 'A_'", "t ~ '^[a-z]+$'", "t ~* '^[a-z]+$'", "t !~ '[0-9]'", "t ~ '[[:space:]]'", r"t ~ '^\w+$'",
    "t SIMILAR TO 'a(b|c)'", "left(t, 1) = 'a'", "substring(t from 2 for 1) = 'b'", "position('@' in t) > 1",
    "position('@' in t) = 0", "starts_with(t, 'A')", "lower(t) LIKE 'a%'", "t IN ('ab', 'AB')",
    "d > e", "d >= e + 14", "d - e > 0", "e - d BETWEEN 0 AND 28", "d + interval '1 month' = e",
    "d <= e - interval '1 month'",
    "e < d + interval '1 month 0 days'", "d >= DATE '2026-02-28'", "d > '2026-01-31'",
    "d <= '2026-02-28 12:00'::timestamp",
    "z >= d", "d <= now()", "d < current_date", "z > now() - interval '2 weeks'", "extract(year from d) = 2026",
    "date_part('year', d) < 2026", "d IN ('2026-01-31', '2026-02-28')", "c >= '09:00'",
    "c + interval '1 hour' > '10:00'",
    "a > 4 AND (b IS NULL OR p) OR NOT q AND t <> ''", "NOT (a > 4 OR b > 4)", "NOT (p AND (a IS NULL OR q))",
    "(a, b) = (5, 7)", "true", "NULL", "a > NULL", "(a > 4)::boolean", "1 < 2", "a > (SELECT 4)", "md5(t) = 'x'",
)  # fmt: skip
RESIDUAL = {"md5(t) = 'x'", "a > (SELECT 4)"}


def table_of(names: Mapping[str, ColumnType], *checks: str, required: str = "") -> tuple[Schema, Table]:
    columns = tuple(Column(name, kind, nullable=name not in required.split()) for name, kind in names.items())
    table = Table("t", columns, checks=tuple(Check(sql, (), f"c{place}") for place, sql in enumerate(checks)))
    return Schema((table,)), table


TYPES = {name: kind for name, (kind, _) in CELLS.items()}


@pytest.mark.parametrize("sql", PREDICATES)
def test_a_whole_row_contradicts_exactly_when_the_evaluator_says_false(sql: str) -> None:
    schema, table = table_of(TYPES, sql)
    model = model_of(schema, table)
    if sql in RESIDUAL:
        assert model.residual == ("c0",)
        return
    assert model.residual == ()
    names = sorted(model.formulas["c0"].columns & TYPES.keys())
    assert names or sql in ("true", "NULL", "1 < 2", "a > NULL")
    rows = [dict(zip(names, cells, strict=True)) for cells in itertools.product(*(CELLS[name][1] for name in names))]
    with Arena(schema) as arena:
        arena.load("t", rows, [-1] * len(rows), [0] * len(rows), [NOW] * len(rows), list(range(len(rows))))
        failing = {hit.row for hit in arena.failing(model.predicates)[0]}
        assert not arena.skipped
    for place, row in enumerate(rows):
        assert solved(schema, table, row) != (place in failing), row


def test_whole_rows_contradict_exactly_when_postgres_said_false() -> None:
    wrong, residual = [], []
    for line in CONFORMANCE:
        truth, sql = line.split(" ", 1)
        table = replace(THINGS.tables[0], checks=(Check(sql, (), "c0"),))
        schema = replace(THINGS, tables=(table,))
        if model_of(schema, table).residual:
            residual.append(sql)
        elif [solved(schema, table, row) for row in ROWS] != [verdict != "f" for verdict in truth]:
            wrong.append(sql)
    assert wrong == []
    assert len(residual) < len(CONFORMANCE) * 0.35


def solved(schema: Schema, table: Table, row: Mapping[str, Any]) -> bool:
    try:
        solve(schema, table, row, lambda count: 0, NOW)
    except Contradiction:
        return False
    return True


def solutions(schema: Schema, table: Table, known: Mapping[str, Any], count: int = 60) -> list[Solution]:
    random_below = random.Random(5).randrange
    return [solve(schema, table, known, random_below, NOW) for _ in range(count)]


def test_alternatives_are_all_taken_and_known_cells_rule_some_out() -> None:
    schema, table = table_of(TYPES, "num_nonnulls(a, b, t) = 1")
    taken = {tuple(found.domains[name].null for name in "abt") for found in solutions(schema, table, {})}
    assert len(taken) == 3
    assert all(sorted(nulls) == ["must", "must", "never"] for nulls in taken)
    taken = {tuple(found.domains[name].null for name in "bt") for found in solutions(schema, table, {"a": 1})}
    assert taken == {("must", "must")}


def test_a_null_that_a_relation_forces() -> None:
    schema, table = table_of(TYPES, "a < b", "b < a", required="b")
    assert solve(schema, table, {}, lambda count: 0).domains["a"].null == "must"
    schema, table = table_of(TYPES, "a < b", "b < a", "n > 0", required="a b")
    with pytest.raises(Contradiction, match="c0, c1 ") as raised:
        solve(schema, table, {}, lambda count: 0)
    assert raised.value.checks == ("c0", "c1")


def test_a_smallest_set_of_checks_is_named() -> None:
    schema, table = table_of(TYPES, "a > 0", "a < 9", "b = 3 OR a > 20", "b <> 3", "t <> ''", required="a b")
    with pytest.raises(Contradiction) as raised:
        solve(schema, table, {}, lambda count: 0)
    assert raised.value.checks == ("c1", "c2", "c3")
    assert solve(schema, table, {}, lambda count: 0, without=frozenset({"c1"})).domains["a"].low == 20


def test_many_alternatives_are_not_multiplied_out() -> None:
    names = [f"x{place}" for place in range(24)]
    types = dict.fromkeys(names, TYPES["a"])
    pairs = [f"({one} IS NULL) = ({two} IS NULL)" for one, two in itertools.pairwise(names)]
    schema, table = table_of(types, *pairs, f"num_nonnulls({', '.join(names)}) > 0")
    found = solve(schema, table, {}, random.Random(1).randrange)
    assert {domain.null for domain in found.domains.values()} == {"never"}


def test_settling_a_column_narrows_those_that_it_is_compared_with() -> None:
    schema, table = table_of(
        TYPES, "d <= e", "e <= d + interval '1 month'", "a + b = 10", "a >= 0 AND b >= 0", required="a b d e"
    )
    found = solve(schema, table, {}, lambda count: 0)
    found = settle(found, "d", date(2026, 1, 31))
    assert (found.domains["e"].low, found.domains["e"].high) == (date(2026, 1, 31), date(2026, 2, 28))
    assert "d" not in found.domains
    assert (found.domains["a"].low, found.domains["a"].high) == (0, 10)
    found = settle(found, "a", 7)
    assert (found.domains["b"].low, found.domains["b"].high) == (3, 3)
    with pytest.raises(Contradiction):
        settle(found, "b", 4)


def test_now_that_is_not_told_is_left_to_the_test() -> None:
    schema, table = table_of(TYPES, "d <= current_date", "d >= '2020-01-01'", required="d")
    assert solve(schema, table, {}, lambda count: 0).domains["d"].high is None
    assert solve(schema, table, {}, lambda count: 0, NOW).domains["d"].high == NOW.date()


def test_two_checks_of_one_name_both_count() -> None:
    table = table_of(TYPES)[1]
    both = tuple(Check(f"{name} > 3", (name,), "positive") for name in "ab")
    table = Table("t", table.columns, checks=both)
    found = solve(Schema((table,)), table, {}, lambda count: 0)
    assert (found.domains["a"].low, found.domains["b"].low) == (3, 3)


@pytest.mark.parametrize(
    ("one", "two", "met"),
    [
        (Domain("integer", low=1), Domain("integer", low=5, high=9), Domain("integer", low=5, high=9)),
        (Domain("time", high=9), Domain("time", high=9, high_open=True), Domain("time", high=9, high_open=True)),
        (Domain("integer", "never", low=1, high=2, low_open=True, high_open=True), Domain("integer"), None),
        (Domain(values=("a", "bb")), Domain(min_length=2), Domain(values=("bb",), min_length=2)),
        (Domain("enum", "never", values=("a",)), Domain("enum", excluded=("a",)), None),
        (Domain("integer", "must"), Domain("integer", low=3), Domain("integer", "must")),
        (Domain("integer", "must"), Domain("integer", "never"), None),
    ],
)  # fmt: skip
def test_domains_meet(one: Domain, two: Domain, met: Domain | None) -> None:
    assert one.meet(two) == met


def test_an_emptied_domain_that_may_be_null_must_be() -> None:
    met = Domain("integer", low=5).meet(Domain("integer", high=4))
    assert met is not None
    assert met.null == "must"


def test_types_limit() -> None:
    small = base_domain(Column("x", ColumnType("integer", "smallint", bits=16)))
    assert small.admits(-32768)
    assert not small.admits(32768)
    cents = base_domain(Column("x", ColumnType("decimal", "numeric(4,2)", precision=4, scale=2), nullable=False))
    assert cents.admits(Decimal("-99.99"))
    assert not any(cents.admits(value) for value in (None, Decimal("100"), Decimal("0.001"), "1"))
    assert within(cents, 1, 2) == cents.meet(Domain("decimal", low=Decimal(1), high=Decimal(2)))


@pytest.mark.parametrize(
    "value", [5, Decimal("1.25"), 0.5, date(1, 1, 1), time(23, 59, 59), NOW, NOW.replace(tzinfo=None)]
)
def test_numbers_and_back(value: Any) -> None:
    kinds = {int: "integer", Decimal: "decimal", float: "float", date: "date", time: "time"}
    kind = kinds.get(type(value)) or ("timestamptz" if value.tzinfo else "timestamp")
    assert decode(encode(value), kind) == value


REGEXES = (
    r"^[A-Z]{2,4}-\d{3,}$", r"^\S+@\S+\.\S+$", r"^(GB|FR|[A-Z]{2})\d{2}$", r"^[^a-z]+$", r"colou?r",
    r"^#[0-9A-Fa-f]{6}$",
    r"^[[:alpha:]_][[:alnum:]_]*$", r"^https?://[^/]+", r"^.{3,8}$", r"^(\d)-\1$", r"^[\w.+-]+$",
    r"^\d{1,3}(\.\d{1,3}){3}$",
    r"^[a-zA-Z]([_]?[a-zA-Z0-9])+$", r"^\+[1-9]\d{6,14}$", r"^[а-я]{3}$", r"^$", r"\mword\M", r"^(?:a|bc)*d+?$",
)  # fmt: skip


@pytest.mark.parametrize("source", REGEXES)
def test_written_text_matches_its_regex_and_is_printable(source: str) -> None:
    pattern = regex(source)
    assert pattern is not None
    choose: Callable[[int], int] = random.Random(source).randrange
    for _ in range(50):
        text = pattern.write(choose)
        assert pattern.admits(text), text
        assert text.isprintable()
        assert len(text) < 60


def test_written_text_stays_within_a_length_where_it_can() -> None:
    pattern = regex(r"^[a-z]+(-[a-z]+)*$")
    assert pattern is not None
    choose = random.Random(1).randrange
    assert all(len(pattern.write(choose, 5)) <= 5 for _ in range(100))


def test_what_cannot_be_written_says_so() -> None:
    pattern = regex(r"^(?=.*\d)[a-z\d]+$")
    assert pattern is not None
    assert pattern.admits("a1")
    with pytest.raises(ValueError, match="only be tested"):
        pattern.write(random.Random(1).randrange)
    assert regex("(") is None


def test_like() -> None:
    assert like("a%_").admits("abc\n")
    assert not like("a_").admits("abc")
    assert like("100!%", "!").admits("100%")
    assert not like("100!%", "!").admits("1000")
