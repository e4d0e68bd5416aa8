"""The order that rows load in: referenced tables before those that refer to them, parents before their children."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from llmgen.dataset import Values
from llmgen.schema.model import ForeignKey, Schema, Table


class Edge(NamedTuple):
    """The foreign key of a table, to another table."""

    table: str
    key: ForeignKey


def load_order(schema: Schema, tables: Collection[str]) -> tuple[list[str], list[Edge]]:
    """The tables in an order that loads, and the foreign keys that it cannot honour: one or more of each cycle.

    Keys of a table to itself are no part of it (see `parents_first`). Tables of one cycle stand side by side; keys that
    are deferrable or that may be empty at first are the ones given up, where that is enough.
    """
    names = [table.name for table in schema.tables if table.name in tables]
    edges = [Edge(name, key) for name in names for key in schema.table(name).foreign_keys]
    edges = [edge for edge in edges if edge.key.table in names and edge.key.table != edge.table]
    targets: dict[str, list[str]] = {name: [] for name in names}
    for edge in edges:
        targets[edge.table].append(edge.key.table)
    reach = {name: _reachable(name, targets) for name in names}
    numbers = {name: number for number, name in enumerate(names)}
    # What a table reaches (itself included) is less than what those reach that refer to it, unless they form a cycle.
    firsts: dict[frozenset[str], int] = {}
    cycle = {name: firsts.setdefault(reach[name], numbers[name]) for name in names}
    order: list[str] = []
    remaining = sorted(names, key=lambda name: (len(reach[name]), cycle[name], numbers[name]))
    while remaining:
        together = [name for name in remaining if cycle[name] == cycle[remaining[0]]]
        chosen = min(together, key=lambda name: _unmet(schema, name, together, edges))
        order.append(chosen)
        remaining.remove(chosen)
    place = {name: ordinal for ordinal, name in enumerate(order)}
    return order, [edge for edge in edges if place[edge.table] < place[edge.key.table]]


def late_columns(table: Table, key: ForeignKey) -> tuple[str, ...]:
    """The key's columns that a row may leave empty at first and get by an UPDATE afterwards; none: it cannot be done.

    A column in a CHECK, in the primary key or under a UNIQUE that counts NULLs must be right from the start.
    """
    fixed = {name for check in table.checks for name in check.columns} | set(table.primary_key)
    fixed |= {name for unique in table.uniques if not unique.nulls_distinct for name in unique.columns}
    if not table.primary_key:
        return ()
    return tuple(name for name in key.columns if table.column(name).nullable and name not in fixed)


def parents_first(table: Table, rows: Sequence[Values]) -> tuple[list[Values], bool]:
    """The rows with every row after those of the same table that it refers to, else in their order; and whether that
    was possible (rows may refer to each other in a circle)."""
    keys = [key for key in table.foreign_keys if key.table == table.name]
    if not keys:
        return list(rows), True
    owners = [_owners(rows, key) for key in keys]
    ordered: list[Values] = []
    state = [0] * len(rows)  # 0 untouched, 1 waits for its parents, 2 placed
    possible = True
    for start in range(len(rows)):
        stack = [start]
        while stack:
            current = stack[-1]
            parents = [] if state[current] else _parents(rows[current], keys, owners)
            waiting = [parent for parent in parents if state[parent] != 2 and parent != current]
            possible = possible and not any(state[parent] == 1 for parent in waiting)
            if state[current] == 0:
                state[current] = 1
                stack += [parent for parent in waiting if state[parent] == 0]
                continue
            stack.pop()
            if state[current] == 1:
                state[current] = 2
                ordered.append(rows[current])
    return ordered, possible


def _reachable(name: str, targets: Mapping[str, Sequence[str]]) -> frozenset[str]:
    seen, open_ = {name}, [name]
    while open_:
        found = [target for target in targets[open_.pop()] if target not in seen]
        seen.update(found)
        open_ += found
    return frozenset(seen)


def _unmet(schema: Schema, name: str, together: Collection[str], edges: Sequence[Edge]) -> tuple[int, int]:
    """How many keys the table would break if it came next: those that must hold at once, then those that may wait."""
    broken = [edge.key for edge in edges if edge.table == name and edge.key.table in together]
    soft = sum(key.deferrable or bool(late_columns(schema.table(name), key)) for key in broken)
    return len(broken) - soft, soft


def _owners(rows: Sequence[Values], key: ForeignKey) -> Mapping[tuple[object, ...], int]:
    return {tuple(row.get(name) for name in key.referenced): ordinal for ordinal, row in enumerate(rows)}


def _parents(row: Values, keys: Sequence[ForeignKey], owners: Sequence[Mapping[tuple[object, ...], int]]) -> list[int]:
    wanted = [tuple(row.get(name) for name in key.columns) for key in keys]
    return [
        owner[values] for owner, values in zip(owners, wanted, strict=True) if None not in values and values in owner
    ]
