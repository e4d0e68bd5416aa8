import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmgen.errors import InputError
from llmgen.values import streams

KEY = streams.key("seed", "users", "email")
WORDS = st.lists(st.integers(0, 2**64 - 1), max_size=40).map(lambda items: np.array(items, dtype=np.uint64))


def rows(n, start=0):
    return np.arange(start, start + n, dtype=np.uint64)


def test_golden_values_are_those_of_version_1():
    assert streams.VALUES_VERSION == 1
    assert int(KEY) == 4708635105842889499
    u = streams.mix(KEY, rows(5))
    assert u.tolist() == [
        14530816550553246186,
        2742798123931395628,
        15465394328879420261,
        9712724457082775996,
        192041783950658545,
    ]
    assert streams.below(u, 10).tolist() == [7, 1, 8, 5, 0]
    assert streams.weighted(u, [0, 1, 3, 0]).tolist() == [2, 1, 2, 2, 1]
    assert streams.pick(u, "abc") == ["c", "a", "c", "b", "a"]
    assert streams.permute(rows(10), 10, KEY).tolist() == [0, 8, 1, 9, 6, 4, 7, 5, 2, 3]


def test_mix_is_splitmix64_as_published():
    # The first outputs of the reference implementation for seed 1234567 (prng.di.unimi.it/splitmix64.c).
    u = streams.mix(np.uint64(1234567), rows(3))
    assert u.tolist() == [6457827717110365317, 3203168211198807973, 9817491932198370423]


def test_parts_of_a_key_do_not_run_together():
    keys = [("ab", "c"), ("a", "bc"), ("abc",), (1,), ("1",), ("i1",), ("", "abc"), ("abc", ""), (), ("",)]
    assert len({int(streams.key(*parts)) for parts in keys}) == len(keys)


@given(st.integers(0, 2**63), st.integers(0, 60), st.integers(0, 60))
def test_any_split_of_the_rows_equals_the_whole(start, left, right):
    whole = streams.mix(KEY, rows(left + right, start))
    parts = np.concatenate([streams.mix(KEY, rows(left, start)), streams.mix(KEY, rows(right, start + left))])
    assert whole.tolist() == parts.tolist()


@given(WORDS, st.integers(1, 2**63 - 1))
def test_below_is_the_high_half_of_the_product(u, n):
    assert streams.below(u, n).tolist() == [int(x) * n >> 64 for x in u.tolist()]


def test_below_is_even_over_many_possibilities():
    n = 3_000_000_000
    drawn = streams.below(streams.mix(KEY, rows(100_000)), n)
    share = np.bincount(drawn * 10 // n, minlength=10) / 100_000
    assert share.min() > 0.095
    assert share.max() < 0.105
    assert len(set(drawn.tolist())) > 99_990


def test_weights_are_kept():
    share = np.bincount(streams.weighted(streams.mix(KEY, rows(40_000)), [1, 0, 3]), minlength=3) / 40_000
    assert share[1] == 0
    assert share[0] == pytest.approx(0.25, abs=0.01)


@given(st.integers(1, 3000), st.integers(0, 2**64 - 1))
def test_permute_is_a_bijection(n, key):
    placed = streams.permute(rows(n), n, np.uint64(key))
    assert sorted(placed.tolist()) == list(range(n))


def test_permute_reaches_far_and_depends_on_the_key():
    index = rows(1000, 10**12 - 1000)
    placed = streams.permute(index, 10**12, KEY)
    assert len(set(placed.tolist())) == 1000
    assert placed.tolist() != streams.permute(index, 10**12, np.uint64(1)).tolist()
    assert placed[::7].tolist() == streams.permute(index[::7], 10**12, KEY).tolist()


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(InputError, match="0 possibilities"):
        streams.below(rows(1), 0)
    with pytest.raises(InputError, match="index 5 has no place among 5"):
        streams.permute(rows(6), 5, KEY)


def test_no_overflow_warning_and_empty_stays_empty():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        streams.permute(streams.mix(np.uint64(2**64 - 1), rows(3, 2**64 - 3)) % np.uint64(9), 9, np.uint64(2**64 - 1))
    assert streams.mix(KEY, rows(0)).size == 0
    assert streams.permute(rows(0), 5, KEY).size == 0
