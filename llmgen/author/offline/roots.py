"""Which table words are about: the root of their scenario, and what each table could explain of a stretch of them."""

from collections.abc import Collection, Sequence

from llmgen.author.offline.lexicon import FIRST_WORD, Lexicon, Meaning
from llmgen.author.offline.said import Stretch
from llmgen.author.offline.tokens import is_verb
from llmgen.naming import words as name_words

TAKEN_OFF = frozenset({"credit", "credited", "refund", "refunded", "negative"})
AMOUNTS = frozenset({"charge", "charged", "amount", "fee"})
TIMES = frozenset({"once", "twice", "thrice"})
_SURE = 4.0
"""What the whole name of a table weighs at least."""


def roots(stretches: Sequence[Stretch], lexicon: Lexicon) -> tuple[str, str]:
    """The root table and the table that the first words are about; ("", "") if no table was meant.

    They differ where several rows of one table are a case ("two lines of one invoice", "payment failed twice"): then
    the root is what they belong to. A table whose rows are given is no root: the first one that refers to it is.
    """
    lead = _first(stretches, lexicon, lexicon.given)
    if lead in lexicon.given:
        lead = next((table.name for table, _ in lexicon.schema.referring(lead)), lead)
    if lead and _several(stretches[0], lexicon, lead):
        table = lexicon.schema.table(lead)
        for key in table.foreign_keys:
            required = not any(table.column(name).nullable for name in key.columns)
            if required and key.table not in (*lexicon.given, lead):
                return key.table, lead
    return lead, lead


def _several(stretch: Stretch, lexicon: Lexicon, lead: str) -> bool:
    """Whether the first words count rows of the table that they are about: "two reviews", "payment failed twice"."""
    places = sorted(stretch.left)
    nouns = [
        place
        for place in places
        if any(one.kind == "table" and one.table == lead for one in lexicon.at(stretch.words, place))
    ]
    if not nouns:
        return False
    inside = {
        at for place in places for one in lexicon.at(stretch.words, place) for at in range(place + 1, place + one.size)
    }
    counts = [place for place in places if (stretch.words[place].number or 0) > 1 and place not in inside]
    return any(place < nouns[0] or stretch.words[place].text in TIMES for place in counts)


def _first(stretches: Sequence[Stretch], lexicon: Lexicon, given: Collection[str]) -> str:
    if len(stretches) > 1 and stretches[1].connector == "of" and any(t.number for t in stretches[0].words):
        owners = scores(stretches[1], lexicon, nouns_only=True)
        if owners:
            return max(owners, key=lambda table: owners[table])
    for stretch in stretches:
        found = scores(stretch, lexicon)
        nouns = {
            name
            for name, much in scores(stretch, lexicon, nouns_only=True).items()
            if name not in given and much >= _SURE
        }
        found = {name: much for name, much in found.items() if name not in given or not nouns}
        if found:
            return max(found, key=lambda table: found[table])
    return ""


def scores(stretch: Stretch, lexicon: Lexicon, nouns_only: bool = False) -> dict[str, float]:
    """How much of the stretch's words each table could explain."""
    found: dict[str, float] = {}
    for place in sorted(stretch.left):
        best: dict[str, float] = {}
        for meaning in lexicon.at(stretch.words, place):
            if nouns_only and meaning.kind != "table":
                continue
            best[meaning.table] = max(best.get(meaning.table, 0.0), weight(stretch, place, meaning))
        for table, much in best.items():
            found[table] = found.get(table, 0.0) + much
    return found


def weight(stretch: Stretch, place: int, meaning: Meaning) -> float:
    """How surely the word means that, as it stands there: a verb is rarely a table or a number's name."""
    text = stretch.words[place].text
    verb = is_verb(text) and meaning.size == 1
    if meaning.kind == "table" and verb:
        return 0.0 if meaning.weight == FIRST_WORD else meaning.weight * 0.5
    following = stretch.words[place + 1].text if place + 1 < len(stretch.words) else ""
    amount = following in TAKEN_OFF | AMOUNTS or text in name_words(meaning.column).split()
    return 0.0 if meaning.kind == "number" and verb and not amount else meaning.weight
