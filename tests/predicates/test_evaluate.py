"""The Arena answers as PostgreSQL does, sees one case at a time, reaches nothing outside, passes nothing unjudged."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest
from conformance import DDL, ROWS
from conformance import SCHEMA as THINGS
from psycopg.types.json import Jsonb

from llmgen.errors import DataError
from llmgen.predicates.arrays import to_array
from llmgen.predicates.evaluate import Arena, Hit
from llmgen.predicates.normalise import check_predicate, expect_predicate, query_predicate
from llmgen.schema.model import Column, ColumnType, Schema, Table

NOW = datetime(2026, 3, 11, 15, 30, tzinfo=UTC)
LINES = (Path(__file__).parent / "conformance.txt").read_text("utf-8").splitlines()[1:]
TRUTH = [(sql, truth) for truth, _, sql in (line.partition(" ") for line in LINES)]

NUMBER, MOMENT = ColumnType("integer", "bigint"), ColumnType("timestamptz", "timestamptz")
MONEY = ColumnType("decimal", "numeric(10,2)", precision=10, scale=2)


def table(name: str, **columns: ColumnType) -> Table:
    return Table(name, tuple(Column(column, kind) for column, kind in columns.items()))


SCHEMA = Schema(
    (
        table("subs", id=NUMBER, plan_id=NUMBER, ends=MOMENT, note=ColumnType("text", "text")),
        table("invoices", id=NUMBER, sub_id=NUMBER, total=MONEY),
        table("plans", id=NUMBER, price=NUMBER),
    )
)


def load(
    arena: Arena, table: str, *rows: tuple[int, int, dict[str, Any]], now: Sequence[datetime] = (NOW, NOW)
) -> None:
    cases, at, values = zip(*rows, strict=True)
    arena.load(table, values, cases, at, [now[instant] for instant in at], range(len(rows)))


@pytest.fixture
def arena() -> Iterator[Arena]:
    with Arena(SCHEMA) as arena:
        yield arena


def falls(arena: Arena, sql: str) -> list[tuple[int, int]]:
    """The (case, instant) of every root row for which the expect is not true."""
    predicate = expect_predicate(SCHEMA, "subs", sql, "expect:0", frozenset({"plans"}))
    hits = arena.failing([predicate])[0]
    assert not arena.skipped
    return [(hit.case, hit.at) for hit in hits]


@pytest.fixture(scope="module")
def things() -> Iterator[Arena]:
    with Arena(THINGS) as arena:
        nothing = [0] * len(ROWS)
        arena.load("things", ROWS, [-1] * len(ROWS), nothing, [NOW] * len(ROWS), range(len(ROWS)))
        yield arena


def test_agrees_with_postgres_on_every_row(things: Arena) -> None:
    """FALSE by the predicate, TRUE by its opposite, else NULL: the three truths of every predicate and row."""
    plain = [check_predicate(THINGS, "things", sql, sql) for sql, _ in TRUTH]
    opposite = [check_predicate(THINGS, "things", f"NOT ({sql})", f"not {sql}") for sql, _ in TRUTH]
    assert not [predicate.reason for predicate in plain + opposite if predicate.status == "opaque"]
    false, true = things.failing(plain), things.failing(opposite)
    assert not things.skipped
    wrong = []
    for (sql, truth), false_hits, true_hits in zip(TRUTH, false, true, strict=True):
        said = ["n"] * len(ROWS)
        for hit in false_hits:
            said[hit.row] = "f"
        for hit in true_hits:
            said[hit.row] = "t"
        if "".join(said) != truth:
            wrong.append((sql, truth, "".join(said)))
    assert not wrong
    assert len(TRUTH) > 250


@pytest.mark.postgres
def test_the_stored_truth_is_postgres_own(postgres: psycopg.Connection[Any]) -> None:
    postgres.execute("SET TimeZone = 'UTC'")
    for statement in f"{DDL.strip()};\nALTER TABLE things ADD COLUMN ordinal serial".split(";\n"):
        postgres.execute(statement.encode())
    for row in ROWS:
        cells = [Jsonb(cell) if name == "x" and cell is not None else cell for name, cell in row.items()]
        postgres.execute(f"INSERT INTO things VALUES ({', '.join(['%s'] * len(cells))})".encode(), cells)
    wrong = []
    for sql, truth in TRUTH:
        rows = postgres.execute(f"SELECT ({sql}) FROM things ORDER BY ordinal".encode()).fetchall()
        said = "".join({True: "t", False: "f", None: "n"}[value] for (value,) in rows)
        if said != truth:
            wrong.append((sql, truth, said))
    assert not wrong


def test_integers_on_both_sides_of_what_is_signed_are_kept() -> None:
    kind = ColumnType("integer", "bigint unsigned", bits=64, unsigned=True)
    for cells in ([2**64 - 1, 3], [2**64 - 1, None, 3], [-1, 2**63], [2**53 + 1, -2]):
        assert to_array(cells, kind).tolist() == cells
    with pytest.raises(TypeError, match=r"2\.5 is not int64"):
        to_array([1, 2.5], kind)


def test_hits_name_case_instant_and_number(arena: Arena) -> None:
    rows: list[dict[str, Any]] = [{"id": 1}, {"id": -1}, {"id": None}, {"id": -2}]
    arena.load("subs", rows, [0, 0, 1, -1], [0, 3, 0, 0], [NOW] * 4, [7, 8, 9, 10])
    first = check_predicate(SCHEMA, "subs", "id > 0", "check:first")
    second = check_predicate(SCHEMA, "subs", "id <> 1", "check:second")
    assert arena.failing([first, second]) == [[Hit(-1, 0, 10), Hit(0, 3, 8)], [Hit(0, 0, 7)]]


def test_null_passes_a_check_and_fails_an_expect(arena: Arena) -> None:
    load(arena, "subs", (0, 0, {"id": None}))
    assert arena.failing([check_predicate(SCHEMA, "subs", "id > 0", "check:x")]) == [[]]
    assert falls(arena, "id > 0") == [(0, 0)]


def test_sub_selects_see_only_their_case_and_instant(arena: Arena) -> None:
    load(arena, "subs", (0, 0, {"id": 1}), (1, 0, {"id": 1}), (0, 1, {"id": 1}), (1, 1, {"id": 1}))
    load(arena, "invoices", (0, 0, {"id": 1, "sub_id": 1, "total": Decimal("5.00")}), (1, 1, {"id": 2, "sub_id": 1}))
    assert falls(arena, "EXISTS (SELECT 1 FROM invoices)") == [(0, 1), (1, 0)]
    assert falls(arena, "(SELECT count(*) FROM invoices) = 0") == [(0, 0), (1, 1)]
    assert falls(arena, "ROOT.id IN (SELECT sub_id FROM invoices)") == [(0, 1), (1, 0)]
    assert falls(arena, "(SELECT count(*) FROM subs s WHERE s.id = ROOT.id) = 1") == []
    nested = "EXISTS (SELECT 1 FROM subs s WHERE NOT EXISTS (SELECT 1 FROM invoices i WHERE i.sub_id = s.id))"
    assert falls(arena, nested) == [(0, 0), (1, 1)]
    derived = (
        "(SELECT count(*) FROM (SELECT sub_id, sum(total) AS t FROM invoices GROUP BY sub_id) x WHERE x.t = 5) = 1"
    )
    assert falls(arena, derived) == [(0, 1), (1, 0), (1, 1)]


def test_a_left_join_keeps_what_has_no_match(arena: Arena) -> None:
    load(arena, "subs", (0, 0, {"id": 1}), (1, 0, {"id": 1}))
    load(arena, "invoices", (0, 0, {"id": 1, "sub_id": 1}))
    sql = "EXISTS (SELECT 1 FROM subs s LEFT JOIN invoices i ON i.sub_id = s.id WHERE i.id IS NULL)"
    assert falls(arena, sql) == [(0, 0)]


def test_shared_rows_belong_to_all_cases_of_the_instant(arena: Arena) -> None:
    load(arena, "subs", (0, 0, {"plan_id": 1}), (1, 0, {"plan_id": 2}), (0, 1, {"plan_id": 1}))
    load(arena, "plans", (-1, 0, {"id": 1, "price": 10}), (-1, 0, {"id": 2, "price": 20}))
    assert falls(arena, "(SELECT price FROM plans WHERE id = plan_id) > 0") == [(0, 1)]
    assert falls(arena, "(SELECT p.price FROM plans p WHERE p.id = ROOT.plan_id) = 10") == [(0, 1), (1, 0)]


def test_now_is_the_instant_and_tomorrow_has_both_bounds(arena: Arena) -> None:
    late = datetime(2026, 3, 11, 23, 30, tzinfo=UTC)
    ends = [
        datetime(2026, 3, 12, tzinfo=UTC),
        datetime(2026, 3, 12, 23, 59, 59, tzinfo=UTC),
        datetime(2026, 3, 13, tzinfo=UTC),
        datetime(2026, 3, 11, 23, 59, tzinfo=UTC),
    ]
    load(
        arena,
        "subs",
        *((case, 0, {"ends": end}) for case, end in enumerate(ends)),
        (9, 1, {"ends": ends[0]}),
        now=(NOW, late),
    )
    tomorrow = "ROOT.ends >= current_date + interval '1 day' AND ends < current_date + interval '2 days'"
    assert falls(arena, tomorrow) == [(2, 0), (3, 0)]
    assert falls(arena, "ends > now() + interval '1 hour'") == [(9, 1)]
    assert falls(arena, "EXISTS (SELECT 1 FROM subs s WHERE s.ends - CURRENT_TIMESTAMP < interval '9 hours')") == [
        (1, 0),
        (2, 0),
    ]
    assert falls(arena, "(ends AT TIME ZONE 'Asia/Tokyo')::date = current_date + 1") == [(1, 0), (2, 0)]


def test_windows_and_filters_inside_sub_selects(arena: Arena) -> None:
    load(arena, "subs", (0, 0, {"id": 1}), (1, 0, {"id": 1}))
    load(
        arena,
        "invoices",
        *(
            (case, 0, {"id": k, "sub_id": 1, "total": Decimal(total)})
            for case, totals in enumerate(["123", "321"])
            for k, total in enumerate(totals)
        ),
    )
    lagged = "SELECT total, lag(total) OVER (ORDER BY id) AS before FROM invoices"
    rising = f"NOT EXISTS (SELECT 1 FROM ({lagged}) x WHERE x.total <= x.before)"
    assert falls(arena, rising) == [(1, 0)]
    assert falls(arena, "(SELECT count(*) FILTER (WHERE total > 1) FROM invoices) = 2") == []
    assert falls(arena, "(SELECT total FROM invoices ORDER BY id DESC LIMIT 1) = 3") == [(1, 0)]


def test_what_fails_is_skipped_with_its_reason_and_the_rest_is_judged(arena: Arena) -> None:
    load(arena, "subs", (0, 0, {"id": -1, "note": "abc"}))
    faulty = check_predicate(SCHEMA, "subs", "note::integer > 0", "check:faulty")
    opaque = check_predicate(SCHEMA, "subs", "own(note)", "check:opaque")
    sound = check_predicate(SCHEMA, "subs", "id > 0", "check:sound")
    assert arena.failing([faulty, opaque, sound]) == [[], [], [Hit(0, 0, 0)]]
    assert set(arena.skipped) == {("subs", "check:faulty"), ("subs", "check:opaque")}
    assert "Conversion" in arena.skipped["subs", "check:faulty"]


def test_an_empty_arena_finds_what_cannot_be_bound(arena: Arena) -> None:
    arena.failing([expect_predicate(SCHEMA, "subs", "ROOT.ends > 5", "expect:0", frozenset())])
    assert ("subs", "expect:0") in arena.skipped


def test_rules_see_one_instant(arena: Arena) -> None:
    load(
        arena,
        "subs",
        (0, 0, {"id": 1, "ends": NOW}),
        (0, 1, {"id": 2, "ends": NOW}),
        now=(NOW - timedelta(1), NOW + timedelta(1)),
    )
    rule = query_predicate(
        SCHEMA, "WITH past AS (SELECT * FROM subs WHERE ends < now()) SELECT id, ends FROM past;", "sql:past"
    )
    assert arena.offending(rule, at=0) == []
    assert arena.offending(rule, at=1) == [{"id": 2, "ends": NOW}]
    assert not arena.skipped
    grouped = query_predicate(
        SCHEMA,
        "-- why\nSELECT plan_id, count(*) AS n FROM subs GROUP BY plan_id HAVING count(*) > 0 ORDER BY n",
        "sql:n",
    )
    assert arena.offending(grouped, at=1) == [{"plan_id": None, "n": 1}]


def test_clear_empties_everything(arena: Arena) -> None:
    load(arena, "subs", (0, 0, {"id": -1}))
    arena.clear()
    assert arena.failing([check_predicate(SCHEMA, "subs", "id > 0", "check:x")]) == [[]]


@pytest.mark.parametrize(("column", "cell"), [("id", "abc"), ("id", 1.5), ("ends", "soon"), ("ends", 5)])
def test_a_cell_of_another_type_is_an_error_that_names_it(arena: Arena, column: str, cell: Any) -> None:
    with pytest.raises(DataError, match=f"subs.{column}"):
        load(arena, "subs", (0, 0, {column: cell}))


def test_the_arena_reaches_nothing_outside(arena: Arena, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n", "utf-8")
    for sql in (
        f"SELECT * FROM read_text('{secret}')",
        f"SELECT * FROM '{secret}'",
        f"COPY subs TO '{tmp_path}/out.csv'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        f"ATTACH '{tmp_path}/x.db'",
    ):
        with pytest.raises(duckdb.Error):
            arena._connection.execute(sql)


def test_wide_numbers_stay_exact(arena: Arena) -> None:
    load(arena, "invoices", (0, 0, {"id": 2**62, "total": Decimal("99999999.99")}), (1, 0, {"id": None, "total": None}))
    exact = [f"id = {2**62}", "total * total = 9999999998000000.0001", "total * total * total > 0"]
    assert arena.failing([check_predicate(SCHEMA, "invoices", sql, sql) for sql in exact]) == [[], [], []]
    assert not arena.skipped


def test_dates_are_dates(arena: Arena) -> None:
    schema = Schema((Table("days", (Column("day", ColumnType("date", "date")),)),))
    with Arena(schema) as days:
        days.load("days", [{"day": date(9999, 12, 31)}, {"day": date(1, 1, 1)}], [0, 0], [0, 0], [NOW, NOW], [0, 1])
        predicate = check_predicate(schema, "days", "day = '9999-12-31'", "check:x")
        assert days.failing([predicate]) == [[Hit(0, 0, 1)]]
