"""Whether columns that CHECKs compare are usually drawn where floats do not tell neighbours apart."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from llmgen.predicates.formulas import Atom, Count, Either, Every, Formula
from llmgen.predicates.ranges import ORDERED, Domain, Number, encode
from llmgen.predicates.relations import Relation, Term
from llmgen.predicates.terms import NOW, TODAY
from llmgen.schema.model import Column, Table
from llmgen.values.line import unit
from llmgen.values.scalar_columns import usual_line

_WHOLE, _PARTS = 1 << 53, 1 << 48
"""Up to so many steps of the grid from zero floats are exact; where a step is no whole number, nearly so."""


def far_away(formulas: Sequence[Formula], table: Table, base: Mapping[str, Domain], now: datetime) -> bool:
    """True where the terms of an ordered relation usually lie beyond what floats hold to the last step of the grid."""
    leaves = [leaf for formula in formulas for leaf in _leaves(formula)]
    relations = [leaf for leaf in leaves if isinstance(leaf, Relation) and leaf.ordered]
    sizes: dict[str, Number] = defaultdict(int, dict.fromkeys((NOW, TODAY), _distance(encode(now))))
    for name in frozenset[str]().union(*(relation.columns for relation in relations)) & table.by_name.keys():
        atoms = [leaf.domain for leaf in leaves if isinstance(leaf, Atom) and leaf.column == name]
        met = [base[name], *(domain for atom in atoms if (domain := base[name].meet(atom)))]
        sizes[name] = max(_size(table.column(name), domain, now) for domain in met)
    for relation in relations:
        units = [unit(table.column(name)) for name in relation.columns & table.by_name.keys()]
        step = min(units, default=None)
        if step is None:
            continue
        most = step * (_WHOLE if step >= 1 else _PARTS)
        if max(_reach(side, sizes) for side in (relation.left, relation.right)) > most:
            return True
    return False


def _leaves(formula: Formula) -> Iterator[Formula]:
    if isinstance(formula, Every | Either):
        for part in formula.parts:
            yield from _leaves(part)
    elif isinstance(formula, Count):
        for pair in formula.pairs:
            for part in pair:
                yield from _leaves(part)
    else:
        yield formula


def _size(column: Column, domain: Domain, now: datetime) -> Number:
    """How far from zero the column is usually drawn within the domain."""
    if domain.kind not in ORDERED or domain.null == "must":
        return 0
    if domain.values is not None:
        return max((_distance(encode(value)) for value in domain.values), default=0)
    line = usual_line(column, domain, encode(now))
    if line.least > line.most:  # beyond the grid itself
        return max(abs(line.least), abs(line.most)) * unit(column)
    return max(abs(line.start), abs(line.end)) * unit(column)


def _reach(term: Term, sizes: Mapping[str, Number]) -> Number:
    """No value of the term is farther from zero, of columns as they are usually drawn."""
    if term.op == "const":
        return _distance(term.value)
    if term.op == "column":
        return sizes[term.column]
    parts = [_reach(part, sizes) for part in term.parts]
    return parts[0] * parts[1] if term.op == "*" else sum(parts)


def _distance(number: Number) -> Number:
    return max(number, -number)
