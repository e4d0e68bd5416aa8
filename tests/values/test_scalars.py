"""Cells by type lie in their domain, look as their column's name says, and are pure functions of one word."""

import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmgen.canonical import CANONICAL
from llmgen.predicates.patterns import Pattern
from llmgen.predicates.ranges import Domain, base_domain
from llmgen.schema.model import Column, ColumnType
from llmgen.values.scalars import Draw, scalar
from llmgen.values.shapes import fitted, text_within

KINDS: Mapping[str, tuple[ColumnType, type]] = {
    "integer": (ColumnType("integer", "integer", bits=32), int),
    "decimal": (ColumnType("decimal", "numeric(6,2)", precision=6, scale=2), Decimal),
    "free decimal": (ColumnType("decimal", "numeric"), Decimal),
    "float": (ColumnType("float", "real"), float),
    "boolean": (ColumnType("boolean", "boolean"), bool),
    "enum": (ColumnType("enum", "e", labels=("new", "paid", "void")), str),
    "date": (ColumnType("date", "date"), date),
    "time": (ColumnType("time", "time"), time),
    "timestamp": (ColumnType("timestamp", "timestamp"), datetime),
    "timestamptz": (ColumnType("timestamptz", "timestamptz"), datetime),
    "interval": (ColumnType("interval", "interval"), timedelta),
    "uuid": (ColumnType("uuid", "uuid"), str),
    "json": (ColumnType("json", "jsonb"), dict),
    "bytes": (ColumnType("bytes", "bytea"), bytes),
    "array": (ColumnType("array", "int[]", element=ColumnType("integer", "integer", bits=16)), list),
    "text": (ColumnType("text", "varchar(15)", length=15), str),
    "other": (ColumnType("other", "inet"), str),
}


def cells(column: Column, domain: Domain | None = None, count: int = 300, **more: Any) -> list[Any]:
    return [
        scalar(column, domain or base_domain(column), word * 0x9E3779B97F4A7C15 % 2**64, **more)
        for word in range(count)
    ]


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_written_in_its_type_and_domain(name: str) -> None:
    kind, python = KINDS[name]
    column = Column("x", kind, nullable=False)
    found = cells(column)
    assert all(type(value) is python for value in found)
    assert all(base_domain(column).admits(value) for value in found)
    assert found == cells(column)
    assert len({str(value) for value in found}) > (100 if name in ("integer", "uuid", "date", "text", "bytes") else 1)


@given(st.integers(-(2**31), 2**31 - 1), st.integers(0, 500), st.integers(0, 2**64 - 1))
@settings(max_examples=100)
def test_numbers_lie_in_any_range(low: int, width: int, word: int) -> None:
    column = Column("seats", KINDS["integer"][0])
    domain = Domain("integer", "never", low=low, high=low + width)
    assert domain.admits(scalar(column, domain, word))


@pytest.mark.parametrize("low", [None, date(1850, 1, 1), date(2400, 1, 1)])
@pytest.mark.parametrize("high", [None, date(1850, 1, 3), date(2400, 1, 1)])
def test_dates_lie_in_any_range(low: date | None, high: date | None) -> None:
    domain = Domain("date", low=low, high=high)
    if low is None or high is None or low <= high:
        assert all(domain.admits(value) for value in cells(Column("on", KINDS["date"][0]), domain, 40))


@pytest.mark.parametrize(
    ("name", "kind", "low", "high"),
    [
        ("latitude", "free decimal", -90, 90),
        ("quantity", "integer", 1, 12),
        ("discount_percent", "integer", 0, 100),
        ("rating", "integer", 1, 5),
        ("unit_price", "decimal", 5, 500),
        ("price_cents", "integer", 500, 50_000),
        ("birth_year", "integer", 1900, 2030),
        ("shareRatio", "float", 0, 1),
    ],
)
def test_names_say_the_range(name: str, kind: str, low: int, high: int) -> None:
    found = cells(Column(name, KINDS[kind][0]))
    assert all(low <= value <= high for value in found)
    assert len(set(found)) >= min(5, high - low)


def test_decimals_show_their_scale() -> None:
    assert {value.as_tuple().exponent for value in cells(Column("price", KINDS["decimal"][0]))} == {-2}


def test_what_a_provider_says_goes_before_the_name() -> None:
    found = cells(Column("price", KINDS["integer"][0]), provider="rating")
    assert set(found) == {1, 2, 3, 4, 5}
    spelled = cells(Column("since", KINDS["text"][0]), provider="year")
    assert all(value.isdigit() and len(value) == 4 for value in spelled)


def test_past_and_ahead_are_those_of_the_row() -> None:
    now = datetime(2031, 5, 1, 12, tzinfo=UTC)
    kind = KINDS["timestamptz"][0]
    assert all(value < now for value in cells(Column("paid_at", kind), now=now))
    assert all(value > now for value in cells(Column("expires_at", kind), now=now))
    born = cells(Column("birth_date", KINDS["date"][0]))
    assert all(value.year < CANONICAL.year - 18 for value in born)


def test_earlier_labels_come_oftener_and_sets_narrow() -> None:
    column = Column("status", KINDS["enum"][0])
    found = cells(column, count=900)
    assert found.count("new") > found.count("paid") > found.count("void") > 100
    assert set(cells(column, Domain("enum", values=("paid",)))) == {"paid"}
    assert set(cells(column, Domain("enum", "must"))) == {None}


def test_uuids_bytes_json_and_arrays() -> None:
    assert {uuid.UUID(value).version for value in cells(Column("id", KINDS["uuid"][0]))} == {4}
    assert {len(value) for value in cells(Column("b", ColumnType("bytes", "bytea", length=3)))} == {3}
    assert all(isinstance(value, list) for value in cells(Column("j", KINDS["json"][0], default="'[]'::jsonb")))
    assert "theme" in cells(Column("settings", KINDS["json"][0]))[0]
    sized = cells(Column("a", KINDS["array"][0]), Domain("array", min_length=4, max_length=4))
    assert {len(value) for value in sized} == {4}


@pytest.mark.parametrize(
    "domain",
    [
        Domain("text", max_length=1),
        Domain("text", max_length=7),
        Domain("text", min_length=60),
        Domain("text", min_length=3, max_length=3, case="upper"),
        Domain("text", case="lower", trimmed=True, excluded=("amber",)),
        Domain("text", patterns=(Pattern(r"\A[A-Z]+\Z"), Pattern("Q", negated=True)), max_length=5, min_length=2),
        Domain("text", patterns=(Pattern("[^ ]"), Pattern(r"\A.*@.*\Z"))),
        Domain("text", values=("a", "b"), excluded=("a",)),
    ],
)
def test_text_takes_the_shape_demanded(domain: Domain) -> None:
    assert all(domain.admits(value) for value in cells(Column("x", ColumnType("text", "text")), domain, 60))


def test_text_that_cannot_be_says_so() -> None:
    impossible = Domain("text", patterns=(Pattern(r"\Aa+\Z"), Pattern(r"\Ab+\Z")))
    with pytest.raises(ValueError, match="all the shapes"):
        text_within(impossible, Draw(1).below)


def test_fitted_changes_no_more_than_it_must() -> None:
    assert fitted("Ann Lee", Domain()) == "Ann Lee"
    assert fitted("Ann Lee", Domain(case="lower")) == "ann lee"
    assert fitted("Ann Lee", Domain(max_length=5)) == "Ann"
    assert fitted("Ann Lee", Domain(patterns=(Pattern(r"\A\d\Z"),))) is None


@given(st.integers(0, 2**64 - 1), st.integers(1, 2**70))
def test_draws_are_below_and_repeatable(word: int, n: int) -> None:
    assert 0 <= Draw(word).below(n) < n
    draw, again = Draw(word), Draw(word)
    assert [draw.u64() for _ in range(20)] == [again.u64() for _ in range(20)]
    assert Draw(word).u64() != Draw(word ^ 1).u64()
