"""Where the rows of one table are evaluated: a database in memory for each table and process."""

import os
from functools import lru_cache

from llmgen.predicates.evaluate import Arena
from llmgen.schema.model import Dialect, Function, Schema, Table


def arena_of(schema: Schema, table: Table) -> Arena:
    """The table's arena, empty."""
    found = _arena(table, schema.dialect, schema.functions, os.getpid())
    found.clear()
    return found


@lru_cache(maxsize=64)
def _arena(table: Table, dialect: Dialect, functions: tuple[Function, ...], process: int) -> Arena:
    """One a process: a connection does not survive a fork."""
    return Arena(Schema((table,), dialect, functions))
