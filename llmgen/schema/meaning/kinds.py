"""The kinds of values that operators and functions give, as far as casts and literals around them need it."""

from collections.abc import Iterable, Mapping

from sqlglot import exp

from llmgen.schema.meaning.terms import Term

_BY_KIND: Mapping[str, tuple[type[exp.Expr], ...]] = {
    "text": (
        exp.Lower, exp.Upper, exp.Trim, exp.Substring, exp.Concat, exp.Replace, exp.Left, exp.Right, exp.MD5,
        exp.RegexpReplace, exp.Initcap, exp.TimeToStr, exp.SplitPart, exp.JSONExtractScalar, exp.JSONBExtractScalar,
        exp.Overlay, exp.Format, exp.Encode, exp.ArrayToString, exp.CurrentUser, exp.SessionUser,
    ),
    "integer": (
        exp.Length, exp.StrPosition, exp.ArraySize, exp.Ascii, exp.BitLength, exp.BitwiseAnd, exp.BitwiseOr,
        exp.BitwiseXor, exp.BitwiseNot, exp.BitwiseLeftShift, exp.BitwiseRightShift, exp.ArrayPosition,
    ),
    "decimal": (exp.Extract,),
    "float": (exp.Sqrt, exp.Pow, exp.Rand, exp.Pi),
    "timestamptz": (exp.CurrentTimestamp,),
    "timestamp": (exp.Localtimestamp,),
    "date": (exp.CurrentDate, exp.Date),
    "json": (exp.JSONExtract, exp.JSONBExtract),
    "time": (exp.CurrentTime, exp.Localtime),
    "uuid": (exp.Uuid,),
    "interval": (exp.Interval,),
}  # fmt: skip
RESULTS: Mapping[type[exp.Expr], str] = {node: kind for kind, nodes in _BY_KIND.items() for node in nodes}
"""What sqlglot's functions give."""
NAMED: Mapping[str, str] = {
    **dict.fromkeys(("octet_length", "cardinality", "num_nulls", "num_nonnulls", "scale", "jsonb_array_length",
                     "json_array_length", "array_ndims", "date_diff"), "integer"),
    **dict.fromkeys(("jsonb_typeof", "json_typeof", "btrim", "reverse", "repeat", "lpad", "rpad", "translate",
                     "quote_literal", "regexp_substr"), "text"),
    **dict.fromkeys(("clock_timestamp", "statement_timestamp", "transaction_timestamp"), "timestamptz"),
    **dict.fromkeys(("make_date",), "date"),
    **dict.fromkeys(("age", "justify_days", "justify_hours", "justify_interval", "make_interval"), "interval"),
}  # fmt: skip
"""What other functions give, by name."""
SAME = (exp.Abs, exp.Round, exp.Ceil, exp.Floor, exp.Trunc, exp.Sign)
"""Functions that give a number of the kind that they are given."""

_NUMBERS = ("integer", "decimal", "float")
_TIMES = ("date", "timestamp", "timestamptz", "time")


def shared(terms: Iterable[Term]) -> str:
    """The kind that alternatives of one expression have in common: that of the first whose kind is known."""
    kinds = [term.kind for term in terms if term.kind not in ("", "literal")]
    numbers = [kind for kind in kinds if kind in _NUMBERS]
    return max(numbers, key=_NUMBERS.index) if numbers and len(numbers) == len(kinds) else kinds[0] if kinds else ""


def arithmetic(sign: str, left: Term, right: Term) -> str:
    """The kind of `left sign right`; "" where it is not known."""
    one, other = left.kind, right.kind
    if sign == "||":
        kinds = {one, other} - {"literal"}
        return "text" if kinds <= {"text"} else next(iter(kinds & {"json", "array"}), "text" if "text" in kinds else "")
    if one in _NUMBERS and other in _NUMBERS:
        return max(one, other, key=_NUMBERS.index)
    if "float" in (one, other) and {one, other} <= {"float", "literal", ""}:
        return "float"
    if sign in ("+", "-") and one in _TIMES:
        if other in _TIMES:
            return "integer" if one == other == "date" else "timestamp" if "date" in (one, other) else "interval"
        if other == "interval":
            return "timestamp" if one == "date" else one
        return one if other == "integer" else ""
    return "interval" if "interval" in (one, other) and sign != "||" else ""
