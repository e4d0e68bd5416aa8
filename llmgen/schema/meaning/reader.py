"""Who reads sqlglot's trees into terms, and what stands side by side settled into one kind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from llmgen.schema.meaning.kinds import RESULTS, shared
from llmgen.schema.meaning.terms import Term, call, literal_value
from llmgen.schema.meaning.values import as_kind

_FLAGS = frozenset({"safe", "typed", "coalesce", "ignore_nulls", "only_json_types", "value_constructor", "negate"})
"""Arguments of sqlglot's nodes that say how to transpile them, or that their rules read."""

_LEFT_OUT = Term("_")


@dataclass(frozen=True)
class Reader:
    """Reads trees of a dialect over columns of these kinds, each node by its rule."""

    dialect: str
    kinds: Mapping[str, str]
    rules: Mapping[type[exp.Expr], "Rule"]

    def read(self, node: exp.Expr) -> Term:
        """The term of a tree."""
        rule = self.rules.get(type(node))
        return rule(self, node) if rule else self.plain(node)

    def all(self, nodes: list[exp.Expr]) -> tuple[Term, ...]:
        """The terms of several trees."""
        return tuple(map(self.read, nodes))

    def sides(self, node: exp.Expr) -> tuple[Term, Term]:
        """The terms left and right of an operator."""
        return self.read(node.this), self.read(node.expression)

    def plain(self, node: exp.Expr) -> Term:
        """A node without a rule of its own: its name over all of its arguments."""
        parts: list[Term] = []
        for name in node.arg_types:
            value = node.args.get(name)
            if name not in _FLAGS:
                parts += [self._argument(item) for item in (value if isinstance(value, list) else [value])]
        while parts and parts[-1] == _LEFT_OUT:
            parts.pop()
        if isinstance(node, exp.Func):
            parts = [argument(part) for part in parts]
        return call(node.key, *parts, kind=RESULTS.get(type(node), ""))

    def _argument(self, value: object) -> Term:
        if value is None or value is False:
            return _LEFT_OUT
        return self.read(value) if isinstance(value, exp.Expr) else Term(str(value).lower())


Rule = Callable[[Reader, exp.Expr], Term]
"""What a kind of node means."""


def argument(term: Term) -> Term:
    """An argument without the cast that citext gets where text is wanted."""
    return term.parts[0] if term.head == "::text" and term.parts[0].kind == "citext" else term


def settled(*terms: Term) -> tuple[Term, ...]:
    """Terms that are compared with one another, or alternatives of one another: literals as values of their kind."""
    kind = shared(terms)
    if all(literal_value(term) is None for term in terms):
        terms = tuple(map(argument, terms))
    return tuple(as_kind(term, kind) for term in terms)
