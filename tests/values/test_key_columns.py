"""Distinct columns: as many values as there is said to be room for, all admitted, and never two alike."""

import re
import unicodedata
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typed_columns import NARROW, TEXTS, TYPES, column, python, ranges, words

from llmgen.errors import InputError
from llmgen.predicates.patterns import Pattern
from llmgen.predicates.ranges import Domain, base_domain
from llmgen.schema.arrow import arrow_type
from llmgen.schema.model import Column, ColumnType, Table
from llmgen.values.key_columns import distinct_column, room, serial_column, text_key_column, uuid_column
from llmgen.values.keys import text_key, uuid_key
from llmgen.values.streams import key, mix

TABLE = Table("invoice_lines", ())


def distinct(of: Column, domain: Domain, count: int, seed: str = "s") -> list[Any]:
    return python(of, distinct_column(TABLE, of, domain, np.arange(count), seed))


def folded(text: str) -> str:
    """As a collation that minds neither case nor accents nor trailing blanks compares."""
    parts = unicodedata.normalize("NFD", text.upper())
    return "".join(part for part in parts if unicodedata.category(part) != "Mn").rstrip()


@pytest.mark.parametrize("name", TYPES)
def test_every_kind_is_distinct_and_admitted(name: str) -> None:
    of = column(name)
    domain = base_domain(of)
    least = room(TABLE, of, domain)
    count = 700 if least is None else min(700, least)
    found = distinct_column(TABLE, of, domain, np.arange(count), "s")
    assert found.type == arrow_type(of.type)
    values = python(of, found)
    assert len({str(value) for value in values}) == count
    assert all(domain.admits(value) for value in values)
    assert least is None or least >= {"boolean": 2, "enum": 3, "set": 7, "tiny": 256, "short": 32_768}.get(name, 700)


@pytest.mark.parametrize("name", TYPES)
def test_any_split_of_the_rows_equals_the_whole(name: str) -> None:
    of = column(name)
    domain = base_domain(of)
    least = room(TABLE, of, domain)
    serials = np.arange(400 if least is None else min(400, least), dtype=np.uint64)
    whole = distinct_column(TABLE, of, domain, serials, "s").to_pylist()
    parts = (serials[:1], serials[1:130], serials[130:], serials[:0])
    assert [cell for part in parts for cell in distinct_column(TABLE, of, domain, part, "s").to_pylist()] == whole
    assert distinct_column(TABLE, of, domain, serials[::-1], "s").to_pylist() == whole[::-1]


@pytest.mark.parametrize(("name", "domain"), NARROW, ids=[name for name, _ in NARROW])
def test_a_narrow_domain_gives_all_that_it_has_room_for(name: str, domain: Domain) -> None:
    least = room(TABLE, column(name), domain)
    assert least is not None
    found = distinct(column(name), domain, least)
    assert len({str(value) for value in found}) == least
    assert all(domain.admits(value) for value in found)
    with pytest.raises(InputError, match=rf"invoice_lines\.x holds {least:,} distinct values; row {least + 1:,} finds"):
        distinct(column(name), domain, least + 1)


@pytest.mark.parametrize(
    ("place", "expected"),
    [(0, 43), (1, 128), (2, 256), (3, 101), (4, 100), (5, 60), (6, 301), (7, 181), (8, 100), (12, 36), (13, 256)],
)
def test_how_much_room_there_is(place: int, expected: int) -> None:
    name, domain = NARROW[place]
    assert room(TABLE, column(name), domain) == expected


@given(ranges(), st.integers(0, 3))
@settings(max_examples=200)
def test_room_is_kept_in_any_range(drawn: tuple[str, Domain], seed: int) -> None:
    name, domain = drawn
    least = room(TABLE, column(name), domain)
    if least is None:
        return
    count = min(least, 60)
    places = np.unique(np.concatenate((np.arange(count), np.arange(least - count, least)))).astype(np.int64)
    found = python(column(name), distinct_column(TABLE, column(name), domain, places, str(seed)))
    assert len({repr(value) for value in found}) == len(places)
    assert all(domain.admits(value) for value in found)
    with pytest.raises(InputError, match="distinct values"):
        distinct_column(TABLE, column(name), domain, np.array([least]), str(seed))


@pytest.mark.parametrize("domain", TEXTS, ids=range(len(TEXTS)))
def test_text_within_a_domain_differs_when_folded_too(domain: Domain) -> None:
    of = column("text")
    least = room(TABLE, of, domain)
    count = 3_000 if least is None else min(3_000, least)
    found = distinct(of, domain, count)
    assert all(domain.admits(value) for value in found)
    assert len({folded(value) for value in found}) == count
    if least is not None and least < 3_000:
        with pytest.raises(InputError, match=f"holds {least:,} distinct"):
            distinct(of, domain, least + 1)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"^[A-Z]{2}-\d{2}$", 67_600),
        (r"^[a-z]$", 26),
        (r"^(A[0-9]|B[0-9a])$", 21),
        (r"^(red|green|blue)$", 3),
        (r"^[a-z]{1,2}$", 702),
        (r"^[A-Z]{3}$", 26**3),
    ],
)
def test_a_pattern_has_the_room_of_its_places(pattern: str, expected: int) -> None:
    found = room(TABLE, column("text"), Domain("text", patterns=(Pattern(pattern),)))
    assert found is not None
    assert found == expected


@pytest.mark.parametrize("name", ["text", "integer", "uuid", "bytes", "timestamp"])
def test_keys_of_other_seeds_and_columns_are_others(name: str) -> None:
    of = column(name)
    one = distinct(of, base_domain(of), 50)
    assert one != distinct(of, base_domain(of), 50, "t")
    assert one != distinct(column(name, "y"), base_domain(of), 50)


def test_usual_values_come_first() -> None:
    of = column("integer", "seats")
    assert all(1 <= value <= 10_000_000 for value in distinct(of, base_domain(of), 500))
    assert all(value.year in (2024, 2025, 2026) for value in distinct(column("date"), base_domain(column("date")), 700))


def test_single_precision_keeps_its_keys_apart() -> None:
    of = Column("x", ColumnType("float", "real"), nullable=False)
    for domain in (base_domain(of), Domain("float", low=0.0, high=900.0)):
        least = room(TABLE, of, domain)
        assert least is not None
        assert least < 2**24
        serials = np.arange(max(0, least - 2_000), least)
        values = distinct_column(TABLE, of, domain, serials, "s").to_numpy()
        assert len(np.unique(values.astype(np.float32))) == len(serials)


def test_where_null_is_demanded_every_cell_is() -> None:
    of = Column("x", TYPES["integer"])
    assert distinct_column(TABLE, of, Domain("integer", "must"), np.arange(2), "s").to_pylist() == [None, None]
    assert room(TABLE, of, Domain("integer", "must")) is None


def test_of_labels_that_fold_alike_one_is_taken() -> None:
    folding = Column("x", ColumnType("text", "varchar(9)", length=9, folds=True))
    domain = Domain("text", values=("Ann", "ANN", "änn", "Bob"))
    assert distinct(folding, domain, 2) == ["Ann", "Bob"]
    assert room(TABLE, column("text"), domain) == 4


def test_serials_count_as_databases_do() -> None:
    rows = np.array([0, 7, 2], dtype=np.uint64)
    assert serial_column(column("integer"), rows).to_pylist() == [1, 8, 3]
    assert serial_column(column("tiny"), rows, 100).type == pa.int8()
    assert [int(value) for value in serial_column(column("decimal"), rows).to_pylist()] == [1, 8, 3]
    assert serial_column(column("text"), rows, 10).to_pylist() == ["10", "17", "12"]
    with pytest.raises(InputError, match=r"x \(tinyint\) counts to 127, not to 128"):
        serial_column(column("tiny"), np.array([127]))


def test_marks_and_uuids_are_those_of_single_keys() -> None:
    drawn = words(60)
    assert uuid_column(drawn).to_pylist() == [uuid_key(word) for word in drawn.tolist()]
    assert uuid_column(drawn[:0]).to_pylist() == []
    for length in (None, 1, 5, 11, 12, 40):
        of = Column("code", ColumnType("text", "text", length=length), nullable=False)
        assert text_key_column(TABLE, of, drawn).to_pylist() == [text_key(TABLE, of, word) for word in drawn.tolist()]


def test_moments_are_whole_seconds() -> None:
    of = column("timestamp")
    assert all(value.microsecond == 0 for value in distinct(of, base_domain(of), 300))
    narrow = Domain("timestamp", "never", low=datetime(2020, 1, 1), high=datetime(2020, 1, 1, 0, 0, 59))
    assert len(set(distinct(of, narrow, 60))) == 60


def test_text_that_cannot_be_has_no_room() -> None:
    impossible = Domain("text", patterns=(Pattern(r"\Aa+\Z"), Pattern(r"\Ab+\Z")))
    assert room(TABLE, column("text"), impossible) == 0
    with pytest.raises(InputError, match="holds 0 distinct"):
        distinct(column("text"), impossible, 1)


@pytest.mark.parametrize(
    ("format", "pattern"),
    [
        ("cuid", "c[0-9a-z]{24}"),
        ("cuid2", "k[0-9a-z]{23}"),
        ("nanoid", "[0-9A-Za-z_-]{21}"),
        ("ulid", "01[0-9A-Z]{24}"),
    ],
)
def test_keys_in_the_form_that_the_schema_names(format: str, pattern: str) -> None:
    column = Column("id", ColumnType("text", "text"), nullable=False, format=format)
    words = mix(key("form"), np.arange(50, dtype=np.uint64))
    found = text_key_column(TABLE, column, words).to_pylist()
    assert all(re.fullmatch(pattern, one) for one in found)
    assert len(set(found)) == 50
    assert found[0] == text_key(TABLE, column, int(words[0]))
