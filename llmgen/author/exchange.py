"""What goes to a model and what comes back: Prompt, Reply, and the one method every client has."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Stop = Literal["end", "max_tokens", "refusal", "cut"]
"""Why a reply ended: of itself, at the token limit, refused, or the connection was lost after finished lines."""

LEVELS = ("ask", "retry", "strict", "final")
"""The rungs of the ladder that a prompt may stand on, from the first to the strictest."""

KEY_FORMAT = 1


@dataclass(frozen=True)
class Prompt:
    """A rendered prompt. `level` is the rung of the ladder (ask, retry, strict, final), `attempt` counts from 1.

    `seed` is None where the answer must not depend on the seed. `reply_schema` (JSON Schema) is set on the last rung
    only. `part` ("batch 2") is for people and is no part of the key, nor is `asks`: the request, for an author that
    reads no prose.
    """

    template: str
    version: str
    level: str
    attempt: int
    system: str
    user: str
    seed: str | None = None
    reply_schema: Mapping[str, Any] | None = None
    max_tokens: int = 16_000
    part: str = ""
    cases: int = 1
    asks: object = None

    def canonical(self) -> dict[str, Any]:
        """What identifies the prompt. Left out: the model and its limits (they matter when asking), and the part."""
        return {
            "format": KEY_FORMAT,
            "template": self.template,
            "version": self.version,
            "level": self.level,
            "attempt": self.attempt,
            "system": self.system,
            "user": self.user,
            "reply_schema": self.reply_schema,
            "seed": self.seed,
        }

    @property
    def key(self) -> str:
        """sha256 over the canonical form, as hex: the name of its recording."""
        text = json.dumps(self.canonical(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Usage:
    """Tokens as the server counts them; `input_tokens` excludes what was read from or written to its cache."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0


@dataclass(frozen=True)
class Reply:
    """A reply's text with why it ended, what it used and who answered. `cost` is in USD, None where unknown."""

    text: str
    stop: Stop
    answered_by: str
    usage: Usage | None = None
    cost: float | None = None
    seconds: float = 0.0
    replayed: bool = False

    @property
    def checksum(self) -> str:
        """sha256 over what was said and why it ended: the same whenever and wherever it is replayed."""
        text = f"{self.stop}\0{self.answered_by}\0{self.text}"
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


LineListener = Callable[[str], None]


def no_listener(line: str) -> None:
    """The listener for nobody."""


class Client(Protocol):
    """Answers prompts. Safe to call from several threads."""

    def complete(self, prompt: Prompt, on_line: LineListener = no_listener) -> Reply:
        """The reply, its finished lines announced as they arrive. Raises ModelError when none can be had."""
        ...
