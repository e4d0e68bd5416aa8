"""Numbers on a column's grid say the same values as `encode` does, and come back as they went."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typed_columns import TYPES, column, python

from llmgen.predicates.ranges import DAY, Domain, base_domain, encode
from llmgen.schema.arrow import arrow_array, arrow_type
from llmgen.schema.model import Column, ColumnType
from llmgen.values.line import MOST, ends, from_numbers, number_of, to_numbers, unit

LINED = ("integer", "tiny", "small", "wide", "decimal", "fine", "widest", "loose", "float", "date", "time",
         "timestamp", "timestamptz", "interval")  # fmt: skip
SPANS = {"tiny": 100, "small": 60_000, "date": 700_000, "time": DAY - 1, "decimal": 10**8 - 1, "integer": 2**31 - 1}


@given(st.sampled_from(LINED), st.lists(st.tuples(st.integers(0, 2**53), st.booleans()), max_size=20))
def test_numbers_come_back_and_are_multiples_of_the_unit(name: str, drawn: list[tuple[int, bool]]) -> None:
    numbers = np.array([number % (SPANS.get(name, 2**53) + 1) for number, _ in drawn], dtype=np.int64)
    nulls = np.array([null for _, null in drawn], dtype=bool)
    cells = from_numbers(numbers, column(name), nulls)
    assert cells.type == arrow_type(TYPES[name])
    assert to_numbers(cells, column(name)).tolist() == np.where(nulls, 0, numbers).tolist()
    for cell, number, null in zip(python(column(name), cells), numbers.tolist(), nulls.tolist(), strict=True):
        assert (cell is None) == null
        if not null:
            exact = number * unit(column(name))
            assert encode(cell) == (Fraction(float(exact)) if name == "float" else exact)


@pytest.mark.parametrize("name", ["integer", "decimal", "fine", "loose", "float", "interval"])
def test_numbers_below_zero(name: str) -> None:
    numbers = np.array([-1, -1_234_567, 5], dtype=np.int64)
    assert to_numbers(from_numbers(numbers, column(name)), column(name)).tolist() == numbers.tolist()


def test_a_slice_of_a_column_has_the_numbers_of_its_own_rows() -> None:
    cells = from_numbers(np.arange(10, dtype=np.int64), column("decimal")).slice(4, 3)
    assert to_numbers(cells, column("decimal")).tolist() == [4, 5, 6]


def test_what_lies_beyond_all_numbers_is_the_last_one() -> None:
    far = arrow_array(TYPES["fine"], [Decimal(10) ** 19, -(Decimal(10) ** 19), None])
    assert to_numbers(far, column("fine")).tolist() == [MOST, -MOST, 0]
    assert to_numbers(pa.array([2**64 - 1], pa.uint64()), column("wide")).tolist() == [MOST]
    assert to_numbers(pa.array([1e300, -1e300]), column("float")).tolist() == [MOST, -MOST]


def test_what_lies_between_two_numbers_goes_towards_zero() -> None:
    cells = arrow_array(TYPES["fine"], [Decimal("1.0000000019"), Decimal("-1.0000000019")])
    assert to_numbers(cells, column("fine")).tolist() == [1_000_000_001, -1_000_000_001]


@pytest.mark.parametrize(("name", "number"), [("tiny", 128), ("date", 3_000_000), ("time", DAY), ("decimal", 10**8)])
def test_numbers_that_the_type_cannot_hold(name: str, number: int) -> None:
    with pytest.raises(ValueError, match="cannot hold"):
        from_numbers(np.array([1, number], dtype=np.int64), column(name))
    assert from_numbers(np.array([1, number]), column(name), np.array([False, True])).null_count == 1


@pytest.mark.parametrize("name", LINED)
def test_both_ends_of_a_type_can_be_written(name: str) -> None:
    low, high = ends(column(name), base_domain(column(name)))
    cells = python(column(name), from_numbers(np.array([low, high], dtype=np.int64), column(name)))
    assert all(base_domain(column(name)).admits(cell) for cell in cells)


def test_ends_are_on_the_grid_and_inside() -> None:
    domain = Domain("integer", low=1, high=20, step=Fraction(6), high_open=True)
    assert ends(column("integer"), domain) == (6, 18)
    assert ends(column("date"), Domain("date", low=date(1970, 1, 3), high=date(1970, 1, 9))) == (2, 8)
    assert ends(column("loose"), Domain("decimal", low=Decimal("0.0000001"), high=Decimal(1))) == (1, 10**6)
    assert ends(column("float"), Domain("float", low=0.3, low_open=True))[0] == 300_001
    assert ends(column("float"), Domain("float", low=0.0, high=0.1, high_open=True))[1] == 99_999
    assert ends(column("interval"), Domain("interval", low=timedelta(seconds=1)))[0] == 10**6


def test_numbers_of_the_line() -> None:
    assert number_of(Fraction(125, 100), column("decimal")) == 125
    assert number_of(3 * DAY, column("date")) == 3
    cents = Column("x", ColumnType("decimal", "numeric(5,-2)", precision=5, scale=-2))
    assert unit(cents) == 100
