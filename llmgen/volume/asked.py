"""What `--rows` says: a number for every table, numbers for some, or children for each row of a parent."""

import re
from collections.abc import Sequence
from fractions import Fraction

from llmgen.errors import InputError
from llmgen.predicates.catalog import near
from llmgen.schema.model import Schema, Table
from llmgen.volume.request import Count

FORMS = "write 50 for every table, or users=10k,tasks=3..8/projects; numbers as 1500, 1_500, 10k or 2M"
MOST_ROWS = 10**12
"""More rows than any disk holds; far below what row numbers can be."""

_NUMBER = re.compile(r"(\d+(?:_\d+)*)(?:\.(\d+))?([kKmM]?)", re.ASCII)
_UNITS = {"": 1, "k": 1_000, "m": 1_000_000}


def read_counts(texts: Sequence[str], schema: Schema) -> tuple[dict[str, Count], int | None]:
    """The counts by table, and the number for every other table (None: not given). InputError says what is wrong."""
    counts: dict[str, Count] = {}
    every: int | None = None
    for text in texts:
        before = ""
        for part in (found.strip() for found in text.split(",")):
            name, given, rows = (found.strip() for found in part.partition("="))
            if given:
                table = _table(name, schema, text)
                if table.name in counts:
                    raise _wrong(text, f"{table.name} is given twice", "name each table once")
                counts[table.name] = _count(rows, table, schema, text)
            elif re.fullmatch(r"\d{3}", part) and re.search(r"(^|=)\s*\d{1,3}$", before):
                mend = f"a comma separates tables: write {re.split('=', before)[-1].strip()}_{part}"
                raise _wrong(text, f"{before},{part} is no number", mend)
            else:
                every = _only(_number(part, text), every, text)
            before = part
    _refuse_circles(counts)
    return counts, every


def _only(rows: int, earlier: int | None, text: str) -> int:
    if earlier is not None:
        raise _wrong(text, f"{earlier} and {rows} are both given for every table", "name the tables: users=10k")
    return rows


def _count(rows: str, table: Table, schema: Schema, text: str) -> Count:
    each, per, of = (found.strip() for found in rows.partition("/"))
    low, span, high = (found.strip() for found in each.partition(".."))
    fewest = _number(low, text)
    most = _number(high, text) if span else fewest
    if fewest > most:
        raise _wrong(text, f"{each} ends before it begins", f"write {high}..{low}")
    known = list(dict.fromkeys(key.table for key in table.foreign_keys if key.table != table.name))
    if per:
        parent = _table(of, schema, text).name
        if parent in known:
            return Count(per=(fewest, most), parent=parent)
        what = f"{table.name} cannot be counted for each row of {'itself' if parent == table.name else parent}"
        mend = f"it refers to {', '.join(known)}" if known else f"it refers to no table: write {table.name}=1000"
        raise _wrong(text, what, mend)
    if span:
        mend = f"give one number{''.join(f', or {table.name}={each}/{parent}' for parent in known[:3])}"
        raise _wrong(text, f"{each} is no number of rows", mend)
    return Count(fewest)


def _number(text: str, where: str) -> int:
    found = _NUMBER.fullmatch(text)
    if not found:
        negative = re.match(r"[-−]\s*\d", text)
        raise _wrong(where, f"{text} is negative" if negative else f"{text!r} is not a number of rows", FORMS)
    whole, decimals, unit = found.groups()
    rows = Fraction(f"{whole.replace('_', '')}.{decimals or 0}") * _UNITS[unit.lower()]
    if rows.denominator != 1:
        raise _wrong(where, f"{text} is not a whole number of rows", FORMS)
    if rows > MOST_ROWS:
        raise _wrong(where, f"{text} rows are more than can be made", f"ask for at most {MOST_ROWS:_} of a table")
    return int(rows)


def _table(name: str, schema: Schema, text: str) -> Table:
    """The table of that name, with or without its database schema; case matters only between tables that differ so."""
    if name in schema.by_name:
        return schema.table(name)
    alike = [table for table in schema.tables if name.lower() in (table.bare_name.lower(), table.name.lower())]
    found = [table for table in alike if name == table.bare_name] or alike
    if not found:
        raise _wrong(text, f"there is no table {name!r}{near(name, schema.by_name)}", "name a table of the schema")
    if len(found) > 1:
        raise _wrong(text, f"{name} may be {' or '.join(table.name for table in found)}", "write the one you mean")
    return found[0]


def _refuse_circles(counts: dict[str, Count]) -> None:
    """A table's parent must not be counted, over any number of steps, by its own children."""
    for name in counts:
        seen = [name]
        while (parent := counts[seen[-1]].parent if seen[-1] in counts else "") and parent not in seen:
            seen.append(parent)
        if parent == name:
            circle = " for each row of ".join([*seen, name])
            raise InputError(f"--rows counts {circle}", f"give a number for one of them: {name}=1000")


def _wrong(text: str, what: str, mend: str) -> InputError:
    return InputError(f"--rows {text}: {what}", mend)
