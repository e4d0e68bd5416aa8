"""What stands at the ends of an expression: names, literals, arrays, rows, and casts of them."""

import re
from collections.abc import Mapping

from sqlglot import exp

from llmgen.schema.meaning.casts import cast
from llmgen.schema.meaning.reader import Reader, Rule, settled
from llmgen.schema.meaning.terms import FALSE, NULL, TRUE, Term, string
from llmgen.schema.meaning.values import interval, number

_CODE_POINT = re.compile(r"\\(?:\+([0-9A-Fa-f]{6})|([0-9A-Fa-f]{4}))")


def name_of(reader: Reader, node: exp.Expr) -> str:
    """An identifier as the database calls it."""
    folded = reader.dialect == "postgres" and not node.args.get("quoted")
    return node.name.lower() if folded else node.name


def _column(reader: Reader, node: exp.Expr) -> Term:
    name, table = name_of(reader, node.this), node.args.get("table")
    if table is not None:
        return Term(f'"{name_of(reader, table)}"."{name}"')
    return Term(f'"{name}"', kind=reader.kinds.get(name, ""))


def _identifier(reader: Reader, node: exp.Expr) -> Term:
    return Term(f'"{name_of(reader, node)}"')


def _literal(reader: Reader, node: exp.Expr) -> Term:
    return string(node.name) if node.args.get("is_string") else number(node.name) or Term(node.name)


def _string(reader: Reader, node: exp.Expr) -> Term:
    return string(node.name)


def _unicode(reader: Reader, node: exp.Expr) -> Term:
    return string(_CODE_POINT.sub(lambda found: chr(int(found[1] or found[2], 16)), node.name))


def _boolean(reader: Reader, node: exp.Expr) -> Term:
    return TRUE if node.this else FALSE


def _null(reader: Reader, node: exp.Expr) -> Term:
    return NULL


def _word(reader: Reader, node: exp.Expr) -> Term:
    return Term(node.name.lower())


def _inside(reader: Reader, node: exp.Expr) -> Term:
    return reader.read(node.this)


def _array(reader: Reader, node: exp.Expr) -> Term:
    parts = reader.all(node.expressions)
    return Term("ARRAY", settled(*parts), "array") if parts else Term("ARRAY[]", kind="array")


def row(reader: Reader, node: exp.Expr) -> Term:
    """ROW(...), or the parentheses that stand for it."""
    return Term("ROW", reader.all(node.expressions))


def _cast(reader: Reader, node: exp.Expr) -> Term:
    return cast(reader.read(node.this), node.args["to"])


def _interval(reader: Reader, node: exp.Expr) -> Term:
    if not isinstance(node.this, exp.Literal):
        return reader.plain(node)
    amount, unit = node.this.name, node.args.get("unit")
    if isinstance(unit, exp.IntervalSpan):  # '1-2' YEAR TO MONTH says its units itself
        unit = None if re.search("[-:]", amount) else unit.expression
    return interval(f"{amount} {unit.name if unit else ''}") or reader.plain(node)


def _parameter(reader: Reader, node: exp.Expr) -> Term:
    return Term(f"${node.name}")


RULES: Mapping[type[exp.Expr], Rule] = {
    **dict.fromkeys((exp.National, exp.RawString, exp.ByteString, exp.BitString, exp.HexString), _string),
    **dict.fromkeys((exp.Cast, exp.TryCast), _cast),
    exp.Paren: _inside,
    exp.Column: _column,
    exp.Identifier: _identifier,
    exp.Var: _word,
    exp.Literal: _literal,
    exp.UnicodeString: _unicode,
    exp.Boolean: _boolean,
    exp.Null: _null,
    exp.Array: _array,
    exp.Tuple: row,
    exp.Interval: _interval,
    exp.Parameter: _parameter,
}
