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
T = TypeVar("T")

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)
_ROUNDS = 6


def key(*parts: str | int) -> np.uint64:
    """A stream's key from its parts. `"1"` and `1` differ, and so do ("ab", "c") and ("a", "bc")."""
    digest = hashlib.blake2b(digest_size=8)
    for part in parts:
        body = (b"i" if isinstance(part, int) else b"s") + str(part).encode("utf-8", "surrogatepass")
        digest.update(len(body).to_bytes(8, "little") + body)
    return np.uint64(int.from_bytes(digest.digest(), "little"))


def mix(key: np.uint64, rows: Words) -> Words:
    """One uniform 64-bit number per row (splitmix64 at position `row` of the stream `key`)."""
    state = np.atleast_1d(np.asarray(rows, dtype=np.uint64)) * _GOLDEN
    state += key
    state += _GOLDEN
    return _finish(state)


def below(u: Words, n: int) -> Numbers:
    """Each number scaled to [0, n) by the high half of a 64 x 64 bit product; `n` is 1 to 2**63 - 1."""
    if not 1 <= n < 1 << 63:
        raise InputError(f"cannot draw from {n} possibilities", "there must be at least one, and fewer than 2**63")
    high, low = u >> _HALF, u & _LOW
    n_high, n_low = np.uint64(n >> 32), np.uint64(n & 0xFFFFFFFF)
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


def permute(index: Words, n: int, key: np.uint64) -> Words:
    """Distinct places in [0, n) for distinct indexes below n: a Feistel network, walked until inside.

    Every index must be below `n`; `n` is at most 2**62.
    """
    current = np.atleast_1d(np.asarray(index, dtype=np.uint64)).copy()
    if current.size and (n > 1 << 62 or int(current.max()) >= n):
        found = f"index {int(current.max())} has no place among {n}"
        raise InputError(found, "ask for fewer rows, or widen the column")
    bits = max(1, ((n - 1).bit_length() + 1) // 2)
    current = _feistel(current, bits, key)
    limit = np.uint64(n)
    while (outside := np.flatnonzero(current >= limit)).size:
        current[outside] = _feistel(current[outside], bits, key)
    return current


def _feistel(values: Words, bits: int, key: np.uint64) -> Words:
    width, mask = np.uint64(bits), np.uint64((1 << bits) - 1)
    left, right = values >> width, values & mask
    for turn in range(_ROUNDS):
        salt = np.uint64((int(key) + turn * int(_SECOND)) & 0xFFFFFFFFFFFFFFFF)
        left, right = right, left ^ (mix(salt, right) & mask)
    return (left << width) | right


def _finish(state: Words) -> Words:
    state = (state ^ (state >> np.uint64(30))) * _FIRST
    state = (state ^ (state >> np.uint64(27))) * _SECOND
    mixed: Words = state ^ (state >> np.uint64(31))
    return mixed
