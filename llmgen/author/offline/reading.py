"""Words read against a schema: which table they are about, what they say of it, and which words were not understood."""

import re
from collections.abc import Collection, Iterator, Sequence

from llmgen.author.offline.leftovers import leftovers
from llmgen.author.offline.lexicon import Lexicon, Meaning
from llmgen.author.offline.moments import moment_conditions, overdue
from llmgen.author.offline.routes import distances
from llmgen.author.offline.said import Reading, Stretch
from llmgen.author.offline.spelling import flag_condition, literal, named
from llmgen.author.offline.times import time_at
from llmgen.author.offline.tokens import FILLERS, Token, tokens

_CONNECTORS = frozenset({"with", "without", "whose", "who", "that", "which", "having", "and", "but", "of"})
_NEGATORS = frozenset({"no", "not", "never", "without", "zero", "neither", "nor"})
_COMPARATORS: tuple[tuple[str, str], ...] = (
    ("at least", ">="), ("no fewer than", ">="), ("no less than", ">="), ("more than", ">"), ("greater than", ">"),
    ("over", ">"), ("above", ">"), ("exceeding", ">"), ("at most", "<="), ("up to", "<="), ("no more than", "<="),
    ("less than", "<"), ("fewer than", "<"), ("under", "<"), ("below", "<"), ("exactly", "="), ("only", "="),
    (">=", ">="), ("<=", "<="), (">", ">"), ("<", "<"),
)  # fmt: skip
_TAKEN_OFF = frozenset({"credit", "credited", "refund", "refunded", "negative"})
_AMOUNTS = frozenset({"charge", "charged", "amount", "fee"})
_VERB = re.compile(r"(?:ed|ing)$")
_LIMITS = frozenset({"limit", "quota", "cap", "maximum", "capacity"})
_SURE = 4.0
"""What the whole name of a table weighs at least."""

_NEAR = 0.7
"""What each step away from the root costs a table as the subject of a stretch of words."""


def read_words(text: str, lexicon: Lexicon) -> Reading:
    """What the words (normalised) mean over the lexicon's schema."""
    stretches = [_marked(stretch) for stretch in _stretches(tokens(text))]
    reading = Reading()
    reading.root = _root(stretches, lexicon, lexicon.given)
    if not reading.root:
        return reading
    reading.group(reading.root)
    for stretch in stretches:
        _Understanding(reading, lexicon, stretch).run()
        if lost := [stretch.words[place].text for place in sorted(stretch.left)]:
            reading.doubts.append(f"not understood: {' '.join(lost)}")
    return reading


def _stretches(words: Sequence[Token]) -> Iterator[Stretch]:
    current = Stretch("", [])
    for place, token in enumerate(words):
        if token.text in _CONNECTORS and not (token.text == "of" and not current.words):
            if current.words or current.connector == "":
                yield current
            # "with no", "and without": the stronger word counts
            current = Stretch(token.text, [])
        else:
            current.words.append(words[place])
    yield current


def _marked(stretch: Stretch) -> Stretch:
    """The stretch with its phrases of time, comparisons and negations taken out of the words that are left."""
    words = stretch.words
    stretch.left = set(range(len(words)))
    place, negated = 0, stretch.connector == "without"
    while place < len(words):
        limited = any(token.text in _LIMITS for token in words[place:])
        if (span := time_at(words, place)) and not (span.vague and limited):
            stretch.spans.append((place, span))
            stretch.left -= set(range(place, place + span.size))
            place += span.size
            continue
        if compared := _comparison(words, place):
            size, op = compared
            stretch.compared[place + size] = op
            stretch.left -= set(range(place, place + size))
            place += size
            continue
        if words[place].text in _NEGATORS:
            negated = True
            stretch.left.discard(place)
        elif words[place].text in FILLERS:
            stretch.left.discard(place)
        elif negated:
            stretch.negated.add(place)
            negated = False
        place += 1
    return stretch


def _comparison(words: Sequence[Token], place: int) -> tuple[int, str] | None:
    for phrase, op in _COMPARATORS:
        size = len(phrase.split())
        if " ".join(token.text for token in words[place : place + size]) == phrase:
            number = place + size < len(words) and words[place + size].number is not None
            return (size, op) if number else None
    return None


def _root(stretches: Sequence[Stretch], lexicon: Lexicon, given: Collection[str]) -> str:
    """The table that the first words are about; of "two lines of one invoice", the invoice.

    A table whose rows are given is no root: the first one that refers to it is.
    """
    root = _first(stretches, lexicon, given)
    if root in given:
        return next((table.name for table, _ in lexicon.schema.referring(root)), root)
    return root


def _first(stretches: Sequence[Stretch], lexicon: Lexicon, given: Collection[str]) -> str:
    if len(stretches) > 1 and stretches[1].connector == "of" and any(t.number for t in stretches[0].words):
        owners = _scores(stretches[1], lexicon, nouns_only=True)
        if owners:
            return max(owners, key=lambda table: owners[table])
    for stretch in stretches:
        scores = _scores(stretch, lexicon)
        nouns = {
            name
            for name, weight in _scores(stretch, lexicon, nouns_only=True).items()
            if name not in given and weight >= _SURE
        }
        scores = {name: weight for name, weight in scores.items() if name not in given or not nouns}
        if scores:
            return max(scores, key=lambda table: scores[table])
    return ""


def _scores(stretch: Stretch, lexicon: Lexicon, nouns_only: bool = False) -> dict[str, float]:
    """How much of the stretch's words each table could explain."""
    scores: dict[str, float] = {}
    for place in sorted(stretch.left):
        best: dict[str, float] = {}
        for meaning in lexicon.at(stretch.words, place):
            if nouns_only and meaning.kind != "table":
                continue
            weight = _weight(stretch, place, meaning)
            best[meaning.table] = max(best.get(meaning.table, 0.0), weight)
        for table, weight in best.items():
            scores[table] = scores.get(table, 0.0) + weight
    return scores


def _weight(stretch: Stretch, place: int, meaning: Meaning) -> float:
    verb = bool(_VERB.search(stretch.words[place].text)) and meaning.size == 1
    if meaning.kind == "table" and verb:
        return meaning.weight * 0.5
    following = stretch.words[place + 1].text if place + 1 < len(stretch.words) else ""
    amount = following in _TAKEN_OFF | _AMOUNTS
    return 0.0 if meaning.kind == "number" and verb and not amount else meaning.weight


class _Understanding:
    """Makes the most of one stretch, table by table, until nothing more is understood."""

    def __init__(self, reading: Reading, lexicon: Lexicon, stretch: Stretch) -> None:
        self.reading = reading
        self.lexicon = lexicon
        self.stretch = stretch
        self.near = distances(lexicon.schema, reading.root)
        self.done: set[str] = set()

    def run(self) -> None:
        while (table := self._subject()) is not None:
            self.done.add(table)
            self._of(table)
        leftovers(self.lexicon.schema, self.near, self.stretch, self.reading)
        if self.stretch.spans and not any(self._moments(table, []) for table in self._beside()):
            for place, span in self.stretch.spans:
                said = self.stretch.said(*range(place, place + span.size))
                self.reading.doubts.append(f"not understood: {said} (no column for it)")

    def _beside(self) -> list[str]:
        """The root and the tables that its rows belong to: one of them has the moment that nothing else names."""
        root = self.lexicon.schema.table(self.reading.root)
        return [root.name, *(key.table for key in root.foreign_keys if key.table not in self.lexicon.given)]

    def _subject(self) -> str | None:
        """The table that explains most of what is left, near ones preferred; the root first in the first words."""
        if not self.stretch.connector and self.reading.root not in self.done:
            return self.reading.root
        scores = {
            table: weight - _NEAR * self.near[table] + (table == self.reading.root) * (1 + 2 * bool(self.stretch.spans))
            for table, weight in _scores(self.stretch, self.lexicon).items()
            if table in self.near and table not in self.done and weight > 0
        }
        return max(scores, key=lambda table: scores[table]) if scores else None

    def _of(self, table: str) -> None:
        """What the stretch says of one table."""
        stretch, labelled, moments = self.stretch, set[str](), list[tuple[int, Meaning]]()
        nouns: set[int] = set()
        for place, meaning in self._labels_first(table):
            if not set(range(place, place + meaning.size)) <= stretch.left and meaning.kind != "moment":
                continue
            if meaning.kind == "moment":
                moments += [(place, meaning)] * (place not in nouns)
            elif meaning.kind == "label" and meaning.column in labelled:
                continue
            elif self._take(table, place, meaning):
                labelled |= {meaning.column} if meaning.kind == "label" else set()
                stretch.left -= set(range(place, place + meaning.size))
                nouns |= set(range(place, place + meaning.size)) if meaning.kind == "table" else set()
                stretch.stated |= meaning.kind in ("label", "flag")
        overdue(self.lexicon.schema, table, stretch, self.reading)
        self._moments(table, moments)

    def _labels_first(self, table: str) -> list[tuple[int, Meaning]]:
        found = [
            (place, meaning)
            for place in sorted(self.stretch.left)
            for meaning in self.lexicon.at(self.stretch.words, place)
            if meaning.table == table and _weight(self.stretch, place, meaning) > 0
        ]
        kinds = ("row", "label", "flag", "number", "table", "moment")
        found.sort(key=lambda pair: (kinds.index(pair[1].kind), -pair[1].size, -pair[1].weight, pair[0]))
        return found

    def _take(self, table: str, place: int, meaning: Meaning) -> bool:
        """Add what a meaning says; False where it says nothing by itself."""
        column = self.lexicon.schema.table(table).by_name.get(meaning.column)
        said = self.stretch.said(*range(place, place + meaning.size))
        positive = meaning.positive and place not in self.stretch.negated
        name = "{t}." + named(meaning.column)
        if meaning.kind in ("label", "row") and column is not None:
            group = self.reading.group(table)
            group.say(f"{name} {'=' if positive else '<>'} {literal(meaning.value)}", said)
        elif meaning.kind == "flag" and column is not None:
            self.reading.group(table).say(flag_condition(column, positive), said if positive else f"not {said}")
        elif meaning.kind == "number":
            return self._number(table, place, meaning, positive)
        elif meaning.kind == "table":
            return self._noun(table, place, said)
        return True

    def _noun(self, table: str, place: int, said: str) -> bool:
        if table == self.reading.root:
            self.stretch.left -= {place - 1} if self._is_number(place - 1) else set()
            return True
        verb = bool(_VERB.search(self.stretch.words[place].text))
        group = self.reading.group(table)
        count = next((at for at in range(place - 1, -1, -1) if self._is_number(at)), None)
        if self.stretch.negated and max(self.stretch.negated) <= place:
            group.none = True
            group.why.append(f"{'never' if verb else 'no'} {said}")
        elif count is not None and not verb:
            number, op = self.stretch.words[count], self.stretch.compared.get(count, "=")
            group.op, group.count = op, int(number.number or 0)
            group.none = group.count == 0 and op in ("=", "<=")
            group.why.append(f"{self.stretch.said(count)} {said}")
            self.stretch.left.discard(count)
        else:
            group.why.append(said)
        return True

    def _is_number(self, place: int) -> bool:
        return (
            0 <= place < len(self.stretch.words)
            and place in self.stretch.left
            and self.stretch.words[place].number is not None
        )

    def _signs(self, place: int) -> bool:
        words = self.stretch.words
        return 0 <= place < len(words) and words[place].text in _TAKEN_OFF | _AMOUNTS

    def _number(self, table: str, place: int, meaning: Meaning, positive: bool) -> bool:
        """A number column with the number that stands beside it: before it, else within three words behind it."""
        after = range(place + meaning.size, place + meaning.size + 3)
        at = next((one for one in (place - 1, *after) if self._is_number(one)), None)
        said = self.stretch.said(*range(place, place + meaning.size))
        name = "{t}." + named(meaning.column)
        if at is None:
            beside = {one.text for one in self.stretch.words[max(0, place - 1) : place + meaning.size + 1]}
            if not positive:
                self.reading.group(table).say(f"{name} = 0", f"no {said}")
            elif self.stretch.connector in ("with", "having"):
                self.reading.group(table).say(f"{name} {'<' if beside & _TAKEN_OFF else '>'} 0", said)
                self.stretch.left -= {at for at in (place - 1, place + 1) if self._signs(at)}
            else:
                return False
            return True
        token, op = self.stretch.words[at], self.stretch.compared.get(at, "=")
        number = token.number or 0
        if token.money and "cents" in meaning.column:
            number *= 100
        self.reading.group(table).say(f"{name} {op} {number:g}", f"{said} {op} {token.text}".replace(" = ", " "))
        self.stretch.left.discard(at)
        return True

    def _moments(self, table: str, moments: list[tuple[int, Meaning]]) -> bool:
        return moment_conditions(
            self.lexicon.schema, self.lexicon.schema.table(table), self.stretch, moments, self.reading
        )
