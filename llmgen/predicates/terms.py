"""The sides of a comparison read into arithmetic: constants by what they are compared with, columns, operators."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from sqlglot import exp

from llmgen.predicates.ranges import DAY, encode
from llmgen.predicates.relations import Term

NOW, TODAY = "_now", "_today"
"""Columns that no table has: the instant that now() stands for, and its midnight (both as instants, in UTC)."""

_UNITS = {
    "integer": "number",
    "decimal": "number",
    "float": "number",
    "date": "date",
    "timestamp": "moment",
    "timestamptz": "moment",
    "time": "time",
    "interval": "span",
}
_SPANS = {
    "microsecond": 1,
    "millisecond": 1_000,
    "second": 1_000_000,
    "minute": 60_000_000,
    "hour": 3_600_000_000,
    "day": DAY,
    "week": 7 * DAY,
}
_MONTHS = {"month": 1, "year": 12, "decade": 120, "quarter": 3}
_ABBREVIATIONS = {
    "mon": "month",
    "min": "minute",
    "sec": "second",
    "hr": "hour",
    "yr": "year",
    "m": "minute",
    "h": "hour",
}


class Unreadable(Exception):
    """The solver has no form for it; such a leaf is only tested."""


@dataclass(frozen=True)
class Side:
    """A term with its unit: number, date, moment, time, span, months, label (text, uuid, boolean) or literal.

    A literal's text waits in `text` for the other side's unit.
    """

    term: Term
    unit: str
    text: str = ""


Kinds = Mapping[str, str]


def column_of(tree: exp.Expr, kinds: Kinds) -> str | None:
    """The name of the column that the tree is, through brackets, collations and casts that keep a text a text."""
    while isinstance(tree, exp.Paren | exp.Collate) or (isinstance(tree, exp.Cast) and _keeps(tree, kinds)):
        tree = tree.this
    if not isinstance(tree, exp.Column):
        return None
    if tree.name in kinds:
        return tree.name
    return next((name for name in kinds if name.lower() == tree.name.lower()), None)


def _keeps(cast: exp.Cast, kinds: Kinds) -> bool:
    inner = column_of(cast.this, kinds)
    return (
        not cast.to.expressions
        and inner is not None
        and kinds[inner] in ("text", "enum", "set")
        and not cast.to.is_type(*exp.DataType.NUMERIC_TYPES)
    )


def side(tree: exp.Expr, kinds: Kinds) -> Side:
    """The tree as a term with its unit; raises Unreadable."""
    name = column_of(tree, kinds)
    if name is not None:
        return Side(Term("column", column=name), _UNITS.get(kinds[name], "label"))
    for types, read in _READERS:
        if isinstance(tree, types):
            return read(tree, kinds)
    raise Unreadable(tree.sql())


def _paren(tree: exp.Expr, kinds: Kinds) -> Side:
    return side(tree.this, kinds)


def _literal(tree: exp.Expr, kinds: Kinds) -> Side:
    if tree.args["is_string"]:
        return Side(Term("const"), "literal", tree.name)
    return Side(Term("const", value=number(tree.name)), "number")


def _boolean(tree: exp.Expr, kinds: Kinds) -> Side:
    return Side(Term("const"), "literal", str(bool(tree.this)).lower())


def _cast(tree: exp.Expr, kinds: Kinds) -> Side:
    """Casts of literals give them their unit; casts among numbers change nothing that the grid does not."""
    inner = side(tree.this, kinds)
    target = tree.args["to"]
    if inner.unit == "literal":
        if target.is_type("date"):
            return as_unit(inner, "date")
        if target.is_type("timestamp", "timestamptz", "datetime", "timestampntz", "timestampltz"):
            return as_unit(inner, "moment")
        if target.is_type("time"):
            return as_unit(inner, "time")
        if target.is_type("interval"):
            return _span_text(inner.text)
        return as_unit(inner, "number") if target.is_type(*exp.DataType.NUMERIC_TYPES) else inner
    if inner.unit == "number" and target.is_type(*exp.DataType.NUMERIC_TYPES) and not _truncates(target, inner, kinds):
        return inner
    if inner.unit in ("date", "moment") and target.is_type("timestamp", "timestamptz", "datetime", "timestampntz"):
        return Side(inner.term, "moment")
    if inner.unit == "date" and target.is_type("date"):
        return inner
    raise Unreadable(tree.sql())


def _truncates(target: exp.DataType, inner: Side, kinds: Kinds) -> bool:
    whole = inner.term.op == "column" and kinds.get(inner.term.column) == "integer"
    return bool(target.expressions) or (target.is_type(*exp.DataType.INTEGER_TYPES) and not whole)


def _now(tree: exp.Expr, kinds: Kinds) -> Side:
    return Side(Term("column", column=NOW), "moment")


def _today(tree: exp.Expr, kinds: Kinds) -> Side:
    return Side(Term("column", column=TODAY), "date")


def _negated(tree: exp.Expr, kinds: Kinds) -> Side:
    inner = as_number(side(tree.this, kinds))
    if inner.term.op == "const":
        return Side(Term("const", value=-inner.term.value), inner.unit)
    return Side(Term("neg", (inner.term,)), inner.unit)


def _absolute(tree: exp.Expr, kinds: Kinds) -> Side:
    inner = as_number(side(tree.this, kinds))
    return Side(Term("abs", (inner.term,)), inner.unit)


def _round(tree: exp.Expr, kinds: Kinds) -> Side:
    inner = as_number(side(tree.this, kinds))
    if any(kinds.get(column) == "float" for column in inner.term.columns):
        raise Unreadable("floats are rounded to even")
    places = side(tree.args["decimals"], kinds).term.value if tree.args.get("decimals") else 0
    return Side(Term("round", (inner.term,), value=places), "number")


def _interval(tree: exp.Expr, kinds: Kinds) -> Side:
    unit = tree.args.get("unit")
    amount = tree.this.this if isinstance(tree.this, exp.Neg) else tree.this
    if not isinstance(amount, exp.Literal):
        raise Unreadable(tree.sql())
    sign = "-" if isinstance(tree.this, exp.Neg) else ""
    return _span_text(f"{sign}{amount.name} {unit.name if unit else ''}")


def _span_text(text: str) -> Side:
    months = span = 0
    rest = text.lower().strip()
    if clock := re.search(r"(\d+):(\d+)(?::(\d+))?$", rest):
        span += (int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3] or 0)) * 1_000_000
        rest = rest[: clock.start()].strip()
    for amount, word in re.findall(r"([-+]?\d+(?:\.\d+)?)\s*([a-z]*)", rest):
        unit = word if word in ("m", "h") else word.rstrip("s")
        unit = _ABBREVIATIONS.get(unit, unit) or "second"
        if unit in _MONTHS:
            months += int(Fraction(amount) * _MONTHS[unit])
        elif unit in _SPANS:
            span += int(Fraction(amount) * _SPANS[unit])
        else:
            raise Unreadable(text)
    if months and span:
        raise Unreadable(text)
    return Side(Term("const", value=months), "months") if months else Side(Term("const", value=span), "span")


def _epoch(tree: exp.Expr, kinds: Kinds) -> Side:
    """extract(epoch from ..): seconds of a span or moment."""
    inner = side(tree.args["expression"], kinds)
    if tree.name.lower() != "epoch" or inner.unit not in ("span", "moment", "date"):
        raise Unreadable(tree.sql())
    return Side(folded(Term("/", (inner.term, Term("const", value=1_000_000)))), "number")


def _sum(tree: exp.Expr, kinds: Kinds) -> Side:
    sign: Any = "+" if isinstance(tree, exp.Add) else "-"
    left, right = side(tree.this, kinds), side(tree.args["expression"], kinds)
    if sign == "+" and left.unit in ("span", "months", "number") and right.unit in ("date", "moment"):
        left, right = right, left
    return add(left, sign, right)


def add(left: Side, sign: Any, right: Side) -> Side:
    """left ± right with the units that SQL gives: date - date is a number of days, moment ± span a moment."""
    if left.unit == "literal":
        left = as_unit(left, "number" if right.unit == "number" else "moment")
    if right.unit == "literal":
        right = as_unit(right, "number" if left.unit == "number" else "moment" if sign == "-" else "span")
    if left.unit in ("date", "moment") and right.unit == "months":
        value = right.term.value if sign == "+" else -right.term.value
        return Side(Term("months", (left.term,), value=value), "moment")
    if left.unit == "date" and right.unit == "number":
        days = Term("*", (right.term, Term("const", value=DAY)))
        return Side(folded(Term(sign, (left.term, folded(days)))), "date")
    unit = {
        ("number", "number"): "number",
        ("span", "span"): "span",
        ("date", "span"): "moment",
        ("moment", "span"): "moment",
        ("time", "span"): "time",
    }.get((left.unit, right.unit))
    if unit:
        return Side(folded(Term(sign, (left.term, right.term))), unit)
    if sign == "-" and left.unit in ("date", "moment", "time") and right.unit in ("date", "moment", "time"):
        span = Term("-", (left.term, right.term))
        if left.unit == right.unit == "date":
            return Side(Term("/", (span, Term("const", value=DAY))), "number")
        return Side(span, "span")
    raise Unreadable(f"{left.unit} {sign} {right.unit}")


def _product(tree: exp.Expr, kinds: Kinds) -> Side:
    sign: Any = "*" if isinstance(tree, exp.Mul) else "/"
    left, right = side(tree.this, kinds), side(tree.args["expression"], kinds)
    if {left.unit, right.unit} == {"span", "number"}:
        return Side(folded(Term(sign, (left.term, right.term))), "span")
    left, right = as_number(left), as_number(right)
    exact = any(kinds.get(column) != "integer" for column in left.term.columns | right.term.columns)
    if sign == "/" and not exact and all(item.is_int for item in tree.find_all(exp.Literal)):
        raise Unreadable("division of integers")
    return Side(folded(Term(sign, (left.term, right.term))), "number")


def folded(term: Term) -> Term:
    """The term, computed where both its parts are constants."""
    if not all(part.op == "const" for part in term.parts) or len(term.parts) != 2:
        return term
    one, two = term.parts[0].value, term.parts[1].value
    compute: Mapping[str, Callable[[], Any]] = {
        "+": lambda: one + two,
        "-": lambda: one - two,
        "*": lambda: one * two,
        "/": lambda: Fraction(one) / two,
    }
    return Term("const", value=compute[term.op]()) if two or term.op != "/" else term


def as_number(found: Side) -> Side:
    """The side if it is a number (a literal is read as one); Unreadable otherwise."""
    if found.unit == "literal":
        return as_unit(found, "number")
    if found.unit != "number":
        raise Unreadable(found.unit)
    return found


def as_unit(found: Side, unit: str) -> Side:
    """A literal read as that unit; Unreadable if its text is none."""
    if unit == "label":
        return found
    if unit in ("span", "months"):
        return _span_text(found.text)
    readers: Mapping[str, Callable[[str], Any]] = {
        "number": number,
        "date": moment,
        "moment": moment,
        "time": time.fromisoformat,
    }
    try:
        value = encode(readers.get(unit, moment)(found.text.strip()))
        return Side(Term("const", value=value), unit)
    except (ValueError, InvalidOperation) as error:
        raise Unreadable(found.text) from error


def number(text: str) -> int | Fraction:
    """The number that SQL text stands for."""
    value = Decimal(text)
    return int(value) if value == value.to_integral_value() else Fraction(value)


def moment(text: str) -> datetime:
    """The moment that SQL text stands for; without a zone it is read as UTC."""
    if re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}", text):
        year, month, day = map(int, text.split("-"))
        return datetime.combine(date(year, month, day), time(), UTC)
    value = datetime.fromisoformat(re.sub(r"([+-]\d\d)$", r"\1:00", text))
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def native(found: Side, kind: str) -> Any:
    """A constant side as a value of a column of that kind; Unreadable if it has none."""
    if kind == "boolean" and found.unit == "number" and found.term.op == "const" and found.term.value in (0, 1):
        return bool(found.term.value)
    if found.unit == "literal":
        if kind == "char":
            return found.text.rstrip(" ")
        return {"true": True, "t": True, "false": False, "f": False}[found.text] if kind == "boolean" else found.text
    raise Unreadable(found.unit)


def _date_add(tree: exp.Expr, kinds: Kinds) -> Side:
    amount = tree.args["expression"]
    if not isinstance(amount, exp.Interval):
        amount = exp.Interval(this=amount, unit=tree.args.get("unit"))
    return add(side(tree.this, kinds), "+" if isinstance(tree, exp.DateAdd) else "-", _interval(amount, kinds))


_READERS: tuple[tuple[Any, Callable[[exp.Expr, Kinds], Side]], ...] = (
    (exp.Paren, _paren),
    (exp.Literal, _literal),
    (exp.Boolean, _boolean),
    (exp.Cast, _cast),
    ((exp.CurrentTimestamp, exp.CurrentDatetime), _now),
    (exp.CurrentDate, _today),
    (exp.Neg, _negated),
    (exp.Abs, _absolute),
    (exp.Round, _round),
    (exp.Interval, _interval),
    (exp.Extract, _epoch),
    ((exp.Add, exp.Sub), _sum),
    ((exp.DateAdd, exp.DateSub), _date_add),
    ((exp.Mul, exp.Div), _product),
)
