"""The first rows of a table, which the user has fixed: completed by seed, and kept apart from all others by uniques."""

from collections.abc import Callable, Collection, Sequence

import numpy as np

from llmgen.dataset import Values
from llmgen.errors import InputError
from llmgen.schema.model import ForeignKey, Table
from llmgen.values.streams import Words
from llmgen.volume.boxes import Cells
from llmgen.volume.fixed import conflicting
from llmgen.volume.makers import Maker
from llmgen.volume.plan import VolumePlan
from llmgen.volume.single import as_cells, as_values, solved_rows

Draw = Callable[[Maker, Words, Words, Collection[str]], Cells]
"""The needed columns of rows at their places, as a first attempt draws them."""


class FirstRows:
    """The fixed rows of a plan. `draw` makes other rows, `maker` says what makes a table's."""

    def __init__(self, plan: VolumePlan, draw: Draw, maker: Callable[[str], Maker]) -> None:
        self._plan = plan
        self._draw = draw
        self._maker = maker
        self._cells: dict[str, Cells] = {}
        self._moved: dict[str, dict[int, int]] = {}

    def cells(self, maker: Maker, names: Sequence[str]) -> Cells:
        """The columns of a table's fixed rows, completed by seed around their given cells."""
        filler = maker.plain.filler
        if set(names) <= maker.given - filler.rollups.keys():
            return as_cells(maker.table, self._known(maker, names), names)
        name = maker.table.name
        if name not in self._cells:
            early = maker.given | maker.unique | filler.distinct | filler.loose
            names = [name for name in maker.written if name in early]
            known = self._known(maker, names)
            request, work = self._plan.request, maker.plain.filler.work
            rows = np.arange(maker.fixed, dtype=np.uint64)
            solved = solved_rows(self._plan.schema, work, rows, known, request.as_of, request.locales)
            given = {
                column: np.array([column in one.cells for one in request.fixed[name]], dtype=np.bool_)
                for column in filler.computed
            }
            self._cells[name] = filler.recomputed(as_cells(maker.table, solved, maker.written), rows, given)
        return self._cells[name]

    def _known(self, maker: Maker, names: Sequence[str]) -> list[Values]:
        """Of the fixed rows those columns: as given, else as other rows get them; in their own table, of nobody."""
        table, rows = maker.table, np.arange(maker.fixed, dtype=np.uint64)
        own = {name for one in table.foreign_keys if one.table == table.name for name in one.columns}
        pointed = {name for one in table.foreign_keys if one.table == table.name for name in one.referenced}
        wanted = (set(names) | pointed) - own
        drawn = self._draw(maker, rows, rows, maker.plain.filler.needed(wanted) - own)
        cells = as_values(table, {name: drawn[name] for name in sorted(wanted) if name in drawn}, maker.fixed)
        fixed = self._plan.request.fixed[table.name]
        known = [{**cell, **one.cells} for cell, one in zip(cells, fixed, strict=True)]
        for one in table.foreign_keys:
            for row, given in zip(known, fixed, strict=True):
                if one.columns[0] in given.parents:
                    row[one.columns[0]] = self._parent_key(one, given.parents[one.columns[0]], known, table)
                elif one.table == table.name and one.columns[0] not in row:
                    optional = any(table.column(name).nullable for name in one.columns)
                    row |= {
                        name: None if optional else row[referenced]
                        for name, referenced in zip(one.columns, one.referenced, strict=True)
                    }
        return known

    def _parent_key(self, foreign: ForeignKey, name: str, own: Sequence[Values], table: Table) -> object:
        """The key of the fixed row of that name in the table referred to."""
        place = [fixed.name for fixed in self._plan.request.fixed[foreign.table]].index(name)
        if foreign.table == table.name:
            return own[place][foreign.referenced[0]]
        parents = self._known(self._maker(foreign.table), foreign.referenced)
        return parents[place][foreign.referenced[0]]

    def slots(self, maker: Maker, rows: Words) -> Words:
        """The rows' places among all that uniques tell apart: their numbers, but for those that a fixed row takes."""
        if not maker.fixed or maker.fixed >= maker.count:
            return rows
        name = maker.table.name
        if name not in self._moved:
            self._moved[name] = self._moves(maker)
        moved = rows.copy()
        for row, slot in self._moved[name].items():
            moved[rows == np.uint64(row)] = slot
        return moved

    def _moves(self, maker: Maker) -> dict[int, int]:
        """By row number the place that it takes, since a fixed row agrees with what it would hold at its own."""
        fixed = self._plan.request.fixed[maker.table.name]
        named = frozenset(name for one in fixed for name in (*one.cells, *one.parents))
        uniques = [columns for columns in maker.uniques if named & set(columns)]
        columns = sorted({name for unique in uniques for name in unique})
        known = as_cells(maker.table, self._known(maker, columns), columns)
        needed = maker.plain.filler.needed(columns)
        pending, spare = np.arange(maker.fixed, maker.count, dtype=np.uint64), list(range(maker.fixed))
        found: dict[int, int] = {}
        while uniques and len(pending):
            slots = np.array([found.get(row, row) for row in pending.tolist()], dtype=np.uint64)
            cells = self._draw(maker, pending, slots, needed)
            pending = pending[conflicting(uniques, cells, known)]
            if len(pending) > len(spare):
                raise InputError(
                    f"{maker.table.name}: the fixed rows leave no room for the others in its uniques",
                    "ask for fewer rows, or fix fewer",
                )
            found |= {row: spare.pop(0) for row in pending.tolist()}
        return found
