"""How many rows a table can hold by its uniques, given the rows of the tables that it refers to."""

from collections.abc import Mapping

from llmgen.schema.model import Schema, Table
from llmgen.volume.keeping import joined, room
from llmgen.volume.limits import said
from llmgen.volume.needs import Axis, Need, Rooms, Shape, product, shape_of
from llmgen.volume.room import Room

_SPARE = 4
"""Rows that must agree on a column may find as many times fewer partners as if all its values were as frequent."""


def capacity(schema: Schema, table: str, counts: Mapping[str, int], rooms: Rooms) -> Room | None:
    """The most rows of the table, and the unique that says so; None if there is no limit.

    A table that `counts` does not name may have any number of rows. `rooms` says how many values an own column can
    hold. Every number of rows up to that finds a place in each unique, but for uniques over foreign keys that share a
    column: how many of their parents agree is estimated, and known only when rows are drawn.
    """
    shape = shape_of(schema, table, counts, rooms)
    found = [one for one in (room(shape), *(_estimated(schema, shape, counts, need) for need in joined(shape))) if one]
    return min(found, key=lambda one: one.rows, default=None)


def _estimated(schema: Schema, shape: Shape, counts: Mapping[str, int], need: Need) -> Room | None:
    axes = []
    for axis in need.axes:
        size = _pairs(schema, shape, counts, axis) if axis.also and not axis.ordered else axis.size
        axes.append(Axis(axis.column, axis.place, size))
    size = product(tuple(axes))
    return None if size is None else Room(max(1, size), said(shape, need))


def _pairs(schema: Schema, shape: Shape, counts: Mapping[str, int], axis: Axis) -> int | None:
    """About how many ways there are to choose rows for the foreign keys of the axis that agree on what they share."""
    keys = shape.table.foreign_keys
    places = (axis.place, *axis.also)
    shared = set(keys[axis.place].columns).intersection(*(keys[place].columns for place in axis.also))
    sizes = [shape.sizes[place] for place in places]
    ways = 1
    for size in sizes:
        if size is None:
            return None
        ways *= size
    referenced = {
        to for name, to in zip(keys[axis.place].columns, keys[axis.place].referenced, strict=True) if name in shared
    }
    values = _values(schema.table(keys[axis.place].table), referenced, counts)
    return None if values is None else ways // (max(1, values) ** (len(places) - 1) * _SPARE)


def _values(table: Table, columns: set[str], counts: Mapping[str, int]) -> int | None:
    """How many values the columns have: as many as the rows that they refer to, if they do."""
    found = [counts.get(key.table) for key in table.foreign_keys if set(key.columns) == columns]
    return next((count for count in found if count is not None), None)
