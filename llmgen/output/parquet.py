"""Parquet with typed columns: decimals, dates, instants in UTC, lists; what Arrow has no type for is text."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from llmgen.dataset import Values
from llmgen.output.cells import cell_form
from llmgen.schema.forms import encode_text
from llmgen.schema.model import Column, ColumnType, Table

MOST_DIGITS = 38
"""Digits of a decimal128."""

_AS_TEXT = ("interval", "json", "other")


def write_parquet(path: Path, table: Table, rows: Sequence[Values], columns: Sequence[Column]) -> None:
    """Write the columns of the rows. A column that a row lacks is NULL."""
    import pyarrow as pa
    from pyarrow import parquet

    fields, arrays = [], []
    for column in columns:
        cells = [row.get(column.name) for row in rows]
        type = _arrow_type(column.type, cells)
        if pa.types.is_string(_innermost(type)):
            cells = [cell_form(_texts, table, column, cell) for cell in cells]
        fields.append(pa.field(column.name, type, nullable=column.nullable))
        arrays.append(pa.array(cells, type))
    parquet.write_table(pa.Table.from_arrays(arrays, schema=pa.schema(fields)), path)


def read_parquet(path: Path) -> list[dict[str, Any]]:
    """The rows as Python values. Raises ValueError for a file that is no Parquet."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        rows: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise ValueError(str(error)) from error
    return rows


def _texts(type: ColumnType, cell: Any) -> Any:
    if type.kind == "array" and type.element and cell is not None:
        return [_texts(type.element, item) for item in cell]
    return encode_text(type, cell)


def _innermost(type: Any) -> Any:
    while hasattr(type, "value_type"):
        type = type.value_type
    return type


def _arrow_type(type: ColumnType, cells: Sequence[Any]) -> Any:
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
        return pa.list_(_arrow_type(type.element, [item for cell in cells if cell is not None for item in cell]))
    if type.kind == "integer":
        return _integer(type)
    if type.kind == "decimal":
        precision, scale = _digits(type, cells)
        return pa.decimal128(precision, scale) if precision <= MOST_DIGITS else pa.string()
    return plain.get(type.kind, pa.string())


def _integer(type: ColumnType) -> Any:
    """The narrowest of Arrow's integers that holds the type's."""
    import pyarrow as pa

    bits = next(width for width in (8, 16, 32, 64) if (type.bits or 64) <= width)
    signed = {8: pa.int8(), 16: pa.int16(), 32: pa.int32(), 64: pa.int64()}
    unsigned = {8: pa.uint8(), 16: pa.uint16(), 32: pa.uint32(), 64: pa.uint64()}
    return (unsigned if type.unsigned else signed)[bits]


def _digits(type: ColumnType, cells: Sequence[Decimal | None]) -> tuple[int, int]:
    """Precision and scale: the column's own, or (numeric without any) the widest that its cells need."""
    if type.precision is not None:
        return type.precision, type.scale or 0
    tuples = [cell.as_tuple() for cell in cells if cell is not None]
    exponents = [each.exponent for each in tuples if isinstance(each.exponent, int)]
    scale = max([0, *(-exponent for exponent in exponents)])
    before = max([1, *(len(each.digits) + int(each.exponent) for each in tuples)])
    return before + scale, scale
