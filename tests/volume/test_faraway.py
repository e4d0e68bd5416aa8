"""Columns compared far from zero, where floats run out of digits: CHECKs hold, and ordinary columns stay untested."""

from datetime import UTC, datetime
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest

from llmgen.bulk import plan_volume
from llmgen.predicates.domains import model_of
from llmgen.schema.sql.reader import parse_schema
from llmgen.values.streams import key, mix
from llmgen.volume.faraway import far_away
from llmgen.volume.intervals import grid_ends
from llmgen.volume.request import Request
from llmgen.volume.rows import Rows

NOW = datetime(2026, 3, 12, tzinfo=UTC)
_TOP = 9007199254741003


def _cells(columns: str) -> list[dict[str, object]]:
    schema = parse_schema(f"CREATE TABLE t (id serial PRIMARY KEY, {columns}, CHECK (b > a))", "x.sql", "postgres")
    rows = Rows(plan_volume(schema, Request("1", NOW, every=120))[0])
    found: list[dict[str, object]] = pa.table(rows.cells("t", np.arange(120, dtype=np.uint64))).to_pylist()
    return found


@pytest.mark.parametrize(
    "columns",
    [
        f"a bigint NOT NULL CHECK (a >= {_TOP - 10} AND a < {_TOP}), b bigint NOT NULL CHECK (b < {_TOP})",
        "a timestamptz NOT NULL CHECK (a >= '2900-01-01'), "
        "b timestamptz NOT NULL CHECK (b < '2900-01-01 00:00:00.00001')",
        "a numeric(20,2) NOT NULL CHECK (a > 900000000000000000.00), "
        "b numeric(20,2) NOT NULL CHECK (b < 900000000000000001.00)",
        "a numeric(18,4) NOT NULL CHECK (a > 99999999999990), b numeric(18,4) NOT NULL CHECK (b < 99999999999990.01)",
    ],
)
def test_a_narrow_gap_far_from_zero_is_kept(columns: str) -> None:
    assert all(row["b"] > row["a"] for row in _cells(columns))  # type: ignore[operator]


@pytest.mark.parametrize("unit", [Fraction(1, 100), Fraction(1, 10**4), Fraction(1, 10**9)])
def test_sums_are_exact_to_the_last_digit_of_what_is_not_tested(unit: Fraction) -> None:
    numbers = (mix(key("sums"), np.arange(2_000, dtype=np.uint64)) >> np.uint64(16)).astype(np.int64)
    sums = numbers * float(unit) + float(7 * unit)
    low, high = grid_ends((sums.astype(np.float64), sums.astype(np.float64)), unit)
    assert low.tolist() == high.tolist() == (numbers + 7).tolist()


@pytest.mark.parametrize(
    ("columns", "check", "tested"),
    [
        ("a bigint, b bigint", "a < b", False),
        ("a bigint CHECK (a < 9223372036854775807), b bigint", "a < b", False),
        ("a numeric(10,2), b numeric(10,2), c numeric(12,2)", "c = a + b", False),
        ("a numeric(12,2), b int", "a < b * 100", False),
        ("a timestamptz, b timestamptz CHECK (b < '9999-12-31')", "a < b", False),
        ("a timestamptz, b date", "b <= a", False),
        ("a date CHECK (a > '9000-01-01'), b date", "a < b", False),
        ("a double precision, b double precision", "a < b", False),
        ("a bigint, b bigint", "b < a + 10000000000000000", True),
        (f"a bigint CHECK (a IS NULL OR a > {2**53}), b bigint", "a < b", True),
        (f"a bigint CHECK (a IN (5, {2**53 + 1})), b bigint", "a < b", True),
        ("a numeric(18,4) CHECK (a > 99999999999990), b numeric(18,4)", "a < b", True),
        ("a timestamptz CHECK (a > '2900-01-01'), b timestamptz", "a < b", True),
    ],
)
def test_where_columns_are_usually_drawn_decides(columns: str, check: str, tested: bool) -> None:
    schema = parse_schema(f"CREATE TABLE t ({columns}, CHECK ({check}))", "x.sql", "postgres")
    table = schema.table("t")
    model = model_of(schema, table)
    assert far_away(tuple(model.formulas.values()), table, model.base, NOW) == tested
