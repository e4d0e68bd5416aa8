"""Numbers of a grid by weights: bins with the mass below each, drawn within any ends, in whole numbers throughout."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Context, Decimal
from functools import lru_cache
from itertools import accumulate, pairwise
from math import lcm

import numpy as np

from llmgen.settings import Season
from llmgen.values.streams import Mask, Numbers, Words, below, key, mix

_WITHIN = key("within a bin")
_MASS_BITS = 31
_EXACT = 4096
"""Up to so many numbers each has a bin of its own."""
_BINS = 512
DEVIATIONS = 4
"""Numbers farther from the mean of a bell than so many deviations are never drawn."""
_UNIT = 10**9
# Enough digits for any bin; Decimal's powers are rounded alike on every machine, a float's are not.
_DIGITS = Context(prec=30)
_EPOCH = date(1970, 1, 1)
_HOURS = 24


@dataclass(frozen=True, eq=False)
class Profile:
    """Bins from `edges[k]` to before `edges[k + 1]` in numbers of a grid; `mass[k]` is the weight of all bins before k.

    Numbers drawn lie on multiples of `step` where the row's ends leave one, else on those of `own`.
    """

    edges: Numbers
    mass: Numbers
    step: int = 1
    own: int = 1


def profile(edges: Sequence[int] | Numbers, weights: Sequence[int] | Numbers, step: int = 1, own: int = 1) -> Profile:
    """The profile of bins (edges ascending, one more than weights); a bin of no width gives its weight to the next."""
    starts, first = np.unique(np.asarray(edges, dtype=np.int64), return_index=True)
    sums = [0, *accumulate(int(weight) for weight in weights)]
    scale = _MASS_BITS - sums[-1].bit_length()
    scaled = [one << scale for one in sums] if scale > 0 else [one >> -scale for one in sums]
    return Profile(starts, np.array(scaled, dtype=np.int64)[first], step, own)


def evenly(start: int, end: int, weights: Sequence[int], step: int = 1, own: int = 1) -> Profile:
    """A profile of bins as wide as each other over `start` to `end`, both inclusive."""
    width, count = end + 1 - start, len(weights)
    return profile([start + place * width // count for place in range(count + 1)], weights, step, own)


def on_lattice(shape: Profile, lattice: int) -> Profile:
    """The profile drawn on multiples of `lattice` alone."""
    return shape if shape.own % lattice == 0 else replace(shape, own=lattice, step=lcm(lattice, shape.step))


def drawn(shape: Profile, words: Words, low: Numbers, high: Numbers) -> tuple[Numbers, Mask]:
    """A number for each word within the inclusive ends of its row, and whether the profile has any there.

    Ends of one entry go for all rows. Where a row has none, or no room on the grid, its number means nothing.
    """
    edges, mass = shape.edges, shape.mass
    least = -(-np.maximum(edges[0], low) // shape.own) * shape.own
    most = np.minimum(edges[-1] - 1, high)
    open_ = np.broadcast_to(least <= most, words.shape)
    before, behind = _below(shape, least), _below(shape, np.maximum(most, least) + 1)
    room = behind - before
    able: Mask = open_ & (room > 0)
    if len(room) == 1:
        chosen = before[0] + below(words, max(1, int(room[0])))
    else:
        chosen = before + below(words, np.maximum(room, 1))
    bins = np.minimum(np.searchsorted(mass, chosen, side="right") - 1, len(edges) - 2)
    start, end = np.maximum(edges[bins], least), np.minimum(edges[bins + 1] - 1, most)
    width = np.maximum(end - start + 1, 1)
    numbers = start + (below(mix(_WITHIN, words), width) if int(width.max(initial=1)) > 1 else 0)
    if shape.step > 1:
        rounded = numbers - numbers % shape.step
        fine = numbers - numbers % shape.own if shape.own > 1 else numbers
        numbers = np.where(rounded >= least, rounded, np.maximum(fine, least))
    return numbers, able


def _below(shape: Profile, places: Numbers) -> Numbers:
    """The mass before each number: whole bins, and of its own bin a share."""
    bins = np.clip(np.searchsorted(shape.edges, places, side="right") - 1, 0, len(shape.edges) - 2)
    start, end = shape.edges[bins], shape.edges[bins + 1]
    shift = max(0, int((end - start).max(initial=1)).bit_length() - _MASS_BITS)
    part = np.clip(places - start, 0, end - start) >> shift
    whole = np.maximum((end - start) >> shift, 1)
    found: Numbers = shape.mass[bins] + (shape.mass[bins + 1] - shape.mass[bins]) * np.minimum(part, whole) // whole
    return found


def normal(mean: Decimal, deviation: Decimal, step: int = 1) -> Profile:
    """The bell around `mean`, in numbers of the grid, cut off at DEVIATIONS; multiples of `step` are drawn."""
    low, high = int(mean - DEVIATIONS * deviation), int(mean + DEVIATIONS * deviation)
    low, high = low // step, max(high // step, low // step)
    count = min(high - low + 1, _EXACT if high - low < _EXACT else _BINS)
    edges = [low + place * (high - low + 1) // count for place in range(count + 1)]
    weights = []
    for start, end in pairwise(edges):
        middle = Decimal(start + end - 1) / 2 * step
        off = (middle - mean) / deviation
        weights.append(int(_DIGITS.exp(-off * off / 2) * _UNIT) * (end - start))
    return profile([edge * step for edge in edges], weights, step, step)


def zipf(low: int, high: int, exponent: Decimal, unit: int = 1) -> Profile:
    """Whole numbers from `low` on, `unit` grid numbers apart, the k-th as likely as 1 / k ** exponent.

    Beyond the first thousands neighbours share a bin, and with it their mean weight.
    """
    count = high - low + 1
    places = list(range(1, min(count, _EXACT) + 1))
    while places[-1] < count:
        places.append(min(count, places[-1] + places[-1] // 64))
    ends = [*places[1:], count + 1]
    weights = [
        int(_DIGITS.power(Decimal(place + end - 1) / 2, -exponent) * _UNIT) * (end - place)
        for place, end in zip(places, ends, strict=True)
    ]
    return profile([(low + place - 1) * unit for place in [*places, count + 1]], weights, unit, unit)


def uniform(low: int, high: int, step: int) -> Profile:
    """Every multiple of `step` from `low` to `high` inclusive."""
    first, last = -(-low // step), high // step
    count = max(1, min(last - first + 1, _BINS))
    edges = [(first + place * (last - first + 1) // count) * step for place in range(count + 1)]
    return profile(edges, [end - start for start, end in pairwise(edges)], step, step)


@lru_cache(maxsize=64)
def season(of: Season, first: int, last: int, day: int, step: int = 1) -> Profile:
    """Moments by the season's weights from `first` to `last` inclusive, in numbers of which `day` make a day."""
    start, end = first // day, last // day
    dates = [_EPOCH + timedelta(days=place) for place in range(start, end + 1)]
    base = [of.months[one.month - 1] * of.weekdays[one.weekday()] for one in dates]
    grown = _grown(of.growth, len(dates))
    days = [weight * factor for weight, factor in zip(base, grown, strict=True)]
    if day == 1:
        return profile([*range(start, end + 2)], days)
    hour = day // _HOURS
    weights = [one * weight for one in days for weight in of.hours]
    edges = np.arange(start * _HOURS, (end + 1) * _HOURS + 1, dtype=np.int64) * hour
    inside = (edges[1:] > first) & (edges[:-1] <= last)
    kept = np.flatnonzero(inside)
    weights = [weights[place] for place in kept.tolist()]
    bounds = np.clip(np.append(edges[kept], edges[kept[-1] + 1]), first, last + 1)
    return profile(bounds, weights, step)


def _grown(growth: Decimal, days: int) -> list[int]:
    """How the days' weights grow: `growth` times as many a year later."""
    if growth == 1:
        return [1] * days
    daily = _DIGITS.power(growth, Decimal(1) / 365)
    factor = Decimal(1) if growth > 1 else _DIGITS.power(daily, -days)
    found = []
    for _ in range(days):
        found.append(max(1, int(factor * 1024)))
        factor = _DIGITS.multiply(factor, daily)
    return found
