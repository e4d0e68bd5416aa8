"""Durations as text: ISO 8601 and PostgreSQL's spellings read, ISO 8601 written."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

RIGHT = "an ISO 8601 duration in weeks, days and smaller units such as P1DT2H"

_AMOUNT = r"[+-]?[0-9]{1,12}(?:\.[0-9]{1,6})?"
_ISO = re.compile(
    rf"(?P<sign>-?)P(?=.)(?:(?P<week>{_AMOUNT})W)?(?:(?P<day>{_AMOUNT})D)?"
    rf"(?:T(?=.)(?:(?P<hour>{_AMOUNT})H)?(?:(?P<minute>{_AMOUNT})M)?(?:(?P<second>{_AMOUNT})S)?)?"
)
_PART = re.compile(
    rf"\s*(?:(?P<amount>{_AMOUNT})\s*(?P<unit>week|day|hour|minute|min|second|sec)s?\b"
    r"|(?P<sign>[+-]?)(?P<hour>[0-9]{1,9}):(?P<minute>[0-5][0-9])(?::(?P<second>[0-5][0-9](?:\.[0-9]{1,6})?))?)\s*"
)
_MICROSECONDS = {
    "week": 604_800_000_000, "day": 86_400_000_000, "hour": 3_600_000_000,
    "minute": 60_000_000, "min": 60_000_000, "second": 1_000_000, "sec": 1_000_000,
}  # fmt: skip


def read_interval(value: Any) -> timedelta:
    """The duration that a text says. ValueError with what would be right; months and years have no fixed length."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(RIGHT)
    iso = _ISO.fullmatch(value)
    total = _iso_total(iso) if iso else _verbose_total(value)
    try:
        return timedelta(microseconds=total)
    except OverflowError:
        raise ValueError(f"{RIGHT}, of less than 1,000,000,000 days") from None


def interval_text(value: timedelta) -> str:
    """ISO 8601; of a negative duration each part carries its sign, as PostgreSQL reads it."""
    sign = "-" if value < timedelta() else ""
    whole = abs(value)
    minutes, seconds = divmod(whole.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{whole.microseconds:06}".rstrip("0") if whole.microseconds else ""
    clock = "".join(f"{sign}{amount}{unit}" for amount, unit in ((hours, "H"), (minutes, "M")) if amount)
    if seconds or fraction:
        clock += f"{sign}{seconds}{fraction}S"
    days = f"{sign}{whole.days}D" if whole.days else ""
    return f"P{days}T{clock}" if clock else f"P{days or 'T0S'}"


def _iso_total(parts: re.Match[str]) -> int:
    total = sum(_microseconds(parts[unit], unit) for unit in ("week", "day", "hour", "minute", "second") if parts[unit])
    return -total if parts["sign"] else total


def _verbose_total(text: str) -> int:
    total, place = 0, 0
    while place < len(text):
        part = _PART.match(text, place)
        if part is None:
            raise ValueError(RIGHT)
        place = part.end()
        if part["unit"]:
            total += _microseconds(part["amount"], part["unit"])
        else:
            clock = sum(_microseconds(part[unit] or "0", unit) for unit in ("hour", "minute", "second"))
            total += -clock if part["sign"] == "-" else clock
    return total


def _microseconds(amount: str, unit: str) -> int:
    return int(Decimal(amount) * _MICROSECONDS[unit])
