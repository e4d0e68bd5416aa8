"""Keys never meet, stay within their columns, and say what fits where they do not."""

import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmgen.errors import InputError
from llmgen.predicates.patterns import Pattern
from llmgen.predicates.ranges import Domain, base_domain
from llmgen.schema.model import Column, ColumnType, Table
from llmgen.values.keys import (
    VOLUME_KEYS,
    block_of,
    capacity,
    check_capacity,
    distinct,
    integer_key,
    key_space,
    natural_key,
    text_key,
    uuid_key,
)

TABLE = Table("invoice_lines", ())


def text(length: int | None = None) -> Column:
    return Column("code", ColumnType("text", "text", length=length), nullable=False)


def test_uuids_are_of_version_4_and_distinct() -> None:
    keys = {uuid_key(identity) for identity in range(500)}
    assert len(keys) == 500
    assert {uuid.UUID(key).version for key in keys} == {4}
    assert {uuid.UUID(key).variant for key in keys} == {uuid.RFC_4122}


@given(st.sampled_from([16, 32, 64]), st.text(), st.integers(0, 300), st.integers(0, 63))
def test_integer_keys_fit_and_leave_room_for_volume(bits: int, digest: str, case: int, ordinal: int) -> None:
    found = integer_key(bits, block_of(digest, bits), case, ordinal)
    assert 1 <= found < 1 << min(bits - 1, 53)
    assert bits == 16 or found > VOLUME_KEYS


@pytest.mark.parametrize("bits", [8, 16, 32, 64])
def test_integer_keys_of_a_scenario_never_meet(bits: int) -> None:
    block, per_case = block_of("digest", bits), 5
    count = min(400, key_space(bits)[1] // per_case)
    found = [integer_key(bits, block, case, ordinal, per_case) for case in range(count) for ordinal in range(per_case)]
    assert len(set(found)) == len(found)


def test_scenarios_have_blocks_of_their_own() -> None:
    blocks = {block_of(f"scenario {place}", 32) for place in range(60)}
    assert len(blocks) == 60
    first, count, size = key_space(32)
    assert max(blocks) * size + first + size <= first + count


def test_what_an_integer_key_cannot_hold() -> None:
    with pytest.raises(InputError, match=r"8-bit key holds 127 rows: 25 cases of up to 5"):
        integer_key(8, 0, 26, 0, 5)
    with pytest.raises(InputError, match="row 5 of a case that may have 5"):
        integer_key(32, 0, 0, 5, 5)


def test_text_keys_carry_the_tables_mark_where_they_have_room() -> None:
    assert {text_key(TABLE, text(), identity)[:4] for identity in range(50)} == {"lin_"}
    assert len({text_key(TABLE, text(20), identity) for identity in range(500)}) == 500
    for length in (1, 5, 11, 12, 40):
        found = text_key(TABLE, text(length), 7)
        assert 1 <= len(found) <= length
        assert found.isascii()
    assert "_" not in text_key(TABLE, text(10), 7)


@pytest.mark.parametrize("length", [2, 3, 6, None])
def test_natural_keys_are_distinct_and_short(length: int | None) -> None:
    column = text(length)
    found = [natural_key(TABLE, column, base_domain(column), serial, "s") for serial in range(900)]
    assert len(set(found)) == 900
    assert max(map(len, found)) <= (length or 6)
    assert found != [natural_key(TABLE, column, base_domain(column), serial, "t") for serial in range(900)]


def test_a_natural_key_takes_the_shape_of_its_check_and_stays_distinct() -> None:
    domain = Domain("text", "never", patterns=(Pattern(r"^[A-Z]{2}-\d{2}$"),))
    found = [natural_key(TABLE, text(), domain, serial, "s") for serial in range(2000)]
    assert all(domain.admits(key) for key in found)
    assert len(set(found)) == 2000
    assert len({key[:2] for key in found}) > 300


def test_a_natural_key_that_finds_no_room_says_so() -> None:
    column = text(1)
    with pytest.raises(InputError, match=r"invoice_lines\.code holds 32 distinct values; row 33 finds none"):
        natural_key(TABLE, column, base_domain(column), 32, "s")


KINDS: tuple[tuple[ColumnType, Domain], ...] = (
    (ColumnType("integer", "integer", bits=32), Domain("integer", low=10, high=1000)),
    (ColumnType("integer", "bigint", bits=64), Domain("integer")),
    (ColumnType("integer", "smallint", bits=16), base_domain(Column("x", ColumnType("integer", "smallint", bits=16)))),
    (ColumnType("decimal", "numeric(8,2)", precision=8, scale=2), Domain("decimal", low=1, step=None)),
    (ColumnType("date", "date"), Domain("date")),
    (ColumnType("timestamptz", "timestamptz"), Domain("timestamptz")),
    (ColumnType("time", "time"), Domain("time")),
    (ColumnType("uuid", "uuid"), Domain("uuid")),
    (ColumnType("text", "varchar(4)", length=4), Domain("text", max_length=4)),
    (ColumnType("float", "real"), Domain("float")),
)


@pytest.mark.parametrize(("kind", "domain"), KINDS, ids=[kind.sql for kind, _ in KINDS])
def test_distinct_values_of_every_kind(kind: ColumnType, domain: Domain) -> None:
    column = Column("x", kind)
    found: list[Any] = [distinct(TABLE, column, domain, serial, "s") for serial in range(900)]
    assert len(set(found)) == 900
    assert all(domain.admits(value) for value in found)


def test_finite_sets_go_round_and_ranges_end() -> None:
    column = Column("x", ColumnType("enum", "e", labels=("a", "b")))
    assert [distinct(TABLE, column, base_domain(column), serial, "s") for serial in range(3)] == ["a", "b", "a"]
    whole = Column("x", ColumnType("integer", "integer", bits=32))
    with pytest.raises(InputError, match="holds 3 distinct values; row 4"):
        distinct(TABLE, whole, Domain("integer", low=1, high=3), 3, "s")


def test_capacity() -> None:
    tiny = Column("id", ColumnType("integer", "smallint", bits=16))
    assert capacity(tiny) == 32_767
    assert capacity(text(40)) is None
    assert capacity(Column("id", ColumnType("uuid", "uuid"))) is None
    check_capacity(TABLE, tiny, 32_767)
    with pytest.raises(InputError, match=r"invoice_lines\.id \(smallint\) holds 32,767 distinct keys, not 40,000"):
        check_capacity(TABLE, tiny, 40_000)
    with pytest.raises(InputError, match="holds 1,024 distinct"):
        check_capacity(TABLE, text(2), 1_025)
