"""JSON text into nodes that know their lines, which Python's own reader does not tell."""

import json
import re
from bisect import bisect_left
from decimal import Decimal

from llmgen.errors import InputError
from llmgen.schema.contracts.nodes import DEEPEST, MOST_NODES, Node, checked_text, fault

_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,299})(\.[0-9]{1,300})?([eE][-+]?[0-9]{1,3})?(?![0-9.eE+-])")
_WORDS = {"true": True, "false": False, "null": None}
_HINT = "mend the JSON"


def read_json(text: str, origin: str) -> Node:
    """The value of a JSON text. InputError with the line of any fault."""
    reader = _Reader(text, origin)
    root = reader.value(DEEPEST)
    reader.end()
    return root


class _Reader:
    def __init__(self, text: str, origin: str) -> None:
        self._text = text
        self._origin = origin
        self._position = 0
        self._nodes = 0
        self._line_ends = [found.start() for found in re.finditer("\n", text)]
        self._decoder = json.JSONDecoder()

    def value(self, depth: int, line: int = 0) -> Node:
        """The next value; `line` is its key's."""
        sign = self._sign()
        line = line or self._line
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise self._fault(f"more than {MOST_NODES:,} values", "split the contract")
        if depth == 0:
            raise self._fault(f"nested more than {DEEPEST} levels deep", "no contract needs that")
        if sign == "{":
            return Node(self._mapping(depth - 1), line, self._origin)
        if sign == "[":
            return Node(self._sequence(depth - 1), line, self._origin)
        if sign == '"':
            return Node(self._string(), line, self._origin)
        for word, value in _WORDS.items():
            if self._text.startswith(word, self._position):
                self._position += len(word)
                return Node(value, line, self._origin)
        number = _NUMBER.match(self._text, self._position)
        if number is None:
            raise self._fault(f"not JSON: a value was expected, found {self._found}", _HINT)
        self._position = number.end()
        whole = number[2] is None and number[3] is None
        return Node(int(number[0]) if whole else Decimal(number[0]), line, self._origin)

    def end(self) -> None:
        if self._sign():
            raise self._fault(f"not JSON: {self._found} after its end", _HINT)

    def _mapping(self, depth: int) -> dict[str, Node]:
        found: dict[str, Node] = {}
        self._position += 1
        while self._sign() != "}" or found:
            if self._sign() != '"':
                raise self._fault(f"not JSON: a key in double quotes was expected, found {self._found}", _HINT)
            line, key = self._line, self._string()
            if key in found:
                message = f"the key {key!r} stands twice (first in line {found[key].line})"
                raise fault(self._origin, line, message, "keep one of them")
            self._take(":")
            found[key] = self.value(depth, line)
            if self._sign() == "}":
                break
            self._take(",")
        self._position += 1
        return found

    def _sequence(self, depth: int) -> tuple[Node, ...]:
        found: list[Node] = []
        self._position += 1
        while self._sign() != "]" or found:
            found.append(self.value(depth))
            if self._sign() == "]":
                break
            self._take(",")
        self._position += 1
        return tuple(found)

    def _string(self) -> str:
        line = self._line
        try:
            text, self._position = self._decoder.raw_decode(self._text, self._position)
        except json.JSONDecodeError as error:
            raise fault(self._origin, error.lineno, f"not JSON: {error.msg.lower()}", _HINT) from error
        return checked_text(text, self._origin, line)

    def _take(self, sign: str) -> None:
        if self._sign() != sign:
            raise self._fault(f"not JSON: {sign!r} was expected, found {self._found}", _HINT)
        self._position += 1

    def _sign(self) -> str:
        """The next character that is no space, not taken; "" at the end."""
        space = _SPACE.match(self._text, self._position)
        self._position = space.end() if space else self._position
        return self._text[self._position : self._position + 1]

    @property
    def _found(self) -> str:
        return repr(self._text[self._position : self._position + 20]) if self._sign() else "the end"

    @property
    def _line(self) -> int:
        return bisect_left(self._line_ends, self._position) + 1

    def _fault(self, message: str, hint: str) -> InputError:
        return fault(self._origin, self._line, message, hint)
