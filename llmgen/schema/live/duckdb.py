"""DuckDB's catalog into drafts, through its own functions: its SQL holds what they leave out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from llmgen.connect import database_errors, database_file, shown
from llmgen.errors import InputError
from llmgen.schema.live.drafts import clause, cursor_of
from llmgen.schema.live.duckdb_types import column_type, sizes
from llmgen.schema.model import ColumnType, Function, Ignored
from llmgen.schema.sql.constraints import index_element
from llmgen.schema.sql.cursor import Cursor, Unreadable
from llmgen.schema.sql.draft import PUBLIC, Catalog, DraftCheck, DraftColumn, DraftKey, DraftTable, DraftUnique
from llmgen.schema.sql.expressions import identifier, plain_sql, read_expression, sql_of
from llmgen.schema.sql.spelling import DUCKDB

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_MAIN = "main"
_TABLE_WORDS = frozenset({"constraint", "check", "primary", "unique", "foreign"})
_FOLDING = frozenset({"nocase", "noaccent"})
_CALLS = {"position": "strpos", "row": ""}
_OFFLINE = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}

_HERE = "database_name = current_database()"
_SCHEMAS = f"SELECT schema_name FROM duckdb_schemas() WHERE {_HERE} ORDER BY schema_name"
_TABLES = f"""SELECT schema_name, table_name, sql, comment FROM duckdb_tables()
    WHERE {_HERE} AND NOT internal AND NOT temporary ORDER BY table_oid"""
_COLUMNS = f"""SELECT schema_name, table_name, column_name, data_type, is_nullable, column_default, comment
    FROM duckdb_columns() WHERE {_HERE} ORDER BY table_oid, column_index"""
_CONSTRAINTS = f"""SELECT schema_name, table_name, constraint_type, constraint_column_names, constraint_name,
        expression, referenced_table, referenced_column_names
    FROM duckdb_constraints() WHERE {_HERE} AND constraint_type <> 'NOT NULL' ORDER BY table_oid, constraint_index"""
_INDEXES = f"""SELECT schema_name, table_name, index_name, sql FROM duckdb_indexes()
    WHERE {_HERE} AND is_unique AND NOT is_primary ORDER BY table_oid, index_name"""
_ENUMS = f"SELECT type_name, labels FROM duckdb_types() WHERE {_HERE} AND logical_type = 'ENUM' AND NOT internal"
_MACROS = f"""SELECT function_name, parameters, macro_definition FROM duckdb_functions()
    WHERE {_HERE} AND NOT internal AND function_type = 'macro' ORDER BY function_oid"""
_HAS_TRIGGERS = "SELECT 1 FROM duckdb_functions() WHERE function_name = 'duckdb_triggers'"
_TRIGGERS = f"""SELECT schema_name, table_name, trigger_name, action_timing FROM duckdb_triggers()
    WHERE {_HERE} ORDER BY trigger_oid"""

_Tables = dict[tuple[str, str], DraftTable]
"""The drafts by database schema and name, as the catalog has them."""


def read(url: str, schemas: Sequence[str]) -> Catalog:
    """All tables of the database schemas (default: all) of the file at a URL, opened so that nothing is written."""
    catalog = Catalog(spelling=DUCKDB)
    with _opened(url) as connection:
        _know(connection, schemas, url)
        tables: _Tables = {}
        written: dict[tuple[str, str], str] = {}
        for schema, name, sql, comment in _rows(connection, _TABLES):
            if not schemas or schema in schemas:
                full = (PUBLIC if schema == _MAIN else schema, name)
                table = DraftTable(full, clause((schema, name), ""), comment=comment or "", insensitive=True)
                tables[schema, name] = catalog.tables[full] = table
                written[schema, name] = sql
        _columns(connection, tables)
        for key, table in tables.items():
            _written(table, written[key])
        _constraints(connection, tables)
        _indexes(connection, tables)
        _triggers(connection, tables)
        _macros(connection, catalog)
    return catalog


@contextmanager
def _opened(url: str) -> Iterator["DuckDBPyConnection"]:
    import duckdb

    file = database_file(url)
    with database_errors(url, duckdb.Error), duckdb.connect(str(file), read_only=True, config=dict(_OFFLINE)) as opened:
        yield opened


def _rows(connection: "DuckDBPyConnection", query: str) -> list[tuple[Any, ...]]:
    return connection.execute(query).fetchall()


def _know(connection: "DuckDBPyConnection", schemas: Sequence[str], url: str) -> None:
    known = [name for (name,) in _rows(connection, _SCHEMAS)]
    for name in schemas:
        if name not in known:
            raise InputError(f"{shown(url)}: there is no schema {name}", f"its schemas are {', '.join(known)}")


def _columns(connection: "DuckDBPyConnection", tables: _Tables) -> None:
    names = {tuple(labels): name for name, labels in _rows(connection, _ENUMS)}
    for schema, table_name, name, data_type, nullable, default, comment in _rows(connection, _COLUMNS):
        table = tables.get((schema, table_name))
        if table is None:  # a view's, or of a schema that was not asked for
            continue
        type_ = column_type(data_type)
        if type_.labels in names:
            type_ = replace(type_, sql=names[type_.labels])
        column = table.columns[name] = DraftColumn(name, type_, nullable, comment=comment or "")
        if type_.kind == "integer" and default and default.startswith("nextval("):
            column.generated = "identity"
        elif default and default.upper() != "NULL":
            column.default = plain_sql(default, "duckdb")
        for depth, size in enumerate(sizes(data_type)):
            if size:
                _fix_size(table, name, depth, size)


def _clause(table: DraftTable, text: str, why: str, constrains: bool = True) -> Ignored:
    schema, name = table.name
    return clause((_MAIN if schema == PUBLIC else schema, name), text, why, constrains)


def _fix_size(table: DraftTable, column: str, depth: int, size: int) -> None:
    """An array of fixed size is a list with a CHECK; of one inside another it is said."""
    if depth:
        why = "arrays of fixed size inside another are taken for lists"
        table.losses.append(_clause(table, f"column {column}", why))
    else:
        name = identifier(column, "duckdb").sql("duckdb")
        table.checks.append(
            DraftCheck(read_expression(f"array_length({name}) = {size}", dialect="duckdb"), f"{column}_size")
        )


def _written(table: DraftTable, sql: str) -> None:
    """What stands only in the SQL of a table: generated columns and collations."""
    cursor = cursor_of(sql, "duckdb")
    cursor.take_until("(")
    try:
        for item in cursor.group().items():
            column = None if item.at_any(_TABLE_WORDS) else table.columns.get(item.name())
            if column is None:
                continue
            item.take_until("collate", "generated", least=1)
            if item.take("collate"):
                _collate(column, item)
            elif item.take("generated", "always", "as"):
                column.generated, column.default, column.expression = "virtual", None, item.group().text
                tree = _expression(column.expression, f"column {column.name}", table)
                column.expression = sql_of(tree, "duckdb") if tree else column.expression
    except Unreadable as loss:
        why = f"generated columns and collations are unknown: {loss.why}"
        table.losses.append(_clause(table, sql, why))


def _collate(column: DraftColumn, item: Cursor) -> None:
    names = {item.name().lower()}
    while item.take("."):
        names.add(item.name().lower())
    if isinstance(column.type, ColumnType):
        column.type = replace(column.type, folds=bool(names & _FOLDING))


def _constraints(connection: "DuckDBPyConnection", tables: _Tables) -> None:
    for schema, table_name, kind, columns, name, sql, target, referenced in _rows(connection, _CONSTRAINTS):
        table = tables.get((schema, table_name))
        if table is None:
            continue
        if kind == "PRIMARY KEY":
            table.primary_key, table.primary_key_name = tuple(columns), name
        elif kind == "UNIQUE":
            table.uniques.append(DraftUnique(tuple(columns), name))
        elif kind == "FOREIGN KEY":  # never into another database schema
            said = f"FOREIGN KEY ({', '.join(columns)}) REFERENCES {target}"
            loss = _clause(table, said, f"its target {target} is not in this schema")
            key = DraftKey(tuple(columns), (table.name[0], target), tuple(referenced), "no action", False, name, loss)
            table.foreign_keys.append(key)
        elif kind == "CHECK":
            tree = _expression(sql, f"CHECK {name}", table)
            table.checks += [DraftCheck(tree, name)] if tree else []
        else:
            table.losses.append(_clause(table, f"{kind} {name}", "this constraint is not understood"))


def _indexes(connection: "DuckDBPyConnection", tables: _Tables) -> None:
    for schema, table_name, name, sql in _rows(connection, _INDEXES):
        table = tables.get((schema, table_name))
        if table is None:
            continue
        cursor = cursor_of(sql, "duckdb")
        cursor.take_until("(")
        try:
            members = [index_element(item) for item in cursor.group().items()]
        except Unreadable as loss:
            table.losses.append(_clause(table, sql, loss.why))
            continue
        trees = [_expression(text, f"UNIQUE {name}", table) for _, text in members if text]
        if all(trees):
            columns = tuple(column for column, text in members if not text)
            table.uniques.append(DraftUnique(columns, name, None, tuple(tree for tree in trees if tree)))


def _triggers(connection: "DuckDBPyConnection", tables: _Tables) -> None:
    if not _rows(connection, _HAS_TRIGGERS):
        return
    for schema, table_name, name, timing in _rows(connection, _TRIGGERS):
        if table := tables.get((schema, table_name)):
            after = timing == "AFTER"
            why = "a trigger acts after rows are written" if after else "a trigger may change or refuse rows"
            table.triggers[name] = _clause(table, f"TRIGGER {name}", why, constrains=not after)


def _macros(connection: "DuckDBPyConnection", catalog: Catalog) -> None:
    """Macros of one expression, kept so that CHECKs which call them can be read; one of several by a name is not."""
    rows = _rows(connection, _MACROS)
    count = Counter(name for name, _, _ in rows)
    for name, parameters, sql in rows:
        if count[name] == 1:
            with suppress(Unreadable):  # said where a CHECK calls it
                body = sql_of(read_expression(_called(sql), dialect="duckdb"), "duckdb")
                catalog.functions.append(Function(name, tuple(parameters), body))


def _expression(text: str, what: str, table: DraftTable) -> exp.Expr | None:
    """The expression's tree; None, and a loss of the table, if it cannot be read."""
    try:
        tree = read_expression(_called(text), table.name[1], "duckdb")
    except Unreadable as loss:
        table.losses.append(_clause(table, f"{what} ({text})", loss.why))
        return None
    tree = tree.transform(_truth).unnest()
    return exp.paren(tree) if tree.sql("duckdb").startswith("REPLACE") else tree  # which would begin a statement


def _called(text: str) -> str:
    """The text without functions that the catalog writes so that their meaning is lost: "position"(text, part)."""
    parts, end = [], 0
    for token, after in pairwise(cursor_of(text, "duckdb").tokens):
        if token.kind == "quoted" and after.text == "(" and token.text in _CALLS:
            parts += [text[end : token.start], _CALLS[token.text]]
            end = token.end
    return "".join([*parts, text[end:]])


def _truth(node: exp.Expr) -> exp.Expr:
    """`x IS TRUE`, which the catalog writes CAST(x AS BOOLEAN) IS NOT DISTINCT FROM true."""
    if not isinstance(node, exp.NullSafeEQ | exp.NullSafeNEQ) or not isinstance(node.expression, exp.Boolean):
        return node
    inner = node.this.this if isinstance(node.this, exp.Cast) and node.this.is_type("boolean") else node.this
    found = exp.Is(this=inner, expression=node.expression)
    return found if isinstance(node, exp.NullSafeEQ) else exp.Not(this=found)
