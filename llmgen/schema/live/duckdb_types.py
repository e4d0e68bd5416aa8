"""DuckDB's types, as its catalog writes them, as ColumnType."""

import re
from collections.abc import Mapping

from llmgen.schema.live.drafts import cursor_of
from llmgen.schema.model import ColumnType, Kind
from llmgen.schema.sql.cursor import Unreadable
from llmgen.schema.types import array_of

_KINDS: Mapping[str, Kind] = {
    "bignum": "integer", "varint": "integer", "float": "float", "double": "float", "varchar": "text",
    "boolean": "boolean", "date": "date", "time": "time", "time_ns": "time", "time with time zone": "time",
    "timestamp": "timestamp", "timestamp_s": "timestamp", "timestamp_ms": "timestamp", "timestamp_ns": "timestamp",
    "timestamp with time zone": "timestamptz", "timestamp_tz_ns": "timestamptz", "interval": "interval",
    "uuid": "uuid", "json": "json", "blob": "bytes",
}  # fmt: skip
"""Names that say a kind; any other (STRUCT, MAP, UNION, BIT, GEOMETRY, ...) is of kind "other"."""
_BITS: Mapping[str, int] = {"tinyint": 8, "smallint": 16, "integer": 32, "bigint": 64, "hugeint": 128}
_PRECISIONS: Mapping[str, int] = {"timestamp_s": 0, "timestamp_ms": 3}
_DECIMAL = re.compile(r"decimal\((\d+),\s*(\d+)\)")
_ARRAY = re.compile(r"(.*)\[(\d*)\]", re.DOTALL)
_ENUM = re.compile(r"enum\s*(?=\()", re.IGNORECASE)


def column_type(written: str) -> ColumnType:
    """The type of `data_type` in the catalog. Labels of enums are in it; lengths of texts DuckDB does not keep."""
    if array := _ARRAY.fullmatch(written):
        return array_of(column_type(array[1]))
    if enum := _ENUM.match(written):
        return ColumnType("enum", "enum", labels=_labels(written[enum.end() :]))
    name = " ".join(written.lower().split())
    if number := _DECIMAL.fullmatch(name):
        return ColumnType("decimal", name, precision=int(number[1]), scale=int(number[2]))
    unsigned = name.startswith("u") and name[1:] in _BITS
    if bits := _BITS.get(name[1:] if unsigned else name):
        return ColumnType("integer", name, bits=bits, unsigned=unsigned)
    sql = " ".join(written.split()) if "(" in name else name  # the names of a STRUCT's fields stay as they are
    return ColumnType(_KINDS.get(name, "other"), sql, precision=_PRECISIONS.get(name))


def sizes(written: str) -> list[int]:
    """How many elements an array of fixed size has: the outermost first, 0 for a list of any length."""
    found = []
    while array := _ARRAY.fullmatch(written):
        found.append(int(array[2] or 0))
        written = array[1]
    return found


def _labels(group: str) -> tuple[str, ...]:
    try:
        return tuple(item.string() for item in cursor_of(group, "duckdb").group().items())
    except Unreadable:
        return ()
