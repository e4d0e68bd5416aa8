"""The ladder as data: what is asked after each reply, at which level, and when there is no use in asking again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmgen.author.brief import Brief
from llmgen.author.exchange import LEVELS
from llmgen.author.ladder import Request, next_requests
from llmgen.errors import ModelError
from llmgen.violation import Violation

STOPS = ["end", "cut", "max_tokens", "refusal"]


def request(*indices, **more):
    return Request(0, tuple(Brief(index, "en_GB", "small", "busy", 9, 30) for index in indices), **more)


def fault(index):
    return Violation("expect:1", "case", "loans[0]", "status = open", "status must be overdue", index)


def follow(asked, accepted=(), wrong=(), stop="end"):
    found = next_requests(asked, frozenset(accepted), {index: [fault(index)] for index in wrong}, stop)
    return [(sorted(one.indices), one.level, one.attempt) for one in found]


def test_the_levels_are_ask_retry_strict_final_and_final_from_then_on():
    levels, asked = [], request(7)
    for _ in range(6):
        levels.append(asked.level)
        (asked,) = next_requests(asked, frozenset(), {7: [fault(7)]}, "end")
    assert levels == [*LEVELS, "final", "final"] == ["ask", "retry", "strict", "final", "final", "final"]
    assert (asked.attempt, asked.failures) == (7, 6)


@pytest.mark.parametrize("stop", STOPS)
def test_nothing_follows_when_all_passed(stop):
    assert follow(request(1, 2), accepted=(1, 2), stop=stop) == []


@pytest.mark.parametrize("stop", STOPS)
def test_only_the_wrong_cases_follow_with_their_violations(stop):
    (only,) = next_requests(request(1, 2, 3), frozenset([1, 3]), {2: [fault(2)]}, stop)
    assert (only.indices, only.level, only.violations) == ({2}, "retry", {2: (fault(2),)})


def test_a_case_that_no_line_came_for_is_told_so():
    (only,) = next_requests(request(1, 2), frozenset([1]), {}, "end")
    assert (only.indices, only.level) == ({2}, "retry")
    assert only.violations[2][0].rule == "line:missing"


def test_wrong_and_missing_cases_are_asked_for_apart_so_that_neither_hangs_on_the_other():
    assert follow(request(1, 2, 3), wrong=(3,), accepted=(1,)) == [([3], "retry", 2), ([2], "retry", 2)]


@pytest.mark.parametrize("stop", ["cut", "max_tokens", "refusal"])
def test_cases_left_unanswered_by_a_stop_keep_their_level(stop):
    asked = request(1, 2, 3, 4, failures=1, violations={2: (fault(2),), 4: (fault(4),)})
    assert follow(asked, accepted=(1, 2), stop=stop) == [([3, 4], "retry", 2)]
    (rest,) = next_requests(asked, frozenset([1, 2]), {}, stop)
    assert rest.violations == {4: (fault(4),)}


@pytest.mark.parametrize("stop", ["max_tokens", "refusal"])
def test_what_came_to_nothing_is_halved_down_to_one_case_and_then_given_up(stop):
    assert follow(request(1, 2, 3, 4, 5), stop=stop) == [([1, 2], "ask", 2), ([3, 4, 5], "ask", 2)]
    with pytest.raises(ModelError) as caught:
        follow(request(5), stop=stop)
    assert caught.value.exit_code == 4
    assert "case 5" in caught.value.message
    assert caught.value.hint


def test_a_cut_connection_is_no_reason_for_less():
    assert follow(request(1, 2, 3), stop="cut") == [([1, 2, 3], "ask", 2)]


@given(st.data())
def test_no_case_is_lost_asked_twice_or_asked_again_after_it_passed(data):
    indices = data.draw(st.lists(st.integers(0, 9), min_size=2, max_size=10, unique=True))
    verdicts = {index: data.draw(st.sampled_from(["passed", "wrong", "silent"])) for index in indices}
    stop = data.draw(st.sampled_from(STOPS))
    passed = frozenset(index for index, verdict in verdicts.items() if verdict == "passed")
    wrong = {index: [fault(index)] for index, verdict in verdicts.items() if verdict == "wrong"}
    asked = request(*sorted(indices), failures=data.draw(st.integers(0, 5)))
    found = next_requests(asked, passed, wrong, stop)
    again = sorted(index for one in found for index in one.indices)
    assert again == sorted(set(indices) - passed)
    assert all(one.attempt == asked.attempt + 1 for one in found)
    assert all(one.failures == asked.failures + 1 for one in found if one.indices & wrong.keys())
    if stop in ("refusal", "max_tokens"):
        assert all(one.indices < asked.indices or one.violations for one in found)
