"""ALTER and RENAME statements of MySQL and MariaDB: what they change in the catalog."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from llmgen.schema.model import ColumnType
from llmgen.schema.sql.cursor import SHOWN, Cursor, Unreadable
from llmgen.schema.sql.draft import PUBLIC, Catalog, DraftTable
from llmgen.schema.sql.mysql_columns import read_column, set_default
from llmgen.schema.sql.mysql_constraints import at_table_constraint, read_table_constraint
from llmgen.schema.sql.mysql_create import chosen, read_database, read_options
from llmgen.schema.sql.mysql_drop import drop_column, drop_index, drop_named, drop_primary_key
from llmgen.schema.sql.mysql_types import WrittenType, column_type, read_collation
from llmgen.schema.sql.rename import move_table, rename_column
from llmgen.schema.sql.respell import respell

_PARTITIONS = frozenset({
    "add", "drop", "truncate", "coalesce", "reorganize", "rebuild", "analyze", "check", "optimize", "repair",
    "discard", "import", "exchange", "convert", "remove",
})  # fmt: skip
_OPTIONS = frozenset({
    "engine", "type", "auto_increment", "avg_row_length", "checksum", "table_checksum", "collate", "default",
    "character", "charset", "comment", "compression", "connection", "data", "index", "delay_key_write",
    "encryption", "encrypted", "encryption_key_id", "engine_attribute", "secondary_engine_attribute",
    "secondary_engine", "insert_method", "key_block_size", "max_rows", "min_rows", "pack_keys", "password",
    "row_format", "stats_auto_recalc", "stats_persistent", "stats_sample_pages", "storage", "tablespace", "union",
    "page_checksum", "page_compressed", "page_compression_level", "transactional", "sequence", "autoextend_size",
    "algorithm", "lock", "force", "enable", "disable", "import", "discard", "wait", "nowait", "with", "without",
    "partition", "remove", "order",
})  # fmt: skip
"""What may begin an action that says how rows are stored."""
_INDEXES = ("index", "key")


def alter(cursor: Cursor, catalog: Catalog) -> None:
    """ALTER TABLE and DATABASE; what is altered elsewhere constrains no rows."""
    cursor.expect("alter")
    while cursor.at_any(("ignore", "online", "offline")):
        cursor.word()
    if cursor.take("database") or cursor.take("schema"):
        read_database(cursor, catalog)
    if not cursor.take("table"):
        return
    cursor.take("if", "exists")
    name = (None, cursor.qualified()[1])
    if cursor.take("wait"):
        cursor.position += 1
    cursor.take("nowait")
    if cursor.at("drop") and catalog.table(name) is None:
        raise Unreadable(f"there is no table {name[1]}", constrains=False)
    table = catalog.known_table(name)
    for action in cursor.items():
        if action.at_any(_PARTITIONS) and Cursor(action.source, action.tokens, action.position + 1).at("partition"):
            return
        if action.at("order", "by"):
            return
        _read_action(action, table, catalog)


def _read_action(action: Cursor, table: DraftTable, catalog: Catalog) -> None:
    try:
        if action.at_any(_ACTIONS):
            _ACTIONS[action.word()](action, table, catalog)
            _end(action, table)
        elif action.at_any(_OPTIONS):
            read_options(action, table)
        elif not action.done:
            raise Unreadable(f"{action.next.text!r} is not understood")
    except Unreadable as loss:
        clause = action.ignored(loss.why, loss.constrains)
        table.losses.append(replace(clause, text=f"ALTER TABLE {table.name[1]} {clause.text}"[:SHOWN]))


def _end(action: Cursor, table: DraftTable) -> None:
    """The end of an action; partitions and options may follow the last one without a comma."""
    if action.at_any(_OPTIONS):
        read_options(action, table)
    if not action.done:
        raise Unreadable(f"{action.next.text!r} is not understood")


def _add(cursor: Cursor, table: DraftTable, catalog: Catalog) -> None:
    if cursor.take("system", "versioning"):
        return
    if at_table_constraint(cursor):
        read_table_constraint(cursor, table)
        cursor.rest()
        return
    cursor.take("column")
    repeatable = cursor.take("if", "not", "exists")
    if not cursor.at("("):
        _add_column(cursor, table, repeatable)
        return
    for item in cursor.group().items():
        if at_table_constraint(item):
            read_table_constraint(item, table)
        else:
            _add_column(item, table, repeatable)


def _add_column(cursor: Cursor, table: DraftTable, repeatable: bool) -> None:
    known = cursor.next.text.lower() in table.spelled
    if known and repeatable:
        cursor.rest()
    elif known:
        raise Unreadable(f"column {cursor.next.text} is declared already")
    else:
        _place(cursor, table, read_column(cursor, table).name)


def _place(cursor: Cursor, table: DraftTable, name: str) -> None:
    """FIRST or AFTER a column; without them it stays where it is."""
    if cursor.take("first"):
        order = [name, *(other for other in table.columns if other != name)]
    elif cursor.take("after"):
        before = table.column(cursor.name()).name
        order = [other for other in table.columns if other != name]
        order.insert(order.index(before) + 1 if before in order else len(order), name)
    else:
        return
    table.columns = {other: table.columns[other] for other in order}


def _modify(cursor: Cursor, table: DraftTable, catalog: Catalog) -> None:
    cursor.take("column")
    repeatable = cursor.take("if", "exists")
    if repeatable and cursor.next.text.lower() not in table.spelled:
        cursor.rest()
        return
    new = Cursor(cursor.source, cursor.tokens, cursor.position).name()
    _redefine(cursor, table, table.column(new).name, new, catalog)


def _change(cursor: Cursor, table: DraftTable, catalog: Catalog) -> None:
    cursor.take("column")
    repeatable = cursor.take("if", "exists")
    if repeatable and cursor.next.text.lower() not in table.spelled:
        cursor.rest()
        return
    old = table.column(cursor.name()).name
    _redefine(cursor, table, old, Cursor(cursor.source, cursor.tokens, cursor.position).name(), catalog)


def _redefine(cursor: Cursor, table: DraftTable, old: str, new: str, catalog: Catalog) -> None:
    """A whole new definition of a column, which keeps its place.

    It keeps its CHECKs, as in MySQL; MariaDB drops those that stood in the definition before.
    """
    if new != old:
        _rename_column(table, old, new, catalog)
    read_column(cursor, table)
    _place(cursor, table, new)


def _alter(cursor: Cursor, table: DraftTable, catalog: Catalog) -> None:
    if cursor.take("index") or cursor.take("key"):
        cursor.rest()
        return
    if cursor.take("check") or cursor.take("constraint"):
        _enforce(cursor, table)
        return
    cursor.take("column")
    cursor.take("if", "exists")
    column = table.column(cursor.name())
    if cursor.take("set", "default"):
        set_default(column, cursor.rest())
    elif cursor.take("drop", "default"):
        column.default = None
    elif not (cursor.take("set", "visible") or cursor.take("set", "invisible")):
        raise Unreadable(f"{cursor.next.text!r} is not understood")


def _enforce(cursor: Cursor, table: DraftTable) -> None:
    name = cursor.name()
    if cursor.take("not", "enforced"):
        drop_named(table.checks, name)
        return
    cursor.expect("enforced")
    if not any(check.name.lower() == name.lower() for check in table.checks):
        raise Unreadable(f"CHECK {name} was not enforced before, and is not read")


def _drop(cursor: Cursor, table: DraftTable, catalog: Catalog) -> None:
    if cursor.take("system", "versioning") or cursor.take("period", "for"):
        cursor.rest()
        return
    if cursor.take("primary", "key"):
        drop_primary_key(table)
        return
    kind = cursor.next.text if cursor.at_any(("index", "key", "constraint", "check")) else ""
    if cursor.take("foreign", "key"):
        kind = "foreign"
    elif kind:
        cursor.word()
    else:
        cursor.take("column")
    repeatable = cursor.take("if", "exists")
    name = cursor.name()
    cursor.take("cascade")
    cursor.take("restrict")
    if not kind:
        drop_column(table, name, repeatable)
    elif kind == "foreign":
        if not drop_named(table.foreign_keys, name) and not repeatable:
            raise Unreadable(f"there is no foreign key {name}", constrains=False)
    elif kind in _INDEXES:
        drop_index(table, name)
    elif name.lower() == "primary":
        drop_primary_key(table)
    elif not (drop_named(table.checks, name) or drop_named(table.foreign_keys, name) or drop_index(table, name)):
        raise Unreadable(f"there is no constraint {name}", constrains=False)


def _convert(cursor: Cursor, table: DraftTable, catalog: Catalog) -> None:
    """CONVERT TO CHARACTER SET: all texts compare anew."""
    cursor.expect("to")
    collations = []
    while found := read_collation(cursor):
        collations.append(found)
    collation = chosen(collations)
    if not collation:
        raise Unreadable("the character set is missing")
    table.collation = collation
    for column in table.columns.values():
        if isinstance(column.type, ColumnType) and column.type.kind == "text":
            name, _, size = column.type.sql.partition("(")
            column.type = column_type(WrittenType(name, (size.rstrip(")"),)), collation)


def _rename(cursor: Cursor, table: DraftTable, catalog: Catalog) -> None:
    if cursor.take("column"):
        cursor.take("if", "exists")
        old = table.column(cursor.name()).name
        cursor.expect("to")
        _rename_column(table, old, cursor.name(), catalog)
    elif cursor.at_any(_INDEXES):
        cursor.word()
        cursor.take("if", "exists")
        old = cursor.name()
        cursor.expect("to")
        new = cursor.name()
        for unique in table.uniques:
            unique.name = new if unique.name.lower() == old.lower() else unique.name
    else:
        if not (cursor.take("to") or cursor.take("as")):
            cursor.take("=")
        move_table(table, (PUBLIC, cursor.qualified()[1]), catalog)


def _rename_column(table: DraftTable, old: str, new: str, catalog: Catalog) -> None:
    respell(catalog)  # so that all that names it spells it alike
    rename_column(table, old, new, catalog)


_ACTIONS: Mapping[str, Callable[[Cursor, DraftTable, Catalog], None]] = {
    "add": _add,
    "modify": _modify,
    "change": _change,
    "alter": _alter,
    "drop": _drop,
    "convert": _convert,
    "rename": _rename,
}


def rename_tables(cursor: Cursor, catalog: Catalog) -> None:
    """RENAME TABLE a TO b, c TO d; other things that have names constrain nothing."""
    cursor.expect("rename")
    if not (cursor.take("table") or cursor.take("tables")):
        return
    cursor.take("if", "exists")
    for item in cursor.items():
        table = catalog.known_table((None, item.qualified()[1]))
        if item.take("wait"):
            item.position += 1
        item.take("nowait")
        item.expect("to")
        move_table(table, (PUBLIC, item.qualified()[1]), catalog)
