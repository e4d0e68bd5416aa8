"""Which parent each row refers to where no unique decides it: skewed as real data is, and forests within one table."""

import numpy as np

from llmgen.values.streams import Numbers, Words, below, key, mix
from llmgen.volume.coordinates import NOBODY

_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_DEPTH = (4, 6, 5, 3, 1, 1)
"""How many rows of twenty lie at each depth of a forest."""
_TRIES = 6


def words(stream: np.uint64, rows: Words, attempts: Words) -> Words:
    """One number a row, another for each attempt; the first attempt is 0."""
    found = mix(stream, rows)
    if attempts.any():
        again = np.flatnonzero(attempts)
        found[again] = mix(stream, found[again] ^ attempts[again])
    return found


def skewed(numbers: Words, count: int, stream: np.uint64) -> Numbers:
    """A parent a row, some far more often than others: the product of two uniform numbers, turned by the stream."""
    drawn = below((numbers >> _HALF) * (numbers & _LOW), count)
    return (drawn + int(stream) % count) % count


def forest(stream: np.uint64, rows: Words, attempts: Words) -> Numbers:
    """A parent with a smaller row number for each row, or -1 (about a fifth, and row 0); at most five levels down."""
    depth = _depth(stream, rows)
    found = np.where(depth > 0, 0, NOBODY).astype(np.int64)
    below_root = np.flatnonzero(depth > 0)
    for turn in range(_TRIES):
        if not below_root.size:
            break
        numbers = words(key(int(stream), "try", turn), rows[below_root], attempts[below_root])
        parent = _scaled(numbers, rows[below_root])
        fits = _depth(stream, parent) == depth[below_root] - 1
        found[below_root[fits]] = parent[fits].astype(np.int64)
        below_root = below_root[~fits]
    return found


def _depth(stream: np.uint64, rows: Words) -> Numbers:
    """How deep the row lies; row 0, which is there for those that find no other parent, is a root."""
    table = np.repeat(np.arange(len(_DEPTH)), _DEPTH)
    depth = table[below(mix(key(int(stream), "depth"), rows), len(table))]
    return np.where(rows == 0, 0, depth).astype(np.int64)


def _scaled(numbers: Words, ends: Words) -> Words:
    """Each number scaled to [0, end) of its own row; ends are below 2**32."""
    return ((numbers >> _HALF) * ends) >> _HALF


def roots(stream: np.uint64, rows: Words) -> Numbers:
    """The root that each row of the forest of first attempts hangs from; a root is its own."""
    current = rows.astype(np.int64)
    for _ in _DEPTH:
        parent = forest(stream, current.astype(np.uint64), np.zeros(len(current), np.uint64))
        current = np.where(parent >= 0, parent, current)
    return current
