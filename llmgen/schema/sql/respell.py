"""Names in the spelling of their declaration, for dialects that find `ID` where `id` is declared."""

from collections.abc import Mapping

from llmgen.schema.sql.draft import Catalog, DraftTable
from llmgen.schema.sql.expressions import columns_of
from llmgen.schema.sql.rename import rename_in


def respell(catalog: Catalog) -> None:
    """Spells the columns in all keys, uniques and checks of the catalog as their tables declare them."""
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
        for name in columns_of(tree):
            if name not in table.columns and name.lower() in spelled:
                rename_in(tree, name, spelled[name.lower()], dialect)


def _in(names: tuple[str, ...], spelled: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(spelled.get(name.lower(), name) for name in names)
