"""What the shape of a schema says of how its tables fill: lookups, junctions, and whose children a table's rows are."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from llmgen.naming import MOMENT, ORGANIZATION, PERSON, noun, words
from llmgen.schema.model import ForeignKey, Schema, Table, Unique
from llmgen.volume.slots import never_null

Kind = Literal["root", "lookup", "child", "one-to-one", "junction"]

_LOOKUP = re.compile(
    r".*(type|status|category|currency|country|language|reason|measure|method|culture|territory)|state|role|locale|"
    r"kind|unit|level|priority|genre|permission|tag|region|continent|zone|plan|rating|color|colour|size|tier"
)
_LABELS = re.compile(
    r"(.* )?(code|name|label|symbol|description|title|abbreviation|abbr|slug|key|value|type|position|order|rank|color|"
    r"colour|icon|active|enabled|default|iso\d?|sign|digits|decimals|numeric)|is .*"
)
_MOST_LABELS = 6
_OWNER = re.compile(f"{PERSON}|{ORGANIZATION}|account|team|group|project|store|shop")
_PLACES = re.compile(r"address|location|contact|image|picture|photo|file|media|attachment|document|avatar|asset|blob")
"""What rows have rather than belong to."""

_EDITOR = re.compile(
    r"((row |last )?(created|updated|modified|deleted|changed|edited|archived|approved|invited) by|"
    r"creator|updater|editor|modifier|inviter)( id)?"
)
_PLAYED = re.compile(
    r"(owner|manager|assignee|lead|leader|responsible|reviewer|approver)( user| person| employee)?( id)?"
)
"""What a person is to a row that has a place of its own: a project's owner, a store's manager."""

_OWN_COLUMNS = 2


@dataclass(frozen=True)
class Kin:
    """How a table is filled where nothing is asked of it: as a root, a lookup, or after its parents.

    `main` is the foreign key to the table that its rows are children of; followed from table to table, it never leads
    in a circle. `parents` are the other tables that it refers to; of a junction, those that it joins.
    """

    kind: Kind
    main: ForeignKey | None
    parents: tuple[str, ...]


def kinship(schema: Schema) -> dict[str, Kin]:
    """The Kin of every table, from names and keys alone."""
    lookups = frozenset(table.name for table in schema.tables if _is_lookup(schema, table))
    reach = reaches(schema)
    ranked = {table.name: _ranked(table, lookups, reach) for table in schema.tables}
    _break_circles(schema, ranked)
    return {table.name: _kin(table, ranked[table.name], table.name in lookups) for table in schema.tables}


def one_to_one(table: Table, key: ForeignKey) -> bool:
    """Whether a parent row can have one row of the table at most, by this foreign key."""
    return any(set(unique.columns) <= set(key.columns) for unique in whole_uniques(table))


def reaches(schema: Schema) -> dict[str, frozenset[str]]:
    """For every table those that its rows cannot be without, over any number of steps."""
    needed = {
        table.name: {key.table for key in table.foreign_keys if never_null(table, key)} for table in schema.tables
    }
    found: dict[str, frozenset[str]] = {}
    for name in needed:
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            new = needed[waiting.pop()] - seen
            seen |= new
            waiting += new
        found[name] = frozenset(seen)
    return found


def beyond(key: ForeignKey, others: Iterable[ForeignKey], reach: Mapping[str, frozenset[str]]) -> bool:
    """Whether the parent is an ancestor of one of the other parents."""
    return any(key.table in reach[other.table] and other.table not in reach[key.table] for other in others)


def whole_uniques(table: Table) -> Iterator[Unique]:
    """The primary key and every unique over columns alone that goes for all rows."""
    if table.primary_key:
        yield Unique(table.primary_key, name="primary key")
    yield from (unique for unique in table.uniques if unique.columns and not unique.where and not unique.expressions)


def _kin(table: Table, ranked: list[ForeignKey], lookup: bool) -> Kin:
    main = ranked[0] if ranked else None
    joined = _joined(table)
    parents = joined or tuple(dict.fromkeys(key.table for key in table.foreign_keys if key.table != table.name))
    if lookup or main is None:
        return Kin("lookup" if lookup else "root", None, parents)
    if one_to_one(table, main):
        return Kin("one-to-one", main, parents)
    return Kin("junction" if joined else "child", main, parents)


def _joined(table: Table) -> tuple[str, ...]:
    """The parents of a junction: a unique joins two foreign keys or more, and the rows say little else."""
    own = [
        column
        for column in table.columns
        if column.name not in table.reference_columns
        and column.name not in table.primary_key
        and column.type.kind not in MOMENT
        and column.written
    ]
    if len(own) > _OWN_COLUMNS:
        return ()
    for unique in whole_uniques(table):
        inside = [
            key for key in table.foreign_keys if set(key.columns) <= set(unique.columns) and key.table != table.name
        ]
        alone = any(set(key.columns) == set(unique.columns) for key in inside)
        if len(inside) > 1 and not alone and {name for key in inside for name in key.columns} == set(unique.columns):
            return tuple(dict.fromkeys(key.table for key in inside))
    return ()


def _is_lookup(schema: Schema, table: Table) -> bool:
    """Rows that others name by a code: nobody's children, with little but labels, or called as such tables are."""
    if any(key.table != table.name for key in table.foreign_keys):
        return False
    referring = [(other, key) for other, key in schema.referring(table.name) if other.name != table.name]
    if not referring or any(one_to_one(other, key) for other, key in referring):
        return False
    thing = noun(table.bare_name)
    said = [column for column in table.columns if column.written and column.name not in table.reference_columns]
    moments = [column for column in said if column.type.kind in MOMENT]
    labels = [column for column in said if column not in moments and column.name not in table.primary_key]
    if _LOOKUP.fullmatch(thing):
        return len(labels) <= 2 * _MOST_LABELS
    owner = bool(_OWNER.fullmatch(thing)) or any(key.on_delete == "cascade" for _, key in referring)
    if owner or moments or len(labels) > _MOST_LABELS:
        return False
    return all(_LABELS.fullmatch(words(column.name)) for column in labels)


def _ranked(table: Table, lookups: frozenset[str], reach: Mapping[str, frozenset[str]]) -> list[ForeignKey]:
    """The foreign keys that the table's rows may be children by, the likeliest first.

    What must be there goes before what may; a place before a person in charge; the nearest before its own ancestors (a
    task's project before its tenant); the one whose name the table bears (`order_lines` of `orders`) before others;
    then the first column.
    """
    names = list(table.by_name)
    keys = [key for key in table.foreign_keys if key.table != table.name and not _weak(key, lookups)]

    def rank(key: ForeignKey) -> tuple[bool, bool, bool, bool, int]:
        others = [other for other in keys if never_null(table, other) and not played(other)]
        further, named = beyond(key, others, reach), _named_after(table, key.table)
        return not never_null(table, key), played(key), further, not named, names.index(key.columns[0])

    def played(key: ForeignKey) -> bool:
        return bool(_PLAYED.fullmatch(words(key.columns[0])))

    return sorted(keys, key=rank)


def _weak(key: ForeignKey, lookups: frozenset[str]) -> bool:
    edited = len(key.columns) == 1 and bool(_EDITOR.fullmatch(words(key.columns[0])))
    return key.table in lookups or edited or bool(_PLACES.fullmatch(noun(key.table)))


def _named_after(table: Table, parent: str) -> bool:
    stem = " ".join([*words(parent).split()[:-1], noun(parent)])
    return f"{words(table.bare_name)} ".startswith((f"{stem} ", f"{words(parent)} "))


def _break_circles(schema: Schema, ranked: Mapping[str, list[ForeignKey]]) -> None:
    """Takes the first choice, again and again, from one table of each circle of first choices: the one that can best
    do without it."""

    def ease(name: str) -> tuple[bool, bool, int]:
        table, main = schema.table(name), ranked[name][0]
        return never_null(table, main), not one_to_one(table, main), -len(schema.referring(name))

    for start in ranked:
        while circle := _circle(start, ranked):
            del ranked[min(circle, key=ease)][0]


def _circle(start: str, ranked: Mapping[str, list[ForeignKey]]) -> list[str]:
    """The tables of the circle that first choices lead to from a table; empty if they end at a root."""
    seen: list[str] = []
    while start not in seen:
        seen.append(start)
        if not ranked[start]:
            return []
        start = ranked[start][0].table
    return seen[seen.index(start) :]
