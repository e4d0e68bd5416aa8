import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from llmgen.values.holes import Patterns, fill
from llmgen.values.parts import cells, column

PATTERNS = st.lists(st.text("#?#a -1é", max_size=14), min_size=1, max_size=6)


@given(PATTERNS, st.lists(st.integers(0, 2**64 - 1), max_size=8), st.integers(0, 5))
@settings(deadline=None)
def test_patterns_taken_apart_are_filled_as_whole_ones(texts, numbers, first):
    which = (np.arange(len(numbers)) + first) % len(texts)
    text = Patterns(texts).filled(which, np.array(numbers, dtype=np.uint64))
    wanted = [fill(texts[place], number) for place, number in zip(which.tolist(), numbers, strict=True)]
    assert cells(text, len(numbers)) == wanted
    assert column(text, len(numbers)).to_pylist() == wanted


def test_fill():
    assert fill("+1 ##-?", 21 + 100 * 3) == "+1 12-E"
