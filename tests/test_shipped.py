"""What the packaged example promises: each scenario is what its words say, in a real database, at any time."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from shipped import AS_OF, EXAMPLE, SHIPPED, Shipped, made, project, recordings, workshop_of

from llmgen.author.recordings import Library
from llmgen.generate import interpret, interpreter
from llmgen.output.sql import write_sql
from llmgen.predicates.evaluate import Arena
from llmgen.scenario import expect_predicates, load_scenario, normalise_words, with_reference
from llmgen.schema.sql import read_schema

ORACLES = Path(__file__).parent / "oracles"
BY_NAME = {one.name: one for one in SHIPPED}
each_scenario = pytest.mark.parametrize("one", SHIPPED, ids=list(BY_NAME))


def _statements(oracle: str) -> list[str]:
    lines = [line for line in oracle.splitlines() if not line.lstrip().startswith("--")]
    return [part for part in "\n".join(lines).split(";") if part.strip()]


@each_scenario
@pytest.mark.postgres
def test_a_real_database_takes_it_and_an_oracle_written_from_the_words_agrees(
    one: Shipped, postgres: psycopg.Connection, tmp_path: Path
) -> None:
    script = tmp_path / "dataset.sql"
    write_sql(script, project().schema, made(one).dataset)
    postgres.execute((EXAMPLE / "schema.sql").read_text("utf-8"))
    postgres.execute(script.read_text("utf-8"))
    oracle = (ORACLES / f"{one.name}.sql").read_text("utf-8").replace("{now}", AS_OF.isoformat())
    mismatches, count = (postgres.execute(statement).fetchall() for statement in _statements(oracle))
    assert mismatches == []
    assert count == [(one.n,)]


@each_scenario
def test_exactly_n_cases_come_out(one: Shipped) -> None:
    result = made(one)
    assert len(result.dataset.rows[result.scenario.root]) == one.n
    assert result.short == {}


@each_scenario
def test_the_words_are_interpreted_as_the_saved_file_says(one: Shipped) -> None:
    scenario, _ = interpret(project(), one.words, recordings())
    assert scenario == load_scenario(one.file)


def test_every_recording_answers_a_prompt_that_is_asked_today_and_none_is_unused() -> None:
    asked = {}
    for one in SHIPPED:
        _, interpreted = interpret(project(), one.words, recordings())
        _, written = workshop_of(one)
        asked |= {prompt.key: prompt for prompt, _ in (*interpreted, *written.asked)}
    stored = {recording.prompt.key: recording for recording in Library(EXAMPLE / "recordings").all()}
    assert stored.keys() == asked.keys()
    for key, recording in stored.items():
        assert (recording.prompt.system, recording.prompt.user) == (asked[key].system, asked[key].user)
        assert "by hand" in recording.answered_by


def _hours() -> Iterator[datetime]:
    """Every hour around all edges of 2028 and a coarse sample between: benchmarks/hours_of_2028.py runs them all."""
    start = datetime(2028, 1, 1, tzinfo=UTC)
    yield from (start + timedelta(hours=step * 41) for step in range(8784 // 41))
    for month, day in ((1, 1), (2, 28), (2, 29), (3, 1), (3, 26), (4, 30), (10, 29), (12, 31)):
        yield from (datetime(2028, month, day, hour, tzinfo=UTC) for hour in (0, 1, 2, 12, 23))
    yield datetime(2028, 12, 31, 23, 59, 59, tzinfo=UTC)


@each_scenario
def test_it_holds_at_any_hour_of_2028(one: Shipped) -> None:
    workshop, written = workshop_of(one)
    for chunk in _chunks(list(_hours()), 60):
        placed = [case for at, now in enumerate(chunk) for case in written.placed(one.n, now, at)]
        assert [finding.violation.words() for finding in workshop.judge.judge(placed, written.shared)] == []


def _chunks(moments: list[datetime], size: int) -> Iterator[list[datetime]]:
    for start in range(0, len(moments), size):
        yield moments[start : start + size]


def test_tomorrow_is_tomorrow() -> None:
    workshop, written = workshop_of(SHIPPED[0])
    for now in _hours():
        for placed in written.placed(20, now):
            (root,) = [row for row in placed.rows if row.table == workshop.scenario.root]
            assert root.values["trial_ends_at"].date() == now.date() + timedelta(days=1)


def test_the_expects_of_each_scenario_reject_the_cases_of_every_other() -> None:
    accepted = set()
    with Arena(project().schema) as arena:
        for one in SHIPPED:
            arena.clear()
            tables = _load(arena, one)
            for other in SHIPPED:
                if other is not one and _accepted_by(arena, other, tables):
                    accepted.add((one.name, other.name))
    assert accepted == set()


def _load(arena: Arena, one: Shipped) -> dict[int, set[str]]:
    """Load the scenario's cases; which tables each of them has rows of."""
    _, written = workshop_of(one)
    placed_cases = written.placed(one.n, AS_OF)
    for placed in placed_cases:
        for row in placed.rows:
            arena.load(row.table, [row.values], [placed.case], [0], [AS_OF], [0])
    for table, rows in written.shared.items():
        count = len(rows)
        arena.load(table, rows, [-1] * count, [0] * count, [AS_OF] * count, [0] * count)
    return {placed.case: {row.table for row in placed.rows} for placed in placed_cases}


def _accepted_by(arena: Arena, other: Shipped, tables: dict[int, set[str]]) -> set[int]:
    """The loaded cases that have rows of the other's root table, all of which are true to all its expects."""
    scenario = with_reference(load_scenario(other.file), project().schema, tuple(project().reference))
    failing = arena.failing(expect_predicates(scenario, project().schema))
    failed = {hit.case for hits in failing for hit in hits}
    return {case for case, present in tables.items() if scenario.root in present and case not in failed}


def test_the_cases_vary_as_real_customers_do() -> None:
    rows = made(SHIPPED[0]).dataset.rows
    assert len({row["locale"] for row in rows["organizations"]}) >= 8
    names = [row["name"] for row in rows["organizations"]]
    assert len(set(names)) == len(names)
    assert len({row["trial_ends_at"] for row in rows["subscriptions"]}) >= 15


SCRIPTS = {
    "ja": re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]"),
    "ko": re.compile(r"[\uac00-\ud7af]"),
    "zh": re.compile(r"[\u4e00-\u9fff]"),
}
COMMON_WORDS = {
    "de": r"\b(und|der|die|das|nicht|ist|mit|für|vor|auf|ein|eine|zur|zum|im|den|noch)\b",
    "fr": r"\b(le|la|les|de|des|et|un|une|pour|avec|est|en|à|du|sur|avant)\b",
    "es": r"\b(el|la|los|las|de|y|un|una|para|con|en|que|su|por|antes|al)\b",
    "it": r"\b(il|la|di|e|un|una|per|con|che|in|del|della|non|prima|da)\b",
    "pt": r"\b(o|a|os|de|e|um|uma|para|com|que|em|do|da|no|na|antes|até)\b",
    "nl": r"\b(de|het|een|en|van|voor|met|niet|is|op|nog|te|aan)\b",
    "pl": r"\b(i|w|z|na|do|nie|się|jest|o|po|przed|za|od)\b",
    "en": r"\b(the|and|to|of|for|a|is|in|on|with|before|no|trial)\b",
}


def test_notes_are_in_the_language_of_the_locale() -> None:
    rows = made(SHIPPED[0]).dataset.rows
    languages = {row["id"]: row["locale"][:2] for row in rows["organizations"]}
    notes = [(languages[row["organization_id"]], row["note"]) for row in rows["subscriptions"] if row["note"]]
    assert len(notes) >= 8
    for language, note in notes:
        known = SCRIPTS.get(language) or re.compile(COMMON_WORDS[language], re.IGNORECASE)
        assert known.search(note), f"{language}: {note}"


def test_the_example_is_read_completely() -> None:
    text = (EXAMPLE / "schema.sql").read_text("utf-8")
    schema = read_schema(EXAMPLE / "schema.sql")
    assert len(schema.tables) == len(re.findall(r"^CREATE TABLE", text, re.MULTILINE))
    assert [item for item in schema.ignored if item.constrains] == []


def test_words_are_kept_as_people_wrote_them_but_for_case_and_spaces() -> None:
    for one in SHIPPED:
        assert load_scenario(one.file).words == normalise_words(one.words)


def test_an_interpretation_does_not_depend_on_the_seed() -> None:
    assert interpreter(project()).prompt("trial expiring tomorrow", 1, []).seed is None
