"""Ids and uniques of models, as columns."""

from collections.abc import Mapping
from dataclasses import dataclass

from llmgen.schema.model import Column, Unique
from llmgen.schema.prisma.arguments import Part, arguments, length, only, optional_text, parts
from llmgen.schema.prisma.database import Database
from llmgen.schema.prisma.ddl import read_unique
from llmgen.schema.prisma.models import Model
from llmgen.schema.prisma.tree import Attribute, Call, Name, Number, Pairs, Place, Text, Value

_ON_FIELD = ("map", "length", "sort", "clustered", "where")
_ON_MODEL = ("fields", "name", "map", "clustered", "where")
_WHERE = 'write where: raw("...") or where: { field: value }, the value a literal, null or { not: ... }'


@dataclass(frozen=True)
class Key:
    """An id or a unique: the members by field, its name in the database, and where it holds (SQL, or always)."""

    parts: tuple[Part, ...]
    name: str
    place: Place
    text: str
    where: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of its fields."""
        return tuple(part.field for part in self.parts)


def id_of(model: Model, database: Database) -> Key | None:
    """The id of a model, None if it has none. InputError for two of them, or fields that are not there."""
    on_model = only(model.block.attributes, "id")
    found = [_on_model(on_model, model, database)] if on_model else []
    found += _on_fields("id", model, database)
    if len(found) > 1:
        raise found[1].place.fault(f"{model.name} has two ids", "take one out, or write @@id([first, second])")
    for key in found:
        for field in key.fields:
            of = model.scalars[field].type
            if of is not None and (of.optional or of.list):
                raise key.place.fault(f"{field} is part of the id of {model.name}", "leave out its ? and []")
    return found[0] if found else None


def uniques_of(model: Model, database: Database) -> list[Key]:
    """The uniques of a model. InputError for fields that are not there."""
    on_model = [attribute for attribute in model.block.attributes if attribute.name == "unique"]
    return [
        *_on_fields("unique", model, database),
        *(_on_model(attribute, model, database) for attribute in on_model),
    ]


def unique_from(key: Key, model: Model, columns: Mapping[str, Column], database: Database) -> Unique | None:
    """The Unique that a key makes over the table's columns; None for one whose SQL is not understood.

    A key of the first characters of a text, or of some rows alone, is what SQL makes of it.
    """
    names = tuple(model.columns[field] for field in key.fields)
    if not key.where and all(part.length is None for part in key.parts):
        return Unique(names, name=key.name)
    members = ", ".join(
        database.quoted(name) + (f"({part.length})" if part.length is not None else "")
        for name, part in zip(names, key.parts, strict=True)
    )
    types = {name: column.type for name, column in columns.items()}
    read = read_unique(database, types, members, key.where)
    return Unique(read.columns, read.where, read.expressions, name=key.name) if read else None


def _on_fields(kind: str, model: Model, database: Database) -> list[Key]:
    """The ids or uniques that stand at a field."""
    found = []
    for member in model.block.members:
        attribute = only(member.attributes, kind)
        if attribute is None:
            continue
        if member.name not in model.columns:
            mend = f"put @{kind} at its scalar field, or write @@{kind}([first, second])"
            raise attribute.place.fault(f"{member.name} is a relation and no column", mend)
        given = arguments(attribute, "map", _ON_FIELD)
        part = Part(member.name, length(attribute.arguments, attribute.place))
        found.append(_key(attribute, (part,), given, model, database))
    return found


def _on_model(attribute: Attribute, model: Model, database: Database) -> Key:
    given = arguments(attribute, "fields", _ON_MODEL)
    members = parts(given.get("fields"), attribute.place, f"@@{attribute.name}")
    listed: set[str] = set()
    for part in members:
        model.check_scalar(part.field, attribute.place)
        if part.field in listed:
            raise attribute.place.fault(f"@@{attribute.name} lists {part.field} twice", "take one out")
        listed.add(part.field)
    return _key(attribute, members, given, model, database)


def _key(
    attribute: Attribute, members: tuple[Part, ...], given: Mapping[str, Value], model: Model, database: Database
) -> Key:
    columns = [model.columns[part.field] for part in members]
    name = optional_text(given, "map", attribute.place) or database.named(model.table, *columns, "key")
    where = _where(given["where"], model, database, attribute.place) if "where" in given else ""
    text = f"@{attribute.name} ({', '.join(part.field for part in members)})"
    return Key(members, name, attribute.place, f"{model.name} {text}", where)


def _where(value: Value, model: Model, database: Database, place: Place) -> str:
    """The condition of a unique that holds for some rows alone."""
    if isinstance(value, Call) and value.name == "raw" and len(value.arguments) == 1:
        condition = value.arguments[0].value
        if isinstance(condition, Text) and condition.text.strip():
            return condition.text
    if not isinstance(value, Pairs) or not value.pairs:
        raise place.fault("where is no condition", _WHERE)
    return " AND ".join(_compared(field, given, model, database, place) for field, given in value.pairs)


def _compared(field: str, value: Value, model: Model, database: Database, place: Place) -> str:
    model.check_scalar(field, place)
    column = database.quoted(model.columns[field])
    negated = isinstance(value, Pairs) and [key for key, _ in value.pairs] == ["not"]
    if isinstance(value, Pairs) and negated:
        value = value.pairs[0][1]
    if isinstance(value, Name) and value.name == "null":
        return f"{column} IS {'NOT ' if negated else ''}NULL"
    sign = "<>" if negated else "="
    if isinstance(value, Name) and value.name in ("true", "false"):
        return f"{column} {sign} {value.name}"
    if isinstance(value, Number):
        return f"{column} {sign} {value.text}"
    if isinstance(value, Text):
        return f"{column} {sign} {database.text(value.text)}"
    raise place.fault(f"where: {field} is compared with no literal", _WHERE)
