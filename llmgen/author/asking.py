"""Puts a client together: recordings first, then the budget, then whoever answers, made only when it is asked."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from llmgen.author.budget import BudgetClient, estimate_cost
from llmgen.author.clients.models import cost
from llmgen.author.exchange import Client, LineListener, Prompt, Reply, Usage, no_listener
from llmgen.author.recordings import Library, Mode, RecordingClient
from llmgen.author.unasked import OFFLINE, UnansweredError, Unasked
from llmgen.errors import InputError
from llmgen.events import Listener
from llmgen.settings import ModelSettings

COMMAND = "command:"
_WAYS = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL")

USUAL_COST = 1.0
"""USD that a run may cost where nobody says otherwise."""


@dataclass(frozen=True)
class Asking:
    """Who is asked, and how much of it is allowed. `model` is an API model id, `command:<argv>` or `offline`.

    Without a `max_cost` of the user's, USUAL_COST holds where the model's price is known, and no limit where it is not
    (a local server's). `max_calls` None is no limit.
    """

    settings: ModelSettings
    model: str = ""
    answered_by: str = ""
    mode: Mode = "auto"
    max_calls: int | None = None
    max_cost: float | None = None
    patience: float | None = None

    @property
    def name(self) -> str:
        """Who answers: what was said on the command line, else in the settings."""
        return self.model or self.settings.name

    @property
    def offline(self) -> bool:
        """Whether no model is to be asked."""
        return self.name == OFFLINE

    def may_do_without(self, environment: Mapping[str, str]) -> bool:
        """Whether the offline author may stand in: nobody chose a model, and there is no way to ask the usual one.

        Not on CI, where nobody would see that it did.
        """
        chosen = self.model or "name" in self.settings.model_fields_set
        watched = environment.get("CI", "").lower() not in ("true", "1")
        return self.mode == "auto" and watched and not chosen and not any(environment.get(name) for name in _WAYS)

    @property
    def by_command(self) -> bool:
        """Whether a program answers, which costs nothing that llmgen could know."""
        return self.name.startswith(COMMAND)

    def estimate(self, prompt: Prompt) -> float | None:
        """The most that a prompt may cost, in USD; None where the price is unknown."""
        if self.by_command:
            return 0.0
        stronger = prompt.reply_schema is not None and not self.model
        shortened = replace(prompt, max_tokens=min(prompt.max_tokens, self.settings.max_tokens))
        return estimate_cost(shortened, self.settings.stronger if stronger else self.name, self.settings.prices)

    @property
    def cost_limit(self) -> float | None:
        """The most that a run may cost, in USD."""
        unpriced = not self.by_command and cost(self.name, Usage(), self.settings.prices) is None
        return self.max_cost if self.max_cost is not None or unpriced else USUAL_COST


def client_for(asking: Asking, recordings: Sequence[Path], announce: Listener) -> RecordingClient | Unasked:
    """The client of a run. Nothing of a model is imported or started until a prompt must really be asked.

    In replay the offline author is not asked either: what recordings do not hold is an error.
    """
    if asking.offline and asking.mode != "replay":
        return Unasked()
    library = Library(recordings[0], recordings[1:])
    lazy = _LazyClient(
        lambda: BudgetClient(_answerer(asking, announce), asking.max_calls, asking.cost_limit, asking.estimate)
    )
    return RecordingClient(lazy, library, asking.mode)


class _LazyClient:
    """Makes the client at its first prompt."""

    def __init__(self, make: Callable[[], Client]) -> None:
        self._make = make
        self._client: Client | None = None
        self._lock = Lock()

    def complete(self, prompt: Prompt, on_line: LineListener = no_listener) -> Reply:
        with self._lock:
            if self._client is None:
                self._client = self._make()
        return self._client.complete(prompt, on_line)


def _answerer(asking: Asking, announce: Listener) -> Client:
    settings = asking.settings
    if asking.by_command:
        from llmgen.author.clients.command import CommandClient, parse_command

        argv = parse_command(asking.name.removeprefix(COMMAND))
        return CommandClient(argv, asking.answered_by or settings.answered_by)
    if asking.may_do_without(os.environ):
        raise UnansweredError
    if asking.answered_by:
        raise InputError("--answered-by is for --model command:...", "leave it out: the server says who answered")
    from llmgen.author.clients.anthropic import AnthropicClient, Options

    stronger = asking.model or settings.stronger
    patience = settings.patience if asking.patience is None else asking.patience
    options = Options(prices=dict(settings.prices))
    return AnthropicClient(asking.name, stronger, settings.max_tokens, patience, announce, options)
