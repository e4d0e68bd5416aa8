"""What is likely in a column by its name and provider: how often NULL, which label, which numbers, which moments."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import numpy as np

from llmgen.plan import Route
from llmgen.predicates.ranges import DAY, MOMENTS, NUMERIC, Domain, encode
from llmgen.schema.model import Column
from llmgen.settings import Season
from llmgen.values.cells import NEVER_NULL
from llmgen.values.line import unit
from llmgen.values.scalar_columns import usual_line
from llmgen.values.scalars import TELLING, label_weights
from llmgen.values.streams import Mask, Numbers, Words, below, key, mix
from llmgen.values.usual import said
from llmgen.volume.distributions import Profile, evenly, season

_PARTS = 1 << 32
_LOW = np.uint64(_PARTS - 1)
_MIXED = key("soon")

# Of a hundred rows, how many are NULL where they may be; the first that matches counts, by a word of the name, then by
# provider, else one of ten.
_EMPTY_WORDS: tuple[tuple[frozenset[str], int], ...] = (
    (frozenset({"deleted", "banned", "blocked", "suspended", "revoked", "disabled", "removed"}), 90),
    (frozenset({"archived", "cancelled", "canceled", "refunded", "rejected", "failed", "locked", "discontinued"}), 80),
    (frozenset({"middle", "suffix", "nickname", "fax"}), 70),
    (frozenset({"notes", "note", "comment", "comments", "remark", "remarks", "memo", "reason"}), 50),
)
_EMPTY: Mapping[str, int] = {"empty": 90, "later_at": 60, "unit": 70, "middle_name": 70, "salutation": 40}
_EMPTY_ELSE = 10

# Of a hundred rows, how many are true.
_TRUE: tuple[tuple[frozenset[str], int], ...] = (
    (frozenset({"deleted", "blocked", "banned", "suspended", "revoked", "disabled", "removed", "spam", "fraud"}), 4),
    (frozenset({"archived", "locked", "hidden", "cancelled", "canceled", "discontinued", "expired", "failed"}), 8),
    (frozenset({"admin", "superuser", "staff", "root", "moderator", "internal", "test", "demo", "bot"}), 5),
    (frozenset({"active", "enabled", "available", "valid", "visible", "current", "allowed"}), 90),
    (frozenset({"verified", "confirmed", "approved", "published", "accepted", "subscribed", "public"}), 80),
    (frozenset({"default", "primary", "featured", "urgent", "required", "private", "recurring"}), 20),
)

_CONSTANT = re.compile(r"(?:CAST\()?'((?:[^']|'')*)'(?: AS [\w\s()]+\))?", re.IGNORECASE)
_KEPT_BY_TYPE, _KEPT_WORD = 85, 60
"""Of a hundred rows, how many keep a constant default: of texts that only their type tells of, of states and kinds."""

# Weights of equal parts of the usual range: cheap things and small counts are the more frequent.
_FALLING = tuple(10**6 // (part + 5) ** 2 for part in range(64))
_WEIGHTS: Mapping[str, tuple[int, ...]] = {
    "amount": _FALLING,
    "cents": _FALLING,
    "count": _FALLING,
    "measured": _FALLING,
    "rating": (2, 3, 8, 20, 17),
    "age": (8, 11, 11, 10, 9, 8, 6, 4, 2),
}
_BEGUN = frozenset({"created_at", "starts_at", "timestamp", "date"})
_SOON = frozenset({"updated_at", "later_at"})
_USUAL_SEASON = Season(
    kind="season",
    weekdays=(10, 10, 10, 10, 9, 6, 5),
    hours=(3, 2, 1, 1, 1, 2, 4, 8, 14, 18, 20, 20, 18, 18, 19, 19, 18, 16, 14, 13, 12, 10, 7, 5),
    growth=Decimal(2),
)


def share(of: float) -> int:
    """A share of rows as a number of 2**32."""
    return round(of * _PARTS)


def hit(words: Words, parts: int) -> Mask:
    """True for so many of 2**32 words, by their lower half: what is drawn `below` goes by the upper one."""
    found: Mask = (words & _LOW) < np.uint64(parts)
    return found


def empty_share(column: Column, provider: str) -> int:
    """How many of 2**32 rows are NULL where they may be, if nobody has said so."""
    if provider in NEVER_NULL:
        return 0
    if provider == "database":
        return _PARTS
    heard = said(column.name)
    found = next((percent for names, percent in _EMPTY_WORDS if heard & names), None)
    return share((_EMPTY.get(provider, _EMPTY_ELSE) if found is None else found) / 100)


def kept_default(column: Column, route: Route) -> tuple[str, int] | None:
    """The default of a text that most rows keep, and how many of 2**32 do; None where its name promises more."""
    constant = _CONSTANT.fullmatch(column.default or "")
    if constant is None or column.type.kind != "text":
        return None
    text, by_type = constant[1].replace("''", "'"), route.why.startswith("type is ")
    if by_type and (text or route.provider == "code"):
        return text, share(_KEPT_BY_TYPE / 100)
    state = route.provider == "word" and route.why.startswith("name says ")
    return (text, share(_KEPT_WORD / 100)) if text and state else None


def weights_of(column: Column, values: Sequence[Any]) -> list[int]:
    """How often each of a few values comes: early labels the oftener, flags by what they say."""
    if column.type.kind == "enum":
        return label_weights(len(values))
    if column.type.kind == "boolean":
        heard = said(column.name)
        true = next((percent for names, percent in _TRUE if heard & names), 50)
        return [true if value else 100 - true for value in values]
    return [1] * len(values)


@lru_cache(maxsize=1024)
def usual_profile(column: Column, domain: Domain, now: datetime, provider: str) -> Profile | None:
    """How the column's numbers or moments usually lie within the domain; None where each is as likely as another."""
    kind = column.type.kind
    moments = kind in MOMENTS and provider in _BEGUN | _SOON
    if domain.values is not None or not (moments or (kind in NUMERIC and provider in _WEIGHTS)):
        return None
    line = usual_line(replace(column, name=provider) if provider in TELLING else column, domain, encode(now))
    if line.least > line.most or line.end <= line.start:
        return None
    own = line.steps[-1]
    step = next((step for step in line.steps if line.end - line.start >= 2 * step), own)
    if not moments:
        return evenly(line.start, line.end, _WEIGHTS[provider], step, own)
    day = int(DAY / unit(column))
    return season(_USUAL_SEASON, line.start, line.end, day, step) if (line.end - line.start) // day < 3_660 else None


def soon_after(words: Words, low: Numbers, high: Numbers, step: int) -> Numbers:
    """Numbers from `low` to `high` inclusive, most of them near to `low`, on multiples of `step` where there is one."""
    width = np.maximum(high - low + 1, 1)
    near = words >> np.uint64(43)
    cubed = near * near * near * np.uint64(2)
    found = low + below(cubed, width)
    found += below(mix(_MIXED, words), np.maximum(np.minimum(width >> 11, high - found + 1), 1))
    rounded = found - found % step
    return np.where(rounded >= low, rounded, found)


def is_soon(column: Column, provider: str) -> bool:
    """Whether the column's moments follow another one of their row."""
    return column.type.kind in MOMENTS and provider in _SOON
