"""CREATE statements: what each declares, put into the catalog."""

from collections.abc import Callable
from copy import deepcopy

from sqlglot import exp

from llmgen.schema.sql.constraints import at_table_constraint, index_element, read_column, read_table_constraint
from llmgen.schema.sql.cursor import Cursor, Name, Unreadable
from llmgen.schema.sql.draft import Catalog, Domain, DraftCheck, DraftTable, DraftUnique, Enum, free_name, inherit
from llmgen.schema.sql.expressions import plain_sql, read_expression
from llmgen.schema.sql.functions import create_function
from llmgen.schema.sql.types import read_type

_MODIFIERS = {
    "temp", "temporary", "global", "local", "unlogged", "unique", "materialized", "foreign", "constraint", "recursive",
    "trusted", "procedural",
}  # fmt: skip
_QUIET = {
    "extension", "sequence", "role", "user", "group", "database", "cast", "operator", "aggregate", "collation",
    "conversion", "text", "server", "publication", "subscription", "statistics", "tablespace", "language", "access",
    "transform", "default", "data",
}  # fmt: skip
_BEFORE = {"before", "instead"}
_INCLUDES = {"identity": "identity", "identity-always": "identity", "stored": "generated", "virtual": "generated"}
"""What LIKE ... INCLUDING must name for a generated column to stay one."""


def create(cursor: Cursor, catalog: Catalog) -> None:
    """CREATE anything: hands over to what reads that kind of object."""
    cursor.expect("create")
    cursor.take("or", "replace")
    modifiers = set()
    while cursor.at_any(_MODIFIERS):
        modifiers.add(cursor.word())
    if cursor.at("event", "trigger"):
        raise Unreadable("an event trigger may change tables as they are created")
    kind = cursor.word()
    if kind in _QUIET:
        return
    if kind not in _KINDS:
        raise Unreadable(f"CREATE {kind.upper()} is not understood")
    _KINDS[kind](cursor, catalog, modifiers)


def _table(cursor: Cursor, catalog: Catalog, modifiers: set[str]) -> None:
    if modifiers & {"temp", "temporary"}:
        raise Unreadable("a temporary table", constrains=False)
    if "foreign" in modifiers:
        raise Unreadable("a foreign table: its rows live elsewhere", constrains=False)
    repeatable = cursor.take("if", "not", "exists")
    name = catalog.full(cursor.qualified())
    if name in catalog.tables:
        raise Unreadable(f"table {name[1]} is declared already", constrains=not repeatable)
    table = DraftTable(name, cursor.ignored("a part of another table"))
    if cursor.take("partition", "of"):
        table.partition_of = catalog.full(cursor.qualified())
        if cursor.at("("):
            cursor.group()
        table.bounds = cursor.take_until("partition").text
        table.partitioned = _partitioned(cursor)
    elif not cursor.at("("):
        raise Unreadable("the columns of the table are not written here")
    else:
        _body(cursor.group(), table, catalog)
        if cursor.take("inherits"):
            parents = [catalog.known_table(item.qualified()) for item in cursor.group().items()]
            table.parents = [parent.name for parent in parents]
            inherit(table, parents)
        table.partitioned = _partitioned(cursor)
        if not table.columns:
            raise Unreadable("no column of the table could be read")
    catalog.tables[name] = table


def _partitioned(cursor: Cursor) -> str:
    return cursor.rest().text if cursor.take("partition", "by") else ""


def _body(body: Cursor, table: DraftTable, catalog: Catalog) -> None:
    """Columns first, as a table constraint may stand before the columns that it names."""
    constraints = []
    for item in body.items():
        try:
            if at_table_constraint(item):
                constraints.append(item)
            elif item.take("like"):
                _like(item, table, catalog)
            else:
                read_column(item, table)
        except Unreadable as loss:
            table.losses.append(item.ignored(loss.why, loss.constrains))
    for item in constraints:
        try:
            read_table_constraint(item, table)
        except Unreadable as loss:
            table.losses.append(item.ignored(loss.why, loss.constrains))


def _like(cursor: Cursor, table: DraftTable, catalog: Catalog) -> None:
    source = catalog.known_table(cursor.qualified())
    included = _included(cursor)
    for column in source.columns.values():
        copied = deepcopy(column)
        copied.nullable = copied.nullable and column.name not in source.primary_key
        if "defaults" not in included:
            copied.default = None
        if copied.generated and _INCLUDES[copied.generated] not in included:
            copied.generated, copied.expression = "", None
        table.columns[column.name] = copied
    if "constraints" in included:
        table.checks.extend(deepcopy(source.checks))
    if "indexes" in included:
        table.primary_key, table.primary_key_name = source.primary_key, table.free_name((), "pkey")
        table.uniques.extend(deepcopy(source.uniques))


def _included(cursor: Cursor) -> set[str]:
    """What LIKE copies beside names, types and NOT NULL: the last word on each counts."""
    included: set[str] = set()
    while cursor.at("including") or cursor.at("excluding"):
        including = cursor.word() == "including"
        word = cursor.word()
        named = {"defaults", "identity", "generated", "constraints", "indexes"} if word == "all" else {word}
        included = included | named if including else included - named
    return included


def _type(cursor: Cursor, catalog: Catalog, modifiers: set[str]) -> None:
    name = catalog.full(cursor.qualified())
    if cursor.take("as", "enum"):
        catalog.types[name] = Enum([item.string() for item in cursor.group().items()])


def _domain(cursor: Cursor, catalog: Catalog, modifiers: set[str]) -> None:
    name = catalog.full(cursor.qualified())
    cursor.take("as")
    domain = Domain(read_type(cursor))
    catalog.types[name] = domain
    while not cursor.done:
        read_domain_constraint(cursor, domain, name[1])


def read_domain_constraint(cursor: Cursor, domain: Domain, bare_name: str) -> None:
    """Takes one clause of a domain."""
    given = cursor.name() if cursor.take("constraint") else ""
    if cursor.take("check"):
        tree = read_expression(cursor.group().text)
        domain.checks.append(DraftCheck(tree, given or free_name((bare_name, "", "check"), domain.checks)))
        cursor.take("not", "valid")
    elif cursor.take("not", "null"):
        domain.nullable = False
    elif cursor.take("collate"):
        cursor.qualified()
    elif cursor.take("default"):
        domain.default = plain_sql(cursor.take_until("constraint", "not", "null", "check", "collate", least=1).text)
    elif not cursor.take("null"):
        raise Unreadable(f"{cursor.next.text!r} is not understood")


def _index(cursor: Cursor, catalog: Catalog, modifiers: set[str]) -> None:
    if "unique" not in modifiers:
        return
    cursor.take("concurrently")
    cursor.take("if", "not", "exists")
    name = "" if cursor.at("on") else cursor.qualified()[1]
    cursor.expect("on")
    cursor.take("only")
    table = catalog.known_table(cursor.qualified())
    if cursor.take("using"):
        cursor.name()
    columns, expressions, called = [], [], []
    for item in cursor.group().items():
        column, expression = index_element(item)
        tree = read_expression(expression, table.name[1]) if expression else None
        if tree and isinstance(tree.unnest(), exp.Column):  # ((email)) is the column
            column, tree = tree.unnest().name, None
        called.append(column or "expr")
        if tree:
            expressions.append(tree)
        else:
            columns.append(column)
    if cursor.take("include"):
        cursor.group()
    distinct = not cursor.take("nulls", "not", "distinct")
    cursor.take("nulls", "distinct")
    if cursor.take("with"):
        cursor.group()
    if cursor.take("tablespace"):
        cursor.name()
    where = read_expression(cursor.rest().text, table.name[1]) if cursor.take("where") else None
    if not cursor.done:
        raise Unreadable(f"{cursor.next.text!r} is not understood")
    name = name or table.free_name(called, "idx")
    table.uniques.append(DraftUnique(tuple(columns), name, where, tuple(expressions), distinct))
    catalog.indexes[name] = table.name


def _trigger(cursor: Cursor, catalog: Catalog, modifiers: set[str]) -> None:
    name = cursor.name()
    before = "constraint" in modifiers or cursor.at_any(_BEFORE)
    events = cursor.take_until("on")
    writes = any(token.text in ("insert", "update") for token in events.tokens[events.first : events.stop])
    cursor.expect("on")
    target = cursor.qualified()
    table = catalog.table(target)
    on_view = table is None and catalog.view(target)
    clause = cursor.ignored(
        "a trigger may change or refuse rows" if before else "a trigger acts after rows are written",
        constrains=before and writes and not on_view,
    )
    if table and not table.partition_of:
        table.triggers[name] = clause
    else:
        catalog.ignored.append(clause)


def _view(cursor: Cursor, catalog: Catalog, modifiers: set[str]) -> None:
    cursor.take("if", "not", "exists")
    catalog.views.add(catalog.full(cursor.qualified()))
    raise Unreadable("a view holds no rows of its own", constrains=False)


def _rule(cursor: Cursor, catalog: Catalog, modifiers: set[str]) -> None:
    raise Unreadable("a rewrite rule may change or refuse rows")


def _policy(cursor: Cursor, catalog: Catalog, modifiers: set[str]) -> None:
    raise Unreadable("row security decides who may write rows, not what they hold", constrains=False)


def _schema(cursor: Cursor, catalog: Catalog, modifiers: set[str]) -> None:
    """CREATE SCHEMA with the elements that it may hold: they are statements without semicolons, in that schema."""
    cursor.take("if", "not", "exists")
    name: Name = (None, "") if cursor.at("authorization") else cursor.qualified()
    if cursor.take("authorization"):
        role = cursor.name()
        name = (None, name[1] or role)
    outer, catalog.path = catalog.path, (name[1], *catalog.path)
    try:
        while not cursor.done:
            element = cursor.take_until("create", "grant", least=1)
            if element.at("create"):
                _element(element, catalog)
    finally:
        catalog.path = outer


def _element(element: Cursor, catalog: Catalog) -> None:
    try:
        create(element, catalog)
    except Unreadable as loss:
        catalog.ignore(element, loss.why, loss.constrains)


_KINDS: dict[str, Callable[[Cursor, Catalog, set[str]], None]] = {
    "table": _table,
    "type": _type,
    "domain": _domain,
    "index": _index,
    "function": create_function,
    "procedure": create_function,
    "trigger": _trigger,
    "view": _view,
    "rule": _rule,
    "policy": _policy,
    "schema": _schema,
}
