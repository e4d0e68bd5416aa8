"""Scalar fields as columns."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from llmgen.schema.model import Check, Column, Generated
from llmgen.schema.prisma.arguments import native
from llmgen.schema.prisma.database import Database
from llmgen.schema.prisma.ddl import ReadColumn, read_column
from llmgen.schema.prisma.defaults import Default, default_of
from llmgen.schema.prisma.models import Document, EnumType, Model
from llmgen.schema.prisma.tree import Loss, Member
from llmgen.schema.prisma.types import sql_type


def columns_of(
    model: Model, id_fields: Collection[str], document: Document
) -> tuple[tuple[Column, ...], tuple[Check, ...]]:
    """The columns of a model, in order, and the checks of their types; the fields of its id are never NULL."""
    read = [column_of(member, model, id_fields, document) for member in model.scalars.values()]
    return tuple(column for column, _ in read), tuple(check for _, checks in read for check in checks)


def losses_of(model: Model, document: Document) -> Iterator[Loss]:
    """The defaults that the database has and the schema does not spell out."""
    for member in model.scalars.values():
        if default_of(member, _enum(member, document), "", document.database).unsaid:
            yield Loss(member.place, f"{model.name}.{member.name}", "a default that only the database knows")


def column_of(member: Member, model: Model, id_fields: Collection[str], document: Document) -> ReadColumn:
    """The column of one field, and the checks of its type."""
    database, of = document.database, _enum(member, document)
    spelled = _sql_type(member, of, database)
    default = default_of(member, of, spelled, database)
    declares = _declaration(of, database) if of and database.dialect == "postgres" else ""
    read, checks = read_column(database, model.columns[member.name], spelled, default.sql, declares)
    labels = of and database.dialect != "postgres" and tuple(of.labels.values())
    generated = _generated(member, default, read, list(id_fields) == [member.name], database)
    assert member.type is not None
    may_lack = (member.type.optional or member.type.list) and member.name not in id_fields
    column = replace(
        read,
        type=replace(read.type, kind="enum", labels=labels) if labels else read.type,
        nullable=may_lack and generated != "identity",
        generated=generated,
        comment=member.comment,
        format=default.format,
    )
    return column, checks


def _generated(member: Member, default: Default, read: Column, alone: bool, database: Database) -> Generated:
    """In SQLite only an integer that is the primary key by itself counts up, and it always does."""
    if database.provider != "sqlite":
        return "identity" if default.counter else read.generated
    is_int = member.type is not None and member.type.name == "Int"
    return "identity" if alone and is_int else read.generated


def _enum(member: Member, document: Document) -> EnumType | None:
    if member.type is None or member.type.unsupported is not None:
        return None
    return document.enums.get(member.type.name)


def _sql_type(member: Member, of: EnumType | None, database: Database) -> str:
    assert member.type is not None
    chosen = native(member)
    if chosen is not None and (of is not None or member.type.unsupported is not None):
        raise chosen.place.fault(f"{member.name} cannot have a native type", "only Prisma's own types have one")
    if member.type.unsupported is not None:
        written = member.type.unsupported
    elif of is None:
        written = sql_type(member.type.name, chosen, database)
    elif database.provider == "mysql":
        written = f"ENUM({_labels(of, database)})"
    else:
        written = "TEXT" if database.provider == "sqlite" else _type_name(of, database)
    return f"{written}[]" if member.type.list else written


def _type_name(of: EnumType, database: Database) -> str:
    return ".".join(database.quoted(part) for part in (of.schema, of.name) if part)


def _labels(of: EnumType, database: Database) -> str:
    return ", ".join(map(database.text, of.labels.values()))


def _declaration(of: EnumType, database: Database) -> str:
    return f"CREATE TYPE {_type_name(of, database)} AS ENUM ({_labels(of, database)});\n"
