"""How many children each row of a parent has, where the request says so."""

import numpy as np

from llmgen.errors import InputError
from llmgen.schema.model import ForeignKey, Table
from llmgen.values.streams import Mask, Numbers, below, key, mix


def child_counts(stream: np.uint64, parents: int, fewest: int, most: int) -> Numbers:
    """The number of children of each parent row 0..parents-1, from `fewest` to `most`, each as likely."""
    return below(mix(stream, np.arange(parents, dtype=np.uint64)), most - fewest + 1) + fewest


def children(seed: str, table: str, parents: int, per: tuple[int, int]) -> int:
    """How many rows of the table there are in all, from `per[0]` to `per[1]` for each row of the parent."""
    fewest, most = per
    if fewest == most:
        return fewest * parents
    return int(child_counts(child_stream(seed, table), parents, fewest, most).sum())


def child_stream(seed: str, table: str) -> np.uint64:
    """The stream that a table's children per parent row are drawn from."""
    return key(seed, table, "rows per parent")


def refuse_crowded(table: str, parent: str, cap: int | None, most: int) -> None:
    """Raise InputError where a parent row is to have more rows of the table than fit."""
    if cap is not None and most > cap:
        raise InputError(
            f"{table} holds at most {cap} rows for one of {parent}, not {most}",
            f"ask for at most {cap} per row of {parent}",
        )


def refuse_lonely(table: Table, place: int, able: Mask, counts: Numbers) -> None:
    """Raise InputError where a parent row that is not `able` to have rows of the table is to have some."""
    if counts[~able].any():
        parent = table.foreign_keys[place].table
        raise InputError(
            f"{table.name}: rows are asked for by row of {parent}, but CHECKs or other references leave some of these "
            "none",
            f"give a number for all of {parent} together: {table.name}={int(counts.sum())}",
        )


def counted_key(table: Table, parent: str) -> int | None:
    """The place of the foreign key that rows per row of `parent` are counted by, of several the first that is never
    NULL; None if the table does not refer to it."""
    places = [place for place, found in enumerate(table.foreign_keys) if found.table == parent]
    return min(places, key=lambda place: (not never_null(table, table.foreign_keys[place]), place), default=None)


def never_null(table: Table, reference: ForeignKey) -> bool:
    """Whether every row must have a parent by this foreign key."""
    return not any(table.column(name).nullable for name in reference.columns)
