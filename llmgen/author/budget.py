"""Holds a run to a number of calls and to an amount of money: a client that holds a client."""

import math
import threading
from collections.abc import Callable

from llmgen.author.clients import models
from llmgen.author.exchange import Client, LineListener, Prompt, Reply, Usage, no_listener
from llmgen.errors import DataError, InputError

_ROUNDING = 1e-9
_LETTERS_PER_TOKEN = 3.5
_FIRST_WIDE = "\u2e80"
"""From here on (CJK, Hangul, emoji) a character is about one token."""


class BudgetClient:
    """Refuses the call that could pass a limit, before it is made. `estimate` gives a prompt's highest cost in USD.

    A call under way counts with its estimate, a finished one with its cost, or its estimate where the cost is unknown;
    a failed one counts as a call that cost nothing. Where only calls under way stand between a call and the limit, it
    waits for them: they mostly cost less than they may. None is no limit. Safe to call from several threads.
    """

    def __init__(
        self,
        client: Client,
        max_calls: int | None,
        max_cost: float | None,
        estimate: Callable[[Prompt], float | None],
    ) -> None:
        self._client = client
        self._max_calls = max_calls
        self._max_cost = max_cost
        self._estimate = estimate
        self._settled = threading.Condition()
        self._reserved: list[float] = []
        self.calls = 0
        self.cost = 0.0

    def complete(self, prompt: Prompt, on_line: LineListener = no_listener) -> Reply:
        """The reply. Raises DataError where the call could pass a limit, InputError for a limit that cannot be held."""
        estimate = self._estimate(prompt)
        if estimate is None and self._max_cost is not None:
            raise InputError(
                "a limit of cost cannot be held: the model's price is unknown",
                "give its price in llmgen.toml under [model.prices], or limit the calls with --max-calls",
            )
        most = estimate or 0.0
        self._reserve(most)
        paid = 0.0
        try:
            reply = self._client.complete(prompt, on_line)
            paid = most if reply.cost is None else reply.cost
        finally:
            with self._settled:
                self._reserved.remove(most)
                self.cost += paid
                self._settled.notify_all()
        return reply

    def _reserve(self, most: float) -> None:
        with self._settled:
            self._settled.wait_for(lambda: not self._reserved or self._fits(most, sum(self._reserved)))
            if self._max_calls is not None and self.calls >= self._max_calls:
                raise DataError(
                    f"stopped before the limit would be passed: {self.calls} of {self._max_calls} calls are made",
                    "raise --max-calls; what was recorded so far is replayed at no cost",
                )
            if not self._fits(most, sum(self._reserved)):
                raise DataError(
                    f"stopped before the limit would be passed: of {self._max_cost:.4f} USD, {self.cost:.4f} are "
                    f"spent, and the next call may cost {most:.4f}",
                    "raise --max-cost; what was recorded so far is replayed at no cost",
                )
            self.calls += 1
            self._reserved.append(most)

    def _fits(self, most: float, reserved: float) -> bool:
        return self._max_cost is None or self.cost + reserved + most <= self._max_cost + _ROUNDING


def estimate_tokens(text: str) -> int:
    """About how many tokens a text has: a token for 3.5 characters, or for each wide one (CJK, emoji); rounded up."""
    wide = sum(character >= _FIRST_WIDE for character in text)
    return math.ceil((len(text) - wide) / _LETTERS_PER_TOKEN) + wide


def estimate_cost(prompt: Prompt, model: str, prices: models.Prices | None = None) -> float | None:
    """The most that a prompt may cost in USD, its reply being as long as allowed; None for an unknown price."""
    read = estimate_tokens(prompt.system)  # written to the server's cache, the dearest that can happen to it
    usage = Usage(estimate_tokens(prompt.user), prompt.max_tokens, cache_write_tokens=read)
    return models.cost(model, usage, prices)
