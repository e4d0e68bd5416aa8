"""The catalog of a whole file into a Schema: types, references, inheritance and names settled."""

from collections import Counter
from dataclasses import replace

from llmgen.schema.model import Check, Column, ColumnType, Dialect, Exclude, ForeignKey, Ignored, Schema, Table, Unique
from llmgen.schema.sql.cursor import SHOWN, Name
from llmgen.schema.sql.draft import (
    PUBLIC,
    Catalog,
    Domain,
    DraftColumn,
    DraftExclude,
    DraftTable,
    DraftUnique,
    Enum,
    FullName,
    inherit,
)
from llmgen.schema.sql.expressions import about_column, columns_of, identifier, read_expression, sql_of
from llmgen.schema.sql.mysql_settle import settle
from llmgen.schema.sql.partitions import bounds_check, partitions_of, takes_rest
from llmgen.schema.sql.respell import respell
from llmgen.schema.sql.types import TypeName, built_in
from llmgen.schema.types import array_of

_DEEPEST = 50
"""Domains over domains: deeper than anybody writes, so that a circle ends."""


def finish(catalog: Catalog, dialect: Dialect) -> Schema:
    """The Schema of all that was read. Partitions and children without columns of their own are storage, not tables."""
    if catalog.spelling.insensitive:
        respell(catalog)
    if dialect == "mysql":
        settle(catalog)
    storage = dict.fromkeys(_inherit_all(catalog))
    kept = [table for table in catalog.tables.values() if table.name not in storage]
    names = _names(kept)
    bounded = _bounded(catalog)
    ignored = [*catalog.ignored, *(_storage(catalog.tables[name], name in bounded) for name in storage)]
    tables = []
    for draft in kept:
        tables.append(_table(draft, catalog, names, dialect))
        ignored += [*draft.losses, *draft.triggers.values()]
    return Schema(tuple(tables), dialect, tuple(catalog.functions), tuple(sorted(ignored, key=lambda item: item.line)))


def _names(kept: list[DraftTable]) -> dict[FullName, str]:
    """The name of each table: bare, with its schema in front where several share it (the one in public stays bare)."""
    shared = Counter(table.name[1] for table in kept)
    return {
        table.name: table.name[1] if shared[table.name[1]] == 1 or table.name[0] == PUBLIC else ".".join(table.name)
        for table in kept
    }


def _bounded(catalog: Catalog) -> set[FullName]:
    """The first partition of each table none of whose partitions takes the rows that are outside the others' bounds."""
    return {found[0].name for found in partitions_of(catalog).values() if not takes_rest(found)}


def _storage(table: DraftTable, bounded: bool) -> Ignored:
    parent = table.partition_of or table.parents[0]
    kind = "a partition of" if table.partition_of else "a child without columns of its own of"
    refused = "; rows outside the bounds of all its partitions are refused" if bounded else ""
    return replace(table.clause, why=f"{kind} {parent[1]}: storage, not a table{refused}", constrains=bounded)


def _inherit_all(catalog: Catalog) -> list[FullName]:
    """Copies columns and checks from parents to children; gives the tables that only store rows of another table."""
    storage = []
    for table in catalog.tables.values():  # parents stand before their children
        parents = [catalog.tables[parent] for parent in table.parents if parent in catalog.tables]
        inherit(table, parents)
        if table.partition_of or (parents and table.own <= {name for parent in parents for name in parent.columns}):
            storage.append(table.name)
    return storage


def _table(draft: DraftTable, catalog: Catalog, names: dict[FullName, str], dialect: Dialect) -> Table:
    columns, domain_checks = [], []
    for column in draft.columns.values():
        type_, domains = _resolve(column.type, catalog, draft.name[0])
        columns.append(_column(column, type_, domains, column.name in draft.primary_key))
        found = [(check, column.name) for domain in domains for check in domain.checks]
        if found and type_.kind == "array":
            why = f"column {column.name}: the checks of an array's domain"
            draft.losses.append(replace(draft.clause, why=why, constrains=True))
        else:
            domain_checks += found
    checks = [(check.tree, check.name) for check in draft.checks]
    checks += [(about_column(check.tree, name), check.name) for check, name in domain_checks]
    bounds = bounds_check(draft, partitions_of(catalog), columns)
    schema = draft.name[0]
    return Table(
        name=names[draft.name],
        columns=tuple(columns),
        primary_key=draft.primary_key,
        foreign_keys=_foreign_keys(draft, catalog, names),
        uniques=tuple(_unique(item, dialect) for item in draft.uniques if _has_columns(draft, item)),
        checks=tuple(
            check
            for check in (Check(sql_of(tree, dialect), columns_of(tree), name) for tree, name in checks)
            if _knows(draft, check.columns, f"CHECK ({check.sql})")
        ),
        excludes=tuple(_exclude(item) for item in draft.excludes),
        bounds=_bounds(bounds, dialect) if bounds else None,
        comment=draft.comment,
        schema=None if schema == PUBLIC else schema,
    )


def _bounds(text: str, dialect: Dialect) -> Check:
    tree = read_expression(text)
    return Check(sql_of(tree, dialect), columns_of(tree), "the bounds of its partitions")


def _unique(draft: DraftUnique, dialect: Dialect) -> Unique:
    where = sql_of(draft.where, dialect) if draft.where else None
    expressions = tuple(sql_of(tree, dialect) for tree in draft.expressions)
    return Unique(draft.columns, where, expressions, draft.nulls_distinct, draft.name)


def _exclude(draft: DraftExclude) -> Exclude:
    elements = tuple((sql_of(tree), operator) for tree, operator in draft.elements)
    return Exclude(elements, sql_of(draft.where) if draft.where else None, draft.name)


def _has_columns(draft: DraftTable, unique: DraftUnique) -> bool:
    return _knows(draft, unique.named, f"UNIQUE {unique.name}")


def _knows(draft: DraftTable, named: tuple[str, ...], clause: str) -> bool:
    """Whether the table has all columns that a clause names; if not, the clause becomes a loss."""
    missing = [name for name in named if name not in draft.columns]
    if missing:
        text = f"{draft.name[1]}: {clause}"[:SHOWN]
        draft.losses.append(replace(draft.clause, text=text, why=f"{missing[0]} is no column that was read"))
    return not missing


def _column(draft: DraftColumn, type_: ColumnType, domains: list[Domain], in_key: bool) -> Column:
    nullable = draft.nullable and not in_key
    default = draft.default
    if domains and type_.kind != "array":
        nullable = nullable and all(domain.nullable for domain in domains)
        default = next((text for text in (default, *(domain.default for domain in domains)) if text), None)
    return Column(draft.name, type_, nullable, default, draft.generated, draft.expression, draft.comment)


def _resolve(type_name: TypeName | ColumnType, catalog: Catalog, home: str) -> tuple[ColumnType, list[Domain]]:
    """The type, and the domains that it goes through, the outermost first."""
    if isinstance(type_name, ColumnType):
        return type_name, []
    domains: list[Domain] = []
    arrays = 0
    for _ in range(_DEEPEST):
        arrays += type_name.array
        found = catalog.type(type_name.name, home)
        if found is None or not isinstance(found[1], Domain):
            break
        domains.append(found[1])
        type_name = found[1].base
    if found and isinstance(found[1], Enum):
        type_ = ColumnType("enum", _written(found[0]), labels=tuple(found[1].labels))
    else:
        type_ = built_in(type_name)
    for _ in range(arrays):
        type_ = array_of(type_)
    return type_, domains


def _written(name: FullName) -> str:
    return ".".join(identifier(part).sql("postgres") for part in (name[1:] if name[0] == PUBLIC else name))


def _foreign_keys(draft: DraftTable, catalog: Catalog, names: dict[FullName, str]) -> tuple[ForeignKey, ...]:
    """The keys whose target is a table here with those columns; the others become losses of the table."""
    keys = []
    for key in draft.foreign_keys:
        target = _target(key.target, draft, catalog)
        referenced = key.referenced or (target.primary_key if target else ())
        if target is None or target.name not in names:
            draft.losses.append(key.clause)
        elif len(referenced) != len(key.columns) or not target.columns.keys() >= set(referenced):
            draft.losses.append(replace(key.clause, why=f"{key.target[1]} has no such columns or primary key"))
        elif not draft.columns.keys() >= set(key.columns):
            draft.losses.append(replace(key.clause, why="the table has no such columns"))
        else:
            name = names[target.name]
            keys.append(ForeignKey(key.columns, name, referenced, key.on_delete, key.deferrable, key.name))
    return tuple(keys)


def _target(name: Name, draft: DraftTable, catalog: Catalog) -> DraftTable | None:
    return catalog.table(name, draft.name[0])
