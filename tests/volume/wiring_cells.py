"""Codes that stand for the cells of a wired database, for tests: equal where the cells would be."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import numpy as np
import pyarrow as pa

from llmgen.schema.model import Column, ColumnType, ForeignKey, Schema, Table, Unique
from llmgen.values.streams import Numbers
from llmgen.volume.request import Count
from llmgen.volume.wiring import Wiring


def all_rows(count: int) -> np.ndarray:
    return np.arange(count, dtype=np.uint64)


def typed_room(schema: Schema):
    def room(table: str, column: str) -> int | None:
        kind = schema.table(table).column(column).type
        if kind.kind == "boolean":
            return 2
        if kind.kind == "enum":
            return len(kind.labels)
        if kind.kind == "integer" and (kind.bits or 32) < 32:
            return (1 << (kind.bits or 32) - 1) - 1
        return None

    return room


class Cells:
    """All cells of a wired schema as codes. Own columns that nobody promised to differ are the same in all rows."""

    def __init__(
        self, schema: Schema, counts: Mapping[str, int], seed: str = "1", per: Mapping[str, Count] = {}
    ) -> None:
        self.schema, self.counts = schema, counts
        self.wiring = Wiring(schema, counts, per, seed, self.values, typed_room(schema))
        self.codes = cache(self._codes)
        self.at = cache(self._at)

    def values(self, table: str, columns: Sequence[str]) -> pa.Table:
        return pa.table({name: pa.array(self.codes(table, name)) for name in columns})

    def _at(self, table: str):
        rows = all_rows(self.counts.get(table, 0))
        return self.wiring.coordinates(table, rows, np.zeros_like(rows))

    def _codes(self, table: str, column: str) -> Numbers:
        """One code a row; -1 is NULL."""
        found, at = self.schema.table(table), self.at(table)
        count = self.counts.get(table, 0)
        result: Numbers | None = None
        for place, key in enumerate(found.foreign_keys):
            if column not in key.columns:
                continue
            parents = at.parents[place]
            target = key.referenced[key.columns.index(column)]
            if (key.table, target) == (table, column):
                mine = np.where(parents < 0, -1, parents)
            else:
                theirs = np.append(self.codes(key.table, target), -1)
                mine = theirs[parents]
            if result is None:
                result = mine
            else:
                both = (result >= 0) & (mine >= 0)
                assert (result[both] == mine[both]).all(), (table, column)
                result = np.maximum(result, mine)
        if result is not None:
            return result
        own = found.column(column)
        if column in at.codes:
            return at.codes[column]
        if column in at.ordinals:
            return at.ordinals[column]
        if column in self.wiring.distinct(table) or own.generated.startswith("identity"):
            return np.arange(count)
        return np.zeros(count, np.int64)

    def faults(self, table: str) -> list[str]:
        """Uniques that do not hold, references beyond their table, references missing."""
        found, count, at = self.schema.table(table), self.counts.get(table, 0), self.at(table)
        faults = []
        for place, key in enumerate(found.foreign_keys):
            parents = at.parents[place]
            assert parents.dtype == np.int64
            assert len(parents) == count
            if len(parents) and (parents.min() < -1 or parents.max() >= self.counts.get(key.table, 0)):
                faults.append(f"{table}: {key.columns} beyond {key.table}")
            if not any(found.column(name).nullable for name in key.columns) and (parents < 0).any():
                faults.append(f"{table}: {key.columns} missing")
        primary = [Unique(found.primary_key, nulls_distinct=False)] if found.primary_key else []
        losers = self.wiring.losers(table, all_rows(count))
        settled = self.wiring.settled(table)
        for unique in (*primary, *found.uniques):
            if (
                unique in settled
                or unique.expressions
                or not all(found.column(name).written for name in unique.columns)
            ):
                continue
            rows = np.stack([self.codes(table, name) for name in unique.columns])
            if unique in losers:
                rows = rows[:, ~losers[unique]]
            if unique.nulls_distinct:
                rows = rows[:, (rows >= 0).all(axis=0)]
            if np.unique(rows, axis=1).shape[1] != rows.shape[1]:
                faults.append(f"{table}: {unique.columns} {unique.where or ''}")
        return faults


def kinds(**columns: str) -> tuple[Column, ...]:
    """Columns by name: a kind, `small` for a number of 16 bits, `three` for an enum of three; a `?` may be NULL, a `!`
    is an identity."""
    found = []
    for name, said in columns.items():
        kind = said.rstrip("?!")
        types = {
            "small": ColumnType("integer", "smallint", bits=16),
            "three": ColumnType("enum", "three", labels=("a", "b", "c")),
        }
        found.append(
            Column(
                name,
                types.get(kind) or ColumnType(kind, kind),  # type: ignore[arg-type]
                said.endswith("?"),
                generated="identity" if said.endswith("!") else "",
            )
        )
    return tuple(found)


def parent(name: str) -> Table:
    return Table(name, kinds(id="integer!"), ("id",))


def to(table: str, *columns: str, referenced: Iterable[str] = ("id",)) -> ForeignKey:
    return ForeignKey(columns, table, tuple(referenced))
