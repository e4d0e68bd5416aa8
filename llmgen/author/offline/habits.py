"""What is true of most rows though no constraint says it, told by columns' names: sums, products, periods."""

import re
from collections.abc import Iterator
from functools import lru_cache

from llmgen.author.offline.formula import formula_of, kinds_of, of_root
from llmgen.author.offline.spelling import literal
from llmgen.author.offline.tokens import stems_of
from llmgen.predicates.alternatives import read
from llmgen.predicates.domains import model_of
from llmgen.predicates.formulas import Formula
from llmgen.schema.model import Column, Schema, Table
from llmgen.validate.plausible import PAST, plausibility

_MOMENT = ("date", "timestamp", "timestamptz")
_NUMBER = ("integer", "decimal", "float")
_BEGINNINGS = frozenset({"start", "issu", "plac", "book", "submit"})
_SHORT = frozenset({"appoint", "meet", "visit", "lesson", "slot", "call", "shift"})
"""What takes no longer than a sitting."""

_SITTING = 120
_SET_FOR = frozenset({"start", "schedul", "begin"})
_OVER = frozenset({"completed", "no_show", "attended", "finished"})
_TO_COME = frozenset({"booked", "confirmed", "scheduled", "planned", "upcoming"})

_MONEY = re.compile(r"(?:^|_)(?:amount|total|subtotal|price|tax|fee|cost|balance)(?:_cents)?$")


@lru_cache(maxsize=256)
def habits(schema: Schema, table: Table) -> dict[str, Formula]:
    """Formulas by name, built-in plausibility among them: those that a row should satisfy where it can."""
    found: dict[str, Formula] = {}
    for number, (predicate, _) in enumerate(plausibility(schema)):
        if predicate.table == table.name and predicate.status != "opaque":
            found[f"plausible {number}"] = read(predicate.tree, kinds_of(table))
    for sql in _usual(schema, table):
        if (formula := formula_of(schema, table, sql)) is not None:
            found[sql] = formula
    return found


def _usual(schema: Schema, table: Table) -> Iterator[str]:
    yield from _arithmetic(table)
    yield from _states(schema, table)
    yield from _in_time(schema, table)
    dated = {column.name: column for column in table.columns if column.type.kind in _MOMENT}
    for start, end in _pairs(dated):
        yield f"{of_root(start)} < {of_root(end)}"
        if _SHORT & set(stems_of(table.bare_name)) and dated[start].type.kind != "date":
            yield f"{of_root(end)} <= {of_root(start)} + interval '{_SITTING} minutes'"
    begun = [name for name in dated if _BEGINNINGS & set(stems_of(name)) and PAST.match(name)]
    for name in dated:
        for first in begun:
            if (
                name != first
                and not re.match(r"created|updated", name)
                and dated[name].type.kind == dated[first].type.kind
            ):
                yield f"{of_root(name)} >= {of_root(first)}"
    for column in table.columns:
        if column.type.kind in _NUMBER and _MONEY.search(column.name.lower()):
            yield f"{of_root(column.name)} >= 0"


def _states(schema: Schema, table: Table) -> Iterator[str]:
    """Of a state with a moment of its own (`paid`, `paid_at`): it is there in that state, and not in states before."""
    for name, domain in model_of(schema, table).finite.items():
        labels = [str(label) for label in domain.values or ()]
        for place, label in enumerate(labels):
            moment = next((column.name for column in table.columns if _notes(column, label)), None)
            if moment is not None and name != moment:
                yield f"{of_root(name)} <> {literal(label)} OR {of_root(moment)} IS NOT NULL"
                if place:
                    earlier = ", ".join(map(literal, labels[:place]))
                    yield f"{of_root(name)} NOT IN ({earlier}) OR {of_root(moment)} IS NULL"


def _in_time(schema: Schema, table: Table) -> Iterator[str]:
    """What is completed has begun, and what is booked has not."""
    starts = [one.name for one in table.columns if one.type.kind in _MOMENT and _SET_FOR & set(stems_of(one.name))]
    for name, domain in model_of(schema, table).finite.items() if len(starts) == 1 else ():
        labels = {str(label) for label in domain.values or ()}
        over, ahead = sorted(labels & _OVER), sorted(labels & _TO_COME)
        if over and ahead:
            yield f"{of_root(name)} NOT IN ({', '.join(map(literal, over))}) OR {of_root(starts[0])} <= now()"
            yield f"{of_root(name)} NOT IN ({', '.join(map(literal, ahead))}) OR {of_root(starts[0])} > now()"


def _notes(column: Column, label: str) -> bool:
    said = stems_of(label)
    return column.type.kind in _MOMENT and column.nullable and len(said) == 1 and said[0] in stems_of(column.name)


def _arithmetic(table: Table) -> Iterator[str]:
    """amount = quantity * unit price; total = subtotal + tax - credit."""
    numbers = {column.name: stems_of(column.name) for column in table.columns if column.type.kind in _NUMBER}

    def one(*wanted: str, unless: str = "-") -> str | None:
        return next((name for name, said in numbers.items() if set(wanted) <= set(said) and unless not in said), None)

    quantity = one("quantity")
    unit = one("unit", "amount") or one("unit", "pric")
    amount = one("amount", unless="unit") or one("lin", "total")
    if quantity and unit and amount and len({quantity, unit, amount}) == 3:
        yield f"{of_root(amount)} = {of_root(quantity)} * {of_root(unit)}"
    subtotal, total = one("subtotal") or one("sub", "total"), one("total", unless="sub")
    if subtotal and total and subtotal != total:
        added = [of_root(name) for name in (one("tax"), one("ship"), one("freight")) if name]
        taken = [of_root(name) for name in (one("credit"), one("discount")) if name]
        terms = " + ".join([of_root(subtotal), *added]) + "".join(f" - {name}" for name in taken)
        yield f"{of_root(total)} = {terms}"


def _pairs(dated: dict[str, Column]) -> Iterator[tuple[str, str]]:
    """Columns that begin and end the same thing: `period_start` and `period_end`, `starts_at` and `ends_at`."""
    for name in dated:
        for begin, end in (("start", "end"), ("starts", "ends"), ("begin", "end"), ("from", "until"), ("issue", "due")):
            other = re.sub(rf"(?:^|(?<=_)){begin}(?=_|$)", end, name)
            if other != name and other in dated:
                yield name, other
