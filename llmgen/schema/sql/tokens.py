"""SQL text into statements of tokens that know their place; strings, dollar quotes, comments and data stay whole."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from llmgen.schema.sql.spelling import POSTGRES, Spelling

MOST_TOKENS = 200_000
"""Tokens kept of one statement: no DDL is longer, and a huge INSERT need not be held in memory."""

_COMMENT_EDGE = re.compile(r"/\*|\*/")
_DATA_END = re.compile(r"^\\\.[^\n]*$", re.MULTILINE)
_DOT_LINE = re.compile(r"\.[a-z]")
_ESCAPE = re.compile(r"\\(.)|(['\"])\2", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "Z": "\x1a", "%": "\\%", "_": "\\_"}
_BLOCKS = ("begin", "case")
_NO_BLOCK_ENDS = ("if", "loop", "while", "repeat")
_ROUTINES = frozenset({"function", "procedure", "trigger", "event"})
_CREATED = _ROUTINES | {"rule", "table", "index", "view", "type", "domain", "policy"}
"""Words that may say what is created; the first does, and others are names."""
_DATA = frozenset({"insert", "replace"})
_LINES = frozenset({"use", "source"})
"""What MySQL's client takes for a line of its own, if no delimiter ends it."""


class Token(NamedTuple):
    """One token. `text` is what it means: words in lower case, quoted names and strings without their quotes.

    Kind "meta" is a line for the client and not the server: `\\connect` of psql, `.read` of sqlite3.
    """

    kind: str
    text: str
    start: int
    end: int


class Source:
    """A text of SQL that knows its lines and how its dialect is spelled."""

    def __init__(self, text: str, spelling: Spelling = POSTGRES, file: str = "") -> None:
        self.text = text
        self.spelling = spelling
        self.file = file
        self.double_quoted_names = False
        """Whether "x" is a name from here on, where the dialect takes it for a string: MySQL's sql_mode may say so."""
        self.cut: int | None = None
        """Where something begins that the end of the text leaves open, once all statements have been read."""
        self._line_ends = [found.start() for found in re.finditer("\n", text)]

    def line(self, offset: int) -> int:
        """The 1-based line of an offset."""
        return bisect_right(self._line_ends, offset - 1) + 1


def statements(source: Source, position: int = 0, stop: int | None = None) -> Iterator[tuple[Token, ...]]:
    """The statements in order, without semicolons and the data after COPY ... FROM stdin.

    `position` and `stop` bound the part of the text that is read, for statements inside a body.
    """
    text, tokens, delimiter = source.text, list[Token](), ";"
    spelling, body = source.spelling, _Body()
    stop = len(text) if stop is None else stop
    while position < stop:
        found = spelling.token.match(text, position, stop)
        if found is None:  # cannot be: the last alternative takes any character
            break
        start = position
        token, position = _token(text, found, spelling)
        if position == len(text) and _is_open(text, found, spelling):
            source.cut = start
        if token is None:
            continue
        if source.double_quoted_names and text[start] == '"' and token.kind == "string":
            token = token._replace(kind="quoted")
        token = _up_to(delimiter, token, text)
        position = token.end
        ended = text.startswith(delimiter, start) and token.kind in ("op", "word")
        if ended and delimiter == ";" and body.goes_on(tokens):
            ended = False
        if ended:
            position = start + len(delimiter)
            if _takes_data(tokens):
                block = _DATA_END.search(text, position)
                source.cut = source.cut if block else start
                position = block.end() if block else len(text)
        elif _for_client(text, token, not tokens, spelling, delimiter):
            position, ended = _line_end(text, position), True
            yield (Token("meta", text[start:position].strip(), start, position),)
        elif token.text == "delimiter" and token.kind == "word" and spelling.dialect == "mysql" and not tokens:
            position = _line_end(text, position)
            delimiter = text[token.end : position].strip() or ";"
        elif len(tokens) <= MOST_TOKENS:
            if not tokens and token.text in _DATA and spelling.data:
                skipped = spelling.data.match(text, position, stop)
                position = skipped.end() if skipped else position
            tokens.append(token)
        if ended and tokens:
            yield tuple(tokens)
            tokens, body = [], _Body()
    if tokens and source.cut is None and _depth(tokens) > 0 and len(tokens) <= MOST_TOKENS:
        source.cut = tokens[0].start
    if tokens:
        yield tuple(tokens)


def _up_to(delimiter: str, token: Token, text: str) -> Token:
    """The token as far as a delimiter of MySQL's client that stands inside it: END$$ would be one word."""
    cut = text.find(delimiter, token.start + 1, token.end) if token.kind == "word" and delimiter != ";" else -1
    return token if cut < 0 else Token("word", text[token.start : cut].lower(), token.start, cut)


def _for_client(text: str, token: Token, first: bool, spelling: Spelling, delimiter: str) -> bool:
    """Whether a line begins that is for the client; a backslash before a space is not."""
    if token.kind == "op" and token.text == "\\":
        return not text[token.end : token.end + 1].isspace()
    if not first or token.kind != "word":
        return first and token.kind == "op" and _DOT_LINE.match(text, token.start) is not None
    if spelling.dialect != "mysql" or token.text not in _LINES:
        return False
    return delimiter not in text[token.end : _line_end(text, token.end)]


def _is_open(text: str, found: re.Match[str], spelling: Spelling) -> bool:
    """Whether the last token of a text lacks its end."""
    if found.lastgroup == "comment":
        depth = text.count("/*", found.start()) if spelling.nested_comments else 1
        return text.count("*/", found.start()) < depth or not text.endswith("*/")
    if found.lastgroup == "dollar":
        return text.count(found.group(), found.start()) < 2
    return found.lastgroup in ("string", "quoted") and "" in found.groups()


def _token(text: str, found: re.Match[str], spelling: Spelling) -> tuple[Token | None, int]:
    """The token that was found (None for space and comments) and where the next begins."""
    kind, start, end = found.lastgroup or "op", found.start(), found.end()
    if kind == "space":
        return None, end
    if kind == "comment":
        return None, _comment_end(text, end, spelling.nested_comments)
    if kind == "dollar":
        close = text.find(found.group(), end)
        stop = len(text) if close < 0 else close
        after = min(len(text), stop + end - start)
        return Token("string", text[end:stop], start, after), after
    return Token(kind, _meaning(kind, found.group(), spelling.escapes), start, end), end


def _meaning(kind: str, written: str, escapes: bool) -> str:
    if kind == "word":
        return written.lower()
    if kind not in ("quoted", "string"):
        return written
    begin = next(place for place, character in enumerate(written) if character in "'\"`[")
    quote, content = written[begin], written[begin + 1 : -1]
    return unescaped(content, quote) if kind == "string" and escapes else content.replace(quote * 2, quote)


def unescaped(text: str, quote: str = "") -> str:
    """The text that backslashes, and doubled quotes of one kind, stand for in MySQL's strings."""

    def plain(found: re.Match[str]) -> str:
        if found[2]:
            return quote if found[2] == quote else found[0]
        return _ESCAPED.get(found[1], found[1])

    return _ESCAPE.sub(plain, text)


def _comment_end(text: str, position: int, nested: bool) -> int:
    """Where a comment ends that was opened before `position`."""
    if not nested:
        end = text.find("*/", position)
        return len(text) if end < 0 else end + 2
    depth = 1
    while depth and (edge := _COMMENT_EDGE.search(text, position)):
        depth += 1 if edge.group() == "/*" else -1
        position = edge.end()
    return len(text) if depth else position


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end


class _Body:
    """How much of a statement is open; each token is looked at once, however many semicolons there are."""

    def __init__(self) -> None:
        self._seen = self._blocks = self._parentheses = 0
        self._before = ""

    def goes_on(self, tokens: list[Token]) -> bool:
        """Whether a semicolon is inside its statement: in the body of a routine, or in the actions of a rule."""
        if not tokens or tokens[0].text != "create" or len(tokens) > MOST_TOKENS:
            return False
        kind = next((token.text for token in tokens[1:12] if token.kind == "word" and token.text in _CREATED), "")
        if kind != "rule" and kind not in _ROUTINES:
            return False
        for token in tokens[self._seen :]:
            self._count(token)
        self._seen = len(tokens)
        return (self._parentheses if kind == "rule" else self._blocks) > 0

    def _count(self, token: Token) -> None:
        word, ends = token.text, self._before == "end"
        if token.kind == "word":
            self._blocks += (word in _BLOCKS and not ends) + (word in _NO_BLOCK_ENDS and ends) - (word == "end")
            self._before = word
        elif token.kind == "op":
            self._parentheses += (word == "(") - (word == ")")


def _depth(tokens: list[Token]) -> int:
    """How many parentheses are open."""
    return sum((token.text == "(") - (token.text == ")") for token in tokens if token.kind == "op")


def _takes_data(tokens: list[Token]) -> bool:
    words = {token.text for token in tokens[:MOST_TOKENS]} if tokens and tokens[0].text == "copy" else set()
    return "from" in words and "stdin" in words
