"""Edges of many rows: a pure function of the row, within the column's limits, and counted only where they are shown."""

from collections import Counter
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from typed_columns import python, words

from llmgen.predicates.ranges import Domain, base_domain
from llmgen.schema.arrow import arrow_array
from llmgen.schema.model import Column, ColumnType, Table
from llmgen.values.edge_columns import NONE, deal_edges, edge_column
from llmgen.values.edges import EDGE_CLASSES, edge_choices, edge_value
from llmgen.values.scalar_columns import scalar_column
from llmgen.values.streams import key

COLUMNS = {
    "title": Column("title", ColumnType("text", "varchar(40)", length=40), nullable=False),
    "seats": Column("seats", ColumnType("integer", "smallint", bits=16)),
    "wide": Column("wide", ColumnType("integer", "bigint unsigned", bits=64, unsigned=True)),
    "price": Column("price", ColumnType("decimal", "numeric(10,4)", precision=10, scale=4)),
    "fine": Column("fine", ColumnType("decimal", "numeric(38,18)", precision=38, scale=18)),
    "widest": Column("widest", ColumnType("decimal", "decimal(65,30)", precision=65, scale=30)),
    "loose": Column("loose", ColumnType("decimal", "numeric")),
    "ratio": Column("ratio", ColumnType("float", "double precision")),
    "day": Column("day", ColumnType("date", "date")),
    "wall": Column("wall", ColumnType("timestamp", "timestamp")),
    "instant": Column("instant", ColumnType("timestamptz", "timestamptz")),
    "pause": Column("pause", ColumnType("interval", "interval")),
    "blob": Column("blob", ColumnType("bytes", "varbinary(9)", length=9)),
    "data": Column("data", ColumnType("json", "jsonb")),
    "tags": Column("tags", ColumnType("array", "text[]", element=ColumnType("text", "text"))),
}
TABLE = Table("t", tuple(COLUMNS.values()))
ROWS = np.arange(6_000, dtype=np.uint64)


def plain_of(column: Column, count: int, domain: Domain | None = None) -> pa.Array:
    return scalar_column(column, domain or base_domain(column), words(count))


@pytest.mark.parametrize("name", COLUMNS)
def test_every_class_of_a_column_is_shown_within_its_limits(name: str) -> None:
    column = COLUMNS[name]
    domain, classes = base_domain(column), edge_choices(TABLE, column, absolute=True, whole=True)
    codes = np.arange(300) % (len(classes) + 1) - 1
    plain = plain_of(column, 300)
    found, shown = edge_column(column, domain, classes, codes, words(300, "edges"), plain)
    assert found.type == plain.type
    assert shown.tolist() == codes.tolist()
    assert [cell for cell, code in zip(found.to_pylist(), shown, strict=True) if code == NONE] == [
        cell for cell, code in zip(plain.to_pylist(), codes, strict=True) if code == NONE
    ]
    assert all(domain.admits(value) for value in python(column, found))
    for code, edge in enumerate(classes):
        values = {str(value) for value, own in zip(python(column, found), shown, strict=True) if own == code}
        several = {"diacritics", "cjk", "markup", "leap_day", "dst_gap", "sql_looking", "one_letter"}
        assert len(values) > (2 if edge in several - {"leap_day"} and name == "title" else 0)


def shown_in(name: str, edge: str, plain: list[Any], domain: Domain | None = None) -> list[Any]:
    column = COLUMNS[name]
    cells = arrow_array(column.type, plain)
    codes = np.zeros(len(plain), dtype=np.int64)
    found, _ = edge_column(column, domain or base_domain(column), [edge], codes, words(len(plain)), cells)
    return python(column, found)


def test_values_that_are_made_of_the_plain_ones() -> None:
    found = shown_in("title", "max_length", ["Ann", None, "Ann", "Bob"])
    assert [len(value) for value in found] == [40] * 4
    assert [value[:4] for value in found[::2]] == ["Ann ", "Ann "]
    assert found[3].startswith("Bob ")
    decimals = shown_in("price", "many_decimals", [Decimal("7.5"), Decimal(12)])
    assert decimals == [edge_value("many_decimals", COLUMNS["price"], base_domain(COLUMNS["price"]), 0, plain)
                        for plain in (Decimal("7.5"), Decimal(12))]  # fmt: skip
    assert [value.as_tuple().exponent for value in shown_in("loose", "many_decimals", [Decimal(1)])] == [-6]


def test_bounds_of_wide_types_are_exact() -> None:
    assert set(shown_in("wide", "bound", [5] * 40)) == {0, 2**64 - 1}
    top = Decimal("99999999999999999999.999999999999999999")
    assert set(shown_in("fine", "bound", [Decimal(5)] * 40)) == {top, top.copy_negate()}
    assert set(shown_in("seats", "bound", [5] * 40, Domain("integer", low=1, high=50))) == {1, 50}


def test_where_the_domain_refuses_a_class_the_plain_cell_stays() -> None:
    column = COLUMNS["seats"]
    domain = Domain("integer", "never", low=5, high=9)
    plain = plain_of(column, 60, domain)
    classes, codes = ["zero", "null", "bound"], np.arange(60) % 3
    found, shown = edge_column(column, domain, classes, codes, words(60), plain)
    assert set(shown[codes != 2].tolist()) == {NONE}
    assert set(shown[codes == 2].tolist()) == {2}
    assert found.filter(pa.array(codes != 2)).equals(plain.filter(pa.array(codes != 2)))
    assert set(found.filter(pa.array(codes == 2)).to_pylist()) == {5, 9}


def test_what_rounding_takes_out_of_the_domain_is_not_shown() -> None:
    domain = Domain("decimal", low=Decimal("1.1234567"))
    assert shown_in("loose", "many_decimals", [Decimal(1)], domain) == [Decimal(1)]
    assert shown_in("loose", "many_decimals", [Decimal(10) ** 25])[0] > Decimal(10) ** 25


def test_null_is_null() -> None:
    assert shown_in("seats", "null", [1, 2]) == [None, None]


def test_rows_without_edges_stay_as_they_are() -> None:
    plain = plain_of(COLUMNS["title"], 5)
    found, shown = edge_column(COLUMNS["title"], Domain("text"), ["cjk"], np.full(5, NONE), words(5), plain)
    assert found is plain
    assert shown.tolist() == [NONE] * 5


def test_any_split_of_the_rows_equals_the_whole() -> None:
    column = COLUMNS["title"]
    classes = edge_choices(TABLE, column)
    codes, drawn, plain = np.arange(200) % (len(classes) + 1) - 1, words(200), plain_of(column, 200)
    whole, _ = edge_column(column, base_domain(column), classes, codes, drawn, plain)
    for part in (slice(0, 7), slice(7, 90), slice(90, 200)):
        found, _ = edge_column(
            column, base_domain(column), classes, codes[part], drawn[part], plain[part.start : part.stop]
        )
        assert found.to_pylist() == whole[part.start : part.stop].to_pylist()


def test_edges_are_dealt_to_a_share_of_the_rows() -> None:
    stream = key("s", "t")
    columns, codes = deal_edges(stream, ROWS, 0.1, [3, 0, 5])
    assert 480 < int((columns != NONE).sum()) < 720
    assert ((columns == NONE) == (codes == NONE)).all()
    assert set(columns.tolist()) == {NONE, 0, 2}
    assert Counter(codes[columns == 0].tolist()).keys() == {0, 1, 2}
    assert Counter(codes[columns == 2].tolist()).keys() == {0, 1, 2, 3, 4}
    assert (deal_edges(stream, ROWS, 1, [1])[0] == 0).all()
    assert (deal_edges(stream, ROWS, 0, [1])[0] == NONE).all()
    assert (deal_edges(stream, ROWS, 0.5, [0])[1] == NONE).all()


def test_dealing_does_not_depend_on_the_split_and_a_greater_share_adds_rows() -> None:
    stream = key("s", "t")
    columns, codes = deal_edges(stream, ROWS, 0.2, [3, 2])
    parts = [deal_edges(stream, part, 0.2, [3, 2]) for part in (ROWS[:10], ROWS[10:])]
    assert np.concatenate([part[0] for part in parts]).tolist() == columns.tolist()
    assert np.concatenate([part[1] for part in parts]).tolist() == codes.tolist()
    fewer, own = deal_edges(stream, ROWS, 0.1, [3, 2])
    chosen = fewer != NONE
    assert (columns[chosen] == fewer[chosen]).all()
    assert (codes[chosen] == own[chosen]).all()


def test_no_class_is_left_out() -> None:
    seen = {edge for column in COLUMNS.values() for edge in edge_choices(TABLE, column, absolute=True, whole=True)}
    assert seen | {"apostrophe_hyphen_particle"} == set(EDGE_CLASSES)
