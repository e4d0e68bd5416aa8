"""Pairs of columns whose names say which holds the lesser value, min_size and max_size: asked for like a CHECK."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from llmgen.naming import words
from llmgen.output.sql_spelling import identifier
from llmgen.predicates.ranges import MOMENTS, NUMERIC
from llmgen.schema.model import Check, Table

_PAIRS = (("min", "max"), ("minimum", "maximum"), ("lowest", "highest"), ("lower", "upper"), ("first", "last"))


def with_orders(table: Table, dialect: str, without: Collection[str]) -> Table:
    """The table with a CHECK for each such pair of numbers or moments.

    Left alone are columns that a CHECK compares, a key, unique or reference concerns, and those named in `without`.
    """
    found = tuple(
        Check(
            f"{identifier(least, dialect)} <= {identifier(most, dialect)}",
            (least, most),
            f"{least} is not above {most}",
        )
        for least, most in _pairs(table, without)
    )
    return replace(table, checks=(*table.checks, *found)) if found else table


def _pairs(table: Table, without: Collection[str]) -> Iterator[tuple[str, str]]:
    taken = (
        {name for check in table.checks if len(set(check.columns)) > 1 for name in check.columns}
        | set(table.primary_key)
        | set(without)
    )
    taken |= table.reference_columns.union(*(unique.columns for unique in table.uniques))
    numbers = (*_PAIRS, ("created", "updated"), ("created", "modified"))
    able = {
        (words(column.name), column.type.kind): column.name
        for column in table.columns
        if column.written and not column.generated and column.name not in taken
        if column.type.kind in NUMERIC or column.type.kind in MOMENTS
    }
    for (said, kind), name in able.items():
        for low, high in numbers if kind in NUMERIC else _PAIRS:
            if low in said.split():
                other = " ".join(high if word == low else word for word in said.split())
                if most := able.get((other, kind)):
                    yield name, most
