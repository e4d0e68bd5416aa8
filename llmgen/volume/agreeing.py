"""Parents by foreign keys that share columns, chosen one after another so that each agrees with those before it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from llmgen.errors import InputError
from llmgen.values.streams import Mask, Numbers, Words
from llmgen.volume.bundles import Bundle
from llmgen.volume.coordinates import NOBODY


@dataclass(frozen=True)
class Draws:
    """What parents are drawn from: a 64-bit number a row by foreign key, and any parent by it (among `able` if given).

    `empty` are rows where a foreign key that may refer to nobody does.
    """

    numbers: Callable[[int], Words]
    parent: Callable[[int, Numbers | None], Numbers]
    empty: Callable[[int], Mask]


def agreeing(
    bundle: Bundle, size: int, given: Mapping[int, Numbers], absent: Mapping[int, Mask], draws: Draws
) -> dict[int, Numbers]:
    """The parents of `size` rows by every foreign key of the bundle that leads to another table.

    `given` are decided already. InputError where a row must have a parent and none agrees with its others.
    """
    found: dict[int, Numbers] = {}
    for place in _order(bundle, given):
        chosen = given[place] if place in given else _chosen(bundle, place, found, size, draws)
        if place in absent:
            chosen = np.where(absent[place], NOBODY, chosen)
        found[place] = chosen
    return found


def _order(bundle: Bundle, given: Mapping[int, Numbers]) -> list[int]:
    """Those that are given first, then those with most columns, which leave the others least choice."""
    places = [place for place in bundle.places if not bundle.loops(place)]
    return sorted(places, key=lambda place: (place not in given, -len(bundle.columns(place)), place))


def _chosen(bundle: Bundle, place: int, before: Mapping[int, Numbers], size: int, draws: Draws) -> Numbers:
    near = [other for other in before if bundle.columns(other) & bundle.columns(place)]
    pattern = np.zeros(size, np.int64)
    for at, other in enumerate(near):
        pattern += (before[other] >= 0).astype(np.int64) << at
    chosen = np.full(size, NOBODY, np.int64)
    for signature in np.unique(pattern).tolist():
        rows = np.flatnonzero(pattern == signature)
        present = [other for at, other in enumerate(near) if signature >> at & 1]
        missing = [other for other in near if other not in present]
        chosen[rows] = _alike(bundle, place, {other: before[other][rows] for other in present}, rows, draws)
        if _completes(bundle, place, present, missing):
            chosen[rows] = NOBODY
    return chosen


def _alike(bundle: Bundle, place: int, present: Mapping[int, Numbers], rows: Numbers, draws: Draws) -> Numbers:
    """Parents that agree with those that the same rows have already."""
    sources: dict[str, tuple[int, Numbers]] = {}
    for other, parents in present.items():
        for column in bundle.columns(other) & bundle.columns(place):
            sources.setdefault(column, (other, parents))
    decided = sorted(sources)
    optional = bundle.optional(place, decided)
    if decided:
        chosen = bundle.members(place, decided).drawn(bundle.codes(decided, sources), draws.numbers(place)[rows])
    else:
        able = bundle.able(place)
        chosen = draws.parent(place, np.flatnonzero(able) if len(able) and not able.all() else None)[rows]
    if optional:
        return np.where(draws.empty(place)[rows], NOBODY, chosen)
    if (chosen < 0).any():
        raise InputError(_unmatched(bundle, place, decided), "ask for more rows of both tables, or of fewer parents")
    return chosen


def _completes(bundle: Bundle, place: int, present: list[int], missing: list[int]) -> bool:
    """Whether it would fill the columns of another foreign key that refers to nobody."""
    filled = bundle.columns(place).union(*(bundle.columns(other) for other in present))
    return any(bundle.columns(other) <= filled for other in missing)


def _unmatched(bundle: Bundle, place: int, decided: list[str]) -> str:
    key = bundle.table.foreign_keys[place]
    if not decided:
        return f"{bundle.table.name}: no row of {key.table} leaves its other references a row with the same columns"
    others = [one.table for one in bundle.table.foreign_keys if one != key and set(one.columns) & set(decided)]
    shared = ", ".join(decided)
    return f"{bundle.table.name}: no row of {key.table} has the {shared} of the chosen row of {' or '.join(others)}"
