"""Cases that the offline author writes: the judge accepts them, seeds repeat them, and messages of rules mend them."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from shipped import EXAMPLE
from shipped import project as billing

from llmgen.author.offline.beside import order_of_moments
from llmgen.author.offline.demands import demands_of
from llmgen.author.offline.drafts import Draft, DraftRow
from llmgen.author.offline.formula import formula_of
from llmgen.author.offline.mending import hints
from llmgen.author.offline.rule_words import formulas_of
from llmgen.author.shape import Part
from llmgen.author.unasked import Unasked
from llmgen.errors import DataError
from llmgen.generate import Made, interpret, make
from llmgen.predicates.formulas import Atom
from llmgen.project import Project, open_project
from llmgen.scenario import Scenario, expect_predicates, load_scenario
from llmgen.workshop import Job, ShortError

OWN = Path(__file__).with_name("offline_schema.sql")
AS_OF = datetime(2027, 2, 28, 23, 30, tzinfo=UTC)


def written(project: Project, words: str, n: int = 4, seed: str = "0") -> Made:
    scenario, asked = interpret(project, words, Unasked())
    assert asked == []
    return make(project, scenario, Job(n=n, as_of=AS_OF, seed=seed), Unasked())


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return open_project(tmp_path_factory.mktemp("own"), schema=OWN)


def test_a_case_is_what_the_words_say(own: Project) -> None:
    made = written(own, "suspended user with two teams")
    rows = made.dataset.rows
    assert [row["status"] for row in rows["users"]] == ["suspended"] * 4
    assert [len(rows[name]) for name in ("users", "teams", "team_memberships")] == [4, 8, 8]
    assert len({(row["team_id"], row["user_id"]) for row in rows["team_memberships"]}) == 8
    assert made.making.answered_by == ["offline"]
    assert made.making.recordings == {}
    assert made.making.prompts == {}


def test_moments_are_told_from_the_runs_now(own: Project) -> None:
    invoices = written(own, "overdue invoice").dataset.rows["invoices"]
    assert all(row["due_date"] < AS_OF.date() and row["status"] == "open" and not row["paid_at"] for row in invoices)
    assert len({row["due_date"] for row in invoices}) > 1


@pytest.mark.parametrize(
    ("words", "table", "rows"),
    [
        ("film never rented", "rental", 0),
        ("invoice with three lines", "invoice_lines", 12),
        ("order shipped late", "orders", 4),
    ],
)
def test_rows_of_other_tables(own: Project, words: str, table: str, rows: int) -> None:
    assert len(written(own, words).dataset.rows.get(table, [])) == rows


def test_lines_multiply_where_nobody_says_so(own: Project) -> None:
    lines = written(own, "invoice with three lines").dataset.rows["invoice_lines"]
    assert all(row["amount"] == row["quantity"] * row["unit_price"] for row in lines)


def test_the_same_seed_writes_the_same_and_few_are_the_first_of_many(own: Project) -> None:
    many, few = written(own, "unpaid invoice", n=12), written(own, "unpaid invoice", n=5)
    assert few.dataset.rows["invoices"] == many.dataset.rows["invoices"][:5]
    assert written(own, "unpaid invoice", n=5) == few
    assert written(own, "unpaid invoice", n=5, seed="1").dataset.rows != few.dataset.rows


@pytest.mark.parametrize(
    "words",
    [
        "trial expiring tomorrow",
        "trial expired 3 days ago",
        "active subscription whose default card has expired",
        "canceled with 15 days remaining in the paid period",
    ],
)
def test_the_packaged_examples_rules_are_kept(words: str) -> None:
    made = written(billing(), words, n=3)
    assert len(made.dataset.rows[made.scenario.root]) == 3
    assert made.short == {}


def test_a_saved_scenario_is_written_too() -> None:
    scenario = load_scenario(EXAMPLE / "scenarios" / "trial-expiring-tomorrow.yaml")
    made = make(billing(), scenario, Job(n=2, as_of=AS_OF), Unasked())
    assert {row["status"] for row in made.dataset.rows["subscriptions"]} == {"trialing"}


def scenario_of(*expects: str) -> Scenario:
    content = {"words": "x", "root": "users", "with": {"invoices": [0, 3], "teams": [1, 1]}, "author": {}}
    return Scenario.model_validate({**content, "expect": [{"sql": sql} for sql in expects]})


def test_expects_are_taken_apart(own: Project) -> None:
    scenario = scenario_of(
        "ROOT.status = 'locked' AND NOT ROOT.is_verified",
        "EXISTS (SELECT 1 FROM invoices i WHERE i.user_id = ROOT.id AND i.total > 5)",
        "NOT EXISTS (SELECT 1 FROM invoices WHERE status = 'void')",
        "2 >= (SELECT count(*) FROM invoices)",
        "(SELECT sum(total) FROM invoices) > 100",
    )
    found = demands_of(own.schema, expect_predicates(scenario, own.schema))
    assert len(found.root) == 2
    assert [(one.table, len(one.conditions), one.low, one.high, one.key) for one in found.others] == [
        ("invoices", 1, 1, None, "id"),
        ("invoices", 1, 0, 0, ""),
        ("invoices", 0, 0, 2, ""),
    ]
    assert found.unread == ("(SELECT sum(total) FROM invoices) > 100",)


NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAWN, START, END = "2026-01-01T00:00:00Z", "2026-03-01T12:00:00Z", "2026-04-01T00:00:00Z"


@pytest.mark.parametrize(
    ("place", "message", "right", "wrong"),
    [
        ("invoices.total_cents", "total_cents is 3, must be 4 + 5 - 0 = 9", 9, 3),
        ("invoices.subtotal_cents", "subtotal_cents is 5, but its lines' amount_cents add up to 12", 12, 5),
        ("subscriptions.seats", "seats 9 must be at most 3, the max_seats of starter", 3, 4),
        ("payment_attempts.next_retry_at", "next_retry_at must be NULL: the invoice is paid", None, NOON),
        ("payment_attempts.status", "attempt 1 is followed by another, so it must be failed", "failed", "succeeded"),
        ("subscription_changes.proration_cents", "a credit: proration_cents 5 must not be positive", 0, 1),
        ("usage_records.recorded_at", f"recorded_at {DAWN} must be in {START} to {END}", NOON, LATER),
        ("invoices.status", "its last attempt is failed, so status paid is wrong", "open", "paid"),
    ],
)
def test_a_rules_message_says_what_a_cell_must_be(place: str, message: str, right: Any, wrong: Any) -> None:
    schema, (table, _, column) = billing().schema, place.partition(".")
    (atom,) = hints(schema, schema.table(table), {}, message)
    assert isinstance(atom, Atom)
    assert atom.column == column
    assert atom.domain.admits(right)
    assert not atom.domain.admits(wrong)


def drafted(table: str, **values: datetime) -> DraftRow:
    part = Part(billing().schema.table(table), 1, 1, None, tuple(values), {})
    return DraftRow(part, f"{table}/0", dict(values))


def test_nothing_happens_to_what_has_not_begun() -> None:
    subscription, invoice = drafted("subscriptions", started_at=NOON), drafted("invoices", issued_at=LATER)
    draft = Draft(0, {"subscriptions": [subscription], "invoices": [invoice]})
    after, before = order_of_moments(draft, invoice), order_of_moments(draft, subscription)
    assert isinstance(issued := after["issued_at after subscriptions"], Atom)
    assert issued.domain.low == NOON
    assert isinstance(started := before["started_at before its children"], Atom)
    assert started.domain.high == LATER


def test_a_message_about_a_span_frees_both_its_ends() -> None:
    schema = billing().schema
    row = {"current_period_start": NOON, "current_period_end": LATER}
    message = "the period 2026-03-01T12:00:00Z to 2026-06-01T12:00:00Z must last 28 to 31 days on the plan starter"
    (formula,) = hints(schema, schema.table("subscriptions"), row, message)
    assert formula.columns == row.keys()


def test_rules_in_plain_words_are_formulas() -> None:
    schema = billing().schema
    table = schema.table("subscriptions")
    stated = [(rule.name, rule.words) for rule in billing().rules.rows if rule.table == "subscriptions"]
    found = formulas_of(schema, table, stated)
    assert {name.partition(".")[2].partition(" ")[0] for name in found} >= {
        "trial_ends_ahead",
        "trial_is_the_period",
        "trial_length",
        "period_contains_now",
    }
    week, month = (f"ROOT.started_at + interval '{days} days'" for days in (7, 31))
    length = formula_of(schema, table, f"ROOT.trial_ends_at >= {week} AND ROOT.trial_ends_at <= {month}")
    assert found["rule:Subscription.trial_length 0"] == length


def test_conditions_that_contradict_the_checks_are_named_at_once(own: Project) -> None:
    content = {"words": "x", "root": "invoices", "author": {}}
    sql = ["ROOT.status = 'paid'", "ROOT.paid_at IS NULL", "ROOT.total > 5"]
    scenario = Scenario.model_validate({**content, "expect": [{"sql": one} for one in sql]})
    with pytest.raises(DataError, match="no row of invoices") as caught:
        make(own, scenario, Job(n=1, as_of=AS_OF), Unasked())
    assert "paid_at" in str(caught.value)
    assert "total" not in str(caught.value)


def test_one_country_is_shared_and_two_rows_have_parents_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "shop.sql").write_text(
        "CREATE TABLE countries (code char(2) PRIMARY KEY, name varchar(60) NOT NULL UNIQUE);"
        "CREATE TABLE customers (id serial PRIMARY KEY, country_code char(2) NOT NULL REFERENCES countries (code));"
        "CREATE TABLE products (id serial PRIMARY KEY, stock_quantity int NOT NULL);"
        "CREATE TABLE reviews (id serial PRIMARY KEY, rating int NOT NULL, product_id int NOT NULL REFERENCES products,"
        " customer_id int NOT NULL REFERENCES customers, UNIQUE (product_id, customer_id));"
    )
    shop = open_project(tmp_path, schema=tmp_path / "shop.sql")
    rows = written(shop, "customer in canada").dataset.rows
    assert rows["countries"] == [{"code": "CA", "name": "Canada"}]
    rows = written(shop, "two reviews with rating 1").dataset.rows
    assert [row["rating"] for row in rows["reviews"]] == [1] * 8
    assert len(rows["products"]) == 4
    assert {row["stock_quantity"] for row in written(shop, "product out of stock").dataset.rows["products"]} == {0}


def test_what_happened_today_has_happened_just_after_midnight_too(own: Project) -> None:
    rentals = written(own, "rental of today").dataset.rows["rental"]
    assert all(row["rental_date"].date() == AS_OF.date() for row in rentals)


def test_what_cannot_be_written_runs_short_and_says_why(own: Project) -> None:
    impossible = scenario_of("ROOT.status = 'locked'", "(SELECT sum(total) FROM invoices) < 0")
    job = Job(n=1, as_of=AS_OF)
    with pytest.raises(ShortError, match="expect:2"):
        make(own, impossible, replace(job, limits=replace(job.limits, max_attempts=2)), Unasked())
