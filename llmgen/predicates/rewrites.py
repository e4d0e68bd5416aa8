"""What DuckDB has no word for, as trees and texts of words that it has."""

from sqlglot import exp

from llmgen.predicates.refusal import Refused


def of_all(node: exp.Expr, left: exp.Expr, listed: exp.Expr) -> exp.Expr:
    """`left < ALL (list)`: of an empty list it is true, with a NULL in the list never."""

    def call(name: str) -> exp.Expr:
        return exp.Anonymous(this=name, expressions=[listed.copy()])

    extreme = call("list_min" if isinstance(node, (exp.LT, exp.LTE)) else "list_max")
    compared = exp.Paren(this=type(node)(this=left, expression=extreme))
    cases = [
        exp.If(this=exp.EQ(this=call("len"), expression=exp.Literal.number(0)), true=exp.Boolean(this=True)),
        exp.If(this=exp.Not(this=compared.copy()), true=exp.Boolean(this=False)),
        exp.If(this=exp.EQ(this=call("list_count"), expression=call("len")), true=exp.Boolean(this=True)),
    ]
    return exp.Case(ifs=cases)


def null_count(given: list[exp.Expr], wanted: bool) -> exp.Expr:
    """How many of these are NULL, or (not `wanted`) are not."""
    total: exp.Expr = exp.Literal.number(0)
    for item in given:
        null = exp.Paren(this=exp.Is(this=item, expression=exp.Null()))
        total = exp.Add(this=total, expression=exp.cast(null if wanted else exp.Paren(this=exp.Not(this=null)), "INT"))
    return exp.Paren(this=total)


def path(node: exp.Expr) -> str:
    """A JSON path in DuckDB's words: of `-> 'key'`, `-> 0` or `#> '{a,b}'`."""
    if isinstance(node, exp.JSONPath):
        parts = [part.this for part in node.expressions if not isinstance(part, exp.JSONPathRoot)]
    elif isinstance(node, exp.Literal) and node.is_string and node.name.startswith("{"):
        parts = [int(part) if part.strip().isdigit() else part.strip() for part in node.name[1:-1].split(",")]
    else:
        raise Refused("a JSON key that is no constant is not understood")
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f'."{part}"' for part in parts)
