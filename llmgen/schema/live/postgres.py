"""PostgreSQL's catalog into drafts: eight queries, however many tables there are."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from llmgen.connect import connected, shown
from llmgen.errors import InputError
from llmgen.schema.live.drafts import clause, cursor_of, expression_of, new_table, type_of
from llmgen.schema.live.postgres_catalog import (
    COLUMNS,
    CONSTRAINTS,
    DOMAINS,
    ENUMS,
    FUNCTIONS,
    INDEXES,
    SCHEMAS,
    TABLES,
    TRIGGERS,
)
from llmgen.schema.model import Generated
from llmgen.schema.sql.constraints import set_default
from llmgen.schema.sql.create import create
from llmgen.schema.sql.cursor import Unreadable
from llmgen.schema.sql.draft import (
    Catalog,
    Domain,
    DraftCheck,
    DraftColumn,
    DraftExclude,
    DraftKey,
    DraftTable,
    DraftUnique,
    Enum,
)
from llmgen.schema.sql.expressions import identifier, plain_sql, read_expression
from llmgen.schema.sql.types import TypeName

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

_GENERATED: dict[str, Generated] = {"a": "identity-always", "d": "identity", "s": "stored", "v": "virtual"}
_ON_DELETE = {"a": "no action", "r": "restrict", "c": "cascade", "n": "set null", "d": "set default"}
_SETTINGS = {
    "search_path": "", "TimeZone": "UTC", "DateStyle": "ISO", "IntervalStyle": "postgres",
    "quote_all_identifiers": "off", "standard_conforming_strings": "on", "bytea_output": "hex",
}  # fmt: skip
"""How the catalog spells expressions: as pg_dump asks for, all names with their schema, moments in UTC."""
_Tables = dict[int, DraftTable]
"""The drafts by the oid of their table."""


def read(url: str, schemas: Sequence[str]) -> Catalog:
    """All tables of the schemas (default: all but the system's) with what they need of types and functions."""
    catalog = Catalog()
    with connected(url) as connection:
        for setting, value in _SETTINGS.items():
            connection.exec_driver_sql(f"SET LOCAL {setting} = '{value}'")
        _refuse_unknown(connection, schemas, url)
        tables = _tables(connection, schemas, catalog)
        _types(connection, catalog)
        _columns(connection, tables, catalog)
        _indexes(connection, tables)
        _constraints(connection, tables)
        _triggers(connection, tables)
        _functions(connection, catalog)
    return catalog


def _rows(connection: "Connection", query: str, **parameters: Any) -> "Iterable[Row[Any]]":
    from sqlalchemy import text

    return connection.execute(text(query), parameters)


def _refuse_unknown(connection: "Connection", schemas: Sequence[str], url: str) -> None:
    known = [row.name for row in _rows(connection, SCHEMAS)] if schemas else []
    for name in schemas:
        if name not in known:
            raise InputError(f"{shown(url)}: there is no schema {name}", f"its schemas are {', '.join(known)}")


def _tables(connection: "Connection", schemas: Sequence[str], catalog: Catalog) -> _Tables:
    tables: _Tables = {}
    for row in _rows(connection, TABLES, schemas=list(schemas)):
        table = tables[row.oid] = new_table(catalog, (row.schema, row.name))
        table.comment = row.comment or ""
        table.parents = [tuple(parent) for parent in row.parents]
        table.partitioned = row.partitioned or ""
        if row.partition:
            table.partition_of, table.bounds = table.parents[0], row.bounds
    return tables


def _types(connection: "Connection", catalog: Catalog) -> None:
    for row in _rows(connection, ENUMS):
        catalog.types[row.schema, row.name] = Enum(list(row.labels))
    for row in _rows(connection, DOMAINS):
        try:
            base = type_of(row.base, "postgres")
        except Unreadable as loss:
            catalog.ignored.append(clause((row.schema, row.name), f"DOMAIN over {row.base}", loss.why))
            continue
        domain = Domain(base, not row.not_null, row.default and plain_sql(row.default))
        catalog.types[row.schema, row.name] = domain
        for name, check in row.checks:
            try:
                domain.checks.append(DraftCheck(read_expression(check), name))
            except Unreadable as loss:
                catalog.ignored.append(clause((row.schema, row.name), f"CHECK {name} ({check})", loss.why))


def _columns(connection: "Connection", tables: _Tables, catalog: Catalog) -> None:
    for row in _rows(connection, COLUMNS, tables=list(tables)):
        table = tables[row.table]
        column = DraftColumn(row.name, _type(row, table), not row.not_null, comment=row.comment or "")
        column.generated = _GENERATED.get(row.identity or row.generated, "")
        if row.generated:
            column.expression = plain_sql(row.expression)
        elif row.expression:
            set_default(column, cursor_of(row.expression, "postgres"))
        table.columns[row.name] = column
        if row.inherited:
            table.inherited.add(row.name)
    for table in tables.values():
        if not table.columns:
            catalog.ignored.append(replace(table.clause, why="a table without columns holds nothing", constrains=False))
            del catalog.tables[table.name]
        if table.own and not table.partition_of:
            table.parents = []  # a child with columns of its own is a table: all it inherits is its own as well


def _type(row: "Row[Any]", table: DraftTable) -> TypeName:
    try:
        return type_of(row.type, "postgres")
    except Unreadable as loss:
        table.losses.append(clause(table.name, f"column {row.name} {row.type}", loss.why))
        return TypeName((None, row.type))


def _indexes(connection: "Connection", tables: _Tables) -> None:
    for row in _rows(connection, INDEXES, tables=list(tables)):
        table = tables[row.table]
        if row.primary:
            table.primary_key, table.primary_key_name = tuple(name for name, _ in row.members), row.name
            continue
        what = f"UNIQUE INDEX {row.name}"
        trees = [expression_of(text, what, table, "postgres") for name, text in row.members if not name]
        where = expression_of(row.condition, what, table, "postgres") if row.condition else None
        if None in trees or (row.condition and where is None):
            continue
        columns = tuple(name for name, _ in row.members if name)
        expressions = tuple(tree for tree in trees if tree is not None)
        table.uniques.append(DraftUnique(columns, row.name, where, expressions, not row.nulls_not_distinct))


def _constraints(connection: "Connection", tables: _Tables) -> None:
    for row in _rows(connection, CONSTRAINTS, tables=list(tables)):
        table = tables[row.table]
        if not row.enforced:
            why = "the database does not enforce it"
            table.losses.append(clause(table.name, f"CONSTRAINT {row.name} {row.definition}", why, constrains=False))
        else:
            _CONSTRAINTS[row.kind](row, table)


def _check(row: "Row[Any]", table: DraftTable) -> None:
    tree = expression_of(row.expression, f"CHECK {row.name}", table, "postgres")
    if tree is not None:
        table.checks.append(DraftCheck(tree, row.name))


def _foreign_key(row: "Row[Any]", table: DraftTable) -> None:
    said = f"CONSTRAINT {row.name} {row.definition}"
    loss = clause(table.name, said, f"its target {row.target_name} is not in this schema")
    key = DraftKey(
        columns=tuple(row.columns),
        target=(row.target_schema, row.target_name),
        referenced=tuple(row.referenced),
        on_delete=_ON_DELETE[row.on_delete],
        deferrable=row.deferrable,
        name=row.name,
        clause=loss,
    )
    table.foreign_keys.append(key)
    if row.match == "f" and len(key.columns) > 1:
        table.losses.append(clause(table.name, said, "MATCH FULL: all columns are NULL or none is"))


def _exclude(row: "Row[Any]", table: DraftTable) -> None:
    what = f"EXCLUDE {row.name}"
    elements = []
    for (name, text), operator in zip(row.members, row.operators, strict=True):
        element = identifier(name).sql("postgres") if name else text
        elements.append((expression_of(element, what, table, "postgres"), operator))
    where = expression_of(row.condition, what, table, "postgres") if row.condition else None
    read = tuple((tree, operator) for tree, operator in elements if tree is not None)
    if len(read) == len(elements) and (where is not None or not row.condition):
        table.excludes.append(DraftExclude(read, row.name, where))


_CONSTRAINTS = {"c": _check, "f": _foreign_key, "x": _exclude}


def _triggers(connection: "Connection", tables: _Tables) -> None:
    for row in _rows(connection, TRIGGERS, tables=list(tables)):
        table = tables[row.table]
        table.losses.append(clause(table.name, row.definition, f"a {row.kind} may change or refuse rows"))


def _functions(connection: "Connection", catalog: Catalog) -> None:
    """Functions in SQL of one expression, by the reader of their CREATE; others cannot be looked into."""
    for row in _rows(connection, FUNCTIONS):
        try:
            create(cursor_of(row.definition, "postgres"), catalog)
        except Unreadable:
            continue
