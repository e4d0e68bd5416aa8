"""Words read against a schema: which table they are about, what they say of it, and which words were not understood."""

from llmgen.author.offline.leftovers import leftovers
from llmgen.author.offline.lexicon import Lexicon, Meaning, settled_moment
from llmgen.author.offline.marking import stretches
from llmgen.author.offline.moments import has_moments, late_elsewhere, moment_conditions
from llmgen.author.offline.owed import open_rows, overdue
from llmgen.author.offline.roots import AMOUNTS, TAKEN_OFF, TIMES, roots, scores, weight
from llmgen.author.offline.routes import distances
from llmgen.author.offline.said import Reading, Stretch
from llmgen.author.offline.spelling import flag_condition, literal, named
from llmgen.author.offline.tokens import is_verb, stems_of, tokens

_BY_NAME = 3.0
"""What a word of a table's name weighs at least; one of its comment weighs less."""

_WHOLE = 5.0
"""What the whole name of a table weighs at least."""

_FAR = 3
"""Steps from the root at which a table is no longer what a phrase of time is about."""

_NEAR = 0.7
"""What each step away from the root costs a table as the subject of a stretch of words."""


def read_words(text: str, lexicon: Lexicon) -> Reading:
    """What the words (normalised) mean over the lexicon's schema."""
    said = stretches(tokens(text), lexicon)
    reading = Reading(*roots(said, lexicon))
    if not reading.root:
        return reading
    reading.group(reading.root)
    for stretch in said:
        _Understanding(reading, lexicon, stretch).run()
        if lost := [stretch.words[place].text for place in sorted(stretch.left)]:
            reading.doubts.append(f"not understood: {' '.join(lost)}")
    return reading


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
        if self.stretch.late:
            late_elsewhere(self.lexicon, self.near, self.stretch, self.reading)
        leftovers(self.lexicon.schema, self.near, self.stretch, self.reading)
        if self.stretch.relation:
            place, relation = self.stretch.relation
            self.reading.doubts.append(f"not understood: {self.stretch.said(*range(place, place + relation.size))}")
        if self.stretch.spans and not any(self._moments(table, []) for table in self._beside()):
            for place, span in self.stretch.spans:
                said = self.stretch.said(*range(place, place + span.size))
                self.reading.doubts.append(f"not understood: {said} (no column for it)")

    def _beside(self) -> list[str]:
        """The root and the tables that its rows belong to: one of them has the moment that nothing else names."""
        root = self.lexicon.schema.table(self.reading.root)
        return [root.name, *(key.table for key in root.foreign_keys if key.table not in self.lexicon.given)]

    def _subject(self) -> str | None:
        """The table that explains most of what is left, near ones preferred; the lead goes first in the first words."""
        if not self.stretch.connector and self.reading.lead not in self.done:
            return self.reading.lead
        timed = bool(self.stretch.spans) and not self._dated_others()
        found = {
            table: much - _NEAR * self.near[table] + (table == self.reading.root) * (1 + 2 * timed)
            for table, much in scores(self.stretch, self.lexicon).items()
            if table in self.near and table not in self.done and much > 0
        }
        return max(found, key=lambda table: found[table]) if found else None

    def _dated_others(self) -> bool:
        """Whether the words name another table that has moments: a phrase of time is rather about that one's."""
        others = {
            meaning.table
            for place in self.stretch.left
            for meaning in self.lexicon.at(self.stretch.words, place)
            if meaning.kind == "table" and self.near.get(meaning.table, _FAR) < _FAR
            if not is_verb(self.stretch.words[place].text) or meaning.weight >= _WHOLE
        } - {self.reading.root}
        return any(has_moments(self.lexicon.schema.table(name)) for name in others)

    def _of(self, table: str) -> None:
        """What the stretch says of one table."""
        stretch, labelled, moments = self.stretch, set[str](), list[tuple[int, Meaning]]()
        nouns, flags = set[int](), set[int]()
        self._deny_rows(table)
        for place, meaning in self._labels_first(table):
            taken = not set(range(place, place + meaning.size)) <= stretch.left
            if taken and meaning.kind != "moment" and not (meaning.kind == "flag" and place in flags):
                continue
            if meaning.kind == "moment":
                moments += [(place, meaning)] * (place not in nouns)
            elif meaning.kind == "label" and meaning.column in labelled:
                continue
            elif self._take(table, place, meaning):
                labelled |= {meaning.column} if meaning.kind == "label" else set()
                stretch.left -= set(range(place, place + meaning.size))
                nouns |= set(range(place, place + meaning.size)) if meaning.kind == "table" else set()
                flags |= {place} if meaning.kind == "flag" else set()
                stretch.stated |= meaning.kind in ("label", "flag")
        overdue(self.lexicon.schema, table, stretch, self.reading)
        open_rows(self.lexicon.schema, table, stretch, self.reading)
        self._moments(table, moments)

    def _deny_rows(self, table: str) -> None:
        """ "Without active subscription" denies the subscription that is active, not its being active."""
        stretch = self.stretch
        nouns = [
            place
            for place in sorted(stretch.left)
            for meaning in self.lexicon.at(stretch.words, place)
            if meaning.kind == "table" and meaning.table == table and not is_verb(stretch.words[place].text)
        ]
        before = [place for place in stretch.negated if nouns and place < nouns[0]]
        if table != self.reading.root and before:
            stretch.negated -= set(before)
            stretch.negated.add(nouns[0])

    def _labels_first(self, table: str) -> list[tuple[int, Meaning]]:
        found = [
            (place, meaning)
            for place in sorted(self.stretch.left)
            for meaning in self.lexicon.at(self.stretch.words, place)
            if meaning.table == table and weight(self.stretch, place, meaning) > 0
        ]
        kinds = ("row", "label", "flag", "number", "table", "moment", "present")
        found.sort(key=lambda pair: (kinds.index(pair[1].kind), -pair[1].size, -pair[1].weight, pair[0]))
        return found

    def _take(self, table: str, place: int, meaning: Meaning) -> bool:
        """Add what a meaning says; False where it says nothing by itself."""
        column = self.lexicon.schema.table(table).by_name.get(meaning.column)
        said = self.stretch.said(*range(place, place + meaning.size))
        positive = meaning.positive and place not in self.stretch.negated
        if meaning.kind in ("label", "row") and column is not None:
            self._labelled(table, place, meaning, positive)
        elif meaning.kind == "flag" and column is not None:
            self.reading.group(table).say(flag_condition(column, positive), said if positive else f"not {said}")
        elif meaning.kind == "number":
            return self._number(table, place, meaning, positive)
        elif meaning.kind == "table":
            return self._noun(table, place, meaning)
        elif meaning.kind == "present":
            return self._presence(table, place, meaning, positive)
        return True

    def _labelled(self, table: str, place: int, meaning: Meaning, positive: bool) -> None:
        """A label, with the words beside it that name its column ("free plan", "status paid")."""
        group, places = self.reading.group(table), set(range(place, place + meaning.size))
        said = self.stretch.said(*places)
        group.say(f"{{t}}.{named(meaning.column)} {'=' if positive else '<>'} {literal(meaning.value)}", said)
        beside = {place - 1, place + meaning.size} & self.stretch.left
        self.stretch.left -= {at for at in beside if self.stretch.words[at].stem in stems_of(meaning.column)}
        owner = self.lexicon.schema.table(table)
        moment = settled_moment(owner, meaning)
        if not positive and moment:
            group.say(f"{{t}}.{named(moment)} IS NULL", f"not {said}")

    def _presence(self, table: str, place: int, meaning: Meaning, positive: bool) -> bool:
        """ "Without insurance": a column that may be NULL, named behind "with", "without" or "no"."""
        if positive and self.stretch.connector not in ("with", "having"):
            return False
        said = self.stretch.said(*range(place, place + meaning.size))
        condition = f"{{t}}.{named(meaning.column)} IS {'NOT ' if positive else ''}NULL"
        self.reading.group(table).say(condition, said if positive else f"no {said}")
        return True

    def _noun(self, table: str, place: int, meaning: Meaning) -> bool:
        stretch, said = self.stretch, self.stretch.said(*range(place, place + meaning.size))
        if table == self.reading.root:
            if meaning.weight < _BY_NAME and self._named_elsewhere(table, place):
                return False
            if self._is_number(place - 1) and stretch.words[place - 1].number == 1:
                stretch.left.discard(place - 1)
            return True
        verb = is_verb(stretch.words[place].text)
        group = self.reading.group(table)
        count = next((at for at in range(place - 1, -1, -1) if self._is_number(at)), None) if not verb else None
        if count is None:
            count = next((at for at in sorted(stretch.left) if self._is_times(at)), None)
        if stretch.negated and max(stretch.negated) <= place:
            group.none = True
            group.why.append(f"{'never' if verb else 'no'} {said}")
        elif count is not None:
            number, op = stretch.words[count], stretch.compared.get(count, "=")
            group.op, group.count = op, int(number.number or 0)
            group.none = group.count == 0 and op in ("=", "<=")
            group.why.append(f"{stretch.said(count)} {said}" if count < place else f"{said} {stretch.said(count)}")
            stretch.left -= {count, count + 1} if self._is_times(count) and number.text not in TIMES else {count}
        else:
            group.why.append(said)
        return True

    def _is_times(self, place: int) -> bool:
        """ "Twice", "3 times"."""
        words = self.stretch.words
        following = words[place + 1].text if place + 1 < len(words) else ""
        return self._is_number(place) and (words[place].text in TIMES or following == "times")

    def _named_elsewhere(self, table: str, place: int) -> bool:
        """Whether another word is the table's name, so that this one, which only its comment has, adds nothing."""
        return any(
            one.kind == "table" and one.table == table and one.weight >= _BY_NAME
            for at in range(len(self.stretch.words))
            for one in self.lexicon.at(self.stretch.words, at)
            if at != place
        )

    def _is_number(self, place: int) -> bool:
        return (
            0 <= place < len(self.stretch.words)
            and place in self.stretch.left
            and self.stretch.words[place].number is not None
        )

    def _signs(self, place: int) -> bool:
        words = self.stretch.words
        return 0 <= place < len(words) and words[place].text in TAKEN_OFF | AMOUNTS

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
                self.reading.group(table).say(f"{name} {'<' if beside & TAKEN_OFF else '>'} 0", said)
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
        if table == self.reading.root and not moments and self._dated_others():
            return False
        return moment_conditions(
            self.lexicon.schema, self.lexicon.schema.table(table), self.stretch, moments, self.reading
        )
