"""Conditions on one column as CHECKs in PostgreSQL's spelling."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from llmgen.schema.forms import decode, encode_text
from llmgen.schema.model import ColumnType
from llmgen.schema.sql.expressions import identifier
from llmgen.schema.types import decimal, integer

_TYPED = {"date": "DATE", "time": "TIME", "timestamp": "TIMESTAMP", "timestamptz": "TIMESTAMPTZ"}
_NUMBERS = ("integer", "decimal", "float")
_LONGEST_PATTERN = 1_000
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|(.))|(\[)|(\])", re.DOTALL)


def literal(type: ColumnType, value: Any, *, text: bool = False) -> str:
    """A value as a SQL literal of the type; with `text` all may be spelled as strings. BadCell if it is none."""
    written = encode_text(type, decode(type, value, text=text))
    if type.kind in _NUMBERS:
        return f"{written}"
    if type.kind == "boolean":
        return f"{written}".upper()
    quoted = "'" + f"{written}".replace("'", "''") + "'"
    return f"{_TYPED[type.kind]} {quoted}" if type.kind in _TYPED else quoted


def bound(column: str, type: ColumnType, operator: str, value: Any, *, text: bool = False) -> str:
    """The column compared with a value. BadCell if the type has no such value."""
    any_size = {"integer": integer(64), "decimal": decimal()}.get(type.kind, type)
    return f"{quoted(column)} {operator} {literal(any_size, value, text=text)}"


def length(column: str, operator: str, count: int) -> str:
    """How many characters a text has."""
    return f"char_length({quoted(column)}) {operator} {count}"


def item_count(column: str, operator: str, count: int) -> str:
    """How many elements an array has."""
    return f"cardinality({quoted(column)}) {operator} {count}"


def one_of(column: str, type: ColumnType, values: Iterable[Any], *, never: bool = False) -> str:
    """The column is one of the values (or none of them). BadCell if one of them is no value of the type."""
    listed = ", ".join(dict.fromkeys(literal(type, value) for value in values))
    return f"{quoted(column)} {'NOT ' if never else ''}IN ({listed})"


def multiple(column: str, step: Decimal) -> str:
    """The column is a whole multiple."""
    return f"{quoted(column)} % {step.normalize():f} = 0"


def matching(column: str, pattern: str) -> str | None:
    """A part of the text matches a regular expression of JavaScript; None where PostgreSQL has no such expression."""
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return None
    translated = _translated(pattern)
    return None if translated is None else f"{quoted(column)} ~ '{translated.replace(chr(39), chr(39) * 2)}'"


def _translated(pattern: str) -> str | None:
    if len(pattern) > _LONGEST_PATTERN or re.search(r"\(\?(P|<[^=!])|\\[pPkAZG]", pattern):
        return None
    inside = False

    def rewritten(found: re.Match[str]) -> str:
        nonlocal inside
        code, letter, opened, closed = found.groups()
        if opened or closed:
            inside = bool(opened)
        if code:
            return f"\\u00{code}"
        return {"b": r"\y", "B": r"\Y"}.get(letter or "", found[0]) if not inside else found[0]

    return _ESCAPE.sub(rewritten, pattern)


def quoted(name: str) -> str:
    """A name as SQL has it."""
    return str(identifier(name).sql("postgres"))
