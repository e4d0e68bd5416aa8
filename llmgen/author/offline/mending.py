"""What a rule's message asks for, read as a model would read it: which cell of the row must be what."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from llmgen.author.offline.formula import formula_of, of_root
from llmgen.dataset import Values
from llmgen.predicates.formulas import Atom, Formula
from llmgen.predicates.ranges import Domain
from llmgen.schema.model import Column, Schema, Table

_STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
_VALUE = rf"(?:{_STAMP}|-?\d+(?:\.\d+)?(?![\w-]))"


def hints(schema: Schema, table: Table, row: Values, message: str) -> list[Formula]:
    """What the cells of the row must be by the message of a rule; empty where it does not say."""
    message = message.rstrip(". ")
    found = [formula for sql in _spans(table, row, message) if (formula := formula_of(schema, table, sql)) is not None]
    return found or list(dict(_named(table, row, message)).values())


def _spans(table: Table, row: Values, message: str) -> Iterator[str]:
    """ "the period A to B must last 28 to 31 days", "must contain now": A and B are cells of the row. As SQL."""
    ends = re.search(rf"({_STAMP}) to ({_STAMP})", message)
    if ends is None:
        return
    first, last = (_holding(table, row, text, taken) for text, taken in ((ends[1], ""), (ends[2], "start")))
    if first is None or last is None or first == last:
        return
    start, end = of_root(first), of_root(last)
    if lasting := re.search(r"must last (\d+) to (\d+) days", message):
        least, most = lasting.groups()
        yield f"{end} >= {start} + interval '{least} days' AND {end} <= {start} + interval '{most} days'"
    elif "must contain now" in message:
        yield f"{start} <= now() AND {end} > now()"


def _named(table: Table, row: Values, message: str) -> Iterator[tuple[str, Formula]]:
    """Columns that the message names, with what it says that they must be."""
    for column in table.columns:
        for place in re.finditer(rf"(?<![\w.]){re.escape(column.name)}(?!\w)", message):
            rest = message[place.end() :]
            if (limit := _limit(column, rest)) is not None:
                yield column.name, limit
    if labelled := re.search(r"must be (\w+)$", message):
        for column in table.columns:
            if labelled[1] in column.type.labels:
                yield column.name, _value(column, labelled[1])
    for column in table.columns:
        if column.type.kind == "boolean" and column.name in message and "must be" in message:
            yield column.name, _value(column, True)
    if wrong := re.search(r"so (\w+) (\w+) is wrong", message):
        other = table.by_name.get(wrong[1])
        if other is not None and wrong[2] in other.type.labels:
            labels = tuple(label for label in other.type.labels if label != wrong[2])
            yield other.name, Atom(other.name, Domain("enum", "never", values=labels))


def _limit(column: Column, rest: str) -> Formula | None:
    """What the words behind a column's name ask of it."""
    said = rf"^(?: (?:is )?{_VALUE})?(?: of kind \w+)?,?(?: but [^,]*)?"
    if re.match(said + r",? must be NULL", rest) or re.match(said + r" must be NULL", rest):
        return Atom(column.name, Domain(column.type.kind, "must"))
    if found := re.match(said + rf" must not be (before|after) (?:[^\d]*)({_STAMP})", rest):
        return _ends(column, **{"low" if found[1] == "before" else "high": _cell(column, found[2])})
    if found := re.match(said + rf" must be (before|after) (?:[^\d]*)({_STAMP})", rest):
        value = _cell(column, found[2])
        return _ends(column, **({"high": value} if found[1] == "before" else {"low": value}))
    if found := re.match(said + rf" must be in ({_STAMP}) to ({_STAMP})", rest):
        return _ends(column, low=_cell(column, found[1]), high=_cell(column, found[2]))
    if found := re.match(said + r" must (not )?be (positive|negative)", rest):
        below = (found[2] == "negative") != bool(found[1])
        strict = 0 if found[1] else 1
        return _ends(column, **({"high": -strict} if below else {"low": strict}))
    if found := re.match(said + rf" must be at (most|least) ({_VALUE})", rest):
        return _ends(column, **{"high" if found[1] == "most" else "low": _cell(column, found[2])})
    if found := re.match(said + rf",? must be (?:[^;]* = )?({_VALUE})(?=$|[ ,;])", rest):
        return _only(column, _cell(column, found[1]))
    if found := re.match(rf" ({_STAMP}) \(", rest):
        return _only(column, _cell(column, found[1]))
    if found := re.match(rf" is {_VALUE}, but .* ({_VALUE})$", rest):
        return _only(column, _cell(column, found[1]))
    return None


def _only(column: Column, value: Any) -> Formula | None:
    return None if value is None else _value(column, value)


def _value(column: Column, value: Any) -> Formula:
    return Atom(column.name, Domain(column.type.kind, "never", values=(value,)))


def _ends(column: Column, low: Any = None, high: Any = None) -> Formula | None:
    return (
        None
        if low is None and high is None
        else Atom(column.name, Domain(column.type.kind, "never", low=low, high=high))
    )


def _cell(column: Column, text: str) -> Any:
    """The text as a cell of the column; None if it is none."""
    kind = column.type.kind
    if kind in ("timestamptz", "timestamp", "date"):
        if not re.fullmatch(_STAMP, text):
            return None
        moment = _moment(text)
        return (
            moment if kind == "timestamptz" else moment.replace(tzinfo=None) if kind == "timestamp" else moment.date()
        )
    if kind in ("integer", "decimal", "float") and not re.fullmatch(_STAMP, text):
        return int(text) if re.fullmatch(r"-?\d+", text) else None
    return None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _holding(table: Table, row: Values, text: str, unlike: str) -> str | None:
    """The column of the row that holds the moment; of several one whose name is not `unlike`."""
    wanted = _moment(text)
    found = [
        column.name
        for column in table.columns
        if isinstance(row.get(column.name), date) and _same(row[column.name], wanted)
    ]
    period = [name for name in found if "period" in name] if len(found) > 1 else []
    return next((name for name in (*period, *found) if not unlike or unlike not in name), None)


def _same(value: date, wanted: datetime) -> bool:
    if not isinstance(value, datetime):
        return value == wanted.date()
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return aware.replace(microsecond=0) == wanted
