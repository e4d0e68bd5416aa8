"""One spelling for SQL expressions that mean the same, so that what was written and what a server says of it compare.

Servers rewrite what they are given: PostgreSQL makes `status IN ('a', 'b')` into
`((status)::text = ANY (ARRAY['a'::text, 'b'::text]))`, MariaDB quotes every name. The spelling made here is compared
and hashed, never run: casts that leave a value what it is are gone, lists and ranges are comparisons, NOT stands
innermost, and what has no order stands in one.
"""

import re
from collections.abc import Mapping

import sqlglot
from sqlglot.errors import ErrorLevel, SqlglotError

from llmgen.schema.meaning import comparisons, functions, leaves
from llmgen.schema.meaning.mysql import mysql_tree
from llmgen.schema.meaning.reader import Reader
from llmgen.schema.meaning.terms import TRUE, Term

_RULES = {**leaves.RULES, **comparisons.RULES, **functions.RULES}
_LITERAL_CAST = re.compile(r"('(?:[^']|'')*')::[\w.]+(?:\[\])?")


def meaning(sql: str, dialect: str, kinds: Mapping[str, str]) -> str:
    """The expression in the spelling that all expressions of its meaning share, as far as they are known to.

    `kinds` are the kinds of the table's columns; `citext` is one for texts that fold by their type. What cannot be
    parsed is given back in one line, without what surely adds nothing.
    """
    term = _term(sql, dialect, kinds)
    return _plain(sql) if term is None else term.text


def conjuncts(sql: str, dialect: str, kinds: Mapping[str, str]) -> tuple[str, ...]:
    """The conditions that must all hold for a CHECK to hold, each as `meaning` has it; none for one that always does.

    A CHECK fails where a part of it that AND joins is false, so that it says the same as a CHECK of each part.
    """
    term = _term(sql, dialect, kinds)
    if term is None:
        return (_plain(sql),)
    parts = term.parts if term.head == "ALL_OF" else (term,)
    return tuple(part.text for part in parts if part != TRUE)


def _term(sql: str, dialect: str, kinds: Mapping[str, str]) -> Term | None:
    try:
        if dialect == "mysql":
            tree = mysql_tree(sql, kinds)
        else:
            tree = sqlglot.parse_one(sql, read=dialect, error_level=ErrorLevel.IMMEDIATE)
        return Reader(dialect, kinds, {**_RULES, **functions.OF_DIALECT.get(dialect, {})}).read(tree)
    except (SqlglotError, RecursionError, ValueError):
        return None


def _plain(sql: str) -> str:
    text = _LITERAL_CAST.sub(r"\1", " ".join(sql.split()))
    while text.startswith("(") and _closes_last(text):
        text = text[1:-1].strip()
    return text


def _closes_last(text: str) -> bool:
    """Whether the first parenthesis closes at the end of the text."""
    depth = 0
    for place, sign in enumerate(re.sub(r"'(?:[^']|'')*'", lambda found: "x" * len(found[0]), text)):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return place == len(text) - 1
    return False
