"""The schemas of a JSON Schema that hold together: one with those that its $ref and allOf name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

from llmgen.schema.contracts.nodes import Node

_MOST_PARTS = 64
"""Schemas that one may be made of."""


@dataclass(frozen=True)
class Parts:
    """Schemas that all hold of one value, in the order of reading; the first is where it stands."""

    nodes: tuple[Node, ...]

    @cached_property
    def _keywords(self) -> frozenset[str]:
        return frozenset(keyword for node in self.nodes for keyword in node.fields)

    @property
    def node(self) -> Node:
        """Where the value is described."""
        return self.nodes[0]

    def all(self, keyword: str) -> list[Node]:
        """What each of them says under a keyword."""
        if keyword not in self._keywords:
            return []
        return [node.fields[keyword] for node in self.nodes if keyword in node.fields]

    def listed(self, keyword: str) -> list[Node]:
        """What they list under a keyword, together."""
        return [item for node in self.all(keyword) for item in node.items]

    def text(self, keyword: str) -> str:
        """The first text under a keyword; "" for none."""
        return next((str(node.scalar) for node in self.all(keyword) if node.scalar), "")

    @cached_property
    def properties(self) -> Mapping[str, tuple[Node, ...]]:
        """The schemas of each property."""
        found: dict[str, tuple[Node, ...]] = {}
        for node in self.all("properties"):
            for name, part in node.fields.items():
                found[name] = (*found.get(name, ()), part)
        return found

    @cached_property
    def types(self) -> frozenset[str]:
        """The types that all of them allow; empty if none names a type."""
        named = [{str(item.scalar) for item in (node.items or (node,))} for node in self.all("type")]
        allowed = [each | {"integer"} if "number" in each else each for each in named]
        return frozenset(set.intersection(*allowed)) if allowed else frozenset()


class Resolver:
    """Follows $ref within one document."""

    def __init__(self, root: Node) -> None:
        self._root = root

    def parts(self, node: Node) -> Parts:
        """The schema with all that it refers to or is composed of. InputError for a $ref that leads out or nowhere."""
        return self.joined((node,))

    def joined(self, nodes: Sequence[Node]) -> Parts:
        """Several schemas that hold together, each with all that it is composed of."""
        found: dict[int, Node] = {}
        waiting = list(reversed(nodes))
        while waiting:
            node = waiting.pop()
            if id(node) in found:
                continue
            found[id(node)] = node
            if len(found) > _MOST_PARTS:
                raise node.fault(f"composed of more than {_MOST_PARTS} schemas", "say it with fewer $ref and allOf")
            waiting += reversed(list(self._composing(node)))
        return Parts(tuple(found.values()))

    def _composing(self, node: Node) -> Iterable[Node]:
        if "$ref" in node.fields:
            yield self._target(node.fields["$ref"])
        if "allOf" in node.fields:
            yield from node.fields["allOf"].items

    def _target(self, reference: Node) -> Node:
        written = str(reference.scalar)
        if not written.startswith("#"):
            raise reference.fault(f"$ref {written!r} leads out of the file", "put what it names under $defs")
        if not written.startswith("#/") and written != "#":
            raise reference.fault(f"$ref {written!r} is no path", "name the schema by its path: #/$defs/Customer")
        found = self._root
        for part in written.split("/")[1:]:
            key = unquote(part).replace("~1", "/").replace("~0", "~")
            place = int(key) if key.isdecimal() and len(key) < 9 else -1
            if key not in found.fields and not 0 <= place < len(found.items):
                raise reference.fault(f"$ref {written!r} leads nowhere: no {key!r}", "name a schema that is there")
            found = found.fields[key] if key in found.fields else found.items[place]
        return found
