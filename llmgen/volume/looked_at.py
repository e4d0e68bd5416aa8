"""Uniques that nobody reads before rows are written: their values are looked at, and rows that agree drawn anew."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from llmgen.errors import DataError
from llmgen.predicates.normalise import Predicate, check_predicate
from llmgen.schema.model import Schema, Table, Unique
from llmgen.values.streams import Numbers, Words
from llmgen.volume.arenas import arena_of
from llmgen.volume.boxes import Cells
from llmgen.volume.settling import Apart, Attempts, settle

_TRUE = 1


@dataclass(frozen=True)
class LookedAt:
    """Some uniques of a table: plain columns by name, expressions and predicates as DuckDB evaluates them."""

    schema: Schema
    table: Table
    now: datetime
    columns: frozenset[str]
    expressions: dict[str, Predicate]
    needs: tuple[Apart, ...]
    seen: dict[tuple[str, object], int] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The columns that rows are looked at by."""
        inside = frozenset[str]().union(*(one.names for one in self.expressions.values()))
        return sorted(self.columns | inside)

    def attempts(self, count: int, free: Callable[[Words, Words, Sequence[str]], Cells]) -> Attempts:
        """The attempt at which each row agrees with no other. `free` makes columns of rows as attempts draw them."""

        def draw(rows: Words, attempts: Words) -> dict[str, Numbers]:
            return self._codes(free(rows, attempts, self.names), len(rows))

        return settle(count, draw, self.needs, self.table.name)

    def _codes(self, cells: Cells, size: int) -> dict[str, Numbers]:
        found = {name: _numbered(name, cells[name], self.seen) for name in sorted(self.columns)}
        if self.expressions:
            arena = arena_of(self.schema, self.table)
            arena.load_columns(self.table.name, cells, size, now=self.now)
            for text, predicate in self.expressions.items():
                values = arena.computed(self.table.name, predicate.duckdb, "VARCHAR")
                found[text] = _numbered(text, values, self.seen)
                if any(need.only == text for need in self.needs):
                    true = pc.equal(values, "true").fill_null(False)
                    found[text] = true.to_numpy(zero_copy_only=False).astype(np.int64) * _TRUE
        return found


def looked_at(schema: Schema, table: Table, uniques: Sequence[Unique], now: datetime) -> LookedAt:
    """The uniques ready to be looked at. DataError for an expression that cannot be evaluated."""
    columns: set[str] = set()
    expressions: dict[str, Predicate] = {}
    needs = []
    for unique in uniques:
        plain = [name for name in unique.columns if table.column(name).written]
        computed = [table.column(name).expression or name for name in unique.columns if name not in plain]
        texts = [*unique.expressions, *computed, *([unique.where] if unique.where else [])]
        expressions |= {text: _readable(schema, table, text) for text in texts}
        columns |= set(plain)
        parts = (*plain, *unique.expressions, *computed)
        needs.append(Apart(parts, unique.nulls_distinct, unique.where or ""))
    return LookedAt(schema, table, now, frozenset(columns), expressions, tuple(needs))


def _readable(schema: Schema, table: Table, text: str) -> Predicate:
    found = check_predicate(schema, table.name, text, f"unique ({text})")
    if found.status == "opaque":
        raise DataError(
            f"{table.name}: unique ({text}) cannot be kept: {found.reason}",
            f"ask for one row of {table.name}, or none",
        )
    return found


def _numbered(name: str, cells: pa.Array, seen: dict[tuple[str, object], int]) -> Numbers:
    """A number for each cell, the same for cells that are equal whatever their case; -1 for NULL."""
    folded = pc.utf8_lower(cells) if pa.types.is_string(cells.type) else cells
    listed = [-1 if cell is None else seen.setdefault((name, cell), len(seen)) for cell in folded.to_pylist()]
    return np.array(listed, dtype=np.int64)
