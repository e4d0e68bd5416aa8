"""CREATE FUNCTION: SQL functions of one expression are kept, so that CHECKs which call them can be read."""

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from llmgen.schema.model import Function
from llmgen.schema.sql.cursor import Cursor, Unreadable
from llmgen.schema.sql.draft import PUBLIC, Catalog
from llmgen.schema.sql.expressions import LONGEST, read_expression, sql_of
from llmgen.schema.sql.types import read_type

_OTHER = "a function whose body is not one SQL expression"
_MODES = {"in", "variadic"}


def create_function(cursor: Cursor, catalog: Catalog, modifiers: set[str]) -> None:
    """Keeps the function if its body is one expression; raises Unreadable (which constrains nothing) if not."""
    schema, bare = cursor.qualified()
    name = bare if schema in (None, PUBLIC) else f"{schema}.{bare}"
    signature = cursor.group()
    try:
        arguments = tuple(_argument(item, number) for number, item in enumerate(signature.items(), 1))
        _forget(name, len(arguments), catalog)
        body = _body(cursor)
        tree = _only_expression(body)
    except Unreadable as error:
        raise Unreadable(_OTHER, constrains=False) from error
    for parameter in list(tree.find_all(exp.Parameter)):
        number = int(parameter.name) if parameter.name.isdecimal() else 0
        if not 1 <= number <= len(arguments):
            raise Unreadable(_OTHER, constrains=False)
        named = exp.column(arguments[number - 1])
        if parameter is tree:
            tree = named
        else:
            parameter.replace(named)
    catalog.functions.append(Function(name, arguments, sql_of(tree)))


def _forget(name: str, arguments: int, catalog: Catalog) -> None:
    """Takes out the function that a new one replaces."""
    kept = [item for item in catalog.functions if (item.name, len(item.arguments)) != (name, arguments)]
    catalog.functions[:] = kept


def _argument(cursor: Cursor, number: int) -> str:
    """The argument's name; arguments without one are called argument_1 and so on."""
    if cursor.at_any({"out", "inout"}):
        raise Unreadable(_OTHER)
    if cursor.at_any(_MODES):
        cursor.word()
    start = cursor.position
    try:
        read_type(cursor)
        unnamed = cursor.done or cursor.at("default") or cursor.at("=")
    except Unreadable:
        unnamed = False
    cursor.position = start
    return f"argument_{number}" if unnamed else cursor.name()


def _body(cursor: Cursor) -> str:
    """The text of the body of a function in LANGUAGE sql."""
    language, body = "sql", ""
    while not cursor.done:
        if cursor.take("language"):
            language = cursor.next.text.lower()
        elif cursor.take("as"):
            body = cursor.string()
        elif cursor.take("return"):
            return f"SELECT {cursor.rest().text}"
        else:
            cursor.position += 1
    if language != "sql" or not body or len(body) > LONGEST:
        raise Unreadable(_OTHER)
    return body


def _only_expression(body: str) -> exp.Expr:
    try:
        parsed = [tree for tree in sqlglot.parse(body, read="postgres", error_level=ErrorLevel.IMMEDIATE) if tree]
    except (SqlglotError, RecursionError, ValueError) as error:
        raise Unreadable(_OTHER) from error
    select = parsed[0] if len(parsed) == 1 else None
    if not isinstance(select, exp.Select) or len(select.expressions) != 1:
        raise Unreadable(_OTHER)
    if any(value for key, value in select.args.items() if key not in ("expressions", "kind")):
        raise Unreadable(_OTHER)
    return read_expression(sql_of(select.expressions[0].unalias()), parameters=True)
