"""The bounds of partitions as what rows of their table must be: the same from text and server."""

from urllib.parse import quote

import psycopg
import pytest

from llmgen.schema.live import read_live
from llmgen.schema.sql import parse_schema

CASES = (
    (
        "CREATE TABLE t (kind text NOT NULL) PARTITION BY LIST (kind)",
        ("FOR VALUES IN ('b', 'a')", "FOR VALUES IN ('it''s')"),
        "\"kind\" IN ('a', 'b', 'it''s')",
    ),
    (
        "CREATE TABLE t (kind varchar(9)) PARTITION BY LIST (kind)",
        ("FOR VALUES IN ('a')",),
        '"kind" IS NOT NULL AND ("kind" IN (\'a\'))',
    ),
    (
        "CREATE TABLE t (kind text) PARTITION BY LIST (kind)",
        ("FOR VALUES IN ('a', NULL)",),
        '("kind" IN (\'a\')) OR ("kind" IS NULL)',
    ),
    (
        "CREATE TABLE t (day date NOT NULL) PARTITION BY RANGE (day)",
        ("FOR VALUES FROM ('2025-07-01') TO ('2026-01-01')", "FOR VALUES FROM ('2025-01-01') TO ('2025-07-01')"),
        "\"day\" >= '2025-01-01' AND \"day\" < '2026-01-01'",
    ),
    (
        "CREATE TABLE t (at timestamptz NOT NULL) PARTITION BY RANGE (at)",
        ("FOR VALUES FROM ('2025-01-01') TO ('2025-02-01 12:30+02')", "FOR VALUES FROM ('2026-01-01') TO (MAXVALUE)"),
        "(\"at\" >= '2025-01-01 00:00:00+00' AND \"at\" < '2025-02-01 10:30:00+00') OR "
        "(\"at\" >= '2026-01-01 00:00:00+00')",
    ),
    (
        "CREATE TABLE t (n bigint NOT NULL) PARTITION BY RANGE (n)",
        ("FOR VALUES FROM (100) TO (1000)", "FOR VALUES FROM (9) TO (100)"),
        '"n" >= 9 AND "n" < 1000',
    ),
    (
        "CREATE TABLE t (n bigint NOT NULL) PARTITION BY RANGE (n)",
        ("FOR VALUES FROM (MINVALUE) TO (9)", "FOR VALUES FROM (9) TO (MAXVALUE)"),
        "",
    ),
    ("CREATE TABLE t (n bigint NOT NULL) PARTITION BY RANGE (n)", ("FOR VALUES FROM (1) TO (9)", "DEFAULT"), ""),
    (
        "CREATE TABLE t (n bigint NOT NULL) PARTITION BY HASH (n)",
        ("FOR VALUES WITH (MODULUS 1, REMAINDER 0)",),
        "",
    ),
    (
        "CREATE TABLE t (a integer NOT NULL, b integer NOT NULL) PARTITION BY RANGE (a, b)",
        ("FOR VALUES FROM (1, 1) TO (9, 9)",),
        "",
    ),
    ("CREATE TABLE t (name text NOT NULL) PARTITION BY RANGE (name)", ("FOR VALUES FROM ('a') TO ('m')",), ""),
)
NESTED = """
CREATE TABLE t (day date NOT NULL, kind text NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE p1 PARTITION OF t FOR VALUES FROM ('2025-01-01') TO ('2026-01-01') PARTITION BY LIST (kind);
CREATE TABLE p2 PARTITION OF t FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE p1a PARTITION OF p1 FOR VALUES IN ('a');
"""


def written(table: str, parts: tuple[str, ...]) -> str:
    return ";\n".join([table, *(f"CREATE TABLE p{at} PARTITION OF t {part}" for at, part in enumerate(parts))]) + ";"


@pytest.mark.parametrize(("table", "parts", "check"), CASES)
def test_bounds_are_a_check(table: str, parts: tuple[str, ...], check: str) -> None:
    schema = parse_schema(written(table, parts))
    bounds = schema.table("t").bounds
    assert (bounds.sql if bounds else "") == check


def test_bounds_of_partitions_of_partitions_hold_within_theirs() -> None:
    check = parse_schema(NESTED).table("t").bounds
    assert check is not None
    assert check.sql == (
        "(\"day\" >= '2025-01-01' AND \"day\" < '2026-01-01' AND (\"kind\" IN ('a'))) OR "
        "(\"day\" >= '2026-01-01' AND \"day\" < '2027-01-01')"
    )


@pytest.mark.postgres
@pytest.mark.parametrize("text", [*(written(table, parts) for table, parts, _ in CASES), NESTED])
def test_the_server_says_the_same(postgres: psycopg.Connection, text: str) -> None:
    postgres.execute("SET TimeZone = 'UTC'")
    postgres.execute(text.encode())
    info = postgres.info
    live = read_live(f"postgresql://{info.user}@{quote(info.host, safe='')}:{info.port}/{info.dbname}")
    assert live.table("t").bounds == parse_schema(text).table("t").bounds
