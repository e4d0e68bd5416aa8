"""Regular expressions of Python and of Pydantic (Rust) as PostgreSQL spells them, where both mean the same."""

import re

_TOKEN = re.compile(
    r"\\x\{[0-9A-Fa-f]+\}|\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\."
    r"|\[\^?\]?(?:\[:\w+:\]|\\.|[^\]\\])*\]"
    r"|\(\?(?:P?<\w+>|[:=!]|<[=!]|.)|\{\d*(?:,\d*)?\}|.",
    re.DOTALL,
)
_IN_CLASS = re.compile(r"\[:\w+:\]|\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\.|.", re.DOTALL)
_ESCAPES = {"b": r"\y", "B": r"\Y", "z": r"\Z", "Z": r"\Z", "A": r"\A"}
_SAME = frozenset("dDwWsSnrtfv")
_POSIX = {
    "alpha": "A-Za-z", "digit": "0-9", "alnum": "A-Za-z0-9", "upper": "A-Z", "lower": "a-z", "xdigit": "0-9A-Fa-f",
    "word": "A-Za-z0-9_",
}  # fmt: skip
"""Rust's are of ASCII, PostgreSQL's of all letters."""
_MOST_REPEATS = 255
_KEPT_GROUPS = ("(?:", "(?=", "(?!", "(?<=", "(?<!")


def to_postgres(pattern: str | re.Pattern[str]) -> tuple[str, str] | None:
    """The operator (`~`, or `~*` if case does not matter) and the pattern; None for what PostgreSQL would misread."""
    source = pattern if isinstance(pattern, str) else pattern.pattern
    flags = re.UNICODE if isinstance(pattern, str) else re.RegexFlag(pattern.flags)
    if flags & ~(re.UNICODE | re.IGNORECASE):
        return None
    folds = bool(flags & re.IGNORECASE) or source.startswith("(?i)")
    tokens = _TOKEN.findall(source.removeprefix("(?i)"))
    parts = [_token(token) for token in tokens]
    possessive = any(
        token == "+" and before in "*+?}" for before, token in zip(_ends(tokens), tokens[1:], strict=False)
    )
    if possessive or None in parts:
        return None
    return "~*" if folds else "~", "".join(part for part in parts if part is not None)


def _ends(tokens: list[str]) -> list[str]:
    """The last character of each token that may repeat what stands before it, a letter for the others."""
    return [token[-1] if len(token) == 1 or token[0] == "{" else "a" for token in tokens]


def _token(token: str) -> str | None:
    if token[0] == "\\":
        return _escape(token)
    if token.startswith("(?"):
        return token if token in _KEPT_GROUPS else "(" if token.endswith(">") and len(token) > 3 else None
    if token[0] == "[":
        return _class(token)
    if token[0] == "{":
        return _repeat(token)
    return token


def _escape(token: str) -> str | None:
    letter = token[1:2]
    if letter in ("x", "u"):
        return _character(token)
    if letter.isalnum():
        return _ESCAPES.get(letter) or (token if letter in _SAME else None)
    return token


def _character(token: str) -> str | None:
    digits = token[2:].strip("{}").lstrip("0").rjust(4, "0")
    return rf"\u{digits}" if len(token) > 2 and len(digits) == 4 and digits != "0000" else None


def _class(token: str) -> str | None:
    """A bracket expression; set operations and classes that are the complement of others are not common to all."""
    negated, inside = ("^", token[2:-1]) if token.startswith("[^") else ("", token[1:-1])
    if re.search(r"&&|--|~~", inside):
        return None
    parts = []
    for part in _IN_CLASS.findall(inside):
        if part[0] == "\\" and part[1] in "xu":
            part = _character(part)
        elif part[0] == "\\" and part[1].isalnum() and part[1] not in "dwsnrtfv":
            return None
        elif part.startswith("[:"):
            part = _POSIX.get(part[2:-2])
        parts.append(rf"\{part}" if part in ("[", "]") else part)
    return None if None in parts else f"[{negated}{''.join(parts)}]"


def _repeat(token: str) -> str | None:
    counts = re.fullmatch(r"\{(\d*)(,?)(\d*)\}", token)
    if counts is None or not (counts[1] or counts[3]):
        return "".join(rf"\{char}" if char in "{}" else char for char in token)
    most = max(int(count) for count in (counts[1], counts[3]) if count)
    return f"{{{counts[1] or 0}{counts[2]}{counts[3]}}}" if most <= _MOST_REPEATS else None
