"""The drafts of all tables into a Schema: keys, nested classes, lists of classes and references settled."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from llmgen.schema.classes.catalog import Catalog, Model
from llmgen.schema.classes.draft import Draft
from llmgen.schema.classes.lists import settle_lists
from llmgen.schema.classes.references import declare, embed
from llmgen.schema.model import Column, Ignored, Schema, Table
from llmgen.schema.types import integer


def settle(catalog: Catalog, losses: Sequence[Ignored] = ()) -> Schema:
    """The Schema of all tables of the catalog. InputError for two of one name, and for references to nowhere."""
    drafts = list(catalog.tables.values())
    _distinct(drafts)
    needed = _needed(catalog)
    for draft in drafts:
        _settle_key(draft, draft.model in needed)
    for draft in drafts:
        declare(draft, catalog)
    for draft in drafts:
        embed(draft, catalog)
    links = settle_lists(catalog)
    ignored = [*losses, *(loss for draft in drafts for loss in draft.losses)]
    return Schema(
        (*(_table(draft) for draft in drafts), *links),
        ignored=tuple(sorted(ignored, key=lambda item: (item.file, item.line))),
    )


def _distinct(drafts: Iterable[Draft]) -> None:
    first: dict[str, Draft] = {}
    for draft in drafts:
        other = first.setdefault(draft.name, draft)
        if other is not draft:
            message = f"{draft.name} is already the table of {draft.origins.said(other.model)}"
            raise draft.error("", message, "give one of them a __tablename__ of its own")


def _needed(catalog: Catalog) -> set[Model]:
    """The classes whose tables need a key, because a reference points at it."""
    needed: set[Model] = set()
    for draft in catalog.tables.values():
        needed |= {draft.model if nested.many else nested.model for nested in draft.nested}
        needed |= {model for model, field in (catalog.target(draft, item) for item in draft.references) if not field}
    return needed


def _settle_key(draft: Draft, needed: bool) -> None:
    """Key columns are not NULL, and the database numbers those that Python leaves to it; no key gets a column `id`."""
    if not draft.key and (needed or not draft.columns):
        draft.key = ("id",)
        draft.columns = {"id": Column("id", integer(64), False, generated="identity"), **draft.columns}
        draft.lose("", "", "no field is the key: a column id was added", constrains=False)
    elif not draft.key:
        draft.lose("", "", "no primary key: name a field id, or mark one PrimaryKey()", constrains=False)
    for name in draft.key:
        column = draft.column(name)
        numbered = column.nullable and column.type.kind == "integer" and len(draft.key) == 1
        generated = "identity" if numbered else column.generated
        draft.columns[name] = replace(column, nullable=False, generated=generated)


def _table(draft: Draft) -> Table:
    return Table(
        name=draft.name,
        columns=tuple(item for item in draft.columns.values() if isinstance(item, Column)),
        primary_key=draft.key,
        foreign_keys=tuple(draft.foreign_keys),
        uniques=tuple(unique for unique in dict.fromkeys(draft.uniques) if set(unique.columns) != set(draft.key)),
        checks=tuple(dict.fromkeys(draft.checks)),
        comment=draft.comment,
    )
