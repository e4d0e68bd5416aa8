"""What is annotated on a field, as Field and annotated-types say it: types, CHECKs and losses of its column."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import reduce
from typing import Any

from llmgen.schema.classes.literals import literal, quoted
from llmgen.schema.classes.patterns import to_postgres
from llmgen.schema.classes.shape import Shape
from llmgen.schema.types import decimal, plain, text

VALIDATED = "a Python validator: name it under validators to have it judged"
UNKNOWN = "which values it allows only its Python code knows"
_BOUNDS = {"gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_ORDERED = ("integer", "decimal", "float", "date", "time", "timestamp", "timestamptz", "interval")
_LENGTHS = {"text": "length({})", "bytes": "octet_length({})", "array": "cardinality({})"}
_CODE = ("AfterValidator", "BeforeValidator", "WrapValidator", "PlainValidator", "Predicate", "Not", "Decorator")
_SPEAKERS = ("annotated_types", "pydantic", "types")
_HARMLESS = (
    "PlainSerializer", "WrapSerializer", "SerializeAsAny", "SkipValidation", "Discriminator", "UrlConstraints", "Json",
    "WithJsonSchema",
)  # fmt: skip
"""What has a say in Pydantic's reading or writing of a value, but not in which values there may be in a column."""

Step = Callable[[Shape, str, Any], Shape]


def constrained(shape: Shape, metadata: Sequence[Any], column: str) -> Shape:
    """The shape with all that is annotated; `column` is the column's name as SQL spells it."""
    said = _said(metadata)
    for name, value in said:
        shape = _STEPS[name](shape, column, value) if name in _STEPS else shape
    shape = _lengths(_digits(shape, column, dict(said)), column, said)
    return reduce(_code, metadata, shape)


def _said(metadata: Sequence[Any]) -> list[tuple[str, Any]]:
    """(name, value) of every constraint, whichever class says it: they share the names of their attributes."""
    found = ((name, getattr(item, name, None)) for item in metadata if _speaks(item) for name in _NAMES)
    zones = [("timezone", item) for item in metadata if type(item).__name__ == "Timezone"]
    return [(name, value) for name, value in found if value is not None and value is not False] + zones


def _speaks(item: Any) -> bool:
    """Whether Pydantic reads constraints from it: other objects may have attributes of those names for other ends."""
    return any(base.__module__.partition(".")[0] in _SPEAKERS for base in type(item).__mro__)


def _bound(sign: str) -> Step:
    def step(shape: Shape, column: str, value: Any) -> Shape:
        written = literal(value)
        if written is None and isinstance(value, float | Decimal):
            return shape  # an infinity
        if shape.type.kind not in _ORDERED or isinstance(value, str) or written is None:
            return shape.lost(f"{sign} {value!r}", "a bound that no column of its type has")
        return shape.checked(f"{column} {sign} {written}")

    return step


def _multiple(shape: Shape, column: str, value: Any) -> Shape:
    written = literal(value)
    if shape.type.kind not in ("integer", "decimal") or written is None:
        return shape.lost(f"multiple_of={value}", "only whole and decimal numbers have an exact remainder")
    return shape.checked(f"{column} % {written} = 0")


def _pattern(shape: Shape, column: str, value: Any) -> Shape:
    found = to_postgres(value) if shape.type.kind == "text" else None
    if found is None:
        said = value if isinstance(value, str) else value.pattern
        return shape.lost(f"pattern={said}", "a pattern that PostgreSQL would not read alike")
    operator, pattern = found
    return shape.checked(f"{column} {operator} {quoted(pattern)}")


def _digits(shape: Shape, column: str, said: Mapping[str, Any]) -> Shape:
    digits, places = said.get("max_digits"), said.get("decimal_places")
    if (digits is None and places is None) or shape.type.kind != "decimal":
        return shape
    if digits is None:
        return shape.checked(f"{column} = round({column}, {places})")
    if places is None:
        return shape.lost(f"max_digits={digits}", "without decimal_places no column type says it")
    return replace(shape, type=decimal(digits, places))


def _lengths(shape: Shape, column: str, said: Sequence[tuple[str, Any]]) -> Shape:
    least = max((value for name, value in said if name == "min_length"), default=0)
    most = min((value for name, value in said if name == "max_length"), default=None)
    measure = _LENGTHS.get(shape.type.kind)
    if measure is None:
        bounds = {"min_length": least or None, "max_length": most}
        given = ", ".join(f"{name}={value}" for name, value in bounds.items() if value is not None)
        return shape.lost(given, "no CHECK says how many there are") if given else shape
    if most is not None and shape.type.kind == "text":
        shape = replace(shape, type=text(most if shape.type.length is None else min(most, shape.type.length)))
    elif most is not None:
        shape = shape.checked(f"{measure.format(column)} <= {most}")
    measured = measure.format(f"trim({column})" if ("strip_whitespace", True) in said else column)
    return shape.checked(f"{measured} >= {least}") if least else shape


def _letters(change: str) -> Step:
    def step(shape: Shape, column: str, value: Any) -> Shape:
        return shape.lost(change, "changes values and refuses none", constrains=False)

    return step


def _ascii(shape: Shape, column: str, value: Any) -> Shape:
    return shape.lost("ascii_only", "not checked")


def _timezone(shape: Shape, column: str, value: Any) -> Shape:
    if shape.type.kind not in ("timestamp", "timestamptz"):
        return shape.lost(repr(value), "only instants have a time zone")
    shape = replace(shape, type=plain("timestamp" if value.tz is None else "timestamptz"))
    return shape if value.tz in (None, ...) else shape.lost(repr(value), "an instant keeps no time zone")


def _uuid_version(shape: Shape, column: str, value: int) -> Shape:
    if value == 4:
        return shape.checked(f"substring({column}::text, 15, 1) = '4'")
    return shape.lost(f"UUID of version {value}", "not checked")


_STEPS: Mapping[str, Step] = {
    **{name: _bound(sign) for name, sign in _BOUNDS.items()},
    "multiple_of": _multiple,
    "pattern": _pattern,
    "to_lower": _letters("to_lower"),
    "to_upper": _letters("to_upper"),
    "ascii_only": _ascii,
    "timezone": _timezone,
    "uuid_version": _uuid_version,
}
_NAMES = (
    *(name for name in _STEPS if name != "timezone"),
    "min_length", "max_length", "max_digits", "decimal_places", "strip_whitespace",
)  # fmt: skip


def _code(shape: Shape, item: Any) -> Shape:
    """Validators, and annotations that bring their own validation."""
    name = type(item).__name__
    if name in _CODE:
        function = getattr(item, "func", None)
        return shape.lost(f"{name}({getattr(function, '__qualname__', '')})", VALIDATED)
    own = hasattr(item, "__get_pydantic_core_schema__") and name not in _HARMLESS and not _said([item])
    return shape.lost(name, UNKNOWN) if own else shape
