"""The short notation of one field, `string(email,120) unique`, taken apart.

    field     = type ["[]"] ["?"] {modifier}
    type      = "string" ["(" text {"," text} ")"]        text: a format, a length, a bound of the length, /a regex/
              | "integer" ["(" bound {"," bound} ")"]
              | "number" ["(" (bound | decimals) {"," (bound | decimals)} ")"]
              | ("date" | "time" | "datetime" | "timestamptz") ["(" bound {"," bound} ")"]
              | "boolean" | "json"
              | "enum" "[" label {"," label} "]"
              | "fk" "(" entity ["." field] ")"           without a field, the entity's primary key
    bound     = (">=" | ">" | "<=" | "<") value           dates and times as ISO 8601 has them
    length    = digits                                    the most characters
    decimals  = digits "dec"                              digits after the point
    label     = any text without , ] and quotes, or one in quotes
    modifier  = "unique" | "optional" | "nullable" | "?" | "primary" | "pk" | "default=" (word | one in quotes)

`integer` has 64 bits; `datetime` is what a clock on the wall shows, `timestamptz` an instant. A field is never NULL
unless it is optional. `default=now` is the moment of writing.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

from llmgen.errors import InputError
from llmgen.schema.contracts.nodes import Node

FORMATS = frozenset({
    "uuid", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6", "uri", "uri-reference", "iri",
    "date", "time", "date-time", "duration", "regex", "json-pointer", "password",
    "cuid", "ulid", "nanoid", "slug", "phone", "iban", "locale", "currency", "country",
})  # fmt: skip
"""Forms of text: those of JSON Schema, and some that test data is full of."""

_TYPES = ("string", "integer", "number", "boolean", "date", "time", "datetime", "timestamptz", "json", "enum", "fk")
_OTHER_NAMES = {
    "text": "string", "varchar": "string", "str": "string", "int": "integer", "bigint": "integer", "bool": "boolean",
    "float": "number", "decimal": "number", "numeric": "number", "double": "number", "timestamp": "datetime",
    "uuid": "string(uuid)", "email": "string(email)", "object": "json", "jsonb": "json",
    "ref": "fk", "foreign": "fk", "list": "string[]", "array": "string[]",
}  # fmt: skip
_MODIFIERS = {"unique": "unique", "optional": "optional", "nullable": "optional", "?": "optional",
              "primary": "primary", "pk": "primary"}  # fmt: skip

_SAID: Mapping[str, Callable[["Spec"], "Spec"]] = {
    "unique": lambda spec: replace(spec, unique=True),
    "optional": lambda spec: replace(spec, optional=True),
    "primary": lambda spec: replace(spec, primary=True),
}

_BOUND = re.compile(r"(>=|<=|>|<)\s*(.+)", re.DOTALL)
_DECIMALS = re.compile(r"(\d{1,3})\s*dec")
_LENGTH = re.compile(r"\d{1,9}")
_PATTERN = re.compile(r"/((?:[^/\\]|\\.)+)/", re.DOTALL)
_MODIFIER = re.compile(r"""\?|default=(?P<default>"[^"]*"|'[^']*'|[^\s"']+)|[^\s?=]+(?==)|[^\s?]+""")
_LABEL = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([^,\]"']*))\s*""")
_MOST_DECIMALS = 20


@dataclass(frozen=True)
class Spec:
    """A field as written.

    `bounds` are (operator, value) pairs, of the length in a string; `target` is what fk names.
    """

    type: str
    bounds: tuple[tuple[str, str], ...] = ()
    length: int | None = None
    format: str = ""
    pattern: str = ""
    decimals: int | None = None
    labels: tuple[str, ...] = ()
    target: str = ""
    array: bool = False
    unique: bool = False
    optional: bool = False
    primary: bool = False
    default: str | None = None


def read_spec(node: Node, field: str) -> Spec:
    """A field's text taken apart. InputError at the node's place; `field` names it there."""
    text = node.scalar
    if text is None or not isinstance(text, str):
        message = f"{field} has no type" if node.value is None else f"{field}: {node.text!r} is no type"
        raise node.fault(message, "write the type as text, such as: email: string(email) unique")
    return _Reader(node, field, text.strip()).spec()


class _Reader:
    """One field's text, read from left to right."""

    def __init__(self, node: Node, field: str, text: str) -> None:
        self._node = node
        self._field = field
        self._text = text
        self._position = 0

    def spec(self) -> Spec:
        spec = self._type()
        if self._take("[]"):
            spec = replace(spec, array=True)
            if self._take("[]"):
                raise self._fault("arrays of arrays are not read", "use json")
        return self._modified(spec)

    def _fault(self, message: str, hint: str) -> InputError:
        return self._node.fault(f"{self._field}: {message}", hint)

    def _take(self, sign: str) -> bool:
        found = self._text.startswith(sign, self._position)
        self._position += len(sign) * found
        return found

    def _type(self) -> Spec:
        word = re.match(r"[^\s(\[?]*", self._text)
        name = word[0] if word else ""
        self._position = len(name)
        if name not in _TYPES:
            near = _OTHER_NAMES.get(name.lower()) or next(iter(get_close_matches(name.lower(), _TYPES, 1)), "")
            hint = f"is it {near}? The" if near else "the"
            raise self._fault(f"unknown type {name!r}", f"{hint} types are {', '.join(_TYPES)}")
        if name == "enum":
            return Spec(name, labels=self._labels())
        if name == "fk":
            return Spec(name, target=self._target())
        spec = Spec(name)
        if self._take("("):
            if name not in _ARGUMENTS:
                raise self._fault(f"{name} takes nothing in parentheses", f"write {name}")
            while True:
                spec = _ARGUMENTS[name](self, spec, self._argument())
                if self._take(")"):
                    break
                if not self._take(","):
                    raise self._fault(f"a ) is missing after {self._text!r}", f"close the parenthesis of {name}(")
        return spec

    def _argument(self) -> str:
        """The text up to the next comma or parenthesis; a regex is taken whole."""
        space = re.compile(r"\s*").match(self._text, self._position)
        start = space.end() if space else self._position
        pattern = _PATTERN.match(self._text, start)
        end = re.compile(r"[^,)]*").match(self._text, pattern.end() if pattern else start)
        self._position = end.end() if end else start
        return self._text[start : self._position].strip()

    def _labels(self) -> tuple[str, ...]:
        hint = "write the labels as enum[PAID,PENDING]"
        if not self._take("["):
            raise self._fault("an enum without its labels", hint)
        labels: list[str] = []
        while True:
            found = _LABEL.match(self._text, self._position)
            self._position = found.end() if found else self._position
            label = next((part for part in found.groups() if part is not None), "") if found else ""
            labels.append(label if found and found[3] is None else label.strip())
            if self._take("]"):
                break
            if not self._take(","):
                raise self._fault(f"a ] is missing after {self._text!r}", hint)
        if "" in labels:
            raise self._fault("an enum with an empty label", hint)
        if len(set(labels)) < len(labels):
            twice = Counter(labels).most_common(1)[0][0]
            raise self._fault(f"the label {twice!r} stands twice", "keep one of them")
        return tuple(labels)

    def _target(self) -> str:
        hint = "write fk(Customer.id)"
        if not self._take("("):
            raise self._fault("an fk without its target", hint)
        target = self._argument()
        if not self._take(")"):
            raise self._fault(f"a ) is missing after {self._text!r}", hint)
        if not target:
            raise self._fault("an fk without its target", hint)
        return target

    def _modified(self, spec: Spec) -> Spec:
        said: dict[str, str] = {}
        while rest := self._text[self._position :].lstrip():
            self._position = len(self._text) - len(rest)
            found = _MODIFIER.match(rest)
            word = found[0] if found else rest
            if found and found["default"] is not None:
                name, default = "default", found["default"]
                spec = replace(spec, default=default[1:-1] if default[0] in "\"'" else default)
            elif word in _MODIFIERS:
                name = _MODIFIERS[word]
                spec = _SAID[name](spec)
            else:
                raise self._fault(f"{rest!r} is not understood", self._modifier_hint(word))
            if name in said:
                raise self._fault(f"{said[name]!r} and {word!r} say the same", "keep one of them")
            said[name] = word
            self._position += len(word)
        if spec.optional and spec.primary:
            raise self._fault("a primary key cannot be optional", "drop one of the two words")
        return spec

    def _modifier_hint(self, word: str) -> str:
        if word in (")", "]"):
            return f"drop the {word}"
        near = get_close_matches(word.lower(), [*_MODIFIERS, "default=..."], 1)
        return f"{f'is it {near[0]}? ' if near else ''}After the type stand unique, optional, primary or default=..."

    def bound(self, spec: Spec, argument: str) -> Spec:
        found = _BOUND.fullmatch(argument)
        if found is None:
            right = ">=0 or <100" if spec.type in ("integer", "number", "string") else ">=2020-01-01"
            also = ", or 2dec" if spec.type == "number" else ""
            raise self._fault(f"{argument!r} is no bound of {spec.type}", f"bounds are written as {right}{also}")
        if any(operator[0] == found[1][0] for operator, _ in spec.bounds):
            raise self._fault(f"a second {'lower' if found[1][0] == '>' else 'upper'} bound", "keep one of them")
        return replace(spec, bounds=(*spec.bounds, (found[1], found[2].strip())))

    def number(self, spec: Spec, argument: str) -> Spec:
        found = _DECIMALS.fullmatch(argument)
        if found is None:
            return self.bound(spec, argument)
        if spec.decimals is not None or int(found[1]) > _MOST_DECIMALS:
            raise self._fault(f"{argument!r} is not possible here", f"say it once, with at most {_MOST_DECIMALS}dec")
        return replace(spec, decimals=int(found[1]))

    def string(self, spec: Spec, argument: str) -> Spec:
        if _BOUND.fullmatch(argument):
            return self.bound(spec, argument)
        pattern = _PATTERN.fullmatch(argument)
        what = "pattern" if pattern else "length" if _LENGTH.fullmatch(argument) else "format"
        if getattr(spec, what):
            raise self._fault(f"a second {what}, {argument!r}", "keep one of them")
        if pattern:
            return replace(spec, pattern=pattern[1].replace(r"\/", "/"))
        if what == "length":
            return replace(spec, length=int(argument) or self._no_room())
        if argument not in FORMATS:
            near = get_close_matches(argument.lower(), FORMATS, 1)
            hint = f"is it {near[0]}? " if near else ""
            right = "In the parentheses of string stand a format (email), a length (20) or a /regex/"
            raise self._fault(f"unknown format {argument!r}", f"{hint}{right}")
        return replace(spec, format=argument)

    def _no_room(self) -> int:
        raise self._fault("a string of no characters", "give the most characters it may have, such as string(20)")


_ARGUMENTS: Mapping[str, Callable[[_Reader, Spec, str], Spec]] = {
    "string": _Reader.string,
    "number": _Reader.number,
    **dict.fromkeys(("integer", "date", "time", "datetime", "timestamptz"), _Reader.bound),
}
