"""Constraints of newer Postgres, odd spellings, and one bad clause among good ones."""

import pytest

from llmgen.schema.model import Column, ColumnType, Unique
from llmgen.schema.sql import parse_schema


def test_clauses_of_postgres_18() -> None:
    schema = parse_schema("""CREATE TABLE t (
        a integer, b integer GENERATED ALWAYS AS (a + 1) VIRTUAL, c integer GENERATED ALWAYS AS (a * 2),
        d integer CHECK (d > 0) NOT ENFORCED, e text CHECK (e <> '') ENFORCED NOT NULL,
        f integer REFERENCES t (a) NOT ENFORCED, UNIQUE (a), CONSTRAINT g_not_null NOT NULL a NO INHERIT,
        CHECK (d < 9) NOT ENFORCED, PRIMARY KEY (e, a WITHOUT OVERLAPS),
        FOREIGN KEY (d, PERIOD a) REFERENCES t (d, PERIOD a)
    )""")
    table = schema.table("t")
    assert [column.generated for column in table.columns] == ["", "virtual", "virtual", "", "", ""]
    assert [check.sql for check in table.checks] == ["e <> ''"]
    assert table.foreign_keys == ()
    assert [column.name for column in table.columns if not column.nullable] == ["a", "e"]
    assert [(item.text[:11], item.constrains) for item in schema.ignored] == [
        ("CHECK (d > ", False),
        ("REFERENCES ", False),
        ("CHECK (d < ", False),
        ("PRIMARY KEY", True),
        ("FOREIGN KEY", True),
    ]


def test_a_bad_clause_loses_only_itself() -> None:
    schema = parse_schema("""CREATE TABLE t (
        id integer PRIMRY KEY NOT NULL,
        n integer CHECK (n >) UNIQUE,
        ,
        m integer DEFAULT 1 NOT NULL
    )""")
    assert schema.table("t").columns == (
        Column("id", ColumnType("integer", "integer", bits=32), nullable=False),
        Column("n", ColumnType("integer", "integer", bits=32)),
        Column("m", ColumnType("integer", "integer", bits=32), nullable=False, default="1"),
    )
    assert schema.table("t").uniques == (Unique(("n",), name="t_n_key"),)
    assert [item.line for item in schema.ignored] == [2, 3, 4]


def test_defaults_end_where_the_next_constraint_begins() -> None:
    schema = parse_schema("""CREATE TABLE t (
        a timestamp DEFAULT (now() AT TIME ZONE 'utc') NOT NULL,
        b text DEFAULT NULL::character varying UNIQUE,
        c text DEFAULT 'x'::text COLLATE "C" CONSTRAINT named CHECK (c <> 'DEFAULT NOT NULL'),
        d interval DEFAULT interval '1 day' NULL,
        e boolean DEFAULT NULL PRIMARY KEY,
        f text DEFAULT 'a' || nextval('s'),
        g numeric DEFAULT nextval('s') NOT NULL,
        h bigint DEFAULT nextval('s')
    )""")
    assert schema.ignored == ()
    shape = [(c.default, c.nullable, c.generated) for c in schema.table("t").columns]
    assert shape == [
        ("(CURRENT_TIMESTAMP AT TIME ZONE 'utc')", False, ""),
        (None, True, ""),
        ("CAST('x' AS TEXT)", True, ""),
        ("INTERVAL '1 DAY'", True, ""),
        (None, False, ""),
        ("'a' || nextval('s')", True, ""),
        ("nextval('s')", False, ""),
        (None, True, "identity"),
    ]
    assert schema.table("t").checks[0].name == "named"


def test_names_fold_as_postgres_folds_them() -> None:
    schema = parse_schema(
        'CREATE TABLE "T" (ID integer, "Id" integer, CHECK (iD > "Id"), "a""b" text, UNIQUE ("a""b", Id))'
    )
    table = schema.table("T")
    assert list(table.by_name) == ["id", "Id", 'a"b']
    assert (table.checks[0].sql, table.checks[0].columns) == ('id > "Id"', ("id", "Id"))
    assert table.uniques[0].columns == ('a"b', "id")


def test_long_names_are_cut_as_postgres_cuts_them() -> None:
    table, column = "t" * 40, "c" * 70
    schema = parse_schema(f"CREATE TABLE {table} ({column} integer CHECK ({'c' * 63} > 0))")
    assert list(schema.table(table).by_name) == ["c" * 63]
    assert schema.table(table).checks[0].name == f"{'t' * 28}_{'c' * 28}_check"


def test_names_in_several_schemas_and_the_search_path() -> None:
    schema = parse_schema("""
        SELECT pg_catalog.set_config('search_path', 'app, public', false);
        CREATE TABLE users (id integer PRIMARY KEY);
        CREATE TABLE public.users (id integer PRIMARY KEY);
        CREATE TABLE auth.users (id integer PRIMARY KEY, other integer REFERENCES users);
        CREATE TABLE auth.tokens (user_id integer REFERENCES users);
        SET search_path TO DEFAULT;
        CREATE TABLE notes (
            a integer REFERENCES users, b integer REFERENCES auth.users, c integer REFERENCES tokens(user_id)
        );
    """)
    assert list(schema.by_name) == ["app.users", "users", "auth.users", "tokens", "notes"]
    assert schema.table("tokens").schema == "auth"
    assert [key.table for key in schema.table("tokens").foreign_keys] == ["auth.users"]
    assert [key.table for key in schema.table("notes").foreign_keys] == ["users", "auth.users", "tokens"]


def test_a_child_has_its_parents_columns_but_not_their_keys() -> None:
    schema = parse_schema("""
        CREATE TABLE a (k text PRIMARY KEY, n integer);
        CREATE TABLE b (n integer NOT NULL, m integer);
        CREATE TABLE c (k text, own integer) INHERITS (a, b);
        ALTER TABLE a ADD CHECK (n > 0), ADD late date;
        CREATE TABLE d () INHERITS (c);
    """)
    child = schema.table("c")
    assert [(column.name, column.nullable) for column in child.columns] == [
        ("k", False), ("n", False), ("m", True), ("own", True), ("late", True),
    ]  # fmt: skip
    assert child.primary_key == ()
    assert [check.name for check in child.checks] == ["a_n_check"]
    assert "d" not in schema.by_name
    assert [item.why for item in schema.ignored] == ["a child without columns of its own of c: storage, not a table"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("jsonb_typeof(j -> 'a') = 'array'", "JSONB_TYPEOF((j -> 'a')) = 'array'"),
        ("jsonb_array_length(j -> 'a' -> 'b') > n", "JSONB_ARRAY_LENGTH((j -> 'a' -> 'b')) > n"),
        ("((j ->> 'a'::text) = 'b'::text)", "((j ->> 'a') = CAST('b' AS TEXT))"),
    ],
)
def test_keys_of_json_in_calls_and_with_casts(written: str, read: str) -> None:
    (check,) = parse_schema(f"CREATE TABLE t (j jsonb, n integer, CHECK ({written}))").table("t").checks
    assert check.sql.lower() == read.lower()
    assert "j" in check.columns
