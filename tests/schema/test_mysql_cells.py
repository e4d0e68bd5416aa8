"""Cells of MySQL's types, such as sets and unsigned numbers: in files, in predicates and as they are made."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from llmgen.canonical import CANONICAL
from llmgen.output.files import read_table, write_table
from llmgen.plan import PROVIDERS, route_column
from llmgen.predicates.evaluate import Arena
from llmgen.predicates.normalise import check_predicate
from llmgen.predicates.ranges import base_domain
from llmgen.schema.forms import BadCell, decode, encode, encode_text
from llmgen.schema.model import Column, ColumnType
from llmgen.schema.sql import parse_schema
from llmgen.values.keys import capacity, distinct
from llmgen.values.scalars import scalar

SCHEMA = parse_schema("""CREATE TABLE t (
    id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, tiny tinyint NOT NULL, utiny tinyint unsigned NOT NULL,
    medium mediumint NOT NULL, umedium mediumint unsigned NOT NULL, big bigint unsigned NOT NULL, bits bit(5) NOT NULL,
    born year NOT NULL, price decimal(6,2) unsigned NOT NULL, rate float unsigned NOT NULL, ratio float(5,2) NOT NULL,
    tags set('Trailers','Deleted Scenes','Commentaries') NOT NULL, raw binary(16) NOT NULL, ip inet6 NOT NULL
) ENGINE=InnoDB""")
TABLE = SCHEMA.table("t")


def type_of(column: str) -> ColumnType:
    return TABLE.column(column).type


@pytest.mark.parametrize(
    ("column", "good", "bad"),
    [
        ("tiny", (-128, 127), (-129, 128)),
        ("utiny", (0, 255), (-1, 256)),
        ("medium", (-8_388_608, 8_388_607), (-8_388_609, 8_388_608)),
        ("umedium", (0, 16_777_215), (-1, 16_777_216)),
        ("big", (0, 2**64 - 1), (-1, 2**64)),
        ("bits", (0, 31), (-1, 32)),
        ("price", (Decimal("0"), Decimal("9999.99")), (Decimal("-0.01"), Decimal("10000"))),
        ("rate", (0.0, 1e30), (-0.5,)),
        ("ratio", (-999.99, 999.99), (1000.0, -1000.5)),
    ],
)
def test_numbers_keep_to_their_width_and_sign(column: str, good: tuple[Any, ...], bad: tuple[Any, ...]) -> None:
    domain = base_domain(TABLE.column(column))
    for value in good:
        assert decode(type_of(column), value) == value
        assert domain.admits(value)
    for value in bad:
        with pytest.raises(BadCell):
            decode(type_of(column), value)
        assert not domain.admits(value)


def test_a_decimal_without_a_sign_says_so() -> None:
    with pytest.raises(BadCell, match="not negative"):
        decode(type_of("price"), -1)
    assert base_domain(Column("n", ColumnType("decimal", "decimal", unsigned=True))).low == 0
    assert base_domain(TABLE.column("price")).step == Fraction(1, 100)


def test_keys_of_an_unsigned_column_are_as_many_as_it_holds() -> None:
    assert capacity(TABLE.column("utiny")) == 255
    assert capacity(TABLE.column("tiny")) == 127


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("Trailers", "Trailers"),
        ("", ""),
        ("Commentaries,Trailers", "Trailers,Commentaries"),
        ("Trailers,Deleted Scenes,Commentaries", "Trailers,Deleted Scenes,Commentaries"),
        (None, None),
    ],
)
def test_a_set_holds_some_of_its_labels_in_their_order(given: str | None, read: str | None) -> None:
    of = type_of("tags")
    assert decode(of, given) == read
    assert decode(of, encode(of, read)) == read
    assert decode(of, encode_text(of, read), text=True) == read


@pytest.mark.parametrize("given", ["Other", "Trailers,Trailers", "Trailers,", "trailers", ",", 3, ["Trailers"]])
def test_what_is_no_set_is_refused_with_what_would_be_right(given: Any) -> None:
    with pytest.raises(BadCell, match="some of Trailers, Deleted Scenes, Commentaries"):
        decode(type_of("tags"), given)


def test_every_cell_that_is_made_fits_its_column() -> None:
    for column in TABLE.columns:
        domain = base_domain(column)
        for word in range(200):
            value = scalar(
                column, domain, word * 0x9E3779B97F4A7C15 % 2**64, None, route_column(TABLE, column).provider
            )
            assert decode(column.type, value) == value, column.name
    sets = {scalar(TABLE.column("tags"), base_domain(TABLE.column("tags")), word) for word in range(400)}
    assert len(sets) == 7
    assert "Trailers,Commentaries" in sets


@pytest.mark.parametrize(("column", "rows"), [("raw", 300), ("tags", 7)])
def test_keys_of_bytes_and_sets_are_distinct_values_of_their_type(column: str, rows: int) -> None:
    own = TABLE.column(column)
    keys = [distinct(TABLE, own, base_domain(own), serial, "seed") for serial in range(rows)]
    assert len(set(keys)) == rows
    assert [decode(own.type, value) for value in keys] == keys
    short = Column("k", ColumnType("bytes", "varbinary(1)", length=1))
    assert [distinct(TABLE, short, base_domain(short), serial, "s") for serial in (0, 255)] == [b"\0", b"\xff"]


def test_a_set_has_a_provider_of_its_own() -> None:
    route = route_column(TABLE, TABLE.column("tags"))
    assert (route.writer, route.provider, route.why) == ("scalar", "set", "type lists its labels")
    assert "set" in PROVIDERS


ROW: dict[str, Any] = {
    "id": 2**32 - 1, "tiny": -128, "utiny": 255, "medium": -8_388_608, "umedium": 16_777_215, "big": 2**64 - 1,
    "bits": 31, "born": 1999, "price": Decimal("9999.99"), "rate": 0.5, "ratio": -1.25, "tags": "Trailers,Commentaries",
    "raw": b"x" * 16, "ip": "2001:db8::1",
}  # fmt: skip


@pytest.mark.parametrize("format", ["jsonl", "csv", "parquet"])
def test_rows_are_written_and_read_back(tmp_path: Path, format: Any) -> None:
    path = tmp_path / f"t.{format}"
    write_table(path, TABLE, [ROW], list(ROW), format)
    found = read_table(path, format)
    (cells,) = found.rows
    text = format == "csv"
    assert {name: decode(type_of(name), cells.cells[name], text=text) for name in ROW} == ROW


def test_parquet_takes_the_narrowest_integer_that_holds_all(tmp_path: Path) -> None:
    write_table(tmp_path / "t.parquet", TABLE, [ROW], list(ROW), "parquet")
    types = {field.name: str(field.type) for field in pyarrow.parquet.read_schema(tmp_path / "t.parquet")}
    assert {name: types[name] for name in ("id", "tiny", "utiny", "medium", "umedium", "big", "bits", "born")} == {
        "id": "uint32", "tiny": "int8", "utiny": "uint8", "medium": "int32", "umedium": "uint32", "big": "uint64",
        "bits": "uint8", "born": "uint16",
    }  # fmt: skip
    assert (types["tags"], types["price"]) == ("string", "decimal128(6, 2)")


@pytest.mark.parametrize(
    ("sql", "holds"),
    [
        ("big > 18446744073709551614", True),
        ("tags = 'Trailers,Commentaries' AND bits = 31", True),
        ("tags IN ('trailers,commentaries')", True),
        ("tags = 'Trailers'", False),
        ("born BETWEEN 1901 AND 2155 OR born = 0", True),
        ("CHAR_LENGTH(tags) > 30", False),
    ],
)
def test_checks_about_such_cells_are_judged(sql: str, holds: bool) -> None:
    predicate = check_predicate(SCHEMA, "t", sql, "check:x")
    with Arena(SCHEMA) as arena:
        arena.load("t", [ROW], [0], [0], [CANONICAL], [0])
        assert (arena.failing([predicate]) == [[]]) is holds
