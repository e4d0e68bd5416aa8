"""What the engine announces while it works; the terminal, the log and run.json listen."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Asking:
    """A prompt goes to whoever answers: which one, for how many cases, at which attempt and level."""

    template: str
    part: str
    cases: int
    attempt: int
    level: str


@dataclass(frozen=True)
class Answered:
    """A reply was read: whether it came from a recording, and what it cost (None: unknown)."""

    template: str
    part: str
    replayed: bool
    stop: str
    input_tokens: int
    output_tokens: int
    cost: float | None
    seconds: float


@dataclass(frozen=True)
class Judged:
    """Cases of one reply were judged: how many were asked, how many passed, and the rules that the others broke."""

    part: str
    level: str
    asked: int
    passed: int
    broken: tuple[str, ...]


@dataclass(frozen=True)
class Waiting:
    """A transport fault: another try follows after `seconds`."""

    reason: str
    seconds: float


@dataclass(frozen=True)
class Filled:
    """A table of a whole database has all its rows."""

    table: str
    rows: int


@dataclass(frozen=True)
class Note:
    """Something that a person should read."""

    text: str


Event = Asking | Answered | Judged | Waiting | Filled | Note
Listener = Callable[[Event], None]


def ignore(event: Event) -> None:
    """The listener that does not care."""
