"""Columns that sum up the rows which refer to theirs: right to the cent, with the CHECKs that they stand in."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from llmgen.bulk import Target, plan_volume, populate
from llmgen.errors import DataError, InputError
from llmgen.output.directory import read_dataset
from llmgen.schema.sql.reader import parse_schema
from llmgen.settings import ColumnSettings
from llmgen.volume.request import Count, Fixed, Request
from llmgen.volume.rows import Rows

NOW = datetime(2026, 3, 12, tzinfo=UTC)
SCHEMA = parse_schema(
    """
CREATE TABLE invoices (
  id uuid PRIMARY KEY, number text NOT NULL UNIQUE, subtotal numeric(12,2) NOT NULL, tax numeric(12,2) NOT NULL,
  total numeric(12,2) NOT NULL, lines int NOT NULL, last_due date, small numeric(4,2),
  CHECK (total = subtotal + tax), CHECK (tax >= 0 AND tax <= subtotal));
CREATE TABLE lines (
  id serial PRIMARY KEY, invoice_id uuid NOT NULL REFERENCES invoices, amount numeric(10,2) NOT NULL CHECK (amount > 0),
  due date NOT NULL, twin uuid REFERENCES invoices);
CREATE TABLE notes (id serial PRIMARY KEY, invoice_id uuid REFERENCES invoices, other_id uuid REFERENCES invoices);
CREATE TABLE parts (
  id serial PRIMARY KEY, invoice_id uuid NOT NULL REFERENCES invoices, amount numeric(10,2) NOT NULL,
  due date NOT NULL);
CREATE TABLE ladders (id serial PRIMARY KEY, rank int NOT NULL, level int NOT NULL, name text, first date NOT NULL);
CREATE UNIQUE INDEX ranks ON ladders ((rank + 0));
CREATE UNIQUE INDEX named ON ladders (name) WHERE level > 1;
CREATE TABLE steps (id serial PRIMARY KEY, ladder_id int REFERENCES ladders, due date NOT NULL);
""",
    "billing.sql",
    "postgres",
)
SUMS = {
    "invoices.subtotal": ColumnSettings(rollup="sum(parts.amount)"),
    "invoices.lines": ColumnSettings(rollup="count(parts)"),
    "invoices.last_due": ColumnSettings(rollup="max(parts.due)"),
}


def request(columns: Mapping[str, ColumnSettings] = SUMS, **more: Any) -> Request:
    counts = {name: Count(5) for name in SCHEMA.by_name} | {"invoices": Count(60), "parts": Count(150)}
    return Request("7", NOW, counts=counts, columns=columns, **more)


def whole(rows: Rows, table: str) -> list[dict[str, Any]]:
    return pa.table(rows.cells(table, np.arange(rows.plan.counts[table], dtype=np.uint64))).to_pylist()


def check(invoices: list[dict[str, Any]], parts: list[dict[str, Any]]) -> None:
    by_invoice: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for part in parts:
        by_invoice[part["invoice_id"]].append(part)
    assert {len(by_invoice[one["id"]]) for one in invoices} >= {0, 1, 2}
    for one in invoices:
        own = by_invoice[one["id"]]
        assert one["subtotal"] == sum((part["amount"] for part in own), Decimal(0))
        assert one["lines"] == len(own)
        assert one["last_due"] == max((part["due"] for part in own), default=None)
        assert one["total"] == one["subtotal"] + one["tax"]
        assert 0 <= one["tax"] <= one["subtotal"]


def test_sums_counts_and_greatest_values_are_those_of_the_rows() -> None:
    columns = {**SUMS, "parts.amount": ColumnSettings(distribution={"kind": "uniform", "low": 1, "high": 90})}
    rows = Rows(plan_volume(SCHEMA, request(columns))[0])
    check(whole(rows, "invoices"), whole(rows, "parts"))


def test_what_is_summed_up_shows_no_edges(tmp_path: Path) -> None:
    columns = {**SUMS, "parts.amount": ColumnSettings(distribution={"kind": "uniform", "low": 1, "high": 90})}
    populate(SCHEMA, request(columns, edges=1.0), Target(tmp_path / "out", "parquet"))
    found = read_dataset(tmp_path / "out", SCHEMA).tables
    check(*([dict(row.cells) for row in found[name].rows] for name in ("invoices", "parts")))


def test_any_split_equals_the_whole() -> None:
    columns = {**SUMS, "parts.amount": ColumnSettings(distribution={"kind": "uniform", "low": 1, "high": 90})}
    plan = plan_volume(SCHEMA, request(columns))[0]
    halves = [Rows(plan).cells("invoices", part) for part in np.array_split(np.arange(60, dtype=np.uint64), 2)]
    assert [row for half in halves for row in pa.table(half).to_pylist()] == whole(Rows(plan), "invoices")


def test_fixed_rows_are_summed_up_too() -> None:
    columns = {"invoices.subtotal": SUMS["invoices.subtotal"]}
    columns["parts.amount"] = ColumnSettings(distribution={"kind": "uniform", "low": 1, "high": 90})
    fixed = {
        "invoices": (Fixed("big", {"number": "A-1"}),),
        "parts": (Fixed("one", {"amount": Decimal("99.50")}, {"invoice_id": "big"}),),
    }
    rows = Rows(plan_volume(SCHEMA, request(columns, fixed=fixed))[0])
    big, parts = whole(rows, "invoices")[0], whole(rows, "parts")
    assert parts[0]["amount"] == Decimal("99.50")
    assert big["subtotal"] == sum(part["amount"] for part in parts if part["invoice_id"] == big["id"])


@pytest.mark.parametrize(
    ("place", "text", "said"),
    [
        ("invoices.subtotal", "total(parts.amount)", "no rollup"),
        ("invoices.subtotal", "sum(part.amount)", "no table 'part'"),
        ("invoices.subtotal", "sum(parts.price)", "no column price"),
        ("invoices.subtotal", "sum(parts.due)", "holds no sum of due"),
        ("invoices.lines", "sum(parts.amount)", "fewer decimals"),
        ("invoices.last_due", "count(parts)", "holds no count"),
        ("invoices.lines", "count(notes)", "refers in several ways"),
        ("parts.amount", "sum(invoices.total)", "does not refer to"),
        ("invoices.number", "count(parts)", "unique"),
        ("ladders.rank", "count(steps)", "unique"),
        ("ladders.level", "count(steps)", "unique"),
        ("ladders.first", "min(steps.due)", "NOT NULL"),
    ],
)
def test_what_is_no_rollup_is_refused_before_the_first_row(place: str, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        plan_volume(SCHEMA, request({place: ColumnSettings(rollup=text)}))


def test_a_sum_that_does_not_fit_names_the_setting() -> None:
    rows = Rows(plan_volume(SCHEMA, request({"invoices.small": ColumnSettings(rollup="sum(parts.amount)")}))[0])
    with pytest.raises(DataError, match=r"\[columns\] invoices\.small"):
        whole(rows, "invoices")


@pytest.mark.parametrize(
    ("kind", "least", "function"),
    [("bigint", 4 * 10**18, "sum"), ("numeric(30,0)", 10**22, "max"), ("numeric(30,0)", 10**22, "sum")],
)
def test_numbers_too_large_to_be_summed_up_are_refused(kind: str, least: int, function: str) -> None:
    sql = f"""
    CREATE TABLE p (id serial PRIMARY KEY, total {kind});
    CREATE TABLE l (id serial PRIMARY KEY, p_id int NOT NULL REFERENCES p,
      amount {kind} NOT NULL CHECK (amount > {least}));
    """
    columns = {"p.total": ColumnSettings(rollup=f"{function}(l.amount)")}
    asked = Request("7", NOW, counts={"p": Count(3), "l": Count(20)}, columns=columns)
    rows = Rows(plan_volume(parse_schema(sql, "far.sql", "postgres"), asked)[0])
    with pytest.raises(DataError, match=r"\[columns\] p\.total: .* too large"):
        whole(rows, "p")
