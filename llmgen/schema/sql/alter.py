"""ALTER statements and COMMENT ON: what they change in the catalog."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace

from llmgen.schema.sql.constraints import (
    at_table_constraint,
    read_column,
    read_deferrable,
    read_generated,
    read_table_constraint,
    set_default,
)
from llmgen.schema.sql.create import read_domain_constraint
from llmgen.schema.sql.cursor import SHOWN, Cursor, Unreadable
from llmgen.schema.sql.draft import Catalog, Domain, DraftTable, Enum, FullName, inherit
from llmgen.schema.sql.drop import drop_part
from llmgen.schema.sql.rename import move_table, move_type, rename, rename_index
from llmgen.schema.sql.types import read_type

_QUIET_ACTIONS = (
    "owner", "enable", "disable", "force", "no", "cluster", "replica", "validate", "set", "reset",
    "of", "not",
)  # fmt: skip
_INHERITED = ("alter", "drop", "rename")
"""What is done to a column, and reaches the tables that inherit it."""


def alter(cursor: Cursor, catalog: Catalog) -> None:
    """ALTER TABLE, INDEX, TYPE, DOMAIN and SCHEMA; what is altered elsewhere does not constrain rows."""
    cursor.expect("alter")
    if cursor.take("foreign", "table"):
        return
    if cursor.take("table"):
        _alter_table(cursor, catalog)
    elif cursor.take("type"):
        _alter_type(cursor, catalog)
    elif cursor.take("domain"):
        _alter_domain(cursor, catalog)
    elif cursor.take("index"):
        cursor.take("if", "exists")
        _, old = cursor.qualified()
        if cursor.take("rename", "to"):
            rename_index(old, cursor.name(), catalog)
    elif cursor.take("schema"):
        old = cursor.name()
        if cursor.take("rename", "to"):
            _rename_schema(old, cursor.name(), catalog)


def _rename_schema(old: str, new: str, catalog: Catalog) -> None:
    for table in [table for table in catalog.tables.values() if table.name[0] == old]:
        move_table(table, (new, table.name[1]), catalog)
    for name in [name for name in catalog.types if name[0] == old]:
        move_type(name, (new, name[1]), catalog)


def _alter_table(cursor: Cursor, catalog: Catalog) -> None:
    if cursor.take("all"):
        return
    optional = cursor.take("if", "exists")
    cursor.take("only")
    name = cursor.qualified()
    cursor.take("*")
    table = catalog.table(name)
    if table is None and cursor.at_any(_QUIET_ACTIONS):
        return  # views and sequences may be altered as tables are
    if table is None and optional:
        raise Unreadable(f"there is no table {name[1]}", constrains=False)
    table = table or catalog.known_table(name)
    if table.partition_of and not cursor.at("attach"):
        return
    if cursor.take("set", "schema"):
        move_table(table, (cursor.name(), table.name[1]), catalog)
    for action in cursor.items():
        reaches_heirs = action.at_any(_INHERITED) and not action.at("rename", "to")
        _read_action(action, table, catalog)
        for heir in list(_heirs(table, catalog)) if reaches_heirs else ():
            _read_action(Cursor(action.source, action.tokens, action.first, action.stop), heir, catalog)


def _heirs(table: DraftTable, catalog: Catalog) -> Iterator[DraftTable]:
    """The tables that inherit from this one, and those that inherit from them."""
    for other in catalog.tables.values():
        if table.name in other.parents:
            yield other
            yield from _heirs(other, catalog)


def _read_action(action: Cursor, table: DraftTable, catalog: Catalog) -> None:
    try:
        if action.take("no", "inherit"):
            _disinherit(table, catalog.known_table(action.qualified()))
            return
        if action.at_any(_QUIET_ACTIONS):
            return
        if action.at_any(_ACTIONS):
            _ACTIONS[action.word()](action, table, catalog)
        else:
            raise Unreadable(f"{action.next.text!r} is not understood")
    except Unreadable as loss:
        clause = action.ignored(loss.why, loss.constrains)
        table.losses.append(replace(clause, text=f"ALTER TABLE {table.name[1]} {clause.text}"[:SHOWN]))


def _add(cursor: Cursor, table: DraftTable, catalog: Catalog) -> None:
    if at_table_constraint(cursor):
        return read_table_constraint(cursor, table)
    cursor.take("column")
    repeatable = cursor.take("if", "not", "exists")
    if not (repeatable and cursor.next.text in table.columns):
        read_column(cursor, table)
    return None


def _alter_column(cursor: Cursor, table: DraftTable, catalog: Catalog) -> None:
    if cursor.take("constraint"):
        _alter_constraint(cursor, table)
        return
    cursor.take("column")
    column = table.column(cursor.name())
    if cursor.take("set", "default"):
        set_default(column, cursor.rest())
    elif cursor.take("drop", "default"):
        column.default = None
        column.generated = "" if column.generated == "identity" else column.generated
    elif cursor.take("set", "not", "null"):
        column.nullable = False
    elif cursor.take("drop", "not", "null"):
        column.nullable = True
    elif cursor.take("type") or cursor.take("set", "data", "type"):
        column.type = read_type(cursor)
    elif cursor.take("add"):
        cursor.expect("generated")
        read_generated(cursor, column)
    elif cursor.take("set", "generated"):
        column.generated = "identity-always" if cursor.take("always") else "identity"
    elif cursor.take("drop", "identity"):
        column.generated = ""
    elif cursor.take("drop", "expression"):
        column.generated, column.expression = "", None
    elif not (cursor.at("set") or cursor.at("reset") or cursor.at("restart")) or cursor.at("set", "expression"):
        raise Unreadable(f"{cursor.next.text!r} is not understood")


def _alter_constraint(cursor: Cursor, table: DraftTable) -> None:
    """When a foreign key is checked, and whether."""
    name = cursor.name()
    deferrable = read_deferrable(cursor)
    for key in table.foreign_keys:
        if key.name == name:
            key.deferrable = deferrable
    if cursor.take("not", "enforced"):
        table.foreign_keys = [key for key in table.foreign_keys if key.name != name]
        table.losses.append(cursor.ignored("the database does not enforce it", constrains=False))


def _attach(cursor: Cursor, table: DraftTable, catalog: Catalog) -> None:
    cursor.expect("partition")
    child = catalog.known_table(cursor.qualified())
    child.partition_of, child.bounds = table.name, cursor.rest().text


def _detach(cursor: Cursor, table: DraftTable, catalog: Catalog) -> None:
    """A partition that is detached is a table of its own, with all that its parent has."""
    cursor.expect("partition")
    child = catalog.known_table(cursor.qualified())
    child.partition_of = None
    if not child.columns:
        child.columns = deepcopy(table.columns)
        child.primary_key = table.primary_key
    child.checks = deepcopy(table.checks)
    child.uniques += [item for item in deepcopy(table.uniques) if item not in child.uniques]
    child.foreign_keys += [item for item in deepcopy(table.foreign_keys) if item not in child.foreign_keys]


def _inherit(cursor: Cursor, table: DraftTable, catalog: Catalog) -> None:
    table.parents.append(catalog.known_table(cursor.qualified()).name)


def _disinherit(table: DraftTable, parent: DraftTable) -> None:
    """What a table has from a parent that it leaves is its own."""
    inherit(table, [parent])
    table.parents = [name for name in table.parents if name != parent.name]
    table.inherited -= parent.columns.keys()


_ACTIONS: dict[str, Callable[[Cursor, DraftTable, Catalog], None]] = {
    "add": _add,
    "alter": _alter_column,
    "drop": drop_part,
    "attach": _attach,
    "detach": _detach,
    "inherit": _inherit,
    "rename": rename,
}


def _alter_type(cursor: Cursor, catalog: Catalog) -> None:
    found = catalog.type(cursor.qualified())
    if cursor.take("owner") or found is None or _moved(cursor, found[0], catalog) or not isinstance(found[1], Enum):
        return
    labels = found[1].labels
    if cursor.take("add", "value"):
        cursor.take("if", "not", "exists")
        label, place = cursor.string(), len(labels)
        if cursor.at_any(("before", "after")):
            after = cursor.word() == "after"
            other = cursor.string()
            place = labels.index(other) + after if other in labels else place
        if label not in labels:
            labels.insert(place, label)
    elif cursor.take("rename", "value"):
        old = cursor.string()
        cursor.expect("to")
        new = cursor.string()
        labels[:] = [new if label == old else label for label in labels]
    else:
        raise Unreadable(f"{cursor.next.text!r} is not understood")


def _moved(cursor: Cursor, name: FullName, catalog: Catalog) -> bool:
    """Takes a new name or schema for a type or domain; false if the clause is another."""
    if cursor.take("rename", "to"):
        move_type(name, (name[0], cursor.name()), catalog)
    elif cursor.take("set", "schema"):
        move_type(name, (cursor.name(), name[1]), catalog)
    else:
        return False
    return True


def _alter_domain(cursor: Cursor, catalog: Catalog) -> None:
    name = cursor.qualified()
    found = catalog.type(name)
    if cursor.take("owner") or cursor.take("validate"):
        return
    if found is None or not isinstance(found[1], Domain):
        raise Unreadable(f"there is no domain {name[1]}")
    if _moved(cursor, found[0], catalog):
        return
    domain = found[1]
    if cursor.take("rename", "constraint"):
        old = cursor.name()
        cursor.expect("to")
        new = cursor.name()
        for check in domain.checks:
            check.name = new if check.name == old else check.name
    elif cursor.take("add") or cursor.take("set"):
        read_domain_constraint(cursor, domain, name[1])
    elif cursor.take("drop", "not", "null"):
        domain.nullable = True
    elif cursor.take("drop", "default"):
        domain.default = None
    elif cursor.take("drop", "constraint"):
        cursor.take("if", "exists")
        gone = cursor.name()
        domain.checks = [check for check in domain.checks if check.name != gone]
    else:
        raise Unreadable(f"{cursor.next.text!r} is not understood")


def comment(cursor: Cursor, catalog: Catalog) -> None:
    """COMMENT ON TABLE and COLUMN; comments on anything else are not kept."""
    cursor.expect("comment", "on")
    if cursor.take("table"):
        table = catalog.table(cursor.qualified())
        cursor.expect("is")
        if table:
            table.comment = "" if cursor.take("null") else cursor.string()
    elif cursor.take("column"):
        parts = [cursor.name()]
        while cursor.take("."):
            parts.append(cursor.name())
        cursor.expect("is")
        table = catalog.table((parts[-3] if len(parts) > 2 else None, parts[-2])) if len(parts) > 1 else None
        if table and parts[-1] in table.columns:
            table.columns[parts[-1]].comment = "" if cursor.take("null") else cursor.string()
