"""The rows of the good billing dataset, made by hand; tests take it from good_billing."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

Rows = list[dict[str, Any]]
Data = dict[str, Rows]

FIXTURE = Path(__file__).parents[1] / "fixtures" / "billing"


def key(name: str) -> str:
    """A fixed key by name: `key("pro")` is the same in every run."""
    return str(uuid5(NAMESPACE_URL, f"https://example.com/{name}"))


def plan(code: str) -> str:
    """The key of a plan of the reference file."""
    return next(str(row["id"]) for row in plans() if row["code"] == code)


def plans() -> Rows:
    """The reference rows of the price list."""
    return [json.loads(line) for line in (FIXTURE / "reference" / "plans.jsonl").read_text("utf-8").splitlines()]


def good_dataset(now: datetime) -> Data:
    """Rows of all eleven tables that satisfy every constraint and rule at `now` (aware, UTC), made anew each time."""

    def ago(days: float) -> datetime:
        return now - timedelta(days=days)

    return {
        "plans": plans(),
        "organizations": [
            _organization("aoyama", "青山製作所", "JP", "ja_JP", "Asia/Tokyo", ago(400)),
            _organization("brueckner", "Brückner & Söhne", "DE", "de_DE", "Europe/Berlin", ago(60)),
            _organization("ferreira", "Ferreira Dados", "BR", "pt_BR", "America/Sao_Paulo", ago(220)),
        ],
        **_people(ago),
        **_subscriptions(ago),
        **_payments(ago),
        **_invoices(ago),
        "usage_records": [
            _usage("u1", "pro", "api_calls", 41_250, ago(6)),
            _usage("u2", "pro", "emails_sent", 310, ago(2)),
            _usage("u3", "trial", "api_calls", 388_000, ago(1.2)),
            _usage("u4", "free", "api_calls", 9_400, ago(3)),
            _usage("u5", "free", "api_calls", 8_800, ago(30)),
        ],
    }


def _organization(name: str, title: str, country: str, locale: str, zone: str, created: datetime) -> dict[str, Any]:
    return {
        "id": key(name),
        "name": title,
        "slug": name,
        "billing_email": f"billing@{name}.example.com",
        "country": country,
        "locale": locale,
        "time_zone": zone,
        "created_at": created,
    }


def _people(ago: Callable[[float], datetime]) -> Data:
    def user(name: str, full: str, zone: str, login: datetime | None, created: datetime) -> dict[str, Any]:
        row = {"id": key(name), "full_name": full, "email": f"{name}@example.com", "time_zone": zone}
        return row | {"last_login_at": login, "created_at": created}

    def member(organization: str, name: str, role: str, invited: float, joined: float | None) -> dict[str, Any]:
        row = {"organization_id": key(organization), "user_id": key(name), "role": role, "invited_at": ago(invited)}
        return row | {"joined_at": None if joined is None else ago(joined)}

    return {
        "users": [
            user("yuki", "青山 由紀", "Asia/Tokyo", ago(0.1), ago(400)),
            user("lena", "Lena Brückner", "Europe/Berlin", ago(3), ago(60)),
            user("joao", "João d'Ávila", "America/Sao_Paulo", None, ago(20)),
        ],
        "memberships": [
            member("aoyama", "yuki", "owner", 400, 400),
            member("brueckner", "lena", "owner", 60, 60),
            member("ferreira", "joao", "billing", 20, None),
            member("ferreira", "lena", "member", 20, 19),
        ],
    }


def _subscriptions(ago: Callable[[float], datetime]) -> Data:
    def subscription(
        name: str,
        organization: str,
        code: str,
        status: str,
        moments: tuple[float, float | None, float, float],
        **more: Any,
    ) -> dict[str, Any]:
        started, trial_end, start, end = moments
        row = {
            "id": key(name),
            "organization_id": key(organization),
            "plan_id": plan(code),
            "status": status,
            "seats": 2,
        }
        row |= {"started_at": ago(started), "trial_ends_at": None if trial_end is None else ago(trial_end)}
        row |= {"current_period_start": ago(start), "current_period_end": ago(end), "cancel_at_period_end": False}
        return row | {"canceled_at": None, "note": None, "created_at": ago(started), "updated_at": ago(0.5)} | more

    def change(
        name: str, of: str, kind: str, at: float, plans: tuple[str, str] | None, cents: int = 0
    ) -> dict[str, Any]:
        old, new = (plan(plans[0]), plan(plans[1])) if plans else (None, None)
        row = {"id": key(name), "subscription_id": key(of), "kind": kind, "from_plan_id": old, "to_plan_id": new}
        return row | {"effective_at": ago(at), "proration_cents": cents}

    canceling = {"cancel_at_period_end": True, "canceled_at": ago(3)}
    return {
        "subscriptions": [
            subscription("pro", "aoyama", "pro_monthly", "active", (100, 86, 10, -20), note="支払いは毎月十日を希望"),
            subscription("year", "aoyama", "enterprise_annual", "active", (365 + 353, None, 353, -12), **canceling),
            subscription("trial", "brueckner", "business_monthly", "trialing", (13, -1, 13, -1), seats=40),
            subscription("locked", "brueckner", "pro_monthly", "expired", (17, 3, 17, 3)),
            subscription("late", "ferreira", "pro_monthly", "past_due", (210, 196, 5, -25), seats=11),
            subscription("free", "ferreira", "starter", "active", (180, None, 16, -14)),
            subscription("gone", "ferreira", "starter", "canceled", (120, None, 25, -5), canceled_at=ago(4)),
        ],
        "subscription_changes": [
            change("c1", "pro", "upgrade", 4, ("starter", "pro_monthly"), 3_267),
            change("c2", "free", "downgrade", 6, ("pro_monthly", "starter"), -3_267),
            change("c3", "gone", "cancel", 4, None),
            change("c4", "free", "activate", 180, None),
        ],
    }


def _invoices(ago: Callable[[float], datetime]) -> Data:
    def invoice(
        name: str, of: str, status: str, cents: tuple[int, int, int, int], issued: float, paid: float | None
    ) -> Any:
        row = {"id": key(name), "subscription_id": key(of), "number": f"INV-0000{name[1:]}", "status": status}
        row |= dict(zip(("subtotal_cents", "tax_cents", "credit_cents", "total_cents"), cents, strict=True))
        row |= {"issued_at": ago(issued), "due_at": ago(issued - 14)}
        return row | {"paid_at": None if paid is None else ago(paid)}

    def line(name: str, of: str, kind: str, text: str, quantity: int, unit: int) -> dict[str, Any]:
        row = {"id": key(name), "invoice_id": key(of), "kind": kind, "description": text, "quantity": quantity}
        row |= {"unit_amount_cents": unit, "amount_cents": quantity * unit}
        return row | {"period_start": ago(10), "period_end": ago(-20)}

    return {
        "invoices": [
            invoice("i1001", "pro", "paid", (5_500, 550, 50, 6_000), 10, 8),
            invoice("i1002", "late", "open", (4_900, 0, 0, 4_900), 5, None),
            invoice("i1003", "year", "paid", (538_920, 53_892, 0, 592_812), 353, 353),
            invoice("i1004", "pro", "draft", (3_267, 0, 0, 3_267), 4, None),
            invoice("i1005", "free", "void", (0, 0, 0, 0), 6, None),
        ],
        "invoice_lines": [
            line("l1", "i1001", "subscription", "Pro 月額", 1, 4_900),
            line("l2", "i1001", "usage", "API 超過分", 3, 200),
            line("l3", "i1002", "subscription", "Assinatura Pro", 1, 4_900),
            line("l4", "i1003", "subscription", "Enterprise 年額", 1, 598_800),
            line("l5", "i1003", "discount", "割引", 2, -29_940),
            line("l6", "i1004", "proration_charge", "アップグレード", 1, 3_267),
        ],
    }


def _payments(ago: Callable[[float], datetime]) -> Data:
    def method(name: str, owner: str, token: str, brand: str, last4: str, default: bool) -> dict[str, Any]:
        row = {"id": key(name), "organization_id": key(owner), "stripe_token": token, "brand": brand, "last4": last4}
        return row | {"expires_on": ago(-500).date(), "is_default": default, "created_at": ago(50)}

    def attempt(
        of: str, card: str, number: int, code: str | None, at: float, retry: float | None = None
    ) -> dict[str, Any]:
        row = {"id": key(f"{of}-{number}"), "invoice_id": key(of), "payment_method_id": key(card), "attempt_no": number}
        row |= {"status": "failed" if code else "succeeded", "failure_code": code, "attempted_at": ago(at)}
        return row | {"next_retry_at": None if retry is None else ago(retry)}

    return {
        "payment_methods": [
            method("visa", "aoyama", "pm_card_visa", "visa", "4242", True),
            method("amex", "aoyama", "pm_card_amex", "amex", "8431", False),
            method("master", "brueckner", "pm_card_mastercard", "mastercard", "4444", True),
            method("poor", "ferreira", "pm_card_chargeDeclinedInsufficientFunds", "visa", "9995", True),
        ],
        "payment_attempts": [
            attempt("i1001", "amex", 1, "card_declined", 9.5),
            attempt("i1001", "visa", 2, None, 8),
            attempt("i1002", "poor", 1, "insufficient_funds", 5),
            attempt("i1002", "poor", 2, "insufficient_funds", 2, -1),
            attempt("i1003", "visa", 1, None, 353),
        ],
    }


def _usage(name: str, of: str, metric: str, quantity: int, at: datetime) -> dict[str, Any]:
    row = {"id": key(name), "subscription_id": key(of), "metric": metric, "quantity": quantity}
    return row | {"recorded_at": at}
