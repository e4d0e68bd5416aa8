"""The workshop: everything that writing one scenario's cases needs, put together once, and the writing itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from llmgen.author.brief import BATCH, Brief, deal
from llmgen.author.complete import Completion
from llmgen.author.exchange import Client, Prompt, Reply
from llmgen.author.ladder import Request
from llmgen.author.loop import Attempt, Limits, Outcome, run
from llmgen.author.shape import Shape, case_shape, shared_shape
from llmgen.author.task import WritingTask
from llmgen.author.templates import load_template
from llmgen.author.unasked import ATTEMPTS, Unasked
from llmgen.author.wiring import Wire
from llmgen.canonical import CANONICAL
from llmgen.dataset import Case, CaseRow, Values
from llmgen.errors import DataError, InputError
from llmgen.events import Listener, ignore
from llmgen.plan import routes
from llmgen.project import Project
from llmgen.scenario import Scenario, check_scenario, expect_predicates, with_reference
from llmgen.validate.instants import Placed, place
from llmgen.validate.judge import Judge, Spoken
from llmgen.validate.keys import key_faults
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


class ShortError(DataError):
    """Fewer cases passed than were asked for. Carries every attempt, for the rejects file."""

    def __init__(self, message: str, hint: str, attempts: Sequence[Attempt]) -> None:
        super().__init__(message, hint)
        self.attempts = tuple(attempts)


@dataclass(frozen=True)
class Written:
    """The cases that passed, in the task, with the shared rows, and all that was asked.

    `short` are those that never did.
    """

    task: WritingTask
    shared: Shared
    asked: tuple[tuple[Prompt, Reply], ...]
    attempts: tuple[Attempt, ...]
    short: Mapping[int, Sequence[Violation]]

    def kept(self, n: int) -> list[Case]:
        """The first `n` cases that passed, in order, as they stand at the canonical instant."""
        return [self.task.accepted[index] for index in sorted(self.task.accepted) if index < n]

    def placed(self, n: int, now: datetime, at: int = 0) -> list[Placed]:
        """The first `n` cases that passed, moved to `now`; `at` numbers the instant."""
        schema = self.task.shape.schema
        return [place(schema, case, now, at, self.task.moves[case.index]) for case in self.kept(n)]


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
        self._asked: list[tuple[Prompt, Reply]] = []
        self._attempts: list[Attempt] = []

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
        completion = self._completion(self.shape, self.scenario.digest, _by_code(self.shape, shared))
        template = load_template("cases", self.scenario.prompt, self.project.prompts)
        return WritingTask(template, self.scenario, self.shape, shared, completion, self.judge, self.job.seed)

    def shared_task(self) -> WritingTask | None:
        """What the loop is run for to get shared rows that the project does not give; None if it gives them all."""
        missing = [name for name in self.scenario.shared if name not in self.project.reference]
        if not missing:
            return None
        shape = shared_shape(self.scenario, self.project.schema, tuple(self.project.reference))
        judge = Judge(self.project.schema, self.project.rules, disable=self.project.settings.disable)
        given = self._given()
        completion = self._completion(shape, f"{self.scenario.digest} shared", _by_code(shape, given))
        template = load_template("shared", VERSION, self.project.prompts)
        return WritingTask(template, self.scenario, shape, given, completion, judge, self.job.seed)

    def _completion(self, shape: Shape, digest: str, codes: Mapping[str, Mapping[str, Values]]) -> Completion:
        authored = {part.table.name: part.authored for part in shape.visible}
        settings = self.project.settings
        wire = Wire(shape, self.job.by_seed, digest, codes)
        written_by = routes(self.project.schema, authored, settings.routes)
        return Completion(wire, written_by, self.judge.arena, self.job.edges, self.scenario.absolute)

    def write(self, client: Client, announce: Listener = ignore) -> Written:
        """Ask until every case passes or has been asked for too often.

        ShortError unless partial is allowed; ModelError for a case of the first n that is refused even alone.
        """
        self._refuse_bad_reference()
        shared = self._shared_rows(client, announce)
        task = self.task(shared)
        outcome = self._run(task, self.requests(), client, announce)
        self._remember(outcome)
        short = {index: outcome.exhausted.get(index, ()) for index in range(self.job.n) if index not in task.accepted}
        if short and not self.job.allow_partial:
            raise next((outcome.hopeless[index] for index in short if index in outcome.hopeless), self._short(short))
        return Written(task, shared, tuple(self._asked), tuple(self._attempts), short)

    def _run(self, task: WritingTask, requests: Sequence[Request], client: Client, announce: Listener) -> Outcome:
        if not isinstance(client, Unasked):
            return run(task, requests, client, self.job.limits, announce)
        limits = replace(self.job.limits, max_attempts=max(self.job.limits.max_attempts, ATTEMPTS))
        self.job = replace(self.job, limits=limits)
        # Cases that nobody keeps are written for the sake of recordings alone, and there will be none.
        kept = [
            replace(one, briefs=tuple(brief for brief in one.briefs if brief.index < self.job.n)) for one in requests
        ]
        return run(task, kept, client.writer(task), limits, announce)

    def _refuse_bad_reference(self) -> None:
        """Rows that the project gives are judged before anything is asked: no model could mend them."""
        given = self._given()
        rows = [CaseRow(name, f"{name}/{number}", row) for name in given for number, row in enumerate(given[name])]
        if not rows:
            return
        by_table = {name: [(None, row) for row in rows if row.table == name] for name in given}
        faults = [finding.violation for finding in self.judge.judge([Placed(-1, 0, CANONICAL, tuple(rows))], {})]
        faults += key_faults(self.project.schema, by_table)
        # A row may refer to one that is still to be written.
        if faults := [fault for fault in faults if fault.rule != "key:foreign"]:
            folder = self.project.home / "reference"
            raise InputError(f"{folder}: {faults[0].words()}", "mend the reference rows: they go into every dataset")

    def _shared_rows(self, client: Client, announce: Listener) -> Shared:
        rows = self._given()
        task = self.shared_task()
        if task is None:
            return rows
        with task.judge:
            outcome = self._run(task, [self._shared_request(task)], client, announce)
        self._remember(outcome)
        if 0 not in task.accepted:
            if 0 in outcome.hopeless:
                raise outcome.hopeless[0]
            raise self._no_shared(outcome.exhausted.get(0, ()))
        # Shared rows do not move with now: like reference files, they stand as they are.
        for row in place(self.project.schema, task.accepted[0], CANONICAL, 0, task.moves[0]).rows:
            rows = {**rows, row.table: [*rows.get(row.table, ()), row.values]}
        return rows

    def _no_shared(self, faults: Sequence[Violation]) -> ShortError:
        why = faults[0].words() if faults else "no line came"
        return ShortError(
            f"the shared rows did not pass in {self.job.limits.max_attempts} attempts, so no case was asked for; {why}",
            "give them as reference/<table>.jsonl beside the schema, allow more attempts, or ask another model",
            self._attempts,
        )

    def _given(self) -> dict[str, Sequence[Values]]:
        return {name: self.project.reference[name] for name in self.scenario.shared if name in self.project.reference}

    def _shared_request(self, task: WritingTask) -> Request:
        return Request(0, tuple(deal(self.job.seed, self.scenario.digest, 0, task.shape, edges=0)[:1]))

    def _remember(self, outcome: Outcome) -> None:
        self._asked += outcome.asked
        self._attempts += outcome.attempts

    def _short(self, short: Mapping[int, Sequence[Violation]]) -> ShortError:
        index, faults = next(iter(sorted(short.items())))
        why = f"case {index}: {faults[0].words()}" if faults else f"case {index} never came"
        passed = self.job.n - len(short)
        free = (
            " The same command fails again from the recordings, at no cost."
            if self._asked and all(r.replayed for _, r in self._asked)
            else ""
        )
        return ShortError(
            f"{passed} of {self.job.n} cases passed after {self.job.limits.max_attempts} attempts; {why}.{free}",
            "allow more attempts (--max-attempts), try another --seed, ask again (--refresh), ask a stronger --model, "
            "or keep what passed (--allow-partial)",
            self._attempts,
        )


def _by_code(shape: Shape, rows: Shared) -> dict[str, dict[str, Values]]:
    """Shared rows by table and code. InputError where two rows of a table have the same code."""
    found: dict[str, dict[str, Values]] = {}
    for table, column in shape.shared.items():
        by_code = found.setdefault(table, {})
        for row in rows.get(table, ()):
            code = str(row.get(column))
            if code in by_code:
                raise InputError(
                    f"two rows of {table} have the {column} {code!r}, by which cases name them",
                    f"give each shared row of {table} a {column} of its own",
                )
            by_code[code] = row
    return found
