"""Edge values for many rows: which rows show which class in which column, and the columns with these values put in."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from functools import cache, lru_cache
from typing import Any

import numpy as np
import pyarrow as pa

from llmgen.predicates.ranges import Domain
from llmgen.schema.arrow import LOOSE_SCALE, arrow_array
from llmgen.schema.model import Column
from llmgen.schema.numbers import EXACT
from llmgen.values.edges import edge_value
from llmgen.values.streams import Numbers, Words, below, key, mix

NONE = -1
"""The code, or the column's place, of a row without an edge."""

_WHOLE = 1 << 32
_POOL = 24
_LOOSE = Decimal(1).scaleb(-LOOSE_SCALE)
# Classes whose value is made out of the plain one.
_NEEDS_PLAIN = frozenset({"max_length", "many_decimals"})


def deal_edges(
    stream: np.uint64, rows: Words, share: float, classes: Sequence[int], names: Sequence[str] = ()
) -> tuple[Numbers, Numbers]:
    """For each row the place of the column that shows an edge and the place of its class there, -1 where there is none.

    `classes` holds the number of classes of each eligible column, `names` what it is called if not by its place.
    Columns are as likely as one another; one more takes some rows of each other, and changes nothing else. A pure
    function of the row: any other share deals the same edges to the rows that both shares have chosen.
    """
    columns, codes = (np.full(len(rows), NONE, dtype=np.int64) for _ in range(2))
    able = [place for place, count in enumerate(classes) if count]
    drawn = mix(key(int(stream), "edge"), rows)
    chosen = np.flatnonzero((drawn >> np.uint64(32)) < np.uint64(round(min(max(share, 0), 1) * _WHOLE)))
    if not able or not len(chosen):
        return columns, codes
    best = np.zeros(len(chosen), dtype=np.uint64)
    won = np.full(len(chosen), able[0], dtype=np.int64)
    for place in able:
        bids = mix(key(int(stream), "edge column", names[place] if names else place), rows[chosen])
        won[bids > best] = place
        best = np.maximum(best, bids)
    columns[chosen] = won
    codes[chosen] = below(mix(key(int(stream), "edge class"), rows[chosen]), np.asarray(classes, dtype=np.int64)[won])
    return columns, codes


def edge_column(
    column: Column, domain: Domain, classes: Sequence[str], codes: Numbers, words: Words, plain: pa.Array
) -> tuple[pa.Array, Numbers]:
    """The plain cells with edge values of the domain put in, and the codes of the rows that really show their class.

    `codes` are places in `classes`, -1 for rows without an edge. Where a class has no value that the domain admits the
    plain cell stays, and the code returned is -1.
    """
    shown = np.full(len(codes), NONE, dtype=np.int64)
    places = np.arange(len(codes), dtype=np.int64)
    pool: list[Any] = []
    for code in np.unique(codes[codes != NONE]).tolist():
        rows = np.flatnonzero(codes == code)
        write = _of_plain if classes[code] in _NEEDS_PLAIN else _pooled
        chosen, values = write(_Cells(column, domain, classes[code]), words[rows], plain.take(pa.array(rows)))
        kept = chosen != NONE
        places[rows[kept]] = len(codes) + len(pool) + chosen[kept]
        shown[rows[kept]] = code
        pool += values
    if not pool:
        return plain, shown
    return pa.concat_arrays([plain, arrow_array(column.type, pool)]).take(pa.array(places)), shown


@dataclass(frozen=True)
class _Cells:
    """The cells of one class in one column."""

    column: Column
    domain: Domain
    name: str

    def value(self, word: int, plain: Any) -> tuple[bool, Any]:
        """Whether the class has a value that the domain admits, and the value."""
        try:
            value = edge_value(self.name, self.column, self.domain, word, plain)
        except ValueError:
            return False, None
        if isinstance(value, Decimal) and self.column.type.precision is None:
            value = value.quantize(_LOOSE, rounding=ROUND_DOWN, context=EXACT)
        return self.domain.admits(value), value


def _pooled(cells: _Cells, words: Words, plain: pa.Array) -> tuple[Numbers, list[Any]]:
    """One of the class's few values for each row; all rows have one or none has."""
    pool = _pool(cells)
    if not pool:
        return np.full(len(words), NONE, dtype=np.int64), []
    return below(words, len(pool)), pool


@lru_cache(maxsize=1024)
def _pool(cells: _Cells) -> list[Any]:
    """The class's few values, the same for every part of a column."""
    drawn = (cells.value(word, None) for word in _pool_words(cells.name))
    return list({repr(value): value for able, value in drawn if able}.values())


@cache
def _pool_words(name: str) -> tuple[int, ...]:
    return tuple(int(key("edge", name, place)) for place in range(_POOL))


def _of_plain(cells: _Cells, words: Words, plain: pa.Array) -> tuple[Numbers, list[Any]]:
    """A value for each different plain cell, out of that cell."""
    coded = plain.dictionary_encode(null_encoding="encode")
    found = [cells.value(0, _as_python(cells.column, value)) for value in coded.dictionary.to_pylist()]
    pool = [value for able, value in found if able]
    able = np.array([able for able, _ in found], dtype=bool)
    numbers = np.where(able, np.cumsum(able) - 1, NONE)
    return numbers[coded.indices.to_numpy(zero_copy_only=False)], pool


def _as_python(column: Column, value: Any) -> Any:
    """Decimals too wide for Arrow come as text."""
    return Decimal(value) if column.type.kind == "decimal" and isinstance(value, str) else value
