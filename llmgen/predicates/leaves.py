"""Comparisons read into atoms and relations: numbers, dates, lengths, text shapes, counts."""

import re
from dataclasses import replace
from datetime import date
from typing import Any, Literal

from sqlglot import exp

from llmgen.predicates.formulas import ALWAYS, NEVER, Atom, Formula, Opaque, either, every
from llmgen.predicates.grids import multiple, rounded
from llmgen.predicates.patterns import Pattern
from llmgen.predicates.ranges import DAY, Domain, decode, encode
from llmgen.predicates.relations import Relation, Term
from llmgen.predicates.terms import NOW, TODAY, Kinds, Side, Unreadable, as_unit, column_of, native, side

Null = Literal["free", "never"]
OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
FLIPPED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_DAY = Pattern(r"\A20[0-2][0-9]-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])\Z")
_UNEQUAL = ("json", "array", "other")
_ORDERED = ("number", "date", "moment", "time", "span")


def compare(left: exp.Expr, op: str, right: exp.Expr, kinds: Kinds, strict: bool) -> Formula:
    """`left op right` as a formula; NULL passes unless `strict`. Raises Unreadable."""
    if isinstance(left, exp.Null) or isinstance(right, exp.Null):
        return NEVER if strict else ALWAYS
    null: Null = "never" if strict else "free"
    for one, sign, two in ((left, op, right), (right, FLIPPED[op], left)):
        found = _shape(one, sign, two, kinds, null)
        if found is not None:
            return found
    return _arithmetic(side(left, kinds), op, side(right, kinds), kinds, strict)


def member(tree: exp.Expr, items: list[exp.Expr], kinds: Kinds, strict: bool, inside: bool) -> Formula:
    """`tree IN (items)` or NOT IN; Unreadable where the items are not constants."""
    null: Null = "never" if strict else "free"
    if any(isinstance(item, exp.Null) for item in items):
        if inside != strict:  # IN (.., NULL) is never false, NOT IN (.., NULL) never true
            return ALWAYS if inside else NEVER
        items = [item for item in items if not isinstance(item, exp.Null)]
    name = column_of(tree, kinds)
    if name is None:
        folded = _folding(tree, kinds)
        if folded is None:
            raise Unreadable(tree.sql())
        name, case = folded
        texts = [_text(item) for item in items]
        able = [text for text in texts if not case or text == (text.lower() if case == "lower" else text.upper())]
        if not able:
            return (NEVER if strict else _null_only(name, kinds)) if inside else ALWAYS
        source = rf"\A(?:{'|'.join(re.escape(text) for text in able)})\Z"
        return Atom(name, Domain(kinds[name], null, patterns=(Pattern(source, bool(case), not inside),)))
    values = tuple(dict.fromkeys(_value(item, kinds[name], kinds) for item in items))
    return Atom(
        name, Domain(kinds[name], null, values=values) if inside else Domain(kinds[name], null, excluded=values)
    )


def _null_only(name: str, kinds: Kinds) -> Formula:
    return Atom(name, Domain(kinds[name], "must"))


def _value(tree: exp.Expr, kind: str, kinds: Kinds) -> Any:
    """A constant as a value of a column of that kind."""
    found = side(tree, kinds)
    if found.term.op != "const":
        raise Unreadable(tree.sql())
    unit = _unit_of(kind)
    if unit == "label":
        return native(found, kind)
    found = as_unit(found, unit) if found.unit == "literal" else found
    return decode(found.term.value, kind)


def _unit_of(kind: str) -> str:
    return side(exp.column("x"), {"x": kind}).unit


def _shape(left: exp.Expr, op: str, right: exp.Expr, kinds: Kinds, null: Null) -> Formula | None:
    """Comparisons of lengths, foldings, parts of text and array sizes; None if it is none of these."""
    while isinstance(left, exp.Paren):
        left = left.this
    if isinstance(left, exp.Length | exp.ByteLength | exp.ArraySize) or _named(left, "cardinality", "octet_length"):
        octets = isinstance(left, exp.ByteLength) or _named(left, "octet_length")
        of_text = octets and any(kinds.get(column.name) == "text" for column in left.find_all(exp.Column))
        return (_octets if of_text else _length)(left, op, right, kinds, null)
    if isinstance(left, exp.Extract) and left.name.lower() == "year":
        return _year(left, op, right, kinds, null)
    if op in ("=", "<>") and (folded := _folding(left, kinds)) is not None:
        return _folded(folded, op, right, kinds, null)
    if isinstance(left, exp.Mod):
        return multiple(left, op, right, kinds, null == "never")
    if isinstance(left, exp.Date) and op == "=" and column_of(left.this, kinds) == column_of(right, kinds):
        return day_text(left, kinds, null)
    if (found := rounded(left, op, right, kinds, null == "never")) is not None:
        return found
    if isinstance(left, exp.Left | exp.Right | exp.Substring | exp.StrPosition):
        return _part(left, op, right, kinds, null)
    return None


def day_text(tree: exp.Expr, kinds: Kinds, null: Null) -> Formula:
    """date(column) of text is the text itself, or at least no NULL. Raises Unreadable."""
    name = column_of(tree.this, kinds)
    if name is None or kinds[name] != "text":
        raise Unreadable(tree.sql())
    return either(Atom(name, Domain("text", null, patterns=(_DAY,))), Opaque(tree.sql()))


def _named(tree: exp.Expr, *names: str) -> bool:
    return isinstance(tree, exp.Anonymous) and tree.name.lower() in names


def _octets(left: exp.Expr, op: str, right: exp.Expr, kinds: Kinds, null: Null) -> Formula:
    """Bytes of text: no fewer than its characters, and only a test knows how many more."""
    name = column_of(left.expressions[0] if isinstance(left, exp.Anonymous) else left.this, kinds)
    if name is None or op not in ("<", "<=", "="):
        raise Unreadable(left.sql())
    most = _whole(right, kinds) - (op == "<")
    return every(Atom(name, Domain(kinds[name], null, max_length=most)), Opaque(left.sql()))


def _length(left: exp.Expr, op: str, right: exp.Expr, kinds: Kinds, null: Null) -> Formula:
    inner = left.expressions[0] if isinstance(left, exp.Anonymous) else left.this
    bound = _whole(right, kinds)
    least, most = {
        "=": (bound, bound),
        ">": (bound + 1, None),
        ">=": (bound, None),
        "<": (0, bound - 1),
        "<=": (0, bound),
        "<>": (0, None),
    }[op]
    name = column_of(inner, kinds)
    if name is not None and isinstance(left, exp.ArraySize) and null == "free" and op != "<>":
        sized = Atom(name, Domain(kinds[name], null, min_length=least, max_length=most))
        return either(sized, Atom(name, Domain(kinds[name], null, max_length=0)))  # of no elements it is NULL
    if name is not None and op != "<>":
        if most is not None and most < 0:
            return _null_only(name, kinds) if null == "free" else NEVER
        return Atom(name, Domain(kinds[name], null, min_length=least, max_length=most))
    if name is not None and bound == 0:
        return Atom(name, Domain(kinds[name], null, min_length=1))
    if name is not None and op == "<>":
        return either(*(_length(left, sign, right, kinds, null) for sign in ("<", ">")))
    if (folded := _folding(inner, kinds)) is not None and op != "<>" and (folded[1] or most is not None):
        # Trimmed text is the length of itself, and folding hardly ever changes a length: a test tells.
        limits = Domain(kinds[folded[0]], null, min_length=least, max_length=most, trimmed=not folded[1])
        return either(Atom(folded[0], limits), Opaque(left.sql()))
    if folded is not None and op != "<>":
        if least <= 0:
            return ALWAYS
        source = "[^ ]" if least == 1 else rf"[^ ].{{{least - 2},}}[^ ]"
        return Atom(folded[0], Domain(kinds[folded[0]], null, patterns=(Pattern(source),)))
    raise Unreadable(left.sql())


def _whole(tree: exp.Expr, kinds: Kinds) -> int:
    found = side(tree, kinds)
    if found.term.op != "const" or found.unit != "number":
        raise Unreadable(tree.sql())
    return int(found.term.value)


def _year(left: exp.Expr, op: str, right: exp.Expr, kinds: Kinds, null: Null) -> Formula:
    name, year = column_of(left.args["expression"], kinds), _whole(right, kinds)
    if name is None or kinds[name] not in ("date", "timestamp", "timestamptz") or op == "<>" or not 1 <= year < 9999:
        raise Unreadable(left.sql())
    first, after = (decode(encode(date(at, 1, 1)), kinds[name]) for at in (year, year + 1))
    limits: dict[str, dict[str, Any]] = {
        "=": {"low": first, "high": after, "high_open": True},
        ">=": {"low": first},
        ">": {"low": after},
        "<": {"high": first, "high_open": True},
        "<=": {"high": after, "high_open": True},
    }
    return Atom(name, Domain(kinds[name], null, **limits[op]))


def _folding(tree: exp.Expr, kinds: Kinds) -> tuple[str, str] | None:
    """lower(x), upper(x) or trim(x) of a column, as its name with "lower", "upper" or ""."""
    if isinstance(tree, exp.Trim) and not tree.args.get("expression"):
        name, case = column_of(tree.this, kinds), ""
    elif isinstance(tree, exp.Lower | exp.Upper):
        name, case = column_of(tree.this, kinds), "lower" if isinstance(tree, exp.Lower) else "upper"
    else:
        return None
    return (name, case) if name is not None and kinds[name] in ("text", "char") else None


def _folded(folded: tuple[str, str], op: str, right: exp.Expr, kinds: Kinds, null: Null) -> Formula:
    name, case = folded
    blank = Domain(kinds[name], null)
    if column_of(right, kinds) == name:
        if op == "=":
            return Atom(name, replace(blank, case=case) if case else replace(blank, trimmed=True))
        raise Unreadable(right.sql())
    text = _text(right)
    if not case and not text:
        return Atom(name, replace(blank, patterns=(Pattern("[^ ]", negated=op == "="),)))
    if case and text != (text.lower() if case == "lower" else text.upper()):
        return ALWAYS if op == "<>" else NEVER if null == "never" else _null_only(name, kinds)
    source = rf"\A{re.escape(text)}\Z" if case else rf"\A *{re.escape(text)} *\Z"
    return Atom(name, replace(blank, patterns=(Pattern(source, bool(case), op == "<>"),)))


def _text(tree: exp.Expr) -> str:
    while isinstance(tree, exp.Cast | exp.Paren):
        tree = tree.this
    if not (isinstance(tree, exp.Literal) and tree.args["is_string"]):
        raise Unreadable(tree.sql())
    return str(tree.name)


def _part(left: exp.Expr, op: str, right: exp.Expr, kinds: Kinds, null: Null) -> Formula:
    """left(x, n) = 'ab', substring(x, i, n) = 'ab', position('@' in x) > n."""
    name = column_of(left.this, kinds)
    if name is None or kinds[name] != "text":
        raise Unreadable(left.sql())
    if isinstance(left, exp.StrPosition):
        needle, at = _text(left.args["substr"]), _whole(right, kinds) + (op == ">")
        if op not in (">", ">=") or len(needle) != 1:
            if op in ("=", "<>") and at == 0:
                return Atom(name, Domain("text", null, patterns=(Pattern(re.escape(needle), negated=op == "="),)))
            raise Unreadable(left.sql())
        lead = rf"\A[^{re.escape(needle)}]{{{max(at - 1, 0)},}}" if at > 0 else ""
        return Atom(
            name,
            Domain("text", null, patterns=(Pattern(lead + re.escape(needle)),)) if at > 0 else Domain("text", null),
        )
    if op not in ("=", "<>"):
        raise Unreadable(left.sql())
    text = _text(right)
    if isinstance(left, exp.Right) and _whole(left.args["expression"], kinds) == len(text):
        return Atom(name, Domain("text", null, patterns=(Pattern(rf"\A.*{re.escape(text)}\Z", negated=op == "<>"),)))
    skip = 0 if isinstance(left, exp.Left) else _whole(left.args["start"], kinds) - 1
    length = left.args["expression"] if isinstance(left, exp.Left) else left.args.get("length")
    if skip < 0 or length is None or _whole(length, kinds) != len(text):
        raise Unreadable(left.sql())
    return Atom(
        name, Domain("text", null, patterns=(Pattern(rf"\A.{{{skip}}}{re.escape(text)}.*", negated=op == "<>"),))
    )


def _arithmetic(left: Side, op: str, right: Side, kinds: Kinds, strict: bool) -> Formula:
    if left.unit == "literal" and right.unit != "literal":
        left = as_unit(left, right.unit)
    elif right.unit == "literal" and left.unit != "literal":
        right = as_unit(right, left.unit)
    if left.term.op == "const":
        left, op, right = right, FLIPPED[op], left
    if right.term.op == "const" and left.term.op == "column" and left.term.column not in (NOW, TODAY):
        return _bound(left.term.column, op, right, kinds, "never" if strict else "free")
    if right.term.op == "const" and left.term.op == "const":
        return _constants(left, op, right, strict)
    units = {left.unit, right.unit}
    if units == {"span", "months"}:
        left, right = _as_days(left), _as_days(right)
    elif len(units) > 1 and units != {"date", "moment"}:
        raise Unreadable(f"{left.unit} against {right.unit}")
    plain = left.term.op == right.term.op == "column"
    if left.unit not in _ORDERED and not (plain and op in ("=", "<>") and kinds[left.term.column] not in _UNEQUAL):
        raise Unreadable(f"{left.unit} {op}")
    if op in (">", ">="):
        left, op, right = right, FLIPPED[op], left
    comparison: Any = op
    return Relation(left.term, comparison, right.term, strict, left.unit in _ORDERED)


def _as_days(found: Side) -> Side:
    """Months as spans of 30 days, the way SQL compares intervals."""
    return Side(Term("const", value=found.term.value * 30 * DAY), "span") if found.unit == "months" else found


def _constants(left: Side, op: str, right: Side, strict: bool) -> Formula:
    if left.unit == "literal":
        return _texts(left.text, op, right.text)
    one, two = left.term.value, right.term.value
    holds = {"=": one == two, "<>": one != two, "<": one < two, "<=": one <= two, ">": one > two, ">=": one >= two}
    return ALWAYS if holds[op] else NEVER


def _texts(one: str, op: str, two: str) -> Formula:
    """Two constant texts: equal, or different by any collation."""
    if op not in ("=", "<>") or (one != two and one.casefold().strip() == two.casefold().strip()):
        raise Unreadable(one)
    return ALWAYS if (one == two) == (op == "=") else NEVER


def _bound(name: str, op: str, right: Side, kinds: Kinds, null: Null) -> Formula:
    kind = kinds[name]
    if right.unit in ("literal", "label") or kind == "boolean":
        value = native(right, kind)
        if op not in ("=", "<>") or kind in _UNEQUAL:
            raise Unreadable(f"the order of {kind}")
        if kind == "text" and value == "" and op == "<>":
            return Atom(name, Domain(kind, null, min_length=1))
        return Atom(name, Domain(kind, null, values=(value,)) if op == "=" else Domain(kind, null, excluded=(value,)))
    if right.unit == "months":
        raise Unreadable("a column against months")
    exact = right.term.value
    value = decode(exact, kind)
    between = encode(value) != exact and kind in ("integer", "date")
    if op == "=":
        if between:
            return NEVER if null == "never" else _null_only(name, kinds)
        return Atom(name, Domain(kind, null, values=(value,)))
    if op == "<>":
        return ALWAYS if between else Atom(name, Domain(kind, null, excluded=(value,)))
    if op in (">", ">="):
        return Atom(name, Domain(kind, null, low=value, low_open=op == ">" or between))
    return Atom(name, Domain(kind, null, high=value, high_open=op == "<" and not between))


def not_null(name: str, kinds: Kinds) -> Formula:
    """The column is not NULL."""
    return Atom(name, Domain(kinds[name], "never"))


def is_null(name: str, kinds: Kinds) -> Formula:
    """The column is NULL."""
    return _null_only(name, kinds)
