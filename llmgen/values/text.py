"""Short realistic text by seed for columns that nobody authored: titles, sentences, codes, tokens, web addresses."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from llmgen.errors import InputError
from llmgen.values.codes import CODES
from llmgen.values.draws import CROCKFORD, Draws
from llmgen.values.parts import Chosen, Items, Text, cells, column, digits, number_parts, shortened, shuffled
from llmgen.values.streams import Numbers, Words
from llmgen.values.vocabulary import (
    AGENTS,
    DEEDS,
    DOERS,
    ENDINGS,
    ENDS,
    FILES,
    LAST4,
    MEASURES,
    OBJECTS,
    QUALITIES,
    THINGS,
    WORDS,
)

_NO_LIMIT = 10_000


def _pairs(first: Sequence[str], second: Sequence[str], form: str = "{} {}") -> Items:
    """Every text of one with every text of the other; the place is `first * len(second) + second`."""
    return Items(
        len(first) * len(second),
        lambda place: form.format(first[place // len(second)], second[place % len(second)]),
    )


_TITLES = _pairs(QUALITIES, THINGS)
_SLUGS = Items(_TITLES.count, lambda place: _TITLES.text(place).lower().replace(" ", "-"))
_SUBJECTS, _LATER_SUBJECTS = _pairs(DOERS, DEEDS), _pairs(DOERS, DEEDS, " {} {}")
_PREDICATES = _pairs(OBJECTS, ENDS, " {} {}.")
_AGENT_ITEMS = Items(len(AGENTS) * 200, lambda place: AGENTS[place // 200].format(120 + place // 10 % 20, place % 10))


def text_cells(
    provider: str,
    stream: np.uint64,
    rows: Words,
    noun: str = "",
    limit: int | None = None,
    serials: Words | None = None,
) -> list[str]:
    """One provider's cells (see WRITERS), one a row; `stream` is the column's (`key(seed, table, column)`).

    `noun` is what a row of the table is (`customer`); prefixes and paths are made of it. With `serials` (dense, from 0)
    cells are distinct for distinct serials as long as the limit has room for the serial; without, cells may repeat.
    """
    draws = _draws(provider, stream, rows, noun, limit, serials)
    found = cells(_text(provider, draws), len(rows))
    if limit is None or not _is_shortened(provider, draws):
        return found
    long = [place for place, value in enumerate(found) if len(value) > limit]
    short = _shorten(provider, draws, np.array(long, dtype=np.int64), [found[place] for place in long])
    for place, value in zip(long, short, strict=True):
        found[place] = value
    return found


def text_column(
    provider: str,
    stream: np.uint64,
    rows: Words,
    noun: str = "",
    limit: int | None = None,
    serials: Words | None = None,
) -> Any:
    """The same cells as a StringArray."""
    draws = _draws(provider, stream, rows, noun, limit, serials)
    found = column(_text(provider, draws), len(rows))
    return shortened(
        found,
        limit if _is_shortened(provider, draws) else None,
        lambda rows, long: _shorten(provider, draws, rows, long.to_pylist()),
    )


def _draws(provider: str, stream: np.uint64, rows: Words, noun: str, limit: int | None, serials: Words | None) -> Draws:
    if provider not in WRITERS:
        raise InputError(f"nobody writes {provider!r}", f"choose among {', '.join(WRITERS)}")
    marks = None if serials is None else shuffled(stream, serials, len(CROCKFORD), "mark")
    return Draws(stream, rows, noun or "item", marks, _NO_LIMIT if limit is None else limit)


def _text(provider: str, draws: Draws) -> Text:
    """The provider's text, with the row's mark behind it where it writes none itself."""
    text = WRITERS[provider](draws)
    if draws.marks is None or provider in CODES:
        return text
    joint = _joint(provider)
    mark = number_parts(draws.marks, CROCKFORD if joint == " " else CROCKFORD.lower(), 2)
    if provider == "file_name":
        return [*text[:-1], joint, *mark, text[-1]]
    return [*text, joint, *mark] if provider != "empty" else mark


def _joint(provider: str) -> str:
    return " " if provider in _WORDED else "-"


def _is_shortened(provider: str, draws: Draws) -> bool:
    return draws.marks is None or provider not in CODES or provider == "version"


def _shorten(provider: str, draws: Draws, rows: Numbers, texts: Sequence[str]) -> list[str]:
    """Texts of some rows that are too long, shortened; a mark stays whole as far as the limit has room for it."""
    if draws.marks is None:
        return [_cut(text, draws.limit) for text in texts]
    if provider == "version":
        return [text[: draws.limit] for text in texts]
    marks = draws.marks[rows].tolist()
    return [_cut_before_mark(text, mark, provider, draws.limit) for text, mark in zip(texts, marks, strict=True)]


def _cut_before_mark(text: str, mark: int, provider: str, limit: int) -> str:
    joint, sign = _joint(provider), digits(mark, CROCKFORD, 2)
    ending = text[text.rindex(".") :] if provider == "file_name" else ""
    tail = f"{joint}{sign if joint == ' ' else sign.lower()}{ending}"
    stem = text[: max(0, len(text) - len(tail))]
    return (stem[: max(0, limit - len(tail))].rstrip(" -") + tail).lstrip(" -")[-limit:]


def _cut(text: str, limit: int) -> str:
    """Whole words as far as they fit, then letters."""
    head = text[: limit + 1].rpartition(" ")[0] or text[:limit]
    return head.rstrip(" ,;.-")


def _title_places(draws: Draws) -> Numbers:
    return draws.draw("quality", len(QUALITIES)) * len(THINGS) + draws.draw("thing", len(THINGS))


def _slug(draws: Draws) -> Chosen:
    return Chosen(_SLUGS, _title_places(draws))


def _sentence(draws: Draws, number: int = 0) -> tuple[Chosen, Chosen]:
    doer, deed, thing, end = (
        draws.draw(f"part {number} {place}", len(texts)) for place, texts in enumerate((DOERS, DEEDS, OBJECTS, ENDS))
    )
    subjects = _LATER_SUBJECTS if number else _SUBJECTS
    return Chosen(subjects, doer * len(DEEDS) + deed), Chosen(_PREDICATES, thing * len(ENDS) + end)


def _paragraph(draws: Draws) -> Text:
    """Two to four sentences; those that do not fit are left out."""
    text = list(_sentence(draws))
    length, more = sum(part.lengths for part in text), draws.draw("sentences", 3)
    for number in range(1, 4):
        sentence = _sentence(draws, number)
        longer = length + sum(part.lengths for part in sentence)
        kept = (longer <= draws.limit) & (number <= more + 1)
        text.extend(part.only(kept) for part in sentence)
        length = np.where(kept, longer, length)
    return text


def _user_agent(draws: Draws) -> Text:
    agent, browser = draws.draw("agent", len(AGENTS)), draws.draw("browser", 20)
    return [Chosen(_AGENT_ITEMS, agent * 200 + browser * 10 + draws.draw("tool", 10))]


def _mime(draws: Draws) -> Text:
    return [draws.choose("mime", [item for item in FILES if len(item) <= draws.limit] or FILES)]


WRITERS: Mapping[str, Callable[[Draws], Text]] = {
    "title": lambda draws: [Chosen(_TITLES, _title_places(draws))],
    "sentence": _sentence,
    "paragraph": _paragraph,
    "word": lambda draws: [draws.choose("word", WORDS)],
    "slug": lambda draws: [_slug(draws)],
    "path": lambda draws: [f"/{draws.noun}s/", _slug(draws)],
    "file_name": lambda draws: [_slug(draws), draws.choose("ending", ENDINGS)],
    "mime": _mime,
    "user_agent": _user_agent,
    "page_url": lambda draws: ["https://www.example.com/", _slug(draws)],
    "measure": lambda draws: [draws.choose("measure", MEASURES)],
    "card_brand": lambda draws: [draws.choose("card", sorted(LAST4))],
    "empty": lambda draws: [""],
    **CODES,
}
"""Provider -> the text of cells. The keys are all that text_cells writes."""

_WORDED = frozenset({"title", "sentence", "paragraph", "word", "measure", "card_brand", "user_agent"})
"""Those that a mark stands behind as a word."""
