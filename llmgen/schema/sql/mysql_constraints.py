"""Constraints and indexes of MySQL and MariaDB, in a table's body or added later: each onto its draft table."""

import re
from collections.abc import Callable, Mapping

from sqlglot import exp

from llmgen.schema.model import ColumnType
from llmgen.schema.sql.cursor import Cursor, Unreadable
from llmgen.schema.sql.draft import DraftCheck, DraftKey, DraftTable, DraftUnique
from llmgen.schema.sql.expressions import identifier, read_expression
from llmgen.schema.sql.mysql_expressions import expression

NO_ACTIONS = ("restrict", "no action")
"""The same in MySQL, which has no constraints that wait."""
_INDEXES = frozenset({"index", "key", "fulltext", "spatial"})
_OPTIONS = frozenset({
    "using", "type", "key_block_size", "with", "comment", "visible", "invisible", "ignored", "not", "engine_attribute",
    "secondary_engine_attribute", "clustering", "algorithm", "lock", "wait", "nowait",
})  # fmt: skip
UNENFORCED = "the database does not enforce it"


def at_table_constraint(cursor: Cursor) -> bool:
    """Whether a constraint or index comes next, and not a column definition."""
    return (
        cursor.at_any(_TABLE_CONSTRAINTS) or cursor.at("constraint") or cursor.at("period", "for") or _at_index(cursor)
    )


def _at_index(cursor: Cursor) -> bool:
    return cursor.at_any(_INDEXES) or cursor.at("vector", "index") or cursor.at("vector", "key")


def read_table_constraint(cursor: Cursor, table: DraftTable) -> None:
    """One constraint or index, with or without its name; indexes that allow equal rows constrain nothing."""
    if _at_index(cursor):
        return
    name = ""
    if cursor.take("constraint") and not cursor.at_any(_TABLE_CONSTRAINTS):
        cursor.take("if", "not", "exists")
        name = cursor.name()
    if cursor.at("period"):
        _period_for(cursor, table)
    elif cursor.at_any(_TABLE_CONSTRAINTS):
        _TABLE_CONSTRAINTS[cursor.next.text](cursor, table, name)
    else:
        raise Unreadable(f"{cursor.next.text!r} is no constraint that is known")
    if not cursor.done:
        raise Unreadable(f"{cursor.next.text!r} is not understood")


def read_check(cursor: Cursor, table: DraftTable, name: str) -> None:
    """CHECK (...), in a column or by itself."""
    begin = Cursor(cursor.source, cursor.tokens, cursor.position, cursor.stop)
    cursor.expect("check")
    tree = expression(cursor.group(), table.name[1])
    if cursor.take("not", "enforced"):
        table.losses.append(begin.ignored(UNENFORCED, constrains=False))
        return
    cursor.take("enforced")
    name = name or _numbered(f"{table.name[1]}_chk_", [check.name for check in table.checks])
    table.checks.append(DraftCheck(tree, name))


def _primary(cursor: Cursor, table: DraftTable, name: str) -> None:
    cursor.expect("primary", "key")
    set_primary_key(table, *_index(cursor, table)[1:])


def set_primary_key(table: DraftTable, columns: tuple[str, ...], prefixes: tuple[exp.Expr, ...] = ()) -> None:
    """Gives the table its primary key; where it covers only the beginning of texts, these differ there already."""
    whole = (*columns, *(column.name for tree in prefixes for column in tree.find_all(exp.Column)))
    table.primary_key, table.primary_key_name = tuple(table.column(name).name for name in whole), "PRIMARY"
    if prefixes:
        table.uniques.append(DraftUnique(columns, "PRIMARY", expressions=prefixes))


def _unique(cursor: Cursor, table: DraftTable, name: str) -> None:
    cursor.expect("unique")
    if cursor.at_any(("index", "key")):
        cursor.word()
    given, columns, expressions = _index(cursor, table)
    add_unique(table, columns, expressions, given or name)


def add_unique(table: DraftTable, columns: tuple[str, ...], expressions: tuple[exp.Expr, ...], name: str = "") -> None:
    """A unique of the table; without a name it is called after its first column."""
    first = next(iter(columns), "functional_index")
    known = {unique.name.lower() for unique in table.uniques}
    if not name and (name := first).lower() in known:
        name = next(other for number in range(2, len(known) + 3) if (other := f"{first}_{number}").lower() not in known)
    table.uniques.append(DraftUnique(columns, name, expressions=expressions))


def _index(cursor: Cursor, table: DraftTable) -> tuple[str, tuple[str, ...], tuple[exp.Expr, ...]]:
    """Name, type, parts and options of a key: its name, its columns and its expressions."""
    cursor.take("if", "not", "exists")
    name = "" if cursor.at("(") or _at_method(cursor) else cursor.name()
    columns, expressions = read_parts(cursor, table)
    return name, columns, expressions


def _at_method(cursor: Cursor) -> bool:
    return any(cursor.at(word, method) for word in ("using", "type") for method in ("btree", "hash", "rtree"))


def skip_method(cursor: Cursor) -> None:
    """Takes USING BTREE, which says how an index is kept."""
    if _at_method(cursor):
        cursor.position += 2


def read_parts(cursor: Cursor, table: DraftTable) -> tuple[tuple[str, ...], tuple[exp.Expr, ...]]:
    """The parts of a unique index from where its type or parenthesis begins, with the options behind them."""
    skip_method(cursor)
    begin = Cursor(cursor.source, cursor.tokens, cursor.position, cursor.stop)
    columns, expressions = list[str](), list[exp.Expr]()
    for item in cursor.group().items():
        if item.at("("):
            expressions.append(expression(item.group(), table.name[1]))
        elif item.stop - item.first > 1 and Cursor(item.source, item.tokens, item.first + 1).at("without", "overlaps"):
            columns += _period(item.name(), table)
            item.position += 2
            table.losses.append(begin.ignored("rows of one key may not overlap in time"))
        else:
            _part(item, table, columns, expressions)
        if not (item.take("asc") or item.take("desc")) and not item.done:
            raise Unreadable(f"{item.next.text!r} is not understood")
    if not columns and not expressions:
        raise Unreadable("a column list is empty")
    _skip_options(cursor)
    return tuple(columns), tuple(expressions)


def _part(item: Cursor, table: DraftTable, columns: list[str], expressions: list[exp.Expr]) -> None:
    column = table.column(item.name())
    if not item.at("("):
        columns.append(column.name)
        return
    length = item.group().text
    if not length.isdecimal():
        raise Unreadable(f"{length!r} is no length")
    prefix = prefix_of(table, column.name, int(length))
    if prefix is None:
        columns.append(column.name)
    else:
        expressions.append(prefix)


def prefix_of(table: DraftTable, column: str, length: int) -> exp.Expr | None:
    """The first `length` characters of a column; None if that is all of it."""
    type_ = table.column(column).type
    if isinstance(type_, ColumnType) and type_.length == length:
        return None
    return read_expression(f"LEFT({identifier(column, 'mysql').sql('mysql')}, {length})", dialect="mysql")


def _skip_options(cursor: Cursor) -> None:
    """What may stand behind the parts of an index: none of it says which rows are equal."""
    while cursor.at_any(_OPTIONS):
        word = cursor.word()
        cursor.take("parser")
        cursor.take("=")
        if word not in ("visible", "invisible", "ignored", "not", "nowait"):
            cursor.position += not cursor.done


def _period_for(cursor: Cursor, table: DraftTable) -> None:
    """PERIOD FOR name (from, to), which keeps `from` before `to`; SYSTEM_TIME is the server's own."""
    cursor.expect("period", "for")
    system = cursor.at("system_time")
    name = cursor.name()
    ends = cursor.names()
    if system or len(ends) != 2:
        return
    for column in ends:
        table.column(column).nullable = False
    start, end = (identifier(table.column(column).name, "mysql").sql("mysql") for column in ends)
    table.checks.append(DraftCheck(read_expression(f"{start} < {end}", dialect="mysql"), name))


def _period(name: str, table: DraftTable) -> list[str]:
    """The columns of a period."""
    check = next((check for check in table.checks if check.name.lower() == name.lower()), None)
    if check is None:
        raise Unreadable(f"there is no period {name}")
    return [column.name for column in check.tree.find_all(exp.Column)]


def _foreign(cursor: Cursor, table: DraftTable, name: str) -> None:
    begin = Cursor(cursor.source, cursor.tokens, cursor.position, cursor.stop)
    cursor.expect("foreign", "key")
    cursor.take("if", "not", "exists")
    index = "" if cursor.at("(") else cursor.name()
    read_references(cursor, table, cursor.names(), name or index, begin)


def read_references(
    cursor: Cursor, table: DraftTable, columns: tuple[str, ...], name: str = "", clause: Cursor | None = None
) -> None:
    """REFERENCES target (columns) with its actions, of these columns of the table."""
    clause = clause or Cursor(cursor.source, cursor.tokens, cursor.position, cursor.stop)
    cursor.expect("references")
    target = cursor.qualified()[1]
    referenced = cursor.names() if cursor.at("(") else ()
    if cursor.take("match"):
        cursor.word()
    on_delete = "no action"
    while cursor.take("on"):
        event, action = cursor.word(), cursor.word()
        if action in ("no", "set"):
            action = f"{action} {cursor.word()}"
        if event == "delete":
            on_delete = "no action" if action in NO_ACTIONS else action
    name = name or _numbered(f"{table.name[1]}_ibfk_", [key.name for key in table.foreign_keys])
    loss = clause.ignored(f"its target {target} is not in this schema")
    table.foreign_keys.append(DraftKey(columns, (None, target), referenced, on_delete, False, name, loss))


def _numbered(start: str, names: list[str]) -> str:
    """The start with the number after the highest that is there."""
    numbers = [re.fullmatch(rf"{re.escape(start)}(\d{{1,9}})", name, re.IGNORECASE) for name in names]
    return f"{start}{max((int(found[1]) for found in numbers if found), default=0) + 1}"


_TABLE_CONSTRAINTS: Mapping[str, Callable[[Cursor, DraftTable, str], None]] = {
    "primary": _primary,
    "unique": _unique,
    "foreign": _foreign,
    "check": read_check,
}
