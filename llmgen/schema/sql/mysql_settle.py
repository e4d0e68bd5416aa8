"""What MySQL's columns say beside their type, once all statements about them are read."""

from dataclasses import replace

from sqlglot import exp

from llmgen.schema.model import ColumnType
from llmgen.schema.sql.draft import Catalog, DraftCheck, DraftColumn, DraftTable
from llmgen.schema.sql.expressions import columns_of, identifier, read_expression

_YEARS = "{0} BETWEEN 1901 AND 2155 OR {0} = 0"


def settle(catalog: Catalog) -> None:
    """Years get their CHECK; a longtext that must be JSON, as MariaDB keeps it, is JSON, and its CHECK says no more.

    Keys of versioned tables lose the end of a row's time: it is the same for all rows that are not history.
    """
    for table in catalog.tables.values():
        _settle_keys(table)
        for column in table.columns.values():
            if not isinstance(column.type, ColumnType):
                continue
            if column.type.sql == "year":
                name = identifier(column.name, "mysql").sql("mysql")
                tree = read_expression(_YEARS.format(name), dialect="mysql")
                table.checks.append(DraftCheck(tree, f"{column.name}_year"))
            elif column.type.kind == "json" or column.type.sql == "longtext":
                _settle_json(table, column, column.type)


def _settle_keys(table: DraftTable) -> None:
    for unique in table.uniques:
        whole = [column for tree in unique.expressions if (column := _whole(table, tree))]
        unique.columns += tuple(whole)
        unique.expressions = tuple(tree for tree in unique.expressions if not _whole(table, tree))
    notes = {column.name for column in table.columns.values() if column.generated == "stored" and not column.expression}
    if notes:
        table.primary_key = tuple(name for name in table.primary_key if name not in notes)
        for unique in table.uniques:
            unique.columns = tuple(name for name in unique.columns if name not in notes)


def _whole(table: DraftTable, tree: exp.Expr) -> str:
    """The column whose beginning is taken, if that has become all of it."""
    column = table.columns.get(tree.this.name) if isinstance(tree, exp.Left) else None
    length = column.type.length if column and isinstance(column.type, ColumnType) else None
    return column.name if column and length is not None and tree.expression.name == str(length) else ""


def _settle_json(table: DraftTable, column: DraftColumn, type_: ColumnType) -> None:
    others = [check for check in table.checks if not _is_json_valid(check.tree, column.name)]
    if len(others) < len(table.checks):
        column.type = replace(type_, kind="json", sql="json", length=None, folds=False)
    table.checks = others


def _is_json_valid(tree: exp.Expr, column: str) -> bool:
    called = isinstance(tree, exp.Anonymous) and tree.name.lower() == "json_valid" and len(tree.expressions) == 1
    return called and isinstance(tree.expressions[0], exp.Column) and columns_of(tree) == (column,)
