"""One column of many rows: who writes it, where it is NULL, and that every cell lies in its row's domain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from llmgen.predicates.ranges import MOMENTS, NUMERIC, Domain, encode
from llmgen.reserved import ACCEPTED_CARDS
from llmgen.schema.arrow import arrow_array, arrow_type
from llmgen.schema.model import Column, ColumnType
from llmgen.values.line import ends, from_numbers, lattice, on_line, unit
from llmgen.values.people import spellings
from llmgen.values.scalar_columns import scalar_column
from llmgen.values.shapes import fitted
from llmgen.values.streams import Mask, Numbers, Words, weighted
from llmgen.volume.admitted import admitted
from llmgen.volume.distributions import Profile, drawn, on_lattice
from llmgen.volume.likely import hit, is_soon, soon_after, usual_profile, weights_of


@dataclass(frozen=True)
class Drawing:
    """What one column is drawn from: a 64-bit word a row, its provider, realistic text where there is some, and ends.

    `low` and `high` are inclusive, in numbers of the column's grid. `empty` is how many of 2**32 rows are NULL where
    they may be. `profile` says how the numbers lie, `weights` how often each of a few values comes, where somebody has
    declared it. `soon`: `low` is a moment of the same row, which this one follows.
    """

    column: Column
    words: Words
    now: datetime
    provider: str = ""
    texts: pa.Array | None = None
    low: Numbers | None = None
    high: Numbers | None = None
    empty: int = 0
    profile: Profile | None = None
    weights: Mapping[Any, int] = field(default_factory=dict)
    soon: bool = False


def draw_column(drawing: Drawing, domains: Mapping[Domain, Sequence[Numbers]]) -> pa.Array:
    """The column's cells, each within the domain that goes for its row. ValueError where a domain leaves nothing."""
    size = len(drawing.words)
    pieces, places = [], []
    for domain, listed in domains.items():
        positions = np.concatenate(listed) if len(listed) > 1 else listed[0]
        left_empty = _left_empty(drawing, domain, positions)
        pieces.append(_written(drawing, domain, positions[~left_empty]))
        pieces.append(pa.nulls(int(left_empty.sum()), arrow_type(drawing.column.type)))
        places += [positions[~left_empty], positions[left_empty]]
    return in_places(pieces, places, size)


def in_places(pieces: Sequence[pa.Array], places: Sequence[Numbers], size: int) -> pa.Array:
    """The pieces' cells in one array, each at its place; the places are all of 0 to `size` - 1."""
    filled = [(piece, place) for piece, place in zip(pieces, places, strict=True) if len(place)]
    if len(filled) == 1 and bool((filled[0][1] == np.arange(size)).all()):
        return filled[0][0]
    if not filled:
        return pieces[0] if pieces else pa.nulls(0)
    whole = pa.concat_arrays([piece for piece, _ in filled])
    inverse = np.empty(size, dtype=np.int64)
    inverse[np.concatenate([place for _, place in filled])] = np.arange(size)
    return whole.take(pa.array(inverse))


def _left_empty(drawing: Drawing, domain: Domain, positions: Numbers) -> Mask:
    if domain.null == "must":
        return np.ones(len(positions), dtype=np.bool_)
    if domain.null == "never" or not drawing.empty:
        return np.zeros(len(positions), dtype=np.bool_)
    return hit(drawing.words[positions], drawing.empty)


def _written(drawing: Drawing, domain: Domain, positions: Numbers) -> pa.Array:
    """Cells that are not NULL: the realistic text where the domain admits it, else a value of the domain."""
    domain = replace(domain, null="never")
    words = drawing.words[positions]
    low = None if drawing.low is None else drawing.low[positions]
    high = None if drawing.high is None else drawing.high[positions]
    if drawing.texts is None or not len(positions):
        if domain.values is not None and low is None and high is None:
            return _chosen(drawing, domain, words)
        if on_line(drawing.column) and domain.values is None and len(positions):
            return _on_line(drawing, domain, words, low, high)
        return scalar_column(drawing.column, domain, words, drawing.now, drawing.provider, (low, high))
    texts, misfits = dressed(drawing.texts.take(pa.array(positions)), domain, drawing.provider)
    if not len(misfits):
        return texts
    if drawing.provider == "payment_token" and domain.values is not None:
        accepted = tuple(value for value in domain.values if value in ACCEPTED_CARDS)
        domain = replace(domain, values=accepted or domain.values)
    others = scalar_column(drawing.column, domain, words[misfits], drawing.now, drawing.provider)
    return replaced(texts, misfits, others)


def _chosen(drawing: Drawing, domain: Domain, words: Words) -> pa.Array:
    """Some of the domain's few values, as often as declared, else as is likely."""
    values, cells = _listed(drawing.column.type, domain)
    if not values:
        raise ValueError(f"nothing is left of the few values of {drawing.column.name}")
    weights = [drawing.weights.get(value, 0) for value in values]
    return cells.take(pa.array(weighted(words, weights if any(weights) else weights_of(drawing.column, values))))


@lru_cache(maxsize=256)
def _listed(type: ColumnType, domain: Domain) -> tuple[tuple[Any, ...], pa.Array]:
    values = tuple(value for value in domain.values or () if domain.admits(value))
    return values, arrow_array(type, values)


def _on_line(drawing: Drawing, domain: Domain, words: Words, low: Numbers | None, high: Numbers | None) -> pa.Array:
    """Numbers and moments as declared or as is usual; where neither has any in a row's domain, any number of it."""
    column, provider = drawing.column, drawing.provider
    shape = drawing.profile
    if shape is None and column.type.kind in (*NUMERIC, *MOMENTS):
        shape = usual_profile(column, domain, drawing.now, provider)
    if shape is None:
        return scalar_column(column, domain, words, drawing.now, provider, (low, high))
    shape = on_lattice(shape, lattice(column, domain))
    least, most = ends(column, domain)
    first = np.atleast_1d(np.maximum(least, shape.edges[0] if low is None else low))
    last = np.atleast_1d(np.minimum(most, shape.edges[-1] - 1 if high is None else high))
    if low is not None and drawing.profile is None and drawing.soon and is_soon(column, provider):
        numbers, able = _soon(shape, words, first, last)
    else:
        numbers, able = drawn(shape, words, first, last)
    if domain.excluded:
        able = able & ~np.isin(numbers, [int(encode(value) / unit(column)) for value in domain.excluded])
    if able.all():
        return from_numbers(numbers, column)
    odd = np.flatnonzero(~able)
    narrowed = (None if low is None else low[odd], None if high is None else high[odd])
    others = scalar_column(column, domain, words[odd], drawing.now, provider, narrowed)
    some = numbers[able][0] if able.any() else 0  # a number that the column holds, to be replaced
    return replaced(from_numbers(np.where(able, numbers, some), column), odd, others)


def _soon(shape: Profile, words: Words, low: Numbers, high: Numbers) -> tuple[Numbers, Mask]:
    """Numbers near to the low ends, where a row has one of its own; the others as they usually lie."""
    able: Mask = (low > shape.edges[0]) & (low <= high)
    numbers = soon_after(words, low, np.maximum(high, low), shape.step)
    rest = np.flatnonzero(~able)
    if len(rest):
        ends_of_rest = (one[rest] if len(one) > 1 else one for one in (low, high))
        able = able.copy()
        numbers[rest], able[rest] = drawn(shape, words[rest], *ends_of_rest)
    return numbers, able


def dressed(texts: pa.Array, domain: Domain, provider: str) -> tuple[pa.Array, Numbers]:
    """The texts in the form that the domain admits (folded, trimmed, cut), and the places of those that have none."""
    unfit = np.flatnonzero(~admitted(texts, domain))
    if not len(unfit):
        return texts, unfit
    coded = texts.take(pa.array(unfit)).dictionary_encode()
    different = [_fitting(provider, text, domain) for text in coded.dictionary.to_pylist()]
    forms = pa.array(different, pa.string()).take(coded.indices)
    misfits = unfit[forms.is_null().to_numpy(zero_copy_only=False)]
    return replaced(texts, unfit, pc.fill_null(forms, "")), misfits


def replaced(cells: pa.Array, places: Numbers, others: pa.Array) -> pa.Array:
    """The cells with those at `places` exchanged."""
    indices = np.arange(len(cells))
    indices[places] = len(cells) + np.arange(len(places))
    return pa.concat_arrays([cells, others]).take(pa.array(indices))


def _fitting(provider: str, text: str, domain: Domain) -> str | None:
    return next((fit for form in spellings(provider, text) if (fit := fitted(form, domain)) is not None), None)
