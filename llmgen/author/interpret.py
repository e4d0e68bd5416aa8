"""Words to a scenario: one prompt, asked again a level stricter while its answer cannot be used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from llmgen.author.exchange import LEVELS, Client, Prompt, Reply
from llmgen.author.render import bullets, given_text, schema_text
from llmgen.author.reply import read_reply
from llmgen.author.templates import Template
from llmgen.dataset import Values
from llmgen.errors import DataError, ModelError
from llmgen.events import Answered, Asking, Judged, Listener
from llmgen.scenario import Scenario, faults, first_fault, with_reference
from llmgen.schema.model import Schema


@dataclass(frozen=True)
class Interpretation:
    """The scenario that the words came to, and the prompts asked with their replies."""

    scenario: Scenario
    asked: tuple[tuple[Prompt, Reply], ...]


@dataclass(frozen=True)
class Interpreter:
    """Asks what words mean over a schema.

    `rules` are the rules in words that every row obeys anyway, `given` the shared rows of the project.
    """

    template: Template
    schema: Schema
    rules: Sequence[str]
    given: Mapping[str, Sequence[Values]]
    cases_version: str

    def prompt(self, words: str, attempt: int, faults_so_far: Sequence[str]) -> Prompt:
        """The rendered prompt; it carries no seed, so that the oracle does not change with it."""
        level = LEVELS[min(attempt, len(LEVELS)) - 1]
        variables = {"schema": schema_text(self.schema, self.given), "rules": bullets(self.rules), "words": words}
        variables |= {"given": given_text(self.schema, self.given)}
        return Prompt(
            template=self.template.name,
            version=self.template.version,
            level=level,
            attempt=attempt,
            system=self.template.render("system", {}),
            user=self.template.render(level, {**variables, "violations": bullets(faults_so_far)}),
            max_tokens=self.template.max_tokens,
            part=f"{self.template.name}",
        )

    def interpret(self, words: str, client: Client, max_attempts: int, announce: Listener) -> Interpretation:
        """The scenario that `words` (normalised) mean.

        Raises DataError when no answer can be used within the attempts, ModelError when the model refuses or reaches
        its token limit twice.
        """
        found: list[str] = []
        asked: list[tuple[Prompt, Reply]] = []
        for attempt in range(1, max_attempts + 1):
            prompt = self.prompt(words, attempt, found)
            announce(Asking(prompt.template, prompt.part, 1, attempt, prompt.level))
            reply = client.complete(prompt)
            asked.append((prompt, reply))
            usage = reply.usage
            tokens = (usage.input_tokens, usage.output_tokens) if usage else (0, 0)
            announce(
                Answered(prompt.template, prompt.part, reply.replayed, reply.stop, *tokens, reply.cost, reply.seconds)
            )
            scenario, found = self._read(words, reply)
            if [one.stop for _, one in asked[-2:]] == ["max_tokens"] * 2 and scenario is None:
                raise _too_long()
            announce(
                Judged(prompt.part, prompt.level, 1, int(scenario is not None), ("interpret:unusable",) * bool(found))
            )
            if scenario is not None:
                return Interpretation(scenario, tuple(asked))
        raise DataError(
            f"no usable reading of the words in {max_attempts} attempts: {found[0]}",
            "say the situation in other words, or write the scenario as a YAML file (docs/scenarios.md)",
        )

    def _read(self, words: str, reply: Reply) -> tuple[Scenario | None, list[str]]:
        """The scenario if it can be used, else what is wrong with it."""
        items, rejects = read_reply(reply.text)
        if reply.stop == "refusal":
            raise ModelError(
                "the model refuses to interpret the words", "say the situation in other words, or ask another model"
            )
        if reply.stop == "max_tokens" and len(items) != 1:
            return None, ["the answer was cut at the token limit; answer in far fewer words"]
        if len(items) != 1:
            why = rejects[0].why if rejects else "nothing came"
            return None, [f"the answer must be exactly one JSON object; it holds {len(items)} ({why})"]
        try:
            scenario = Scenario.model_validate({**items[0].value, "words": words, "prompt": self.cases_version})
        except ValidationError as error:
            return None, [first_fault(error)]
        found = faults(scenario, self.schema)
        return (None if found else with_reference(scenario, self.schema, tuple(self.given))), found


def _too_long() -> ModelError:
    return ModelError(
        "the reading of the words does not fit into the model's token limit",
        "say the situation in fewer words, ask another model (--model), or write the scenario as a YAML file",
    )
