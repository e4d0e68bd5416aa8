"""What columns that are compared with each other may still hold, narrowed as their cells are written."""

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from llmgen.predicates.ranges import MOMENTS, ORDERED, Domain, Number, base_domain, closed, encode, grid
from llmgen.predicates.terms import NOW, TODAY
from llmgen.schema.model import Column, Table
from llmgen.values.line import MOST, lattice, to_numbers, unit
from llmgen.values.line import ends as line_ends
from llmgen.values.streams import Mask, Numbers
from llmgen.volume.intervals import Bound, Boxes, Ends, Floats, grid_ends, propagate
from llmgen.volume.solving import Opened

Cells = dict[str, pa.Array]


class Open:
    """What columns that are compared with each other may still hold, narrowed as cells are written."""

    def __init__(self, table: Table, opening: Opened, known: Cells, now: datetime, size: int) -> None:
        self.now = now
        self.domains = opening.domains
        self.bounds = [bound for bound in opening.bounds if bound.relation.ordered]
        self.labels = [bound for bound in opening.bounds if not bound.relation.ordered]
        self.size = size
        self.tested = opening.tested
        names = {name for bound in self.bounds for name in bound.relation.columns}
        self.boxes: Boxes = {name: _box(opening.domains.get(name), name, now, size) for name in names}
        self.gaps: dict[str, Number] = {name: _gap(table, name) for name in names}
        for name in known:
            if name in self.boxes:
                self.settle(table.column(name), known[name])

    def ends(
        self, column: Column, begins: list[tuple[Column, pa.Array]], provider: str
    ) -> tuple[Numbers | None, Numbers | None]:
        """The inclusive ends that relations and the row's beginning leave the column, in numbers of its grid."""
        if column.name in self.boxes:
            propagate(self.bounds, self.boxes, self.gaps)
        elif not begins:
            return None, None
        found = self.boxes.get(column.name)
        low, high = _box(self.domains.get(column.name), column.name, self.now, self.size) if found is None else found
        if column.type.kind in MOMENTS and begins:
            after = np.maximum.reduce([_line(other, cells, -np.inf) for other, cells in begins])
            until = np.inf if provider == "ends_at" else float(encode(self.now))
            fits = (np.maximum(low, after) <= np.minimum(high, until)) & np.isfinite(after)
            low = np.where(fits, np.maximum(low, after), low)
            high = np.where(fits, np.minimum(high, until), high)
        least, most = grid_ends((low, high), unit(column))
        if column.name not in self.tested:
            return least, most
        lost = self._lost(column, least, most)  # left nothing: the test finds these rows, and they are drawn anew
        return np.where(lost, -MOST, least), np.where(lost, MOST, most)

    def _lost(self, column: Column, least: Numbers, most: Numbers) -> Mask:
        """Rows whose ends leave no number that their domain has too."""
        domains = self.domains.get(column.name, {})
        step = _steps(column, domains, self.size)
        first, lost = -(-least // step) * step, np.zeros(self.size, dtype=np.bool_)
        for domain, listed in domains.items():
            low, high = line_ends(column, domain)
            for rows in listed:
                lost[rows] = np.maximum(first[rows], min(low, MOST)) > np.minimum(most[rows], max(high, -MOST))
        return lost

    def settle(self, column: Column, cells: pa.Array) -> None:
        """The column has its cells: what is compared with it narrows, and nothing is compared with NULL."""
        name = column.name
        if name not in self.boxes:
            return
        empty = cells.is_null().to_numpy(zero_copy_only=False)
        values = _line(column, cells, 0.0)
        low, high = np.where(empty, -np.inf, values), np.where(empty, np.inf, values)
        self.boxes[name] = (low, high)
        for place, bound in enumerate(self.bounds):
            if name in bound.relation.columns and empty.any():
                self.bounds[place] = Bound(bound.relation, bound.rows & ~empty)

    def alike(self, name: str, drawn: pa.Array, cells: Cells) -> pa.Array:
        """The column's cells, copied from columns already written in the rows where a CHECK wants them equal."""
        for bound in self.labels:
            left, right = bound.relation.left.column, bound.relation.right.column
            other = {left: right, right: left}.get(name)
            if bound.relation.op == "=" and other in cells:
                drawn = _equal(drawn, cells[other], bound.rows)
        return drawn


def _equal(drawn: pa.Array, other: pa.Array, rows: Mask) -> pa.Array:
    bound = pa.array(rows)
    both = pc.and_(bound, pc.and_(drawn.is_valid(), other.is_valid()))
    return pc.if_else(both, other.cast(drawn.type), drawn)


def _line(column: Column, cells: pa.Array, empty: float) -> Floats:
    numbers = to_numbers(cells, column).astype(np.float64) * float(unit(column))
    if cells.null_count:
        numbers[cells.is_null().to_numpy(zero_copy_only=False)] = empty
    return numbers


def _box(domains: Mapping[Domain, list[Numbers]] | None, name: str, now: datetime, size: int) -> Ends:
    if domains is None:
        moment = now if name == NOW else now.replace(hour=0, minute=0, second=0, microsecond=0)
        value = float(encode(moment)) if name in (NOW, TODAY) else 0.0
        return np.full(size, value), np.full(size, value)
    low, high = np.full(size, -np.inf), np.full(size, np.inf)
    for domain, listed in domains.items():
        ends = _ends(domain)
        for positions in listed:
            low[positions], high[positions] = ends
    return low, high


def _ends(domain: Domain) -> tuple[float, float]:
    if domain.null == "must" or domain.kind not in ORDERED:
        return -np.inf, np.inf
    if domain.values is not None:
        numbers = [float(encode(value)) for value in domain.values]
        return min(numbers), max(numbers)
    low, high = closed(domain)
    return -np.inf if low is None else float(low), np.inf if high is None else float(high)


def _gap(table: Table, name: str) -> Number:
    """The distance between neighbours by the column's type: that of a row's domain may be wider, never narrower."""
    return grid(base_domain(table.column(name))) if name in table.by_name else 1


def _steps(column: Column, domains: Mapping[Domain, list[Numbers]], size: int) -> Numbers:
    """The step of each row's domain, in numbers of the column's grid."""
    found = np.ones(size, dtype=np.int64)
    for domain, listed in domains.items():
        for positions in listed:
            found[positions] = lattice(column, domain)
    return found
