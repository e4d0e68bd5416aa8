"""The billing rules: a good dataset passes at any instant, and each planted fault is found as that one alone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from good_billing import BREAKS, CHECK_BREAKS, KEY_BREAKS, RULE_BREAKS, Data, broken_dataset, good_dataset, key, plan
from psycopg import sql

from llmgen.predicates.evaluate import Arena
from llmgen.predicates.normalise import query_predicate
from llmgen.schema.model import Schema
from llmgen.schema.sql import read_schema
from llmgen.validate.rules import RuleSet, load_rules

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 11, 15, 30, tzinfo=UTC)
INSTANTS = [NOW.replace(month=2, day=28), NOW.replace(hour=0, minute=5), NOW.replace(month=12, day=31, hour=23)]


@pytest.fixture(scope="module")
def schema() -> Schema:
    return read_schema(ROOT / "fixtures" / "billing" / "schema.sql")


@pytest.fixture(scope="module")
def rules(schema: Schema) -> RuleSet:
    return load_rules(ROOT / "validators", schema)


@pytest.fixture(scope="module")
def arena(schema: Schema) -> Iterator[Arena]:
    with Arena(schema) as arena:
        yield arena


def broken(arena: Arena, schema: Schema, rules: RuleSet, data: Data, now: datetime) -> set[str]:
    """The names of all rules, in Python and SQL, that the dataset breaks."""
    arena.clear()
    found = {rule.name for table, rows in data.items() for row in rows for rule, _ in rules.judge_row(table, row, now)}
    found |= {rule.name for rule, _, _ in rules.judge_case(data, now)}
    for table, rows in data.items():
        each = len(rows)
        arena.load(table, rows, [0] * each, [0] * each, [now] * each, list(range(each)))
    found |= {rule.name for rule in rules.queries if arena.offending(query_predicate(schema, rule.sql, rule.name), 0)}
    assert not arena.skipped
    return found


def test_every_rule_and_every_constraint_has_its_planted_fault(schema: Schema, rules: RuleSet) -> None:
    assert set(RULE_BREAKS) == {rule.name for rule in (*rules.rows, *rules.cases)} | {
        rule.name for rule in rules.queries
    }
    assert set(CHECK_BREAKS) == {f"check:{check.name}" for table in schema.tables for check in table.checks}
    references = {f"key:foreign {table.name}.{key.columns[0]}" for table in schema.tables for key in table.foreign_keys}
    assert references <= set(KEY_BREAKS)
    assert sum(name.startswith("key:unique") for name in KEY_BREAKS) == sum(
        len(table.uniques) for table in schema.tables
    )


@pytest.mark.parametrize("now", [NOW, *INSTANTS], ids=str)
def test_the_good_dataset_has_rows_everywhere_and_breaks_nothing(
    arena: Arena, schema: Schema, rules: RuleSet, now: datetime
) -> None:
    data = good_dataset(now)
    assert all(data[table.name] for table in schema.tables)
    assert broken(arena, schema, rules, data, now) == set()


@pytest.mark.parametrize("name", BREAKS)
def test_each_planted_fault_breaks_its_own_rule_alone(arena: Arena, schema: Schema, rules: RuleSet, name: str) -> None:
    assert broken(arena, schema, rules, broken_dataset(name, NOW), NOW) == ({name} if name in RULE_BREAKS else set())


def test_rules_hold_for_any_part_of_a_good_dataset(rules: RuleSet) -> None:
    data = good_dataset(NOW)
    for missing in data:
        part = {table: rows for table, rows in data.items() if table != missing}
        assert rules.judge_case(part, NOW) == []
        assert rules.judge_case(part | {missing: []}, NOW) == []


def test_a_trial_ends_exactly_when_it_is_expired(rules: RuleSet) -> None:
    trial = next(row for row in good_dataset(NOW)["subscriptions"] if row["status"] == "trialing")
    end = trial["trial_ends_at"]
    assert rules.judge_row("subscriptions", trial, end - timedelta(seconds=1)) == []
    ((rule, message),) = rules.judge_row("subscriptions", trial, end)
    assert rule.name == "rule:Subscription.trial_ends_ahead"
    assert message == "it is trialing, so trial_ends_at 2026-03-12T15:30:00Z must be after now 2026-03-12T15:30:00Z"
    assert rules.judge_row("subscriptions", trial | {"status": "expired"}, end) == []


def test_a_yearly_price_counts_as_a_twelfth(rules: RuleSet) -> None:
    data = good_dataset(NOW)
    yearly = data["plans"][0] | {"id": key("yearly"), "price_cents": 49_000, "billing_interval": "year"}
    change = data["subscription_changes"][1] | {"from_plan_id": plan("business_monthly"), "to_plan_id": key("yearly")}
    rows = {"plans": [*data["plans"], yearly], "subscription_changes": [change]}
    assert rules.judge_case(rows, NOW) == []
    ((rule, message, where),) = rules.judge_case(rows | {"subscription_changes": [change | {"kind": "upgrade"}]}, NOW)
    assert (rule.name, where) == ("rule:BillingCase.change_fits_the_prices", "subscription_changes[0]")
    assert message == "from business_monthly to starter is a change of kind downgrade, not upgrade"


def test_messages_say_what_would_be_right(schema: Schema, rules: RuleSet) -> None:
    data = broken_dataset("rule:BillingCase.lines_add_up", NOW)
    ((_, message, where),) = rules.judge_case(data, NOW)
    assert message == "subtotal_cents is 3300, but its lines' amount_cents add up to 3267"
    assert where == "invoices[3]"


@pytest.mark.postgres
def test_postgres_takes_the_good_dataset_and_refuses_each_broken_constraint(
    postgres: psycopg.Connection, schema: Schema
) -> None:
    postgres.execute((ROOT / "fixtures" / "billing" / "schema.sql").read_bytes())

    def refused(data: Data) -> str:
        try:
            with postgres.transaction(force_rollback=True):
                for table in [table.name for table in schema.tables]:
                    for row in data[table]:
                        names = sql.SQL(", ").join(map(sql.Identifier, row))
                        cells = sql.SQL(", ").join(map(sql.Literal, row.values()))
                        into = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(table), names, cells)
                        postgres.execute(into)
        except psycopg.errors.IntegrityError as error:
            return error.diag.constraint_name or "?"
        return ""

    assert refused(good_dataset(NOW)) == ""
    for name in CHECK_BREAKS:
        assert refused(broken_dataset(name, NOW)) == name.removeprefix("check:")
    for name in KEY_BREAKS:
        table, _, column = name.partition(" ")[2].partition(".")
        assert refused(broken_dataset(name, NOW)).startswith((f"{table}_{column}", f"{table}_", "one_default_payment"))
