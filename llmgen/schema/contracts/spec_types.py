"""The column type and the conditions of a field in the short notation."""

from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import Any

from llmgen.errors import InputError
from llmgen.schema.contracts import checks
from llmgen.schema.contracts.nodes import Node
from llmgen.schema.contracts.notation import Spec
from llmgen.schema.forms import BadCell, decode
from llmgen.schema.model import ColumnType, Kind
from llmgen.schema.types import decimal, enum, integer, plain, text

_PLAIN: Mapping[str, Kind] = {
    "boolean": "boolean", "date": "date", "time": "time", "datetime": "timestamp", "timestamptz": "timestamptz",
    "json": "json",
}  # fmt: skip
_NOW: Mapping[Kind, str] = {
    "date": "CURRENT_DATE", "time": "LOCALTIME", "timestamp": "LOCALTIMESTAMP", "timestamptz": "now()",
}  # fmt: skip
_USUAL_DIGITS = 18
"""Digits of a number that has decimals but not both bounds."""
_EXACT = Context(prec=1_000)


def type_of(spec: Spec, node: Node, field: str) -> ColumnType:
    """The type of a field (of an array's elements) that is no fk. InputError where a bound is no value of it."""
    if spec.type == "enum":
        return enum(spec.labels)
    if spec.type == "string":
        return _text(spec, node, field)
    if spec.type in _PLAIN:
        kind = plain(_PLAIN[spec.type])
        _limits(spec, kind, node, field)
        return kind
    loose = integer(64) if spec.type == "integer" else decimal()
    low, high = _limits(spec, loose, node, field)
    return loose if spec.decimals is None else decimal_within(spec.decimals, low, high)


def decimal_within(decimals: int, low: Decimal | None, high: Decimal | None) -> ColumnType:
    """The decimal type of the fewest digits that hold both bounds; of 18, or as many as needed, without both."""
    known = [abs(value) for value in (low, high) if value is not None]
    whole = max((value.adjusted() + 1 for value in known if value >= 1), default=0)
    least = 1 if len(known) == 2 else _USUAL_DIGITS
    return decimal(max(whole + decimals, least), decimals)


def conditions(spec: Spec, name: str, of: ColumnType) -> list[str]:
    """The CHECKs of a field: its bounds and its pattern. What its type says already is not said again."""
    found = []
    if spec.type == "string":
        least = [int(value) + (operator == ">") for operator, value in spec.bounds if operator[0] == ">"]
        found += [checks.length(name, ">=", count) for count in least if count]
        found += filter(None, [checks.matching(name, spec.pattern) if spec.pattern else None])
    else:
        found += [checks.bound(name, of, operator, value, text=True) for operator, value in spec.bounds]
    return found


def default_of(spec: Spec, of: ColumnType, node: Node, field: str) -> str | None:
    """The default as SQL; None for none. InputError if it is no value of the type."""
    if spec.default is None:
        return None
    if spec.default == "now" and of.kind in _NOW:
        return _NOW[of.kind]
    if spec.array:
        raise node.fault(f"{field}: an array takes no default", "drop the default")
    try:
        return checks.literal(of, spec.default, text=True)
    except BadCell as error:
        raise node.fault(f"{field}: the default {spec.default!r} is not possible", f"it must be {error}") from error


def _text(spec: Spec, node: Node, field: str) -> ColumnType:
    if spec.format == "uuid":
        if spec.bounds or spec.length or spec.pattern:
            raise node.fault(f"{field}: a uuid with a length or a pattern", "write string(uuid)")
        return plain("uuid")
    for operator, value in spec.bounds:
        if not value.isdecimal() or len(value) > 9:
            raise node.fault(f"{field}: {operator}{value} is no length", "bounds of a string count its characters")
    least = max((int(value) + (operator == ">") for operator, value in spec.bounds if operator[0] == ">"), default=0)
    most = [int(value) - (operator == "<") for operator, value in spec.bounds if operator[0] == "<"]
    length = min([*most, *([spec.length] if spec.length else [])], default=None)
    if length is not None and length < max(least, 1):
        raise _empty(spec, node, field)
    if spec.pattern and checks.matching("x", spec.pattern) is None:
        raise node.fault(f"{field}: /{spec.pattern}/ is no regular expression that PostgreSQL has", "simplify it")
    return text(length)


def _limits(spec: Spec, of: ColumnType, node: Node, field: str) -> tuple[Any, Any]:
    """The lowest and the highest value that the bounds allow, None for no end. They are checked first."""
    ends: dict[str, tuple[str, Any]] = {}
    for operator, value in spec.bounds:
        try:
            ends[operator[0]] = (operator, decode(of, value, text=True))
        except BadCell as error:
            raise node.fault(f"{field}: {operator}{value} is no bound", f"a bound is {error}") from error
    if spec.type == "integer" or spec.decimals is not None:
        step = Decimal(1).scaleb(-(spec.decimals or 0))
        ends = {side: (f"{side}=", _inner(*end, step)) for side, end in ends.items()}
    (above, low), (below, high) = ends.get(">", (">", None)), ends.get("<", ("<", None))
    if len(ends) == 2 and (low > high or (low == high and (above, below) != (">=", "<="))):
        raise _empty(spec, node, field)
    return low, high


def _inner(operator: str, value: Decimal | int, step: Decimal) -> Decimal:
    """The outermost multiple of `step` that the bound allows."""
    up = operator[0] == ">"
    nearest = Decimal(value).quantize(step, ROUND_CEILING if up else ROUND_FLOOR, context=_EXACT)
    if nearest == value and operator in (">", "<"):
        return nearest + step if up else nearest - step
    return nearest


def _empty(spec: Spec, node: Node, field: str) -> InputError:
    said = [f"{operator}{value}" for operator, value in spec.bounds]
    said += [f"at most {spec.length} characters"] * bool(spec.length)
    return node.fault(f"{field}: no value is {' and '.join(said)}", "turn the bounds around")
