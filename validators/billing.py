"""What a billing row and a billing case must satisfy beyond the schema, in words and in Python."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Self, TypeVar

from pydantic import ValidationInfo, model_validator

from llmgen.validate.rules import Case, Row

DAYS = {"month": (28, 31), "year": (365, 366)}
R = TypeVar("R", bound=Row)


def at(moment: datetime | None) -> str:
    """A moment as the model writes it."""
    return "NULL" if moment is None else f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def by(rows: Iterable[R], column: str) -> dict[str, list[R]]:
    """The rows grouped by a column."""
    groups: dict[str, list[R]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, column)].append(row)
    return groups


class Plan(Row, table="plans"):
    id: str
    code: str
    price_cents: int
    billing_interval: str
    max_seats: int | None

    @property
    def cents_a_month(self) -> float:
        """A yearly price counts as a twelfth."""
        return self.price_cents / (12 if self.billing_interval == "year" else 1)


class Subscription(Row, table="subscriptions"):
    id: str
    plan_id: str
    status: str
    seats: int
    started_at: datetime
    trial_ends_at: datetime | None
    current_period_start: datetime
    current_period_end: datetime

    @model_validator(mode="after")
    def trial_ends_ahead(self, info: ValidationInfo) -> Self:
        """The trial_ends_at of a trialing subscription is after now; that of an expired one is not."""
        now = info.context["now"]
        if self.status == "trialing" and self.trial_ends_at is not None and self.trial_ends_at <= now:
            raise ValueError(f"it is trialing, so trial_ends_at {at(self.trial_ends_at)} must be after now {at(now)}")
        if self.status == "expired" and self.trial_ends_at is not None and self.trial_ends_at > now:
            raise ValueError(
                f"it is expired, so trial_ends_at {at(self.trial_ends_at)} must not be after now {at(now)}"
            )
        return self

    @model_validator(mode="after")
    def trial_is_the_period(self) -> Self:
        """While trialing or expired, current_period_start = started_at and current_period_end = trial_ends_at."""
        right = self.current_period_start == self.started_at and self.current_period_end == self.trial_ends_at
        if self.status in ("trialing", "expired") and self.trial_ends_at is not None and not right:
            raise ValueError(
                f"it is {self.status}, so current_period_start must be {at(self.started_at)} (started_at) and "
                f"current_period_end {at(self.trial_ends_at)} (trial_ends_at)"
            )
        return self

    @model_validator(mode="after")
    def trial_length(self) -> Self:
        """A trial lasts 7 to 31 days from started_at to trial_ends_at."""
        days = 7.0 if self.trial_ends_at is None else (self.trial_ends_at - self.started_at) / timedelta(days=1)
        if 0 < days < 7 or days > 31:  # a trial that ends before it starts is the CHECK's
            raise ValueError(f"the trial from {at(self.started_at)} to {at(self.trial_ends_at)} must last 7 to 31 days")
        return self

    @model_validator(mode="after")
    def period_contains_now(self, info: ValidationInfo) -> Self:
        """The current period of an active or past_due subscription has begun and has not ended."""
        now = info.context["now"]
        if self.status in ("active", "past_due") and not self.current_period_start <= now < self.current_period_end:
            period = f"{at(self.current_period_start)} to {at(self.current_period_end)}"
            raise ValueError(f"it is {self.status}, so its current period, {period}, must contain now {at(now)}")
        return self

    @model_validator(mode="after")
    def paid_periods_follow_the_trial(self) -> Self:
        """If an active or past_due subscription had a trial, current_period_start is not before trial_ends_at."""
        start = self.current_period_start
        if self.status in ("active", "past_due") and self.trial_ends_at is not None and start < self.trial_ends_at:
            limit = at(self.trial_ends_at)
            raise ValueError(f"it is {self.status}: current_period_start {at(start)} must not be before {limit}")
        return self


class SubscriptionChange(Row, table="subscription_changes"):
    id: str
    subscription_id: str
    kind: str
    from_plan_id: str | None
    to_plan_id: str | None
    effective_at: datetime
    proration_cents: int

    @model_validator(mode="after")
    def proration_fits_kind(self) -> Self:
        """proration_cents of a downgrade is negative (a credit) or 0, of an upgrade positive (a charge) or 0."""
        if self.kind == "downgrade" and self.proration_cents > 0:
            raise ValueError(f"a downgrade is credited: proration_cents {self.proration_cents} must not be positive")
        if self.kind == "upgrade" and self.proration_cents < 0:
            raise ValueError(f"an upgrade is charged: proration_cents {self.proration_cents} must not be negative")
        return self


class PaymentMethod(Row, table="payment_methods"):
    id: str
    organization_id: str
    is_default: bool


class Invoice(Row, table="invoices"):
    id: str
    subscription_id: str
    status: str
    subtotal_cents: int
    tax_cents: int
    credit_cents: int
    total_cents: int
    issued_at: datetime

    @model_validator(mode="after")
    def total_adds_up(self) -> Self:
        """total_cents = subtotal_cents + tax_cents - credit_cents."""
        right = self.subtotal_cents + self.tax_cents - self.credit_cents
        if self.total_cents != right:
            terms = f"{self.subtotal_cents} + {self.tax_cents} - {self.credit_cents}"
            raise ValueError(f"total_cents is {self.total_cents}, must be {terms} = {right}")
        return self


class InvoiceLine(Row, table="invoice_lines"):
    id: str
    invoice_id: str
    kind: str
    quantity: int
    unit_amount_cents: int
    amount_cents: int

    @model_validator(mode="after")
    def amount_multiplies(self) -> Self:
        """amount_cents = quantity * unit_amount_cents."""
        right = self.quantity * self.unit_amount_cents
        if self.amount_cents != right:
            terms = f"{self.quantity} * {self.unit_amount_cents}"
            raise ValueError(f"amount_cents is {self.amount_cents}, must be {terms} = {right}")
        return self

    @model_validator(mode="after")
    def sign_fits_kind(self) -> Self:
        """unit_amount_cents is not positive for proration_credit and discount, not negative for other kinds."""
        taken_off = self.kind in ("proration_credit", "discount")
        if self.unit_amount_cents > 0 if taken_off else self.unit_amount_cents < 0:
            sign = "positive" if taken_off else "negative"
            raise ValueError(f"unit_amount_cents {self.unit_amount_cents} of kind {self.kind} must not be {sign}")
        return self


class PaymentAttempt(Row, table="payment_attempts"):
    id: str
    invoice_id: str
    attempt_no: int
    status: str
    attempted_at: datetime
    next_retry_at: datetime | None

    @model_validator(mode="after")
    def retry_lies_ahead(self, info: ValidationInfo) -> Self:
        """next_retry_at is after now (once the retry was made it is NULL)."""
        now = info.context["now"]
        if self.next_retry_at is not None and self.attempted_at < self.next_retry_at <= now:
            raise ValueError(f"next_retry_at {at(self.next_retry_at)} must be after now {at(now)}, or NULL")
        return self


class UsageRecord(Row, table="usage_records"):
    id: str
    subscription_id: str
    recorded_at: datetime


class BillingCase(Case):
    plans: list[Plan]
    subscriptions: list[Subscription]
    subscription_changes: list[SubscriptionChange]
    payment_methods: list[PaymentMethod]
    invoices: list[Invoice]
    invoice_lines: list[InvoiceLine]
    payment_attempts: list[PaymentAttempt]
    usage_records: list[UsageRecord]

    @model_validator(mode="after")
    def seats_fit_the_plan(self) -> Self:
        """subscriptions.seats is at most the max_seats of its plan."""
        plans = {plan.id: plan for plan in self.plans}
        for row in self.subscriptions:
            plan = plans.get(row.plan_id)
            if plan is not None and plan.max_seats is not None and row.seats > plan.max_seats:
                self.wrong(row, f"seats {row.seats} must be at most {plan.max_seats}, the max_seats of {plan.code}")
        return self

    @model_validator(mode="after")
    def period_fits_the_plan(self) -> Self:
        """The current period lasts 28 to 31 days on a monthly plan and 365 or 366 days on a yearly one, unless it is the trial (current_period_end = trial_ends_at); a change to a plan of another interval starts a new period."""  # noqa: E501
        plans = {plan.id: plan for plan in self.plans}
        for row in self.subscriptions:
            plan = plans.get(row.plan_id)
            if plan is None or row.current_period_end == row.trial_ends_at:
                continue
            least, most = DAYS[plan.billing_interval]
            if not least <= (row.current_period_end - row.current_period_start) / timedelta(days=1) <= most:
                period = f"{at(row.current_period_start)} to {at(row.current_period_end)}"
                self.wrong(row, f"the period {period} must last {least} to {most} days on the plan {plan.code}")
        return self

    @model_validator(mode="after")
    def change_fits_the_prices(self) -> Self:
        """An upgrade leads to a plan that costs more a month, a downgrade to one that costs less (a yearly price counts as a twelfth)."""  # noqa: E501
        plans = {plan.id: plan for plan in self.plans}
        for row in self.subscription_changes:
            old, new = plans.get(row.from_plan_id or ""), plans.get(row.to_plan_id or "")
            if old is None or new is None or row.kind not in ("upgrade", "downgrade"):
                continue
            right = "upgrade" if new.cents_a_month > old.cents_a_month else "downgrade"
            if row.kind != right:
                self.wrong(row, f"from {old.code} to {new.code} is a change of kind {right}, not {row.kind}")
        return self

    @model_validator(mode="after")
    def latest_change_leads_to_the_plan(self, info: ValidationInfo) -> Self:
        """The to_plan_id of a subscription's latest upgrade or downgrade (effective_at up to now) is its plan_id."""
        now = info.context["now"]
        plan_changes = [item for item in self.subscription_changes if item.kind in ("upgrade", "downgrade")]
        changes = by(plan_changes, "subscription_id")
        for row in self.subscriptions:
            made = [item for item in changes.get(row.id, []) if item.effective_at <= now]
            if made and (last := max(made, key=lambda item: item.effective_at)).to_plan_id != row.plan_id:
                self.wrong(
                    row, f"its plan must be the one that the change effective at {at(last.effective_at)} leads to"
                )
        return self

    @model_validator(mode="after")
    def lines_add_up(self) -> Self:
        """An invoice's subtotal_cents is the sum of its invoice_lines' amount_cents."""
        lines = by(self.invoice_lines, "invoice_id")
        for row in self.invoices:
            right = sum(line.amount_cents for line in lines.get(row.id, []))
            if row.id in lines and row.subtotal_cents != right:
                self.wrong(
                    row, f"subtotal_cents is {row.subtotal_cents}, but its lines' amount_cents add up to {right}"
                )
        return self

    @model_validator(mode="after")
    def attempts_are_numbered(self) -> Self:
        """The payment_attempts of an invoice have attempt_no 1, 2, 3 ... in the order of attempted_at."""
        for attempts in by(self.payment_attempts, "invoice_id").values():
            counted = sorted((row for row in attempts if row.attempt_no >= 1), key=lambda row: row.attempted_at)
            if len({row.attempt_no for row in counted}) < len(counted):  # the UNIQUE's
                continue
            for number, row in enumerate(counted, 1):
                if row.attempt_no != number:
                    self.wrong(row, f"attempt_no is {row.attempt_no}, but by attempted_at it is attempt {number}")
        return self

    @model_validator(mode="after")
    def attempts_settle_the_invoice(self) -> Self:
        """All payment_attempts of an invoice but its last are failed; it is paid exactly if its last one succeeded."""
        attempts = by(self.payment_attempts, "invoice_id")
        for row in self.invoices:
            *earlier, last = sorted(attempts.get(row.id, []), key=lambda item: item.attempt_no) or [None]
            for attempt in earlier:
                if attempt is not None and attempt.status != "failed":
                    self.wrong(attempt, f"attempt {attempt.attempt_no} is followed by another, so it must be failed")
            if last is not None and (last.status == "succeeded") != (row.status == "paid"):
                self.wrong(row, f"its last attempt is {last.status}, so status {row.status} is wrong")
        return self

    @model_validator(mode="after")
    def retry_is_planned_last(self) -> Self:
        """Of the failed payment_attempts only the last one of an open invoice may have a next_retry_at."""
        status = {row.id: row.status for row in self.invoices}
        for invoice, attempts in by(self.payment_attempts, "invoice_id").items():
            last = max(row.attempt_no for row in attempts)
            for row in attempts:
                if row.next_retry_at is None or row.status != "failed":
                    continue
                if row.attempt_no != last:
                    self.wrong(row, f"next_retry_at must be NULL: attempt {row.attempt_no + 1} is the retry")
                elif status.get(invoice, "open") != "open":
                    self.wrong(row, f"next_retry_at must be NULL: the invoice is {status[invoice]}")
        return self

    @model_validator(mode="after")
    def attempts_follow_the_invoice(self) -> Self:
        """No payment attempt is earlier than its invoice's issued_at."""
        issued = {row.id: row.issued_at for row in self.invoices}
        for row in self.payment_attempts:
            if row.invoice_id in issued and row.attempted_at < issued[row.invoice_id]:
                limit = at(issued[row.invoice_id])
                self.wrong(
                    row, f"attempted_at {at(row.attempted_at)} must not be before the invoice's issued_at {limit}"
                )
        return self

    @model_validator(mode="after")
    def past_due_has_an_open_invoice(self) -> Self:
        """A past_due subscription with invoices has an open one."""
        invoices = by(self.invoices, "subscription_id")
        for row in self.subscriptions:
            states = {invoice.status for invoice in invoices.get(row.id, [])}
            if row.status == "past_due" and states and "open" not in states:
                self.wrong(row, "it is past_due, so one of its invoices must be open")
        return self

    @model_validator(mode="after")
    def one_default_payment_method(self) -> Self:
        """An organization with payment_methods has one with is_default."""
        for methods in by(self.payment_methods, "organization_id").values():
            if not any(row.is_default for row in methods):
                self.wrong(methods[0], "none of its organization's payment methods is_default, one must be")
        return self

    @model_validator(mode="after")
    def usage_in_its_time(self) -> Self:
        """usage_records are recorded from the subscription's started_at to its current_period_end."""
        subscriptions = {row.id: row for row in self.subscriptions}
        for row in self.usage_records:
            if (owner := subscriptions.get(row.subscription_id)) is not None:
                start, end = owner.started_at, owner.current_period_end
                if not start <= row.recorded_at <= end:
                    self.wrong(row, f"recorded_at {at(row.recorded_at)} must be in {at(start)} to {at(end)}")
        return self
