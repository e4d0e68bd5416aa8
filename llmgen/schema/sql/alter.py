"""ALTER and DROP statements, COMMENT ON: what they change in the catalog."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace

from llmgen.schema.sql.constraints import (
    at_table_constraint,
    read_column,
    read_generated,
    read_table_constraint,
    set_default,
)
from llmgen.schema.sql.create import read_domain_constraint
from llmgen.schema.sql.cursor import SHOWN, Cursor, Unreadable
from llmgen.schema.sql.draft import Catalog, Domain, DraftTable, Enum
from llmgen.schema.sql.expressions import columns_of
from llmgen.schema.sql.rename import move_table, rename
from llmgen.schema.sql.types import read_type

_QUIET_ACTIONS = (
    "owner", "enable", "disable", "force", "no", "cluster", "replica", "validate", "set", "reset",
    "of", "not",
)  # fmt: skip
_INHERITED = ("alter", "drop", "rename")
"""What is done to a column, and reaches the tables that inherit it."""


def alter(cursor: Cursor, catalog: Catalog) -> None:
    """ALTER TABLE, TYPE and DOMAIN; what is altered elsewhere does not constrain rows."""
    cursor.expect("alter")
    if cursor.take("foreign", "table"):
        return
    if cursor.take("table"):
        _alter_table(cursor, catalog)
    elif cursor.take("type"):
        _alter_type(cursor, catalog)
    elif cursor.take("domain"):
        _alter_domain(cursor, catalog)


def _alter_table(cursor: Cursor, catalog: Catalog) -> None:
    if cursor.take("all"):
        return
    cursor.take("if", "exists")
    cursor.take("only")
    name = cursor.qualified()
    cursor.take("*")
    if cursor.at_any(_QUIET_ACTIONS) and catalog.table(name) is None:
        return  # views and sequences may be altered as tables are
    table = catalog.known_table(name)
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
        if action.at("no", "force") or action.at_any(_QUIET_ACTIONS):
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
        return  # whether and when a constraint is checked
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


def _drop_part(cursor: Cursor, table: DraftTable, catalog: Catalog) -> None:
    if cursor.take("constraint"):
        cursor.take("if", "exists")
        _drop_constraint(table, cursor.name())
        return
    cursor.take("column")
    cursor.take("if", "exists")
    gone = cursor.name()
    table.columns.pop(gone, None)
    # As Postgres does: whatever names the column goes with it.
    table.foreign_keys = [key for key in table.foreign_keys if gone not in key.columns]
    table.uniques = [unique for unique in table.uniques if gone not in unique.named]
    table.excludes = [item for item in table.excludes if not any(gone in columns_of(tree) for tree, _ in item.elements)]
    table.checks = [check for check in table.checks if gone not in columns_of(check.tree)]
    if gone in table.primary_key:
        table.primary_key = ()


def _drop_constraint(table: DraftTable, name: str) -> None:
    table.checks = [item for item in table.checks if item.name != name]
    table.uniques = [item for item in table.uniques if item.name != name]
    table.foreign_keys = [item for item in table.foreign_keys if item.name != name]
    table.excludes = [item for item in table.excludes if item.name != name]
    if table.primary_key_name == name:
        table.primary_key = ()


def _attach(cursor: Cursor, table: DraftTable, catalog: Catalog) -> None:
    cursor.expect("partition")
    catalog.known_table(cursor.qualified()).partition_of = table.name


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


_ACTIONS: dict[str, Callable[[Cursor, DraftTable, Catalog], None]] = {
    "add": _add,
    "alter": _alter_column,
    "drop": _drop_part,
    "attach": _attach,
    "detach": _detach,
    "inherit": _inherit,
    "rename": rename,
}


def _alter_type(cursor: Cursor, catalog: Catalog) -> None:
    found = catalog.type(cursor.qualified())
    if cursor.take("owner") or cursor.take("set", "schema") or found is None or not isinstance(found[1], Enum):
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


def _alter_domain(cursor: Cursor, catalog: Catalog) -> None:
    name = cursor.qualified()
    found = catalog.type(name)
    if cursor.take("owner") or cursor.take("validate"):
        return
    if found is None or not isinstance(found[1], Domain):
        raise Unreadable(f"there is no domain {name[1]}")
    domain = found[1]
    if cursor.take("add") or cursor.take("set"):
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


def drop(cursor: Cursor, catalog: Catalog) -> None:
    """DROP TABLE, TYPE, DOMAIN and INDEX of what was declared before; dropping anything else frees rows only."""
    cursor.expect("drop")
    kind = cursor.word()
    if kind not in ("table", "type", "domain", "index"):
        return
    cursor.take("concurrently")
    cursor.take("if", "exists")
    for item in cursor.items():
        name = item.qualified()
        if kind == "table" and (table := catalog.table(name)):
            del catalog.tables[table.name]
            catalog.ignored.append(replace(table.clause, why="the table is dropped again", constrains=False))
        elif kind == "index" and name[1] in catalog.indexes:
            owner = catalog.tables.get(catalog.indexes.pop(name[1]))
            if owner:
                _drop_constraint(owner, name[1])
        elif kind in ("type", "domain") and (found := catalog.type(name)):
            del catalog.types[found[0]]


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
