"""One property of a JSON Schema as a column."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from llmgen.schema.contracts import checks, shapes
from llmgen.schema.contracts.fields import Field
from llmgen.schema.contracts.json_parts import Parts, Resolver
from llmgen.schema.contracts.nodes import Node, plain
from llmgen.schema.contracts.shapes import Shape, Unkept
from llmgen.schema.forms import BadCell
from llmgen.schema.model import Column, ColumnType, Ignored
from llmgen.schema.types import array_of

_DATED = {"date": "date", "date-time": "timestamp", "time": "time", "duration": "interval"}
_CONDITIONS = (
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern",
    "minItems", "maxItems", "uniqueItems",
)  # fmt: skip
_LOST = (
    "not", "if", "then", "else", "contains", "prefixItems", "additionalItems", "unevaluatedItems", "dependencies",
    "dependentRequired", "dependentSchemas",
)  # fmt: skip
"""Keywords that constrain a value and that no CHECK here says."""
_INSIDE = ("properties", "patternProperties", "propertyNames", "items", "prefixItems", "minProperties",
           "maxProperties")  # fmt: skip
_IMPLIED = {"properties": "object", "items": "array", "pattern": "string", "minLength": "string",
            "maxLength": "string", "format": "string", "multipleOf": "number", "minimum": "number",
            "maximum": "number"}  # fmt: skip
"""The types that keywords stand for where none is named."""


@dataclass
class _Value:
    """A value's schemas, once its alternatives are settled."""

    parts: Parts
    nullable: bool = False
    choices: Sequence[Node] = ()
    """The values of an enum or a const, without NULL."""
    lost: Node | None = None
    """Alternatives that are not kept."""


def read_column(
    place: str, name: str, parts: Parts, required: bool, resolver: Resolver, ignored: list[Ignored]
) -> Field:
    """The column of a property, nullable unless it is required and not null. Adds to `ignored` what is not kept."""
    value = _settled(parts, resolver)
    found: list[str] = []
    shaped = _shape(value, place, resolver, ignored)
    if value.lost is not None:
        ignored.append(Ignored(value.lost.line, value.lost.text, f"{place}: alternatives are not kept"))
    if value.choices:
        values = [node.scalar for node in value.choices]
        shaped, as_check = shapes.values_shape(values, shaped)
        if as_check:
            try:
                found.append(shapes.among(name, shaped.type, values))
            except Unkept as loss:
                ignored.append(Ignored(value.choices[0].line, name, f"{place}: {loss}"))
    found += shapes.within(name, shaped.bounds)
    said = [(keyword, node) for keyword in _CONDITIONS for node in value.parts.all(keyword)]
    kept, lost = shapes.conditions(name, shaped.type, said, place, shaped.says)
    ignored += lost
    for keyword in _LOST:
        for node in value.parts.all(keyword):
            ignored.append(Ignored(node.line, f"{keyword}: {node.text}", f"{place}: a condition that is not kept"))
    form = value.parts.text("format") if shaped.type.kind == "text" else ""
    column = Column(
        name,
        shaped.type,
        not required or value.nullable,
        _default(value.parts, shaped.type, place, ignored),
        comment=value.parts.text("description") or value.parts.text("title"),
        format=form,
    )
    return Field(column, tuple(dict.fromkeys([*found, *kept])))


def _settled(parts: Parts, resolver: Resolver) -> _Value:
    """The value without NULL among its types, choices and alternatives; one alternative that is left holds."""
    value = _Value(parts, "null" in parts.types)
    for _ in range(4):  # an alternative may have alternatives of its own
        alternatives = [*value.parts.listed("anyOf"), *value.parts.listed("oneOf")]
        others = [node for node in alternatives if resolver.parts(node).types != {"null"}]
        value.nullable = value.nullable or len(others) < len(alternatives)
        if len(others) != 1:
            break
        rest = tuple(_alone(node) for node in value.parts.nodes)
        value.parts = resolver.joined((*rest, others[0]))
        value.nullable = value.nullable or "null" in value.parts.types
    consts = [resolver.parts(node).all("const") for node in others]
    chosen = [*value.parts.listed("enum"), *value.parts.all("const")]
    if others and all(consts):
        chosen += [const[0] for const in consts]
    elif others:
        value.lost = others[0]
    value.choices = [node for node in chosen if node.value is not None]
    value.nullable = value.nullable or len(value.choices) < len(chosen)
    return value


def _alone(node: Node) -> Node:
    """A schema without what it is composed of, which stands beside it already."""
    own = {key: part for key, part in node.fields.items() if key not in ("anyOf", "oneOf", "allOf", "$ref")}
    return Node(own, node.line, node.origin)


def _shape(value: _Value, place: str, resolver: Resolver, ignored: list[Ignored]) -> Shape:
    parts = value.parts
    types = parts.types - {"null"} or _implied(value)
    word = "number" if types == {"integer", "number"} else next(iter(types)) if len(types) == 1 else ""
    if word == "array":
        return _array(parts, place, resolver, ignored)
    if word in ("object", ""):
        inside = [node for keyword in _INSIDE for node in parts.all(keyword)]
        if inside or (types not in ({"object"}, frozenset()) and not value.choices):
            line = inside[0].line if inside else parts.node.line
            ignored.append(Ignored(line, place, f"{place}: a column of JSON, whose inside is not checked"))
        return Shape(ColumnType("json", "jsonb"))
    options: dict[str, Any] = {}
    for keyword, tightest in (("minimum", max), ("maximum", min), ("maxLength", min), ("multipleOf", max)):
        numbers = [node.scalar for node in parts.all(keyword) if type(node.scalar) in (int, Decimal)]
        options |= {keyword: tightest(numbers)} if numbers else {}  # type: ignore[type-var]
    form = parts.text("format")
    if word == "integer" and not form and all(abs(options.get(end) or 0) < 2**63 for end in ("minimum", "maximum")):
        form = "int64"  # a whole number of JSON has no size of its own
    return shapes.shape(_DATED.get(form, word) if word == "string" else word, options | {"format": form})


def _implied(value: _Value) -> frozenset[str]:
    """The types of a value that names none: those of its choices, or of the first keyword that has one."""
    words = {bool: "boolean", str: "string", int: "integer", Decimal: "number"}
    if value.choices:
        return frozenset(words.get(type(node.scalar), "object") for node in value.choices)
    if value.lost is not None:
        return frozenset()
    return frozenset([word for keyword, word in _IMPLIED.items() if value.parts.all(keyword)][:1])


def _array(parts: Parts, place: str, resolver: Resolver, ignored: list[Ignored]) -> Shape:
    """An array of plain values; json for one of objects or of anything."""
    items = parts.all("items")
    inner = resolver.joined(items) if items and all(node.fields for node in items) else None
    if inner and "array" not in inner.types:
        lost: list[Ignored] = []
        element = read_column(f"{place}[]", "item", inner, True, resolver, lost)
        if element.column.type.kind not in ("json", "array", "other"):
            ignored += lost
            if element.checks:
                why = f"{place}: a condition on the elements of an array is not kept"
                ignored.append(Ignored(items[0].line, items[0].text, why))
            return Shape(array_of(element.column.type))
    if items:
        ignored.append(Ignored(items[0].line, place, f"{place}: a column of JSON, whose inside is not checked"))
    return Shape(ColumnType("json", "jsonb"))


def _default(parts: Parts, of: ColumnType, place: str, ignored: list[Ignored]) -> str | None:
    given = next((node for node in parts.all("default") if node.value is not None), None)
    if given is None:
        return None
    try:
        return checks.literal(of, plain(given))
    except (BadCell, TypeError) as error:
        ignored.append(Ignored(given.line, f"default: {given.text}", f"{place}: it must be {error}", constrains=False))
        return None
