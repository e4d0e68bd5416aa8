"""Who writes each column of a whole database: what the schema says, and what settings, declarations and rows add."""

from llmgen.plan import Route, routes
from llmgen.schema.model import Schema
from llmgen.values.literals import is_known
from llmgen.volume.declared import Declarations, routed
from llmgen.volume.request import Request

_KNOWN = Route("scalar", "other", "type has literals")
_NAMED = Route("scalar", "other", "a fixed row names it")


def volume_routes(schema: Schema, request: Request, declared: Declarations) -> dict[str, dict[str, Route]]:
    """Table -> column -> Route. Left to the database is only what it computes, defaults, or alone has the type of.

    InputError for a table, column or provider of the request that does not exist.
    """
    named = {place: column.provider for place, column in request.columns.items() if column.provider}
    found = routed(routes(schema, overrides={**request.routes, **named}), declared)
    for table in schema.tables:
        fixed = {name for row in request.fixed.get(table.name, ()) for name in row.cells}
        for column in table.columns:
            if not column.written or found[table.name][column.name].writer != "default":
                continue
            if column.name in fixed:
                found[table.name][column.name] = _NAMED
            elif schema.dialect == "postgres" and column.default is None and is_known(column.type.sql):
                found[table.name][column.name] = _KNOWN
    return found
