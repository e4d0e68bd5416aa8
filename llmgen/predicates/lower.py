"""The normal form in DuckDB's words: each rule here is one place where the same text means another thing on DuckDB."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from llmgen.predicates.catalog import Catalog
from llmgen.predicates.constants import array_literal, canonical_json
from llmgen.predicates.kinds import EXACT_NUMBERS, TEXTUAL, is_citext, kind_of, kind_of_type, type_of
from llmgen.predicates.refusal import Refused
from llmgen.predicates.regex import to_re2
from llmgen.predicates.rewrites import null_count, of_all, path
from llmgen.predicates.shims import bottom_up

EXACT = "DECIMAL(38, 12)"
"""What a quotient or product of decimals is rounded to: room for 26 digits before the point."""

_COMPARED = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ)
_ORDERED = (exp.LT, exp.LTE, exp.GT, exp.GTE)
_WRAPPED = (exp.Binary, exp.Not, exp.In, exp.Case, exp.Neg, exp.AtTimeZone)
_UNITS = {"year": "to_years", "month": "to_months", "week": "to_weeks", "day": "to_days", "hour": "to_hours",
          "minute": "to_minutes", "second": "to_seconds"}  # fmt: skip
_RANGES = {"int4range": "BIGINT", "int8range": "BIGINT", "numrange": "DECIMAL(38, 12)", "daterange": "DATE",
           "tsrange": "TIMESTAMP", "tstzrange": "TIMESTAMPTZ"}  # fmt: skip
_RENAMED = {"cardinality": "len", "jsonb_array_length": "json_array_length", "json_typeof": "jsonb_typeof"}


@dataclass(frozen=True)
class Target:
    """Where the text runs: what stands for now(), and the schema whose views stand for the tables ("" for none)."""

    catalog: Catalog
    now: exp.Expr
    views: str = ""


def lowered(tree: exp.Expr, target: Target) -> tuple[exp.Expr, str]:
    """What DuckDB is to read for a normalised tree, and why its answer may differ from the database's (""; if not)."""
    writer = _Writer(target, tree)
    text = bottom_up(tree.copy(), writer.rule)
    return bottom_up(text, _parenthesised), writer.doubt


def _parenthesised(node: exp.Expr) -> exp.Expr:
    """Operands get parentheses where the text had none to print: operators bind otherwise on DuckDB."""
    if not isinstance(node, (*_WRAPPED, exp.Cast, exp.Any)):
        return node
    for child in list(node.iter_expressions()):
        chained = isinstance(node, exp.Connector) and type(child) is type(node)
        escaped = isinstance(node, (exp.Escape, exp.Case))
        if isinstance(child, _WRAPPED) and not chained and not escaped:
            child.replace(exp.Paren(this=child.copy()))
    return node


class _Writer:
    """The rules, with what they need to know of the tree before any of it was rewritten."""

    def __init__(self, target: Target, tree: exp.Expr) -> None:
        self.target = target
        self.catalog = target.catalog
        self.collated = target.catalog.schema.dialect == "mysql"
        self.doubt = ""

    def rule(self, node: exp.Expr) -> exp.Expr:
        if isinstance(node, _COMPARED):
            return self._compared(node)
        found = _RULES.get(type(node))
        return found(self, node) if found else node

    def _folds(self, *sides: exp.Expr) -> bool:
        """Whether texts compare without case: by the collations of their columns, or the server's own without any."""
        columns = (type_of(column, self.catalog) for side in sides for column in side.find_all(exp.Column))
        texts = [own for own in columns if own and own.kind in TEXTUAL]
        return self.collated and (not texts or any(own.folds or own.kind != "text" for own in texts))

    def _compared(self, node: exp.Expr) -> exp.Expr:
        left, right = node.this, node.expression
        if isinstance(right, exp.Any):
            if not isinstance(node, exp.EQ):
                raise Refused("ANY over a column is only understood with =")
            return exp.Anonymous(this="any_equals", expressions=[right.this, left])
        if isinstance(right, exp.Anonymous) and right.name == "all":
            return of_all(node, left, right.expressions[0])
        kinds = {kind_of(left, self.catalog), kind_of(right, self.catalog)}
        if isinstance(node, _ORDERED):
            self._ordered(node, kinds)
        for one, other in ((left, right), (right, left)):
            if (own := type_of(one, self.catalog)) and own.fixed and isinstance(other, exp.Literal):
                other.replace(exp.Literal.string(other.name.rstrip(" ")))
            if "json" in kinds and isinstance(other, exp.Literal):
                other.replace(exp.Literal.string(canonical_json(other.name)))
            if "array" in kinds and isinstance(other, exp.Literal):
                other.replace(_listed(other))
        if is_citext(left, self.catalog) or is_citext(right, self.catalog):
            for side in (node.this, node.expression):
                side.replace(exp.Lower(this=side.copy()))
        if kinds & TEXTUAL and not node.find(exp.Collate) and self._folds(node.this, node.expression):
            for side in (node.this, node.expression):
                side.replace(_folded(side.copy(), trimmed=True))
            self.doubt = "text is compared by the server's collation"
        return node

    def _ordered(self, node: exp.Expr, kinds: set[str]) -> None:
        labels = next((own.labels for side in (node.this, node.expression)
                       if (own := type_of(side, self.catalog)) and own.kind == "enum"), ())  # fmt: skip
        if labels:
            listed = exp.Array(expressions=[exp.Literal.string(label) for label in labels])
            for side in (node.this, node.expression):
                side.replace(exp.Anonymous(this="list_position", expressions=[listed.copy(), side.copy()]))
        elif kinds & TEXTUAL:
            self.doubt = "text is ordered by the server's collation"

    def _in(self, node: exp.Expr) -> exp.Expr:
        own = type_of(node.this, self.catalog)
        if own and own.fixed:
            for item in node.expressions:
                if isinstance(item, exp.Literal):
                    item.replace(exp.Literal.string(item.name.rstrip(" ")))
        if is_citext(node.this, self.catalog):
            node.set("this", exp.Lower(this=node.this))
            node.set("expressions", [exp.Lower(this=item) for item in node.expressions])
        if node.expressions and kind_of(node.this, self.catalog) in TEXTUAL and self._folds(node.this):
            node.set("this", _folded(node.this, trimmed=True))
            node.set("expressions", [_folded(item, trimmed=True) for item in node.expressions])
        return node

    def _like(self, node: exp.Expr) -> exp.Expr:
        node.set("this", self._padded(node.this))
        if self._folds(node.this):
            node.set("this", _folded(node.this, trimmed=False))
            node.set("expression", _folded(node.expression, trimmed=False))
        if self.catalog.schema.dialect == "sqlite" or is_citext(node.this, self.catalog):
            node = _in_place_of(node, exp.ILike(this=node.this, expression=node.expression))
        pattern = node.expression
        if isinstance(node.parent, exp.Escape) or (isinstance(pattern, exp.Literal) and "\\" not in pattern.name):
            return node
        return exp.Escape(this=node.copy(), expression=exp.Literal.string("\\"))

    def _padded(self, operand: exp.Expr) -> exp.Expr:
        """char(n) is kept without its blanks; patterns see it with them."""
        own = type_of(operand, self.catalog)
        if not own or not own.fixed or not own.length:
            return operand
        width, blank = exp.Literal.number(own.length), exp.Literal.string(" ")
        return exp.Anonymous(this="rpad", expressions=[operand, width, blank])

    def _regex(self, node: exp.Expr) -> exp.Expr:
        pattern = node.expression.unnest()
        if isinstance(pattern, exp.Literal):
            pattern = exp.Literal.string(to_re2(pattern.name))
        else:
            self.doubt = "the regular expression is not a constant"
        caseless = self._folds(node.this) or isinstance(node, exp.RegexpILike) or is_citext(node.this, self.catalog)
        flags = "si" if caseless else "s"
        arguments = [self._padded(node.this), pattern, exp.Literal.string(flags)]
        return exp.Anonymous(this="regexp_matches", expressions=arguments)

    def _cast(self, node: exp.Expr) -> exp.Expr:
        kind, sizes = kind_of_type(node.args["to"], self.catalog), node.args["to"].expressions
        if kind == "unknown":
            raise Refused(f"the type in {node.sql('postgres')} is not understood")
        if kind == "decimal":
            scale = sizes[1].name if len(sizes) > 1 else ("0" if sizes else "12")
            node.set("to", exp.DataType.build(f"DECIMAL(38, {scale})", dialect="duckdb"))
        elif kind == "text":
            if sizes:
                return exp.Left(this=node.this, expression=exp.Literal.number(sizes[0].name))
            node.set("to", exp.DataType.build("VARCHAR", dialect="duckdb"))
        return node

    def _divided(self, node: exp.Expr) -> exp.Expr:
        kinds = {kind_of(node.this, self.catalog), kind_of(node.expression, self.catalog)}
        by = exp.Nullif(this=node.expression, expression=exp.Literal.number(0))
        if kinds == {"integer"} and self.catalog.schema.dialect in ("postgres", "sqlite"):
            return exp.IntDiv(this=node.this, expression=by)
        if "interval" in kinds:
            return node
        quotient = exp.Div(this=node.this, expression=by)
        return exp.cast(quotient, EXACT, dialect="duckdb") if kinds <= EXACT_NUMBERS else quotient

    def _multiplied(self, node: exp.Expr) -> exp.Expr:
        kinds = {kind_of(node.this, self.catalog), kind_of(node.expression, self.catalog)}
        if kinds <= EXACT_NUMBERS and "decimal" in kinds:
            return exp.cast(node.copy(), EXACT, dialect="duckdb")
        return node

    def _rounded(self, node: exp.Expr) -> exp.Expr:
        if kind_of(node.this, self.catalog) == "float" and not node.args.get("decimals"):
            return exp.Anonymous(this="round_even", expressions=[node.this, exp.Literal.number(0)])
        return node

    def _now(self, node: exp.Expr) -> exp.Expr:
        now = self.target.now.copy()
        if isinstance(node, exp.CurrentDate):
            return exp.cast(now, "DATE")
        return exp.cast(now, "TIMESTAMP") if isinstance(node, exp.Localtimestamp) else now

    def _trim(self, node: exp.Expr) -> exp.Expr:
        name = {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(str(node.args.get("position") or "").upper(), "trim")
        characters = node.args.get("expression") or exp.Literal.string(" ")
        return exp.Anonymous(this=name, expressions=[node.this, characters])

    def _table(self, node: exp.Expr) -> exp.Expr:
        if self.target.views and node.meta.get("table"):
            node.set("db", exp.to_identifier(self.target.views, quoted=True))
        return node

    def _interval(self, node: exp.Expr) -> exp.Expr:
        parts: list[exp.Expr] = []
        for unit, value in node.args.items():
            if isinstance(value, exp.Expr) and unit in _UNITS:
                number = value.expression if isinstance(value, exp.Kwarg) else value
                whole = number if unit == "second" else exp.cast(number, "INT")
                parts.append(exp.Anonymous(this=_UNITS[unit], expressions=[whole]))
        total = parts[0] if parts else exp.Interval(this=exp.Literal.string("0"), unit=exp.Var(this="DAY"))
        for part in parts[1:]:
            total = exp.Add(this=total, expression=part)
        return exp.Paren(this=total)

    def _json(self, node: exp.Expr) -> exp.Expr:
        scalar = isinstance(node, (exp.JSONExtractScalar, exp.JSONBExtractScalar))
        name = "json_extract_string" if scalar else "json_extract"
        return exp.Anonymous(this=name, expressions=[node.this, exp.Literal.string(path(node.expression))])

    def _json_key(self, node: exp.Expr) -> exp.Expr:
        keys = exp.Anonymous(this="json_keys", expressions=[node.this])
        return exp.Anonymous(this="list_contains", expressions=[keys, node.expression])

    def _contains(self, node: exp.Expr) -> exp.Expr:
        outer, inner = node.this, node.expression
        if isinstance(node, exp.ArrayContainedBy):
            outer, inner = inner, outer
        kinds = {kind_of(outer, self.catalog), kind_of(inner, self.catalog)}
        if "array" in kinds:
            outer, inner = _listed(outer), _listed(inner)
        name = "list_has_any" if isinstance(node, exp.ArrayOverlaps) else "list_has_all"
        if "json" in kinds:
            name = "json_contains"
        return exp.Anonymous(this=name, expressions=[outer, inner])

    def _array_size(self, node: exp.Expr) -> exp.Expr:
        size = exp.Anonymous(this="len", expressions=[node.this])
        return exp.Nullif(this=size, expression=exp.Literal.number(0))

    def _end_of_range(self, node: exp.Expr) -> exp.Expr:
        """lower(r) and upper(r) of a range, which is kept as text; of text they are what they are called."""
        own = type_of(node.this, self.catalog)
        to = _RANGES.get(own.sql.lower()) if own and own.kind == "other" else None
        if to is None:
            return node
        pattern = r'^[\[(]"?([^",]*)' if isinstance(node, exp.Lower) else r'([^",]*)"?[\])]$'
        arguments = [node.this, exp.Literal.string(pattern), exp.Literal.number(1)]
        found = exp.Nullif(
            this=exp.Anonymous(this="regexp_extract", expressions=arguments), expression=exp.Literal.string("")
        )
        return exp.cast(found, to, dialect="duckdb")

    def _date(self, node: exp.Expr) -> exp.Expr:
        """SQLite's date() is a text, and NULL for what is none."""
        if self.catalog.schema.dialect != "sqlite":
            return node
        return exp.cast(exp.TryCast(this=node.this, to=exp.DataType.build("DATE")), "VARCHAR")

    def _length(self, node: exp.Expr) -> exp.Expr:
        if kind_of(node.this, self.catalog) == "bytes":
            return exp.Anonymous(this="octet_length", expressions=[node.this])
        return exp.Anonymous(this="length", expressions=[node.this])

    def _named(self, node: exp.Expr) -> exp.Expr:
        name, given = node.name, node.expressions
        if name in ("num_nonnulls", "num_nulls"):
            return null_count(given, wanted=name == "num_nulls")
        if name == "octet_length" and kind_of(given[0], self.catalog) != "bytes":
            return exp.Anonymous(this=name, expressions=[exp.Anonymous(this="encode", expressions=given)])
        if name == "age" and len(given) == 1:
            today = exp.cast(exp.cast(self.target.now.copy(), "DATE"), "TIMESTAMP")
            given = [today, given[0]]
        if name == "age":
            return exp.Anonymous(this=name, expressions=[exp.cast(side, "TIMESTAMP") for side in given])
        return exp.Anonymous(this=_RENAMED.get(name, name), expressions=given)


def _in_place_of(node: exp.Expr, other: exp.Expr) -> exp.Expr:
    node.replace(other)
    return other


def _listed(node: exp.Expr) -> exp.Expr:
    """An array's literal `'{a,b}'` as a list; anything else as it is."""
    if not isinstance(node, exp.Literal):
        return node
    elements = array_literal(node.name)
    if elements is None:
        raise Refused(f"{node.name!r}: write the array as ARRAY[...]")
    return exp.Array(expressions=elements)


def _folded(node: exp.Expr, trimmed: bool) -> exp.Expr:
    for name in ("strip_accents", "lower", *(("rtrim",) if trimmed else ())):
        node = exp.Anonymous(this=name, expressions=[node])
    return node


_RULES: dict[type[exp.Expr], Callable[[_Writer, exp.Expr], exp.Expr]] = {
    **dict.fromkeys((exp.Like, exp.ILike), _Writer._like),
    **dict.fromkeys((exp.RegexpLike, exp.RegexpILike), _Writer._regex),
    **dict.fromkeys((exp.CurrentTimestamp, exp.CurrentDate, exp.Localtimestamp), _Writer._now),
    **dict.fromkeys((exp.JSONExtract, exp.JSONExtractScalar, exp.JSONBExtract, exp.JSONBExtractScalar), _Writer._json),
    **dict.fromkeys((exp.ArrayContainsAll, exp.ArrayContainedBy, exp.ArrayOverlaps), _Writer._contains),
    exp.In: _Writer._in,
    exp.Cast: _Writer._cast,
    exp.Div: _Writer._divided,
    exp.Mul: _Writer._multiplied,
    exp.Round: _Writer._rounded,
    exp.Trim: _Writer._trim,
    exp.Table: _Writer._table,
    exp.MakeInterval: _Writer._interval,
    exp.JSONBContainsTopKey: _Writer._json_key,
    exp.ArraySize: _Writer._array_size,
    exp.Length: _Writer._length,
    exp.Date: _Writer._date,
    exp.Lower: _Writer._end_of_range,
    exp.Upper: _Writer._end_of_range,
    exp.Anonymous: _Writer._named,
}
