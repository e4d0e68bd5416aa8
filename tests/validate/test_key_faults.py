"""Keys over whole tables: repeats and dangling references, and who of two equal rows is at fault."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from llmgen.dataset import CaseRow
from llmgen.schema.model import Schema, Table
from llmgen.schema.sql import read_schema
from llmgen.validate.instants import Placed
from llmgen.validate.judge import Judge
from llmgen.validate.keys import Entry, key_faults, later_rows, row_keys, unique_query
from llmgen.validate.rules import RuleSet
from llmgen.violation import Violation

NOW = datetime(2026, 3, 11, 15, 30, tzinfo=UTC)

DDL = """
CREATE TABLE shelves (room int, place int, PRIMARY KEY (room, place));
CREATE TABLE books (
  id int PRIMARY KEY, title text, isbn text UNIQUE, room int, place int, tags text[], lent boolean, price numeric,
  UNIQUE NULLS NOT DISTINCT (title, price),
  FOREIGN KEY (room, place) REFERENCES shelves (room, place),
  next int REFERENCES books (id)
);
CREATE UNIQUE INDEX ON books (lower(title)) WHERE lent;
CREATE TABLE loose (word text, price numeric, code char(4), made timestamptz, data jsonb);
CREATE UNIQUE INDEX ON loose (lower(word)) WHERE price > 1;
"""


def schema_of(tmp_path: Path, ddl: str = DDL) -> Schema:
    (tmp_path / "s.sql").write_text(ddl, "utf-8")
    return read_schema(tmp_path / "s.sql")


def entries(table: str, *rows: dict[str, Any]) -> list[Entry]:
    """The rows as entries of cases 0, 1, 2 ..."""
    return [(number, CaseRow(table, f"{table}/0", row)) for number, row in enumerate(rows)]


def book(number: int, **cells: Any) -> dict[str, Any]:
    empty = dict.fromkeys(["isbn", "room", "place", "tags", "lent", "price", "next"])
    return {"id": number, "title": f"t{number}", **empty, **cells}


def found(faults: list[Violation]) -> list[tuple[str, int | None, str]]:
    return [(fault.rule, fault.case, fault.where) for fault in faults]


def test_the_later_row_of_a_repeated_key_is_at_fault(tmp_path: Path) -> None:
    rows = {"books": entries("books", book(1), book(2), book(1, title="other"))}
    assert found(key_faults(schema_of(tmp_path), rows)) == [("key:primary", 2, "books[0].id")]


def test_texts_that_the_database_takes_for_equal_are(tmp_path: Path) -> None:
    mysql = (
        "CREATE TABLE `t` (`id` int PRIMARY KEY, `ci` varchar(9) UNIQUE, `cs` varchar(9) COLLATE utf8mb4_bin UNIQUE);"
    )
    rows = [("a", "a"), ("A ", "A"), ("á", "á"), ("b", "b")]
    cells = [{"id": number, "ci": ci, "cs": cs} for number, (ci, cs) in enumerate(rows)]
    faults = key_faults(schema_of(tmp_path, mysql), {"t": entries("t", *cells)})
    assert found(faults) == [("key:unique", 1, "t[0].ci"), ("key:unique", 2, "t[0].ci")]
    citext = schema_of(tmp_path, "CREATE TABLE t (id int PRIMARY KEY, ci citext UNIQUE, cs text UNIQUE);")
    assert found(key_faults(citext, {"t": entries("t", *cells[:1], {"id": 9, "ci": "A", "cs": "A"}, cells[2])})) == [
        ("key:unique", 1, "t[0].ci")
    ]


def test_a_null_in_a_primary_key_is_a_fault_of_its_own(tmp_path: Path) -> None:
    rows = {"shelves": entries("shelves", {"room": 1, "place": None}, {"room": 1, "place": 2})}
    assert found(key_faults(schema_of(tmp_path), rows)) == [("key:primary", 0, "shelves[0].room")]


def test_nulls_are_equal_only_where_the_unique_says_so(tmp_path: Path) -> None:
    rows = {"books": entries("books", book(1, title=None), book(2, title=None))}
    assert found(key_faults(schema_of(tmp_path), rows)) == [("key:unique", 1, "books[0].title")]


def test_a_reference_needs_its_whole_row_and_a_null_in_it_refers_to_nothing(tmp_path: Path) -> None:
    rows = {
        "shelves": entries("shelves", {"room": 1, "place": 1}),
        "books": entries(
            "books",
            book(1, room=1, place=1),
            book(2, room=1, place=2),
            book(3, room=9, place=None),
            book(4, next=4),
            book(5, next=6),
        ),
    }
    assert set(found(key_faults(schema_of(tmp_path), rows))) == {
        ("key:foreign", 1, "books[0].room"),
        ("key:foreign", 4, "books[0].next"),
    }


def test_a_reference_to_a_table_without_rows_is_a_fault(tmp_path: Path) -> None:
    rows = {"books": entries("books", book(1, room=1, place=1))}
    assert [fault.found for fault in key_faults(schema_of(tmp_path), rows)] == ["room = 1, place = 1"]


def together(schema: Schema, table: str, rows: list[dict[str, Any]]) -> list[tuple[str, int | None, str]]:
    placed = [Placed(number, 0, NOW, (CaseRow(table, f"{table}/0", row),)) for number, row in enumerate(rows)]
    with Judge(schema, RuleSet()) as judge:
        result = found([finding.violation for finding in judge.judge_together(placed, {})])
        assert judge.skipped == {}
    return result


def test_partial_and_expression_uniques_blame_the_later_row_of_each_pair(tmp_path: Path) -> None:
    rows = [
        book(1, title="Emma", lent=True),
        book(2, title="EMMA", lent=False),
        book(3, title="Ulysses", lent=True),
        book(4, title="eMMA", lent=True),
        book(5, title="ULYSSES", lent=True),
        book(6, title=None, lent=True, price=Decimal(1)),
        book(7, title=None, lent=True, price=Decimal(2)),
    ]
    assert together(schema_of(tmp_path), "books", rows) == [
        ("key:unique", 3, "books[0]"),
        ("key:unique", 4, "books[0]"),
    ]


def test_rows_without_a_primary_key_are_told_apart_by_all_their_cells(tmp_path: Path) -> None:
    row = {"word": "a", "price": Decimal("2.50"), "code": "ab  ", "made": NOW, "data": {"x": 1}}
    rows = [
        row,
        {**row, "word": "b"},
        {**row, "price": Decimal(1)},
        {**row, "word": "A", "price": Decimal(3)},
        {**row, "word": "c"},
    ]
    assert together(schema_of(tmp_path), "loose", rows) == [("key:unique", 3, "loose[0]")]


def test_more_repeats_than_a_query_shows_are_all_found(tmp_path: Path) -> None:
    rows = [book(number, title=f"T{number // 2}", lent=True, price=Decimal(number)) for number in range(300)]
    blamed = together(schema_of(tmp_path), "books", rows)
    assert blamed == [("key:unique", number, "books[0]") for number in range(1, 300, 2)]


def test_what_was_found_is_never_lost_where_rows_cannot_be_told_apart(tmp_path: Path) -> None:
    schema = schema_of(tmp_path)
    listed = entries("books", book(1), book(2))
    assert later_rows(schema.table("books"), [{"id": 99, "member_0": "x"}], listed) == listed[1:]
    assert later_rows(schema.table("books"), [{"id": 99, "member_0": "x"}], []) == []


def test_the_query_names_the_keys_then_what_is_repeated(tmp_path: Path) -> None:
    schema = schema_of(tmp_path)
    table = schema.table("books")
    partial = next(unique for unique in table.uniques if unique.where)
    assert unique_query(table, partial).startswith('SELECT "id", member_0 FROM (SELECT "id", ')
    assert row_keys(schema.table("loose")) == ("word", "price", "code", "made")


def test_the_query_names_columns_as_the_schemas_dialect_has_them(tmp_path: Path) -> None:
    file = tmp_path / "s.sql"
    file.write_text("CREATE TABLE t (id int PRIMARY KEY, sid text NOT NULL, UNIQUE KEY (sid(3)))", "utf-8")
    schema = read_schema(file, dialect="mysql")
    texts = ("abcd", "abce", "abd")
    rows = [CaseRow("t", f"t/{number}", {"id": number, "sid": sid}) for number, sid in enumerate(texts)]
    with Judge(schema, RuleSet()) as judge:
        found = judge.judge_together([Placed(0, 0, NOW, tuple(rows))], {})
    assert [(finding.violation.rule, finding.violation.where) for finding in found] == [("key:unique", "t[1]")]


def test_a_unique_that_cannot_be_read_is_reported_and_the_rest_is_judged(tmp_path: Path) -> None:
    ddl = "CREATE TABLE t (id int PRIMARY KEY, w text, CHECK (id > 0)); CREATE UNIQUE INDEX ON t (soundex(w));"
    schema = schema_of(tmp_path, ddl)
    assert any(unique.expressions for unique in schema.table("t").uniques)
    placed = [Placed(0, 0, NOW, (CaseRow("t", "t/0", {"id": 0, "w": "a"}),))]
    with Judge(schema, RuleSet()) as judge:
        assert [finding.violation.rule for finding in judge.judge(placed, {})] == ["check:t_id_check"]
        assert judge.judge_together(placed, {}) == []
        assert list(judge.skipped) == ["key:unique:t:1"]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.one_of(st.none(), st.integers(0, 2))), max_size=12))
def test_exactly_the_later_equal_rows_are_at_fault(cells: list[tuple[str, int | None]]) -> None:
    table = Table("t", (), primary_key=("a", "b"))
    rows = entries("t", *({"a": a, "b": b} for a, b in cells))
    wrong = {fault.case for fault in key_faults(Schema((table,)), {"t": rows})}
    assert wrong == {place for place, cell in enumerate(cells) if cell[1] is None or cell in cells[:place]}
