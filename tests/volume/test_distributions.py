"""Profiles: numbers within any ends, on their grid, as often as their weights say, and alike on every machine."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmgen.settings import Season
from llmgen.values.streams import Numbers, Words, key, mix
from llmgen.volume.distributions import Profile, drawn, evenly, normal, on_lattice, profile, season, uniform, zipf

DAY = 86_400_000_000
WORDS: Words = mix(key("test"), np.arange(20_000, dtype=np.uint64))

PROFILES = {
    "evenly": evenly(-50, 949, [3, 0, 1], step=10),
    "normal": normal(Decimal(100), Decimal("2.5")),
    "wide": normal(Decimal(10**9), Decimal(10**8), 100),
    "zipf": zipf(3, 10**6, Decimal("1.2"), 100),
    "uniform": uniform(-7, 10**12, 5),
    "narrow": uniform(4, 4, 1),
}


def everywhere(of: Profile, words: Words = WORDS) -> Numbers:
    numbers, able = drawn(of, words, of.edges[:1], of.edges[-1:] - 1)
    assert able.all()
    return numbers


@pytest.mark.parametrize("name", PROFILES)
def test_numbers_lie_in_the_profile_and_on_its_grid(name: str) -> None:
    of = PROFILES[name]
    numbers = everywhere(of)
    assert of.edges[0] <= numbers.min()
    assert numbers.max() < of.edges[-1]
    assert not (numbers % of.own).any()


@given(st.sampled_from(sorted(PROFILES)), st.integers(-(10**7), 10**7), st.integers(0, 10**5), st.integers(1, 40))
def test_numbers_lie_between_the_ends_of_their_rows(name: str, low: int, width: int, lattice: int) -> None:
    of = on_lattice(PROFILES[name], lattice)
    lows = low + np.arange(100, dtype=np.int64) * 7
    numbers, able = drawn(of, WORDS[:100], lows, lows + width)
    inside = numbers[able]
    assert (inside >= lows[able]).all()
    assert (inside <= lows[able] + width).all()
    assert not (inside % lattice).any()


def test_any_split_equals_the_whole() -> None:
    of = PROFILES["wide"]
    lows, highs = np.full(len(WORDS), 10**9 - 10**7), np.arange(len(WORDS)) * 1_000 + 10**9
    whole = drawn(of, WORDS, lows, highs)[0]
    pieces = [drawn(of, WORDS[part], lows[part], highs[part])[0] for part in (slice(0, 1), slice(1, 7), slice(7, None))]
    assert np.concatenate(pieces).tolist() == whole.tolist()


def test_weights_are_kept() -> None:
    found = np.bincount((everywhere(evenly(0, 299, [3, 0, 1])) // 100), minlength=3) / len(WORDS)
    assert found[1] == 0
    assert abs(found[0] - 0.75) < 0.01


def test_ends_cut_a_profile_without_changing_its_form() -> None:
    of = evenly(0, 299, [1, 2, 3])
    numbers, able = drawn(of, WORDS, np.array([50]), np.array([149]))
    assert able.all()
    assert abs((numbers < 100).mean() - 1 / 3) < 0.01


def test_a_row_whose_ends_leave_no_weight_is_told() -> None:
    numbers, able = drawn(evenly(0, 299, [1, 0, 1]), WORDS[:3], np.array([100, 300, 50]), np.array([199, 400, 40]))
    assert able.tolist() == [False, False, False]
    assert len(numbers) == 3


def test_a_bin_of_no_width_gives_its_weight_to_the_next() -> None:
    of = profile([0, 10, 10, 20], [1, 1, 1])
    assert abs((everywhere(of) >= 10).mean() - 2 / 3) < 0.01


def test_a_bell_has_its_mean_and_deviation_and_ends_at_four() -> None:
    numbers = everywhere(normal(Decimal(1_000), Decimal(50)))
    assert abs(numbers.mean() - 1_000) < 1
    assert abs(numbers.std() - 50) < 0.5
    assert numbers.min() >= 800
    assert numbers.max() <= 1_200


def test_zipf_goes_down_by_its_exponent() -> None:
    counts = np.bincount(everywhere(zipf(1, 50, Decimal(2))))
    assert abs(counts[1] / counts[2] - 4) < 0.3
    assert abs(counts[1] / counts[3] - 9) < 1


def test_a_season_begins_and_ends_within_a_day() -> None:
    of = Season(kind="season", hours=(1,) * 24)
    first, last = 20_000 * DAY + 5 * 3_600 * 10**6 + 17, 20_001 * DAY + 90 * 10**6
    numbers = everywhere(season(of, first, last, DAY, 10**6))
    assert first <= numbers.min()
    assert numbers.max() <= last


def test_the_numbers_of_a_seed_are_these() -> None:
    assert everywhere(PROFILES["wide"], WORDS[:4]).tolist() == [1078148200, 1216802700, 920867400, 1153927600]
    assert everywhere(PROFILES["zipf"], WORDS[:4]).tolist() == [50200, 32108300, 400, 2895800]
    of = season(Season(kind="season", growth=Decimal("2.5")), 19_000 * DAY, 19_730 * DAY, DAY, 10**6)
    assert everywhere(of, WORDS[:3]).tolist() == [1697868053000000, 1704235513000000, 1667672478000000]
