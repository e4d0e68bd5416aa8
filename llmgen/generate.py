"""Makes a scenario's dataset:
words to a scenario, shared rows, cases by the loop, moved to the run's as-of, judged once more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from llmgen.author.brief import BATCH, Brief, deal
from llmgen.author.complete import Completion
from llmgen.author.exchange import Client, Prompt, Reply
from llmgen.author.interpret import Interpreter
from llmgen.author.ladder import MAX_ATTEMPTS, Request
from llmgen.author.loop import Attempt, Limits, Outcome, run
from llmgen.author.shape import Shape, case_shape, shared_shape
from llmgen.author.task import WritingTask
from llmgen.author.templates import load_template
from llmgen.author.wiring import Wire
from llmgen.dataset import Dataset, Values
from llmgen.errors import DataError
from llmgen.events import Listener, ignore
from llmgen.output.manifest import Making, ScenarioMade
from llmgen.plan import routes
from llmgen.project import Project
from llmgen.scenario import Scenario, check_scenario, expect_predicates, normalise_words, with_reference
from llmgen.validate.instants import Placed, place
from llmgen.validate.judge import Judge, Spoken
from llmgen.values.pools import pools_hash
from llmgen.values.streams import VALUES_VERSION
from llmgen.violation import Violation

Shared = Mapping[str, Sequence[Values]]
VERSION = "v1"
"""The version of the prompts that new scenarios are interpreted and written with."""


@dataclass(frozen=True)
class Job:
    """What is asked for. `seed` keys recordings and briefs, `values_seed` what is written by seed, `as_of` is aware."""

    n: int
    as_of: datetime
    seed: str = "0"
    values_seed: str = ""
    locales: Mapping[str, int] = field(default_factory=dict)
    edges: float = 0.1
    limits: Limits = field(default_factory=Limits)
    allow_partial: bool = False

    @property
    def by_seed(self) -> str:
        """The seed of everything that no model writes."""
        return self.values_seed or self.seed


@dataclass(frozen=True)
class Made:
    """A dataset with what made it. `short` holds the faults of cases that never passed (empty unless partial)."""

    dataset: Dataset
    making: Making
    scenario: Scenario
    attempts: tuple[Attempt, ...] = ()
    short: Mapping[int, Sequence[Violation]] = field(default_factory=dict)


class ShortError(DataError):
    """Fewer cases passed than were asked for. Carries every attempt, for the rejects file."""

    def __init__(self, message: str, hint: str, attempts: Sequence[Attempt]) -> None:
        super().__init__(message, hint)
        self.attempts = tuple(attempts)


def interpret(
    project: Project, words: str, client: Client, announce: Listener = ignore
) -> tuple[Scenario, list[tuple[Prompt, Reply]]]:
    """The scenario that the words mean over the project's schema, with the prompts asked for it."""
    found = interpreter(project).interpret(normalise_words(words), client, MAX_ATTEMPTS, announce)
    return found.scenario, list(found.asked)


def interpreter(project: Project) -> Interpreter:
    """What turns words into scenarios over the project's schema."""
    with Judge(project.schema, project.rules, disable=project.settings.disable) as judge:
        rules = judge.words(project.schema.by_name)
    return Interpreter(
        load_template("interpret", VERSION, project.prompts), project.schema, rules, project.reference, VERSION
    )


def make(project: Project, scenario: Scenario, job: Job, client: Client, announce: Listener = ignore) -> Made:
    """Exactly `job.n` cases as a dataset that holds at `job.as_of`;
    ShortError when some never pass (unless partial is allowed).
    """
    with Workshop(project, scenario, job) as workshop:
        return workshop.make(client, announce)


class Workshop:
    """Everything that making one scenario's cases needs, put together once. A context manager: it holds the judge."""

    def __init__(self, project: Project, scenario: Scenario, job: Job) -> None:
        self.project = project
        self.job = job
        schema = project.schema
        self.scenario = check_scenario(
            with_reference(scenario, schema, tuple(project.reference)), schema, "the scenario"
        )
        predicates = expect_predicates(self.scenario, schema)
        spoken = [
            Spoken(predicate, f"{expect.sql} must be true{f' ({expect.why})' if expect.why else ''}")
            for predicate, expect in zip(predicates, self.scenario.expect, strict=True)
        ]
        self.judge = Judge(schema, project.rules, spoken, project.settings.disable, self.scenario.root)
        judged = {column for predicate in predicates for column in predicate.columns}
        judged |= self.judge.ruled_columns(self.scenario.tables)
        self.shape = case_shape(self.scenario, schema, judged)
        self.asked: list[tuple[Prompt, Reply]] = []
        self.attempts: list[Attempt] = []

    def __enter__(self) -> "Workshop":
        return self

    def __exit__(self, *_: object) -> None:
        self.judge.__exit__(None, None, None)

    def requests(self) -> list[Request]:
        """The first requests: whole batches, whatever n, so that few cases replay from the recordings of many."""
        batches = range((self.job.n + BATCH - 1) // BATCH)
        return [Request(batch, tuple(self.briefs(batch))) for batch in batches]

    def briefs(self, batch: int) -> list[Brief]:
        """The briefs of one batch."""
        return deal(
            self.job.seed, self.scenario.digest, batch, self.shape, locales=self.job.locales, edges=self.job.edges
        )

    def prompts(self) -> list[Prompt]:
        """The prompts of the first round, as far as they can be known before shared rows are written."""
        shared_task = self.shared_task()
        if shared_task:
            with shared_task.judge:
                return [shared_task.prompt(self._shared_request(shared_task))]
        task = self.task(self._given())
        return [task.prompt(request) for request in self.requests()]

    def task(self, shared: Shared) -> WritingTask:
        """What the loop is run for, once the shared rows are there."""
        codes = {
            table: {str(row[code]): row for row in shared.get(table, ()) if row.get(code) is not None}
            for table, code in self.shape.shared.items()
        }
        completion = self._completion(self.shape, self.scenario.digest, codes)
        template = load_template("cases", self.scenario.prompt, self.project.prompts)
        return WritingTask(template, self.scenario, self.shape, shared, completion, self.judge, self.job.seed)

    def shared_task(self) -> WritingTask | None:
        """What the loop is run for to get shared rows that the project does not give; None if it gives them all."""
        missing = [name for name in self.scenario.shared if name not in self.project.reference]
        if not missing:
            return None
        shape = shared_shape(self.scenario, self.project.schema, missing)
        judge = Judge(self.project.schema, self.project.rules, disable=self.project.settings.disable)
        completion = self._completion(shape, f"{self.scenario.digest} shared", {})
        template = load_template("shared", VERSION, self.project.prompts)
        return WritingTask(template, self.scenario, shape, {}, completion, judge, self.job.seed)

    def _completion(self, shape: Shape, digest: str, codes: Mapping[str, Mapping[str, Values]]) -> Completion:
        authored = {part.table.name: part.authored for part in shape.visible}
        settings = self.project.settings
        wire = Wire(shape, self.job.by_seed, digest, codes)
        return Completion(
            wire, routes(self.project.schema, authored, settings.routes), self.judge.arena, self.job.edges
        )

    def make(self, client: Client, announce: Listener) -> Made:
        """Ask, judge, move and judge again."""
        shared = self._shared_rows(client, announce)
        task = self.task(shared)
        outcome = run(task, self.requests(), client, self.job.limits, announce)
        self._remember(outcome)
        short = {index: outcome.exhausted.get(index, ()) for index in range(self.job.n) if index not in task.accepted}
        if short and not self.job.allow_partial:
            raise self._short(short)
        placed = self._placed(task)
        self._judge_finally(placed, shared)
        dataset = self._dataset(placed, shared, task)
        return Made(dataset, self._making(task, bool(short)), self.scenario, tuple(self.attempts), short)

    def _shared_rows(self, client: Client, announce: Listener) -> Shared:
        rows = self._given()
        task = self.shared_task()
        if task is None:
            return rows
        with task.judge:
            outcome = run(task, [self._shared_request(task)], client, self.job.limits, announce)
        self._remember(outcome)
        if 0 not in task.accepted:
            raise self._short({0: outcome.exhausted.get(0, ())})
        for row in task.accepted[0].rows:
            rows = {**rows, row.table: [*rows.get(row.table, ()), row.values]}
        return rows

    def _given(self) -> dict[str, Sequence[Values]]:
        return {name: self.project.reference[name] for name in self.scenario.shared if name in self.project.reference}

    def _shared_request(self, task: WritingTask) -> Request:
        return Request(0, tuple(deal(self.job.seed, self.scenario.digest, 0, task.shape, edges=0)[:1]))

    def _remember(self, outcome: Outcome) -> None:
        self.asked += outcome.asked
        self.attempts += outcome.attempts

    def _short(self, short: Mapping[int, Sequence[Violation]]) -> ShortError:
        index, faults = next(iter(sorted(short.items())))
        why = f"case {index}: {faults[0].words()}" if faults else f"case {index} never came"
        passed = self.job.n - len(short)
        free = (
            " The same command fails again from the recordings, at no cost."
            if self.asked and all(r.replayed for _, r in self.asked)
            else ""
        )
        return ShortError(
            f"{passed} of {self.job.n} cases passed after {self.job.limits.max_attempts} attempts; {why}.{free}",
            "allow more attempts (--max-attempts), try another --seed, ask again (--refresh), ask a stronger --model, "
            "or keep what passed (--allow-partial)",
            self.attempts,
        )

    def _placed(self, task: WritingTask) -> list[Placed]:
        kept = [task.accepted[index] for index in sorted(task.accepted) if index < self.job.n]
        return [place(self.project.schema, case, self.job.as_of, 0, task.moves[case.index]) for case in kept]

    def _judge_finally(self, placed: Sequence[Placed], shared: Shared) -> None:
        """No bad row is ever written: what the probes did not foresee ends the run."""
        findings = [*self.judge.judge(placed, shared), *self.judge.judge_together(placed, shared)]
        if findings:
            raise DataError(
                f"at {self.job.as_of:%Y-%m-%dT%H:%M:%SZ} the data does not hold: {findings[0].violation.words()}",
                "please report it with the scenario; another --as-of or --seed helps meanwhile",
            )

    def _dataset(self, placed: Sequence[Placed], shared: Shared, task: WritingTask) -> Dataset:
        rows: dict[str, list[Values]] = {}
        cases: dict[str, list[int | None]] = {}
        for table in self.project.schema.tables:
            common = list(shared.get(table.name, ()))
            own = [(one.case, row.values) for one in placed for row in one.rows if row.table == table.name]
            if common or own:
                rows[table.name] = [*common, *(values for _, values in own)]
                cases[table.name] = [*[None for _ in common], *(case for case, _ in own)]
        writers = {name: self._writers(name, task) for name in rows}
        return Dataset(rows, cases, writers)

    def _writers(self, table: str, task: WritingTask) -> dict[str, str]:
        if table not in self.shape.parts:
            return dict.fromkeys(
                self.project.schema.table(table).by_name, "given" if table in self.project.reference else "authored"
            )
        return {column: route.writer for column, route in task.completion.routes[table].items()}

    def _making(self, task: WritingTask, partial: bool) -> Making:
        prompts: dict[str, list[str]] = {}
        for prompt, _ in self.asked:
            prompts.setdefault(f"{prompt.template}/{prompt.version}/{prompt.level}", []).append(prompt.key)
        expects = [expect.sql for expect in self.scenario.expect]
        made = ScenarioMade(self.scenario.words, self.scenario.digest, self.scenario.root, self.job.n, expects)
        return Making(
            seed=self.job.seed,
            values_seed=self.job.by_seed,
            values_version=VALUES_VERSION,
            pools=pools_hash(),
            as_of=self.job.as_of,
            scenario=made,
            prompts=prompts,
            recordings={prompt.key: reply.checksum for prompt, reply in self.asked},
            answered_by=sorted({reply.answered_by for _, reply in self.asked}),
            rules=self.project.rules.digest(),
            rules_skipped=sorted(self.judge.skipped),
            edges=self._edges(task),
            partial=partial,
        )

    def _edges(self, task: WritingTask) -> dict[str, dict[str, int]]:
        """How many kept cells were given which edge class, by column: by the briefs, and by seed."""
        briefs = {brief.index: brief for request in self.requests() for brief in request.briefs}
        kept = [case for index, case in task.accepted.items() if index < self.job.n]
        given = [edge for case in kept if (edge := briefs[case.index].edge)]
        for case in kept:
            seeded = [(row.table, task.completion.edge_of(case.index, row)) for row in case.rows]
            given += [(table, *edge) for table, edge in seeded if edge]
        found: dict[str, dict[str, int]] = {}
        for table, column, name in given:
            counts = found.setdefault(f"{table}.{column}", {})
            counts[name] = counts.get(name, 0) + 1
        return found


def instant(text: str | None) -> datetime:
    """An as-of: ISO 8601 (UTC where it names no offset), or the present moment; to the second.

    ValueError if it is neither.
    """
    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    moment = datetime.fromisoformat(text)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).replace(microsecond=0)
