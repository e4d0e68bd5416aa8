"""Words to a scenario: what of a model's answer is used, what is refused before anything of it is executed."""

import json
import sys

import pytest
from library_fakes import OVERDUE, FakeModel, library_project, said

from llmgen.errors import DataError, ModelError
from llmgen.generate import interpret

ANSWER = OVERDUE.model_dump(mode="json", by_alias=True, exclude={"words", "prompt"}) | {"doubts": ["who pays"]}
WORDS = "Loan of several books,  overdue by three days."


@pytest.fixture
def project(tmp_path):
    return library_project(tmp_path)


def answering(*answers):
    """A model that gives these answers one after another, the last one for ever."""
    left = list(answers)
    return FakeModel(lambda prompt: said(left.pop(0) if len(left) > 1 else left[0]))


def told(model):
    """What the second prompt says was wrong with the first answer."""
    return model.prompts[1].user


def test_the_words_are_normalised_and_the_prompt_carries_no_seed(project):
    model = answering(json.dumps(ANSWER))
    scenario, asked = interpret(project, WORDS, model)
    assert scenario.words == "loan of several books, overdue by three days"
    assert scenario.root == "loans"
    assert scenario.doubts == ("who pays",)
    assert scenario.shared == {"branches": (1, 10)}
    (prompt,) = model.prompts
    assert (prompt.seed, prompt.level, prompt.reply_schema) == (None, "ask", None)
    assert f'"{scenario.words}"' in prompt.user
    assert asked == [(prompt, said(json.dumps(ANSWER)))]


@pytest.mark.parametrize(
    "spell",
    [
        lambda text: f"```json\n{text}\n```",
        lambda text: f"Here it is:\n{text}\nHope it helps",
        lambda text: "\ufeff" + json.dumps(json.loads(text), indent=2).replace("\n", "\r\n"),
    ],
)
def test_a_fence_and_prose_around_do_no_harm(project, spell):
    model = answering(spell(json.dumps(ANSWER)))
    assert interpret(project, WORDS, model)[0].expect == OVERDUE.expect
    assert len(model.prompts) == 1


def test_tables_whose_rows_are_given_become_shared(project):
    scenario, _ = interpret(project, WORDS, answering(json.dumps(ANSWER | {"shared": {}})))
    assert set(scenario.shared) == {"branches"}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"root": "lones"}, "there is no table 'lones'"),
        ({"with": {"shelves": [1, 1]}}, "there is no table 'shelves'"),
        ({"with": {"fines": [3, 1]}}, "whose end is before its start"),
        ({"with": {"fines": [0, 10**9]}}, "with.fines"),
        ({"with": {"loans": [1, 1]}}, "loans is the root table"),
        ({"author": {"loans": ["colour"]}}, "there is no column loans.colour"),
        ({"author": {"loans": ["id"]}}, "loans.id is a key"),
        ({"author": {"clubs": ["title"]}}, "clubs is neither the root"),
        ({"expect": []}, "expect"),
        ({"expect": [{"sql": ""}]}, "expect.0.sql"),
        ({"expect": ["ROOT.status = 'overdue'"]}, "expect.0"),
        ({"more": 1}, "more"),
        ({"root": "a\ud800"}, "root"),
        ({"with": {"\x00": [1, 1]}}, "there is no table"),
        ({"expect": [{"sql": "ROOT.colour = 'red'"}]}, "colour"),
        ({"expect": [{"sql": "EXISTS (SELECT 1 FROM clubs)"}]}, "reads clubs"),
        ({"expect": [{"sql": "ROOT.status ="}]}, "expect 1"),
        ({"expect": [{"sql": "\ud800"}]}, "expect.0.sql"),
        ({"expect": [{"sql": "true; DROP TABLE loans"}]}, "expect 1"),
    ],
)
def test_what_cannot_be_used_goes_back_with_its_reason(project, change, fault):
    model = answering(json.dumps(ANSWER | change), json.dumps(ANSWER))
    assert interpret(project, WORDS, model)[0].root == "loans"
    assert [prompt.level for prompt in model.prompts] == ["ask", "retry"]
    assert fault in told(model).replace('"', "'")
    assert len(told(model)) < 20_000
    told(model).encode()


SLY = [
    "EXISTS (SELECT 1 FROM read_text('/etc/passwd'))",
    "(SELECT count(*) FROM read_csv('/etc/passwd')) > 0",
    "EXISTS (SELECT 1 FROM '/etc/passwd')",
    "length(getenv('HOME')) > 0",
    "pg_sleep(1) IS NULL",
    "ROOT.note = current_setting('home_directory')",
    "frobnicate(ROOT.note) = 1",
    "EXISTS (SELECT 1 FROM range(1000000000000))",
    "EXISTS (SELECT 1 FROM generate_series(1, 1000000000))",
    "EXISTS (WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT 1 FROM t WHERE n < 0)",
    "EXISTS (SELECT 1 FROM loan_copies a, loan_copies b, duckdb_settings())",
    "EXISTS (SELECT 1 FROM information_schema.tables)",
    "true; COPY loans TO '/tmp/x'",
    "ROOT.note = repeat('x', 1000000000)",
    "regexp_matches(ROOT.note, '(a+)+$')",
    "(" * 5_000 + "true" + ")" * 5_000,
]


@pytest.mark.parametrize("sql", SLY, ids=range(len(SLY)))
def test_an_expect_that_reaches_out_is_refused_and_nothing_of_it_is_executed(project, sql, monkeypatch):
    monkeypatch.setitem(sys.modules, "duckdb", None)  # whoever would execute it fails
    model = answering(json.dumps(ANSWER | {"expect": [{"sql": sql}]}), json.dumps(ANSWER))
    assert interpret(project, WORDS, model)[0].expect == OVERDUE.expect
    assert "expect 1: " in told(model)


@pytest.mark.parametrize(
    "text", ["", "I do not know.", "{", "[]", "{}\n{}", '{"root": NaN}', '{"a":' * 10_000, '{"root": "loans", "with'],
)  # fmt: skip
def test_what_is_no_answer_goes_back_too(project, text):
    model = answering(text, json.dumps(ANSWER))
    assert interpret(project, WORDS, model)[0].root == "loans"
    assert "the answer must be exactly one JSON object" in told(model)


def test_a_model_that_is_always_wrong_ends_with_the_last_reason(project):
    model = answering(json.dumps(ANSWER | {"root": "lones"}))
    with pytest.raises(DataError, match="6 attempts: there is no table 'lones'") as caught:
        interpret(project, WORDS, model)
    assert caught.value.exit_code == 1
    assert [prompt.level for prompt in model.prompts] == ["ask", "retry", "strict", "final", "final", "final"]


def test_a_refusal_is_not_asked_again(project):
    model = FakeModel(lambda prompt: said("I cannot help with that.", "refusal"))
    with pytest.raises(ModelError, match="refuses") as caught:
        interpret(project, WORDS, model)
    assert (len(model.prompts), caught.value.exit_code) == (1, 4)


def test_an_answer_cut_at_the_token_limit_is_asked_for_in_fewer_words_and_ends_as_the_models_failure(project):
    model = FakeModel(lambda prompt: said(json.dumps(ANSWER)[:200], "max_tokens"))
    with pytest.raises(ModelError, match="token limit") as caught:
        interpret(project, WORDS, model)
    assert caught.value.exit_code == 4
    assert "token limit" in told(model)
    first, second = model.prompts
    assert first.user != second.user
