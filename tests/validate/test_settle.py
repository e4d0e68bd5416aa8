"""Settling: tomorrow stays tomorrow and an hour ago stays an hour ago, at whatever date and hour a case is played."""

import random
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from llmgen.dataset import Case, CaseRow
from llmgen.predicates.normalise import expect_predicate
from llmgen.schema.model import Schema
from llmgen.schema.sql import read_schema
from llmgen.validate.instants import CANONICAL, PROBES, ColumnName, Moves, place
from llmgen.validate.judge import Judge, Spoken
from llmgen.validate.rules import RuleSet, load_rules
from llmgen.validate.settle import Settled, settle, settle_together

DDL = """
CREATE TABLE subscriptions (
  id int PRIMARY KEY, status text, started_at timestamptz, trial_ends_at timestamptz, period_end timestamptz,
  born_on date, due_on date, note text,
  CONSTRAINT period_is_trial CHECK (status <> 'trialing' OR period_end = trial_ends_at),
  CONSTRAINT ends_after_start CHECK (trial_ends_at > started_at)
);
CREATE TABLE users (id int PRIMARY KEY, subscription_id int REFERENCES subscriptions (id), last_login_at timestamptz);
CREATE TABLE plans (code text PRIMARY KEY, price int, valid_from date);
"""
TOMORROW = (
    "ROOT.trial_ends_at >= date_trunc('day', now()) + interval '1 day' "
    "AND ROOT.trial_ends_at < date_trunc('day', now()) + interval '2 days'"
)
LOGGED_IN = "EXISTS (SELECT 1 FROM users u WHERE u.last_login_at > now() - interval '2 hours')"
NOTHING: dict[str, list[dict[str, Any]]] = {}


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    file = tmp_path_factory.mktemp("schema") / "s.sql"
    file.write_text(DDL, "utf-8")
    return read_schema(file)


def ago(**span: float) -> datetime:
    return CANONICAL - timedelta(**span)


def trial(index: int = 0, **cells: Any) -> Case:
    """A trial that ends tomorrow at 22:00; its user signed in an hour ago."""
    end = datetime(2026, 3, 12, 22, 0, tzinfo=UTC)
    row = {"id": index, "status": "trialing", "started_at": end - timedelta(days=14), "trial_ends_at": end}
    row |= {"period_end": end, "born_on": None, "due_on": None, "note": None} | cells
    user = {"id": index, "subscription_id": index, "last_login_at": ago(hours=1)}
    return Case(index, (CaseRow("subscriptions", "subscriptions/0", row), CaseRow("users", "users/0", user)))


def judge_of(schema: Schema, *expects: str, rules: RuleSet | None = None) -> Judge:
    spoken = [
        Spoken(expect_predicate(schema, "subscriptions", sql, f"expect:{number}", frozenset(["plans"])), sql)
        for number, sql in enumerate(expects, 1)
    ]
    return Judge(schema, rules or RuleSet(), spoken, root="subscriptions")


def settled(judge: Judge, *cases: Case, absolute: Sequence[ColumnName] = ()) -> Settled:
    return settle(judge, cases, NOTHING, frozenset(absolute))


@pytest.fixture
def tomorrow(schema: Schema) -> Iterator[Judge]:
    with judge_of(schema, TOMORROW, LOGGED_IN) as judge:
        yield judge


def test_the_day_boundary_trap_is_solved_by_days_for_the_trial_and_exactly_for_the_login(tomorrow: Judge) -> None:
    result = settled(tomorrow, trial())
    assert result.violations == {}
    columns = result.moves[0].by_day
    assert {("subscriptions", "trial_ends_at"), ("subscriptions", "period_end")} <= columns
    assert ("users", "last_login_at") not in columns


def test_neither_way_alone_would_have_done(tomorrow: Judge) -> None:
    exactly = [place(tomorrow.schema, trial(), probe, at, Moves()) for at, probe in enumerate(PROBES, 1)]
    assert {finding.violation.rule for finding in tomorrow.judge(exactly, NOTHING)} == {"expect:1"}
    days = Moves().with_days(tomorrow.dated)
    by_day = [place(tomorrow.schema, trial(), probe, at, days) for at, probe in enumerate(PROBES, 1)]
    assert {finding.violation.rule for finding in tomorrow.judge(by_day, NOTHING)} == {
        "expect:2",
        "plausible:past_event",
    }


def sample(count: int) -> list[datetime]:
    """Instants of 2027 to 2029: those that bite, and hours drawn by a fixed seed."""
    edges = [
        datetime(year, month, day, tzinfo=UTC) + shift
        for year, month, day in (
            *((2028, 2, day) for day in (28, 29)),
            *((year, 3, 1) for year in (2027, 2028, 2029)),
            *((year, month, day) for year in (2027, 2028, 2029) for month, day in ((1, 1), (12, 31))),
            # clock changes of Europe and of the United States
            (2027, 3, 28), (2027, 10, 31), (2028, 3, 26), (2028, 10, 29), (2029, 3, 25), (2029, 10, 28),
            (2027, 3, 14), (2027, 11, 7), (2028, 3, 12), (2028, 11, 5), (2029, 3, 11), (2029, 11, 4),
        )
        for shift in (timedelta(0), timedelta(hours=1, minutes=30), timedelta(hours=23, minutes=59, seconds=59))
    ]  # fmt: skip
    draw = random.Random(7)
    start = datetime(2027, 1, 1, tzinfo=UTC)
    return edges + [start + timedelta(hours=draw.randrange(3 * 365 * 24)) for _ in range(count - len(edges))]


def test_a_settled_case_holds_at_every_instant_of_three_years(schema: Schema) -> None:
    def ending(hour: int, minute: int) -> dict[str, Any]:
        end = datetime(2026, 3, 12, hour, minute, tzinfo=UTC)
        return {"trial_ends_at": end, "period_end": end, "started_at": end - timedelta(days=14)}

    cases = [trial(hour, **ending(hour, hour * 2)) for hour in range(0, 24, 4)]
    with judge_of(schema, TOMORROW, LOGGED_IN) as judge:
        result = settled(judge, *cases)
        assert result.violations == {}
        instants = sample(400)
        assert len(instants) == 400
        placed = [
            place(schema, case, now, number, result.moves[case.index])
            for case in cases
            for number, now in enumerate(instants, 1)
        ]
        assert [finding.violation.words() for finding in judge.judge(placed, NOTHING)] == []


@pytest.mark.parametrize("sql", ["ROOT.trial_ends_at > now() + interval '5 days'", "ROOT.status = 'active'"])
def test_what_fails_at_the_canonical_instant_is_told_with_its_own_values(schema: Schema, sql: str) -> None:
    with judge_of(schema, sql) as judge:
        (violation,) = settled(judge, trial()).violations[0]
    assert (violation.rule, violation.case, violation.mend) == ("expect:1", 0, sql)
    assert "2026-03-12T22:00:00Z" in violation.found or "trialing" in violation.found


PROBE_TEXT = re.compile(r"20(?!26)\d\d|\d\d:\d\d")


@pytest.mark.parametrize(
    "sql",
    [
        # tomorrow, yet at most 31 hours from now: it holds at 15:30 and not at 00:05
        f"{TOMORROW} AND ROOT.trial_ends_at <= now() + interval '31 hours'",
        "extract(month FROM ROOT.trial_ends_at) = 3",
        "extract(hour FROM now()) = 15",
    ],
)
def test_a_case_that_cannot_settle_is_told_without_any_probe_value(schema: Schema, sql: str) -> None:
    with judge_of(schema, sql) as judge:
        result = settled(judge, trial())
    assert result.moves == {}
    (violation,) = result.violations[0]
    assert violation.rule == "expect:1"
    assert violation.found == ""
    assert violation.mend.startswith(sql)
    assert "choose" in violation.mend
    assert PROBE_TEXT.search(violation.words().replace("extract(hour", "")) is None


def test_a_python_rule_that_fails_at_a_probe_quotes_nothing_either(schema: Schema, tmp_path: Path) -> None:
    (tmp_path / "r.py").write_text(
        '''
from datetime import datetime, timedelta
from pydantic import ValidationInfo, model_validator
from llmgen.validate.rules import Row

class Subscription(Row, table="subscriptions"):
    trial_ends_at: datetime

    @model_validator(mode="after")
    def ends_soon(self, info: ValidationInfo):
        """The trial ends within 40 hours, and in March."""
        now = info.context["now"]
        if self.trial_ends_at.month != 3:
            raise ValueError(f"{self.trial_ends_at} is not in March (now {now})")
        return self
''',
        "utf-8",
    )
    with judge_of(schema, rules=load_rules(tmp_path, schema)) as judge:
        (violation,) = settled(judge, trial()).violations[0]
    assert violation.rule == "rule:Subscription.ends_soon"
    assert violation.mend.startswith("The trial ends within 40 hours, and in March.")
    assert PROBE_TEXT.search(violation.words()) is None


def test_dates_move_by_whole_days_and_absolute_ones_not_at_all(schema: Schema) -> None:
    expects = ["ROOT.due_on = current_date + 1", "ROOT.born_on = DATE '2001-02-28'"]
    with judge_of(schema, *expects) as judge:
        case = trial(due_on=date(2026, 3, 12), born_on=date(2001, 2, 28))
        result = settled(judge, case, absolute=[("subscriptions", "born_on")])
        assert result.violations == {}
        assert settled(judge, case).violations[0][0].rule == "expect:2"
        row = place(schema, case, PROBES[3], 4, result.moves[0]).rows[0].values
    assert row["due_on"] == date(2028, 3, 1)
    assert row["born_on"] == date(2001, 2, 28)


def test_a_scenario_about_a_calendar_fact_stays_where_it_is(schema: Schema) -> None:
    leap = datetime(2024, 2, 29, 12, tzinfo=UTC)
    sql = "ROOT.started_at >= TIMESTAMPTZ '2024-02-29' AND ROOT.started_at < TIMESTAMPTZ '2024-03-01'"
    with judge_of(schema, sql) as judge:
        assert settled(judge, trial(started_at=leap)).violations[0][0].rule == "expect:1"
        result = settled(judge, trial(started_at=leap), absolute=[("subscriptions", "started_at")])
        assert result.violations == {}
        moved = place(schema, trial(started_at=leap), PROBES[0], 1, result.moves[0]).rows[0].values
    assert moved["started_at"] == leap


def test_each_case_settles_by_itself(schema: Schema) -> None:
    with judge_of(schema, "ROOT.status IN ('trialing', 'idle')", LOGGED_IN) as judge:
        cases = [trial(0), trial(1, status="gone"), trial(2)]
        result = settled(judge, *cases)
        assert sorted(result.moves) == [0, 2]
        assert sorted(result.violations) == [1]
        assert settled(judge, *reversed(cases)) == result
        assert settled(judge) == Settled()


# -- between cases ------------------------------------------------------------------------------------------------


def sql_rules(schema: Schema, tmp_path: Path, query: str) -> RuleSet:
    (tmp_path / "r.sql").write_text(f"-- rule: alone: They differ.\n{query};\n", "utf-8")
    return load_rules(tmp_path, schema)


SAME_DAY = (
    "SELECT a.id FROM subscriptions a JOIN subscriptions b ON a.id <> b.id "
    "AND date_trunc('day', a.trial_ends_at) = date_trunc('day', b.trial_ends_at)"
)
SAME_MOMENT = (
    "SELECT a.id FROM subscriptions a JOIN subscriptions b ON a.id <> b.id AND a.trial_ends_at = b.trial_ends_at"
)


def test_the_later_of_two_cases_that_collide_is_at_fault(schema: Schema, tmp_path: Path) -> None:
    with judge_of(schema, rules=sql_rules(schema, tmp_path, SAME_MOMENT)) as judge:
        cases = [trial(0), trial(1, trial_ends_at=ago(days=-9), period_end=ago(days=-9)), trial(2)]
        found = settle_together(judge, cases, settled(judge, *cases), NOTHING)
    assert {case: [violation.rule for violation in faults] for case, faults in found.items()} == {2: ["sql:alone"]}
    assert "2026-03-12" in found[2][0].found or "id = " in found[2][0].found


def test_a_collision_that_only_another_hour_shows_quotes_no_probe(schema: Schema, tmp_path: Path) -> None:
    late = datetime(2026, 3, 12, 23, 59, tzinfo=UTC)
    early = datetime(2026, 3, 13, 0, 10, tzinfo=UTC)
    cases = [
        trial(0, trial_ends_at=late, period_end=late),
        trial(1, trial_ends_at=early, period_end=early),
    ]
    with judge_of(schema, rules=sql_rules(schema, tmp_path, SAME_DAY)) as judge:
        now = [place(schema, case, CANONICAL, 0, Moves()) for case in cases]
        assert judge.judge_together(now, NOTHING) == []
        found = settle_together(judge, cases, settled(judge, *cases), NOTHING)
    (violation,) = found[1]
    assert violation.found == ""
    assert PROBE_TEXT.search(violation.words()) is None


def test_columns_that_are_compared_and_move_apart_are_judged_at_every_instant(schema: Schema, tmp_path: Path) -> None:
    query = (
        "SELECT u.id FROM users u, subscriptions s WHERE s.id = u.subscription_id AND u.last_login_at > s.trial_ends_at"
    )
    end = ago(minutes=30)
    case = trial(0, trial_ends_at=end, period_end=end, status="trialing")
    with judge_of(schema, rules=sql_rules(schema, tmp_path, query)) as judge:
        alike, apart = Moves(), Moves().with_days([("subscriptions", "trial_ends_at"), ("subscriptions", "period_end")])
        assert settle_together(judge, [case], Settled({0: alike}), NOTHING) == {}
        assert list(settle_together(judge, [case], Settled({0: apart}), NOTHING)) == [0]


def test_moments_of_shared_rows_do_not_move_with_the_cases(schema: Schema, tmp_path: Path) -> None:
    query = "SELECT s.id FROM subscriptions s, plans p WHERE s.due_on > p.valid_from"
    case = trial(0, due_on=date(2026, 3, 12))
    shared = {"plans": [{"code": "a", "price": 1, "valid_from": date(2026, 4, 1)}]}
    with judge_of(schema, rules=sql_rules(schema, tmp_path, query)) as judge:
        assert list(settle_together(judge, [case], Settled({0: Moves()}), shared)) == [0]
        assert settle_together(judge, [case], Settled({0: Moves()}), NOTHING) == {}
