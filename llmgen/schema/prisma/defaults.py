"""Defaults of fields: SQL for what the database fills in, a format for what Prisma's client makes."""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass

from llmgen.errors import InputError
from llmgen.schema.prisma.arguments import arguments, choices, only
from llmgen.schema.prisma.database import Database
from llmgen.schema.prisma.models import EnumType
from llmgen.schema.prisma.tree import Attribute, Call, FieldType, Items, Member, Name, Number, Place, Text, Value

_MADE_BY_CLIENT = ("uuid", "cuid", "nanoid", "ulid")
_COUNTERS = ("autoincrement", "sequence")
_PRECISION = re.compile(r"\((\d)\)")
_UNWRITTEN = {"mysql": ("Json", "Bytes")}
"""The types whose literal defaults Prisma leaves out of its DDL, as the database knows none."""


@dataclass(frozen=True)
class Default:
    """What stands in a column that a row leaves out.

    `sql` is the database's default; a `counter` counts up; `format` is the form of the text that the client makes.
    `unsaid` is a default of the database that the schema does not spell out.
    """

    sql: str | None = None
    counter: bool = False
    format: str = ""
    unsaid: bool = False


def default_of(member: Member, of: EnumType | None, sql_type: str, database: Database) -> Default:
    """The default of a field of that SQL type; `of` is its enum. InputError for one that does not fit the field."""
    attribute = only(member.attributes, "default")
    if attribute is None or member.type is None:
        return Default()
    value = arguments(attribute, "value", ("value", "map")).get("value")
    if value is None:
        raise attribute.place.fault("@default lacks its value", "write @default(...)")
    if isinstance(value, Call):
        return _call(value, member.type, sql_type, attribute, database)
    if member.type.unsupported is not None:
        raise _misfit(attribute.place, "an Unsupported field", 'write @default(dbgenerated("..."))')
    literals = _Literals(member.type, of, database, attribute.place)
    if member.type.list:
        if not isinstance(value, Items):
            raise _misfit(attribute.place, "a list", "write @default([...])")
        items = ", ".join(literals.sql(item) for item in value.items)
        return Default(f"ARRAY[{items}]::{sql_type}")
    sql = literals.sql(value)
    return Default(None if member.type.name in _UNWRITTEN.get(database.provider, ()) else sql)


def _misfit(place: Place, what: str, mend: str) -> InputError:
    return place.fault(f"the default does not fit {what}", mend)


def _call(call: Call, type_: FieldType, sql_type: str, attribute: Attribute, database: Database) -> Default:
    place = attribute.place
    if call.name == "dbgenerated":
        return _generated(call, place)
    if type_.list:
        raise _misfit(place, "a list", "write @default([...])")
    if call.name == "now" and type_.name == "DateTime":
        precision = _PRECISION.search(sql_type) if database.provider == "mysql" else None
        return Default("CURRENT_TIMESTAMP" + (precision.group() if precision else ""))
    if call.name in _COUNTERS and type_.name in ("Int", "BigInt"):
        return Default(counter=True)
    if call.name in _MADE_BY_CLIENT and type_.name == "String":
        first = call.arguments[0].value if call.arguments else None
        newer = call.name == "cuid" and isinstance(first, Number) and first.text == "2"
        return Default(format="cuid2" if newer else call.name)
    raise _misfit(place, f"the type {type_.name}: {call.name}()", "Prisma's reference of @default says what fits")


def _generated(call: Call, place: Place) -> Default:
    """dbgenerated("SQL"), or without it for a default that only the database knows."""
    if not call.arguments:
        return Default(unsaid=True)
    value = call.arguments[0].value
    if len(call.arguments) > 1 or not isinstance(value, Text) or not value.text.strip():
        raise place.fault("dbgenerated() takes one text of SQL", 'write dbgenerated("...")')
    return Default(value.text)


@dataclass(frozen=True)
class _Literals:
    """Literals of a field's type as SQL."""

    type: FieldType
    of: EnumType | None
    database: Database
    place: Place

    def sql(self, value: Value) -> str:
        """The literal; InputError if it does not fit the type."""
        name = self.type.name
        if self.of is not None:
            if not isinstance(value, Name) or value.name not in self.of.labels:
                raise _misfit(self.place, f"the enum {name}", f"it may be {choices(self.of.labels)}")
            return self.database.text(self.of.labels[value.name])
        if isinstance(value, Name) and name == "Boolean" and value.name in ("true", "false"):
            return value.name
        if isinstance(value, Number) and name in _NUMBERS and (_NUMBERS[name] or "." not in value.text):
            return value.text
        if isinstance(value, Text):
            if name == "Bytes":
                return self._bytes(value.text)
            if name in ("String", "Json", "DateTime", "Decimal"):
                return self.database.text(value.text)
        raise _misfit(self.place, f"the type {name}", "Prisma's reference of @default says what fits")

    def _bytes(self, text: str) -> str:
        try:
            written = b64decode(text, validate=True).hex()
        except (Base64Error, ValueError) as error:
            raise _misfit(self.place, "the type Bytes", "write it in Base64") from error
        return f"'\\x{written}'" if self.database.dialect == "postgres" else f"x'{written}'"


_NUMBERS: Mapping[str, bool] = {"Int": False, "BigInt": False, "Float": True, "Decimal": True}
"""The types of numbers, and whether they take decimals."""
