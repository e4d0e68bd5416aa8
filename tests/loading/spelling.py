"""The cells of Arrow tables as the drivers of the three databases take them."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from llmgen.schema.array_literals import array_text


def copy_text(table: pa.Table) -> pa.Table:
    """Every cell as the text that PostgreSQL reads."""
    return pa.table([_postgres_text(column.combine_chunks()) for column in table.columns], names=table.column_names)


def _postgres_text(column: Any) -> pa.Array:
    if pa.types.is_list(column.type):
        nested = pa.types.is_list(column.type.value_type)
        items = _postgres_text(column.flatten()).to_pylist()
        texts, place = [], 0
        for length in column.value_lengths().to_pylist():
            texts.append(None if length is None else array_text(items[place : place + length], nested=nested))
            place += length or 0
        return pa.array(texts, pa.string())
    if pa.types.is_binary(column.type):
        return pa.array([None if cell is None else "\\x" + cell.hex() for cell in column.to_pylist()], pa.string())
    return column.cast(pa.string())


def mysql_tuples(table: pa.Table) -> list[str]:
    """The rows as MariaDB and MySQL read them after VALUES: `(1,'text',NULL)`."""
    if not table.num_columns:
        return ["()"] * table.num_rows
    cells = [_mysql_literal(_simple(column.combine_chunks())) for column in table.columns]
    joined = pc.binary_join_element_wise(*cells, ",")
    return pc.binary_join_element_wise("(", joined, ")", "").to_pylist()


def _mysql_literal(column: Any) -> pa.Array:
    if pa.types.is_binary(column.type):
        literals = pa.array([None if cell is None else f"x'{cell.hex()}'" for cell in column.to_pylist()], pa.string())
    elif pa.types.is_string(column.type):
        escaped = pc.replace_substring(pc.replace_substring(column, "\\", "\\\\"), "'", "''")
        literals = pc.binary_join_element_wise("'", escaped, "'", "")
    else:
        literals = column.cast(pa.string())
    return pc.fill_null(literals, "NULL")


def rows(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    """The rows as SQLite takes them: dates and decimals as text, booleans as 0 and 1."""
    if not table.num_columns:
        return iter([()] * table.num_rows)
    return zip(*(_simple(column.combine_chunks()).to_pylist() for column in table.columns), strict=True)


def _simple(column: Any) -> Any:
    if pa.types.is_boolean(column.type):
        return column.cast(pa.int8())
    if pa.types.is_timestamp(column.type):
        return column.cast(pa.timestamp("us")).cast(pa.string())
    if pa.types.is_temporal(column.type) or pa.types.is_decimal(column.type):
        return column.cast(pa.string())
    if pa.types.is_list(column.type):
        raise TypeError("no array columns in this database")
    return column
