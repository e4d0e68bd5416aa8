"""Lists of classes: a reference back from the listed class, or a table of links where two classes list each other."""

from llmgen.schema.classes.catalog import Catalog, Model
from llmgen.schema.classes.draft import Draft, Nested
from llmgen.schema.classes.references import like, point, reference_columns
from llmgen.schema.model import Column, ForeignKey, Table


def settle_lists(catalog: Catalog) -> list[Table]:
    """Adds references back to the drafts that are listed; the tables of links that are needed besides."""
    links: dict[str, Table] = {}
    for parent in catalog.tables.values():
        for nested in parent.lists:
            child = catalog.tables[nested.model]
            if child is parent or not _lists(child, parent.model):
                _refer_back(parent, nested, child, catalog)
            elif not _joined(parent, child, catalog):
                link = _link(*sorted((parent, child), key=lambda draft: draft.name))
                links[link.name] = link
    return list(links.values())


def _lists(draft: Draft, model: Model) -> list[Nested]:
    return [nested for nested in draft.lists if nested.model is model]


def _refer_back(parent: Draft, nested: Nested, child: Draft, catalog: Catalog) -> None:
    prefix = "parent" if child is parent else parent.name
    alone = len(_lists(parent, child.model)) == 1
    columns = reference_columns(prefix if alone else f"{prefix}_{nested.field}", parent)
    there = [key for key in child.foreign_keys if key.table == parent.name]
    if any(key.columns == columns for key in there):
        return
    if there and alone:
        if len(there) > 1:
            parent.lose(nested.field, "", f"which reference of {child.name} it follows is not said", constrains=False)
        return
    nullable = _may_be_without(parent, child, catalog)
    for column, key in zip(columns, parent.key, strict=True):
        child.columns.setdefault(column, like(parent.column(key), column, nullable))
    point(child, columns, parent, parent.key, "no action")


def _may_be_without(parent: Draft, child: Draft, catalog: Catalog) -> bool:
    """Whether a row of the child may have no such parent: it is held elsewhere too, or is above its parent."""
    holders = [nested for draft in catalog.tables.values() for nested in draft.nested if nested.model is child.model]
    return len(holders) > 1 or _is_above(child, parent, catalog)


def _is_above(draft: Draft, other: Draft, catalog: Catalog) -> bool:
    todo, seen = [draft.model], set[Model]()
    while todo:
        model = todo.pop()
        if model is other.model:
            return True
        if model not in seen:
            seen.add(model)
            todo += [nested.model for nested in catalog.tables[model].lists]
    return False


def _joined(one: Draft, other: Draft, catalog: Catalog) -> bool:
    """Whether a class between the two is declared: a table whose key or unique points at both."""
    return any(
        {one.name, other.name} <= {key.table for key in draft.foreign_keys}
        and draft.unique(tuple(name for key in draft.foreign_keys for name in key.columns))
        for draft in catalog.tables.values()
    )


def _link(one: Draft, other: Draft) -> Table:
    columns: list[Column] = []
    keys: list[ForeignKey] = []
    for draft in (one, other):
        names = reference_columns(draft.name, draft)
        columns += [like(draft.column(key), name, False) for name, key in zip(names, draft.key, strict=True)]
        keys.append(ForeignKey(names, draft.name, draft.key))
    return Table(f"{one.name}_{other.name}", tuple(columns), tuple(column.name for column in columns), tuple(keys))
