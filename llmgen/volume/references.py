"""One table's references: what its uniques decide, then what is drawn, then what is left empty."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from llmgen.errors import InputError
from llmgen.predicates.ranges import Domain
from llmgen.schema.model import Table, Unique
from llmgen.values.streams import Mask, Numbers, Words, below, key, mix
from llmgen.volume.agreeing import Draws, agreeing
from llmgen.volume.bundles import Able, Bundle, Ordered, Pairs, Values, bundled, in_key_order
from llmgen.volume.chance import Chance
from llmgen.volume.coordinates import NOBODY, Coordinates
from llmgen.volume.groups import Group
from llmgen.volume.keeping import Keeping, keep
from llmgen.volume.narrowed import admitted
from llmgen.volume.needs import Axis, Need, Shape, product
from llmgen.volume.parents import forest, roots, words
from llmgen.volume.places import Digits, Places, shares
from llmgen.volume.request import Count
from llmgen.volume.settling import Apart, Attempts, repeats, settle
from llmgen.volume.slots import child_counts, child_stream, counted_key, refuse_crowded, refuse_lonely

Absent = Mapping[int, Mask]

_TURNS = 1 << 31


@dataclass(frozen=True)
class References:
    """How the rows of one table refer to others. `shape.sizes` are all known; `per` is how its rows are counted.

    `narrowed` are foreign keys that a CHECK leaves only some of the parents, with what it wants of the key.
    """

    shape: Shape
    rows: int
    seed: str
    values: Values
    per: Count = field(default_factory=Count)
    narrowed: Mapping[int, Domain] = field(default_factory=dict)

    @property
    def table(self) -> Table:
        """The table."""
        return self.shape.table

    @cached_property
    def counted(self) -> int:
        """The place of the foreign key whose children are counted; -1 if none are."""
        place = counted_key(self.table, self.per.parent) if self.per.per else None
        return -1 if place is None else place

    @cached_property
    def keeping(self) -> Keeping:
        """How the uniques are kept."""
        return keep(self.shape, self.rows, self.counted)

    def check(self) -> None:
        """Raise InputError where the rows do not fit, or have to refer to a table without rows."""
        found = self.keeping
        if found.room is not None and found.room < self.rows:
            raise InputError(
                f"{self.table.name} holds at most {found.room:,} rows, not {self.rows:,}: {found.limit}",
                f"ask for at most {found.room:,} rows of {self.table.name}",
            )
        if self.counted >= 0 and not self._looks:
            _ = self._places
        for place, one in enumerate(self.table.foreign_keys):
            if self.rows and place not in self.shape.free and not self.shape.sizes[place]:
                raise InputError(
                    f"every row of {self.table.name} refers to a row of {one.table}, which has none",
                    f"ask for rows of {one.table}, or for none of {self.table.name}",
                )

    @cached_property
    def _looks(self) -> bool:
        """Whether where rows stand depends on cells of their parents."""
        axes = [axis for group in self.keeping.groups for axis in group.axes]
        return bool(self.narrowed or self.keeping.drawn) or any(axis.also or axis.tied for axis in axes)

    def look(self) -> None:
        """Raise InputError where a look at their cells tells that counted parents cannot have their rows."""
        if self.counted < 0 or not self.rows or not self._looks:
            return
        parents = self.shape.sizes[self.counted] or 0
        able = np.ones(parents, np.bool_)
        if self.counted in self._admitted:
            able = np.isin(np.arange(parents), self._admitted[self.counted])
        for bundle in self._bundles:
            if self.counted in bundle.places and len(found := bundle.able(self.counted)):
                able &= found
        refuse_lonely(self.table, self.counted, able, self._children(parents))
        if self.keeping.drawn:
            _ = self._attempts

    def coordinates(self, rows: Words, attempts: Words, absent: Absent) -> Coordinates:
        """Where the rows stand. Parents and codes that a unique needs do not depend on `attempts`."""
        digits = self._kept(rows)
        parents = self._parents(digits, rows, attempts, absent)
        own = {column: codes for (column, place), codes in digits.items() if place < 0}
        turns = {axis.column for group in self.keeping.groups for axis in group.axes if axis.counts}
        turns |= {axis.column for need in self.keeping.drawn for axis in need.own if axis.counts}
        for first, *ends in self.shape.spans:
            if ends and first in own:
                own[first], own[ends[0]] = own[first] * 2, own[first] * 2 + 1
                turns |= {ends[0]}
        return Coordinates(
            parents,
            {column: codes for column, codes in own.items() if column not in turns},
            {column: codes for column, codes in own.items() if column in turns},
        )

    def _parents(self, digits: Digits, rows: Words, attempts: Words, absent: Absent) -> dict[int, Numbers]:
        """The parents by every foreign key, in the order of their places."""
        found: dict[int, Numbers] = {}
        for bundle in self._bundles:
            again = np.zeros_like(attempts) if self._pinned & set(bundle.places) else attempts
            given = {place: digits[self._name(place)] for place in bundle.places if self._name(place) in digits}
            found |= self._agreeing(bundle, given, rows, again, absent)
        for place in range(len(self.table.foreign_keys)):
            if place in found:
                continue
            name = self._name(place)
            again = np.zeros_like(attempts) if place in self._pinned else attempts
            chosen = digits[name] if name in digits else self._parent(place, rows, again)
            found[place] = np.where(absent[place], NOBODY, chosen) if place in absent else chosen
        return {place: found[place] for place in sorted(found)}

    @cached_property
    def _pinned(self) -> frozenset[int]:
        """Foreign keys that do not depend on attempts: which rows lose by a partial unique is told from the first."""
        return frozenset(axis.place for need in self.keeping.partial for axis in need.parents)

    @cached_property
    def _bundles(self) -> tuple[Bundle, ...]:
        return tuple(Bundle(self.table, places, self.values) for places in bundled(self.table))

    def _agreeing(
        self, bundle: Bundle, given: dict[int, Numbers], rows: Words, attempts: Words, absent: Absent
    ) -> dict[int, Numbers]:
        """The parents by foreign keys that share columns. What a tree of rows shares is its root's."""
        loops = [place for place in bundle.places if bundle.loops(place)]
        found: dict[int, Numbers] = {}
        if loops:
            none = np.zeros_like(attempts)
            for place in loops:
                stream = self._chance.parent_stream(place)
                alone = np.full(len(rows), NOBODY, np.int64)
                tree = given.pop(place, alone) if given else forest(stream, rows, none)
                found[place] = self._chance.looped(tree if len(loops) == 1 else alone, place, rows)
                if place in absent:
                    found[place] = np.where(absent[place], NOBODY, found[place])
            if len(loops) == 1 and not given:
                rows, attempts = self._roots(loops[0], rows).astype(np.uint64), none
        draws = Draws(
            lambda place: words(self._chance.parent_stream(place), rows, attempts),
            lambda place, able: self._parent(place, rows, attempts, able),
            lambda place: self._chance.empty(place, rows),
        )
        return found | agreeing(bundle, len(rows), given, absent, draws)

    def _roots(self, place: int, rows: Words) -> Numbers:
        """The root of each row's tree by the foreign key, as a unique or chance has made the trees."""
        for placed in self._places:
            if placed.group.lead and placed.group.lead.place == place:
                return placed.roots(rows, placed.group.lead)
        return roots(self._chance.parent_stream(place), rows)

    @cached_property
    def losers(self) -> Mapping[Unique, Mask]:
        """By partial unique, the rows that an earlier one agrees with: its predicate must be false there."""
        if not self.keeping.partial:
            return {}
        rows = np.arange(self.rows, dtype=np.uint64)
        digits = self._kept(rows)
        for place, parents in self._parents(digits, rows, np.zeros(self.rows, np.uint64), {}).items():
            digits[self._name(place)] = parents
        cells = {_spelled(name): codes for name, codes in digits.items()}
        return {need.unique: repeats(cells, [_apart(need)]) for need in self.keeping.partial}

    def _kept(self, rows: Words) -> Digits:
        """The axes that uniques need."""
        found: Digits = {}
        for placed in self._places:
            found |= placed.digits(rows)
        if self.keeping.drawn:
            found |= self._redrawn(rows, self._attempts[rows.astype(np.int64)].astype(np.uint64), found)
        for need in self.keeping.partial:
            for axis in need.own:
                drawn = mix(self._chance.stream(axis.column, "code"), rows)
                found.setdefault(axis.name, below(drawn, axis.size or _TURNS))
        found = self._opened(found)
        for one, two in self.shape.unlike(self._chance.needs) if self.rows > 1 else ():
            first, second = self._name(one), self._name(two)
            if first in found and second in found:
                found[second] = found[second] + (found[second] >= found[first])
        for column, place in found:
            if place >= 0:
                found[column, place] = np.where(self._chance.empty(place, rows), NOBODY, found[column, place])
        return found

    def _opened(self, digits: Digits) -> Digits:
        """Choices among rows that agree as the parents by each foreign key."""
        found = dict(digits)
        for axis, choices in self._choices.items():
            places = found.pop(axis.name)
            if not choices.size:
                places = np.full_like(places, NOBODY)
            chosen = choices.rows(np.maximum(places, 0)) if choices.size else [places] * (1 + len(axis.also))
            for place, parents in zip((axis.place, *axis.also), chosen, strict=True):
                found[self._name(place)] = np.where(places < 0, NOBODY, parents)
        return found

    @cached_property
    def _choices(self) -> dict[Axis, Pairs | Able | Ordered]:
        """Axes of groups whose choices only a look at their parents tells."""
        found: dict[Axis, Pairs | Able | Ordered] = {}
        for axis in (axis for group in self.keeping.groups for axis in group.axes):
            bundle = next((bundle for bundle in self._bundles if axis.place in bundle.places), None)
            if axis.ordered:
                found[axis] = Ordered(in_key_order(self.table.foreign_keys[axis.place], self.values))
            elif bundle is not None and axis.also:
                found[axis] = bundle.pairs((axis.place, *axis.also))
            elif bundle is not None and axis.tied and axis.place != self.counted and not axis.loops:
                able = bundle.able(axis.place)
                found |= {axis: Able(np.flatnonzero(able))} if len(able) else {}
            elif axis.place in self._admitted and axis.place != self.counted:
                found[axis] = Able(self._admitted[axis.place])
        return found

    @cached_property
    def _admitted(self) -> Mapping[int, Numbers]:
        """By foreign key the parents that CHECKs admit, where these are not all."""
        return admitted(self.table, self.narrowed, self.values)

    def _empties(self, axis: Axis) -> bool:
        """Whether its rows may refer to nobody, and then agree with no other."""
        return axis.place >= 0 and all(self._chance.may_be_empty(place) for place in (axis.place, *axis.also))

    def _sized(self, axis: Axis) -> Axis:
        return replace(axis, size=self._choices[axis].size) if axis in self._choices else axis

    @cached_property
    def _places(self) -> tuple[Places, ...]:
        return tuple(self._placed(group) for group in self.keeping.groups)

    def _placed(self, group: Group) -> Places:
        stream = self._chance.stream(*(axis.column for axis in group.axes), "group")
        group = self._looked_at(group) if any(axis in self._choices for axis in group.axes) else group
        lead = group.lead
        if lead is None or lead.loops:
            return Places(group, self.rows, stream)
        parents = lead.size or 0
        if lead.place == self.counted and self.per.per:
            fewest, most = self.per.per
            if fewest == most:
                refuse_crowded(self.table.name, self.per.parent, group.cap, most if parents else 0)
                return Places(group, self.rows, stream, each=most)
            counts = self._children(parents)
            refuse_crowded(self.table.name, self.per.parent, group.cap, int(counts.max(initial=0)))
        else:
            counts = shares(key(int(stream), "share"), parents, self.rows, group.cap)
        return Places(group, self.rows, stream, np.cumsum(counts))

    def _looked_at(self, group: Group) -> Group:
        """The group with what only a look at its parents tells. InputError where its rows do not fit."""
        if any(axis in self._choices and not self._choices[axis].size and self._empties(axis) for axis in group.axes):
            return replace(group, cap=None)  # every row refers to nobody, and so agrees with no other
        rests = tuple(tuple(self._sized(axis) for axis in rest) for rest in group.rests)
        lead = self._sized(group.lead) if group.lead else None
        sizes = [size for rest in rests if (size := product(rest)) is not None]
        caps = [cap for cap in (group.cap, *sizes) if cap is not None]
        cap = min(caps, default=None)
        room = None if cap is None else cap * (1 if lead is None else lead.size or 0)
        if room is not None and room < self.rows and not group.spill:
            columns = ", ".join(axis.column for axis in group.axes)
            raise InputError(
                f"{self.table.name} holds at most {room:,} rows, not {self.rows:,}: so many agree on {columns}",
                f"ask for at most {room:,} rows of {self.table.name}",
            )
        return replace(group, lead=lead, rests=rests, cap=cap)

    def _children(self, parents: int) -> Numbers:
        return child_counts(child_stream(self.seed, self.table.name), parents, *(self.per.per or (0, 0)))

    @cached_property
    def _attempts(self) -> Attempts:
        """At which attempt each row's redrawn axes differ from all others."""
        places = self._places

        def draw(rows: Words, attempts: Words) -> Mapping[str, Numbers]:
            found: Digits = {}
            for place in places:
                found |= place.digits(rows)
            found |= self._redrawn(rows, attempts, found)
            return {_spelled(name): codes for name, codes in found.items()}

        return settle(self.rows, draw, [_apart(need) for need in self.keeping.drawn], self.table.name)

    def _redrawn(self, rows: Words, attempts: Words, placed: Digits) -> Digits:
        """Axes of uniques that only redrawing keeps, where no group has `placed` them; every choice as likely."""
        grouped = {axis.name for group in self.keeping.groups for axis in group.axes}
        found: Digits = {}
        axes = [axis for need in self.keeping.drawn for axis in need.axes if axis.name not in grouped]
        for bundle in self._bundles:
            if any(axis.place in bundle.places and not axis.also for axis in axes):
                names = {place: self._name(place) for place in bundle.places if not bundle.loops(place)}
                given = {place: placed[name] for place, name in names.items() if name in placed}
                chosen = self._agreeing(bundle, given, rows, attempts, {})
                found |= {self._name(place): parents for place, parents in chosen.items()}
        for axis in axes:
            if axis.name in found:
                continue
            stream = self._chance.stream(axis.column, "drawn")
            if axis.loops:
                found[axis.name] = self._chance.looped(forest(stream, rows, attempts), axis.place, rows)
            else:
                able = self._admitted.get(axis.place)
                choices = len(able) if able is not None else axis.size or _TURNS
                places = below(words(stream, rows, attempts), choices) if choices else np.full(len(rows), NOBODY)
                found[axis.name] = places if able is None or not choices else able[places]
        return found

    def _parent(self, place: int, rows: Words, attempts: Words, able: Numbers | None = None) -> Numbers:
        return self._chance.parent(place, rows, attempts, self._admitted.get(place) if able is None else able)

    @cached_property
    def _chance(self) -> Chance:
        return Chance(self.shape, self.seed, self.counted)

    def _name(self, place: int) -> tuple[str, int]:
        return ", ".join(self.table.foreign_keys[place].columns), place


def _spelled(name: tuple[str, int]) -> str:
    return f"{name[0]} {name[1]}"


def _apart(need: Need) -> Apart:
    return Apart(tuple(_spelled(axis.name) for axis in need.axes), need.exempt)
