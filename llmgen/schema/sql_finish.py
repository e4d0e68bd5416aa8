"""The catalog of a whole file into a Schema: types, references, inheritance and names settled."""

from collections import Counter
from copy import deepcopy
from dataclasses import replace

from sqlglot import exp

from llmgen.schema.model import Check, Column, ColumnType, ForeignKey, Ignored, Schema, Table, Unique
from llmgen.schema.sql_cursor import Name
from llmgen.schema.sql_draft import PUBLIC, Catalog, Domain, DraftColumn, DraftTable, Enum, FullName
from llmgen.schema.sql_expressions import about_column, columns_of, sql_of
from llmgen.schema.sql_types import TypeName, array_of, built_in

_DEEPEST = 50
"""Domains over domains, tables inheriting from tables: deeper than anybody writes, so that a circle ends."""


def finish(catalog: Catalog, dialect: str) -> Schema:
    """The Schema of all that was read. Partitions and children without columns of their own are storage, not tables."""
    _inherit_all(catalog)
    kept = [table for table in catalog.tables.values() if not _is_storage(table, catalog)]
    names = _names(kept)
    ignored = [*catalog.ignored, *(_storage(table) for table in catalog.tables.values() if table.name not in names)]
    tables = []
    for draft in kept:
        tables.append(_table(draft, catalog, names))
        ignored.extend(draft.losses)
    return Schema(tuple(tables), dialect, tuple(catalog.functions), tuple(sorted(ignored, key=lambda item: item.line)))


def _names(kept: list[DraftTable]) -> dict[FullName, str]:
    """The name of each table: bare, with its schema in front where several share it (the one in public stays bare)."""
    shared = Counter(table.name[1] for table in kept)
    return {
        table.name: table.name[1] if shared[table.name[1]] == 1 or table.name[0] == PUBLIC else ".".join(table.name)
        for table in kept
    }


def _is_storage(table: DraftTable, catalog: Catalog) -> bool:
    if table.partition_of:
        return True
    inherited = {
        name for parent in table.parents if parent in catalog.tables for name in catalog.tables[parent].columns
    }
    return bool(table.parents) and inherited.issuperset(table.columns)


def _storage(table: DraftTable) -> Ignored:
    parent = table.partition_of or table.parents[0]
    kind = "a partition of" if table.partition_of else "a child without columns of its own of"
    return replace(table.clause, why=f"{kind} {parent[1]}: storage, not a table", constrains=False)


def _inherit_all(catalog: Catalog) -> None:
    """Copies columns and checks from parents to the children that add columns, parents first."""
    for _ in range(_DEEPEST):
        pending = [table for table in catalog.tables.values() if table.parents and not _is_storage(table, catalog)]
        before = sum(len(table.columns) + len(table.checks) for table in pending)
        for table in pending:
            _inherit(table, [catalog.tables[parent] for parent in table.parents if parent in catalog.tables])
        if before == sum(len(table.columns) + len(table.checks) for table in pending):
            return


def _inherit(table: DraftTable, parents: list[DraftTable]) -> None:
    columns: dict[str, DraftColumn] = {}
    for parent in parents:
        for name, column in parent.columns.items():
            columns.setdefault(name, deepcopy(column)).nullable &= column.nullable and name not in parent.primary_key
        known = {check.name for check in table.checks}
        table.checks.extend(deepcopy(check) for check in parent.checks if check.name not in known)
    table.columns = {**columns, **table.columns}


def _table(draft: DraftTable, catalog: Catalog, names: dict[FullName, str]) -> Table:
    columns, domain_checks = [], []
    for column in draft.columns.values():
        type_, domains = _resolve(column.type, catalog, draft.name[0])
        columns.append(_column(column, type_, domains, column.name in draft.primary_key))
        found = [(check, column.name) for domain in domains for check in domain.checks]
        if found and column.type.array:
            draft.losses.append(
                replace(draft.clause, why=f"{column.name}: checks of an array's domain", constrains=True)
            )
        else:
            domain_checks += found
    known = set(draft.columns)
    checks = [_check(check.tree, check.name, known) for check in draft.checks]
    checks += [_check(about_column(check.tree, name), check.name, known) for check, name in domain_checks]
    schema = draft.name[0]
    return Table(
        name=names[draft.name],
        columns=tuple(columns),
        primary_key=draft.primary_key,
        foreign_keys=_foreign_keys(draft, catalog, names),
        uniques=tuple(
            Unique(
                item.columns,
                sql_of(item.where) if item.where else None,
                tuple(sql_of(tree) for tree in item.expressions),
                item.nulls_distinct,
                item.name,
            )
            for item in draft.uniques
        ),
        checks=tuple(checks),
        comment=draft.comment,
        schema=None if schema == PUBLIC else schema,
    )


def _check(tree: exp.Expression, name: str, known: set[str]) -> Check:
    return Check(sql_of(tree), tuple(column for column in columns_of(tree) if column in known), name)


def _column(draft: DraftColumn, type_: ColumnType, domains: list[Domain], in_key: bool) -> Column:
    nullable = draft.nullable and not in_key
    default = draft.default
    if domains and not draft.type.array:
        nullable = nullable and all(domain.nullable for domain in domains)
        default = next((text for text in (default, *(domain.default for domain in domains)) if text), None)
    return Column(draft.name, type_, nullable, default, draft.generated, draft.expression, draft.comment)


def _resolve(type_name: TypeName, catalog: Catalog, home: str) -> tuple[ColumnType, list[Domain]]:
    """The type, and the domains that it goes through, the outermost first."""
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
    parts = name[1:] if name[0] == PUBLIC else name
    return ".".join(exp.to_identifier(part, quoted=not part.islower() or None).sql("postgres") for part in parts)


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
