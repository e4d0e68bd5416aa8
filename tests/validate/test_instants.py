"""Moving a case from the canonical instant to another: exactly, by whole days, or not at all."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmgen.dataset import Case, CaseRow
from llmgen.schema.model import Schema
from llmgen.schema.sql import read_schema
from llmgen.validate.instants import CANONICAL, PROBES, Moves, dated_columns, place, rows_by_table

DDL = """
CREATE TABLE t (
  id int PRIMARY KEY, moment timestamptz, by_day timestamptz, wall timestamp, day date, birthday date, clock time,
  note varchar(40)
);
"""
ROW = {
    "id": 7,
    "moment": datetime(2026, 3, 12, 22, 0, 1, tzinfo=UTC),
    "by_day": datetime(2026, 3, 12, 22, 0, 1, tzinfo=UTC),
    "wall": datetime(2026, 3, 12, 22),
    "day": date(2026, 3, 12),
    "birthday": date(2000, 2, 29),
    "clock": time(9),
    "note": "ends {t.by_day}",
}
MOVES = Moves(frozenset([("t", "birthday")])).with_days([("t", "by_day")])
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    file = tmp_path_factory.mktemp("schema") / "s.sql"
    file.write_text(DDL, "utf-8")
    return read_schema(file)


def moved(schema: Schema, now: datetime, moves: Moves = MOVES) -> dict[str, object]:
    return place(schema, Case(0, (CaseRow("t", "t/0", dict(ROW)),)), now, 1, moves).rows[0].values


def test_the_dated_columns_are_moments_and_dates_but_no_times_of_day(schema: Schema) -> None:
    assert {name for _, name in dated_columns(schema)} == {"moment", "by_day", "wall", "day", "birthday"}


def test_nothing_moves_at_the_canonical_instant_and_placeholders_are_filled(schema: Schema) -> None:
    assert moved(schema, CANONICAL) == {**ROW, "note": "ends 2026-03-12 22:00 UTC"}


@given(moments)
def test_each_column_moves_as_it_should(schema: Schema, now: datetime) -> None:
    row = moved(schema, now)
    days = timedelta(days=(now.date() - CANONICAL.date()).days)
    assert row["moment"] - now == ROW["moment"] - CANONICAL  # type: ignore[operator]
    assert row["wall"] == ROW["wall"] + (now - CANONICAL)
    assert row["by_day"] == ROW["by_day"] + days
    assert row["day"] == ROW["day"] + days
    assert (row["birthday"], row["clock"], row["id"]) == (ROW["birthday"], ROW["clock"], ROW["id"])
    assert str(row["note"]).startswith(f"ends {row['by_day']:%Y-%m-%d} 22:00")


@given(moments)
def test_tomorrow_stays_tomorrow_by_days_and_an_hour_stays_an_hour_exactly(schema: Schema, now: datetime) -> None:
    row = moved(schema, now)
    assert row["by_day"].date() == now.date() + timedelta(days=1)  # type: ignore[attr-defined]
    assert row["day"] == now.date() + timedelta(days=1)


def test_the_zone_of_now_does_not_matter(schema: Schema) -> None:
    now = datetime(2027, 1, 1, 0, 5, tzinfo=UTC)
    assert moved(schema, now.astimezone(timezone(timedelta(0), "GMT"))) == moved(schema, now)


def test_an_absolute_moment_never_moves(schema: Schema) -> None:
    every = Moves(dated_columns(schema), frozenset([("t", "moment")]))
    row = moved(schema, PROBES[3], every)
    assert {name: row[name] for name in ROW if name != "note"} == {name: ROW[name] for name in ROW if name != "note"}


def test_a_moment_at_the_edge_of_the_calendar_stays(schema: Schema) -> None:
    row = CaseRow("t", "t/0", {"moment": datetime.max.replace(tzinfo=UTC), "day": date.max, "note": None})
    placed = place(schema, Case(0, (row,)), PROBES[0], 1, Moves())
    assert placed.rows[0].values == row.values


def test_the_probes_stand_for_the_edges_of_day_month_and_year() -> None:
    days = {(probe.month, probe.day) for probe in PROBES}
    assert {(2, 28), (2, 29), (12, 31), (5, 31)} <= days
    assert len(PROBES) == 8
    assert min(probe.time() for probe in PROBES) < time(0, 30)
    assert max(probe.time() for probe in PROBES) > time(23)


def test_rows_by_table_keep_their_order() -> None:
    rows = [CaseRow("a", "a/0", {"x": 1}), CaseRow("b", "b/0", {"x": 2}), CaseRow("a", "a/1", {"x": 3})]
    assert rows_by_table(rows) == {"a": [{"x": 1}, {"x": 3}], "b": [{"x": 2}]}
