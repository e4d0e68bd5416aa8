"""SQL text into statements of tokens that know their place; strings, dollar quotes, comments and data stay whole."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

MOST_TOKENS = 200_000
"""Tokens kept of one statement: no DDL is longer, and a huge INSERT need not be held in memory."""

# Whatever is left open (a quote, a comment) ends with the text, so that every text can be read in one pass.
_TOKEN = re.compile(
    r"""
    (?P<space>\s+|--[^\n]*)
  | (?P<comment>/\*)
  | (?P<string>[eE]'(?:[^'\\]|\\.|'')*(?:'|\Z)|(?:[bBxXnN]|[uU]&)?'[^']*(?:''[^']*)*(?:'|\Z))
  | (?P<quoted>(?:[uU]&)?"[^"]*(?:""[^"]*)*(?:"|\Z))
  | (?P<dollar>\$(?:[^\W\d]\w*)?\$)
  | (?P<word>[^\W\d][\w$]*)
  | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)
  | (?P<op>::|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_DATA_END = re.compile(r"^\\\.[^\n]*$", re.MULTILINE)


class Token(NamedTuple):
    """One token. `text` is what it means: words in lower case, quoted names and strings without their quotes."""

    kind: str
    text: str
    start: int
    end: int


class Source:
    """A text of SQL that knows its lines."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._line_ends = [found.start() for found in re.finditer("\n", text)]

    def line(self, offset: int) -> int:
        """The 1-based line of an offset."""
        return bisect_right(self._line_ends, offset - 1) + 1


def statements(source: Source, position: int = 0, stop: int | None = None) -> Iterator[tuple[Token, ...]]:
    """The statements in order, without semicolons, psql meta lines and the data after COPY ... FROM stdin.

    `position` and `stop` bound the part of the text that is read, for statements inside a body.
    """
    text, tokens = source.text, list[Token]()
    stop = len(text) if stop is None else stop
    while position < stop:
        found = _TOKEN.match(text, position, stop)
        if found is None:  # cannot be: the last alternative takes any character
            break
        token, position = _token(text, found)
        if token is None:
            continue
        if token.text == "\\" and token.kind == "op":
            position = _line_end(text, position)
        elif token.text != ";" or token.kind != "op":
            if len(tokens) <= MOST_TOKENS:
                tokens.append(token)
            continue
        elif _goes_on(tokens):
            tokens.append(token)
            continue
        elif _takes_data(tokens):
            block = _DATA_END.search(text, position)
            position = block.end() if block else len(text)
        if tokens:
            yield tuple(tokens)
            tokens = []
    if tokens:
        yield tuple(tokens)


def _token(text: str, found: re.Match[str]) -> tuple[Token | None, int]:
    """The token that was found (None for space and comments) and where the next begins."""
    kind, start, end = found.lastgroup or "op", found.start(), found.end()
    if kind == "space":
        return None, end
    if kind == "comment":
        return None, _comment_end(text, end)
    if kind == "dollar":
        close = text.find(found.group(), end)
        stop = len(text) if close < 0 else close
        after = min(len(text), stop + end - start)
        return Token("string", text[end:stop], start, after), after
    return Token(kind, _meaning(kind, found.group()), start, end), end


def _meaning(kind: str, written: str) -> str:
    if kind == "word":
        return written.lower()
    if kind == "quoted":
        return written[written.index('"') + 1 : -1].replace('""', '"')
    if kind == "string":
        return written[written.index("'") + 1 : -1].replace("''", "'")
    return written


def _comment_end(text: str, position: int) -> int:
    """Where a comment ends that was opened before `position`; comments nest."""
    depth = 1
    while depth and (edge := _COMMENT_EDGE.search(text, position)):
        depth += 1 if edge.group() == "/*" else -1
        position = edge.end()
    return len(text) if depth else position


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end


def _goes_on(tokens: list[Token]) -> bool:
    """Whether a semicolon is inside its statement: in BEGIN ATOMIC ... END, or in the actions of a rule."""
    head = [token.text for token in tokens[:4]]
    if head[:1] != ["create"]:
        return False
    if "rule" in head:
        return sum((token.text == "(") - (token.text == ")") for token in tokens if token.kind == "op") > 0
    if "function" not in head and "procedure" not in head:
        return False
    words = [token.text for token in tokens if token.kind == "word"]
    return "atomic" in words and words[-1] != "end"


def _takes_data(tokens: list[Token]) -> bool:
    words = {token.text for token in tokens[:MOST_TOKENS]} if tokens and tokens[0].text == "copy" else set()
    return "from" in words and "stdin" in words
