"""The shape of a case: which tables a reply line holds, what nests under what, and how each reference is wired."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from llmgen.plan import route_column
from llmgen.predicates.domains import solve
from llmgen.predicates.ranges import Domain
from llmgen.scenario import Scenario
from llmgen.schema.model import ForeignKey, Schema, Table

NEVER_AUTHORED = frozenset({"created_at", "updated_at", "reference", "database", "serial"})
"""Providers of columns that are llmgen's own even where a rule reads them; so are all keys."""


Wiring = Literal["nest", "only", "pointer", "code", "self", "null"]
"""How a foreign key finds its row: the row it is nested under; the only row of that table in the case; a row that the
model points at by number; a shared row that the model names by code; the row itself; not at all (NULL)."""


@dataclass(frozen=True)
class Part:
    """One table of a case: from `low` to `high` rows in the whole case, and the columns that a model writes."""

    table: Table
    low: int
    high: int
    parent: str | None
    authored: tuple[str, ...]
    wiring: Mapping[ForeignKey, Wiring]
    hidden: bool = False

    @cached_property
    def references(self) -> dict[str, ForeignKey]:
        """The columns by which the model names other rows, one for each `code` or `pointer` key.

        It is the key's first column, or of a composite key the first that no other such key has.
        """
        named = [key for key, how in self.wiring.items() if how in ("code", "pointer")]
        times = Counter(name for key in named for name in key.columns)
        return {min(key.columns, key=lambda name: times[name]): key for key in named}

    def name_column(self, key: ForeignKey) -> str:
        """The column that holds the name of the row which `key` points at."""
        return next(column for column, one in self.references.items() if one is key)

    @property
    def single(self) -> bool:
        """Whether a line holds it as one object."""
        return (self.low, self.high) == (1, 1)


@dataclass(frozen=True)
class Shape:
    """All parts of a case, parents before their nested children; `root` is None for the set of shared rows."""

    schema: Schema
    root: str | None
    parts: Mapping[str, Part]
    shared: Mapping[str, str]
    """Shared table to the column whose value is its code."""

    absolute: frozenset[tuple[str, str]] = frozenset()
    """Dated columns, as (table, column), that do not move with now."""

    @cached_property
    def key_domains(self) -> dict[tuple[str, str], Domain]:
        """What CHECKs leave to each key column that is no reference, as (table, column)."""
        found: dict[tuple[str, str], Domain] = {}
        for part in self.parts.values():
            own = [name for name in part.table.primary_key if name not in part.table.reference_columns]
            domains = solve(self.schema, part.table, {}, lambda count: 0).domains if own else {}
            found |= {(part.table.name, name): domains[name] for name in own}
        return found

    @property
    def visible(self) -> list[Part]:
        """The parts that a reply line holds."""
        return [part for part in self.parts.values() if not part.hidden]

    def children(self, parent: str | None) -> list[Part]:
        """The visible parts nested directly under `parent` (None: at the top of the line)."""
        return [part for part in self.visible if part.parent == parent]


def case_shape(scenario: Scenario, schema: Schema, judged: Collection[tuple[str, str]]) -> Shape:
    """The shape of one case. Parents that a NOT NULL reference needs and nobody named are added, hidden from the model.

    `judged` are the columns that expects and rules read: they are authored, whoever the scenario names, since chance
    would decide their truth otherwise. Bookkeeping moments stay llmgen's own, and so do names, addresses and
    locales that no expect and no rule reads.
    """
    ranges = {scenario.root: (1, 1), **scenario.with_}
    authored = {name: _not_of_people(schema.table(name), names) for name, names in scenario.author.items()}
    for name, column in judged:
        table = schema.table(name)
        if (
            name in ranges
            and route_column(table, table.column(column)).provider not in NEVER_AUTHORED
            and column not in table.primary_key
        ):
            authored.setdefault(name, set()).add(column)
    codes = {name: code_column(schema.table(name)) for name in scenario.shared}
    return replace(_shape(schema, scenario.root, ranges, codes, authored), absolute=scenario.absolute)


def _not_of_people(table: Table, columns: Collection[str]) -> set[str]:
    """The columns without those that describe a person or company: these come from one locale, by seed."""
    return {name for name in columns if route_column(table, table.column(name)).writer != "people"}


def shared_shape(scenario: Scenario, schema: Schema, given: Collection[str]) -> Shape:
    """The shape of the set of shared rows that are not `given`, all of whose plain columns a model writes."""
    ranges = {name: counts for name, counts in scenario.shared.items() if name not in given}
    authored = {name: _plain_columns(schema.table(name)) for name in ranges}
    codes = {name: code_column(schema.table(name)) for name in scenario.shared if name in given}
    return _shape(schema, None, ranges, codes, authored)


def _plain_columns(table: Table) -> set[str]:
    """All columns that a person could write: no keys (but the code that names a row), references or bookkeeping."""
    keys = {*table.primary_key, *table.reference_columns} - {code_column(table)}
    return {
        column.name
        for column in table.columns
        if column.name not in keys
        and column.type.kind not in ("bytes", "other", "array")
        and route_column(table, column).provider not in NEVER_AUTHORED
    }


def _shape(
    schema: Schema,
    root: str | None,
    ranges: Mapping[str, tuple[int, int]],
    codes: Mapping[str, str],
    authored: Mapping[str, set[str]],
) -> Shape:
    hidden = _needed_parents(schema, ranges, codes)
    every = {**ranges, **dict.fromkeys(hidden, (1, 1))}
    parts = {}
    for name, (low, high) in every.items():
        table = schema.table(name)
        parent = None if name == root else _parent(schema, table, every)
        wiring = {key: _wire(table, key, every, codes, parent) for key in table.foreign_keys}
        ordered = tuple(column.name for column in table.columns if column.name in authored.get(name, ()))
        parts[name] = Part(table, low, high, parent, ordered, wiring, hidden=name in hidden)
    return Shape(schema, root, _parents_first(parts), codes)


def code_column(table: Table) -> str:
    """The column by whose value people name a row of a small table.

    A text key, else a unique text, else a `code` or `name`, else any text.
    """
    texts = [column.name for column in table.columns if column.type.kind in ("text", "enum")]
    single_uniques = [unique.columns[0] for unique in table.uniques if len(unique.columns) == 1 and not unique.where]
    ranked = [
        *(name for name in table.primary_key if len(table.primary_key) == 1),
        *single_uniques,
        "code", "slug", "key", "name", "title", "label",
        *texts,
    ]  # fmt: skip
    return next(
        (name for name in ranked if name in texts), table.primary_key[0] if table.primary_key else table.columns[0].name
    )


def _needed_parents(schema: Schema, ranges: Mapping[str, tuple[int, int]], codes: Mapping[str, str]) -> list[str]:
    """Tables that NOT NULL references of the case's own tables reach and that nobody named."""
    needed: list[str] = []
    queue = list(ranges)
    while queue:
        table = schema.table(queue.pop(0))
        for key in table.foreign_keys:
            if _required(table, key) and key.table not in (*ranges, *codes, *needed, table.name):
                needed.append(key.table)
                queue.append(key.table)
    return needed


def _required(table: Table, key: ForeignKey) -> bool:
    return all(not table.column(name).nullable for name in key.columns)


def _parent(schema: Schema, table: Table, ranges: Mapping[str, tuple[int, int]]) -> str | None:
    """The table it nests under: the first one with several rows that each of its rows must point at, once."""
    targets = [key.table for key in table.foreign_keys]
    for key in table.foreign_keys:
        several = key.table != table.name and ranges.get(key.table, (1, 1))[1] > 1
        points_back = any(back.table == table.name for back in schema.table(key.table).foreign_keys)
        if several and _required(table, key) and targets.count(key.table) == 1 and not points_back:
            return key.table
    return None


def _wire(
    table: Table, key: ForeignKey, ranges: Mapping[str, tuple[int, int]], codes: Mapping[str, str], parent: str | None
) -> Wiring:
    if key.table == table.name:
        return "self" if _required(table, key) else "null"
    if key.table == parent:
        return "nest"
    if key.table in codes:
        return "code"
    if key.table not in ranges:
        return "null"
    return "only" if ranges[key.table][1] == 1 else "pointer"


def _parents_first(parts: Mapping[str, Part]) -> dict[str, Part]:
    ordered: dict[str, Part] = {}

    def place(part: Part, trail: tuple[str, ...]) -> None:
        if part.parent and part.parent not in ordered and part.parent not in trail:
            place(parts[part.parent], (*trail, part.table.name))
        ordered.setdefault(part.table.name, part)

    for part in parts.values():
        place(part, ())
    return ordered
