"""PostgreSQL and the rules engine are the judges: both understand every CHECK, default and key that contracts make."""

from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from llmgen.predicates.normalise import check_predicate
from llmgen.schema.contracts import parse_contract, read_contract
from llmgen.schema.dbml import read_dbml
from llmgen.schema.model import Column, Schema

FOLDER = Path(__file__).parent / "contracts"
CONDITIONS = r"""
entities:
  T:
    fields:
      - id: integer pk
      - Order: integer(>-5,<10) default=-1
      - rate: number(>=0.5,<=99.25,3dec)
      - born: date(>=1950-01-01,<2007-12-31) default=now
      - seen: datetime(>2020-01-01T00:00:00) default=now
      - made: timestamptz(>2020-01-01T00:00:00+01:00) default=now
      - open: time(>=08:00,<=22:30:15) default=now
      - name: string(>=2,/^[A-Z]'\w+\b[^\]"]$/,40) default="it's"
      - sku: string(/^\x41{2}[^\b]-(?:\d{3}|\s)+\/?$/)
      - mood: enum[good,"so, so"] default="so, so"
      - tags: string(20)[] optional
      - data: json default={}
      - parent: fk(T)?
"""
SCHEMAS = {
    "conditions": lambda: parse_contract(CONDITIONS),
    "customers": lambda: read_contract(FOLDER / "customers.yaml"),
    "orders": lambda: read_contract(FOLDER / "orders.odcs.yaml"),
    "library": lambda: read_contract(FOLDER / "library.schema.json"),
    "shop": lambda: read_dbml(FOLDER / "shop.dbml"),
}


def ddl(schema: Schema) -> str:
    """CREATE TABLE statements with the types that every server has, and all constraints as they stand."""
    tables = []
    for table in schema.tables:
        parts = [_column(column) for column in table.columns]
        parts += [f"CONSTRAINT {_name(check.name)} CHECK ({check.sql})" for check in table.checks]
        parts += [f"PRIMARY KEY ({_names(table.primary_key)})"] * bool(table.primary_key)
        parts += [f"UNIQUE ({_names(unique.columns)})" for unique in table.uniques if unique.columns]
        name = _name(table.schema or "public") + "." + _name(table.bare_name)
        tables.append(f"CREATE SCHEMA IF NOT EXISTS {_name(table.schema or 'public')};")
        tables.append(f"CREATE TABLE {name} ({', '.join(parts)});")
        tables += [f"CREATE UNIQUE INDEX ON {name} (({e}));" for u in table.uniques for e in u.expressions]
    return "\n".join(tables)


def _column(column: Column) -> str:
    known = "text" if column.type.kind in ("enum", "other") else column.type.sql
    if column.type.element and column.type.element.kind == "enum":
        known = "text[]"
    default = f" DEFAULT {column.default}" if column.default else ""
    return f"{_name(column.name)} {known}{'' if column.nullable else ' NOT NULL'}{default}"


def _name(name: str) -> str:
    return sql.Identifier(name).as_string()


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(map(_name, names))


@pytest.mark.postgres
@pytest.mark.parametrize("name", SCHEMAS)
def test_the_server_takes_what_contracts_say(name: str, postgres: psycopg.Connection) -> None:
    postgres.execute(ddl(SCHEMAS[name]()).encode())


@pytest.mark.postgres
def test_patterns_mean_what_they_mean_in_javascript(postgres: psycopg.Connection) -> None:
    postgres.execute(ddl(parse_contract(CONDITIONS)).encode())
    checks = {check.columns[0]: check.sql for check in parse_contract(CONDITIONS).table("T").checks}
    for column, value, right in (
        ("name", "A'bc!", True), ("name", "A'bc]", False), ("name", "a'bc!", False),
        ("sku", "AAx-123 456/", True), ("sku", "AAx-12", False), ("sku", "AA\b-123", False),
    ):  # fmt: skip
        query = f"SELECT {checks[column]} FROM (SELECT %s::text AS {column}) AS t"
        row = postgres.execute(query.encode(), [value]).fetchone()
        assert row == (right,), (column, value)


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_rules_engine_reads_every_check(name: str) -> None:
    schema = SCHEMAS[name]()
    read = [
        check_predicate(schema, table.name, check.sql, check.name) for table in schema.tables for check in table.checks
    ]
    assert [(predicate.name, predicate.reason) for predicate in read if predicate.status != "exact"] == []
    assert read or name == "shop"
