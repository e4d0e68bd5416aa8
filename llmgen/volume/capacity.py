"""How many rows a table can hold by its uniques, given the rows of the tables that it refers to."""

from collections.abc import Mapping

from llmgen.schema.model import Schema
from llmgen.volume.keeping import room
from llmgen.volume.needs import Rooms, shape_of
from llmgen.volume.room import Room


def capacity(schema: Schema, table: str, counts: Mapping[str, int], rooms: Rooms) -> Room | None:
    """The most rows of the table, and the unique that says so; None if there is no limit.

    A table that `counts` does not name may have any number of rows. `rooms` says how many values an own column can
    hold. Every number of rows up to that finds a place in each unique.
    """
    return room(shape_of(schema, table, counts, rooms))
