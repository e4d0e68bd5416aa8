"""One property of an Open Data Contract as a column."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from llmgen.schema.contracts import shapes
from llmgen.schema.contracts.fields import Field
from llmgen.schema.contracts.nodes import Node
from llmgen.schema.contracts.physical import physical_column
from llmgen.schema.contracts.quality import property_rules
from llmgen.schema.contracts.shapes import Shape, Unkept
from llmgen.schema.model import Column, ColumnType, Generated, Ignored
from llmgen.schema.types import array_of

if TYPE_CHECKING:
    from open_data_contract_standard.model import SchemaProperty

_CONSTRAINING = (
    "schema", "properties", "required", "unique", "primaryKey", "primaryKeyPosition", "logicalType", "physicalType",
    "logicalTypeOptions", "enum", "items", "relationships", "quality", "name", "physicalName",
)  # fmt: skip
_HELD_APART = ("json", "array", "other")


def unknown_keys(node: Node, known: Collection[str], place: str) -> Iterable[Ignored]:
    """The keys that the standard does not have; one that looks like a key that constrains may be a slip of it."""
    for key, part in node.fields.items():
        if key not in known:
            near = get_close_matches(key, _CONSTRAINING, 1, 0.8)
            why = f"{place}: no key of the standard{f'; is it {near[0]}?' if near else ''}"
            yield Ignored(part.line, f"{key}: {part.text}", why, constrains=bool(near))


def read_property(source: "SchemaProperty", node: Node, table: str, ignored: list[Ignored]) -> Field | None:
    """The column of a property; None, and said, for a measure. What cannot be kept is added to `ignored`."""
    name = source.physicalName or source.name
    if not name:
        raise node.fault(f"a property of {table} has no name", "give it a name")
    place = f"{table}.{name}"
    ignored += unknown_keys(node, type(source).model_fields, place)
    if source.semanticType == "measure":
        ignored.append(Ignored(node.line, name, f"{place}: a measure is computed and no column", constrains=False))
        return None
    typed = _typed(source, node, place, ignored)
    rules = property_rules(source.quality or [], node, name, typed.type, place)
    ignored += rules.ignored
    column = Column(
        name,
        typed.type,
        nullable=not (source.required or source.primaryKey or rules.not_null or typed.generated),
        generated=typed.generated,
        comment=source.description or "",
        format=typed.format,
    )
    checks = tuple(dict.fromkeys([*typed.checks, *rules.checks]))
    return Field(column, checks, bool(source.primaryKey), bool(source.unique) or rules.unique)


@dataclass(frozen=True)
class _Typed:
    """What the types and options of a property come to."""

    type: ColumnType
    checks: tuple[str, ...] = ()
    generated: Generated = ""
    format: str = ""


def _typed(source: "SchemaProperty", node: Node, place: str, ignored: list[Ignored]) -> _Typed:
    """The type: the physical one where it is a SQL type, else the logical one, shaped by its options."""
    name = source.physicalName or source.name or ""
    options = _options(node)
    physical, generated = _physical(source, node, place, ignored)
    element = _element(source, node, place, ignored)
    shaped = physical or _logical(source, node, place, element, ignored)
    ignored += _lost_inside(source, node, place, shaped.type, element)
    checks: list[str] = []
    if source.enum:
        values = [part.fields["value"].scalar for part in node.at("enum").items if "value" in part.fields]
        shaped, as_check = (shaped, True) if physical else shapes.values_shape(values, shaped)
        if as_check:
            try:
                checks.append(shapes.among(name, shaped.type, values))
            except Unkept as loss:
                ignored.append(Ignored(node.at("enum").line, "enum", f"{place}: {loss}"))
    checks += shapes.within(name, shaped.bounds)
    found, lost = shapes.conditions(name, shaped.type, options.items(), place, shaped.says | {"defaultTimezone"})
    ignored += lost
    form = str(options["format"].scalar) if "format" in options and source.logicalType == "string" else ""
    return _Typed(shaped.type, (*checks, *found), generated, "" if shaped.type.kind == "uuid" else form)


def _options(node: Node) -> Mapping[str, Node]:
    found = node.fields.get("logicalTypeOptions")
    return found.fields if found else {}


def _physical(
    source: "SchemaProperty", node: Node, place: str, ignored: list[Ignored]
) -> tuple[Shape | None, Generated]:
    """The physical type, if it is a SQL type of a kind that is known, or nothing else is said."""
    spelled = (source.physicalType or "").strip()
    if not spelled:
        return None, ""
    column = physical_column(spelled)
    scalar = source.logicalType not in (None, "array", "object", "map")
    if column is None or (column.type.kind in _HELD_APART and scalar):
        column = None
    elif column.type.kind != "other":
        return Shape(column.type, frozenset({"format", "timezone"})), column.generated
    if source.logicalType is None:
        ignored.append(Ignored(node.line, f"physicalType: {spelled}", f"{place}: a type that is not known"))
        return Shape(column.type if column else ColumnType("other", spelled)), ""
    why = f"{place}: not a SQL type that is known, so the logicalType is taken"
    ignored.append(Ignored(node.line, f"physicalType: {spelled}", why, constrains=False))
    return None, ""


def _element(source: "SchemaProperty", node: Node, place: str, ignored: list[Ignored]) -> _Typed | None:
    """What the elements of an array are, if they are plain values."""
    items = source.items
    if items is None or items.properties or items.items or items.map:
        return None
    found = _typed(items, node.at("items"), f"{place}[]", ignored)
    return None if found.type.kind in _HELD_APART else found


def _logical(source: "SchemaProperty", node: Node, place: str, element: _Typed | None, ignored: list[Ignored]) -> Shape:
    """The logical type; objects and arrays of them are json."""
    word = source.logicalType or ("object" if source.properties else None)
    options = {keyword: part.scalar for keyword, part in _options(node).items()}
    if word in ("array", "object", "map"):
        return Shape(array_of(element.type) if element and word == "array" else ColumnType("json", "jsonb"))
    if word == "vector":
        size = options.get("dimensions")
        return Shape(ColumnType("other", f"vector({size})" if size else "vector"), frozenset(options))
    if word is None:
        ignored.append(Ignored(node.line, place, f"{place}: no type is given, so it is read as text"))
        word = "string"
    shaped = shapes.shape(word, options)
    if shaped.type.kind == "other":
        ignored.append(Ignored(node.line, f"logicalType: {word}", f"{place}: no logicalType of the standard"))
    return shaped


def _lost_inside(
    source: "SchemaProperty", node: Node, place: str, of: ColumnType, element: _Typed | None
) -> Iterable[Ignored]:
    """What is said of the inside of a column that is not kept."""
    line = next((node.at(key).line for key in ("properties", "items", "map") if key in node.fields), node.line)
    if of.kind != "array" and (source.properties or source.items or source.map):
        yield Ignored(line, of.sql, f"{place}: a column of JSON, whose inside is not checked")
    elif of.kind == "array" and source.items and (element is None or element.checks or source.items.quality):
        yield Ignored(line, "items", f"{place}: a condition on the elements of an array is not kept")
