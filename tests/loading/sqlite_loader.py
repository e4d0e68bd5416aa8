"""Tables into SQLite, in one transaction, with every constraint and trigger active."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing

import pyarrow as pa
from loading.inside import parents_first
from loading.outcome import Outcome, behind, steps
from loading.spelling import rows
from sqlalchemy import make_url

from llmgen.output.sql import identifier
from llmgen.schema.model import Schema, Table


def load_sqlite(url: str, tables: Mapping[str, pa.Table], schema: Schema) -> Outcome:
    """Load each table under a savepoint, and commit; keys are deferred only while the tables of a circle load."""
    outcome = Outcome()
    with closing(sqlite_connection(url)) as connection:
        connection.execute("BEGIN")
        for names in steps(schema, tables):
            connection.execute("SAVEPOINT step")
            try:
                counts = _load(connection, [schema.table(name) for name in names], tables, outcome)
            except (sqlite3.Error, OverflowError) as error:
                connection.execute("ROLLBACK TO step")
                for name in names:
                    cause = behind(schema, name, outcome.raised)
                    triggered = cause or getattr(error, "sqlite_errorname", "") == "SQLITE_CONSTRAINT_TRIGGER"
                    (outcome.raised if triggered else outcome.refused)[name] = str(error)
            else:
                outcome.loaded.update(counts)
            connection.execute("PRAGMA defer_foreign_keys = OFF")
            connection.execute("RELEASE step")
        connection.execute("COMMIT")
    return outcome


def sqlite_connection(url: str) -> sqlite3.Connection:
    """A connection without transactions of its own, foreign keys on."""
    connection = sqlite3.connect(str(make_url(url).database), isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _load(
    connection: sqlite3.Connection, chosen: Sequence[Table], tables: Mapping[str, pa.Table], outcome: Outcome
) -> dict[str, int]:
    for table in chosen:
        place = identifier(table.bare_name)
        ordered, possible = parents_first(table, tables[table.name])
        connection.execute(f"PRAGMA defer_foreign_keys = {'OFF' if possible and len(chosen) == 1 else 'ON'}")
        (made,) = connection.execute(f"SELECT count(*) FROM {place}").fetchone()
        if made:
            outcome.raised[table.name] = f"triggers of other tables made {made} rows here, removed before loading"
            connection.execute(f"DELETE FROM {place}")
        names, marks = ", ".join(map(identifier, ordered.column_names)), ", ".join("?" * ordered.num_columns)
        insert = f"INSERT INTO {place} ({names}) VALUES ({marks})" if names else f"INSERT INTO {place} DEFAULT VALUES"
        connection.executemany(insert, rows(ordered))
    if len(chosen) > 1:
        faults = [row for table in chosen for row in connection.execute(
            f"PRAGMA foreign_key_check({identifier(table.bare_name)})")]  # fmt: skip
        if faults:
            raise sqlite3.IntegrityError(f"FOREIGN KEY constraint failed: {faults[:3]}")
    return {
        table.name: connection.execute(f"SELECT count(*) FROM {identifier(table.bare_name)}").fetchone()[0]
        for table in chosen
    }
