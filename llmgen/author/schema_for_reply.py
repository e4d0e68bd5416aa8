"""The JSON Schema of a reply for models that can be bound to a grammar: a subset that structured output accepts."""

from typing import Any

from llmgen.author.shape import Part, Shape
from llmgen.schema.model import ColumnType

FORMATS = {"date": "date", "timestamp": "date-time", "timestamptz": "date-time", "uuid": "uuid"}
"""Not `time`, which in JSON Schema has an offset."""

PLAIN = {"integer": "integer", "decimal": "number", "float": "number", "boolean": "boolean"}


def reply_schema(shape: Shape) -> dict[str, Any]:
    """`{"cases": [...]}` with one object a case.

    Every property is required and no other allowed, optional ones may be null; lengths, ranges and counts are left to
    the judge, since structured output knows none. The same shape gives the same bytes, so that a server's compiled
    grammar is used again.
    """
    case = _object({"i": {"type": "integer"}, **_children(shape, None)})
    return _object({"cases": {"type": "array", "items": case}})


def _children(shape: Shape, parent: str | None) -> dict[str, Any]:
    return {part.table.name: _rows(shape, part) for part in shape.children(parent)}


def _rows(shape: Shape, part: Part) -> dict[str, Any]:
    cells = {name: _cell(part, name) for name in (*part.references, *part.authored)}
    row = _object({**cells, **_children(shape, part.table.name)})
    return row if part.single else {"type": "array", "items": row}


def _cell(part: Part, name: str) -> dict[str, Any]:
    column = part.table.column(name)
    if name in part.references:
        plain: dict[str, Any] = {"type": "integer" if part.wiring[part.references[name]] == "pointer" else "string"}
    else:
        plain = _plain(column.type)
    return {"anyOf": [plain, {"type": "null"}]} if column.nullable else plain


def _plain(type: ColumnType) -> dict[str, Any]:
    kind = type.kind
    if kind == "enum":
        return {"type": "string", "enum": list(type.labels)}
    if kind in FORMATS:
        return {"type": "string", "format": FORMATS[kind]}
    if kind == "array":
        return {"type": "array", "items": _plain(type.element) if type.element else {"type": "string"}}
    return {"type": PLAIN.get(kind, "string")}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
