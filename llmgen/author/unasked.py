"""The offline author at the door: stands where a client stands, and loads what it needs when it is first used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from llmgen.author.exchange import Client, LineListener, Prompt, Reply, no_listener
from llmgen.author.task import WritingTask
from llmgen.dataset import Values
from llmgen.errors import ModelError
from llmgen.scenario import Scenario
from llmgen.schema.model import Schema

OFFLINE = "offline"
"""What `--model` names it by, and what manifests say of who answered."""

ATTEMPTS = 12
"""How often a case may be written at least, as every attempt costs nothing."""


class UnansweredError(ModelError):
    """Something must be asked, nobody chose a model, and there is no key for the usual one."""

    def __init__(self) -> None:
        super().__init__(
            "no ANTHROPIC_API_KEY is set, and not all of this is recorded",
            "set it (or ANTHROPIC_BASE_URL), ask a program (--model command:...), or no model at all (--model offline)",
        )


@dataclass(frozen=True)
class Unasked:
    """Asks nobody: words are read against the schema, the constraint solver writes cases; nothing is recorded."""

    def complete(self, prompt: Prompt, on_line: LineListener = no_listener) -> Reply:
        """Never called: it answers tasks, not prompts."""
        raise TypeError("the offline author answers no prompt by itself")

    def scenario(self, schema: Schema, words: str, given: Mapping[str, Sequence[Values]]) -> Scenario:
        """What the words mean; ModelError where nothing was understood."""
        from llmgen.author.offline.scenario import offline_scenario

        return offline_scenario(schema, words, given)

    def writer(self, task: WritingTask) -> Client:
        """The client that writes this task's cases."""
        from llmgen.author.offline.writing import OfflineWriter

        return OfflineWriter(task)
