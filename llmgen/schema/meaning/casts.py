"""Casts: those that leave a value what it is are gone, those that change it stay."""

import re
from collections.abc import Mapping
from decimal import Decimal
from struct import pack, unpack

from sqlglot import exp

from llmgen.schema.meaning.terms import NULL, Term, literal_value, string
from llmgen.schema.meaning.values import as_kind

_NUMBERS = ("integer", "decimal", "float")
_OWN = re.compile(r'^"?(?:public|pg_catalog)"?\.')
_REAL_LIMIT = 2**24
_TYPES: Mapping[str, frozenset[exp.DType]] = {
    "integer": frozenset(exp.DataType.INTEGER_TYPES - {exp.DType.BIT}),
    "float": frozenset(exp.DataType.FLOAT_TYPES),
    "decimal": frozenset(exp.DataType.NUMERIC_TYPES - {exp.DType.BIT, exp.DType.MONEY, exp.DType.SMALLMONEY}),
    "text": frozenset(exp.DataType.TEXT_TYPES | {exp.DType.NAME, exp.DType.BPCHAR}),
    "boolean": frozenset({exp.DType.BOOLEAN}),
    "date": frozenset({exp.DType.DATE}),
    "timestamp": frozenset({exp.DType.TIMESTAMP, exp.DType.DATETIME, exp.DType.TIMESTAMPNTZ}),
    "timestamptz": frozenset({exp.DType.TIMESTAMPTZ, exp.DType.TIMESTAMPLTZ}),
    "time": frozenset({exp.DType.TIME, exp.DType.TIMETZ}),
    "interval": frozenset({exp.DType.INTERVAL}),
    "json": frozenset({exp.DType.JSON, exp.DType.JSONB}),
    "uuid": frozenset({exp.DType.UUID}),
    "array": frozenset({exp.DType.ARRAY}),
    "bytes": frozenset({exp.DType.VARBINARY}),
}
"""Which types are of which kind; the first that has it."""
_BY_NAME = ("citext", "jsonpath")
"""Types that are a kind of their own."""
_WIDER: Mapping[str, frozenset[str]] = {
    "integer": frozenset({"integer", "decimal", "float"}),
    "decimal": frozenset({"decimal", "float"}),
    "float": frozenset({"float"}),
    "text": frozenset({"text"}),
    "citext": frozenset({"citext"}),
    "date": frozenset({"date", "timestamp", "timestamptz"}),
    "timestamp": frozenset({"timestamp", "timestamptz"}),
    "timestamptz": frozenset({"timestamptz"}),
    "boolean": frozenset({"boolean"}),
    "time": frozenset({"time", "interval"}),
    "interval": frozenset({"interval"}),
    "uuid": frozenset({"uuid"}),
    "json": frozenset({"json"}),
    "bytes": frozenset({"bytes"}),
    "array": frozenset({"array"}),
}
"""The kinds that a value of a kind may be cast to and stay what it is."""


def kind_of(type_: exp.Expr) -> str:
    """The kind of a type; "" for those that no kind is known of."""
    if isinstance(type_.this, exp.Interval):
        return "interval"
    if type_.this == exp.DType.USERDEFINED:
        name = type_name(type_)
        return name if name in _BY_NAME else ""
    return next((kind for kind, types in _TYPES.items() if type_.this in types), "")


def cast(term: Term, type_: exp.Expr) -> Term:
    """The term as a value of the type; the term alone where it is that anyway."""
    kind, limits, value = kind_of(type_), _limits(type_), literal_value(term)
    if term.head == "NULL":
        return NULL
    if value is not None:
        found = _text_as(term, value, type_)
    elif is_number(term):
        found = _number_as(term, type_)
    elif term.head == "ARRAY" and kind == "array" and type_.expressions:
        found = Term("ARRAY", tuple(cast(part, type_.expressions[0]) for part in term.parts), "array")
    elif term.kind == kind == "array" or (not limits and kind in _WIDER.get(term.kind, ()) and not _is_real(type_)):
        found = term.of_kind(kind)
    else:
        found = None
    return found or Term(f"::{type_name(type_)}", (term,), kind)


def _text_as(term: Term, value: str, type_: exp.Expr) -> Term | None:
    """The text as a value of the type; None where the cast changes it."""
    kind, limits = kind_of(type_), _limits(type_)
    if kind == "text":
        return term if not limits or len(value) <= limits[0] else None
    read = as_kind(term, kind)
    if is_number(read):
        return _number_as(read, type_)
    if read.head == "ARRAY" and type_.expressions and kind_of(type_.expressions[0]) not in _NUMBERS:
        return cast(read, type_)
    return string(_OWN.sub("", value)) if type_name(type_) == "regclass" else read


def _number_as(term: Term, type_: exp.Expr) -> Term | None:
    """The number as a value of the type; None where the cast changes it."""
    kind, limits, value = kind_of(type_), _limits(type_), Decimal(term.head)
    if kind == "text" and not limits and value == value.to_integral_value():
        return string(term.head)
    if _is_real(type_):
        return (
            term.of_kind(kind)
            if abs(value) < _REAL_LIMIT and Decimal(unpack("f", pack("f", value))[0]) == value
            else None
        )
    scale = max(0, -int(value.as_tuple().exponent))
    places = 0 if kind == "integer" or len(limits) == 1 else limits[1] if limits else scale
    return term.of_kind(kind) if kind in _NUMBERS and scale <= places else None


def _is_real(type_: exp.Expr) -> bool:
    """Whether it is a number of 32 bits, which keeps seven digits alone; nothing is cast to it unasked."""
    return bool(type_.this == exp.DType.FLOAT)


def is_number(term: Term) -> bool:
    """Whether the term is a number as it stands."""
    return not term.parts and term.head.lstrip("-")[:1].isdigit()


def type_name(type_: exp.Expr) -> str:
    """A type in the spelling that its names share."""
    name = _OWN.sub("", type_.sql("postgres").lower())
    return re.sub(r"^decimal\((\d+)\)$", r"decimal(\1, 0)", name)


def _limits(type_: exp.Expr) -> tuple[int, ...]:
    """Length, or precision and scale. A plain char has one character."""
    given = type_.expressions if isinstance(type_, exp.DataType) else []
    limits = [item.name for item in given if isinstance(item, exp.DataTypeParam)]
    if type_.this == exp.DType.CHAR and not limits:
        return (1,)
    return tuple(int(limit) for limit in limits if limit.isdecimal())
