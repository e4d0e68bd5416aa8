"""Keys and references of a case's rows: allotted and wired by llmgen, so that integrity holds by construction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from llmgen.author.shape import Part, Shape
from llmgen.dataset import Case, CaseRow, Values
from llmgen.plan import route_column
from llmgen.predicates.ranges import base_domain
from llmgen.schema.model import Column, ForeignKey, Table
from llmgen.values.keys import block_of, distinct, integer_key, text_key, uuid_key
from llmgen.values.streams import key as stream_key

UUID = 36
"""Characters of a uuid in its usual spelling."""

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


def row_number(shape: Shape, path: str) -> tuple[int, int]:
    """(number, per case): a row's number within its table and case, and how many the table may have there.

    The number is made of the row's places under its parents, so that no other row shifts it.
    """
    number, most = 0, 1
    steps = path.split("/")
    for table, place in zip(steps[::2], steps[1::2], strict=True):
        high = shape.parts[table].high
        number, most = number * high + int(place), most * high
    return number, most


def serial(shape: Shape, case: int, path: str) -> int:
    """The row's number among all rows of its table, over all cases."""
    number, most = row_number(shape, path)
    return case * most + number


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
        if column in part.authored:  # the code of a shared row, which is its key and which people made up
            return row.values.get(column)
        found = None
        for key in part.table.foreign_keys:
            if column in key.columns:
                # Of two keys that share a column, one may be absent: the other then decides it.
                found = self._reference(part, row, key, column)
                if found is not None:
                    return found
        if column not in part.table.reference_columns:
            return self._key(part.table, part.table.column(column), row)
        return found

    def _key(self, table: Table, column: Column, row: CaseRow) -> Any:
        """A key of its own.

        Numbers lie in the scenario's block, marks come from the row's identity, codes from its serial in the shape that
        CHECKs demand.
        """
        wire = self.wire
        identity = int(stream_key(wire.seed, wire.digest, self.index, row.path))
        provider = route_column(table, column).provider
        domain = wire.shape.key_domains.get((table.name, column.name)) or base_domain(column)
        narrowed = domain != base_domain(column)
        if provider == "key_uuid" and (column.type.length or UUID) >= UUID and not narrowed:
            return uuid_key(identity)
        if provider == "serial" and column.type.kind == "integer" and not narrowed:
            number, most = row_number(wire.shape, row.path)
            bits = column.type.bits or 32
            return integer_key(bits, block_of(wire.digest, bits), self.index, number, most)
        if provider in ("key_text", "key_uuid") and not domain.limits_text:
            return text_key(table, column, identity)
        return distinct(table, column, domain, serial(wire.shape, self.index, row.path), wire.seed)

    def _reference(self, part: Part, row: CaseRow, key: ForeignKey, column: str) -> Any:
        how = part.wiring[key]
        referenced = key.referenced[key.columns.index(column)]
        if how == "null":
            return None
        if how == "self":
            return self._cell(row, referenced)
        if how == "code":
            code = self._code(part, row, key)
            return None if code is None else self.wire.codes[key.table][code][referenced]
        target = self._target(row, key, how)
        if target is None:
            return None
        columns = self.wire.shape.parts[key.table].table
        owned = referenced in columns.primary_key or referenced in columns.reference_columns
        return self._cell(target, referenced) if owned else target.values.get(referenced)

    def _code(self, part: Part, row: CaseRow, key: ForeignKey) -> str | None:
        """The code of the shared row that the model named; for a hidden row, which it never saw, any one."""
        named = row.values.get(part.name_column(key))
        if named is not None or not part.hidden:
            return None if named is None else str(named)
        codes = list(self.wire.codes[key.table])
        word = int(stream_key(self.wire.seed, self.wire.digest, self.index, row.path, *key.columns))
        return codes[word % len(codes)] if codes else None

    def _target(self, row: CaseRow, key: ForeignKey, how: str) -> CaseRow | None:
        if how == "nest":
            return self.by_path[row.path.rsplit("/", 2)[0]]
        rows = self.by_table.get(key.table, [])
        if how == "only":
            return rows[0] if rows else None
        part = self.wire.shape.parts[row.table]
        column = part.name_column(key)
        number, required = row.values.get(column), not part.table.column(column).nullable
        if number is None:
            return rows[0] if rows and required else None
        return rows[number]
