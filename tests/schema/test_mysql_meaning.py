"""MariaDB shows every CHECK and computed column in words of its own: they mean what was written, and nothing else."""

from collections.abc import Sequence
from itertools import combinations

import pytest
from servers import mysql_connection

from llmgen.schema.meaning import meaning
from llmgen.schema.sql.expressions import read_expression, sql_of

COLUMNS = """a int, b int, n decimal(10,2), s varchar(20), t varchar(20), d date, e date, ts datetime, j json,
    bn varbinary(16), en enum('p','q'), st set('u','v'), bt bit(1), bo tinyint(1), u int unsigned"""
KINDS = {"a": "integer", "b": "integer", "n": "decimal", "s": "text", "t": "text", "d": "date", "e": "date",
         "ts": "timestamp", "j": "json", "bn": "bytes", "en": "enum", "st": "set", "bt": "boolean", "bo": "boolean",
         "u": "integer"}  # fmt: skip
CHECKS = r"""
a > 0
a >= 1 AND b <= 5
a NOT BETWEEN 1 AND 5
s IN ('x', 'y''z', "q")
s NOT IN ('x', 'y')
a != b
NOT a
!a OR b
NOT (a > 0 AND (b > 0 OR n < 1))
a IS NULL OR b IS NOT NULL
s LIKE 'x%' AND s NOT LIKE 'x!%%' ESCAPE '!'
s REGEXP '^[a-z]+$' AND s NOT REGEXP '^\\d+$'
CHAR_LENGTH(s) > 3
LENGTH(s) > 3
LENGTH(bn) = 16
LOWER(s) = s AND UCASE(t) = t
SUBSTRING(s FROM 1 FOR 2) = 'ab' OR MID(s, 2, 3) = 'cd' OR SUBSTR(s, 2) = 'ef'
TRIM(LEADING 'x' FROM s) <> LTRIM(t)
IF(a > 0, b > 0, TRUE)
IF(a, b, n) AND b
COALESCE(a, b, 0) > IFNULL(n, 0)
NULLIF(a, 0) IS NOT NULL
CASE WHEN a > 0 THEN b > 0 ELSE b < 0 END
CASE a WHEN 1 THEN b > 0 WHEN 2 THEN b < 0 END
CAST(a AS CHAR) <> '7' AND CAST(s AS SIGNED) > 0 AND CAST(s AS DECIMAL(10,2)) > 0
CAST(s AS CHAR(3)) = 'x'
CONVERT(s, SIGNED) > 0 AND CONVERT(s USING utf8mb4) = 'x'
BINARY s = 'abc'
DATE_ADD(d, INTERVAL 1 DAY) > e
d - INTERVAL 2 MONTH > e AND DATE_SUB(e, INTERVAL 1 WEEK) < d
ADDDATE(d, 3) > e OR ADDDATE(d, INTERVAL 3 HOUR) > e OR SUBDATE(d, 1) < e
d + INTERVAL a DAY > e
d > DATE '2020-01-01' AND ts > TIMESTAMP '2020-01-01 10:00:00'
YEAR(d) > 2000 AND MONTH(d) = 1 AND DAY(d) = 2 AND DAYOFWEEK(d) <> 1
EXTRACT(YEAR FROM d) > 2000
DATEDIFF(e, d) > 3
TIMESTAMPDIFF(DAY, d, e) > 3
DATE(ts) = d AND TIME(ts) > '10:00:00' AND HOUR(ts) > 3
a <=> b
a MOD 2 = 0 AND MOD(b, 3) = 1 AND a % 5 = 2
a DIV 2 = 1
a XOR b
a & 1 = 1 AND (a | b) > 0 AND a << 2 > 0 AND ~a > 0
a - (b - 1) > - (a - 1)
(a = 1 OR b = 2) AND n = 3
a = 1 OR b = 2 AND n = 3
bo
NOT bo OR bo = TRUE
bo <> 0 AND a = TRUE
a IS TRUE OR a IS NOT FALSE
a && (b || n)
CONCAT(s, t) <> 'ab' AND CONCAT_WS('-', s, t) <> 'ab'
JSON_VALID(s) AND JSON_EXTRACT(j, '$.x') > 1
JSON_UNQUOTE(JSON_EXTRACT(j, '$.x')) = 'q' OR JSON_VALUE(j, '$.x') = 'q'
n > 0.5 AND n < 1e3 AND n <> 1.50 AND n > -5
s = 'it''s' OR s = 'a\\b' OR s = 'x\ny'
s = _utf8mb4'abc' OR s = N'abc'
s COLLATE utf8mb4_bin = 'abc'
bn = x'00ff' OR bn = 0xFF
bt = b'1'
u < 4 OR bt <> b'10'
GREATEST(a, b) > LEAST(a, b)
ABS(a) > ROUND(n, 2) AND ROUND(n) = n AND CEILING(n) = FLOOR(n)
TRUNCATE(n, 1) = n
REPLACE(s, 'a', 'b') <> s
INSERT(s, 1, 2, 'x') = s
LOCATE('x', s) > 0 AND INSTR(t, 'x') > 0 AND POSITION('y' IN s) > 0
FIND_IN_SET('x', st) > 0 AND FIELD(s, 'x', 'y') > 0
ISNULL(a)
(a IS NULL) = (b IS NULL)
(a IS NULL) + (b IS NULL) = 1
(a, b) IN ((1, 2), (3, 4))
en = 'p' AND en IN ('p', 'q')
LPAD(s, 3, '0') = RIGHT(t, 3)
s BETWEEN 'a' AND 'f'
JSON_CONTAINS(j, '1')
INET_ATON(s) IS NOT NULL
""".strip().splitlines()


def shown(url: str, checks: Sequence[str]) -> list[str]:
    """What the server says of CHECKs."""
    listed = ", ".join(f"CONSTRAINT c{number} CHECK ({check})" for number, check in enumerate(checks))
    with mysql_connection(url) as server, server.cursor() as cursor:
        cursor.execute(f"CREATE OR REPLACE TABLE t ({COLUMNS}, {listed})")
        cursor.execute(
            "SELECT constraint_name, check_clause FROM information_schema.check_constraints "
            "WHERE constraint_schema = DATABASE() AND level = 'Table'"
        )
        found = dict(cursor.fetchall())
    return [str(found[f"c{number}"]) for number in range(len(checks))]


@pytest.mark.mysql
def test_what_the_server_shows_of_checks_means_what_was_written(mysql: str) -> None:
    for written, found in zip(CHECKS, shown(mysql, CHECKS), strict=True):
        assert meaning(written, "mysql", KINDS) == meaning(found, "mysql", KINDS), written


@pytest.mark.mysql
def test_what_the_server_shows_of_computed_columns_means_what_was_written(mysql: str) -> None:
    columns = {f"c{number}": check for number, check in enumerate(CHECKS) if "COLLATE" not in check}
    with mysql_connection(mysql) as server, server.cursor() as cursor:
        listed = ", ".join(f"{name} int AS ({check})" for name, check in columns.items())
        cursor.execute(f"CREATE TABLE v ({COLUMNS}, {listed})")
        cursor.execute(
            "SELECT column_name, generation_expression FROM information_schema.columns "
            "WHERE table_schema = DATABASE() AND table_name = 'v' AND extra LIKE '%GENERATED%'"
        )
        found = dict(cursor.fetchall())
    for name, written in columns.items():
        assert meaning(written, "mysql", KINDS) == meaning(found[name], "mysql", KINDS), written


@pytest.mark.mysql
def test_an_expression_read_and_written_means_the_same(mysql: str) -> None:
    """REGEXP_LIKE is MySQL's alone: MariaDB has the operator."""
    checks = [check for check in CHECKS if "REGEXP" not in check]
    again = [sql_of(read_expression(f"({check})", dialect="mysql").unnest(), "mysql") for check in checks]
    for once, twice in zip(shown(mysql, checks), shown(mysql, again), strict=True):
        assert meaning(once, "mysql", KINDS) == meaning(twice, "mysql", KINDS)


def test_what_means_something_else_is_something_else() -> None:
    meanings = {check: meaning(check, "mysql", KINDS) for check in (*CHECKS, *OTHERS)}
    for one, other in combinations(meanings, 2):
        assert meanings[one] != meanings[other], (one, other)


OTHERS = (
    "a < 0", "a", "a <> 0 AND b", "s = 'X'", "s REGEXP 'x'", "CHAR_LENGTH(s) >= 3", "OCTET_LENGTH(s) = 3", "bt = b'11'",
    "DATE_ADD(d, INTERVAL 1 MONTH) > e", "DATE_SUB(d, INTERVAL 1 DAY) > e", "DATEDIFF(d, e) > 3", "a MOD 3 = 0",
    "NOT bo", "bo = 0 OR a", "IF(a > 0, TRUE, b > 0)", "TRUNCATE(n, 2) = n", "ROUND(n, 1) = n", "s = 'abd'",
    "DAYOFMONTH(d) = 3", "JSON_EXTRACT(j, '$.y') > 1", "j->>'$.y' = 'q'", "bn = x'ff00'", "d > DATE '2020-01-02'",
    "YEAR(d) > 2001", "a XOR n", "a <=> n", "a IS FALSE", "LENGTH(t) > 3", "CAST(s AS CHAR(4)) = 'x'",
    "s COLLATE utf8mb4_general_ci = 'abc'", "s LIKE 'y%'", "a + b > 0", "a - b > 0", "b - a > 0", "1 = 0", "1 = 1",
)  # fmt: skip


@pytest.mark.parametrize(
    ("mysql_sql", "postgres_sql"),
    [
        ("a > 0 AND b <> 5", "a > 0 AND b <> 5"),
        ("CHAR_LENGTH(s) > 3", "length(s) > 3"),
        ("s IN ('x', 'y')", "s IN ('y', 'x')"),
        ("bo", "bo"),
        ("NOT (bo AND a > 1)", "NOT (bo AND a > 1)"),
        ("a = 1 OR s IS NULL", "s IS NULL OR a = 1"),
        ("IFNULL(a, 0) > 1", "coalesce(a, 0) > 1"),
        ("d >= e", "e <= d"),
    ],
)
def test_what_both_dialects_say_is_the_same(mysql_sql: str, postgres_sql: str) -> None:
    assert meaning(mysql_sql, "mysql", KINDS) == meaning(postgres_sql, "postgres", KINDS)
