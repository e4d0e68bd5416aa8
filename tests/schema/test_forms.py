"""The JSON form of a cell: what is read, what is refused and with which words, and that reading undoes writing."""

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmgen.schema.forms import BadCell, decode, encode, encode_text
from llmgen.schema.model import ColumnType

SMALL = ColumnType("integer", "smallint", bits=16)
MONEY = ColumnType("decimal", "numeric(10,2)", precision=10, scale=2)
ANY_NUMBER = ColumnType("decimal", "numeric")
NAME = ColumnType("text", "varchar(4)", length=4)
CODE = ColumnType("text", "char(3)", length=3, fixed=True)
STATUS = ColumnType("enum", "status", labels=("trialing", "active, paid", 'quo"ted'))
TAGS = ColumnType("array", "text[]", element=ColumnType("text", "text"))
GRID = ColumnType("array", "int[][]", element=ColumnType("array", "int[]", element=SMALL))
BLOBS = ColumnType("array", "jsonb[]", element=ColumnType("json", "jsonb"))
BYTES = ColumnType("bytes", "bytea", length=4)
HUGE = 10**5_000


def plain(kind: str) -> ColumnType:
    return ColumnType(kind, kind)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("type", "given", "expected"),
    [
        (SMALL, 3.0, 3),
        (SMALL, Decimal("-32768"), -32768),
        (plain("integer"), 2**63 - 1, 2**63 - 1),
        (MONEY, 49, Decimal("49.00")),
        (MONEY, "12345678.90", Decimal("12345678.90")),
        (MONEY, 1.5000, Decimal("1.50")),
        (MONEY, -0.0, Decimal("0.00")),
        (plain("float"), 1, 1.0),
        (NAME, "日本語文", "日本語文"),
        (CODE, "DE ", "DE"),
        (plain("boolean"), False, False),
        (plain("date"), "2028-02-29", date(2028, 2, 29)),
        (plain("date"), "2026-03-12T00:00:00Z", date(2026, 3, 12)),
        (plain("time"), "10:30", time(10, 30)),
        (plain("timestamp"), "2026-03-12 10:00:00.5", datetime(2026, 3, 12, 10, 0, 0, 500_000)),
        (plain("timestamp"), "2026-03-12T10:00:00+02:00", datetime(2026, 3, 12, 8)),
        (plain("timestamptz"), "2026-03-12T10:00:00+05:30", datetime(2026, 3, 12, 4, 30, tzinfo=UTC)),
        (plain("timestamptz"), "2026-03-12T10:00:00", datetime(2026, 3, 12, 10, tzinfo=UTC)),
        (plain("timestamptz"), "2026-03-12 10:00:00+00", datetime(2026, 3, 12, 10, tzinfo=UTC)),
        (plain("interval"), "P1DT2H", timedelta(days=1, hours=2)),
        (plain("interval"), "-P1W", timedelta(weeks=-1)),
        (plain("interval"), "1 day 02:00:00", timedelta(days=1, hours=2)),
        (plain("interval"), "-1 days +02:03:04.5", timedelta(days=-1, hours=2, minutes=3, seconds=4.5)),
        (plain("interval"), "90 mins", timedelta(minutes=90)),
        (plain("uuid"), "6F1C2B1E8D3A4C559A702F4BE0C1D9E8", "6f1c2b1e-8d3a-4c55-9a70-2f4be0c1d9e8"),
        (plain("json"), {"a": [1, None, "x"]}, {"a": [1, None, "x"]}),
        (BYTES, "\\x00fF", b"\x00\xff"),
        (BYTES, "AAE=", b"\x00\x01"),
        (STATUS, "trialing", "trialing"),
        (TAGS, ["a", None], ["a", None]),
        (GRID, [[1], [2.0]], [[1], [2]]),
        (plain("other"), "(1,2)", "(1,2)"),
        (NAME, None, None),
    ],
)
def test_reads(type, given, expected):
    found = decode(type, given)
    assert found == expected
    assert repr(found) == repr(expected)


@pytest.mark.parametrize(
    ("type", "given", "words"),
    [
        (SMALL, True, "a whole number from -32768 to 32767"),
        (SMALL, 32768, "from -32768 to 32767"),
        (ColumnType("integer", "integer", bits=32), "5", "a whole number from -2147483648 to 2147483647"),
        (SMALL, 1.5, "a whole number"),
        (SMALL, float("inf"), "a whole number"),
        (SMALL, float("nan"), "a whole number"),
        (SMALL, HUGE, "a whole number"),
        (SMALL, Decimal("1e999999"), "a whole number"),
        (MONEY, HUGE, "a finite decimal number"),
        (MONEY, 1.234, "at most 2 decimals and 8 digits before the point"),
        (MONEY, 100_000_000, "at most 2 decimals and 8 digits before the point"),
        (MONEY, "1e300", "at most 2 decimals and 8 digits before the point"),
        (MONEY, "99999999.999999999999999999999999999999", "at most 2 decimals"),
        (MONEY, "twelve", "a finite decimal number such as 12.50"),
        (MONEY, False, "a finite decimal number"),
        (plain("float"), float("inf"), "a finite number"),
        (plain("float"), 10**400, "a finite number"),
        (plain("float"), "0.5", "a finite number"),
        (NAME, 7, "a text in quotes"),
        (NAME, "abcde", "at most 4 characters, this has 5"),
        (NAME, "a\0", "no NUL characters"),
        (NAME, "\ud800", "no lone surrogates"),
        (plain("boolean"), 1, "true or false"),
        (plain("boolean"), "true", "true or false"),
        (plain("date"), "2027-02-29", "a date that exists"),
        (plain("date"), "2026-03-12T10:00:00Z", "an ISO 8601 date such as 2026-03-12, without a time"),
        (plain("date"), "12/03/2026", "an ISO 8601 date"),
        (plain("time"), "24:00:00", "a time of day that exists"),
        (plain("timestamp"), "2026-03-12", "an ISO 8601 timestamp without offset"),
        (plain("timestamptz"), "tomorrow", "an ISO 8601 timestamp in UTC such as 2026-03-12T10:00:00Z"),
        (plain("timestamptz"), 1_700_000_000, "an ISO 8601 timestamp in UTC"),
        (plain("timestamptz"), "0001-01-01T00:00:00+14:00", "from the year 1"),
        (plain("interval"), "P1M", "an ISO 8601 duration in weeks, days and smaller units such as P1DT2H"),
        (plain("interval"), "P", "an ISO 8601 duration"),
        (plain("interval"), "P99999999999D", "less than 1,000,000,000 days"),
        (plain("interval"), 3600, "an ISO 8601 duration"),
        (plain("uuid"), "6f1c2b1e", "a UUID such as"),
        (plain("json"), {"a": float("nan")}, "JSON without NaN"),
        (plain("json"), ["\0"], "no NUL characters"),
        (plain("json"), {"\udfff": 1}, "no lone surrogates"),
        (plain("json"), [HUGE], "at most 300 digits"),
        (BYTES, "\\xABC", "bytes in base64"),
        (BYTES, "é", "bytes in base64"),
        (BYTES, "AAAAAAA=", "at most 4 bytes, this has 5"),
        (STATUS, "Trialing", "one of trialing, active, paid"),
        (TAGS, "a", "an array"),
        (TAGS, ["a", 1], "element 1 is a text in quotes"),
        (GRID, [[1], [70_000]], "element 1 is an array whose element 0 is a whole number"),
    ],
    ids=lambda part: part if isinstance(part, str) and part.isascii() and part.isprintable() else "",
)
def test_refuses_in_words_that_say_what_would_be_right(type, given, words):
    with pytest.raises(BadCell) as caught:
        decode(type, given)
    assert words in str(caught.value)


def test_nesting_is_bounded_in_both_forms():
    deep: list[object] = []
    for _ in range(10_000):
        deep = [deep]
    with pytest.raises(BadCell, match="100 levels"):
        decode(plain("json"), deep)
    for text in ("[" * 100_000, "[" * 100_000 + "]" * 100_000):
        with pytest.raises(BadCell, match="JSON"):
            decode(plain("json"), text, text=True)


@pytest.mark.parametrize(
    ("type", "given", "expected"),
    [
        (SMALL, "-12", -12),
        (plain("boolean"), "T", True),
        (plain("float"), "1e-3", 0.001),
        (plain("json"), '{"a": "b"}', {"a": "b"}),
        (TAGS, '{a,"b c",NULL,"NULL","q\\"\\\\"}', ["a", "b c", None, "NULL", 'q"\\']),
        (TAGS, '["a", "{}"]', ["a", "{}"]),
        (BLOBS, '["1", 1]', ["1", 1]),
        (BLOBS, '{"1"}', [1]),
        (GRID, "{{1,2},{}}", [[1, 2], []]),
        (TAGS, "{}", []),
    ],
)
def test_reads_text_where_text_is_all_there_is(type, given, expected):
    assert decode(type, given, text=True) == expected


@pytest.mark.parametrize("text", ["{", "{a", "{a,}", "{,a}", "{a b} c", "{a}{b}", '{"a" b}', "{a{b}}", "{}}", '{"a}'])
def test_broken_array_literals_are_refused(text):
    with pytest.raises(BadCell, match="an array"):
        decode(TAGS, text, text=True)


@pytest.mark.parametrize(
    ("type", "value", "form"),
    [
        (plain("timestamptz"), datetime(2026, 3, 12, 10, tzinfo=UTC), "2026-03-12T10:00:00Z"),
        (plain("timestamp"), datetime(2026, 3, 12, 10), "2026-03-12T10:00:00"),
        (MONEY, Decimal("12.50"), 12.5),
        (ANY_NUMBER, Decimal("0.1234567890123456789"), "0.1234567890123456789"),
        (ANY_NUMBER, Decimal(2**60), str(2**60)),
        (plain("bytes"), b"\x01\xff", "\\x01ff"),
        (plain("interval"), timedelta(days=1, hours=2), "P1DT2H"),
        (plain("interval"), timedelta(days=-1, hours=-2), "P-1DT-2H"),
        (plain("interval"), timedelta(), "PT0S"),
        (plain("interval"), timedelta(minutes=61, microseconds=500), "PT1H1M0.0005S"),
    ],
)
def test_writes(type, value, form):
    assert encode(type, value) == form


def test_what_json_cannot_say_is_not_written():
    for value in (float("nan"), float("inf"), Decimal("Infinity")):
        with pytest.raises(BadCell, match="a finite number"):
            encode(plain("float"), value)


TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
BY_KIND = {
    "integer": st.integers(-(2**63), 2**63 - 1),
    "decimal": st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30),
    "float": st.floats(allow_nan=False, allow_infinity=False),
    "text": TEXTS,
    "boolean": st.booleans(),
    "date": st.dates(),
    "time": st.times(),
    "timestamp": st.datetimes(),
    "timestamptz": st.datetimes(timezones=st.just(UTC)),
    "interval": st.timedeltas(),
    "uuid": st.uuids().map(str),
    "json": JSON.filter(lambda value: value is not None),
    "bytes": st.binary(),
    "other": TEXTS,
}
CELLS = st.one_of(
    *[st.tuples(st.just(plain(kind)), values) for kind, values in BY_KIND.items()],
    *[
        st.tuples(st.just(ColumnType("array", "", element=plain(kind))), st.lists(values | st.none(), max_size=4))
        for kind, values in BY_KIND.items()
    ],
    st.tuples(st.just(STATUS), st.sampled_from(STATUS.labels)),
    st.tuples(st.just(GRID), st.lists(st.lists(st.integers(-9, 9), max_size=3), max_size=3)),
)


@given(CELLS)
def test_reading_undoes_writing(cell):
    type, value = cell
    form = json.loads(json.dumps(encode(type, value), allow_nan=False))
    assert decode(type, form) == value
    assert decode(type, value) == value
    assert decode(type, encode_text(type, value), text=True) == value


@given(
    st.text() | JSON | st.floats() | st.binary() | st.decimals(),
    st.sampled_from([*BY_KIND, "enum", "array"]),
    st.booleans(),
)
def test_anything_becomes_a_value_or_a_bad_cell(value, kind, text):
    try:
        found = decode(plain(kind), value, text=text)
    except BadCell:
        return
    assert found is None or decode(plain(kind), encode(plain(kind), found)) == found
