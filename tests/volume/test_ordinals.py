"""Columns in turn: distinct values of their domain, ranges that never overlap, the same in any part of the rows."""

from datetime import UTC, date, datetime
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from llmgen.bulk import plan_volume
from llmgen.errors import DataError, InputError
from llmgen.schema.sql.reader import parse_schema
from llmgen.volume.request import Count, Request
from llmgen.volume.rows import Rows

NOW = datetime(2026, 3, 12, tzinfo=UTC)


def made(sql: str, **counts: int | Count) -> Rows:
    schema = parse_schema(sql, "x.sql", "postgres")
    asked = {name: Count(count) if isinstance(count, int) else count for name, count in counts.items()}
    return Rows(plan_volume(schema, Request("7", NOW, counts=asked, edges=0.5))[0])


def cells(rows: Rows, table: str) -> pa.Table:
    return pa.table(rows.edged(table, np.arange(rows.plan.counts[table], dtype=np.uint64))[0])


def in_turn(column: str, per: int) -> tuple[Rows, pa.Table]:
    sql = f"""CREATE TABLE o (id int PRIMARY KEY);
    CREATE TABLE t (o_id int NOT NULL REFERENCES o, turn {column}, PRIMARY KEY (o_id, turn));"""
    rows = made(sql, o=3, t=Count(per=(per, per), parent="o"))
    return rows, cells(rows, "t")


@pytest.mark.parametrize(
    ("column", "per", "low", "high"),
    [
        ("smallint NOT NULL CHECK (turn BETWEEN 0 AND 20)", 21, 0, 20),
        ("smallint NOT NULL CHECK (turn BETWEEN 1 AND 20)", 20, 1, 20),
        ("int NOT NULL CHECK (turn BETWEEN -5 AND 15)", 21, -5, 15),
        ("int NOT NULL CHECK (turn >= -1000 AND turn <= 100)", 300, -199, 100),
        ("int NOT NULL CHECK (turn % 5 = 0 AND turn BETWEEN 0 AND 50)", 10, 5, 50),
        ("int NOT NULL CHECK (turn BETWEEN -3 AND 6 AND turn NOT IN (2, -2))", 8, -3, 6),
        ("date NOT NULL CHECK (turn <= '2020-12-31')", 800, date(2018, 10, 24), date(2020, 12, 31)),
        ("date NOT NULL CHECK (turn BETWEEN '2020-12-01' AND '2020-12-31')", 31, date(2020, 12, 1), date(2020, 12, 31)),
        ("date NOT NULL CHECK (turn IN ('2021-01-01', '2020-12-05'))", 2, date(2020, 12, 5), date(2021, 1, 1)),
    ],
)
def test_numbers_and_dates_in_turn_stay_in_their_domain_up_to_its_last_value(column, per, low, high):
    rows, whole = in_turn(column, per)
    turns = whole["turn"].to_pylist()
    assert (min(turns), max(turns)) == (low, high)
    assert len(set(zip(whole["o_id"].to_pylist(), turns, strict=True))) == 3 * per == len(whole)
    parts = [pa.table(rows.cells("t", part)) for part in np.array_split(np.arange(3 * per, dtype=np.uint64), 5)]
    assert pa.concat_tables(parts).combine_chunks().equals(whole.combine_chunks())


def test_more_turns_than_the_domain_has_values_are_refused():
    with pytest.raises(InputError, match="21 values of turn"):
        in_turn("smallint NOT NULL CHECK (turn BETWEEN 0 AND 20)", 22)


def ranges(checks: str, kind: str = "timestamptz", range_: str = "tstzrange", rows: int = 300) -> list[tuple]:
    sql = f"""CREATE TABLE t (id int PRIMARY KEY, low {kind} NOT NULL, high {kind} NOT NULL,
    EXCLUDE USING gist ({range_}(low, high) WITH &&){checks});"""
    whole = cells(made(sql, t=rows), "t")
    return sorted(zip(whole["low"].to_pylist(), whole["high"].to_pylist(), strict=True))


@pytest.mark.parametrize(
    "checks",
    [
        "",
        ", CHECK (low > '2030-01-01')",
        ", CHECK (high < '2024-05-01')",
        ", CHECK (high > '2030-01-01')",
        ", CHECK (low > '2024-03-01'), CHECK (high < '2024-03-02'), CHECK (low < high)",
    ],
)
def test_two_ends_in_turn_start_from_what_the_checks_of_both_leave(checks):
    found = ranges(checks)
    assert all(low < high for low, high in found)
    assert all(high <= low for (_, high), (low, _) in pairwise(found))
    if "'2030" in checks:
        assert found[0][1] > datetime(2030, 1, 1, tzinfo=UTC)
    if "< '2024" in checks:
        assert found[-1][1] < datetime(2024, 5, 1, tzinfo=UTC)
    if "'2024-03-01'" in checks:
        assert found[0][0] > datetime(2024, 3, 1, tzinfo=UTC)
        assert found[-1][1] < datetime(2024, 3, 2, tzinfo=UTC)


def test_counted_ends_show_no_edge_values_and_go_below_one_where_there_is_no_room_above():
    assert ranges("", "int", "int4range") == [(at, at + 1) for at in range(1, 601, 2)]
    assert ranges(", CHECK (high <= 500)", "int", "int4range")[-1] == (499, 500)


@pytest.mark.parametrize(
    ("checks", "room"),
    [
        (", CHECK (low > 0), CHECK (high <= 500)", 250),
        (", CHECK (low < 10), CHECK (high > 10)", 0),
    ],
)
def test_more_ranges_than_the_checks_leave_room_for_are_refused(checks, room):
    with pytest.raises(InputError, match=f"{room} rows|{room} values"):
        ranges(checks, "int", "int4range")


@pytest.mark.parametrize(("kind", "rows", "room"), [("daterange", 400_000, 1_450_000), ("int4range", 1, 1_073_741_823)])
def test_ranges_have_room_for_so_many_and_no_more(kind, rows, room):
    sql = f"CREATE TABLE t (id bigint PRIMARY KEY, during {kind} NOT NULL, EXCLUDE USING gist (during WITH &&));"
    some = made(sql, t=rows).cells("t", np.arange(0, rows, 1_000, dtype=np.uint64), ["during"])["during"]
    assert pc.count_distinct(some).as_py() == -(-rows // 1_000)
    with pytest.raises(InputError, match=f"{room:,}"):
        made(sql, t=room + 1)


def test_a_check_that_ranges_in_turn_break_is_heard_of():
    with pytest.raises(DataError, match="no row was found that passes brief"):
        ranges(", CONSTRAINT brief CHECK (high - low <= interval '2 hours')")


EQUAL = "CREATE TABLE t (id int PRIMARY KEY, code int NOT NULL CHECK (code BETWEEN 1 AND {}), kind int NOT NULL, {})"


@pytest.mark.parametrize("elements", ["code WITH =", "code WITH =, kind WITH <>"])
def test_an_exclude_over_equal_values_is_kept_as_a_unique(elements):
    whole = cells(made(EQUAL.format(1000, f"EXCLUDE USING gist ({elements})"), t=300), "t")
    assert len(set(whole["code"].to_pylist())) == 300


def test_an_exclude_over_several_equal_columns_is_kept_by_all_of_them():
    checks = "CHECK (kind BETWEEN 1 AND 20), EXCLUDE USING gist (code WITH =, kind WITH =)"
    whole = cells(made(EQUAL.format(40, checks), t=300), "t")
    assert len(set(zip(whole["code"].to_pylist(), whole["kind"].to_pylist(), strict=True))) == 300


@pytest.mark.parametrize("unique", ["EXCLUDE USING gist (code WITH =) WHERE (kind > 2)", "CHECK (true)"])
def test_a_partial_one_leaves_the_other_rows_alone(unique):
    sql = EQUAL.format(40, unique) + "; CREATE UNIQUE INDEX again ON t (code) WHERE kind > 2"
    whole = cells(made(sql, t=300), "t").to_pylist()
    inside = [row["code"] for row in whole if row["kind"] > 2]
    assert len(inside) == len(set(inside)) > 5


@pytest.mark.parametrize("elements", ["kind WITH <>", "tags WITH &&"])
def test_an_exclude_that_nothing_is_known_to_keep_leaves_one_row(elements):
    sql = (
        f"CREATE TABLE t (id int PRIMARY KEY, kind int NOT NULL, tags int[] NOT NULL, EXCLUDE USING gist ({elements}));"
    )
    assert len(cells(made(sql, t=1), "t")) == 1
    with pytest.raises(InputError, match="only 1 fit"):
        made(sql, t=2)


def test_a_range_that_is_reckoned_from_a_column_is_refused_not_hoped_for() -> None:
    sql = "CREATE TABLE t (id serial PRIMARY KEY, x int NOT NULL, EXCLUDE USING gist (int4range(x, x + 10) WITH &&));"
    schema = parse_schema(sql, "t.sql", "postgres")
    with pytest.raises(InputError, match="only 1 fit"):
        plan_volume(schema, Request("1", NOW, counts={"t": Count(20)}))
