"""A contract in the short notation: entities with their fields, as tables.

    entities:
      Customer:
        description: Who buys.        # optional
        fields:                       # a list of one-key mappings, or a mapping
          - id: string(uuid) unique
          - email: string(email,120) unique
      Order:
        fields:
          - id: integer primary
          - customer_id: fk(Customer.id)

How a field's text is written: `llmgen.schema.contracts.notation`. Entities are tables as they are named. The primary
key is every field marked so, else `id` if it is unique, else the first unique field.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from llmgen.schema.contracts.fields import Field, chosen_key, named_checks
from llmgen.schema.contracts.nodes import Node, near
from llmgen.schema.contracts.notation import Spec, read_spec
from llmgen.schema.contracts.spec_types import conditions, default_of, type_of
from llmgen.schema.model import Column, ColumnType, ForeignKey, Ignored, Schema, Table, Unique
from llmgen.schema.types import array_of

_ABOUT = frozenset({"version", "name", "title", "description", "owner", "contract", "id", "locale"})
"""Keys beside `entities` that say something about the contract and nothing about data."""
_FIELDS_HINT = "write fields as a list, such as: - id: string(uuid) unique"


@dataclass
class _Entity:
    name: str
    node: Node
    specs: dict[str, Spec] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    comment: str = ""


def read_entities(root: Node) -> Schema:
    """The schema that `entities` declare. InputError with the line of the first mistake."""
    ignored: list[Ignored] = []
    entities = {name: _entity(name, node, ignored) for name, node in _pairs(root.fields["entities"], "entities")}
    for key, node in root.fields.items():
        if key not in _ABOUT | {"entities"}:
            ignored.append(Ignored(node.line, key, "no key of the short notation"))
    links = _Links(entities)
    tables = tuple(_table(entity, links, ignored) for entity in entities.values())
    return Schema(tables, ignored=tuple(sorted(ignored, key=lambda item: item.line)))


def _pairs(node: Node, what: str) -> Iterable[tuple[str, Node]]:
    """The pairs of a mapping, or of a list of one-key mappings."""
    if isinstance(node.value, Mapping):
        pairs = list(node.fields.items())
    else:
        pairs = []
        for item in node.items:
            if len(item.fields) != 1:
                hint = f"give each its own item: - {next(iter(item.fields), 'id')}: ..."
                raise item.fault(f"{what}: {item.text!r} is not one name with its value", hint)
            pairs += item.fields.items()
    if not pairs:
        raise node.fault(f"{what} has nothing in it", _FIELDS_HINT)
    first: dict[str, int] = {}
    for name, value in pairs:
        if not name.strip():
            raise value.fault(f"{what}: a name is empty", "give it a name")
        if name in first:
            message = f"{what}: {name!r} stands twice (first in line {first[name]})"
            raise value.fault(message, "rename or drop one of them")
        first[name] = value.line
    return pairs


def _entity(name: str, node: Node, ignored: list[Ignored]) -> _Entity:
    if "fields" not in node.fields:
        raise node.fault(f"entity {name} has no fields", _FIELDS_HINT)
    entity = _Entity(name, node)
    for key, part in node.fields.items():
        if key == "description":
            entity.comment = str(part.scalar or "")
        elif key != "fields":
            ignored.append(Ignored(part.line, f"{name}: {key}", "no key of an entity in the short notation"))
    for column, part in _pairs(node.fields["fields"], f"{name}.fields"):
        entity.specs[column] = read_spec(part, f"{name}.{column}")
        entity.nodes[column] = part
    return entity


class _Links:
    """What every fk leads to, whatever the order of the entities."""

    def __init__(self, entities: Mapping[str, _Entity]) -> None:
        self._entities = entities
        self._targets: dict[tuple[str, str], tuple[str, str]] = {}
        self._types: dict[tuple[str, str], ColumnType] = {}
        self._keys = {name: _key(entity) for name, entity in entities.items()}

    def target(self, entity: str, column: str) -> tuple[str, str]:
        """The (entity, field) that an fk names. InputError if there is none, or rows could not be told apart by it."""
        place = (entity, column)
        if place not in self._targets:
            self._targets[place] = self._found(entity, column)
        return self._targets[place]

    def type(self, entity: str, column: str) -> ColumnType:
        """The type of a field (of an array's elements): that of its target for an fk. InputError for a circle."""
        path: dict[tuple[str, str], None] = {}
        place = (entity, column)
        while place not in self._types:
            if place in path:
                names = [".".join(step) for step in [*path, place]]
                circle = " -> ".join(names[names.index(names[-1]) :][:8])
                message = f"a circle of references gives no type: {circle}"
                raise self._node(place).fault(message, "give one of the fields a type of its own")
            path[place] = None
            spec = self._entities[place[0]].specs[place[1]]
            if spec.type != "fk":
                self._types[place] = type_of(spec, self._node(place), ".".join(place))
            else:
                place = self.target(*place)
        for step in path:
            self._types[step] = self._types[place]
        return self._types[place]

    def _node(self, place: tuple[str, str]) -> Node:
        return self._entities[place[0]].nodes[place[1]]

    def _found(self, entity: str, column: str) -> tuple[str, str]:
        node, written = self._node((entity, column)), self._entities[entity].specs[column].target
        whole = written in self._entities or "." not in written
        name, _, field = (written, "", "") if whole else written.rpartition(".")
        if name not in self._entities:
            message = f"{entity}.{column}: there is no entity {name}"
            raise node.fault(message, f"name one of the contract's{near(name, self._entities)}")
        key = self._keys[name]
        if whole:
            if len(key) != 1:
                message = f"{entity}.{column}: {name} has no primary key of one field"
                raise node.fault(message, f"name the field: fk({name}.id)")
            field = key[0]
        spec = self._entities[name].specs.get(field)
        if spec is None:
            known = near(field, self._entities[name].specs)
            raise node.fault(f"{entity}.{column}: {name} has no field {field!r}", f"name one of its fields{known}")
        if (key != (field,) and not spec.unique) or spec.array:
            message = f"{entity}.{column}: {name}.{field} is not unique, so no row can refer to it"
            raise node.fault(message, f"mark {name}.{field} unique, or refer to another field")
        return name, field


def _key(entity: _Entity) -> tuple[str, ...]:
    return chosen_key([_field(name, spec) for name, spec in entity.specs.items()])


def _field(name: str, spec: Spec) -> Field:
    """What a field is before its type is known."""
    column = Column(name, ColumnType("other", ""), nullable=spec.optional)
    return Field(column, primary=spec.primary, unique=spec.unique and not spec.array)


def _table(entity: _Entity, links: _Links, ignored: list[Ignored]) -> Table:
    fields, keys = [], []
    key = _key(entity)
    for name, spec in entity.specs.items():
        node, place = entity.nodes[name], f"{entity.name}.{name}"
        element = links.type(entity.name, name)
        of = array_of(element) if spec.array else element
        default = default_of(spec, of, node, place)
        found = conditions(spec, name, element)
        if spec.array:
            fault = _lost_in_array(spec, found)
            ignored += [Ignored(node.line, node.text, f"{place}: {fault}")] * bool(fault)
            found = []
        elif spec.type == "fk":
            table, column = links.target(entity.name, name)
            keys.append(ForeignKey((name,), table, (column,), name=f"{entity.name}_{name}_fkey"))
        said = "" if spec.format == "uuid" else spec.format
        column_ = Column(name, of, spec.optional, default, format=said)
        fields.append(Field(column_, tuple(found), spec.primary, spec.unique))
    uniques = tuple(
        Unique((field.column.name,), name=f"{entity.name}_{field.column.name}_key")
        for field in fields
        if field.unique and key != (field.column.name,)
    )
    columns = tuple(field.column for field in fields)
    return Table(entity.name, columns, key, tuple(keys), uniques, named_checks(entity.name, fields), entity.comment)


def _lost_in_array(spec: Spec, found: list[str]) -> str:
    if spec.type == "fk":
        return "no database refers from the elements of an array"
    return "a condition on the elements of an array is not kept" if found else ""
