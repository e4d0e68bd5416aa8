"""What kind of value an expression has, as far as the shims must know: from columns, literals, casts and functions."""

from sqlglot import exp

from llmgen.predicates.catalog import Catalog
from llmgen.schema.model import ColumnType

TEXTUAL = frozenset({"text", "enum", "set"})
EXACT_NUMBERS = frozenset({"integer", "decimal"})
NUMBERS = EXACT_NUMBERS | {"float"}

_T = exp.DataType.Type
_OF_TYPE = {
    **dict.fromkeys((_T.INT, _T.BIGINT, _T.SMALLINT, _T.TINYINT, _T.MEDIUMINT, _T.UINT, _T.UBIGINT), "integer"),
    **dict.fromkeys((_T.DECIMAL, _T.UDECIMAL), "decimal"),
    **dict.fromkeys((_T.DOUBLE, _T.FLOAT), "float"),
    **dict.fromkeys((_T.TEXT, _T.VARCHAR, _T.CHAR, _T.NCHAR, _T.NVARCHAR, _T.BPCHAR, _T.NAME), "text"),
    **dict.fromkeys((_T.JSON, _T.JSONB), "json"),
    **dict.fromkeys((_T.TIMESTAMP, _T.TIMESTAMPNTZ, _T.DATETIME), "timestamp"),
    **dict.fromkeys((_T.TIMESTAMPTZ, _T.TIMESTAMPLTZ), "timestamptz"),
    **dict.fromkeys((_T.TIME, _T.TIMETZ), "time"),
    **dict.fromkeys((_T.BINARY, _T.VARBINARY, _T.BLOB), "bytes"),
    _T.BOOLEAN: "boolean",
    _T.DATE: "date",
    _T.INTERVAL: "interval",
    _T.UUID: "uuid",
    _T.ARRAY: "array",
}

_TEXT_FUNCTIONS = (exp.Lower, exp.Upper, exp.Trim, exp.Substring, exp.Left, exp.Right, exp.Concat, exp.ConcatWs,
                   exp.DPipe, exp.SplitPart, exp.Replace, exp.RegexpReplace, exp.JSONExtractScalar,
                   exp.JSONBExtractScalar, exp.TimeToStr, exp.Initcap)  # fmt: skip
_SAME_AS_FIRST = (exp.Abs, exp.Min, exp.Max, exp.Round, exp.Ceil, exp.Floor, exp.Trunc, exp.Neg, exp.Paren,
                  exp.Filter, exp.Window, exp.Lag, exp.Lead, exp.Nullif, exp.Mod, exp.Collate)  # fmt: skip
_INTEGERS = (exp.Length, exp.Count, exp.StrPosition, exp.RowNumber, exp.Rank, exp.DenseRank, exp.Unicode)
_NOWS = {exp.CurrentTimestamp: "timestamptz", exp.CurrentDate: "date", exp.Localtimestamp: "timestamp"}


def type_of(node: exp.Expr, catalog: Catalog) -> ColumnType | None:
    """The schema's type of a plain column, else None."""
    bare = node.unnest()
    place = bare.meta.get("at") if isinstance(bare, exp.Column) else None
    return catalog.types.get(place) if place else None


def is_citext(node: exp.Expr, catalog: Catalog) -> bool:
    """Whether a plain column compares without regard to case of itself."""
    own = type_of(node, catalog)
    return own is not None and own.sql.rsplit(".", 1)[-1].strip('"').lower() == "citext"


def kind_of_type(to: exp.Expr, catalog: Catalog) -> str:
    """The kind that a cast's target names; the schema's own types are text, others unknown."""
    if not isinstance(to, exp.DataType):
        return "unknown"
    if to.this == _T.USERDEFINED:
        kind = to.args.get("kind")
        name = (kind.name if isinstance(kind, exp.Expr) else str(kind or "")).rsplit(".", 1)[-1]
        return "text" if name.strip('"').lower() in catalog.enums else "unknown"
    return _OF_TYPE.get(to.this, "unknown")


def kind_of(node: exp.Expr, catalog: Catalog) -> str:
    """The kind of an expression (`llmgen.schema.model.Kind`, or unknown). An untyped string literal is `literal`."""
    if isinstance(node, exp.Column):
        own = type_of(node, catalog)
        return own.kind if own else "unknown"
    if isinstance(node, exp.Literal):
        return "literal" if node.is_string else ("integer" if node.name.isdigit() else "decimal")
    if isinstance(node, exp.Cast):
        return kind_of_type(node.to, catalog)
    for cls, kind in _NOWS.items():
        if isinstance(node, cls):
            return kind
    if isinstance(node, _SAME_AS_FIRST):
        return kind_of(node.this, catalog)
    if isinstance(node, (exp.Add, exp.Sub, exp.Mul, exp.Div)):
        return _of_arithmetic(node, catalog)
    if isinstance(node, exp.Coalesce):
        return kind_of(node.this, catalog)
    if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Select) and node.this.expressions:
        return kind_of(node.this.expressions[0].unalias(), catalog)
    return _of_function(node, catalog)


def _of_function(node: exp.Expr, catalog: Catalog) -> str:
    if isinstance(node, _INTEGERS):
        return "integer"
    if isinstance(node, exp.Sum):
        return kind_of(node.this, catalog)
    if isinstance(node, (exp.Avg, exp.Extract)):
        return "float"
    if isinstance(node, exp.Interval):
        return "interval"
    if isinstance(node, (exp.Boolean, exp.Not, exp.Connector, exp.Predicate)):
        return "boolean"
    if isinstance(node, exp.AtTimeZone):
        return "timestamptz" if kind_of(node.this, catalog) == "timestamp" else "timestamp"
    if isinstance(node, exp.Anonymous) and node.name.lower() in ("octet_length", "num_nonnulls", "num_nulls"):
        return "integer"
    return "text" if isinstance(node, _TEXT_FUNCTIONS) else "unknown"


def _of_arithmetic(node: exp.Binary, catalog: Catalog) -> str:
    left, right = kind_of(node.this, catalog), kind_of(node.expression, catalog)
    kinds = {left, right}
    if kinds <= NUMBERS:
        return "float" if "float" in kinds else ("decimal" if "decimal" in kinds else "integer")
    if isinstance(node, exp.Sub) and left == right and left in ("date", "timestamp", "timestamptz"):
        return "integer" if left == "date" else "interval"
    if left == "date" and right == "integer":
        return "date"
    if "interval" in kinds:
        moment = next((kind for kind in (left, right) if kind != "interval"), "interval")
        return {"date": "timestamp", "integer": "interval", "decimal": "interval"}.get(moment, moment)
    return "unknown"
