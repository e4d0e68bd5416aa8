"""The retry ladder as data: which level a case is asked at, what is asked next after a reply, and when to give up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from llmgen.author.brief import Brief
from llmgen.author.exchange import LEVELS, Stop
from llmgen.errors import ModelError
from llmgen.violation import Violation

MAX_ATTEMPTS = 6

Violations = Mapping[int, Sequence[Violation]]


@dataclass(frozen=True)
class Request:
    """Some cases of one batch that are asked for together.

    `failures` is how often they were wrong, `attempt` counts from 1.
    """

    batch: int
    briefs: tuple[Brief, ...]
    attempt: int = 1
    failures: int = 0
    violations: Violations = field(default_factory=dict)

    @property
    def level(self) -> str:
        """The rung of the ladder: by how often the cases were wrong, the last one for all later rounds."""
        return LEVELS[min(self.failures, len(LEVELS) - 1)]

    @property
    def indices(self) -> frozenset[int]:
        """The cases it asks for."""
        return frozenset(brief.index for brief in self.briefs)

    @property
    def part(self) -> str:
        """What people call it."""
        return f"batch {self.batch}" + (f", {len(self.briefs)} cases" if self.attempt > 1 else "")

    def only(self, indices: frozenset[int], failures: int, violations: Violations) -> "Request":
        """The same for some of its cases, at the next attempt."""
        briefs = tuple(brief for brief in self.briefs if brief.index in indices)
        return Request(self.batch, briefs, self.attempt + 1, failures, violations)


def next_requests(request: Request, accepted: frozenset[int], violations: Violations, stop: Stop) -> list[Request]:
    """What to ask after a reply: wrong cases a level higher with their violations; cases that no line came for.

    A reply that was cut, refused or too long leaves cases unanswered, which is no fault of theirs: they keep their
    level. Never the same request again after a refusal or the token limit: fewer cases each time, and when one case
    alone stays refused or too long, ModelError.
    """
    wrong = frozenset(violations) - accepted
    unanswered = request.indices - accepted - wrong
    follow = []
    if wrong:
        kept = {index: tuple(violations[index]) for index in sorted(wrong)}
        follow.append(request.only(wrong, request.failures + 1, kept))
    if unanswered and stop == "end":
        missing = {index: (unanswered_brief(index),) for index in sorted(unanswered)}
        follow.append(request.only(unanswered, request.failures + 1, missing))
    elif unanswered:
        follow += _smaller(request, unanswered, stop)
    return follow


def unanswered_brief(index: int) -> Violation:
    """The fault of a case that a whole reply holds no line for."""
    return Violation("line:missing", "line", f"brief {index}", "no line", "answer every brief with one line", index)


def _smaller(request: Request, unanswered: frozenset[int], stop: Stop) -> list[Request]:
    kept = {index: request.violations[index] for index in request.violations if index in unanswered}
    rest = request.only(unanswered, request.failures, kept)
    if stop == "cut" or len(unanswered) < len(request.briefs):
        return [rest]
    if len(unanswered) == 1:
        raise _hopeless(request, stop)
    half = len(rest.briefs) // 2
    return [replace(rest, briefs=rest.briefs[:half]), replace(rest, briefs=rest.briefs[half:])]


def _hopeless(request: Request, stop: Stop) -> ModelError:
    case = request.briefs[0].index
    if stop == "refusal":
        return ModelError(
            f"the model refuses to write case {case}",
            "say the scenario in other words, ask another model (--model), or write it by hand into a scenario file",
        )
    return ModelError(
        f"the reply for case {case} alone does not fit into the model's token limit",
        "raise max_tokens under [model] in llmgen.toml, or let the scenario need fewer rows per case",
    )
