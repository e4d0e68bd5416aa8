"""Built-in plausibility: what is true of any believable row, told by the roles that columns' names give away."""

import re
from collections.abc import Iterator, Sequence

from llmgen.predicates.normalise import Predicate, check_predicate
from llmgen.schema.model import Dialect, Schema, Table
from llmgen.validate.keys import in_quotes

PAST = re.compile(
    r"^(?:created|updated|modified|started|began|cancell?ed|paid|attempted|failed|succeeded|joined|registered|signed_up|"
    r"issued|sent|recorded|deleted|archived|accepted|processed|charged|refunded|shipped|delivered|returned|opened|closed|"
    r"completed|finished|submitted|approved|rejected|confirmed|verified|last_\w+|logged_in|placed|ordered|received|born)_(?:at|on|date|time)$"
)
"""Moments that have happened when they are set at all (a `trial_ends_at` or `next_retry_at` may lie ahead)."""

NEVER_NEGATIVE = re.compile(
    r"(?:^|_)(?:price|price_cents|rate|fee|fee_cents|cost|count|quantity|qty|seats|stock|age|duration|duration_\w+|weight|height|size)$"
)
SAID = {
    "plausible:past_event": "These have happened where they are set, so they are not after now",
    "plausible:not_negative": "These are not negative",
}

BOOKKEEPING = ("created_at", "updated_at", "modified_at")
"""Columns that llmgen writes itself, which no author needs a rule for."""

MOMENT = ("date", "timestamp", "timestamptz")
NUMBER = ("integer", "decimal", "float")


def plausibility(schema: Schema) -> list[tuple[Predicate, str]]:
    """The built-in rules of every table as (predicate, words), named `plausible:past_event` and the like."""
    return [
        (check_predicate(schema, table.name, sql, rule), words)
        for table in schema.tables
        for rule, sql, words in _rules(table, schema.dialect)
    ]


def plausible_words(predicates: Sequence[Predicate]) -> list[str]:
    """The rules in words, one line a kind of rule with all columns that it concerns, bookkeeping moments left out."""
    lines = []
    for rule, words in SAID.items():
        columns = sorted({column for predicate in predicates if predicate.name == rule for column in predicate.columns})
        named = [f"{table}.{name}" for table, name in columns if name not in BOOKKEEPING]
        if named:
            lines.append(f"{words}: {', '.join(named)}.")
    return lines


def _rules(table: Table, dialect: Dialect) -> Iterator[tuple[str, str, str]]:
    for column in table.columns:
        name = in_quotes(column.name, dialect)
        if column.type.kind in MOMENT and PAST.match(column.name):
            now = "current_date" if column.type.kind == "date" else "current_timestamp"
            yield (
                "plausible:past_event",
                f"{name} <= {now}",
                f"{table.name}.{column.name} has happened: it is not after now",
            )
        if column.type.kind in NUMBER and NEVER_NEGATIVE.search(column.name):
            yield "plausible:not_negative", f"{name} >= 0", f"{table.name}.{column.name} is not negative"
    names = table.by_name
    for later in ("updated_at", "modified_at"):
        if later in names and "created_at" in names and names[later].type == names["created_at"].type:
            order = f"{in_quotes(later, dialect)} >= {in_quotes('created_at', dialect)}"
            yield "plausible:order", order, f"{table.name}.{later} is not before its created_at"
