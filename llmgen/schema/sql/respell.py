"""Names in the spelling of their declaration, for dialects that find `ID` where `id` is declared."""

from collections.abc import Mapping

from sqlglot import exp

from llmgen.schema.model import Dialect
from llmgen.schema.sql.cursor import Unreadable
from llmgen.schema.sql.draft import Catalog, DraftColumn, DraftTable
from llmgen.schema.sql.expressions import columns_of, read_expression, sql_of
from llmgen.schema.sql.rename import rename_in


def respell(catalog: Catalog) -> None:
    """Spells the columns in all keys, uniques, checks and computed columns as their tables declare them."""
    for table in catalog.tables.values():
        _respell(table, catalog)


def _respell(table: DraftTable, catalog: Catalog) -> None:
    spelled, dialect = table.spelled, catalog.spelling.dialect
    table.primary_key = _in(table.primary_key, spelled)
    for key in table.foreign_keys:
        target = catalog.table(key.target, table.name[0])
        key.columns = _in(key.columns, spelled)
        key.referenced = _in(key.referenced, target.spelled if target else {})
    trees = [check.tree for check in table.checks]
    for unique in table.uniques:
        unique.columns = _in(unique.columns, spelled)
        trees += [*unique.expressions, *filter(None, [unique.where])]
    for tree in trees:
        _respell_in(tree, spelled, dialect)
    for column in table.columns.values():
        _respell_computed(column, spelled, dialect)


def _respell_in(tree: exp.Expr, spelled: Mapping[str, str], dialect: Dialect) -> bool:
    """Whether there was anything to spell otherwise."""
    wrong = [name for name in columns_of(tree) if spelled.get(name.lower(), name) != name]
    for name in wrong:
        rename_in(tree, name, spelled[name.lower()], dialect)
    return bool(wrong)


def _respell_computed(column: DraftColumn, spelled: Mapping[str, str], dialect: Dialect) -> None:
    if not column.expression:
        return
    try:
        tree = read_expression(column.expression, dialect=dialect)
    except Unreadable:
        return  # it stays as it was written
    if _respell_in(tree, spelled, dialect):
        column.expression = sql_of(tree, dialect)


def _in(names: tuple[str, ...], spelled: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(spelled.get(name.lower(), name) for name in names)
