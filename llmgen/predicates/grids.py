"""Comparisons that leave a column a grid: multiples of a number, whole hours and days, so many decimals."""

from fractions import Fraction

from sqlglot import exp

from llmgen.predicates.formulas import Atom, Formula
from llmgen.predicates.ranges import DAY, Domain
from llmgen.predicates.terms import Kinds, Unreadable, column_of, side

_HOUR = DAY // 24
_UNITS = {"day": DAY, "hour": _HOUR, "minute": _HOUR // 60, "second": 1_000_000}
_TIMES = ("timestamp", "timestamptz")
_WHOLE = ("integer", "decimal")


def multiple(left: exp.Expr, op: str, right: exp.Expr, kinds: Kinds, strict: bool) -> Formula:
    """`column % number = 0`. Raises Unreadable."""
    name, step = column_of(left.this, kinds), side(left.args["expression"], kinds).term
    rest = side(right, kinds).term
    if name is None or kinds[name] not in _WHOLE or op != "=" or rest.op != "const" or rest.value != 0:
        raise Unreadable(left.sql())
    if step.op != "const" or step.value <= 0 or (kinds[name] == "integer" and Fraction(step.value).denominator != 1):
        raise Unreadable(left.sql())
    return _atom(name, Fraction(step.value), kinds, strict)


def rounded(left: exp.Expr, op: str, right: exp.Expr, kinds: Kinds, strict: bool) -> Formula | None:
    """`date_trunc('hour', column) = column`, `column::date = column`, `round(column, 2) = column`; None for others."""
    name = column_of(right, kinds)
    if op != "=" or name is None:
        return None
    inner = left.this
    step: Fraction | None = None
    if isinstance(left, exp.TimestampTrunc | exp.DateTrunc) and kinds[name] in _TIMES:
        unit = left.args["unit"].name.lower()
        step = Fraction(_UNITS[unit]) if unit in _UNITS else None
    elif isinstance(left, exp.Cast) and left.to.is_type("date") and kinds[name] in _TIMES:
        step = Fraction(DAY)
    elif isinstance(left, exp.Round | exp.Trunc | exp.Floor | exp.Ceil) and kinds[name] in (*_WHOLE, "float"):
        step = _decimals(left, kinds)
        step = step if step == 1 or kinds[name] != "float" else None
    if step is None or column_of(inner, kinds) != name:
        return None
    return _atom(name, step, kinds, strict)


def _decimals(tree: exp.Expr, kinds: Kinds) -> Fraction:
    places = tree.args.get("decimals")
    count = 0 if places is None else int(side(places, kinds).term.value)
    return Fraction(1, 10**count) if count >= 0 else Fraction(10**-count)


def _atom(name: str, step: Fraction, kinds: Kinds, strict: bool) -> Formula:
    return Atom(name, Domain(kinds[name], "never" if strict else "free", step=step))
