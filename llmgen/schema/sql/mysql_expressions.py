"""MySQL's expressions as they stand between tokens: without the marks that say nothing about their meaning."""

import re
from functools import lru_cache

from sqlglot import exp

from llmgen.schema.sql.cursor import Cursor, Unreadable
from llmgen.schema.sql.expressions import read_expression, sql_of

_CHARACTER_SET = re.compile(r"(?:_(?!binary\b)\w+\s*|[nN])(?=')")


def expression(cursor: Cursor, table: str = "") -> exp.Expr:
    """The tree of all that the cursor covers, an expression about the table. Unreadable if it is none."""
    return _tree(_text(cursor), table)


def plain_text(cursor: Cursor) -> str:
    """All that the cursor covers in one spelling, or as it was written where it could not be parsed."""
    return _plain(_text(cursor))


def _tree(text: str, table: str = "") -> exp.Expr:
    if not text:
        raise Unreadable("an expression is missing")
    # REPLACE(a, b, c) at the very beginning would be a statement.
    tree = read_expression(f"({text}\n)", table, "mysql").unnest()
    if isinstance(tree, exp.Tuple | exp.Alias | exp.Query):
        raise Unreadable("the expression could not be parsed")
    return tree


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    """Kept, as defaults repeat from column to column."""
    try:
        return sql_of(_tree(text), "mysql")
    except Unreadable:
        return " ".join(text.split())


def _text(cursor: Cursor) -> str:
    """The text without comments, executable ones too, and without the character sets of strings."""
    text, parts, end = cursor.source.text, list[str](), 0
    for token in cursor.tokens[cursor.first : cursor.stop]:
        between = text[end : token.start] if end else ""
        written = text[token.start : token.end]
        if token.kind == "string" and written[0] not in "'\"":
            written = _CHARACTER_SET.sub("", written, count=1)
        elif token.kind == "quoted" and written[0] == '"':
            written = "`" + token.text.replace("`", "``") + "`"
        parts += [" " if between.strip() else between, written]
        end = token.end
    return "".join(parts)
