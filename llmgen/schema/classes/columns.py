"""The column that a type asks for: its kind, its form, the CHECKs that it implies, and what a column cannot hold."""

from collections import ChainMap, Counter, OrderedDict, defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, MutableMapping, MutableSequence, MutableSet, Sequence, Set
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, Flag
from typing import Any, Literal, get_args, get_origin
from uuid import UUID

import pydantic
from pydantic import JsonValue, TypeAdapter
from pydantic.errors import PydanticUserError
from pydantic_core import PydanticOmit, SchemaError

from llmgen.schema.classes.annotations import Parts, is_model, taken_apart
from llmgen.schema.classes.constraints import UNKNOWN, constrained
from llmgen.schema.classes.literals import literal
from llmgen.schema.classes.shape import Shape, snake, spelled
from llmgen.schema.model import ColumnType
from llmgen.schema.types import array_of, decimal, enum, integer, plain, text

ELEMENT = "element"
"""The name under which the CHECKs of an array's elements are said."""
_UNCHECKED = "kept as JSON, and its shape is not checked"
_TYPES: Mapping[Any, Shape] = {
    int: Shape(integer(64)),
    float: Shape(plain("float")),
    Decimal: Shape(decimal()),
    bool: Shape(plain("boolean")),
    str: Shape(text()),
    bytes: Shape(plain("bytes")),
    bytearray: Shape(plain("bytes")),
    datetime: Shape(plain("timestamp")),
    date: Shape(plain("date")),
    time: Shape(plain("time")),
    timedelta: Shape(plain("interval")),
    UUID: Shape(plain("uuid")),
    pydantic.AwareDatetime: Shape(plain("timestamptz")),
    pydantic.NaiveDatetime: Shape(plain("timestamp")),
    pydantic.PastDatetime: Shape(plain("timestamp"), checks=("{} < LOCALTIMESTAMP",)),
    pydantic.FutureDatetime: Shape(plain("timestamp"), checks=("{} > LOCALTIMESTAMP",)),
    pydantic.PastDate: Shape(plain("date"), checks=("{} < CURRENT_DATE",)),
    pydantic.FutureDate: Shape(plain("date"), checks=("{} > CURRENT_DATE",)),
    pydantic.EmailStr: Shape(text(), "email"),
    pydantic.SecretStr: Shape(text(), "password"),
    pydantic.SecretBytes: Shape(plain("bytes"), "password"),
}
"""The types that columns have; in a CHECK, {} is the column."""
_FORMS: Mapping[str, ColumnType] = {
    "date": plain("date"), "date-time": plain("timestamp"), "time": plain("time"), "duration": plain("interval"),
    "uuid": plain("uuid"),
}  # fmt: skip
_JSON_TYPES: Mapping[str, ColumnType] = {
    "string": text(), "integer": integer(64), "number": plain("float"), "boolean": plain("boolean"),
    "array": plain("json"), "object": plain("json"),
}  # fmt: skip
REFUSALS = (
    PydanticUserError, PydanticOmit, SchemaError, ArithmeticError, AssertionError, AttributeError, ImportError,
    LookupError, NameError, RuntimeError, SyntaxError, TypeError, ValueError,
)  # fmt: skip
"""What Pydantic raises for a type that it cannot use, and what the type's own code may raise when it is asked."""
_FORMAT_WORDS = {"ipvanyaddress": "ipv4"}
_ANYTHING = (Any, object, JsonValue)
_MAPPINGS = (dict, Mapping, MutableMapping, defaultdict, OrderedDict, Counter, ChainMap)
_SEVERAL = (
    list, set, frozenset, tuple, deque, Sequence, MutableSequence, Set, MutableSet, Collection, Iterable,
)  # fmt: skip


def element_of(type_: Any) -> Parts | None:
    """The parts of a collection's elements; None for what is no collection, or one whose elements differ in type."""
    arguments = [item for item in get_args(type_) if item is not Ellipsis]
    if get_origin(type_) not in _SEVERAL or not arguments or any(item != arguments[0] for item in arguments):
        return None
    return taken_apart(arguments[0])


def shape_of(parts: Parts, column: str, name: str) -> Shape | None:
    """The shape of a field whose column is spelled `column` in SQL; None if no column can hold it.

    `name` is what an enum of the field's own is called.
    """
    if any(isinstance(item, pydantic.Json) for item in parts.metadata):
        return _as_json(parts.types[0] if parts.types else Any, "a JSON text")
    members = [taken_apart(item) for item in parts.types]
    shapes: list[Shape] = []
    for member in members:
        shape = _one(member.types[0], column, name) if len(member.types) == 1 else None
        if shape is None:
            return None
        shapes.append(constrained(shape, member.metadata, column) if len(members) > 1 else shape)
    if not shapes:
        return None
    return constrained(shapes[0] if len(shapes) == 1 else _union(parts, shapes), parts.metadata, column)


def _one(type_: Any, column: str, name: str) -> Shape | None:
    origin = get_origin(type_) or type_
    if type_ in (*_ANYTHING, pydantic.Json):
        return Shape(plain("json"))
    if origin is Literal:
        return _choices(get_args(type_), column, name)
    if origin in _SEVERAL:
        return _several(type_, column, name)
    if origin in _MAPPINGS:
        return _as_json(type_, "a mapping")
    if origin is pydantic.Secret:
        inner = shape_of(taken_apart(get_args(type_)[0]), column, name)
        return inner and replace(inner, format="password")
    return _by_class(type_, column) if isinstance(type_, type) and origin is type_ else _by_json_schema(type_)


def _by_class(type_: type, column: str) -> Shape | None:
    if issubclass(type_, Flag):
        return _TYPES[int].lost(spelled(type_), "which flags there are is not checked")
    if issubclass(type_, Enum):
        return _choices([member.value for member in type_], column, snake(type_.__name__))
    if is_model(type_) or issubclass(type_, tuple) or any(hasattr(type_, mark) for mark in _OBJECTS):
        return _as_json(type_, "an object")
    known = next((base for base in type_.__mro__ if base in _TYPES), None)
    if known is None:
        return _by_json_schema(type_)
    shape = _TYPES[known]
    between = type_.__mro__[: type_.__mro__.index(known)]
    if not any("__get_pydantic_core_schema__" in vars(base) for base in between):
        return replace(shape, checks=tuple(check.format(column) for check in shape.checks))
    own = _by_json_schema(type_)
    return shape.lost(spelled(type_), UNKNOWN) if own is None or own.type.kind == "json" else own


_OBJECTS = ("__dataclass_fields__", "__total__")
"""What dataclasses and typed dictionaries have."""


def _by_json_schema(type_: Any) -> Shape | None:
    """What Pydantic says of the type as JSON. Where that gives no form, the type's own code alone knows its values."""
    try:
        said = TypeAdapter(type_).json_schema(mode="serialization")
    except REFUSALS:
        return None
    kind = _JSON_TYPES.get(said.get("type", ""))
    if kind is None:
        return Shape(plain("json")).lost(spelled(type_), UNKNOWN) if said else None
    form = str(said.get("format", ""))
    shape = Shape(kind, _FORMAT_WORDS.get(form, form))
    if kind.kind == "text" and form in _FORMS:
        return Shape(_FORMS[form])
    return shape if form else shape.lost(spelled(type_), UNKNOWN)


def _choices(values: Iterable[Any], column: str, name: str) -> Shape:
    """One of the values: an enum of texts, a CHECK over numbers and booleans, JSON for anything else."""
    chosen = [item.value if isinstance(item, Enum) else item for item in values]
    if chosen and all(isinstance(item, str) for item in chosen):
        return Shape(enum(dict.fromkeys(map(str, chosen)), name))
    booleans = [isinstance(item, bool) for item in chosen]
    listed = ", ".join(str(literal(item)) for item in chosen)
    if chosen and all(booleans):
        return Shape(plain("boolean"), checks=(f"{column} = {listed}",) if len(chosen) == 1 else ())
    if chosen and not any(booleans) and all(isinstance(item, int | float) for item in chosen):
        type_ = integer(64) if all(isinstance(item, int) for item in chosen) else plain("float")
        return Shape(type_, checks=(f"{column} IN ({listed})",))
    return Shape(plain("json")).lost(f"one of {chosen}", _UNCHECKED)


def _several(type_: Any, column: str, name: str) -> Shape | None:
    """An array of what a column can hold; a list of anything else is JSON."""
    element = element_of(type_)
    if element is None or len(element.types) != 1 or element.model:
        return _as_json(type_, "a list")
    inner = shape_of(element, ELEMENT, name)
    if inner is None:
        return None
    if inner.type.kind in ("json", "array"):
        return _as_json(type_, "a list")
    fixed = get_origin(type_) is tuple and Ellipsis not in get_args(type_)
    checks = (f"cardinality({column}) = {len(get_args(type_))}",) if fixed else ()
    shape = Shape(array_of(inner.type), inner.format, checks, inner.losses)
    for check in inner.checks:
        shape = shape.lost(check, "a constraint on the elements of an array")
    return shape


def _as_json(type_: Any, what: str) -> Shape:
    """A JSON column; what a type says of what is in it is lost."""
    arguments = get_args(type_)
    mapping = (get_origin(type_) or type_) in _MAPPINGS
    free = not arguments or (arguments[0] in (str, Any) and arguments[-1] in _ANYTHING)
    shape = Shape(plain("json"))
    return shape if (mapping and free) or type_ in _ANYTHING else shape.lost(spelled(type_), f"{what}: {_UNCHECKED}")


def _union(parts: Parts, shapes: Sequence[Shape]) -> Shape:
    """One column for several types: the wider number, the labels of all enums, text if any text will do, or JSON."""
    said = " | ".join(spelled(item) for item in parts.types)
    kinds = {shape.type.kind for shape in shapes}
    if kinds <= {"integer", "float", "decimal"}:
        wider = next(shape for kind in ("decimal", "float", "integer") for shape in shapes if shape.type.kind == kind)
        free = not any(shape.checks or shape.losses for shape in shapes)
        return Shape(wider.type) if free else Shape(wider.type).lost(said, "constraints of one of several types")
    if kinds == {"enum"}:
        labels = dict.fromkeys(label for shape in shapes for label in shape.type.labels)
        return Shape(enum(labels, shapes[0].type.sql))
    if kinds == {"text"} or _TYPES[str] in shapes:
        formats = {shape.format for shape in shapes}
        form = formats.pop() if len(formats) == 1 else ""
        return Shape(text(), form).lost(said, "one of several types: written as text", _TYPES[str] not in shapes)
    return Shape(plain("json")).lost(said, f"one of several types: {_UNCHECKED}")
