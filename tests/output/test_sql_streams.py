"""Scripts out of batches are those out of rows, byte for byte, and load into every database with all keys on."""

import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import duckdb
import pytest
import sqlglot
from batch_samples import ALL, HOSTILE, SAMPLE, batch_of
from psycopg import sql
from servers import mysql_client, mysql_connection

from llmgen.dataset import Dataset
from llmgen.errors import DataError, InputError
from llmgen.output.layout import Layout
from llmgen.output.manifest import Making
from llmgen.output.sql import write_sql
from llmgen.output.sql_frame import NATIVE, title
from llmgen.output.sql_spelling import literal
from llmgen.output.streams import encode, open_stream
from llmgen.schema.forms import decode
from llmgen.schema.model import Check, Column, ColumnType, ForeignKey, Schema, Table

MAKING = Making("0", "0", 1, "p", datetime(2026, 3, 12, tzinfo=UTC))
INTEGER = ColumnType("integer", "integer", bits=32)
TEXT = 'odd "name"'


def script(folder, schema, rows, dialect, cuts=(None,)):
    """The script of a stream, each table cut into batches of these sizes over and over; None is all of it."""
    layout = Layout(schema, {name: tuple(schema.table(name).by_name) for name in rows}, "sql", dialect)
    with open_stream(folder / "out", layout, force=True) as stream:
        for name in layout.order:
            batch, start, turn = batch_of(schema.table(name), rows[name]), 0, 0
            while start < len(rows[name]):
                piece = batch.slice(start, cuts[turn % len(cuts)])
                stream.part(name, encode(layout, name, piece, start))
                start, turn = start + piece.num_rows, turn + 1
        stream.finish(MAKING, {})
    return (folder / "out" / "dataset.sql").read_bytes().decode()


def by_rows(folder, schema, rows, dialect):
    write_sql(folder / "x.sql", schema, Dataset(rows), title(schema, "", dialect), dialect)
    return (folder / "x.sql").read_bytes().decode()


def table(name, *keys, nullable=True, **more):
    columns = (Column("id", INTEGER, nullable=False), *(Column(key.columns[0], INTEGER, nullable) for key in keys))
    return Table(name, columns, ("id",), keys, **more)


def key(column, **more):
    return ForeignKey((column,), column[0], ("id",), **more)


def cycle(hard=False, **more):
    """Two tables that refer to each other, one to itself, and one row in 7 that refers to nobody."""
    own = Column("id", INTEGER, False, generated="identity")
    a = Table(
        "a",
        (own, Column("b", INTEGER, not hard), Column("a_up", INTEGER)),
        ("id",),
        (key("b", **more), key("a_up")),
    )
    rows = {
        "a": [{"id": n, "b": 250 - n if hard or n % 7 else None, "a_up": n // 2 or None} for n in range(1, 250)],
        "b": [{"id": n, "a": 250 - n} for n in range(1, 250)],
        "c": [],
    }
    return Schema((table("b", key("a", **more), nullable=False), a, table("c", key("a")))), rows


EVERY = Schema((Table("every kind", tuple(Column(name, kind) for name, (kind, _) in ALL.items())),))
ROWS = [
    dict.fromkeys(ALL) | SAMPLE,
    *(dict.fromkeys(ALL) | {TEXT: t, "mood": t, 'odd "name"s': [t]} for t in HOSTILE),
]


@pytest.mark.parametrize("dialect", [*NATIVE, "snowflake", "tsql"])
@pytest.mark.parametrize("cuts", [(None,), (1, 99, 7)], ids=["whole", "cut"])
def test_batches_are_what_rows_are(tmp_path, dialect, cuts):
    samples = [(EVERY, {"every kind": ROWS})]
    samples += [cycle(), cycle(deferrable=True)] if dialect != "duckdb" else []
    samples += [cycle(hard=True)] if dialect in ("postgres", "mysql", "sqlite") else []
    for schema, rows in samples:
        assert script(tmp_path, schema, rows, dialect, cuts) == by_rows(tmp_path, schema, rows, dialect)


TYPES = {
    "small": "smallint", "money": "numeric(12,2)", "rate": "numeric(20,9)", "whole": "numeric(38)",
    "ratio": "double precision", "flag": "boolean", "day": "date", "wall": "timestamp(6)", "moment": "timestamp(6)",
    "ref": "varchar(40)", "doc": "json", "mood": "varchar(20)", "some": "varchar(20)", TEXT: "text",
}  # fmt: skip
POSTGRES = {
    "loose": "numeric", "huge": "numeric", "moment": "timestamptz", "clock": "time", "span": "interval", "ref": "uuid",
    "doc": "jsonb", "net": "int4range", "blob": "bytea", "smalls": "smallint[]", "moneys": "numeric(12,2)[]",
    "docs": "jsonb[]", "blobs": "bytea[]", "spans": "interval[]", f"{TEXT}s": "text[]", "grid": "text[][]",
}  # fmt: skip
DUCKDB = {
    "loose": "decimal(36,6)", "moment": "timestamptz", "clock": "time", "span": "interval", "ref": "uuid",
    "blob": "blob", "smalls": "smallint[]", "moneys": "decimal(12,2)[]", "docs": "json[]", "blobs": "blob[]",
    "spans": "interval[]", "moments": "timestamptz[]", f"{TEXT}s": "text[]", "grid": "text[][]",
}  # fmt: skip
MYSQL = {
    "loose": "decimal(36,6)", "huge": "decimal(50,2)", "wall": "datetime(6)", "moment": "timestamp(6) null",
    "clock": "time(6)", "blob": "blob",
}  # fmt: skip
SQLITE = {"clock": "time", "blob": "blob", "whole": "text", "loose": "numeric"}
OWN_TYPES = {"postgres": POSTGRES, "duckdb": DUCKDB, "mysql": MYSQL, "sqlite": SQLITE}


def every(dialect):
    """The schema of the kinds that the database has types for, its DDL, and rows of it."""
    types = TYPES | OWN_TYPES[dialect]
    mark = "`" if dialect == "mysql" else '"'
    names = {name: mark + name.replace(mark, mark * 2) + mark for name in types}
    ddl = f"CREATE TABLE {mark}every kind{mark} ({', '.join(f'{names[name]} {type}' for name, type in types.items())})"
    shape = Table("every kind", tuple(Column(name, ALL[name][0]) for name in types))
    extra = {"wall": datetime(2026, 3, 1, 10), "small": 0, "smalls": [1, None], "moneys": [SAMPLE["money"], None]}
    extra |= {"blobs": [b"", b"\xff'"], "spans": [SAMPLE["span"]], "moments": [SAMPLE["moment"]], "grid": [["'", "\\"]]}
    rows = [{name: (SAMPLE | extra).get(name) for name in types}]
    rows += [
        {name: {TEXT: text, "small": n, "mood": text}.get(name) for name in types} for n, text in enumerate(HOSTILE, 1)
    ]
    return Schema((shape,), dialect), ddl, rows, names


def read(rows, schema):
    """What a database gave back as the Python values of the columns."""
    columns = schema.tables[0].columns
    return [{c.name: decode(c.type, v, text=True) for c, v in zip(columns, row, strict=True)} for row in rows]


def test_every_kind_arrives_in_postgres(postgres, tmp_path):
    schema, ddl, rows, names = every("postgres")
    postgres.execute(ddl)
    postgres.execute(script(tmp_path, schema, {"every kind": rows}, ""))
    postgres.execute("SET TimeZone = 'UTC'")
    chosen = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in names)
    query = sql.SQL('SELECT {} FROM "every kind" ORDER BY "every kind".small').format(chosen)
    assert read(postgres.execute(query).fetchall(), schema) == rows


def load_mysql(url, text):
    command = mysql_client("mariadb", url)
    if command is None:
        pytest.skip("no mariadb client")
    database = url.rsplit("/", 1)[1].split("?")[0]
    command += ["--binary-mode", "--init-command=SET time_zone = '+05:45'"]
    done = subprocess.run([*command, database], input=text.encode(), capture_output=True)
    assert done.stderr == b""


def test_every_kind_arrives_in_mysql(mysql, tmp_path):
    schema, ddl, rows, names = every("mysql")
    chosen = ", ".join(n if name == "blob" else f"CAST({n} AS CHAR)" for name, n in names.items())
    with mysql_connection(mysql) as connection, connection.cursor() as cursor:
        cursor.execute(ddl)
        load_mysql(mysql, script(tmp_path, schema, {"every kind": rows}, ""))
        cursor.execute("SET time_zone = '+00:00'")
        cursor.execute(f"SELECT {chosen} FROM `every kind` ORDER BY small")
        assert read(cursor.fetchall(), schema) == rows


def test_every_kind_arrives_in_sqlite(tmp_path):
    schema, ddl, rows, _ = every("sqlite")
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(ddl)
        connection.executescript(script(tmp_path, schema, {"every kind": rows}, ""))
        found = connection.execute('SELECT * FROM "every kind" ORDER BY small').fetchall()
    texts = [[cell if isinstance(cell, bytes | None) else str(cell) for cell in row] for row in found]
    assert read(texts, schema) == rows


def test_every_kind_arrives_in_duckdb(tmp_path):
    schema, ddl, rows, _ = every("duckdb")
    with duckdb.connect() as connection:
        connection.execute(ddl)
        connection.execute(script(tmp_path, schema, {"every kind": rows}, ""))
        assert read(connection.execute('SELECT * FROM "every kind" ORDER BY small').fetchall(), schema) == rows


CYCLE = (
    "CREATE TABLE b (id int PRIMARY KEY, a int NOT NULL);"
    "CREATE TABLE a (id int PRIMARY KEY{0}, b int {1} REFERENCES b (id){2}, a_up int REFERENCES a (id));"
    "CREATE TABLE c (id int PRIMARY KEY, a int REFERENCES a (id));"
)
CLOSED = "ALTER TABLE b ADD FOREIGN KEY (a) REFERENCES a (id)"
PAIRS = "SELECT count(*) FROM a JOIN b ON a.b = b.id"
ROOTS = "SELECT count(*) FROM a WHERE a_up IS NULL"


@pytest.mark.parametrize("deferrable", [False, True])
@pytest.mark.parametrize("hard", [False, True])
def test_cycles_load_in_postgres(postgres, tmp_path, hard, deferrable):
    wait = " DEFERRABLE" * deferrable
    postgres.execute(CYCLE.format(" GENERATED BY DEFAULT AS IDENTITY", "NOT NULL" * hard, wait) + CLOSED + wait)
    schema, rows = cycle(hard, deferrable=deferrable)
    postgres.execute(script(tmp_path, schema, rows, "postgres", (100, 30)))
    assert postgres.execute(PAIRS).fetchone() == (249 if hard else 214,)
    assert postgres.execute(ROOTS).fetchone() == (1,)
    assert postgres.execute("SELECT nextval('a_id_seq')").fetchone() == (250,)


@pytest.mark.parametrize("hard", [False, True])
def test_cycles_load_in_mysql(mysql, tmp_path, hard):
    schema, rows = cycle(hard)
    text = script(tmp_path, schema, rows, "mysql", (100, 30))
    assert text.count("foreign_key_checks") == 2 * hard
    with mysql_connection(mysql) as connection, connection.cursor() as cursor:
        for statement in (CYCLE.format(" AUTO_INCREMENT", "NOT NULL" * hard, "") + CLOSED).split(";"):
            cursor.execute(statement)
        load_mysql(mysql, text)
        cursor.execute(PAIRS)
        assert cursor.fetchone() == (249 if hard else 214,)
        cursor.execute(ROOTS)
        assert cursor.fetchone() == (1,)
        cursor.execute("INSERT INTO a (b) VALUES (1)")
        assert cursor.lastrowid == 250


def test_a_key_of_zero_stays_zero_in_mysql(mysql, tmp_path):
    shape = Table("t", (Column("id", INTEGER, False, generated="identity"),), ("id",))
    with mysql_connection(mysql) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY)")
        load_mysql(mysql, script(tmp_path, Schema((shape,)), {"t": [{"id": 0}, {"id": 7}]}, "mysql"))
        cursor.execute("SELECT id FROM t ORDER BY id")
        assert cursor.fetchall() == ((0,), (7,))


@pytest.mark.parametrize(
    ("dialect", "texts"), [("postgres", ["true", "false"]), ("mysql", ["1", "0"]), ("sqlite", ["1", "0"])]
)
def test_booleans_are_numbers_where_there_is_no_such_type(dialect, texts):
    column = Column("flag", ALL["flag"][0])
    assert [literal(dialect, EVERY.tables[0], column, value) for value in (True, False)] == texts


@pytest.mark.parametrize("hard", [False, True])
def test_cycles_load_in_sqlite(tmp_path, hard):
    ddl = CYCLE.format("", "NOT NULL" * hard, "").replace("a int NOT NULL)", "a int NOT NULL REFERENCES a (id))")
    schema, rows = cycle(hard)
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(ddl)
        connection.executescript(script(tmp_path, schema, rows, "sqlite", (100, 30)))
        assert connection.execute(PAIRS).fetchone() == (249 if hard else 214,)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_references_to_the_same_table_load_in_duckdb(tmp_path):
    schema, rows = cycle()
    schema = Schema((table("b"), schema.table("a")))
    with duckdb.connect() as connection:
        connection.execute(CYCLE.format("", "", "").replace("a int NOT NULL", "a int"))
        connection.execute(script(tmp_path, schema, {"a": rows["a"], "b": rows["b"]}, "duckdb", (100,)))
        assert connection.execute(PAIRS).fetchone() == (214,)
        assert connection.execute(ROOTS).fetchone() == (1,)


def test_what_a_dialect_cannot_load_or_say_is_refused(tmp_path):
    schema, rows = cycle(hard=True)
    for dialect in ("duckdb", "snowflake"):
        with pytest.raises(InputError, match=f"refer to each other without an end, which {dialect} cannot load"):
            script(tmp_path, schema, rows, dialect)
    with pytest.raises(InputError, match="klingon is no SQL dialect"):
        script(tmp_path, schema, rows, "klingon")
    with pytest.raises(InputError, match="clickhouse cannot say"):
        script(tmp_path, EVERY, {"every kind": ROWS}, "clickhouse")
    assert not (tmp_path / "out").exists()


def test_a_nul_character_is_refused_by_the_columns_name(tmp_path):
    with pytest.raises(DataError, match=r"every kind\.mood holds a NUL"):
        script(tmp_path, EVERY, {"every kind": [dict.fromkeys(ALL) | {"mood": "a\0"}]}, "sqlite")


def test_a_translated_script_reads_back_in_its_dialect(tmp_path):
    schema, rows = cycle()
    found = sqlglot.parse(script(tmp_path, schema, rows, "tsql", (7,)), read="tsql")
    assert [type(statement).__name__ for statement in (found[0], found[-1])] == ["Transaction", "Commit"]
    assert sum(type(statement).__name__ == "Insert" for statement in found) == 498


@pytest.mark.parametrize("dialect", ["sqlite", "duckdb"])
def test_missing_cells_get_the_default(tmp_path, dialect):
    shape = Table("t", (Column("n", INTEGER), Column("m", INTEGER)))
    text = by_rows(tmp_path, Schema((shape,)), {"t": [{}, {"n": 1}, {"m": 2}, {"n": None, "m": None}]}, dialect)
    assert loaded(dialect, "CREATE TABLE t (n int DEFAULT 7, m int)", text) == [
        (7, None),
        (1, None),
        (7, 2),
        (None, None),
    ]


@pytest.mark.parametrize("dialect", ["sqlite", "duckdb"])
def test_rows_without_columns_are_rows(tmp_path, dialect):
    shape = Table("t", (Column("n", INTEGER),))
    layout = Layout(Schema((shape,), dialect), {"t": ()}, "sql")
    with open_stream(tmp_path / "out", layout) as stream:
        for start in (0, 2):
            stream.part("t", encode(layout, "t", batch_of(shape, [{}, {}]), start))
        stream.finish(MAKING, {})
    text = (tmp_path / "out" / "dataset.sql").read_bytes().decode()
    assert loaded(dialect, "CREATE TABLE t (n int DEFAULT 7)", text) == [(7,)] * 4
    assert by_rows(tmp_path, Schema((shape,)), {"t": [{}] * 4}, dialect) == text


def loaded(dialect, ddl, text):
    """The rows of table t after its DDL and a script."""
    with closing(sqlite3.connect(":memory:") if dialect == "sqlite" else duckdb.connect()) as connection:
        connection.execute(ddl)
        (connection.executescript if dialect == "sqlite" else connection.execute)(text)
        return connection.execute("SELECT * FROM t").fetchall()


def test_a_check_keeps_a_column_from_being_late(tmp_path):
    schema, rows = cycle()
    b, a, c = schema.tables
    held = replace(a, checks=(Check("b IS NULL OR b > 0", ("b",)),))
    text = script(tmp_path, Schema((b, held, c)), rows, "postgres", (100,))
    assert "WITH part_0 AS (" in text
    assert "UPDATE" not in text
