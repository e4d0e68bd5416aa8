"""Types and conditions in the words that JSON Schema and the Open Data Contract Standard share."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from llmgen.schema.contracts import checks
from llmgen.schema.contracts.nodes import Node, Scalar
from llmgen.schema.contracts.spec_types import decimal_within
from llmgen.schema.forms import BadCell
from llmgen.schema.model import ColumnType, Ignored, Kind
from llmgen.schema.types import decimal, enum, integer, plain, text

_PLAIN: Mapping[str, Kind] = {
    "boolean": "boolean", "date": "date", "time": "time", "timestamp": "timestamptz", "interval": "interval",
    "object": "json", "map": "json", "null": "json", "json": "json",
}  # fmt: skip
_FLOATS = {"f32": ColumnType("float", "real"), "float": ColumnType("float", "real"),
           "f64": plain("float"), "double": plain("float")}  # fmt: skip
_WHOLE = re.compile(r"(i|u|int|uint)(8|16|32|64|128)")
_MOST_LENGTH = 10_485_760
"""The longest varchar of PostgreSQL; a text of more has no limit."""
_NUMBERS = ("integer", "decimal", "float")
_MOMENTS = ("date", "time", "timestamp", "timestamptz")
_PRINTED = frozenset({"format", "timezone"})
"""Options of moments that only tell how they are printed."""
_MOST_DECIMALS = 20


class Unkept(Exception):
    """A condition that cannot be kept; its text says why."""


@dataclass(frozen=True)
class Shape:
    """A type that some words made: the words that it `says`, and bounds that come with it but that it does not hold."""

    type: ColumnType
    says: frozenset[str] = frozenset()
    bounds: tuple[tuple[str, int], ...] = ()


def shape(word: str, options: Mapping[str, Scalar]) -> Shape:
    """The type that a word (string, integer, number...) and its options make; of kind `other` for an unknown word."""
    form = str(options.get("format") or "")
    if word == "string":
        length = _count(options.get("maxLength"))
        if form == "uuid":
            return Shape(plain("uuid"), frozenset({"format"}))
        return Shape(text(length if length and length <= _MOST_LENGTH else None), frozenset({"format"}))
    low, high = (_number(options.get(end)) for end in ("minimum", "maximum"))
    if word == "integer":
        return _integer(form, low, high)
    if word == "number":
        if form in _FLOATS:
            return Shape(_FLOATS[form], frozenset({"format"}))
        places = _places(options.get("multipleOf"))
        if places is None:
            return Shape(decimal())
        return Shape(decimal_within(places, low, high))
    if word == "timestamp" and options.get("timezone") is False:
        return Shape(plain("timestamp"), _PRINTED)
    if word in _PLAIN:
        return Shape(plain(_PLAIN[word]), _PRINTED if _PLAIN[word] in _MOMENTS else frozenset())
    return Shape(ColumnType("other", word))


def values_shape(values: Sequence[Scalar], shaped: Shape) -> tuple[Shape, bool]:
    """The type of a column that has only these values, and whether it takes a CHECK to say so: texts are an enum."""
    if values and shaped.type.kind == "text" and all(isinstance(value, str) and value for value in values):
        labels = dict.fromkeys(str(value) for value in values)
        return replace(shaped, type=enum(labels), says=shaped.says | {"minLength", "maxLength", "pattern"}), False
    return shaped, True


def condition(name: str, of: ColumnType, keyword: str, value: Any) -> str | None:
    """The CHECK that a keyword makes of a column; None if it asks for nothing. Raises Unkept."""
    reader = _KEYWORDS.get(keyword)
    if reader is None:
        raise Unkept("not understood")
    try:
        return reader(name, of, value)
    except BadCell as error:
        raise Unkept(f"its value must be {error}") from error


def conditions(
    name: str, of: ColumnType, options: Iterable[tuple[str, Node]], place: str, says: frozenset[str]
) -> tuple[list[str], list[Ignored]]:
    """The CHECKs of a column's options, and those of them that cannot be kept. `says` are options of no more effect."""
    found, lost = [], []
    for keyword, node in options:
        if keyword in says:
            continue
        try:
            found.append(condition(name, of, keyword, node.scalar))
        except Unkept as loss:
            lost.append(Ignored(node.line, f"{keyword}: {node.text}", f"{place}: {loss}"))
    return [sql for sql in found if sql], lost


def within(name: str, bounds: Iterable[tuple[str, int]]) -> list[str]:
    """The CHECKs of a shape's bounds."""
    return [f"{checks.quoted(name)} {operator} {value}" for operator, value in bounds]


def among(name: str, of: ColumnType, values: Sequence[Any], *, never: bool = False) -> str:
    """The CHECK that a column has (or has not) one of the values. Raises Unkept."""
    if not values or of.kind in ("json", "array", "other"):
        raise Unkept(f"a list of values for kind {of.kind} is not kept" if values else "no value is allowed")
    try:
        bare = replace(of, length=None) if of.kind == "text" else of
        return checks.one_of(name, bare, values, never=never)
    except BadCell as error:
        raise Unkept(f"each value must be {error}") from error


def _integer(form: str, low: Decimal | None, high: Decimal | None) -> Shape:
    found = _WHOLE.fullmatch(form)
    if found is None:
        most = max((abs(value) for value in (low, high) if value is not None), default=0)
        bits = next((size for size in (32, 64) if most < 1 << size - 1), 0)
        return Shape(integer(bits) if bits else decimal_within(0, low, high))
    unsigned, bits = found[1].startswith("u"), int(found[2])
    least = 0 if unsigned else -(1 << bits - 1)
    most = (1 << bits) - 1 if unsigned else (1 << bits - 1) - 1
    says = frozenset({"format"})
    for size in (16, 32, 64):
        if -(1 << size - 1) <= least and most < 1 << size - 1:
            whole = not unsigned and size == bits
            return Shape(integer(size), says, () if whole else ((">=", least), ("<=", most)))
    return Shape(decimal_within(0, Decimal(least), Decimal(most)), says, ((">=", least), ("<=", most)))


def _places(step: Scalar) -> int | None:
    """Decimals, if the step is 1, 0.1, 0.01..."""
    value = _number(step)
    places = -value.adjusted() if value is not None and value > 0 else -1
    return places if 0 <= places <= _MOST_DECIMALS and value == Decimal(1).scaleb(-places) else None


def _number(value: Scalar) -> Decimal | None:
    return Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


def _count(value: Scalar) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else None


def _bounded(operator: str) -> Callable[[str, ColumnType, Any], str | None]:
    def read(name: str, of: ColumnType, value: Any) -> str | None:
        if of.kind not in _NUMBERS + _MOMENTS or isinstance(value, bool):
            raise Unkept(f"no bound of a column of kind {of.kind}")
        return checks.bound(name, of, operator, value)

    return read


def _sized(kind: Kind, operator: str) -> Callable[[str, ColumnType, Any], str | None]:
    def read(name: str, of: ColumnType, value: Any) -> str | None:
        count = _count(value)
        if of.kind != kind or count is None:
            raise Unkept("its value must be a whole number" if count is None else f"of no use for kind {of.kind}")
        if (count == 0 and operator == ">=") or (operator == "<=" and of.length is not None and of.length <= count):
            return None
        return checks.length(name, operator, count) if kind == "text" else checks.item_count(name, operator, count)

    return read


def _pattern(name: str, of: ColumnType, value: Any) -> str | None:
    if of.kind != "text":
        raise Unkept(f"a pattern of a column of kind {of.kind} is not kept")
    sql = checks.matching(name, value) if isinstance(value, str) else None
    if sql is None:
        raise Unkept("no regular expression that PostgreSQL has")
    return sql


def _multiple(name: str, of: ColumnType, value: Any) -> str | None:
    step = _number(value)
    if step is None or step <= 0 or of.kind not in ("integer", "decimal"):
        raise Unkept(f"no step of a column of kind {of.kind}")
    if of.kind == "decimal" and of.scale is not None and _places(step) == of.scale:
        return None
    return None if of.kind == "integer" and step == 1 else checks.multiple(name, step)


def _distinct(name: str, of: ColumnType, value: Any) -> str | None:
    if value is not False:
        raise Unkept("that elements differ is not kept")
    return None


_KEYWORDS: Mapping[str, Callable[[str, ColumnType, Any], str | None]] = {
    "minimum": _bounded(">="),
    "maximum": _bounded("<="),
    "exclusiveMinimum": _bounded(">"),
    "exclusiveMaximum": _bounded("<"),
    "multipleOf": _multiple,
    "minLength": _sized("text", ">="),
    "maxLength": _sized("text", "<="),
    "pattern": _pattern,
    "minItems": _sized("array", ">="),
    "maxItems": _sized("array", "<="),
    "uniqueItems": _distinct,
}
