"""One spelling for SQL expressions that mean the same, so that what was written and what a server says of it compare.

Servers rewrite what they are given: PostgreSQL makes `status IN ('a', 'b')` into
`((status)::text = ANY (ARRAY['a'::text, 'b'::text]))`, MariaDB quotes every name. The spelling made here is compared
and hashed, never run: casts that only repeat a type are gone, and the parts of AND, OR, IN and = stand in one order.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

_TEXTS = exp.DataType.TEXT_TYPES | {exp.DType.NAME}
_NUMBERS = exp.DataType.NUMERIC_TYPES
_FAMILIES: Mapping[str, frozenset[exp.DType]] = {
    "text": frozenset(_TEXTS),
    "integer": frozenset(_NUMBERS),
    "decimal": frozenset(_NUMBERS),
    "float": frozenset(_NUMBERS),
    "date": frozenset({exp.DType.DATE, exp.DType.TIMESTAMP, exp.DType.TIMESTAMPTZ}),
}
"""The types that a column of a kind may be cast to and keep its meaning."""
_MIRRORED: Mapping[type[exp.Expr], type[exp.Expr]] = {exp.GT: exp.LT, exp.GTE: exp.LTE}
_OPPOSITES: Mapping[type[exp.Expr], type[exp.Expr]] = {
    exp.EQ: exp.NEQ, exp.NEQ: exp.EQ, exp.LT: exp.GTE, exp.LTE: exp.GT, exp.GT: exp.LTE, exp.GTE: exp.LT,
}  # fmt: skip


def meaning(sql: str, dialect: str, kinds: Mapping[str, str]) -> str:
    """The expression in the spelling that all expressions of its meaning share, as far as they are known to.

    `kinds` are the kinds of the table's columns. What cannot be parsed is given back as it is, in one line.
    """
    try:
        tree = sqlglot.parse_one(sql, read=dialect, error_level=ErrorLevel.IMMEDIATE)
    except (SqlglotError, RecursionError, ValueError):
        return " ".join(sql.split())
    return _text(_settled(tree, kinds))


def _text(tree: exp.Expr) -> str:
    return tree.sql("postgres", comments=False, identify=True)


def _settled(node: exp.Expr, kinds: Mapping[str, str]) -> exp.Expr:
    """The tree in its one spelling, from the leaves up."""
    for child in list(node.iter_expressions()):
        settled = _settled(child, kinds)
        if settled is not child:
            child.replace(settled)
    if isinstance(node, exp.Cast):
        return _cast(node, kinds)
    rule = _RULES.get(type(node))
    return rule(node) if rule else node


def _paren(node: exp.Expr) -> exp.Expr:
    inner: exp.Expr = node.this
    return inner


def _cast(node: exp.Cast, kinds: Mapping[str, str]) -> exp.Expr:
    """What is cast, where its type is that anyway: a literal, an array of them, a column of the type's family."""
    inner, to = node.this, node.to.this
    if isinstance(inner, exp.Literal):
        number = _number(inner.name) if inner.is_string and to in _NUMBERS else None
        return inner if number is None else number
    if isinstance(inner, exp.Null | exp.Array | exp.Neg | exp.Cast) and not isinstance(inner, exp.Cast):
        return inner
    kind = kinds.get(inner.name, "") if isinstance(inner, exp.Column) else "text" if _is_text(inner) else ""
    return inner if to in _FAMILIES.get(kind, ()) else node


def _is_text(node: exp.Expr) -> bool:
    return isinstance(node, exp.Lower | exp.Upper | exp.Trim | exp.Substring | exp.Concat | exp.DPipe)


def _number(text: str) -> exp.Expr | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return exp.Literal.number(text) if value >= 0 else exp.Neg(this=exp.Literal.number(text.lstrip("-")))


def _between(node: exp.Expr) -> exp.Expr:
    if node.args.get("symmetric"):
        return node
    low = _ordered(exp.GTE(this=node.this, expression=node.args["low"]))
    return _connected(exp.And(this=low, expression=exp.LTE(this=node.this.copy(), expression=node.args["high"])))


def _any(node: exp.Expr) -> exp.Expr:
    """x = ANY (ARRAY[...]) is x IN (...), x <> ALL (ARRAY[...]) is x NOT IN (...)."""
    wanted = exp.Any if isinstance(node, exp.EQ) else exp.All
    members = node.expression.this if isinstance(node.expression, wanted) else None
    if not isinstance(members, exp.Array):
        return _ordered(node)
    found = _in(exp.In(this=node.this, expressions=members.expressions))
    return found if isinstance(node, exp.EQ) else _not(exp.Not(this=found))


def _in(node: exp.Expr) -> exp.Expr:
    if not node.expressions:
        return node
    members = {_text(member): member for member in node.expressions}
    if len(members) == 1:
        return _ordered(exp.EQ(this=node.this, expression=node.expressions[0]))
    node.set("expressions", [members[text] for text in sorted(members)])
    return node


def _not(node: exp.Expr) -> exp.Expr:
    inner: exp.Expr = node.this
    if isinstance(inner, exp.Not):
        return _paren(inner)
    if opposite := _OPPOSITES.get(type(inner)):
        return _ordered(opposite(this=inner.this, expression=inner.expression))
    if isinstance(inner, exp.And | exp.Or):
        other = exp.Or if isinstance(inner, exp.And) else exp.And
        sides = (_not(exp.Not(this=side)) for side in (inner.this, inner.expression))
        return _connected(other(this=next(sides), expression=next(sides)))
    return node


def _ordered(node: exp.Expr) -> exp.Expr:
    """A comparison in one direction: < and <= only, the sides of = and <> sorted."""
    left, right = node.this, node.expression
    if mirrored := _MIRRORED.get(type(node)):
        return mirrored(this=right, expression=left)
    if isinstance(node, exp.EQ | exp.NEQ) and _text(right) < _text(left):
        return type(node)(this=right, expression=left)
    return node


def _connected(node: exp.Expr) -> exp.Expr:
    """AND or OR over its parts, each once, in one order, as a call, so that nesting does not show."""
    name = "ALL_OF" if isinstance(node, exp.And) else "ANY_OF"
    parts: dict[str, exp.Expr] = {}
    for side in (node.this, node.expression):
        inner = side.expressions if isinstance(side, exp.Anonymous) and side.this == name else [side]
        parts.update({_text(part): part for part in inner})
    if len(parts) == 1:
        return next(iter(parts.values()))
    return exp.Anonymous(this=name, expressions=[parts[text] for text in sorted(parts)])


def _call(node: exp.Expr) -> exp.Expr:
    if isinstance(node.this, str):
        node.set("this", node.this.lower())
    return node


_RULES: Mapping[type[exp.Expr], Callable[[exp.Expr], exp.Expr]] = {
    exp.Paren: _paren,
    exp.Between: _between,
    exp.EQ: _any,
    exp.NEQ: _any,
    exp.GT: _ordered,
    exp.GTE: _ordered,
    exp.In: _in,
    exp.Not: _not,
    exp.And: _connected,
    exp.Or: _connected,
    exp.Anonymous: _call,
}
