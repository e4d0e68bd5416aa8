"""Terms: expressions in the one form that is compared, and the logic that makes different spellings the same term."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

_PLAIN = re.compile(r"[\w$.\"' ]+")


@dataclass(frozen=True)
class Term:
    """An operator, function or leaf (`head`) over its parts, with the kind of its value where that is known.

    Terms are equal if their texts are. The kind is no part of that: it only helps to settle what is around.
    """

    head: str = field(compare=False)
    parts: tuple["Term", ...] = field(default=(), compare=False)
    kind: str = field(default="", compare=False)
    text: str = field(default="", init=False)

    def __post_init__(self) -> None:
        inside = [part.text for part in self.parts]
        if not inside:
            text = self.head
        elif len(inside) == 2 and not _PLAIN.fullmatch(self.head):
            text = f"({inside[0]} {self.head} {inside[1]})"
        else:
            text = f"{self.head}({', '.join(inside)})"
        object.__setattr__(self, "text", text)

    def of_kind(self, kind: str) -> "Term":
        """The same term, known to be of a kind."""
        return replace(self, kind=kind)


TRUE, FALSE, NULL = Term("TRUE", kind="boolean"), Term("FALSE", kind="boolean"), Term("NULL")
_OPPOSITES = {"=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_EVEN = ("=", "<>", "DISTINCT_FROM", "&&")
_MIRRORED = {">": "<", ">=": "<="}


def string(value: str) -> Term:
    """A string literal; its kind is open, as what it stands next to decides what it is."""
    return Term("'" + value.replace("'", "''") + "'", kind="literal")


def literal_value(term: Term) -> str | None:
    """The value of a string literal; None for any other term."""
    if term.parts or not term.head.startswith("'"):
        return None
    return term.head[1:-1].replace("''", "'")


def call(name: str, *parts: Term, kind: str = "") -> Term:
    """A function of its arguments."""
    return Term(name if parts else f"{name}()", parts, kind)


def all_of(terms: Iterable[Term]) -> Term:
    """AND over its terms, each once, in one order, whatever their nesting was."""
    return _joined("ALL_OF", terms, TRUE, FALSE)


def any_of(terms: Iterable[Term]) -> Term:
    """OR over its terms, each once, in one order, whatever their nesting was."""
    return _joined("ANY_OF", terms, FALSE, TRUE)


def _joined(head: str, terms: Iterable[Term], neutral: Term, final: Term) -> Term:
    parts: dict[str, Term] = {}
    for term in terms:
        parts.update({part.text: part for part in (term.parts if term.head == head else (term,))})
    if final.text in parts:
        return final
    parts.pop(neutral.text, None)
    if len(parts) < 2:
        return next(iter(parts.values()), neutral)
    return Term(head, tuple(parts[text] for text in sorted(parts)), "boolean")


def negated(term: Term) -> Term:
    """NOT, brought as far inside as it goes; in three-valued logic all of these are exact."""
    if term.head == "NOT":
        return term.parts[0]
    if term in (TRUE, FALSE, NULL):
        return {TRUE: FALSE, FALSE: TRUE, NULL: NULL}[term]
    if term.head == "ALL_OF":
        return any_of(map(negated, term.parts))
    if term.head == "ANY_OF":
        return all_of(map(negated, term.parts))
    if term.head in _OPPOSITES and len(term.parts) == 2:
        return compared(_OPPOSITES[term.head], *term.parts)
    return Term("NOT", (term,), "boolean")


def compared(operator: str, left: Term, right: Term) -> Term:
    """A comparison in one direction: < and <= only, the sides of those that have no direction sorted."""
    if operator in _MIRRORED:
        return compared(_MIRRORED[operator], right, left)
    if operator in _EVEN:
        left, right = sorted((left, right), key=lambda side: side.text)
    return Term(operator, (left, right), "boolean")


def is_null(term: Term) -> Term:
    """IS NULL."""
    return Term("IS_NULL", (term,), "boolean")
