"""PostgreSQL itself is the judge: what is read from DDL is what its catalog says, and its own dump reads the same."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from llmgen.schema.model import Table
from llmgen.schema.sql import parse_schema, read_schema
from llmgen.schema.sql.expressions import read_expression, sql_of

EVERY = Path(__file__).with_name("every_construct.sql")
SCHEMA = read_schema(EVERY)

CHECKS = (
    "a ~ E'^\\\\d{3}$'", "a LIKE 'a!_b' ESCAPE '!'", "a SIMILAR TO '[0-9]+'", "n IS DISTINCT FROM m",
    "j ->> 'k' = 'v'",
    "j #>> '{a,b}' = 'c'", "j ? 'key'", "j @> '{\"a\":1}'::jsonb", "n BETWEEN SYMMETRIC 10 AND 1",
    "ts AT TIME ZONE 'UTC' > '2020-01-01'", "EXTRACT(year FROM d) >= 2000", "num_nonnulls(a, n) = 1", "a = 'it''s'",
    "a COLLATE \"C\" > 'b'", "n % 2 = 0", "n & 1 = 1", "n << 1 > 0", "n / 2 = 1", "substring(a from '^x') IS NULL",
    "d + interval '1 day' > d", "n::text = a", "x = round(x, 2)", "nullif(a, '') IS NOT NULL", "b IS TRUE",
    "CASE a WHEN 'x' THEN true WHEN 'y' THEN false END", "(n IS NULL) <> (m IS NULL)", "(n, m) IN ((1, 2), (3, 4))",
    "ROW(n, m) > ROW(1, 2)", "a = ANY ('{x,y}'::text[])", "a <> ALL (ARRAY['x', 'y'])", "arr[1] > 0",
    "arr && ARRAY[1, 2]",
    "cardinality(arr) < 3",
    "regexp_replace(a, '\\s', '', 'g') = a", "n ISNULL OR m NOTNULL", "- n < 0", "a = $$dollar$$",
    "NOT (n > 1 AND m > 1) OR NOT b", "n = 1 OR n = 2 AND m = 3", "(n = 1 OR n = 2) AND m = 3", "n - (m - 1) > 0",
)  # fmt: skip


def load(connection: psycopg.Connection, text: str) -> None:
    """Loads the DDL without what only psql understands."""
    text = re.sub(r"^\\set[^\n]*|^COPY .*?^\\\.$", "", text, flags=re.MULTILINE | re.DOTALL)
    connection.execute(text.encode())


def answers(connection: psycopg.Connection, query: str, table: Table) -> list[Any]:
    name = f'"{table.schema or "public"}"."{table.bare_name}"'
    return connection.execute(query.encode(), {"table": name}).fetchall()


@pytest.mark.postgres
def test_the_catalog_says_the_same(postgres: psycopg.Connection) -> None:
    load(postgres, EVERY.read_text("utf-8"))
    for table in SCHEMA.tables:
        columns = answers(
            postgres,
            """SELECT attname, NOT (attnotnull OR typnotnull OR EXISTS (SELECT FROM pg_type base WHERE base.oid =
                   pg_type.typbasetype AND base.typnotnull)) FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
               WHERE attrelid = %(table)s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum""",
            table,
        )
        assert columns == [(column.name, column.nullable) for column in table.columns], table.name
        constraints = answers(
            postgres,
            """SELECT contype::text, conname FROM pg_constraint
               WHERE conrelid = %(table)s::regclass AND contype IN ('c', 'f') AND conparentid = 0""",
            table,
        )
        own = [check for check in table.checks if not check.name.startswith("email_")]
        read = [("c", item.name) for item in own] + [("f", item.name) for item in table.foreign_keys]
        assert sorted(constraints) == sorted(read), table.name
        indexes = answers(
            postgres,
            """SELECT relname, NOT indnullsnotdistinct, indpred IS NOT NULL, pg_index.indnkeyatts::int FROM pg_index
               JOIN pg_class ON pg_class.oid = indexrelid
               WHERE indrelid = %(table)s::regclass AND indisunique AND NOT indisprimary""",
            table,
        )
        uniques = [
            (u.name, u.nulls_distinct, u.where is not None, len(u.columns + u.expressions)) for u in table.uniques
        ]
        assert sorted(indexes) == sorted(uniques), table.name


@pytest.mark.postgres
def test_a_dump_of_it_reads_the_same(postgres: psycopg.Connection) -> None:
    if shutil.which("pg_dump") is None:
        pytest.skip("no pg_dump on this machine")
    load(postgres, EVERY.read_text("utf-8"))
    server = postgres.info
    url = make_conninfo(host=server.host, port=server.port, user=server.user, dbname=server.dbname)
    command = ["pg_dump", "--schema-only", f"--dbname={url}"]
    environment = {**os.environ, "PGPASSWORD": server.password}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment)
    if "server version mismatch" in done.stderr:
        pytest.skip("pg_dump is older than the server")
    assert done.returncode == 0, done.stderr
    dumped = parse_schema(done.stdout)
    assert set(dumped.by_name) == set(SCHEMA.by_name)
    for table in SCHEMA.tables:
        assert shape(table) == shape(dumped.table(table.name))


def shape(table: Table) -> object:
    """All of a table but the text of its expressions, which Postgres writes in its own way."""
    columns = [(c.name, c.type, c.nullable, c.generated, c.default is None, c.comment) for c in table.columns]
    uniques = sorted((u.name, u.columns, len(u.expressions), u.nulls_distinct) for u in table.uniques)
    checks = sorted((check.name, sorted(check.columns)) for check in table.checks)
    keys = sorted((key.name, key.columns, key.table, key.referenced, key.on_delete) for key in table.foreign_keys)
    return columns, table.primary_key, uniques, checks, keys, table.comment


@pytest.mark.postgres
def test_an_expression_read_and_written_means_the_same(postgres: psycopg.Connection) -> None:
    postgres.execute(
        "CREATE TABLE t (a text, n int, m int, x numeric, b bool, d date, ts timestamp, j jsonb, arr int[])"
    )
    for text in CHECKS:
        once, again = definition(postgres, text), definition(postgres, sql_of(read_expression(text)))
        assert once == again, text


def definition(connection: psycopg.Connection, check: str) -> object:
    connection.execute(f"ALTER TABLE t ADD CONSTRAINT c CHECK ({check})".encode())
    found = connection.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'c'").fetchone()
    connection.execute("ALTER TABLE t DROP CONSTRAINT c")
    return found
