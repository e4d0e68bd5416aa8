"""How many children each row of a parent has, where the request says so."""

import numpy as np

from llmgen.schema.model import ForeignKey, Table
from llmgen.values.streams import Numbers, below, key, mix


def child_counts(stream: np.uint64, parents: int, fewest: int, most: int) -> Numbers:
    """The number of children of each parent row 0..parents-1, from `fewest` to `most`, each as likely."""
    return below(mix(stream, np.arange(parents, dtype=np.uint64)), most - fewest + 1) + fewest


def child_stream(seed: str, table: str) -> np.uint64:
    """The stream that a table's children per parent row are drawn from."""
    return key(seed, table, "rows per parent")


def counted_key(table: Table, parent: str) -> int | None:
    """The place of the foreign key that rows per row of `parent` are counted by, of several the first that is never
    NULL; None if the table does not refer to it."""
    places = [place for place, found in enumerate(table.foreign_keys) if found.table == parent]
    return min(places, key=lambda place: (not never_null(table, table.foreign_keys[place]), place), default=None)


def never_null(table: Table, reference: ForeignKey) -> bool:
    """Whether every row must have a parent by this foreign key."""
    return not any(table.column(name).nullable for name in reference.columns)
