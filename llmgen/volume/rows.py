"""Any rows of any table: references recomputed from the rows they point at, own columns drawn, tested, drawn anew."""

from collections.abc import Collection, Sequence
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from llmgen.errors import DataError, InputError
from llmgen.schema.arrow import arrow_type
from llmgen.schema.model import Column, ForeignKey, Table
from llmgen.values.key_columns import distinct_column, serial_column, text_key_column, uuid_column
from llmgen.values.streams import Mask, Numbers, Words, below, key, mix
from llmgen.volume.boxes import Cells
from llmgen.volume.coordinates import NOBODY, Coordinates
from llmgen.volume.drawing import in_places, replaced
from llmgen.volume.edges import Coverage, Edged, edged_columns, with_edges
from llmgen.volume.elders import elders
from llmgen.volume.first_rows import FirstRows
from llmgen.volume.looked_at import looked_at
from llmgen.volume.makers import Maker, Way, decided, maker_of, undecided
from llmgen.volume.ordinals import Turns, ordinal_column
from llmgen.volume.plan import VolumePlan, counts_from_one
from llmgen.volume.rollups import rolled_up
from llmgen.volume.settling import Attempts
from llmgen.volume.single import as_cells, as_values, solved_rows
from llmgen.volume.solving import Opened
from llmgen.volume.spans import span_of
from llmgen.volume.wiring import Wiring

ROUNDS = 24
"""How often rows are drawn anew before they are solved one by one."""

SAMPLE = 32
"""Rows solved one by one before the others are: where CHECKs leave no row at all, that is heard of soon."""

KEPT = 1 << 21
"""Rows of a table whose referenced cells are kept rather than made again for each reference."""


class Rows:
    """The rows of a plan. `cells` is a pure function of its arguments; what it keeps in memory only saves time."""

    def __init__(self, plan: VolumePlan) -> None:
        self.plan = plan
        self.wiring = Wiring(plan.schema, plan.counts, plan.request.counts, plan.seed, self._table, plan.room)
        self._makers: dict[str, Maker] = {}
        self._elders = {table.name: elders(plan.schema, table, plan.routes) for table in plan.schema.tables}
        self._kept: dict[tuple[str, tuple[str, ...]], Cells] = {}
        self._open: list[tuple[str, tuple[str, ...]]] = []
        self._settled: dict[str, Attempts | None] = {}
        self._sums: dict[tuple[str, str], pa.Array] = {}
        self._first = FirstRows(plan, self._plainly, self.maker)
        self._edged: dict[str, list[Edged]] = {}
        self.wiring.look()

    def maker(self, table: str) -> Maker:
        """What makes the table's rows; built when first asked for, since it may look at other tables' keys."""
        if table not in self._makers:
            self._makers[table] = maker_of(self.plan, self.plan.schema.table(table), self.wiring)
        return self._makers[table]

    def cells(self, table: str, rows: Words, wanted: Collection[str] | None = None) -> Cells:
        """The wanted columns (all that are written, if none are named) of the rows, in the rows' order.

        Raises DataError, naming the CHECK, for a row that its CHECKs leave no values.
        """
        maker = self.maker(table)
        names = maker.written if wanted is None else list(wanted)
        free = (rows >= np.uint64(maker.fixed)).any()
        return self._mixed(maker, rows, self._attempts(maker, rows) if free else np.zeros_like(rows), names)

    def edged(self, table: str, rows: Words) -> tuple[Cells, Coverage]:
        """All written columns of the rows with edge values among them, and how many cells show which class."""
        maker = self.maker(table)
        if table not in self._edged:
            self._edged[table] = edged_columns(self.plan, maker)
        return with_edges(self.plan, maker, rows, self.cells(table, rows), self._edged[table])

    # -- rows that are drawn -------------------------------------------------------------------------------------

    def _mixed(self, maker: Maker, rows: Words, attempts: Words, names: Sequence[str]) -> Cells:
        """The columns of rows as the attempts draw them, of fixed rows as they are."""
        fixed = np.flatnonzero(rows < np.uint64(maker.fixed))
        if not len(fixed):
            return self._free(maker, rows, attempts, names)
        if attempts[fixed].any():
            raise InputError(f"{maker.table.name}: two fixed rows agree on a unique", "give them other values")
        given = self._first.cells(maker, names)
        places = pa.array(rows[fixed].astype(np.int64))
        free = np.flatnonzero(rows >= np.uint64(maker.fixed))
        if not len(free):
            return {name: given[name].take(places) for name in names}
        others = self._free(maker, rows[free], attempts[free], names)
        return {name: in_places([given[name].take(places), others[name]], [fixed, free], len(rows)) for name in names}

    def _free(self, maker: Maker, rows: Words, attempts: Words, names: Sequence[str]) -> Cells:
        """The columns of rows that are not fixed: by each way of writing those rows that go it."""
        slots = self._first.slots(maker, rows)
        if set(names) <= self._alone(maker):
            return {name: self._key(maker, maker.table.column(name), slots) for name in names}
        pieces, places = [], []
        losers = self._first.losing(maker, rows, slots, self.wiring.losers(maker.table.name, slots))
        for way, positions in maker.ways(losers, len(rows)):
            pieces.append(self._sound(maker, way, rows[positions], slots[positions], attempts[positions], names))
            places.append(positions)
        if len(pieces) == 1:
            return pieces[0]
        return {name: in_places([piece[name] for piece in pieces], places, len(rows)) for name in names}

    def _sound(self, maker: Maker, way: Way, rows: Words, slots: Words, attempts: Words, names: Sequence[str]) -> Cells:
        """The columns with every row that breaks a CHECK drawn anew until it breaks none."""
        needed = way.filler.needed(names)
        draw = partial(self._drawn, maker, way)
        if not way.tester.concerns(needed):
            cells = draw(rows, slots, attempts, needed)
            return {name: cells[name] for name in names}
        needed = way.filler.needed({*needed, *way.tester.columns})
        cells = draw(rows, slots, attempts, needed)
        places = np.arange(len(rows))
        failing = way.tester.failing(cells, len(rows))
        for _ in range(ROUNDS):
            if not failing.any():
                break
            places = places[failing]
            attempts = attempts.copy()
            attempts[places] += np.uint64(1)
            again = draw(rows[places], slots[places], attempts[places], needed)
            failing = way.tester.failing(again, len(places))
            cells = {name: replaced(cells[name], places, again[name]) for name in cells}
        if failing.any():
            cells = self._one_by_one(maker, way, rows, places[failing], cells)
        return {name: cells[name] for name in names}

    def _one_by_one(self, maker: Maker, way: Way, rows: Words, places: Numbers, cells: Cells) -> Cells:
        """The cells with those rows solved around their keys and references."""
        table = maker.table
        kept = maker.given | way.filler.distinct | maker.counted
        kept |= way.filler.declared.keys() - way.filler.computed.keys()
        given = {name: array.take(pa.array(places)) for name, array in cells.items() if name in kept}
        known = as_values(table, given, len(places))
        request, work = self.plan.request, way.filler.work
        solved = [
            one
            for part in (slice(0, SAMPLE), slice(SAMPLE, None))
            for one in solved_rows(
                self.plan.schema, work, rows[places][part], known[part], request.as_of, request.locales
            )
        ]
        again = way.filler.recomputed(as_cells(table, solved, list(cells)), self._first.slots(maker, rows[places]))
        if way.tester.failing(again, len(places)).any():
            declared = "".join(f', [columns] "{table.name}.{name}"' for name in way.filler.declared)
            raise DataError(
                f"{table.name}: no row was found that passes {way.tester.names}{declared}",
                "mend what [columns] declares, or leave the table out with --on-unsolved skip-table"
                if declared
                else "name a provider in [routes], or leave the table out with --on-unsolved skip-table",
            )
        return {name: replaced(cells[name], places, again[name]) for name in cells}

    def _drawn(
        self, maker: Maker, way: Way, rows: Words, slots: Words, attempts: Words, needed: Collection[str]
    ) -> Cells:
        """The needed columns of the rows, as the attempts draw them; uniques are kept by `slots`."""
        filler, table = way.filler, maker.table
        identities = filler.identities(rows, attempts)
        own = [name for name in filler.own if name in needed]
        place = self.wiring.coordinates(table.name, slots, attempts)
        opening = filler.open(identities, place.codes, [name for name in needed if name in table.by_name])
        if absent := _absent(table, opening, len(rows)):
            place = self.wiring.coordinates(table.name, slots, attempts, absent)
        known = self._references(table, place, slots, needed)
        known |= self._counted(maker, place, needed)
        known |= {name: self._rolled(maker, name).take(pa.array(rows)) for name in filler.rollups if name in needed}
        missing = [column for column in maker.keys if column.name in needed and column.name not in known]
        known |= {column.name: self._key(maker, column, slots) for column in missing}
        return known | filler.fill(slots, identities, opening, known, own, self._made(maker, place, own))

    def _plainly(self, maker: Maker, rows: Words, slots: Words, needed: Collection[str]) -> Cells:
        return self._drawn(maker, maker.plain, rows, slots, np.zeros_like(rows), needed)

    def _made(self, maker: Maker, place: Coordinates, own: Sequence[str]) -> list[tuple[Column, pa.Array]]:
        """When the rows that these refer to were made, if a wanted column lies behind that."""
        elders = self._elders[maker.table.name]
        if not elders or not any(maker.plain.filler.follows_parents(name) for name in own):
            return []
        return [
            (column, self._parents(maker.table.foreign_keys[number], place.parents[number], [column.name])[column.name])
            for number, column in elders.items()
        ]

    def _references(self, table: Table, place: Coordinates, slots: Words, needed: Collection[str]) -> Cells:
        found: Cells = {}
        alone = undecided(table)
        for number, foreign in enumerate(table.foreign_keys):
            pairs = decided(table, foreign)
            if not {name for name, _ in pairs} & set(needed):
                continue
            parents = place.parents[number]
            if alone & set(foreign.columns):
                optional = any(table.column(name).nullable for name in foreign.columns)
                parents = np.full(len(slots), NOBODY) if optional else slots.astype(np.int64)
            cells = self._parents(foreign, parents, [referenced for _, referenced in pairs])
            for name, referenced in pairs:
                cell = cells[referenced].cast(arrow_type(table.column(name).type))
                found[name] = pc.coalesce(found[name], cell) if name in found else cell
        return {name: cells for name, cells in found.items() if name in needed}

    def _parents(self, foreign: ForeignKey, parents: Numbers, columns: Sequence[str]) -> Cells:
        """The referenced cells of the parents by row number, NULL for nobody."""
        if self.plan.counts[foreign.table] <= KEPT:
            whole = self._whole(foreign.table, columns)
            indices = pa.array(parents, mask=parents == NOBODY)
            return {name: whole[name].take(indices) for name in columns}
        present, absent = np.flatnonzero(parents != NOBODY), np.flatnonzero(parents == NOBODY)
        cells = self.cells(foreign.table, parents[present].astype(np.uint64), columns)
        return {
            name: in_places([cell, pa.nulls(len(absent), cell.type)], [present, absent], len(parents))
            for name, cell in cells.items()
        }

    def _table(self, table: str, columns: Sequence[str]) -> pa.Table:
        return pa.table(self._whole(table, columns))

    def _whole(self, table: str, columns: Sequence[str]) -> Cells:
        """Columns of all rows of a table, made once."""
        place = (table, tuple(columns))
        if place not in self._kept:
            if place in self._open:
                circle = " -> ".join(name for name, _ in [*self._open[self._open.index(place) :], place])
                raise DataError(
                    f"the keys of {circle} are made of each other", "give one of these tables a key column of its own"
                )
            self._open.append(place)
            self._kept[place] = self.cells(table, np.arange(self.plan.counts[table], dtype=np.uint64), columns)
            self._open.pop()
        return self._kept[place]

    def _counted(self, maker: Maker, place: Coordinates, needed: Collection[str]) -> Cells:
        """The columns that a unique counts: the value of a code, the k-th value within a parent."""
        table, found = maker.table, dict[str, pa.Array]()
        for name, codes in place.codes.items():
            if name in needed:
                column = table.column(name)
                domain, serials = self.plan.domain(table, column), np.arange(codes.max(initial=NOBODY) + 1)
                values = pa.array(list(domain.values or ()), arrow_type(column.type))
                if domain.values is None:
                    values = distinct_column(table, column, domain, serials, self.plan.seed)
                found[name] = values.take(pa.array(codes, mask=codes == NOBODY))
        for name, ordinals in place.ordinals.items():
            if name in needed:
                column, ends = table.column(name), len(span_of(table, name)) or 1
                turns = Turns(column, self.plan.in_turn(table, column), ends, maker.count)
                found[name] = ordinal_column(turns, ordinals)
        return found

    def _alone(self, maker: Maker) -> frozenset[str]:
        """Keys that follow from the row's number alone, whatever its CHECKs make of the other columns."""
        return frozenset(column.name for column in maker.keys) - maker.counted

    def _rolled(self, maker: Maker, name: str) -> pa.Array:
        """A column that sums up other rows, for all rows of its table, made once."""
        place, column = (maker.table.name, name), maker.table.column(name)
        if place not in self._sums:
            rollup = maker.plain.filler.rollups[name]
            keys = self._whole(maker.table.name, rollup.key.referenced)[rollup.key.referenced[0]]
            count = self.plan.counts[rollup.table]
            self._sums[place] = rolled_up(rollup, self.plan.schema, (column, keys), count, self.cells)
        return self._sums[place]

    def _key(self, maker: Maker, column: Column, slots: Words) -> pa.Array:
        table, provider = maker.table, self.plan.routes[maker.table.name][column.name].provider
        domain = self.plan.domain(table, column)
        if provider == "serial" and counts_from_one(domain, maker.count):
            return serial_column(column, slots)
        if maker.plain.filler.part_of(column.name) is None:
            words = mix(key(self.plan.seed, table.name, column.name, "key"), slots)
            if provider == "key_uuid" and column.type.length in (None, 36):
                return uuid_column(words)
            if provider == "key_text":
                return text_key_column(table, column, words)
        if column.name not in self.wiring.distinct(table.name):
            room = self.plan.room(table.name, column.name)
            # A part of a key that others keep apart: of few values each comes again.
            if room is not None and room < maker.count:
                drawn = mix(key(self.plan.seed, table.name, column.name, "part of a key"), slots)
                slots = below(drawn, max(1, room)).astype(np.uint64)
        return distinct_column(table, column, domain, slots, self.plan.seed)

    # -- uniques that only a look at all rows can keep -----------------------------------------------------------

    def _attempts(self, maker: Maker, rows: Words) -> Words:
        name = maker.table.name
        if name not in self._settled:
            self._settled[name] = None
            self._settled[name] = self._settle(maker)
        settled = self._settled[name]
        if settled is None:
            return np.zeros(len(rows), dtype=np.uint64)
        found: Words = settled[rows.astype(np.int64)].astype(np.uint64)
        return found

    def _settle(self, maker: Maker) -> Attempts | None:
        uniques = self.wiring.settled(maker.table.name)
        if not uniques or maker.count < 2:
            return None
        looked = looked_at(self.plan.schema, maker.table, uniques, self.plan.request.as_of)
        return looked.attempts(maker.count, partial(self._mixed, maker))


def _absent(table: Table, opening: Opened, size: int) -> dict[int, Mask]:
    """By place of the foreign key the rows whose CHECKs want it NULL."""
    found: dict[int, Mask] = {}
    for number, foreign in enumerate(table.foreign_keys):
        mask = np.zeros(size, dtype=np.bool_)
        for name in foreign.columns:
            for domain, listed in opening.domains.get(name, {}).items():
                if domain.null == "must":
                    mask[np.concatenate(listed)] = True
        if mask.any():
            found[number] = mask
    return found
