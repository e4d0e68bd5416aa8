"""Columns on their way into a table, with what a contract says of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from llmgen.schema.model import Check, Column


@dataclass(frozen=True)
class Field:
    """A column on its way into a table: `checks` are booleans over it alone."""

    column: Column
    checks: tuple[str, ...] = ()
    primary: bool = False
    unique: bool = False


def named_checks(table: str, fields: Iterable[Field]) -> tuple[Check, ...]:
    """All conditions of a table's fields, named as PostgreSQL names them."""
    found = []
    for field in fields:
        for number, sql in enumerate(field.checks):
            found.append(Check(sql, (field.column.name,), f"{table}_{field.column.name}_check{number or ''}"))
    return tuple(found)


def chosen_key(fields: Sequence[Field]) -> tuple[str, ...]:
    """The primary key: the fields marked so, else `id` if it is unique, else the first unique one; () for none."""
    marked = tuple(field.column.name for field in fields if field.primary)
    if marked:
        return marked
    unique = [field.column.name for field in fields if field.unique and not field.column.nullable]
    return ("id",) if "id" in unique else tuple(unique[:1])
