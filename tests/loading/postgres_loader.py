"""Tables into PostgreSQL by COPY, in one transaction, with every constraint and trigger active."""

import io
from collections.abc import Mapping, Sequence

import psycopg
import pyarrow as pa
import pyarrow.csv
from loading.outcome import Outcome, steps
from loading.spelling import copy_text
from psycopg import sql
from psycopg.sql import Identifier

from llmgen.schema.model import Schema, Table

OURS = ("22", "23")
"""Classes of errors that the data is to blame for: bad values and broken constraints."""


def load_postgres(url: str, tables: Mapping[str, pa.Table], schema: Schema) -> Outcome:
    """Load each table, or those of a circle at once, under a savepoint, and commit."""
    outcome = Outcome()
    with psycopg.connect(url) as connection:
        connection.execute("SET TimeZone = 'UTC'; SET client_encoding = 'UTF8'; SET CONSTRAINTS ALL IMMEDIATE")
        _empty(connection, [schema.table(name) for name in tables])
        for names in steps(schema, tables):
            chosen = [schema.table(name) for name in names]
            _clear(connection, chosen, outcome)
            if not _tried(connection, chosen, tables, outcome):
                for table in chosen:
                    _triggers(connection, table, "DISABLE")
                _tried(connection, chosen, tables, outcome)
                for table in chosen:
                    _triggers(connection, table, "ENABLE")
    return outcome


def _empty(connection: psycopg.Connection, tables: Sequence[Table]) -> None:
    """Removes the rows that the schema's own script brought."""
    for table in tables:
        if _count(connection, table):
            connection.execute(sql.SQL("TRUNCATE {} CASCADE").format(place_of(table)))


def _tried(
    connection: psycopg.Connection, chosen: Sequence[Table], tables: Mapping[str, pa.Table], outcome: Outcome
) -> bool:
    """Whether no trigger raised; what a constraint refused is noted and not tried again."""
    try:
        with connection.transaction():
            if len(chosen) > 1:
                _circle(connection, chosen, tables)
            else:
                _copy(connection, place_of(chosen[0]), tables[chosen[0].name])
            counts = {table.name: _count(connection, table) for table in chosen}
    except psycopg.Error as error:
        said = str(error).strip()
        ours = (error.sqlstate or "")[:2] in OURS and "PL/pgSQL function" not in (error.diag.context or "")
        for table in chosen:
            (outcome.refused if ours else outcome.raised).setdefault(table.name, said)
        return ours
    for name, count in counts.items():
        outcome.loaded[name] = count
        if count != tables[name].num_rows:
            outcome.raised.setdefault(name, f"triggers left {count} rows of {tables[name].num_rows}")
    return True


def _clear(connection: psycopg.Connection, chosen: Sequence[Table], outcome: Outcome) -> None:
    """Removes the rows that triggers of other tables have made, and says so: ours would stand beside them twice."""
    for table in chosen:
        made = _count(connection, table)
        if made:
            outcome.raised[table.name] = f"triggers of other tables made {made} rows here, removed before loading"
            _triggers(connection, table, "DISABLE")
            connection.execute(sql.SQL("DELETE FROM {}").format(place_of(table)))
            _triggers(connection, table, "ENABLE")


def _triggers(connection: psycopg.Connection, table: Table, switch: str) -> None:
    connection.execute(sql.SQL("ALTER TABLE {} {} TRIGGER USER").format(place_of(table), sql.SQL(switch)))


def _count(connection: psycopg.Connection, table: Table) -> int:
    (count,) = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(place_of(table))).fetchone() or (0,)
    return int(count)


def place_of(table: Table) -> Identifier:
    """The table's name in quotes, with its database schema."""
    return Identifier(*([table.schema] if table.schema else []), table.bare_name)


def _copy(connection: psycopg.Connection, place: Identifier, rows: pa.Table) -> None:
    # COPY takes no rows without columns, and writes identity columns whatever they are.
    if not rows.num_columns:
        for _ in range(rows.num_rows):
            connection.execute(sql.SQL("INSERT INTO {} DEFAULT VALUES").format(place))
        return
    text = io.BytesIO()
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="needed")
    pyarrow.csv.write_csv(copy_text(rows), text, options)
    command = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(place, _names(rows))
    with connection.cursor().copy(command) as copy:
        copy.write(text.getvalue())


def _names(rows: pa.Table) -> sql.Composed:
    return sql.SQL(", ").join(map(Identifier, rows.column_names))


def _circle(connection: psycopg.Connection, chosen: Sequence[Table], tables: Mapping[str, pa.Table]) -> None:
    """One statement for tables that refer to each other: keys are checked at its end."""
    parts = []
    for ordinal, table in enumerate(chosen):
        rows, stage = tables[table.name], Identifier("pg_temp", f"stage_{ordinal}")
        shape = sql.SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT {} FROM ONLY {} WITH NO DATA")
        connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(stage))
        connection.execute(shape.format(Identifier(f"stage_{ordinal}"), _names(rows), place_of(table)))
        _copy(connection, stage, rows)
        insert = sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM {}")
        parts.append(insert.format(place_of(table), _names(rows), _names(rows), stage))
    named = [sql.SQL("part_{} AS ({})").format(sql.SQL(str(at)), part) for at, part in enumerate(parts[:-1])]
    connection.execute(sql.SQL("WITH {} {}").format(sql.SQL(", ").join(named), parts[-1]))
