"""Text within a Domain, place by place: what may stand at each of a good text, so that numbers are spelled in it."""

import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
import pyarrow as pa

from llmgen.predicates.ranges import Domain
from llmgen.values.characters import written
from llmgen.values.keys import CODE
from llmgen.values.scalars import Draw
from llmgen.values.shapes import fitted, text_within
from llmgen.values.streams import Words, key, permute

_CODE_SIZE = 6
_WIDEST = 1 << 60
_AMPLE = 1 << 30
_LISTED = 4096
_SPARE = 16
_SAMPLES = 40
_TRIED = 8
_ALL = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Shape:
    """One text that fits, and for some of its places the characters that may stand there, no two alike when folded.

    `listed` are all texts of a shape of few. `spare` places at the end of the numbering are left for a second choice,
    where a text that should fit does not.
    """

    text: str
    places: tuple[int, ...]
    alphabets: tuple[str, ...]
    room: int
    spare: int = 1
    listed: tuple[str, ...] | None = None


@lru_cache(maxsize=512)
def shape_of(domain: Domain) -> Shape:
    """The first good text's shape that has room for any table, else the one with the most room. ValueError if none."""
    found: list[Shape] = []
    for text in _good_texts(domain):
        for alphabet in (CODE, _ALL):
            shape = _opened(text, domain, alphabet)
            if shape.room >= _AMPLE:
                return shape
            found.append(shape)
    if not found:
        raise ValueError("no text was found that has all the shapes demanded")
    return max(found, key=lambda shape: shape.room)


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
    return ([] if code is None else [code]) + samples[:: max(1, len(samples) // _TRIED)]


def _opened(text: str, domain: Domain, candidates: str) -> Shape:
    """The text with every place open that may hold another character, from the left, until there is ample room."""
    places, alphabets, size = [], [], 1
    for place, own in enumerate(text):
        cased = candidates.upper() if own.isupper() else candidates.lower()
        around = (text[:place], text[place + 1 :])
        able = [char for char in dict.fromkeys(cased + candidates + own) if domain.admits(char.join(around))]
        alphabet = "".join({folded(char): char for char in reversed(able)}.values())[::-1]
        if len(alphabet) > 1 and size * len(alphabet) <= _WIDEST:
            places.append(place)
            alphabets.append(alphabet)
            size *= len(alphabet)
    if size <= _LISTED:
        listed = _listed(text, domain, places, alphabets)
        return Shape(text, tuple(places), tuple(alphabets), len(listed), listed=listed)
    spare = _SPARE if domain.limits_text else 1
    return Shape(text, tuple(places), tuple(alphabets), size // spare, spare)


def _listed(text: str, domain: Domain, places: list[int], alphabets: list[str]) -> tuple[str, ...]:
    found = []
    for chosen in product(*alphabets):
        letters = list(text)
        for place, letter in zip(places, chosen, strict=True):
            letters[place] = letter
        if domain.admits(made := "".join(letters)):
            found.append(made)
    return tuple(found)


def folded(text: str) -> str:
    """What is left of a text where case, accents and trailing blanks do not count."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).rstrip(" ")


def shaped(shape: Shape, domain: Domain, serials: Words, stream: np.uint64) -> pa.Array:
    """The shape's text for each serial below its room, distinct for distinct ones. ValueError where none of it fits."""
    places = permute(serials, shape.room, stream) if len(serials) else serials
    if shape.listed is not None:
        return pa.array(shape.listed, pa.string()).take(pa.array(places))
    if shape.spare == 1:
        return _spelled(shape, places)
    spare = np.uint64(shape.spare)
    found = _spelled(shape, places * spare + serials % spare)
    for turn in range(1, shape.spare + 1):
        bad = [row for row, text in enumerate(found.to_pylist()) if not domain.admits(text)]
        if not bad:
            return found
        if turn < shape.spare:
            again = _spelled(shape, places[bad] * spare + (serials[bad] + np.uint64(turn)) % spare)
            texts = np.array(found.to_pylist(), dtype=object)
            texts[bad] = again.to_pylist()
            found = pa.array(texts, pa.string())
    raise ValueError(f"no text was found for row {bad[0]} that has all the shapes demanded")


def _spelled(shape: Shape, numbers: Words) -> pa.Array:
    codes = np.tile(np.array([ord(letter) for letter in shape.text], np.uint32), (len(numbers), 1))
    rest = numbers
    for place, alphabet in zip(reversed(shape.places), reversed(shape.alphabets), strict=True):
        rest, digit = np.divmod(rest, np.uint64(len(alphabet)))
        codes[:, place] = np.array([ord(letter) for letter in alphabet], np.uint32)[digit]
    return written(codes)
