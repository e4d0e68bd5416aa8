"""YAML text into nodes: no tags, no aliases, no guesses about `no` and `1e3`; its events are bounded as they come."""

import re
from collections.abc import Iterator
from decimal import Decimal

import yaml

from llmgen.errors import InputError
from llmgen.schema.contracts.nodes import DEEPEST, MOST_NODES, Node, Scalar, checked_text, fault

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORDS: dict[str, Scalar] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_WHOLE = re.compile(r"[-+]?[0-9]{1,300}")
_NUMBER = re.compile(r"[-+]?(\.[0-9]{1,300}|[0-9]{1,300}(\.[0-9]{0,300})?)([eE][-+]?[0-9]{1,3})?")
_TAB_HINT = "YAML is indented with spaces: replace the tabs at the start of the lines"
_QUOTE_HINT = 'mend the YAML; a value with ": " or " #" in it, or one that begins with a sign, stands in quotes'


def read_yaml(text: str, origin: str) -> Node:
    """The one document of a YAML text, plain scalars as YAML 1.2 reads them. InputError with the line of any fault."""
    try:
        return _Builder(origin).document(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line if mark else 0
        lines = text.splitlines()
        tabbed = line < len(lines) and "\t" in lines[line][: len(lines[line]) - len(lines[line].lstrip())]
        reason = f"{error.problem or error.context}"
        raise fault(origin, line + 1, f"not YAML: {reason}", _TAB_HINT if tabbed else _QUOTE_HINT) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise fault(origin, line, "a control character, which YAML does not allow", "take it out") from error


class _Builder:
    """One document from its events."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._nodes = 0

    def document(self, events: Iterator[yaml.Event]) -> Node:
        self._events = events
        root: Node | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    raise self._fault(event, "a second YAML document", "keep one contract a file")
                root = self._node(next(events), DEEPEST)
        if root is None:
            raise fault(self._origin, 1, "the file is empty", "give a data contract")
        return root

    def _fault(self, event: yaml.Event, message: str, hint: str) -> InputError:
        return fault(self._origin, _line(event), message, hint)

    def _node(self, event: yaml.Event, depth: int, line: int = 0) -> Node:
        """The value that begins with the event; `line` is its key's."""
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise self._fault(event, f"more than {MOST_NODES:,} values", "split the contract")
        if depth == 0:
            raise self._fault(event, f"nested more than {DEEPEST} levels deep", "no contract needs that")
        if isinstance(event, yaml.AliasEvent):
            raise self._fault(event, f"an alias (*{event.anchor})", "write the value itself in its place")
        tag = getattr(event, "tag", None)
        if tag not in (None, "!"):
            raise self._fault(event, f"a tag ({tag})", "write the plain value")
        line = line or _line(event)
        if isinstance(event, yaml.MappingStartEvent):
            return Node(self._mapping(depth - 1), line, self._origin)
        if isinstance(event, yaml.ScalarEvent):
            text = checked_text(event.value, self._origin, line)
            return Node(text if event.style else _resolved(text), line, self._origin)
        items = []
        while not isinstance(item := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(item, depth - 1))
        return Node(tuple(items), line, self._origin)

    def _mapping(self, depth: int) -> dict[str, Node]:
        found: dict[str, Node] = {}
        while not isinstance(key := next(self._events), yaml.MappingEndEvent):
            if not isinstance(key, yaml.ScalarEvent):
                raise self._fault(key, "a key that is no plain text", "keys are names")
            name = checked_text(key.value, self._origin, _line(key))
            if name in found:
                line = found[name].line
                raise self._fault(key, f"the key {name!r} stands twice (first in line {line})", "keep one of them")
            found[name] = self._node(next(self._events), depth, _line(key))
        return found


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _resolved(text: str) -> Scalar:
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    return Decimal(text) if _NUMBER.fullmatch(text) else text
