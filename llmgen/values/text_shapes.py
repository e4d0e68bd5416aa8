"""Text within a Domain, place by place: what may stand at each of a good text, so that numbers are spelled in it."""

import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
import pyarrow as pa

from llmgen.errors import InputError
from llmgen.predicates.ranges import Domain
from llmgen.values.characters import written
from llmgen.values.keys import CODE
from llmgen.values.scalars import Draw
from llmgen.values.shapes import fitted, text_within
from llmgen.values.streams import Words, key, permute

_CODE_SIZE = 6
_WIDEST = 1 << 60
_AMPLE = 1 << 30
_FEW, _LISTED = 4_096, 50_000
_SPARE, _MOST_SPARE = 16, 4096
_SAMPLES = 40
_TRIED = 8
_ALL = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Shape:
    """One text that fits, and for some of its places the characters that may stand there, no two alike when folded.

    `spare` texts belong to each serial: characters that fit each by itself need not fit together, and then another of
    them is taken. `listed` are all the texts where they are few.
    """

    text: str
    places: tuple[int, ...]
    alphabets: tuple[str, ...]
    room: int
    spare: int = 1
    listed: tuple[str, ...] | None = None


_NOTHING = Shape("", (), (), 0, listed=())


@lru_cache(maxsize=512)
def shape_of(domain: Domain) -> Shape:
    """The first good text's shape that has room for any table, else the one with the most, or all of those with few."""
    found: dict[tuple[str, ...], Shape] = {}
    for text in _good_texts(domain):
        for alphabet in (CODE, _ALL):
            shape = _opened(text, domain, alphabet)
            if shape.room >= _AMPLE:
                return shape
            fixed = "".join("\0" if place in shape.places else letter for place, letter in enumerate(text))
            found.setdefault((fixed, *shape.alphabets), shape)
    best = max(found.values(), key=lambda shape: shape.room, default=_NOTHING)
    if best.room * best.spare > (_FEW if best.spare == 1 else _LISTED):
        return best
    few = {folded(text[: domain.head]): text for shape in reversed(found.values()) for text in _listed(shape, domain)}
    return Shape(best.text, (), (), len(few), listed=tuple(few.values()))


def _good_texts(domain: Domain) -> list[str]:
    """Texts to start from: a code, then what the patterns write, the shortest first."""
    most = domain.max_length
    size = max(domain.min_length, _CODE_SIZE if most is None else min(_CODE_SIZE, most))
    code = fitted(CODE[-size:].rjust(size, "0"), domain)
    drawn: dict[str, None] = {}
    if any(not pattern.negated for pattern in domain.patterns) or code is None:
        for sample in range(_SAMPLES):
            with suppress(ValueError):
                drawn[text_within(domain, Draw(int(key("shape", sample))).below)] = None
    samples = sorted(drawn, key=lambda text: (len(text), text))
    apart = {len(text): text for text in reversed(samples)}.values()
    chosen = dict.fromkeys((*apart, *samples[:: max(1, len(samples) // _TRIED)], *samples))
    return ([] if code is None else [code]) + list(chosen)


def _opened(text: str, domain: Domain, candidates: str) -> Shape:
    """The text with every place open that may hold another character, from the left, until there is ample room."""
    places, alphabets, size = [], [], 1
    for place, own in enumerate(text[: domain.head]):
        cased = candidates.upper() if own.isupper() else candidates.lower()
        around = (text[:place], text[place + 1 :])
        able = [char for char in dict.fromkeys(cased + candidates + own) if domain.admits(char.join(around))]
        alphabet = "".join({folded(char): char for char in reversed(able)}.values())[::-1]
        if len(alphabet) > 1 and size * len(alphabet) <= _WIDEST:
            places.append(place)
            alphabets.append(alphabet)
            size *= len(alphabet)
    spare = 1 if _independent(text, domain) else min(max(size // _AMPLE, _SPARE), _MOST_SPARE)
    return Shape(text, tuple(places), tuple(alphabets), max(1, size // spare), spare)


def _independent(text: str, domain: Domain) -> bool:
    """Whether what may stand at one place of the text does not depend on what stands at the others."""
    widths = [(1 if pattern.negated else len(text), pattern.width) for pattern in domain.patterns]
    return not domain.excluded and all(wanted == width for wanted, width in widths)


def _listed(shape: Shape, domain: Domain) -> Iterator[str]:
    for chosen in product(*shape.alphabets):
        letters = list(shape.text)
        for place, letter in zip(shape.places, chosen, strict=True):
            letters[place] = letter
        if domain.admits(made := "".join(letters)):
            yield made


def folded(text: str) -> str:
    """What is left of a text where case, accents and trailing blanks do not count."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).rstrip(" ")


def shaped(shape: Shape, domain: Domain, serials: Words, stream: np.uint64) -> pa.Array:
    """The shape's text for each serial below its room, distinct for distinct ones."""
    if shape.listed is not None:
        places = permute(serials, max(1, len(shape.listed)), stream) if len(serials) else serials
        return pa.array(shape.listed, pa.string()).take(pa.array(places))
    size, spare = shape.room * shape.spare, np.uint64(shape.spare)
    found = _spelled(shape, permute(serials * spare, size, stream))
    if shape.spare == 1:
        return found
    texts = found.to_pylist()
    bad = [row for row, text in enumerate(texts) if not domain.admits(text)]
    for turn in range(1, shape.spare):
        if not bad:
            break
        again = _spelled(shape, permute(serials[bad] * spare + np.uint64(turn), size, stream)).to_pylist()
        for row, text in zip(bad, again, strict=True):
            texts[row] = text
        bad = [row for row, text in zip(bad, again, strict=True) if not domain.admits(text)]
    if bad:
        raise InputError(
            f"of {shape.spare:,} texts like {shape.text!r} none has all the shapes demanded",
            "write the CHECK as one pattern, or give the column a provider in [routes]",
        )
    return pa.array(texts, pa.string())


def _spelled(shape: Shape, numbers: Words) -> pa.Array:
    codes = np.tile(np.array([ord(letter) for letter in shape.text], np.uint32), (len(numbers), 1))
    rest = numbers
    for place, alphabet in zip(reversed(shape.places), reversed(shape.alphabets), strict=True):
        rest, digit = np.divmod(rest, np.uint64(len(alphabet)))
        codes[:, place] = np.array([ord(letter) for letter in alphabet], np.uint32)[digit]
    return written(codes)
