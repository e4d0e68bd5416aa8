"""Rows of a whole database: functions of their numbers, with every constraint held by construction."""

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from llmgen.bulk import plan_volume
from llmgen.errors import InputError
from llmgen.schema.model import Schema
from llmgen.schema.sql.reader import parse_schema
from llmgen.settings import ColumnSettings
from llmgen.volume.request import Count, Fixed, Request
from llmgen.volume.rows import Rows

NOW = datetime(2026, 3, 12, tzinfo=UTC)

SHOP = """
CREATE TYPE status AS ENUM ('open', 'paid', 'void');
CREATE TABLE countries (code char(2) PRIMARY KEY CHECK (code ~ '^[A-Z]{2}$'), name text NOT NULL);
CREATE TABLE customers (
  id uuid PRIMARY KEY, email text NOT NULL UNIQUE CHECK (email = lower(email)), full_name text NOT NULL,
  country char(2) NOT NULL REFERENCES countries, referred_by uuid REFERENCES customers,
  born date CHECK (born < '2010-01-01'));
CREATE TABLE orders (
  id serial PRIMARY KEY, customer_id uuid NOT NULL REFERENCES customers, status status NOT NULL,
  placed_at timestamptz NOT NULL, paid_at timestamptz, net numeric(10,2) NOT NULL CHECK (net > 0),
  tax numeric(10,2) NOT NULL, total numeric(10,2) NOT NULL,
  CHECK (total = net + tax), CHECK (tax >= 0 AND tax <= net), CHECK ((status = 'paid') = (paid_at IS NOT NULL)),
  CHECK (paid_at >= placed_at));
CREATE TABLE order_lines (
  order_id int NOT NULL REFERENCES orders, position int NOT NULL, sku varchar(12) NOT NULL, quantity smallint NOT NULL
  CHECK (quantity BETWEEN 1 AND 20), PRIMARY KEY (order_id, position));
CREATE TABLE favourites (customer_id uuid REFERENCES customers, order_id int REFERENCES orders,
  PRIMARY KEY (customer_id, order_id));
"""


def made(sql: str = SHOP, rows: int = 300, **asked: object) -> Rows:
    schema = parse_schema(sql, "shop.sql", "postgres")
    return Rows(plan_volume(schema, Request("7", NOW, every=rows, **asked))[0])  # type: ignore[arg-type]


def whole(rows: Rows, table: str) -> pa.Table:
    return pa.table(rows.cells(table, np.arange(rows.plan.counts[table], dtype=np.uint64)))


@pytest.fixture(scope="module")
def shop() -> Rows:
    return made()


@pytest.mark.parametrize("table", ["countries", "customers", "orders", "order_lines", "favourites"])
def test_any_split_equals_the_whole(shop: Rows, table: str) -> None:
    other, count = made(), shop.plan.counts[table]
    order = np.random.default_rng(3).permutation(count).astype(np.uint64)
    pieces = [pa.table(other.cells(table, part)) for part in np.array_split(order, 7) if len(part)]
    back = pa.array(np.argsort(order))
    assert pa.concat_tables(pieces).combine_chunks().take(back).equals(whole(shop, table))


def test_checks_hold_in_every_row(shop: Rows) -> None:
    for row in whole(shop, "orders").to_pylist():
        assert row["total"] == row["net"] + row["tax"]
        assert 0 <= row["tax"] <= row["net"]
        assert (row["status"] == "paid") == (row["paid_at"] is not None)
        assert row["paid_at"] is None or row["paid_at"] >= row["placed_at"]


def test_references_exist_and_uniques_hold(shop: Rows) -> None:
    customers, orders = whole(shop, "customers"), whole(shop, "orders")
    ids = set(customers["id"].to_pylist())
    assert len(ids) == len(set(customers["email"].to_pylist())) == len(customers)
    assert set(orders["customer_id"].to_pylist()) <= ids
    assert set(customers["referred_by"].to_pylist()) <= ids | {None}
    for table, names in (("order_lines", ("order_id", "position")), ("favourites", ("customer_id", "order_id"))):
        rows = whole(shop, table)
        assert len(set(zip(*(rows[name].to_pylist() for name in names), strict=True))) == len(rows)


def test_another_column_or_table_moves_no_cell(shop: Rows) -> None:
    more = SHOP.replace("full_name text NOT NULL,", "full_name text NOT NULL, nickname text, city text,")
    other = made(more + "CREATE TABLE notes (id serial PRIMARY KEY, body text);")
    for table in ("customers", "orders", "order_lines", "favourites"):
        rows = whole(shop, table)
        assert whole(other, table).select(rows.column_names).equals(rows)


def test_another_seed_gives_other_cells(shop: Rows) -> None:
    schema = shop.plan.schema
    other = Rows(plan_volume(schema, Request("8", NOW, every=300))[0])
    assert not set(whole(other, "customers")["id"].to_pylist()) & set(whole(shop, "customers")["id"].to_pylist())
    again = Rows(plan_volume(schema, Request("8", NOW, every=300, values_seed="7"))[0])
    assert whole(again, "customers").equals(whole(shop, "customers"))


def test_every_state_occurs(shop: Rows) -> None:
    assert set(whole(shop, "orders")["status"].to_pylist()) == {"open", "paid", "void"}


FIXED = {
    "countries": (Fixed("home", {"code": "DE"}),),
    "customers": (
        Fixed("admin", {"email": "admin@shop.example", "full_name": "Ada Admin"}, {"country": "home"}),
        Fixed("other", {"email": "other@shop.example"}, {"country": "home", "referred_by": "admin"}),
    ),
    "orders": (Fixed("big", {"id": 250, "status": "paid", "net": 100}, {"customer_id": "admin"}),),
}


def test_fixed_rows_are_there_and_the_others_keep_away() -> None:
    rows = made(fixed=FIXED)
    customers, orders, countries = (whole(rows, name) for name in ("customers", "orders", "countries"))
    admin, other = customers.slice(0, 2).to_pylist()
    assert (admin["email"], admin["full_name"], admin["country"]) == ("admin@shop.example", "Ada Admin", "DE")
    assert other["referred_by"] == admin["id"]
    big = orders.slice(0, 1).to_pylist()[0]
    assert (big["id"], big["status"], big["customer_id"]) == (250, "paid", admin["id"])
    assert big["paid_at"] is not None
    assert big["total"] == 100 + big["tax"]
    assert sorted(orders["id"].to_pylist()) == list(range(1, 301))
    assert len(set(countries["code"].to_pylist())) == len(countries)
    assert len(set(customers["email"].to_pylist())) == len(customers)


def test_a_fixed_row_may_name_what_is_else_left_to_the_database() -> None:
    sql = "CREATE TABLE t (id serial PRIMARY KEY, place point DEFAULT '(0,0)', name text NOT NULL)"
    assert "place" not in whole(made(sql, 3), "t").column_names
    rows = whole(made(sql, 3, fixed={"t": (Fixed("1", {"place": "(1,2)"}),)}), "t").to_pylist()
    assert [rows[0]["place"], len(rows)] == ["(1,2)", 3]


def test_types_that_only_the_database_has_are_written_where_they_may_be_null() -> None:
    sql = "CREATE TABLE t (id serial PRIMARY KEY, seen inet, during tstzrange, words tsvector)"
    rows = whole(made(sql, 40), "t").to_pylist()
    assert 25 < sum(row["seen"] is not None for row in rows) < 40
    assert 25 < sum(row["during"] is not None for row in rows) < 40
    assert {row["words"] for row in rows} == {None}


def test_fixed_rows_move_no_other_row(shop: Rows) -> None:
    rows = whole(made(fixed={**FIXED, "orders": ()}), "orders")
    before = whole(shop, "orders")
    assert rows.drop(["customer_id"]).equals(before.drop(["customer_id"]))


def test_rows_outside_a_partial_unique_do_not_meet_its_predicate() -> None:
    sql = """
    CREATE TABLE orgs (id serial PRIMARY KEY, name text NOT NULL);
    CREATE TABLE cards (id serial PRIMARY KEY, org_id int NOT NULL REFERENCES orgs, is_default boolean NOT NULL);
    CREATE UNIQUE INDEX one_default ON cards (org_id) WHERE is_default;
    """
    schema: Schema = parse_schema(sql, "x.sql", "postgres")
    request = Request("1", NOW, counts={"orgs": Count(20), "cards": Count(200)})
    cards = whole(Rows(plan_volume(schema, request)[0]), "cards").to_pylist()
    defaults = [card["org_id"] for card in cards if card["is_default"]]
    assert defaults
    assert len(defaults) == len(set(defaults))


def test_a_unique_that_only_its_values_tell_is_kept() -> None:
    sql = """
    CREATE TABLE t (id serial PRIMARY KEY, a int NOT NULL CHECK (a BETWEEN 1 AND 40),
      b int NOT NULL CHECK (b BETWEEN 1 AND 9),
      on_sale boolean NOT NULL);
    CREATE UNIQUE INDEX sums ON t ((a + b)) WHERE on_sale;
    """
    rows = whole(made(sql, 30), "t").to_pylist()
    sums = [row["a"] + row["b"] for row in rows if row["on_sale"]]
    assert len(sums) == len(set(sums)) > 5


def test_a_computed_column_keeps_its_checks_and_its_unique() -> None:
    sql = """
    CREATE TABLE t (id serial PRIMARY KEY, net int NOT NULL CHECK (net > 0), tax int NOT NULL CHECK (tax >= 0),
      total int GENERATED ALWAYS AS (net + tax) STORED UNIQUE CHECK (total <= 90));
    """
    rows = whole(made(sql, 40), "t").to_pylist()
    totals = [row["net"] + row["tax"] for row in rows]
    assert len(set(totals)) == 40
    assert max(totals) <= 90


CUT = """
CREATE TABLE t (id serial PRIMARY KEY, name varchar(20) NOT NULL UNIQUE, kind text NOT NULL CHECK (kind IN ('a', 'b')),
  lo int NOT NULL, hi int NOT NULL, CHECK (kind = 'b' OR (lo % 10 = 0 AND hi % 10 = 0)), CHECK (hi > lo));
"""


def test_rows_far_apart_and_other_ways_in_a_chunk_move_no_cell() -> None:
    """Longer serials elsewhere cut no text here, and steps of other rows no number."""
    rows = made(CUT, 150_000)
    some = np.array([0, 7, 8, 99, 12_345], dtype=np.uint64)
    one_by_one = [pa.table(rows.cells("t", some[at : at + 1])).to_pylist()[0] for at in range(len(some))]
    spread = np.concatenate([some, np.arange(149_000, 150_000, dtype=np.uint64)])
    assert pa.table(rows.cells("t", spread)).to_pylist()[: len(some)] == one_by_one
    for row in pa.table(rows.cells("t", np.arange(2_000, dtype=np.uint64))).to_pylist():
        assert row["hi"] > row["lo"]
        assert row["kind"] == "b" or row["lo"] % 10 == row["hi"] % 10 == 0


def test_edge_values_make_no_row_meet_the_predicate_of_a_partial_unique() -> None:
    sql = """
    CREATE TABLE o (id serial PRIMARY KEY);
    CREATE TABLE t (id serial PRIMARY KEY, o_id int NOT NULL REFERENCES o, note text);
    CREATE UNIQUE INDEX one_open ON t (o_id) WHERE note IS NULL;
    """
    rows = made(sql, None, counts={"o": Count(20), "t": Count(300)}, edges=1.0)  # type: ignore[arg-type]
    cells, _ = rows.edged("t", np.arange(300, dtype=np.uint64))
    open_ones = [row["o_id"] for row in pa.table(cells).to_pylist() if row["note"] is None]
    assert 0 < len(open_ones) == len(set(open_ones))


def fixed(*cells: dict[str, object]) -> tuple[Fixed, ...]:
    return tuple(Fixed(str(place), one) for place, one in enumerate(cells, 1))


@pytest.mark.parametrize("key", ["serial", "uuid"])
def test_what_a_fixed_row_is_not_given_is_its_own(key: str) -> None:
    sql = f"CREATE TABLE t (id {key} PRIMARY KEY, n int NOT NULL UNIQUE CHECK (n BETWEEN 1 AND 100))"
    rows = whole(made(sql, 100, fixed={"t": fixed({"n": 50}, {"n": 3}, {"n": 2})}), "t").to_pylist()
    assert [row["n"] for row in rows[:3]] == [50, 3, 2]
    assert {row["n"] for row in rows} == set(range(1, 101))
    assert len({row["id"] for row in rows}) == 100


def test_several_uniques_keep_away_from_the_same_fixed_rows() -> None:
    sql = """
    CREATE TABLE t (id serial PRIMARY KEY, n int NOT NULL UNIQUE CHECK (n BETWEEN 1 AND 40),
      m int NOT NULL UNIQUE CHECK (m BETWEEN 1 AND 40));
    """
    rows = whole(made(sql, 40, fixed={"t": fixed({"n": 5}, {"m": 7}, {"n": 9}, {"id": 30})}), "t").to_pylist()
    assert [rows[0]["n"], rows[1]["m"], rows[2]["n"], rows[3]["id"]] == [5, 7, 9, 30]
    assert all({row[name] for row in rows} == set(range(1, 41)) for name in ("id", "n", "m"))


def test_rows_keep_away_from_fixed_ones_where_a_unique_is_an_expression() -> None:
    sql = "CREATE TABLE t (id serial PRIMARY KEY, code text NOT NULL CHECK (code ~ '^[a-z][a-z]$'));"
    sql += "CREATE UNIQUE INDEX codes ON t (upper(code));"
    rows = made(sql, 600, fixed={"t": fixed({"code": "aa"}, {"code": "bb"}, {"code": "qx"})})
    assert len(set(whole(rows, "t")["code"].to_pylist())) == 600


def test_rows_keep_away_from_fixed_ones_where_a_unique_is_a_beginning() -> None:
    sql = "CREATE TABLE t (id serial PRIMARY KEY, code text NOT NULL CHECK (code ~ '^[a-z][a-z]?$'));"
    sql += "CREATE UNIQUE INDEX codes ON t (left(code, 1));"
    rows = made(sql, 20, fixed={"t": fixed({"code": "ab"}, {"code": "cd"}, {"code": "zz"})})
    assert len({code[0] for code in whole(rows, "t")["code"].to_pylist()}) == 20


def test_rows_keep_away_from_fixed_ones_where_a_unique_is_a_sum() -> None:
    sql = """
    CREATE TABLE t (id serial PRIMARY KEY, a int NOT NULL CHECK (a BETWEEN 1 AND 30),
      b int NOT NULL CHECK (b BETWEEN 1 AND 30));
    CREATE UNIQUE INDEX sums ON t ((a + b));
    """
    given = fixed(*({"a": a, "b": 20} for a in range(5, 15)))
    rows = whole(made(sql, 40, fixed={"t": given}), "t").to_pylist()
    assert [row["a"] for row in rows[:10]] == list(range(5, 15))
    assert len({row["a"] + row["b"] for row in rows}) == 40


def test_two_fixed_rows_that_agree_on_a_sum_are_refused() -> None:
    sql = "CREATE TABLE t (id serial PRIMARY KEY, a int NOT NULL, b int NOT NULL);"
    sql += "CREATE UNIQUE INDEX sums ON t ((a + b));"
    with pytest.raises(InputError, match="two fixed rows agree"):
        whole(made(sql, 25, fixed={"t": fixed({"a": 10, "b": 20}, {"a": 20, "b": 10})}), "t")


def test_rows_keep_out_of_a_partial_unique_for_a_fixed_row() -> None:
    sql = """
    CREATE TABLE o (id serial PRIMARY KEY);
    CREATE TABLE t (id serial PRIMARY KEY, o_id int NOT NULL REFERENCES o, is_default boolean NOT NULL);
    CREATE UNIQUE INDEX one_default ON t (o_id) WHERE is_default;
    """
    given = fixed({"o_id": 3, "is_default": True}, {"o_id": 4, "is_default": True})
    rows = made(sql, counts={"o": Count(20), "t": Count(200)}, fixed={"t": given})
    found = whole(rows, "t").to_pylist()
    defaults = [row["o_id"] for row in found if row["is_default"]]
    assert defaults[:2] == [3, 4]
    assert len(defaults) == len(set(defaults)) > 3
    assert sum(row["o_id"] in (3, 4) for row in found) > 4


@pytest.mark.parametrize("more", ["n >= 0", "length(kind::text) >= 0"])
def test_rows_solved_one_by_one_keep_what_uniques_tell_apart(more: str) -> None:
    sql = f"""
    CREATE TYPE k AS ENUM ('a', 'b', 'c');
    CREATE TABLE o (id serial PRIMARY KEY);
    CREATE TABLE t (id serial PRIMARY KEY, o_id int NOT NULL REFERENCES o, kind k NOT NULL,
      n int NOT NULL UNIQUE CHECK (n BETWEEN 1 AND 130), a int NOT NULL CHECK (a BETWEEN 0 AND 1000),
      b int NOT NULL CHECK (b BETWEEN 0 AND 1000),
      CHECK ((a * b) % 7 = 3 AND {more}), UNIQUE (o_id, kind));
    """
    rows = whole(made(sql, counts={"o": Count(50), "t": Count(120)}), "t").to_pylist()
    assert len({row["n"] for row in rows}) == 120
    assert len({(row["o_id"], row["kind"]) for row in rows}) == 120


def test_a_template_of_a_fixed_row_repeats_no_other() -> None:
    sql = """
    CREATE TABLE t (id serial PRIMARY KEY, number text NOT NULL UNIQUE,
      n int NOT NULL UNIQUE CHECK (n BETWEEN 1 AND 50));
    """
    columns = {"t.number": ColumnSettings(template="INV-{row:04d}")}
    rows = whole(made(sql, 50, columns=columns, fixed={"t": fixed({"n": 50}, {"number": "INV-0030"})}), "t").to_pylist()
    assert all(len({row[name] for row in rows}) == 50 for name in ("id", "number", "n"))
