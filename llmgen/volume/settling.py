"""Draws repeated until no two rows agree: for uniques that no arithmetic keeps apart."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from llmgen.errors import InputError
from llmgen.values.streams import Mask, Numbers, Words

Attempts = npt.NDArray[np.uint16]
Draw = Callable[[Words, Words], Mapping[str, Numbers]]
"""Cells by name as codes, equal where the cells are; -1 is NULL. Given row numbers and the attempt of each."""

_MOST = 60_000
_FRUITLESS = 50_000
_ROUND = (100, 5_000)
"""A table is full if so many draws leave no fewer rows that agree. A round by itself costs as much as a hundred, and
no round counts as more than a tenth: several must fail."""


@dataclass(frozen=True)
class Apart:
    """Names of cells that no two rows may agree on. `exempt`: a row with a NULL among them agrees with none.

    `only` names cells that are 1 in the rows that it goes for; "" for all rows.
    """

    names: tuple[str, ...]
    exempt: bool = True
    only: str = ""


def settle(count: int, draw: Draw, needs: Sequence[Apart], what: str) -> Attempts:
    """The attempt at which each of `count` rows agrees with no other on any of `needs`.

    Of rows that agree the first stays and the others are drawn anew, until none agree. `what` says in an error which
    table is too full.
    """
    rows = np.arange(count, dtype=np.uint64)
    attempts = np.zeros(count, np.uint16)
    cells = {name: codes.copy() for name, codes in draw(rows, attempts.astype(np.uint64)).items()}
    fewest, fruitless = count, 0
    while (again := np.flatnonzero(repeats(cells, needs))).size:
        attempts[again] += 1
        fruitless = 0 if again.size < fewest else fruitless + int(np.clip(again.size, *_ROUND))
        fewest = min(fewest, again.size)
        if fruitless > _FRUITLESS or int(attempts[again].max()) > _MOST:
            raise InputError(f"{what} is too full to keep its uniques", "ask for fewer rows of it, or for more parents")
        for name, codes in draw(rows[again], attempts[again].astype(np.uint64)).items():
            cells[name][again] = codes
    return attempts


def repeats(cells: Mapping[str, Numbers], needs: Sequence[Apart]) -> Mask:
    """Which rows agree with an earlier one on one of the needs."""
    found = np.zeros(len(next(iter(cells.values()))) if cells else 0, np.bool_)
    for need in needs:
        found |= _repeat(cells, need)
    return found


def _repeat(cells: Mapping[str, Numbers], need: Apart) -> Mask:
    codes = combined([cells[name] for name in need.names])
    counts = np.ones(len(codes), np.bool_)
    if need.exempt:
        for name in need.names:
            counts &= cells[name] >= 0
    if need.only:
        counts &= cells[need.only] == 1
    places = np.flatnonzero(counts)
    order = places[np.argsort(codes[places], kind="stable")]
    again = order[1:][codes[order][1:] == codes[order][:-1]]
    found = np.zeros(len(codes), np.bool_)
    found[again] = True
    return found


def combined(columns: Sequence[Numbers]) -> Numbers:
    """One number a row, equal where all columns are."""
    found = columns[0]
    for column in columns[1:]:
        _, first = np.unique(found, return_inverse=True)
        values, second = np.unique(column, return_inverse=True)
        found = first.astype(np.int64) * len(values) + second
    return found
