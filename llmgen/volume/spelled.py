"""What short SQL of uniques and CHECKs says of columns: kept apart by an expression, present, different, in order."""

import re
from collections.abc import Collection

_NAME = r'["`]?(\w+)["`]?'
_WIDE = r"(?:text|citext|string|varchar|character varying)"
# Only casts that keep different values different: to text of any length, or of a literal.
_CASTS = (
    re.compile(rf"\bcast\s*\(((?:[^()]|\([^()]*\))+)\s+as\s+{_WIDE}\s*\)", re.IGNORECASE),
    re.compile(r"\bcast\s*\(\s*('[^']*'|\d+)\s+as\s+[\w ]+\)", re.IGNORECASE),
    re.compile(rf"()\s*::\s*{_WIDE}\b(?!\s*\()", re.IGNORECASE),
    re.compile(r"('[^']*'|\b\d+)\s*::\s*[\w ]+", re.IGNORECASE),
)
_FOLDED = re.compile(rf"\(*(?:lower|upper|trim|btrim|rtrim|ltrim)\s*\(+\s*{_NAME}\s*\)+", re.IGNORECASE)
_COALESCED = re.compile(rf"\(*coalesce\s*\(+\s*{_NAME}\)*\s*,\s*[^()]*\)+", re.IGNORECASE)
_PREFIX = re.compile(
    rf"\(*(?:left\s*\(+\s*{_NAME}\)*\s*,|substr(?:ing)?\s*\(+\s*{_NAME}\)*\s*,\s*1\s*,)\s*(\d+)\s*\)+",
    re.IGNORECASE,
)
_BARE = re.compile(rf"\(*{_NAME}\)*(?:\s+(?:asc|desc))?", re.IGNORECASE)
_ORDERED = re.compile(rf"\(*{_NAME}\)*\s*([<>])=?\s*\(*{_NAME}\)*")
_UNLIKE = re.compile(rf"\(*{_NAME}\)*\s*(?:<>|!=)\s*\(*{_NAME}\)*", re.IGNORECASE)
_PRESENT = re.compile(rf"\(*{_NAME}\s+is\s+not\s+null\)*", re.IGNORECASE)


def kept_apart(expression: str) -> tuple[str, bool] | None:
    """The column whose values an expression keeps apart (but for case and spaces), and whether it leaves NULL NULL.

    None where it may make different values the same. Values that differ behind a prefix are for `prefix` to rule out.
    """
    if found := prefix(expression):
        return found[0], True
    for pattern in (_FOLDED, _COALESCED, _BARE):
        if match := pattern.fullmatch(_uncast(expression)):
            return match[1], pattern is not _COALESCED
    return None


def prefix(expression: str) -> tuple[str, int] | None:
    """The column of which the expression is the beginning, and how many characters that is."""
    match = _PREFIX.fullmatch(_uncast(expression))
    return (match[1] or match[2], int(match[3])) if match else None


def bare(expression: str) -> str | None:
    """The column that the expression is."""
    match = _BARE.fullmatch(_uncast(expression))
    return match[1] if match else None


def _uncast(expression: str) -> str:
    """The expression without its casts that make no two values the same."""
    before, found = "", expression.strip()
    while found != before:
        before = found
        for cast in _CASTS:
            found = cast.sub(r"\1", found)
    return found


def present(predicate: str) -> str | None:
    """The column that the predicate wants to be there, if it says no more."""
    match = _PRESENT.fullmatch(predicate.strip())
    return match[1] if match else None


def by_value(predicate: str, columns: Collection[str]) -> bool:
    """Whether the predicate says more of one of the columns than that it is there, or is not."""
    rest = re.sub(rf"{_NAME}\s*\)*\s*is\s+(?:not\s+)?null", "", predicate, flags=re.IGNORECASE)
    return bool(set(re.findall(r"\w+", rest)) & set(columns))


def in_order(check: str) -> tuple[str, str] | None:
    """The two columns of which a CHECK wants the first to be smaller (it may say "or the same")."""
    match = _ORDERED.fullmatch(check.strip())
    if match is None:
        return None
    return (match[1], match[3]) if match[2] == "<" else (match[3], match[1])


def unlike(check: str) -> tuple[str, str] | None:
    """The two columns that a CHECK wants to differ."""
    match = _UNLIKE.fullmatch(check.strip())
    return (match[1], match[2]) if match else None
