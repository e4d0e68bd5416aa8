"""The columns that a table's rows do not get from other rows: written by seed so that every CHECK holds."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from llmgen.errors import DataError, InputError
from llmgen.naming import noun
from llmgen.predicates.domains import Contradiction, Model, solve_in
from llmgen.predicates.ranges import MOMENTS, Domain
from llmgen.schema.model import Column, Schema
from llmgen.values.cells import Work, begins_of, is_distinct
from llmgen.values.key_columns import distinct_column
from llmgen.values.people import LOCALE_WEIGHTS, locale_places, people_columns
from llmgen.values.scalar_columns import scalar_column
from llmgen.values.streams import Mask, Numbers, Words, key, mix, weighted
from llmgen.values.text import text_column
from llmgen.volume.admitted import admitted
from llmgen.volume.boxes import Open
from llmgen.volume.computed import Computed, Target, computed_column
from llmgen.volume.declared import Declared, in_order
from llmgen.volume.drawing import Drawing, draw_column, replaced
from llmgen.volume.elders import FOLLOWING
from llmgen.volume.likely import empty_share, hit, kept_default, weights_of
from llmgen.volume.rollups import Rollup
from llmgen.volume.solving import Component, Opened, components, opened

Cells = dict[str, pa.Array]

_NOTHING = Declared()
_TRIED = 200
"""Declared values of a column that CHECKs name are tried one by one up to so many."""


@dataclass(frozen=True)
class Filler:
    """Writes the own columns of one table. `distinct` columns are functions of the row's number, no two alike.

    `declared` are the columns that are written as the user says.
    """

    schema: Schema
    work: Work
    now: datetime
    distinct: frozenset[str] = frozenset()
    locales: Mapping[str, int] = field(default_factory=dict)
    declared: Mapping[str, Declared] = field(default_factory=dict)

    @cached_property
    def own(self) -> Mapping[str, Column]:
        """The columns written here, in the order of writing: those that follow from others behind them."""
        return in_order({column.name: column for column in self.work.columns}, self.declared)

    @cached_property
    def computed(self) -> Mapping[str, Computed]:
        """The columns that follow from others of their row, as declared."""
        return {name: one.computed for name, one in self.declared.items() if one.computed}

    @cached_property
    def rollups(self) -> Mapping[str, Rollup]:
        """The columns that sum up rows which refer to their row, as declared."""
        return {name: one.rollup for name, one in self.declared.items() if one.rollup}

    @cached_property
    def parts(self) -> list[Component]:
        """The columns that CHECKs name, by what must be solved together."""
        drawn = frozenset(self.own) - self.distinct - self.computed.keys() - self.rollups.keys()
        return components(self.work.model, drawn, self.now)

    def refuse_contradictions(self) -> None:
        """InputError where CHECKs leave the declared columns no row, or a choice of values one that never comes."""
        model = self.work.model
        self._solved(model, {}, "what is declared")
        for name, one in self.declared.items():
            if self.part_of(name) is None or (one.values is None and one.ends is None):
                continue
            filled = {**model.base, name: replace(model.base[name], null="never")}
            self._solved(replace(model, base=filled), {}, f"{name} as declared")
            for value in (one.values or ()) if len(one.values or ()) <= _TRIED else ():
                self._solved(model, {name: value}, f"{name} = {value!r}")

    def _solved(self, model: Model, known: Mapping[str, Any], what: str) -> None:
        try:
            solve_in(model, known, lambda count: 0, self.now)
        except Contradiction as error:
            raise InputError(
                f"[columns] {model.table.name}: with {what} no row can satisfy {', '.join(error.checks)}",
                "declare what the CHECKs admit",
            ) from error

    def part_of(self, column: str) -> Component | None:
        """The component that the column belongs to; None if no CHECK names it."""
        return next((part for part in self.parts if column in part.columns), None)

    def needed(self, wanted: Collection[str]) -> frozenset[str]:
        """The wanted columns with all that must be known to write them."""
        found, work = set[str](), list(wanted)
        while work:
            name = work.pop()
            if name in found:
                continue
            found.add(name)
            part = self.part_of(name)
            work += part.columns if part else ()
            work += begins_of(self.work, name)
            work += self.computed[name].inputs if name in self.computed else ()
        return frozenset(found)

    def identities(self, rows: Words, attempts: Words) -> Words:
        """What the rows' cells are drawn from: the row's number, another number for another attempt."""
        again = mix(key("again"), rows ^ (attempts << np.uint64(40)))
        found: Words = np.where(attempts == 0, rows, again)
        return found

    def open(self, identities: Words, given: Mapping[str, Numbers], wanted: Collection[str]) -> Opened:
        """What CHECKs leave open, for the wanted columns: deciders drawn (or `given` as codes), a way taken a row."""
        found = Opened()
        for part in self.parts:
            if part.columns & set(wanted):
                codes = {name: self._codes(part, name, identities, given.get(name)) for name in part.deciders}
                one = opened(part, codes, identities, self.work.seed)
                found.domains |= one.domains
                found.bounds += one.bounds
                found.tested |= one.tested
        for name in wanted:
            if name not in found.domains:
                found.domains[name] = {self.work.model.base[name]: [np.arange(len(identities))]}
        return found

    def fill(
        self,
        slots: Words,
        identities: Words,
        opening: Opened,
        known: Cells,
        wanted: Collection[str],
        made: Sequence[tuple[Column, pa.Array]] = (),
    ) -> Cells:
        """The wanted own columns of the rows, given the `known` ones (keys, references).

        `slots` are numbers that no two rows share: what must differ differs because they do. `made` are the moments
        when the rows were made that these refer to.
        """
        texts = self._texts(slots, identities, wanted)
        boxes = Open(self.work.model.table, opening, known, self.now, len(slots))
        cells: Cells = dict(known)
        for name, column in self.own.items():
            if name not in wanted or (name in cells and name not in self.computed):
                continue
            if name in self.computed:
                cells[name] = self._computed(column, slots, identities, cells)
            elif name in self.distinct:
                cells[name] = self._distinct(column, slots, texts.get(name))
                cells[name] = self._left_empty(column, identities, cells[name])
            else:
                begins = self._begins(name, cells)
                before = [*made] if self.follows_parents(name) else begins
                ends = boxes.ends(column, before, self.work.provider(name))
                drawing = replace(self._drawing(column, identities, texts.get(name), ends), soon=bool(begins))
                cells[name] = boxes.alike(name, self._written(drawing, opening.domains[name]), cells)
            boxes.settle(column, cells[name])
        return {name: cells[name] for name in wanted if name in cells}

    def _written(self, drawing: Drawing, domains: Mapping[Domain, Sequence[Numbers]]) -> pa.Array:
        try:
            return draw_column(drawing, domains)
        except ValueError as error:
            name, model = drawing.column.name, self.work.model
            sql = {check.name: check.sql for check in model.predicates}
            checks = [f"CHECK {one} ({sql[one]})" for one, of in model.formulas.items() if name in of.columns]
            raise DataError(
                f"{model.table.name}.{name}: {error}" + (f"; demanded by {' and '.join(checks)}" if checks else ""),
                "name a provider in [routes], or leave the table out with --on-unsolved skip-table",
            ) from error

    def _drawing(
        self, column: Column, identities: Words, texts: pa.Array | None, ends: tuple[Numbers | None, Numbers | None]
    ) -> Drawing:
        words, provider = self._words(column.name, "cell", identities), self.work.provider(column.name)
        declared = self.declared.get(column.name, _NOTHING)
        empty = self._empty(column)
        return Drawing(column, words, self.now, provider, texts, *ends, empty, declared.profile, declared.weights)

    def _words(self, name: str, purpose: str, identities: Words) -> Words:
        return mix(key(self.work.seed, self.work.model.table.name, name, purpose), identities)

    def _empty(self, column: Column) -> int:
        """How many of 2**32 rows are NULL where they may be."""
        declared = self.declared.get(column.name, _NOTHING).empty
        return empty_share(column, self.work.provider(column.name)) if declared is None else declared

    def _computed(self, column: Column, slots: Words, identities: Words, cells: Cells) -> pa.Array:
        table, name = self.work.model.table, column.name
        found = computed_column(Target(self.schema, table, column, self.now), self.computed[name], slots, cells)
        return self._left_empty(column, identities, found)

    def _left_empty(self, column: Column, identities: Words, cells: pa.Array) -> pa.Array:
        """The cells with the declared share of NULL."""
        empty = self.declared.get(column.name, _NOTHING).empty
        if not empty:
            return cells
        mask = pa.array(hit(self._words(column.name, "cell", identities), empty))
        return pc.if_else(mask, pa.scalar(None, cells.type), cells)

    def recomputed(self, cells: Cells, slots: Words, given: Mapping[str, Mask] = {}) -> Cells:
        """The cells of whole rows with the computed columns made anew from the others, but for rows `given` theirs."""
        found = dict(cells)
        for name, column in self.own.items():
            if name in self.computed and name in found:
                again = self._computed(column, slots, slots, found)
                found[name] = pc.if_else(pa.array(given[name]), found[name], again) if name in given else again
        return found

    @cached_property
    def loose(self) -> frozenset[str]:
        """The declared columns that are drawn with no regard to any CHECK."""
        drawn = self.declared.keys() - self.computed.keys()
        return frozenset(name for name in drawn if self.part_of(name) is None)

    def _codes(self, part: Component, name: str, identities: Words, given: Numbers | None) -> Numbers:
        choices = part.choices[name]
        if given is not None:
            return given
        words = self._words(name, "code", identities)
        values = choices[: len(choices) - (choices[-1] is None)]
        column = self.work.model.table.column(name)
        told = self.declared.get(name, _NOTHING).weights
        weights = [told.get(value, 0) for value in values] if told else weights_of(column, values)
        codes = weighted(words, weights) if values else np.zeros(len(words), dtype=np.int64)
        if len(values) < len(choices):
            codes = np.where(hit(words, self._empty(column)), len(values), codes)
        return codes

    def _distinct(self, column: Column, rows: Words, text: pa.Array | None) -> pa.Array:
        """Cells that differ wherever the rows do: realistic text where its column admits that, else distinct values.

        Of text only the case is changed: cut or filled up, it might meet another.
        """
        table, domain = self.work.model.table, self.plain_domain(column)
        if text is None and column.type.kind == "text" and self.work.provider(column.name) == "uuid":
            # No two of them meet, though nothing but chance keeps them apart.
            words = self._words(column.name, "distinct", rows)
            if not domain.limits_text:
                return scalar_column(column, replace(domain, null="never"), words, self.now, "uuid")
        if text is None or domain.head is not None or not len(rows):
            return distinct_column(table, column, domain, rows, self.work.seed)
        if not is_distinct(self.work.provider(column.name)):
            text = _numbered(text, rows, domain.max_length)
        folds = {"lower": pc.utf8_lower, "upper": pc.utf8_upper}
        text = folds[domain.case](text) if domain.case else text
        misfits = np.flatnonzero(~admitted(text, domain))
        if not len(misfits):
            return text
        return replaced(text, misfits, distinct_column(table, column, domain, rows[misfits], self.work.seed))

    def plain_domain(self, column: Column) -> Domain:
        """What the column may hold in every row, whichever way its CHECKs are met."""
        part = self.part_of(column.name)
        if part is None:
            return self.work.model.base[column.name]
        solution = solve_in(part.model, {}, lambda count: 0, self.now)
        return solution.domains[column.name]

    def follows_parents(self, name: str) -> bool:
        """Whether the column's moments lie behind the making of the row's parents, and its row tells nothing nearer."""
        moment = self.own[name].type.kind in MOMENTS and self.work.provider(name) in FOLLOWING
        return moment and not begins_of(self.work, name)

    def _begins(self, name: str, cells: Cells) -> list[tuple[Column, pa.Array]]:
        table = self.work.model.table
        return [(table.column(other), cells[other]) for other in begins_of(self.work, name) if other in cells]

    def _texts(self, rows: Words, identities: Words, wanted: Collection[str]) -> Cells:
        """What people and text providers write, by column."""
        table, found, people = self.work.model.table, dict[str, pa.Array](), list[Column]()
        # One of a few values that CHECKs list is hardly ever what a provider writes; of payment methods it may be.
        few = {name for name in self.work.model.finite if self.work.provider(name) != "payment_token"}
        for name, column in self.own.items():
            route = self.work.routes[name]
            if name not in wanted or column.type.kind not in ("text", "other"):
                continue
            if route.writer == "people":
                people.append(column)
            elif route.writer == "text" and route.provider != "empty" and name not in few:
                stream, marks = key(self.work.seed, table.name, name), rows if name in self.distinct else None
                called = noun(table.bare_name)
                texts = text_column(route.provider, stream, identities, called, column.type.length, marks)
                found[name] = texts if marks is not None else self._defaulted(column, texts, identities)
        return found | self._people(people, rows, identities)

    def _defaulted(self, column: Column, texts: pa.Array, identities: Words) -> pa.Array:
        kept = kept_default(column, self.work.routes[column.name])
        if kept is None:
            return texts
        return pc.if_else(pa.array(hit(self._words(column.name, "default", identities), kept[1])), kept[0], texts)

    def _people(self, columns: Sequence[Column], rows: Words, identities: Words) -> Cells:
        """The columns that people's providers write: all at once, but for providers that must fit several lengths."""
        calls: list[dict[str, int | None]] = []
        named: list[dict[str, str]] = []
        for column in columns:
            provider, limit = self.work.provider(column.name), column.type.length
            place = next((at for at, call in enumerate(calls) if call.get(provider, limit) == limit), len(calls))
            if place == len(calls):
                calls.append({})
                named.append({})
            calls[place][provider] = limit
            named[place][column.name] = provider
        stream = key(self.work.seed, self.work.model.table.name)
        locales = locale_places(stream, identities, self.locales or LOCALE_WEIGHTS) if calls else np.zeros(0, np.int64)
        found: Cells = {}
        for limits, wanted in zip(calls, named, strict=True):
            cells = people_columns(stream, identities, locales, tuple(limits), rows, limits)
            found |= {name: cells[provider] for name, provider in wanted.items()}
        return found


def _numbered(texts: pa.Array, rows: Words, limit: int | None) -> pa.Array:
    """The texts with their serial behind them, shortened to make room: no two alike."""
    marks = pc.binary_join_element_wise(pa.scalar(" "), pa.array(rows + np.uint64(1)).cast(pa.string()), "")
    if limit is None:
        return pc.binary_join_element_wise(texts, marks, "")
    sizes = pc.utf8_length(marks).to_numpy(zero_copy_only=False)
    for size in np.unique(sizes).tolist():
        heads = pc.utf8_slice_codeunits(texts, 0, max(0, limit - size))
        texts = pc.if_else(pa.array(sizes == size), heads, texts)
    return pc.binary_join_element_wise(texts, marks, "")
