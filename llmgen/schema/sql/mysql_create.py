"""CREATE statements of MySQL and MariaDB: what each declares, put into the catalog."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from itertools import pairwise

from llmgen.schema.sql.cursor import Cursor, Unreadable
from llmgen.schema.sql.draft import PUBLIC, Catalog, DraftTable
from llmgen.schema.sql.mysql_columns import read_column, strings
from llmgen.schema.sql.mysql_constraints import (
    add_unique,
    at_table_constraint,
    read_parts,
    read_table_constraint,
    skip_method,
)
from llmgen.schema.sql.mysql_types import OF_SET, read_collation
from llmgen.schema.sql.tokens import Token

_QUIET = frozenset({
    "sequence", "role", "user", "server", "tablespace", "undo", "logfile", "package", "resource", "library", "catalog",
})  # fmt: skip
SHAPES = "shapes tables:"
"""How the setting begins that names a routine which does."""
MAY_CHANGE, ACTS_AFTER = "a trigger may change or refuse rows", "a trigger acts after rows are written"
ON_DELETE = "a trigger on DELETE meets no rows that are written"
COLLATION = "collation"
"""The setting of a catalog that tells how texts of new tables compare."""


def create(cursor: Cursor, catalog: Catalog) -> None:
    """CREATE anything: hands over to what reads that kind of object, past all that may stand before it."""
    cursor.expect("create")
    modifiers = {"replace"} if cursor.take("or", "replace") else set()
    if cursor.at_any(_QUIET) or cursor.at("spatial", "reference"):
        return
    while not cursor.at_any(_KINDS):  # UNIQUE, TEMPORARY, ALGORITHM = x, DEFINER = a@b, SQL SECURITY x
        if cursor.done:
            raise Unreadable("this CREATE is not understood")
        modifiers.add(cursor.next.text)
        cursor.position += 1
    _KINDS[cursor.word()](cursor, catalog, modifiers)


def _table(cursor: Cursor, catalog: Catalog, modifiers: set[str]) -> None:
    if "temporary" in modifiers:
        raise Unreadable("a temporary table", constrains=False)
    repeatable = cursor.take("if", "not", "exists")
    name = (PUBLIC, cursor.qualified()[1])
    if "replace" in modifiers:
        catalog.tables.pop(name, None)
    if name in catalog.tables:
        raise Unreadable(f"table {name[1]} is declared already", constrains=not repeatable)
    table = DraftTable(name, cursor.ignored("a part of another table"), insensitive=True)
    if cursor.take("like") or cursor.take("(", "like"):
        _like(cursor, table, catalog)
    elif not cursor.at("(") or cursor.at("(", "select") or cursor.at("(", "with"):
        raise Unreadable("the columns of the table are not written here")
    else:
        body = cursor.group()
        table.collation = catalog.settings.get(COLLATION, "")
        query = read_options(cursor, table)
        _body(body, table)
        if query:
            table.losses.append(query.ignored("the columns that a query adds are not read"))
        if not table.columns:
            raise Unreadable("no column of the table could be read")
    catalog.tables[name] = table


def _like(cursor: Cursor, table: DraftTable, catalog: Catalog) -> None:
    """The columns, keys and checks of another table; its references stay its own."""
    source = catalog.known_table((None, cursor.qualified()[1]))
    for part in ("columns", "primary_key", "primary_key_name", "uniques", "checks", "comment", "collation"):
        setattr(table, part, deepcopy(getattr(source, part)))


def _body(body: Cursor, table: DraftTable) -> None:
    """Columns first, then periods, as keys may stand before what they name."""
    constraints = []
    for item in body.items():
        try:
            if at_table_constraint(item):
                constraints.append(item)
            else:
                read_column(item, table)
                if not item.done:
                    raise Unreadable(f"{item.next.text!r} is not understood")
        except Unreadable as loss:
            table.losses.append(item.ignored(loss.why, loss.constrains))
    for item in sorted(constraints, key=lambda item: not item.at("period")):
        try:
            read_table_constraint(item, table)
        except Unreadable as loss:
            table.losses.append(item.ignored(loss.why, loss.constrains))


def read_options(cursor: Cursor, table: DraftTable) -> Cursor | None:
    """The options behind a table's columns: its comment and collation count, the others say how rows are stored.

    Gives the query where the table is made of one too.
    """
    collations = []
    while not cursor.done:
        if cursor.at("select") or (cursor.at("with") and not cursor.at("with", "system")):
            return cursor.rest()
        if cursor.take("partition", "by"):
            cursor.take_until("select", "as")
        elif cursor.take("comment"):
            cursor.take("=")
            table.comment = strings(cursor)
        elif found := read_collation(cursor):
            collations.append(found)
        elif cursor.at("("):
            inside = cursor.group()
            if inside.at_any(("select", "with")):
                return inside
        else:
            cursor.position += 1
    table.collation = chosen(collations) or table.collation
    return None


def chosen(collations: Sequence[str]) -> str:
    """The collation of several that were named: one by itself goes before those of character sets."""
    return next((name for name in collations if not name.endswith(OF_SET)), next(iter(collations), ""))


def _index(cursor: Cursor, catalog: Catalog, modifiers: set[str]) -> None:
    if "unique" not in modifiers:
        return
    cursor.take("if", "not", "exists")
    name = cursor.name()
    skip_method(cursor)
    cursor.expect("on")
    table = catalog.known_table((None, cursor.qualified()[1]))
    columns, expressions = read_parts(cursor, table)
    if not cursor.done:
        raise Unreadable(f"{cursor.next.text!r} is not understood")
    add_unique(table, columns, expressions, name)


def _trigger(cursor: Cursor, catalog: Catalog, modifiers: set[str]) -> None:
    begin = Cursor(cursor.source, cursor.tokens)
    cursor.take("if", "not", "exists")
    name = cursor.qualified()[1]
    before = not cursor.take("after")
    cursor.take("before")
    event = cursor.next.text
    while not cursor.done and not cursor.take("on"):
        cursor.position += 1
    table = catalog.known_table((None, cursor.qualified()[1]))
    table.triggers[name] = begin.ignored(*said_of_trigger(before, event, cursor.tokens[cursor.position :]))


def said_of_trigger(before: bool, event: str, body: Iterable[Token]) -> tuple[str, bool]:
    """What a trigger does, by its time, event and body, and whether that constrains rows: SIGNAL refuses them."""
    if not before and not any(token.text == "signal" and token.kind == "word" for token in body):
        return ACTS_AFTER, False
    return (ON_DELETE, False) if event.lower() == "delete" else (MAY_CHANGE, True)


def _view(cursor: Cursor, catalog: Catalog, modifiers: set[str]) -> None:
    cursor.take("if", "not", "exists")
    name = (PUBLIC, cursor.qualified()[1])
    if name in catalog.views:
        return  # dumps declare each view twice: at first without what it may need
    catalog.views.add(name)
    raise Unreadable("a view holds no rows of its own", constrains=False)


def _routine(cursor: Cursor, catalog: Catalog, modifiers: set[str]) -> None:
    cursor.take("if", "not", "exists")
    name = cursor.qualified()[1]
    words = [token.text for token in cursor.tokens if token.kind == "word"]
    if any(pair in pairwise(words) for pair in (("create", "table"), ("alter", "table"))):
        catalog.settings[f"{SHAPES} {name.lower()}"] = name
    raise Unreadable("a routine constrains no rows", constrains=False)


def _database(cursor: Cursor, catalog: Catalog, modifiers: set[str]) -> None:
    read_database(cursor, catalog)


def read_database(cursor: Cursor, catalog: Catalog) -> None:
    """What follows CREATE or ALTER DATABASE: the collation of the tables that come."""
    collations = []
    while not cursor.done:
        found = read_collation(cursor)
        collations += [found] if found else []
        cursor.position += not found
    if collations:
        catalog.settings[COLLATION] = chosen(collations)


_KINDS: Mapping[str, Callable[[Cursor, Catalog, set[str]], None]] = {
    "table": _table,
    "index": _index,
    "trigger": _trigger,
    "view": _view,
    "procedure": _routine,
    "function": _routine,
    "event": _routine,
    "database": _database,
    "schema": _database,
}
