"""What words come to without a model: the root, the expects, the rows of a case, and what was not understood."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from shipped import project

from llmgen.author.offline.scenario import offline_scenario
from llmgen.author.offline.times import time_at
from llmgen.author.offline.tokens import stem, tokens
from llmgen.errors import ModelError
from llmgen.scenario import Scenario, normalise_words
from llmgen.schema.sources import Reading, read_source

OWN = read_source(str(Path(__file__).with_name("offline_schema.sql")), Reading())

WORDS = yaml.safe_load(Path(__file__).with_name("offline_words.yaml").read_text("utf-8"))


def read(words: str) -> Scenario:
    return offline_scenario(OWN, normalise_words(words), {})


@pytest.mark.parametrize("said", WORDS["own"], ids=lambda said: said["words"])
def test_words_come_to_expects(said: dict[str, Any]) -> None:
    scenario = read(said["words"])
    assert scenario.root == said["root"]
    assert [one.sql for one in scenario.expect] == said["expects"]
    assert all(one.why for one in scenario.expect)


@pytest.mark.parametrize("said", WORDS["billing"], ids=lambda said: said["words"])
def test_the_packaged_examples_words(said: dict[str, Any]) -> None:
    scenario = offline_scenario(project().schema, said["words"], project().reference)
    assert set(said["expects"]) <= {one.sql for one in scenario.expect}
    assert scenario.shared == {"plans": (1, 200)}


def test_a_case_has_the_rows_that_its_words_count() -> None:
    two = read("suspended user with two teams")
    assert two.with_ == {"team_memberships": (2, 2), "teams": (2, 2)}
    assert read("film never rented").with_["rental"] == (0, 1)
    assert read("user with at least two unpaid invoices").with_["invoices"] == (2, 4)


def test_what_was_not_understood_stands_in_the_doubts() -> None:
    assert "not understood: purple" in read("suspended purple user").doubts
    assert "not understood: yesterday (no column for it)" in read("user suspended yesterday").doubts
    assert any("7 days" in doubt for doubt in read("invoice paid last week").doubts)


def test_nothing_understood_says_what_could_be_said() -> None:
    with pytest.raises(ModelError) as caught:
        read("blah fasel")
    assert caught.value.exit_code == 4
    for said in ("users", "users.status (active, suspended, locked)", "--model command:", "ANTHROPIC_API_KEY"):
        assert said in caught.value.hint


@pytest.mark.parametrize(
    ("words", "low", "high"),
    [
        ("tomorrow", "current_date + interval '1 day'", "current_date + interval '2 days'"),
        ("3 days ago", "current_date - interval '3 days'", "current_date - interval '2 days'"),
        ("in two weeks", "current_date + interval '14 days'", "current_date + interval '15 days'"),
        ("today", "current_date", "current_date + interval '1 day'"),
        ("2 hours ago", "now() - interval '150 minutes'", "now() - interval '90 minutes'"),
        ("15 days remaining", "now() + interval '15 days'", "now() + interval '16 days'"),
        ("more than two months ago", "", "now() - interval '60 days'"),
        ("in the last 7 days", "now() - interval '7 days'", "now()"),
        ("next friday", "current_date + interval '2 days'", "current_date + interval '3 days'"),
    ],
)
def test_phrases_of_time(words: str, low: str, high: str) -> None:
    span = time_at(tokens(words), 0)
    assert span is not None
    assert (span.low, span.high, span.size) == (low, high, len(words.split()))


def test_words_that_are_no_time() -> None:
    assert time_at(tokens("two teams"), 0) is None
    assert time_at(tokens("in canada"), 0) is None


@pytest.mark.parametrize("forms", [("canceled", "cancelled", "cancel", "cancels"), ("rental", "rentals", "rented")])
def test_forms_of_a_word_have_one_stem(forms: tuple[str, ...]) -> None:
    assert len({stem(form) for form in forms}) == 1
