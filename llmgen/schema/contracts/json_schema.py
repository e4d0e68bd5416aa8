"""JSON Schema (2020-12, draft 7) as tables: lists of objects, or the objects among the definitions.

Tables are the root's properties if all of them are arrays of objects; else the root itself if it has properties, and
every definition that has. Objects inside a table are json columns. JSON Schema knows no keys: a required `id` is the
primary key, and nothing refers.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePath

from llmgen.schema.contracts.fields import named_checks
from llmgen.schema.contracts.json_columns import read_column
from llmgen.schema.contracts.json_parts import Parts, Resolver
from llmgen.schema.contracts.nodes import Node
from llmgen.schema.model import Ignored, Schema, Table

_MOST_COLUMNS = 20_000
"""$ref lets a short text say many columns."""
_KEYS = ("integer", "text", "uuid")
_LOST = (
    "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "dependencies", "patternProperties",
    "propertyNames", "minProperties", "maxProperties", "oneOf", "anyOf",
)  # fmt: skip
"""Keywords of an object that constrain its rows and that no CHECK here says."""


def read_json_schema(root: Node) -> Schema:
    """The schema that a JSON Schema declares. InputError for a $ref that leads out of it or nowhere, or no table."""
    resolver, ignored = Resolver(root), list[Ignored]()
    tables: list[Table] = []
    columns = 0
    for name, parts in _objects(root, resolver, ignored).items():
        tables.append(_table(name, parts, resolver, ignored))
        columns += len(tables[-1].columns)
        if columns > _MOST_COLUMNS:
            raise parts.node.fault(f"more than {_MOST_COLUMNS:,} columns in all", "split the schema")
    if not tables:
        raise root.fault("no object with properties in this JSON Schema", "give the tables as objects under $defs")
    return Schema(tuple(tables), ignored=tuple(sorted(dict.fromkeys(ignored), key=lambda item: item.line)))


def _objects(root: Node, resolver: Resolver, ignored: list[Ignored]) -> Mapping[str, Parts]:
    """The objects that are tables, by name."""
    whole = resolver.parts(root)
    lists = {name: _listed(resolver.joined(nodes), resolver) for name, nodes in whole.properties.items()}
    listed = {name: parts for name, parts in lists.items() if parts is not None}
    if listed and len(listed) == len(lists):
        return listed
    found: dict[str, Parts] = {}
    element = whole if whole.properties else _listed(whole, resolver)
    if element is not None:
        found[_root_name(root)] = element
    for keyword in ("$defs", "definitions"):
        definitions = root.fields.get(keyword)
        for name, node in (definitions.fields if definitions else {}).items():
            parts = resolver.parts(node)
            if parts.properties:
                if name in found:
                    raise node.fault(f"the table {name!r} stands twice", "rename one of them")
                found[name] = parts
            elif any(resolver.parts(each).properties for key in ("oneOf", "anyOf") for each in parts.listed(key)):
                ignored.append(Ignored(node.line, name, "alternatives of objects are no table"))
    return found


def _listed(parts: Parts, resolver: Resolver) -> Parts | None:
    """The objects of an array of objects; None for anything else."""
    items = [node for node in parts.all("items") if node.fields]
    element = resolver.joined(items) if items and "array" in parts.types else None
    return element if element and element.properties else None


def _root_name(root: Node) -> str:
    title = root.fields.get("title")
    word = str(title.scalar) if title else ""
    return (
        word if re.fullmatch(r"\w+", word) else re.sub(r"\W+", "_", PurePath(root.origin).name.split(".")[0]) or "root"
    )


def _table(name: str, parts: Parts, resolver: Resolver, ignored: list[Ignored]) -> Table:
    required = {str(node.scalar) for node in parts.listed("required")}
    fields = [
        read_column(f"{name}.{column}", column, resolver.joined(nodes), column in required, resolver, ignored)
        for column, nodes in parts.properties.items()
    ]
    ignored += _lost(name, parts)
    columns = tuple(field.column for field in fields)
    key = tuple(
        column.name for column in columns if column.name == "id" and not column.nullable and column.type.kind in _KEYS
    )
    return Table(name, columns, key, checks=named_checks(name, fields), comment=parts.text("description"))


def _lost(name: str, parts: Parts) -> Iterable[Ignored]:
    for keyword in _LOST:
        for node in parts.all(keyword):
            yield Ignored(node.line, f"{keyword}: {node.text}", f"{name}: a condition over its columns is not kept")
