"""SQLite's columns and constraints, in a table's body or added later: each onto its draft table."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from sqlglot import exp

from llmgen.schema.model import ColumnType
from llmgen.schema.sql.constraints import set_primary_key
from llmgen.schema.sql.cursor import Cursor, Unreadable
from llmgen.schema.sql.draft import DraftCheck, DraftColumn, DraftKey, DraftTable, DraftUnique
from llmgen.schema.sql.expressions import columns_of, identifier, read_expression, sql_of
from llmgen.schema.sql.sqlite_expressions import DEEPEST, default_of, inside, read, take_default
from llmgen.schema.sql.sqlite_types import column_type

_COLUMN_WORDS = frozenset({
    "constraint", "default", "null", "not", "primary", "unique", "check", "references", "collate", "as",
    "deferrable", "autoincrement", "on",
})  # fmt: skip
"""Words that end a column's type and begin what constrains it."""
TABLE_WORDS = frozenset({"constraint", "primary", "unique", "check", "foreign"})
"""Words that begin a table constraint, and no column."""
MOST_COLUMNS = 4_000
"""SQLite itself allows 2,000 unless it is built otherwise."""
_CONFLICTS = frozenset({"rollback", "abort", "fail", "ignore", "replace"})
_ORDERS = (("autoincrement",), ("nulls", "first"), ("nulls", "last"), ("asc",), ("desc",))
_EXACT = "binary"
"""The collation under which different texts differ; NOCASE, RTRIM and an application's own ones fold."""


def read_body(body: Cursor, table: DraftTable) -> None:
    """The columns and constraints between the parentheses of CREATE TABLE; what is not understood becomes a loss.

    All columns come first, since a constraint may name one that is declared after it.
    """
    columns, constraints, taken = list[tuple[Cursor, DraftColumn]](), list[Cursor](), set[str]()
    for item in body.items():
        try:
            if item.at_any(TABLE_WORDS):
                constraints.append(item)
            else:
                columns.append((item, declare_column(item, table, taken)))
        except Unreadable as loss:
            table.losses.append(item.ignored(loss.why, loss.constrains))
    for item, column in columns:
        constrain_column(item, table, column)
    for item in constraints:
        try:
            read_table_constraints(item, table)
        except Unreadable as loss:
            table.losses.append(item.ignored(loss.why, loss.constrains))


def declare_column(cursor: Cursor, table: DraftTable, taken: set[str]) -> DraftColumn:
    """A column's name and type, which may be several words or none; the cursor stays before its constraints.

    `taken` are the names of the others in lower case; this one is added.
    """
    name = cursor.name()
    if len(taken) >= MOST_COLUMNS:
        raise Unreadable(f"the table has more than {MOST_COLUMNS} columns")
    if name.lower() in taken:
        raise Unreadable(f"column {name} is declared already")
    taken.add(name.lower())
    column = table.columns[name] = DraftColumn(name, column_type(type_words(cursor)))
    return column


def type_words(cursor: Cursor) -> str:
    """Takes the words of a type with their arguments: one space between them, no comments."""
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
    if isinstance(column.type, ColumnType) and column.type.kind == "text":
        column.type = replace(column.type, folds=collation.lower() != _EXACT)


def _generated(cursor: Cursor, table: DraftTable, column: DraftColumn) -> None:
    written = cursor.group()
    column.generated = "stored" if cursor.take("stored") else "virtual"
    cursor.take("virtual")
    column.expression = written.text  # stays if it cannot be read
    column.expression = sql_of(read(written, table), "sqlite")


def read_table_constraints(cursor: Cursor, table: DraftTable) -> None:
    """The table constraints up to the cursor's end: SQLite needs no commas between them."""
    while not cursor.done:
        name = cursor.name() if cursor.take("constraint") else ""
        word = cursor.next.text if cursor.next.kind == "word" else ""
        if word not in _TABLE_CONSTRAINTS:
            raise Unreadable(f"{cursor.next.text!r} is not understood")
        _TABLE_CONSTRAINTS[word](cursor, table, name)


def _check(cursor: Cursor, table: DraftTable, name: str) -> None:
    cursor.expect("check")
    condition = cursor.group()
    _skip_conflict(cursor)
    tree = read(condition, table)
    if not _is_json(tree, table):
        table.checks.append(DraftCheck(tree, name))


def _is_json(tree: exp.Expr, table: DraftTable) -> bool:
    """Whether the check says that a text is JSON, as frameworks declare such columns: then so does its type."""
    named = columns_of(tree)
    column = table.columns.get(named[0]) if len(named) == 1 else None
    if column is None or not isinstance(column.type, ColumnType) or column.type.length is not None:
        return False
    name = identifier(column.name, "sqlite").sql("sqlite")
    valid, null = f"json_valid({name})", f"{name} IS NULL"
    if column.type.kind not in ("text", "json") or sql_of(tree, "sqlite") not in (
        valid, f"{valid} OR {null}", f"{null} OR {valid}",
    ):  # fmt: skip
        return False
    column.type = ColumnType("json", column.type.sql)
    return True


def _table_key(cursor: Cursor, table: DraftTable, name: str) -> None:
    cursor.expect("primary", "key")
    parts = elements(cursor.group(), table)
    _skip_conflict(cursor)
    if not all(part.column for part in parts):
        raise Unreadable("a primary key of expressions")
    _set_key(table, tuple(part.column for part in parts), name)
    if any(part.expression for part in parts):
        table.uniques.append(unique_of(parts, name))


def _table_unique(cursor: Cursor, table: DraftTable, name: str) -> None:
    cursor.expect("unique")
    table.uniques.append(unique_of(elements(cursor.group(), table), name))
    _skip_conflict(cursor)


class Element(NamedTuple):
    """A member of a key or an index: a column ("" if it is none), an expression where the column alone is not meant."""

    column: str
    expression: exp.Expr | None = None


def unique_of(parts: list[Element], name: str, where: exp.Expr | None = None) -> DraftUnique:
    """The unique of these members."""
    columns = tuple(part.column for part in parts if part.expression is None)
    return DraftUnique(columns, name, where, tuple(part.expression for part in parts if part.expression is not None))


def elements(group: Cursor, table: DraftTable) -> list[Element]:
    """The members between the parentheses of a key or an index. Raises Unreadable."""
    found = [_element(item, table) for item in group.items()]
    if not found:
        raise Unreadable("a column list is empty")
    return found


def _element(item: Cursor, table: DraftTable) -> Element:
    _strip_order(item)
    collation = ""
    for _ in range(DEEPEST):
        if item.stop - item.first > 2 and item.tokens[item.stop - 2].text == "collate":
            collation = collation or item.tokens[item.stop - 1].text.lower()
            item.stop -= 2
        elif within := inside(item):
            item = within
        else:
            break
    if item.stop - item.first == 1 and item.next.kind in item.source.spelling.names:
        return indexed(table.column(item.name()), collation)
    tree = read(item, table)
    return Element("", tree if collation in ("", _EXACT) else _folded(tree, collation))


def indexed(column: DraftColumn, collation: str) -> Element:
    """A column under a collation, which matters if the column's texts do not fold anyway."""
    exact = isinstance(column.type, ColumnType) and column.type.kind == "text" and not column.type.folds
    if not exact or collation in ("", _EXACT):
        return Element(column.name)
    return Element(column.name, _folded(exp.column(identifier(column.name, "sqlite")), collation))


def _strip_order(item: Cursor) -> None:
    """Leaves out how an index is sorted, in words that stand in the order of _ORDERS from behind."""
    for words in _ORDERS:
        ends = item.stop - len(words)
        if ends > item.first and Cursor(item.source, item.tokens, ends, item.stop).at(*words):
            item.stop = ends


def _folded(tree: exp.Expr, collation: str) -> exp.Expr:
    """What folds a text as the collation does: `mail COLLATE NOCASE` is LOWER(mail), and so is an application's own."""
    call = "rtrim" if collation == "rtrim" else "lower"
    return read_expression(f"{call}({sql_of(tree, 'sqlite')})", dialect="sqlite")


def _foreign(cursor: Cursor, table: DraftTable, name: str) -> None:
    cursor.expect("foreign", "key")
    _references(cursor, table, cursor.names(), name)


def _references(cursor: Cursor, table: DraftTable, columns: tuple[str, ...], name: str) -> None:
    """MATCH is passed over, as SQLite does; only what is INITIALLY DEFERRED can wait, as it has no SET CONSTRAINTS."""
    start, on_delete, deferred = cursor.position, "no action", False
    cursor.expect("references")
    target = (None, cursor.qualified()[1])
    referenced = cursor.names() if cursor.at("(") else ()
    while True:
        if cursor.take("on"):
            event, action = cursor.word(), cursor.word()
            action = f"{action} {cursor.word()}" if action in ("no", "set") else action
            on_delete = action if event == "delete" else on_delete
        elif cursor.take("match"):
            cursor.name()
        elif cursor.take("not", "deferrable"):
            _initially(cursor)
        elif cursor.take("deferrable"):
            deferred = _initially(cursor)
        else:
            break
    clause = Cursor(cursor.source, cursor.tokens, start, cursor.position)
    loss = clause.ignored(no_target(target[1]))
    table.foreign_keys.append(DraftKey(columns, target, referenced, on_delete, deferred, name, loss))


def no_target(table: str) -> str:
    """What to say of a reference whose table is not there in the end."""
    return f"its target {table} is not in this schema"


def _initially(cursor: Cursor) -> bool:
    return cursor.take("initially") and cursor.word() == "deferred"


def _skip_conflict(cursor: Cursor) -> None:
    if cursor.take("on", "conflict") and cursor.word() not in _CONFLICTS:
        raise Unreadable("ON CONFLICT says nothing that SQLite knows")


_TABLE_CONSTRAINTS: dict[str, Callable[[Cursor, DraftTable, str], None]] = {
    "check": _check,
    "unique": _table_unique,
    "primary": _table_key,
    "foreign": _foreign,
}
