"""The judge: NULL in CHECKs and expects, rules that cannot be evaluated, who a SQL rule blames, and places in words."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from llmgen.dataset import Case, CaseRow
from llmgen.errors import InputError
from llmgen.predicates.normalise import expect_predicate
from llmgen.schema.model import Schema
from llmgen.schema.sql import read_schema
from llmgen.validate.instants import CANONICAL, PROBES, Moves, Placed, place
from llmgen.validate.judge import Judge, Spoken
from llmgen.validate.rules import RuleSet, load_rules
from llmgen.validate.spoken import reading
from llmgen.violation import Violation

DDL = """
CREATE TABLE items (
  id int PRIMARY KEY, amount int CHECK (amount > 0), parts int, name varchar(12) NOT NULL,
  kind text DEFAULT 'x' NOT NULL, doc text, made_at timestamptz, note varchar(30),
  CONSTRAINT share CHECK (CAST(note AS integer) > 1),
  CONSTRAINT never_read CHECK (xpath_exists('/a', doc))
);
CREATE TABLE bits (id int PRIMARY KEY, item int REFERENCES items (id), size int);
CREATE TABLE plans (code text PRIMARY KEY, price int);
"""
NOW = CANONICAL


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    file = tmp_path_factory.mktemp("schema") / "s.sql"
    file.write_text(DDL, "utf-8")
    return read_schema(file)


def item(case: int, **cells: Any) -> Placed:
    row = {"id": case, "amount": 1, "parts": 2, "name": "n", "kind": "k", "doc": None, "made_at": None, "note": None}
    return Placed(case, 0, NOW, (CaseRow("items", "items/0", row | cells),))


def expecting(schema: Schema, *expects: str, disable: Sequence[str] = ()) -> Judge:
    spoken = [
        Spoken(expect_predicate(schema, "items", sql, f"expect:{number}", frozenset(["plans"])), f"{sql} must be true")
        for number, sql in enumerate(expects, 1)
    ]
    return Judge(schema, RuleSet(), spoken, disable, root="items")


def faults(judge: Judge, *placed: Placed, **shared: list[dict[str, Any]]) -> list[tuple[str, int | None]]:
    return [(finding.violation.rule, finding.violation.case) for finding in judge.judge(placed, shared)]


@pytest.fixture
def judge(schema: Schema) -> Iterator[Judge]:
    with expecting(schema) as judge:
        yield judge


# -- NULL, errors, what cannot be read ----------------------------------------------------------------------------


def test_null_passes_a_check_and_fails_an_expect(schema: Schema) -> None:
    with expecting(schema, "ROOT.amount > 0") as judge:
        assert faults(judge, item(0, amount=None)) == [("expect:1", 0)]
        assert faults(judge, item(0, amount=0)) == [("check:items_amount_check", 0), ("expect:1", 0)]
        assert faults(judge, item(0)) == []


def test_a_check_that_cannot_be_read_is_reported_before_anything_is_judged(judge: Judge) -> None:
    assert list(judge.skipped) == ["check:never_read of items"]
    assert "xpath_exists" in judge.skipped["check:never_read of items"].lower()


def test_disabled_rules_are_off_and_not_reported_as_skipped(schema: Schema) -> None:
    off = ["check:never_read", "check:items_amount_check", "expect:1", "cell:null", "key:primary"]
    with expecting(schema, "ROOT.amount > 0", disable=off) as judge:
        assert judge.skipped == {}
        assert faults(judge, item(0, amount=-1, name=None)) == []
        assert judge.judge_together([item(0), item(0)], {}) == []


def test_a_check_that_fails_on_a_row_is_a_violation_of_that_case_alone(judge: Judge) -> None:
    found = judge.judge([item(0, note="2"), item(1, note="two"), item(2, note="1"), item(3)], {})
    assert [(one.violation.rule, one.violation.case) for one in found] == [("check:share", 1), ("check:share", 2)]
    assert found[0].violation.found.startswith("an error: ")
    assert list(judge.skipped) == ["check:never_read of items"]


@pytest.mark.parametrize("sql", ["mod(6, ROOT.amount - 5) = 0", "CAST(ROOT.doc AS integer) = 5"])
def test_an_expect_that_fails_on_a_row_is_a_violation_of_that_case_alone(schema: Schema, sql: str) -> None:
    with expecting(schema, sql) as judge:
        found = judge.judge([item(0, amount=6, doc="5"), item(1, amount=5, doc="five"), item(2, amount=4, doc="5")], {})
        assert [(one.violation.rule, one.violation.case) for one in found] == [("expect:1", 1)]
        assert "expect:1 of items" not in judge.skipped
        assert faults(judge, item(0, amount=6, doc="5")) == []


def test_an_expect_that_cannot_be_evaluated_at_all_never_passes(schema: Schema) -> None:
    with expecting(schema, "ROOT.amount > 0") as judge:
        broken = judge.spoken[-1]
        judge.spoken[-1] = replace(broken, predicate=replace(broken.predicate, low='"ROOT"."nowhere" > 0'))
        assert faults(judge, item(0), item(1)) == [("expect:1", 0), ("expect:1", 1)]


def test_a_check_that_cannot_be_evaluated_at_all_is_skipped_and_said_so(schema: Schema) -> None:
    with expecting(schema) as judge:
        at = next(place for place, one in enumerate(judge.spoken) if one.predicate.name == "check:share")
        judge.spoken[at] = replace(
            judge.spoken[at], predicate=replace(judge.spoken[at].predicate, low='"ROOT"."nowhere" > 0')
        )
        assert faults(judge, item(0), item(1, amount=0)) == [("check:items_amount_check", 1)]
        assert "nowhere" in judge.skipped["check:share of items"]
        assert faults(judge, item(0, amount=0)) == [("check:items_amount_check", 0)]


def test_an_unreadable_expect_of_a_model_is_refused_before_it_is_judged(schema: Schema) -> None:
    with pytest.raises(InputError):
        expecting(schema, "pg_read_file('/etc/passwd') = ''")


# -- cells --------------------------------------------------------------------------------------------------------


def test_null_and_length_are_judged_cell_by_cell(judge: Judge) -> None:
    found = judge.judge(
        [item(3, name=None, kind=None, doc="x" * 9_000), item(4, name="x" * 13), item(5, name="é" * 12)], {}
    )
    assert [(one.violation.rule, one.violation.where, one.violation.case) for one in found] == [
        ("cell:null", "items[0].name", 3),
        ("cell:null", "items[0].kind", 3),
        ("cell:length", "items[0].name", 4),
    ]
    assert found[2].violation.mend == "at most 12 characters, this has 13"


def test_a_column_with_a_default_may_be_left_out(judge: Judge) -> None:
    placed = item(0)
    del placed.rows[0].values["kind"]
    assert faults(judge, placed) == []


def test_length_is_judged_after_placeholders_are_filled(schema: Schema) -> None:
    longer = "{items.made_at}" + "." * 15
    shorter = "{items.made_at:date}" + "." * 20
    assert len(longer) == 30 < len(shorter)
    with expecting(schema, disable=["check:share"]) as judge:
        for note, rules in ((shorter, []), (longer, ["cell:length"])):
            row = item(0, note=note, made_at=datetime(2026, 3, 1, tzinfo=UTC)).rows[0]
            placed = place(schema, Case(0, (row,)), CANONICAL, 0, Moves())
            assert [finding.violation.rule for finding in judge.judge([placed], {})] == rules


def test_a_violation_shows_the_cells_that_the_rule_names(schema: Schema) -> None:
    with expecting(schema, "ROOT.made_at > now() AND ROOT.name <> 'n'") as judge:
        (finding,) = judge.judge([item(0, made_at=datetime(2026, 3, 1, 4, tzinfo=UTC))], {})
    assert finding.violation == Violation(
        "expect:1",
        "case",
        "items[0]",
        "made_at = 2026-03-01T04:00:00Z, name = n",
        "ROOT.made_at > now() AND ROOT.name <> 'n' must be true",
        0,
    )
    assert finding.columns == {("items", "made_at")}


def test_cases_do_not_see_each_others_rows_and_share_the_shared_ones(schema: Schema) -> None:
    own, common = "EXISTS (SELECT 1 FROM bits b WHERE b.size = 1)", "EXISTS (SELECT 1 FROM plans p WHERE p.price = 9)"
    with expecting(schema, own, common) as judge:
        first = item(0)
        first = Placed(0, 0, NOW, (*first.rows, CaseRow("bits", "bits/0", {"id": 1, "item": 0, "size": 1})))
        assert faults(judge, first, item(1), plans=[{"code": "a", "price": 9}]) == [("expect:1", 1)]
        assert faults(judge, first) == [("expect:2", 0)]


# -- SQL rules ----------------------------------------------------------------------------------------------------


def queries(schema: Schema, tmp_path: Path, *sql: str, disable: Sequence[str] = ()) -> Judge:
    text = "".join(f"-- rule: q{number}: Words of {number}.\n{query};\n" for number, query in enumerate(sql, 1))
    (tmp_path / "r.sql").write_text(text, "utf-8")
    return Judge(schema, load_rules(tmp_path, schema), disable=disable, root="items")


def blamed(judge: Judge, *placed: Placed, **shared: list[dict[str, Any]]) -> list[tuple[str, int | None]]:
    return [(finding.violation.rule, finding.violation.case) for finding in judge.judge_together(placed, shared)]


def test_a_sql_rule_blames_every_case_that_breaks_it_alone(schema: Schema, tmp_path: Path) -> None:
    with queries(schema, tmp_path, "SELECT id FROM items WHERE parts > 5") as judge:
        found = judge.judge_together([item(0), item(1, parts=6), item(2), item(3, parts=7)], {})
    assert [(one.violation.rule, one.violation.case) for one in found] == [("sql:q1", 1), ("sql:q1", 3)]
    assert {one.violation.mend for one in found} == {"Words of 1."}
    assert {one.violation.found for one in found} == {"id = 1"}


@pytest.mark.parametrize("later", range(1, 7))
def test_a_sql_rule_blames_the_later_of_two(schema: Schema, tmp_path: Path, later: int) -> None:
    query = "SELECT a.id FROM items a JOIN items b ON a.id <> b.id AND a.parts = b.parts"
    with queries(schema, tmp_path, query) as judge:
        cases = [item(number, parts=1 if number in (0, later) else 10 + number) for number in range(7)]
        assert blamed(judge, *cases) == [("sql:q1", later)]


def test_a_rule_that_shared_rows_break_by_themselves_blames_no_case(schema: Schema, tmp_path: Path) -> None:
    with queries(schema, tmp_path, "SELECT code FROM plans WHERE price < 0") as judge:
        assert blamed(judge, item(0), plans=[{"code": "a", "price": -1}]) == [("sql:q1", None)]
        assert blamed(judge, item(0), plans=[{"code": "a", "price": 1}]) == []


def test_a_rule_that_wants_a_row_to_exist_blames_those_without(schema: Schema, tmp_path: Path) -> None:
    with queries(schema, tmp_path, "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM items WHERE parts = 9)") as judge:
        assert blamed(judge, item(0), item(1)) == [("sql:q1", 0), ("sql:q1", 1)]
        assert blamed(judge, item(0), item(1, parts=9)) == []


def test_a_sql_rule_that_fails_on_a_row_blames_that_case_and_is_not_skipped(schema: Schema, tmp_path: Path) -> None:
    with queries(schema, tmp_path, "SELECT id FROM items WHERE CAST(doc AS integer) > 5") as judge:
        found = judge.judge_together([item(0, doc="1"), item(1, doc="one"), item(2, doc="2")], {})
        assert [(one.violation.rule, one.violation.case) for one in found] == [("sql:q1", 1)]
        assert found[0].violation.found.startswith("an error: ")
        assert "sql:q1" not in judge.skipped


def test_a_sql_rule_that_cannot_be_asked_is_skipped_and_said_so(schema: Schema, tmp_path: Path) -> None:
    sql = "SELECT id FROM items WHERE made_at > parts"
    with queries(schema, tmp_path, sql, "SELECT id FROM items WHERE parts > 5") as judge:
        assert blamed(judge, item(0, parts=6)) == [("sql:q2", 0)]
        assert "sql:q1" in judge.skipped
        assert blamed(judge, item(0, parts=6)) == [("sql:q2", 0)]


def test_a_disabled_sql_rule_is_off(schema: Schema, tmp_path: Path) -> None:
    with queries(schema, tmp_path, "SELECT id FROM items", disable=["sql:q1"]) as judge:
        assert blamed(judge, item(0)) == []


def test_nothing_together_is_nothing_wrong(judge: Judge) -> None:
    assert judge.judge([], {}) == []
    assert judge.judge_together([], {}) == []


def test_a_rule_that_reads_the_clock_is_asked_at_every_instant(schema: Schema, tmp_path: Path) -> None:
    query = "SELECT id FROM items WHERE extract(month FROM now()) = 2"
    with queries(schema, tmp_path, query) as judge:
        placed = [item(0), *(Placed(0, at, now, item(0).rows) for at, now in enumerate(PROBES, 1))]
        assert [finding.at for finding in judge.judge_together(placed, {})] == [3, 4]


@pytest.mark.parametrize(
    ("sql", "how"),
    [
        ("SELECT id FROM items WHERE parts > 1", "none"),
        ("SELECT i.* FROM items i WHERE parts > 1", "none"),
        ("SELECT count(*) FROM items", "none"),
        ("SELECT a.made_at FROM items a JOIN items b ON a.made_at < b.made_at", "compared"),
        ("SELECT id FROM items WHERE made_at > now()", "read"),
        ("SELECT id FROM items WHERE made_at > TIMESTAMPTZ '2026-01-01'", "read"),
        ("SELECT id FROM items WHERE date_trunc('day', made_at) = made_at", "read"),
        ("SELECT a.id FROM items a, items b WHERE a.made_at < b.made_at + interval '1 month'", "read"),
        ("SELECT x.id FROM (SELECT * FROM items) AS x WHERE x.made_at > x.made_at", "read"),
        ("SELECT max(made_at) FROM items", "read"),
    ],
)
def test_how_a_query_reads_moments(schema: Schema, tmp_path: Path, sql: str, how: str) -> None:
    with queries(schema, tmp_path, sql) as judge:
        assert reading(judge.queries[0].predicate, judge.dated) == how


# -- Python rules -------------------------------------------------------------------------------------------------

RULES = '''
from datetime import datetime
from pydantic import model_validator
from llmgen.validate.rules import Case, Row

class Item(Row, table="items"):
    id: int
    parts: int | None
    made_at: datetime | None

    @model_validator(mode="after")
    def few_parts(self):
        """An item has at most five parts."""
        if self.parts is not None and self.parts > 5:
            raise ValueError(f"{self.parts} parts are more than 5")
        return self

class Bit(Row, table="bits"):
    id: int
    size: int

class Whole(Case):
    items: list[Item]
    bits: list[Bit]

    @model_validator(mode="after")
    def small_bits(self):
        """A bit is small."""
        for row in self.bits:
            if row.size > 9:
                self.wrong(row, f"size {row.size} is more than 9")
        return self
'''


def test_python_rules_name_rows_by_their_place_in_the_case(schema: Schema, tmp_path: Path) -> None:
    (tmp_path / "r.py").write_text(RULES, "utf-8")
    bits = [
        CaseRow("bits", f"items/0/bits/{number}", {"id": number, "item": 0, "size": size})
        for number, size in enumerate((1, 10))
    ]
    with Judge(schema, load_rules(tmp_path, schema), root="items") as judge:
        found = [one.violation for one in judge.judge([Placed(0, 0, NOW, (*item(0, parts=6).rows, *bits))], {})]
        assert [(one.rule, one.where, one.mend) for one in found] == [
            ("rule:Item.few_parts", "items[0]", "6 parts are more than 5"),
            ("rule:Whole.small_bits", "items[0].bits[1]", "size 10 is more than 9"),
        ]
        assert judge.words(["items", "bits"])[:2] == ["items: An item has at most five parts.", "A bit is small."]
        assert ("items", "parts") in judge.ruled_columns(["items"])
        assert judge.ruled_columns(["plans"]) == set()
