"""A reply's text taken apart: JSON objects, and rejects that account for every other non-blank line."""

import json
import re
from dataclasses import dataclass
from typing import Any, Literal

MAX_LINE = 1_000_000
"""Characters of one JSON object; a longer one is a reject, so that memory stays bounded."""

MAX_PIECES = 5_000
"""Objects and rejects of one reply; what comes after them is one reject, for the same reason."""

MAX_DIGITS = 40
DEEPEST = 200
"""Levels of nesting that an object may have: well below what would exhaust a stack later on."""

BLANK = re.compile(r"[ \t\r\n,\[\]}]*")
"""White space and what stands between the objects of an array."""

WRAPPER = re.compile(r'\{\s*"(?:cases|rows|lines)"\s*:\s*\[')
TAIL = re.compile(r"[\\\w.+-]*\s*\Z")
"""What may be left of a text where its end cuts a word, a number or an escape."""

SURROGATE = re.compile("[\ud800-\udfff]")
FENCE = re.compile(r"```|~~~")

RejectKind = Literal["fence", "prose", "cut", "json"]


@dataclass(frozen=True)
class Reject:
    """A stretch of a reply that is no usable object: the line it starts at (from 1), its text cut short, the reason."""

    line: int
    kind: RejectKind
    text: str
    why: str


@dataclass(frozen=True)
class Item:
    """One JSON object of a reply, and the line that it starts at (from 1)."""

    line: int
    value: dict[str, Any]


class Unusable(ValueError):
    """JSON that parses and that no row can hold: an endless number, a name twice, nesting without end."""


def read_reply(text: str) -> tuple[list[Item], list[Reject]]:
    """Every JSON object of the reply, in order, and a reject for everything else that is not blank or mere punctuation.

    Read rightly: fences, prose around, CRLF, a byte order mark, objects over several lines, newlines and braces inside
    strings, an array or one `{"cases": [...]}` around the objects. An object that the end of the text cuts is a reject
    of kind `cut`.
    """
    text = text.lstrip("\ufeff").replace("\r\n", "\n")
    items: list[Item] = []
    rejects: list[Reject] = []
    position, line, counted = 0, 1, 0
    while (position := _skip_blank(text, position)) < len(text):
        line, counted = line + text.count("\n", counted, position), position
        if len(items) + len(rejects) >= MAX_PIECES:
            rejects.append(_reject(text, position, len(text), line, "prose", f"more than {MAX_PIECES:,} pieces"))
            break
        if wrapper := WRAPPER.match(text, position):
            position = wrapper.end()
            continue
        if text[position] == "{":
            found, position = _read_object(text, position, line)
        else:
            found, position = _read_other(text, position, line)
        if isinstance(found, Item):
            items.append(found)
        else:
            rejects.append(found)
    return items, rejects


def _skip_blank(text: str, position: int) -> int:
    found = BLANK.match(text, position)
    return found.end() if found else position


def _read_object(text: str, start: int, line: int) -> tuple[Item | Reject, int]:
    """The object at `start` and the position after it; if it cannot be read, its first line as a reject.

    One that the text's end cuts is a reject as a whole, up to a line that begins another object.
    """
    end = _end_of_line(text, start)
    window = text[start : start + MAX_LINE]
    too_long = f"more than {MAX_LINE:,} characters"
    try:
        value, size = _DECODER.raw_decode(window)
        if _too_deep(value):
            raise Unusable("nested too deeply")
    except RecursionError:
        return _reject(text, start, end, line, "json", "nested too deeply"), end
    except json.JSONDecodeError as error:
        cut = error.msg.startswith("Unterminated string") or TAIL.match(window, error.pos) is not None
        if cut and start + MAX_LINE < len(text):
            return _reject(text, start, end, line, "json", too_long), end
        if cut:
            following = text.find("\n{", start)
            end = following if following > 0 else len(text)
        return _reject(
            text, start, end, line, "cut" if cut else "json", f"{error.msg} at character {error.pos + 1}"
        ), end
    except Unusable as error:
        return _reject(text, start, end, line, "json", str(error)), end
    return Item(line, value), start + size


def _too_deep(value: dict[str, Any]) -> bool:
    level: list[Any] = [value]
    for _ in range(DEEPEST):
        inner = [one for outer in level for one in (outer.values() if isinstance(outer, dict) else outer)]
        level = [one for one in inner if isinstance(one, (dict, list))]
        if not level:
            return False
    return True


def _read_other(text: str, start: int, line: int) -> tuple[Reject, int]:
    """A stretch that is no object: the line, or what stands before an object on it ("Here it is: {...}")."""
    end = _end_of_line(text, start)
    brace = text.find('{"', start, end)
    stop = brace if brace > 0 else end
    fence = FENCE.match(text, start)
    return _reject(text, start, stop, line, "fence" if fence else "prose", "not JSON"), stop


def _end_of_line(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def _reject(text: str, start: int, end: int, line: int, kind: RejectKind, why: str) -> Reject:
    return Reject(line, kind, text[start : min(end, start + 200)].strip(), why)


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise Unusable(f"a number of {len(text):,} digits")
    return int(text)


def _number(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise Unusable(f"{text[:20]} is too large a number")
    return value


def _constant(text: str) -> Any:
    raise Unusable(f"{text} is not a JSON value; write null or a number")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Unusable(f"the name {twice[:40]!r} stands twice in one object")
    if bad := next((name for name in value if SURROGATE.search(name)), ""):
        raise Unusable(f"a name holds a lone surrogate: {bad[:40]!r}")
    return value


_DECODER = json.JSONDecoder(
    strict=False, parse_int=_integer, parse_float=_number, parse_constant=_constant, object_pairs_hook=_pairs
)
