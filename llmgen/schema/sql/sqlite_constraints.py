"""SQLite's columns and constraints, in a table's body or added later: each onto its draft table."""

from collections.abc import Callable
from dataclasses import replace

from sqlglot import exp

from llmgen.schema.sql.constraints import set_primary_key
from llmgen.schema.sql.cursor import Cursor, Unreadable
from llmgen.schema.sql.draft import DraftCheck, DraftColumn, DraftKey, DraftTable, DraftUnique
from llmgen.schema.sql.expressions import columns_of, identifier, sql_of
from llmgen.schema.sql.sqlite_expressions import default_of, read, take_default
from llmgen.schema.sql.sqlite_types import column_type

_COLUMN_WORDS = frozenset({
    "constraint", "default", "null", "not", "primary", "unique", "check", "references", "collate", "as",
    "deferrable", "autoincrement", "on",
})  # fmt: skip
"""Words that end a column's type and begin what constrains it."""
_TABLE_WORDS = frozenset({"constraint", "primary", "unique", "check", "foreign"})
_ACTIONS = frozenset({"cascade", "restrict"})
_EXACT = frozenset({"binary"})
"""Collations under which different texts differ; NOCASE, RTRIM and an application's own fold."""
_FOLDING_CALLS = {"rtrim": "rtrim"}
"""What folds a text as its collation does; all others are NOCASE, or are taken for it."""


def read_body(body: Cursor, table: DraftTable) -> None:
    """The columns and constraints between the parentheses of CREATE TABLE; what is not understood becomes a loss.

    All columns come first, since a constraint may name one that is declared after it.
    """
    columns, constraints = list[tuple[Cursor, DraftColumn]](), list[Cursor]()
    for item in body.items():
        try:
            if item.at_any(_TABLE_WORDS):
                constraints.append(item)
            else:
                columns.append((item, declare_column(item, table)))
        except Unreadable as loss:
            table.losses.append(item.ignored(loss.why, loss.constrains))
    for item, column in columns:
        constrain_column(item, table, column)
    for item in constraints:
        try:
            read_table_constraints(item, table)
        except Unreadable as loss:
            table.losses.append(item.ignored(loss.why, loss.constrains))


def declare_column(cursor: Cursor, table: DraftTable) -> DraftColumn:
    """A column's name and type, which may be several words or none; the cursor stays before its constraints."""
    name = cursor.name()
    if name.lower() in table.spelled:
        raise Unreadable(f"column {name} is declared already")
    column = table.columns[name] = DraftColumn(name, column_type(_type_words(cursor)))
    return column


def _type_words(cursor: Cursor) -> str:
    words = list[str]()
    while cursor.next.kind in ("word", "quoted", "string"):
        if cursor.at_any(_COLUMN_WORDS) or cursor.at("generated", "always"):
            break
        words.append(cursor.next.text)
        cursor.position += 1
    arguments = f"({cursor.group().text})" if words and cursor.at("(") else ""
    return " ".join(words) + arguments


def constrain_column(cursor: Cursor, table: DraftTable, column: DraftColumn) -> None:
    """The constraints of a column, to the cursor's end."""
    while not cursor.done:
        begin = cursor.position
        try:
            _inline(cursor, table, column)
        except Unreadable as loss:
            cursor.position = begin
            clause = cursor.take_until(*_COLUMN_WORDS, "generated", least=1)
            table.losses.append(clause.ignored(f"column {column.name}: {loss.why}", loss.constrains))
            if cursor.position == begin:
                return


def _inline(cursor: Cursor, table: DraftTable, column: DraftColumn) -> None:
    name = cursor.name() if cursor.take("constraint") else ""
    if cursor.take("not", "null"):
        column.nullable = False
        _skip_conflict(cursor)
    elif cursor.take("null"):
        _skip_conflict(cursor)
    elif cursor.take("default"):
        column.default = default_of(take_default(cursor))
    elif cursor.take("primary", "key"):
        _column_key(cursor, table, column, name)
    elif cursor.take("unique"):
        _skip_conflict(cursor)
        table.uniques.append(DraftUnique((column.name,), name))
    elif cursor.at("check"):
        _check(cursor, table, name)
    elif cursor.at("references"):
        _references(cursor, table, (column.name,), name)
    elif cursor.take("collate"):
        _collate(column, cursor.name())
    elif cursor.take("generated", "always", "as") or cursor.take("as"):
        _generated(cursor, table, column)
    elif not cursor.done or not name:
        raise Unreadable(f"{cursor.next.text!r} is not understood")


def _column_key(cursor: Cursor, table: DraftTable, column: DraftColumn, name: str) -> None:
    descends = cursor.take("desc")
    cursor.take("asc")
    _skip_conflict(cursor)
    cursor.take("autoincrement")
    _set_key(table, (column.name,), name)
    if descends:  # SQLite's own exception: such a column does not stand for the row's number
        column.generated = ""


def _set_key(table: DraftTable, columns: tuple[str, ...], name: str) -> None:
    """The primary key; a single column that is declared INTEGER stands for the row's number, which SQLite deals."""
    if table.primary_key:
        raise Unreadable("a second primary key")
    set_primary_key(table, columns, name)
    only = table.column(columns[0])
    if len(columns) == 1 and only.type == column_type("integer"):
        only.generated = "identity"


def _collate(column: DraftColumn, collation: str) -> None:
    type_ = column.type
    if not isinstance(type_, str) and collation.lower() not in _EXACT:
        ...


def _generated(cursor: Cursor, table: DraftTable, column: DraftColumn) -> None:
    written = cursor.group()
    column.generated = "stored" if cursor.take("stored") else "virtual"
    cursor.take("virtual")
    column.expression = written.text
    column.expression = sql_of(read(written, table), "sqlite")


def read_table_constraints(cursor: Cursor, table: DraftTable) -> None:
    """The table constraints up to the cursor's end: SQLite needs no commas between them."""
    while True:
        name = cursor.name() if cursor.take("constraint") else ""
        if cursor.done and name:
            return
        word = cursor.next.text if cursor.next.kind == "word" else ""
        if word not in _TABLE_CONSTRAINTS:
            raise Unreadable(f"{cursor.next.text!r} is not understood")
        _TABLE_CONSTRAINTS[word](cursor, table, name)
        if cursor.done:
            return
