"""Rows completed by seed pass their CHECKs in the real evaluator, and depend on nothing but seed and identity."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmgen.errors import DataError
from llmgen.plan import Route, routes
from llmgen.predicates.domains import model_of
from llmgen.predicates.evaluate import Arena
from llmgen.schema.model import Check, Column, ColumnType, Schema, Table, Unique
from llmgen.values.fill import RowSpec, fill
from llmgen.values.scalars import CANONICAL
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
    "sum_of_casts": ("a:text b:int c:date", ("(a IS NOT NULL)::int + (b IS NOT NULL)::int + (c IS NOT NULL)::int = 2",)),
    "either_or": ("email:text phone:v20", ("(email IS NULL) <> (phone IS NULL)",)),
    "pairs": (
        "a:int b:int c:int d:int e:int f:int",
        ("(a IS NULL) = (b IS NULL)", "(c IS NULL) = (d IS NULL)", "(e IS NULL) = (f IS NULL)", "(a IS NULL) = (f IS NULL)"),
    ),
    "kinds": (
        "kind:text! url:text path:text size:int",
        (
            "kind IN ('link', 'file', 'note')",
            "CASE kind WHEN 'link' THEN url LIKE 'https://%' AND url IS NOT NULL WHEN 'file' THEN path IS NOT NULL AND size > 0"
            " ELSE url IS NULL AND path IS NULL END",
        ),
    ),
    "implication": ("primary_one:bool! verified:bool!", ("primary_one IS FALSE OR verified IS TRUE",)),
    "booleans": ("a:bool b:bool! c:bool", ("NOT (a AND b)", "c = (a OR b)", "coalesce(c, false) = b")),
    "ranges": (
        "a:int! b:dec! c:float! d:small! r:int!",
        ("a > 100000 AND a < 100004", "b >= 0.01 AND b <= 0.03", "c > 0 AND c < 1e-3", "d IN (-3, 7)", "r NOT IN (1, 2, 3, 4)"),
    ),
    "days": (
        "born:date! hired:date! left_on:date",
        ("born BETWEEN '1930-01-01' AND now() - interval '18 years'", "hired > born + interval '18 years'", "left_on >= hired"),
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
    "folded": ("kind:v3! grade:text", ("upper(kind) IN ('W', 'S')", "upper(grade) = grade", "grade <> ''", "trim(grade) = grade")),
    "distinct_from": ("a:int b:int c:text", ("a IS DISTINCT FROM b", "c IS NOT DISTINCT FROM 'x' OR a = 4", "a <> 7")),
    "unlike": ("a:small! b:small!", ("a <> b", "a IN (1, 2)", "b IN (1, 2)")),
    "defaults": ("price:dec floor_price:dec!", ("coalesce(price, 0) >= floor_price", "floor_price BETWEEN 20 AND 30")),
    "arrays": ("tags:tags! note:text", ("cardinality(tags) BETWEEN 2 AND 3", "octet_length(note) <= 12")),
    "only_tested": ("a:int!", ("a % 5 = 0", "a BETWEEN 1 AND 100")),
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
