"""Columns of cells by their type, within a Domain: what `llmgen.values.scalars` does for one, for many words."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from llmgen.canonical import CANONICAL
from llmgen.predicates.ranges import DAY, MOMENTS, NUMERIC, Domain, Number, base_domain, encode, grid
from llmgen.schema.arrow import arrow_array, arrow_type
from llmgen.schema.model import Column
from llmgen.values.characters import blobs
from llmgen.values.key_columns import nth, random_bytes, uuid_column
from llmgen.values.line import MOST, ends, from_numbers, lattice, number_of, on_line, unit
from llmgen.values.scalars import (
    SPELLED,
    TELLING,
    UUID_LENGTH,
    label_weights,
    narrow_for_uuid,
    scalar,
    spelled_column,
)
from llmgen.values.streams import Numbers, Words, below, key, mix, weighted
from llmgen.values.usual import number_window, usual_moments, window

_POOL = 256
_MINUTE, _SECOND = 60_000_000, 1_000_000
_BYTES = 16
_MOST_ELEMENTS = 3

RowEnds = tuple[Numbers | None, Numbers | None]
"""The least and the greatest number of each row; None for no such end."""


def scalar_column(
    column: Column,
    domain: Domain,
    words: Words,
    now: datetime | None = None,
    provider: str = "",
    row_ends: RowEnds = (None, None),
) -> pa.Array:
    """A cell of the column's type within the domain for each word; never NULL unless the domain demands it.

    `now` is what past and future dates lie around; `provider` (of `llmgen.plan`) says more than the column's name.
    `row_ends` narrow each row further, inclusive, in numbers of the column's grid (`llmgen.values.line`).
    ValueError where nothing is left for some row.
    """
    low, high = row_ends
    if domain.null == "must":
        return pa.nulls(len(words), arrow_type(column.type))
    if provider in SPELLED and column.type.kind == "text" and not domain.limits_text:
        return _spelled(column, domain, words, now, provider)
    if provider in TELLING:
        column = replace(column, name=provider)
    if domain.values is None and column.type.kind == "enum":
        domain = replace(domain, values=column.type.labels)
    if domain.values is not None:
        return _of_set(column, domain, words, low, high)
    if not on_line(column):
        return _OTHERS.get(column.type.kind, _pooled)(column, domain, words)
    found = usual_line(column, domain, encode(now or CANONICAL))
    if found.least > found.most:
        return _pooled(column, domain, words)
    free = low is None and high is None
    numbers = _drawn(found, words) if free else _drawn_between(found, words, low, high)
    return from_numbers(_without(column, domain, found, numbers), column)


@dataclass(frozen=True)
class UsualLine:
    """Where a column's numbers usually lie, on which steps (the coarsest first), and what the domain allows at most."""

    start: int
    end: int
    steps: tuple[int, ...]
    least: int
    most: int


@lru_cache(maxsize=4096)
def usual_line(column: Column, domain: Domain, now: Number) -> UsualLine:
    kind, of = column.type.kind, unit(column)
    steps: tuple[Number, ...]
    if kind in NUMERIC:
        start, end, fine, coarse = number_window(column, domain)
        steps = (coarse, fine)
    elif kind in MOMENTS:
        steps = (grid(domain) if kind == "date" else _SECOND, _shown_step(column))
        start, end = window(domain, *usual_moments(column, now), steps[0])
    elif kind == "time":
        start, end = window(domain, 8 * 60 * _MINUTE, 18 * 60 * _MINUTE, _MINUTE)
        steps = (15 * _MINUTE, _MINUTE, _SECOND, _shown_step(column))
    else:
        start, end = window(domain, DAY, 30 * DAY, 1)
        steps = (DAY, _SECOND)
    least, most = ends(column, domain)
    own = lattice(column, domain)
    whole = {int(Fraction(step) / of): None for step in steps if (Fraction(step) / of) % own == 0}
    first, last = -number_of(-start, column), number_of(end, column)
    inside = (max(least, min(first, most)), min(most, max(last, least)))
    return UsualLine(*inside, tuple({**whole, own: None}), least, most)


def _shown_step(column: Column) -> int:
    """The microseconds of the last decimal that a moment or time shows."""
    return 1 if column.type.precision is None else int(10 ** (6 - column.type.precision))


def _drawn(line: UsualLine, words: Words) -> Numbers:
    """A number of the usual range for each word, on the coarsest step that leaves a choice."""
    for step in line.steps:
        first, last = -(-line.start // step), line.end // step
        if last > first or (step == line.steps[-1] and last == first):
            return (below(words, last - first + 1) + first) * step
    return np.full(len(words), line.least, dtype=np.int64)


def _drawn_between(line: UsualLine, words: Words, low: Numbers | None, high: Numbers | None) -> Numbers:
    """The same within the rows' own ends; where these lie outside of the usual range, near to it."""
    least = np.full(len(words), line.least) if low is None else np.maximum(low, line.least)
    most = np.full(len(words), line.most) if high is None else np.minimum(high, line.most)
    width = min(line.end - line.start, MOST - 1)
    above, under = least > line.end, most < line.start
    start = np.where(under, np.maximum(least, np.maximum(most, -MOST) - width), np.maximum(least, line.start))
    end = np.where(above, np.minimum(most, np.minimum(least, MOST) + width), np.minimum(most, line.end))
    found, open_ = np.zeros(len(words), dtype=np.int64), np.ones(len(words), dtype=bool)
    for step in line.steps:
        first = -(-start // step)
        room = end // step - first + 1
        chosen = np.flatnonzero(open_ & (room >= (1 if step == line.steps[-1] else 2)))
        found[chosen] = (below(words[chosen], room[chosen]) + first[chosen]) * step
        open_[chosen] = False
    if not open_.any():
        return found
    step = line.steps[-1]
    first = -(-least // step) * step
    if bool((open_ & (first > most)).any()):
        raise ValueError("nothing is left between the ends of a row")
    return np.where(open_, first, found)


def _without(column: Column, domain: Domain, line: UsualLine, numbers: Numbers) -> Numbers:
    """What is excluded moves on to the next number, and at the end of the range to its beginning."""
    if not domain.excluded:
        return numbers
    of, step = unit(column), line.steps[-1]
    taken = [round(Fraction(encode(value)) / of) for value in domain.excluded]
    excluded = np.array([place for place in taken if abs(place) <= MOST], np.int64)
    for _ in range(len(excluded) + 1):
        hit = np.flatnonzero(np.isin(numbers, excluded))
        if not hit.size:
            return numbers
        numbers[hit] += step
        beyond = hit[numbers[hit] > line.most]
        numbers[beyond] = line.least
    raise ValueError(f"every number of {column.name} is excluded")


def _of_set(column: Column, domain: Domain, words: Words, low: Numbers | None, high: Numbers | None) -> pa.Array:
    """Of a finite set: labels of an enum come the oftener the earlier they stand."""
    left = [value for value in domain.values or () if domain.admits(value)]
    if not left:
        raise ValueError("nothing is left of a finite set")
    if low is not None or high is not None:
        left.sort()
        numbers = np.array([number_of(encode(value), column) for value in left])
        first = np.zeros(len(words), np.int64) if low is None else np.searchsorted(numbers, low, "left")
        behind = np.full(len(words), len(left)) if high is None else np.searchsorted(numbers, high, "right")
        if bool((behind <= first).any()):
            raise ValueError("nothing is left of a finite set between the ends of a row")
        places = first + below(words, behind - first)
    elif domain.kind == "enum":
        places = weighted(words, label_weights(len(left)))
    else:
        places = below(words, len(left))
    return arrow_array(column.type, left).take(pa.array(places))


def _spelled(column: Column, domain: Domain, words: Words, now: datetime | None, provider: str) -> pa.Array:
    """Numbers, dates and uuids that a schema keeps as text."""
    inner = spelled_column(provider)
    cells = scalar_column(inner, base_domain(inner), words, now)
    if provider == "uuid":
        bare = narrow_for_uuid(domain)
        texts = pc.replace_substring(cells, "-", "") if bare else cells
        longest = UUID_LENGTH - 4 * bare
    else:
        coded = cells.dictionary_encode()
        values = [_shown(value) for value in coded.dictionary.to_pylist()]
        texts = pa.array(values, pa.string()).take(coded.indices)
        longest = max(map(len, values), default=0)
    if (domain.max_length is not None and longest > domain.max_length) or domain.min_length > longest:
        raise ValueError(f"{provider} does not fit {column.name}")
    return texts


def _shown(value: Any) -> str:
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return f"{value.normalize():f}" if hasattr(value, "normalize") else str(value)


def _pooled(column: Column, domain: Domain, words: Words) -> pa.Array:
    """One of a few hundred values: of types whose cells are made one by one."""
    hashable = all(isinstance(value, Hashable) for value in domain.excluded)
    pool = _pool(column, domain) if hashable else _pool.__wrapped__(column, domain)
    return pool.take(pa.array(below(words, len(pool))))


@lru_cache(maxsize=512)
def _pool(column: Column, domain: Domain) -> pa.Array:
    found: dict[str, Any] = {}
    failure = ValueError(f"nothing was found for {column.name}")
    for place in range(_POOL):
        try:
            value = scalar(column, domain, int(key("pool", column.name, place)))
        except ValueError as error:
            failure = error
            continue
        found.setdefault(repr(value), value)
    if not found:
        raise failure
    return arrow_array(column.type, list(found.values()))


def _bytes(column: Column, domain: Domain, words: Words) -> pa.Array:
    size = min(max(domain.min_length, _BYTES), _BYTES if domain.max_length is None else domain.max_length)
    if column.type.fixed and column.type.length:
        size = column.type.length
    return blobs(random_bytes(words, size))


def _array(column: Column, domain: Domain, words: Words) -> pa.Array:
    """Up to three elements, or as many as the domain demands."""
    held = arrow_type(column.type)
    if column.type.element is None or domain.excluded or domain.facts:
        return _pooled(column, domain, words)
    element = Column(column.name, column.type.element, nullable=False)
    most = _MOST_ELEMENTS if domain.max_length is None else domain.max_length
    drawn = 1 + below(nth(words, 0), _MOST_ELEMENTS)
    sizes = np.maximum(domain.min_length, np.minimum(drawn, most))
    offsets = np.concatenate(([0], np.cumsum(sizes)))
    inner = np.repeat(words, sizes)
    ordinals = np.arange(len(inner)) - np.repeat(offsets[:-1], sizes)
    items = scalar_column(element, base_domain(element), mix(inner, (ordinals + 1).astype(np.uint64)))
    return pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), items, type=held)


_OTHERS: Mapping[str, Callable[[Column, Domain, Words], pa.Array]] = {
    "uuid": lambda column, domain, words: uuid_column(words),
    "bytes": _bytes,
    "array": _array,
}
