"""The columns that a table's rows do not get from other rows: written by seed so that every CHECK holds."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from llmgen.naming import noun
from llmgen.predicates.domains import solve_in
from llmgen.predicates.ranges import Domain
from llmgen.schema.model import Column
from llmgen.values.cells import EMPTY_IN_TEN, NEVER_NULL, Work, begins_of, is_distinct
from llmgen.values.key_columns import distinct_column
from llmgen.values.people import LOCALE_NAMES, LOCALE_WEIGHTS, people_columns
from llmgen.values.streams import Numbers, Words, key, mix, weighted
from llmgen.values.text import text_cells
from llmgen.volume.admitted import admitted
from llmgen.volume.boxes import Open
from llmgen.volume.drawing import Drawing, draw_column, replaced
from llmgen.volume.solving import Component, Opened, components, opened

Cells = dict[str, pa.Array]


@dataclass(frozen=True)
class Filler:
    """Writes the own columns of one table. `distinct` columns are functions of the row's number, no two alike."""

    work: Work
    now: datetime
    distinct: frozenset[str] = frozenset()
    locales: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def own(self) -> Mapping[str, Column]:
        """The columns written here, in the order of writing: those that follow from others last."""
        return {column.name: column for column in self.work.columns}

    @cached_property
    def parts(self) -> list[Component]:
        """The columns that CHECKs name, by what must be solved together."""
        return components(self.work.model, frozenset(self.own) - self.distinct, self.now)

    def part_of(self, column: str) -> Component | None:
        """The component that the column belongs to; None if no CHECK names it."""
        return next((part for part in self.parts if column in part.columns), None)

    def needed(self, wanted: Collection[str]) -> frozenset[str]:
        """The wanted columns with all that must be known to write them."""
        found, work = set[str](), [name for name in wanted]
        while work:
            name = work.pop()
            if name in found:
                continue
            found.add(name)
            part = self.part_of(name)
            work += part.columns if part else ()
            work += begins_of(self.work, name)
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
        for name in wanted:
            if name not in found.domains:
                found.domains[name] = {self.work.model.base[name]: [np.arange(len(identities))]}
        return found

    def fill(self, slots: Words, identities: Words, opening: Opened, known: Cells, wanted: Collection[str]) -> Cells:
        """The wanted own columns of the rows, given the `known` ones (keys, references).

        `slots` are numbers that no two rows share: what must differ differs because they do.
        """
        texts = self._texts(slots, identities, wanted)
        boxes = Open(self.work.model.table, opening, known, self.now, len(slots))
        cells: Cells = dict(known)
        for name, column in self.own.items():
            if name in cells or name not in wanted:
                continue
            if name in self.distinct:
                cells[name] = self._distinct(column, slots, texts.get(name))
            else:
                words = mix(key(self.work.seed, self.work.model.table.name, name, "cell"), identities)
                provider = self.work.provider(name)
                ends = boxes.ends(column, self._begins(name, cells), provider)
                empty = 0 if provider in NEVER_NULL else 10 if provider == "database" else EMPTY_IN_TEN.get(provider, 1)
                drawing = Drawing(column, words, self.now, provider, texts.get(name), *ends, empty)
                cells[name] = boxes.alike(name, draw_column(drawing, opening.domains[name]), cells)
            boxes.settle(column, cells[name])
        return {name: cells[name] for name in wanted if name in cells}

    def _codes(self, part: Component, name: str, identities: Words, given: Numbers | None) -> Numbers:
        choices = part.choices[name]
        if given is not None:
            return given
        words = mix(key(self.work.seed, self.work.model.table.name, name, "code"), identities)
        values = len(choices) - (choices[-1] is None)
        column = self.work.model.table.column(name)
        weights = range(2 * values, values, -1) if column.type.kind == "enum" else [1] * values
        codes = weighted(words, list(weights)) if values else np.zeros(len(words), dtype=np.int64)
        if values < len(choices):
            codes = np.where(
                words % np.uint64(10) < np.uint64(EMPTY_IN_TEN.get(self.work.provider(name), 1)), values, codes
            )
        return codes

    def _distinct(self, column: Column, rows: Words, text: pa.Array | None) -> pa.Array:
        """Cells that differ wherever the rows do: realistic text where its column admits that, else distinct values.

        Of text only the case is changed: cut or filled up, it might meet another.
        """
        table, domain = self.work.model.table, self.plain_domain(column)
        if text is None or not len(rows):
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

    def _begins(self, name: str, cells: Cells) -> list[tuple[Column, pa.Array]]:
        table = self.work.model.table
        return [(table.column(other), cells[other]) for other in begins_of(self.work, name) if other in cells]

    def _texts(self, rows: Words, identities: Words, wanted: Collection[str]) -> Cells:
        """What people and text providers write, by column: one call a provider and length limit."""
        table, found = self.work.model.table, dict[str, pa.Array]()
        groups: dict[int | None, dict[str, list[str]]] = {}
        for name, column in self.own.items():
            route = self.work.routes[name]
            if name not in wanted or column.type.kind not in ("text", "other"):
                continue
            if route.writer == "people":
                groups.setdefault(column.type.length, {}).setdefault(route.provider, []).append(name)
            elif route.writer == "text" and route.provider != "empty":
                stream, marks = key(self.work.seed, table.name, name), rows if name in self.distinct else None
                called = noun(table.bare_name)
                found[name] = pa.array(
                    text_cells(route.provider, stream, identities, called, column.type.length, marks)
                )
        if groups:
            weights = self.locales or LOCALE_WEIGHTS
            names = sorted(weights)
            stream = key(self.work.seed, table.name)
            drawn = weighted(mix(key(int(stream), "locale"), identities), [weights[name] for name in names])
            places = np.array([LOCALE_NAMES.index(name) for name in names])[drawn]
            for limit, providers in groups.items():
                limits = dict.fromkeys(providers, limit)
                cells = people_columns(stream, identities, places, tuple(providers), rows, limits)
                found |= {name: cells[provider] for provider, listed in providers.items() for name in listed}
        return found


def _numbered(texts: pa.Array, rows: Words, limit: int | None) -> pa.Array:
    """The texts with their serial behind them, shortened to make room: no two alike."""
    marks = pc.binary_join_element_wise(pa.scalar(" "), pa.array(rows + np.uint64(1)).cast(pa.string()), "")
    longest = 0 if not len(rows) else pc.max(pc.utf8_length(marks)).as_py()
    heads = texts if limit is None else pc.utf8_slice_codeunits(texts, 0, max(0, limit - longest))
    return pc.binary_join_element_wise(heads, marks, "")
