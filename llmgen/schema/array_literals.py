"""PostgreSQL's array literals, `{1,"a b",NULL}`: the syntax alone, elements stay strings."""

import re
from collections.abc import Iterable
from typing import Any

_TOKEN = re.compile(r'\s*(?:([{},])|"((?:[^"\\]|\\.)*)"|([^{},"\s\\][^{},"\\]*))\s*', re.DOTALL)


def read_array(text: str) -> list[Any]:
    """The literal as (nested) lists of strings and None; ValueError with what would be right."""
    root: list[Any] = []
    stack, place = [root], 0
    expects_item = True
    while place < len(text):
        token = _TOKEN.match(text, place)
        if token is None:
            raise _wrong()
        place = token.end()
        mark, quoted, bare = token.groups()
        closes_empty = mark == "}" and expects_item and not stack[-1]
        if (mark in ("}", ",")) == expects_item and not closes_empty:
            raise _wrong()
        expects_item = mark in ("{", ",")
        if mark == "{":
            stack.append([])
            stack[-2].append(stack[-1])
        elif mark == "}":
            stack.pop()
        elif quoted is not None:
            stack[-1].append(re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL))
        elif bare is not None:
            stack[-1].append(None if bare.strip().upper() == "NULL" else bare.strip())
        if len(stack) == 1 and place < len(text):
            raise _wrong()
    if len(stack) != 1 or not root or not isinstance(root[0], list):
        raise _wrong()
    return root[0]


def array_text(items: Iterable[str | None], nested: bool) -> str:
    """The literal of items that are text already; `nested` items are literals themselves."""
    return "{" + ",".join("NULL" if item is None else item if nested else _quoted(item) for item in items) + "}"


def _quoted(item: str) -> str:
    return '"' + item.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _wrong() -> ValueError:
    return ValueError('an array such as {1,2} or {"a","b"}')
