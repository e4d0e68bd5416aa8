"""How each dialect writes tokens and names; what it does with them is its grammar's business."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from llmgen.schema.model import Dialect


@dataclass(frozen=True)
class Spelling:
    """Tokens and names of a dialect.

    `token` names its groups space, comment (only its opening), string, quoted, dollar, word, number and op.
    `fold` makes of an unquoted name what the database calls it. `name_bytes` is the longest name, which is cut there
    (0: any length). Names are `insensitive` if `A` finds `a`.
    """

    dialect: Dialect
    token: re.Pattern[str]
    nested_comments: bool
    escapes: bool
    """Whether a backslash in any string takes the next character's meaning away."""
    fold: Callable[[str], str]
    name_bytes: int
    insensitive: bool
    names: tuple[str, ...] = ("word", "quoted")
    """The kinds of token that may stand for a name."""
    data: re.Pattern[str] | None = None
    """What may stand between the first word of a statement of data and its semicolon, as far as it is closed."""


def _tokens(
    space: str, string: str, quoted: str, dollar: str = "(?!)", word: str = r"[^\W\d][\w$]*"
) -> re.Pattern[str]:
    """Whatever is left open (a quote, a comment) ends with the text, so that every text can be read in one pass.

    A string or quoted name that is left open matches the one unnamed group of its pattern.
    """
    return re.compile(
        rf"""
        (?P<space>\s+|{space})
      | (?P<comment>/\*)
      | (?P<string>{string})
      | (?P<quoted>{quoted})
      | (?P<dollar>{dollar})
      | (?P<word>{word})
      | (?P<number>0[xX][0-9a-fA-F]+|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)
      | (?P<op>::|.)
        """,
        re.VERBOSE | re.DOTALL,
    )


_PLAIN = r"'[^']*(?:''[^']*)*(?:'|(\Z))"
_ESCAPED = r"'(?:[^'\\]|\\.|'')*(?:'|(\Z))"
_DOUBLE = r'"[^"]*(?:""[^"]*)*(?:"|(\Z))'
_BACKTICK = r"`[^`]*(?:``[^`]*)*(?:`|(\Z))"

POSTGRES = Spelling(
    dialect="postgres",
    token=_tokens(
        space=r"--[^\n]*",
        string=rf"[eE]{_ESCAPED}|(?:[bBxXnN]|[uU]&)?{_PLAIN}",
        quoted=rf"(?:[uU]&)?{_DOUBLE}",
        dollar=r"\$(?:[^\W\d]\w*)?\$",
    ),
    nested_comments=True,
    escapes=False,
    fold=str.lower,
    name_bytes=63,
    insensitive=False,
    data=re.compile(r"""(?:[^;'"$/\-eE]++|[eE](?!')|'[^']*+'|"[^"]*+"|/(?!\*)|-(?!-))*+""", re.DOTALL),
)
MYSQL = Spelling(
    dialect="mysql",
    # What stands in /*! ... */ is run by the server, so only its edges are space. -- needs a space after it, or, as
    # tools write it, before it. Names may begin with digits; far longer ones than MySQL's 64 characters are cut, so
    # that none is read again and again for the delimiters inside it.
    token=_tokens(
        space=r"\#[^\n]*|--(?=\s|\Z)[^\n]*|(?<!\S)--[^\n]*|/\*M?!\d*|\*/",
        string=rf"(?:[bBxXnN]|_[a-zA-Z0-9]+\s*)?{_ESCAPED}" + r'|"(?:[^"\\]|\\.|"")*(?:"|(\Z))',
        quoted=_BACKTICK,
        word=r"[^\W\d][\w$]{0,255}|(?!0[xX]|\d+[eE][+-]?\d)\d+[^\W\d][\w$]{0,255}",
    ),
    nested_comments=False,
    escapes=True,
    fold=str,
    name_bytes=0,
    insensitive=True,
    data=re.compile(
        r"""(?!\s*\()(?:[^;'"`/\#-]++|'(?:[^'\\]|\\.)*+'|"(?:[^"\\]|\\.)*+"|`[^`]*+`|/(?!\*)|-(?!-))*+""", re.DOTALL
    ),
)
SQLITE = Spelling(
    dialect="sqlite",
    # Its shell passes over lines that begin with #, and no statement has that sign.
    token=_tokens(
        space=r"\#[^\n]*|--[^\n]*",
        string=rf"[xX]?{_PLAIN}",
        quoted=rf"{_DOUBLE}|{_BACKTICK}|\[[^\]]*(?:\]|(\Z))",
    ),
    nested_comments=False,
    escapes=False,
    fold=str,
    name_bytes=0,
    insensitive=True,
    names=("word", "quoted", "string"),
    # A row of sqlite_schema may declare a virtual table.
    data=re.compile(
        r"""(?!\s*(?:\(|INTO\s+["'`\[]?sqlite_))
        (?:[^;'"`\[/\#-]++|'[^']*+'|"[^"]*+"|`[^`]*+`|\[[^\]]*+\]|/(?!\*)|-(?!-))*+""",
        re.IGNORECASE | re.VERBOSE,
    ),
)

DUCKDB = replace(POSTGRES, dialect="duckdb", fold=str, name_bytes=0, insensitive=True)

SPELLINGS: Mapping[Dialect, Spelling] = {spelling.dialect: spelling for spelling in (POSTGRES, MYSQL, SQLITE, DUCKDB)}
