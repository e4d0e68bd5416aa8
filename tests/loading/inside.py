"""Rows that refer to rows of their own table, for databases that check each row as it comes."""

import pyarrow as pa

from llmgen.output.order import parents_first as ordered_rows
from llmgen.schema.model import Table


def parents_first(table: Table, cells: pa.Table) -> tuple[pa.Table, bool]:
    """The rows with every row after those it refers to, and whether that was possible (rows may form a circle)."""
    keys = [key for key in table.foreign_keys if key.table == table.name]
    names = {name for key in keys for name in (*key.columns, *key.referenced)}
    if not keys or not names <= set(cells.column_names):
        return cells, True
    numbered = cells.select(sorted(names)).append_column("", pa.array(range(cells.num_rows), pa.int64()))
    ordered, possible = ordered_rows(table, numbered.to_pylist())
    return cells.take(pa.array([row[""] for row in ordered], pa.int64())), possible
