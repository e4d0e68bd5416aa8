"""Functions and operators that one database alone has, in the words of the normal form."""

import re
from collections.abc import Callable, Mapping

from sqlglot import exp

from llmgen.predicates.catalog import Catalog
from llmgen.predicates.kinds import kind_of, type_of
from llmgen.predicates.refusal import Refused

_STORED = {"integer": "integer", "boolean": "integer", "float": "real", "decimal": "real", "bytes": "blob"}
"""What SQLite's typeof() says of cells as llmgen writes them; all others are text."""

_SPANS = ("second", "minute", "hour", "day", "week")
_WHOLE = {exp.GTE: (exp.GTE, 0), exp.GT: (exp.GTE, 1), exp.LTE: (exp.LT, 1), exp.LT: (exp.LT, 0)}
_TURNED: Mapping[type[exp.Expr], type[exp.Expr]] = {
    exp.GTE: exp.LTE,
    exp.GT: exp.LT,
    exp.LTE: exp.GTE,
    exp.LT: exp.GT,
}


def _keys(node: exp.Expr, catalog: Catalog) -> exp.Expr:
    """`?&` and `?|` as one `?` for each key."""
    keys = node.expression.unnest()
    if not isinstance(keys, exp.Array) or not keys.expressions:
        raise Refused("JSON keys that are no constants are not understood")
    parts = [exp.JSONBContainsTopKey(this=node.this.copy(), expression=key.copy()) for key in keys.expressions]
    whole: exp.Expr = parts[0]
    for part in parts[1:]:
        connector = exp.And if isinstance(node, exp.JSONBContainsAllTopKeys) else exp.Or
        whole = connector(this=whole, expression=part)
    return exp.Paren(this=whole)


def _glob(node: exp.Expr, catalog: Catalog) -> exp.Expr:
    pattern = node.expression.unnest()
    if not isinstance(pattern, exp.Literal):
        raise Refused("GLOB with a pattern that is no constant is not understood")
    parts = []
    for bit in re.findall(r"\[\^?\]?[^\]]*\]|.", pattern.name, re.DOTALL):
        parts.append({"*": ".*", "?": "."}.get(bit) or (bit if len(bit) > 1 else re.escape(bit)))
    return exp.RegexpLike(this=node.this, expression=exp.Literal.string(f"^{''.join(parts)}$"))


def _similar(node: exp.Expr, catalog: Catalog) -> exp.Expr:
    pattern = node.expression.unnest()
    if not isinstance(pattern, exp.Literal):
        raise Refused("SIMILAR TO with a pattern that is no constant is not understood")
    parts = []
    for bit in re.findall(r"\\.|\[[^\]]*\]|.", pattern.name, re.DOTALL):
        parts.append({"%": ".*", "_": ".", ".": r"\.", "^": r"\^", "$": r"\$"}.get(bit, bit))
    return exp.RegexpLike(this=node.this, expression=exp.Literal.string(f"^(?:{''.join(parts)})$"))


def _raw(node: exp.Expr, catalog: Catalog) -> exp.Expr:
    return exp.Literal.string(node.name)


def _typeof(node: exp.Expr, catalog: Catalog) -> exp.Expr:
    own = type_of(node.this, catalog)
    if own is None:
        raise Refused("typeof() of anything but a column is not understood")
    null = exp.If(this=exp.Is(this=node.this.copy(), expression=exp.Null()), true=exp.Literal.string("null"))
    return exp.Case(ifs=[null], default=exp.Literal.string(_STORED.get(own.kind, "text")))


def _json_type(node: exp.Expr, catalog: Catalog) -> exp.Expr:
    found = exp.Anonymous(this="jsonb_typeof", expressions=[node.this])
    return found if catalog.schema.dialect == "sqlite" else exp.Upper(this=found)


def _day_of_month(node: exp.Expr, catalog: Catalog) -> exp.Expr:
    return exp.Extract(this=exp.Var(this="DAY"), expression=node.this)


def _year(node: exp.Expr, catalog: Catalog) -> exp.Expr:
    return exp.Extract(this=exp.Var(this="YEAR"), expression=node.this)


def _as_date(node: exp.Expr, catalog: Catalog) -> exp.Expr:
    return node.this if kind_of(node.this, catalog) == "date" else exp.cast(node.this, "DATE")


def _days_between(node: exp.Expr, catalog: Catalog) -> exp.Expr:
    first, last = (exp.Paren(this=side.copy()) for side in (node.expression, node.this))
    return exp.Paren(this=exp.Sub(this=_as_date(last, catalog), expression=_as_date(first, catalog)))


def whole_spans(node: exp.Expr) -> exp.Expr | None:
    """`TIMESTAMPDIFF(MINUTE, a, b) >= 30` as `b - a >= INTERVAL 30 MINUTE`; None for other comparisons."""
    left, right, kind = node.this, node.expression, type(node)
    if isinstance(right, exp.TimestampDiff):
        left, right, kind = right, left, _TURNED.get(kind, kind)
    if not isinstance(left, exp.TimestampDiff):
        return None
    unit = left.args["unit"].name.lower()
    if kind not in _WHOLE or unit not in _SPANS or not (isinstance(right, exp.Literal) and right.is_int):
        raise Refused("TIMESTAMPDIFF is only understood where whole seconds to weeks are compared with a number")
    compared, more = _WHOLE[kind]
    amount = int(right.name) + more
    if amount < 1:
        raise Refused("TIMESTAMPDIFF is only understood where it is compared with a number above 0")
    span = exp.Interval(this=exp.Literal.string(str(amount)), unit=exp.Var(this=unit.upper()))
    return compared(this=exp.Paren(this=exp.Sub(this=left.this, expression=left.expression)), expression=span)


SPELLINGS: Mapping[type[exp.Expr], Callable[[exp.Expr, Catalog], exp.Expr]] = {
    exp.JSONBContainsAllTopKeys: _keys,
    exp.JSONBContainsAnyTopKeys: _keys,
    exp.Glob: _glob,
    exp.SimilarTo: _similar,
    exp.RawString: _raw,
    exp.ByteString: _raw,
    exp.Typeof: _typeof,
    exp.JSONType: _json_type,
    exp.DayOfMonth: _day_of_month,
    exp.Year: _year,
    exp.TsOrDsToDate: _as_date,
    exp.DateDiff: _days_between,
}
