"""Arithmetic, functions and choices."""

from collections.abc import Mapping

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect as SqlDialect

from llmgen.schema.meaning.casts import is_number
from llmgen.schema.meaning.comparisons import compare
from llmgen.schema.meaning.kinds import NAMED, RESULTS, SAME, arithmetic, shared
from llmgen.schema.meaning.leaves import name_of, row
from llmgen.schema.meaning.reader import Reader, Rule, argument, settled
from llmgen.schema.meaning.terms import NULL, Term, call, string
from llmgen.schema.meaning.values import as_kind, number

_SIGNS: Mapping[type[exp.Expr], str] = {
    exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%", exp.DPipe: "||",
}  # fmt: skip
_EXACT = ("", ".")
"""What is reckoned in floating point is marked, as it rounds where decimal numbers do not."""
_OWN_SCHEMAS = ("public", "pg_catalog")
_PATHS = (
    exp.JSONBExtract, exp.JSONBExtractScalar, exp.JSONBDeleteAtPath, exp.JSONBContainsAnyTopKeys,
    exp.JSONBContainsAllTopKeys,
)  # fmt: skip
"""Operators of JSON with an array of names on their right."""


def _arithmetic(reader: Reader, node: exp.Expr) -> Term:
    sign, (left, right) = _SIGNS[type(node)], reader.sides(node)
    left, right = _beside(left, right.kind, sign), _beside(right, left.kind, sign)
    kind = arithmetic(sign, left, right)
    if sign == "/" and kind == "integer":
        sign = "//"  # without a rest, as what looks the same with a point is not
    return Term(f"{sign}{_EXACT[kind == 'float']}", (left, right), kind)


def _beside(term: Term, other: str, sign: str) -> Term:
    """A text that is added to a moment is a duration; one that is joined to JSON or an array is such a value."""
    if sign == "+" and other.startswith("timestamp"):
        return as_kind(term, "interval")
    return as_kind(term, other) if sign == "||" and other in ("json", "array") else term


def _negative(reader: Reader, node: exp.Expr) -> Term:
    inner = reader.read(node.this)
    negative = number(f"-{inner.head}".replace("--", "")) if is_number(inner) else None
    return negative.of_kind(inner.kind) if negative else call("NEG", inner, kind=inner.kind)


def _case(reader: Reader, node: exp.Expr) -> Term:
    subject = reader.read(node.this) if node.this else None
    tests, results = [], []
    for branch in node.args["ifs"]:
        test = reader.read(branch.this)
        tests.append(compare("=", subject, test) if subject else test)
        results.append(reader.read(branch.args["true"]))
    return _choice(tests, results, _or_null(reader, node.args.get("default")))


def _if(reader: Reader, node: exp.Expr) -> Term:
    results = [reader.read(node.args["true"])]
    return _choice([reader.read(node.this)], results, _or_null(reader, node.args.get("false")))


def _or_null(reader: Reader, node: exp.Expr | None) -> Term:
    return reader.read(node) if node is not None else NULL


def _choice(tests: list[Term], results: list[Term], default: Term) -> Term:
    *values, last = settled(*results, default)
    branches = [part for pair in zip(tests, values, strict=True) for part in pair]
    return Term("CASE", (*branches, last), shared([*values, last]))


def _alike(reader: Reader, node: exp.Expr) -> Term:
    """COALESCE and its like: all arguments are of one kind, and so is the result."""
    second = node.args.get("expression")
    parts = settled(*reader.all([node.this, *([second] if second is not None else []), *node.expressions]))
    return call(node.key, *parts, kind=shared(parts))


def _same(reader: Reader, node: exp.Expr) -> Term:
    """Functions that give what they are given; what rounds a whole number is given it as one of another kind."""
    found = reader.plain(node)
    kind = found.parts[0].kind if found.parts else ""
    if kind == "integer" and not isinstance(node, exp.Abs):
        kind = "decimal" if len(found.parts) > 1 else "float"
    return call(f"{found.head}{_EXACT[kind == 'float']}", *found.parts, kind=kind)


def _json_path(reader: Reader, node: exp.Expr) -> Term:
    left, right = reader.sides(node)
    return call(node.key, left, as_kind(right, "array") if isinstance(node, _PATHS) else right,
                kind=RESULTS.get(type(node), "boolean"))  # fmt: skip


def _step(reader: Reader, node: exp.Expr) -> Term:
    """The key or index that sqlglot makes a path of."""
    steps = [step for step in node.expressions if not isinstance(step, exp.JSONPathRoot)]
    if len(steps) == 1 and isinstance(steps[0], exp.JSONPathKey):
        return string(str(steps[0].this))
    if len(steps) == 1 and isinstance(steps[0], exp.JSONPathSubscript):
        return number(str(steps[0].this)) or Term(str(steps[0].this))
    return Term(node.sql())


def _path_test(reader: Reader, node: exp.Expr) -> Term:
    """@? and @@ with a path in JSON; @@ of texts is a search."""
    sides = [*node.expressions, node.this] if isinstance(node, exp.MatchAgainst) else [node.this, node.expression]
    if len(sides) != 2 or None in sides:
        return reader.plain(node)
    value, path = reader.all(sides)
    return call(node.key, value, as_kind(path, "jsonpath") if value.kind == "json" else path, kind="boolean")


def _arrow(reader: Reader, node: exp.Expr) -> Term:
    """column -> key as an argument, which sqlglot takes for a lambda."""
    left = reader.read(exp.column(node.expressions[0].copy()))
    return call("jsonextract", left, reader.read(node.this), kind="json")


def _member(reader: Reader, node: exp.Expr) -> Term:
    """A function with its schema, or a field of a row."""
    owner, member = node.this, node.expression
    if not isinstance(member, exp.Func):
        return Term(f".{member.name}", (reader.read(owner),))
    found = reader.read(member)
    schema = name_of(reader, owner) if isinstance(owner, exp.Identifier) else owner.sql()
    return found if schema in _OWN_SCHEMAS else Term(f"{schema}.{found.head}", found.parts, found.kind)


def _call(reader: Reader, node: exp.Expr) -> Term:
    name = node.name.lower()
    if name == "row":
        return row(reader, node)
    parts = tuple(map(argument, reader.all(node.expressions)))
    if name.startswith("jsonb_path_") and len(parts) > 1:
        parts = (parts[0], as_kind(parts[1], "jsonpath"), *parts[2:])
    return call(name, *parts, kind=NAMED.get(name, ""))


def _trim(reader: Reader, node: exp.Expr) -> Term:
    what = node.args.get("expression")
    position = (node.args.get("position") or "BOTH").upper()
    inside = argument(reader.read(node.this))
    return call(f"TRIM_{position}", inside, reader.read(what) if what is not None else string(" "), kind="text")


def _formatted(reader: Reader, node: exp.Expr) -> Term:
    """Formats of moments, which sqlglot spells as Python does where they are plain literals."""
    format_ = node.args["format"].unnest()
    if isinstance(format_, exp.Cast):
        said = format_.this.sql()
    else:
        said = str(SqlDialect.get_or_raise(reader.dialect).generator().format_time(node))
    return call(node.key, reader.read(node.this), Term(said), kind=RESULTS.get(type(node), ""))


def _extract(reader: Reader, node: exp.Expr) -> Term:
    return call("EXTRACT", Term(_unit(node.this)), reader.read(node.expression), kind="decimal")


def _truncated(reader: Reader, node: exp.Expr) -> Term:
    value = reader.read(node.this)
    kind = "timestamptz" if value.kind == "date" else value.kind
    zone = node.args.get("zone")
    return call("date_trunc", Term(_unit(node.args["unit"])), value, *reader.all([zone] if zone else []), kind=kind)


def _unit(node: exp.Expr) -> str:
    inner = node.unnest()
    return (inner.this if isinstance(inner, exp.Cast) else inner).name.lower()


def _zone(reader: Reader, node: exp.Expr) -> Term:
    value, zone = reader.read(node.this), reader.read(node.args["zone"])
    kind = {"timestamp": "timestamptz", "date": "timestamp", "timestamptz": "timestamp"}.get(value.kind, "")
    return call("AT_TIME_ZONE", value, zone, kind=kind)


def _element(reader: Reader, node: exp.Expr) -> Term:
    found = reader.plain(node)
    return found.of_kind("array" if node.find(exp.Slice) else "json" if found.parts[0].kind == "json" else "")


def _collated(reader: Reader, node: exp.Expr) -> Term:
    value = reader.read(node.this)
    return call("COLLATE", value, Term(f'"{node.expression.name}"'), kind=value.kind)


def _absolute(reader: Reader, node: exp.Expr) -> Term:
    """@ before a value, which sqlglot takes for a parameter; $1 is one."""
    if isinstance(node.this, exp.Literal):
        return Term(f"${node.name}")
    inner = reader.read(exp.column(node.this.name) if isinstance(node.this, exp.Var) else node.this)
    return call("abs", inner, kind=inner.kind)


RULES: Mapping[type[exp.Expr], Rule] = {
    **dict.fromkeys(_SIGNS, _arithmetic),
    **dict.fromkeys(SAME, _same),
    **dict.fromkeys((exp.Coalesce, exp.Greatest, exp.Least, exp.Nullif), _alike),
    **dict.fromkeys((exp.JSONExtract, exp.JSONExtractScalar, *_PATHS), _json_path),
    **dict.fromkeys((exp.JSONBPathExists, exp.MatchAgainst), _path_test),
    **dict.fromkeys((exp.TimeToStr, exp.StrToDate, exp.StrToTime), _formatted),
    exp.Neg: _negative,
    exp.Case: _case,
    exp.If: _if,
    exp.JSONPath: _step,
    exp.Dot: _member,
    exp.Anonymous: _call,
    exp.Trim: _trim,
    exp.Extract: _extract,
    exp.TimestampTrunc: _truncated,
    exp.AtTimeZone: _zone,
    exp.Bracket: _element,
    exp.Collate: _collated,
}
OF_DIALECT: Mapping[str, Mapping[type[exp.Expr], Rule]] = {
    "postgres": {exp.Lambda: _arrow, exp.Parameter: _absolute},
}
"""What nodes mean in one dialect alone; these go before the others."""
