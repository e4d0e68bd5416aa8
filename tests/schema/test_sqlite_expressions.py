"""A CHECK that is read and written again answers as SQLite answers to the one that was written, row by row."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import product

import pytest
import sqlglot
from sqlglot import exp
from sqlite_files import OLDEST, TOO_OLD

from llmgen.schema.sql import parse_schema

COLUMNS = {"n": "INTEGER", "m": "INTEGER", "a": "TEXT", "b": "TEXT", "d": "DATETIME", "j": "JSON"}
VALUES = (
    (None, 0, 1, 2, -1), (None, 1, 3), (None, "", "x", "X", "xy", "x!%", "1", "it's"), (None, "x", "y"),
    (None, "2020-01-01", "2020-01-02 00:00:00", "bad"), (None, '{"x": 1, "l": [1, 2]}', "[1]"),
)  # fmt: skip
TABLE = f"CREATE TABLE t ({', '.join(f'{name} {type_}' for name, type_ in COLUMNS.items())}"

EXPRESSIONS = """
a GLOB '[0-9]*'
a NOT GLOB 'x*'
a ISNULL
a NOT NULL AND b NOTNULL
a IS NOT 'x'
a IS b
a IS NOT DISTINCT FROM b
n == 1 AND n != m
a = x'61'
j ->> '$.x' = 1
j -> '$.x' = '1'
j ->> 'x' = 1
json_extract(j, '$.x') = 1 OR json_array_length(j, '$.l') = 2
json_valid(j) AND json_type(j) = 'object'
a = 'X' COLLATE NOCASE
a COLLATE NOCASE = "X"
CAST(a AS INTEGER) = 1
CAST(n AS TEXT) = '1'
CAST(n AS REAL) / 2 = .5
typeof(n) = "integer"
a LIKE 'x!%' ESCAPE '!'
a NOT LIKE 'X%'
n BETWEEN 1 AND 2 AND m
n NOT BETWEEN 1 AND 2
a IN ('x', 'y') OR n NOT IN (1, NULL)
n IN ()
instr(a, 'x') > 0
strftime('%Y', d) > '2000' AND date(d) IS NOT NULL
datetime(d) = d OR date(d, '+1 day') > d
a || b = 'xy'
a || n + 1 = 2
CASE n WHEN 1 THEN 0 ELSE 1 END
CASE WHEN n > 1 THEN m > 1 END
iif(n > 1, 'a', 'b') = 'b'
n & 1 = 1 AND n | m = 3
n << 1 = 2 OR ~n = -2
n % 2 = 0 AND n / 2 = 0
- -n = 1 OR -n < +m
(n, m) > (1, 2)
n IS TRUE AND m IS NOT FALSE
NOT n = 1
NOT (n OR m)
n = 1 OR n = 2 AND m = 3
(n = 1 OR n = 2) AND m = 3
n - (m - 1) > n - m - 1
n > m > 0
n = m IS NOT NULL
n IS NULL = m
(n IS NULL) + (m IS NULL) = 1
(n IS NOT NULL) <> (m IS NOT NULL)
substr(a, 1, 1) = 'x' AND substr(a, -1) = 'y'
n = 0x1 OR n = 1e0
replace(a, 'x', 'y') = 'y'
trim(a, 'x') = '' OR ltrim(a, 'x') <> rtrim(a)
upper(a) = a AND lower(a) <> a
min(n, m) > 0 AND max(n, m, 1) > 1
ifnull(n, 0) = coalesce(m, 0)
nullif(a, 'x') IS NULL
round(n, 2) = n AND abs(n) = 1
printf('%d', n) = '1'
hex(a) = '78' OR unicode(a) = 120 OR char(120) = a
quote(a) = '''it''''s'''
[a] = `b` OR "n" = t.m
T.N = M
likely(n > 1)
"""
COMMENTED = "length(a) -- a comment\n <= 1 /* another */"


@pytest.fixture(scope="module")
def rows() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"{TABLE})")
        marks = ", ".join("?" * len(COLUMNS))
        connection.executemany(f"INSERT INTO t VALUES ({marks})", product(*VALUES))
        yield connection


@pytest.mark.skipif(sqlite3.sqlite_version_info < OLDEST, reason=TOO_OLD)
@pytest.mark.parametrize("expression", [*EXPRESSIONS.strip().splitlines(), COMMENTED])
def test_it_answers_the_same(expression: str, rows: sqlite3.Connection) -> None:
    schema = parse_schema(f"{TABLE}, CHECK ({expression}\n))", dialect="sqlite")
    (check,) = schema.tables[0].checks
    assert schema.ignored == ()
    written, read = (rows.execute(f"SELECT {sql}\n FROM t").fetchall() for sql in (expression, check.sql))
    assert written == read
    assert len(set(written)) > 1 or expression == "n IN ()"
    assert not isinstance(sqlglot.parse_one(check.sql, read="sqlite"), exp.Command)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('CASE WHEN "end" > 1 THEN 1 ELSE 0 END', 'CASE WHEN "end" > 1 THEN 1 ELSE 0 END'),
        ("end > 1", '"end" > 1'),
        ("CAST(text AS TEXT) = 'x'", "CAST(\"text\" AS TEXT) = 'x'"),
        ('CAST(length AS "INTEGER") = 1', "CAST(length AS INTEGER) = 1"),
        ("Text LIKE key || 'x'", "\"text\" LIKE key || 'x'"),
        ("length(length) > 1", "LENGTH(length) > 1"),
        ("replace(text, 'a', 'b') = 'b'", "(REPLACE(\"text\", 'a', 'b') = 'b')"),
    ],
)
def test_columns_called_as_words_of_sql_are(written: str, read: str) -> None:
    schema = parse_schema(
        f"CREATE TABLE t (end INT, text TEXT, key TEXT, length INT, CHECK ({written}))", dialect="sqlite"
    )
    assert [check.sql for check in schema.tables[0].checks] == [read]


@pytest.mark.parametrize("expression", ["a >", "a = 1_000", "SELECT 1", "a b", "a NOT IN ('x') COLLATE NOCASE", ""])
def test_what_cannot_be_read_is_said(expression: str) -> None:
    schema = parse_schema(f"{TABLE}, CHECK ({expression}))", dialect="sqlite")
    assert schema.tables[0].checks == ()
    assert [item.constrains for item in schema.ignored] == [True]
