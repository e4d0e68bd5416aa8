"""One case's rows only: every real table of every sub-select of an expect is held to the case and instant of ROOT."""

from sqlglot import exp

from llmgen.predicates.resolve import ROOT


def scope_to_case(tree: exp.Expr, shared: frozenset[str]) -> exp.Expr:
    """The tree, changed in place. A LEFT JOIN is held in its ON, so that its unmatched rows stay; all else in WHERE."""
    for select in list(tree.find_all(exp.Select)):
        if start := select.args.get("from_"):
            _hold(select, start.this, shared)
        for join in select.args.get("joins") or ():
            _hold(join if join.side == "LEFT" else select, join.this, shared)
    return tree


def _hold(holder: exp.Select | exp.Join, item: exp.Expr, shared: frozenset[str]) -> None:
    table = item.meta.get("table")
    if table is None:
        return
    for hidden in ("_at",) if table in shared else ("_case", "_at"):
        own, roots = exp.column(hidden, item.alias, quoted=True), exp.column(hidden, ROOT, quoted=True)
        condition = exp.EQ(this=own, expression=roots)
        if isinstance(holder, exp.Join):
            holder.on(condition, copy=False)
        else:
            holder.where(condition, copy=False)
