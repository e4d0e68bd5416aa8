"""What an expression may be made of: the allow-list of nodes and functions, and the bounds on size and nesting."""

import re

from sqlglot import exp

MAX_LENGTH = 4_000
MAX_PARENTHESES = 40
MAX_DEPTH = 60

_BOOLEANS = (
    "And Or Not Paren EQ NEQ LT LTE GT GTE NullSafeEQ NullSafeNEQ Is In Between Like ILike Escape RegexpLike "
    "RegexpILike SimilarTo Any All Exists Case If Boolean Null Literal RawString ByteString Column Identifier Tuple"
)
_ARITHMETIC = (
    "Add Sub Mul Div IntDiv Mod Neg Pow BitwiseAnd BitwiseOr BitwiseXor BitwiseNot BitwiseLeftShift BitwiseRightShift "
    "DPipe Cast DataType DataTypeParam Interval IntervalSpan Var Kwarg AtTimeZone Array ArrayOverlaps "
    "ArrayContainsAll ArrayContainedBy ArraySize JSONExtract JSONExtractScalar JSONBExtract JSONBExtractScalar "
    "JSONPath JSONPathRoot JSONPathKey JSONPathSubscript JSONBContainsTopKey"
)
_FUNCTIONS = (
    "CurrentTimestamp CurrentDate Localtimestamp Coalesce Nullif Greatest Least Abs Round Ceil Floor Sqrt Sign Trunc "
    "Length Lower Upper Trim Substring Left Right StrPosition Replace Concat ConcatWs SplitPart StartsWith Extract "
    "TimestampTrunc DateTrunc MakeInterval Ln Log Exp Date UnixToTime TimeToStr RegexpReplace"
)
_SUB_SELECTS = (
    "Select Subquery From Join Where Group Having Order Ordered Limit Offset Distinct Star Alias TableAlias Table "
    "Union Intersect Except Count Sum Avg Min Max LogicalAnd LogicalOr Filter Window WindowSpec RowNumber Rank "
    "DenseRank Lag Lead FirstValue LastValue"
)
_CHECKS = (
    "Collate Dot Initcap Ascii Unicode Chr MD5 Reverse Repeat Pad Date Week Year Month Day Operator CurrentTime "
    "JSONBContainsAllTopKeys JSONBContainsAnyTopKeys JSONType Glob Typeof DayOfMonth DateDiff TimestampDiff "
    "TsOrDsToDate"
)
_QUERIES = "With CTE GroupConcat Stddev Variance"

_NAMED_FUNCTIONS = (
    "age cardinality num_nonnulls num_nulls octet_length jsonb_typeof json_typeof jsonb_array_length json_array_length "
    "row all some clock_timestamp statement_timestamp transaction_timestamp every make_date regexp_match isfinite "
    "timezone json_valid json_length isempty lower_inc upper_inc lower_inf upper_inf family masklen"
)
_NAMED = frozenset(_NAMED_FUNCTIONS.split())
_AGGREGATES = (exp.AggFunc, exp.Window)
_OPENING = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|(?P<open>[(\[])|(?P<shut>[)\]])|(?P<comment>--|/\*)|(?P<end>;)")


def _classes(names: str) -> frozenset[type[exp.Expr]]:
    return frozenset(getattr(exp, name) for name in names.split() if hasattr(exp, name))


_EXPRESSIONS = _classes(f"{_BOOLEANS} {_ARITHMETIC} {_FUNCTIONS}")
_WITH_SELECTS = _EXPRESSIONS | _classes(_SUB_SELECTS)
_IN_QUERIES = _WITH_SELECTS | _classes(f"{_CHECKS} {_QUERIES}")
_IN_CHECKS = _EXPRESSIONS | _classes(_CHECKS)


def text_fault(sql: str, comments: bool = False) -> str:
    """Why the bare text may not even be parsed (size, nesting, comments, several statements); empty if it may."""
    if not sql.strip():
        return "the expression is empty"
    if len(sql) > MAX_LENGTH:
        return f"the expression has {len(sql)} characters, {MAX_LENGTH} are allowed"
    depth = deepest = 0
    for match in _OPENING.finditer(sql):
        depth += bool(match["open"]) - bool(match["shut"])
        deepest = max(deepest, depth)
        if match["comment"] and not comments:
            return "SQL comments are not allowed"
        if match["end"]:
            return "one expression only: no semicolon"
    return f"nested deeper than {MAX_PARENTHESES} parentheses" if deepest > MAX_PARENTHESES else ""


def node_fault(tree: exp.Expr, kind: str) -> str:
    """The first thing that the vocabulary of `kind` (check, expect, query) does not hold; empty if all is allowed."""
    allowed = {"check": _IN_CHECKS, "expect": _WITH_SELECTS, "query": _IN_QUERIES}[kind]
    for node in tree.walk():
        if isinstance(node, exp.Anonymous):
            if node.name.lower() not in _NAMED:
                return f"the function {node.name}() is not allowed"
        elif type(node) not in allowed:
            return f"{_spelling(node)} is not allowed"
        if fault := _shape_fault(node, kind):
            return fault
    return _depth_fault(tree)


def _shape_fault(node: exp.Expr, kind: str) -> str:
    if isinstance(node, exp.Table) and not isinstance(node.this, exp.Identifier):
        return "a table function is not allowed"
    if isinstance(node, exp.With) and node.args.get("recursive"):
        return "a recursive WITH is not allowed"
    if isinstance(node, exp.Select) and (node.args.get("locks") or node.args.get("into")):
        return "SELECT ... INTO and FOR UPDATE are not allowed"
    if isinstance(node, exp.Join) and kind == "expect" and node.side in ("RIGHT", "FULL"):
        return f"a {node.side} JOIN is not allowed: write it as a LEFT JOIN"
    if isinstance(node, exp.Join) and (node.args.get("using") or node.method) and kind == "expect":
        return "JOIN ... USING and NATURAL JOIN are not allowed: write JOIN ... ON"
    if isinstance(node, exp.Star) and kind == "expect" and not isinstance(node.parent, exp.Count):
        exists = isinstance(node.parent, exp.Select) and isinstance(node.parent.parent, exp.Exists)
        return "" if exists else "SELECT * is only allowed directly inside EXISTS: name the columns"
    if isinstance(node, _AGGREGATES) and kind != "query" and node.find_ancestor(exp.Select) is None:
        return f"the aggregate {node.sql('postgres')} stands outside a sub-select: write (SELECT ... FROM table)"
    return ""


def _depth_fault(tree: exp.Expr) -> str:
    stack = [(tree, 0)]
    while stack:
        node, depth = stack.pop()
        if depth > MAX_DEPTH:
            return f"nested deeper than {MAX_DEPTH} levels"
        stack.extend((child, depth + (type(child) is not type(node))) for child in node.iter_expressions())
    return ""


def _spelling(node: exp.Expr) -> str:
    if isinstance(node, exp.Func):
        return f"the function {node.sql_name().lower()}()"
    text = node.sql("postgres")
    return f"`{text if len(text) <= 40 else text[:37] + '...'}` ({type(node).__name__})"
