"""Numbers by seed: a pure function of key and row, so that any split of the rows equals the whole."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from llmgen.errors import InputError

VALUES_VERSION = 1
"""Raised whenever a value written from the same seed changes; recorded in manifests."""

Words = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
"""Which rows something is true of."""
T = TypeVar("T")

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)
_ROUNDS = 6
_MOST_PLACES = 1 << 62
_POWERS = np.array([1 << power for power in range(63)], dtype=np.uint64)


def key(*parts: str | int) -> np.uint64:
    """A stream's key from its parts. `"1"` and `1` differ, and so do ("ab", "c") and ("a", "bc")."""
    digest = hashlib.blake2b(digest_size=8)
    for part in parts:
        body = (b"i" if isinstance(part, int) else b"s") + str(part).encode("utf-8", "surrogatepass")
        digest.update(len(body).to_bytes(8, "little") + body)
    return np.uint64(int.from_bytes(digest.digest(), "little"))


def mix(key: np.uint64 | Words, rows: Words) -> Words:
    """One uniform 64-bit number per row (splitmix64 at position `row` of the stream `key`, or of each row's own)."""
    state = np.atleast_1d(np.asarray(rows, dtype=np.uint64)) * _GOLDEN
    state = state + key
    state += _GOLDEN
    return _finish(state)


def below(u: Words, n: int | Numbers) -> Numbers:
    """Each number scaled to [0, n) by the high half of a 64 x 64 bit product; `n` is 1 to 2**63 - 1, or one each."""
    least, most = (n, n) if isinstance(n, int) else (int(n.min(initial=1)), int(n.max(initial=1)))
    if not 1 <= least <= most < 1 << 63:
        raise InputError(f"cannot draw from {least} possibilities", "there must be at least one, and fewer than 2**63")
    sizes = np.asarray(n, dtype=np.uint64)
    high, low = u >> _HALF, u & _LOW
    if most < 1 << 32:
        low *= sizes
        low >>= _HALF
        high *= sizes
        high += low
        high >>= _HALF
        return high.view(np.int64)
    n_high, n_low = sizes >> _HALF, sizes & _LOW
    middle = high * n_low + ((low * n_low) >> _HALF)
    carry = low * n_high + (middle & _LOW)
    scaled: Numbers = (high * n_high + (middle >> _HALF) + (carry >> _HALF)).astype(np.int64)
    return scaled


def pick(u: Words, items: Sequence[T]) -> list[T]:
    """One item per number, each as likely as any other."""
    return [items[position] for position in below(u, len(items)).tolist()]


def weighted(u: Words, weights: Sequence[int]) -> Numbers:
    """A position in `weights` per number, as likely as its weight; whole numbers only, so every machine agrees."""
    cumulative = np.cumsum(np.asarray(weights, dtype=np.int64))
    return np.searchsorted(cumulative, below(u, int(cumulative[-1])), side="right").astype(np.int64)


def permute(index: Words, n: int | Words, key: np.uint64) -> Words:
    """Distinct places in [0, n) for distinct indexes below n: a Feistel network, walked until inside.

    Every index must be below `n`, or below its own where `n` holds one for each; `n` is at most 2**62.
    """
    current = np.atleast_1d(np.asarray(index, dtype=np.uint64)).copy()
    limits = np.atleast_1d(np.asarray(min(n, _MOST_PLACES + 1) if isinstance(n, int) else n, dtype=np.uint64))
    wrong = (current >= limits) | (limits > np.uint64(_MOST_PLACES))
    if wrong.any():
        found = f"index {int(current[wrong].max())} has no place among {n if isinstance(n, int) else 'its own'}"
        raise InputError(found, "ask for fewer rows, or widen the column")
    if not current.size:
        return current
    lengths = np.searchsorted(_POWERS, limits - np.uint64(1), side="right")
    bits: Words = np.maximum((lengths + 1) // 2, 1).astype(np.uint64)
    shared = bits[0] if bits.size == 1 else None
    current = _feistel(current, bits if shared is None else shared, key)
    while (outside := np.flatnonzero(current >= limits)).size:
        current[outside] = _feistel(current[outside], bits[outside] if shared is None else shared, key)
    return current


def _feistel(values: Words, bits: Words | np.uint64, key: np.uint64) -> Words:
    mask = (np.uint64(1) << bits) - np.uint64(1)
    left, right = values >> bits, values & mask
    for turn in range(_ROUNDS):
        salt = np.uint64((int(key) + turn * int(_SECOND)) & 0xFFFFFFFFFFFFFFFF)
        mixed = mix(salt, right)
        mixed &= mask
        mixed ^= left
        left, right = right, mixed
    return (left << bits) | right


def _finish(state: Words) -> Words:
    """In place: memory for many numbers costs more than the arithmetic."""
    state ^= state >> np.uint64(30)
    state *= _FIRST
    state ^= state >> np.uint64(27)
    state *= _SECOND
    state ^= state >> np.uint64(31)
    return state
