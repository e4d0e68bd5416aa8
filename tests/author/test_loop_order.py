"""Replies in any order, collisions between cases, and the shared rows that come before them all."""

import json
from dataclasses import replace

import pytest
from library_fakes import (
    FakeModel,
    asked,
    bad_case,
    changed,
    good_case,
    library_project,
    lines,
    made,
    plain,
    right,
    said,
)

from llmgen.author.loop import Limits
from llmgen.generate import ShortError


@pytest.fixture
def project(tmp_path):
    return library_project(tmp_path)


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """What twelve right cases come to."""
    return plain(made(library_project(tmp_path_factory.mktemp("expected")), FakeModel(right), 12))


def unruly(prompt):
    """Refuses whole batches, errs in some cases, repeats shelf marks within a batch and between batches."""
    if len(asked(prompt)) > 5:
        return said("", "refusal")

    def answer(index):
        if index % 7 == 3 and prompt.attempt < 3:
            return bad_case(index)
        again = {8: 1, 14: 2, 19: 1}.get(index)
        if again is not None and f"shelf_mark = K {again:03}" not in prompt.user:
            return changed(index, lambda case: case["books"][0].update(shelf_mark=f"K {again:03}"))
        return good_case(index)

    return said(lines(map(answer, asked(prompt))))


def test_the_order_in_which_replies_come_leaves_no_trace(project, expected):
    results, told = [], []
    for shuffle in range(3):
        model = FakeModel(unruly, delay=lambda prompt, slow=shuffle: 0.03 if min(asked(prompt)) % 3 == slow else 0)
        results.append(made(project, model, 20, limits=Limits(concurrency=1 if not shuffle else 4)))
        told.append(sorted(prompt.key for prompt in model.prompts))
    assert told == [told[0]] * 3
    assert [plain(result) for result in results] == [plain(results[0])] * 3
    assert [result.making for result in results] == [results[0].making] * 3
    assert [result.attempts for result in results] == [results[0].attempts] * 3
    assert plain(results[0])["loans"][:12] == expected["loans"]


def test_a_collision_between_batches_is_settled_in_their_order(project, expected):
    def answer(prompt):
        taken = "shelf_mark = K 004" in prompt.user
        same = [] if taken else [4, 11]
        return said(
            lines(
                changed(i, lambda case: case["books"][0].update(shelf_mark="K 004")) if i in same else good_case(i)
                for i in asked(prompt)
            )
        )

    for slow in (0, 10):
        model = FakeModel(answer, delay=lambda prompt, slow=slow: 0.05 if slow in asked(prompt) else 0)
        assert plain(made(project, model, 12)) == expected
        (retry,) = model.at("retry")
        assert asked(retry) == [11]
        assert "books[0].shelf_mark breaks key:unique: found shelf_mark = K 004" in retry.user


def test_a_case_that_goes_on_colliding_climbs_the_ladder(project):
    def answer(prompt):
        taken = range(10, 12) if prompt.attempt < 4 else ()
        same = [
            changed(i, lambda case: case["books"][0].update(shelf_mark="K 004")) for i in taken if i in asked(prompt)
        ]
        return said(lines([*same, *(good_case(i) for i in asked(prompt) if i not in taken)]))

    model = FakeModel(answer)
    made(project, model, 12)
    again = [(prompt.level, asked(prompt)) for prompt in model.prompts if 10 in asked(prompt)]
    assert [level for level, _ in again] == ["ask", "retry", "strict", "final"]
    assert again[1:] == [("retry", [10]), ("strict", [10]), ("final", [10])]


def test_a_rule_over_the_dataset_names_the_later_of_two_cases(project):
    notes = {0: "a loan", 11: "a loan", 2: "kept long", 6: "kept long"}

    def answer(prompt):
        told = {i: notes.get(i) if prompt.level == "ask" else None for i in asked(prompt)}
        return said(lines(changed(i, lambda case, i=i: case["loans"].update(note=told[i])) for i in asked(prompt)))

    model = FakeModel(answer)
    result = made(project, model, 12)
    assert [row["note"] for row in result.dataset.rows["loans"]] == [
        notes.get(index) if index in (0, 2) else None for index in range(12)
    ]
    assert sorted(index for prompt in model.at("retry") for index in asked(prompt)) == [6, 11]
    assert all("breaks sql:one_note" in prompt.user for prompt in model.at("retry"))


def branches(*codes):
    rows = [{"code": code, "title": f"The {code} branch", "daily_fine_cents": 25} for code in codes]
    return json.dumps({"i": 0, "branches": rows})


def test_shared_rows_that_the_project_lacks_are_written_first_and_once(project, expected):
    def answer(prompt):
        if prompt.template != "shared":
            return right(prompt)
        return said(branches("MAIN", "MAIN") if prompt.attempt == 1 else branches("MAIN", "EAST"))

    model = FakeModel(answer)
    result = made(replace(project, reference={}), model, 12)
    assert [prompt.template for prompt in model.prompts[:2]] == ["shared", "shared"]
    assert "key:primary" in model.prompts[1].user
    assert [row["code"] for row in result.dataset.rows["branches"]] == ["MAIN", "EAST"]
    assert result.dataset.writers["branches"]["title"] == "authored"
    assert result.dataset.rows["loans"] == expected["loans"]


def test_shared_rows_that_never_pass_end_the_run(project):
    model = FakeModel(lambda prompt: said(branches("MAIN", "MAIN")))
    with pytest.raises(ShortError, match="key:primary"):
        made(replace(project, reference={}), model, 3, limits=Limits(max_attempts=2))
    assert len(model.prompts) == 2
