"""Interval propagation over arrays narrows rows as that for one row does, and finds the same contradictions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmgen.predicates.relations import Relation, Term
from llmgen.predicates.relations import propagate as propagate_one
from llmgen.volume.intervals import Bound, grid_ends, propagate

A, B, C = (Term("column", column=name) for name in "abc")
ALL = np.ones(1, dtype=np.bool_)
RELATIONS = {
    "a < b": Relation(A, "<", B),
    "a <= b - 3": Relation(A, "<=", Term("-", (B, Term("const", value=3)))),
    "a = b + c": Relation(A, "=", Term("+", (B, C))),
    "a = b * c": Relation(A, "=", Term("*", (B, C))),
    "a <= abs(b)": Relation(A, "<=", Term("abs", (B,))),
    "a = -b": Relation(A, "=", Term("neg", (B,))),
    "a <= b / 4": Relation(A, "<=", Term("/", (B, Term("const", value=4)))),
}
ENDS = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted)


@pytest.mark.parametrize("name", RELATIONS)
@given(a=ENDS, b=ENDS, c=ENDS)
def test_as_for_one_row(name: str, a: list[int], b: list[int], c: list[int]) -> None:
    relation, given_ends = RELATIONS[name], {"a": a, "b": b, "c": c}
    boxes = {each: (np.array([float(low)]), np.array([float(high)])) for each, (low, high) in given_ends.items()}
    broken = bool(propagate([Bound(relation, ALL)], boxes, dict.fromkeys("abc", 1))[0])
    one = propagate_one(
        (relation,), {each: (low, high) for each, (low, high) in given_ends.items()}, dict.fromkeys("abc", 1)
    )
    assert broken == (one is None)
    if one is not None:
        for each, (low, high) in one.items():
            assert float(boxes[each][0][0]) == pytest.approx(float(low if low is not None else -np.inf))
            assert float(boxes[each][1][0]) == pytest.approx(float(high if high is not None else np.inf))


def test_only_the_rows_that_are_bound() -> None:
    boxes = {"a": (np.array([0.0, 0.0]), np.array([9.0, 9.0])), "b": (np.array([3.0, 3.0]), np.array([3.0, 3.0]))}
    broken = propagate([Bound(RELATIONS["a < b"], np.array([True, False]))], boxes, {"a": 1, "b": 1})
    assert not broken.any()
    assert boxes["a"][1].tolist() == [2.0, 9.0]


def test_sums_of_decimals_meet_their_grid() -> None:
    """0.1 + 0.2 is a little more than 0.3 in floats, and 30 cents on the grid."""
    point = {"a": (0.0, 100.0), "b": (0.1, 0.1), "c": (0.2, 0.2)}
    boxes = {name: (np.array([low]), np.array([high])) for name, (low, high) in point.items()}
    propagate([Bound(RELATIONS["a = b + c"], ALL)], boxes, dict.fromkeys("abc", Fraction(1, 100)))
    low, high = grid_ends(boxes["a"], Fraction(1, 100))
    assert (low.tolist(), high.tolist()) == ([30], [30])
