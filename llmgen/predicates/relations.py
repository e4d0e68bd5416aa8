"""Columns against columns: arithmetic comparisons, and interval propagation that settles them (HC4).

Terms are computed over intervals from the leaves up, compared at the root, and pushed back down to the columns, until
nothing narrows any more (F. Benhamou and others, "Revising hull and box consistency", 1999).
"""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Literal

from llmgen.predicates.ranges import DAY, Number

Interval = tuple[Number | None, Number | None]
Box = dict[str, Interval]
EVERYTHING: Interval = (None, None)
_ROUNDS = 12
_SLACK = 3 * DAY


@dataclass(frozen=True)
class Term:
    """A node of arithmetic: a constant (`value`), a column (`column`), or `op` over `parts`.

    op is one of + - * / neg abs round months; `months` adds `value` calendar months, `round` keeps `value` decimals.
    """

    op: Literal["const", "column", "+", "-", "*", "/", "neg", "abs", "round", "months"]
    parts: tuple["Term", ...] = ()
    value: Number = 0
    column: str = ""

    @cached_property
    def columns(self) -> frozenset[str]:
        """The columns in it."""
        own = frozenset([self.column]) if self.op == "column" else frozenset[str]()
        return own.union(*(part.columns for part in self.parts))


@dataclass(frozen=True)
class Relation:
    """`left` op `right`. A NULL among the columns makes it pass, unless `strict`.

    `ordered` says that the terms are numbers or moments; others (text, uuid) are plain columns with = or <>.
    """

    left: Term
    op: Literal["<", "<=", "=", "<>"]
    right: Term
    strict: bool = False
    ordered: bool = True

    @cached_property
    def columns(self) -> frozenset[str]:
        """The columns in it."""
        return self.left.columns | self.right.columns


def propagate(relations: tuple[Relation, ...], box: Box, gaps: Mapping[str, Number]) -> Box | None:
    """The box narrowed to what the relations leave open; None if they contradict it. `gaps` is each column's grid."""
    box = dict(box)
    for _ in range(_ROUNDS):
        before = dict(box)
        for relation in relations:
            gap = min(gap_of(relation.left, gaps), gap_of(relation.right, gaps))
            if not _revise(relation, box, gap):
                return None
        if box == before:
            return box
    return None if _turns_in_circles(relations) else box


def gap_of(term: Term, gaps: Mapping[str, Number]) -> Number:
    """The grid that the term's values lie on, in the term's own unit."""
    if term.op == "const":
        return Fraction(1, Fraction(term.value).denominator)
    if term.op == "column":
        return gaps[term.column]
    inner = [gap_of(part, gaps) for part in term.parts]
    if term.op == "*":
        return inner[0] * inner[1]
    if term.op == "/":
        divisor = term.parts[1].value
        return Fraction(inner[0]) / abs(Fraction(divisor)) if divisor else Fraction(1, 10**12)
    if term.op == "round":
        return Fraction(1, 10 ** int(term.value))
    return min(inner)


def _turns_in_circles(relations: tuple[Relation, ...]) -> bool:
    """Whether plain columns stand in a circle with a `<`: intervals without near ends would creep for ever."""
    plain = [item for item in relations if item.op in ("<", "<=") and item.left.op == item.right.op == "column"]
    after: dict[str, set[str]] = {}
    for item in plain:
        after.setdefault(item.left.column, set()).add(item.right.column)
    return any(item.op == "<" and item.left.column in _reached(item.right.column, after) for item in plain)


def _reached(start: str, after: Mapping[str, set[str]]) -> set[str]:
    found, work = set[str](), [start]
    while work:
        name = work.pop()
        if name not in found:
            found.add(name)
            work.extend(after.get(name, ()))
    return found


def _revise(relation: Relation, box: Box, gap: Number) -> bool:
    left, right = _forward(relation.left, box), _forward(relation.right, box)
    if relation.op == "<>":
        return not (left == right and left[0] is not None and left[0] == left[1])
    if relation.op == "=":
        both = _meet(left, right)
        return both is not None and _backward(relation.left, both, box) and _backward(relation.right, both, box)
    least = gap if relation.op == "<" else 0
    below = _meet(left, (None, None if right[1] is None else right[1] - least))
    above = _meet(right, (None if left[0] is None else left[0] + least, None))
    if below is None or above is None:
        return False
    return _backward(relation.left, below, box) and _backward(relation.right, above, box)


def _meet(one: Interval, two: Interval) -> Interval | None:
    low = two[0] if one[0] is None else one[0] if two[0] is None else max(one[0], two[0])
    high = two[1] if one[1] is None else one[1] if two[1] is None else min(one[1], two[1])
    return None if low is not None and high is not None and low > high else (low, high)


def _forward(term: Term, box: Box) -> Interval:
    if term.op == "const":
        return term.value, term.value
    if term.op == "column":
        return box[term.column]
    inner = [_forward(part, box) for part in term.parts]
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
    if term.op == "abs":
        return _absolute(inner[0])
    low, high = inner[0]
    if term.op == "months":
        return (
            None if low is None else add_months(low, int(term.value)),
            None if high is None else add_months(high, int(term.value)),
        )
    return None if low is None else _rounded(low, term.value), None if high is None else _rounded(high, term.value)


def _backward(term: Term, wanted: Interval, box: Box) -> bool:
    """Narrow the columns of the term so that it can still reach `wanted`; False if it cannot."""
    if term.op == "const":
        return _meet((term.value, term.value), wanted) is not None
    if term.op == "column":
        met = _meet(box[term.column], wanted)
        if met is None:
            return False
        box[term.column] = met
        return True
    return all(
        len(part.columns) == 0 or _backward_part(term, index, part, wanted, box)
        for index, part in enumerate(term.parts)
    )


def _backward_part(term: Term, index: int, part: Term, wanted: Interval, box: Box) -> bool:
    here = _forward(part, box)
    other = _forward(term.parts[1 - index], box) if len(term.parts) == 2 else EVERYTHING
    met = _meet(here, _inverse(term, index, wanted, other))
    return met is not None and (met == here or _backward(part, met, box))


def _inverse(term: Term, index: int, wanted: Interval, other: Interval) -> Interval:
    """What the part may be, given what the whole must be and what the other part is."""
    if term.op == "+":
        return _add(wanted, _negate(other))
    if term.op == "-":
        return _add(wanted, other) if index == 0 else _add(other, _negate(wanted))
    if term.op == "*":
        return _divide(wanted, other)
    if term.op == "/":
        return _multiply(wanted, other) if index == 0 else _divide(other, wanted)
    if term.op == "neg":
        return _negate(wanted)
    if term.op == "abs":
        return (None if wanted[1] is None else -wanted[1], wanted[1])
    low, high = wanted
    if term.op == "months":
        months = -int(term.value)
        return (
            None if low is None else add_months(low, months) - _SLACK,
            None if high is None else add_months(high, months) + _SLACK,
        )
    slack = Fraction(1, 2 * 10 ** int(term.value))
    return None if low is None else low - slack, None if high is None else high + slack


def _add(one: Interval, two: Interval) -> Interval:
    low = None if one[0] is None or two[0] is None else one[0] + two[0]
    high = None if one[1] is None or two[1] is None else one[1] + two[1]
    return low, high


def _negate(one: Interval) -> Interval:
    return None if one[1] is None else -one[1], None if one[0] is None else -one[0]


def _absolute(one: Interval) -> Interval:
    low, high = one
    if low is not None and low >= 0:
        return one
    if high is not None and high <= 0:
        return _negate(one)
    return 0, None if low is None or high is None else max(-low, high)


def _multiply(one: Interval, two: Interval) -> Interval:
    if None in one or None in two:
        if _not_negative(one) and _not_negative(two):
            return (one[0] or 0) * (two[0] or 0), None
        return EVERYTHING
    ends = [a * b for a in one for b in two if a is not None and b is not None]
    return min(ends), max(ends)


def _divide(one: Interval, two: Interval) -> Interval:
    if one[0] is not None and two[0] is not None and one[0] >= 0 and two[0] >= 0 and (one[0] or two[0]):
        low: Number | None = 0 if not two[1] else Fraction(one[0]) / two[1]
        high = None if not two[0] or one[1] is None else Fraction(one[1]) / two[0]
        return low, high
    if None in one or None in two or (two[0] or 0) <= 0 <= (two[1] or 0):
        return EVERYTHING
    ends = [Fraction(a) / b for a in one for b in two if a is not None and b]
    return min(ends), max(ends)


def _not_negative(one: Interval) -> bool:
    return one[0] is not None and one[0] >= 0


def _rounded(number: Number, places: Number) -> Number:
    """Half away from zero, as SQL does for decimals."""
    scale = 10 ** int(places)
    scaled = abs(number) * scale
    whole = int(scaled + Fraction(1, 2))
    return Fraction(whole if number >= 0 else -whole, scale)


def add_months(moment: Number, months: int) -> int:
    """A moment in microseconds moved by calendar months; a day beyond the month's end becomes its last day."""
    try:
        base = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(moment))
    except OverflowError:
        return int(moment) + months * 30 * DAY
    index = base.year * 12 + base.month - 1 + months
    year, month = divmod(index, 12)
    if not 1 <= year <= 9999:
        return int(moment) + months * 30 * DAY
    day = min(base.day, calendar.monthrange(year, month + 1)[1])
    return int(moment) + (datetime(year, month + 1, day) - datetime(base.year, base.month, base.day)).days * DAY
