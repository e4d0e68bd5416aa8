"""Tables into MariaDB or MySQL by long INSERTs, in one transaction, with every constraint and trigger active."""

import re
from collections.abc import Mapping, Sequence

import pyarrow as pa
import pymysql
from loading.inside import parents_first
from loading.outcome import Outcome, behind, steps
from loading.spelling import mysql_tuples
from servers import mysql_connection

from llmgen.schema.model import Schema, Table

LONGEST = 2_000_000
"""Characters of one INSERT, nearly; the server's packet is longer."""
RAISED = 1644
"""What SIGNAL in a trigger gives."""


def load_mysql(url: str, tables: Mapping[str, pa.Table], schema: Schema) -> Outcome:
    """Load each table under a savepoint, and commit; keys are unchecked only while the tables of a circle load."""
    outcome = Outcome()
    with mysql_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute("SET time_zone = '+00:00'")
        cursor.execute("SET sql_mode = concat(@@sql_mode, ',STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO')")
        connection.begin()
        for names in _fed_last(cursor, schema, steps(schema, tables)):
            cursor.execute("SAVEPOINT step")
            try:
                counts = _load(cursor, [schema.table(name) for name in names], tables, outcome)
            except pymysql.MySQLError as error:
                cursor.execute("ROLLBACK TO SAVEPOINT step")
                for name in names:
                    _note(schema, name, error, outcome)
            else:
                outcome.loaded.update(counts)
            finally:
                cursor.execute("SET foreign_key_checks = 1")
        connection.commit()
    return outcome


def _fed_last(cursor: pymysql.cursors.Cursor, schema: Schema, order: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Tables that triggers of others insert into come last, unless something refers to them."""
    cursor.execute("SELECT action_statement FROM information_schema.triggers WHERE trigger_schema = database()")
    fed = {
        name for (text,) in cursor.fetchall() for name in re.findall(r"insert\s+into\s+`?(\w+)", text, re.IGNORECASE)
    }
    return sorted(order, key=lambda names: bool(fed & set(names)) and not schema.referring(names[0]))


def _note(schema: Schema, name: str, error: pymysql.MySQLError, outcome: Outcome) -> None:
    cause = behind(schema, name, outcome.raised)
    if error.args[0] == RAISED or cause:
        outcome.raised[name] = str(error) if not cause else f"refers to {cause}, whose trigger raises: {error}"
    else:
        outcome.refused[name] = str(error)


def _load(
    cursor: pymysql.cursors.Cursor, chosen: Sequence[Table], tables: Mapping[str, pa.Table], outcome: Outcome
) -> dict[str, int]:
    for table in chosen:
        place, cells = place_of(table), tables[table.name]
        ordered, possible = parents_first(table, cells)
        cursor.execute(f"SET foreign_key_checks = {int(possible and len(chosen) == 1)}")
        cursor.execute(f"SELECT count(*) FROM {place}")
        (made,) = cursor.fetchone() or (0,)
        if made:
            outcome.raised[table.name] = f"triggers of other tables made {made} rows here, removed before loading"
            cursor.execute(f"DELETE FROM {place}")
        names = ", ".join(quoted(name) for name in ordered.column_names)
        tuples = mysql_tuples(ordered)
        size = max(1, LONGEST // max(map(len, tuples), default=1))
        for start in range(0, len(tuples), size):
            cursor.execute(f"INSERT INTO {place} ({names}) VALUES {','.join(tuples[start : start + size])}")
    return {table.name: _count(cursor, table) for table in chosen}


def _count(cursor: pymysql.cursors.Cursor, table: Table) -> int:
    cursor.execute(f"SELECT count(*) FROM {place_of(table)}")
    (count,) = cursor.fetchone() or (0,)
    return int(count)


def place_of(table: Table) -> str:
    """The table's name in quotes."""
    return quoted(table.bare_name)


def quoted(name: str) -> str:
    """A name in backquotes, whatever it holds."""
    return "`" + name.replace("`", "``") + "`"
