"""MySQL's and MariaDB's expressions in standard words: their own functions, and numbers that stand for truth."""

from collections.abc import Callable, Mapping

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel

_TRUTHS = (exp.Predicate, exp.Not, exp.And, exp.Or, exp.Xor, exp.Boolean, exp.Null)
"""What is true or false by itself."""
_ZERO_DAY = "0000-01-01"


def mysql_tree(sql: str, kinds: Mapping[str, str]) -> exp.Expr:
    """The expression's tree in standard words. Raises what sqlglot raises.

    `kinds` are the kinds of the columns: of booleans, servers say `active <> 0` for `active`.
    """
    # REPLACE(a, b, c) at the very beginning would be a statement.
    tree = sqlglot.parse_one(f"({sql}\n)", read="mysql", error_level=ErrorLevel.IMMEDIATE)
    return _standard(tree, kinds)


def _standard(node: exp.Expr, kinds: Mapping[str, str]) -> exp.Expr:
    """The tree with standard functions, from the leaves up, and truth where AND, OR, NOT and IF ask for it."""
    for child in list(node.iter_expressions()):
        standard = _standard(child, kinds)
        if standard is not child:
            child.replace(standard)
    if isinstance(node, exp.And | exp.Or | exp.Xor):
        node.set("this", _truth(node.this.copy(), kinds))
        node.set("expression", _truth(node.expression.copy(), kinds))
    elif isinstance(node, exp.Not) or (isinstance(node, exp.If) and not _of_value(node.parent)):
        node.set("this", _truth(node.this.copy(), kinds))
    elif isinstance(node, exp.EQ | exp.NEQ):
        return _compared(node, kinds)
    rule = _RULES.get(type(node))
    return rule(node) if rule else node


def _of_value(node: exp.Expr | None) -> bool:
    """Whether it is a CASE over a value, whose branches name values."""
    return isinstance(node, exp.Case) and node.this is not None


def _truth(node: exp.Expr, kinds: Mapping[str, str]) -> exp.Expr:
    """An expression where truth is asked for: a number is true if it is not 0."""
    if isinstance(node, exp.Paren):
        return _truth(node.this, kinds)
    if isinstance(node, exp.If | exp.Case):
        return _chosen(node, kinds)
    if isinstance(node, exp.Literal) and not node.is_string:
        return exp.Boolean(this=node.name.strip("0.") != "")
    if isinstance(node, _TRUTHS) or (isinstance(node, exp.Column) and kinds.get(node.name) == "boolean"):
        return node
    return exp.NEQ(this=node, expression=exp.Literal.number(0))


def _chosen(node: exp.Expr, kinds: Mapping[str, str]) -> exp.Expr:
    """IF and CASE whose outcome is asked for its truth."""
    for branch in [node] if isinstance(node, exp.If) else node.args.get("ifs") or []:
        for name in ("true", "false"):
            if branch.args.get(name):
                branch.set(name, _truth(branch.args[name].copy(), kinds))
    if node.args.get("default"):
        node.set("default", _truth(node.args["default"].copy(), kinds))
    return node


def _compared(node: exp.Expr, kinds: Mapping[str, str]) -> exp.Expr:
    """A boolean compared with 0 or 1 is that boolean, or its opposite."""
    for column, value in ((node.this, node.expression), (node.expression, node.this)):
        known = isinstance(column, exp.Column) and kinds.get(column.name) == "boolean"
        if known and isinstance(value, exp.Literal) and value.name in ("0", "1"):
            same = (value.name == "1") == isinstance(node, exp.EQ)
            return column.copy() if same else exp.Not(this=column.copy())
    return node


def _length(node: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="octet_length", expressions=[node.this]) if node.args.get("binary") else node


def _boolean(node: exp.Expr) -> exp.Expr:
    """TRUE is 1, but in IS TRUE."""
    return node if isinstance(node.parent, exp.Is) else exp.Literal.number(int(bool(node.this)))


def _later(node: exp.Expr) -> exp.Expr:
    return _moved(exp.Add, node.this, node.expression, node.args.get("unit"))


def _earlier(node: exp.Expr) -> exp.Expr:
    return _moved(exp.Sub, node.this, node.expression, node.args.get("unit"))


def _moved(sign: type[exp.Expr], moment: exp.Expr, amount: exp.Expr, unit: exp.Expr | None) -> exp.Expr:
    return sign(this=moment, expression=_interval(exp.Interval(this=amount, unit=unit or exp.var("DAY"))))


def _interval(node: exp.Expr) -> exp.Expr:
    amount = node.this.unnest() if node.this else node.this
    if isinstance(amount, exp.Literal):
        amount = exp.Literal.string(amount.name)
    unit = node.args.get("unit")
    return exp.Interval(this=amount, unit=exp.var(unit.name.upper()) if unit else None)


def _added(node: exp.Expr) -> exp.Expr:
    """An interval stands behind what it is added to; TO_DAYS comes as days since the first of all."""
    if isinstance(node.this, exp.Interval):
        return exp.Add(this=node.expression, expression=node.this)
    days = node.this
    if isinstance(days, exp.Anonymous) and days.this == "days_from_zero":
        return exp.Anonymous(this="to_days", expressions=days.expressions)
    return node


def _days_between(node: exp.Expr) -> exp.Expr:
    end, start = _of_day(node.this), _of_day(node.expression)
    if isinstance(start, exp.Literal) and start.name == _ZERO_DAY:
        return exp.Anonymous(this="days_from_zero", expressions=[end])
    days = (exp.Anonymous(this="to_days", expressions=[side]) for side in (end, start))
    return exp.Sub(this=next(days), expression=next(days))


def _of_day(node: exp.Expr) -> exp.Expr:
    """What a day is taken of: the number of days does not ask for more."""
    while isinstance(node, exp.Cast) and node.to.this == exp.DType.DATE:
        node = node.this
    return node


def _cast(node: exp.Expr) -> exp.Expr:
    """Casts to texts without the character set; BINARY x is a cast to bytes."""
    to = node.args["to"]
    character_set = to.args.get("kind")
    if to.this == exp.DType.BINARY or (to.this == exp.DType.CHARACTER_SET and character_set.name.lower() == "binary"):
        return exp.Anonymous(this="binary", expressions=[node.this, *to.expressions])
    if to.this in (exp.DType.CHARACTER_SET, exp.DType.CHAR, exp.DType.NCHAR):
        kind = exp.DType.VARCHAR if to.expressions else exp.DType.TEXT
        return exp.Cast(this=node.this, to=exp.DataType(this=kind, expressions=to.expressions))
    return node


def _named(node: exp.Expr) -> exp.Expr:
    """Functions that sqlglot knows by another name only."""
    name, given = str(node.this).lower(), node.expressions
    if name == "mid" and len(given) == 3:
        return exp.Substring(this=given[0], start=given[1], length=given[2])
    if name == "json_unquote" and isinstance(given[0], exp.JSONExtract):
        return exp.JSONExtractScalar(this=given[0].this, expression=given[0].expression)
    if name in ("adddate", "subdate") and len(given) == 2:
        sign = exp.Add if name == "adddate" else exp.Sub
        by = given[1]
        return sign(this=given[0], expression=by) if isinstance(by, exp.Interval) else _moved(sign, given[0], by, None)
    return node


def _bits(node: exp.Expr) -> exp.Expr:
    """b'101' as servers say it: in hexadecimal, whole bytes."""
    digits = node.name
    return exp.HexString(this=f"{int(digits or '0', 2):0{(len(digits) + 7) // 8 * 2}x}")


_RULES: Mapping[type[exp.Expr], Callable[[exp.Expr], exp.Expr]] = {
    exp.Introducer: lambda node: node.expression,
    exp.National: lambda node: exp.Literal.string(node.name),
    exp.Length: _length,
    exp.Boolean: _boolean,
    exp.DateAdd: _later,
    exp.DateSub: _earlier,
    exp.TimestampAdd: _later,
    exp.Interval: _interval,
    exp.Add: _added,
    exp.DateDiff: _days_between,
    exp.Cast: _cast,
    exp.Anonymous: _named,
    exp.BitString: _bits,
    exp.HexString: lambda node: exp.HexString(this=node.name.lower()),
    exp.Day: lambda node: exp.DayOfMonth(this=node.this),
    exp.TsOrDsToDate: lambda node: exp.Cast(this=node.this, to=exp.DataType(this=exp.DType.DATE)),
    exp.Time: lambda node: exp.Cast(this=node.this, to=exp.DataType(this=exp.DType.TIME)),
    exp.Round: lambda node: exp.Round(this=node.this, decimals=_digits(node)),
}


def _digits(node: exp.Expr) -> exp.Expr | None:
    """To how many digits is rounded; None for whole numbers."""
    given = node.args.get("decimals")
    return None if isinstance(given, exp.Literal) and given.name == "0" else given
