"""Columns whose names say which of them holds the lesser value."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from llmgen.bulk import plan_volume
from llmgen.schema.model import Dialect
from llmgen.schema.sql.reader import parse_schema
from llmgen.volume.orders import with_orders
from llmgen.volume.request import Request
from llmgen.volume.rows import Rows

NOW = datetime(2026, 3, 12, tzinfo=UTC)
SESSIONS = """
CREATE TABLE sessions (
  id int PRIMARY KEY, last_turn_at timestamp, first_turn_at timestamp, min_size int NOT NULL, max_size int NOT NULL,
  created int, updated int, first_name varchar(40), last_name varchar(40),
  upper_limit decimal(8,2), lower_limit decimal(8,2)
)
"""


@pytest.mark.parametrize("dialect", ["postgres", "mysql", "sqlite"])
def test_the_lesser_is_never_above_the_greater(dialect: Dialect) -> None:
    schema = parse_schema(SESSIONS, "s.sql", dialect)
    rows = Rows(plan_volume(schema, Request("7", NOW, every=400, edges=0.5))[0])
    cells = {
        name: column.to_pylist() for name, column in rows.edged("sessions", np.arange(400, dtype=np.uint64))[0].items()
    }
    pairs = (
        ("first_turn_at", "last_turn_at"),
        ("created", "updated"),
        ("min_size", "max_size"),
        ("lower_limit", "upper_limit"),
    )
    for least, most in pairs:
        both = [pair for pair in zip(cells[least], cells[most], strict=True) if None not in pair]
        assert len(both) > 50
        assert all(low <= high for low, high in both), least


@pytest.mark.parametrize(
    "columns",
    [
        "first_name text, last_name text",
        "min_size int, max_size text",
        "min_size int, max_size int, CHECK (min_size < max_size)",
        "min_size int UNIQUE, max_size int",
        "created timestamp, updated timestamp",
        "min_size int, size int",
    ],
)
def test_texts_kinds_that_differ_and_columns_with_constraints_are_left_alone(columns: str) -> None:
    table = parse_schema(f"CREATE TABLE t ({columns})", "s.sql", "postgres").table("t")
    assert with_orders(table, "postgres", ()) == table


def test_columns_that_are_declared_are_left_alone() -> None:
    table: Any = parse_schema("CREATE TABLE t (min_size int, max_size int)", "s.sql", "postgres").table("t")
    assert [check.sql for check in with_orders(table, "postgres", ()).checks] == ['"min_size" <= "max_size"']
    assert with_orders(table, "postgres", {"max_size"}) == table
