"""What rows of one case leave to one another though no rule says it: nothing happens to what has not begun."""

from collections.abc import Iterator
from datetime import datetime

from sqlglot import exp

from llmgen.author.offline.demands import Row
from llmgen.author.offline.drafts import Draft, DraftRow
from llmgen.author.offline.tokens import stems_of
from llmgen.canonical import CANONICAL
from llmgen.predicates.formulas import Atom, Formula
from llmgen.predicates.ranges import Domain
from llmgen.schema.model import Table
from llmgen.validate.plausible import PAST

_BEGUN = frozenset({"start", "begin", "issu", "place", "order", "plac", "begun"})


def order_of_moments(draft: Draft, row: DraftRow) -> dict[str, Formula]:
    """No past moment before the parents' beginnings, no beginning of its own after its children's moments."""
    table, found = row.part.table, dict[str, Formula]()
    for key in table.foreign_keys:
        low = max((moment for one in _kin(draft, key.table, row) for moment in _moments(one, begun=True)), default=None)
        for name in _past(table) if low is not None else ():
            found[f"{name} after {key.table}"] = Atom(name, Domain("timestamptz", low=low))
    children = [one for one in draft.all() if any(key.table == table.name for key in one.part.table.foreign_keys)]
    high = min((moment for one in children for moment in _moments(one, begun=False)), default=None)
    for name in _past(table) if high is not None else ():
        if _BEGUN & set(stems_of(name)):
            found[f"{name} before its children"] = Atom(name, Domain("timestamptz", high=high))
    return found


def just_now(table: Table, conditions: Row) -> dict[str, Formula]:
    """Moments that "today" asks for are not before now: it may be midnight, and what has happened moves with it."""
    found: dict[str, Formula] = {}
    for condition in conditions:
        column, since = condition.this, condition.args.get("expression")
        if not isinstance(condition, exp.GTE) or not isinstance(column, exp.Column) or since is None:
            continue
        kind = table.by_name[column.name].type.kind if column.name in table.by_name else ""
        if kind in ("timestamptz", "timestamp") and since.find(exp.CurrentDate) and not since.find(exp.Interval):
            low = CANONICAL if kind == "timestamptz" else CANONICAL.replace(tzinfo=None)
            found[f"{column.name} just now"] = Atom(column.name, Domain(kind, low=low))
    return found


def _kin(draft: Draft, table: str, row: DraftRow) -> list[DraftRow]:
    """The rows of a table that the row may refer to: the one it nests under, else all."""
    rows = [one for one in draft.rows.get(table, ()) if one.values]
    above = [one for one in rows if row.path.startswith(f"{one.path}/")]
    return above or rows


def _past(table: Table) -> Iterator[str]:
    for column in table.columns:
        if column.type.kind == "timestamptz" and (PAST.match(column.name) or "effectiv" in stems_of(column.name)):
            yield column.name


def _moments(row: DraftRow, begun: bool) -> Iterator[datetime]:
    for name in _past(row.part.table):
        value = row.values.get(name)
        if isinstance(value, datetime) and name in row.part.authored and (not begun or _BEGUN & set(stems_of(name))):
            yield value
