"""What words can mean over a schema: tables, columns, labels, flags, moments and shared rows, each with its stems."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from llmgen.author.offline.tokens import FILLERS, Token, stem, stems_of, tokens
from llmgen.dataset import Values
from llmgen.naming import words as name_words
from llmgen.plan import route_column
from llmgen.predicates.domains import model_of
from llmgen.schema.model import Column, Schema, Table

Meant = Literal["table", "label", "flag", "moment", "number", "row", "present"]

_MOMENT = ("date", "timestamp", "timestamptz")
_NUMBER = ("integer", "decimal", "float")
_EMPTIES = "is has was at on in by date time ts flag current currently the of id code cents"
_EMPTY = frozenset(map(stem, _EMPTIES.split()))
_KIN: Mapping[str, frozenset[str]] = {
    "expir": frozenset({"expir", "end", "valid"}),
    "end": frozenset({"end", "expir"}),
    "renew": frozenset({"renew", "period"}),
    "cycl": frozenset({"cycl", "period"}),
    "remain": frozenset({"end", "expir"}),
    "left": frozenset({"end", "expir"}),
    "overdu": frozenset({"due"}),
    "sign": frozenset({"login", "creat", "join", "regist"}),
    "log": frozenset({"login"}),
    "creat": frozenset({"creat"}),
    "regist": frozenset({"regist", "creat", "join"}),
    "schedul": frozenset({"schedul", "next", "plan"}),
    "bill": frozenset({"invoic", "bill"}),
    "client": frozenset({"custom", "client"}),
    "member": frozenset({"member", "membership"}),
    "team": frozenset({"team", "group"}),
    "account": frozenset({"account"}),
    "seat": frozenset({"seat"}),
    "purchas": frozenset({"order", "purchas"}),
    "movie": frozenset({"film", "movi"}),
    "lin": frozenset({"lin", "item"}),
    "item": frozenset({"item", "lin"}),
    "payment": frozenset({"payment", "pay"}),
}
"""Stems that a said stem may stand for in names."""

_LETTERS: Mapping[str, Mapping[str, str]] = {
    "gender": {"female": "F", "male": "M"},
    "sex": {"female": "F", "male": "M"},
    "marital": {"married": "M", "single": "S"},
}
_RUN_ON = re.compile(r"(?<=[a-z])(?:flag|bool)$")

FIRST_WORD = 3.6
"""What the first word of a table's name weighs as its name."""

NEGATIVES = ("un", "in", "non", "dis")


@dataclass(frozen=True)
class Meaning:
    """What some tokens may mean: `size` tokens, and how surely (`weight`). `positive` is False of "unpaid"."""

    kind: Meant
    table: str
    column: str = ""
    value: Any = None
    size: int = 1
    weight: float = 1.0
    positive: bool = True


@dataclass(frozen=True)
class _Entry:
    kind: Meant
    table: str
    column: str
    value: Any
    stems: tuple[str, ...]
    weight: float
    text: str = ""


class Lexicon:
    """Every name of a schema by its stems. `reference` holds the shared rows that the project gives."""

    def __init__(self, schema: Schema, reference: Mapping[str, Sequence[Values]]) -> None:
        self.schema = schema
        self.given = frozenset(reference)
        self.entries: list[_Entry] = []
        self.by_stem: dict[str, list[_Entry]] = {}
        for table in schema.tables:
            self.entries += [*_table_entries(table), *_column_entries(schema, table)]
        for name, rows in reference.items():
            self.entries += _row_entries(schema.table(name), rows)
        for entry in self.entries:
            for one in set(entry.stems):
                self.by_stem.setdefault(one, []).append(entry)

    def at(self, words: Sequence[Token], place: int) -> list[Meaning]:
        """All that the tokens from `place` on may mean."""
        said = words[place]
        found = [
            found
            for one in _kin(said.stem)
            for entry in self.by_stem.get(one, ())
            if (found := _match(entry, words, place))
        ]
        for prefix in NEGATIVES:
            if said.stem.startswith(prefix) and len(said.stem) > len(prefix) + 2:
                bare = Token(said.text.removeprefix(prefix), stem(said.text.removeprefix(prefix)))
                rest = [*words[:place], bare, *words[place + 1 :]]
                found += [
                    Meaning(one.kind, one.table, one.column, one.value, one.size, one.weight, False)
                    for entry in self.by_stem.get(bare.stem, ())
                    if entry.kind in ("label", "flag", "moment") and (one := _match(entry, rest, place))
                ]
        return list(dict.fromkeys(found))


def _kin(one: str) -> list[str]:
    return sorted(_KIN.get(one, frozenset()) | {one})


def _match(entry: _Entry, words: Sequence[Token], place: int) -> Meaning | None:
    """The entry as the tokens from `place` say it: all stems of a label, any of a column's, the noun of a table's."""
    following = [token.stem for token in words[place : place + len(entry.stems)]]
    said = words[place]
    if entry.kind in ("label", "row", "flag", "table") and _alike(following, entry.stems, entry.kind == "table"):
        whole = " ".join(token.text for token in words[place : place + len(entry.stems)]) == entry.text
        if entry.kind == "label" and len(entry.stems) == 1 and _other_tense(said.text, entry.text):
            return None
        return Meaning(entry.kind, entry.table, entry.column, entry.value, len(entry.stems), entry.weight + whole * 0.5)
    if entry.kind in ("moment", "number", "present"):
        size = 0
        while place + size < len(words) and set(_kin(words[place + size].stem)) & set(entry.stems):
            size += 1
        if size:
            return Meaning(
                entry.kind, entry.table, entry.column, None, size, entry.weight * size / len(entry.stems) ** 0.5
            )
    return None


def _alike(said: Sequence[str], stems: Sequence[str], kin: bool) -> bool:
    return len(said) == len(stems) and all(
        one == word or (kin and one in _kin(word)) for word, one in zip(said, stems, strict=True)
    )


def _other_tense(said: str, label: str) -> bool:
    """Whether one has happened and the other is about to: "expiring" is not `expired`."""
    return (said.endswith("ing") and label.endswith("ed")) or (said.endswith("ed") and label.endswith("ing"))


def _table_entries(table: Table) -> Iterator[_Entry]:
    whole = stems_of(table.bare_name)
    for size in range(len(whole), 0, -1):
        yield _Entry("table", table.name, "", None, whole[-size:], 5.0 if size == len(whole) else 3.0)
    if len(whole) > 1:
        yield _Entry("table", table.name, "", None, whole[:1], FIRST_WORD)
    for token in tokens(re.split(r"[:,;(.]", table.comment)[0])[:6]:
        if len(token.stem) > 2 and token.stem not in whole and token.text not in FILLERS:
            yield _Entry("table", table.name, "", None, (token.stem,), 1.5)


def _column_entries(schema: Schema, table: Table) -> Iterator[_Entry]:
    finite = model_of(schema, table).finite
    for column in table.columns:
        kind = column.type.kind
        stems = tuple(one for one in stems_of(_RUN_ON.sub("", column.name)) if one not in _EMPTY)
        if column.name in finite and kind in ("text", "enum"):
            for value in finite[column.name].values or ():
                if value and (said := stems_of(str(value))):
                    yield _Entry("label", table.name, column.name, value, said, 3.0, str(value).lower())
        elif is_flag(column) and stems:
            yield _Entry("flag", table.name, column.name, True, stems, 3.0)
            if len(stems) > 1 and name_words(column.name).split()[-1].endswith("ed"):
                yield _Entry("flag", table.name, column.name, True, stems[-1:], 2.5)
        elif kind in _MOMENT and stems and not _bookkeeping(table, column):
            yield _Entry("moment", table.name, column.name, None, stems, 2.0)
        elif kind in _NUMBER and stems and not _is_key(table, column):
            yield _Entry("number", table.name, column.name, None, stems, 2.0)
        elif kind == "text" and stems and column.nullable and not _is_key(table, column):
            yield _Entry("present", table.name, column.name, None, stems, 1.0)
        if kind == "text":
            yield from _coded(table, column)


def _coded(table: Table, column: Column) -> Iterator[_Entry]:
    """Words for the letters that a column of one letter holds."""
    if column.type.length == 1:
        for about, letters in _LETTERS.items():
            if about in column.name.lower():
                for word, letter in letters.items():
                    yield _Entry("label", table.name, column.name, letter, (stem(word),), 3.0, word)


def settled_moment(table: Table, meaning: Meaning) -> str:
    """The moment that a label's coming to be is noted in: `paid_at` of "paid"; "" if none, or if a CHECK ties them."""
    for column in table.columns:
        if column.type.kind in _MOMENT and column.nullable and stem(str(meaning.value)) in stems_of(column.name):
            tied = any({column.name, meaning.column} <= set(check.columns) for check in table.checks)
            return "" if tied else column.name
    return ""


def _bookkeeping(table: Table, column: Column) -> bool:
    return route_column(table, column).provider == "updated_at"


def is_flag(column: Column) -> bool:
    """Whether the column says yes or no: a boolean, or a bit that calls itself one."""
    sql = column.type.sql.lower()
    return (
        column.type.kind == "boolean"
        or sql in ("tinyint(1)", "bit", "bit(1)")
        or (column.type.kind == "integer" and column.name.lower().startswith(("is_", "has_")))
        or (column.name.lower() in ("discontinued", "active", "enabled") and column.type.kind in ("integer", "text"))
    )


def _is_key(table: Table, column: Column) -> bool:
    return column.name in table.primary_key or column.name in table.reference_columns


def _row_entries(table: Table, rows: Sequence[Values]) -> Iterator[_Entry]:
    """The texts that name shared rows, whole and by their first word where no other row begins with it."""
    for column in table.columns:
        if column.type.kind not in ("text",) or column.name in table.primary_key:
            continue
        values = [str(row.get(column.name)) for row in rows if row.get(column.name)]
        if len(set(values)) < len(values):
            continue
        firsts = [stems_of(value)[:1] for value in values]
        for value in values:
            said = stems_of(value)
            if 0 < len(said) <= 3:
                yield _Entry("row", table.name, column.name, value, said, 4.0, value.lower())
                if firsts.count(said[:1]) == 1:
                    yield _Entry("row", table.name, column.name, value, said[:1], 3.0)
