"""Text patterns: LIKE and SQL regexes as Python regexes, and strings written to match them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

# The stable way to a regex's syntax tree is private in every Python 3.11+; the public sre_parse is deprecated.
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

Choose = Callable[[int], int]

_LETTERS = "A-Za-zÀ-ÖØ-öø-\u02ff\u0370-\u1fff\u3040-\ud7ff"
_CASED = [chr(code) for code in range(0xC0, 0x530)]
_POSIX = {
    "alpha": _LETTERS,
    "digit": "0-9",
    "alnum": f"{_LETTERS}0-9",
    "upper": "A-Z" + "".join(char for char in _CASED if char.isupper()),
    "lower": "a-z" + "".join(char for char in _CASED if char.islower()),
    "space": r"\s",
    "xdigit": "0-9A-Fa-f",
    "punct": r"!-/:-@\[-`{-~",
    "blank": r" \t",
    "word": r"\w",
}
_ESCAPES = {r"\m": r"\b", r"\M": r"\b", r"\y": r"\b", r"\Y": r"\B", r"\z": r"\Z"}
_AROUND = re.compile(
    r"(?P<begin>(?:(?:\\A|\^)(?P<open>\(\?:)?\.\*)?)(?P<middle>.*?)(?P<end>(?:\.\*(?(open)\))\\Z)?)", re.DOTALL
)
_PROPERTIES = {"L": _LETTERS, "N": "0-9", "Lu": "A-Z", "Ll": "a-z", "Nd": "0-9"}
_FREE_REPEAT = 6
_DRAWN = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PRINTABLE = _DRAWN + "-_.:/ ,;!?'()[]{}@#$%&*+=~^|<>\\\"`"


@dataclass(frozen=True)
class Pattern:
    """A Python regex that text must contain (or, `negated`, must not). `.` stands for newlines too, as in SQL."""

    source: str
    ignore_case: bool = False
    negated: bool = False

    @property
    def compiled(self) -> re.Pattern[str]:
        """The compiled regex."""
        return _compile(self.source, self.ignore_case)

    def admits(self, text: str) -> bool:
        """Whether the text passes."""
        return (self.compiled.search(text) is not None) != self.negated

    def without(self, text: str) -> str:
        """The text without the places where the regex finds itself: what a negated pattern wants gone."""
        return _compile(_core(self.source), self.ignore_case).sub("", text)

    def write(self, choose: Choose, longest: int | None = None, shortest: int = 0) -> str:
        """A printable string that the regex finds itself in; repeats stay short, within `longest` if they can.

        Where repeats have room, the string has `shortest` characters or more.

        Distinct sequences of choices give distinct strings unless the regex is ambiguous. Raises ValueError for
        look-arounds and whatever else cannot be written from left to right.
        """
        tree = _parse(self.source, self.compiled.flags)
        least = tree.getwidth()[0]
        spare = None if longest is None else max(0, longest - least)
        return _Writer(choose, spare, max(0, shortest - least)).sequence(list(tree))

    @property
    def width(self) -> int | None:
        """How many characters every match has, where each is matched by itself; None where one depends on others."""
        return _width(_parse(self.source, self.compiled.flags))


def _width(nodes: Sequence[Any]) -> int | None:
    total = 0
    for kind, argument in nodes:
        if kind in (op.LITERAL, op.ANY, op.NOT_LITERAL, op.IN):
            size: int | None = 1
        elif kind is op.AT:
            size = 0 if argument not in (op.AT_BOUNDARY, op.AT_NON_BOUNDARY) else None
        elif kind is op.SUBPATTERN:
            size = _width(argument[3])
        elif kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT) and argument[0] == argument[1]:
            inner = _width(argument[2])
            size = None if inner is None else inner * argument[0]
        else:
            size = None
        if size is None:
            return None
        total += size
    return total


@lru_cache(maxsize=1024)
def _compile(source: str, ignore_case: bool) -> re.Pattern[str]:
    return re.compile(source, re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def _core(source: str) -> str:
    """What a regex that may begin and end with anything is about: `[^a-z]` of `\\A.*[^a-z].*\\Z`."""
    found = _AROUND.fullmatch(source)
    if not found:
        return source
    return found["middle"] if found["open"] else source[len(found["begin"]) : len(source) - len(found["end"])]


@lru_cache(maxsize=1024)
def _parse(source: str, flags: int) -> Any:
    return parser.parse(source, flags)


def like(pattern: str, escape: str = "\\", ignore_case: bool = False) -> Pattern:
    """The regex of a LIKE pattern."""
    parts, position = [], 0
    while position < len(pattern):
        char = pattern[position]
        if escape and char == escape and position + 1 < len(pattern):
            position += 1
            parts.append(re.escape(pattern[position]))
        else:
            parts.append({"%": ".*", "_": "."}.get(char) or re.escape(char))
        position += 1
    return Pattern(rf"\A{''.join(parts)}\Z", ignore_case)


def regex(source: str, ignore_case: bool = False) -> Pattern | None:
    """A SQL regex (Postgres or RE2 spelling) for Python; None where Python has no such thing."""
    if source.startswith("(?i)"):
        source, ignore_case = source[4:], True
    source = source.removeprefix("(?s)")
    text = re.sub(r"\[:(\w+):\]", lambda found: _POSIX.get(found[1], "?"), source)
    text = re.sub(r"\\p\{(\w+)\}", lambda found: _PROPERTIES.get(found[1], found[0]), text)
    text = re.sub(r"\\.", lambda found: _ESCAPES.get(found[0], found[0]), text)
    text = re.sub(r"(?<!\\)\$(?=\)*\Z)", r"\\Z", text)
    try:
        _compile(text, ignore_case)
    except (re.error, OverflowError):
        return None
    return Pattern(text, ignore_case)


class _Writer:
    """One string, from left to right. `spare` is how many characters optional repeats may still add, `short` how many
    they must.
    """

    def __init__(self, choose: Choose, spare: int | None, short: int = 0) -> None:
        self.choose = choose
        self.spare = spare
        self.short = short
        self.groups: dict[int, str] = {}

    def sequence(self, nodes: Sequence[Any]) -> str:
        return "".join(self.node(kind, argument) for kind, argument in nodes)

    def node(self, kind: Any, argument: Any) -> str:
        if kind is op.LITERAL:
            return chr(argument)
        if kind in (op.ANY, op.NOT_LITERAL, op.IN):
            return self.one_of(_class(kind, tuple(argument) if kind is op.IN else argument))
        if kind is op.BRANCH:
            branches = argument[1]
            return self.sequence(branches[self.choose(len(branches))])
        if kind is op.SUBPATTERN:
            text = self.sequence(argument[3])
            if argument[0] is not None:
                self.groups[argument[0]] = text
            return text
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            return self.repeat(*argument)
        if kind is op.ATOMIC_GROUP:
            return self.sequence(argument)
        if kind is op.GROUPREF:
            return self.groups.get(argument, "")
        if kind is op.AT:
            return ""
        raise ValueError(f"a regex with {str(kind).lower()} can only be tested")

    def repeat(self, least: int, most: int, body: Any) -> str:
        width = max(1, body.getwidth()[0])
        top = min(most, least + _FREE_REPEAT) if most is op.MAXREPEAT or most > least + 40 else most
        if self.spare is not None:
            top = min(top, least + self.spare // width)
        first = min(max(most, least), least - -self.short // width)
        top = max(top, first)
        count = first + (self.choose(top - first + 1) if top > first else 0)
        self.short = max(0, self.short - (count - least) * width)
        if self.spare is not None:
            self.spare -= (count - least) * width
        return "".join(self.sequence(body) for _ in range(count))

    def one_of(self, alphabet: str) -> str:
        if not alphabet:
            raise ValueError("a character class without printable characters")
        return alphabet[self.choose(len(alphabet))] if len(alphabet) > 1 else alphabet


@lru_cache(maxsize=1024)
def _class(kind: Any, argument: Any) -> str:
    """The characters to draw from: letters and digits of the class if it has any, else its printable ones."""
    if kind is op.ANY:
        return _DRAWN[:26]
    if kind is op.NOT_LITERAL:
        return _DRAWN[:36].replace(chr(argument), "")
    negated = argument[0][0] is op.NEGATE
    members = [item for item in argument if item[0] is not op.NEGATE]
    inside = [char for char in _PRINTABLE if _in_class(members, char) != negated]
    if inside:
        plain = [char for char in inside if char in _DRAWN]
        return "".join(plain[:36] if negated and plain else plain or inside)
    return "".join(_beyond(members)) if not negated else ""


def _in_class(members: Sequence[Any], char: str) -> bool:
    code = ord(char)
    for kind, argument in members:
        if kind is op.LITERAL and argument == code:
            return True
        if kind is op.RANGE and argument[0] <= code <= argument[1]:
            return True
        if kind is op.CATEGORY and _category(argument, char):
            return True
    return False


def _category(category: Any, char: str) -> bool:
    plain = {
        op.CATEGORY_DIGIT: char.isdigit(),
        op.CATEGORY_SPACE: char.isspace(),
        op.CATEGORY_WORD: char.isalnum() or char == "_",
        op.CATEGORY_NOT_DIGIT: not char.isdigit(),
        op.CATEGORY_NOT_SPACE: not char.isspace(),
        op.CATEGORY_NOT_WORD: not (char.isalnum() or char == "_"),
    }
    return plain.get(category, False)


def _beyond(members: Sequence[Any]) -> list[str]:
    """Characters outside ASCII, for classes such as `[а-я]`."""
    found: list[str] = []
    for kind, argument in members:
        codes = range(argument[0], argument[1] + 1) if kind is op.RANGE else [argument] if kind is op.LITERAL else []
        found += [chr(code) for code in codes[:64]]
    return found
