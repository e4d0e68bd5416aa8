"""A document as a tree whose every value knows its place, so that each mistake in it can be shown where it stands."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from llmgen.errors import InputError

MOST_BYTES = 8_000_000
"""The largest contract: room for some ten thousand tables."""
MOST_NODES = 300_000
DEEPEST = 64
LONGEST = 50_000
"""Characters of one text in it."""
SHOWN = 100
"""How much of a text an error shows."""

Scalar = str | int | Decimal | bool | None

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Node:
    """One value: a scalar, a sequence or a mapping. `line` is where it, or its key in a mapping, begins."""

    value: "Scalar | Sequence[Node] | Mapping[str, Node]"
    line: int
    origin: str

    def fault(self, message: str, hint: str) -> InputError:
        """The error that this place deserves."""
        return fault(self.origin, self.line, message, hint)

    @property
    def fields(self) -> "Mapping[str, Node]":
        """What a mapping holds; nothing for any other value."""
        return self.value if isinstance(self.value, Mapping) else {}

    @property
    def items(self) -> "Sequence[Node]":
        """What a sequence holds; nothing for any other value."""
        return self.value if isinstance(self.value, Sequence) and not isinstance(self.value, str) else ()

    def at(self, *path: str | int) -> "Node":
        """The value at the path, or the last one on the way to it that is there."""
        found = self
        for part in path:
            if isinstance(part, str) and part in found.fields:
                found = found.fields[part]
            elif isinstance(part, int) and 0 <= part < len(found.items):
                found = found.items[part]
        return found

    @property
    def scalar(self) -> Scalar:
        """A scalar's value; None for any other value."""
        return None if isinstance(self.value, Mapping | Sequence) and not isinstance(self.value, str) else self.value

    @property
    def text(self) -> str:
        """The value in one line, as an error shows it."""
        value = plain(self)
        shown = " ".join((value if isinstance(value, str) else json.dumps(value, default=str)).split())
        return shown if len(shown) <= SHOWN else f"{shown[: SHOWN - 3]}..."


def fault(origin: str, line: int, message: str, hint: str) -> InputError:
    """An error with its place."""
    return InputError(f"{origin}:{line}: {message}", hint)


def near(name: str, known: Iterable[str]) -> str:
    """The known names like a wrong one, ready to follow a sentence; empty if there are none."""
    names = list(known)
    close = get_close_matches(name, names, 3, 0.5) or (names if len(names) <= 8 else [])
    return f" (there is {', '.join(close)})" if close else ""


def plain(node: Node) -> Any:
    """The value as Python's own dicts, lists and scalars."""
    if isinstance(node.value, Mapping):
        return {key: plain(item) for key, item in node.value.items()}
    return [plain(item) for item in node.items] if node.value == () or node.items else node.scalar


def checked_text(text: str, origin: str, line: int) -> str:
    """The text, if it is one that a schema may hold."""
    if len(text) > LONGEST:
        raise fault(origin, line, f"a text of {len(text):,} characters", f"at most {LONGEST:,} are read")
    if _UNSTORABLE.search(text):
        raise fault(origin, line, "a NUL or half a surrogate pair in a text", "take the character out")
    return text
