"""What the loop is run for: writing a scenario's cases, or the shared rows that all of them refer to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from llmgen.author.brief import Brief
from llmgen.author.cases import read_cases
from llmgen.author.complete import Completion, complete
from llmgen.author.exchange import Prompt
from llmgen.author.ladder import Request
from llmgen.author.loop import Examined
from llmgen.author.render import (
    bullets,
    counts_text,
    expects_text,
    line_form,
    nesting_text,
    placeholder,
    pointers_text,
    shared_text,
    tables_text,
    violations_text,
    weekday,
)
from llmgen.author.reply import Item
from llmgen.author.schema_for_reply import reply_schema
from llmgen.author.shape import Shape
from llmgen.author.templates import Template
from llmgen.canonical import CANONICAL
from llmgen.dataset import Case, Values
from llmgen.errors import DataError
from llmgen.scenario import Scenario
from llmgen.validate.instants import Moves, place
from llmgen.validate.judge import Judge
from llmgen.validate.settle import Settled, settle, settle_together
from llmgen.validate.text import near_duplicates, placeholder_faults
from llmgen.violation import Violation

NOW = CANONICAL.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class WritingTask:
    """Writes cases of one shape. `shared` are the rows that all cases refer to, `seed` keys the recordings.

    Holds the accepted cases with the way each moves with now: what the loop leaves for the dataset.
    """

    template: Template
    scenario: Scenario
    shape: Shape
    shared: Mapping[str, Sequence[Values]]
    completion: Completion
    judge: Judge
    seed: str
    accepted: dict[int, Case] = field(default_factory=dict)
    moves: dict[int, Moves] = field(default_factory=dict)

    def prompt(self, request: Request) -> Prompt:
        """The rendered prompt of a request; depends on nothing but the request."""
        broken = {violation.rule: violation.mend for faults in request.violations.values() for violation in faults}
        asked = {
            "briefs": "\n".join(brief.words() for brief in request.briefs),
            "n": len(request.briefs),
            "violations": violations_text(request.violations),
            "broken": bullets(f"{rule}: {mend}" for rule, mend in sorted(broken.items())),
        }
        return Prompt(
            template=self.template.name,
            version=self.template.version,
            level=request.level,
            attempt=request.attempt,
            system=self.template.render("system", self.context()),
            user=self.template.render(request.level, asked),
            seed=self.seed,
            reply_schema=reply_schema(self.shape) if request.level == "final" else None,
            max_tokens=self.template.max_tokens,
            part=f"{self.template.name}, {request.part}",
            cases=len(request.briefs),
            asks=request,
        )

    def context(self) -> dict[str, object]:
        """The variables of the template's stable part."""
        return {
            "tables": tables_text(self.shape),
            "rules": bullets(
                self.judge.words({part.table.name for part in self.shape.visible} | set(self.shape.shared))
            ),
            "words": self.scenario.words,
            "root": self.shape.root or "",
            "expects": expects_text(self.scenario),
            "now": NOW,
            "weekday": weekday(CANONICAL),
            "placeholder": placeholder(self.shape),
            "form": line_form(self.shape),
            "counts": counts_text(self.shape),
            "nesting": nesting_text(self.shape),
            "pointers": pointers_text(self.shape),
            "shared": shared_text(self.shape, self.shared),
        }

    def examine(self, replies: Sequence[tuple[Request, Sequence[Item]]]) -> list[Examined]:
        """Judge the objects of replies: form, texts, every rule now and at the probes, and beside their own reply.

        Each reply comes to the same as it would alone.
        """
        read = [self._read(request, items) for request, items in replies]
        briefs = {brief.index: brief for request, _ in replies for brief in request.briefs}
        whole = self._complete(read, briefs)
        settled = settle(self.judge, whole, self.shared, self.scenario.absolute)
        for (request, _), (examined, _) in zip(replies, read, strict=True):
            found = settled.violations.items()
            examined.violations |= {index: faults for index, faults in found if index in request.indices}
            held = [case for case in whole if case.index in request.indices and case.index in settled.moves]
            self._accept(held, settled, examined)
        return [examined for examined, _ in read]

    def _complete(self, read: Sequence[tuple[Examined, list[Case]]], briefs: Mapping[int, Brief]) -> list[Case]:
        """The cases whole. One whose authored cells leave no row that satisfies a CHECK goes to the violations."""
        try:
            return complete([case for _, readable in read for case in readable], briefs, self.completion)
        except DataError:
            whole = []
            for examined, readable in read:
                for case in readable:
                    try:
                        whole += complete([case], briefs, self.completion)
                    except DataError as error:
                        mend = "write cells that leave room for the others"
                        fault = Violation("check:unsatisfiable", "row", "case", error.message[:200], mend, case.index)
                        examined.violations[case.index] = [fault]
            return whole

    def _read(self, request: Request, items: Sequence[Item]) -> tuple[Examined, list[Case]]:
        """The cases of a reply whose form and texts are right, and what is wrong with the others."""
        codes = {table: list(rows) for table, rows in self.completion.wire.codes.items()}
        read = read_cases(items, self.shape, request.indices, codes, self.judge.disable)
        examined = Examined(violations=read.violations, strays=read.strays)
        readable = []
        for index, case in sorted(read.cases.items()):
            if faults := placeholder_faults(self.shape.schema, case.rows, index):
                examined.violations[index] = faults
            else:
                readable.append(case)
        return examined, readable

    def _accept(self, cases: Sequence[Case], settled: Settled, examined: Examined) -> None:
        """Keep the cases that also hold beside one another.

        Cases of other replies are left to `conflicts`, even those of the same batch: which of them are there already
        is a matter of chance.
        """
        together = settle_together(self.judge, cases, settled, self.shared) if cases else {}
        for case in cases:
            if case.index in together:
                examined.violations[case.index] = together[case.index]
            else:
                examined.accepted[case.index] = self.accepted[case.index] = case
                self.moves[case.index] = settled.moves[case.index]

    def conflicts(self) -> dict[int, list[Violation]]:
        """Cases that collide with cases before them, over all batches; they are accepted no longer."""
        cases = [self.accepted[index] for index in sorted(self.accepted)]
        if not cases:
            return {}
        found = settle_together(self.judge, cases, Settled(self.moves), self.shared)
        placed = [place(self.shape.schema, case, CANONICAL, 0, self.moves[case.index]) for case in cases]
        rows = [(one.case, row) for one in placed for row in one.rows]
        authored = {name: part.authored for name, part in self.shape.parts.items()}
        for fault in near_duplicates(self.shape.schema, rows, authored):
            if fault.case is not None and fault.rule not in self.judge.disable:
                found.setdefault(fault.case, []).append(fault)
        for index in found:
            del self.accepted[index], self.moves[index]
        return found
