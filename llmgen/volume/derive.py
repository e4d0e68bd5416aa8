"""How many rows a table gets that nobody gave a number for: from its parents, or from the children that are given."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from llmgen.naming import noun
from llmgen.schema.model import Schema
from llmgen.volume.kinship import Kin, beyond, one_to_one, reaches
from llmgen.volume.slots import never_null

ROOTS, LOOKUPS, LONG_LOOKUPS = 100, 12, 25
CHILDREN, JOINED = 3, 2
"""Rows for each row of a parent; a junction's, for each row of its larger parent."""

CHILDREN_ABOVE, MOST_PARENTS = 5, 1_000
"""Children that a derived parent has, until there are parents enough."""

_LONG = frozenset({"country", "currency", "language", "territory", "permission", "tag", "unit"})


class Size(NamedTuple):
    """A number of rows, and why."""

    rows: int
    why: str


def upwards(
    schema: Schema, kin: Mapping[str, Kin], given: Mapping[str, Size], counted: frozenset[str], order: Sequence[str]
) -> dict[str, Size]:
    """Sizes of tables that given ones refer to, over any number of steps; `order` has parents first.

    One-to-one tables whose own parents are given or `counted` follow from these alone.
    """
    found, reach = dict(given), reaches(schema)
    for name in reversed(order):
        if name not in found or not found[name].rows:
            continue
        table, rows = schema.table(name), found[name].rows
        sure = [key for key in table.foreign_keys if never_null(table, key)]
        for key in table.foreign_keys:
            parent = key.table
            if beyond(key, sure, reach):
                continue
            if parent in given or parent in counted or parent == name or kin[parent].kind == "lookup":
                continue
            if kin[parent].kind == "one-to-one" and follows(parent, kin, {*given, *counted}):
                continue
            size = _above(name, rows, one_to_one(table, key))
            if size.rows > found.get(parent, size._replace(rows=0)).rows:
                found[parent] = size
    return {name: size for name, size in found.items() if name not in given}


def downwards(kin: Kin, rows: Mapping[str, int], name: str, most: int) -> Size:
    """The size of a table by its kind and the rows of its parents (those that are known), `most` at most."""
    if kin.main is None:
        if kin.kind == "lookup":
            return Size(LONG_LOOKUPS if noun(name) in _LONG else LOOKUPS, "a lookup table")
        return Size(ROOTS, "no parent to count by")
    parent = kin.main.table
    if kin.kind == "one-to-one":
        size = Size((rows[parent] * 4 + 4) // 5, f"one each for 80% of {rows[parent]:,} {parent}")
    elif kin.kind == "junction":
        larger = max((other for other in kin.parents if other in rows), key=lambda other: rows[other])
        size = Size(JOINED * rows[larger], f"about {JOINED} for each of {rows[larger]:,} {larger}")
    else:
        size = Size(CHILDREN * rows[parent], f"about {CHILDREN} for each of {rows[parent]:,} {parent}")
    return size if size.rows <= most else Size(most, f"{size.why}, {most:,} at most")


def _above(child: str, rows: int, single: bool) -> Size:
    if single:
        return Size((rows * 5 + 3) // 4, f"80% of them have one of {rows:,} {child}")
    wanted = max(1, rows // CHILDREN_ABOVE)
    if wanted > MOST_PARENTS:
        return Size(MOST_PARENTS, f"enough for {rows:,} {child}")
    return Size(wanted, f"about {CHILDREN_ABOVE} of {rows:,} {child} each")


def follows(name: str, kin: Mapping[str, Kin], known: Collection[str]) -> bool:
    """Whether the table's main parent, that one's own or any further one is among the known ones."""
    while main := kin[name].main:
        name = main.table
        if name in known:
            return True
    return False
