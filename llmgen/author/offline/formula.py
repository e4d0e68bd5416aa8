"""Conditions on one row, spelled as expects are, as the solver's formulas."""

from llmgen.author.offline.spelling import named
from llmgen.predicates.alternatives import read
from llmgen.predicates.formulas import Formula
from llmgen.predicates.normalise import Refused, expect_predicate
from llmgen.schema.model import Schema, Table


def kinds_of(table: Table) -> dict[str, str]:
    """The columns' kinds, as formulas are read with them."""
    return {column.name: "char" if column.type.fixed else column.type.kind for column in table.columns}


def of_root(column: str) -> str:
    """The column of the row that a condition is about."""
    return f"ROOT.{named(column)}"


def formula_of(schema: Schema, table: Table, sql: str) -> Formula | None:
    """The formula of a condition in Postgres spelling, whatever the schema's dialect; NULL passes. None if refused."""
    try:
        predicate = expect_predicate(schema, table.name, sql, "said", frozenset())
    except Refused:
        return None
    return read(predicate.tree, kinds_of(table))
