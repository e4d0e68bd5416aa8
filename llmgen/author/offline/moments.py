"""What words say of a table's moments: which column is meant, and where it lies beside now."""

import re
from collections.abc import Mapping

from llmgen.author.offline.lexicon import Lexicon, Meaning
from llmgen.author.offline.said import Group, Reading, Stretch
from llmgen.author.offline.spelling import named
from llmgen.author.offline.tokens import stems_of
from llmgen.schema.model import Column, Schema, Table
from llmgen.validate.plausible import PAST

_MOMENT = ("date", "timestamp", "timestamptz")
_WANTED = frozenset({"requir", "due", "plan", "expect", "promis", "deadlin", "schedul"})
_DONE = frozenset({"deliver", "arriv", "ship", "return", "complet", "pay"})
_AHEAD = ("due", "schedul", "start", "expir", "end", "renew", "next", "until", "valid")
_BEHIND = ("creat", "order", "start", "join", "issu", "date", "record", "regist")
_ENDS = ("expir", "end", "due", "renew", "next", "until", "valid")
_PAST = (*_BEHIND, "end", "expir", "cancel", "pay")
_KEPT = re.compile(r"updat|modif|birth", re.IGNORECASE)
"""Columns whose moments nobody means without naming them."""

_CYCLE = 20
"""Days that the middle of any usual cycle reaches back."""

_HAPPENED = frozenset({"has", "have", "had", "was", "were", "been"})


def moment_conditions(
    schema: Schema, table: Table, stretch: Stretch, moments: list[tuple[int, Meaning]], reading: Reading
) -> bool:
    """Say where the table's moments lie; whether anything was said. Uses up the phrases of time and the words."""
    root = schema.table(reading.root)
    scores: dict[str, float] = {}
    places: dict[str, set[int]] = {}
    stretch.negated |= {place for place, meaning in moments if not meaning.positive}
    for place, meaning in moments:
        scores[meaning.column] = scores.get(meaning.column, 0.0) + meaning.weight
        places.setdefault(meaning.column, set()).update(range(place, place + meaning.size))
    if _middle(table, root, stretch, reading) or _related(table, stretch, moments, reading):
        return True
    if stretch.late and not stretch.spans:
        return _late(table, stretch, scores, places, reading)
    ahead = stretch.spans[0][1].ahead if stretch.spans else None
    if ahead is not None:
        wanted = _ENDS if ahead else _PAST
        scores = {name: score + bool(set(wanted) & set(stems_of(name))) for name, score in scores.items()}
    best = max(scores, key=lambda name: scores[name]) if scores else None
    if stretch.spans and best is None and (ahead or not stretch.stated):
        best = _usual(table, ahead)
    if stretch.spans and best:
        _spanned(table, best, stretch, places.get(best, set()), reading)
        return True
    if best is None:
        return False
    return _tensed(table.column(best), stretch, places[best], reading.group(table.name))


def has_moments(table: Table) -> bool:
    """Whether a phrase of time may be about the table's rows."""
    return _usual(table, False) is not None


def _related(table: Table, stretch: Stretch, moments: list[tuple[int, Meaning]], reading: Reading) -> bool:
    """One moment beside another: "cancelled an hour before it starts"."""
    if stretch.relation is None:
        return False
    middle, relation = stretch.relation

    def best(found: list[tuple[int, Meaning]]) -> str | None:
        return max(found, key=lambda pair: pair[1].weight)[1].column if found else None

    one = best([pair for pair in moments if pair[0] < middle])
    other = best([pair for pair in moments if pair[0] > middle and pair[1].column != one])
    if one is None or other is None:
        return False
    places = {place for place, meaning in moments if meaning.column in (one, other)}
    said = stretch.said(*(places | set(range(middle, middle + relation.size))))
    group = reading.group(table.name)
    group.say(relation.condition("{t}." + named(one), "{t}." + named(other)), said)
    stretch.left -= places
    stretch.relation = None
    return True


def _usual(table: Table, ahead: bool | None) -> str | None:
    """The column that a moment without a name means: what is still to come, or when the row came to be."""
    dated = [column.name for column in table.columns if column.type.kind in _MOMENT]
    for wanted in _AHEAD if ahead else _BEHIND:
        for name in dated:
            if wanted in stems_of(name) and not (ahead and PAST.match(name)):
                return name
    happened = (name for name in dated if not table.by_name[name].nullable and not set(_AHEAD) & set(stems_of(name)))
    return None if ahead else next((name for name in happened if not _KEPT.search(name)), None)


def _spanned(table: Table, column: str, stretch: Stretch, places: set[int], reading: Reading) -> None:
    group = reading.group(table.name)
    for place, span in stretch.spans:
        said = stretch.said(*(places | set(range(place, place + span.size))))
        if span.mirrored and _is_ahead(column):
            span = span.mirrored
        group.say(span.condition("{t}." + named(column)), said)
        if span.vague:
            reading.doubts.append(f"taken {span.vague}")
    stretch.spans.clear()
    stretch.left -= places


def _is_ahead(column: str) -> bool:
    return not PAST.match(column) and bool(set(_AHEAD) & set(stems_of(column)))


def _tensed(column: Column, stretch: Stretch, places: set[int], group: Group) -> bool:
    """No phrase of time: the verb's form says whether it has happened, is to come, or never was."""
    open_places = places & stretch.left
    if not open_places:
        return False
    name, said = "{t}." + named(column.name), stretch.said(*places)
    now = "current_date" if column.type.kind == "date" else "now()"
    last = stretch.words[max(open_places)].text
    before = {stretch.words[place].text for place in range(min(places))}
    if open_places & stretch.negated:
        group.say(f"{name} IS NULL", f"not {said}")
    elif last.endswith("ing"):
        group.say(f"{name} >= {now}", said)
    elif last.endswith(("ed", "id")) or before & _HAPPENED:
        group.say(f"{name} < {now}", said)
    elif column.nullable:
        group.say(f"{name} IS NOT NULL", said)
    else:
        return False
    stretch.left -= open_places
    return True


def _late(
    table: Table, stretch: Stretch, scores: dict[str, float], places: dict[str, set[int]], reading: Reading
) -> bool:
    """One moment after the one that was wanted: "shipped late"."""
    dated = [column.name for column in table.columns if column.type.kind in _MOMENT or column.name in scores]
    wanted = next((name for name in dated if _WANTED & set(stems_of(name))), None)
    done = max((name for name in scores if name != wanted), key=lambda name: max(places[name]), default=None)
    done = done or next((name for name in dated if name != wanted and _DONE & set(stems_of(name))), None)
    late = {place for place in stretch.left if stretch.words[place].text == "late"}
    if wanted is None or done is None:
        return False
    places = {done: set(), **places}
    said = stretch.said(*(places[done] | late))
    reading.group(table.name).say(f"{{t}}.{named(done)} > {{t}}.{named(wanted)}", said)
    stretch.left -= places[done] | late
    return True


def late_elsewhere(lexicon: Lexicon, near: Mapping[str, int], stretch: Stretch, reading: Reading) -> None:
    """ "Order shipped late" where shipments know when: the rows of a table that refers to the root's are late."""
    for table, _ in lexicon.schema.referring(reading.root):
        places: dict[str, set[int]] = {}
        for place in range(len(stretch.words)):
            for one in lexicon.at(stretch.words, place):
                if one.table == table.name and one.kind == "moment":
                    places.setdefault(one.column, set()).add(place)
        if table.name in near and _late(table, stretch, dict.fromkeys(places, 1.0), places, reading):
            return


def _middle(table: Table, root: Table, stretch: Stretch, reading: Reading) -> bool:
    """ "mid-cycle", "mid-trial": now lies in the middle half of what has a start and an end."""
    place = next((at for at in sorted(stretch.left) if stretch.words[at].text in ("mid", "halfway", "middle")), None)
    if place is None:
        return False
    following = {stretch.words[at].stem for at in range(place + 1, min(place + 3, len(stretch.words)))}
    pair = _period(table, following)
    if pair is None:
        return False
    start, end = ("{t}." + named(name) for name in pair)
    said = stretch.said(place, min(place + 1, len(stretch.words) - 1))
    group = reading.group(table.name)
    event = None if table is root else _event(root)
    if event:
        recent = f"{{t}}.{named(event)} >= now() - interval '{_CYCLE} days' AND {{t}}.{named(event)} < now()"
        reading.group(root.name).say(recent, said)
        reading.doubts.append(
            f"taken {said}: {root.name}.{event} in the last {_CYCLE} days, within {table.name}'s period"
        )
        group.say(f"{start} < ROOT.{named(event)}", said)
        group.say(f"{end} > now()", said)
        stretch.left -= {place, place + 1}
        return True
    group.say(f"now() >= {start} + ({end} - {start}) * 0.25", said)
    group.say(f"now() <= {start} + ({end} - {start}) * 0.75", said)
    stretch.left -= {place, place + 1} & stretch.left
    return True


def _event(table: Table) -> str | None:
    """When what a row of the table stands for happened."""
    dated = [column.name for column in table.columns if column.type.kind in _MOMENT and not column.nullable]
    return next((name for name in dated if not {"creat", "updat", "start", "end"} & set(stems_of(name))), None)


def _period(table: Table, stems: set[str]) -> tuple[str, str] | None:
    """The columns that begin and end what the stems name, or the table's only period."""
    dated = [column.name for column in table.columns if column.type.kind in _MOMENT]
    ends = [name for name in dated if {"end", "expir"} & set(stems_of(name))]
    starts = [name for name in dated if "start" in stems_of(name) or "begin" in stems_of(name)]
    if not ends or not starts:
        return None
    wanted = stems | ({"period"} if "cycl" in stems else set())
    end = max(ends, key=lambda name: len(wanted & set(stems_of(name))))
    start = max(starts, key=lambda name: len(set(stems_of(end)) & set(stems_of(name))))
    return start, end
