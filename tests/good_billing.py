"""A good billing dataset, and one planted fault for every rule and constraint that it satisfies."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from billing_rows import Data, good_dataset, key, plan

__all__ = [
    "BREAKS",
    "CHECK_BREAKS",
    "KEY_BREAKS",
    "RULE_BREAKS",
    "Data",
    "broken_dataset",
    "good_dataset",
    "key",
    "plan",
]

Break = Callable[[Data], None]


def put(table: str, name: str, **cells: Any) -> Break:
    """Sets cells of the row with that key name; a callable is given the row."""

    def change(data: Data) -> None:
        row = next(row for row in data[table] if key(name) in row.values())
        row.update({column: cell(row) if callable(cell) else cell for column, cell in cells.items()})

    return change


def copy(table: str, name: str, **cells: Any) -> Break:
    """Adds a copy of the row with that key name, with other cells; a callable is given the row."""

    def change(data: Data) -> None:
        row = next(row for row in data[table] if key(name) in row.values() or name in row.values())
        data[table].append(row | {column: cell(row) if callable(cell) else cell for column, cell in cells.items()})

    return change


def then(column: str, days: float) -> Callable[[dict[str, Any]], Any]:
    """Another moment of the row, some days later."""
    return lambda row: row[column] + timedelta(days=days)


NOWHERE = key("nowhere")
FREE, GONE, PRO = ("subscriptions", "free"), ("subscriptions", "gone"), ("subscriptions", "pro")

RULE_BREAKS: dict[str, Break] = {
    "rule:Subscription.trial_ends_ahead": put("subscriptions", "locked", status="trialing"),
    "rule:Subscription.trial_is_the_period": put("subscriptions", "trial", current_period_start=then("started_at", 1)),
    "rule:Subscription.trial_length": put(
        "subscriptions",
        "locked",
        started_at=then("trial_ends_at", -40),
        current_period_start=then("trial_ends_at", -40),
    ),
    "rule:Subscription.period_contains_now": put(
        *PRO, current_period_start=then("current_period_start", -21), current_period_end=then("current_period_end", -21)
    ),
    "rule:Subscription.paid_periods_follow_the_trial": put(
        "subscriptions",
        "late",
        started_at=then("current_period_start", -10),
        trial_ends_at=then("current_period_start", 2),
    ),
    "rule:SubscriptionChange.proration_fits_kind": put("subscription_changes", "c1", proration_cents=-5),
    "rule:Invoice.total_adds_up": put("invoices", "i1002", total_cents=4_901),
    "rule:InvoiceLine.amount_multiplies": put("invoice_lines", "l6", quantity=2),
    "rule:InvoiceLine.sign_fits_kind": put("invoice_lines", "l1", kind="discount"),
    "rule:PaymentAttempt.retry_lies_ahead": put("payment_attempts", "i1002-2", next_retry_at=then("attempted_at", 1)),
    "rule:BillingCase.seats_fit_the_plan": put(*FREE, seats=4),
    "rule:BillingCase.period_fits_the_plan": put(*FREE, current_period_end=then("current_period_end", 10)),
    "rule:BillingCase.change_fits_the_prices": put("subscription_changes", "c1", kind="downgrade", proration_cents=0),
    "rule:BillingCase.latest_change_leads_to_the_plan": put(
        "subscription_changes", "c1", to_plan_id=plan("business_monthly")
    ),
    "rule:BillingCase.lines_add_up": put("invoices", "i1004", subtotal_cents=3_300, total_cents=3_300),
    "rule:BillingCase.attempts_are_numbered": put("payment_attempts", "i1002-2", attempt_no=3),
    "rule:BillingCase.attempts_settle_the_invoice": put(
        "payment_attempts", "i1001-1", status="succeeded", failure_code=None
    ),
    "rule:BillingCase.retry_is_planned_last": put(
        "payment_attempts", "i1001-1", next_retry_at=then("attempted_at", 20)
    ),
    "rule:BillingCase.attempts_follow_the_invoice": put(
        "payment_attempts", "i1001-1", attempted_at=then("attempted_at", -2)
    ),
    "rule:BillingCase.past_due_has_an_open_invoice": put(*PRO, status="past_due"),
    "rule:BillingCase.one_default_payment_method": put("payment_methods", "master", is_default=False),
    "rule:BillingCase.usage_in_its_time": put("usage_records", "u4", recorded_at=then("recorded_at", -200)),
    "sql:free_usage_within_limit": put("usage_records", "u4", quantity=10_001),
    "sql:attempt_charges_own_card": put("payment_attempts", "i1003-1", payment_method_id=key("master")),
    "sql:invoice_after_start": put("invoices", "i1005", issued_at=then("issued_at", -200)),
    "sql:change_after_start": put("subscription_changes", "c4", effective_at=then("effective_at", -1)),
    "sql:plan_once_per_organization": put(*GONE, status="active", canceled_at=None),
}
"""By rule, the fault that breaks it and no other rule or constraint."""

CHECK_BREAKS: dict[str, Break] = {
    "check:slug_form": put("organizations", "aoyama", slug="Aoyama Works"),
    "check:country_form": put("organizations", "aoyama", country="j1"),
    "check:locale_form": put("organizations", "aoyama", locale="ja-JP"),
    "check:email_form": put("users", "yuki", email="nobody"),
    "check:login_after_creation": put("users", "lena", last_login_at=then("created_at", -1)),
    "check:joined_after_invited": put("memberships", "yuki", joined_at=then("invited_at", -1)),
    "check:code_form": copy("plans", "starter", id=key("p9"), code="Free Plan"),
    "check:price_in_range": copy("plans", "starter", id=key("p9"), code="dear", price_cents=10_000_001),
    "check:currency_form": copy("plans", "starter", id=key("p9"), code="small", currency="usd"),
    "check:included_positive": copy("plans", "starter", id=key("p9"), code="none", included_api_calls=0),
    "check:max_seats_positive": copy("plans", "starter", id=key("p9"), code="nobody", max_seats=0),
    "check:seats_positive": put(*GONE, seats=0),
    "check:period_ends_after_start": put(
        *GONE, trial_ends_at=then("started_at", 14), current_period_end=then("started_at", 14)
    ),
    "check:period_not_before_start": put(*GONE, started_at=then("current_period_start", 1)),
    "check:trial_has_an_end": put(
        "subscriptions",
        "locked",
        trial_ends_at=None,
        started_at=then("current_period_end", -30),
        current_period_start=then("current_period_end", -30),
    ),
    "check:trial_ends_after_start": put(*FREE, trial_ends_at=then("started_at", -1)),
    "check:canceled_has_a_time": put(*GONE, canceled_at=None),
    "check:canceling_has_a_time": put(*FREE, cancel_at_period_end=True),
    "check:canceled_time_has_a_reason": put(*FREE, canceled_at=then("updated_at", 0)),
    "check:canceled_after_start": put(*GONE, canceled_at=then("started_at", -1)),
    "check:plan_change_has_plans": put("subscription_changes", "c2", from_plan_id=None),
    "check:plans_differ": put("subscription_changes", "c3", from_plan_id=plan("starter"), to_plan_id=plan("starter")),
    "check:proration_of_plan_change": put("subscription_changes", "c4", proration_cents=5),
    "check:last4_form": put("payment_methods", "visa", last4="42x2"),
    "check:token_fits_brand": put("payment_methods", "visa", stripe_token="pm_card_amex"),
    "check:number_form": put("invoices", "i1002", number="INV-2"),
    "check:amounts_not_negative": put("invoices", "i1001", credit_cents=-50, total_cents=6_100),
    "check:due_after_issued": put("invoices", "i1002", due_at=then("issued_at", -1)),
    "check:paid_has_a_time": put("invoices", "i1001", paid_at=None),
    "check:only_paid_has_a_time": put("invoices", "i1002", paid_at=then("issued_at", 1)),
    "check:paid_after_issued": put("invoices", "i1001", paid_at=then("issued_at", -1)),
    "check:quantity_positive": copy("invoice_lines", "l6", id=key("l9"), quantity=0, amount_cents=0),
    "check:line_period_ends_after_start": put("invoice_lines", "l1", period_end=then("period_start", 0)),
    "check:attempt_no_positive": copy(
        "payment_attempts", "i1002-1", id=key("i1002-0"), attempt_no=0, attempted_at=then("attempted_at", 0.5)
    ),
    "check:failure_code_known": put("payment_attempts", "i1001-1", failure_code="lost"),
    "check:failed_has_a_code": put("payment_attempts", "i1001-1", failure_code=None),
    "check:only_failed_has_a_code": put("payment_attempts", "i1001-2", failure_code="expired_card"),
    "check:only_failed_is_retried": put("payment_attempts", "i1001-2", next_retry_at=then("attempted_at", 20)),
    "check:retry_after_attempt": put("payment_attempts", "i1002-2", next_retry_at=then("attempted_at", 0)),
    "check:usage_positive": put("usage_records", "u2", quantity=0),
}
"""By CHECK, the fault that breaks it and no other rule or constraint."""

KEY_BREAKS: dict[str, Break] = {
    "key:primary memberships": copy("memberships", "yuki", role="admin"),
    "key:primary usage_records": copy("usage_records", "u2", recorded_at=then("recorded_at", 0.1)),
    "key:unique organizations.slug": put("organizations", "ferreira", slug="aoyama"),
    "key:unique users.email": put("users", "joao", email="yuki@example.com"),
    "key:unique plans.code": copy("plans", "starter", id=key("p9")),
    "key:unique subscription_changes.effective_at": copy("subscription_changes", "c4", id=key("c9"), kind="reactivate"),
    "key:unique payment_methods.is_default": put("payment_methods", "amex", is_default=True),
    "key:unique invoices.number": put("invoices", "i1005", number="INV-00001004"),
    "key:unique payment_attempts.attempt_no": put("payment_attempts", "i1002-2", attempt_no=1),
    "key:unique usage_records.recorded_at": copy("usage_records", "u2", id=key("u9"), quantity=7),
    "key:foreign memberships.organization_id": put("memberships", "joao", organization_id=NOWHERE),
    "key:foreign memberships.user_id": put("memberships", "joao", user_id=NOWHERE),
    "key:foreign subscriptions.organization_id": put("subscriptions", "trial", organization_id=NOWHERE),
    "key:foreign subscriptions.plan_id": put("subscriptions", "trial", plan_id=NOWHERE),
    "key:foreign subscription_changes.subscription_id": put("subscription_changes", "c4", subscription_id=NOWHERE),
    "key:foreign subscription_changes.from_plan_id": put("subscription_changes", "c1", from_plan_id=NOWHERE),
    "key:foreign subscription_changes.to_plan_id": put("subscription_changes", "c3", to_plan_id=NOWHERE),
    "key:foreign payment_methods.organization_id": put("payment_methods", "master", organization_id=NOWHERE),
    "key:foreign invoices.subscription_id": put("invoices", "i1005", subscription_id=NOWHERE),
    "key:foreign invoice_lines.invoice_id": put("invoice_lines", "l6", invoice_id=NOWHERE),
    "key:foreign payment_attempts.invoice_id": put("payment_attempts", "i1003-1", invoice_id=NOWHERE),
    "key:foreign payment_attempts.payment_method_id": put("payment_attempts", "i1003-1", payment_method_id=NOWHERE),
    "key:foreign usage_records.subscription_id": put("usage_records", "u2", subscription_id=NOWHERE),
}
"""By key or reference (`kind table.column`), the fault that breaks it and no other rule or constraint."""

BREAKS: dict[str, Break] = RULE_BREAKS | CHECK_BREAKS | KEY_BREAKS


def broken_dataset(name: str, now: datetime) -> Data:
    """The good dataset with one planted fault of BREAKS. The violation's rule is the name up to its first space."""
    data = good_dataset(now)
    BREAKS[name](data)
    return data
