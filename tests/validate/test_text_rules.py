"""Authored text: placeholders and their filling, and what no text may hold, without false alarms."""

import time
from datetime import UTC, date, datetime
from typing import Any

import pytest

from llmgen.dataset import CaseRow
from llmgen.schema.model import Column, ColumnType, Schema
from llmgen.schema.sql import read_schema
from llmgen.validate.text import fill_placeholders, is_prose, near_duplicates, placeholder_faults, text_faults

TEXT = ColumnType("text", "text")
NOTE = Column("note", TEXT)
CODE = Column("code", TEXT)


def rules(text: str, column: Column = NOTE) -> list[str]:
    return [fault.rule for fault in text_faults(column, text, "t[0].note", 0)]


@pytest.mark.parametrize(
    "text",
    [
        "due on 2026-03-12",
        "fällig am 12.3.2026.",
        "12.03.26 vereinbart",
        "le 12/03/2026",
        "by 3/12/26",
        "op 12-03-2026",
        "2026/03/12 まで",
        "3月12日まで",
        "3月12号之前",
        "3월 12일까지",
        "2026年に更新",
        "２０２６年に更新",
        "令和8年から",
        "2026. 3. 12. 까지",
        "desde 2025, paga bem",
        "seit Ende 1999",
        "a plan for 2027.",
        "FY2026 budget",
        "(2026)",
    ],
)
def test_dates_and_years_in_prose_are_found(text: str) -> None:
    assert rules(text) == ["text:date"]


@pytest.mark.parametrize(
    "text",
    [
        "2 000 €",
        "2.000,00 €",
        "1.999,00",
        "1,999.00",
        "2000 €",
        "$2000 off",
        "€ 2000",
        "1999 USD",
        "2000円引き",
        "up 2000%",
        "24/7 support",
        "1/2 of the seats",
        "screen 1920x1080",
        "2048 MB",
        "version 1.2.3",
        "host 10.0.0.12",
        "INV-20260101",
        "12000 calls",
        "120261",
        "3か月",
        "12時30分",
        "at 15:30",
        "{subscriptions.trial_ends_at:date}",
        "50/50",
        "Q4",
    ],
)
def test_amounts_and_codes_are_no_dates(text: str) -> None:
    assert rules(text) == []


@pytest.mark.parametrize(
    "text", ["INV-20260101", "2026", "SKU 2000", "10.4.12", "10/12/14", "v2026.1", "192.168.20.10"]
)
def test_columns_that_are_no_prose_may_hold_years_and_versions(text: str) -> None:
    assert rules(text, CODE) == []


def test_whole_dates_are_found_in_any_text_column_and_in_no_other_kind() -> None:
    assert rules("2026-03-12", CODE) == ["text:date"]
    assert text_faults(Column("note", ColumnType("json", "jsonb")), "2026-03-12 a@real.io", "t[0].note", 0) == []


@pytest.mark.parametrize(
    "text",
    [
        "ask bob@gmail.com",
        "bob@example.co",
        "x@notexample.com.",
        "<b.o-b+1@firma.de>",
        "a@例え.jp",
        "a@example.com.evil.io",
    ],
)
def test_addresses_outside_the_reserved_domains_are_found(text: str) -> None:
    assert rules(text) == ["text:email"]


@pytest.mark.parametrize(
    "text", ["bob@example.com.", "b@mail.example.org", "x@firm.test", "X@EXAMPLE.NET", "a @ b", "@handle", "5@3"]
)
def test_reserved_addresses_pass(text: str) -> None:
    assert rules(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "4539578763621486",
        "4539 5787 6362 1486",
        "5425-2334-3010-9903",
        "card 374245455400126.",
        "4242424242424242, 4539578763621486",
    ],
)
def test_card_numbers_that_could_be_real_are_found(text: str) -> None:
    assert rules(text) == ["text:card"]


@pytest.mark.parametrize(
    "text",
    [
        "4242 4242 4242 4242",
        "378282246310005",
        "4000003800000446",
        "4539578763621487",
        "0000000000000000",
        "1234567890123456",
    ],
)
def test_test_cards_and_numbers_that_are_no_cards_pass(text: str) -> None:
    assert rules(text) == []


@pytest.mark.parametrize(
    "text", ["+1 212 867 5309", "call +49 30 901820 22", "+81 3-3224-5000", "+1 212 555 0100 or +44 7911 123456"]
)
def test_phone_numbers_outside_the_reserved_ranges_are_found(text: str) -> None:
    assert rules(text) == ["text:phone"]


@pytest.mark.parametrize(
    "text", ["+1 212 555 0123", "+44 7700 900123", "+33 1 99 00 12 34", "+61 491 570 156", "+5 seats", "+10 000"]
)
def test_fictional_phone_numbers_pass(text: str) -> None:
    assert rules(text) == []


@pytest.mark.parametrize("text", ["a" * 200_000, "a." * 100_000, "4 " * 100_000, "{a" * 100_000, "1." * 100_000])
def test_a_huge_text_is_read_in_bounded_time(text: str) -> None:
    start = time.process_time()
    rules(text)
    assert time.process_time() - start < 2


def test_prose_is_told_by_the_column_name() -> None:
    assert all(
        is_prose(Column(name, TEXT)) for name in ("note", "cancel_reason", "description", "comments", "body_text")
    )
    assert not any(is_prose(Column(name, TEXT)) for name in ("slug", "notebook", "code", "title"))


# -- placeholders -------------------------------------------------------------------------------------------------

DDL = """
CREATE TABLE orgs (id int PRIMARY KEY, name text, note text, since date, seen timestamp, closed_at timestamptz);
CREATE TABLE bills (id int PRIMARY KEY, org int REFERENCES orgs (id), due_at timestamptz, memo text);
CREATE TABLE lines (id int PRIMARY KEY, bill int REFERENCES bills (id), note varchar(40));
"""


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    file = tmp_path_factory.mktemp("schema") / "s.sql"
    file.write_text(DDL, "utf-8")
    return read_schema(file)


def rows(note: str, line: str = "") -> list[CaseRow]:
    org: dict[str, Any] = {"note": note, "name": "n", "since": date(2026, 3, 1), "seen": datetime(2026, 3, 2, 4, 5, 6)}
    return [
        CaseRow("orgs", "orgs/0", {**org, "closed_at": None}),
        CaseRow("bills", "bills/0", {"due_at": datetime(2026, 3, 12, 22, 0, 59, tzinfo=UTC)}),
        CaseRow("lines", "bills/0/lines/0", {"note": line}),
        CaseRow("bills", "bills/1", {"due_at": datetime(2026, 4, 1, tzinfo=UTC)}),
        CaseRow("lines", "bills/1/lines/0", {"note": line}),
    ]


@pytest.mark.parametrize(
    ("written", "filled"),
    [
        ("since {orgs.since}", "since 2026-03-01"),
        ("{orgs.since:date}!", "2026-03-01!"),
        ("{orgs.seen}", "2026-03-02 04:05 UTC"),
        ("{orgs.seen:date} {orgs.since}", "2026-03-02 2026-03-01"),
        ("{} {x} {{y}} {a b} {1.2} { } {a:b} {ctrl", "{} {x} {{y}} {a b} {1.2} { } {a:b} {ctrl"),
        ('{"a": 1}', '{"a": 1}'),
    ],
)
def test_placeholders_are_filled_and_other_braces_stay(schema: Schema, written: str, filled: str) -> None:
    assert placeholder_faults(schema, rows(written), 0) == []
    assert fill_placeholders(schema, rows(written))[0].values["note"] == filled


def test_a_nested_row_means_the_row_that_it_is_nested_under(schema: Schema) -> None:
    case = rows("", "{bills.due_at} {orgs.since}")
    assert placeholder_faults(schema, case, 0) == []
    filled = fill_placeholders(schema, case)
    assert filled[2].values["note"] == "2026-03-12 22:00 UTC 2026-03-01"
    assert filled[4].values["note"] == "2026-04-01 00:00 UTC 2026-03-01"
    assert case[2].values["note"] == "{bills.due_at} {orgs.since}"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{bills.due_at}", "the case has 2 rows of bills"),
        ("{orgs.closed_at}", "orgs.closed_at is null in this case"),
        ("{orgs.name}", "orgs.name is not a date"),
        ("{orgs.nothing}", "there is no column orgs.nothing"),
        ("{nothing.since:date}", "there is no column nothing.since"),
        ("{orgs.since:time}", "write a placeholder as {table.column}"),
        ("{ orgs.since }", "write a placeholder as {table.column}"),
        ("{public.orgs.since}", "write a placeholder as {table.column}"),
    ],
)
def test_a_placeholder_that_cannot_be_filled_is_a_violation(schema: Schema, text: str, why: str) -> None:
    (fault,) = placeholder_faults(schema, rows(f"see {text}."), 3)
    assert (fault.rule, fault.where, fault.found, fault.case) == ("text:placeholder", "orgs[0].note", text, 3)
    assert fault.mend.startswith(why)


def test_a_table_that_the_case_has_no_row_of_cannot_be_named(schema: Schema) -> None:
    (fault,) = placeholder_faults(schema, rows("{bills.due_at}")[:1], 0)
    assert fault.mend.startswith("the case has 0 rows of bills")


# -- copies -------------------------------------------------------------------------------------------------------

LONG = "The customer asked twice whether the data will be kept once the trial is over."


def copies(schema: Schema, *texts: str, column: str = "note") -> list[tuple[str, int | None]]:
    listed = [(case, CaseRow("orgs", "orgs/0", {column: text})) for case, text in enumerate(texts)]
    return [(fault.rule, fault.case) for fault in near_duplicates(schema, listed, {"orgs": (column,)})]


def test_the_later_case_with_the_same_long_prose_is_a_copy(schema: Schema) -> None:
    near = LONG.upper().replace("TWICE", "TWICE, 12 times,")
    assert copies(schema, LONG, LONG.replace(" over.", "  over!"), "x") == [("text:copy", 1)]
    assert copies(schema, LONG, near) == []
    assert copies(schema, LONG + " 2026-03-12", LONG + " 2026-04-01") == [("text:copy", 1)]


def test_phrases_names_and_the_same_case_may_repeat(schema: Schema) -> None:
    assert copies(schema, "Paid by card.", "Paid by card.") == []
    assert copies(schema, LONG, LONG, column="name") == []
    one_case = [(0, CaseRow("orgs", f"orgs/{place}", {"note": LONG})) for place in range(2)]
    assert near_duplicates(schema, one_case, {"orgs": ("note",)}) == []
