"""Rules loaded by path: what is read from them, that each broken one is named by itself, and what is refused."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from llmgen.errors import InputError
from llmgen.schema.model import Column, ColumnType, Schema, Table
from llmgen.validate.rules import load_rules

NOW = datetime(2026, 3, 11, 15, 30, tzinfo=UTC)
TEXT, NUMBER, MOMENT = (
    ColumnType("text", "text"),
    ColumnType("integer", "integer"),
    ColumnType("timestamptz", "timestamptz"),
)
SCHEMA = Schema(
    (
        Table(
            "loans", (Column("id", TEXT), Column("due_at", MOMENT), Column("back_at", MOMENT), Column("copies", NUMBER))
        ),
        Table("fines", (Column("loan_id", TEXT), Column("cents", NUMBER))),
    )
)
HEAD = """
from datetime import datetime
from typing import Annotated
from pydantic import Field, ValidationInfo, field_validator, model_validator
from llmgen.validate.rules import Case, Row
"""
RULES = (
    HEAD
    + '''
def days_late(loan):
    return (loan.back_at - loan.due_at).days if loan.back_at else 0

class Loan(Row, table="loans"):
    id: str
    due_at: datetime
    back_at: datetime | None
    copies: int = Field(ge=1, description="copies is at least 1.")

    @property
    def many(self):
        return self.copies > 5

    @field_validator("id")
    @classmethod
    def id_is_small(cls, value):
        """id is in small letters.

        Nobody reads this.
        """
        if value != value.lower():
            raise ValueError(f"write {value.lower()}")
        return value

    @model_validator(mode="after")
    def back_in_the_past(self, info: ValidationInfo):
        """back_at is not after now."""
        assert self.back_at is None or self.back_at <= info.context["now"], "it lies ahead"
        return self

    @model_validator(mode="after")
    def few_when_late(self):
        """A late loan has at most 5 copies."""
        if days_late(self) > 0 and self.many:
            raise ValueError("too many")
        return self

class Fine(Row, table="fines"):
    loan_id: str
    cents: int

class Library(Case):
    loans: list[Loan]
    fines: list[Fine]

    @model_validator(mode="after")
    def late_is_fined(self):
        """A late loan has a fine."""
        for loan in self.loans:
            if days_late(loan) > 0 and not [fine for fine in self.fines if fine.loan_id == loan.id]:
                self.wrong(loan, f"{loan.id} needs a fine")
        return self

    @model_validator(mode="after")
    def some_loan(self, info: ValidationInfo):
        """There are loans."""
        if not self.loans:
            raise ValueError(f"none at {info.context['now']:%H:%M}")
        return self
'''
)
QUERY = """-- rule: known_loan: A fine is
--   of a loan.
SELECT * FROM fines WHERE loan_id NOT IN (SELECT id FROM loans);
"""


def at(day: int) -> datetime:
    return datetime(2026, 3, day, 10, tzinfo=UTC)


def loan(name: str, due: int = 5, back: int | None = None, copies: int = 1) -> dict[str, object]:
    return {"id": name, "due_at": at(due), "back_at": None if back is None else at(back), "copies": copies, "new": 1}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "library.py").write_text(RULES, "utf-8")
    (tmp_path / "library.sql").write_text("-- what it is for\n\n" + QUERY, "utf-8")
    (tmp_path / "_notes.py").write_text("raise SystemExit", "utf-8")
    return tmp_path


def test_every_rule_is_read_with_its_words_and_columns(folder: Path) -> None:
    rules = load_rules(folder, SCHEMA)
    read = {rule.name: (rule.words, {f"{table}.{name}" for table, name in rule.columns}) for rule in rules.rows}
    assert read == {
        "rule:Loan.copies": ("copies is at least 1.", {"loans.copies"}),
        "rule:Loan.id_is_small": ("id is in small letters.", {"loans.id"}),
        "rule:Loan.back_in_the_past": ("back_at is not after now.", {"loans.back_at"}),
        "rule:Loan.few_when_late": (
            "A late loan has at most 5 copies.",
            {"loans.back_at", "loans.due_at", "loans.copies"},
        ),
    }
    late, some = rules.cases
    assert (late.table, late.tables) == ("", {"loans", "fines"})
    assert late.columns == {("loans", name) for name in ("id", "due_at", "back_at")} | {("fines", "loan_id")}
    assert (some.name, some.tables) == ("rule:Library.some_loan", {"loans"})
    (query,) = rules.queries
    assert (query.name, query.words, query.tables) == ("sql:known_loan", "A fine is of a loan.", {"loans", "fines"})
    assert query.sql == "SELECT * FROM fines WHERE loan_id NOT IN (SELECT id FROM loans)"


def test_words_are_stated_only_where_all_their_tables_are_shown(folder: Path) -> None:
    rules = load_rules(folder, SCHEMA)
    assert rules.words_for(["fines"]) == []
    assert rules.words_for(["loans"]) == [
        "loans: copies is at least 1.",
        "loans: id is in small letters.",
        "loans: back_at is not after now.",
        "loans: A late loan has at most 5 copies.",
        "There are loans.",
    ]
    assert rules.words_for(["loans", "fines"])[-3:] == [
        "A late loan has a fine.",
        "There are loans.",
        "A fine is of a loan.",
    ]


@pytest.mark.parametrize(
    ("row", "broken"),
    [
        (loan("a"), []),
        (loan("a", back=10), []),
        (loan("a", back=12), [("back_in_the_past", "it lies ahead")]),
        (loan("a", back=12, copies=9), [("back_in_the_past", "it lies ahead"), ("few_when_late", "too many")]),
        (loan("A", back=12), [("id_is_small", "write a")]),
        (loan("A", copies=0), [("id_is_small", "write a"), ("copies", "Input should be greater than or equal to 1")]),
        (loan("a") | {"due_at": "soon"}, [("due_at", "Input should be a valid datetime or date, input is too short")]),
        (loan("a") | {"due_at": None}, []),
    ],
)
def test_each_broken_row_rule_is_named_by_itself(
    folder: Path, row: dict[str, object], broken: list[tuple[str, str]]
) -> None:
    found = load_rules(folder, SCHEMA).judge_row("loans", row, NOW)
    assert sorted((rule.name.removeprefix("rule:Loan."), message) for rule, message in found) == sorted(broken)


def test_a_table_without_rules_has_no_faults(folder: Path) -> None:
    assert load_rules(folder, SCHEMA).judge_row("shelves", {"id": 1}, NOW) == []


def test_case_rules_name_every_row_and_hold_although_row_rules_are_broken(folder: Path) -> None:
    rules = load_rules(folder, SCHEMA)
    loans = [loan("a", back=12), loan("b"), loan("c", back=8, copies=9)]
    found = rules.judge_case({"loans": loans, "fines": [{"loan_id": "b", "cents": 5}]}, NOW)
    assert [(rule.name, message, where) for rule, message, where in found] == [
        ("rule:Library.late_is_fined", "a needs a fine", "loans[0]"),
        ("rule:Library.late_is_fined", "c needs a fine", "loans[2]"),
    ]
    assert rules.judge_case({"loans": loans}, NOW) == []
    assert [fault[1:] for fault in rules.judge_case({"loans": [], "fines": []}, NOW)] == [("none at 15:30", "")]
    assert rules.judge_case({"loans": [loan("a", back=12) | {"due_at": None}], "fines": []}, NOW) == []


def test_a_rule_with_a_bug_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "bug.py").write_text(RULES.replace("if loan.back_at else 0", ""), "utf-8")
    rules = load_rules(tmp_path, SCHEMA)
    with pytest.raises(InputError, match=r"Loan fails instead of judging: TypeError: unsupported operand"):
        rules.judge_row("loans", loan("a"), NOW)
    with pytest.raises(InputError, match="fails instead of judging"):
        rules.judge_case({"loans": [loan("a")], "fines": []}, NOW)


ROW = 'class Loan(Row, table="loans"):\n    id: str\n'
METHOD = '    @model_validator(mode="{mode}")\n    def fair(self):\n        {doc}\n        return self\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ROW + METHOD.format(mode="after", doc="pass"), r"bad\.py: Loan\.fair has no docstring"),
        (ROW + METHOD.format(mode="after", doc='"""   """'), r"Loan\.fair has no docstring"),
        (ROW + METHOD.format(mode="wrap", doc='"""Words."""'), r"bad\.py: "),
        (ROW + "    copies: int = Field(ge=1)\n", r"Loan\.copies has a constraint and no description"),
        (ROW.replace('"loans"', '"lends"'), "Loan: the schema has no table lends"),
        (ROW + "    price: int\n", "Loan: loans has no column price"),
        (
            ROW + "class All(Case):\n    fines: list[Loan]\n",
            r"All\.fines is not a list of a Row class of the table fines",
        ),
        (ROW + "class All(Case):\n    loans: Loan\n", r"All\.loans is not a list"),
        ("class Loan(Row, table='loans'\n", r"bad\.py: SyntaxError"),
        ("import no_such_package\n", r"bad\.py: ModuleNotFoundError: No module named 'no_such_package'"),
        ("1 / 0\n", r"bad\.py: ZeroDivisionError"),
        ("class Loan(Row, table='loans'):\n    id: Lost\n", r"bad\.py: "),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "bad.py").write_text(HEAD + text, "utf-8")
    with pytest.raises(InputError, match=message) as caught:
        load_rules(tmp_path, SCHEMA)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT 1;\n" + QUERY, "text before the first rule"),
        ("-- rule: late\nSELECT 1;", "the rule late lacks"),
        ("-- rule: late: Words.\nSELECT 1", "the rule late lacks"),
        ("-- rule: late: Words.\n;", "the rule late lacks"),
        (QUERY + QUERY, "two rules are named sql:known_loan"),
    ],
)
def test_a_query_without_name_words_or_end_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "bad.sql").write_text(text, "utf-8")
    with pytest.raises(InputError, match=message):
        load_rules(tmp_path, SCHEMA)


def test_places_that_are_no_rules_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        load_rules(tmp_path / "gone", SCHEMA)
    with pytest.raises(InputError, match=r"gone\.py"):
        load_rules([tmp_path / "gone.py"], SCHEMA)
    (tmp_path / "latin.py").write_bytes("x = 'é'".encode("latin-1"))
    with pytest.raises(InputError, match=r"latin\.py: 'utf-8'"):
        load_rules(tmp_path, SCHEMA)


def test_loading_leaves_no_bytecode_and_no_public_module(folder: Path) -> None:
    load_rules(folder, SCHEMA)
    assert not (folder / "__pycache__").exists()
    assert not {"validators", "library"} & sys.modules.keys()


def test_the_digest_follows_the_bytes_of_every_file(folder: Path) -> None:
    first = load_rules(folder, SCHEMA)
    assert first.digest() == load_rules([folder / "library.sql", folder / "library.py"], SCHEMA).digest()
    (folder / "library.sql").write_text(QUERY, "utf-8")
    assert load_rules(folder, SCHEMA).digest() != first.digest()


def test_a_file_of_rules_that_ends_the_program_is_refused(tmp_path: Path) -> None:
    (tmp_path / "leaving.py").write_text("import sys\nsys.exit(0)\n", "utf-8")
    with pytest.raises(InputError, match=r"leaving\.py"):
        load_rules(tmp_path, Schema(()))
