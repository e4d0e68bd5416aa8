"""SQLite's column types: what a person means by the declared name, else what the affinity of the name can hold."""

from collections.abc import Mapping

from llmgen.schema.model import ColumnType, Kind

_NAMES: Mapping[Kind, str] = {
    "integer": "tinyint smallint int2 mediumint int int4 integer bigint int8 long serial bigserial year"
    " /tiny int/small int/medium int/big int",
    "boolean": "boolean bool bit",
    "date": "date",
    "timestamp": "datetime datetime2 smalldatetime timestamp /timestamp without time zone/datetime without time zone",
    "timestamptz": "timestamptz datetimeoffset datetimetz"
    " /timestamp with time zone/timestamp with local time zone/datetime with time zone",
    "time": "time timetz /time with time zone/time without time zone",
    "interval": "interval",
    "decimal": "decimal numeric dec number money smallmoney currency fixed num",
    "float": "real float float4 float8 double single /double precision/floating point",
    "text": "text tinytext mediumtext longtext ntext clob nclob string xml citext char nchar character varchar varchar2"
    " nvarchar nvarchar2 any /varying character/character varying/char varying/native character/national character"
    "/national char/national varchar/national character varying/long varchar/long text",
    "uuid": "uuid guid uniqueidentifier",
    "json": "json jsonb",
    "bytes": "blob binary varbinary bytea image tinyblob mediumblob longblob /long varbinary",
    "other": "geometry geography point linestring polygon multipoint multilinestring multipolygon geometrycollection",
}
"""The names that say a kind: of one word each, then those of several words, each after a stroke."""
_KINDS: Mapping[str, Kind] = {
    name: kind
    for kind, (one, *several) in ((kind, names.split("/")) for kind, names in _NAMES.items())
    for name in (*one.split(), *several)
}
_BITS: Mapping[str, int] = {
    "tinyint": 8, "tiny int": 8, "smallint": 16, "small int": 16, "int2": 16, "year": 16, "mediumint": 24,
    "medium int": 24, "int": 32, "int4": 32, "serial": 32,
}  # fmt: skip
"""The widths that names mean; every other integer (INTEGER, BIGINT, ...) has SQLite's own 64 bits."""
_MOST_BITS = 64
_FIXED = {"char", "nchar", "character", "native character", "national character", "national char"}
_ONE_DIGIT = {"tinyint", "bit"}
"""What frameworks declare a boolean as if it has one digit."""
_SIGNS = {"unsigned", "signed", "zerofill"}
_AFFINITIES: tuple[tuple[tuple[str, ...], Kind], ...] = (
    (("int",), "integer"),
    (("char", "clob", "text"), "text"),
    (("blob",), "bytes"),
    (("real", "floa", "doub"), "float"),
)
"""SQLite's rules, in its order: what a name holds decides; any other name has numeric affinity."""
_MONEY = {"money": (18, 2), "smallmoney": (10, 2)}
_MICROSECONDS = 6


def column_type(declared: str) -> ColumnType:
    """The type of a column that is declared so; "" is a column without a type, which takes anything: text.

    Unsigned numbers of 64 bits have 63, as SQLite's integers are signed.
    """
    before, _, inside = declared.lower().partition("(")
    inside, _, after = inside.partition(")")
    words = f"{before} {after}".split()
    arguments = [part.strip() for part in inside.split(",")]
    numbers = [_number(part) for part in arguments]
    name = " ".join(word for word in words if word not in _SIGNS)
    unsigned = "unsigned" in words
    kind = _kind(name, numbers[0])
    sql = " ".join(words) + (f"({','.join(arguments)})" if any(arguments) else "")
    return _built(kind, sql, name, [*numbers, None, None], unsigned)


def _kind(name: str, number: int | None) -> Kind:
    if name in _ONE_DIGIT and number == 1:
        return "boolean"
    known = _KINDS.get(name)
    if known and not (name == "bit" and number is not None):
        return known
    if not name:
        return "text"
    return next((kind for parts, kind in _AFFINITIES if any(part in name for part in parts)), "decimal")


def _built(kind: Kind, sql: str, name: str, numbers: list[int | None], unsigned: bool) -> ColumnType:
    first, second = numbers[:2]
    if kind == "integer":
        bits = _BITS.get(name, _MOST_BITS)
        return ColumnType(kind, sql, bits=bits - (unsigned and bits == _MOST_BITS), unsigned=unsigned)
    if kind == "decimal":
        if name in _MONEY:
            first, second = _MONEY[name]
        scale = None if first is None else second or 0
        return ColumnType(kind, sql, precision=first, scale=scale, unsigned=unsigned)
    if kind == "text":
        return ColumnType(kind, sql, length=first or None, fixed=name in _FIXED and bool(first))
    if kind in ("time", "timestamp", "timestamptz", "interval"):
        return ColumnType(kind, sql, precision=None if first == _MICROSECONDS else first)
    return ColumnType(kind, sql, length=(first or None) if kind == "bytes" else None, unsigned=unsigned)


def _number(text: str) -> int | None:
    text = text.replace(" ", "").removeprefix("+")
    return int(text) if text.isdecimal() and len(text) < 10 else None
