"""What numbers are usual for a column by its name."""

import pytest

from llmgen.canonical import CANONICAL
from llmgen.predicates.ranges import base_domain
from llmgen.schema.model import Column, ColumnType
from llmgen.values.usual import number_range, number_window

INTEGER = ColumnType("integer", "integer", bits=32)
TINY = ColumnType("integer", "tinyint", bits=8)


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("status", 0, 4),
        ("old_severity", 0, 4),
        ("http_auth_enabled", 0, 1),
        ("is_default", 0, 1),
        ("show_count", 0, 100),
        ("status_id", 1, 1_000),
        ("created_by", 1, 1_000),
        ("turns", 1, 1_000),
    ],
)
def test_integers_that_stand_for_something_are_few(name: str, low: int, high: int) -> None:
    assert number_range(Column(name, INTEGER, nullable=False))[:2] == (low, high)


def test_decimals_are_no_codes() -> None:
    assert number_range(Column("status", ColumnType("decimal", "numeric"), nullable=False))[:2] == (1, 1_000)


@pytest.mark.parametrize("name", ["clock", "created", "updated_at", "timestamp", "mtime"])
def test_integers_may_count_seconds(name: str) -> None:
    low, high, _ = number_range(Column(name, INTEGER, nullable=False))
    now = CANONICAL.timestamp()
    assert now - 3 * 366 * 86_400 < low < high <= now


def test_what_is_usually_large_is_not_negative_in_a_small_type() -> None:
    size = Column("max_log_size", TINY, nullable=False)
    assert number_window(size, base_domain(size))[:2] == (0, 127)
