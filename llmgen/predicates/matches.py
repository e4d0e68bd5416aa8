"""LIKE, regular expressions and starts_with() over one column as formulas."""

from sqlglot import exp

from llmgen.predicates.formulas import Atom, Formula, Opaque, either
from llmgen.predicates.patterns import Pattern, like, regex
from llmgen.predicates.ranges import Domain
from llmgen.predicates.terms import Kinds, Unreadable, column_of


def match(tree: exp.Expr, truth: bool, strict: bool, kinds: Kinds) -> Formula:
    """LIKE and regular expressions over a column, or its folding. Raises Unreadable."""
    escape = "\\"
    if isinstance(tree, exp.Escape):
        escape, tree = tree.args["expression"].name, tree.this
    name = column_of(tree.this, kinds)
    fold = ""
    if name is None and isinstance(tree.this.unnest(), exp.Lower | exp.Upper):
        fold, name = "i", column_of(tree.this.unnest().this, kinds)
    text = tree.args["expression"].unnest()
    while isinstance(text, exp.Cast):
        text = text.this.unnest()
    if name is None or not isinstance(text, exp.Literal) or kinds[name] not in ("text", "char"):
        raise Unreadable(tree.sql())
    pattern = _pattern(tree, text.name, bool(fold), escape)
    if pattern is None:
        raise Unreadable(tree.sql())
    found = Pattern(pattern.source, pattern.ignore_case, not truth)
    atom = Atom(name, Domain("text", "never" if strict else "free", patterns=(found,)))
    # char(n) is matched with its padding, which only the test knows.
    return atom if kinds[name] == "text" else either(atom, Opaque(tree.sql()))


def _pattern(tree: exp.Expr, source: str, fold: bool, escape: str) -> Pattern | None:
    if isinstance(tree, exp.Like | exp.ILike):
        return like(source, escape, fold or isinstance(tree, exp.ILike))
    flag = tree.args.get("flag")
    return regex(source, fold or isinstance(tree, exp.RegexpILike) or (flag is not None and "i" in flag.name))


def starts(tree: exp.Expr, truth: bool, strict: bool, kinds: Kinds) -> Formula:
    """starts_with(column, text). Raises Unreadable."""
    name, text = column_of(tree.this, kinds), tree.args["expression"].unnest()
    if name is None or not isinstance(text, exp.Literal):
        raise Unreadable(tree.sql())
    head = like(text.name.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%")
    return Atom(name, Domain("text", "never" if strict else "free", patterns=(Pattern(head.source, False, not truth),)))
