"""A CHECK's tree read into a formula: "not false" distributed over AND and OR, so that three-valued logic vanishes.

`wants(tree, truth, strict, kinds)` is the formula under which the tree has that truth value, or is NULL unless strict.
Trees come in the normal form of `llmgen.predicates.shims`.
"""

from collections.abc import Callable

from sqlglot import exp

from llmgen.predicates.formulas import ALWAYS, NEVER, Atom, Count, Formula, Opaque, either, every
from llmgen.predicates.items import contained, quantified
from llmgen.predicates.leaves import FLIPPED, OPPOSITE, compare, day_text, is_null, member, not_null
from llmgen.predicates.matches import match, starts
from llmgen.predicates.places import settled, with_places
from llmgen.predicates.ranges import Domain
from llmgen.predicates.terms import Kinds, Unreadable, column_of

_COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}


def read(tree: exp.Expr, kinds: Kinds) -> Formula:
    """The formula under which a CHECK passes, that is, is not false. `kinds` maps columns to their kinds."""
    inner, places = with_places(tree, kinds)
    if not places:
        return wants(tree, True, False, kinds)
    within = {**kinds, **{name: place.kind for name, place in places.items()}}
    return settled(wants(inner, True, False, within), places)


def wants(tree: exp.Expr, truth: bool, strict: bool, kinds: Kinds) -> Formula:
    """See the module. What cannot be read becomes Opaque, leaf by leaf."""
    tree = tree.unnest()
    for types, reader in _READERS:
        if isinstance(tree, types):
            try:
                return reader(tree, truth, strict, kinds)
            except (Unreadable, KeyError):
                return Opaque(tree.sql())
    name = column_of(tree, kinds)
    if name is not None and kinds[name] == "boolean":
        return Atom(name, Domain("boolean", "never" if strict else "free", values=(truth,)))
    return Opaque(tree.sql())


def _connector(tree: exp.Expr, truth: bool, strict: bool, kinds: Kinds) -> Formula:
    join = every if isinstance(tree, exp.And) == truth else either
    return join(*(wants(part, truth, strict, kinds) for part in tree.flatten()))


def _not(tree: exp.Expr, truth: bool, strict: bool, kinds: Kinds) -> Formula:
    return wants(tree.this, not truth, strict, kinds)


def _xor(tree: exp.Expr, truth: bool, strict: bool, kinds: Kinds) -> Formula:
    return _same(tree.this, tree.args["expression"], not truth, strict, kinds)


def _constant(tree: exp.Expr, truth: bool, strict: bool, kinds: Kinds) -> Formula:
    if isinstance(tree, exp.Null):
        return NEVER if strict else ALWAYS
    return ALWAYS if bool(tree.this) == truth else NEVER


def _cast(tree: exp.Expr, truth: bool, strict: bool, kinds: Kinds) -> Formula:
    if not tree.args["to"].is_type("boolean"):
        raise Unreadable(tree.sql())
    return wants(tree.this, truth, strict, kinds)


def _is(tree: exp.Expr, truth: bool, strict: bool, kinds: Kinds) -> Formula:
    """IS NULL, IS TRUE, IS FALSE and their negations: never NULL themselves."""
    right = tree.args["expression"]
    if isinstance(right, exp.Boolean):
        value = bool(right.this)
        return wants(tree.this, value if truth else not value, truth, kinds)
    if not isinstance(right, exp.Null):
        raise Unreadable(tree.sql())
    return _null(tree.this.unnest(), truth, kinds)


# NULL exactly when an operand is.
_NULL_BY_ANY: tuple[type[exp.Expr], ...] = (
    exp.Add,
    exp.Sub,
    exp.Mul,
    exp.DPipe,
    exp.Lower,
    exp.Upper,
    exp.Trim,
    exp.Cast,
    *_COMPARISONS,
)

_PLAIN: tuple[type[exp.Expr], ...] = (
    *_NULL_BY_ANY,
    exp.Column,
    exp.Identifier,
    exp.Literal,
    exp.Paren,
    exp.DataType,
    exp.Neg,
)


def _null(tree: exp.Expr, truth: bool, kinds: Kinds) -> Formula:
    name = column_of(tree, kinds)
    if name is not None:
        return is_null(name, kinds) if truth else not_null(name, kinds)
    if isinstance(tree, exp.Coalesce):
        parts = [_null(part.unnest(), truth, kinds) for part in (tree.this, *tree.expressions)]
        return every(*parts) if truth else either(*parts)
    if isinstance(tree, exp.Literal):
        return NEVER if truth else ALWAYS
    if isinstance(tree, exp.Date) and not truth:
        return day_text(tree, kinds, "never")
    if isinstance(tree, exp.Nullif):
        inner, same = tree.this.unnest(), tree.args["expression"].unnest()
        equal = compare(inner, "=" if truth else "<>", same, kinds, True)
        return either(_null(inner, True, kinds), equal) if truth else every(_null(inner, False, kinds), equal)
    if isinstance(tree, _NULL_BY_ANY) and all(isinstance(node, _PLAIN) for node in tree.walk()):
        inside = [column_of(column, kinds) for column in tree.find_all(exp.Column)]
        names = [found for found in dict.fromkeys(inside) if found is not None]
        return either(*(is_null(n, kinds) for n in names)) if truth else every(*(not_null(n, kinds) for n in names))
    raise Unreadable(tree.sql())


def _comparison(tree: exp.Expr, truth: bool, strict: bool, kinds: Kinds) -> Formula:
    left, right = tree.this.unnest(), tree.args["expression"].unnest()
    op = _COMPARISONS[type(tree)]
    if (found := quantified(left, op if truth else OPPOSITE[op], right, truth, strict, kinds)) is not None:
        return found
    if op in ("=", "<>") and _is_boolean(left, kinds) and _is_boolean(right, kinds):
        return _same(left, right, truth == (op == "="), strict, kinds)
    op = op if truth else OPPOSITE[op]
    for one, sign, two in ((left, op, right), (right, FLIPPED[op], left)):
        if (found := _pushed(one, sign, two, strict, kinds)) is not None:
            return found
    return compare(left, op, right, kinds, strict)


def _same(left: exp.Expr, right: exp.Expr, same: bool, strict: bool, kinds: Kinds) -> Formula:
    return either(
        *(
            every(wants(left, value, strict, kinds), wants(right, value == same, strict, kinds))
            for value in (True, False)
        )
    )


def _is_boolean(tree: exp.Expr, kinds: Kinds) -> bool:
    if isinstance(tree, exp.Predicate | exp.Connector | exp.Not | exp.Boolean | exp.RegexpLike | exp.RegexpILike):
        return True
    if isinstance(tree, exp.Cast):
        return bool(tree.args["to"].is_type("boolean"))
    if isinstance(tree, exp.Coalesce):
        return _is_boolean(tree.this.unnest(), kinds) and all(
            isinstance(item, exp.Boolean) for item in tree.expressions
        )
    name = column_of(tree, kinds)
    return name is not None and kinds[name] == "boolean"


def _pushed(left: exp.Expr, op: str, right: exp.Expr, strict: bool, kinds: Kinds) -> Formula | None:
    """The comparison pushed into CASE and COALESCE, or read as a count of conditions; None if it is neither."""

    def against(result: exp.Expr) -> Formula:
        return _leaf(result, op, right, strict, kinds)

    if isinstance(left, exp.Case):
        return _branches(left, against, strict, kinds)
    if isinstance(left, exp.Coalesce):
        return _first_not_null(left, against, strict, kinds)
    if isinstance(left, exp.Greatest | exp.Least) and op not in ("=", "<>"):
        return _extreme(left, op, right, strict, kinds)
    conditions = _counted(left, kinds)
    if conditions is None or not isinstance(right, exp.Literal):
        return None
    bound, total = float(right.name), len(conditions)
    holds: dict[str, Callable[[int], bool]] = {
        "=": lambda k: k == bound,
        "<>": lambda k: k != bound,
        "<": lambda k: k < bound,
        "<=": lambda k: k <= bound,
        ">": lambda k: k > bound,
        ">=": lambda k: k >= bound,
    }
    count = Count(tuple(conditions), frozenset(k for k in range(total + 1) if holds[op](k)))
    return count if strict else either(count, *_unknown_addends(left, kinds))


def _extreme(tree: exp.Expr, op: str, right: exp.Expr, strict: bool, kinds: Kinds) -> Formula:
    """greatest(..) and least(..), which pass over NULL: every part compares so, or some part does."""
    parts = [tree.this.unnest(), *(part.unnest() for part in tree.expressions)]
    if isinstance(tree, exp.Greatest) == (op in ("<", "<=")):
        return every(*(_leaf(part, op, right, strict, kinds) for part in parts))
    unknown = [] if strict else [every(*(_null(part, True, kinds) for part in parts))]
    return either(*(_leaf(part, op, right, True, kinds) for part in parts), *unknown)


def _leaf(left: exp.Expr, op: str, right: exp.Expr, strict: bool, kinds: Kinds) -> Formula:
    try:
        return compare(left.unnest(), op, right, kinds, strict)
    except (Unreadable, KeyError):
        return Opaque(left.sql())


def _branches(tree: exp.Expr, result: Callable[[exp.Expr], Formula], strict: bool, kinds: Kinds) -> Formula:
    """CASE: branch i needs the earlier conditions not true, its own true, and its result."""
    earlier: list[Formula] = []
    found: list[Formula] = []
    for branch in tree.args["ifs"]:
        condition = exp.EQ(this=tree.this.copy(), expression=branch.this.copy()) if tree.this else branch.this
        found.append(every(*earlier, wants(condition, True, True, kinds), result(branch.args["true"])))
        earlier.append(wants(condition, False, False, kinds))
    default = tree.args.get("default")
    found.append(every(*earlier, (NEVER if strict else ALWAYS) if default is None else result(default)))
    return either(*found)


def _first_not_null(tree: exp.Expr, result: Callable[[exp.Expr], Formula], strict: bool, kinds: Kinds) -> Formula:
    parts = [tree.this, *tree.expressions]
    found, earlier = [], list[Formula]()
    for part in parts:
        inner = part.unnest()
        found.append(every(*earlier, _null(inner, False, kinds), result(part)))
        earlier.append(_null(inner, True, kinds))
    if not strict:
        found.append(every(*earlier))
    return either(*found)


def _counted(tree: exp.Expr, kinds: Kinds) -> list[tuple[Formula, Formula]] | None:
    """num_nonnulls(..), num_nulls(..) and sums of casts of conditions as pairs (holds, does not)."""
    tree = tree.unnest()
    if isinstance(tree, exp.Anonymous) and tree.name.lower() in ("num_nonnulls", "num_nulls"):
        wanted = tree.name.lower() == "num_nulls"
        return [
            (_null(part.unnest(), wanted, kinds), _null(part.unnest(), not wanted, kinds)) for part in tree.expressions
        ]
    if isinstance(tree, exp.Add):
        left, right = _counted(tree.this, kinds), _counted(tree.expression, kinds)
        return None if left is None or right is None else left + right
    if (
        isinstance(tree, exp.Cast)
        and tree.to.is_type(*exp.DataType.INTEGER_TYPES)
        and _is_boolean(tree.this.unnest(), kinds)
    ):
        return [(wants(tree.this, True, True, kinds), wants(tree.this, False, True, kinds))]
    if isinstance(tree, exp.Case | exp.If):
        return _indicator(tree, kinds)
    return None


def _unknown_addends(tree: exp.Expr, kinds: Kinds) -> list[Formula]:
    """What makes an addend NULL, and with it the sum."""
    return [
        _null(cast.this.unnest(), True, kinds)
        for cast in tree.find_all(exp.Cast)
        if not isinstance(cast.this.unnest(), exp.Is | exp.NullSafeEQ | exp.NullSafeNEQ)
        and not (isinstance(cast.this.unnest(), exp.Not) and isinstance(cast.this.unnest().this.unnest(), exp.Is))
    ]


def _indicator(tree: exp.Expr, kinds: Kinds) -> list[tuple[Formula, Formula]] | None:
    """CASE WHEN condition THEN 1 ELSE 0 END, or THEN 0 ELSE 1, as the pair (is 1, is 0)."""
    branches = tree.args["ifs"] if isinstance(tree, exp.Case) else [tree]
    default = tree.args.get("default") if isinstance(tree, exp.Case) else tree.args.get("false")
    if len(branches) != 1 or default is None or (isinstance(tree, exp.Case) and tree.this):
        return None
    results = (branches[0].args["true"].sql(), default.sql())
    condition = branches[0].this
    pair = wants(condition, True, True, kinds), wants(condition, False, False, kinds)
    return {("1", "0"): [pair], ("0", "1"): [pair[::-1]]}.get(results)


def _case(tree: exp.Expr, truth: bool, strict: bool, kinds: Kinds) -> Formula:
    return _branches(tree, lambda result: wants(result, truth, strict, kinds), strict, kinds)


def _coalesce(tree: exp.Expr, truth: bool, strict: bool, kinds: Kinds) -> Formula:
    """coalesce(condition, TRUE or FALSE): the constant decides what NULL counts as."""
    if len(tree.expressions) == 1 and isinstance(tree.expressions[0], exp.Boolean):
        return wants(tree.this, truth, bool(tree.expressions[0].this) != truth, kinds)
    return _first_not_null(tree, lambda result: wants(result, truth, strict, kinds), strict, kinds)


def _distinct(tree: exp.Expr, truth: bool, strict: bool, kinds: Kinds) -> Formula:
    """IS [NOT] DISTINCT FROM: never NULL itself."""
    same = isinstance(tree, exp.NullSafeEQ) == truth
    left, right = tree.this.unnest(), tree.args["expression"].unnest()
    if isinstance(right, exp.Null):
        return _null(left, same, kinds)
    if _is_boolean(left, kinds) and _is_boolean(right, kinds) and not isinstance(right, exp.Boolean):
        equal = _same(left, right, same, True, kinds)
    elif isinstance(right, exp.Boolean):
        return wants(left, bool(right.this) == same, same, kinds)
    else:
        equal = compare(left, "=" if same else "<>", right, kinds, True)
    nulls = [(_null(left, one, kinds), _null(right, one == same, kinds)) for one in (True, False)]
    return either(equal, *(every(*pair) for pair in (nulls[:1] if same else nulls)))


def _in(tree: exp.Expr, truth: bool, strict: bool, kinds: Kinds) -> Formula:
    if tree.args.get("query") or tree.args.get("unnest") or not tree.expressions:
        raise Unreadable(tree.sql())
    conditions = _counted(tree.this, kinds)
    if conditions is not None:
        counts = frozenset(int(item.name) for item in tree.expressions if isinstance(item, exp.Literal) and item.is_int)
        everything = frozenset(range(len(conditions) + 1))
        return Count(tuple(conditions), counts if truth else everything - counts)
    try:
        return member(tree.this.unnest(), tree.expressions, kinds, strict, truth)
    except Unreadable:
        op, join = ("=", either) if truth else ("<>", every)
        return join(*(compare(tree.this.unnest(), op, item.unnest(), kinds, strict) for item in tree.expressions))


_READERS: tuple[tuple[type | tuple[type, ...], Callable[[exp.Expr, bool, bool, Kinds], Formula]], ...] = (
    (exp.Xor, _xor),
    (exp.Connector, _connector),
    (exp.Not, _not),
    ((exp.Boolean, exp.Null), _constant),
    (exp.Is, _is),
    ((exp.NullSafeEQ, exp.NullSafeNEQ), _distinct),
    (tuple(_COMPARISONS), _comparison),
    (exp.Case, _case),
    (exp.Coalesce, _coalesce),
    (exp.In, _in),
    ((exp.Like, exp.ILike, exp.RegexpLike, exp.RegexpILike, exp.Escape), match),
    (exp.StartsWith, starts),
    ((exp.ArrayContainsAll, exp.ArrayContainedBy, exp.ArrayOverlaps), contained),
    (exp.Cast, _cast),
)
