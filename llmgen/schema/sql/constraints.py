"""Constraints, inline, in a table's body or added later: each onto its draft table."""

from collections.abc import Callable

from llmgen.schema.sql.cursor import Cursor, Unreadable
from llmgen.schema.sql.draft import DraftCheck, DraftColumn, DraftExclude, DraftKey, DraftTable, DraftUnique
from llmgen.schema.sql.expressions import columns_of, identifier, plain_sql, read_expression
from llmgen.schema.sql.types import TypeName, read_type

_AFTER_DEFAULT = (
    "constraint", "not", "null", "check", "default", "generated", "unique", "primary", "references", "collate",
    "deferrable", "initially", "no", "enforced", "storage", "compression",
)  # fmt: skip
_INTEGERS = ("smallint", "integer", "bigint")
_BOUND = "this constraint is not among those that llmgen can keep"


def read_column(cursor: Cursor, table: DraftTable) -> None:
    """One column definition: name, type, constraints. What is not understood becomes a loss of the table."""
    name = cursor.name()
    if cursor.done:
        raise Unreadable(f"column {name} has no type")
    type_name = read_type(cursor)
    column = DraftColumn(name, type_name)
    if type_name.serial:
        column.generated, column.nullable = "identity", False
    table.columns[name] = column
    while not cursor.done:
        begin = Cursor(cursor.source, cursor.tokens, cursor.position, cursor.stop)
        try:
            _inline(cursor, table, column)
        except Unreadable as loss:
            cursor.position = begin.position
            clause = cursor.take_until(*_AFTER_DEFAULT, least=1)
            table.losses.append(clause.ignored(f"column {name}: {loss.why}", loss.constrains))
            if cursor.position == begin.position:
                return


def _inline(cursor: Cursor, table: DraftTable, column: DraftColumn) -> None:
    name = cursor.name() if cursor.take("constraint") else ""
    if cursor.take("not", "null"):
        column.nullable = False
        cursor.take("no", "inherit")
    elif cursor.take("default"):
        set_default(column, cursor.take_until(*_AFTER_DEFAULT, least=1))
    elif cursor.take("generated"):
        read_generated(cursor, column)
    elif cursor.take("collate"):
        cursor.qualified()
    elif cursor.take("storage") or cursor.take("compression"):
        cursor.name()
    elif cursor.at("references"):
        _references(cursor, table, (column.name,), name)
    elif cursor.at("check"):
        _check(cursor, table, name)
    elif cursor.at("unique") or cursor.at("primary"):
        _key(cursor, table, name, (column.name,))
    elif not cursor.take("null"):
        start = cursor.position
        read_deferrable(cursor)
        if cursor.position == start:
            raise Unreadable(f"{cursor.next.text!r} is not understood")


def set_default(column: DraftColumn, expression: Cursor) -> None:
    """A default; nextval() on an integer is what serial columns and pg_dump write for an identity."""
    words = expression.text.lower()
    whole = isinstance(column.type, TypeName) and column.type.name[1] in _INTEGERS
    if whole and words.startswith(("nextval(", "pg_catalog.nextval(")):
        column.generated = "identity"
        return
    if not words:
        raise Unreadable("the default is missing")
    column.default = None if words == "null" or words.startswith("null::") else plain_sql(expression.text)


def read_generated(cursor: Cursor, column: DraftColumn) -> None:
    """What follows GENERATED: an identity, or an expression that the database computes."""
    always = cursor.take("always")
    if not always:
        cursor.expect("by", "default")
    cursor.expect("as")
    if cursor.take("identity"):
        column.generated, column.nullable = "identity-always" if always else "identity", False
        if cursor.at("("):
            cursor.group()
        return
    column.expression = plain_sql(cursor.group().text)
    column.generated = "stored" if cursor.take("stored") else "virtual"
    cursor.take("virtual")


def at_table_constraint(cursor: Cursor) -> bool:
    """Whether a table constraint comes next, and not a column definition."""
    if cursor.at("exclude"):
        return cursor.at("exclude", "using") or cursor.at("exclude", "(")
    return cursor.at_any(("constraint", "check", "unique", "primary", "foreign")) or cursor.at("not", "null")


def read_table_constraint(cursor: Cursor, table: DraftTable) -> None:
    """One table constraint, with or without its name."""
    name = cursor.name() if cursor.take("constraint") else ""
    word = cursor.next.text if cursor.next.kind == "word" else ""
    if word not in _TABLE_CONSTRAINTS:
        raise Unreadable(_BOUND)
    _TABLE_CONSTRAINTS[word](cursor, table, name)
    read_deferrable(cursor)
    if not cursor.done:
        raise Unreadable(f"{cursor.next.text!r} is not understood")


def _check(cursor: Cursor, table: DraftTable, name: str) -> None:
    begin = Cursor(cursor.source, cursor.tokens, cursor.position, cursor.stop)
    cursor.expect("check")
    tree = read_expression(cursor.group().text, table.name[1])
    columns = columns_of(tree)
    check = DraftCheck(tree, name or table.free_name(columns if len(columns) == 1 else (), "check"))
    check.inherited = not cursor.take("no", "inherit")
    cursor.take("not", "valid")
    if cursor.take("not", "enforced"):
        table.losses.append(begin.ignored("the database does not enforce it", constrains=False))
    else:
        cursor.take("enforced")
        table.checks.append(check)


def _key(cursor: Cursor, table: DraftTable, name: str, columns: tuple[str, ...] = ()) -> None:
    """UNIQUE or PRIMARY KEY; `columns` for one that stands in its column."""
    primary = cursor.take("primary", "key")
    if not primary:
        cursor.expect("unique")
    distinct = not cursor.take("nulls", "not", "distinct")
    cursor.take("nulls", "distinct")
    if not columns and cursor.take("using", "index"):
        return _promote_index(table, cursor.name(), primary)
    columns = columns or cursor.names()
    _skip_storage(cursor)
    read_deferrable(cursor)
    if primary:
        set_primary_key(table, columns, name)
    else:
        table.uniques.append(DraftUnique(columns, name or table.free_name(columns, "key"), nulls_distinct=distinct))
    return None


def set_primary_key(table: DraftTable, columns: tuple[str, ...], name: str = "") -> None:
    """Gives the table its primary key."""
    for column in columns:
        table.column(column).nullable = False
    table.primary_key, table.primary_key_name = columns, name or table.free_name((), "pkey")


def _promote_index(table: DraftTable, index: str, primary: bool) -> None:
    """UNIQUE | PRIMARY KEY USING INDEX: the index is unique already."""
    found = next((item for item in table.uniques if item.name == index), None)
    if found is None:
        raise Unreadable(f"there is no unique index {index}")
    if primary:
        table.uniques.remove(found)
        set_primary_key(table, found.columns, index)


def index_element(cursor: Cursor) -> tuple[str, str]:
    """An element's column or function, and its expression if it is one; operator class and order are passed over."""
    if cursor.at("("):
        return "", cursor.group().text
    start = cursor.position
    _, bare = cursor.qualified()
    if not cursor.at("("):
        return bare, ""
    cursor.group()
    return bare, Cursor(cursor.source, cursor.tokens, start, cursor.position).text


def _skip_storage(cursor: Cursor) -> None:
    if cursor.take("include"):
        cursor.group()
    if cursor.take("with"):
        cursor.group()
    if cursor.take("using", "index", "tablespace"):
        cursor.name()


def _foreign(cursor: Cursor, table: DraftTable, name: str) -> None:
    begin = Cursor(cursor.source, cursor.tokens, cursor.position, cursor.stop)
    cursor.expect("foreign", "key")
    _references(cursor, table, cursor.names(), name, begin)


def _references(
    cursor: Cursor, table: DraftTable, columns: tuple[str, ...], name: str, clause: Cursor | None = None
) -> None:
    clause = clause or Cursor(cursor.source, cursor.tokens, cursor.position, cursor.stop)
    cursor.expect("references")
    target = cursor.qualified()
    referenced = cursor.names() if cursor.at("(") else ()
    if cursor.take("match"):
        full = cursor.word() == "full"
        if full and len(columns) > 1:
            table.losses.append(clause.ignored("MATCH FULL: all columns are NULL or none is"))
    on_delete = _on_delete(cursor)
    deferrable = read_deferrable(cursor)
    if cursor.take("not", "enforced"):
        table.losses.append(clause.ignored("the database does not enforce it", constrains=False))
        return
    cursor.take("enforced")
    name = name or table.free_name(columns, "fkey")
    loss = clause.ignored(f"its target {target[1]} is not in this schema")
    table.foreign_keys.append(DraftKey(columns, target, referenced, on_delete, deferrable, name, loss))


def _on_delete(cursor: Cursor) -> str:
    """What ON DELETE says (ON UPDATE is passed over); "no action" if it says nothing."""
    found = "no action"
    while cursor.take("on"):
        event, action = cursor.word(), cursor.word()
        if action in ("no", "set"):
            action = f"{action} {cursor.word()}"
        if cursor.at("("):
            cursor.group()
        if event == "delete":
            found = action
    return found


def read_deferrable(cursor: Cursor) -> bool:
    """Takes when and whether a constraint is checked; true if it may wait for the end of the transaction."""
    deferrable = False
    while True:
        if cursor.take("not", "deferrable") or cursor.take("initially", "immediate") or cursor.take("not", "valid"):
            continue
        if not (cursor.take("deferrable") or cursor.take("initially", "deferred")):
            return deferrable
        deferrable = True


def _not_null(cursor: Cursor, table: DraftTable, name: str) -> None:
    cursor.expect("not", "null")
    table.column(cursor.name()).nullable = False
    cursor.take("no", "inherit")


def _exclude(cursor: Cursor, table: DraftTable, name: str) -> None:
    cursor.expect("exclude")
    if cursor.take("using"):
        cursor.name()
    elements, called = [], []
    for item in cursor.group().items():
        column, expression = index_element(item.take_until("with", least=1))
        item.expect("with")
        operator = item.group().text if item.take("operator") else item.rest().text
        called.append(column or "expr")
        elements.append((read_expression(expression or identifier(column).sql("postgres"), table.name[1]), operator))
    _skip_storage(cursor)
    where = read_expression(cursor.group().text, table.name[1]) if cursor.take("where") else None
    table.excludes.append(DraftExclude(tuple(elements), name or table.free_name(called, "excl"), where))


_TABLE_CONSTRAINTS: dict[str, Callable[[Cursor, DraftTable, str], None]] = {
    "check": _check,
    "unique": _key,
    "primary": _key,
    "foreign": _foreign,
    "not": _not_null,
    "exclude": _exclude,
}
