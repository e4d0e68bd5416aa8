"""What an array or a JSON value holds: facts about its items, and about what lies at its paths."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from llmgen.predicates.ranges import Domain

Path = tuple[str | int, ...]
Aspect = Literal["text", "number", "boolean", "value", "type", "size", "has", "every", "some"]

_MISSING = object()
_TYPES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "boolean"),
    ((int, float, Decimal), "number"),
    (str, "string"),
    (Mapping, "object"),
    (Sequence, "array"),
    (type(None), "null"),
)
_ITEMS = ("every", "some")


@dataclass(frozen=True)
class Fact:
    """One aspect of what lies at `path` is in the domain; of what is missing every aspect is NULL.

    text, number, boolean: what `->>` gives, and its casts; value: whether `->` gives anything; type, size: of JSON;
    has: whether the last key is there; every, some: of the items of an array.
    """

    path: Path
    aspect: Aspect
    domain: "Domain"

    def holds(self, value: Any) -> bool:
        """Whether it is so of an array or JSON value that is not NULL."""
        if self.aspect in _ITEMS:
            return (all if self.aspect == "every" else any)(self.domain.admits(item) for item in value)
        found = _at(value, self.path)
        if self.aspect == "has":
            return self.domain.admits(found is not _MISSING)
        try:
            return self.domain.admits(None if found is _MISSING else _ASPECTS[self.aspect](found))
        except (InvalidOperation, TypeError):
            return False


def merged(one: tuple[Fact, ...], two: tuple[Fact, ...]) -> tuple[Fact, ...] | None:
    """The facts of both, those about the same aspect as one; None if they contradict each other."""
    found = list(one)
    for fact in two:
        place = next((at for at, other in enumerate(found) if _alike(fact, other)), None)
        if place is None:
            found.append(fact)
            continue
        met = found[place].domain.meet(fact.domain)
        if met is None:
            return None
        found[place] = replace(fact, domain=met)
    return None if any(_clashes(path, found) for path in {fact.path for fact in found}) else tuple(found)


def _alike(one: Fact, two: Fact) -> bool:
    if one.aspect == "some":
        return one == two
    return (one.path, one.aspect) == (two.path, two.aspect)


def _clashes(path: Path, facts: Sequence[Fact]) -> bool:
    """Whether what must lie at the path is of a type that the facts rule out there."""
    types = next((fact.domain for fact in facts if fact.path == path and fact.aspect == "type"), None)
    wanted = dict.fromkeys(type_at(path, facts))
    return len(wanted) > 1 or (types is not None and any(not types.admits(one) for one in wanted))


def type_at(path: Path, facts: Sequence[Fact]) -> Iterator[str]:
    """The types that a value at the path needs for the facts that leave no NULL."""
    for fact in facts:
        if fact.domain.null == "never" and fact.path[: len(path)] == path:
            inner = fact.path[len(path) :]
            if inner and isinstance(inner[0], str) and (fact.aspect != "has" or fact.domain.admits(True)):
                yield "object"
            elif (inner and isinstance(inner[0], int)) or (not inner and fact.aspect == "size"):
                yield "array"


def _at(value: Any, path: Path) -> Any:
    for step in path:
        if isinstance(step, str):
            inside = isinstance(value, Mapping) and step in value
        else:
            inside = isinstance(value, list | tuple) and -len(value) <= step < len(value)
        if not inside:
            return _MISSING
        value = value[step]
    return value


def _type(value: Any) -> str:
    return next(name for types, name in _TYPES if isinstance(value, types))


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _number(value: Any) -> Any:
    text = _text(value)
    if text is None:
        return None
    found = Decimal(text)
    return int(found) if found == found.to_integral_value() else found


def _boolean(value: Any) -> bool | None:
    text = _text(value)
    return None if text is None else {"true": True, "false": False}.get(text.lower())


def _size(value: Any) -> int:
    if not isinstance(value, list | tuple):
        raise TypeError("only arrays are counted")
    return len(value)


_ASPECTS: Mapping[str, Any] = {
    "text": _text,
    "number": _number,
    "boolean": _boolean,
    "value": lambda value: "",
    "type": _type,
    "size": _size,
}
