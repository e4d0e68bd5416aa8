"""JSON values that hold what a Domain says lies inside: types, sizes, and the cells at their keys."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from llmgen.predicates.inside import Fact, type_at
from llmgen.predicates.ranges import Domain
from llmgen.schema.model import Column, ColumnType, Kind
from llmgen.values.shapes import NOUNS
from llmgen.values.usual import has_range

Write = Callable[[Column, Domain], Any]
"""A cell of the column within the domain."""

_MOST_ITEMS = 3
_SPELLED: Mapping[str, Kind] = {"text": "text", "integer": "integer", "decimal": "decimal", "boolean": "boolean"}


def json_of(name: str, facts: Sequence[Fact], write: Write, usual: Any) -> Any:
    """A value of that name for which the facts hold, as far as they go together.

    An object holds what is `usual` beside. ValueError where a cell is left nothing.
    """
    here = [fact for fact in facts if not fact.path]
    inner: dict[str | int, list[Fact]] = {}
    for fact in facts:
        if fact.path and not (fact.path[1:] == () and fact.aspect == "has"):
            inner.setdefault(fact.path[0], []).append(replace(fact, path=fact.path[1:]))
        elif fact.path:
            kept = inner.setdefault(fact.path[0], [])
            if not fact.domain.admits(True):
                kept.append(Fact((), "value", Domain("json", "must")))
    kind = _type(name, facts, here, inner, write)
    if kind == "object":
        return _object(inner, write, usual)
    if kind == "array":
        return _array(name, here, inner, write)
    if kind == "null":
        return None
    return _scalar(name, kind, here, write)


def _type(
    name: str, facts: Sequence[Fact], here: Sequence[Fact], inner: Mapping[str | int, Sequence[Fact]], write: Write
) -> str:
    wanted = next(iter(type_at((), facts)), "")
    declared = next((fact.domain for fact in here if fact.aspect == "type"), None)
    if not wanted and inner:
        wanted = "array" if any(isinstance(key, int) for key in inner) else "object"
    if not wanted and any(fact.aspect == "size" for fact in here):
        wanted = "array"
    if wanted and (declared is None or declared.admits(wanted)):
        return wanted
    aspects = {fact.aspect for fact in here}
    likely = "number" if "number" in aspects or ("text" not in aspects and has_range(name)) else "string"
    if aspects == {"boolean"}:
        return "boolean"
    if declared is None:
        return likely
    if declared.values is not None:
        return str(write(_column("type", "text"), replace(declared, null="never")))
    return next(kind for kind in ("object", likely, "array") if declared.admits(kind))


def _column(name: str, kind: str) -> Column:
    of = _SPELLED[kind]
    return Column(name, ColumnType(of, of, bits=32 if of == "integer" else None), nullable=False)


def _object(inner: Mapping[str | int, Sequence[Fact]], write: Write, usual: Any) -> dict[str, Any]:
    found = dict(usual) if isinstance(usual, dict) else {}
    for key, facts in inner.items():
        if all(fact.domain.null == "must" for fact in facts) and facts:
            found.pop(str(key), None)
        else:
            found[str(key)] = json_of(str(key), facts, write, {})
    return found


def _array(name: str, here: Sequence[Fact], inner: Mapping[str | int, Sequence[Fact]], write: Write) -> list[Any]:
    sizes = next((fact.domain for fact in here if fact.aspect == "size"), Domain("integer"))
    least = max((key + 1 for key in inner if isinstance(key, int)), default=0)
    usual = Domain("integer", "never", low=max(least, 1), high=max(least, _MOST_ITEMS))
    size = usual.meet(sizes)
    if size is None:
        size = replace(sizes, null="never", low=max(least, sizes.low or 0))
    count = write(_column("size", "integer"), size)
    return [json_of(name, inner.get(place, ()), write, {}) for place in range(count)]


def _scalar(name: str, kind: str, here: Sequence[Fact], write: Write) -> Any:
    domains = {fact.aspect: replace(fact.domain, null="never") for fact in here if fact.domain.null != "must"}
    if "text" in domains:
        return write(_column(name, "text"), domains["text"])
    if "number" in domains:
        of = domains["number"]
        return write(_column(name, "integer" if of.kind == "integer" or has_range(name) else "decimal"), of)
    if kind == "boolean":
        return write(_column(name, "boolean"), domains.get("boolean", Domain("boolean", values=(False, True))))
    if kind == "number":
        return write(_column(name, "integer"), Domain("integer", "never"))
    return write(_column(name, "text"), Domain("text", "never", values=NOUNS))
