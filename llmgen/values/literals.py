"""Literals of the types that only the database knows: networks, geometry, ranges."""

from collections.abc import Callable, Mapping

from llmgen.values.shapes import NOUNS

Below = Callable[[int], int]
"""Draws a whole number from 0 to the one before its argument."""

_OTHER_TYPES: Mapping[str, Callable[[Below], str]] = {
    "inet6": lambda below: f"2001:db8::{1 + below(0xFFFE):x}",
    "inet": lambda below: f"192.0.2.{1 + below(254)}",
    "cidr": lambda below: f"198.51.{below(256)}.0/24",
    "macaddr": lambda below: ":".join(f"{below(256):02x}" for _ in range(6)),
    "money": lambda below: f"{1 + below(500)}.{below(100):02d}",
    "point": lambda below: f"({below(100)},{below(100)})",
    "xml": lambda below: f"<item>{NOUNS[below(len(NOUNS))]}</item>",
    "int4range": lambda below: f"[{below(50)},{50 + below(50)})",
    "bit": lambda below: str(below(2)),
    "cube": lambda below: f"({below(100)}, {below(100)})",
}


def literal_of(sql: str, below: Below) -> str:
    """A literal that the type of that spelling reads; a plain word (tsvector, ltree) for those not known here."""
    write = next((write for name, write in _OTHER_TYPES.items() if sql.lower().startswith(name)), None)
    return write(below) if write else str(NOUNS[below(len(NOUNS))])
