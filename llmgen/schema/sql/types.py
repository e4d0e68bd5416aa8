"""Postgres type names, in all their spellings, as ColumnType."""

from dataclasses import dataclass, replace

from llmgen.schema.model import ColumnType, Kind
from llmgen.schema.sql.cursor import Cursor, Name, Unreadable

_ALIASES = {
    "int": "integer", "int4": "integer", "int8": "bigint", "int2": "smallint", "bool": "boolean",
    "decimal": "numeric", "dec": "numeric", "float4": "real", "float8": "double precision",
    "double": "double precision", "character": "char", "nchar": "char",
    "serial4": "serial", "serial8": "bigserial", "serial2": "smallserial",
}  # fmt: skip
_KINDS: dict[str, Kind] = {
    "smallint": "integer", "integer": "integer", "bigint": "integer",
    "numeric": "decimal", "money": "decimal", "real": "float", "double precision": "float",
    "text": "text", "varchar": "text", "char": "text", "bpchar": "text", "citext": "text",
    "name": "text", '"char"': "text",
    "boolean": "boolean", "date": "date", "time": "time", "timetz": "time", "timestamp": "timestamp",
    "timestamptz": "timestamptz", "interval": "interval", "uuid": "uuid", "json": "json", "jsonb": "json",
    "bytea": "bytes",
}  # fmt: skip
_BITS = {"smallint": 16, "integer": 32, "bigint": 64}
_SERIALS = {"smallserial": "smallint", "serial": "integer", "bigserial": "bigint"}
_TIMES = {"time", "timestamp"}
_INTERVAL_FIELDS = {"year", "month", "day", "hour", "minute", "second", "to"}
_NAME_LENGTH = 63
_MICROSECONDS = 6
"""The precision that moments have without one."""
_FLOAT_DIGITS = 24
"""float(n) is real up to here, double precision above."""


@dataclass(frozen=True)
class TypeName:
    """A type as written: its name with aliases resolved, its arguments, and whether it is an array of that."""

    name: Name
    arguments: tuple[str, ...] = ()
    array: bool = False

    @property
    def serial(self) -> bool:
        """Whether it is a pseudo-type that makes its column an identity."""
        return self.name[1] in _SERIALS and not self.array


def read_type(cursor: Cursor) -> TypeName:
    """Takes a type name: several words, arguments, array brackets."""
    quoted = cursor.next.kind == "quoted"
    schema, bare = cursor.qualified()
    if schema == "pg_catalog":
        schema = None
    if quoted and bare == "char":
        bare = '"char"'
    arguments: tuple[str, ...] = ()
    if schema is None and not quoted:
        bare = _spelled_out(cursor, bare)
    if cursor.at("("):
        arguments = tuple(_argument(item) for item in cursor.group().items())
    if bare in _TIMES and schema is None and (cursor.at("with") or cursor.at("without")):
        zoned = cursor.take("with")
        cursor.take("without")
        cursor.expect("time", "zone")
        bare = f"{bare}tz" if zoned else bare
    return TypeName((schema, bare), arguments, _brackets(cursor))


def _argument(item: Cursor) -> str:
    """A type's argument: a number, with its sign, or one word (`geometry(Point, 4326)`)."""
    if item.stop - item.first > 1 + item.at("-"):
        raise Unreadable(f"{item.text!r} is no argument of a type")
    return item.text


def _spelled_out(cursor: Cursor, first: str) -> str:
    """The type's one name for names of several words."""
    if first == "national":
        first = cursor.name()
    if first == "double":
        cursor.expect("precision")
    if first in ("character", "char", "nchar") and cursor.take("varying"):
        return "varchar"
    if first == "bit" and cursor.take("varying"):
        return "varbit"
    if first == "interval":
        while cursor.at_any(_INTERVAL_FIELDS):
            cursor.word()
    return _ALIASES.get(first, first)


def _brackets(cursor: Cursor) -> bool:
    array = cursor.take("array")
    while cursor.take("["):
        array = True
        if cursor.next.kind == "number":
            cursor.position += 1
        cursor.expect("]")
    return array


def built_in(type_name: TypeName) -> ColumnType:
    """The ColumnType of a type that no statement declares; kind "other" where llmgen knows no values for it."""
    schema, name = type_name.name
    schema = None if schema == "public" else schema
    name = _SERIALS.get(name, name)
    if name == "float":
        digits = _number(type_name.arguments[:1])
        name = "real" if digits is not None and digits <= _FLOAT_DIGITS else "double precision"
        type_name = replace(type_name, arguments=())
    arguments = f"({','.join(type_name.arguments)})" if type_name.arguments else ""
    sql = f"{schema}.{name}{arguments}" if schema and name not in _KINDS else f"{name}{arguments}"
    kind: Kind = _KINDS.get(name, "other")
    number = _number(type_name.arguments[:1])
    plain = ColumnType(kind, sql, bits=_BITS.get(name))
    if name == "bit" and number is None:
        return replace(plain, sql="bit(1)")
    if name == "citext":
        return replace(plain, folds=True)
    if name in ("varchar", "bpchar"):
        return replace(plain, length=number, fixed=name == "bpchar" and number is not None)
    if name == "char":
        return replace(plain, length=number or 1, fixed=True, sql=f"char({number or 1})")
    if name == '"char"' or name == "name":
        return replace(plain, length=1 if name == '"char"' else _NAME_LENGTH)
    if name == "money":
        return replace(plain, precision=18, scale=2)
    if name == "numeric" and number is not None:
        scale = _number(type_name.arguments[1:2]) or 0
        return replace(plain, precision=number, scale=scale, sql=f"numeric({number},{scale})")
    if kind in ("time", "timestamp", "timestamptz", "interval"):
        return replace(plain, precision=None if number == _MICROSECONDS else number)
    return plain


def _number(arguments: tuple[str, ...]) -> int | None:
    text = arguments[0].replace(" ", "") if arguments else ""
    return int(text) if text.removeprefix("-").isdecimal() and len(text) < 10 else None
