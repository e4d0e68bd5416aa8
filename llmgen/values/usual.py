"""What is usual for a column by its name: ranges of numbers and of moments, cut to a Domain."""

from fractions import Fraction
from functools import lru_cache

from llmgen.canonical import CANONICAL
from llmgen.naming import words
from llmgen.predicates.ranges import DAY, Domain, Number, closed, grid
from llmgen.schema.model import Column


def _of(*names: str) -> frozenset[str]:
    return frozenset(names)


# The usual range of a number by a word of its column's name, and its grid; the first that matches counts.
_NUMBERS: tuple[tuple[frozenset[str], float, float, str], ...] = (
    (_of("latitude", "lat"), -60, 70, "0.000001"),
    (_of("longitude", "lng", "lon"), -180, 180, "0.000001"),
    (_of("year"), 1995, 2024, "1"),
    (_of("month"), 1, 12, "1"),
    (_of("weekday", "dow"), 0, 6, "1"),
    (_of("hour"), 0, 23, "1"),
    (_of("minute"), 0, 59, "1"),
    (_of("rating", "stars"), 1, 5, "1"),
    (_of("percent", "percentage", "pct"), 0, 100, "1"),
    (_of("ratio", "fraction", "probability", "confidence", "share"), 0, 1, "0.01"),
    (_of("rate", "discount", "vat", "score"), 0, 30, "0.5"),
    (_of("cents", "pence", "minor"), 500, 50_000, "100"),
    (_of("salary", "revenue", "income"), 20_000, 150_000, "500"),
    (_of("price", "amount", "total", "subtotal", "cost", "balance", "fee", "tax"), 5, 500, "0.05"),
    (_of("quantity", "qty", "seats", "units", "guests", "items"), 1, 12, "1"),
    (_of("age"), 18, 80, "1"),
    (_of("position", "ordinal", "sort", "order", "rank", "priority", "level", "step", "index"), 1, 10, "1"),
    (_of("version", "revision", "attempt", "attempts", "retries"), 1, 5, "1"),
    (_of("duration", "seconds", "timeout", "ms", "minutes", "interval", "ttl"), 5, 3_600, "5"),
    (_of("width", "height", "pixels"), 100, 2_000, "10"),
    (_of("bytes", "size", "length"), 1_000, 5_000_000, "1"),
    (_of("port"), 1_024, 65_535, "1"),
    (_of("weight"), 0.5, 40, "0.1"),
    (_of("count", "number", "stock", "capacity", "limit", "quota", "points"), 0, 100, "1"),
)
# Integers that stand for something: an instant in seconds, yes or no, one of a few states. None counts anything.
_SECONDS = int(CANONICAL.timestamp())
_CODES: tuple[tuple[frozenset[str], int, int], ...] = (
    (_of("clock", "stamp", "timestamp", "epoch", "ts", "mtime", "created", "updated", "modified"),
     _SECONDS - 63_072_000, _SECONDS),
    (_of("enabled", "disabled", "active", "inactive", "is", "has", "can", "visible", "hidden", "private", "public",
         "deleted", "locked", "archived", "verified", "required", "allow", "allowed", "show", "sensitive"), 0, 1),
    (_of("status", "state", "type", "kind", "mode", "severity", "permission", "permissions", "action", "operator",
         "flags", "class", "style", "protocol", "source", "category", "stage", "phase", "role", "gender"), 0, 4),
)  # fmt: skip
_OF_ROWS = _of("id", "by", "uid", "user")
"""Words of integers that name a row of some table rather than say what they are."""
_FEW_STEPS = 20
_AHEAD = _of("expires", "expiry", "expiration", "due", "until", "ends", "end", "renews", "renewal", "next", "scheduled",
                "deadline", "valid")  # fmt: skip
_BIRTHS = _of("birth", "birthday", "born", "dob", "birthdate")


@lru_cache(maxsize=4096)
def said(name: str) -> frozenset[str]:
    """The words of a column's name."""
    return frozenset(words(name).split())


def number_range(column: Column) -> tuple[Number, Number, Fraction]:
    """The usual range of the column's numbers, by its name, and the grid they usually lie on."""
    heard = said(column.name)
    for names, low, high, step in _NUMBERS:
        if heard & names:
            return Fraction(low), Fraction(high), Fraction(step)
    if column.type.kind == "integer" and not heard & _OF_ROWS:
        for names, first, last in _CODES:
            if heard & names:
                return first, last, Fraction(1)
    return 1, 1_000, Fraction(1)


def has_range(name: str) -> bool:
    """Whether a word of the name says what its numbers are like."""
    return any(said(name) & names for names, *_ in _NUMBERS)


def window(domain: Domain, usual_low: Number, usual_high: Number, step: Number) -> tuple[Number, Number]:
    """The usual range cut to the domain; where they hardly meet, a range as wide from the domain's own end."""
    low, high = closed(domain)
    width = usual_high - usual_low
    start = usual_low if low is None else max(low, usual_low)
    end = usual_high if high is None else min(high, usual_high)
    if end - start < min(step * 2, width):
        if low is not None and (low >= usual_low or high is None):
            start, end = low, low + width
        elif high is not None:
            start, end = high - width, high
        start = start if low is None else max(low, start)
        end = end if high is None else min(high, end)
    return start, end


def number_window(column: Column, domain: Domain) -> tuple[Number, Number, Number, Number]:
    """The usual range of the column within the domain, their grid, and a coarser one where it has room."""
    usual_low, usual_high, usual_step = number_range(column)
    step = max(Fraction(grid(domain)), Fraction(1) if domain.kind == "integer" else Fraction(1, 100))
    if domain.step is not None:
        step = domain.step
    elif usual_step < step and domain.kind != "integer":
        step = usual_step
    if step > 1 and usual_high - usual_low < _FEW_STEPS * step:
        usual_high = usual_low + _FEW_STEPS * step
    low, high = window(domain, usual_low, usual_high, step)
    if low < 0 <= usual_low and high > 0:
        low = 0
    if domain.step is None and domain.kind != "integer" and high - low < 4 * step:
        step = Fraction(grid(domain))
    coarse = usual_step if usual_step % step == 0 and (high - low) >= 20 * usual_step else step
    return low, high, step, coarse


def usual_moments(column: Column, now: Number) -> tuple[Number, Number]:
    """Births long ago, what is due ahead, anything else in the two years behind."""
    heard = said(column.name)
    if heard & _BIRTHS:
        return now - 75 * 365 * DAY, now - 20 * 365 * DAY
    return (now + DAY, now + 365 * DAY) if heard & _AHEAD else (now - 730 * DAY, now - DAY)
