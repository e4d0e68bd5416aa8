"""What loading tables into a real database came to, and the steps that it takes."""

from collections.abc import Collection
from dataclasses import dataclass, field

from llmgen.output.order import load_order
from llmgen.schema.model import Schema


@dataclass(frozen=True)
class Outcome:
    """Rows `loaded` by table; what triggers `raised`, and what the server `refused`, by table.

    A table in `raised` is loaded as well, without its triggers, where the server can do that.
    """

    loaded: dict[str, int] = field(default_factory=dict)
    raised: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


def steps(schema: Schema, names: Collection[str]) -> list[tuple[str, ...]]:
    """The tables in the order they load; those of one tuple refer to each other in a circle and load together."""
    order, broken = load_order(schema, names)
    place = {name: ordinal for ordinal, name in enumerate(order)}
    ends = {place[edge.table]: place[edge.key.table] for edge in sorted(broken, key=lambda edge: place[edge.key.table])}
    found: list[tuple[str, ...]] = []
    until = -1
    for ordinal, name in enumerate(order):
        if ordinal <= until:
            found[-1] += (name,)
        else:
            found.append((name,))
        until = max(until, ends.get(ordinal, -1))
    return found


def behind(schema: Schema, name: str, raised: Collection[str]) -> str:
    """A table that this one refers to, near or far, and whose trigger refused its rows; empty if there is none."""
    seen, open_ = {name}, [name]
    while open_:
        for key in schema.table(open_.pop()).foreign_keys:
            if key.table in raised and key.table != name:
                return key.table
            if key.table not in seen:
                seen.add(key.table)
                open_.append(key.table)
    return ""
