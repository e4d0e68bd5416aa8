"""What an EXCLUDE keeps apart: ranges that may not overlap, or rows that may not agree."""

import re

from llmgen.schema.model import Exclude, Table, Unique
from llmgen.volume.spelled import bare


def spans_of(table: Table) -> list[tuple[str, ...]]:
    """For each EXCLUDE the own columns whose ranges may not overlap: one range, or the two ends of it."""
    return [found for exclude in table.excludes if (found := overlapping(table, exclude))]


def span_of(table: Table, column: str) -> tuple[str, ...]:
    """The columns of the range that the column is or begins or ends; none where it is in no EXCLUDE over ranges."""
    return next((columns for columns in spans_of(table) if column in columns), ())


def overlapping(table: Table, exclude: Exclude) -> tuple[str, ...]:
    """The own columns of the first range in the EXCLUDE; where its ranges never overlap, no two rows answer to all."""
    ranges = (_own(table, text) for text, operator in exclude.elements if operator == "&&")
    return next((columns for columns in ranges if columns), ())


def _own(table: Table, text: str) -> tuple[str, ...]:
    """The own columns that make the range as they stand; none where it is reckoned from them, as in (x, x + 10)."""
    if re.search(r"[-+*/]", re.sub("'[^']*'", "", text)):
        return ()
    return tuple(name for name in _names(table, text) if name not in table.reference_columns)


def named(table: Table, exclude: Exclude) -> tuple[str, ...]:
    """The columns that the EXCLUDE names."""
    return _names(table, " ".join(text for text, _ in exclude.elements))


def _names(table: Table, text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in re.findall(r"\w+", text) if name in table.by_name))


def alike(exclude: Exclude) -> Unique | None:
    """The unique that keeps an EXCLUDE which is no matter of ranges; None where nothing in it must be equal.

    Of equal and different, as `code WITH =, kind WITH <>`, it keeps the equal apart: more than the EXCLUDE wants.
    """
    equal = [text for text, operator in exclude.elements if operator == "="]
    if not equal:
        return None
    columns = tuple(name for text in equal if (name := bare(text)))
    expressions = tuple(text for text in equal if not bare(text))
    return Unique(columns, where=exclude.where, expressions=expressions, name=exclude.name)
