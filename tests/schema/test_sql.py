"""Reading SQL files: every construct of Postgres DDL, what cannot be read, and that nothing is lost in silence."""

import random
import re
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmgen.errors import InputError
from llmgen.schema.model import Check, Exclude, ForeignKey, Function, Unique
from llmgen.schema.sql import parse_schema, read_schema

EVERY = Path(__file__).with_name("every_construct.sql")
EVERY_TEXT = EVERY.read_text("utf-8")
SCHEMA = read_schema(EVERY)


def test_all_tables_are_read_in_order() -> None:
    assert list(SCHEMA.by_name) == [
        "shelves", "readers", "Customers", "types", "orders", "sales.orders", "lines", "events", "animals", "dogs",
        "copies", "rooms",
    ]  # fmt: skip
    schemas = {table.name: table.schema for table in SCHEMA.tables if table.schema}
    assert schemas == {"shelves": "library", "readers": "library", "sales.orders": "sales", "lines": "sales"}
    assert SCHEMA.table("sales.orders").bare_name == "orders"


def test_every_create_table_is_a_table_or_named_as_ignored() -> None:
    text = re.sub(r"--.*|/\*.*\*/", "", EVERY_TEXT)
    declared = re.findall(r'CREATE TABLE (?:IF NOT EXISTS )?"?([\w.]+)', text)
    declared = [name for name in declared if name not in ("no", "inside")]
    ignored = [item.text.split()[2] for item in SCHEMA.ignored if item.text.startswith("CREATE TABLE")]
    assert ignored == ["events_2024", "events_2025", "cats", "gone"]
    assert len(declared) == len(SCHEMA.tables) + len(ignored)


def test_what_was_not_understood_is_named_with_its_line() -> None:
    lines = EVERY_TEXT.splitlines()
    for item in SCHEMA.ignored:
        assert " ".join(lines[item.line - 1].split())[:20] in item.text or item.text[:20] in lines[item.line - 1]
    assert [(item.text[:20], item.why) for item in SCHEMA.ignored if item.constrains] == [
        (
            "CREATE TABLE events_",
            "a partition of events: storage, not a table; rows outside the bounds of all its partitions are refused",
        ),
        ("CREATE TRIGGER touch", "a trigger may change or refuse rows"),
        ("CREATE RULE silent A", "a rewrite rule may change or refuse rows"),
    ]


def test_columns_of_a_table() -> None:
    table = SCHEMA.table("Customers")
    shape = [(c.name, c.type.sql, c.nullable, c.default, c.generated) for c in table.columns]
    assert shape == [
        ("Id", "bigint", False, None, "identity"),
        ("name", "text", False, "'x'", ""),
        ("select", "integer", True, "(1 + 2)", ""),
        ("mail", "varchar(120)", False, None, ""),
        ("office", "varchar(120)", False, "'nobody@example.test'", ""),
        ("mood", "mood", True, "CAST('happy' AS mood)", ""),
        ("moods", "mood[]", False, "'{}'", ""),
        ("stage", 'sales."Stage"', True, None, ""),
    ]
    assert table.primary_key == ("Id",)
    assert table.column("mood").type.labels == ("sad", "it's fine", "calm", "happy")
    assert table.column("stage").type.labels == ("open", "won")
    element = table.column("moods").type.element
    assert element is not None
    assert element.kind == "enum"


def test_checks_inline_of_the_table_of_domains_and_unnamed() -> None:
    assert SCHEMA.table("Customers").checks == (
        Check('"select" > 0', ("select",), "Customers_select_check"),
        Check('"select" <> 7', ("select",), "not_seven"),
        Check("name <> '' AND \"select\" < 100", ("name", "select"), "named_check"),
        Check("name IS NOT NULL OR mood IS NULL", ("name", "mood"), "Customers_check"),
        Check("TRUE", (), "Customers_check1"),
        Check("mail LIKE '%_@_%'", ("mail",), "email_at"),
        Check("LOWER(mail) = mail", ("mail",), "email_check"),
        Check("LENGTH(mail) < 100", ("mail",), "email_short"),
        Check("office LIKE '%_@_%'", ("office",), "email_at"),
        Check("LOWER(office) = office", ("office",), "email_check"),
        Check("LENGTH(office) < 100", ("office",), "email_short"),
    )


def test_keys_uniques_and_references() -> None:
    orders = SCHEMA.table("orders")
    assert orders.primary_key == ("tenant", "id")
    assert orders.foreign_keys == (
        ForeignKey(("customer",), "Customers", ("Id",), "set null", True, "orders_customer_fkey"),
        ForeignKey(("tenant", "parent_id"), "orders", ("tenant", "id"), name="orders_tenant_parent_id_fkey"),
    )
    assert orders.uniques == (
        Unique(("tenant", "code"), nulls_distinct=False, name="one_code"),
        Unique(("customer",), "status = 'new'", ("LOWER(code)",), name="one_open"),
        Unique(("customer",), None, ("placed + 1",), name="orders_customer_expr_idx"),
        Unique(("note",), nulls_distinct=False, name="one_note"),
    )
    assert [check.name for check in orders.checks] == ["orders_check", "known_status"]
    assert orders.comment == "What people 'ordered'"
    assert orders.column("code").comment == "Ours; not theirs"
    assert SCHEMA.table("sales.orders").foreign_keys == (
        ForeignKey(("tenant", "main"), "orders", ("tenant", "id"), "cascade", name="to_main"),
    )
    assert SCHEMA.table("lines").foreign_keys[0].table == "sales.orders"
    assert SCHEMA.table("readers").foreign_keys[0].referenced == ("code",)


def test_identities_and_computed_columns() -> None:
    types = SCHEMA.table("types")
    assert types.column("id").generated == "identity-always"
    assert types.column("other_id").generated == "identity"
    assert (types.column("doubled").generated, types.column("doubled").expression) == ("stored", "a * 2")
    assert not types.column("doubled").written
    assert SCHEMA.table("sales.orders").column("id").generated == "identity"
    assert SCHEMA.table("lines").column("no").generated == "identity-always"
    assert types.column("state").default == "CASE WHEN (1 IS NOT NULL) THEN 'a' ELSE 'b' END"
    assert not types.column("state").nullable


def test_children_and_copies() -> None:
    dogs = SCHEMA.table("dogs")
    assert [column.name for column in dogs.columns] == ["id", "name", "legs", "breed"]
    assert dogs.primary_key == ()
    assert not dogs.column("id").nullable
    assert [check.name for check in dogs.checks] == ["animals_legs_check", "short_breed"]
    copies = SCHEMA.table("copies")
    assert len(copies.columns) == len(SCHEMA.table("types").columns) + 1
    assert {column.generated for column in copies.columns} == {""}
    assert [check.name for check in copies.checks] == ["types_price_check"]


def test_functions_of_one_expression() -> None:
    assert SCHEMA.functions == (
        Function("half", ("amount", "by_"), "amount / by_"),
        Function("twice", ("argument_1",), "argument_1 * 2"),
    )


def test_a_file_without_tables_is_an_error_with_a_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"broken:3: no table could be read.*parenthesis is not closed") as caught:
        parse_schema("SELECT 1;\n\nCREATE TABLE t (id integer;\n", "broken")
    assert caught.value.hint
    with pytest.raises(InputError, match="no CREATE TABLE in it"):
        parse_schema("SELECT 1; CREATE VIEW v AS SELECT 1")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no CREATE TABLE"),
        (b"SQLite format 3\0 CREATE TABLE t (id integer);", "binary"),
        (b"CREATE TABLE t (\n id integer);\n-- caf\xe9", ":3: not UTF-8"),
        (b'datasource db { provider = "x" }', "no table could be read"),
    ],
)
def test_files_that_are_no_sql(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "schema.sql"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        read_schema(path)
    assert str(path) in caught.value.message
    assert caught.value.hint


def test_a_missing_file_and_a_directory(tmp_path: Path) -> None:
    for path in (tmp_path / "no.sql", tmp_path):
        with pytest.raises(InputError, match=re.escape(str(path))):
            read_schema(path)


def test_a_byte_order_mark_and_windows_lines_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "schema.sql"
    path.write_bytes(b"\xef\xbb\xbfCREATE TABLE t (\r\n  id integer\r\n);\r\nBAD;")
    schema = read_schema(path)
    assert list(schema.by_name) == ["t"]
    assert schema.ignored[0].line == 4


def test_exclusions_are_read_with_their_operators() -> None:
    schema = parse_schema("""CREATE TABLE bookings (room int, starts_at timestamptz, ends_at timestamptz, gone bool,
        CONSTRAINT free EXCLUDE USING gist (room WITH =, tstzrange(starts_at, ends_at, '[)') WITH &&) WHERE (NOT gone));
        ALTER TABLE bookings ADD EXCLUDE USING btree ("room" WITH OPERATOR(pg_catalog.=));
        ALTER TABLE bookings RENAME COLUMN room TO "Room"; ALTER TABLE bookings DROP CONSTRAINT bookings_room_excl;""")
    assert schema.table("bookings").excludes == (
        Exclude((('"Room"', "="), ("tstzrange(starts_at, ends_at, '[)')", "&&")), "NOT gone", "free"),
    )
    assert SCHEMA.table("rooms").excludes == (Exclude((("during", "&&"),), None, "rooms_during_excl"),)
    assert schema.ignored == ()


@pytest.mark.parametrize(
    "text",
    [
        "x;" * 20_000,
        "(" * 200_000,
        "create table t (a int" * 20_000,
        "".join(f"$a{number}$ " for number in range(100_000)),
        "'\"'" * 100_000,
        "/*" * 200_000,
        "create table t (a int check (" + "(" * 100_000,
        "create table t (a int); " + "insert into t values (1, 'x');" * 30_000,
        "create table t (a int check (" + "(" * 5_000 + "a > 0" + ")" * 5_000 + "))",
    ],
    ids=["statements", "parens", "unclosed", "dollars", "quotes", "comments", "check", "data", "deep"],
)
def test_garbage_ends_in_bounded_time(text: str) -> None:
    start = time.process_time()
    with suppress(InputError):
        parse_schema(text)
    assert time.process_time() - start < 10


@given(st.integers(0, 10_000), st.integers(1, 300))
def test_damage_ends_in_a_schema_or_an_input_error(seed: int, width: int) -> None:
    start = random.Random(seed).randrange(len(EVERY_TEXT))
    try:
        schema = parse_schema(EVERY_TEXT[:start] + EVERY_TEXT[start + width :])
    except InputError:
        return
    for table in schema.tables:
        assert set(table.primary_key) <= set(table.by_name)
        for key in table.foreign_keys:
            assert set(key.columns) <= set(table.by_name)
            assert set(key.referenced) <= set(schema.table(key.table).by_name)
        for unique in table.uniques:
            assert set(unique.columns) <= set(table.by_name)


@pytest.mark.parametrize("gone", ["(", ")", ",", "CHECK", "integer", "PRIMARY", "REFERENCES"])
def test_one_broken_statement_leaves_the_others_and_is_named(gone: str) -> None:
    broken = "CREATE TABLE b (id integer PRIMARY KEY, c text CHECK (c <> ''), a integer REFERENCES a)".replace(
        gone, "", 1
    )
    schema = parse_schema(f"CREATE TABLE a (id integer PRIMARY KEY);\n{broken};\nCREATE TABLE c (id integer);")
    assert any(item.constrains and item.line == 2 for item in schema.ignored)
    assert "a" in schema.by_name
    assert "c" in schema.by_name
