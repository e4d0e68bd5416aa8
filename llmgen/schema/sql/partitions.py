"""The bounds of partitions as one CHECK of the table that they are parts of: rows outside all of them are refused."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from llmgen.schema.model import Column, Kind
from llmgen.schema.sql.draft import Catalog, DraftTable, FullName

_KEY = re.compile(r'(range|list)\s*\(\s*(?:"([^"]+)"|(\w+))(?:\s+[\w.]+_ops)?\s*\)', re.IGNORECASE)
_REST = re.compile(r"default|.*\bmodulus\b", re.IGNORECASE | re.DOTALL)
_LIST = re.compile(r"for\s+values\s+in\s*\((.*)\)\s*", re.IGNORECASE | re.DOTALL)
_RANGE = re.compile(r"for\s+values\s+from\s*\((.*)\)\s*to\s*\((.*)\)\s*", re.IGNORECASE | re.DOTALL)
_ITEM = re.compile(r"(?:\w+\s*)?'(?:[^']|'')*'(?:\s*::[\w .]+)?|[^,\s][^,]*")
_CONSTANT = re.compile(r"(?:\w+\s*)?'((?:[^']|'')*)'(?:\s*::[\w .]+)?|(-?\w[\w.]*)")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_NUMBERS: tuple[Kind, ...] = ("integer", "decimal")
_MOMENTS: tuple[Kind, ...] = ("date", "timestamp", "timestamptz")
_NAMES: tuple[Kind, ...] = ("text", "enum", "uuid")

Partitions = Mapping[FullName, Sequence[DraftTable]]


class _Unread(Exception):
    """A bound that is not read; its table then has no CHECK."""


def partitions_of(catalog: Catalog) -> Partitions:
    """The partitions of each table that has some."""
    found: dict[FullName, list[DraftTable]] = {}
    for table in catalog.tables.values():
        if table.partition_of:
            found.setdefault(table.partition_of, []).append(table)
    return found


def takes_rest(partitions: Iterable[DraftTable]) -> bool:
    """Whether no row is outside of these partitions."""
    return any(_REST.match(one.bounds) for one in partitions)


def bounds_check(table: DraftTable, partitions: Partitions, columns: Sequence[Column]) -> str:
    """The bounds of a table's partitions as SQL that is true of the rows that it takes; "" where none are read."""
    try:
        return _check(table, partitions, {column.name: column for column in columns})
    except _Unread:
        return ""


def _check(table: DraftTable, partitions: Partitions, columns: Mapping[str, Column]) -> str:
    parts = partitions.get(table.name, ())
    key = _KEY.match(table.partitioned)
    if not parts or takes_rest(parts) or key is None:
        return ""
    column = columns.get(key[2] or key[3].lower())
    if column is None:
        raise _Unread
    inner = [_check(part, partitions, columns) for part in parts]
    if key[1].lower() == "list":
        return _listed(column, parts, inner)
    return _ranged(column, parts, inner)


def _listed(column: Column, parts: Sequence[DraftTable], inner: Sequence[str]) -> str:
    values: dict[str, set[str]] = {}
    for part, condition in zip(parts, inner, strict=True):
        found = _LIST.fullmatch(part.bounds)
        if found is None:
            raise _Unread
        values.setdefault(condition, set()).update(_constant(item, column) for item in _ITEM.findall(found[1]))
    choices = []
    for condition, constants in sorted(values.items()):
        plain = ", ".join(sorted(constants - {"NULL"}))
        choices += [_both(f"{_named(column)} IN ({plain})", condition)] if plain else []
        choices += [_both(f"{_named(column)} IS NULL", condition)] if "NULL" in constants else []
    return _present(column, choices, any("NULL" in constants for constants in values.values()))


def _ranged(column: Column, parts: Sequence[DraftTable], inner: Sequence[str]) -> str:
    if column.type.kind not in (*_NUMBERS, *_MOMENTS):
        raise _Unread
    spans: list[tuple[str, str, str]] = []
    for part, condition in zip(parts, inner, strict=True):
        found = _RANGE.fullmatch(part.bounds)
        if found is None:
            raise _Unread
        spans.append((_constant(found[1], column), _constant(found[2], column), condition))
    spans.sort(key=lambda span: _place(span[0]))
    merged: list[tuple[str, str, str]] = []
    for low, high, condition in spans:
        if merged and merged[-1][1:] == (low, condition):
            low = merged.pop()[0]
        merged.append((low, high, condition))
    choices = [_both(_between(_named(column), low, high), condition) for low, high, condition in merged]
    return "" if "" in choices else _present(column, choices, False)


def _place(bound: str) -> tuple[int, float, str]:
    if bound in ("MINVALUE", "MAXVALUE"):
        return (-1 if bound == "MINVALUE" else 1), 0, ""
    return (0, float(bound), "") if _NUMBER.fullmatch(bound) else (0, 0, bound)


def _between(name: str, low: str, high: str) -> str:
    above = [] if low == "MINVALUE" else [f"{name} >= {low}"]
    below = [] if high == "MAXVALUE" else [f"{name} < {high}"]
    return " AND ".join(above + below)


def _both(one: str, two: str) -> str:
    return f"{one} AND ({two})" if one and two else one or two


def _present(column: Column, choices: Sequence[str], null: bool) -> str:
    whole = " OR ".join(f"({choice})" for choice in choices) if len(choices) > 1 else choices[0]
    return f"{_named(column)} IS NOT NULL AND ({whole})" if column.nullable and not null else whole


def _named(column: Column) -> str:
    return '"' + column.name.replace('"', '""') + '"'


def _constant(text: str, column: Column) -> str:
    """A bound in one spelling, however the schema or the server writes it."""
    found, kind = _CONSTANT.fullmatch(text.strip()), column.type.kind
    if found is None:
        raise _Unread
    quoted, bare = found[1], found[2]
    if bare and bare.upper() in ("MINVALUE", "MAXVALUE", "NULL"):
        return bare.upper()
    value = bare if quoted is None else quoted
    if kind in _NUMBERS and _NUMBER.fullmatch(value):
        return value
    if kind in _MOMENTS:
        return _moment(value, kind)
    if kind in _NAMES and quoted is not None:
        return f"'{quoted}'"
    raise _Unread


def _moment(text: str, kind: Kind) -> str:
    try:
        value = datetime.fromisoformat(re.sub(r"([+-]\d\d)$", r"\1:00", text))
    except ValueError as error:
        raise _Unread from error
    if kind == "timestamptz":
        aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return f"'{aware:%Y-%m-%d %H:%M:%S}+00'"
    return f"'{value:%Y-%m-%d}'" if kind == "date" else f"'{value:%Y-%m-%d %H:%M:%S}'"
