"""Edge values among the rows of a table, where no unique, reference or CHECK between columns could break by them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from llmgen.predicates.ranges import NUMERIC, Domain
from llmgen.schema.model import Column
from llmgen.validate.plausible import NEVER_NEGATIVE
from llmgen.values.cells import begins_of
from llmgen.values.edge_columns import NONE, deal_edges, edge_column
from llmgen.values.edges import edge_choices
from llmgen.values.streams import Words, key, mix
from llmgen.volume.boxes import Cells
from llmgen.volume.makers import Maker
from llmgen.volume.plan import VolumePlan

Coverage = dict[str, dict[str, int]]
"""Cells written of each edge class, by `table.column`."""


@dataclass(frozen=True)
class Edged:
    """A column that may show edge values, in which domain, of which classes."""

    column: Column
    domain: Domain
    classes: tuple[str, ...]


def edged_columns(plan: VolumePlan, maker: Maker) -> list[Edged]:
    """The columns of the table that edge values may stand in; those that are declared show none all the same.

    Not those that are keys, references, unique or counted, compared with others, or ordered in time by what they mean.
    """
    filler = maker.plain.filler
    tied = set(maker.given | maker.counted | filler.distinct | maker.plain.tester.columns)
    tied |= {name for part in filler.parts if len(part.columns) > 1 for name in part.columns}
    for name in filler.own:
        begins = begins_of(filler.work, name)
        tied |= {name, *begins} if begins else set()
        older = maker.table.foreign_keys or filler.work.provider(name) == "created_at"
        tied |= {name} if older and filler.follows_parents(name) else set()
    found = []
    for name, column in maker.table.by_name.items():
        classes = (
            ()
            if name in tied or name not in filler.own
            else edge_choices(maker.table, column, absolute=True, whole=True)
        )
        if classes:
            found.append(Edged(column, _believable(column, plan.domain(maker.table, column)), classes))
    return found


def _believable(column: Column, domain: Domain) -> Domain:
    """The domain without what no such column ever holds, whatever its type could: a negative price or count."""
    never = domain.kind in NUMERIC and domain.values is None and NEVER_NEGATIVE.search(column.name)
    return replace(domain, low=0, low_open=False) if never and (domain.low is None or domain.low < 0) else domain


def with_edges(plan: VolumePlan, maker: Maker, rows: Words, cells: Cells, edged: list[Edged]) -> tuple[Cells, Coverage]:
    """The rows' cells with edge values in the request's share of the rows, and how many cells show which class."""
    name = maker.table.name
    stream = key(plan.seed, name, "edges")
    classes, names = [len(one.classes) for one in edged], [one.column.name for one in edged]
    columns, codes = deal_edges(stream, rows, plan.request.edges, classes, names)
    columns = np.where(rows < np.uint64(maker.fixed), NONE, columns)
    filler = maker.plain.filler
    # Declared columns show none, nor what they are computed from: left in the deal, they take none from the others.
    silent = set(filler.declared).union(*(way.inputs for way in filler.computed.values()))
    silent |= plan.rolled_up.get(maker.table.name, frozenset())
    found, coverage = dict(cells), Coverage()
    for place, one in enumerate(edged):
        if one.column.name in silent or not (columns == place).any():
            continue
        here = np.where(columns == place, codes, NONE)
        words = mix(key(int(stream), one.column.name), rows)
        column, shown = edge_column(one.column, one.domain, one.classes, here, words, cells[one.column.name])
        found[one.column.name] = column
        counts = np.bincount(shown[shown != NONE], minlength=len(one.classes)).tolist()
        coverage[f"{name}.{one.column.name}"] = {
            label: count for label, count in zip(one.classes, counts, strict=True) if count
        }
    return found, {place: counts for place, counts in coverage.items() if counts}


def added(coverage: Coverage, more: Mapping[str, Mapping[str, int]]) -> None:
    """Count `more` into the coverage."""
    for place, counts in more.items():
        known = coverage.setdefault(place, {})
        for name, count in counts.items():
            known[name] = known.get(name, 0) + count
