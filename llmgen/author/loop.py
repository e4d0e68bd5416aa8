"""The loop: ask batches in parallel, examine replies as they come, ask failing cases again, until all pass."""

from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from typing import Protocol

from llmgen.author.exchange import Client, Prompt, Reply, Usage
from llmgen.author.ladder import MAX_ATTEMPTS, Request, next_requests, unanswered_brief
from llmgen.author.reply import Item, Reject, read_reply
from llmgen.dataset import Case
from llmgen.errors import ModelError
from llmgen.events import Answered, Asking, Judged, Listener, ignore
from llmgen.violation import Violation


@dataclass
class Examined:
    """What examining a reply came to: the accepted cases by index, and what is wrong with each other one."""

    accepted: dict[int, Case] = field(default_factory=dict)
    violations: dict[int, list[Violation]] = field(default_factory=dict)
    strays: list[Violation] = field(default_factory=list)


TOGETHER = 0.02
"""Seconds that a reply waits for others to be judged with: recordings come all at once, and one judging serves all."""


class Task(Protocol):
    """What the loop is run for: how a request is put into words, and how a reply's objects are judged."""

    def prompt(self, request: Request) -> Prompt:
        """The rendered prompt of a request; depends on nothing but the request."""
        ...

    def examine(self, replies: Sequence[tuple[Request, Sequence[Item]]]) -> list[Examined]:
        """Judge the objects of replies that came together; each comes to the same as it would alone."""
        ...

    def conflicts(self) -> dict[int, list[Violation]]:
        """After a round: cases that collide with cases of earlier batches; they are no longer accepted."""
        ...


@dataclass(frozen=True)
class Attempt:
    """One reply's rejects and violations, kept for the rejects file."""

    batch: int
    attempt: int
    level: str
    cases: tuple[int, ...]
    answered_by: str
    stop: str
    violations: tuple[Violation, ...]
    rejects: tuple[Reject, ...]


@dataclass
class Outcome:
    """All that a run of the loop left: cases by index, every attempt's faults, the prompts asked with their replies."""

    cases: dict[int, Case] = field(default_factory=dict)
    attempts: list[Attempt] = field(default_factory=list)
    exhausted: dict[int, tuple[Violation, ...]] = field(default_factory=dict)
    hopeless: dict[int, ModelError] = field(default_factory=dict)
    asked: list[tuple[Prompt, Reply]] = field(default_factory=list)


@dataclass(frozen=True)
class Limits:
    """How many prompts are under way at once, and how often a case is asked for at most."""

    concurrency: int = 4
    max_attempts: int = MAX_ATTEMPTS


def run(
    task: Task, requests: Sequence[Request], client: Client, limits: Limits, announce: Listener = ignore
) -> Outcome:
    """Every case of the requests, as far as they pass within the attempts allowed.

    Replies may arrive in any order: a follow-up depends on its own batch alone, and collisions between batches are
    settled in batch order when nothing is under way. A client's error ends the run; recordings made so far remain.
    """
    return _Run(task, client, limits, announce).rounds(requests)


class _Run:
    """One run of the loop: what is under way, and what has come of it."""

    def __init__(self, task: Task, client: Client, limits: Limits, announce: Listener) -> None:
        self.task = task
        self.client = client
        self.limits = limits
        self.announce = announce
        self.outcome = Outcome()
        self.under_way: dict[Future[Reply], tuple[Request, Prompt]] = {}
        self.last: dict[int, Request] = {}

    def rounds(self, requests: Sequence[Request]) -> Outcome:
        """Ask until nothing is left to ask."""
        waiting = list(requests)
        pool = ThreadPoolExecutor(max_workers=self.limits.concurrency, thread_name_prefix="ask")
        interrupted = False
        try:
            while waiting:
                self._round(pool, waiting)
                waiting = self._collisions()
        except KeyboardInterrupt:
            interrupted = True
            raise
        finally:
            # After an error, replies under way are waited for: they are paid for, and so they are recorded.
            pool.shutdown(wait=not interrupted, cancel_futures=True)
        # Replies came in any order; what is left of them must not show it.
        self.outcome.attempts.sort(key=lambda attempt: (attempt.batch, attempt.attempt, attempt.cases))
        self.outcome.asked.sort(key=lambda pair: pair[0].key)
        return self.outcome

    def _round(self, pool: ThreadPoolExecutor, requests: Sequence[Request]) -> None:
        for request in requests:
            self._ask(pool, request)
        while self.under_way:
            wait(self.under_way, return_when=FIRST_COMPLETED)
            done, _ = wait(self.under_way, timeout=TOGETHER)
            ordered = sorted(done, key=lambda future: self.under_way[future][0].batch)
            for follow in self._read([(*self.under_way.pop(future), future.result()) for future in ordered]):
                self._ask(pool, follow)

    def _ask(self, pool: ThreadPoolExecutor, request: Request) -> None:
        if request.attempt > self.limits.max_attempts:
            self.outcome.exhausted |= {index: tuple(request.violations.get(index, ())) for index in request.indices}
            return
        prompt = self.task.prompt(request)
        self.last |= dict.fromkeys(request.indices, request)
        self.announce(Asking(prompt.template, request.part, len(request.briefs), request.attempt, request.level))
        self.under_way[pool.submit(self.client.complete, prompt)] = (request, prompt)

    def _read(self, replies: Sequence[tuple[Request, Prompt, Reply]]) -> list[Request]:
        """Read and examine replies that came together; what to ask next."""
        for request, prompt, reply in replies:
            self.outcome.asked.append((prompt, reply))
            usage = reply.usage or Usage()
            sent = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
            announced = (prompt.template, request.part, reply.replayed, reply.stop, sent, usage.output_tokens)
            self.announce(Answered(*announced, reply.cost, reply.seconds))
        read = [read_reply(reply.text) for _, _, reply in replies]
        examined = self.task.examine(
            [(request, items) for (request, _, _), (items, _) in zip(replies, read, strict=True)]
        )
        follow: list[Request] = []
        for (request, _, reply), (_, rejects), one in zip(replies, read, examined, strict=True):
            follow += self._settle(request, reply, rejects, one)
        return follow

    def _settle(self, request: Request, reply: Reply, rejects: Sequence[Reject], examined: Examined) -> list[Request]:
        self.outcome.cases |= examined.accepted
        wrong = [violation for index in sorted(examined.violations) for violation in examined.violations[index]]
        broken = tuple(violation.rule for violation in wrong)
        self.announce(Judged(request.part, request.level, len(request.briefs), len(examined.accepted), broken))
        answered = examined.accepted.keys() | examined.violations.keys()
        absent = sorted(request.indices - answered) if reply.stop == "end" else []
        faults = (*examined.strays, *wrong, *map(unanswered_brief, absent))
        self._remember(request, reply, faults, [reject for reject in rejects if reject.kind != "fence"])
        try:
            return next_requests(request, frozenset(examined.accepted), examined.violations, reply.stop)
        except ModelError as error:
            # Whether it matters is known at the end: the case may be one that nobody keeps.
            self.outcome.hopeless |= dict.fromkeys(request.indices, error)
            return []

    def _remember(self, request: Request, reply: Reply, faults: Sequence[Violation], rejects: Sequence[Reject]) -> None:
        if faults or rejects or reply.stop != "end":
            attempt = Attempt(
                request.batch,
                request.attempt,
                request.level,
                tuple(sorted(request.indices)),
                reply.answered_by,
                reply.stop,
                tuple(faults),
                tuple(rejects),
            )
            self.outcome.attempts.append(attempt)

    def _collisions(self) -> list[Request]:
        """Requests for the cases that collide with earlier batches, as if their last reply had been wrong."""
        follow = []
        for index, violations in sorted(self.task.conflicts().items()):
            del self.outcome.cases[index]
            last = self.last[index]
            alone = replace(last, briefs=tuple(brief for brief in last.briefs if brief.index == index))
            follow += next_requests(alone, frozenset(), {index: violations}, "end")
        return follow
