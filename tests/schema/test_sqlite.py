"""What SQLite says of a file that was made from a text is what the text says, and what the file prints again."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlite_files import OLDEST, TOO_OLD, assert_same, constraining, dumped, live, make, printed

from llmgen.schema.model import Schema, Table
from llmgen.schema.sql import parse_schema, read_schema

pytestmark = pytest.mark.skipif(sqlite3.sqlite_version_info < OLDEST, reason=TOO_OLD)

HERE = Path(__file__).parent
EVERY = HERE / "every_sqlite_construct.sql"
NORTHWIND = HERE / "real" / "northwind_sqlite" / "schema.sql"
PRISMA = [HERE / "prisma" / f"{name}.sqlite.sql" for name in ("on_sqlite", "sqlite_enum")]
FILES = [EVERY, NORTHWIND, *PRISMA]


@pytest.fixture(scope="module")
def schema() -> Schema:
    return read_schema(EVERY)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name if file == NORTHWIND else file.stem)
def test_text_file_and_what_it_prints_are_the_same(file: Path, tmp_path: Path) -> None:
    made = make(tmp_path / "made.db", file.read_text("utf-8"))
    found = live(made)
    assert_same(read_schema(file), found)
    assert_same(parse_schema(printed(made), dialect="sqlite"), found)
    assert found.dialect == "sqlite"


def test_a_dump_says_the_same(tmp_path: Path) -> None:
    made = make(tmp_path / "made.db", NORTHWIND.read_text("utf-8"))
    assert_same(parse_schema(dumped(made)), live(made))


def test_northwind(tmp_path: Path) -> None:
    schema = read_schema(NORTHWIND)
    assert (len(schema.tables), sum(len(table.foreign_keys) for table in schema.tables)) == (13, 13)
    assert sum(len(table.checks) for table in schema.tables) == 7
    assert constraining(schema) == []
    details = schema.table("Order Details")
    assert details.primary_key == ("OrderID", "ProductID")
    assert details.column("Quantity").default == "1"
    assert [check.sql for check in details.checks][1] == "Quantity > (0)"


def columns(table: Table, of: Callable[[str], bool]) -> list[str]:
    return [column.name for column in table.columns if of(column.name)]


def test_only_what_stands_for_the_rows_number_is_dealt_by_sqlite(schema: Schema) -> None:
    dealt = {
        table.name
        for table in schema.tables
        if any(column.generated == "identity" for column in table.columns) and len(table.columns) < 7
    }
    assert dealt >= {"row_numbers", "strict_one", "numbered_in_table", "single quoted", "bracketed name", "OtherCase"}
    assert not dealt & {"own_numbers", "int_numbers", "kept_by_key", "both_options", "nullable_key"}


def test_a_primary_key_is_never_null(schema: Schema) -> None:
    assert [column.nullable for column in schema.table("nullable_key").columns] == [False, False]


def test_names_in_any_quotes_and_case(schema: Schema) -> None:
    assert list(schema.table("bracketed name").by_name) == ["the id", "back tick", 'dou"ble']
    keywords = schema.table("keywords")
    assert list(keywords.by_name)[:5] == ["key", "desc", "end", "start", "action"]
    assert keywords.primary_key == ("key",)
    assert keywords.uniques[0].columns == ("key", "desc")
    assert [check.sql for check in keywords.checks] == [
        '"end" > start', '"check" >= 0', "\"date\" IS NULL OR \"date\" > '2000-01-01'",
    ]  # fmt: skip
    other = schema.table("OtherCase")
    assert [check.sql for check in other.checks] == ["Amount > 0", "Amount < 10"]
    assert other.uniques[0].columns == ("Amount",)


def test_defaults(schema: Schema) -> None:
    table = schema.table("inline_constraints")
    assert {name: table.column(name).default for name in "bcdefghijklm"} == {
        "b": "'it''s'", "c": "'double'", "d": "1 + 2", "e": "CURRENT_TIMESTAMP",
        "f": "STRFTIME('%Y-%m-%dT%H:%M:%fZ', 'now')", "g": None, "h": "-1", "i": "x'00ff'", "j": "TRUE",
        "k": "'active'", "l": "0.5", "m": None,
    }  # fmt: skip


def test_generated_columns(schema: Schema) -> None:
    table = schema.table("inline_constraints")
    found = {column.name: (column.generated, column.expression) for column in table.columns if column.expression}
    assert found == {
        "full_name": ("stored", "a || ' ' || COALESCE(b, '')"),
        "length_a": ("virtual", "LENGTH(a)"),
        "upper_a": ("virtual", "UPPER(a)"),
    }
    assert not table.column("upper_a").nullable


def test_a_name_in_double_quotes_that_is_no_column_is_a_string(schema: Schema) -> None:
    check = next(check for check in schema.table("inline_constraints").checks if check.name == "known_status")
    assert check.sql == "status IN ('new', 'paid', 'void')"


def test_collations_fold(schema: Schema) -> None:
    table = schema.table("folded")
    assert columns(table, lambda name: table.column(name).type.folds) == ["mail", "padded"]
    assert [(unique.columns, unique.expressions) for unique in table.uniques] == [
        (("mail",), ()), (("exact",), ()), (("n",), ()), (("n",), ("LOWER(loose)",)), (("mail", "exact"), ()),
        ((), ("LOWER(looser)",)), (("padded",), ()), ((), ("RTRIM(loose)",)),
    ]  # fmt: skip


def test_foreign_keys(schema: Schema) -> None:
    found = {
        key.columns: (key.table, key.referenced, key.on_delete, key.deferrable)
        for key in schema.table("children").foreign_keys
    }
    assert found == {
        ("parent_id",): ("parents", ("id",), "no action", False),
        ("other_id",): ("parents", ("id",), "cascade", False),
        ("parent_code",): ("parents", ("code",), "set default", False),
        ("late_id",): ("parents", ("id",), "no action", True),
        ("immediate_id",): ("parents", ("id",), "no action", False),
        ("refused_id",): ("parents", ("id",), "restrict", False),
        ("self_id",): ("children", ("id",), "set null", False),
        ("a", "b"): ("parents", ("a", "b"), "no action", False),
        ("parent_code", "a"): ("nullable_key", ("a", "b"), "no action", False),
    }


def test_unique_indexes(schema: Schema) -> None:
    table = schema.table("inline_constraints")
    found = {unique.name: (unique.columns, unique.expressions, unique.where) for unique in table.uniques}
    assert found["only_active"] == (("b", "status"), (), "status = 'paid' AND j")
    assert found["by_expression"] == (("d",), ("LOWER(b)", "a || c"), None)
    assert found["folded expression"] == ((), ("LOWER(SUBSTRING(e, 1, 10))",), None)
    assert found["in_parentheses"] == (("f", "h"), (), None)
    assert [unique.name for unique in schema.table("children").uniques] == ["", "one_of_each"]


def test_a_text_that_must_be_json_is_json(schema: Schema) -> None:
    table = schema.table("documented")
    assert [column.type.kind for column in table.columns] == ["integer", "json", "json", "text"]
    assert [check.sql for check in table.checks] == ['json_valid("short")']


def test_what_is_no_table_is_said(schema: Schema) -> None:
    assert not [table.name for table in schema.tables if table.name.startswith(("documents", "boxes", "scratch"))]
    assert "posts_content" in schema.by_name  # the text that a virtual table indexes is a table of its own
    said = {item.text.split(" ON ")[0][:60]: item.constrains for item in schema.ignored}
    assert said == {
        "REFERENCES nowhere (id)": True,
        "CREATE VIEW names AS SELECT a FROM inline_constraints": False,
        "CREATE TRIGGER touched AFTER UPDATE": False,
        "CREATE TRIGGER refused BEFORE INSERT": True,
        "CREATE TRIGGER raised AFTER INSERT": True,
        "CREATE TRIGGER instead_of INSTEAD OF INSERT": True,
        "CREATE TRIGGER guarded BEFORE DELETE": False,
        "CREATE VIRTUAL TABLE documents USING fts5(title, body, token": False,
        "CREATE VIRTUAL TABLE old_documents USING fts4(title, body)": False,
        "CREATE VIRTUAL TABLE boxes USING rtree(id, min_x, max_x)": False,
        "CREATE VIRTUAL TABLE posts USING fts5(body, content = 'posts": False,
        "CREATE TEMP TABLE scratch (id INTEGER CHECK (id > 5))": False,
        "CREATE TEMPORARY VIEW scratch_view AS SELECT 1": False,
        "ALTER TABLE scratch ADD COLUMN more TEXT": False,
    }
