import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmgen.values.parts import (
    DECIMAL,
    HEX,
    Cases,
    Chosen,
    Digits,
    by_count,
    cases,
    cells,
    column,
    digits,
    items,
    number_parts,
    shortened,
    shuffled,
)
from llmgen.values.streams import key

BASE62 = DECIMAL + "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
NUMBERS = st.lists(st.one_of(st.integers(0, 99), st.integers(0, 10**7), st.integers(0, 2**64 - 1)), max_size=12)
WORDS = items(["eins", "zwei", "drei", "四"])


def words(numbers):
    return np.array(numbers, dtype=np.uint64)


def both(text, count):
    """The text as Python strings, which the Arrow column must agree with."""
    found = cells(text, count)
    array = column(text, count)
    assert str(array.type) == "string"
    assert array.to_pylist() == found
    return found


@given(NUMBERS, st.sampled_from([DECIMAL, HEX, BASE62, BASE62[:32]]), st.integers(1, 8))
@settings(deadline=None)
def test_numbers_have_as_many_digits_as_they_need(numbers, alphabet, least):
    found = both(number_parts(words(numbers), alphabet, least), len(numbers))
    assert found == [digits(number, alphabet, least) for number in numbers]


@given(st.integers(0, 2**64 - 1), st.integers(1, 8))
def test_digits_are_what_python_writes(number, least):
    assert digits(number, DECIMAL, least) == f"{number:0{least}d}"
    assert digits(number, HEX, least) == f"{number:0{least}x}"


@pytest.mark.parametrize("width", [1, 2, 3, 8, 15])
def test_digits_of_a_width_are_the_last_ones(width):
    numbers = [0, 7, 10**width - 1, 10**width, 123_456_789_012_345_678]
    found = both([Digits(words(numbers), DECIMAL, width)], len(numbers))
    assert found == [f"{number:0{width}d}"[-width:] for number in numbers]


def test_parts_stand_side_by_side_and_may_be_nothing():
    chosen = Chosen(WORDS, np.array([3, 0, 2]))
    assert both(["<", chosen, ">"], 3) == ["<四>", "<eins>", "<drei>"]
    only = chosen.only(np.array([True, False, True]))
    assert both([chosen, "-", only], 3) == ["四-四", "eins-", "drei-drei"]
    assert only.lengths.tolist() == [1, 0, 4]


def test_a_literal_alone_is_repeated():
    assert both(["same"], 2) == ["same", "same"]
    assert both([""], 0) == []


def test_cases_come_back_in_the_order_of_their_rows():
    def form(case, rows):
        return [f"{case}:", Digits(words(rows), DECIMAL, 2)]

    text = cases(np.array([2, 0, 2, 0, 2]), 3, form)
    assert isinstance(text[0], Cases)
    assert both([*text, "."], 5) == ["2:00.", "0:01.", "2:02.", "0:03.", "2:04."]
    assert both(cases(np.array([1, 1]), 3, form), 2) == ["1:00", "1:01"]


def test_rows_are_told_apart_by_their_count():
    def form(count, rows):
        return ["x" * count, Digits(words(rows), DECIMAL, 1)]

    assert both(by_count(np.array([5, 3, 5]), form), 3) == ["xxxxx0", "xxx1", "xxxxx2"]
    assert both(by_count(np.array([], dtype=np.int64), form), 0) == []


def test_only_what_is_too_long_is_shortened():
    whole = column([Chosen(WORDS, np.array([0, 3, 1]))], 3)
    seen = []

    def shorten(rows, texts):
        seen.extend(zip(rows.tolist(), texts.to_pylist(), strict=True))
        return [text[:2] for text in texts.to_pylist()]

    assert shortened(whole, 3, shorten).to_pylist() == ["ei", "四", "zw"]
    assert seen == [(0, "eins"), (2, "zwei")]
    assert shortened(whole, 4, shorten) is whole
    assert shortened(whole, None, shorten) is whole


@given(st.integers(0, 10**9), st.integers(1, 200), st.sampled_from([10, 32]))
@settings(max_examples=40, deadline=None)
def test_shuffled_serials_are_distinct_and_of_as_many_digits(start, count, base):
    serials = np.arange(start, start + count, dtype=np.uint64)
    found = shuffled(key("s"), serials, base, "tag")
    assert len(set(found.tolist())) == count
    assert found[::3].tolist() == shuffled(key("s"), serials[::3], base, "tag").tolist()
    for serial, number in zip(serials.tolist(), found.tolist(), strict=True):
        alphabet = BASE62[:base]
        assert len(digits(number, alphabet, 2)) == len(digits(serial, alphabet, 2))
