"""EXCLUDE constraints: of two rows in conflict the later is at fault, by ranges as PostgreSQL reads them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmgen.dataset import CaseRow
from llmgen.schema.model import Schema
from llmgen.schema.sql import parse_schema
from llmgen.validate.instants import Placed
from llmgen.validate.judge import Judge
from llmgen.validate.rules import RuleSet

NOW = datetime(2026, 3, 11, 15, 30, tzinfo=UTC)
RANGES = ["[1,3)", "[3,5)", "(1,2]", "[2,2]", "(2,2]", "empty", "(,1]", "[4,)", '["3","4")', "(1,2)"]


def schema_of(columns: str, elements: str) -> Schema:
    return parse_schema(f"CREATE TABLE t ({columns}, EXCLUDE USING gist ({elements}))")


def at_fault(schema: Schema, rows: Sequence[dict[str, Any]]) -> list[int]:
    """The places of the rows that the judge blames, each being a case of its own."""
    placed = [Placed(number, 0, NOW, (CaseRow("t", "t/0", row),)) for number, row in enumerate(rows)]
    with Judge(schema, RuleSet()) as judge:
        found = [finding.violation for finding in judge.judge_together(placed, {})]
        assert judge.skipped == {}
    assert {violation.rule for violation in found} <= {"key:exclude"}
    return [violation.case for violation in found if violation.case is not None]


@pytest.mark.parametrize("kind", ["int4range", "numrange"])
def test_ranges_conflict_where_postgres_says_so(postgres: psycopg.Connection, kind: str) -> None:
    schema = schema_of(f"during {kind}", "during WITH &&")
    for one in RANGES:
        for other in RANGES:
            (truth,) = postgres.execute(f"SELECT %s::{kind} && %s::{kind}", (one, other)).fetchone() or (None,)
            assert at_fault(schema, [{"during": one}, {"during": other}]) == ([1] if truth else []), (one, other)


SPANS = st.tuples(st.integers(0, 2), st.none() | st.integers(0, 6), st.none() | st.integers(0, 6), st.booleans())


@settings(max_examples=100)
@given(st.lists(SPANS, max_size=8))
def test_the_later_of_two_rows_that_overlap_is_at_fault(spans: list[tuple[int, int | None, int | None, bool]]) -> None:
    columns = "room int, a timestamptz, z timestamptz, gone boolean"
    schema = parse_schema(
        f"CREATE TABLE t ({columns}, EXCLUDE USING gist (room WITH =, tstzrange(a, z, '[)') WITH &&) WHERE (NOT gone))"
    )

    def at(hour: int | None) -> datetime | None:
        return None if hour is None else NOW + timedelta(hours=hour)

    def clash(number: int) -> bool:
        room, a, z, gone = spans[number]
        return any(
            not gone and not other[3] and room == other[0] and meet((a, z), other[1:3]) for other in spans[:number]
        )

    def meet(one: tuple[int | None, int | None], other: tuple[int | None, int | None]) -> bool:
        (low, high), (floor, top) = [(-1 if a is None else a, 9 if z is None else z) for a, z in (one, other)]
        return low < high and floor < top and low < top and floor < high

    rows = [{"room": room, "a": at(a), "z": at(z), "gone": gone} for room, a, z, gone in spans]
    assert at_fault(schema, rows) == [number for number in range(len(spans)) if clash(number)]


def test_days_and_inequality() -> None:
    days = schema_of("a date, z date", "daterange(a, z, '[]') WITH &&")
    first, second = NOW.date(), NOW.date() + timedelta(days=1)
    assert at_fault(days, [{"a": first, "z": first}, {"a": second, "z": None}, {"a": first, "z": second}]) == [2]
    same = schema_of("room int, owner text", "room WITH =, owner WITH <>")
    owners = ["a", "a", None, "b"]
    assert at_fault(same, [{"room": 1, "owner": owner} for owner in owners]) == [3]


def test_shared_rows_are_context() -> None:
    schema = schema_of("during int4range", "during WITH &&")
    placed = [Placed(5, 0, NOW, (CaseRow("t", "t/0", {"during": "[2,3)"}),))]
    shared = {"t": [{"during": "[1,9)"}, {"during": "[1,2)"}]}
    with Judge(schema, RuleSet()) as judge:
        found = [(one.violation.case, one.violation.where) for one in judge.judge_together(placed, shared)]
    assert found == [(5, "t[0]")]


@pytest.mark.parametrize("element", ["during WITH -|-", "room WITH &&", "tstzrange(lower(during), NULL) WITH &&"])
def test_other_operators_are_said_not_to_be_judged(element: str) -> None:
    with Judge(schema_of("during tstzrange, room int", element), RuleSet()) as judge:
        assert list(judge.skipped) == ["key:exclude:t:1"]
