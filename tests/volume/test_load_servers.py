"""The harness itself: rows arrive as they are with all constraints on, and what stands in their way is told apart."""

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import psycopg
import pyarrow as pa
import pytest
from loading.catalog_audit import catalog_audit
from loading.loader import load_tables
from loading.outcome import steps
from loading.real_schemas import CONSTRUCTS, Subject, database_of, schema_of
from loading.sqlite_loader import sqlite_connection
from servers import mysql_connection

from llmgen.schema.arrow import arrow_type
from llmgen.schema.model import Schema

BY_NAME = {subject.name: subject for subject in CONSTRUCTS}
MOMENT = datetime(2026, 3, 12, 10, 30, 15, 250_000)


def of_every_server(*names):
    return pytest.mark.parametrize(
        "subject", [pytest.param(BY_NAME[name], id=name, marks=BY_NAME[name].mark) for name in names]
    )


def tables_of(schema: Schema, **rows: list[dict]) -> dict[str, pa.Table]:
    """Arrow tables of rows in Python, each column in the type that the schema's has."""
    found = {}
    for name, given in rows.items():
        types = schema.table(name).by_name
        columns = {
            column: pa.array([row[column] for row in given], arrow_type(types[column].type)) for column in given[0]
        }
        found[name] = pa.table(columns)
    return found


def query(url: str, text: str) -> list[tuple]:
    if url.startswith("sqlite"):
        return sqlite_connection(url).execute(text).fetchall()
    if url.startswith("mysql"):
        with mysql_connection(url) as connection, connection.cursor() as cursor:
            cursor.execute(text)
            return list(cursor.fetchall())
    with psycopg.connect(url) as connection:
        return connection.execute(text.encode()).fetchall()


def circle(subject: Subject) -> dict[str, pa.Table]:
    schema = schema_of(subject)
    if subject.backend == "sqlite":
        return tables_of(
            schema, hens=[{"id": 1, "egg_id": 2}], eggs=[{"id": 2, "hen_id": 1}], nests=[{"hen_id": 1, "how many?": 3}]
        )
    if subject.backend == "mysql":
        tree = [
            {"id": 5, "parent_id": 9, "root_id": 9, "a_id": 1},
            {"id": 9, "parent_id": None, "root_id": 9, "a_id": 2},
        ]
        a, b, c = [{"id": 1, "b_id": 1}, {"id": 2, "b_id": 1}], [{"id": 1, "c_id": 3}], [{"id": 3, "a_id": 2}]
        return tables_of(schema, a=a, b=b, c=c, tree=tree)
    if "deferrable" in subject.name:
        rows = {"a": "b_id", "b": "c_id", "c": "d_id", "d": "a_id"}
        return tables_of(schema, **{name: [{"id": 1, key: 2}, {"id": 2, key: 1}] for name, key in rows.items()})
    return tables_of(
        schema, a=[{"id": 1, "b_id": 7, "name": ""}], b=[{"id": 7, "c_id": 70}], d=[{"id": 1000, "a_id": 1}],
        c=[{"id": "6f1c2b1e-8d3a-4c55-9a70-2f4be0c1d9e8", "part": 1, "d_id": 1000, "number": 70}],
        e=[{"id": 1, "d_id": 1000}, {"id": 2, "d_id": 1000}],
    )  # fmt: skip


@of_every_server("circle.mysql", "circle.sqlite", "circle_deferrable.postgres", "circle_immediate.postgres")
def test_tables_that_need_each_other_load(subject: Subject, tmp_path: Path) -> None:
    tables = circle(subject)
    with database_of(subject, tmp_path) as url:
        outcome = load_tables(url, tables, schema_of(subject))
        assert (outcome.raised, outcome.refused) == ({}, {})
        assert outcome.loaded == {name: rows.num_rows for name, rows in tables.items()}
        assert catalog_audit(url) == []


@of_every_server("circle.mysql", "circle.sqlite", "circle_deferrable.postgres", "circle_immediate.postgres")
def test_a_broken_circle_is_refused_or_found(subject: Subject, tmp_path: Path) -> None:
    tables = circle(subject)
    name = "eggs" if "eggs" in tables else "c"
    place = tables[name].schema.get_field_index("hen_id" if name == "eggs" else "a_id" if "tree" in tables else "d_id")
    field = tables[name].schema.field(place)
    missing = pa.array([404] * tables[name].num_rows, field.type)
    tables[name] = tables[name].set_column(place, field, missing)
    with database_of(subject, tmp_path) as url:
        outcome = load_tables(url, tables, schema_of(subject))
        assert bool(outcome.refused) != bool(catalog_audit(url))
        assert name in outcome.refused or name in " ".join(catalog_audit(url))


def test_tables_of_one_circle_load_in_one_step() -> None:
    schema = schema_of(BY_NAME["circle_immediate.postgres"])
    found = steps(schema, ["e", "d", "c", "b", "a"])
    assert [sorted(names) for names in found] == [["a", "b", "c", "d"], ["e"]]
    assert steps(schema, ["e", "b"]) == [("e",), ("b",)] or steps(schema, ["e", "b"]) == [("b",), ("e",)]


@of_every_server("trigger_raises.postgres", "trigger_raises.mysql", "trigger_raises.sqlite")
def test_triggers_that_raise_are_named_and_the_rest_loads(subject: Subject, tmp_path: Path) -> None:
    accounts = [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Bo"}]
    names = [{"id": 7, "name": "Ada", "account_id": 1}]
    postgres = subject.backend == "postgres"
    logs, books = ("account_logs", "closed_books") if postgres else ("names", "books")
    rows = {
        "accounts": accounts,
        logs: [{"id": 5, "account_id": 1}] if postgres else names,
        books: [{"id": 1, "account_id": 2}],
    }
    if subject.backend == "mysql":
        rows["pages"] = [{"id": 1, "book_id": 1}]
    schema = schema_of(subject)
    with database_of(subject, tmp_path) as url:
        outcome = load_tables(url, tables_of(schema, **rows), schema)
        assert outcome.refused == {}
        assert set(outcome.raised) == set(rows) - {"accounts"}
        assert "the books are closed" in outcome.raised[books]
        assert "made 2 rows" in outcome.raised[logs]
        assert outcome.loaded == {"accounts": 2, logs: 1, **({books: 1} if postgres else {})}
        assert query(url, f"SELECT id FROM {logs}") == ([(5,)] if postgres else [(7,)])
        assert catalog_audit(url) == []


@of_every_server("trigger_raises.postgres", "trigger_raises.mysql", "trigger_raises.sqlite")
def test_rows_that_break_a_constraint_are_refused_by_name_and_the_rest_loads(subject: Subject, tmp_path: Path) -> None:
    schema = schema_of(subject)
    other = "account_logs" if subject.backend == "postgres" else "names"
    row = {"id": 1, "account_id": 404} if subject.backend == "postgres" else {"id": 8, "name": "x", "account_id": 404}
    tables = tables_of(schema, accounts=[{"id": 1, "name": "Ada"}], **{other: [row]})
    with database_of(subject, tmp_path) as url:
        outcome = load_tables(url, tables, schema)
        assert list(outcome.refused) == [other]
        assert "foreign key" in outcome.refused[other].lower()
        assert outcome.loaded == {"accounts": 1}


@pytest.mark.postgres
def test_every_type_arrives_in_postgres_as_it_is(tmp_path: Path) -> None:
    subject = BY_NAME["arrays.postgres"]
    schema = schema_of(subject)
    row = {
        "id": 1, "roles": ["owner", "reader"],
        "labels": ['a "quoted", {one}', "", "NULL", "ü\\"], "scores": [0, None, 100],
        "days": [], "moments": [datetime(2026, 1, 1, tzinfo=UTC)], "digests": [b"\x00\xff", b""], "grid": None,
    }  # fmt: skip
    with database_of(subject, tmp_path) as url:
        assert load_tables(url, tables_of(schema, members=[row]), schema).refused == {}
        found = query(url, f"SELECT roles::text[], {', '.join(list(row)[2:])} FROM members")
        assert found == [tuple(row.values())[1:]]
    subject = BY_NAME["odd_types.postgres"]
    schema = schema_of(subject)
    row = {
        "id": "1", "address": "10.0.0.1/8",
        "flags": "01010101", "price": Decimal("12.50"), "nick": '"Q"\n', "small": -5,
        "r": 0.5, "exact": datetime(2026, 3, 29, 1, 30, tzinfo=UTC), "uuid": "6f1c2b1e-8d3a-4c55-9a70-2f4be0c1d9e8",
        "big": Decimal("-0.000001"), "millis": MOMENT, "pair": "(1,x)", "path": "a.b",
    }  # fmt: skip
    with database_of(subject, tmp_path) as url:
        typed = tables_of(schema, oddities=[row])
        assert load_tables(url, typed, schema).refused == {}
        found = query(url, "SELECT price::numeric, nick, small, r, exact, big, millis FROM oddities")
        assert found == [tuple(row[name] for name in ("price", "nick", "small", "r", "exact", "big", "millis"))]


@pytest.mark.mysql
def test_every_type_arrives_in_mysql_as_it_is(tmp_path: Path) -> None:
    subject = BY_NAME["kinds_of_text.mysql"]
    schema = schema_of(subject)
    row = {
        "key": bytes(range(16)), "from": MOMENT.replace(microsecond=0), "to": MOMENT.replace(microsecond=0),
        "at": MOMENT.replace(tzinfo=UTC), "day": date(2028, 2, 29), "clock": time(23, 59, 59),
        "code": "a%s'",
        "body": "100% 'ü' \\ \U0001f600", "raw": b"\x00'\\", "settings": '{"a": 1}',
        "total": Decimal("0.10"), "100%": None,
    }  # fmt: skip
    with database_of(subject, tmp_path) as url:
        assert load_tables(url, tables_of(schema, order=[row]), schema).refused == {}
        ((key, at, day, clock, code, body, raw, total),) = query(
            url, "SELECT `key`, cast(at AS char), day, cast(clock AS char), code, body, raw, total FROM `order`"
        )
        assert (key, day, code, body, raw, total) == (
            *(row[name] for name in ("key", "day", "code", "body", "raw", "total")),
        )
        assert clock == "23:59:59"
        assert re.fullmatch(r"2026-03-12 \d\d:30:15\.250", at)  # the hour is that of the server's zone


@pytest.mark.mysql
def test_every_number_arrives_in_mysql_as_it_is(tmp_path: Path) -> None:
    subject = BY_NAME["numbers.mysql"]
    schema = schema_of(subject)
    row = {
        "id": 0, "tiny": -128, "utiny": 255, "small": -32768, "usmall": 65535, "medium": 8388607, "umedium": 16777215,
        "plain": -(2**31), "uplain": 2**32 - 1, "big": -(2**63), "ubig": 2**64 - 1, "flag": True, "bits": 63,
        "one": True, "made": 2024, "price": Decimal("999999.99"), "share": 0.25, "zero": 42,
    }  # fmt: skip
    with database_of(subject, tmp_path) as url:
        assert load_tables(url, tables_of(schema, numbers=[row]), schema).refused == {}
        names = [name for name in row if name not in ("bits", "one", "flag")]
        assert query(url, f"SELECT {', '.join(names)} FROM numbers") == [tuple(row[name] for name in names)]
        assert query(url, "SELECT bits + 0, one + 0, flag FROM numbers") == [(63, 1, 1)]


def test_every_type_arrives_in_sqlite_as_it_is(tmp_path: Path) -> None:
    subject = BY_NAME["strict.sqlite"]
    schema = schema_of(subject)
    row = {"id": 3, "email": "ü@x", "score": 0.5, "raw": b"\x00", "any_of": None}
    with database_of(subject, tmp_path) as url:
        assert load_tables(url, tables_of(schema, users=[row]), schema).refused == {}
        assert query(url, "SELECT * FROM users") == [tuple(row.values())]
