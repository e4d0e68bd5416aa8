"""Columns against columns for many rows at once: the interval propagation of `predicates.relations` over arrays.

Ends are floats on the line of `predicates.ranges.encode`, infinite where there is none: exact for whole numbers below
2**53, and for decimals to a quarter of their grid below 2**48 of its steps, which `grid_ends` takes off again. Rows of
columns that usually lie farther away are tested (`faraway`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from llmgen.predicates.ranges import DAY, Number
from llmgen.predicates.relations import Relation, Term, gap_of
from llmgen.values.streams import Mask, Numbers

Floats = npt.NDArray[np.float64]
Ends = tuple[Floats, Floats]
Boxes = dict[str, Ends]

EXACT_OPS = frozenset({"const", "column", "+", "-", "*", "neg", "abs"})
"""Operations that arrays compute as the database does; what else a relation holds is tested afterwards."""

_ROUNDS = 8
_SLACK, _MOST_SLACK = 1e-6, 0.25
_ULPS = 2.0**-50
"""How far a few operations lead floats astray, as a part of them."""
_TOP = float(1 << 62)
_MONTH = (27 * DAY, 32 * DAY)


@dataclass(frozen=True)
class Bound:
    """A relation, and the rows that it binds."""

    relation: Relation
    rows: Mask


def is_exact(term: Term) -> bool:
    """Whether arrays compute the term as the database does."""
    return term.op in EXACT_OPS and all(is_exact(part) for part in term.parts)


def propagate(bounds: Sequence[Bound], boxes: Boxes, gaps: Mapping[str, Number]) -> Mask:
    """Narrow the boxes in place to what the relations leave open; true for rows that they contradict."""
    size = next(iter(boxes.values()))[0].size
    broken = np.zeros(size, dtype=np.bool_)
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        for _ in range(_ROUNDS):
            before = {name: (low.copy(), high.copy()) for name, (low, high) in boxes.items()}
            for bound in bounds:
                if bound.relation.op != "<>":
                    broken |= _revise(bound, boxes, gaps)
            if all(_same(before[name], boxes[name]) for name in boxes):
                break
    return broken


def grid_ends(ends: Ends, unit: Fraction) -> tuple[Numbers, Numbers]:
    """The ends as numbers of the column's grid, both inclusive, rounded inwards but for the last digits of floats."""
    low, high = (np.clip(end / float(unit), -_TOP, _TOP) for end in ends)
    low, high = np.ceil(low - _slack(low)), np.floor(high + _slack(high))
    return np.clip(low, -_TOP, _TOP).astype(np.int64), np.clip(high, -_TOP, _TOP).astype(np.int64)


def _slack(numbers: Floats) -> Floats:
    """What floats may be off: more, the farther from zero they lie."""
    slack: Floats = np.clip(np.abs(numbers) * _ULPS, _SLACK, _MOST_SLACK)
    return slack


def _same(one: Ends, two: Ends) -> bool:
    return bool(np.array_equal(one[0], two[0]) and np.array_equal(one[1], two[1]))


def _revise(bound: Bound, boxes: Boxes, gaps: Mapping[str, Number]) -> Mask:
    relation = bound.relation
    left, right = _forward(relation.left, boxes, bound.rows.size), _forward(relation.right, boxes, bound.rows.size)
    if relation.op == "=":
        wanted_left, wanted_right = right, left
    else:
        gap = float(min(gap_of(relation.left, gaps), gap_of(relation.right, gaps))) if relation.op == "<" else 0.0
        nothing = np.full(bound.rows.size, np.inf)
        wanted_left, wanted_right = (-nothing, right[1] - gap), (left[0] + gap, nothing)
    broken = _backward(relation.left, wanted_left, boxes, bound.rows)
    return broken | _backward(relation.right, wanted_right, boxes, bound.rows)


def _forward(term: Term, boxes: Boxes, size: int) -> Ends:
    if term.op == "const":
        value = np.full(size, float(term.value))
        return value, value
    if term.op == "column":
        return boxes[term.column]
    inner = [_forward(part, boxes, size) for part in term.parts]
    if term.op == "+":
        return _add(inner[0], inner[1])
    if term.op == "-":
        return _add(inner[0], _negate(inner[1]))
    if term.op == "*":
        return _multiply(inner[0], inner[1])
    if term.op == "/":
        return _divide(inner[0], inner[1])
    if term.op == "neg":
        return _negate(inner[0])
    low, high = inner[0]
    if term.op == "abs":
        least = np.where((low <= 0) & (high >= 0), 0.0, np.minimum(np.abs(low), np.abs(high)))
        return least, np.maximum(np.abs(low), np.abs(high))
    if term.op == "months":
        return _months(inner[0], int(term.value))
    slack = 0.5 * 10.0 ** -int(term.value)
    return low - slack, high + slack


def _backward(term: Term, wanted: Ends, boxes: Boxes, rows: Mask) -> Mask:
    """Narrow the columns of the term, in `rows`, so that it can still reach `wanted`; true where it cannot."""
    if term.op == "const":
        return rows & ((wanted[0] > float(term.value) + _SLACK) | (wanted[1] < float(term.value) - _SLACK))
    if term.op == "column":
        low, high = boxes[term.column]
        met = np.fmax(low, np.where(rows, wanted[0], -np.inf)), np.fmin(high, np.where(rows, wanted[1], np.inf))
        broken = rows & (met[0] > met[1] + _SLACK)
        boxes[term.column] = np.where(broken, low, met[0]), np.where(broken, high, np.maximum(met[0], met[1]))
        return broken
    broken = np.zeros(rows.size, dtype=np.bool_)
    for place, part in enumerate(term.parts):
        if part.columns:
            other = _forward(term.parts[1 - place], boxes, rows.size) if len(term.parts) == 2 else None
            broken |= _backward(part, _inverse(term, place, wanted, other), boxes, rows)
    return broken


def _inverse(term: Term, place: int, wanted: Ends, other: Ends | None) -> Ends:
    """What the part may be, given what the whole must be and what the other part is."""
    if term.op == "+" and other:
        return _add(wanted, _negate(other))
    if term.op == "-" and other:
        return _add(wanted, other) if place == 0 else _add(other, _negate(wanted))
    if term.op == "*" and other:
        return _divide(wanted, other)
    if term.op == "/" and other:
        return _multiply(wanted, other) if place == 0 else _divide(other, wanted)
    if term.op == "neg":
        return _negate(wanted)
    if term.op == "abs":
        return -wanted[1], wanted[1]
    if term.op == "months":
        return _months(wanted, -int(term.value))
    slack = 0.5 * 10.0 ** -int(term.value)
    return wanted[0] - slack, wanted[1] + slack


def _months(ends: Ends, months: int) -> Ends:
    shortest, longest = sorted((months * _MONTH[0], months * _MONTH[1]))
    return ends[0] + shortest, ends[1] + longest


def _add(one: Ends, two: Ends) -> Ends:
    return np.nan_to_num(one[0] + two[0], nan=-np.inf, posinf=np.inf, neginf=-np.inf), np.nan_to_num(
        one[1] + two[1], nan=np.inf, posinf=np.inf, neginf=-np.inf
    )


def _negate(one: Ends) -> Ends:
    return -one[1], -one[0]


def _multiply(one: Ends, two: Ends) -> Ends:
    products = [np.nan_to_num(a * b, nan=0.0, posinf=np.inf, neginf=-np.inf) for a in one for b in two]
    return np.minimum.reduce(products), np.maximum.reduce(products)


def _divide(one: Ends, two: Ends) -> Ends:
    """Quotients; where the divisor may be zero nothing is known, but for two intervals that are not negative."""
    quotients = [np.nan_to_num(a / b, nan=0.0, posinf=np.inf, neginf=-np.inf) for a in one for b in two]
    low, high = np.minimum.reduce(quotients), np.maximum.reduce(quotients)
    zero = (two[0] <= 0) & (two[1] >= 0)
    natural = (one[0] >= 0) & (two[0] >= 0)
    least = np.where(two[1] > 0, np.nan_to_num(one[0] / two[1], nan=0.0, posinf=0.0), 0.0)
    return np.where(zero, np.where(natural, least, -np.inf), low), np.where(zero, np.inf, high)
