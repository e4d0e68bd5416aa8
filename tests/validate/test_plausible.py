"""Plausibility by the role that a column's name gives away, and what prompts say of it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from llmgen.dataset import CaseRow
from llmgen.schema.model import Dialect, Schema
from llmgen.schema.sql import read_schema
from llmgen.schema.sql.reader import parse_schema
from llmgen.validate.instants import Placed
from llmgen.validate.judge import Judge
from llmgen.validate.plausible import NEVER_NEGATIVE, PAST, plausibility, plausible_words
from llmgen.validate.rules import RuleSet

NOW = datetime(2026, 3, 11, 15, 30, tzinfo=UTC)
DDL = """
CREATE TABLE orders (
  placed_at timestamptz, shipped_on date, trial_ends_at timestamptz, last_seen_at timestamp, created_at timestamptz,
  updated_at timestamptz, unit_price numeric, quantity int, balance int, "cancelled_at" timestamptz, paid_on text
);
"""
GOOD: dict[str, Any] = {
    "placed_at": NOW,
    "shipped_on": date(2026, 3, 11),
    "trial_ends_at": datetime(2030, 1, 1, tzinfo=UTC),
    "last_seen_at": datetime(2026, 3, 11, 15, 30),
    "created_at": datetime(2026, 3, 1, tzinfo=UTC),
    "updated_at": datetime(2026, 3, 1, tzinfo=UTC),
    "unit_price": Decimal(0),
    "quantity": 0,
    "balance": -5,
    "cancelled_at": None,
    "paid_on": "2099-01-01",
}


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    file = tmp_path_factory.mktemp("schema") / "s.sql"
    file.write_text(DDL, "utf-8")
    return read_schema(file)


def broken(schema: Schema, disable: tuple[str, ...] = (), **cells: Any) -> list[tuple[str, str]]:
    row = CaseRow("orders", "orders/0", {**GOOD, **cells})
    with Judge(schema, RuleSet(), disable=disable) as judge:
        return [(item.violation.rule, item.violation.mend) for item in judge.judge([Placed(0, 0, NOW, (row,))], {})]


def test_a_believable_row_passes(schema: Schema) -> None:
    assert broken(schema) == []


@pytest.mark.parametrize(
    ("cells", "rule"),
    [
        ({"placed_at": datetime(2026, 3, 11, 15, 30, 1, tzinfo=UTC)}, "plausible:past_event"),
        ({"shipped_on": date(2026, 3, 12)}, "plausible:past_event"),
        ({"last_seen_at": datetime(2026, 3, 11, 16)}, "plausible:past_event"),
        ({"cancelled_at": datetime(2026, 4, 1, tzinfo=UTC)}, "plausible:past_event"),
        ({"unit_price": Decimal("-0.01")}, "plausible:not_negative"),
        ({"quantity": -1}, "plausible:not_negative"),
        ({"updated_at": datetime(2026, 2, 1, tzinfo=UTC)}, "plausible:order"),
    ],
)
def test_an_unbelievable_cell_breaks_its_rule_alone_until_it_is_switched_off(
    schema: Schema, cells: dict[str, Any], rule: str
) -> None:
    assert [found for found, _ in broken(schema, **cells)] == [rule]
    assert all(f"orders.{name}" in words for name in cells for _, words in broken(schema, **cells))
    assert broken(schema, (rule,), **cells) == []


@pytest.mark.parametrize("name", ["created_at", "last_login_at", "canceled_at", "paid_on", "born_on", "signed_up_at"])
def test_names_of_past_events(name: str) -> None:
    assert PAST.match(name)


@pytest.mark.parametrize(
    "name", ["trial_ends_at", "next_retry_at", "due_at", "expires_on", "effective_at", "starts_on"]
)
def test_names_that_may_lie_ahead(name: str) -> None:
    assert not PAST.match(name)


def test_numbers_that_may_be_negative_are_left_alone() -> None:
    assert all(not NEVER_NEGATIVE.search(name) for name in ("balance", "discount", "amount_cents", "page", "altitude"))
    assert all(NEVER_NEGATIVE.search(name) for name in ("price_cents", "seats", "age", "unit_price", "row_count"))


def test_words_list_each_kind_of_rule_once_without_bookkeeping(schema: Schema) -> None:
    assert plausible_words([predicate for predicate, _ in plausibility(schema)]) == [
        "These have happened where they are set, so they are not after now: orders.cancelled_at, orders.last_seen_at, "
        "orders.placed_at, orders.shipped_on.",
        "These are not negative: orders.quantity, orders.unit_price.",
    ]


@pytest.mark.parametrize("dialect", ["mysql", "sqlite"])
def test_names_and_moments_are_spelled_as_the_schemas_dialect_has_them(dialect: Dialect) -> None:
    ddl = "CREATE TABLE t (height int, row_count int, placed_at timestamp, created_at timestamp, updated_at timestamp)"
    found = [predicate for predicate, _ in plausibility(parse_schema(ddl, "s.sql", dialect))]
    assert [(predicate.name, predicate.status) for predicate in found if predicate.name != "plausible:order"] == [
        (name, "exact") for name in ["plausible:not_negative"] * 2 + ["plausible:past_event"] * 3
    ]
    assert all(predicate.columns for predicate in found)
