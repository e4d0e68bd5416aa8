"""RENAME and SET SCHEMA of tables and types: the new name goes wherever the old one stands."""

from dataclasses import replace

from sqlglot import exp

from llmgen.schema.model import Dialect
from llmgen.schema.sql.cursor import Cursor, Unreadable
from llmgen.schema.sql.draft import Catalog, Domain, DraftTable, FullName, Named
from llmgen.schema.sql.expressions import identifier, read_expression, sql_of
from llmgen.schema.sql.types import TypeName


def rename(cursor: Cursor, table: DraftTable, catalog: Catalog) -> None:
    """What follows RENAME: a new name for the table, a column or a constraint."""
    if cursor.take("to"):
        move_table(table, (table.name[0], cursor.name()), catalog)
        return
    constraint = cursor.take("constraint")
    if not constraint:
        cursor.take("column")
    old = cursor.name()
    cursor.expect("to")
    new = cursor.name()
    if constraint:
        _rename_constraint(table, old, new)
    else:
        rename_column(table, old, new, catalog)


def move_table(table: DraftTable, new: FullName, catalog: Catalog) -> None:
    """Gives the table a new name or schema; Unreadable if that is taken."""
    if new in catalog.tables:
        raise Unreadable(f"table {new[1]} is declared already")
    old = table.name
    for other in catalog.tables.values():
        for key in other.foreign_keys:
            if catalog.table(key.target, other.name[0]) is table:
                key.target = new
        other.parents = [new if parent == old else parent for parent in other.parents]
        other.partition_of = new if other.partition_of == old else other.partition_of
    catalog.indexes = {index: new if owner == old else owner for index, owner in catalog.indexes.items()}
    catalog.tables = {new if name == old else name: draft for name, draft in catalog.tables.items()}
    table.name = new


def move_type(old: FullName, new: FullName, catalog: Catalog) -> None:
    """Gives a type or domain a new name or schema; Unreadable if that is taken."""
    if new in catalog.types:
        raise Unreadable(f"type {new[1]} is declared already")

    def moved(of: TypeName, home: str) -> TypeName:
        found = catalog.type(of.name, home)
        return replace(of, name=new) if found and found[0] == old else of

    for table in catalog.tables.values():
        for column in table.columns.values():
            if isinstance(column.type, TypeName):
                column.type = moved(column.type, table.name[0])
    for name, declared in catalog.types.items():
        if isinstance(declared, Domain):
            declared.base = moved(declared.base, name[0])
    catalog.types = {new if name == old else name: declared for name, declared in catalog.types.items()}


def rename_index(old: str, new: str, catalog: Catalog) -> None:
    """Gives an index a new name, and the constraint that it serves."""
    owner = catalog.indexes.pop(old, None)
    if owner:
        catalog.indexes[new] = owner
    for table in catalog.tables.values():
        if table.name == owner or (
            not owner and old in (table.primary_key_name, *(item.name for item in table.uniques))
        ):
            _rename_constraint(table, old, new)


def _rename_constraint(table: DraftTable, old: str, new: str) -> None:
    named: list[Named] = [*table.checks, *table.uniques, *table.foreign_keys, *table.excludes]
    for item in named:
        if item.name == old:
            item.name = new
    if table.primary_key_name == old:
        table.primary_key_name = new


def rename_column(table: DraftTable, old: str, new: str, catalog: Catalog) -> None:
    """Gives a column a new name, here and in all that names it; Unreadable if that is taken."""
    if new in table.columns:
        raise Unreadable(f"column {new} is declared already")
    table.column(old).name = new
    for other in catalog.tables.values():
        for key in other.foreign_keys:
            if catalog.table(key.target, other.name[0]) is table:
                key.referenced = _replaced(key.referenced, old, new)
    for key in table.foreign_keys:
        key.columns = _replaced(key.columns, old, new)
    table.primary_key = _replaced(table.primary_key, old, new)
    table.columns = {column.name: column for column in table.columns.values()}
    trees = [check.tree for check in table.checks]
    for unique in table.uniques:
        unique.columns = _replaced(unique.columns, old, new)
        trees += [*unique.expressions, *filter(None, [unique.where])]
    for exclude in table.excludes:
        trees += [*(tree for tree, _ in exclude.elements), *filter(None, [exclude.where])]
    for tree in trees:
        rename_in(tree, old, new, catalog.spelling.dialect)
    dialect = catalog.spelling.dialect
    for column in table.columns.values():
        if column.expression:
            tree = read_expression(column.expression, dialect=dialect)
            rename_in(tree, old, new, dialect)
            column.expression = sql_of(tree, dialect)


def _replaced(names: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    return tuple(new if name == old else name for name in names)


def rename_in(tree: exp.Expr, old: str, new: str, dialect: Dialect) -> None:
    """Writes `new` wherever the tree names column `old`."""
    for column in tree.find_all(exp.Column):
        if column.name == old:
            column.set("this", identifier(new, dialect))
