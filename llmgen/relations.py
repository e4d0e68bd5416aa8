"""Relations that nobody declared but names suggest: `invoice_items.invoice_id` means `invoices.id`."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from llmgen.naming import noun, words
from llmgen.schema.model import Column, ForeignKey, Schema, Table
from llmgen.schema.sources import Reading, read_source

_SELVES = frozenset({"parent", "previous", "next", "original", "root", "copied from", "replaced by", "reports to"})
"""What a reference to a row of the same table is called when it does not name the table."""

_KINDS = frozenset({"integer", "uuid", "text", "decimal", "bytes"})
"""What keys are made of."""


@dataclass(frozen=True)
class _Key:
    """A column that rows of a table are known by, and the words of both: `invoices.id` and `invoices.invoice_id` are
    both ("invoice",), ("id",).
    """

    table: Table
    column: Column
    thing: tuple[str, ...]
    called: tuple[str, ...]


def read_related(source: str, reading: Reading, infer: bool) -> Schema:
    """The schema of a source as `read_source` gives it; with `infer` the relations that names suggest are added."""
    schema = read_source(source, reading)
    return with_inferred(schema) if infer else schema


def with_inferred(schema: Schema) -> Schema:
    """The schema with a foreign key, marked as inferred, for every column whose name and type say one.

    A column is a reference if its words end with a table's words (in the singular) and those of its primary key or of
    another key of one column: `billing_account_id`, `accountId`, `account_record_id`. Where several tables fit, the one
    of most words is meant; where that is not one, nothing is. Columns that declared keys hold are left alone, and so
    are names that a `..._type` column stands beside: their table changes from row to row.
    """
    keys = _keys(schema)
    return replace(schema, tables=tuple(_related(table, keys) for table in schema.tables))


def _keys(schema: Schema) -> Mapping[str, Sequence[_Key]]:
    """The keys of all tables by the last word of their column."""
    found, prefix = defaultdict(list), _prefix(schema)
    for table in schema.tables:
        single = [table.primary_key, *(u.columns for u in table.uniques if u.where is None and not u.expressions)]
        for (name,) in dict.fromkeys(columns for columns in single if len(columns) == 1):
            column, thing = table.column(name), _thing(table)
            thing = thing[1:] if thing[0] == prefix and len(thing) > 1 else thing
            called = _without(thing, tuple(words(name).split()))
            if called and column.type.kind in _KINDS and name not in table.reference_columns:
                found[called[-1]].append(_Key(table, column, thing, called))
    return found


def _thing(table: Table) -> tuple[str, ...]:
    *first, _ = words(table.bare_name).split() or [""]
    return (*first, noun(table.bare_name))


def _prefix(schema: Schema) -> str:
    """The word that more than half of the tables begin with; "" if there is none."""
    firsts = Counter(words(table.bare_name).split(" ")[0] for table in schema.tables)
    (first, count), *_ = firsts.most_common(1) or [("", 0)]
    return first if count > max(1, len(schema.tables) / 2) else ""


def _without(thing: tuple[str, ...], called: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a key without those of its table, or the last ones of a table with a prefix, in front."""
    sizes = (size for size in range(min(len(thing), len(called) - 1), 0, -1) if called[:size] == thing[-size:])
    return called[next(sizes, 0) :]


def _related(table: Table, keys: Mapping[str, Sequence[_Key]]) -> Table:
    inferred = []
    for column in table.columns:
        if column.name in table.reference_columns or column.generated:
            continue
        said = tuple(words(column.name).split())
        fitting = [key for key in keys.get(said[-1] if said else "", ()) if _fits(column, key.column)]
        fitting = [key for key in fitting if key.column is not column]
        if key := _meant(said, fitting, table):
            inferred.append(ForeignKey((column.name,), key.table.name, (key.column.name,), inferred=True))
    return replace(table, foreign_keys=(*table.foreign_keys, *inferred)) if inferred else table


def _meant(said: tuple[str, ...], keys: Sequence[_Key], table: Table) -> _Key | None:
    """The one key that the words mean."""
    if any(key.table.name == table.name and said == (*key.thing, *key.called) for key in keys):
        return None  # its own name for what others call it
    kinds = {words(name) for name in table.by_name}
    fitting: dict[int, list[_Key]] = defaultdict(list)
    for key in keys:
        rest = said[: len(said) - len(key.called)]
        if said[len(rest) :] != key.called or not rest or f"{' '.join(rest)} type" in kinds:
            continue
        if size := _overlap(rest, key, table):
            fitting[size].append(key)
    best = fitting[max(fitting)] if fitting else []
    return best[0] if len(best) == 1 else None


def _overlap(rest: tuple[str, ...], key: _Key, table: Table) -> int:
    """How many words of the table the column says: all of them, or the last ones of a table with a prefix."""
    if key.table.name == table.name and " ".join(rest) in _SELVES:
        return 1
    if rest[-len(key.thing) :] == key.thing:
        return 2 * len(key.thing) + 1
    return 2 * len(rest) if len(rest) < len(key.thing) and key.thing[-len(rest) :] == rest else 0


def _fits(column: Column, key: Column) -> bool:
    """Whether every value of the key fits into the column."""
    mine, its = column.type, key.type
    if mine.kind != its.kind:
        return False
    return mine.kind != "text" or mine.length is None or (its.length is not None and mine.length >= its.length)
