"""Rows completed by seed pass their CHECKs in the real evaluator, and depend on nothing but seed and identity."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmgen.canonical import CANONICAL
from llmgen.errors import DataError
from llmgen.plan import Route, routes
from llmgen.predicates.domains import model_of
from llmgen.predicates.evaluate import Arena
from llmgen.schema.model import Check, Column, ColumnType, ForeignKey, Schema, Table, Unique
from llmgen.values.fill import RowSpec, fill
from llmgen.values.streams import key, mix

TYPES: Mapping[str, ColumnType] = {
    "int": ColumnType("integer", "integer", bits=32),
    "small": ColumnType("integer", "smallint", bits=16),
    "dec": ColumnType("decimal", "numeric(10,2)", precision=10, scale=2),
    "num": ColumnType("decimal", "numeric"),
    "float": ColumnType("float", "double precision"),
    "text": ColumnType("text", "text"),
    "v3": ColumnType("text", "varchar(3)", length=3),
    "v20": ColumnType("text", "varchar(20)", length=20),
    "bool": ColumnType("boolean", "boolean"),
    "date": ColumnType("date", "date"),
    "time": ColumnType("time", "time"),
    "ts": ColumnType("timestamp", "timestamp"),
    "tz": ColumnType("timestamptz", "timestamptz"),
    "uuid": ColumnType("uuid", "uuid"),
    "json": ColumnType("json", "jsonb"),
    "tags": ColumnType("array", "text[]", element=ColumnType("text", "text")),
    "status": ColumnType("enum", "status", labels=("trialing", "active", "past_due", "canceled")),
}

# Name -> (columns, "!" is NOT NULL; CHECKs).
HARD: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "subscriptions": (
        "status:status! trial_ends_at:tz canceled_at:tz seats:int! started_at:tz!",
        (
            "(status = 'trialing') = (trial_ends_at IS NOT NULL)",
            "(status = 'canceled') = (canceled_at IS NOT NULL)",
            "seats BETWEEN 1 AND 500",
            "canceled_at >= started_at",
            "trial_ends_at > started_at AND trial_ends_at <= started_at + interval '30 days'",
        ),
    ),
    "one_owner": ("user_id:int org_id:int team_id:int", ("num_nonnulls(user_id, org_id, team_id) = 1",)),
    "some_owners": ("a:int b:int c:int d:int", ("num_nulls(a, b, c, d) IN (1, 2)",)),
    "sum_of_casts": ("a:text b:int c:date", ("(a IS NULL)::int + (b IS NULL)::int + (c IS NULL)::int = 1",)),
    "either_or": ("email:text phone:v20", ("(email IS NULL) <> (phone IS NULL)",)),
    "pairs": (
        "a:int b:int c:int d:int e:int f:int",
        tuple(f"({x} IS NULL) = ({y} IS NULL)" for x, y in ("ab", "cd", "ef", "af")),
    ),
    "kinds": (
        "kind:text! url:text path:text size:int",
        (
            "kind IN ('link', 'file', 'note')",
            "CASE kind WHEN 'link' THEN url LIKE 'https://%' AND url IS NOT NULL"
            " WHEN 'file' THEN path IS NOT NULL AND size > 0 ELSE url IS NULL AND path IS NULL END",
        ),
    ),
    "implication": ("primary_one:bool! verified:bool!", ("primary_one IS FALSE OR verified IS TRUE",)),
    "booleans": ("a:bool b:bool! c:bool", ("NOT (a AND b)", "c = (a OR b)", "coalesce(c, false) = b")),
    "ranges": (
        "a:int! b:dec! c:float! d:small! r:int!",
        ("a > 100000 AND a < 100004", "b >= 0.01 AND b <= 0.03", "c > 0 AND c < 1e-3", "d IN (-3, 7)", "r <> 12"),
    ),
    "days": (
        "born:date! hired:date! left_on:date",
        ("born BETWEEN '1930-01-01' AND now() - interval '9 y'", "hired > born + interval '5 y'", "left_on >= hired"),
    ),
    "chain": ("a:int! b:int! c:int! d:int!", ("a < b", "b < c", "c < d", "d <= 20", "a >= 17")),
    "offsets": ("a:date! b:date!", ("b - a BETWEEN 3 AND 5", "a >= DATE '2024-02-01'", "b <= DATE '2024-03-05'")),
    "months": ("a:date! b:date!", ("b <= a + interval '1 month'", "b > a")),
    "hours": ("opens:time! closes:time!", ("opens < closes", "opens >= '09:00'", "closes <= '09:02'")),
    "instants": ("a:ts! b:ts", ("b > a", "b < a + interval '2 hours'")),
    "totals": (
        "quantity:int! unit:dec! net:dec! tax:dec! total:dec!",
        (
            "quantity BETWEEN 1 AND 10",
            "unit > 0 AND unit <= 50",
            "net = quantity * unit",
            "tax >= 0 AND tax <= net",
            "total = net + tax",
        ),
    ),
    "shares": ("a:int! b:int! c:int!", ("a >= 0 AND b >= 0 AND c >= 0", "a + b + c = 100")),
    "product": ("q:int! p:int!", ("q > 0", "p > 0", "q * p <= 500")),
    "codes": (
        "code:v20! iso:v3! slug:text! hex:text!",
        (
            r"code ~ '^[A-Z]{2,4}-\d{3,}$'",
            "length(code) >= 10",
            "iso = upper(iso) AND length(iso) = 3",
            r"slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'",
            "slug NOT LIKE 'admin%'",
            r"hex ~* '^#[0-9A-F]{6}$'",
        ),
    ),
    "shaped": (
        "name:text! email:text! zip:text! url:text!",
        (
            "length(btrim(name)) >= 3",
            "position('@' in email) > 1",
            r"zip ~ '^[[:digit:]]{5}(-[[:digit:]]{4})?$'",
            "url LIKE 'https://_%.example/%'",
            "email = lower(email)",
        ),
    ),
    "folded": ("kind:v3! grade:text", ("upper(kind) IN ('W', 'S')", "upper(grade) = grade", "trim(grade) = grade")),
    "distinct_from": ("a:int b:int c:text", ("a IS DISTINCT FROM b", "c IS NOT DISTINCT FROM 'x' OR a = 4", "a <> 7")),
    "unlike": ("a:small! b:small!", ("a <> b", "a IN (1, 2)", "b IN (1, 2)")),
    "defaults": ("price:dec floor_price:dec!", ("coalesce(price, 0) >= floor_price", "floor_price BETWEEN 20 AND 30")),
    "arrays": ("tags:tags! note:text", ("cardinality(tags) BETWEEN 2 AND 3", "octet_length(note) <= 12")),
    "only_tested": ("a:int!", ("a % 5 = 0", "a % 3 = 1", "a BETWEEN 1 AND 100")),
}  # fmt: skip


def table_of(name: str, columns: str, checks: tuple[str, ...] = (), uniques: tuple[Unique, ...] = ()) -> Table:
    """A table in a line."""
    parts = [item.split(":") for item in columns.split()]
    return Table(
        name,
        tuple(Column(column, TYPES[kind.rstrip("!")], nullable=not kind.endswith("!")) for column, kind in parts),
        uniques=uniques,
        checks=tuple(Check(sql, (), f"check {place}") for place, sql in enumerate(checks)),
    )


def specs_of(count: int, known: Mapping[str, Any] = {}) -> list[RowSpec]:
    """Rows with identities and locales as a scenario deals them."""
    identities = mix(key("identities"), np.arange(count, dtype=np.uint64)).tolist()
    locales = ("en_US", "de_DE", "ja_JP", "pt_BR")
    return [RowSpec(identity, serial, locales[serial % 4], known) for serial, identity in enumerate(identities)]


def filled(table: Table, specs: list[RowSpec], seed: str = "7", arena: Arena | None = None) -> list[dict[str, Any]]:
    """`fill` with the routes that the plan gives."""
    schema = Schema((table,))
    return fill(schema, table, routes(schema)[table.name], specs, seed, arena)


def broken(table: Table, rows: list[dict[str, Any]], now: datetime = CANONICAL) -> list[str]:
    """The CHECKs that some row breaks, judged apart from fill."""
    schema = Schema((table,))
    checks = model_of(schema, table).predicates
    with Arena(schema) as arena:
        arena.load(table.name, rows, [-1] * len(rows), [0] * len(rows), [now] * len(rows), list(range(len(rows))))
        found = [check.sql for check, hits in zip(checks, arena.failing(checks), strict=True) if hits]
        assert not arena.skipped
    return found


@pytest.mark.parametrize("name", HARD)
def test_every_row_passes_every_check(name: str) -> None:
    table = table_of(name, *HARD[name])
    assert not [check for check in model_of(Schema((table,)), table).predicates if check.status == "opaque"]
    rows = filled(table, specs_of(60))
    assert broken(table, rows) == []
    for column in table.columns:
        assert all(column.name in row for row in rows)
        assert column.nullable or all(row[column.name] is not None for row in rows)


NARROW = "status:status! trial_ends_at:tz seats:int! name:v20 email:text! note:text flag:bool"
RULES = ("(status = 'trialing') = (trial_ends_at IS NOT NULL)", "seats BETWEEN 1 AND 50")


@given(st.permutations(range(24)), st.integers(0, 24))
@settings(max_examples=8)
def test_order_and_split_of_the_rows_change_nothing(order: list[int], cut: int) -> None:
    table = table_of("subscriptions", NARROW, RULES)
    specs = specs_of(24)
    whole = filled(table, specs)
    mixed = [specs[place] for place in order]
    parts = filled(table, mixed[:cut]) + filled(table, mixed[cut:])
    assert parts == [whole[place] for place in order]


def test_a_further_column_moves_no_other_cell() -> None:
    narrow = table_of("subscriptions", NARROW, RULES)
    wide = table_of("subscriptions", f"phone:text {NARROW} kind:status level:int", RULES)
    first, second = filled(narrow, specs_of(40)), filled(wide, specs_of(40))
    assert [{name: row[name] for name in narrow.by_name} for row in second] == first


def test_seeds_and_identities_decide() -> None:
    table = table_of("subscriptions", NARROW, RULES)
    specs = specs_of(5)
    assert filled(table, specs) == filled(table, specs)
    assert filled(table, specs, "8") != filled(table, specs)
    assert filled(table, [replace(specs[0], identity=1)]) != filled(table, specs[:1])


def test_known_cells_stay_and_the_rest_follows_them() -> None:
    table = table_of("subscriptions", *HARD["subscriptions"])
    known = {"status": "trialing", "started_at": datetime(2025, 6, 1, tzinfo=UTC), "seats": 3}
    rows = filled(table, specs_of(20, known))
    assert all(row.items() >= known.items() and row["canceled_at"] is None for row in rows)
    assert len({row["trial_ends_at"] for row in rows}) > 10
    assert broken(table, rows) == []


def test_known_cells_that_break_a_check_are_left_to_the_judge() -> None:
    table = table_of("subscriptions", *HARD["subscriptions"])
    moment = datetime(2025, 6, 1, tzinfo=UTC)
    known = {"status": "active", "trial_ends_at": moment, "started_at": moment, "seats": 0}
    rows = filled(table, specs_of(10, known))
    assert all(row.items() >= known.items() and row["canceled_at"] is None for row in rows)
    named = " ".join(broken(table, rows))
    assert "trialing" in named
    assert "BETWEEN 1 AND 500" in named
    assert "canceled" not in named


def test_known_cells_of_the_wrong_type_do_not_stop_the_rest() -> None:
    table = table_of("subscriptions", *HARD["subscriptions"])
    rows = filled(table, [*specs_of(2, {"seats": "many", "started_at": "soon"}), *specs_of(4)[2:]])
    assert rows[0]["seats"] == "many"
    assert broken(table, rows[2:]) == []


def test_checks_that_contradict_each_other_are_named() -> None:
    table = table_of("t", "a:int! b:int!", ("a < b", "b < a", "a > 0"))
    with pytest.raises(DataError, match="check 0, check 1 "):
        filled(table, specs_of(2))


def test_a_check_that_no_redraw_meets_is_named_with_the_known_cells() -> None:
    table = table_of("t", "a:text! b:int!", ("md5(a) = 'x'",))
    with pytest.raises(DataError, match=r"check 0 \(known: b = 4\)"):
        filled(table, specs_of(1, {"b": 4}))


def test_now_is_the_rows_own_instant() -> None:
    table = table_of("t", "at:tz! born:date!", ("at <= now()", "at > now() - interval '1 hour'", "born < current_date"))
    for year in (1999, 2031):
        now = datetime(year, 3, 1, 12, tzinfo=UTC)
        rows = filled(table, [replace(spec, now=now) for spec in specs_of(20)])
        assert broken(table, rows, now) == []
        assert all(row["at"] <= now for row in rows)


def test_uniques_stay_distinct_over_serials() -> None:
    columns = "email:text! code:v20! slug:text number:int! day:date! name:v20! title:text! mark:v3!"
    names = columns.replace("!", "").split()
    uniques = tuple(Unique((name.split(":")[0],)) for name in names)
    checks = (r"code ~ '^[A-Z]{2}-\d{3}$'", "number BETWEEN 1000 AND 9999", "mark = lower(mark)")
    table = table_of("t", columns, checks, uniques)
    rows = filled(table, specs_of(400))
    for name in table.by_name:
        present = [row[name] for row in rows if row[name] is not None]
        assert len(set(present)) == len(present) > 300, name
    assert broken(table, rows) == []


def test_nulls_where_they_may_be_and_never_in_names() -> None:
    table = table_of("users", "email:text full_name:text note:text seats:int!")
    rows = filled(table, specs_of(400))
    assert not [row for row in rows if row["email"] is None or row["full_name"] is None or row["seats"] is None]
    assert 15 < sum(row["note"] is None for row in rows) < 75


def test_defaults_are_left_to_the_database_unless_a_check_names_them() -> None:
    table = table_of("t", "a:int! b:int! c:int!", ("b > 4",))
    table = replace(table, columns=tuple(replace(c, default=None if c.name == "c" else "0") for c in table.columns))
    by_default = dict.fromkeys(table.by_name, Route("default", "database", ""))
    row = fill(Schema((table,)), table, by_default, specs_of(1), "7")[0]
    assert set(row) == {"b", "c"}
    assert row["b"] > 4


def test_edges_are_written_where_the_checks_allow_them() -> None:
    table = table_of("t", "title:v20! note:text amount:int!", ("amount BETWEEN 5 AND 9", "length(title) >= 3"))
    spec = specs_of(1)[0]
    longest = filled(table, [replace(spec, edge=("title", "max_length"))])[0]
    assert len(longest["title"]) == 20
    assert len(filled(table, [replace(spec, edge=("title", "one_letter"))])[0]["title"]) >= 3
    assert filled(table, [replace(spec, edge=("note", "null"))])[0]["note"] is None
    assert filled(table, [replace(spec, edge=("amount", "bound"))])[0]["amount"] in (5, 9)
    assert filled(table, [replace(spec, edge=("amount", "zero"))])[0]["amount"] >= 5


def test_no_database_is_opened_without_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    import duckdb

    def refuse(*parts: Any, **named: Any) -> None:
        raise AssertionError("a database was opened")

    monkeypatch.setattr(duckdb, "connect", refuse)
    table = table_of("t", "a:int! b:text c:int", ("c > 4",))
    assert len(filled(table, specs_of(3, {"c": 5}))) == 3


def test_a_shared_arena_is_left_empty() -> None:
    table = table_of("subscriptions", *HARD["subscriptions"])
    with Arena(Schema((table,))) as arena:
        assert filled(table, specs_of(10), "7", arena) == filled(table, specs_of(10))
        always_false = replace(model_of(Schema((table,)), table).predicates[0], low="false")
        assert arena.failing([always_false]) == [[]]


def test_a_check_that_known_cells_break_is_not_drawn_for_in_vain() -> None:
    table = table_of("t", "a:int! b:int!", ("a > 5 AND b > 0", "b < 4"))
    assert all(row["a"] == 1 and row["b"] < 4 for row in filled(table, specs_of(5, {"a": 1})))


def test_columns_that_nobody_writes_are_null_to_the_checks() -> None:
    table = table_of("t", "user_id:int email:text", ("(user_id IS NULL) <> (email IS NULL)",))
    by = {"user_id": Route("reference", "reference", ""), "email": Route("people", "email", "")}
    rows = fill(Schema((table,)), table, by, specs_of(20), "7")
    assert all(set(row) == {"email"} and row["email"] for row in rows)


def test_later_moments_lie_behind_the_rows_beginning() -> None:
    table = table_of("t", "ends_at:tz! updated_at:tz! created_at:tz! closed_at:tz")
    by = {name: Route("derived", name, "") for name in ("ends_at", "updated_at", "created_at")}
    by["closed_at"] = Route("derived", "later_at", "")
    rows = fill(Schema((table,)), table, by, specs_of(60), "7")
    assert all(row["created_at"] <= row["updated_at"] <= CANONICAL for row in rows)
    assert all(row["created_at"] <= (row["closed_at"] or CANONICAL) <= CANONICAL for row in rows)
    assert all(row["ends_at"] > row["created_at"] for row in rows)


def test_a_status_that_a_check_singles_out_is_no_oftener_for_it() -> None:
    rows = filled(table_of("subscriptions", *HARD["subscriptions"]), specs_of(400))
    counts = {label: sum(row["status"] == label for row in rows) for label in TYPES["status"].labels}
    assert counts["trialing"] > counts["active"] > counts["past_due"] > counts["canceled"] > 40
    assert counts["trialing"] < 160


def test_positions_under_one_parent_are_small_and_distinct() -> None:
    table = table_of("lines", "order_id:int! position:int!", (), (Unique(("order_id", "position")),))
    table = replace(table, foreign_keys=(ForeignKey(("order_id",), "orders", ("id",)),))
    by = {"order_id": Route("reference", "reference", ""), "position": Route("scalar", "position", "")}
    specs = [replace(spec, known={"order_id": spec.serial // 8}) for spec in specs_of(80)]
    rows = fill(Schema((table,)), table, by, specs, "7")
    assert len({(row["order_id"], row["position"]) for row in rows}) == 80
    assert {row["position"] for row in rows} <= set(range(1, 30))


def test_an_order_and_a_sum_together_are_met_in_every_row() -> None:
    number = ColumnType("integer", "integer", bits=32)
    checks = (Check("a < b", ("a", "b"), "order"), Check("a + b = 100", ("a", "b"), "sum"))
    table = Table("p", (Column("a", number, False), Column("b", number, False)), checks=checks)
    rows = filled(table, [RowSpec(index * 7919 + 13, index, "en_US") for index in range(300)])
    assert all(row["a"] < row["b"] and row["a"] + row["b"] == 100 for row in rows)
