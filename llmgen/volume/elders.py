"""Which moments of a row lie behind the making of the rows that it refers to."""

from collections.abc import Mapping

from llmgen.plan import Route
from llmgen.predicates.ranges import MOMENTS
from llmgen.schema.model import Column, Schema, Table

Routes = Mapping[str, Mapping[str, Route]]

FOLLOWING = frozenset({"created_at", "updated_at", "later_at", "starts_at", "ends_at"})
"""Providers of moments that lie behind the making of a parent, where their row tells nothing nearer."""


def elders(schema: Schema, table: Table, routes: Routes) -> dict[int, Column]:
    """By place of the foreign key the column that says when the parent was made.

    Not of tables that refer back to this one: neither of the two is the older.
    """
    found = {}
    for place, foreign in enumerate(table.foreign_keys):
        parent = schema.table(foreign.table)
        made = [
            column
            for column in parent.columns
            if column.type.kind in MOMENTS and routes[parent.name][column.name].provider == "created_at"
        ]
        if made and table.name not in _above(schema, parent):
            found[place] = made[0]
    return found


def _above(schema: Schema, table: Table) -> set[str]:
    """The table and all that it refers to, near or far."""
    found, work = set[str](), [table.name]
    while work:
        name = work.pop()
        if name not in found:
            found.add(name)
            work += [foreign.table for foreign in schema.table(name).foreign_keys]
    return found
