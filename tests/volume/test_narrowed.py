"""References to some rows alone: as CHECKs of their column, nullable keys and predicates of uniques want it."""

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from llmgen.bulk import plan_volume
from llmgen.errors import InputError
from llmgen.schema.sql.reader import parse_schema
from llmgen.volume.request import Count, Request
from llmgen.volume.rows import Rows

NOW = datetime(2026, 3, 12, tzinfo=UTC)
LEDGER = """
CREATE TABLE classes (id serial PRIMARY KEY, name text NOT NULL);
CREATE TABLE accounts (
  id serial PRIMARY KEY, class_id int NOT NULL REFERENCES classes CHECK (class_id IN (2, 5)),
  other_id int REFERENCES classes CHECK (other_id > 40));
CREATE TABLE kinds (id smallint UNIQUE CHECK (id IN (1, 2, 3, 4)), name text PRIMARY KEY);
CREATE TABLE orders (id serial PRIMARY KEY, kind_id smallint NOT NULL REFERENCES kinds (id));
CREATE TABLE places (
  id serial PRIMARY KEY, account_id int NOT NULL REFERENCES accounts, class_id int NOT NULL REFERENCES classes);
CREATE UNIQUE INDEX ON places (account_id) WHERE class_id = 1;
CREATE TABLE seats (
  account_id int NOT NULL REFERENCES accounts, class_id int NOT NULL REFERENCES classes CHECK (class_id < 5),
  PRIMARY KEY (account_id, class_id));
"""


def cells(sql: str, table: str, rows: int, **counts: Count) -> pa.Table:
    plan = plan_volume(parse_schema(sql, "s.sql", "postgres"), Request("7", NOW, every=rows, counts=counts))[0]
    return pa.table(Rows(plan).cells(table, np.arange(plan.counts[table], dtype=np.uint64)))


def test_a_check_leaves_a_reference_some_parents() -> None:
    found = cells(LEDGER, "accounts", 100)
    assert set(found["class_id"].to_pylist()) == {2, 5}
    others = found["other_id"].to_pylist()
    assert None in others
    assert {other for other in others if other} <= set(range(41, 101))


def test_a_key_of_such_a_reference_is_kept() -> None:
    found = cells(LEDGER, "seats", 100).to_pylist()
    assert len({(row["account_id"], row["class_id"]) for row in found}) == 100
    assert {row["class_id"] for row in found} <= {1, 2, 3, 4}


def test_what_must_refer_to_a_row_refers_to_none_without_the_key() -> None:
    assert cells(LEDGER, "kinds", 60)["id"].null_count == 56
    assert set(cells(LEDGER, "orders", 60)["kind_id"].to_pylist()) == {1, 2, 3, 4}


def test_a_unique_for_one_parent_is_kept_in_all_rows() -> None:
    assert len(set(cells(LEDGER, "places", 80)["account_id"].to_pylist())) == 80


def test_parents_that_no_check_admits_are_named() -> None:
    with pytest.raises(InputError, match=r"no row of classes has a id that CHECKs of accounts\.class_id admit"):
        cells(LEDGER, "accounts", 100, classes=Count(rows=1))


def test_a_part_of_a_key_may_repeat_where_another_part_never_does() -> None:
    sql = "CREATE TABLE m (word text, official boolean, PRIMARY KEY (word, official));"
    found = cells(f"{sql} CREATE UNIQUE INDEX ON m (lower(word));", "m", 50)
    assert len(set(found["word"].to_pylist())) == 50
    assert set(found["official"].to_pylist()) == {True, False}
