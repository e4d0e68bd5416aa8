"""What is likely of columns nobody has declared: moments, money, flags and NULLs by their names."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
import pyarrow as pa
import pytest

from llmgen.bulk import plan_volume
from llmgen.schema.sql.reader import parse_schema
from llmgen.volume.request import Request
from llmgen.volume.rows import Rows

NOW = datetime(2026, 3, 12, tzinfo=UTC)
ROWS = 4_000
SCHEMA = parse_schema(
    """
    CREATE TYPE state AS ENUM ('open', 'closed');
    CREATE TABLE users (
      id serial PRIMARY KEY, given_name text, middle_name text, is_active boolean NOT NULL, is_admin boolean NOT NULL,
      has_car boolean NOT NULL, email_verified boolean NOT NULL, deleted_at timestamptz,
      created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL,
      price numeric(8,2) NOT NULL, quantity int NOT NULL CHECK (quantity % 5 = 0),
      rating int NOT NULL CHECK (rating BETWEEN 1 AND 5), state state NOT NULL,
      posted date NOT NULL CHECK (posted >= '2026-03-01'), latest timestamptz CHECK (latest > created_at));
    """,
    "users.sql",
    "postgres",
)


@pytest.fixture(scope="module")
def users() -> pa.Table:
    rows = Rows(plan_volume(SCHEMA, Request("7", NOW, every=ROWS))[0])
    return pa.table(rows.cells("users", np.arange(ROWS, dtype=np.uint64)))


def test_recent_moments_are_the_more_frequent_and_most_lie_in_the_day(users: pa.Table) -> None:
    created = users["created_at"].to_pylist()
    assert NOW - timedelta(days=731) <= min(created)
    assert max(created) <= NOW
    last_year = sum(one > NOW - timedelta(days=365) for one in created)
    assert 0.6 < last_year / ROWS < 0.72
    hours = Counter(one.hour for one in created)
    assert min(hours[hour] for hour in range(9, 18)) > 5 * max(hours[hour] for hour in range(2, 5))
    assert all(one.microsecond == 0 for one in created)


def test_changes_follow_soon_and_never_before_or_in_the_future(users: pa.Table) -> None:
    lags = []
    for user in users.to_pylist():
        assert user["created_at"] <= user["updated_at"] <= NOW
        lags.append((user["updated_at"] - user["created_at"]) / (NOW - user["created_at"]))
    assert np.mean([lag < 0.05 for lag in lags]) > 0.3
    assert max(lags) > 0.8


def test_flags_and_nulls_go_by_what_the_names_say(users: pa.Table) -> None:
    true = {name: np.mean(users[name].to_pylist()) for name in ("is_active", "is_admin", "has_car", "email_verified")}
    assert true == pytest.approx({"is_active": 0.9, "is_admin": 0.05, "has_car": 0.5, "email_verified": 0.8}, abs=0.03)
    empty = {name: users[name].null_count / ROWS for name in ("deleted_at", "middle_name")}
    assert empty == pytest.approx({"deleted_at": 0.9, "middle_name": 0.7}, abs=0.03)


def test_cheap_things_and_small_counts_are_the_more_frequent(users: pa.Table) -> None:
    prices = sorted(float(price) for price in users["price"].to_pylist())
    assert prices[0] >= 5
    assert prices[ROWS // 2] < 60
    assert prices[-1] > 300
    ratings = Counter(users["rating"].to_pylist())
    assert set(ratings) == {1, 2, 3, 4, 5}
    assert ratings[1] < ratings[3] < ratings[4]


def test_checks_narrow_what_is_likely(users: pa.Table) -> None:
    assert {quantity % 5 for quantity in users["quantity"].to_pylist()} == {0}
    assert min(users["posted"].to_pylist()) >= datetime(2026, 3, 1).date()
    assert all(user["latest"] is None or user["latest"] > user["created_at"] for user in users.to_pylist())


def test_texts_that_say_nothing_better_mostly_keep_their_default() -> None:
    sql = """
    CREATE TABLE t (id serial PRIMARY KEY, period varchar(32) NOT NULL DEFAULT '365d', flag char(2) DEFAULT 'on',
      status text NOT NULL DEFAULT 'it''s new'::text, name text NOT NULL DEFAULT 'no name',
      hint text DEFAULT '' NOT NULL,
      mark varchar(20) UNIQUE DEFAULT 'x', made text NOT NULL DEFAULT lower('X'))
    """
    cells = Rows(plan_volume(parse_schema(sql, "s.sql", "postgres"), Request("7", NOW, every=1_000))[0]).cells(
        "t", np.arange(1_000, dtype=np.uint64)
    )
    counts = {name: Counter(column.to_pylist()) for name, column in cells.items()}
    assert 800 < counts["period"]["365d"] < 900
    assert 700 < counts["flag"]["on"] < 830
    assert 550 < counts["status"]["it's new"] < 650
    assert counts["name"]["no name"] == counts["hint"][""] == counts["made"]["x"] == 0
    assert counts["mark"].most_common(1)[0][1] == 1 or counts["mark"].most_common(1)[0][0] is None


def test_unique_texts_that_are_called_uuids_are_uuids() -> None:
    sql = "CREATE TABLE t (id serial PRIMARY KEY, session_uuid text UNIQUE NOT NULL, guid char(32) UNIQUE NOT NULL)"
    rows = Rows(plan_volume(parse_schema(sql, "s.sql", "postgres"), Request("7", NOW, every=1_000))[0])
    cells = rows.cells("t", np.arange(1_000, dtype=np.uint64))
    for name, size in (("session_uuid", 36), ("guid", 32)):
        texts = cells[name].to_pylist()
        assert len(set(texts)) == 1_000
        assert all(len(text) == size and UUID(text).version == 4 for text in texts)
