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


_WIDE = 1 << 32
_DISTINCT_TYPES: Mapping[str, tuple[int, Callable[[int], str]]] = {
    "inet4": (1 << 24, lambda n: f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}"),
    "inet": (_WIDE, lambda n: f"2001:db8::{n >> 16:x}:{n & 0xFFFF:x}"),
    "cidr": (_WIDE, lambda n: f"2001:db8:{n >> 16:x}:{n & 0xFFFF:x}::/64"),
    "macaddr8": (_WIDE, lambda n: "02:00:5e:ff:" + ":".join(f"{n >> shift & 255:02x}" for shift in (24, 16, 8, 0))),
    "macaddr": (_WIDE, lambda n: "02:00:" + ":".join(f"{n >> shift & 255:02x}" for shift in (24, 16, 8, 0))),
    "money": (_WIDE, lambda n: f"{n // 100 + 1}.{n % 100:02d}"),
}


def distinct_literal(sql: str) -> tuple[int, Callable[[int], str]]:
    """How many distinct literals of the type can be written, and the one of each number below that."""
    found = next((entry for name, entry in _DISTINCT_TYPES.items() if sql.lower().startswith(name)), None)
    return found or (_WIDE, lambda n: f"{NOUNS[n % len(NOUNS)]}{n}")
