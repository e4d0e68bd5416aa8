"""Rows that must be there: read from a file, and refused with their place where they cannot be."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from llmgen.bulk import Target, populate
from llmgen.errors import InputError
from llmgen.schema.sql.reader import parse_schema
from llmgen.volume.fixed import read_fixed
from llmgen.volume.request import Request

SCHEMA = parse_schema(
    """
    CREATE TABLE orgs (id serial PRIMARY KEY, region text NOT NULL, name text NOT NULL, UNIQUE (region, name));
    CREATE UNIQUE INDEX names ON orgs (lower(name)) WHERE region <> 'XX';
    CREATE TABLE users (
      id serial PRIMARY KEY, email varchar(30) NOT NULL UNIQUE, tier text NOT NULL CHECK (tier IN ('free', 'pro')),
      org_id int REFERENCES orgs, low int NOT NULL, high int NOT NULL, CONSTRAINT in_order CHECK (low <= high));
    """,
    "fixed.sql",
    "postgres",
)
NOW = datetime(2026, 3, 12, tzinfo=UTC)


def written(folder: Path, text: str) -> Path:
    """A database of five rows a table with these fixed rows."""
    (folder / "fixed.yaml").write_text(text)
    fixed = read_fixed(folder / "fixed.yaml", SCHEMA)
    populate(SCHEMA, Request("7", NOW, every=5, fixed=fixed), Target(folder / "out"))
    return folder / "out"


@pytest.mark.parametrize(
    "text",
    [
        "users: {a: {email: a@b.example, org_id: 5}, b: {tier: pro}}",
        "users: {a: {org_id: main}}\norgs: {main: {id: 77}}",
        "orgs: {a: {region: XX, name: One}, b: {region: XX, name: ONE}}",
        "users: {a: {low: 5}, b: {high: -5}}",
        "users: [{email: a@b.example}]",
    ],
)
def test_what_keeps_the_constraints_is_written(tmp_path: Path, text: str) -> None:
    assert written(tmp_path, text).is_dir()


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("users: {a: {tier: gold}}", "users.a", "tier IN"),
        ("users: {a: {}, b: {low: 5, high: 4}}", "users.b", "low <= high"),
        ("users: {a: {email: x@y.example}, b: {email: x@y.example}}", "users.b.email", "same email"),
        ("users: {a: {id: 3}, b: {id: 3}}", "users.b.id", "primary key"),
        ("users: {a: {org_id: 77}}", "users.a.org_id", "a row of orgs that is not there"),
        ("orgs: {a: {region: A, name: One}, b: {region: A, name: One}}", "orgs.b", "same region, name"),
        ("orgs: {a: {region: A, name: One}, b: {region: B, name: ONE}}", "orgs.b", "same LOWER(name)"),
    ],
)
def test_a_row_that_breaks_a_constraint_is_refused(tmp_path: Path, text: str, where: str, what: str) -> None:
    with pytest.raises(InputError) as refused:
        written(tmp_path, text)
    assert f"the fixed row {where}" in refused.value.message
    assert what in refused.value.message
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("users: {a: {}, a: {}}", "fixed.yaml:1: a stands here a second time"),
        ("users:\n  a:\n    tier: pro\n    tier: free\n", "fixed.yaml:4: tier stands here a second time"),
        ("users: {a: {}}\nusers: {b: {}}", "fixed.yaml:2: users stands"),
        ("", "no tables"),
        ("users: 5", "neither rows by name nor a list"),
        ("users: {a: {nope: 1}}", "users.a: nope: no such column"),
        ("users: {a: {email: null}}", "email is not null"),
        ("users: {a: {org_id: nobody}}", "org_id must be a whole number"),
        ("users: [: ", "while parsing"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(tmp_path: Path, text: str, what: str) -> None:
    with pytest.raises(InputError) as refused:
        written(tmp_path, text)
    assert what in refused.value.message


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        read_fixed(tmp_path / "none.yaml", SCHEMA)
    assert "cannot be read: No such file" in refused.value.message
