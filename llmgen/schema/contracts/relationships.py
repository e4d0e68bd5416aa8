"""Relationships of an Open Data Contract as foreign keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from llmgen.schema.contracts.nodes import SHOWN, Node
from llmgen.schema.contracts.shapes import Unkept
from llmgen.schema.model import ForeignKey, Ignored, Table

if TYPE_CHECKING:
    from open_data_contract_standard.model import Relationship, SchemaObject

Place = tuple[str, str]
"""(table, column)."""


@dataclass(frozen=True)
class Object:
    """An object of the contract as a table. `columns` are its columns by every name and id of their properties."""

    table: Table
    node: Node
    source: "SchemaObject"
    columns: Mapping[str, str]


def foreign_keys(objects: Sequence[Object]) -> tuple[dict[str, tuple[ForeignKey, ...]], list[Ignored]]:
    """The foreign keys of each table, and the relationships that are none."""
    keys: dict[str, dict[ForeignKey, None]] = {}
    lost: list[Ignored] = []
    named = _by_every_name(objects)
    for each in objects:
        for relationship, node, own in _relationships(each):
            try:
                table, key = _key(relationship, own, named)
                keys.setdefault(table, {})[key] = None
            except Unkept as loss:
                begin, end = (", ".join(_listed(ends)) for ends in (relationship.from_, relationship.to))
                said = f"{begin or (own and own[1])} -> {end}"
                lost.append(Ignored(node.line, said[:SHOWN], f"{each.table.name}: relationship: {loss}"))
    return {table: tuple(found) for table, found in keys.items()}, lost


def _by_every_name(objects: Sequence[Object]) -> Mapping[str, Object]:
    """The objects by name, id and physical name; where two share one, a name goes before an id before the last."""
    named: dict[str, Object] = {}
    for each in objects:
        named |= {name: each for name in (each.table.name, each.source.physicalName) if name}
    for each in objects:
        named |= {each.source.id: each} if each.source.id else {}
    return named | {each.source.name: each for each in objects if each.source.name}


def _relationships(each: Object) -> "list[tuple[Relationship, Node, Place | None]]":
    """The object's relationships with where they stand, and the column of those that stand in a property."""
    found: list[tuple[Relationship, Node, Place | None]] = []
    for source, node in zip(each.source.properties or [], each.node.at("properties").items, strict=False):
        own = each.columns.get(source.name or source.physicalName or "")
        if source.relationships and own:
            nodes = node.at("relationships").items
            found += [
                (one, part, (each.table.name, own)) for one, part in zip(source.relationships, nodes, strict=True)
            ]
    if each.source.relationships:
        nodes = each.node.at("relationships").items
        found += [(one, part, None) for one, part in zip(each.source.relationships, nodes, strict=True)]
    return found


def _listed(ends: str | list[str] | None) -> list[str]:
    return [ends] if isinstance(ends, str) else ends or []


def _key(relationship: "Relationship", own: Place | None, named: Mapping[str, Object]) -> tuple[str, ForeignKey]:
    if relationship.type not in (None, "foreignKey"):
        raise Unkept(f"a relationship of type {relationship.type} is not read")
    if own and relationship.from_:
        raise Unkept("a relationship in a property begins at that property: drop its `from`")
    ends = [_place(end, named) for end in _listed(relationship.to)]
    begins = [own] if own else [_place(end, named) for end in _listed(relationship.from_)]
    if not ends or len(ends) != len(begins):
        raise Unkept(f"{len(begins)} columns cannot refer to {len(ends)}")
    if len({table for table, _ in ends}) > 1 or len({table for table, _ in begins}) > 1:
        raise Unkept("both ends of a relationship lie in one table each")
    table, columns = begins[0][0], tuple(column for _, column in begins)
    name = f"{table.rpartition('.')[2]}_{'_'.join(columns)}_fkey"
    return table, ForeignKey(columns, ends[0][0], tuple(column for _, column in ends), name=name)


def _place(end: str, named: Mapping[str, Object]) -> Place:
    """The column that a reference names: `orders.id` by names, or `schema/orders_tbl/properties/order_id` by ids."""
    if "#" in end or "://" in end:
        raise Unkept("it leads to another contract")
    if "/" in end:
        parts = end.strip("/").split("/")
        if len(parts) < 4 or parts[0] != "schema" or parts[2] != "properties":
            raise Unkept(f"{end!r} is no reference to a property")
        name, column, nested = parts[1], parts[3], len(parts) > 4
    else:
        name, _, column = end.rpartition(".")
        nested = False
        if name not in named and name.split(".")[0] in named:
            name, nested = name.split(".")[0], True
    found = named.get(name)
    if found is None:
        raise Unkept(f"its target {name or end!r} is not in this contract")
    if nested:
        raise Unkept("it leads into a nested property")
    if column not in found.columns:
        raise Unkept(f"{name} has no property {column!r}")
    return found.table.name, found.columns[column]
