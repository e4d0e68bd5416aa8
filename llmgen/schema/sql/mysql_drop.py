"""DROP statements and actions of MySQL and MariaDB: what they take out of the catalog."""

import re
from dataclasses import replace
from typing import TypeVar

from llmgen.schema.sql.cursor import Cursor
from llmgen.schema.sql.draft import Catalog, DraftTable, Named
from llmgen.schema.sql.expressions import columns_of

_Item = TypeVar("_Item", bound=Named)
_EXECUTED = re.compile(r"/\*M?!\d*\s*\Z")


def drop(cursor: Cursor, catalog: Catalog) -> None:
    """DROP TABLE, INDEX and TRIGGER of what was declared before; dropping anything else frees rows only."""
    begin = Cursor(cursor.source, cursor.tokens)
    cursor.expect("drop")
    kind = cursor.word()
    if kind not in ("table", "tables", "index", "trigger"):
        return
    cursor.take("if", "exists")
    if kind == "index":
        name = cursor.name()
        cursor.expect("on")
        drop_index(catalog.known_table((None, cursor.qualified()[1])), name)
        return
    for item in cursor.items():
        name = item.qualified()[1]
        if kind == "trigger":
            for owner in catalog.tables.values():
                owner.triggers.pop(name, None)
        elif table := catalog.table((None, name)):
            del catalog.tables[table.name]
            if not _executable(begin):
                catalog.ignored.append(replace(table.clause, why="the table is dropped again", constrains=False))


def _executable(statement: Cursor) -> bool:
    """Whether it stands in a comment that servers run: so dumps drop the tables that stood in for views."""
    start = statement.tokens[0].start
    return _EXECUTED.search(statement.source.text, max(0, start - 20), start) is not None


def drop_named(items: list[_Item], name: str) -> bool:
    """Takes out what has that name in any case; whether there was any."""
    kept = [item for item in items if item.name.lower() != name.lower()]
    found = len(kept) < len(items)
    items[:] = kept
    return found


def drop_index(table: DraftTable, name: str) -> bool:
    """Takes out the unique index of that name, or the primary key; false for an index that constrains nothing."""
    if name.lower() == "primary":
        drop_primary_key(table)
        return True
    return drop_named(table.uniques, name)


def drop_primary_key(table: DraftTable) -> None:
    """Its columns stay NOT NULL."""
    for name in table.primary_key:
        table.column(name).nullable = False
    table.primary_key = ()
    drop_named(table.uniques, "PRIMARY")


def drop_column(table: DraftTable, name: str, repeatable: bool) -> None:
    """Takes a column out, of the keys that it is part of too; what it alone or an expression constrains is gone."""
    if repeatable and name.lower() not in table.spelled:
        return
    gone = table.column(name).name
    del table.columns[gone]
    table.primary_key = tuple(other for other in table.primary_key if other.lower() != gone.lower())
    table.foreign_keys = [key for key in table.foreign_keys if not _has(key.columns, gone)]
    table.checks = [check for check in table.checks if not _has(columns_of(check.tree), gone)]
    for unique in table.uniques:
        unique.columns = tuple(other for other in unique.columns if other.lower() != gone.lower())
        unique.expressions = tuple(tree for tree in unique.expressions if not _has(columns_of(tree), gone))
    table.uniques = [unique for unique in table.uniques if unique.columns or unique.expressions]


def _has(names: tuple[str, ...], name: str) -> bool:
    return name.lower() in (other.lower() for other in names)
