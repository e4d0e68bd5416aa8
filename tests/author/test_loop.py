"""From prompts to a dataset with a model that errs on purpose: what is kept, what is asked again, and when it ends."""

import json
import re

import pytest
from library_fakes import (
    OVERDUE,
    FakeModel,
    asked,
    bad_case,
    changed,
    good_case,
    head,
    library_project,
    lines,
    made,
    plain,
    right,
    said,
    wrong,
)

from llmgen.author.exchange import LEVELS
from llmgen.author.loop import Limits
from llmgen.author.recordings import Library, RecordingClient
from llmgen.errors import ModelError
from llmgen.generate import ShortError
from llmgen.scenario import Expect
from llmgen.validate.instants import PROBES


@pytest.fixture
def project(tmp_path):
    return library_project(tmp_path)


def once(fault, indices=range(10**6)):
    """A model that at its first attempt gives `fault(index)` for some cases, and errs no more."""

    def answer(prompt):
        faulty = [index for index in asked(prompt) if prompt.attempt == 1 and index in indices]
        return said(lines(fault(index) if index in faulty else good_case(index) for index in asked(prompt)))

    return answer


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    """What many right cases come to."""
    return plain(made(library_project(tmp_path_factory.mktemp("expected")), FakeModel(right), 2 * len(FAULTS)))


@pytest.fixture(scope="module")
def expected(everything):
    """What the first twelve of them come to."""
    return head(everything, 12)


def test_a_model_that_never_errs_is_asked_once_a_batch(project):
    model = FakeModel(right)
    result = made(project, model, 12)
    assert [asked(prompt) for prompt in sorted(model.prompts, key=asked)] == [[*range(10)], [*range(10, 20)]]
    assert {table: len(rows) for table, rows in result.dataset.rows.items()} == {
        "branches": 2, "readers": 12, "books": 12, "copies": 12, "loans": 12, "loan_copies": 12, "fines": 12,
    }  # fmt: skip
    assert result.dataset.cases["loans"] == [*range(12)]
    assert result.dataset.cases["branches"] == [None, None]
    assert (result.attempts, result.short, result.making.partial) == ((), {}, False)


SPELLINGS = {
    "fence": lambda text: f"```json\n{text}```\n",
    "prose": lambda text: f"Here they are.\n\n{text}\nDone; {{all}} right.",
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "byte order mark": lambda text: "\ufeff" + text,
    "an array": lambda text: json.dumps([json.loads(line) for line in text.splitlines()], indent=2),
    "a fenced wrapper": lambda text: (
        f"```\n{json.dumps({'cases': [json.loads(one) for one in text.splitlines()]})}\n```"
    ),
    "index and tables in another order": lambda text: "\n".join(
        json.dumps(dict(reversed(json.loads(line).items()))) for line in reversed(text.splitlines())
    ),
}


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
def test_the_same_cases_in_another_spelling_are_the_same_dataset(project, expected, spell):
    model = FakeModel(lambda prompt: said(spell(right(prompt).text)))
    assert plain(made(project, model, 6)) == head(expected, 6)
    assert len(model.prompts) == 1


def test_braces_and_newlines_in_texts_are_texts(project):
    note = 'a "}" or {\nand "{\\"i\\": 3}"'
    result = made(
        project,
        FakeModel(once(lambda i: changed(i, lambda case: case["loans"].update(note=f"{note} {i}")))), 3,
    )  # fmt: skip
    assert [row["note"] for row in result.dataset.rows["loans"]] == [f"{note} {i}" for i in range(3)]


FAULTS = {
    "line:table": lambda case: case.update(penalties=[]),
    "line:column": lambda case: case["loans"].update(colour="red"),
    "line:key": lambda case: case["loans"].update(id="6f1c2b1e-8d3a-4c55-9a70-2f4be0c1d9e8"),
    "cell:missing": lambda case: case["loans"].pop("due_at"),
    "cell:null": lambda case: case["loans"].update(due_at=None),
    "cell:code": lambda case: case["loans"].update(branch_code="WEST"),
    "check:": lambda case: case["loans"].update(lent_at="2026-03-10T10:00:00Z"),
    "expect:2": lambda case: case["loans"].update(due_at="2026-03-04T10:00:00Z"),
    "rule:LoanCase.fines_add_up": lambda case: case["loans"].update(fine_cents=1),
    "plausible:past_event": lambda case: case["readers"].update(born_on="2026-04-01"),
    "text:placeholder": lambda case: case["loans"].update(note="until {loans.gone_at}"),
    "text:placeholder ": lambda case: case["loans"].update(note="until {loans.returned_at}"),
    "text:date": lambda case: case["loans"].update(note="2026-03-01"),
    "line:missing": lambda case: case.update(i=999),
    "line:missing of another batch": lambda case: case.update(i=10 if case["i"] > 10 else 20),
    "line:missing without i": lambda case: case.pop("i"),
    "line:missing at all": lambda case: case.clear(),
    "expect:2 at the end of time": lambda case: case["loans"].update(due_at="9999-12-31T23:59:59Z"),
    "cell:type no such day": lambda case: case["loans"].update(due_at="2026-02-30T24:61:00Z"),
    "cell:type decimals": lambda case: case["books"][0]["copies"][0]["loan_copies"][0].update(wear=0.123),
    "cell:type NUL": lambda case: case["loans"].update(note="a\x00b"),
    "cell:type surrogate": lambda case: case["loans"].update(note="a\ud800b"),
    "line:missing surrogate in a name": lambda case: case["loans"].update({"\udc80": 1}),
    "line:column of great length": lambda case: case["loans"].update({"n" * 50_000: 1}),
    "line:missing NaN": lambda case: case["loans"].update(fine_cents=float("nan")),
    "line:missing Infinity": lambda case: case["loans"].update(fine_cents=float("-inf")),
    "cell:type huge": lambda case: case["loans"].update(fine_cents=10**30),
    "line:missing endless": lambda case: case["loans"].update(fine_cents=int("9" * 4_000)),
    "cell:type float": lambda case: case["loans"].update(fine_cents=1e308),
    "cell:type lists": lambda case: case["loans"].update(note=[[[[]]]]),
    "cell:missing rows": lambda case: case.update(fines=[{}] * 100_000),
}  # fmt: skip


def test_each_fault_is_named_to_its_own_case_alone_and_the_others_are_kept(project, everything):
    """Every second case is faulty, each in its own way."""
    faults = dict(zip(range(1, 2 * len(FAULTS), 2), FAULTS.items(), strict=True))
    model = FakeModel(once(lambda index: changed(index, faults[index][1]), faults))
    assert plain(made(project, model, 2 * len(FAULTS))) == everything
    told = {}
    for prompt in model.at("retry"):
        prompt.user.encode()
        assert len(prompt.user) < 6_000
        told |= {int(one.group(1)): one.group(2) for one in re.finditer(r"Brief (\d+):\n- (.*)", prompt.user)}
    assert sorted(index for prompt in model.at("retry") for index in asked(prompt)) == sorted(faults) == sorted(told)
    for index, (rule, _) in faults.items():
        assert f" breaks {rule.split()[0]}" in told[index], (rule, told[index])


def test_the_first_year_of_the_calendar_is_a_moment_like_others(project):
    model = FakeModel(lambda prompt: said(lines(changed(i, old) for i in asked(prompt))))

    def old(case):
        case["loans"].update(lent_at="0001-01-01T00:00:00Z")

    result = made(project, model, 2)
    assert all(row["lent_at"].year < 1000 for row in result.dataset.rows["loans"])


NO_JSON = ["1e400", "-1e999", "9" * 5_000, "[" * 10_000, '{"a":' * 5_000 + "1", '{"\\ud800": 1}', "nul", "NaN", "'x'"]


def test_what_is_no_json_costs_its_own_line_alone(project, expected):
    def answer(prompt):
        whole = right(prompt).text.splitlines()
        for place, text in enumerate(NO_JSON if prompt.attempt == 1 else ()):
            whole[place] = whole[place].replace('"fine_cents": 75', f'"fine_cents": {text}')
        return said("\n".join(whole))

    model = FakeModel(answer)
    result = made(project, model, 10)
    assert plain(result) == head(expected, 10)
    assert [asked(prompt) for prompt in model.prompts[1:]] == [[*range(len(NO_JSON))]]
    assert [reject.line for reject in result.attempts[0].rejects] == [*range(1, len(NO_JSON) + 1)]


@pytest.mark.parametrize("stop", ["end", "cut", "max_tokens"])
def test_of_a_reply_cut_in_a_line_only_the_cut_case_and_those_behind_it_are_asked_again(project, expected, stop):
    def answer(prompt):
        whole = right(prompt).text
        return said(whole[: whole.index('{"i": 7') + 40], stop) if asked(prompt) == [*range(10)] else said(whole)

    model = FakeModel(answer)
    assert plain(made(project, model, 10)) == head(expected, 10)
    (again,) = [prompt for prompt in model.prompts if prompt.attempt == 2]
    assert asked(again) == [7, 8, 9]
    assert again.level == ("retry" if stop == "end" else "ask")


def test_fewer_and_more_cases_than_asked(project, expected):
    def answer(prompt):
        if prompt.attempt > 1:
            return right(prompt)
        return said(lines([*map(good_case, asked(prompt)[:-2]), *map(good_case, asked(prompt)[:3]), good_case(99)]))

    model = FakeModel(answer)
    result = made(project, model, 12)
    assert plain(result) == expected
    assert sorted(asked(prompt) for prompt in model.at("retry")) == [[8, 9], [18, 19]]
    rules = [violation.rule for violation in result.attempts[0].violations]
    assert rules == ["line:twice"] * 3 + ["line:index"] + ["line:missing"] * 2


def test_the_retry_prompt_holds_the_failing_cases_and_their_faults_and_no_other(project):
    model = FakeModel(once(bad_case, {2, 5}))
    made(project, model, 6)
    first, retry = model.prompts
    assert (first.level, retry.level) == ("ask", "retry")
    assert (asked(retry), first.system) == ([2, 5], retry.system)
    assert re.findall(r"Brief \d+", retry.user) == ["Brief 2", "Brief 5"]
    assert "due_at = 2026-03-12T10:00:00Z" in retry.user
    assert "ROOT.due_at >= current_date - 3" in retry.user
    assert "it is overdue, so due_at 2026-03-12T10:00:00Z must be before now" in retry.user


def test_the_levels_come_in_order_and_the_last_carries_a_reply_schema(project):
    model = FakeModel(wrong)
    with pytest.raises(ShortError):
        made(project, model, 3)
    assert [prompt.level for prompt in model.prompts] == ["ask", "retry", "strict", "final", "final", "final"]
    assert [prompt.attempt for prompt in model.prompts] == [1, 2, 3, 4, 5, 6]
    assert [prompt.reply_schema is not None for prompt in model.prompts] == [False] * 3 + [True] * 3
    assert len({prompt.key for prompt in model.prompts}) == 6
    assert all("rule:Loan.overdue_is_past" in prompt.user for prompt in model.prompts[1:])


def test_a_model_that_is_always_wrong_leaves_every_reason_of_every_attempt(project):
    with pytest.raises(ShortError) as caught:
        made(project, FakeModel(wrong), 12, limits=Limits(max_attempts=4))
    error = caught.value
    assert error.exit_code == 1
    assert error.message.startswith("0 of 12 cases passed after 4 attempts; case 0: loans[0] breaks expect:2: found")
    assert [(one.batch, one.attempt, one.level) for one in error.attempts] == [
        (batch, number, level) for batch in (0, 1) for number, level in enumerate(LEVELS, 1)
    ]
    for attempt in error.attempts:
        told = {(violation.case, violation.rule) for violation in attempt.violations}
        assert attempt.answered_by == "a fake"
        assert told == {(i, rule) for i in attempt.cases for rule in ("expect:2", "rule:Loan.overdue_is_past")}


def test_what_passed_may_be_kept_on_demand(project, expected):
    model = FakeModel(lambda prompt: said(lines((bad_case if i == 1 else good_case)(i) for i in asked(prompt))))
    with pytest.raises(ShortError, match="2 of 3 cases"):
        made(project, model, 3)
    result = made(project, model, 3, allow_partial=True)
    assert result.dataset.cases["loans"] == [0, 2]
    assert result.dataset.rows["loans"] == [expected["loans"][0], expected["loans"][2]]
    assert (set(result.short), result.making.partial) == ({1}, True)
    assert result.short[1][0].rule == "expect:2"


def stopping(stop, most):
    """A model that stops without a line when it is asked for more than `most` cases."""
    return lambda prompt: said("", stop) if len(asked(prompt)) > most else right(prompt)


@pytest.mark.parametrize("stop", ["refusal", "max_tokens"])
def test_a_refusal_or_the_token_limit_is_never_met_with_the_same_words(project, expected, stop):
    model = FakeModel(stopping(stop, 3))
    result = made(project, model, 6)
    assert plain(result) == head(expected, 6)
    assert len({(prompt.system, prompt.user) for prompt in model.prompts}) == len(model.prompts)
    assert sorted(len(asked(prompt)) for prompt in model.prompts) == [2, 2, 3, 3, 5, 5, 10]
    assert {prompt.level for prompt in model.prompts} == {"ask"}
    assert [attempt.stop for attempt in result.attempts] == [stop] * 3


@pytest.mark.parametrize(("stop", "words"), [("refusal", "refuses"), ("max_tokens", "token limit")])
def test_one_case_alone_that_stays_refused_or_too_long_ends_the_run(project, stop, words):
    model = FakeModel(lambda prompt: said("", stop) if 4 in asked(prompt) else right(prompt))
    with pytest.raises(ModelError, match=f"{words}.*") as caught:
        made(project, model, 6)
    assert caught.value.exit_code == 4
    assert "case 4" in caught.value.message
    told = [prompt.user for prompt in model.prompts]
    assert len(told) == len(set(told))


def test_a_refused_run_replays(project):
    library = Library(project.recordings[0])
    first = made(project, RecordingClient(FakeModel(stopping("refusal", 3)), library, "auto"), 6)
    nobody = FakeModel(lambda prompt: pytest.fail("asked again"))
    again = made(project, RecordingClient(nobody, library, "replay"), 6)
    assert plain(again) == plain(first)
    assert again.making == first.making


def test_few_cases_replay_from_the_recordings_of_many(project):
    library = Library(project.recordings[0])
    answer = once(bad_case, {1, 3, 8, 13})
    many = made(project, RecordingClient(FakeModel(answer), library, "auto"), 20)
    replaying = RecordingClient(FakeModel(lambda prompt: pytest.fail("asked again")), library, "replay")
    few = made(project, replaying, 5)
    assert few.dataset.rows["loans"] == many.dataset.rows["loans"][:5]
    assert few.dataset.rows["fines"] == many.dataset.rows["fines"][:5]
    assert replaying.hits == 2


def test_a_case_beyond_those_asked_for_that_never_passes_does_no_harm(project, expected):
    model = FakeModel(lambda prompt: said(lines((bad_case if i == 9 else good_case)(i) for i in asked(prompt))))
    assert plain(made(project, model, 5))["loans"] == expected["loans"][:5]


def test_prompts_quote_canonical_values_only(project):
    never = OVERDUE.model_copy(
        update={"expect": (*OVERDUE.expect, Expect(sql="extract(day FROM ROOT.due_at) = 8", why="on the 8th"))}
    )
    model = FakeModel(right)
    with pytest.raises(ShortError) as caught:
        made(project, model, 3, scenario=never)
    assert "not when the same case is played at another date or hour" in model.prompts[-1].user
    said_of = {violation.rule for attempt in caught.value.attempts for violation in attempt.violations}
    assert said_of == {"expect:4"}
    for prompt in model.prompts:
        years = {int(year) for year in re.findall(r"\b(20\d\d)-\d\d", prompt.system + prompt.user)}
        assert years <= {2026}
        assert not any(f"{probe:%Y-%m-%d}" in prompt.user for probe in PROBES)


def test_the_prompt_depends_on_the_seed_only_in_its_key_and_briefs(project):
    models = [FakeModel(right), FakeModel(right), FakeModel(right)]
    for model, seed, values in zip(models, ("0", "1", "0"), ("", "", "9"), strict=True):
        made(project, model, 3, seed=seed, values_seed=values)
    first, other, revalued = (model.prompts[0] for model in models)
    assert first.system == other.system
    assert first.key != other.key
    assert first == revalued


def test_values_by_seed_change_without_the_model(project, expected):
    rows = plain(made(project, FakeModel(right), 12, values_seed="9"))
    assert [row["full_name"] for row in rows["readers"]] != [row["full_name"] for row in expected["readers"]]
    assert [row["due_at"] for row in rows["loans"]] == [row["due_at"] for row in expected["loans"]]


def test_an_error_of_the_client_ends_the_run_as_it_is(project):
    def answer(prompt):
        raise ModelError("nobody there", "start it")

    with pytest.raises(ModelError, match="nobody there"):
        made(project, FakeModel(answer), 12)
