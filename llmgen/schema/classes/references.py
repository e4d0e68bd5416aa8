"""References between drafts: those that marks declare, and those that nested classes stand for."""

from collections.abc import Sequence
from dataclasses import replace

from llmgen.schema.classes.catalog import Catalog
from llmgen.schema.classes.draft import Draft, Nested, Reference
from llmgen.schema.model import Column, ForeignKey, Unique


def declare(draft: Draft, catalog: Catalog) -> None:
    """The references that marks declare. InputError for a target that is no column, or does not tell rows apart."""
    groups: dict[str, list[tuple[Reference, str]]] = {}
    drafts = {}
    for reference in draft.references:
        model, field = catalog.target(draft, reference)
        target = drafts[model.__qualname__] = catalog.tables[model]
        groups.setdefault(model.__qualname__, []).append((reference, field or _only_key(draft, reference, target)))
    for name, group in groups.items():
        target, fields = drafts[name], tuple(field for _, field in group)
        if len(target.key) > 1 and sorted(fields) == sorted(target.key):
            point(draft, tuple(item.column for item, _ in group), target, fields, group[0][0].on_delete)
            continue
        for reference, field in group:
            _check_target(draft, reference, target, field)
            point(draft, (reference.column,), target, (field,), reference.on_delete)


def _only_key(draft: Draft, reference: Reference, target: Draft) -> str:
    if len(target.key) == 1:
        return target.key[0]
    message = f"it points at {target.name}, whose key has the columns {', '.join(target.key)}"
    raise draft.error(reference.column, message, f"name one: ForeignKey('{target.model.__name__}.{target.key[0]}')")


def _check_target(draft: Draft, reference: Reference, target: Draft, field: str) -> None:
    where = f"it points at {reference.target}"
    if not isinstance(target.columns.get(field), Column):
        known = ", ".join(name for name, item in target.columns.items() if isinstance(item, Column))
        raise draft.error(reference.column, f"{where}, and {target.name} has no such column", f"it has {known}")
    if not target.unique((field,)):
        message = f"{where}, which is neither the key of {target.name} nor unique by itself"
        raise draft.error(reference.column, message, "mark the target PrimaryKey() or Unique()")


def embed(draft: Draft, catalog: Catalog) -> None:
    """Puts the columns of references in the place of nested classes; a column that is there already is used."""
    found: list[tuple[Nested, tuple[str, ...]]] = []
    columns: dict[str, Column | Nested] = {}
    for name, item in draft.columns.items():
        if isinstance(item, Column):
            columns[name] = item
            continue
        target = catalog.tables[item.model]
        names = reference_columns(item.field, target)
        found.append((item, names))
        for column, key in zip(names, target.key, strict=True):
            if not isinstance(draft.columns.get(column), Column):
                columns[column] = replace(like(target.column(key), column, item.nullable), comment=item.comment)
    draft.columns = columns
    replaced = {item.field: names for item, names in found}
    draft.uniques = [replace(unique, columns=_expanded(unique.columns, replaced)) for unique in draft.uniques]
    for item, names in found:
        target = catalog.tables[item.model]
        point(draft, names, target, target.key, item.on_delete)
        if item.unique:
            draft.uniques.append(Unique(names))


def _expanded(columns: Sequence[str], replaced: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(name for column in columns for name in replaced.get(column, (column,)))


def reference_columns(prefix: str, target: Draft) -> tuple[str, ...]:
    """The names of columns that point at a table: `<prefix>_id`, or one for each column of a key of several."""
    return (f"{prefix}_id",) if len(target.key) == 1 else tuple(f"{prefix}_{key}" for key in target.key)


def like(key: Column, name: str, nullable: bool) -> Column:
    """A column that points at a key: of its type and form."""
    return Column(name, key.type, nullable, format=key.format)


def point(draft: Draft, columns: tuple[str, ...], target: Draft, referenced: tuple[str, ...], on_delete: str) -> None:
    """Adds a reference, once. Columns of another kind than those they point at are said instead."""
    pairs = [(draft.column(name), target.column(key)) for name, key in zip(columns, referenced, strict=True)]
    for column, key in pairs:
        if column.type.kind != key.type.kind:
            types = f"it is {column.type.sql}, {target.name}.{key.name} is {key.type.sql}"
            draft.lose(column.name, f"points at {target.name}.{key.name}", f"no reference: {types}")
            return
    if not any(key.columns == columns and key.table == target.name for key in draft.foreign_keys):
        draft.foreign_keys.append(ForeignKey(columns, target.name, referenced, on_delete))
