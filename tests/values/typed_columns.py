"""One column of every kind, and random domains for them: what the tests of columns of many rows share."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from llmgen.predicates.patterns import Pattern
from llmgen.predicates.ranges import Domain, base_domain
from llmgen.schema.forms import decode
from llmgen.schema.model import Column, ColumnType
from llmgen.values.streams import Words, key, mix

LABELS = ("new", "paid", "void")
TYPES: Mapping[str, ColumnType] = {
    "integer": ColumnType("integer", "integer", bits=32),
    "tiny": ColumnType("integer", "tinyint", bits=8),
    "small": ColumnType("integer", "smallint unsigned", bits=16, unsigned=True),
    "wide": ColumnType("integer", "bigint unsigned", bits=64, unsigned=True),
    "decimal": ColumnType("decimal", "numeric(8,2)", precision=8, scale=2),
    "fine": ColumnType("decimal", "numeric(38,18)", precision=38, scale=18),
    "widest": ColumnType("decimal", "decimal(65,30)", precision=65, scale=30),
    "loose": ColumnType("decimal", "numeric"),
    "float": ColumnType("float", "double precision"),
    "boolean": ColumnType("boolean", "boolean"),
    "enum": ColumnType("enum", "e", labels=LABELS),
    "set": ColumnType("set", "set('new','paid','void')", labels=LABELS),
    "date": ColumnType("date", "date"),
    "time": ColumnType("time", "time"),
    "timestamp": ColumnType("timestamp", "timestamp"),
    "timestamptz": ColumnType("timestamptz", "timestamptz"),
    "interval": ColumnType("interval", "interval"),
    "uuid": ColumnType("uuid", "uuid"),
    "json": ColumnType("json", "jsonb"),
    "bytes": ColumnType("bytes", "bytea"),
    "hash": ColumnType("bytes", "binary(20)", length=20, fixed=True),
    "text": ColumnType("text", "text"),
    "short": ColumnType("text", "varchar(3)", length=3),
    "array": ColumnType("array", "int[]", element=ColumnType("integer", "integer", bits=32)),
    "words": ColumnType("array", "text[]", element=ColumnType("text", "text")),
    "other": ColumnType("other", "inet"),
}


def column(name: str, called: str = "x") -> Column:
    """The column of that type; it may not be NULL."""
    return Column(called, TYPES[name], nullable=False)


def words(count: int, seed: str = "words") -> Words:
    """So many words."""
    return mix(key(seed), np.arange(count, dtype=np.uint64))


def python(column: Column, cells: pa.Array) -> list[Any]:
    """The cells as the Python values of their column's type."""
    return [decode(column.type, cell, text=column.type.kind in ("json", "interval")) for cell in cells.to_pylist()]


_DAYS = st.dates(date(1900, 1, 1), date(2200, 1, 1))
_MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1))
_ENDS: Mapping[str, st.SearchStrategy[Any]] = {
    "integer": st.integers(-(2**31), 2**31 - 1) | st.integers(-50, 2_000),
    "tiny": st.integers(-128, 127),
    "small": st.integers(0, 2**16 - 1),
    "wide": st.integers(0, 2**40),
    "decimal": st.decimals(Decimal("-999999"), Decimal("999999"), places=2, allow_nan=False),
    "fine": st.decimals(Decimal(-10**6), Decimal(10**6), places=4),
    "loose": st.decimals(Decimal(-10**6), Decimal(10**6), places=6),
    "float": st.floats(-1e6, 1e6),
    "date": _DAYS,
    "timestamp": _MOMENTS,
    "timestamptz": _MOMENTS.map(lambda moment: moment.replace(tzinfo=UTC)),
    "time": st.times(),
    "interval": st.timedeltas(timedelta(days=-400), timedelta(days=400)),
}  # fmt: skip


@st.composite
def ranges(draw: st.DrawFn) -> tuple[str, Domain]:
    """A type with an order and a domain of it: ends open or closed or none, a step, a few exclusions."""
    name = draw(st.sampled_from(list(_ENDS)))
    one, two = sorted((draw(_ENDS[name]), draw(_ENDS[name])))
    domain = Domain(
        TYPES[name].kind,
        draw(st.sampled_from(["free", "never"])),
        low=draw(st.sampled_from([one, None])),
        high=draw(st.sampled_from([two, None])),
        low_open=draw(st.booleans()),
        high_open=draw(st.booleans()),
        excluded=tuple(draw(st.lists(_ENDS[name] | st.sampled_from([one, two]), max_size=3))),
        step=draw(st.sampled_from([None, None, Fraction(5)])) if TYPES[name].kind == "integer" else None,
    )
    met = base_domain(column(name)).meet(domain)
    return name, met or base_domain(column(name))


TEXTS = (
    Domain("text", max_length=1),
    Domain("text", max_length=7),
    Domain("text", min_length=60),
    Domain("text", min_length=3, max_length=3, case="upper"),
    Domain("text", case="lower", trimmed=True, excluded=("amber",)),
    Domain("text", patterns=(Pattern(r"\A[A-Z]+\Z"), Pattern("Q", negated=True)), max_length=5, min_length=2),
    Domain("text", patterns=(Pattern("[^ ]"), Pattern(r"\A.*@.*\Z"))),
    Domain("text", patterns=(Pattern(r"^[A-Z]{2}-\d{2}$"),)),
    Domain("text", patterns=(Pattern(r"^[a-zа-я]\d?$"),)),
    Domain("text", patterns=(Pattern(r"^(A[0-9]|B[0-9a])$"),)),
    Domain("text", patterns=(Pattern(r"^(A[0-9]{6}|B[0-9a]{9})$"), Pattern("99", negated=True))),
    Domain("text", values=("a", "b", "c"), excluded=("a",)),
    Domain("text", patterns=(Pattern(r"^#[0-9a-fA-F]{6}$"),), max_length=7),
    Domain("text", patterns=(Pattern(r"^[a-zA-Z]{3}$"),)),
    Domain("text", patterns=(Pattern(r"^№[0-9]{6}$"),)),
    Domain("text", patterns=(Pattern(r"^(red|RED|blue|Öl|ol)[0-9]$"),)),
)  # fmt: skip

NARROW = (
    ("integer", Domain("integer", "never", low=-5, high=40, excluded=(3, 7, -5))),
    ("integer", Domain("integer", "never", low=1, high=900, step=Fraction(7))),
    ("tiny", base_domain(column("tiny"))),
    ("decimal", Domain("decimal", "never", low=Decimal("-0.50"), high=Decimal("0.50"), step=Fraction(1, 100))),
    ("float", Domain("float", "never", low=0.0, high=0.0001, high_open=True)),
    ("date", Domain("date", "never", low=date(2020, 1, 1), high=date(2020, 3, 1), excluded=(date(2020, 2, 29),))),
    ("time", Domain("time", "never", low=time(9), high=time(9, 5))),
    ("timestamp", Domain("timestamp", "never", low=datetime(2020, 1, 1), high=datetime(2020, 1, 1, 0, 3))),
    ("interval", Domain("interval", "never", low=timedelta(0), high=timedelta(microseconds=99))),
    ("boolean", base_domain(column("boolean"))),
    ("enum", base_domain(column("enum"))),
    ("set", base_domain(column("set"))),
    ("short", Domain("text", "never", max_length=1)),
    ("bytes", Domain("bytes", "never", max_length=1)),
)
