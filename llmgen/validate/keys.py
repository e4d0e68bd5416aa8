"""Primary keys, uniques and foreign keys over whole tables of rows."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from llmgen.dataset import CaseRow, Values
from llmgen.schema.model import Dialect, ForeignKey, Schema, Table, Unique
from llmgen.violation import Violation

STRUCTURED = ("json", "array", "bytes", "interval")
"""Kinds whose values a row and the database do not spell alike."""

Entry = tuple[int | None, CaseRow]
"""A row with the case it belongs to (None: shared, or of no case)."""


def key_faults(schema: Schema, rows: Mapping[str, Sequence[Entry]]) -> list[Violation]:
    """Every repeated key and every reference to a row that is not there, the later of two equal rows being at fault.

    Partial and expression uniques are not looked at here: see `unique_query`.
    """
    faults: list[Violation] = []
    for name, entries in rows.items():
        table = schema.table(name)
        faults += _unique_faults(table, entries, schema.dialect)
        for key in table.foreign_keys:
            faults += _reference_faults(table, key, entries, rows.get(key.table, ()))
    return faults


def _unique_faults(table: Table, entries: Sequence[Entry], dialect: str) -> Iterator[Violation]:
    folds = {column.name: fold_of(dialect) for column in table.columns if column.type.folds}
    if table.primary_key:
        primary = Unique(table.primary_key, nulls_distinct=False)
        yield from _repeats(primary, entries, "key:primary", primary_words(table), folds)
    for unique in table.uniques:
        if is_plain(unique):
            yield from _repeats(unique, entries, "key:unique", unique_words(table, unique), folds)


def is_plain(unique: Unique) -> bool:
    """Whether it holds for all rows, over columns alone."""
    return unique.where is None and not unique.expressions


def primary_words(table: Table) -> str:
    """What the primary key asks for."""
    return f"({', '.join(table.primary_key)}) is the primary key: not null, and no two rows share it"


def unique_words(table: Table, unique: Unique) -> str:
    """What a unique asks for."""
    where = f" where {unique.where}" if unique.where else ""
    return f"no two rows of {table.name} may have the same {', '.join((*unique.columns, *unique.expressions))}{where}"


def reference_words(key: ForeignKey) -> str:
    """What is wrong with a reference to nothing."""
    return f"it refers to a row of {key.table} that is not there"


def member_text(columns: Sequence[str], values: Values) -> str:
    """What a row has in the columns of a key, as violations show it."""
    return ", ".join(f"{name} = {_hashable(values.get(name))}" for name in columns)[:120]


def fold_of(dialect: str) -> Callable[[str], str]:
    """What makes one text of those that are equal in a column that folds."""
    return _FOLDS.get(dialect, str.casefold)


def _repeats(
    unique: Unique, entries: Iterable[Entry], rule: str, mend: str, folds: Mapping[str, Callable[[str], str]]
) -> Iterator[Violation]:
    """What repeats a member of the unique; `folds` make one text, by column, of those that are equal."""
    seen: set[Any] = set()
    for case, row in entries:
        member = tuple(_hashable(row.values.get(name)) for name in unique.columns)
        if unique.nulls_distinct and None in member:
            continue
        same = tuple(
            folds[name](part) if name in folds and isinstance(part, str) else part
            for name, part in zip(unique.columns, member, strict=True)
        )
        if same in seen or (rule == "key:primary" and None in member):
            found = member_text(unique.columns, row.values)
            yield Violation(rule, "dataset", f"{row.where}.{unique.columns[0]}", found, mend, case)
        seen.add(same)


def _without_marks(text: str) -> str:
    """As MySQL's _ci collations compare: without case, accents and spaces at the end."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).rstrip(" ")


_FOLDS: Mapping[str, Callable[[str], str]] = {"mysql": _without_marks}
"""How texts that fold are compared, by dialect; without case elsewhere."""


def _reference_faults(
    table: Table, key: ForeignKey, entries: Iterable[Entry], parents: Iterable[Entry]
) -> Iterator[Violation]:
    known = {tuple(_hashable(row.values.get(name)) for name in key.referenced) for _, row in parents}
    for case, row in entries:
        member = tuple(_hashable(row.values.get(name)) for name in key.columns)
        if None not in member and member not in known:
            found, where = member_text(key.columns, row.values), f"{row.where}.{key.columns[0]}"
            yield Violation("key:foreign", "dataset", where, found, reference_words(key), case)


def _hashable(value: Any) -> Any:
    return repr(value) if isinstance(value, (list, dict)) else value


def in_quotes(name: str, dialect: Dialect) -> str:
    """A name in quotes, as the dialect has them: to MySQL double quotes are those of a text."""
    mark = "`" if dialect == "mysql" else '"'
    return mark + name.replace(mark, mark + mark) + mark


def unique_query(table: Table, unique: Unique, dialect: Dialect = "postgres") -> str:
    """A query for the rows which repeat a partial or expression unique: their `row_keys`, then what they repeat."""
    members = [*(in_quotes(name, dialect) for name in unique.columns), *unique.expressions]
    present = [f"({member}) IS NOT NULL" for member in members] if unique.nulls_distinct else []
    conditions = [*present, *([f"({unique.where})"] if unique.where else [])]
    keys = ", ".join(in_quotes(name, dialect) for name in row_keys(table))
    repeated = [f"member_{number}" for number in range(len(members))]
    named = ", ".join(f"({member}) AS {name}" for member, name in zip(members, repeated, strict=True))
    named_by = (table.schema, table.bare_name) if table.schema else (table.name,)
    source = ".".join(in_quotes(name, dialect) for name in named_by)
    inner = f"SELECT {keys}, {named}, count(*) OVER (PARTITION BY {', '.join(members)}) AS n FROM {source}"
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"SELECT {keys}, {', '.join(repeated)} FROM ({inner}{where}) AS repeated WHERE n > 1"


def row_keys(table: Table) -> tuple[str, ...]:
    """The columns that tell the table's rows apart: the primary key, else all plain ones."""
    plain = (column.name for column in table.columns if column.written and column.type.kind not in STRUCTURED)
    return table.primary_key or tuple(plain) or (table.columns[0].name,)


def later_rows(table: Table, repeated: Sequence[Values], entries: Sequence[Entry]) -> list[Entry]:
    """Of the rows that `unique_query` returned, all but the first of each group of equals, in the rows' order.

    The last row of the table where none can be told apart: what was found is never lost.
    """
    keys = row_keys(table)
    groups = {
        tuple(_plain(row[name]) for name in keys): tuple(map(_plain, list(row.values())[len(keys) :]))
        for row in repeated
    }
    seen: set[tuple[str, ...]] = set()
    later = []
    for entry in entries:
        group = groups.get(tuple(_plain(entry[1].values.get(name)) for name in keys))
        if group is not None and group in seen:
            later.append(entry)
        elif group is not None:
            seen.add(group)
    return later or list(entries[-1:])


def _plain(value: Any) -> str:
    """A cell's text, the same whether it comes from a row or from the database (which fills up numbers and char(n))."""
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return f"{Decimal(str(value)).normalize():f}"
    return str(value).rstrip(" ")
