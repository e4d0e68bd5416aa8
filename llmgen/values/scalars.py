"""One cell by its column's type, within a Domain: numbers, dates, uuids, json, plain text, all from one 64-bit word."""

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from llmgen.canonical import CANONICAL
from llmgen.predicates.ranges import DAY, MOMENTS, NUMERIC, Domain, Number, base_domain, decode, encode, grid
from llmgen.schema.model import Column, ColumnType, Kind
from llmgen.schema.numbers import EXACT
from llmgen.values.json_values import json_of
from llmgen.values.literals import literal_of
from llmgen.values.shapes import NOUNS, text_within
from llmgen.values.streams import mix
from llmgen.values.usual import number_window, said, usual_moments, window

UUID_LENGTH = 36
_TRIES = 30
_BLOCK = np.arange(16, dtype=np.uint64)


class Draw:
    """Numbers for one cell, one after another, all from one 64-bit word."""

    def __init__(self, word: int) -> None:
        self.word = np.uint64(word)
        self.at = 0
        self.block: list[int] = []

    def u64(self) -> int:
        """The next number, 0 to 2**64 - 1."""
        place = self.at % len(_BLOCK)
        if place == 0:
            self.block = mix(self.word, _BLOCK + np.uint64(self.at)).tolist()
        self.at += 1
        return self.block[place]

    def below(self, n: int) -> int:
        """A number from 0 to n - 1, also for n beyond 64 bits."""
        if n <= 1 << 32:
            return (self.u64() >> 32) * n >> 32
        wide = (self.u64() << 64) | self.u64()
        return wide * n >> 128

    def pick(self, items: Sequence[Any]) -> Any:
        """One of the items."""
        return items[self.below(len(items))]


# Providers that say more than a column's name, and those that write text where the column keeps text.
TELLING = frozenset({"year", "month", "age", "rating", "latitude", "longitude", "cents", "amount",
                     "position", "birth_date", "created_at", "updated_at", "later_at", "starts_at", "ends_at",
                     "due_at"})  # fmt: skip
SPELLED: Mapping[str, Kind] = {
    **dict.fromkeys(("year", "month", "age", "rating", "count", "position", "percent", "cents", "integer"), "integer"),
    **dict.fromkeys(("amount", "decimal", "latitude", "longitude"), "decimal"),
    **dict.fromkeys(("date", "birth_date"), "date"),
    **dict.fromkeys(("timestamp", "created_at", "updated_at"), "timestamp"),
    "time": "time",
    "uuid": "uuid",
}
_JSON: tuple[tuple[frozenset[str], tuple[tuple[str, tuple[Any, ...]], ...]], ...] = (
    (
        frozenset({"settings", "preferences", "options", "config", "configuration"}),
        (("theme", ("light", "dark", "system")), ("notifications", (True, False)), ("page_size", (20, 50, 100))),
    ),
    (
        frozenset({"payload", "event", "data", "body"}),
        (("type", ("created", "updated", "deleted")), ("version", (1, 2)), ("retry", (False, True))),
    ),
    (frozenset(), (("source", ("web", "api", "import")), ("priority", (1, 2, 3)), ("tags", ([], ["beta"], ["vip"])))),
)


def scalar(column: Column, domain: Domain, word: int, now: datetime | None = None, provider: str = "") -> Any:
    """A cell of the column's type within the domain, a pure function of its arguments; never NULL unless it must be.

    `now` is what past and future dates lie around. `provider` (of `llmgen.plan`) says more than the column's name where
    it is one of numbers or dates. ValueError where nothing was found, which may happen for text with several patterns.
    """
    if provider in SPELLED and column.type.kind == "text" and not domain.limits_text:
        return _spelled(column, domain, word, now, provider)
    if provider in TELLING:
        column = replace(column, name=provider)
    if domain.null == "must":
        return None
    draw = Draw(word)
    if domain.values is not None:
        return _of_set(domain, draw)
    kind = column.type.kind
    if kind in NUMERIC:
        return _number(column, domain, draw)
    if kind in MOMENTS:
        return _moment(column, domain, draw, now or CANONICAL)
    return _OTHERS[kind](column, domain, draw)


def spelled_column(provider: str) -> Column:
    """The column that a provider among `SPELLED` would write if it were not text."""
    return Column(provider, ColumnType(SPELLED[provider], SPELLED[provider]), nullable=False)


def _spelled(column: Column, domain: Domain, word: int, now: datetime | None, provider: str) -> str:
    """Numbers and dates that a schema keeps as text."""
    inner = spelled_column(provider)
    value = scalar(inner, base_domain(inner), word, now)
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    if provider == "uuid" and narrow_for_uuid(domain):
        text = text.replace("-", "")
    if domain.admits(text):
        return text
    raise ValueError(f"{text} does not fit {column.name}")


def narrow_for_uuid(domain: Domain) -> bool:
    """Whether the text is too short for a uuid's dashes: such columns hold its 32 digits."""
    return domain.max_length is not None and domain.max_length < UUID_LENGTH


def _of_set(domain: Domain, draw: Draw) -> Any:
    """Of a finite set: labels of an enum come the oftener the earlier they stand."""
    values = domain.values or ()
    left = [value for value in values if domain.admits(value)]
    if not left:
        raise ValueError("nothing is left of a finite set")
    if domain.kind != "enum" or len(left) == 1:
        return draw.pick(left)
    weights = label_weights(len(left))
    at = draw.below(sum(weights))
    for value, weight in zip(left, weights, strict=True):
        at -= weight
        if at < 0:
            return value
    return left[-1]


def label_weights(count: int) -> list[int]:
    """How often the labels of an enum come, in order."""
    return [2 * count - place for place in range(count)]


def _number(column: Column, domain: Domain, draw: Draw) -> Any:
    low, high, step, coarse = number_window(column, domain)
    number = _on_grid(low, high, coarse, draw) if coarse != step else None
    for _ in range(_TRIES):
        number = _on_grid(low, high, step, draw) if number is None else number
        value = _in_scale(decode(number, domain.kind), column.type.scale)
        if value not in domain.excluded:
            return value
        number = None
    raise ValueError("every number drawn is excluded")


def _in_scale(value: Any, scale: int | None) -> Any:
    """A decimal with the digits that its column shows: 34.00."""
    if not isinstance(value, Decimal):
        return value
    shown = Decimal(1).scaleb(-(2 if scale is None else scale))
    return value.quantize(shown, context=EXACT) if _short(value, scale) else value


def _short(value: Decimal, scale: int | None) -> bool:
    digits = value.as_tuple().exponent
    return isinstance(digits, int) and -digits <= (2 if scale is None else scale)


def _on_grid(low: Number, high: Number, step: Number, draw: Draw) -> Number:
    first, last = -(-low // step), high // step
    if last < first:
        return low
    return (first + draw.below(int(last - first) + 1)) * step


def _moment(column: Column, domain: Domain, draw: Draw, now: datetime) -> Any:
    low, high = usual_moments(column, encode(now))
    step: Number = domain.step or (DAY if domain.kind == "date" else 1_000_000)
    start, end = window(domain, low, high, step)
    for _ in range(_TRIES):
        value = decode(_on_grid(start, end, step, draw), domain.kind)
        if domain.admits(value):
            return value
        step = grid(domain) if end - start < step else step
        start, end = window(domain, start, end, step)
    return decode(start, domain.kind)


def _time(column: Column, domain: Domain, draw: Draw) -> Any:
    minute = 60_000_000
    low, high = window(domain, 8 * 60 * minute, 18 * 60 * minute, minute)
    for step in (15 * minute, minute, 1_000_000, 1):
        value = decode(_on_grid(low, high, step, draw), "time")
        if (high - low >= 2 * step or step == 1) and domain.admits(value):
            break
    return value


def _interval(column: Column, domain: Domain, draw: Draw) -> timedelta:
    low, high = window(domain, DAY, 30 * DAY, 1)
    found: timedelta = decode(_on_grid(low, high, DAY if high - low >= DAY else 1, draw), "interval")
    return found


def uuid_of(one: int, two: int) -> str:
    """A version 4 uuid of two 64-bit words."""
    return str(uuid.UUID(int=(one << 64 | two) & (1 << 128) - 1, version=4))


def _uuid(column: Column, domain: Domain, draw: Draw) -> str:
    return uuid_of(draw.u64(), draw.u64())


def _json(column: Column, domain: Domain, draw: Draw) -> Any:
    if column.default and re.match(r"\W*\[", column.default.removeprefix("'")):
        return [draw.pick(NOUNS) for _ in range(draw.below(3))]
    heard = said(column.name)
    keys = next(keys for names, keys in _JSON if not names or heard & names)
    usual = {name: draw.pick(values) for name, values in keys}
    if not any(fact.path for fact in domain.facts) and domain.admits(usual):
        return usual
    for _ in range(_TRIES):
        found = json_of(column.name, domain.facts, lambda inner, of: _inner(inner, of, draw), usual)
        if domain.admits(found):
            return found
    raise ValueError(f"no JSON was found for {column.name} that holds all that is demanded")


def _inner(column: Column, domain: Domain, draw: Draw) -> Any:
    value = scalar(column, domain, draw.u64())
    return float(value) if isinstance(value, Decimal) else value


def _bytes(column: Column, domain: Domain, draw: Draw) -> bytes:
    size = min(max(domain.min_length, 16), domain.max_length if domain.max_length is not None else 16)
    if column.type.fixed and column.type.length:
        size = column.type.length
    return b"".join(draw.u64().to_bytes(8, "little") for _ in range(size // 8 + 1))[:size]


def _set(column: Column, domain: Domain, draw: Draw) -> str:
    """One or some of the labels."""
    labels = column.type.labels
    for _ in range(_TRIES):
        chosen = [label for label in labels if draw.below(3) == 0] or [draw.pick(labels)]
        if domain.admits(value := ",".join(chosen)):
            return value
    raise ValueError("every set of labels drawn is excluded")


def _array(column: Column, domain: Domain, draw: Draw) -> list[Any]:
    """Up to three elements (or as many as the domain demands), no two alike where that can be."""
    if column.type.element is None:
        return []
    element = Column(column.name, column.type.element, nullable=False)
    within = _items(base_domain(element), [fact.domain for fact in domain.facts if fact.aspect == "every"])
    size = max(domain.min_length, min(1 + draw.below(3), 3 if domain.max_length is None else domain.max_length))
    found: list[Any] = []
    for fact in domain.facts:
        if fact.aspect == "some" and not fact.holds(found):
            found.append(scalar(element, _items(within, [fact.domain]), draw.u64()))
    for _ in range(size * 3):
        value = scalar(element, within, draw.u64())
        if len(found) < size and value not in found:
            found.append(value)
    while len(found) < domain.min_length:
        found.append(scalar(element, within, draw.u64()))
    return found


def _items(domain: Domain, others: Sequence[Domain]) -> Domain:
    for other in others:
        met = domain.meet(replace(other, kind=domain.kind))
        if met is None or met.null == "must":
            raise ValueError("nothing is left for the items of an array")
        domain = met
    return domain


def _text(column: Column, domain: Domain, draw: Draw) -> str:
    return text_within(domain, draw.below)


def _other(column: Column, domain: Domain, draw: Draw) -> str:
    return literal_of(column.type.sql, draw.below)


_OTHERS: Mapping[str, Callable[[Column, Domain, Draw], Any]] = {
    "time": _time,
    "interval": _interval,
    "uuid": _uuid,
    "json": _json,
    "bytes": _bytes,
    "array": _array,
    "set": _set,
    "text": _text,
    "other": _other,
    "boolean": lambda column, domain, draw: draw.below(2) == 1,
    "enum": lambda column, domain, draw: _of_set(replace(domain, values=column.type.labels), draw),
}
