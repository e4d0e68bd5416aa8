"""What is known of models by id: prices, and the thinking and effort that a request carries."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from llmgen.author.exchange import Usage

Prices = Mapping[str, tuple[float, float]]
"""USD per million tokens by model id, (input, output): the settings' own prices."""

_CACHE_READ = 0.1
_CACHE_WRITE = 1.25
_MILLION = 1_000_000


class LongPrompt(BaseModel):
    """Prices of a prompt with more than `above` input tokens, cached ones included."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    above: int
    input: float
    output: float
    cache_read: float


class Model(BaseModel):
    """One entry of models.toml. Prices are USD per million tokens; empty `thinking` and `effort` are not sent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: float | None = None
    output: float | None = None
    cache_read: float | None = None
    cache_write: float | None = None
    long: LongPrompt | None = None
    thinking: dict[str, str] = {}
    effort: str = ""
    source: str = ""


UNKNOWN = Model()


def model(name: str) -> Model:
    """What is known of a model id, with or without its date suffix; UNKNOWN if nothing is."""
    known = _table()
    return known.get(name) or known.get(re.sub(r"-\d{8}$", "", name), UNKNOWN)


def cost(name: str, usage: Usage, prices: Prices | None = None) -> float | None:
    """What a reply cost in USD; None for a model without a known price. `prices` go before models.toml."""
    facts = model(name)
    if prices and name in prices:
        facts = Model(input=prices[name][0], output=prices[name][1])
    if facts.input is None or facts.output is None:
        return None
    price_in, price_out, price_read = facts.input, facts.output, facts.cache_read
    prompt_tokens = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
    if facts.long and prompt_tokens > facts.long.above:
        price_in, price_out, price_read = facts.long.input, facts.long.output, facts.long.cache_read
    price_read = price_in * _CACHE_READ if price_read is None else price_read
    price_write = price_in * _CACHE_WRITE if facts.cache_write is None else facts.cache_write
    return (
        usage.input_tokens * price_in
        + usage.cache_read_tokens * price_read
        + usage.cache_write_tokens * price_write
        + usage.output_tokens * price_out
    ) / _MILLION


@cache
def _table() -> dict[str, Model]:
    content = tomllib.loads(files("llmgen.author.clients").joinpath("models.toml").read_text("utf-8"))
    return {name: Model.model_validate(entry) for name, entry in content.items() if isinstance(entry, dict)}
