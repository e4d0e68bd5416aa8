"""Phrases of time in a scenario's words, as what they say of a moment: at which distance from now it lies."""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from llmgen.author.offline.tokens import Token
from llmgen.canonical import CANONICAL

_UNITS = {"minute": "minutes", "hour": "hours", "day": "days", "week": "weeks", "month": "months", "year": "years"}
_DAYS = {"days": 1, "weeks": 7, "months": 30, "years": 365}
_CUES = (
    {"ago", "in", "from", "now", "yesterday", "today", "tonight", "tomorrow", "next", "last", "before", "after"}
    | {name.lower() for name in calendar.day_name}
    | _UNITS.keys()
    | set(_UNITS.values())
)
_STANDING = ("old", "overdue", "late", "delinquent")
"""Words that an age stands before: "30 days overdue"."""

_LONGEST = 5
_SPANS = {"week": 7, "month": 30, "year": 365}
_SOON = 30
_RECENT = 7
_COUNT = r"(\d+)"
_UNIT = r"(minute|hour|day|week|month|year)s?"


@dataclass(frozen=True)
class Span:
    """What a phrase says: SQL ends of a moment (inclusive from, exclusive to; "" is open) and how many words it took.

    `ahead` is True of the future, False of the past, None where only the ends tell. `vague` phrases leave a choice.
    """

    low: str
    high: str
    size: int
    ahead: bool | None = None
    vague: str = ""
    mirrored: "Span | None" = None
    """The same phrase of what is still to come: "this year" is what lies behind of a hiring, ahead of a due date."""

    def condition(self, column: str) -> str:
        """That the column's moment lies there, as SQL."""
        ends = [f"{column} >= {self.low}"] * bool(self.low) + [f"{column} < {self.high}"] * bool(self.high)
        return " AND ".join(ends)


@dataclass(frozen=True)
class Relation:
    """A moment `low` to `high` minutes (None: any number) before or after another: "within an hour of", "before"."""

    low: int
    high: int | None
    before: bool
    size: int

    def condition(self, one: str, other: str) -> str:
        """That one moment lies so beside the other, as SQL."""
        sign = "-" if self.before else "+"
        ends = (self.low, self.high)
        near, far = (f"{other} {sign} interval '{count} minutes'" if count else other for count in ends)
        closer, farther = ("<=", ">=") if self.before else (">=", "<=")
        strict = closer if self.low else closer.rstrip("=")
        return f"{one} {strict} {near}" + (f" AND {one} {farther} {far}" if self.high is not None else "")


_RELATION = re.compile(
    r"(?:(within|less than|under|at most|up to|more than|over|at least|exactly) )?"
    r"(\d+) (minute|hour|day|week|month|year)s? (before|after|of being|of)"
)
_MINUTES = {"minute": 1, "hour": 60, "day": 1440, "week": 7 * 1440, "month": 30 * 1440, "year": 365 * 1440}


def relation_at(words: Sequence[Token], place: int) -> Relation | None:
    """How the moment said before stands to the one that follows, if the words at the place say that."""
    if words[place].text in ("before", "after") and place + 1 < len(words):
        return None if time_at(words, place) else Relation(0, None, words[place].text == "before", 1)
    for size in range(min(6, len(words) - place - 1), 2, -1):
        found = _RELATION.fullmatch(" ".join(_plain(token) for token in words[place : place + size]))
        if found is None:
            continue
        bound, count, unit, side = found[1], int(found[2]) * _MINUTES[found[3]], _MINUTES[found[3]], found[4]
        if side.startswith("of") and bound != "within":
            return None
        before = side == "before"
        if bound in ("within", "less than", "under", "at most", "up to"):
            return Relation(0, count, before, size)
        if bound in ("more than", "over", "at least"):
            return Relation(count, None, before, size)
        return Relation(max(1, count - unit // 2), count + unit // 2, before, size)
    return None


def time_at(words: Sequence[Token], place: int) -> Span | None:
    """The longest phrase of time that begins at a token; None if none does."""
    for size in range(min(_LONGEST + 1, len(words) - place), 0, -1):
        said = [_plain(token) for token in words[place : place + size]]
        if found := _by_pattern(" ".join(said), size) or _by_library(said, size):
            return found
        following = words[place + size].text if place + size < len(words) else ""
        if size == 2 and following in _STANDING and (age := re.fullmatch(rf"{_COUNT} {_UNIT}", " ".join(said))):
            return replace(_ago(int(age[1]), age[2], size), size=size + (following == "old"))
    return None


def _ago(count: int, unit: str, size: int) -> Span:
    """The day that lies so far back; of hours and minutes, half an hour about it."""
    if unit in ("minute", "hour"):
        minutes = count * _MINUTES[unit]
        return Span(_from_now(-minutes - 30, "minute"), _from_now(-minutes + 30, "minute"), size, False)
    days = count * _MINUTES[unit] // 1440
    return Span(_day(-days), _day(1 - days), size, False)


def _plain(token: Token) -> str:
    return f"{token.number:g}" if token.number is not None else token.text


def _by_pattern(said: str, size: int) -> Span | None:
    """Phrases that say a range or a distance without naming one day."""
    if found := re.fullmatch(
        rf"(?:more than|over|longer than|at least) {_COUNT} {_UNIT} (?:ago|overdue|late|old)"
        rf"|(?:by|for|since) (?:more than|over|longer than|at least) {_COUNT} {_UNIT}|older than {_COUNT} {_UNIT}",
        said,
    ):
        count, unit = next((found[at], found[at + 1]) for at in (1, 3, 5) if found[at])
        standing = said.endswith(("overdue", "late"))  # words that say more than the time
        return Span("", _from_now(-int(count), unit), size - standing, False)
    if found := re.fullmatch(rf"by {_COUNT} {_UNIT}", said):
        return _ago(int(found[1]), found[2], size)
    if found := re.fullmatch(
        rf"(?:less than|under|at most) {_COUNT} {_UNIT} ago"
        rf"|(?:(?:in|within|during|over) )?(?:the )?(?:last|past) {_COUNT} {_UNIT}",
        said,
    ):
        count, unit = (found[1], found[2]) if found[1] else (found[3], found[4])
        return Span(_from_now(-int(count), unit), "now()", size, False)
    if found := re.fullmatch(rf"(?:within|in less than|in under|in the next|within the next) {_COUNT} {_UNIT}", said):
        return Span("now()", _from_now(int(found[1]), found[2]), size, True)
    if found := re.fullmatch(rf"{_COUNT} {_UNIT} (?:remaining|left|remain|to go)", said):
        count, unit = int(found[1]), found[2]
        return Span(_from_now(count, unit), _from_now(count + 1, unit), size, True)
    if found := re.fullmatch(r"(?:(?:in|during|over) )?(?:the )?past (week|month|year)", said):
        return Span(_day(-_SPANS[found[1]]), "now()", size, False, f"{said}: {_SPANS[found[1]]} days")
    if found := re.fullmatch(r"(?:this|current) (week|month|year)", said):
        days = _SPANS[found[1]]
        ahead = Span("now()", _day(days + 1), size, True, f"{said}: within the next {days} days, as it moves with now")
        return Span(_day(-days), "now()", size, False, f"{said}: the last {days} days, as it moves with now", ahead)
    if found := re.fullmatch(r"(next|last) (week|month|year)", said):
        ends = (1, _SPANS[found[2]] + 1) if found[1] == "next" else (-_SPANS[found[2]], 0)
        return Span(_day(ends[0]), _day(ends[1]), size, found[1] == "next", f"{said}: {abs(ends[1] - ends[0])} days")
    if re.fullmatch(r"soon|approaching|upcoming|about to|shortly|nearing", said):
        return Span("now()", _from_now(_SOON, "day"), size, True, f"{said}: within {_SOON} days")
    if re.fullmatch(r"recently|lately|just now", said):
        return Span(_from_now(-_RECENT, "day"), "now()", size, False, f"{said}: within {_RECENT} days")
    if re.fullmatch(r"scheduled|planned|(?:in the )?future|ahead", said):
        return Span("now()", "", size, True)
    return None


def _by_library(said: Sequence[str], size: int) -> Span | None:
    """A phrase that names one day or hour, as the date library reads it beside the canonical instant."""
    if not all(word in _CUES or word.isdigit() for word in said) or not set(said) & _CUES - {"in", "from", "now"}:
        return None
    if (len(said) == 1 and said[0].rstrip("s") in _UNITS) or said[-1] in ("in", "from", "before", "after"):
        return None
    if said[0].isdigit() and said[-1] not in ("ago", "now"):
        return None
    moment = _read(" ".join(said))
    if moment is None:
        return None
    if any(word.rstrip("s") in ("hour", "minute") for word in said):
        minutes = round((moment - CANONICAL.replace(tzinfo=None)).total_seconds() / 60)
        return Span(_from_now(minutes - 30, "minute"), _from_now(minutes + 30, "minute"), size, minutes > 0)
    days = (moment.date() - CANONICAL.date()).days
    if set(said) & {name.lower() for name in calendar.day_name}:
        return Span(_day(days), _day(days + 1), size, days > 0, f"{' '.join(said)}: {days:+} days from now")
    return Span(_day(days), _day(days + 1), size, None if days == 0 else days > 0)


def _read(phrase: str) -> datetime | None:
    import dateparser  # costs a fifth of a second, and only words that are read here need it

    settings = {
        "RELATIVE_BASE": CANONICAL.replace(tzinfo=None),
        "TIMEZONE": "UTC",
        "RETURN_AS_TIMEZONE_AWARE": False,
        "PREFER_DATES_FROM": "future",
    }
    found: datetime | None = dateparser.parse(phrase, languages=["en"], settings=settings)
    return found


def _from_now(count: int, unit: str) -> str:
    name = _UNITS[unit]
    if name in _DAYS:
        count, name = count * _DAYS[name], "days"  # calendar months would not move with now
    return f"now() {'-' if count < 0 else '+'} interval '{abs(count)} {name}'"


def _day(offset: int) -> str:
    if offset == 0:
        return "current_date"
    return f"current_date {'-' if offset < 0 else '+'} interval '{abs(offset)} day{'s' * (abs(offset) != 1)}'"
