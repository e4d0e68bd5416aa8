"""The SQL script loads into a real PostgreSQL with every constraint on, and what it loads is the dataset."""

import pytest
from output_samples import DATASET, DDL, INTEGER, ITEM, ORDER, SCHEMA
from psycopg import sql

from llmgen.dataset import Dataset
from llmgen.errors import DataError
from llmgen.output.order import load_order, parents_first
from llmgen.output.sql import write_sql
from llmgen.schema.forms import decode
from llmgen.schema.model import Check, Column, ForeignKey, Schema, Table

pytestmark = pytest.mark.postgres


def table(name, *keys, nullable=True, **more):
    """A table of integer columns: id, and one column a key; the first letter of a key's name says its table."""
    columns = (Column("id", INTEGER, nullable=False), *(Column(key.columns[0], INTEGER, nullable) for key in keys))
    return Table(name, columns, ("id",), keys, **more)


def key(column, **more):
    return ForeignKey((column,), column[0], ("id",), **more)


def load(postgres, tmp_path, schema, dataset, header=""):
    file = tmp_path / "dataset.sql"
    write_sql(file, schema, dataset, header)
    script = file.read_text("utf-8")
    postgres.execute(script)
    return script


def count(postgres, name):
    return postgres.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()[0]


@pytest.mark.parametrize("conforming", ["on", "off"])
def test_hostile_names_and_values_arrive_as_they_are(postgres, tmp_path, conforming):
    postgres.execute(DDL)
    postgres.execute("SET TimeZone = 'Asia/Kathmandu'; SET DateStyle = 'SQL, DMY'; SET IntervalStyle = 'sql_standard'")
    postgres.execute(sql.SQL("SET standard_conforming_strings = {}").format(conforming))
    load(postgres, tmp_path, SCHEMA, DATASET, "seed 1\nDROP TABLE x;")
    postgres.execute("SET IntervalStyle = 'postgres'; SET DateStyle = 'ISO'")
    for shape, place in ((ORDER, ("order",)), (ITEM, ("my shop", "item"))):
        for expected in DATASET.rows[shape.name]:
            names = list(expected)
            where = sql.SQL(" AND ").join(
                sql.SQL("{} = {}").format(sql.Identifier(name), expected[name]) for name in shape.primary_key
            )
            columns = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in names)
            query = sql.SQL("SELECT {} FROM {} WHERE {}").format(columns, sql.Identifier(*place), where)
            found = dict(zip(names, postgres.execute(query).fetchone(), strict=True))
            assert {name: decode(shape.column(name).type, found[name], text=True) for name in names} == expected
    assert postgres.execute('SELECT kept, twice = 2 * "größe" FROM "order" WHERE id = 7').fetchone() == (
        "from the database",
        True,
    )


def test_sequences_move_behind_the_keys_and_never_back(postgres, tmp_path):
    postgres.execute('CREATE TABLE "o""o" ("i d" serial PRIMARY KEY, t text); CREATE SEQUENCE "lo\'ose"')
    postgres.execute("""CREATE TABLE l (id integer DEFAULT nextval('"lo''ose"'::regclass) PRIMARY KEY)""")
    owned = Table('o"o', (Column("i d", INTEGER, False, generated="identity"), Column("t", INTEGER)), ("i d",))
    loose = Table("l", (Column("id", INTEGER, False, generated="identity"),), ("id",))
    schema = Schema((owned, loose))
    load(postgres, tmp_path, schema, Dataset({'o"o': [{"i d": 41}, {"i d": 5}], "l": [{"id": 9}]}))
    assert postgres.execute("""SELECT nextval('"o""o_i d_seq"'), nextval('"lo''ose"')""").fetchone() == (42, 10)
    load(postgres, tmp_path, schema, Dataset({'o"o': [{"i d": 6}], "l": []}))
    assert postgres.execute("""SELECT nextval('"o""o_i d_seq"'), nextval('"lo''ose"')""").fetchone() == (43, 11)


def test_a_row_without_a_column_gets_the_default(postgres, tmp_path):
    postgres.execute("CREATE TABLE d (id integer PRIMARY KEY, n integer DEFAULT 5)")
    shape = Table("d", (Column("id", INTEGER, False), Column("n", INTEGER, default="5")), ("id",))
    load(postgres, tmp_path, Schema((shape,)), Dataset({"d": [{"id": 1}, {"id": 2, "n": None}, {"id": 3, "n": 7}]}))
    assert postgres.execute("SELECT n FROM d ORDER BY id").fetchall() == [(5,), (None,), (7,)]


def test_chunks_and_order_of_a_deep_chain(postgres, tmp_path):
    postgres.execute("CREATE TABLE s (id integer PRIMARY KEY, s_parent integer REFERENCES s)")
    schema = Schema((table("s", key("s_parent")),))
    rows = [{"id": n, "s_parent": n + 1 if n < 2_000 else None} for n in range(1, 2_001)]
    script = load(postgres, tmp_path, schema, Dataset({"s": rows}))
    assert count(postgres, "s") == 2_000
    assert script.count("INSERT INTO") == 20


def test_rows_in_a_circle_load(postgres, tmp_path):
    postgres.execute("CREATE TABLE s (id integer PRIMARY KEY, s_next integer NOT NULL REFERENCES s)")
    rows = [{"id": n, "s_next": n % 500 + 1} for n in range(1, 501)]
    load(postgres, tmp_path, Schema((table("s", key("s_next"), nullable=False),)), Dataset({"s": rows}))
    assert count(postgres, "s") == 500


CYCLE = (
    "CREATE TABLE a (id int PRIMARY KEY, b int {0});"
    "CREATE TABLE b (id int PRIMARY KEY, a int NOT NULL REFERENCES a {1});"
    "ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b {1}"
)
ROWS = Dataset({"a": [{"id": n, "b": 300 - n} for n in range(300)], "b": [{"id": n + 1, "a": n} for n in range(300)]})


@pytest.mark.parametrize(
    ("ddl", "schema", "mark"),
    [
        (
            CYCLE.format("", ""),
            Schema((table("b", key("a"), nullable=False), table("a", key("b")))),
            'UPDATE "a" SET "b" = 300 WHERE "id" = 0;',
        ),
        (
            CYCLE.format("NOT NULL", ""),
            Schema((table("a", key("b"), nullable=False), table("b", key("a"), nullable=False))),
            "WITH part_0 AS (",
        ),
        (
            CYCLE.format("CHECK (b IS NOT NULL)", ""),
            Schema(
                (
                    table("a", key("b"), checks=(Check("b IS NOT NULL", ("b",)),)),
                    table("b", key("a"), nullable=False),
                )
            ),
            "WITH part_0 AS (",
        ),
        (
            CYCLE.format("NOT NULL", "DEFERRABLE"),
            Schema(
                (
                    table("a", key("b", deferrable=True), nullable=False),
                    table("b", key("a", deferrable=True), nullable=False),
                )
            ),
            "SET CONSTRAINTS ALL DEFERRED;",
        ),
    ],
    ids=["nullable", "not null", "nullable under a check", "deferrable"],
)
def test_cycles_load(postgres, tmp_path, ddl, schema, mark):
    postgres.execute(ddl)
    script = load(postgres, tmp_path, schema, ROWS)
    marks = ["UPDATE ", "WITH part_0 AS (", "SET CONSTRAINTS"]
    assert mark in script
    assert [other for other in marks if other in script] == [other for other in marks if mark.startswith(other)]
    assert postgres.execute("SELECT count(*) FROM a JOIN b ON a.b = b.id").fetchone() == (300,)


def test_a_hard_cycle_that_also_refers_outward_and_is_referred_to(postgres, tmp_path):
    postgres.execute(CYCLE.format("NOT NULL", ""))
    postgres.execute("CREATE TABLE c (id int PRIMARY KEY, a int NOT NULL REFERENCES a)")
    postgres.execute("ALTER TABLE a ADD c int REFERENCES c")
    a = Table("a", (*table("a", key("b"), nullable=False).columns, Column("c", INTEGER)), ("id",), (key("b"), key("c")))
    schema = Schema((table("b", key("a"), nullable=False), a, table("c", key("a"), nullable=False)))
    rows = {"a": [{"id": 1, "b": 2, "c": 3}], "b": [{"id": 2, "a": 1}], "c": [{"id": 3, "a": 1}]}
    script = load(postgres, tmp_path, schema, Dataset(rows))
    assert 'UPDATE "a" SET "c" = 3 WHERE "id" = 1;' in script
    assert postgres.execute("SELECT a.c, c.a FROM a, c").fetchone() == (3, 1)


def test_a_nul_character_is_refused_by_the_columns_name(tmp_path):
    with pytest.raises(DataError, match=r"my shop\.item\.label holds a NUL"):
        write_sql(tmp_path / "x", SCHEMA, Dataset({"my shop.item": [{"order_id": 1, "line": 1, "label": "a\0"}]}))


def test_load_order_gives_up_no_key_outside_a_cycle():
    schema = Schema(
        (table("x", key("a")), table("a", key("b")), table("b", key("a")), table("z", key("x")), table("y"))
    )
    order, broken = load_order(schema, ["x", "a", "b", "z"])
    assert order == ["a", "b", "x", "z"]
    assert [(edge.table, edge.key.table) for edge in broken] == [("a", "b")]


def test_load_order_prefers_to_give_up_what_can_wait():
    hard = table("a", key("b"), nullable=False)
    order, broken = load_order(Schema((hard, table("b", key("a")))), ["a", "b"])
    assert order == ["b", "a"]
    assert [edge.table for edge in broken] == ["b"]


def test_parents_come_first_else_the_order_stays():
    shape = table("s", key("s_parent"))
    rows = [{"id": 1, "s_parent": 4}, {"id": 2, "s_parent": 2}, {"id": 3, "s_parent": None}, {"id": 4, "s_parent": 99}]
    ordered, possible = parents_first(shape, rows)
    assert [row["id"] for row in ordered] == [4, 1, 2, 3]
    assert possible
    assert parents_first(shape, [{"id": 1, "s_parent": 2}, {"id": 2, "s_parent": 1}])[1] is False
