"""A case while it is drafted: its rows with their places, and how they stand as a reply's line and as a Case."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from llmgen.author.shape import Part, Shape
from llmgen.dataset import Case, CaseRow, Values
from llmgen.predicates.formulas import Formula
from llmgen.schema.forms import encode

Cells = dict[str, Any]


@dataclass
class DraftRow:
    """One row: `named` holds the codes and numbers by which it names other rows, `fixed` the cells these stand for."""

    part: Part
    path: str
    values: Values = field(default_factory=dict)
    named: Values = field(default_factory=dict)
    fixed: Values = field(default_factory=dict)
    demanded: dict[str, Formula] = field(default_factory=dict)
    hints: dict[str, Formula] = field(default_factory=dict)

    @property
    def authored(self) -> Values:
        """The cells that a reply holds."""
        return {name: self.values.get(name) for name in self.part.authored}


@dataclass
class Draft:
    """All rows of a case, by table, in the order of their places."""

    index: int
    rows: dict[str, list[DraftRow]]

    def all(self) -> Iterator[DraftRow]:
        """Every row, table by table."""
        for rows in self.rows.values():
            yield from rows

    def case(self) -> Case:
        """The case as it is read from the line."""
        rows = [CaseRow(row.part.table.name, row.path, {**row.authored, **row.named}) for row in self.all()]
        return Case(self.index, tuple(rows))

    def line(self, shape: Shape) -> Cells:
        """The case as the line of a reply."""
        return {"i": self.index, **self._children(shape, None, "")}

    def _children(self, shape: Shape, parent: str | None, path: str) -> Cells:
        found: Cells = {}
        for part in shape.children(parent):
            own = [row for row in self.rows[part.table.name] if row.path.rpartition(part.table.name)[0] == path]
            lines = [self._line(shape, row) for row in own]
            if part.single and lines:
                found[part.table.name] = lines[0]
            elif lines:
                found[part.table.name] = lines
        return found

    def _line(self, shape: Shape, row: DraftRow) -> Cells:
        table = row.part.table
        cells = {name: encode(table.column(name).type, value) for name, value in row.authored.items()}
        return {**cells, **row.named, **self._children(shape, table.name, f"{row.path}/")}


def paths(part: Part, count: int, parents: list[DraftRow] | None) -> list[str]:
    """The places of `count` rows of a part, dealt in turn to the rows that they nest under."""
    name = part.table.name
    if parents is None:
        return [f"{name}/{number}" for number in range(count)]
    if not parents:
        return []
    return [f"{parents[number % len(parents)].path}/{name}/{number // len(parents)}" for number in range(count)]
