"""The column types that sources without SQL share, as PostgreSQL spells them."""

from collections.abc import Iterable

from llmgen.schema.model import ColumnType, Kind

_INTEGERS = {16: "smallint", 32: "integer", 64: "bigint"}
_SPELLED: dict[Kind, str] = {"float": "double precision", "bytes": "bytea", "json": "jsonb"}


def integer(bits: int = 32) -> ColumnType:
    """A whole number of 16, 32 or 64 bits."""
    return ColumnType("integer", _INTEGERS[bits], bits=bits)


def decimal(precision: int | None = None, scale: int | None = None) -> ColumnType:
    """A decimal number of so many digits, `scale` of them after the point; without them of any size."""
    if precision is None:
        return ColumnType("decimal", "numeric")
    return ColumnType("decimal", f"numeric({precision},{scale or 0})", precision=precision, scale=scale or 0)


def text(length: int | None = None) -> ColumnType:
    """Text of at most so many characters."""
    return ColumnType("text", "text" if length is None else f"varchar({length})", length=length)


def enum(labels: Iterable[str], name: str = "enum") -> ColumnType:
    """One of the labels."""
    return ColumnType("enum", name, labels=tuple(labels))


def array_of(element: ColumnType) -> ColumnType:
    """An array of elements of that type."""
    return ColumnType("array", f"{element.sql}[]", element=element)


def plain(kind: Kind) -> ColumnType:
    """A type that its kind alone describes: boolean, date, time, timestamp, timestamptz, uuid, json, float, bytes."""
    return ColumnType(kind, _SPELLED.get(kind, kind))
