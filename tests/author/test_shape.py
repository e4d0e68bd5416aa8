"""The shape of a case: what nests, how each reference is wired, which columns a model writes."""

import pytest
from library_fakes import OVERDUE, library_project

from llmgen.author.shape import case_shape, code_column, shared_shape
from llmgen.scenario import Expect, Scenario
from llmgen.schema.sql import read_schema

JUDGED = {("loans", "status"), ("loans", "due_at")}


@pytest.fixture(scope="module")
def schema(tmp_path_factory):
    return library_project(tmp_path_factory.mktemp("library")).schema


def scenario(root, tables=(), author=None, **more):
    ranges = dict(tables)
    return Scenario(
        words="words", root=root, with_=ranges, expect=(Expect(sql="true"),), author=author or {}, **more
    )  # fmt: skip


def wiring(shape):
    return {
        f"{name}.{'+'.join(key.columns)}": how for name, part in shape.parts.items() for key, how in part.wiring.items()
    }


def test_each_reference_is_wired_by_what_it_points_at(schema):
    assert wiring(case_shape(OVERDUE, schema, JUDGED)) == {
        "loans.reader_id": "only",
        "loans.branch_code": "code",
        "loans.club_id": "null",  # a table that is no part of the case
        "loans.renewal_of": "null",  # a self reference that may be null
        "readers.guardian_id": "null",
        "copies.book_id": "nest",
        "loan_copies.loan_id": "only",
        "loan_copies.copy_id": "nest",
        "fines.loan_id": "only",
        "fines.copy_id": "pointer",  # one of several, or none
    }


def test_children_nest_under_parents_that_there_may_be_several_of(schema):
    shape = case_shape(OVERDUE, schema, JUDGED)
    assert {name: part.parent for name, part in shape.parts.items()} == {
        "loans": None, "readers": None, "books": None, "copies": "books", "loan_copies": "copies", "fines": None,
    }  # fmt: skip
    assert [part.table.name for part in shape.children(None)] == ["loans", "readers", "books", "fines"]
    one_book = {**OVERDUE.with_, "books": (1, 1), "copies": (1, 1)}
    flat = case_shape(OVERDUE.model_copy(update={"with_": one_book}), schema, JUDGED)
    assert {part.parent for part in flat.parts.values()} == {None}
    assert wiring(flat)["fines.copy_id"] == "only"


def test_parents_stand_before_what_nests_under_them(schema):
    backwards = dict(reversed(OVERDUE.with_.items()))
    parts = list(case_shape(OVERDUE.model_copy(update={"with_": backwards}), schema, JUDGED).parts)
    assert parts.index("books") < parts.index("copies") < parts.index("loan_copies")


def test_parents_that_nobody_named_and_a_row_needs_are_added_hidden(schema):
    shape = case_shape(scenario("loan_copies"), schema, set())
    hidden = [name for name, part in shape.parts.items() if part.hidden]
    assert sorted(hidden) == ["books", "branches", "copies", "loans", "readers"]
    assert [part.table.name for part in shape.visible] == ["loan_copies"]
    assert "clubs" not in shape.parts
    assert shape.parts["loans"].authored == ()


def test_what_expects_and_rules_read_is_authored_whoever_is_named(schema):
    shape = case_shape(OVERDUE, schema, {*JUDGED, ("loans", "id"), ("readers", "created_at"), ("branches", "title")})
    assert shape.parts["loans"].authored == (
        "status", "lent_at", "due_at", "returned_at", "fine_cents", "note",
    )  # fmt: skip
    assert shape.parts["readers"].authored == ("born_on",)
    assert shape.shared == {"branches": "code"}


def test_people_are_authored_only_where_something_reads_them(schema):
    named = OVERDUE.model_copy(update={"author": {"readers": ("full_name", "email", "born_on")}})
    assert case_shape(named, schema, set()).parts["readers"].authored == ("born_on",)
    read = case_shape(named, schema, {("readers", "full_name")})
    assert read.parts["readers"].authored == ("full_name", "born_on")


def test_shared_rows_are_written_whole_with_the_code_that_names_them(schema):
    shape = shared_shape(OVERDUE, schema, [])
    assert shape.root is None
    assert shape.parts["branches"].authored == ("code", "title", "daily_fine_cents")


ODD = """
CREATE TABLE a (id int PRIMARY KEY, b_id int NOT NULL REFERENCES b (id), me int NOT NULL REFERENCES a (id));
CREATE TABLE b (id int PRIMARY KEY, a_id int REFERENCES a (id), name text);
CREATE TABLE c (x int, y int, PRIMARY KEY (x, y), title text, slug text UNIQUE);
CREATE TABLE d (id int PRIMARY KEY, x int NOT NULL, y int NOT NULL, from_b int NOT NULL REFERENCES b (id),
  to_b int NOT NULL REFERENCES b (id), FOREIGN KEY (x, y) REFERENCES c (x, y));
"""


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    file = tmp_path_factory.mktemp("odd") / "schema.sql"
    file.write_text(ODD)
    return read_schema(file)


def test_a_required_self_reference_points_at_itself_and_circles_do_not_nest(odd):
    shape = case_shape(scenario("a", {"b": (1, 3)}), odd, set())
    assert wiring(shape) == {"a.b_id": "pointer", "a.me": "self", "b.a_id": "only"}
    assert {part.parent for part in shape.parts.values()} == {None}
    assert case_shape(scenario("b", {"a": (1, 3)}), odd, set()).parts["a"].parent is None
    assert case_shape(scenario("d", {"a": (1, 3), "b": (1, 3)}), odd, set()).parts["a"].parent is None


def test_a_table_that_points_twice_at_another_does_not_nest_under_it(odd):
    shape = case_shape(scenario("d", {"b": (2, 4), "c": (1, 2)}), odd, set())
    assert wiring(shape)["d.from_b"] == wiring(shape)["d.to_b"] == "pointer"
    assert sorted(shape.parts["d"].references) == ["from_b", "to_b", "x"]


@pytest.mark.parametrize(("table", "column"), [("a", "id"), ("b", "name"), ("c", "slug")])
def test_people_name_a_row_by_the_most_telling_column(odd, table, column):
    assert code_column(odd.table(table)) == column
