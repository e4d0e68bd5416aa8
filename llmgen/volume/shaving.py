"""Ends of intervals that leave other columns nothing, cut off: for columns that several relations tie together."""

from collections.abc import Mapping
from dataclasses import replace

from llmgen.predicates.domains import Solution
from llmgen.predicates.ranges import ORDERED, Domain, Number, closed, grid, within
from llmgen.predicates.relations import Relation
from llmgen.predicates.search import State, propagated

_HALVES = 48


def shaved(solution: Solution) -> Solution:
    """The solution with every compared column's interval cut to where the relations do not contradict each other."""
    relations = tuple(one for one in solution.comparisons if one.ordered)
    names = sorted({name for one in relations for name in one.columns} & solution.domains.keys())
    domains = {**solution.domains, **solution.fixed}
    for name in names:
        domain = domains[name]
        if domain.kind in ORDERED and domain.values is None and domain.null != "must":
            domains[name] = _cut(domains, relations, name)
    return replace(solution, domains={name: domains[name] for name in solution.domains})


def _cut(domains: Mapping[str, Domain], relations: tuple[Relation, ...], name: str) -> Domain:
    domain = domains[name]
    low, high = closed(domain)
    if low is None or high is None:
        return domain
    step = grid(domain)

    def possible(least: Number, most: Number) -> bool:
        tried = within(domain, least, most)
        return tried is not None and propagated(State({**domains, name: tried}, relations)) is not None

    end, top = low, high
    for _ in range(_HALVES):
        middle = end + (top - end) // (2 * step) * step + step
        if middle > top:
            break
        end, top = (middle, top) if possible(middle, top) else (end, middle - step)
    end, bottom = top, low
    for _ in range(_HALVES):
        middle = bottom + (end - bottom) // (2 * step) * step
        if bottom >= end:
            break
        bottom, end = (bottom, middle) if possible(bottom, middle) else (middle + step, end)
    found = within(domain, bottom, top)
    return domain if found is None or found.null != domain.null else found
