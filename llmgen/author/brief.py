"""Briefs: what each case is asked to be, dealt from the seed so that cases differ as real customers do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from llmgen.author.shape import Shape
from llmgen.errors import InputError
from llmgen.values.edges import EDGE_CLASSES, edge_choices
from llmgen.values.pools import pool
from llmgen.values.streams import below, key, mix

BATCH = 10
"""Batch k is always the briefs 10k to 10k+9, however many cases are asked for: so few replay from many's recordings."""

LOCALES = {
    "en_US": 5, "en_GB": 2, "de_DE": 2, "fr_FR": 2, "es_ES": 2, "it_IT": 1, "pt_BR": 2, "nl_NL": 1, "pl_PL": 1,
    "ja_JP": 2, "ko_KR": 1, "zh_CN": 1,
}  # fmt: skip
"""Locale to its number of cards in the deck that cases are dealt from, hands of one deck after another."""

SIZES = ("smallest possible", "small", "typical", "typical", "large", "very large")
MANNERS = (
    "long-standing and calm",
    "new and curious",
    "busy",
    "frugal",
    "demanding",
    "untidy",
    "careful",
    "growing fast",
)


@dataclass(frozen=True)
class Brief:
    """One case's brief: `edge` is (table, column, edge class) or None, `hour` and `minute` that of its main moment."""

    index: int
    locale: str
    size: str
    manner: str
    hour: int
    minute: int
    edge: tuple[str, str, str] | None = None

    def words(self) -> str:
        """The brief as the prompt states it."""
        text = (
            f"{self.index}: locale {self.locale}; manner: {self.manner}; amounts and counts: {self.size}; "
            f"its main moment about {self.hour:02}:{self.minute:02} UTC where the words leave the time of day open"
        )
        if self.edge:
            table, column, name = self.edge
            text += f"; edge: {table}.{column} {EDGE_CLASSES[name].words}, if no rule forbids it"
        return text


def deal(
    seed: str, digest: str, batch: int, shape: Shape, *, locales: Mapping[str, int] | None = None, edges: float = 0.1
) -> list[Brief]:
    """The briefs of one batch: a pure function of the seed, the scenario's digest and the batch's number.

    Raises InputError for locales that no names are shipped for.
    """
    weights = locales or LOCALES
    for name in locales or ():
        pool(name)
    if max(weights.values()) < 1:
        raise InputError("no locale has a weight of 1 or more", "give one under [locales] in llmgen.toml")
    choices = _edge_choices(shape)
    return [_brief(seed, digest, index, weights, edges, choices) for index in range(batch * BATCH, (batch + 1) * BATCH)]


def _brief(
    seed: str,
    digest: str,
    index: int,
    locales: Mapping[str, int],
    edges: float,
    choices: Sequence[tuple[str, str, str]],
) -> Brief:
    def draw(purpose: str, n: int) -> int:
        return int(below(mix(key(seed, digest, "brief", purpose), _row(index)), n)[0])

    minute = draw("minute", 24 * 60)
    edge = choices[draw("edge", len(choices))] if choices and draw("edge share", 10_000) < edges * 10_000 else None
    return Brief(
        index=index,
        locale=_locale(seed, digest, index, locales),
        size=SIZES[draw("size", len(SIZES))],
        manner=MANNERS[draw("manner", len(MANNERS))],
        hour=minute // 60,
        minute=minute % 60,
        edge=edge,
    )


def _row(index: int) -> NDArray[np.uint64]:
    return np.array([index], dtype=np.uint64)


def _locale(seed: str, digest: str, index: int, locales: Mapping[str, int]) -> str:
    """Card `index` of decks shuffled by the seed: every deck holds each locale as often as its weight says."""
    deck = [name for name, weight in sorted(locales.items()) for _ in range(weight)]
    hand, place = divmod(index, len(deck))
    stream = key(seed, digest, "locale", hand)
    order = sorted(range(len(deck)), key=lambda card: int(mix(stream, _row(card))[0]))
    return deck[order[place]]


def _edge_choices(shape: Shape) -> list[tuple[str, str, str]]:
    """Every (table, column, class) of an authored column; calendar classes only where dates do not move."""
    return [
        (part.table.name, column, name)
        for part in shape.visible
        for column in part.authored
        for name in edge_choices(part.table, part.table.column(column), (part.table.name, column) in shape.absolute)
    ]
