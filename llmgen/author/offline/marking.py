"""Words cut into stretches, with their phrases of time, comparisons and negations told apart from what is left."""

from collections.abc import Iterator, Sequence

from llmgen.author.offline.lexicon import Lexicon
from llmgen.author.offline.said import Stretch
from llmgen.author.offline.times import relation_at, time_at
from llmgen.author.offline.tokens import FILLERS, NOBODY, Token, is_verb

_CONNECTORS = frozenset({"with", "without", "whose", "who", "that", "which", "having", "and", "but", "of", "for"})
_NEGATORS = frozenset({"no", "not", "never", "without", "zero", "neither", "nor"})
_NOBODY = frozenset({NOBODY, "none"})
_COMPARATORS: tuple[tuple[str, str], ...] = (
    ("at least", ">="), ("no fewer than", ">="), ("no less than", ">="), ("more than", ">"), ("greater than", ">"),
    ("older than", ">"), ("over", ">"), ("above", ">"), ("exceeding", ">"), ("at most", "<="), ("up to", "<="),
    ("no more than", "<="), ("less than", "<"), ("fewer than", "<"), ("younger than", "<"), ("under", "<"),
    ("below", "<"), ("exactly", "="), ("only", "="), (">=", ">="), ("<=", "<="), (">", ">"), ("<", "<"),
)  # fmt: skip
_LIMITS = frozenset({"limit", "quota", "cap", "maximum", "capacity"})


def stretches(words: Sequence[Token], lexicon: Lexicon) -> list[Stretch]:
    """The words between connectors, marked."""
    return [_marked(stretch, lexicon) for stretch in _cut(words)]


def _cut(words: Sequence[Token]) -> Iterator[Stretch]:
    current = Stretch("", [])
    inside = 0
    for place, token in enumerate(words):
        if place < inside:
            current.words.append(token)
        elif found := relation_at(words, place):
            inside = place + found.size  # "within an hour of being placed": no connector
            current.words.append(token)
        elif _connects(words, place) and not (token.text == "of" and not current.words):
            if current.words or current.connector == "":
                yield current
            # "with no", "and without": the stronger word counts
            current = Stretch(token.text, [])
        else:
            current.words.append(token)
    yield current


def _connects(words: Sequence[Token], place: int) -> bool:
    """Whether a word begins another stretch; "for more than 30 days" is a phrase of time."""
    return words[place].text in _CONNECTORS and time_at(words, place) is None


def _marked(stretch: Stretch, lexicon: Lexicon) -> Stretch:
    """The stretch with its phrases of time, comparisons and negations taken out of the words that are left."""
    words = stretch.words
    stretch.left = set(range(len(words)))
    place, negated = 0, stretch.connector == "without"
    while place < len(words):
        if size := _label_at(lexicon, words, place):
            place += size  # "no show", "on hold": the label's own words
            continue
        if size := _timed(stretch, place) or _compared(stretch, place):
            stretch.left -= set(range(place, place + size))
            place += size
            continue
        text = words[place].text
        if text in _NEGATORS:
            negated = True
            stretch.left.discard(place)
        elif text in _NOBODY:
            stretch.left.discard(place)
            verbs = (at for at in stretch.left if at < place and is_verb(words[at].text))
            stretch.negated.add(max(verbs, default=place))
        elif text in FILLERS:
            stretch.left.discard(place)
        elif negated:
            stretch.negated.add(place)
            negated = False
        place += 1
    return stretch


def _label_at(lexicon: Lexicon, words: Sequence[Token], place: int) -> int:
    """How many words the label takes that begins with a word which means something else by itself; 0 without one."""
    if words[place].text not in FILLERS | _NEGATORS:
        return 0
    return max((one.size for one in lexicon.at(words, place) if one.kind == "label" and one.size > 1), default=0)


def _timed(stretch: Stretch, place: int) -> int:
    """How many words a phrase of time takes; it is remembered."""
    words = stretch.words
    if stretch.relation is None and (relation := relation_at(words, place)):
        stretch.relation = place, relation
        return relation.size
    limited = any(token.text in _LIMITS for token in words[place:])
    if (span := time_at(words, place)) and not (span.vague and limited):
        stretch.spans.append((place, span))
        return span.size
    return 0


def _compared(stretch: Stretch, place: int) -> int:
    words = stretch.words
    for phrase, op in _COMPARATORS:
        size = len(phrase.split())
        if " ".join(token.text for token in words[place : place + size]) == phrase:
            if place + size < len(words) and words[place + size].number is not None:
                stretch.compared[place + size] = op
                return size
            return 0
    return 0
