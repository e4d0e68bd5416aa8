"""What is owed or open still: "overdue" and "open" read from due dates, labels of what is settled, and flags."""

from llmgen.author.offline.lexicon import is_flag
from llmgen.author.offline.said import Reading, Stretch
from llmgen.author.offline.spelling import flag_condition, literal, named
from llmgen.author.offline.tokens import stems_of
from llmgen.predicates.domains import model_of
from llmgen.schema.model import Schema, Table

_MOMENT = ("date", "timestamp", "timestamptz")
_SETTLED_LABELS = (
    "paid void voided canceled cancelled refunded draft uncollectible completed closed settled returned done archived "
    "deleted delivered resolved inactive rejected written_off waived forgiven"
)
_SETTLED = frozenset(_SETTLED_LABELS.split())
"""Labels of what is no longer owed."""

_FULFILLED = frozenset({"shipped", "delivered", "fulfilled", "completed"})
"""Labels beside which `paid` is not the end of it: an order that is paid is to be shipped."""


def open_rows(schema: Schema, name: str, stretch: Stretch, reading: Reading) -> None:
    """ "Open" orders, where no label says so: those that are not settled."""
    place = next((at for at in sorted(stretch.left) if stretch.words[at].text in ("open", "outstanding")), None)
    for column, domain in model_of(schema, schema.table(name)).finite.items() if place is not None else ():
        labels = [str(label) for label in domain.values or ()]
        under_way = {"paid"} if _FULFILLED & set(labels) else set[str]()
        done = [label for label in labels if label.lower() in _SETTLED - under_way - {"draft"}]
        if done and place is not None:
            said = stretch.words[place].text
            condition = f"{named(column)} NOT IN ({', '.join(map(literal, done))})"
            reading.group(name).say(f"{{t}}.{condition}", said)
            reading.doubts.append(f"{said} is taken for {name}: {condition}")
            stretch.left.discard(place)
            return


def overdue(schema: Schema, name: str, stretch: Stretch, reading: Reading) -> None:
    """ "overdue": what was due has passed, and the row is still owed."""
    place = next((at for at in sorted(stretch.left) if stretch.words[at].text in ("overdue", "delinquent")), None)
    table = schema.table(name)
    if place is None:
        return
    dated = [column for column in table.columns if column.type.kind in _MOMENT]
    due = next((column for column in dated if "due" in stems_of(column.name)), None)
    owed = _unsettled(schema, table)
    if due is None and not owed:
        return
    group, said = reading.group(name), stretch.words[place].text
    if due is not None:
        now = "current_date" if due.type.kind == "date" else "now()"
        passed = [(at, span) for at, span in stretch.spans if span.ahead is False]
        for at, span in passed:
            words = stretch.said(*{place, *range(at, at + span.size)})
            group.say(span.condition("{t}." + named(due.name)), words)
            stretch.spans.remove((at, span))
        if not passed:
            group.say(f"{{t}}.{named(due.name)} < {now}", said)
    else:
        reading.doubts.append(f"{name} has no column for what was due: {said} is taken as not settled yet")
    for condition in owed:
        group.say(condition, said)
    stretch.left.discard(place)


def _unsettled(schema: Schema, table: Table) -> list[str]:
    """That the row is still owed or open: not paid, returned or closed, as its columns can say it."""
    found = []
    for name, domain in model_of(schema, table).finite.items():
        if done := [label for label in domain.values or () if str(label).lower() in _SETTLED]:
            found.append(f"{{t}}.{named(name)} NOT IN ({', '.join(map(literal, done))})")
    for column in table.columns:
        if column.type.kind in _MOMENT and column.nullable and {"pay", "return", "clos"} & set(stems_of(column.name)):
            found.append(f"{{t}}.{named(column.name)} IS NULL")
        elif is_flag(column) and "pay" in stems_of(column.name):
            found.append(flag_condition(column, False))
    return found
