"""MariaDB's and MySQL's constraints, each asked again as a query over the rows."""

from collections.abc import Iterator

import pymysql
from loading.mysql_loader import quoted
from servers import mysql_connection

FOREIGN = """
SELECT constraint_name, table_name, column_name, referenced_table_name, referenced_column_name
FROM information_schema.key_column_usage
WHERE table_schema = database() AND referenced_table_name IS NOT NULL
ORDER BY table_name, constraint_name, ordinal_position"""
UNIQUE = """
SELECT table_name, index_name, column_name, sub_part FROM information_schema.statistics
WHERE table_schema = database() AND NOT non_unique ORDER BY table_name, index_name, seq_in_index"""
CHECK_MARIADB = """
SELECT table_name, constraint_name, check_clause FROM information_schema.check_constraints
WHERE constraint_schema = database() ORDER BY 1, 2"""
CHECK_MYSQL = """
SELECT t.table_name, constraint_name, check_clause FROM information_schema.check_constraints
JOIN information_schema.table_constraints t USING (constraint_schema, constraint_name)
WHERE constraint_schema = database() ORDER BY 1, 2"""
FILLED = """
SELECT c.table_name, c.column_name FROM information_schema.columns c
JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.table_schema = database() AND c.is_nullable = 'NO' AND t.table_type = 'BASE TABLE' ORDER BY 1, 2"""


def audit_mysql(url: str) -> list[str]:
    """One line a constraint that rows break."""
    with mysql_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute("SET time_zone = '+00:00'")
        found = []
        for what, query in _questions(cursor):
            cursor.execute(query)
            (count,) = cursor.fetchone() or (0,)
            if count:
                found.append(f"{what}: {count}")
        return found


def _questions(cursor: pymysql.cursors.Cursor) -> Iterator[tuple[str, str]]:
    def rows(query: str) -> list[tuple]:
        cursor.execute(query)
        return list(cursor.fetchall())

    keys: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for name, table, column, parent, referenced in rows(FOREIGN):
        keys.setdefault((table, name, parent), []).append((column, referenced))
    for (table, name, parent), pairs in keys.items():
        yield f"orphans of {table}.{name}", orphans(table, parent, pairs)
    uniques: dict[tuple[str, str], list[str]] = {}
    for table, name, column, prefix in rows(UNIQUE):
        cell = quoted(column) if prefix is None else f"left({quoted(column)}, {prefix})"
        uniques.setdefault((table, name), []).append(cell)
    for (table, name), cells in uniques.items():
        yield f"duplicates in {table}.{name}", duplicates(table, cells)
    cursor.execute("SELECT version()")
    (version,) = cursor.fetchone() or ("",)
    for table, name, check in rows(CHECK_MARIADB if "MariaDB" in version else CHECK_MYSQL):
        yield f"rows that break {table}.{name}", f"SELECT count(*) FROM {quoted(table)} WHERE NOT ({check})"
    for table, column in rows(FILLED):
        yield f"NULLs in {table}.{column}", f"SELECT count(*) - count({quoted(column)}) FROM {quoted(table)}"


def orphans(table: str, parent: str, pairs: list[tuple[str, str]]) -> str:
    """Counts the rows whose reference finds no parent."""
    filled = " AND ".join(f"c.{quoted(here)} IS NOT NULL" for here, _ in pairs)
    same = " AND ".join(f"p.{quoted(there)} = c.{quoted(here)}" for here, there in pairs)
    lost = f"NOT EXISTS (SELECT 1 FROM {quoted(parent)} AS p WHERE {same})"
    return f"SELECT count(*) FROM {quoted(table)} AS c WHERE {filled} AND {lost}"


def duplicates(table: str, cells: list[str]) -> str:
    """Counts the rows that are one too many, by the columns' own collations."""
    filled = " AND ".join(f"{cell} IS NOT NULL" for cell in cells)
    groups = f"SELECT count(*) AS n FROM {quoted(table)} WHERE {filled} GROUP BY {', '.join(cells)}"
    return f"SELECT coalesce(sum(n - 1), 0) FROM ({groups}) AS duplicates"
