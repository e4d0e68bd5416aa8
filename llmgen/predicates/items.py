"""Predicates over the items of arrays (`<@`, `@>`, `&&`, `= ANY`) and over the parts of JSON (`@>`) as formulas."""

import json
from typing import Any

from sqlglot import exp

from llmgen.predicates.formulas import Atom, Formula, every
from llmgen.predicates.inside import Aspect, Fact, Path
from llmgen.predicates.leaves import FLIPPED, compare, member
from llmgen.predicates.ranges import Domain
from llmgen.predicates.terms import Kinds, Unreadable, column_of

_ITEM = "item"


def items_of(name: str) -> str:
    """The name under which `kinds` has the kind of an array column's items."""
    return f"{name}[]"


def quantified(left: exp.Expr, op: str, right: exp.Expr, truth: bool, strict: bool, kinds: Kinds) -> Formula | None:
    """`left op ANY (column)` and ALL, of an array: some item is such, or every item; None for other right sides.

    Where the comparison is to be false (`truth`), `op` is its opposite already. Raises Unreadable.
    """
    of_any = isinstance(right, exp.Any)
    if not of_any and not (isinstance(right, exp.Anonymous) and right.name.lower() == "all"):
        return None
    name = column_of(right.this if of_any else right.expressions[0], kinds)
    if name is None or items_of(name) not in kinds:
        raise Unreadable(right.sql())
    found = compare(exp.column(_ITEM), FLIPPED[op], left, {_ITEM: kinds[items_of(name)]}, strict)
    return _of(name, "some" if of_any == truth else "every", [found], strict)


def contained(tree: exp.Expr, truth: bool, strict: bool, kinds: Kinds) -> Formula:
    """`<@`, `@>` and `&&` of a column and a constant. Raises Unreadable."""
    outer, inner = tree.this.unnest(), tree.args["expression"].unnest()
    contains, within = isinstance(tree, exp.ArrayContainsAll), isinstance(tree, exp.ArrayContainedBy)
    if column_of(outer, kinds) is None:
        outer, inner, contains, within = inner, outer, within, contains
    name = column_of(outer, kinds)
    if name is None or (kinds[name] == "json" and not (contains and truth)):
        raise Unreadable(tree.sql())
    if kinds[name] == "json":
        return _json(name, inner, strict)
    items = list(inner.expressions) if isinstance(inner, exp.Array) else None
    kind = {_ITEM: kinds[items_of(name)]} if items_of(name) in kinds else {}
    if items is None or not items or not kind or (contains and not truth and len(items) > 1) or (within and not truth):
        raise Unreadable(tree.sql())

    def among(some: list[exp.Expr], inside: bool) -> Formula:
        return member(exp.column(_ITEM), some, kind, inside, inside)  # only what is not contained may be NULL

    if within:
        return _of(name, "every", [among(items, True)], strict)
    if not truth:
        return _of(name, "every", [among(items, False)], strict)
    if contains:
        return _of(name, "some", [among([item], True) for item in items], strict)
    return _of(name, "some", [among(items, True)], strict)


def _of(name: str, aspect: Aspect, found: list[Formula], strict: bool) -> Formula:
    if not all(isinstance(one, Atom) for one in found):
        raise Unreadable(name)
    facts = tuple(Fact((), aspect, one.domain) for one in found if isinstance(one, Atom))
    return Atom(name, Domain("array", "never" if strict else "free", facts=facts))


def _json(name: str, inner: exp.Expr, strict: bool) -> Formula:
    """`column @> '{"type": "car"}'`: each leaf of the constant lies at its path."""
    while isinstance(inner, exp.Cast):
        inner = inner.this.unnest()
    if not isinstance(inner, exp.Literal) or not inner.is_string:
        raise Unreadable(inner.sql())
    try:
        leaves = _leaves(json.loads(inner.name), ())
    except ValueError as error:
        raise Unreadable(inner.name) from error
    facts = [fact for path, value in leaves for fact in _leaf(path, value)]
    return every(*(Atom(name, Domain("json", "never" if strict else "free", facts=(fact,))) for fact in facts))


def _leaves(value: Any, path: Path) -> list[tuple[Path, Any]]:
    if isinstance(value, dict) and (value or not path):
        return [leaf for key, inner in value.items() for leaf in _leaves(inner, (*path, key))]
    if value is None or isinstance(value, dict | list | float):
        raise Unreadable(str(value))
    return [(path, value)]


def _leaf(path: Path, value: str | int | bool) -> list[Fact]:
    json_type: str
    aspect: Aspect
    json_type, aspect, kind = "string", "text", "text"
    if isinstance(value, bool):
        json_type, aspect, kind = "boolean", "boolean", "boolean"
    elif isinstance(value, int):
        json_type, aspect, kind = "number", "number", "integer"
    of_type = Fact(path, "type", Domain("text", "never", values=(json_type,)))
    return [of_type, Fact(path, aspect, Domain(kind, "never", values=(value,)))]
