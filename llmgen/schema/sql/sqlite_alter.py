"""SQLite's ALTER TABLE and DROP, and the PRAGMAs that decide what they do to others."""

from collections.abc import Callable
from dataclasses import replace

from llmgen.schema.sql.cursor import Cursor, Unreadable
from llmgen.schema.sql.draft import Catalog, DraftTable
from llmgen.schema.sql.expressions import columns_of
from llmgen.schema.sql.rename import rename_column
from llmgen.schema.sql.respell import respell
from llmgen.schema.sql.sqlite_constraints import (
    TABLE_WORDS,
    constrain_column,
    declare_column,
    no_target,
    read_table_constraints,
)
from llmgen.schema.sql.sqlite_create import home, known, trigger_key

_ON = frozenset({"on", "yes", "true", "1"})


def alter(cursor: Cursor, catalog: Catalog) -> None:
    """ALTER TABLE with its one action."""
    cursor.expect("alter", "table")
    table = known(catalog, cursor.qualified())
    action = cursor.word()
    if action not in _ACTIONS:
        raise Unreadable(f"ALTER TABLE ... {action.upper()} is not understood")
    _ACTIONS[action](cursor, table, catalog)


def _rename(cursor: Cursor, table: DraftTable, catalog: Catalog) -> None:
    if cursor.at("to"):
        cursor.expect("to")
        return _rename_table(table, cursor.name(), catalog)
    cursor.take("column")
    old = cursor.name()
    cursor.expect("to")
    new = cursor.name()
    respell(catalog)
    column = table.column(old)
    if new.lower() in table.spelled and new.lower() != column.name.lower():
        raise Unreadable(f"column {new} is declared already")
    if new != column.name:
        rename_column(table, column.name, new, catalog)
    return None


def _rename_table(table: DraftTable, new: str, catalog: Catalog) -> None:
    """References to the table follow it, unless PRAGMA legacy_alter_table is on and foreign_keys is off."""
    old_key, new_key = home(table.name), home((table.name[0], new))
    if new_key != old_key and (new_key in catalog.tables or new_key in catalog.views):
        raise Unreadable(f"table {new} is declared already")
    if catalog.settings.get("legacy_alter_table") not in _ON or catalog.settings.get("foreign_keys") in _ON:
        for other in catalog.tables.values():
            for key in other.foreign_keys:
                if other.name[0] == table.name[0] and key.target[1].lower() == old_key[1]:
                    key.target = (None, new)
                    key.clause = replace(key.clause, why=no_target(new))
    catalog.tables = {new_key if draft is table else name: draft for name, draft in catalog.tables.items()}
    catalog.indexes = {index: new_key if owner == old_key else owner for index, owner in catalog.indexes.items()}
    table.name = (table.name[0], new)


def _add(cursor: Cursor, table: DraftTable, catalog: Catalog) -> None:
    if cursor.at_any(TABLE_WORDS):
        return read_table_constraints(cursor, table)
    cursor.take("column")
    constrain_column(cursor, table, declare_column(cursor, table, set(table.spelled)))
    return None


def _drop_column(cursor: Cursor, table: DraftTable, catalog: Catalog) -> None:
    """SQLite drops only columns that nothing else names but their own inline constraints, which go with them."""
    if cursor.take("constraint"):
        name = cursor.name().lower()
        table.checks = [check for check in table.checks if check.name.lower() != name]
        return
    cursor.take("column")
    respell(catalog)
    gone = table.column(cursor.name()).name
    del table.columns[gone]
    table.foreign_keys = [key for key in table.foreign_keys if gone not in key.columns]
    table.uniques = [unique for unique in table.uniques if gone not in unique.columns]
    table.checks = [check for check in table.checks if gone not in columns_of(check.tree)]
    table.primary_key = () if gone in table.primary_key else table.primary_key


def _alter_column(cursor: Cursor, table: DraftTable, catalog: Catalog) -> None:
    cursor.take("column")
    column = table.column(cursor.name())
    if cursor.take("drop", "not", "null"):
        column.nullable = True
    elif cursor.take("set", "not", "null"):
        column.nullable = False
    else:
        raise Unreadable(f"{cursor.next.text!r} is not understood")


_ACTIONS: dict[str, Callable[[Cursor, DraftTable, Catalog], None]] = {
    "rename": _rename,
    "add": _add,
    "drop": _drop_column,
    "alter": _alter_column,
}


def drop(cursor: Cursor, catalog: Catalog) -> None:
    """DROP of a table, a view, a unique index or a trigger; references to a dropped table stay, as in SQLite."""
    cursor.expect("drop")
    kind = cursor.word()
    cursor.take("if", "exists")
    name = cursor.qualified()
    key = home(name)
    if kind == "table" and key in catalog.tables:
        del catalog.tables[key]
    elif kind in ("table", "view"):
        catalog.views.discard(key)
    elif kind == "index":
        owner = catalog.tables.get(catalog.indexes.pop(key[1], key))
        if owner:
            owner.uniques = [unique for unique in owner.uniques if unique.name.lower() != key[1]]
    elif kind == "trigger":
        owner = catalog.tables.get(catalog.indexes.pop(trigger_key(name), key))
        if owner:
            owner.triggers.pop(key[1], None)


def pragma(cursor: Cursor, catalog: Catalog) -> None:
    """PRAGMA name = value and PRAGMA name(value), kept for those that ask."""
    cursor.expect("pragma")
    name = cursor.qualified()[1].lower()
    if cursor.take("=") or cursor.take("("):
        catalog.settings[name] = cursor.next.text.lower()
