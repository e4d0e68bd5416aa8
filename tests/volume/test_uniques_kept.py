"""Uniques over trees, references that must agree and counted rows, and what is said where there is no room."""

from collections import Counter
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from llmgen.bulk import plan_volume
from llmgen.errors import InputError
from llmgen.schema.sql.reader import parse_schema
from llmgen.volume.request import Count, Request
from llmgen.volume.rows import Rows

TENANTS = """
CREATE TABLE t (id int PRIMARY KEY);
CREATE TABLE u (t_id int NOT NULL REFERENCES t, id int NOT NULL, PRIMARY KEY (t_id, id));
CREATE TABLE p (t_id int NOT NULL REFERENCES t, id int NOT NULL, PRIMARY KEY (t_id, id));
CREATE TABLE m (t_id int NOT NULL, u_id int NOT NULL, p_id int NOT NULL, PRIMARY KEY (t_id, u_id, p_id),
  FOREIGN KEY (t_id, u_id) REFERENCES u, FOREIGN KEY (t_id, p_id) REFERENCES p);
"""
USERS = """
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE follows (a int NOT NULL REFERENCES users, b int NOT NULL REFERENCES users, PRIMARY KEY (a, b) %s);
"""
NARROW = """
CREATE TABLE k (code text PRIMARY KEY CHECK (code IN ('a', 'b')));
CREATE TABLE m (id int PRIMARY KEY, code text %s REFERENCES k CHECK (code IN (%s)), kind int NOT NULL
  CHECK (kind BETWEEN 1 AND 4) %s);
"""


def made(sql: str, **counts: int | Count) -> Rows:
    given = {name: Count(count) if isinstance(count, int) else count for name, count in counts.items()}
    schema = parse_schema(sql, "s.sql", "postgres")
    return Rows(plan_volume(schema, Request("7", datetime(2026, 3, 12, tzinfo=UTC), counts=given))[0])


def cells(rows: Rows, table: str, *names: str) -> list[tuple[object, ...]]:
    found = pa.table(rows.cells(table, np.arange(rows.plan.counts[table], dtype=np.uint64)))
    return list(zip(*(found[name].to_pylist() for name in names), strict=True))


def per(count: int, parent: str) -> Count:
    return Count(per=(count, count), parent=parent)


@pytest.mark.parametrize("names", ["parent_id", "parent_id, kind"])
def test_rows_without_parent_differ_where_two_nulls_are_the_same(names: str) -> None:
    sql = f"""CREATE TABLE a (id int PRIMARY KEY, parent_id int REFERENCES a,
      kind int NOT NULL CHECK (kind BETWEEN 1 AND 9), UNIQUE NULLS NOT DISTINCT ({names}))"""
    found = cells(made(sql, a=300), "a", *names.split(", "))
    assert len(set(found)) == 300
    assert any(None in one for one in found)


@pytest.mark.parametrize("unique", ["parent_id, kind", "t_id, parent_id, kind"])
def test_a_tree_within_a_tenant_may_have_a_unique_for_siblings(unique: str) -> None:
    sql = f"""CREATE TABLE t (id int PRIMARY KEY);
    CREATE TABLE n (t_id int NOT NULL REFERENCES t, id uuid PRIMARY KEY, parent_id uuid, kind int NOT NULL
      CHECK (kind BETWEEN 1 AND 12), UNIQUE (t_id, id), UNIQUE ({unique}),
      FOREIGN KEY (t_id, parent_id) REFERENCES n (t_id, id));"""
    rows = made(sql, t=9, n=300)
    known = set(cells(rows, "n", "t_id", "id"))
    assert len({tenant for tenant, _ in known}) > 3
    children = [one for one in cells(rows, "n", "t_id", "parent_id", "kind") if one[1] is not None]
    assert {(tenant, parent) for tenant, parent, _ in children} <= known
    assert len(set(children)) == len(children) > 150


def test_rows_counted_by_a_parent_that_must_agree_with_another() -> None:
    rows = made(TENANTS, t=3, u=40, p=2_000, m=per(3, "u"))
    found = cells(rows, "m", "t_id", "u_id", "p_id")
    assert Counter((tenant, user) for tenant, user, _ in found) == dict.fromkeys(cells(rows, "u", "t_id", "id"), 3)
    assert len(set(found)) == len(found)
    assert {(tenant, other) for tenant, _, other in found} <= set(cells(rows, "p", "t_id", "id"))


@pytest.mark.parametrize(("check", "each"), [("", 3), ("", 10), (", CHECK (a <> b)", 9)])
def test_rows_counted_by_one_of_two_references_to_a_table(check: str, each: int) -> None:
    found = cells(made(USERS % check, users=10, follows=per(each, "users")), "follows", "a", "b")
    assert set(Counter(a for a, _ in found).values()) == {each}
    assert len(set(found)) == 10 * each


def test_more_than_fit_for_one_of_two_references_are_refused() -> None:
    with pytest.raises(InputError, match="only 100 fit"):
        made(USERS % "", users=10, follows=per(11, "users"))


@pytest.mark.parametrize("unique", ["", ", UNIQUE (code)", ", UNIQUE (code, kind)", ", UNIQUE (kind, code)"])
def test_a_reference_that_no_parent_is_admitted_for_is_null(unique: str) -> None:
    rows = made(NARROW % ("", "'x', 'y'", unique), k=2, m=8 if "kind" in unique else 20)
    assert {code for (code,) in cells(rows, "m", "code")} == {None}


@pytest.mark.parametrize(("needed", "fit"), [("", 100), ("NOT NULL", 45)])
def test_pairs_in_order_beyond_their_number_are_null_where_they_may_be(needed: str, fit: int) -> None:
    sql = f"""CREATE TABLE a (id int PRIMARY KEY);
    CREATE TABLE e (id int PRIMARY KEY, a_id int {needed} REFERENCES a, b_id int REFERENCES a,
      UNIQUE (a_id, b_id), CHECK (a_id < b_id));"""
    found = cells(made(sql, a=10, e=fit), "e", "a_id", "b_id")
    pairs = [pair for pair in found if None not in pair]
    assert len(set(pairs)) == len(pairs) > 20
    assert all(a < b for a, b in pairs)
    assert all(a is not None for a, _ in found) or not needed
    with pytest.raises(InputError, match="only 45 fit"):
        made(sql.replace("a_id int ", "a_id int NOT NULL ") if not needed else sql, a=10, e=100)


def test_counted_parents_that_a_check_refuses_are_told_of_before_the_first_row() -> None:
    with pytest.raises(InputError, match="by row of k, but CHECKs or other references leave some of these none"):
        made(NARROW % ("NOT NULL", "'a'", ""), k=2, m=per(3, "k"))


def test_counted_parents_without_a_partner_are_told_of_before_the_first_row() -> None:
    with pytest.raises(InputError, match="by row of u, but CHECKs or other references leave some of these none"):
        made(TENANTS.replace("PRIMARY KEY (t_id, u_id, p_id)", "id int PRIMARY KEY"), t=30, u=40, p=1, m=per(1, "u"))


def test_the_same_number_for_each_of_many_parents_takes_no_memory() -> None:
    sql = "CREATE TABLE o (id bigint PRIMARY KEY);"
    sql += "CREATE TABLE l (id bigint PRIMARY KEY, o_id bigint NOT NULL REFERENCES o);"
    rows = made(sql, o=2_000_000_000, l=per(2, "o"))
    assert rows.plan.counts["l"] == 4_000_000_000
    assert len(set(rows.cells("l", np.arange(4, dtype=np.uint64))["o_id"].to_pylist())) == 4
    with pytest.raises(InputError, match="more than can be made"):
        made(sql, o=10**12, l=per(2, "o"))


def test_a_unique_without_room_is_refused_after_some_rounds() -> None:
    sql = "CREATE TABLE a (id int PRIMARY KEY, code varchar(9) NOT NULL);"
    sql += "CREATE UNIQUE INDEX lengths ON a ((length(code)));"
    with pytest.raises(InputError, match="a is too full to keep its uniques"):
        cells(made(sql, a=30), "a", "code")
