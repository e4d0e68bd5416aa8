"""A scenario's expects taken apart: what they demand of the root row, and of how many rows of which other table."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

from llmgen.predicates.normalise import Predicate
from llmgen.schema.model import Schema

ROOT = "ROOT"
Row = tuple[exp.Expr, ...]


@dataclass(frozen=True)
class Demand:
    """From `low` to `high` (None: any number) rows of the table satisfy all `conditions`, which name its columns and
    the root's. `key` is the root's column that a key ties them to, "" without one.
    """

    table: str
    conditions: Row
    low: int
    high: int | None = None
    key: str = ""


@dataclass(frozen=True)
class Demands:
    """`root` are conditions on the root row alone; `unread` the SQL of what only the judge can tell."""

    root: Row
    others: tuple[Demand, ...]
    unread: tuple[str, ...]

    def by_themselves(self) -> "Demands":
        """What is demanded of rows that cases share, where no root is there to compare them with."""
        alone = tuple(
            one for one in self.others if one.low and not any(names_root(condition) for condition in one.conditions)
        )
        return Demands((), alone, ())

    def of(self, table: str) -> list[Demand]:
        """What is demanded of one table's rows."""
        return [demand for demand in self.others if demand.table == table]


def demands_of(schema: Schema, predicates: Iterable[Predicate]) -> Demands:
    """The demands of expects (as `scenario.expect_predicates` gives them)."""
    root: list[exp.Expr] = []
    others: list[Demand] = []
    unread: list[str] = []
    for predicate in predicates:
        for part in _conjuncts(predicate.tree):
            if part.find(exp.Select) is None:
                root += [] if _is_wired(schema, part) else [part]
            elif found := list(_demanded(schema, part)):
                others += found
            else:
                unread.append(predicate.sql)
    return Demands(tuple(root), tuple(others), tuple(unread))


def _conjuncts(tree: exp.Expr) -> Iterator[exp.Expr]:
    tree = tree.unnest()
    if isinstance(tree, exp.And):
        for part in tree.flatten():
            yield from _conjuncts(part)
    else:
        yield tree


def _demanded(schema: Schema, tree: exp.Expr) -> Iterator[Demand]:
    tree = tree.unnest()
    if isinstance(tree, exp.Exists):
        yield from _some(schema, tree.this)
    elif isinstance(tree, exp.Not) and isinstance(tree.this.unnest(), exp.Exists):
        parts = _parts(schema, tree.this.unnest().this)
        told = [name for name, (conditions, _) in parts.items() if conditions]
        first = next(iter(parts), None)
        if first is not None and len(told) <= 1:
            name = told[0] if told else first
            yield Demand(name, parts[name][0], 0, 0, parts[name][1])
    elif isinstance(tree, exp.EQ | exp.GT | exp.GTE | exp.LT | exp.LTE):
        yield from _counted(schema, tree)


def _some(schema: Schema, select: exp.Expr) -> Iterator[Demand]:
    """EXISTS: one row of each table that it joins, with the conditions on each alone."""
    for name, (conditions, key) in _parts(schema, select).items():
        yield Demand(name, conditions, 1, None, key)


def _counted(schema: Schema, tree: exp.Expr) -> Iterator[Demand]:
    """(SELECT count(*) FROM ...) compared with a number."""
    select, number = tree.this.unnest(), tree.args["expression"].unnest()
    flip: Mapping[type, type] = {exp.GT: exp.LT, exp.LT: exp.GT, exp.GTE: exp.LTE, exp.LTE: exp.GTE}
    kind: type = type(tree)
    if isinstance(number, exp.Subquery | exp.Select):
        select, number, kind = number, select, flip.get(kind, kind)
    select = select.this if isinstance(select, exp.Subquery) else select
    if not isinstance(select, exp.Select) or not isinstance(number, exp.Literal) or not number.is_int:
        return
    chosen = select.expressions[0].unalias() if len(select.expressions) == 1 else None
    parts = _parts(schema, select)
    if not isinstance(chosen, exp.Count) or len(parts) != 1:
        return
    (name, (conditions, key)), count = next(iter(parts.items())), int(number.name)
    ends: Mapping[type, tuple[int, int | None]] = {
        exp.EQ: (count, count),
        exp.GT: (count + 1, None),
        exp.GTE: (count, None),
        exp.LT: (0, count - 1),
        exp.LTE: (0, count),
    }
    yield Demand(name, conditions, *ends[kind], key)


def _parts(schema: Schema, select: exp.Expr) -> dict[str, tuple[Row, str]]:
    """Table -> the conditions on its rows alone (or beside the root), and the root's column that a key ties them to.

    Empty where the query says more than this can hold: grouping, sub-selects, a table twice, columns of two tables.
    """
    if not isinstance(select, exp.Select) or select.args.get("group") or select.args.get("having"):
        return {}
    tables = [one for one in select.find_all(exp.Table) if one.find_ancestor(exp.Select) is select]
    by_alias = {one.alias_or_name: one.name for one in tables}
    if len(set(by_alias.values())) < len(tables) or any(isinstance(one, exp.Select) for one in _inside(select)):
        return {}
    where = select.args.get("where")
    conditions = [join.args["on"] for join in select.args.get("joins") or () if join.args.get("on")]
    found: dict[str, list[exp.Expr]] = {name: [] for name in by_alias.values()}
    by_key: dict[str, str] = {}
    for condition in [*conditions, *([where.this] if where else [])]:
        for part in _conjuncts(condition):
            named = {column.table for column in part.find_all(exp.Column)}
            if keys := _key_pair(schema, part):
                by_key |= {table: one.name for one in part.find_all(exp.Column) if one.table == ROOT for table in keys}
            elif len(named - {ROOT}) == 1:
                found[by_alias[(named - {ROOT}).pop()]].append(part)
            elif named:
                return {}
    return {name: (tuple(parts), by_key.get(name, "")) for name, parts in found.items()}


def _is_wired(schema: Schema, part: exp.Expr) -> bool:
    """Whether it only asks for a key or reference to be there, which wiring sees to."""
    column = part.this.unnest().this if isinstance(part, exp.Not) and isinstance(part.this.unnest(), exp.Is) else None
    at = column.meta.get("at") if isinstance(column, exp.Column) else None
    if at is None:
        return False
    table = schema.table(at[0])
    return at[1] in table.reference_columns or at[1] in table.primary_key


def names_root(condition: exp.Expr) -> bool:
    """Whether a condition on another table's row compares it with the root's."""
    return any(column.table == ROOT for column in condition.find_all(exp.Column))


def _inside(select: exp.Expr) -> Iterator[exp.Expr]:
    return (node for node in select.walk() if node is not select)


def _key_pair(schema: Schema, part: exp.Expr) -> set[str] | None:
    """The tables of an equation of two keys, which wiring sees to; None for anything else."""
    sides = (part.this, part.args.get("expression")) if isinstance(part, exp.EQ) else ()
    if len(sides) != 2 or not all(isinstance(side, exp.Column) for side in sides):
        return None
    tables = set()
    for side in sides:
        at = side.meta.get("at") if side is not None else None
        if at is None:
            return None
        table = schema.table(at[0])
        if at[1] not in table.primary_key and at[1] not in table.reference_columns:
            return None
        tables.add(at[0])
    return tables
