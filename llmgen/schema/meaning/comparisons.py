"""Comparisons and tests: what is compared with one value, a list, a range, an array or nothing."""

from collections.abc import Mapping

from sqlglot import exp

from llmgen.schema.meaning.reader import Reader, Rule, settled
from llmgen.schema.meaning.terms import NULL, Term, all_of, any_of, call, compared, is_null, negated
from llmgen.schema.meaning.values import as_kind

_SIGNS: Mapping[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
    exp.Like: "LIKE", exp.ILike: "ILIKE", exp.RegexpLike: "~", exp.RegexpILike: "~*",
}  # fmt: skip
_WRITTEN = {"!=": "<>", "~~": "LIKE", "~~*": "ILIKE", **{sign: sign for sign in _SIGNS.values()}}
_DENIED = {"!~": "~", "!~*": "~*", "!~~": "~~", "!~~*": "~~*"}
_OPPOSITES = {"=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def compare(sign: str, left: Term, right: Term) -> Term:
    """A comparison, each literal as a value of the other side's kind, rows member by member."""
    if sign in ("=", "<>") and _rows(left, right):
        members = [compare(sign, *pair) for pair in zip(left.parts, right.parts, strict=True)]
        return all_of(members) if sign == "=" else any_of(members)
    left, right = settled(left, right)
    return compared(sign, left, right)


def _rows(left: Term, right: Term) -> bool:
    return left.head == right.head == "ROW" and len(left.parts) == len(right.parts)


def _distinct(left: Term, right: Term) -> Term:
    if _rows(left, right):
        return any_of(_distinct(*pair) for pair in zip(left.parts, right.parts, strict=True))
    if NULL in (left, right):
        return negated(is_null(right if left == NULL else left))
    left, right = settled(left, right)
    return compared("DISTINCT_FROM", left, right)


def _distinct_from(reader: Reader, node: exp.Expr) -> Term:
    found = _distinct(*reader.sides(node))
    return negated(found) if isinstance(node, exp.NullSafeEQ) else found


def _comparison(reader: Reader, node: exp.Expr) -> Term:
    return _tested(reader, _SIGNS[type(node)], bool(node.args.get("negate")), node)


def _operator(reader: Reader, node: exp.Expr) -> Term:
    """OPERATOR(schema.sign), which servers write for operators outside the search path."""
    sign = str(node.args["operator"]).rpartition(".")[2]
    plain = _DENIED.get(sign, sign)
    if plain in _WRITTEN:
        return _tested(reader, _WRITTEN[plain], sign in _DENIED, node)
    return Term(sign, reader.sides(node))


def _tested(reader: Reader, sign: str, negate: bool, node: exp.Expr) -> Term:
    """A comparison with one value, or with ANY or ALL of an array."""
    left, (quantifier, right) = reader.read(node.this), _quantified(node.expression)

    def test(value: Term) -> Term:
        found = compare(sign, left, value)
        return negated(found) if negate else found

    value = reader.read(right)
    if not quantifier:
        return test(value)
    array = as_kind(value, "array")
    if array.head == "ARRAY":
        return (any_of if quantifier == "any" else all_of)(map(test, array.parts))
    if quantifier == "any":
        return _any(sign, negate, left, array)
    opposite = _OPPOSITES.get(sign)
    return negated(_any(opposite, negate, left, array) if opposite else _any(sign, not negate, left, array))


def _any(sign: str, negate: bool, left: Term, array: Term) -> Term:
    return Term(f"{'NOT ' if negate else ''}{sign} ANY", (left, array), "boolean")


def _quantified(node: exp.Expr) -> tuple[str, exp.Expr]:
    """Whether ANY or ALL (or neither) stands before what is compared with, and what that is."""
    if isinstance(node, exp.Any | exp.All):
        return ("any" if isinstance(node, exp.Any) else "all"), node.this
    word = node.name.lower() if isinstance(node, exp.Anonymous) else ""
    if word in ("any", "some", "all") and len(node.expressions) == 1:
        return ("all" if word == "all" else "any"), node.expressions[0]
    return "", node


def _in(reader: Reader, node: exp.Expr) -> Term:
    if not node.expressions:
        return reader.plain(node)
    value = reader.read(node.this)
    return any_of(compare("=", value, member) for member in reader.all(node.expressions))


def _between(reader: Reader, node: exp.Expr) -> Term:
    value, low, high = reader.all([node.this, node.args["low"], node.args["high"]])
    inside = all_of([compare(">=", value, low), compare("<=", value, high)])
    if not node.args.get("symmetric"):
        return inside
    return any_of([inside, all_of([compare(">=", value, high), compare("<=", value, low)])])


def _is(reader: Reader, node: exp.Expr) -> Term:
    operand, negate = reader.read(node.this), bool(node.args.get("negate"))
    if not isinstance(node.expression, exp.Null):
        found = call(f"IS_{node.expression.sql().upper()}", operand, kind="boolean")
    elif operand.head == "ROW" or operand.kind == "other":  # of a row, IS NOT NULL is more than NOT IS NULL
        return Term("IS_NOT_NULL" if negate else "IS_NULL", (operand,), "boolean")
    else:
        found = is_null(operand)
    return negated(found) if negate else found


def _escape(reader: Reader, node: exp.Expr) -> Term:
    """LIKE and SIMILAR TO with ESCAPE: a function makes a pattern with backslashes of it."""
    test = node.this
    similar = isinstance(test, exp.SimilarTo)
    maker = "similar_to_escape" if similar else "like_escape"
    pattern = call(maker, reader.read(test.expression), reader.read(node.expression), kind="text")
    found = compare("~" if similar else _SIGNS[type(test)], reader.read(test.this), pattern)
    return negated(found) if test.args.get("negate") else found


def _similar(reader: Reader, node: exp.Expr) -> Term:
    value, pattern = reader.sides(node)
    return compare("~", value, call("similar_to_escape", pattern, kind="text"))


def _contains(reader: Reader, node: exp.Expr) -> Term:
    """@>, <@ and &&, of arrays, ranges and JSON."""
    left, right = reader.sides(node)
    left, right = as_kind(left, right.kind), as_kind(right, left.kind)
    if isinstance(node, exp.ArrayOverlaps):
        return compared("&&", left, right)
    if isinstance(node, exp.ArrayContainedBy):
        left, right = right, left
    return Term("@>", (left, right), "boolean")


def _connected(reader: Reader, node: exp.Expr) -> Term:
    """AND or OR, without recursion: generated conditions have thousands of parts."""
    connective, parts, left = type(node), list[exp.Expr](), [node]
    while left:
        part = left.pop().unnest()
        if isinstance(part, connective):
            left += [part.expression, part.this]
        else:
            parts.append(part)
    return (all_of if connective is exp.And else any_of)(map(reader.read, parts))


def _not(reader: Reader, node: exp.Expr) -> Term:
    return negated(reader.read(node.this))


RULES: Mapping[type[exp.Expr], Rule] = {
    **dict.fromkeys(_SIGNS, _comparison),
    **dict.fromkeys((exp.And, exp.Or), _connected),
    **dict.fromkeys((exp.NullSafeEQ, exp.NullSafeNEQ), _distinct_from),
    **dict.fromkeys((exp.ArrayContainsAll, exp.ArrayContainedBy, exp.ArrayOverlaps), _contains),
    exp.Not: _not,
    exp.Operator: _operator,
    exp.In: _in,
    exp.Between: _between,
    exp.Is: _is,
    exp.Escape: _escape,
    exp.SimilarTo: _similar,
}
