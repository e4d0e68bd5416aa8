"""Rows come to be after the rows that they refer to, where nothing stands against it."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa

from llmgen.bulk import plan_volume
from llmgen.schema.sql.reader import parse_schema
from llmgen.volume.request import Request
from llmgen.volume.rows import Rows

NOW = datetime(2026, 3, 12, tzinfo=UTC)


def made(sql: str) -> dict[str, list[dict[str, Any]]]:
    rows = Rows(plan_volume(parse_schema(sql, "x.sql", "postgres"), Request("7", NOW, every=400))[0])
    numbers = np.arange(400, dtype=np.uint64)
    whole = {table.name: pa.table(rows.cells(table.name, numbers)) for table in rows.plan.schema.tables}
    for name, table in whole.items():
        pieces = [pa.table(rows.cells(name, part)) for part in np.array_split(numbers, 3)]
        assert pa.concat_tables(pieces).combine_chunks().equals(table)
    return {name: table.to_pylist() for name, table in whole.items()}


def test_children_are_made_after_all_of_their_parents() -> None:
    found = made("""
    CREATE TABLE orgs (id serial PRIMARY KEY, created_at timestamptz NOT NULL);
    CREATE TABLE users (id serial PRIMARY KEY, created_at timestamp NOT NULL, boss int REFERENCES users);
    CREATE TABLE orders (id serial PRIMARY KEY, org int NOT NULL REFERENCES orgs, by int REFERENCES users,
      created_on date NOT NULL, updated_at timestamptz NOT NULL);
    CREATE TABLE visits (id serial PRIMARY KEY, by int NOT NULL REFERENCES users, seen_at timestamptz NOT NULL);
    """)
    orgs = {row["id"]: row["created_at"] for row in found["orgs"]}
    users = {row["id"]: row["created_at"] for row in found["users"]}
    for row in found["orders"]:
        latest = max([orgs[row["org"]].replace(tzinfo=None), *([users[row["by"]]] if row["by"] else [])])
        midnight = datetime.combine(row["created_on"], datetime.min.time())
        assert latest <= midnight <= row["updated_at"].replace(tzinfo=None)
    assert all(
        users[row["by"]] <= row["seen_at"].replace(tzinfo=None) <= NOW.replace(tzinfo=None) for row in found["visits"]
    )
    assert len({row["seen_at"] for row in found["visits"]}) > 390


def test_a_check_goes_before_the_age_of_parents() -> None:
    found = made("""
    CREATE TABLE users (id serial PRIMARY KEY, created_at timestamptz NOT NULL);
    CREATE TABLE notes (id serial PRIMARY KEY, by int NOT NULL REFERENCES users,
      created_at timestamptz NOT NULL CHECK (created_at < '2025-01-01'));
    """)
    assert max(row["created_at"] for row in found["users"]) > datetime(2025, 6, 1, tzinfo=UTC)
    assert max(row["created_at"] for row in found["notes"]) < datetime(2025, 1, 1, tzinfo=UTC)


def test_tables_that_refer_to_each_other_are_of_no_age() -> None:
    found = made("""
    CREATE TABLE teams (id serial PRIMARY KEY, lead int, created_at timestamptz NOT NULL);
    CREATE TABLE people (id serial PRIMARY KEY, team int NOT NULL REFERENCES teams, created_at timestamptz NOT NULL);
    ALTER TABLE teams ADD FOREIGN KEY (lead) REFERENCES people;
    """)
    teams = {row["id"]: row["created_at"] for row in found["teams"]}
    assert any(row["created_at"] < teams[row["team"]] for row in found["people"])
