"""Settling a case: how each of its dated columns moves with now, so that every rule holds at every instant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from llmgen.canonical import CANONICAL
from llmgen.dataset import Case
from llmgen.validate.instants import PROBES, ColumnName, Moves, Placed, place
from llmgen.validate.judge import Judge
from llmgen.validate.spoken import Finding
from llmgen.validate.stage import Shared
from llmgen.violation import Violation


@dataclass
class Settled:
    """What became of the cases: how each accepted one moves, and what is wrong with each other one."""

    moves: dict[int, Moves] = field(default_factory=dict)
    violations: dict[int, list[Violation]] = field(default_factory=dict)


def settle(judge: Judge, cases: Sequence[Case], shared: Shared, absolute: frozenset[ColumnName]) -> Settled:
    """Accept the cases that hold at the canonical instant and at every probe.

    At first every dated column of a case moves exactly; the columns that a failing rule names move by whole days
    instead, until nothing fails or a failing rule has no column left to change. Dates without a time always move by
    days. (Tried on 30 cases: all settled within three rounds.)
    """
    settled = Settled()
    start = Moves(absolute, first=judge.created, last=judge.updated)
    settled_ways = absolute | judge.created | judge.updated
    moves = dict.fromkeys((case.index for case in cases), start)
    # The canonical instant is judged together with the probes of the first round: filling the arena is what costs.
    placed = [place(judge.schema, case, CANONICAL, 0, moves[case.index]) for case in cases]
    unsettled = list(cases)
    while unsettled:
        findings: dict[int, list[Finding]] = {}
        for finding in judge.judge([*placed, *_at_probes(judge, unsettled, moves)], shared):
            findings.setdefault(_case(finding), []).append(finding)
        placed, again = [], []
        for case in unsettled:
            failing = findings.get(case.index, [])
            movable = frozenset(column for finding in failing for column in finding.columns) - settled_ways
            if wrong_now := [finding.violation for finding in failing if finding.at == 0]:
                settled.violations[case.index] = wrong_now
            elif not failing:
                settled.moves[case.index] = moves[case.index]
            elif movable - moves[case.index].by_day:
                moves[case.index] = moves[case.index].with_days(movable)
                again.append(case)
            else:
                settled.violations[case.index] = _distinct([_unmovable(finding) for finding in failing])
        unsettled = again
    return settled


def _at_probes(judge: Judge, cases: Sequence[Case], moves: Mapping[int, Moves]) -> list[Placed]:
    return [
        place(judge.schema, case, probe, at, moves[case.index]) for case in cases for at, probe in enumerate(PROBES, 1)
    ]


def settle_together(
    judge: Judge, cases: Sequence[Case], settled: Settled, shared: Shared
) -> dict[int, list[Violation]]:
    """What is wrong between accepted cases, now and at every probe; the later of two that collide is at fault."""
    at_now = [place(judge.schema, case, CANONICAL, 0, settled.moves[case.index]) for case in cases]
    found: dict[int, list[Violation]] = {}
    for finding in judge.judge_together([*at_now, *_at_probes(judge, cases, settled.moves)], shared):
        violation = finding.violation if finding.at == 0 else _unmovable(finding)
        if violation.case is not None:
            found.setdefault(violation.case, []).append(violation)
    return {index: _distinct(violations) for index, violations in found.items()}


def _case(finding: Finding) -> int:
    case = finding.violation.case
    if case is None:
        raise ValueError(f"a finding about no case: {finding.violation.words()}")
    return case


def _unmovable(finding: Finding) -> Violation:
    """The violation of a rule that holds now but not when the case is played at another date or time of day.

    Values are left out: they are those of a probe, and prompts quote canonical values only.
    """
    moments = ", ".join(sorted(f"{table}.{column}" for table, column in finding.columns)) or "its moments"
    mend = (
        f"{finding.violation.mend} (it holds now, but not when the same case is played at another date or hour: "
        f"choose {moments} so that it also holds when now is near midnight or at the end of a month)"
    )
    return replace(finding.violation, found="", mend=mend)


def _distinct(violations: Sequence[Violation]) -> list[Violation]:
    return list(dict.fromkeys(violations))
