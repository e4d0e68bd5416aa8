"""Parquet with typed columns: decimals, dates, instants in UTC, lists; what Arrow has no type for is text."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from llmgen.dataset import Values
from llmgen.output.cells import cell_form
from llmgen.schema.arrow import arrow_type
from llmgen.schema.forms import encode_text
from llmgen.schema.model import Column, ColumnType, Table


def write_parquet(path: Path, table: Table, rows: Sequence[Values], columns: Sequence[Column]) -> None:
    """Write the columns of the rows. A column that a row lacks is NULL."""
    import pyarrow as pa
    from pyarrow import parquet

    fields, arrays = [], []
    for column in columns:
        cells = [row.get(column.name) for row in rows]
        type = arrow_type(_fitted(column.type, cells))
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


def _fitted(type: ColumnType, cells: Sequence[Any]) -> ColumnType:
    """The type with as many digits as the cells need where it names none."""
    if type.kind == "array" and type.element:
        return replace(
            type, element=_fitted(type.element, [item for cell in cells if cell is not None for item in cell])
        )
    if type.kind != "decimal" or type.precision is not None:
        return type
    precision, scale = _digits(cells)
    return replace(type, precision=precision, scale=scale)


def _digits(cells: Sequence[Decimal | None]) -> tuple[int, int]:
    """The widest precision and scale that the cells need."""
    tuples = [cell.as_tuple() for cell in cells if cell is not None]
    exponents = [each.exponent for each in tuples if isinstance(each.exponent, int)]
    scale = max([0, *(-exponent for exponent in exponents)])
    before = max([1, *(len(each.digits) + int(each.exponent) for each in tuples)])
    return before + scale, scale
