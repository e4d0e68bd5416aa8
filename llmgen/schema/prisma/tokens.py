"""Text of a Prisma file into tokens that know their line."""

import json
import re
from typing import NamedTuple

from llmgen.schema.prisma.tree import Place

_TOKEN = re.compile(
    r"""
    (?P<space>[^\S\r\n]+|//(?!/)[^\r\n]*|/\*.*?\*/)
  | (?P<newline>\r\n|\n|\r)
  | (?P<doc>///[^\r\n]*)
  | (?P<string>"(?:[^"\\\x00-\x1f]|\\[^\r\n])*")
  | (?P<number>-?\d+(?:\.\d+)?(?![\w.-]))
  | (?P<name>\w[\w-]*)
  | (?P<sign>@@|[@(){}\[\],.:=?])
  | (?P<wrong>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_WRONG = {
    '"': ("a string is not closed on its line", 'close it with "'),
    "/": ("a comment is not closed", "close it with */, or begin it with //"),
    "!": ("'!' is no part of a field", "leave it out: a field without ? is required"),
}
_SURROGATE = re.compile("[\ud800-\udfff]")


class Token(NamedTuple):
    """One token. `text` is what it means: a string without its quotes, a doc comment without its slashes."""

    kind: str
    text: str
    line: int


def tokens(text: str, file: str) -> list[Token]:
    """The tokens of a whole file, an `end` last. InputError for what is none.

    Space is left out, and comments, with their line's end where they have the line for themselves: they part no doc
    comment from what it is about, as an empty line does.
    """
    found, line, alone = list[Token](), 1, False
    for match in _TOKEN.finditer(text):
        kind, written = match.lastgroup or "wrong", match.group()
        if kind == "wrong":
            what, mend = _WRONG.get(written, (f"{written!r} is no part of Prisma's language", "take it out"))
            raise Place(file, line).fault(what, mend)
        if kind == "space":
            line += written.count("\n")
            alone |= written[0] == "/" and (not found or found[-1].kind == "newline")
            continue
        if kind == "newline" and alone:
            line, alone = line + 1, False
            continue
        alone = False
        found.append(Token(kind, _meaning(kind, written, Place(file, line)), line))
        line += kind == "newline"
    found.append(Token("end", "", line))
    return found


def _meaning(kind: str, written: str, place: Place) -> str:
    if kind == "doc":
        return written[3:].strip()
    if kind != "string":
        return written
    if "\\" not in written:
        return written[1:-1]
    try:
        meant: str = json.loads(written)
    except ValueError as error:
        raise place.fault(f"{written[:40]} holds an unknown escape", r"write \\ for a backslash") from error
    if _SURROGATE.search(meant):
        raise place.fault(f"{written[:40]} holds half a character", "write the character itself")
    return meant
