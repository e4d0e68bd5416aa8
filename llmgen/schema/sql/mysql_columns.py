"""Columns of MySQL and MariaDB: a name, a type and attributes in any order."""

from collections.abc import Callable, Mapping

from llmgen.schema.model import ColumnType
from llmgen.schema.sql.cursor import Cursor, Unreadable
from llmgen.schema.sql.draft import DraftColumn, DraftTable
from llmgen.schema.sql.mysql_constraints import add_unique, read_check, read_references, set_primary_key
from llmgen.schema.sql.mysql_expressions import plain_text
from llmgen.schema.sql.mysql_types import SERIAL, WrittenType, column_type, is_known, read_collation, read_type

PLACES = ("first", "after")
"""What may follow a column in ALTER TABLE: where it goes."""


def read_column(cursor: Cursor, table: DraftTable) -> DraftColumn:
    """One column definition, put into the table; stops before FIRST or AFTER.

    What is not understood becomes a loss of the table.
    """
    name = cursor.name()
    if cursor.done:
        raise Unreadable(f"column {name} has no type")
    written = read_type(cursor)
    column = DraftColumn(name, _type(written, "", table))
    table.columns[name] = column
    if not is_known(written, _type(written, "", table)):
        table.losses.append(cursor.ignored(f"column {name}: {written.name!r} is no type that is known"))
    if written.name == SERIAL:
        _serial(table, column)
    collation = ""
    while not cursor.done and not cursor.at_any(PLACES):
        begin = Cursor(cursor.source, cursor.tokens, cursor.position, cursor.stop)
        try:
            found = read_collation(cursor)
            collation = found or collation
            if not found:
                _attribute(cursor, table, column)
        except Unreadable as loss:
            cursor.position = begin.position
            clause = cursor.take_until(*_ATTRIBUTES, *PLACES, least=1)
            table.losses.append(clause.ignored(f"column {name}: {loss.why}", loss.constrains))
            if cursor.position == begin.position:
                break
    column.type = _type(written, collation, table)
    return column


def _type(written: WrittenType, collation: str, table: DraftTable) -> ColumnType:
    return column_type(written, collation or written.collation or table.collation)


def _attribute(cursor: Cursor, table: DraftTable, column: DraftColumn) -> None:
    if cursor.at_any(_ATTRIBUTES):
        _ATTRIBUTES[cursor.next.text](cursor, table, column)
        return
    option = cursor.name()  # options of storage engines: name = value
    if not cursor.take("=") or cursor.done:
        raise Unreadable(f"{option!r} is not understood")
    cursor.position += 1


def _null(cursor: Cursor, table: DraftTable, column: DraftColumn) -> None:
    cursor.expect("null")
    column.nullable = True


def _not(cursor: Cursor, table: DraftTable, column: DraftColumn) -> None:
    cursor.expect("not")
    if not cursor.take("secondary"):
        cursor.expect("null")
        column.nullable = False


def _default(cursor: Cursor, table: DraftTable, column: DraftColumn) -> None:
    cursor.expect("default")
    set_default(column, cursor.take_until(*_AFTER_DEFAULT, least=1))


def set_default(column: DraftColumn, expression: Cursor) -> None:
    """A default; NULL is none."""
    if expression.done and expression.first == expression.stop:
        raise Unreadable("the default is missing")
    text = plain_text(expression)
    column.default = None if text.strip("() ").lower() == "null" else text


def _on_update(cursor: Cursor, table: DraftTable, column: DraftColumn) -> None:
    cursor.expect("on", "update")
    cursor.word()
    if cursor.at("("):
        cursor.group()


def _auto_increment(cursor: Cursor, table: DraftTable, column: DraftColumn) -> None:
    cursor.expect("auto_increment")
    column.generated, column.nullable = "identity", False


def _serial(table: DraftTable, column: DraftColumn) -> None:
    column.generated, column.nullable = "identity", False
    add_unique(table, (column.name,), ())


def _serial_default(cursor: Cursor, table: DraftTable, column: DraftColumn) -> None:
    cursor.expect("serial", "default", "value")
    _serial(table, column)


def _unique(cursor: Cursor, table: DraftTable, column: DraftColumn) -> None:
    cursor.expect("unique")
    cursor.take("key")
    add_unique(table, (column.name,), ())


def _primary(cursor: Cursor, table: DraftTable, column: DraftColumn) -> None:
    cursor.take("primary")
    cursor.expect("key")
    set_primary_key(table, (column.name,))


def _comment(cursor: Cursor, table: DraftTable, column: DraftColumn) -> None:
    cursor.expect("comment")
    cursor.take("=")
    column.comment = strings(cursor)


def strings(cursor: Cursor) -> str:
    """Takes string literals; those next to each other are one."""
    text = cursor.string()
    while cursor.next.kind == "string":
        text += cursor.string()
    return text


def _generated(cursor: Cursor, table: DraftTable, column: DraftColumn) -> None:
    cursor.take("generated", "always")
    cursor.expect("as")
    if cursor.take("row"):  # the server's own notes on when a row was true
        cursor.word()
        column.generated, column.nullable = "stored", False
        return
    column.expression = plain_text(cursor.group())
    column.generated = "stored" if cursor.take("stored") or cursor.take("persistent") else "virtual"
    cursor.take("virtual")


def _check(cursor: Cursor, table: DraftTable, column: DraftColumn) -> None:
    name = ""
    if cursor.take("constraint") and not cursor.at("check"):
        name = cursor.name()
    read_check(cursor, table, name)


def _references(cursor: Cursor, table: DraftTable, column: DraftColumn) -> None:
    read_references(cursor, table, (column.name,))


def _storage(cursor: Cursor, table: DraftTable, column: DraftColumn) -> None:
    """Attributes that say how values are kept, with their value where they have one."""
    word = cursor.word()
    if word in ("with", "without"):
        cursor.expect("system", "versioning")
    elif word in ("virtual", "stored", "persistent"):
        if not column.expression:
            raise Unreadable(f"{word!r} is not understood")
        column.generated = "virtual" if word == "virtual" else "stored"
    elif cursor.take("=") or word in ("column_format", "storage", "srid", "ref_system_id"):
        if cursor.done:
            raise Unreadable(f"the value of {word!r} is missing")
        cursor.position += 1


_ATTRIBUTES: Mapping[str, Callable[[Cursor, DraftTable, DraftColumn], None]] = {
    "null": _null,
    "not": _not,
    "default": _default,
    "on": _on_update,
    "auto_increment": _auto_increment,
    "serial": _serial_default,
    "unique": _unique,
    "primary": _primary,
    "key": _primary,
    "comment": _comment,
    "generated": _generated,
    "as": _generated,
    "check": _check,
    "constraint": _check,
    "references": _references,
    **dict.fromkeys(
        (
            "invisible", "visible", "column_format", "storage", "srid", "ref_system_id", "compressed", "with",
            "without", "virtual", "stored", "persistent",
        ),
        _storage,
    ),
}  # fmt: skip
_AFTER_DEFAULT = (*_ATTRIBUTES, *PLACES, "collate", "character", "charset")
