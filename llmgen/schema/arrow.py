"""Arrow's type for each column type: typed where Arrow has the type, text where only the database has it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from llmgen.schema.forms import encode_text
from llmgen.schema.model import ColumnType

MOST_DIGITS = 38
"""Digits of a decimal128."""

LOOSE_SCALE = 6
"""Decimals after the point of a number that declares none."""

_AS_TEXT = frozenset({"interval", "json", "other"})


def arrow_type(type: ColumnType) -> Any:
    """The Arrow type that cells of the column type are held in; a string for what Arrow has no type for."""
    import pyarrow as pa

    plain = {
        "float": pa.float64(),
        "boolean": pa.bool_(),
        "date": pa.date32(),
        "time": pa.time64("us"),
        "timestamp": pa.timestamp("us"),
        "timestamptz": pa.timestamp("us", tz="UTC"),
        "bytes": pa.binary(),
    }
    if type.kind == "array" and type.element:
        return pa.list_(arrow_type(type.element))
    if type.kind == "integer":
        return _integer(type)
    if type.kind == "decimal":
        precision, scale = (MOST_DIGITS, LOOSE_SCALE) if type.precision is None else (type.precision, type.scale or 0)
        return pa.decimal128(precision, scale) if precision <= MOST_DIGITS else pa.string()
    return plain.get(type.kind, pa.string())


def _integer(type: ColumnType) -> Any:
    """The narrowest of Arrow's integers that holds the type's."""
    import pyarrow as pa

    bits = next(width for width in (8, 16, 32, 64) if (type.bits or 64) <= width)
    signed = {8: pa.int8(), 16: pa.int16(), 32: pa.int32(), 64: pa.int64()}
    unsigned = {8: pa.uint8(), 16: pa.uint16(), 32: pa.uint32(), 64: pa.uint64()}
    return (unsigned if type.unsigned else signed)[bits]


def arrow_array(type: ColumnType, cells: Sequence[Any]) -> Any:
    """The cells' Python values as an Arrow array of the column type; None is NULL."""
    import pyarrow as pa

    held = arrow_type(type)
    if pa.types.is_decimal(held):
        return pa.array([None if cell is None else Decimal(cell) for cell in cells], held)
    return pa.array([_held(type, cell) for cell in cells], held)


def _held(type: ColumnType, cell: Any) -> Any:
    """A cell as Arrow takes it: texts for what Arrow has no type for, elements of arrays likewise."""
    if cell is None:
        return None
    if type.kind == "array" and type.element:
        return [_held(type.element, item) for item in cell]
    return encode_text(type, cell) if type.kind in _AS_TEXT or _wide(type) else cell


def _wide(type: ColumnType) -> bool:
    return type.kind == "decimal" and (type.precision or 0) > MOST_DIGITS
