"""The solver's form of a boolean: atoms over one column, relations between columns, and how they combine."""

from dataclasses import dataclass
from functools import cached_property

from llmgen.predicates.ranges import Domain
from llmgen.predicates.relations import Relation


@dataclass(frozen=True)
class Atom:
    """The column's cell lies in the domain."""

    column: str
    domain: Domain

    @property
    def columns(self) -> frozenset[str]:
        """The column, as a set."""
        return frozenset([self.column])


@dataclass(frozen=True)
class Every:
    """All parts hold; with no parts, it always does."""

    parts: tuple["Formula", ...] = ()

    @cached_property
    def columns(self) -> frozenset[str]:
        """The columns of all parts."""
        return frozenset[str]().union(*(part.columns for part in self.parts))


@dataclass(frozen=True)
class Either:
    """At least one part holds; with no parts, it never does."""

    parts: tuple["Formula", ...] = ()

    @cached_property
    def columns(self) -> frozenset[str]:
        """The columns of all parts."""
        return frozenset[str]().union(*(part.columns for part in self.parts))


@dataclass(frozen=True)
class Count:
    """Of pairs (holds, does not hold), as many hold as `allowed` says. Kept whole: its subsets are too many to list."""

    pairs: tuple[tuple["Formula", "Formula"], ...]
    allowed: frozenset[int]

    @cached_property
    def columns(self) -> frozenset[str]:
        """The columns of all pairs."""
        return frozenset[str]().union(*(part.columns for pair in self.pairs for part in pair))


@dataclass(frozen=True)
class Opaque:
    """Something that the solver cannot read: it may hold, and only a test tells."""

    sql: str

    @property
    def columns(self) -> frozenset[str]:
        """None are known."""
        return frozenset()


Formula = Atom | Relation | Every | Either | Count | Opaque
ALWAYS = Every()
NEVER = Either()


def every(*parts: Formula) -> Formula:
    """All of them, flattened."""
    flat: list[Formula] = []
    for part in parts:
        if part == NEVER:
            return NEVER
        flat += part.parts if isinstance(part, Every) else (part,)
    return flat[0] if len(flat) == 1 else Every(tuple(dict.fromkeys(flat)))


def either(*parts: Formula) -> Formula:
    """One of them, flattened. "x is null" is left out beside a part that lets x be NULL anyway, lest NULLs abound."""
    flat: list[Formula] = []
    for part in parts:
        if part == ALWAYS:
            return ALWAYS
        flat += part.parts if isinstance(part, Either) else (part,)
    lenient = frozenset[str]().union(*(_lenient(part) for part in flat))
    kept = [
        part for part in flat if not (isinstance(part, Atom) and part.domain.null == "must" and part.column in lenient)
    ]
    return kept[0] if len(kept) == 1 else Either(tuple(dict.fromkeys(kept)))


def _lenient(part: Formula) -> frozenset[str]:
    if isinstance(part, Relation):
        return frozenset() if part.strict else part.columns
    return part.columns if isinstance(part, Atom) and part.domain.null == "free" else frozenset()


def is_opaque(formula: Formula) -> bool:
    """Whether some part of it can only be tested."""
    if isinstance(formula, Every | Either):
        return any(is_opaque(part) for part in formula.parts)
    if isinstance(formula, Count):
        return any(is_opaque(part) for pair in formula.pairs for part in pair)
    return isinstance(formula, Opaque)
