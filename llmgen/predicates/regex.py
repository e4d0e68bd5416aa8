"""Postgres regular expressions as RE2, which DuckDB runs: the same text matches, beyond ASCII and over newlines too."""

import re

from llmgen.predicates.refusal import Refused

_SPACES = r"\s\x{0b}\x{1680}\x{2000}-\x{2006}\x{2008}-\x{200a}\x{2028}\x{2029}\x{205f}\x{3000}"
_CLASSES = {"w": r"\p{L}\p{N}_", "s": _SPACES, "d": "0-9"}
_POSIX = {"alpha": r"\p{L}", "alnum": r"\p{L}\p{N}", "upper": r"\p{Lu}", "lower": r"\p{Ll}", "digit": "0-9",
          "space": _SPACES, "word": r"\p{L}\p{N}_"}  # fmt: skip
_ESCAPES = {"y": r"\b", "m": r"\b", "M": r"\b", "Y": r"\B", "Z": r"\z", "b": r"\x08", "B": r"\\", "e": r"\x1b"}
_TOKEN = re.compile(r"\\u[0-9a-fA-F]{4}|\\.|\[\^?\]?(?:\[:\w+:\]|\\.|[^\]\\])*\]|\(\?(?:[=!]|<[=!])|.", re.DOTALL)
_IN_CLASS = re.compile(r"\[:(\w+):\]|\\u([0-9a-fA-F]{4})|\\(.)|(.)", re.DOTALL)


def to_re2(pattern: str) -> str:
    """The RE2 spelling. Refused for look-around and back-references, which RE2 does not have."""
    return "".join(_token(token) for token in _TOKEN.findall(pattern))


def _token(token: str) -> str:
    if token.startswith("(?") or (token[0] == "\\" and token[1:].isdigit() and token != "\\0"):
        raise Refused(f"{token} in a regular expression (look-around or back-reference) cannot be judged")
    if token.startswith("[") and len(token) > 1:
        return _class(token[1:-1])
    if token[0] != "\\" or len(token) == 1:
        return token
    letter = token[1]
    if letter == "u" and len(token) == 6:
        return f"\\x{{{token[2:]}}}"
    if letter.lower() in _CLASSES:
        return f"[{'' if letter.islower() else '^'}{_CLASSES[letter.lower()]}]"
    return _ESCAPES.get(letter, token)


def _class(inside: str) -> str:
    negated, inside = ("^", inside[1:]) if inside.startswith("^") else ("", inside)
    parts = []
    for posix, code, escaped, plain in _IN_CLASS.findall(inside):
        if posix:
            parts.append(_POSIX.get(posix, f"[:{posix}:]"))
        elif code:
            parts.append(f"\\x{{{code}}}")
        elif escaped:
            parts.append(_CLASSES.get(escaped, _ESCAPES.get(escaped, f"\\{escaped}")))
        else:
            parts.append(f"\\{plain}" if plain in "[]" else plain)
    return f"[{negated}{''.join(parts)}]"
