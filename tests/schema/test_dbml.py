"""DBML: a whole file against the same schema in SQL, each kind of relation, and what its mistakes are told."""

import random
import re
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from llmgen.errors import InputError
from llmgen.schema.dbml import MOST_BYTES, parse_dbml, read_dbml
from llmgen.schema.model import Column, ForeignKey, Schema, Unique
from llmgen.schema.sql import parse_schema
from llmgen.schema.types import array_of, enum, integer, text

SHOP = Path(__file__).parent / "contracts" / "shop.dbml"
SAME = """
CREATE TYPE order_status AS ENUM ('paid', 'pending', 'sent back');
CREATE TYPE core.level AS ENUM ('low', 'high');
CREATE TABLE core.customers (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email varchar(120) NOT NULL UNIQUE,
    name varchar NOT NULL,
    level core.level DEFAULT 'low',
    past order_status[],
    born date,
    referred_by uuid REFERENCES core.customers (id),
    UNIQUE (name, born)
);
CREATE UNIQUE INDEX ON core.customers (lower(email));
CREATE TABLE orders (
    id serial PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES core.customers (id) ON DELETE CASCADE,
    status order_status NOT NULL DEFAULT 'pending',
    total numeric(10, 2) NOT NULL DEFAULT 0,
    balance numeric(8, 2) DEFAULT -1.5,
    paid boolean DEFAULT false,
    placed_at timestamptz DEFAULT now(),
    notes text,
    made timestamp
);
CREATE TABLE products (sku char(8) PRIMARY KEY, tags text[], box geometry_box);
CREATE TABLE order_lines (
    order_id integer REFERENCES orders (id),
    line smallint,
    sku char(8) NOT NULL REFERENCES products (sku),
    PRIMARY KEY (order_id, line)
);
CREATE TABLE tags (id bigserial PRIMARY KEY, label text NOT NULL UNIQUE);
CREATE TABLE "customer cards" (
    number integer PRIMARY KEY, customer_id uuid NOT NULL UNIQUE REFERENCES core.customers (id)
);
CREATE TABLE parcels (
    order_id integer, line integer, weight real,
    FOREIGN KEY (order_id, line) REFERENCES order_lines (order_id, line)
);
CREATE TABLE products_tags (
    products_sku char(8) REFERENCES products (sku),
    tags_id bigint REFERENCES tags (id),
    PRIMARY KEY (products_sku, tags_id)
);
CREATE TABLE tags_tags (
    tags_id bigint REFERENCES tags (id), tags_id_2 bigint REFERENCES tags (id), PRIMARY KEY (tags_id, tags_id_2)
);
"""


def pair(relation: str, first: str = "id int [pk]\n  x int", second: str = "id int [pk]\n  x int") -> Schema:
    """Two tables a and b with a relation."""
    return parse_dbml(f"Table a {{\n  {first}\n}}\nTable b {{\n  {second}\n}}\n{relation}\n", "x.dbml")


def test_a_whole_file_is_the_same_schema_as_its_sql() -> None:
    schema = read_dbml(SHOP)
    same = parse_schema(SAME, dialect="postgres")
    for table in schema.tables:
        assert Schema((table,)).identity == Schema((same.table(table.name),)).identity
    assert schema == same


def test_comments_names_and_what_is_not_known() -> None:
    schema = read_dbml(SHOP)
    customers = schema.table("customers")
    assert (customers.comment, customers.column("email").comment) == ("Who buys", "Lower case")
    assert [unique.name for unique in customers.uniques] == ["", "one_person", ""]
    assert schema.table("order_lines").foreign_keys[1].name == "orders_lines"
    assert [(item.line, item.text, item.why) for item in schema.ignored] == [
        (56, "geometry_box", "products: column box: a type that is not known")
    ]


@pytest.mark.parametrize(
    ("relation", "table", "key", "unique"),
    [
        ("Ref: a.x > b.id", "a", ForeignKey(("x",), "b", ("id",)), False),
        ("Ref: a.id < b.x [delete: set null]", "b", ForeignKey(("x",), "a", ("id",), "set null"), False),
        ("Ref: a.id - b.x", "b", ForeignKey(("x",), "a", ("id",)), True),
        ("Ref: a.x - b.id", "a", ForeignKey(("x",), "b", ("id",)), True),
        ("Ref: a.x - b.x", "b", ForeignKey(("x",), "a", ("x",)), True),
        ("Ref: a.id - b.id", "b", ForeignKey(("id",), "a", ("id",)), False),
        ("Ref two: a.(id, x) > b.(id, x)", "a", ForeignKey(("id", "x"), "b", ("id", "x"), name="two"), False),
    ],
)
def test_relations(relation: str, table: str, key: ForeignKey, unique: bool) -> None:
    schema = pair(relation)
    assert schema.table(table).foreign_keys == (key,)
    assert schema.table("b" if table == "a" else "a").foreign_keys == ()
    assert schema.table(table).uniques == ((Unique(key.columns),) if unique else ())


def test_an_inline_relation_of_one_to_one_begins_where_it_stands() -> None:
    schema = pair("", first="id int [pk, ref: - b.id]")
    assert schema.table("a").foreign_keys == (ForeignKey(("id",), "b", ("id",)),)
    assert pair("", first="x int [ref: - b.x, unique]").table("a").uniques == (Unique(("x",)),)


def test_relations_of_unequal_width_are_said() -> None:
    schema = pair("Ref: a.(id, x) > b.id")
    assert schema.table("a").foreign_keys == ()
    assert [(item.line, item.constrains) for item in schema.ignored] == [(1, True)]


def test_a_table_of_pairs_has_a_free_name() -> None:
    schema = pair("Ref: a.id <> b.id\nTable a_b {\n  id int\n}")
    assert list(schema.by_name) == ["a", "b", "a_b", "a_b_2"]
    assert schema.table("a_b_2").primary_key == ("a_id", "b_id")


@pytest.mark.parametrize(
    ("written", "column"),
    [
        ("c int [increment]", Column("c", integer(), nullable=False, generated="identity")),
        ("c enum('a', 'b')", Column("c", enum(["a", "b"]))),
        ("c mood", Column("c", enum(["glad", "sad"], "mood"))),
        ("c mood[]", Column("c", array_of(enum(["glad", "sad"], "mood")))),
        ("c text [default: 'it''s']", None),
        ('c text [default: "it\'s"]', Column("c", text(), default="'it''s'")),
        ("c int [default: NULL]", Column("c", integer())),
        ("c int [default: -5, not null]", Column("c", integer(), nullable=False, default="-5")),
        ("c int [null]", Column("c", integer())),
    ],
)
def test_columns(written: str, column: Column | None) -> None:
    declared = f"Enum mood {{\n  glad\n  sad\n}}\nTable t {{\n  {written}\n}}\n"
    if column is None:
        with pytest.raises(InputError, match=r"^x\.dbml:6: not DBML that can be read"):
            parse_dbml(declared, "x.dbml")
    else:
        assert parse_dbml(declared).table("t").columns == (column,)


def test_indexes_that_the_library_loses_are_said() -> None:
    block = "  indexes {\n    x [unique]\n  }\n"
    schema = parse_dbml(
        f"Table a {{\n  x int\n  y int\n{block}{block.replace('x', 'y', 2)}}}\n".replace("indeyes", "indexes")
    )
    assert schema.table("a").uniques == (Unique(("x",)),)
    assert [(item.line, item.constrains) for item in schema.ignored] == [(7, True)]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("", "x.dbml: no table in it"),
        ("Table a {\n}\n", "x.dbml:1: Table a has no columns!"),
        ("Table a {\n  id int [primary]\n}\n", "x.dbml:2: not DBML that can be read: id int [primary]"),
        ("Table a {\n  id int\n", "x.dbml:3: not DBML that can be read: the end of a table"),
        ("Table a {\n  id int\n}\n\nTable a {\n  id int\n}\n", "x.dbml:5: public.a(id) is already in the database."),
        (
            "Table a {\n  id int\n  x int [ref: > bees.id]\n}\n",
            "x.dbml:3: Table public.bees not present in the database",
        ),
        ("Table a {\n  id int\n}\nRef: a.id > a.nothing\n", "x.dbml:4: Column nothing not present in table a"),
        ("Table a {\n  id int\n  indexes {\n    zz [unique]\n  }\n}\n", "x.dbml:4: Cannot add index, column"),
        ("Table a {\n  id a.b(1.2.3)\n}\n", "x.dbml:2: "),
        ("Table a {\n  id int" + "(a" * 30 + "\n}\n", "x.dbml:2: more than 6 parentheses inside one another"),
        ("TablePartial a {\n  id int\n}\n", "x.dbml:1: not DBML that can be read: TablePartial a {"),
    ],
)
def test_mistakes_have_their_line(written: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_dbml(written, "x.dbml")
    assert caught.value.message.startswith(message)
    assert caught.value.hint


def test_a_missing_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pydbml", None)
    with pytest.raises(InputError) as caught:
        read_dbml(SHOP)
    assert caught.value.hint == 'pip install "llmgen[dbml]"'


def test_broken_files_are_schemas_or_input_errors() -> None:
    content = SHOP.read_text("utf-8")
    draw = random.Random(7)
    pieces = re.findall(r"\w+|[^\w\s]", content)
    for _ in range(25):
        place = draw.randrange(len(content))
        broken = [content[:place], content[:place] + draw.choice(pieces) + content[place + draw.randrange(4) :]]
        for each in broken:
            started = time.process_time()
            with suppress(InputError):
                assert parse_dbml(each).tables
            assert time.process_time() - started < 10


def test_a_large_file_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    path = tmp_path / "large.dbml"
    path.write_text("Table a {\n  id int\n}\n" * (MOST_BYTES // 20), "utf-8")
    started = time.process_time()
    with pytest.raises(InputError, match="larger than"):
        read_dbml(path)
    assert time.process_time() - started < 5
