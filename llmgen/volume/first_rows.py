"""The first rows of a table, which the user has fixed: completed by seed, and kept apart from all others by uniques."""

from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from llmgen.dataset import Values
from llmgen.errors import InputError
from llmgen.schema.model import ForeignKey, Table, Unique
from llmgen.values.streams import Mask, Words
from llmgen.volume.boxes import Cells
from llmgen.volume.drawing import replaced
from llmgen.volume.fixed import conflicting
from llmgen.volume.makers import Maker, told_apart
from llmgen.volume.plan import VolumePlan
from llmgen.volume.single import as_cells, as_values, solved_rows
from llmgen.volume.spelled import prefix

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
        self._taken: dict[tuple[str, Unique], Cells] = {}

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
            slots = self.slots(maker, rows)
            self._cells[name] = filler.recomputed(as_cells(maker.table, solved, maker.written), slots, given)
        return self._cells[name]

    def _known(self, maker: Maker, names: Sequence[str]) -> list[Values]:
        """Of the fixed rows those columns: as given, else as other rows get them; in their own table, of nobody."""
        return self._placed(maker, names, self.slots(maker, np.arange(maker.fixed, dtype=np.uint64)))

    def _placed(self, maker: Maker, names: Sequence[str], slots: Words) -> list[Values]:
        """The same of fixed rows at those places."""
        table, rows = maker.table, np.arange(maker.fixed, dtype=np.uint64)
        own = {name for one in table.foreign_keys if one.table == table.name for name in one.columns}
        pointed = {name for one in table.foreign_keys if one.table == table.name for name in one.referenced}
        wanted = (set(names) | pointed) - own
        drawn = self._draw(maker, rows, slots, maker.plain.filler.needed(wanted) - own)
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
        """The rows' places among all that uniques tell apart: their numbers, but where a fixed row needs another's."""
        if not maker.fixed or maker.fixed >= maker.count:
            return rows
        name = maker.table.name
        if name not in self._moved:
            self._moved[name] = self._moves(maker)
        moved = rows.copy()
        for row, slot in self._moved[name].items():
            moved[rows == np.uint64(row)] = slot
        return moved

    def losing(self, maker: Maker, rows: Words, slots: Words, losers: Mapping[Unique, Mask]) -> dict[Unique, Mask]:
        """Rows that must stay outside of a partial unique, those among them that agree with a fixed row."""
        found = dict(losers)
        for unique in losers if maker.fixed else ():
            told = told_apart(unique)
            columns = [name for name in told if name in maker.table.reference_columns] or list(told)
            if (maker.table.name, unique) not in self._taken:
                known = as_cells(maker.table, self._known(maker, columns), columns)
                self._taken[maker.table.name, unique] = known
            cells = self._draw(maker, rows, slots, maker.plain.filler.needed(columns))
            found[unique] = losers[unique].copy()
            found[unique][conflicting([columns], cells, self._taken[maker.table.name, unique])] = True
        return found

    def _moves(self, maker: Maker) -> dict[int, int]:
        """By row number the place that it takes.

        A fixed row changes places with the row that would agree with it: what it is not given, it has from there.
        """
        named = [{*one.cells, *one.parents} for one in self._plan.request.fixed[maker.table.name]]
        uniques = [columns for columns in maker.uniques if any(names & set(columns) for names in named)]
        if not uniques:
            return {}
        columns = sorted({name for unique in uniques for name in unique})
        needed = maker.plain.filler.needed(columns)
        slots, free = np.arange(maker.count, dtype=np.uint64), np.arange(maker.fixed, maker.count, dtype=np.uint64)
        cells = _seen(maker.table, self._draw(maker, free, free, needed), columns)
        resting = list(range(maker.fixed))
        while True:
            known = as_cells(maker.table, self._placed(maker, columns, slots[: maker.fixed]), columns)
            known = _seen(maker.table, known, columns)
            places = conflicting(uniques, cells, known)
            if not places:
                return {row: slot for row, slot in enumerate(slots.tolist()) if row != slot}
            for place in places:
                one = {name: cell.slice(place, 1) for name, cell in cells.items()}
                met = [(unique, conflicting([unique], known, one)) for unique in uniques]
                able = [row for row in resting if all(named[row] & set(unique) for unique, rows in met if rows)]
                if not able:
                    raise InputError(
                        f"{maker.table.name}: the fixed rows leave no room for the others in its uniques",
                        "ask for fewer rows, fix fewer, or take another seed",
                    )
                row = max(able, key=lambda row: any(row in rows for _, rows in met))
                resting.remove(row)
                slots[[row, maker.fixed + place]] = slots[[maker.fixed + place, row]]
            moved = np.array(places)
            again = _seen(maker.table, self._draw(maker, free[moved], slots[maker.fixed :][moved], needed), columns)
            cells = {name: replaced(cell, moved, again[name]) for name, cell in cells.items()}


def _seen(table: Table, cells: Cells, names: Sequence[str]) -> Cells:
    """The columns as uniques see them: of some texts the beginning alone."""
    lengths = dict(filter(None, (prefix(text) for unique in table.uniques for text in unique.expressions)))
    return {
        name: pc.utf8_slice_codeunits(cells[name], 0, lengths[name])
        if name in lengths and pa.types.is_string(cells[name].type)
        else cells[name]
        for name in names
    }
