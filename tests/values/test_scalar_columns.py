"""Columns by type lie in their domain, look as their column's name says, and do not depend on how rows are split."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typed_columns import TEXTS, TYPES, column, python, ranges, words

from llmgen.canonical import CANONICAL
from llmgen.predicates.ranges import DAY, Domain, base_domain, encode
from llmgen.schema.arrow import arrow_type
from llmgen.schema.model import Column, ColumnType
from llmgen.values.keys import uuid_key
from llmgen.values.line import ends, number_of, to_numbers, unit
from llmgen.values.scalar_columns import scalar_column
from llmgen.values.scalars import scalar


def cells(of: Column, domain: Domain | None = None, count: int = 300, **more: Any) -> list[Any]:
    return python(of, scalar_column(of, domain or base_domain(of), words(count), **more))


@pytest.mark.parametrize("name", TYPES)
def test_every_kind_is_written_in_its_type_and_domain(name: str) -> None:
    of = column(name)
    found = scalar_column(of, base_domain(of), words(500))
    assert found.type == arrow_type(of.type)
    assert found.null_count == 0
    values = python(of, found)
    assert all(base_domain(of).admits(value) for value in values)
    few = {"boolean": 2, "enum": 3, "set": 7, "time": 41, "interval": 30, "json": 10, "tiny": 100}
    assert len({str(value) for value in values}) >= few.get(name, 150)


@pytest.mark.parametrize("name", TYPES)
def test_any_split_of_the_rows_equals_the_whole(name: str) -> None:
    of, drawn = column(name), words(400)
    whole = scalar_column(of, base_domain(of), drawn)
    parts = [scalar_column(of, base_domain(of), part) for part in (drawn[:1], drawn[1:130], drawn[130:], drawn[:0])]
    assert [cell for part in parts for cell in part.to_pylist()] == whole.to_pylist()


@given(ranges())
@settings(max_examples=400)
def test_numbers_dates_and_spans_lie_in_any_range(drawn: tuple[str, Domain]) -> None:
    name, domain = drawn
    if domain.null == "must":
        assert cells(column(name), domain, 3) == [None] * 3
        return
    try:
        found = cells(column(name), domain, 40)
    except ValueError:
        low, high = ends(column(name), domain)
        assert high - low < len(domain.excluded) or domain.values is not None
        return
    assert all(value is not None and domain.admits(value) for value in found)


@given(ranges(), st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**7)), min_size=1, max_size=20))
@settings(max_examples=300)
def test_each_row_has_ends_of_its_own(drawn: tuple[str, Domain], pairs: list[tuple[int, int]]) -> None:
    name, domain = drawn[0], replace(drawn[1], excluded=(), step=base_domain(column(drawn[0])).step)
    least, most = ends(column(name), domain)
    if domain.null == "must" or least > most:
        return
    low = np.array([least + (most - least) * min(pair) // 10**7 for pair in pairs], dtype=np.int64)
    high = np.array([least + (most - least) * max(pair) // 10**7 for pair in pairs], dtype=np.int64)
    for given_low, given_high in ((low, high), (low, None), (None, high)):
        found = scalar_column(column(name), domain, words(len(pairs)), row_ends=(given_low, given_high))
        numbers = to_numbers(found, column(name))
        if name != "float" or max(-least, most) < 10**15:
            assert given_low is None or bool((numbers >= low).all())
            assert given_high is None or bool((numbers <= high).all())
        assert all(domain.admits(value) for value in python(column(name), found))


def test_rows_whose_ends_leave_nothing() -> None:
    one = np.array([5], dtype=np.int64)
    with pytest.raises(ValueError, match="ends of a row"):
        scalar_column(column("integer"), Domain("integer"), words(1), row_ends=(one, one - 1))
    with pytest.raises(ValueError, match="ends of a row"):
        scalar_column(column("integer"), Domain("integer", values=(1, 9)), words(1), row_ends=(one - 3, one))


def test_finite_numbers_between_the_ends_of_a_row() -> None:
    low = np.array([0, 4, 4], dtype=np.int64)
    high = np.array([4, 9, 5], dtype=np.int64)
    domain = Domain("integer", values=(9, 5, 1))
    for seed in ("a", "b", "c", "d"):
        found = scalar_column(column("integer"), domain, words(3, seed), row_ends=(low, high)).to_pylist()
        assert found[0] == 1
        assert found[1] in (5, 9)
        assert found[2] == 5


def test_rows_stay_near_to_what_is_usual() -> None:
    of = column("timestamptz", "paid_at")
    now = number_of(encode(CANONICAL), of)
    starts = np.array([now - 100 * DAY, now - 3_000 * DAY, now + 50 * DAY], dtype=np.int64)
    numbers = to_numbers(scalar_column(of, base_domain(of), words(3), row_ends=(starts, None)), of)
    assert now - 100 * DAY <= numbers[0] < now
    assert now - 730 * DAY <= numbers[1] < now
    assert now + 50 * DAY <= numbers[2] <= now + 800 * DAY
    assert not (numbers % 1_000_000).any()


@pytest.mark.parametrize("domain", TEXTS, ids=range(len(TEXTS)))
def test_text_takes_the_shape_demanded(domain: Domain) -> None:
    found = cells(column("text"), domain, 500)
    assert all(domain.admits(value) for value in found)
    assert len(set(found)) > (1 if domain.values else 9)


def test_what_cannot_be_says_so() -> None:
    from llmgen.predicates.patterns import Pattern

    impossible = Domain("text", patterns=(Pattern(r"\Aa+\Z"), Pattern(r"\Ab+\Z")))
    with pytest.raises(ValueError, match="all the shapes"):
        scalar_column(column("text"), impossible, words(2))
    with pytest.raises(ValueError, match="finite set"):
        scalar_column(column("enum"), Domain("enum", values=("new",), excluded=("new",)), words(2))
    with pytest.raises(ValueError, match="excluded"):
        scalar_column(column("tiny"), Domain("integer", low=1, high=2, excluded=(1, 2)), words(2))


@pytest.mark.parametrize(
    ("name", "kind", "low", "high"),
    [
        ("latitude", "loose", -90, 90),
        ("quantity", "integer", 1, 12),
        ("rating", "integer", 1, 5),
        ("unit_price", "decimal", 5, 500),
        ("price_cents", "integer", 500, 50_000),
        ("shareRatio", "float", 0, 1),
        ("amount", "fine", 5, 500),
        ("amount", "widest", 5, 500),
    ],
)
def test_names_say_the_range(name: str, kind: str, low: int, high: int) -> None:
    found = cells(column(kind, name))
    assert all(low <= value <= high for value in found)
    assert len(set(found)) >= min(5, high - low)


def test_what_a_provider_says_goes_before_the_name() -> None:
    assert set(cells(column("integer", "price"), provider="rating")) == {1, 2, 3, 4, 5}
    years = cells(column("text", "since"), provider="year")
    assert all(value.isdigit() and len(value) == 4 for value in years)
    for provider in ("amount", "date", "timestamp", "time", "uuid", "latitude"):
        assert all(isinstance(value, str) for value in cells(column("text"), provider=provider))
    with pytest.raises(ValueError, match="does not fit"):
        cells(column("short"), provider="uuid")


def test_texts_too_short_for_dashes_hold_the_digits_of_uuids() -> None:
    of = Column("uuid", ColumnType("text", "varchar(32)", length=32), nullable=False)
    found = cells(of, provider="uuid")
    assert all(re.fullmatch(r"[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}", value) for value in found)
    first = int(words(1)[0])
    assert scalar(of, base_domain(of), first, provider="uuid") == found[0]


@pytest.mark.parametrize("provider", ["created_at", "updated_at"])
def test_moments_that_are_kept_as_text_are_spelled_as_moments(provider: str) -> None:
    found = cells(Column(provider, ColumnType("text", "text"), nullable=False), provider=provider)
    assert all(datetime.fromisoformat(value).replace(tzinfo=UTC) < CANONICAL for value in found)


def test_past_and_ahead_are_those_of_the_run() -> None:
    now = datetime(2031, 5, 1, 12, tzinfo=UTC)
    assert all(value < now for value in cells(column("timestamptz", "paid_at"), now=now))
    assert all(value > now for value in cells(column("timestamptz", "expires_at"), now=now))
    assert all(value.year < CANONICAL.year - 18 for value in cells(column("date", "birth_date")))


def test_earlier_labels_come_oftener() -> None:
    found = cells(column("enum"), count=900)
    assert found.count("new") > found.count("paid") > found.count("void") > 100


def test_moments_show_no_more_decimals_than_their_type() -> None:
    wall = Column("at", ColumnType("timestamp", "timestamp(3)", precision=3), nullable=False)
    low = np.full(50, 1_700_000_000_000_001, dtype=np.int64)
    found = scalar_column(wall, base_domain(wall), words(50), row_ends=(low, low + 900_000))
    assert not (to_numbers(found, wall) % 1_000).any()


def test_values_that_the_grid_does_not_reach_come_from_a_pool() -> None:
    domain = Domain("decimal", "never", low=Decimal(10) ** 15, high=Decimal(10) ** 15 + 5)
    found = cells(column("fine"), domain, 50)
    assert all(domain.admits(value) for value in found)
    assert len(set(found)) > 3


def test_sizes_of_arrays_and_bytes() -> None:
    assert {len(value) for value in cells(column("array"))} == {1, 2, 3}
    assert {len(value) for value in cells(column("array"), Domain("array", min_length=4, max_length=4))} == {4}
    assert {len(value) for value in cells(column("words"), Domain("array", max_length=0))} == {0}
    assert {len(value) for value in cells(column("hash"))} == {20}
    assert {len(value) for value in cells(column("bytes"), Domain("bytes", max_length=3))} == {3}


def test_uuids_are_those_of_single_keys() -> None:
    drawn = words(50)
    of = column("uuid")
    found = scalar_column(of, base_domain(of), drawn).to_pylist()
    assert found == [uuid_key(word) for word in drawn.tolist()]


def test_dates_are_days() -> None:
    domain = Domain("date", "never", low=date(2020, 2, 29), high=date(2020, 3, 1))
    assert set(cells(column("date"), domain)) == {date(2020, 2, 29), date(2020, 3, 1)}
    assert unit(column("date")) == DAY
