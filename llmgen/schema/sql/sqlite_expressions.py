"""SQLite's expressions: names as the table declares them, and "text" a string where no column is called so."""

from collections.abc import Iterator, Sequence

from sqlglot import exp

from llmgen.schema.sql.cursor import Cursor, Unreadable
from llmgen.schema.sql.draft import DraftTable
from llmgen.schema.sql.expressions import identifier, plain_sql, read_expression
from llmgen.schema.sql.tokens import Token

_OPERATORS = frozenset({
    "and", "or", "not", "is", "in", "between", "null", "case", "when", "then", "else", "exists", "isnull", "notnull",
    "collate", "escape", "from", "distinct", "select", "as",
})  # fmt: skip
"""Words that SQLite takes for no name."""
_INFIX = frozenset({"like", "glob", "regexp", "match"})
"""Words that are operators after an operand, and may be names elsewhere."""
DEEPEST = 20
"""Parentheses around a default or a member of an index: deeper than anybody writes."""
_UNQUOTED_DEFAULTS = frozenset({"null", "true", "false", "current_date", "current_time", "current_timestamp"})


def read(cursor: Cursor, table: DraftTable) -> exp.Expr:
    """The tree of all that the cursor covers, an expression about the table. Raises Unreadable."""
    text = _respelled(cursor, table)
    if not text:
        raise Unreadable("an expression is missing")
    tree = read_expression(f"({text})", table.name[1], "sqlite")
    if tree.find(exp.Alias):
        raise Unreadable("the expression could not be parsed")
    return tree if text[:7].lower() == "replace" else tree.unnest()  # REPLACE would begin a statement


def default_of(cursor: Cursor) -> str | None:
    """The default that the cursor covers, without its parentheses; None if it is NULL. Raises Unreadable.

    A name stands for a string: DEFAULT active is DEFAULT 'active'.
    """
    for _ in range(DEEPEST):
        if (within := inside(cursor)) is None:
            break
        cursor = within
    if cursor.stop == cursor.first:
        raise Unreadable("the default is missing")
    first = cursor.tokens[cursor.first]
    if cursor.stop - cursor.first == 1 and first.kind in ("word", "quoted"):
        if first.kind == "quoted" or first.text not in _UNQUOTED_DEFAULTS:
            return _literal(cursor.text if first.kind == "word" else first.text)
        return None if first.text == "null" else first.text.upper()
    return plain_sql(cursor.text, "sqlite")


def inside(cursor: Cursor) -> Cursor | None:
    """What stands between parentheses, if they hold all that the cursor covers."""
    whole = Cursor(cursor.source, cursor.tokens, cursor.first, cursor.stop)
    if not whole.at("("):
        return None
    within = whole.group()
    return within if whole.done else None


def take_default(cursor: Cursor) -> Cursor:
    """Takes what follows DEFAULT: parentheses, or one literal or name with or without a sign."""
    start = cursor.position
    if cursor.at("("):
        cursor.group()
    else:
        if cursor.at("+") or cursor.at("-"):
            cursor.position += 1
        if cursor.at("."):
            cursor.position += 1
        cursor.position = min(cursor.position + 1, cursor.stop)
    return Cursor(cursor.source, cursor.tokens, start, cursor.position)


def _respelled(cursor: Cursor, table: DraftTable) -> str:
    tokens = cursor.tokens[cursor.first : cursor.stop]
    text, parts, end = cursor.source.text, list[str](), None
    for token, written in _spellings(tokens, table, text):
        gap = " " if end is not None and token.start > end else ""
        parts.append(gap + (text[token.start : token.end] if written is None else written))
        end = token.end
    return "".join(parts)


def _spellings(tokens: Sequence[Token], table: DraftTable, text: str) -> Iterator[tuple[Token, str | None]]:
    """The tokens without the table's own name in front of columns, each with another spelling if it needs one."""
    words = {token.text for token in tokens if token.kind == "word"}
    ends = frozenset({"end"}) if "case" in words else frozenset[str]()
    in_type, own = False, False
    for place, token in enumerate(tokens):
        before = tokens[place - 1].text if place else ""
        after = tokens[place + 1].text if place + 1 < len(tokens) else ""
        operators = ends | _INFIX if place and _ends_operand(tokens[place - 1]) else ends
        if own:  # the dot after the table's name
            own = False
            continue
        if in_type or (token.kind == "word" and token.text == "as"):  # CAST(x AS type)
            in_type = token.text != ")"
        column = _declared(token, text[token.start : token.end], table)
        if after == "." and token.kind in ("word", "quoted") and token.text.lower() == table.name[1].lower():
            own = True
        elif in_type or after in ("(", ".") or before == "collate" or (column is None and token.kind != "quoted"):
            yield token, None
        elif column is not None:
            free = token.kind == "quoted" or token.text not in operators
            yield token, identifier(column, "sqlite").sql("sqlite") if free else None
        else:
            yield token, _literal(token.text) if text[token.start] == '"' and before != "." else None


def _ends_operand(token: Token) -> bool:
    if token.kind == "word":
        return token.text == "not" or token.text not in _OPERATORS
    return token.kind != "op" or token.text == ")"


def _declared(token: Token, written: str, table: DraftTable) -> str | None:
    """The column that a token names, as it is declared."""
    if token.kind not in ("word", "quoted"):
        return None
    name = written if token.kind == "word" else token.text
    if name in table.columns or (token.kind == "word" and token.text in _OPERATORS):
        return name if name in table.columns else None
    return table.spelled.get(name.lower())


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
