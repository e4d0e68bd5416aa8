"""What lies inside JSON columns read as columns of its own: `data ->> 'kind'` is text, its cast a number."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlglot import exp

from llmgen.predicates.formulas import Atom, Count, Either, Every, Formula, Opaque, either, every
from llmgen.predicates.inside import Aspect, Fact, Path
from llmgen.predicates.ranges import Domain
from llmgen.predicates.terms import Kinds, column_of

_EXTRACTS = (exp.JSONExtract, exp.JSONBExtract)
_SCALARS = (exp.JSONExtractScalar, exp.JSONBExtractScalar)
_NAMED: Mapping[str, Aspect] = {
    "jsonb_typeof": "type",
    "json_typeof": "type",
    "jsonb_array_length": "size",
    "json_array_length": "size",
}
_KINDS: Mapping[Aspect, str] = {
    "text": "text",
    "number": "decimal",
    "boolean": "boolean",
    "value": "json",
    "type": "text",
    "size": "integer",
    "has": "boolean",
}


@dataclass(frozen=True)
class Place:
    """One aspect of what lies at a path inside a JSON column."""

    column: str
    path: Path
    aspect: Aspect
    kind: str


def with_places(tree: exp.Expr, kinds: Kinds) -> tuple[exp.Expr, dict[str, Place]]:
    """A copy of the tree with columns of new names where it looks into JSON, and what each of them is."""
    if "json" not in kinds.values():
        return tree, {}
    holder = exp.Paren(this=tree.copy())
    found: dict[str, Place] = {}
    for node in list(holder.dfs()):
        place = None if node is holder or node.parent is None else _place(node, kinds)
        if place is not None:
            name = f"{place.column} {place.aspect} {place.kind} {'.'.join(map(str, place.path))}"
            found[name] = place
            node.replace(exp.column(name, quoted=True))
    return holder.this, found


def settled(formula: Formula, places: Mapping[str, Place]) -> Formula:
    """The formula over such columns as one over the JSON columns."""
    if isinstance(formula, Atom) and formula.column in places:
        place, of = places[formula.column], formula.domain
        fact = Fact(place.path, place.aspect, replace(of, kind=place.kind))
        return Atom(place.column, Domain("json", "never" if of.null == "never" else "free", facts=(fact,)))
    if isinstance(formula, Every):
        return every(*(settled(part, places) for part in formula.parts))
    if isinstance(formula, Either):
        return either(*(settled(part, places) for part in formula.parts))
    if isinstance(formula, Count):
        pairs = tuple((settled(yes, places), settled(no, places)) for yes, no in formula.pairs)
        return Count(pairs, formula.allowed)
    return Opaque("a comparison with JSON") if formula.columns & places.keys() else formula


def _place(node: exp.Expr, kinds: Kinds) -> Place | None:
    if isinstance(node, exp.Cast) and isinstance(inner := node.this.unnest(), _SCALARS):
        if node.to.is_type(*exp.DataType.INTEGER_TYPES):
            return _of(inner, "number", kinds, "integer")
        if node.to.is_type(*exp.DataType.NUMERIC_TYPES):
            return _of(inner, "number", kinds)
        return _of(inner, "boolean", kinds) if node.to.is_type("boolean") else None
    if isinstance(node, _SCALARS):
        return _of(node, "text", kinds)
    if isinstance(node, exp.Anonymous) and node.name.lower() in _NAMED:
        return _of(node.expressions[0], _NAMED[node.name.lower()], kinds)
    if isinstance(node, exp.JSONBContainsTopKey) and isinstance(node.expression, exp.Literal):
        found = _of(node.this, "has", kinds)
        return found and replace(found, path=(*found.path, node.expression.name))
    if isinstance(node, _EXTRACTS):
        return _of(node, "value", kinds)
    return None


def _of(tree: exp.Expr, aspect: Aspect, kinds: Kinds, kind: str = "") -> Place | None:
    path: Path = ()
    tree = tree.unnest()
    while isinstance(tree, (*_EXTRACTS, *_SCALARS)):
        steps = steps_of(tree.expression)
        if steps is None:
            return None
        path, tree = (*steps, *path), tree.this.unnest()
    name = column_of(tree, kinds)
    return Place(name, path, aspect, kind or _KINDS[aspect]) if name is not None and kinds[name] == "json" else None


def steps_of(tree: exp.Expr) -> Path | None:
    """The keys and indices of a path: `-> 'key'`, `-> 0`, `#> '{a,b}'`; None where they are no constants."""
    if isinstance(tree, exp.JSONPath):
        parts = [part.this for part in tree.expressions if not isinstance(part, exp.JSONPathRoot)]
        return tuple(parts) if all(isinstance(part, str | int) for part in parts) else None
    if isinstance(tree, exp.Literal) and tree.is_string and tree.name.startswith("{"):
        return tuple(int(part) if part.strip().isdigit() else part.strip() for part in tree.name[1:-1].split(","))
    return None
