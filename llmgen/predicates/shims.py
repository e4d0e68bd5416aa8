"""The normal form: Postgres semantics made explicit, one spelling for each meaning, for the evaluator and the solver.

What a normalised tree guarantees:
- columns carry their real name, quoted, and `meta["at"]` = (table, column);
- `IS NOT NULL`, `NOT LIKE` and the like are `Not` around the plain node (no `negate` flag anywhere);
- `BETWEEN` is two comparisons; `= ANY (ARRAY[..])` and `<> ALL` are `In` and `Not(In)`; rows are compared by column;
- casts that change nothing are gone: to text of text, to enums and citext, of constants to their column's kind;
- a number is a `Literal` or `Neg(Literal)`, also where the source cast a string; a date or time keeps its `Cast`;
- patterns are plain string literals; SIMILAR TO is a `RegexpLike`; functions in SQL are inlined;
- `Paren` stands wherever the text had one or a rewrite made one: look through it with `unnest()`.
Left to `llmgen.predicates.lower`: now(), num_nonnulls, regular expressions, json, char(n), integer division.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from llmgen.predicates.catalog import Catalog
from llmgen.predicates.constants import array_literal, canonical_json
from llmgen.predicates.kinds import EXACT_NUMBERS, NUMBERS, TEXTUAL, is_citext, kind_of, kind_of_type, type_of
from llmgen.predicates.refusal import Refused
from llmgen.predicates.spellings import SPELLINGS, whole_spans
from llmgen.schema.model import Function

Rule = Callable[[exp.Expr], exp.Expr]

_COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)
_ORDERED = (exp.LT, exp.LTE, exp.GT, exp.GTE)
_STRICT: dict[type[exp.Expr], type[exp.Expr]] = {exp.LTE: exp.LT, exp.GTE: exp.GT}
_NUMBER = re.compile(r"\s*([+-]?)(\d+(?:\.\d*)?|\.\d+)\s*")
_TRUE = frozenset({"t", "true", "y", "yes", "on", "1"})
_FALSE = frozenset({"f", "false", "n", "no", "off", "0"})
_SPELLED: dict[str, type[exp.Expr]] = {
    "~": exp.RegexpLike, "!~": exp.RegexpLike, "~*": exp.RegexpILike, "!~*": exp.RegexpILike, "~~": exp.Like,
    "!~~": exp.Like, "=": exp.EQ, "<>": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE,
}  # fmt: skip
_MAX_INLINED = 200


def bottom_up(tree: exp.Expr, rule: Rule) -> exp.Expr:
    """The tree with the rule applied to every node, children first. A rule returns its node or another in its place."""
    holder = exp.Paren(this=tree)
    for node in reversed(list(tree.dfs())):
        parent, key, index = node.parent, node.arg_key, node.index
        new = rule(node)
        if new is not node and parent is not None and key is not None:
            parent.set(key, new, index)
    kept: exp.Expr = holder.this.pop()
    return kept


def normal_form(tree: exp.Expr, catalog: Catalog) -> exp.Expr:
    """A resolved tree in normal form (the tree given is used up)."""

    def rule(node: exp.Expr) -> exp.Expr:
        if node.args.get("negate"):
            if isinstance(node, exp.Is) and (row := _row(node.this)):
                return joined(exp.And, [_not(exp.Is(this=item.copy(), expression=exp.Null())) for item in row])
            node.set("negate", None)
            positive = _RULES[type(node)](node, catalog) if type(node) in _RULES else node
            return _not(positive)
        found = _RULES.get(type(node))
        return found(node, catalog) if found else node

    return bottom_up(tree, rule)


def inline_functions(tree: exp.Expr, catalog: Catalog) -> exp.Expr:
    """The tree with calls of the schema's own one-expression functions replaced by their bodies."""
    for _ in range(_MAX_INLINED):
        call = next((node for node in tree.find_all(exp.Anonymous) if node.name.lower() in catalog.functions), None)
        if call is None:
            return tree
        function = catalog.functions[call.name.lower()]
        body = exp.Paren(this=_filled(function, call.expressions))
        if call is tree:
            tree = body
        else:
            call.replace(body)
    raise Refused("functions call each other without end")


def _filled(function: Function, given: list[exp.Expr]) -> exp.Expr:
    names = [argument.split()[0].strip('"').lower() if argument.split() else "" for argument in function.arguments]

    def rule(node: exp.Expr) -> exp.Expr:
        place = -1
        if isinstance(node, exp.Parameter) and node.name.isdigit():
            place = int(node.name) - 1
        elif isinstance(node, exp.Column) and node.name.lower() in names:
            place = names.index(node.name.lower())
        return exp.Paren(this=given[place].copy()) if 0 <= place < len(given) else node

    return bottom_up(_body(function.body).copy(), rule)


@lru_cache(maxsize=512)
def _body(sql: str) -> exp.Expr:
    try:
        body = sqlglot.parse_one(sql.strip().rstrip(";"), read="postgres")
    except SqlglotError as error:
        raise Refused(f"a function's body is not understood: {sql}") from error
    if isinstance(body, exp.Select) and len(body.expressions) == 1 and not body.args.get("from_"):
        body = body.expressions[0].unalias()
    return body


def _not(node: exp.Expr) -> exp.Expr:
    return exp.Paren(this=exp.Not(this=exp.Paren(this=node)))


def joined(connector: type[exp.Connector], parts: Sequence[exp.Expr]) -> exp.Expr:
    """The parts under one AND or OR, in parentheses."""
    whole = parts[0]
    for part in parts[1:]:
        whole = connector(this=whole, expression=part)
    return exp.Paren(this=whole)


def _between(node: exp.Expr, catalog: Catalog) -> exp.Expr:
    value, low, high = node.this, node.args["low"], node.args["high"]
    inside = joined(exp.And, [exp.GTE(this=value, expression=low), exp.LTE(this=value.copy(), expression=high)])
    if not node.args.get("symmetric"):
        return inside
    turned = [exp.GTE(this=value.copy(), expression=high.copy()), exp.LTE(this=value.copy(), expression=low.copy())]
    return joined(exp.Or, [inside, joined(exp.And, turned)])


def _row(node: exp.Expr) -> list[exp.Expr] | None:
    bare = node.unnest()
    is_row = isinstance(bare, exp.Tuple) or (isinstance(bare, exp.Anonymous) and bare.name.lower() == "row")
    return list(bare.expressions) if is_row else None


def _rows_compared(kind: type[exp.Expr], left: Sequence[exp.Expr], right: Sequence[exp.Expr]) -> exp.Expr:
    """Rows are compared from the left, as the standard says: NULL decides only where no earlier pair did."""
    pairs = list(zip(left, right, strict=True))
    if kind in (exp.EQ, exp.NEQ):
        parts = [exp.Paren(this=kind(this=one.copy(), expression=other.copy())) for one, other in pairs]
        return joined(exp.And if kind is exp.EQ else exp.Or, parts)
    strict = _STRICT.get(kind, kind)
    one, other = pairs[0]
    if len(pairs) == 1:
        return kind(this=one.copy(), expression=other.copy())
    rest = _rows_compared(kind, left[1:], right[1:])
    tie = joined(exp.And, [exp.EQ(this=one.copy(), expression=other.copy()), rest])
    return joined(exp.Or, [strict(this=one.copy(), expression=other.copy()), tie])


def _compared(node: exp.Expr, catalog: Catalog) -> exp.Expr:
    if (found := whole_spans(node)) is not None:
        return found
    left, right = _row(node.this), _row(node.expression)
    if left and right and len(left) == len(right):
        return _rows_compared(type(node), left, right)
    if _is_nan(node.this) != _is_nan(node.expression):
        return _beside_nan(node, catalog)
    quantified = node.expression
    if isinstance(quantified, exp.Any):
        return _any(node, quantified.this, catalog)
    if isinstance(quantified, exp.All):
        return _all(node, quantified.this)
    if isinstance(quantified, exp.Anonymous) and quantified.name.lower() in ("all", "some"):
        if quantified.name.lower() == "some":
            return _any(node, quantified.expressions[0], catalog)
        return _all(node, quantified.expressions[0])
    return node


def _is_nan(node: exp.Expr) -> bool:
    value = node.unnest().this if isinstance(node.unnest(), exp.Cast) else node
    return isinstance(value, exp.Literal) and value.is_string and value.name.strip().lower() == "nan"


def _beside_nan(node: exp.Expr, catalog: Catalog) -> exp.Expr:
    """A number compared with NaN, which lies above all others; no decimal or integer here is ever NaN itself."""
    above = _is_nan(node.expression)
    number: exp.Expr = (node.this if above else node.expression).unnest()
    if kind_of(number, catalog) not in EXACT_NUMBERS:
        return node
    holds = isinstance(node, (exp.NEQ, *((exp.LT, exp.LTE) if above else (exp.GT, exp.GTE))))
    return (exp.EQ if holds else exp.NEQ)(this=number.copy(), expression=number.copy())


def _any(node: exp.Expr, operand: exp.Expr, catalog: Catalog) -> exp.Expr:
    values = _elements(operand)
    if isinstance(operand.unnest(), exp.Query) and isinstance(node, exp.EQ):
        return exp.In(this=node.this, query=exp.Subquery(this=operand.unnest()))
    if values is None:
        return node
    if isinstance(node, exp.EQ):
        return exp.In(this=node.this, expressions=values)
    if not values:
        return exp.Boolean(this=False)
    return joined(exp.Or, [type(node)(this=node.this.copy(), expression=value) for value in values])


def _all(node: exp.Expr, operand: exp.Expr) -> exp.Expr:
    values = _elements(operand)
    if isinstance(operand.unnest(), exp.Query) and isinstance(node, exp.NEQ):
        return _not(exp.In(this=node.this, query=exp.Subquery(this=operand.unnest())))
    if values is None and isinstance(operand.unnest(), exp.Column) and isinstance(node, _ORDERED):
        return node
    if values is None:
        raise Refused(f"{node.sql('postgres')}: ALL over a column is not understood")
    if isinstance(node, exp.NEQ):
        return _not(exp.In(this=node.this, expressions=values))
    if not values:
        return exp.Boolean(this=True)
    return joined(exp.And, [type(node)(this=node.this.copy(), expression=value) for value in values])


def _elements(operand: exp.Expr) -> list[exp.Expr] | None:
    bare = operand.unnest()
    while isinstance(bare, exp.Cast):
        if isinstance(bare.this, exp.Literal) and bare.this.is_string:
            return array_literal(bare.this.name)
        bare = bare.this.unnest()
    return list(bare.expressions) if isinstance(bare, exp.Array) else None


def _is(node: exp.Expr, catalog: Catalog) -> exp.Expr:
    row = _row(node.this)
    if row and isinstance(node.expression, exp.Null):
        return joined(exp.And, [exp.Paren(this=exp.Is(this=item.copy(), expression=exp.Null())) for item in row])
    return node


def _in(node: exp.Expr, catalog: Catalog) -> exp.Expr:
    row = _row(node.this)
    rows = [_row(item) for item in node.expressions]
    if row and rows and all(rows):
        return joined(exp.Or, [_rows_compared(exp.EQ, row, other) for other in rows if other])
    return node


def _cast(node: exp.Expr, catalog: Catalog) -> exp.Expr:
    operand: exp.Expr = node.this.unnest()
    kind = kind_of_type(node.args["to"], catalog)
    own, limited = kind_of(operand, catalog), bool(node.args["to"].expressions)
    if isinstance(operand, exp.Literal) and operand.is_string:
        return _constant(node, operand, kind, limited)
    if isinstance(operand, (exp.Array, exp.Null)):
        return operand
    if kind == "text" and not limited and own in TEXTUAL and not _of_its_own(operand, catalog):
        return operand
    if limited or kind not in NUMBERS or _divides(node):
        return node
    widens = own == kind or (kind == "decimal" and own in EXACT_NUMBERS)
    if not widens and not (isinstance(operand, exp.Literal) and kind != "integer"):
        return node
    return exp.Paren(this=operand) if isinstance(operand, (exp.Binary, exp.Neg)) else operand


def _constant(node: exp.Expr, literal: exp.Expr, kind: str, limited: bool) -> exp.Expr:
    if kind == "text" and not limited:
        return literal
    if kind in NUMBERS and (number := _NUMBER.fullmatch(literal.name)):
        digits = exp.Literal.number(number[2])
        return exp.Neg(this=digits) if number[1] == "-" else digits
    if kind == "json":
        node.set("this", exp.Literal.string(canonical_json(literal.name)))
    if kind == "array" and (elements := array_literal(literal.name)) is not None:
        return exp.Array(expressions=elements)
    if kind == "boolean" and (word := literal.name.strip().lower()) in _TRUE | _FALSE:
        return exp.Boolean(this=word in _TRUE)
    return node


def _of_its_own(operand: exp.Expr, catalog: Catalog) -> bool:
    """Whether text is compared by rules that a cast to text switches off: char(n) and citext."""
    own = type_of(operand, catalog)
    return bool(own and own.fixed) or is_citext(operand, catalog)


def _divides(node: exp.Expr) -> bool:
    """Whether a cast decides between integer and exact division."""
    parent = node.parent
    while isinstance(parent, (exp.Paren, exp.Mul, exp.Add, exp.Sub, exp.Neg)):
        parent = parent.parent
    return isinstance(parent, exp.Div)


def _paren(node: exp.Expr, catalog: Catalog) -> exp.Expr:
    simple = isinstance(node.this, (exp.Paren, exp.Column, exp.Literal, exp.Boolean, exp.Null, exp.Func))
    return node.this if simple and not isinstance(node.this, (exp.Binary, exp.Cast)) else node


def _named(node: exp.Expr, catalog: Catalog) -> exp.Expr:
    name = node.name.lower()
    if name == "timezone" and len(node.expressions) == 2:
        return exp.AtTimeZone(this=exp.Paren(this=node.expressions[1]), zone=node.expressions[0])
    if name in ("clock_timestamp", "statement_timestamp", "transaction_timestamp"):
        return exp.CurrentTimestamp()
    if name == "every":
        return exp.LogicalAnd(this=node.expressions[0])
    node.set("this", name)
    return node


def _like(node: exp.Expr, catalog: Catalog) -> exp.Expr:
    patterns = _elements(node.expression.this) if isinstance(node.expression, exp.Any) else None
    if not patterns:
        return node
    return joined(exp.Or, [type(node)(this=node.this.copy(), expression=pattern) for pattern in patterns])


def _operator(node: exp.Expr, catalog: Catalog) -> exp.Expr:
    """`OPERATOR(schema.op)`, as a dump spells the operators of an extension's type."""
    spelled = str(node.args["operator"]).rsplit(".", 1)[-1].strip()
    kind = _SPELLED.get(spelled)
    if kind is None:
        raise Refused(f"OPERATOR({spelled}) is not understood")
    plain = kind(this=node.this, expression=node.expression)
    return plain if spelled[0] != "!" else _not(plain)


def _exists(node: exp.Expr, catalog: Catalog) -> exp.Expr:
    select = node.this
    if isinstance(select, exp.Select) and isinstance(select.expressions[0], exp.Star):
        select.set("expressions", [exp.Literal.number(1)])
    return node


_RULES: dict[type[exp.Expr], Callable[[exp.Expr, Catalog], exp.Expr]] = {
    **SPELLINGS,
    **dict.fromkeys(_COMPARISONS, _compared),
    exp.Between: _between,
    exp.Is: _is,
    exp.In: _in,
    exp.Cast: _cast,
    exp.Paren: _paren,
    exp.Like: _like,
    exp.ILike: _like,
    exp.Exists: _exists,
    exp.Operator: _operator,
    exp.Anonymous: _named,
}
