"""A table with a column of every kind, strategies for its cells, and rows as the batches that volume runs make."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pyarrow as pa
from hypothesis import strategies as st

from llmgen.schema.arrow import arrow_type
from llmgen.schema.forms import encode_text
from llmgen.schema.model import Column, ColumnType, Table

INT = ColumnType("integer", "integer", bits=32)
TEXT = ColumnType("text", "text")
HUGE = ColumnType("decimal", "numeric(50,2)", precision=50, scale=2)
LOOSE = ColumnType("decimal", "numeric")

HOSTILE = [
    "", " ", " a", "a ", "a\n", "\\.", "\\.\n", "\\", '"', ",", "a,b", "'", "\r", "\t", "\x0b", "\x1f", "\x7f",
    "\x85", "a\xa0", "\u2003a", "\u2028", "a\u2029", "\u3000", "\u180e", "\ufeff", "NULL", "null", "é", "e\u0301", "🎉",
    "مرحبا", "{}", "\x08\x0c", "a\u2028b", "😀\\\"\n",
]  # fmt: skip
_TEXTS = st.sampled_from(HOSTILE) | st.text(st.characters(codec="utf-8", exclude_characters="\x00"))
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=5,
)
_FLOATS = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from(
    [0.0, -0.0, 1e-4, 1e-5, 1e-6, 1e-7, 1e9, 1e10, 1e15, 1e16, 1e22, 123.25, 5e-324, -1e-5, 0.1, 12345678901.5]
)


def _whole(digits):
    edge = [0, 1, -1, 10**digits - 1, 1 - 10**digits, 10 ** (digits // 2), 5 * 10 ** (digits // 2)]
    return st.integers(1 - 10**digits, 10**digits - 1) | st.sampled_from(edge) | st.integers(-10_000, 10_000)


def _decimals(precision, scale):
    return _whole(precision).map(lambda number: Decimal(f"{number}E-{scale}") if number else Decimal(f"0E-{scale}"))


def loose(cell):
    """The number with two decimals at least and no zeros behind them, as all text formats write it."""
    head, tail = f"{cell:.6f}".split(".")
    return Decimal(f"{head}.{tail[:2]}{tail[2:].rstrip('0')}")


_MOMENTS = st.datetimes() | st.datetimes().map(lambda moment: moment.replace(microsecond=0))

KINDS = {
    "small": (ColumnType("integer", "smallint", bits=16), st.integers(-(2**15), 2**15 - 1)),
    "big": (ColumnType("integer", "bigint unsigned", bits=64, unsigned=True), st.integers(0, 2**64 - 1)),
    "money": (ColumnType("decimal", "numeric(12,2)", precision=12, scale=2), _decimals(12, 2)),
    "rate": (ColumnType("decimal", "numeric(20,9)", precision=20, scale=9), _decimals(20, 9)),
    "whole": (ColumnType("decimal", "numeric(38)", precision=38), _decimals(38, 0)),
    "loose": (LOOSE, _decimals(30, 6).map(loose)),
    "huge": (HUGE, _decimals(50, 2)),
    "ratio": (ColumnType("float", "double precision"), _FLOATS),
    "flag": (ColumnType("boolean", "boolean"), st.booleans()),
    "day": (ColumnType("date", "date"), st.dates()),
    "clock": (ColumnType("time", "time"), st.times() | st.times().map(lambda found: found.replace(microsecond=0))),
    "wall": (ColumnType("timestamp", "timestamp"), _MOMENTS),
    "moment": (ColumnType("timestamptz", "timestamptz"), _MOMENTS.map(lambda moment: moment.replace(tzinfo=UTC))),
    "span": (ColumnType("interval", "interval"), st.timedeltas()),
    "ref": (ColumnType("uuid", "uuid"), st.uuids().map(str)),
    "doc": (ColumnType("json", "jsonb"), _JSON.filter(lambda found: found is not None)),
    "blob": (ColumnType("bytes", "bytea"), st.binary()),
    "mood": (ColumnType("enum", "mood", labels=tuple(HOSTILE)), st.sampled_from(HOSTILE)),
    "some": (ColumnType("set", "set('a','b')", labels=("a", "b")), st.sampled_from(["", "a", "a,b"])),
    "net": (ColumnType("other", "int4range"), st.sampled_from(["[1,5)", "empty", '["a b",)'])),
    'odd "name"': (TEXT, _TEXTS),
}
_ARRAYS = {
    f"{name}s": (ColumnType("array", f"{kind.sql}[]", element=kind), st.lists(st.none() | cells, max_size=3))
    for name, (kind, cells) in KINDS.items()
}
_NESTED = ColumnType("array", "text[][]", element=_ARRAYS['odd "name"s'][0])
ALL = KINDS | _ARRAYS | {"grid": (_NESTED, st.lists(st.lists(_TEXTS, max_size=2), max_size=2))}

TABLE = Table("every kind", tuple(Column(name, kind) for name, (kind, _) in ALL.items()))
ROWS = st.fixed_dictionaries({name: st.none() | cells for name, (_, cells) in ALL.items()})

SAMPLE = {
    "small": -3, "big": 2**64 - 1, "money": Decimal("12.50"), "rate": Decimal("0.000000100"), "whole": Decimal(10**20),
    "loose": Decimal("7.00"), "huge": Decimal("-1234567890123456789012345678901234567890.50"), "ratio": 1e-5,
    "flag": True, "day": date(2028, 2, 29), "clock": time(1, 2, 3), "wall": datetime(1, 1, 1),
    "span": timedelta(days=-3, hours=5),
    "moment": datetime(2026, 3, 29, 1, 30, 0, 1, tzinfo=UTC), "ref": "6f1c2b1e-8d3a-4c55-9a70-2f4be0c1d9e8",
    "doc": {"a": [1, 2.5, None, True, 'it\'s \\ "x"\n'], "日本": {}}, "blob": b"\x00\\'\xff", "mood": "a,b",
    "some": "a,b", "net": "[1,5)", 'odd "name"': "O'Brien said \"hi\",\r\nC:\\new; -- \\.",
    "docs": [{"k": ["v"]}, None, "x"],
}  # fmt: skip


def batch_of(table, rows):
    """The rows as a batch of the types of `arrow_type`; a cell that Arrow has no type for is text."""
    arrays = [pa.array([_cell(c.type, row.get(c.name)) for row in rows], arrow_type(c.type)) for c in table.columns]
    return pa.RecordBatch.from_arrays(arrays, names=[column.name for column in table.columns])


def _cell(type, value):
    if type.kind == "array" and value is not None:
        return [_cell(type.element, item) for item in value]
    return encode_text(type, value) if arrow_type(type) == pa.string() else value
