"""Literals in one spelling: numbers, days and moments, durations, JSON and arrays."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from llmgen.schema.array_literals import read_array
from llmgen.schema.meaning.terms import FALSE, NULL, TRUE, Term, literal_value, string

_MOMENT = re.compile(r"(\d{4})(?:-(\d\d?)-|(\d\d))(\d\d?)(?:[ T](.+))?", re.ASCII)
_CLOCK = re.compile(r"(\d\d?:\d\d(?::\d\d(?:\.\d{1,6})?)?)\s*(Z|[+-]\d\d(?::?\d\d)?)?", re.IGNORECASE | re.ASCII)
_TRUTH = {"t": TRUE, "true": TRUE, "yes": TRUE, "on": TRUE, "1": TRUE, "y": TRUE,
          "f": FALSE, "false": FALSE, "no": FALSE, "off": FALSE, "0": FALSE, "n": FALSE}  # fmt: skip
_AMOUNT = r"[+-]?\d+(?:\.\d+)?"
_QUOTED_KEY = re.compile(r'\."(\w+)"')
_ISO = re.compile(
    rf"P(?:({_AMOUNT})Y)?(?:({_AMOUNT})M)?(?:({_AMOUNT})W)?(?:({_AMOUNT})D)?"
    rf"(?:T(?:({_AMOUNT})H)?(?:({_AMOUNT})M)?(?:({_AMOUNT})S)?)?"
)
_ISO_UNITS = ("year", "month", "week", "day", "hour", "minute", "second")
_PART = re.compile(rf"\s*(?:(?P<clock>[+-]?\d+:\d\d(?::\d\d(?:\.\d+)?)?)|(?P<years>[+-]?\d+)-(?P<months>\d+)(?!\d)"
                   rf"|(?P<amount>{_AMOUNT})\s*(?P<unit>[a-z]+)?)\s*")  # fmt: skip
_MONTHS = {"year": 12, "decade": 120, "century": 1200, "millennium": 12_000, "month": 1, "quarter": 3}
_DAYS = {"day": 1, "week": 7}
_SECONDS: Mapping[str, Decimal] = {
    "hour": Decimal(3600), "minute": Decimal(60), "second": Decimal(1), "millisecond": Decimal("0.001"),
    "microsecond": Decimal("0.000001"),
}  # fmt: skip
_UNITS = {
    "y": "year", "yr": "year", "mon": "month", "w": "week", "d": "day", "h": "hour", "hr": "hour", "m": "minute",
    "min": "minute", "s": "second", "sec": "second", "ms": "millisecond", "msec": "millisecond", "us": "microsecond",
    "usec": "microsecond", "c": "century", "cent": "century", "centurie": "century", "dec": "decade",
}  # fmt: skip


def number(text: str) -> Term | None:
    """A number by its value; None for text that is none. Its kind tells whole numbers from those with a point."""
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    if not value.is_finite():
        return None
    whole = value.as_tuple().exponent == 0
    plain = f"{value:f}" if abs(value.adjusted()) < 400 else str(value)
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return Term("0" if plain in ("-0", "") else plain, kind="integer" if whole else "decimal")


def _number_of(kind: str) -> Callable[[str], Term | None]:
    def read(text: str) -> Term | None:
        found = number(text)
        return found and found.of_kind(kind)

    return read


def _moment(text: str) -> Term | None:
    """A day or moment; midnight is the day itself, an offset is counted in."""
    parts = _MOMENT.fullmatch("1970-01-01" if text == "epoch" else text.strip())
    clock = _CLOCK.fullmatch(parts[5].replace("UTC", "Z").strip()) if parts and parts[5] else None
    if parts is None or (parts[5] and clock is None):
        return None
    day = f"{parts[1]}-{int(parts[2] or parts[3]):02}-{int(parts[4]):02}"
    try:
        moment = datetime.fromisoformat(f"{day}T{_padded(clock)}" if clock else day)
        moment = (moment.astimezone(UTC) if moment.tzinfo else moment).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None
    return string(moment.date().isoformat() if moment.time() == time() else moment.isoformat(" "))


def _time(text: str) -> Term | None:
    clock = _CLOCK.fullmatch(text.strip())
    if clock is None:
        return None
    padded = _padded(clock)
    if padded.startswith("24:00"):
        return string("24:00:00")
    try:
        return string(time.fromisoformat(padded).isoformat().removesuffix("+00:00"))
    except ValueError:
        return None


def _padded(clock: re.Match[str]) -> str:
    """An hour of one digit gets its zero."""
    return f"{'0' if clock[1][1] == ':' else ''}{clock[1]}{clock[2] or ''}"


def interval(text: str) -> Term | None:
    """A duration as months, days and seconds, which are not each other's multiples; None where it is none."""
    iso = _ISO.fullmatch(text.strip().upper())
    if iso and len(text.strip()) > 1:
        parts = [(Decimal(amount), unit) for amount, unit in zip(iso.groups(), _ISO_UNITS, strict=True) if amount]
    else:
        found = _verbose(text.strip().lower())
        if found is None:
            return None
        parts = found
    months, days, seconds = Decimal(0), Decimal(0), Decimal(0)
    for amount, unit in parts:
        months += amount * _MONTHS.get(unit, 0)
        days += amount * _DAYS.get(unit, 0)
        seconds += amount * _SECONDS.get(unit, 0)
    days, months = days + (months % 1) * 30, months - months % 1  # as PostgreSQL does: 30 days, 24 hours
    seconds, days = seconds + (days % 1) * 86_400, days - days % 1
    return Term(f"INTERVAL '{months.normalize():f} {days.normalize():f} {seconds.normalize():f}'", kind="interval")


def _verbose(text: str) -> list[tuple[Decimal, str]] | None:
    ago = text.endswith(" ago")
    text, place, parts = text.removesuffix(" ago").removeprefix("@ "), 0, list[tuple[Decimal, str]]()
    while place < len(text):
        part = _PART.match(text, place)
        if part is None or part.end() == place:
            return None
        place = part.end()
        if part["clock"]:
            sign = -1 if part["clock"].startswith("-") else 1
            pieces = part["clock"].lstrip("+-").split(":")
            units = ("hour", "minute", "second")
            parts += [(sign * Decimal(piece), unit) for piece, unit in zip(pieces, units, strict=False)]
        elif part["years"]:
            sign = -1 if part["years"].startswith("-") else 1
            parts += [(Decimal(part["years"]), "year"), (sign * Decimal(part["months"]), "month")]
        else:
            unit = _unit(part["unit"] or "second")
            if unit is None:
                return None
            parts.append((Decimal(part["amount"]), unit))
    return [(-amount if ago else amount, unit) for amount, unit in parts] or None


def _unit(word: str) -> str | None:
    singular = word if word in _UNITS else word.removesuffix("s")
    unit = _UNITS.get(singular, singular)
    return unit if unit in _MONTHS or unit in _DAYS or unit in _SECONDS else None


def _exact(digits: str) -> str:
    return f"number {digits}"  # a float would take digits away


def _json(text: str) -> Term | None:
    try:
        return string(
            json.dumps(json.loads(text, parse_float=_exact), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        )
    except (ValueError, RecursionError):
        return None


def _array(text: str) -> Term | None:
    try:
        return _array_term(read_array(text)) if text.startswith("{") else None
    except ValueError:
        return None


def _array_term(items: list[Any]) -> Term:
    return Term("ARRAY", tuple(map(_item, items)), "array") if items else Term("ARRAY[]", kind="array")


def _item(item: Any) -> Term:
    if isinstance(item, list):
        return _array_term(item)
    return NULL if item is None else string(item)


def _json_path(text: str) -> Term:
    """A path without quotes, spaces and parentheses that say nothing."""
    plain = _QUOTED_KEY.sub(r".\1", text)
    pieces = re.split(r'("(?:[^"\\]|\\.)*")', plain)
    plain = "".join(piece if piece.startswith('"') else "".join(piece.split()) for piece in pieces)
    return string(plain[1:-1] if plain.startswith("(") and plain.endswith(")") else plain)


def _bytes(text: str) -> Term:
    if text.startswith("\\x"):
        return string(text.lower())
    return string(text if "\\" in text else f"\\x{text.encode().hex()}")


def _uuid(text: str) -> Term | None:
    digits = re.sub("[{}-]", "", text.strip().lower())
    return string(digits) if re.fullmatch("[0-9a-f]{32}", digits) else None


_READERS: Mapping[str, Callable[[str], Term | None]] = {
    "integer": _number_of("integer"),
    "decimal": _number_of("decimal"),
    "float": _number_of("float"),
    "boolean": lambda text: _TRUTH.get(text.strip().lower()),
    "date": _moment,
    "timestamp": _moment,
    "timestamptz": _moment,
    "time": _time,
    "interval": interval,
    "json": _json,
    "uuid": _uuid,
    "array": _array,
    "jsonpath": _json_path,
    "bytes": _bytes,
}


def as_kind(term: Term, kind: str) -> Term:
    """A string literal as the value of a kind that it stands for; any other term as it is."""
    value = literal_value(term)
    if value is None:
        return term
    read = _READERS.get(kind)
    found = read(value) if read else None
    return term if found is None else found.of_kind(kind)
