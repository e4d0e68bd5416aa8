"""DROP statements and actions of PostgreSQL: what they take out of the catalog, and what CASCADE takes with it."""

from collections.abc import Collection
from dataclasses import replace

from llmgen.schema.sql.cursor import Cursor, Name
from llmgen.schema.sql.draft import Catalog, DraftTable, FullName
from llmgen.schema.sql.expressions import columns_of
from llmgen.schema.sql.types import TypeName

_CASCADE = "cascade"


def drop(cursor: Cursor, catalog: Catalog) -> None:
    """DROP of what was declared before; dropping what is none of a table's, a type's or a trigger's frees rows only."""
    cursor.expect("drop")
    kind = cursor.word()
    if kind not in ("table", "type", "domain", "index", "schema", "trigger"):
        return
    cascade = cursor.tokens[cursor.stop - 1].text == _CASCADE
    cursor.take("concurrently")
    cursor.take("if", "exists")
    if kind == "trigger":
        gone = cursor.name()
        cursor.expect("on")
        if owner := catalog.table(cursor.qualified()):
            owner.triggers.pop(gone, None)
        return
    for item in cursor.items():
        name = item.qualified()
        if kind == "table" and (table := catalog.table(name)):
            _drop_table(table, catalog, cascade)
        elif kind == "index" and name[1] in catalog.indexes:
            owner = catalog.tables.get(catalog.indexes.pop(name[1]))
            if owner:
                _drop_constraint(owner, name[1], catalog, cascade)
        elif kind in ("type", "domain") and (found := catalog.type(name)):
            _drop_type(found[0], catalog, cascade)
        elif kind == "schema":
            _drop_schema(name, catalog)


def drop_part(cursor: Cursor, table: DraftTable, catalog: Catalog) -> None:
    """What follows DROP in ALTER TABLE: a constraint or a column."""
    constraint = cursor.take("constraint")
    if not constraint:
        cursor.take("column")
    cursor.take("if", "exists")
    gone, cascade = cursor.name(), cursor.at(_CASCADE)
    if constraint:
        _drop_constraint(table, gone, catalog, cascade)
        return
    if cascade:
        _forget_keys(table, catalog, {gone})
    _drop_column(table, gone)


def _drop_table(table: DraftTable, catalog: Catalog, cascade: bool) -> None:
    if cascade:
        _forget_keys(table, catalog)
    del catalog.tables[table.name]
    catalog.ignored.append(replace(table.clause, why="the table is dropped again", constrains=False))


def _drop_schema(name: Name, catalog: Catalog) -> None:
    """A schema with all that is in it: PostgreSQL drops no other than an empty one without CASCADE."""
    for table in [table for table in catalog.tables.values() if table.name[0] == name[1]]:
        _drop_table(table, catalog, cascade=True)
    for type_name in [full for full in catalog.types if full[0] == name[1]]:
        _drop_type(type_name, catalog, cascade=True)


def _drop_type(name: FullName, catalog: Catalog, cascade: bool) -> None:
    for table in catalog.tables.values() if cascade else ():
        for column in list(table.columns.values()):
            found = catalog.type(column.type.name, table.name[0]) if isinstance(column.type, TypeName) else None
            if found and found[0] == name:
                _drop_column(table, column.name)
    del catalog.types[name]


def _drop_column(table: DraftTable, gone: str) -> None:
    """A column, and as PostgreSQL does, whatever of its table names it."""
    table.columns.pop(gone, None)
    table.foreign_keys = [key for key in table.foreign_keys if gone not in key.columns]
    table.uniques = [unique for unique in table.uniques if gone not in unique.named]
    table.excludes = [item for item in table.excludes if not any(gone in columns_of(tree) for tree, _ in item.elements)]
    table.checks = [check for check in table.checks if gone not in columns_of(check.tree)]
    if gone in table.primary_key:
        table.primary_key = ()


def _drop_constraint(table: DraftTable, name: str, catalog: Catalog, cascade: bool) -> None:
    primary = table.primary_key_name == name
    gone = [unique.columns for unique in table.uniques if unique.name == name]
    kept = [unique for unique in table.uniques if unique.name != name]
    for columns in [*gone, table.primary_key] if primary else gone:
        others = [unique.columns for unique in kept] + ([] if primary else [table.primary_key])
        if cascade and not any(set(columns) == set(other) for other in others):
            _forget_keys(table, catalog, columns, exactly=True)
    table.uniques = kept
    table.checks = [item for item in table.checks if item.name != name]
    table.foreign_keys = [item for item in table.foreign_keys if item.name != name]
    table.excludes = [item for item in table.excludes if item.name != name]
    if primary:
        table.primary_key = ()


def _forget_keys(target: DraftTable, catalog: Catalog, columns: Collection[str] = (), *, exactly: bool = False) -> None:
    """Takes out the foreign keys that point at a table: at any of these columns, at exactly these, or at all."""
    gone = set(columns)
    for table in catalog.tables.values():
        kept = []
        for key in table.foreign_keys:
            named = set(key.referenced or target.primary_key)
            meant = named == gone if exactly else not gone or bool(named & gone)
            if not (meant and catalog.table(key.target, table.name[0]) is target):
                kept.append(key)
        table.foreign_keys = kept
