"""Reads a schema from DBML, the language of dbdiagram, through the library pydbml."""

import re
import warnings
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmgen.errors import InputError
from llmgen.schema.contracts.physical import physical_column
from llmgen.schema.files import read_text
from llmgen.schema.model import Column, ColumnType, ForeignKey, Ignored, Schema, Table, Unique
from llmgen.schema.sql.expressions import plain_sql
from llmgen.schema.types import array_of, enum

if TYPE_CHECKING:
    from pydbml.classes import Column as DbmlColumn
    from pydbml.classes import Index, Reference
    from pydbml.classes import Table as DbmlTable
    from pydbml.database import Database

MOST_BYTES = 500_000
"""The largest file; pydbml reads some 80 KB a second."""

_DEEPEST_PARENTHESES = 6
"""pydbml's time doubles with each level."""
_PLAIN_OR_BRACKET = re.compile(r"[()]|[^\w\"'`,.+\-\s]")
_NEGATIVE = re.compile(r"(\bdefault:[ \t]*)(-\d+(?:\.\d+)?)", re.IGNORECASE)
_TABLE = re.compile(
    r'^[ \t]*table[ \t]+(?:"([^"\n]+)"|(\w+))(?:\.(?:"([^"\n]+)"|(\w+)))?', re.IGNORECASE | re.MULTILINE
)
_INDEXES = re.compile(r"^[ \t]*indexes[ \t]*\{", re.IGNORECASE | re.MULTILINE)
_SAID = frozenset({
    "table", "column", "not", "present", "in", "the", "database", "is", "already", "cannot", "add", "index", "defined",
    "group",
})  # fmt: skip
"""Words of pydbml's errors that are no names."""
_HINT = "mend the line; of newer DBML, checks, TablePartial and Records are not read"

FullName = tuple[str, str]
"""(database schema, bare name)."""


def read_dbml(path: Path) -> Schema:
    """The schema of a DBML file. InputError, with the line where pydbml tells it, for what it cannot read."""
    text = read_text(path, "DBML")
    if len(text) > MOST_BYTES:
        raise InputError(f"{path}: larger than {MOST_BYTES // 1_000} KB", "split the file")
    return parse_dbml(text, str(path))


def parse_dbml(text: str, origin: str = "<text>") -> Schema:
    """The schema that DBML text declares; `origin` names it in errors. InputError as `read_dbml`."""
    database = _parsed(text, origin)
    lines: dict[FullName, int] = {}
    for found in _TABLE.finditer(text):
        first, second = found[1] or found[2], found[3] or found[4]
        lines.setdefault((first, second) if second else ("public", first), _line(text, found.start()))
    builder = _Builder(database, lines)
    for table in database.tables:
        builder.add(table)
    for reference in database.refs:
        builder.refer(reference)
    if not builder.tables:
        raise InputError(f"{origin}: no table in it", "give DBML such as: Table users { id integer [pk] }")
    ignored = [*builder.ignored, *_lost_indexes(text, database)]
    return Schema(builder.named(), ignored=tuple(sorted(ignored, key=lambda item: item.line)))


def _parsed(text: str, origin: str) -> "Database":
    if (deep := _too_deep(text)) is not None:
        message = f"more than {_DEEPEST_PARENTHESES} parentheses inside one another"
        raise InputError(f"{origin}:{_line(text, deep)}: {message}", "write the type with fewer")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of how pydbml calls pyparsing
        return _by_library(_NEGATIVE.sub(r"\1`\2`", text), origin)  # pydbml knows no negative numbers


def _by_library(text: str, origin: str) -> "Database":
    """What pydbml makes of the text, its errors as InputErrors."""
    try:
        import pyparsing
        from pydbml import PyDBML, exceptions
    except ModuleNotFoundError as error:
        hint = 'pip install "llmgen[dbml]"'
        raise InputError(f"{origin}: the library that reads DBML is missing", hint) from error
    named = [each for each in vars(exceptions).values() if isinstance(each, type)]
    faults: tuple[type[Exception], ...] = (SyntaxError, ValueError, RecursionError, *named)
    try:
        found: Database = PyDBML.parse(text)
    except pyparsing.ParseBaseException as error:
        shown = error.line.strip()[:80] or "the end of a table or a block is missing"
        raise InputError(f"{origin}:{error.lineno}: not DBML that can be read: {shown}", _HINT) from error
    except faults as error:
        place = re.search(r"at position (\d+)", str(error))
        line = _line(text, int(place[1])) if place else _mentioned(text, str(error))
        where = f"{origin}:{line}" if line else origin
        reason = re.sub(r" at position \d+", "", str(error))
        raise InputError(f"{where}: {reason}", "mend the DBML") from error
    return found


def _too_deep(text: str) -> int | None:
    """Where parentheses are nested more deeply than pydbml can read in time."""
    depth = 0
    for found in _PLAIN_OR_BRACKET.finditer(text):
        sign = found[0]
        depth = depth + 1 if sign == "(" else max(depth - 1, 0) if sign == ")" else 0
        if depth > _DEEPEST_PARENTHESES:
            return found.start()
    return None


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _mentioned(text: str, error: str) -> int:
    """The last line with the rarest name of an error that has no place; 0 for none."""
    names = [name for name in re.findall(r"\w+", error.replace("public.", "")) if name.lower() not in _SAID]
    places = {name: [found.start() for found in re.finditer(rf"\b{name}\b", text)] for name in names}
    rarest = min(filter(None, places.values()), key=len, default=[])
    return _line(text, rarest[-1]) if rarest else 0


def _lost_indexes(text: str, database: "Database") -> Iterable[Ignored]:
    """pydbml keeps the first block of a table's indexes."""
    blocks = [_line(text, found.start()) for found in _INDEXES.finditer(text)]
    if len(blocks) > sum(bool(table.indexes) for table in database.tables):
        yield Ignored(blocks[-1], "indexes", "a table has several blocks of indexes, and only its first is read")


@dataclass
class _Draft:
    """A table on its way."""

    name: FullName
    columns: dict[str, Column]
    primary_key: tuple[str, ...] = ()
    uniques: list[Unique] = field(default_factory=list)
    foreign_keys: list[tuple[FullName, ForeignKey]] = field(default_factory=list)
    """With the table that each refers to."""
    comment: str = ""


class _Builder:
    """The tables of a database, and what was not understood."""

    def __init__(self, database: "Database", lines: dict[FullName, int]) -> None:
        self.tables: dict[FullName, _Draft] = {}
        self.ignored: list[Ignored] = []
        self._lines = lines
        self._enums = {(each.schema, each.name): [item.name for item in each.items] for each in database.enums}

    def add(self, table: "DbmlTable") -> None:
        """A table with its columns and indexes."""
        name = (table.schema, table.name)
        columns = [self._column(name, column) for column in table.columns]
        draft = _Draft(name, {column.name: column for column in columns}, comment=table.note.text or "")
        if len(draft.columns) < len(columns):
            twice = Counter(column.name for column in columns).most_common(1)[0][0]
            self._ignore(name, twice, f"column {twice} stands twice; the last one is taken")
        draft.primary_key = tuple(column.name for column in table.columns if column.pk)
        draft.uniques = [Unique((column.name,)) for column in table.columns if column.unique and not column.pk]
        self.tables[name] = draft
        for index in table.indexes:
            self._index(draft, index)
        for key in draft.primary_key:
            draft.columns[key] = replace(draft.columns[key], nullable=False)

    def refer(self, reference: "Reference") -> None:
        """A relation: a foreign key on the side of many, or a table of pairs."""
        first, second = _side(reference.col1), _side(reference.col2)
        if reference.type == "<>":
            self._junction(reference, first, second)
            return
        if reference.type == "<" or (reference.type == "-" and not self._first_refers(reference, first, second)):
            first, second = second, first
        draft = self.tables[first[0]]
        self._foreign_key(draft, first[1], second, reference)
        if reference.type == "-" and first[1] != draft.primary_key:
            draft.uniques.append(Unique(first[1]))

    def named(self) -> tuple[Table, ...]:
        """The tables under the names that a Schema gives them."""
        shared = Counter(name for _, name in self.tables)
        names = {
            full: full[1] if shared[full[1]] == 1 or full[0] == "public" else ".".join(full) for full in self.tables
        }
        return tuple(
            Table(
                names[draft.name],
                tuple(draft.columns.values()),
                draft.primary_key,
                tuple(replace(key, table=names[target]) for target, key in draft.foreign_keys),
                tuple(dict.fromkeys(draft.uniques)),
                comment=draft.comment,
                schema=None if draft.name[0] == "public" else draft.name[0],
            )
            for draft in self.tables.values()
        )

    def _ignore(self, table: FullName, text: str, why: str) -> None:
        self.ignored.append(Ignored(self._lines.get(table, 0), text, f"{table[1]}: {why}"))

    def _column(self, table: FullName, column: "DbmlColumn") -> Column:
        typed = self._type(table, column)
        serial = column.autoinc or typed.generated == "identity"
        return replace(
            typed,
            name=column.name,
            nullable=not (column.not_null or serial),
            default=None if serial else _default(column.default),
            generated="identity" if serial else "",
            comment=column.note.text or "",
        )

    def _type(self, table: FullName, column: "DbmlColumn") -> Column:
        """A column of that type, whatever its name."""
        if not isinstance(column.type, str):
            return Column("", enum((item.name for item in column.type.items), column.type.name))
        bare = column.type.removesuffix("[]")
        schema, _, name = bare.rpartition(".")
        if labels := self._enums.get((schema or "public", name)):
            return Column("", array_of(enum(labels, name)))
        found = physical_column(column.type)
        if found is None or found.type.kind == "other":
            self._ignore(table, column.type, f"column {column.name}: a type that is not known")
        return found or Column("", ColumnType("other", column.type))

    def _index(self, draft: _Draft, index: "Index") -> None:
        columns = tuple(each.name for each in index.subjects if hasattr(each, "name"))
        expressions = tuple(plain_sql(each.text) for each in index.subjects if hasattr(each, "text"))
        if index.pk and not expressions:
            draft.primary_key = columns
        elif index.unique or index.pk:
            draft.uniques.append(Unique(columns, expressions=expressions, name=index.name or ""))

    def _first_refers(self, reference: "Reference", first: "_Side", second: "_Side") -> bool:
        """Which side of a one-to-one refers: the one that is not the key; else the inline one, else the second."""
        keys = [self.tables[table].primary_key == columns for table, columns in (first, second)]
        return keys[1] if keys[0] != keys[1] else bool(reference.inline)

    def _foreign_key(self, draft: _Draft, columns: tuple[str, ...], target: "_Side", reference: "Reference") -> None:
        if len(columns) != len(target[1]):
            self._ignore(draft.name, ", ".join(columns), "a relation between different numbers of columns")
            return
        action = (reference.on_delete or "no action").lower()
        key = ForeignKey(columns, "", target[1], action, name=reference.name or "")
        draft.foreign_keys.append((target[0], key))

    def _junction(self, reference: "Reference", first: "_Side", second: "_Side") -> None:
        """The table of pairs that a many-to-many relation stands for."""
        (left, _), (right, _) = first, second
        name = _free((left[0], f"{left[1]}_{right[1]}"), self.tables)
        draft = _Draft(name, {})
        for side in (first, second):
            members = []
            for column in side[1]:
                member = _free(("", f"{side[0][1]}_{column}"), {("", each): None for each in draft.columns})[1]
                source = self.tables[side[0]].columns[column]
                draft.columns[member] = Column(member, source.type, nullable=False)
                members.append(member)
            self._foreign_key(draft, tuple(members), side, reference)
        draft.primary_key = tuple(draft.columns)
        self.tables[name] = draft


_Side = tuple[FullName, tuple[str, ...]]
"""A table and the columns of it at one end of a relation."""


def _side(columns: "list[DbmlColumn]") -> _Side:
    table = columns[0].table
    if table is None:
        raise InputError(f"the column {columns[0].name} has no table", "mend the DBML")
    return (table.schema, table.name), tuple(column.name for column in columns)


def _free(name: FullName, taken: Iterable[FullName]) -> FullName:
    """The name, with a number where it is taken."""
    found, number = name, 1
    known = set(taken)
    while found in known:
        number += 1
        found = (name[0], f"{name[1]}_{number}")
    return found


def _default(value: Any) -> str | None:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if value == "NULL":  # which pydbml does not tell from a text
        return None
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, int | float):
        return str(value)
    return None if value is None else plain_sql(value.text)
