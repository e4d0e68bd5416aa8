"""Tokens of a Prisma file into its blocks: the grammar of Prisma's schema language."""

from llmgen.errors import InputError
from llmgen.schema.prisma.tokens import Token, tokens
from llmgen.schema.prisma.tree import (
    Argument,
    Attribute,
    Block,
    Call,
    FieldType,
    Items,
    Member,
    Name,
    Number,
    Pairs,
    Place,
    Text,
    Value,
)

_KINDS = ("model", "view", "type", "enum", "datasource", "generator")
_SETTINGS = ("datasource", "generator")
_DEEPEST = 20
"""Values in values; deeper than anybody writes."""


def parse(text: str, file: str) -> list[Block]:
    """The blocks of a file, in order. InputError with the line where the text is no Prisma schema."""
    return _Parser(tokens(text, file), file).blocks()


class _Parser:
    """A place in the tokens of a file. Taking moves forward; what does not fit raises InputError."""

    def __init__(self, read: list[Token], file: str) -> None:
        self._tokens = read
        self._position = 0
        self._file = file

    def blocks(self) -> list[Block]:
        found: list[Block] = []
        while True:
            comment = self._comment(floats=True)
            if self._next.kind == "end":
                return found
            found.append(self._block(comment))

    @property
    def _next(self) -> Token:
        return self._tokens[self._position]

    @property
    def _place(self) -> Place:
        return Place(self._file, self._next.line)

    def _at(self, sign: str) -> bool:
        return self._next.kind == "sign" and self._next.text == sign

    def _take(self, sign: str) -> bool:
        found = self._at(sign)
        self._position += found
        return found

    def _taken(self, kind: str) -> str:
        """The text of the next token, which must be of that kind."""
        token = self._next
        if token.kind != kind:
            raise self._unexpected(f"a {kind}")
        self._position += 1
        return token.text

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            raise self._unexpected(f"'{sign}'")

    def _unexpected(self, wanted: str) -> InputError:
        shown = {"newline": "the end of the line", "end": "the end of the file"}
        found = shown.get(self._next.kind, repr(self._next.text))
        return self._place.fault(f"expected {wanted} but found {found}", "mend the line; `prisma validate` says more")

    def _comment(self, floats: bool = False) -> str:
        """Takes empty lines and comments; the text of the doc comments, which belong to what comes next.

        Of comments with an empty line between them the last counts; where they float, only one without such a line
        after it.
        """
        lines: list[str] = []
        ended, parted = True, False
        while self._next.kind in ("newline", "doc"):
            if self._next.kind == "doc":
                if parted:
                    lines.clear()
                lines.append(self._next.text)
                ended, parted = False, False
            else:
                parted = parted or ended
                ended = True
            self._position += 1
        return "" if floats and parted else "\n".join(lines)

    def _block(self, comment: str) -> Block:
        place, kind = self._place, self._next.text
        if self._next.kind != "name" or kind not in _KINDS:
            raise self._unexpected(f"one of {', '.join(_KINDS)}")
        self._position += 1
        name = self._taken("name")
        if kind == "type" and self._at("="):
            raise place.fault(f"type {name} is an alias, which Prisma has given up", "write its type where it is used")
        self._expect("{")
        if self._next.kind == "doc":
            self._position += 1
        if self._next.kind != "newline":
            raise self._unexpected("a new line after '{'")
        members: list[Member] = []
        attributes: list[Attribute] = []
        while True:
            about = self._comment()
            if self._take("}"):
                return Block(kind, name, place, tuple(members), tuple(attributes), comment)
            self._check_open(kind, name, place)
            if self._take("@@"):
                attributes.append(self._attribute())
                self._end_of_line()
            else:
                members.append(self._member(kind, about))

    def _check_open(self, kind: str, name: str, place: Place) -> None:
        """That the block has not ended without its bracket."""
        at, ahead = self._position, [token.text for token in self._tokens[self._position : self._position + 3]]
        begins = self._tokens[at].kind == "name" and ahead[0] in _KINDS and ahead[2:] == ["{"]
        if self._next.kind == "end" or begins:
            raise place.fault(f"{kind} {name} is not closed", "close it with } on a line of its own")

    def _member(self, kind: str, comment: str) -> Member:
        place, name = self._place, self._taken("name")
        type_, value = None, None
        if kind in _SETTINGS:
            self._expect("=")
            value = self._value()
        elif kind != "enum":
            type_ = self._type()
        attributes = []
        while self._take("@"):
            attributes.append(self._attribute())
        comments = [comment, self._end_of_line()]
        return Member(name, place, type_, value, tuple(attributes), "\n".join(filter(None, comments)))

    def _end_of_line(self) -> str:
        """Takes the end of a line with the doc comment before it; a bracket that closes the block may stand for it."""
        comment = self._taken("doc") if self._next.kind == "doc" else ""
        if not self._at("}") and self._next.kind != "end":
            self._taken_newline()
        return comment

    def _taken_newline(self) -> None:
        if self._next.kind != "newline":
            raise self._unexpected("the end of the line")
        self._position += 1

    def _type(self) -> FieldType:
        name = self._taken("name")
        unsupported = None
        if name == "Unsupported" and self._take("("):
            unsupported = self._taken("string")
            self._expect(")")
        list_ = self._take("[")
        if list_:
            self._expect("]")
        return FieldType(name, unsupported, list_, self._take("?"))

    def _attribute(self) -> Attribute:
        place, name = self._place, self._path()
        return Attribute(name, self._arguments(0) if self._at("(") else (), place)

    def _path(self) -> str:
        parts = [self._taken("name")]
        while self._take("."):
            parts.append(self._taken("name"))
        return ".".join(parts)

    def _arguments(self, depth: int) -> tuple[Argument, ...]:
        self._expect("(")
        found = []
        while not self._take(")"):
            found.append(self._argument(depth))
            if not self._take(",") and not self._at(")"):
                raise self._unexpected("',' or ')'")
        return tuple(found)

    def _argument(self, depth: int) -> Argument:
        after = self._tokens[self._position + 1] if self._next.kind == "name" else None
        name = ""
        if after is not None and after.kind == "sign" and after.text == ":":
            name = self._taken("name")
            self._expect(":")
        return Argument(name, self._value(depth))

    def _value(self, depth: int = 0) -> Value:
        if depth > _DEEPEST:
            raise self._place.fault("values are nested too deep", f"at most {_DEEPEST} levels are read")
        if self._next.kind == "string":
            return Text(self._taken("string"))
        if self._next.kind == "number":
            return Number(self._taken("number"))
        if self._take("["):
            return self._items(depth + 1)
        if self._take("{"):
            return self._pairs(depth + 1)
        if self._next.kind != "name":
            raise self._unexpected("a value")
        name = self._path()
        return Call(name, self._arguments(depth + 1)) if self._at("(") else Name(name)

    def _items(self, depth: int) -> Items:
        found = []
        while not self._take("]"):
            found.append(self._value(depth))
            if not self._take(",") and not self._at("]"):
                raise self._unexpected("',' or ']'")
        return Items(tuple(found))

    def _pairs(self, depth: int) -> Pairs:
        found = []
        while not self._take("}"):
            key = self._taken("name")
            self._expect(":")
            found.append((key, self._value(depth)))
            if not self._take(",") and not self._at("}"):
                raise self._unexpected("',' or '}'")
        return Pairs(tuple(found))
