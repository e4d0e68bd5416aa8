"""Makes a scenario's dataset: written cases moved to the run's as-of, judged once more, with what made them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from llmgen.author.exchange import Client, Prompt, Reply
from llmgen.author.interpret import Interpreter
from llmgen.author.ladder import MAX_ATTEMPTS
from llmgen.author.loop import Attempt
from llmgen.author.templates import load_template
from llmgen.author.unasked import OFFLINE, Unasked
from llmgen.canonical import instant
from llmgen.dataset import Dataset, Values
from llmgen.errors import DataError
from llmgen.events import Listener, ignore
from llmgen.output.manifest import Making, ScenarioMade
from llmgen.project import Project
from llmgen.scenario import Scenario, normalise_words
from llmgen.validate.instants import Placed
from llmgen.validate.judge import Judge
from llmgen.values.pools import pools_hash
from llmgen.values.streams import VALUES_VERSION
from llmgen.violation import Violation
from llmgen.workshop import VERSION, Job, ShortError, Workshop, Written

__all__ = ["Job", "Made", "ShortError", "instant", "interpret", "interpreter", "make"]


@dataclass(frozen=True)
class Made:
    """A dataset with what made it. `short` holds the faults of cases that never passed (empty unless partial)."""

    dataset: Dataset
    making: Making
    scenario: Scenario
    attempts: tuple[Attempt, ...] = ()
    short: Mapping[int, Sequence[Violation]] = field(default_factory=dict)


def interpret(
    project: Project, words: str, client: Client, announce: Listener = ignore, max_attempts: int = MAX_ATTEMPTS
) -> tuple[Scenario, list[tuple[Prompt, Reply]]]:
    """The scenario that the words mean over the project's schema, with the prompts asked for it."""
    if isinstance(client, Unasked):
        return client.scenario(project.schema, normalise_words(words), project.reference), []
    found = interpreter(project).interpret(normalise_words(words), client, max_attempts, announce)
    return found.scenario, list(found.asked)


def interpreter(project: Project) -> Interpreter:
    """What turns words into scenarios over the project's schema."""
    with Judge(project.schema, project.rules, disable=project.settings.disable) as judge:
        rules = judge.words(project.schema.by_name)
    return Interpreter(
        load_template("interpret", VERSION, project.prompts), project.schema, rules, project.reference, VERSION
    )


def make(project: Project, scenario: Scenario, job: Job, client: Client, announce: Listener = ignore) -> Made:
    """Exactly `job.n` cases as a dataset that holds at `job.as_of`.

    Raises ShortError when some never pass (unless partial is allowed), and what the client raises.
    """
    with Workshop(project, scenario, job) as workshop:
        written = workshop.write(client, announce)
        placed = written.placed(job.n, job.as_of)
        _judge_finally(workshop.judge, placed, written, job.as_of)
        dataset = _dataset(workshop, placed, written)
        making = _making(workshop, written)
        return Made(dataset, making, workshop.scenario, written.attempts, written.short)


def _judge_finally(judge: Judge, placed: Sequence[Placed], written: Written, as_of: datetime) -> None:
    """No bad row is ever written: what the probes did not foresee ends the run."""
    findings = [*judge.judge(placed, written.shared), *judge.judge_together(placed, written.shared)]
    if findings:
        raise DataError(
            f"at {as_of:%Y-%m-%dT%H:%M:%SZ} the data does not hold: {findings[0].violation.words()}",
            "please report it with the scenario; another --as-of or --seed helps meanwhile",
        )


def _dataset(workshop: Workshop, placed: Sequence[Placed], written: Written) -> Dataset:
    """Rows by table: shared rows first, then case by case."""
    rows: dict[str, list[Values]] = {}
    cases: dict[str, list[int | None]] = {}
    for table in workshop.project.schema.tables:
        common = list(written.shared.get(table.name, ()))
        own = [(one.case, row.values) for one in placed for row in one.rows if row.table == table.name]
        if common or own:
            rows[table.name] = [*common, *(values for _, values in own)]
            cases[table.name] = [*[None for _ in common], *(case for case, _ in own)]
    return Dataset(rows, cases, {name: _writers(workshop, name, written) for name in rows})


def _writers(workshop: Workshop, table: str, written: Written) -> dict[str, str]:
    if table in workshop.shape.parts:
        return {column: route.writer for column, route in written.task.completion.routes[table].items()}
    writer = "given" if table in workshop.project.reference else "authored"
    return dict.fromkeys(workshop.project.schema.table(table).by_name, writer)


def _making(workshop: Workshop, written: Written) -> Making:
    job, scenario = workshop.job, workshop.scenario
    prompts: dict[str, list[str]] = {}
    asked = [(prompt, reply) for prompt, reply in written.asked if reply.answered_by != OFFLINE]
    for prompt, _ in asked:
        prompts.setdefault(f"{prompt.template}/{prompt.version}/{prompt.level}", []).append(prompt.key)
    expects = [expect.sql for expect in scenario.expect]
    return Making(
        seed=job.seed,
        values_seed=job.by_seed,
        values_version=VALUES_VERSION,
        pools=pools_hash(),
        as_of=job.as_of,
        scenario=ScenarioMade(scenario.words, scenario.digest, scenario.root, job.n, expects),
        prompts=prompts,
        recordings={prompt.key: reply.checksum for prompt, reply in asked},
        answered_by=sorted({reply.answered_by for _, reply in written.asked}),
        rules=workshop.project.rules.digest(),
        rules_skipped=sorted(workshop.judge.skipped),
        edges=_edges(workshop, written),
        partial=bool(written.short),
    )


def _edges(workshop: Workshop, written: Written) -> dict[str, dict[str, int]]:
    """How many kept cells were given which edge class, by column: by the briefs, and by seed."""
    briefs = {brief.index: brief for request in workshop.requests() for brief in request.briefs}
    kept = written.kept(workshop.job.n)
    given = [edge for case in kept if (edge := briefs[case.index].edge)]
    for case in kept:
        seeded = [(row.table, written.task.completion.edge_of(case.index, row)) for row in case.rows]
        given += [(table, *edge) for table, edge in seeded if edge]
    found: dict[str, dict[str, int]] = {}
    for table, column, name in given:
        counts = found.setdefault(f"{table}.{column}", {})
        counts[name] = counts.get(name, 0) + 1
    return found
