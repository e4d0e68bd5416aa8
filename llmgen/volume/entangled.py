"""Whether columns drawn one after another, each within what the others leave it, may end with one that has no value."""

from collections.abc import Iterator, Mapping, Sequence

from llmgen.predicates.formulas import Count, Either, Every, Formula
from llmgen.predicates.ranges import Domain, Number, grid
from llmgen.predicates.relations import Relation, Term, gap_of


def entangled(formulas: Sequence[Formula], domains: Mapping[str, Domain]) -> bool:
    """True unless intervals alone surely settle the relations: orders of plain columns, a sum by itself, a result.

    A result stands alone on one side of an equation and in no other relation, on a grid that has room for all of them.
    """
    found = [one for formula in formulas for one in _relations(formula) if one.ordered]
    gaps: dict[str, Number] = {name: grid(domain) for name, domain in domains.items()}
    for one in found:
        near = [other for other in found if other is not one and other.columns & one.columns]
        plain = one.left.op == one.right.op == "column"
        if plain or ((result := _result(one)) and _fits(one, result, gaps) and not _among(result, near)):
            continue
        bent = _bent(one.left) or _bent(one.right)
        if near or bent or _repeats(one) or (one.op == "=" and not _even(one, gaps)):
            return True
    return False


def _relations(formula: Formula) -> Iterator[Relation]:
    if isinstance(formula, Relation):
        yield formula
    elif isinstance(formula, Every | Either):
        for part in formula.parts:
            yield from _relations(part)
    elif isinstance(formula, Count):
        for pair in formula.pairs:
            for part in pair:
                yield from _relations(part)


def _result(relation: Relation) -> str:
    """The column that stands alone on one side of an equation and not on the other; "" if none does."""
    for one, two in ((relation.left, relation.right), (relation.right, relation.left)):
        if relation.op == "=" and one.op == "column" and one.column not in two.columns:
            return one.column
    return ""


def _fits(relation: Relation, result: str, gaps: Mapping[str, Number]) -> bool:
    other = relation.right if relation.left.column == result else relation.left
    return not _has(other, "/") and gap_of(other, gaps) % gaps[result] == 0


def _among(column: str, relations: Sequence[Relation]) -> bool:
    return any(column in relation.columns for relation in relations)


def _repeats(relation: Relation) -> bool:
    leaves = [*_leaves(relation.left), *_leaves(relation.right)]
    return len(leaves) > len(set(leaves))


def _even(relation: Relation, gaps: Mapping[str, Number]) -> bool:
    """Whether the equation is a sum over columns of one grid."""
    sides = (relation.left, relation.right)
    if any(_has(side, op) for side in sides for op in ("*", "/", "abs")):
        return False
    gap = {gaps[name] for name in relation.columns}
    constants = [value for side in sides for value in _constants(side)]
    return len(gap) == 1 and all(value % next(iter(gap)) == 0 for value in constants)


def _bent(term: Term) -> bool:
    """Whether a value of one column may leave another none, however wide its interval is."""
    product = term.op in ("*", "/") and all(part.columns for part in term.parts)
    by_column = term.op == "/" and bool(term.parts[1].columns)
    return product or by_column or term.op == "abs" or any(_bent(part) for part in term.parts)


def _has(term: Term, op: str) -> bool:
    return term.op == op or any(_has(part, op) for part in term.parts)


def _leaves(term: Term) -> Iterator[str]:
    if term.op == "column":
        yield term.column
    for part in term.parts:
        yield from _leaves(part)


def _constants(term: Term) -> Iterator[Number]:
    if term.op == "const":
        yield term.value
    for part in term.parts:
        yield from _constants(part)
