"""Columns of cells read at once: they fit exactly where each cell by itself does, and mean the same."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from llmgen.schema.forms import BadCell, decode
from llmgen.schema.model import Column, ColumnType, Table
from llmgen.validate.bulk_cells import typed_columns

TYPES = {
    "smallint": ColumnType("integer", "smallint", bits=16),
    "unsigned": ColumnType("integer", "bigint unsigned", bits=64, unsigned=True),
    "money": ColumnType("decimal", "numeric(5,2)", precision=5, scale=2),
    "loose": ColumnType("decimal", "numeric"),
    "float": ColumnType("float", "float8"),
    "text": ColumnType("text", "varchar(6)", length=6),
    "char": ColumnType("text", "char(3)", length=3, fixed=True),
    "boolean": ColumnType("boolean", "boolean"),
    "date": ColumnType("date", "date"),
    "time": ColumnType("time", "time"),
    "timestamp": ColumnType("timestamp", "timestamp"),
    "timestamptz": ColumnType("timestamptz", "timestamptz"),
    "uuid": ColumnType("uuid", "uuid"),
    "enum": ColumnType("enum", "kind", labels=("a", "b")),
    "set": ColumnType("set", "set('a','b')", labels=("a", "b")),
    "json": ColumnType("json", "jsonb"),
    "bytes": ColumnType("bytes", "bytea"),
    "interval": ColumnType("interval", "interval"),
}
ODD = [
    "", "0", "-0", "+5", "007", "5.", ".5", "1e2", "0x1F", "1_0", " 5", "5 ", "nan", "inf", "-Infinity", "32767",
    "32768", "18446744073709551615", "18446744073709551616", "999.99", "1000", "1.234", "1.2300",
    "1e-9", "1e400", "9" * 40,
    "abcdef", "abcdefg", "abc   ", "abc d", "a\0b", "é" * 6, "😀" * 7, "true", "T", "yes", "a", "b,a", "a,a", "c",
    "2026-03-12", "2026-3-1", "0000-01-01", "9999-12-31", "2026-02-29", "20260312", "10:00", "24:00", "10:00:60",
    "10:00:00.1234567", "2026-03-12T10", "2026-03-12T10Z", "2026-03-12T10+01:00", "2026-03-12T10:00",
    "2026-03-12 10:00", "2026-03-12t10:00:00Z", "2026-03-12T10:00:00z",
    "2026-03-12T10:00:00 +01", "2026-03-12T10:00:00.123456+0130",
    "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "0000-12-31T23:59:59Z", "2026-03-12T00:00:00",
    "6f1c2b1e-8d3a-4c55-9a70-2f4be0c1d9e8", "6F1C2B1E-8D3A-4C55-9A70-2F4BE0C1D9E8", "6f1c2b1e8d3a4c559a702f4be0c1d9e8",
    "6f1c2b1e-8d3a-4c55-9a70-2f4be0c1d9e-", '{"b": 1, "a": [null]}', "NaN", "[1", "\\x00ff", "\\x0", "AA==", "P1D",
    "1 day",
]  # fmt: skip


def read_at_once(type: ColumnType, texts: list[str]) -> list[Any] | None:
    table = Table("t", (Column("c", type),))
    found = typed_columns(table, pa.table({"c": pa.array(texts, pa.string())}), text=True)
    return None if found is None else found["c"].to_pylist()


def read_singly(type: ColumnType, text: str) -> Any:
    """The decoded cell; Ellipsis where it does not fit."""
    try:
        return decode(type, text, text=True)
    except BadCell:
        return ...


def in_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def same(type: ColumnType, one: Any, many: Any) -> bool:
    """Whether a decoded cell is what the column has: as it is, or as text that the database reads."""
    match one:
        case Decimal():
            return bool(Decimal(many) == one)
        case time() if isinstance(many, str):
            return bool(time.fromisoformat(many) == one)
        case datetime():
            return bool(in_utc(many) == in_utc(one))
        case date() if isinstance(many, datetime):
            return bool(many == datetime(one.year, one.month, one.day))
        case _ if type.kind == "json":
            return bool(decode(type, many, text=True) == one)
        case _:
            return bool(many == one)


@pytest.mark.parametrize("name", TYPES)
def test_every_odd_spelling_fits_or_not_as_by_itself(name: str) -> None:
    for text in ODD:
        one, many = read_singly(TYPES[name], text), read_at_once(TYPES[name], [text])
        assert (many is None) == (one is ...), text
        assert many is None or same(TYPES[name], one, many[0]), text


@settings(max_examples=400)
@given(st.sampled_from(sorted(TYPES)), st.lists(st.text("0123456789.-+:eTZ axé", max_size=12), min_size=1, max_size=3))
@example("timestamptz", ["2026-03-12T10:00:00Z", "2026-03-12 10:00"])
@example("timestamp", ["2026-03-12T10:00:00", "2026-03-12T10:00:00+01:00"])
def test_a_column_fits_where_each_of_its_cells_does(name: str, texts: list[str]) -> None:
    singly = [read_singly(TYPES[name], text) for text in texts]
    at_once = read_at_once(TYPES[name], texts)
    assert (at_once is None) == (... in singly)
    assert at_once is None or all(same(TYPES[name], *pair) for pair in zip(singly, at_once, strict=True))


@pytest.mark.parametrize(
    ("array", "type"),
    [
        (pa.array([40_000], pa.int32()), "smallint"),
        (pa.array([-1], pa.int64()), "unsigned"),
        (pa.array([Decimal("1000.00")]), "money"),
        (pa.array([Decimal("1.234")]), "money"),
        (pa.array([float("nan")]), "float"),
        (pa.array([5]), "text"),
        (pa.array([datetime(2026, 3, 12, 10)]), "date"),
        (pa.array([True]), "smallint"),
    ],
)
def test_cells_that_are_typed_are_held_to_the_column_too(array: pa.Array, type: str) -> None:
    table = Table("t", (Column("c", TYPES[type]),))
    assert typed_columns(table, pa.table({"c": array}), text=True) is None


def test_typed_cells_fit_whatever_their_width() -> None:
    table = Table(
        "t", tuple(Column(name, TYPES[name]) for name in ("smallint", "money", "date", "timestamptz", "text"))
    )
    moment = datetime(2026, 3, 12, 10, tzinfo=UTC)
    cells = pa.table(
        {
            "smallint": pa.array([5], pa.uint8()),
            "money": pa.array([Decimal("1.5")]),
            "date": pa.array([date(2026, 3, 12)]),
            "timestamptz": pa.array([moment], pa.timestamp("ms", "Europe/Berlin")),
            "text": pa.array(["é"], pa.large_string()),
        }
    )
    found = typed_columns(table, cells, text=True)
    assert found is not None
    assert [found[name].to_pylist()[0] for name in cells.column_names] == [
        5,
        Decimal("1.50"),
        date(2026, 3, 12),
        moment,
        "é",
    ]


def test_what_may_not_be_null_or_is_no_column_does_not_fit() -> None:
    table = Table(
        "t", (Column("a", TYPES["text"], nullable=False), Column("b", TYPES["text"], nullable=False, default="''"))
    )
    a, null = pa.array(["x"]), pa.nulls(1, pa.string())
    assert typed_columns(table, pa.table({"a": a}), text=True) is not None
    for cells in ({"b": a}, {"a": null}, {"a": a, "b": null}, {"a": a, "c": a}):
        assert typed_columns(table, pa.table(cells), text=True) is None
