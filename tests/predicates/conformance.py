"""What the real PostgreSQL says about each predicate on each row: the truth that the Arena's answers are held against."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from llmgen.schema.model import Check, Column, ColumnType, Function, Schema, Table

DDL = """
CREATE TYPE state AS ENUM ('open', 'paid', 'void');
CREATE FUNCTION no_padding(value text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT btrim($1) = $1';
CREATE FUNCTION positive(n integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT n > 0';
CREATE TEMP TABLE things (i integer, j integer, b boolean, n numeric(10,2), q numeric, f double precision, t text,
  u varchar(20), c char(5), s state, d date, e date, ts timestamp, tz timestamptz, tm time, iv interval, x jsonb,
  ta text[], ia integer[], by bytea, id uuid)
"""

_T = ColumnType
_TYPES = {
    "i": _T("integer", "integer", bits=32),
    "j": _T("integer", "integer", bits=32),
    "b": _T("boolean", "boolean"),
    "n": _T("decimal", "numeric(10,2)", precision=10, scale=2),
    "q": _T("decimal", "numeric"),
    "f": _T("float", "double precision"),
    "t": _T("text", "text"),
    "u": _T("text", "character varying(20)", length=20),
    "c": _T("text", "character(5)", length=5, fixed=True),
    "s": _T("enum", "state", labels=("open", "paid", "void")),
    "d": _T("date", "date"),
    "e": _T("date", "date"),
    "ts": _T("timestamp", "timestamp without time zone"),
    "tz": _T("timestamptz", "timestamp with time zone"),
    "tm": _T("time", "time without time zone"),
    "iv": _T("interval", "interval"),
    "x": _T("json", "jsonb"),
    "ta": _T("array", "text[]", element=_T("text", "text")),
    "ia": _T("array", "integer[]", element=_T("integer", "integer", bits=32)),
    "by": _T("bytes", "bytea"),
    "id": _T("uuid", "uuid"),
}
SCHEMA = Schema(
    (Table("things", tuple(Column(name, kind) for name, kind in _TYPES.items()), checks=(Check("i > 0", ("i",)),)),),
    functions=(
        Function("no_padding", ("value text",), "SELECT btrim($1) = $1"),
        Function("positive", ("n",), "n > 0"),
    ),
)


def _row(*cells: Any) -> dict[str, Any]:
    return dict(zip(_TYPES, cells, strict=True))


ROWS: list[dict[str, Any]] = [
    _row(1, 2, True, Decimal("1.50"), Decimal("0.125"), 2.5, "ab", "ab", "ab", "open", date(2024, 2, 29),
         date(2024, 3, 1), datetime(2024, 2, 29, 23, 30), datetime(2024, 2, 29, 23, 30, tzinfo=UTC), time(9, 0),
         timedelta(days=30), {"a": 1, "k": "v"}, ["a", "b"], [1, 2], b"\x00\xff", "00000000-0000-4000-8000-000000000001"),
    _row(-7, 2, False, Decimal("-1.50"), Decimal("1.005"), 3.5, "a\nb", "a_b", "abcde", "paid", date(2000, 1, 1),
         date(1999, 12, 31), datetime(2000, 1, 1), datetime(2000, 1, 1, tzinfo=UTC), time(23, 59, 59),
         timedelta(hours=36), [1, 2], [], [], b"", "ffffffff-ffff-4fff-bfff-ffffffffffff"),
    _row(0, -3, None, Decimal("99999999.99"), Decimal("12345678901234.5678"), -0.5, "  é ", "50%", "x", "void",
         date(2400, 12, 31), date(2400, 12, 31), datetime(2400, 6, 15, 12), datetime(2400, 6, 15, 12, tzinfo=UTC),
         time(0, 0), timedelta(0), "text", ["é", None], [0, None], "é".encode(), "00000000-0000-4000-8000-00000000000a"),
    _row(*([None] * len(_TYPES))),
    _row(3, None, True, Decimal("0.00"), None, 0.0, "", "", "", "open", date(2024, 12, 31), None,
         datetime(2024, 12, 31, 23, 59, 59, 999999), None, None, None, None, None, None, None, None),
    _row(None, 5, False, None, Decimal("0"), None, "İstanbul 日本", "AB-12", "AB-12", None, None, date(2024, 1, 31), None,
         datetime(2024, 1, 31, 8, tzinfo=UTC), time(12, 30), timedelta(days=-1), True, ["x"], [5], b"abc", None),
    _row(10, 10, True, Decimal("10.10"), Decimal("3.333"), 1e10, "foo.bar@example.test", "A1b2", "ab  c", "paid",
         date(2023, 2, 28), date(2024, 2, 29), datetime(2023, 2, 28, 12), datetime(2023, 2, 28, 12, tzinfo=UTC),
         time(18, 0), timedelta(days=400), {}, ["a", "a", "c"], [10, 20, 30], b"\\", "12345678-1234-4234-8234-123456789abc"),
    _row(2147483647, 1, True, Decimal("12345.67"), Decimal("-2.5"), -2.5, "a\\b%c", "x\ty", "a", "void", date(2024, 1, 1),
         date(2025, 1, 1), datetime(2024, 1, 1, 0, 0, 1), datetime(2024, 1, 1, 0, 0, 1, tzinfo=UTC), time(6, 7, 8),
         timedelta(days=1, seconds=1), None, ["_"], [2147483647], b"long enough", None),
]  # fmt: skip
