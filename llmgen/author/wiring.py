"""Keys and references of a case's rows: allotted and wired by llmgen, so that integrity holds by construction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from llmgen.author.shape import Part, Shape
from llmgen.dataset import Case, CaseRow, Values
from llmgen.schema.model import ForeignKey
from llmgen.values.keys import KeyPlace, key_value

RADIX = 256
"""Rows of one table under one parent, at most: a row's number is its places in the case, in this base."""

Codes = Mapping[str, Mapping[str, Values]]
"""Shared rows by table and code."""


@dataclass(frozen=True)
class Wire:
    """What wiring depends on beside the case: the seed, the scenario's digest and the shared rows by code."""

    shape: Shape
    seed: str
    digest: str
    codes: Codes


def wired(wire: Wire, case: Case) -> Case:
    """The case with rows added for hidden parents, and every key and reference written."""
    hidden = [CaseRow(part.table.name, f"{part.table.name}/0", {}) for part in wire.shape.parts.values() if part.hidden]
    rows = [*case.rows, *hidden]
    return _CaseWiring(wire, case.index, rows).case()


def ordinal(path: str) -> int:
    """A row's number within its table and case: its place under each parent, in base RADIX; no other row shifts it."""
    number = 0
    for place in path.split("/")[1::2]:
        number = number * RADIX + int(place)
    return number


def serial(case: int, path: str) -> int:
    """A dense number of the row among all rows of its table, over all cases."""
    depth = len(path.split("/")) // 2
    return case * RADIX**depth + ordinal(path)


class _CaseWiring:
    """Resolves the cells of one case's keys and references, each once, following references between them."""

    def __init__(self, wire: Wire, index: int, rows: Sequence[CaseRow]) -> None:
        self.wire = wire
        self.index = index
        self.rows = rows
        self.by_path = {row.path: row for row in rows}
        self.by_table: dict[str, list[CaseRow]] = {}
        for row in rows:
            self.by_table.setdefault(row.table, []).append(row)
        self.done: dict[tuple[str, str], Any] = {}

    def case(self) -> Case:
        return Case(self.index, tuple(CaseRow(row.table, row.path, self._values(row)) for row in self.rows))

    def _values(self, row: CaseRow) -> Values:
        part = self.wire.shape.parts[row.table]
        table = part.table
        own = {name: value for name, value in row.values.items() if name not in part.references}
        names = dict.fromkeys((*table.primary_key, *(name for key in table.foreign_keys for name in key.columns)))
        return own | {name: self._cell(row, name) for name in names}

    def _cell(self, row: CaseRow, column: str) -> Any:
        place = (row.path, column)
        if place not in self.done:
            self.done[place] = None  # A reference that runs in a circle back to itself is left NULL.
            self.done[place] = self._resolve(row, column)
        return self.done[place]

    def _resolve(self, row: CaseRow, column: str) -> Any:
        part = self.wire.shape.parts[row.table]
        found = None
        for key in part.table.foreign_keys:
            if column in key.columns:
                # Of two keys that share a column, one may be absent: the other then decides it.
                found = self._reference(part, row, key, column)
                if found is not None:
                    return found
        if column not in part.table.reference_columns:
            place = KeyPlace(self.wire.seed, self.wire.digest, self.index, row.path, serial(self.index, row.path))
            return key_value(part.table, part.table.column(column), place)
        return found

    def _reference(self, part: Part, row: CaseRow, key: ForeignKey, column: str) -> Any:
        how = part.wiring[key]
        referenced = key.referenced[key.columns.index(column)]
        if how == "null":
            return None
        if how == "self":
            return self._cell(row, referenced)
        if how == "code":
            code = row.values.get(key.columns[0])
            return None if code is None else self.wire.codes[key.table][str(code)][referenced]
        target = self._target(row, key, how)
        if target is None:
            return None
        columns = self.wire.shape.parts[key.table].table
        owned = referenced in columns.primary_key or referenced in columns.reference_columns
        return self._cell(target, referenced) if owned else target.values.get(referenced)

    def _target(self, row: CaseRow, key: ForeignKey, how: str) -> CaseRow | None:
        if how == "nest":
            return self.by_path[row.path.rsplit("/", 2)[0]]
        rows = self.by_table.get(key.table, [])
        if how == "only":
            return rows[0] if rows else None
        number = row.values.get(key.columns[0])
        required = not self.wire.shape.parts[row.table].table.column(key.columns[0]).nullable
        if number is None:
            return rows[0] if rows and required else None
        return rows[number]
