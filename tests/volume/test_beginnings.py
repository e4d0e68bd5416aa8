"""Uniques that see the beginning of a text alone: kept, and no table refused that has room enough."""

from collections.abc import Mapping
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from llmgen.bulk import plan_volume
from llmgen.errors import InputError
from llmgen.schema.sql.reader import parse_schema
from llmgen.settings import ColumnSettings
from llmgen.volume.request import Count, Request
from llmgen.volume.rows import Rows

NOW = datetime(2026, 3, 12, tzinfo=UTC)


def _rows(check: str, unique: str, count: int, columns: Mapping[str, ColumnSettings] = {}) -> list[dict[str, str]]:
    sql = f"""
    CREATE TABLE o (id serial PRIMARY KEY);
    CREATE TABLE t (id serial PRIMARY KEY, o_id int NOT NULL REFERENCES o,
      code varchar(20) NOT NULL {f"CHECK ({check})" if check else ""});
    CREATE UNIQUE INDEX apart ON t ({unique});
    """
    request = Request("1", NOW, counts={"o": Count(10), "t": Count(count)}, columns=columns)
    rows = Rows(plan_volume(parse_schema(sql, "x.sql", "postgres"), request)[0])
    found: list[dict[str, str]] = pa.table(rows.cells("t", np.arange(count, dtype=np.uint64))).to_pylist()
    return found


@pytest.mark.parametrize(
    ("check", "size", "count"),
    [
        ("code ~ '^[a-z][a-z]$'", 1, 26),
        ("code ~ '^AB-[0-9]{3}-[A-Z]{4}$'", 6, 1000),
        ("code ~ '^(X|[a-z]{2})$'", 1, 10),
        ("length(code) > 10", 4, 500),
        ("code IN ('alpha', 'avocado', 'beta')", 1, 2),
        ("", 5, 2000),
    ],
)
def test_texts_differ_where_the_unique_looks(check: str, size: int, count: int) -> None:
    assert len({row["code"][:size] for row in _rows(check, f"left(code, {size})", count)}) == count


def test_each_parent_may_have_every_beginning() -> None:
    rows = _rows("code ~ '^[a-z]{3}$'", "o_id, left(code, 1)", 200)
    assert len({(row["o_id"], row["code"][0]) for row in rows}) == 200


def test_each_parent_may_have_every_text_of_a_short_pattern() -> None:
    rows = _rows("code ~ '^[a-z]$'", "o_id, code", 200)
    assert len({(row["o_id"], row["code"]) for row in rows}) == 200


@pytest.mark.parametrize(
    ("check", "size", "count"), [("code ~ '^[a-z][a-z]$'", 1, 27), ("code ~ '^AB-[0-9]{3}$'", 3, 2)]
)
def test_more_rows_than_beginnings_are_refused(check: str, size: int, count: int) -> None:
    with pytest.raises(InputError, match=rf"only {count - 1} fit unique"):
        _rows(check, f"left(code, {size})", count)


def test_of_declared_values_that_begin_alike_the_first_is_written() -> None:
    given = {"t.code": ColumnSettings(choice=("alpha", "avocado", "beta"))}
    assert {row["code"] for row in _rows("", "left(code, 1)", 2, given)} == {"alpha", "beta"}
