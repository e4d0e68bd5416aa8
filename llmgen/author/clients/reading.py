"""What the events of one streamed message say: its text, model, usage and why it stopped."""

from collections.abc import Sequence
from typing import Any

from llmgen.author.exchange import Usage


class Reading:
    """What the events of one stream have said so far. Servers leave fields out, so each is looked for."""

    def __init__(self, model: str) -> None:
        self.model = model
        self.usage: Usage | None = None
        self.stop_reason = ""
        self._stopped = False

    @property
    def finished(self) -> bool:
        """Whether the reply was complete; what follows a stop reason adds nothing."""
        return self._stopped or bool(self.stop_reason)

    def take(self, event: Any) -> str:
        """The text that an event carries, thinking and the like being none."""
        kind = getattr(event, "type", "")
        if kind == "content_block_delta":
            delta = getattr(event, "delta", None)
            text = getattr(delta, "text", None) if getattr(delta, "type", "") == "text_delta" else None
            return text if isinstance(text, str) else ""
        if kind == "message_start":
            message = getattr(event, "message", None)
            self.model = str(getattr(message, "model", None) or self.model)
            self._count(getattr(message, "usage", None))
        elif kind == "message_delta":
            self.stop_reason = str(getattr(getattr(event, "delta", None), "stop_reason", None) or "")
            self._count(getattr(event, "usage", None))
        elif kind == "message_stop":
            self._stopped = True
        return ""

    def _count(self, said: Any) -> None:
        """Counters are cumulative within a reply; some servers repeat them, some send null or 0 the second time."""
        if said is None:
            return
        before = self.usage or Usage()
        self.usage = Usage(
            max(before.input_tokens, getattr(said, "input_tokens", None) or 0),
            max(before.output_tokens, getattr(said, "output_tokens", None) or 0),
            max(before.cache_read_tokens, getattr(said, "cache_read_input_tokens", None) or 0),
            max(before.cache_write_tokens, getattr(said, "cache_creation_input_tokens", None) or 0),
        )


def total(spent: Sequence[Usage]) -> Usage | None:
    """The sum of what several tries used; None if none of them said."""
    if not spent:
        return None
    return Usage(
        sum(usage.input_tokens for usage in spent),
        sum(usage.output_tokens for usage in spent),
        sum(usage.cache_read_tokens for usage in spent),
        sum(usage.cache_write_tokens for usage in spent),
    )
