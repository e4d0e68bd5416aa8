"""A place in the tokens of a statement: look ahead, take words, names, groups and expressions."""

import re
from collections.abc import Collection, Iterator

from llmgen.schema.model import Ignored
from llmgen.schema.sql.tokens import Source, Token

SHOWN = 100
"""How much of a clause an Ignored shows."""
_END = Token("end", "", 0, 0)
_EXECUTED = re.compile(r"/\*M?!\d*|\*/")
"""The edges of MySQL's comments that are run, which are no part of what a clause says."""
_OPEN, _CLOSE = {"(", "[", "case"}, {")", "]", "end"}

Name = tuple[str | None, str]
"""A name as written: (schema or None, bare name)."""


class Unreadable(Exception):
    """A clause that is not understood; whoever reads the clause turns it into an Ignored."""

    def __init__(self, why: str, constrains: bool = True) -> None:
        super().__init__(why)
        self.why = why
        self.constrains = constrains


class Cursor:
    """Tokens `position` to `stop` of a statement. Taking moves forward; what does not fit raises Unreadable."""

    def __init__(self, source: Source, tokens: tuple[Token, ...], position: int = 0, stop: int | None = None) -> None:
        self.source = source
        self.tokens = tokens
        self.first = self.position = position
        self.stop = len(tokens) if stop is None else stop

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self.position >= self.stop

    @property
    def next(self) -> Token:
        """The next token, not taken; one of kind "end" if nothing is left."""
        return self.tokens[self.position] if self.position < self.stop else _END

    def _is(self, position: int, word: str) -> bool:
        if position >= self.stop:
            return False
        token = self.tokens[position]
        return token.text == word and token.kind in ("word", "op")

    def at(self, *words: str) -> bool:
        """Whether these words or signs come next, in this order."""
        return all(self._is(self.position + ahead, word) for ahead, word in enumerate(words))

    def at_any(self, words: Collection[str]) -> bool:
        """Whether one of these words comes next."""
        return self.next.kind == "word" and self.next.text in words

    def take(self, *words: str) -> bool:
        """Takes these words if they come next."""
        if not self.at(*words):
            return False
        self.position += len(words)
        return True

    def expect(self, *words: str) -> None:
        """Takes these words, which must come next."""
        if not self.take(*words):
            found = repr(self.next.text) if not self.done else "the end"
            raise Unreadable(f"expected {' '.join(words).upper()} but found {found}")

    def word(self) -> str:
        """Takes one unquoted word, in lower case; "" if something else comes next."""
        if self.next.kind != "word":
            return ""
        self.position += 1
        return self.tokens[self.position - 1].text

    def name(self) -> str:
        """Takes one identifier, as the database calls it: unquoted ones folded, long ones cut."""
        if self.next.kind not in self.source.spelling.names or not self.next.text:
            raise Unreadable(f"expected a name but found {self.next.text!r}" if not self.done else "a name is missing")
        token, spelling = self.next, self.source.spelling
        self.position += 1
        name = spelling.fold(self.source.text[token.start : token.end]) if token.kind == "word" else token.text
        most = spelling.name_bytes
        return name if not most or len(name) <= most // 4 else name.encode()[:most].decode(errors="ignore")

    def qualified(self) -> Name:
        """Takes a name with or without its schema (a database in front is dropped)."""
        parts = [self.name()]
        while self.take("."):
            parts.append(self.name())
        return (parts[-2] if len(parts) > 1 else None, parts[-1])

    def string(self) -> str:
        """Takes one string literal, without its quotes."""
        if self.next.kind != "string":
            raise Unreadable(f"expected a string but found {self.next.text!r}")
        self.position += 1
        return self.tokens[self.position - 1].text

    def group(self) -> "Cursor":
        """Takes a parenthesised group and gives a cursor over its inside."""
        self.expect("(")
        inside = self.take_until(")")
        if not self.take(")"):
            raise Unreadable("a parenthesis is not closed")
        return inside

    def take_until(self, *stops: str, least: int = 0) -> "Cursor":
        """Takes all before the first of `stops` outside parentheses and CASE ... END, `least` tokens at least."""
        start, depth, cases = self.position, 0, 0
        for position in range(start, self.stop):
            token = self.tokens[position]
            self.position = position
            cases += token.kind == "word" and token.text == "case"
            if token.kind in ("word", "op") and not (token.text == "end" and not cases):  # else a column's name
                cases -= token.text == "end"
                if depth == 0 and position - start >= least and token.text in stops:
                    return Cursor(self.source, self.tokens, start, position)
                depth += (token.text in _OPEN) - (token.text in _CLOSE)
                if depth < 0:
                    return Cursor(self.source, self.tokens, start, position)
        self.position = self.stop
        return Cursor(self.source, self.tokens, start, self.stop)

    def rest(self) -> "Cursor":
        """Takes all that is left."""
        return self.take_until()

    def items(self) -> Iterator["Cursor"]:
        """Takes all that is left, split at the commas outside parentheses; nothing left gives no item."""
        while not self.done:
            yield self.take_until(",")
            if not self.take(",") and not self.done:
                raise Unreadable(f"unexpected {self.next.text!r}")

    def names(self) -> tuple[str, ...]:
        """Takes a parenthesised list of plain names."""
        found = []
        for item in self.group().items():
            found.append(item.name())
            if not item.done:
                raise Unreadable(f"expected a column name but found {item.text!r}")
        if not found:
            raise Unreadable("a column list is empty")
        return tuple(found)

    @property
    def text(self) -> str:
        """The SQL from the cursor's first token to its last, as written."""
        if self.first >= self.stop:
            return ""
        return self.source.text[self.tokens[self.first].start : self.tokens[self.stop - 1].end]

    def ignored(self, why: str, constrains: bool = True) -> Ignored:
        """All that the cursor covers, as a clause that is not understood."""
        start = self.tokens[min(self.first, len(self.tokens) - 1)].start
        text = self.text[: SHOWN * 10]
        shown = " ".join((_EXECUTED.sub(" ", text) if self.source.spelling.dialect == "mysql" else text).split())
        shown = shown if len(shown) <= SHOWN else shown[: SHOWN - 3] + "..."
        return Ignored(self.source.line(start), shown, why, constrains, self.source.file)
