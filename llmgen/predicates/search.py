"""The search for one way to pass all CHECKs: choose alternatives, narrow domains, go back where nothing is left."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from llmgen.predicates.formulas import NEVER, Atom, Count, Either, Every, Formula, is_opaque
from llmgen.predicates.ranges import ORDERED, Domain, Number, closed, encode, grid, within
from llmgen.predicates.relations import Box, Relation, propagate
from llmgen.predicates.terms import NOW, TODAY

Choose = Callable[[int], int]
_STEPS = 2_000


@dataclass(frozen=True)
class State:
    """A point of the search: what each column may hold, and the relations that were taken on."""

    domains: dict[str, Domain]
    relations: tuple[Relation, ...] = ()


class Search:
    """Chooses one alternative a formula, that with fewest first; narrows; goes back where nothing is left."""

    def __init__(self, choose: Choose) -> None:
        self.choose = choose
        self.steps = 0

    def run(self, state: State, pending: tuple[Formula, ...]) -> State | None:
        self.steps += 1
        if self.steps > _STEPS:
            return None
        absorbed = absorb(state, pending)
        if absorbed is None:
            return None
        state, choices = absorbed
        live = [(choice, options) for choice in choices if (options := _options(state, choice)) is not None]
        if not live:
            return self._nulls(state)
        chosen, options = min(live, key=lambda item: len(item[1]))
        rest = tuple(choice for choice, _ in live if choice is not chosen)
        while options:
            solid = [place for place, option in enumerate(options) if not is_opaque(option)]
            places = solid or range(len(options))  # what can only be tested comes last
            option = options.pop(places[self.choose(len(places)) if len(places) > 1 else 0])
            if (found := self.run(state, (option, *rest))) is not None:
                return found
        return None

    def _nulls(self, state: State) -> State | None:
        """The state with its relations propagated; where they contradict, a column that may be NULL is made so."""
        if (found := propagated(state)) is not None:
            return found
        names = sorted({name for relation in state.relations if not relation.strict for name in relation.columns})
        for name in names:
            domain = state.domains[name]
            if domain.null == "free" and self.steps < _STEPS:
                self.steps += 1
                tried = State({**state.domains, name: replace(domain, null="must")}, state.relations)
                if (found := propagated(tried)) is not None:
                    return found
        return None


def absorb(state: State, pending: tuple[Formula, ...]) -> tuple[State, list[Either | Count]] | None:
    """Everything without a choice applied at once; None if it leaves a column nothing."""
    domains, relations, choices = dict(state.domains), list(state.relations), list[Either | Count]()
    work = list(reversed(pending))
    while work:
        formula = work.pop()
        if isinstance(formula, Every):
            work.extend(formula.parts)
        elif isinstance(formula, Either | Count):
            if formula == NEVER:
                return None
            choices.append(formula)
        elif isinstance(formula, Atom):
            met = _narrowed(domains[formula.column], formula.domain)
            if met is None:
                return None
            domains[formula.column] = met
        elif isinstance(formula, Relation):
            if not _strictly(formula, domains):
                return None
            relations.append(formula)
    return State(domains, tuple(relations)), choices


def _strictly(relation: Relation, domains: dict[str, Domain]) -> bool:
    """A strict relation rules out NULL in its columns."""
    for name in relation.columns if relation.strict else ():
        met = domains[name].without_null()
        if met is None:
            return False
        domains[name] = met
    return True


def _narrowed(domain: Domain, other: Domain) -> Domain | None:
    if domain.null == "must":
        return None if other.null == "never" else domain
    if domain.fixed and domain.values is not None:
        return domain if other.admits(domain.values[0]) else None
    return domain.meet(other)


def _options(state: State, choice: Either | Count) -> list[Formula] | None:
    """The alternatives that are still possible; None if one holds already, so that nothing is to be chosen."""
    if isinstance(choice, Count):
        return _subsets(state, choice)
    found: list[Formula] = []
    for part in choice.parts:
        state_of = _verdict(state, part)
        if state_of is True:
            return None
        if state_of is None:
            found.append(part)
    return found


def _verdict(state: State, formula: Formula) -> bool | None:
    """True if the formula holds already, False if it cannot, None if it is open. A quick look, not a search."""
    if isinstance(formula, Atom):
        domain = state.domains[formula.column]
        if _narrowed(domain, formula.domain) is None:
            return False
        return True if _inside(domain, formula.domain) else None
    if isinstance(formula, Every):
        verdicts = [_verdict(state, part) for part in formula.parts]
        return False if False in verdicts else None if None in verdicts else True
    if isinstance(formula, Either):
        verdicts = [_verdict(state, part) for part in formula.parts]
        return True if True in verdicts else None if None in verdicts else False
    if isinstance(formula, Relation):
        nulls = [name for name in formula.columns if state.domains[name].null == "must"]
        if nulls:
            return not formula.strict
        if all(state.domains[name].fixed for name in formula.columns):
            return propagated(State(state.domains, (formula,))) is not None
    return None


def _inside(domain: Domain, other: Domain) -> bool:
    """Whether every value left in `domain` is surely in `other`."""
    if domain.null == "must":
        return other.null != "never"
    if other.null == "must" or (domain.null == "free" and other.null == "never"):
        return False
    if domain.values is not None:
        return all(other.admits(value) for value in domain.values)
    return other == Domain(other.kind, other.null)


def _subsets(state: State, count: Count) -> list[Formula] | None:
    """Ways to fill up the count from the pairs that are still open; None if nothing is open and it is right."""
    verdicts = [_verdict(state, yes) for yes, _ in count.pairs]
    done = sum(verdict is True for verdict in verdicts)
    open_pairs = [pair for pair, verdict in zip(count.pairs, verdicts, strict=True) if verdict is None]
    left = frozenset(k - done for k in count.allowed if 0 <= k - done <= len(open_pairs))
    if not left:
        return []
    if not open_pairs:
        return None
    targets = sorted(left)
    return [_subset(open_pairs, target, index) for target in targets for index in range(_ways(len(open_pairs), target))]


def _ways(open_count: int, target: int) -> int:
    """How many subsets of that size are offered: the turns of one window, each condition as likely as another."""
    return 1 if target in (0, open_count) else open_count


def _subset(pairs: list[tuple[Formula, Formula]], size: int, turn: int) -> Formula:
    inside = {(turn + step) % len(pairs) for step in range(size)}
    return Every(tuple(yes if index in inside else no for index, (yes, no) in enumerate(pairs)))


def propagated(state: State) -> State | None:
    """The relations' narrowing of the domains. Relations with a NULL, or with an unknown now(), fall away."""
    live, plain = [], []
    for relation in state.relations:
        nulls = [name for name in relation.columns if state.domains[name].null == "must"]
        if nulls:
            if relation.strict:
                return None
            continue
        if not relation.ordered:
            plain.append(relation)
        elif not any(name in (NOW, TODAY) and not state.domains[name].fixed for name in relation.columns):
            live.append(relation)
    domains = dict(state.domains)
    for relation in plain:
        if not _labels(relation, domains):
            return None
    return _boxed(State(domains, (*live, *plain)), tuple(live))


def _labels(relation: Relation, domains: dict[str, Domain]) -> bool:
    """Text, uuid and the like: = and <> between two plain columns take effect once one of them has its value."""
    left, right = relation.left.column, relation.right.column
    for one, two in ((left, right), (right, left)):
        if domains[one].values is None or not (relation.op == "=" or domains[one].fixed):
            continue
        values = domains[one].values or ()
        kind = domains[two].kind
        limit = Domain(kind, values=values) if relation.op == "=" else Domain(kind, excluded=values)
        met = _narrowed(domains[two], limit)
        if met is None:
            return False
        domains[two] = met
    return True


def _boxed(state: State, relations: tuple[Relation, ...]) -> State | None:
    names = {name for relation in relations for name in relation.columns}
    if not names:
        return state
    try:
        box: Box = {name: _ends(state.domains[name]) for name in names}
    except TypeError:
        return None
    gaps: dict[str, Number] = {name: grid(state.domains[name]) for name in names}
    narrowed = propagate(relations, box, gaps)
    if narrowed is None:
        return None
    domains = dict(state.domains)
    for name in names:
        domain = domains[name]
        if domain.fixed or narrowed[name] == box[name]:
            continue
        met = within(domain, *narrowed[name])
        if met is None or met.null == "must":
            return None
        domains[name] = met
    return _unequal(State(domains, state.relations), relations)


def _unequal(state: State, relations: tuple[Relation, ...]) -> State | None:
    """`a <> b` of plain columns, once one has its value, excludes it from the other."""
    domains = dict(state.domains)
    for relation in relations:
        if relation.op != "<>" or relation.left.op != "column" or relation.right.op != "column":
            continue
        if not _labels(relation, domains):
            return None
    return State(domains, state.relations)


def _ends(domain: Domain) -> tuple[Number | None, Number | None]:
    """The interval of a domain as numbers; of a finite set, its least and greatest."""
    if domain.kind not in ORDERED:
        raise TypeError(f"{domain.kind} is not on a line")
    if domain.values is not None:
        numbers = [encode(value) for value in domain.values]
        return min(numbers), max(numbers)
    return closed(domain)
