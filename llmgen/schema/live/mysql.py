"""The catalog of MySQL and MariaDB into drafts: a handful of queries a database, however many tables there are."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from llmgen.connect import connected, shown
from llmgen.errors import InputError
from llmgen.schema.live.drafts import clause, cursor_of, new_table
from llmgen.schema.live.mysql_catalog import CATALOG, COLUMNS, DATABASES, KEYS, TABLES, TRIGGERS, checks, indexes
from llmgen.schema.model import ColumnType, Generated, Ignored
from llmgen.schema.sql.cursor import Unreadable
from llmgen.schema.sql.draft import PUBLIC, Catalog, DraftCheck, DraftColumn, DraftKey, DraftTable, DraftUnique
from llmgen.schema.sql.mysql_columns import set_default
from llmgen.schema.sql.mysql_constraints import NO_ACTIONS, UNENFORCED, prefix_of, set_primary_key
from llmgen.schema.sql.mysql_create import said_of_trigger
from llmgen.schema.sql.mysql_expressions import expression, plain_text
from llmgen.schema.sql.mysql_types import column_type, is_known, read_type
from llmgen.schema.sql.spelling import MYSQL
from llmgen.schema.sql.tokens import Source, statements, unescaped

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?|[bB]'[01]*'")


@dataclass(frozen=True)
class Database:
    """One database while it is read: `homes` are what the chosen databases are called in the catalog."""

    connection: "Connection"
    name: str
    homes: dict[str, str]
    tables: dict[str, DraftTable]
    catalog: frozenset[str]
    mariadb: bool

    def rows(self, query: str) -> "Iterable[Row[Any]]":
        """The rows that are about tables of this database, views left out where the query names a table."""
        for row in _rows(self.connection, query, database=self.name):
            if getattr(row, "table_name", None) is None or row.table_name in self.tables:
                yield row

    def said(self, table: DraftTable, text: str, why: str, constrains: bool = True) -> Ignored:
        """Something about a table that is not understood or does not constrain rows."""
        return clause((self.name, table.name[1]), text, why, constrains)

    def plain(self, text: str) -> str:
        """An expression as it was written: MySQL's catalog escapes it as a string, MariaDB's does not."""
        return text if self.mariadb else unescaped(text)


def read(url: str, schemas: Sequence[str]) -> Catalog:
    """All tables of the databases (default: the one that the URL names).

    Those of the first have plain names; those of the others are called `database.table` where a name is taken.
    """
    catalog = Catalog(spelling=MYSQL)
    with connected(url) as connection:
        names = _names(connection, schemas, url)
        homes = {name: name if number else PUBLIC for number, name in enumerate(names)}
        known = frozenset(row.name for row in _rows(connection, CATALOG))
        version = str(connection.exec_driver_sql("SELECT VERSION()").scalar())
        for name in names:
            database = Database(connection, name, homes, {}, known, "mariadb" in version.lower())
            read_database(database, catalog)
    return catalog


def _rows(connection: "Connection", query: str, **parameters: Any) -> "Iterable[Row[Any]]":
    from sqlalchemy import text

    return connection.execute(text(query), parameters)


def _names(connection: "Connection", schemas: Sequence[str], url: str) -> list[str]:
    """The databases to read."""
    if not schemas:
        current = connection.exec_driver_sql("SELECT DATABASE()").scalar()
        if not current:
            raise InputError(f"{shown(url)}: no database is named", "put its name at the end: mysql://user@host/app")
        return [str(current)]
    known = [row.name for row in _rows(connection, DATABASES)]
    for name in schemas:
        if name not in known:
            raise InputError(f"{shown(url)}: there is no database {name}", f"its databases are {', '.join(known)}")
    return list(dict.fromkeys(schemas))


def read_database(database: Database, catalog: Catalog) -> None:
    """Adds the tables of one database to the catalog."""
    for row in database.rows(TABLES):
        table = database.tables[row.name] = new_table(catalog, (database.homes[database.name], row.name))
        table.insensitive, table.comment = True, row.comment or ""
    for row in database.rows(COLUMNS):
        _column(database, database.tables[row.table_name], row)
    for (table_name, name), rows in groupby(database.rows(indexes(database.catalog)), key=lambda row: row[:2]):
        _unique(database, database.tables[table_name], name, list(rows))
    for (table_name, name), rows in groupby(database.rows(KEYS), key=lambda row: row[:2]):
        _foreign_key(database, database.tables[table_name], name, list(rows))
    query = checks(database.catalog)
    for row in database.rows(query) if query else ():
        _check(database, database.tables[row.table_name], row)
    for row in database.rows(TRIGGERS):
        _trigger(database, database.tables[row.table_name], row)
    if database.mariadb:
        _overlaps(database)


def _column(database: Database, table: DraftTable, row: "Row[Any]") -> None:
    column = DraftColumn(row.name, _type(database, table, row), bool(row.nullable), comment=row.comment or "")
    table.columns[row.name] = column
    if row.expression:
        stored: Generated = "stored" if "stored" in row.extra or "persistent" in row.extra else "virtual"
        column.generated = stored
        if row.expression.upper() not in ("ROW START", "ROW END"):
            column.expression = plain_text(cursor_of(database.plain(row.expression), "mysql"))
    elif "auto_increment" in row.extra:
        column.generated = "identity"
    elif row.default_value is not None:
        set_default(column, cursor_of(_default(database, row), "mysql"))


def _type(database: Database, table: DraftTable, row: "Row[Any]") -> ColumnType:
    cursor = cursor_of(row.type, "mysql")
    try:
        written = read_type(cursor)
        found = column_type(written, row.collation or "")
        if not is_known(written, found):
            raise Unreadable(f"{written.name!r} is no type that is known")
        return found
    except Unreadable as loss:
        table.losses.append(database.said(table, f"{row.name} {row.type}", f"column {row.name}: {loss.why}"))
        return ColumnType("other", row.type)


def _default(database: Database, row: "Row[Any]") -> str:
    """The default as SQL. MySQL keeps the bare value of one that is no expression."""
    text = str(row.default_value)
    if database.mariadb:
        return text
    if "default_generated" in row.extra:
        return unescaped(text)
    return text if _NUMBER.fullmatch(text) else "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def _unique(database: Database, table: DraftTable, name: str, rows: "list[Row[Any]]") -> None:
    columns, trees = list[str](), list[exp.Expr]()
    for row in rows:
        prefix = prefix_of(table, row.column_name, row.length) if row.column_name and row.length else None
        try:
            if row.expression:
                trees.append(expression(cursor_of(database.plain(row.expression), "mysql"), table.name[1]))
            elif prefix is not None:
                trees.append(prefix)
            else:
                columns.append(table.column(row.column_name).name)
        except Unreadable as loss:
            table.losses.append(database.said(table, f"UNIQUE {name} ({row.expression})", loss.why))
            return
    if name == "PRIMARY":
        set_primary_key(table, tuple(columns), tuple(trees))
    else:
        table.uniques.append(DraftUnique(tuple(columns), name, expressions=tuple(trees)))


def _foreign_key(database: Database, table: DraftTable, name: str, rows: "list[Row[Any]]") -> None:
    first, columns = rows[0], tuple(row.column_name for row in rows)
    said = f"FOREIGN KEY {name} ({', '.join(columns)})"
    loss = database.said(table, said, f"its target {first.target} is not in this schema")
    home = database.homes.get(first.target_database)
    if home is None:
        table.losses.append(loss)
        return
    on_delete = first.on_delete.lower()
    table.foreign_keys.append(
        DraftKey(
            columns=columns,
            target=(home, first.target),
            referenced=tuple(row.referenced for row in rows),
            on_delete="no action" if on_delete in NO_ACTIONS else on_delete,
            deferrable=False,
            name=name,
            clause=loss,
        )
    )


def _check(database: Database, table: DraftTable, row: "Row[Any]") -> None:
    text = database.plain(row.clause)
    if not row.enforced:
        table.losses.append(database.said(table, f"CHECK {row.name} ({text})", UNENFORCED, constrains=False))
        return
    try:
        table.checks.append(DraftCheck(expression(cursor_of(text, "mysql"), table.name[1]), row.name))
    except Unreadable as loss:
        table.losses.append(database.said(table, f"CHECK {row.name} ({text})", loss.why))


def _trigger(database: Database, table: DraftTable, row: "Row[Any]") -> None:
    said = f"TRIGGER {row.name} {row.timing} {row.event}"
    body = chain.from_iterable(statements(Source(row.body, MYSQL)))
    what = said_of_trigger(row.timing.upper() != "AFTER", row.event, body)
    table.triggers[row.name] = database.said(table, said, *what)


def _overlaps(database: Database) -> None:
    """Says which keys allow no overlapping periods: their index looks like one of (..., to, from).

    Only the CREATE TABLE of such a table tells, so those that may have one are asked for it.
    """
    for name, table in database.tables.items():
        periods = [{column.name for column in check.tree.find_all(exp.Column)} for check in table.checks]
        keys = [set(table.primary_key), *(set(unique.columns) for unique in table.uniques)]
        if not any(len(period) == 2 and period < key for period in periods for key in keys):
            continue
        quoted = name.replace("`", "``").replace("%", "%%")
        written = database.connection.exec_driver_sql(f"SHOW CREATE TABLE `{database.name}`.`{quoted}`").one()[1]
        for found in re.findall(r"^.*WITHOUT OVERLAPS.*$", written, re.MULTILINE):
            table.losses.append(database.said(table, found.strip(" ,"), "rows of one key may not overlap in time"))
