"""Columns that sum up the rows that refer to theirs: the total of an invoice's lines, the number of a team's people."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from llmgen.errors import DataError, InputError
from llmgen.predicates.ranges import NUMERIC
from llmgen.schema.model import Column, ForeignKey, Schema, Table
from llmgen.values.line import MOST, from_numbers, on_line, to_numbers, unit
from llmgen.values.streams import Numbers, Words
from llmgen.volume.boxes import Cells

_FORM = re.compile(r"\s*(sum|count|min|max)\s*\(\s*([^()]+?)\s*\)\s*", re.IGNORECASE)
_HINT = 'write rollup = "sum(invoice_lines.amount)", count(invoice_lines), min or max, of a table that refers here'
_CHUNK = 1 << 17

MakeCells = Callable[[str, Words, Sequence[str]], Cells]
"""The columns of rows of a table."""


@dataclass(frozen=True)
class Rollup:
    """What a cell sums up: `function` over `column` (None for count) of the rows of `table` that refer by `key`."""

    place: str
    function: str
    table: str
    key: ForeignKey
    column: str | None


def read_rollup(place: str, schema: Schema, table: Table, column: Column, text: str) -> Rollup:
    """The rollup that the setting says. InputError, naming it, for what is none or does not fit the column."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise InputError(f"[columns] {place}: rollup = {text!r} is no rollup", _HINT)
    function, named = found[1].lower(), found[2]
    name, _, inner = (named, "", "") if function == "count" else named.rpartition(".")
    child = schema.by_name.get(name)
    if child is None:
        raise InputError(f"[columns] {place}: rollup: there is no table {name or named!r}", _HINT)
    keys = [key for key in child.foreign_keys if key.table == table.name and len(key.columns) == 1]
    if len(keys) != 1:
        what = "does not refer to" if not keys else "refers in several ways to"
        raise InputError(f"[columns] {place}: rollup: {name} {what} {table.name}", _HINT)
    if function == "count":
        _refuse_unless(column.type.kind in NUMERIC, place, f"{column.type.sql} holds no count")
        return Rollup(place, function, name, keys[0], None)
    summed = child.by_name.get(inner)
    if summed is None:
        raise InputError(f"[columns] {place}: rollup: {name} has no column {inner}", _HINT)
    numbers = summed.type.kind in NUMERIC and column.type.kind in NUMERIC
    alike = on_line(summed) and summed.type.kind == column.type.kind
    _refuse_unless(numbers or (alike and function != "sum"), place, f"{column.type.sql} holds no {function} of {inner}")
    _refuse_unless(function == "sum" or column.nullable, place, f"NOT NULL, but without rows there is no {function}")
    coarse = (unit(summed) / unit(column)).denominator != 1
    _refuse_unless(not coarse, place, f"{column.type.sql} has fewer decimals than {name}.{inner}")
    return Rollup(place, function, name, keys[0], inner)


def rolled_up(
    rollup: Rollup, schema: Schema, parent: tuple[Column, pa.Array], children: int, make: MakeCells
) -> pa.Array:
    """The column for all rows of its table, whose referenced keys `parent` holds beside the column itself.

    Without children a sum or count is 0, a least or greatest value NULL. DataError for a value that does not fit.
    """
    column, _ = parent
    numbers, any_child = _totals(rollup, schema, parent, children, make)
    try:
        return from_numbers(numbers, column, None if rollup.function in ("sum", "count") else ~any_child)
    except ValueError as error:
        raise DataError(f"[columns] {rollup.place}: {error}", "declare smaller numbers, or fewer rows") from error


def _totals(
    rollup: Rollup, schema: Schema, parent: tuple[Column, pa.Array], children: int, make: MakeCells
) -> tuple[Numbers, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    column, keys = parent
    start = {"min": np.iinfo(np.int64).max, "max": np.iinfo(np.int64).min}.get(rollup.function, 0)
    totals = np.full(len(keys), start, dtype=np.int64)
    rough = np.zeros(len(keys), dtype=np.float64)
    met = np.zeros(len(keys), dtype=np.bool_)
    put = {"min": np.minimum.at, "max": np.maximum.at}.get(rollup.function, np.add.at)
    pointing = rollup.key.columns[0]
    for first in range(0, children, _CHUNK):
        rows = np.arange(first, min(first + _CHUNK, children), dtype=np.uint64)
        cells = make(rollup.table, rows, [pointing, *([rollup.column] if rollup.column else [])])
        places = pc.index_in(cells[pointing].cast(keys.type), value_set=keys)
        kept = places.is_valid().to_numpy(zero_copy_only=False)
        values = np.full(len(rows), int(1 / unit(column)), dtype=np.int64)
        if rollup.column:
            summed = schema.table(rollup.table).column(rollup.column)
            values = to_numbers(cells[rollup.column], summed)
            ratio = int(unit(summed) / unit(column))
            _refuse_far(values.astype(np.float64) * ratio, rollup, column)
            values = values * ratio
            kept = kept & cells[rollup.column].is_valid().to_numpy(zero_copy_only=False)
        at = places.fill_null(0).to_numpy(zero_copy_only=False)[kept]
        put(totals, at, values[kept])
        met[at] = True
        if rollup.function in ("sum", "count"):
            np.add.at(rough, at, values[kept].astype(np.float64))
    _refuse_far(rough, rollup, column)
    return totals, met


def _refuse_far(rough: np.ndarray[tuple[int], np.dtype[np.float64]], rollup: Rollup, column: Column) -> None:
    """DataError for numbers so far from zero that they would be cut off, or begin again at the other end."""
    if len(rough) and np.abs(rough).max() >= MOST:
        raise DataError(
            f"[columns] {rollup.place}: {column.name} ({column.type.sql}) has numbers too large to be summed up",
            "declare smaller numbers, or fewer rows",
        )


def _refuse_unless(fits: bool, place: str, what: str) -> None:
    if not fits:
        raise InputError(f"[columns] {place}: rollup: {what}", _HINT)
