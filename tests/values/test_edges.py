"""Edge classes show what they promise, within the limits of the column, and only where they may."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, get_args

import pytest

from llmgen.predicates.ranges import Domain, base_domain
from llmgen.schema.model import Column, ColumnType, ForeignKey, Kind, Table, Unique
from llmgen.values.edges import EDGE_CLASSES, edge_choices, edge_value

NAMES = (
    "diacritics", "cjk", "right_to_left", "emoji_combining", "apostrophe_hyphen_particle", "one_letter", "max_length",
    "null", "empty", "leap_day", "year_end", "dst_gap", "utc_extremes", "zero", "bound", "many_decimals", "markup",
    "sql_looking",
)  # fmt: skip
COLUMNS = {
    "full_name": Column("full_name", ColumnType("text", "varchar(12)", length=12)),
    "title": Column("title", ColumnType("text", "varchar(200)", length=200), nullable=False),
    "note": Column("description", ColumnType("text", "text")),
    "email": Column("email", ColumnType("text", "text"), nullable=False),
    "zone": Column("time_zone", ColumnType("text", "text"), nullable=False),
    "seats": Column("seats", ColumnType("integer", "smallint", bits=16), nullable=False),
    "price": Column("price", ColumnType("decimal", "numeric(10,4)", precision=10, scale=4), nullable=False),
    "cents": Column("cents", ColumnType("decimal", "numeric(10,0)", precision=10, scale=0), nullable=False),
    "ratio": Column("ratio", ColumnType("float", "real")),
    "day": Column("day", ColumnType("date", "date"), nullable=False),
    "wall": Column("wall", ColumnType("timestamp", "timestamp"), nullable=False),
    "instant": Column("instant", ColumnType("timestamptz", "timestamptz"), nullable=False),
    "pause": Column("pause", ColumnType("interval", "interval"), nullable=False),
    "blob": Column("blob", ColumnType("bytes", "varbinary(9)", length=9), nullable=False),
}
TABLE = Table("t", tuple(COLUMNS.values()))


def test_all_classes_are_there_and_in_words() -> None:
    assert tuple(EDGE_CLASSES) == NAMES
    assert len({edge.words for edge in EDGE_CLASSES.values()}) == len(NAMES)
    assert EDGE_CLASSES["null"].kinds == frozenset(get_args(Kind))


@pytest.mark.parametrize("place", COLUMNS)
def test_every_choice_is_written_within_the_columns_limits(place: str) -> None:
    column = COLUMNS[place]
    domain = base_domain(column)
    for name in edge_choices(TABLE, column, absolute=True):
        for word in range(30):
            value = edge_value(name, column, domain, word, None)
            assert domain.admits(value)
            assert value == edge_value(name, column, domain, word, None)


@pytest.mark.parametrize(
    ("place", "absolute", "expected"),
    [
        ("email", False, set()),
        ("zone", False, {"utc_extremes"}),
        ("seats", False, {"zero", "bound"}),
        ("cents", False, {"zero", "bound"}),
        ("price", False, {"zero", "bound", "many_decimals"}),
        ("day", False, set()),
        ("day", True, {"leap_day", "year_end"}),
        ("wall", True, {"leap_day", "year_end", "dst_gap"}),
        ("instant", True, {"leap_day", "year_end", "dst_gap", "utc_extremes"}),
        ("pause", False, {"zero"}),
        ("blob", False, {"max_length"}),
    ],
)
def test_which_classes_apply(place: str, absolute: bool, expected: set[str]) -> None:
    assert set(edge_choices(TABLE, COLUMNS[place], absolute)) == expected


def test_free_text_has_all_that_fits() -> None:
    assert set(edge_choices(TABLE, COLUMNS["title"])) >= {"diacritics", "cjk", "markup", "sql_looking", "max_length"}
    assert "null" not in edge_choices(TABLE, COLUMNS["title"])
    assert "apostrophe_hyphen_particle" in edge_choices(TABLE, COLUMNS["full_name"])
    assert "max_length" not in edge_choices(TABLE, COLUMNS["note"])


def test_wired_columns_have_none() -> None:
    column = Column("title", ColumnType("text", "text"))
    key = ForeignKey(("title",), "other", ("title",))
    assert edge_choices(Table("t", (column,)), column)
    assert edge_choices(Table("t", (column,), primary_key=("title",)), column) == ()
    assert edge_choices(Table("t", (column,), foreign_keys=(key,)), column) == ()
    assert edge_choices(Table("t", (column,), uniques=(Unique(("title",)),)), column) == ()
    assert edge_choices(Table("t", (column,), uniques=(Unique((), expressions=("lower(title)",)),)), column) == ()


def values(name: str, place: str, plain: Any = None, domain: Domain | None = None) -> set[Any]:
    column = COLUMNS[place]
    return {edge_value(name, column, domain or base_domain(column), word, plain) for word in range(60)}


def test_what_the_classes_show() -> None:
    assert all(any("\u0590" <= sign <= "\u06ff" for sign in text) for text in values("right_to_left", "title"))
    assert all(not text.isascii() for text in values("diacritics", "title") | values("cjk", "title"))
    assert all(len(text) == 1 for text in values("one_letter", "title"))
    assert {len(text) for text in values("max_length", "title", "A plain title")} == {200}
    assert next(iter(values("max_length", "title", "A plain title"))).startswith("A plain title ")
    assert {len(text) for text in values("max_length", "blob", b"ab")} == {9}
    assert values("zero", "price") == {Decimal(0)}
    assert values("bound", "seats") == {-32768, 32767}
    assert values("bound", "seats", None, Domain("integer", low=1, high=50)) == {1, 50}
    assert all(value.as_tuple().exponent == -4 for value in values("many_decimals", "price", Decimal("7.5")))
    assert values("leap_day", "day") == {date(2020, 2, 29), date(2024, 2, 29)}
    assert all((value.month, value.day, value.hour) == (12, 31, 23) for value in values("year_end", "instant"))
    assert datetime(2024, 3, 31, 2, 30) in values("dst_gap", "wall")
    assert all(value.tzinfo is UTC for value in values("utc_extremes", "instant"))
    assert "Pacific/Kiritimati" in values("utc_extremes", "zone")


def test_what_the_domain_refuses_is_refused() -> None:
    with pytest.raises(ValueError, match="may not hold 0"):
        edge_value("zero", COLUMNS["seats"], Domain("integer", low=1), 1, 5)
    with pytest.raises(ValueError, match="no such value"):
        edge_value("null", COLUMNS["seats"], Domain("integer"), 1, 5)
    short = Column("full_name", ColumnType("text", "varchar(2)", length=2))
    with pytest.raises(ValueError, match="no such value"):
        edge_value("markup", short, base_domain(short), 1, "x")
    assert "markup" not in edge_choices(Table("t", (short,)), short)
