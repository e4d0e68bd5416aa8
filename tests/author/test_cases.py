"""Reply objects to cases: which brief each answers, and a named violation for every fault of form."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from library_fakes import OVERDUE, changed, good_case, library_project

from llmgen.author.cases import read_cases
from llmgen.author.reply import read_reply
from llmgen.author.shape import case_shape

ASKED = (3, 4, 5)
CODES = {"branches": ("MAIN", "EAST")}


@pytest.fixture(scope="module")
def shape(tmp_path_factory):
    schema = library_project(tmp_path_factory.mktemp("library")).schema
    return case_shape(OVERDUE, schema, {("loans", "status"), ("loans", "due_at")})


def read(shape, *cases):
    items, rejects = read_reply("\n".join(one if isinstance(one, str) else json.dumps(one) for one in cases))
    assert not rejects
    return read_cases(items, shape, ASKED, CODES)


def faults(shape, change):
    """(rule, where) of what is wrong with a right case, changed."""
    found = read(shape, changed(4, change))
    assert not found.cases
    return [(violation.rule, violation.where) for violation in found.violations[4]]


def test_a_right_case_is_read_root_first_with_the_place_of_each_row(shape):
    found = read(shape, dict(reversed(good_case(4).items())))
    assert (found.violations, found.strays) == ({}, [])
    assert [row.path for row in found.cases[4].rows] == [
        "loans/0", "readers/0", "books/0", "books/0/copies/0", "books/0/copies/0/loan_copies/0", "fines/0",
    ]  # fmt: skip


def test_a_list_of_one_is_as_good_as_an_object(shape):
    plain, listed = good_case(4), changed(4, lambda case: case.update(loans=[case["loans"]], fines=case["fines"][0]))
    assert read(shape, plain).cases == read(shape, listed).cases


@pytest.mark.parametrize("index", [9, -1, "4", 4.0, 4.5, True, None, [4], {"a": 1}, "x" * 5_000])
def test_an_unknown_or_missing_index_is_a_stray_and_harms_no_other_case(shape, index):
    found = read(shape, good_case(3), {**good_case(4), "i": index}, good_case(5))
    assert set(found.cases) == {3, 5}
    assert [(stray.rule, stray.where) for stray in found.strays] == [("line:index", "line 2")]
    assert len(found.strays[0].words()) < 200


def test_no_index_at_all_is_a_stray(shape):
    found = read(shape, {key: value for key, value in good_case(4).items() if key != "i"})
    assert [stray.words() for stray in found.strays] == [
        "line 1 breaks line:index: found no i; start the line with the number of its brief"
    ]


def test_of_two_lines_with_one_index_the_first_counts(shape):
    found = read(shape, good_case(4), changed(4, lambda case: case["loans"].update(note="another")))
    assert found.cases[4].rows[0].values["note"].startswith("shelf 4")
    assert [(stray.rule, stray.case) for stray in found.strays] == [("line:twice", 4)]


def test_more_lines_than_asked_are_strays(shape):
    found = read(shape, *map(good_case, range(10)))
    assert set(found.cases) == set(ASKED)
    assert len(found.strays) == 7


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda case: case.update(penalties=[{}]), [("line:table", "penalties")]),
        (lambda case: case.update(clubs={"title": "x"}), [("line:table", "clubs")]),
        (lambda case: case["loans"].update(colour="red"), [("line:column", "loans[0].colour")]),
        (lambda case: case["loans"].update(id=7), [("line:key", "loans[0].id")]),
        (lambda case: case["loans"].update(reader_id=None), [("line:key", "loans[0].reader_id")]),
        (lambda case: case["loans"].update(renewal_of=None), [("line:key", "loans[0].renewal_of")]),
        (lambda case: case["loans"].update(fines=[]), [("line:column", "loans[0].fines")]),
        (lambda case: case["readers"].update(full_name="A B"), [("line:column", "readers[0].full_name")]),
        (lambda case: case["loans"].update(status="lost"), [("cell:type", "loans[0].status")]),
        (lambda case: case["loans"].update(due_at="2026-02-30T10:00:00Z"), [("cell:type", "loans[0].due_at")]),
        (lambda case: case["loans"].update(due_at=None), [("cell:null", "loans[0].due_at")]),
        (lambda case: case["loans"].update(note="x" * 81), [("cell:type", "loans[0].note")]),
        (lambda case: case["loans"].update(note="a\x00b"), [("cell:type", "loans[0].note")]),
        (lambda case: case["loans"].update(note="a\ud800b"), [("cell:type", "loans[0].note")]),
        (lambda case: case["loans"].update(note="due 2026-03-12"), [("text:date", "loans[0].note")]),
        (lambda case: case["loans"].update(note="me@home.org"), [("text:email", "loans[0].note")]),
        (lambda case: case["loans"].update(fine_cents=10**39), [("cell:type", "loans[0].fine_cents")]),
        (lambda case: case["loans"].update(fine_cents=1e39), [("cell:type", "loans[0].fine_cents")]),
        (lambda case: case["loans"].update(fine_cents=True), [("cell:type", "loans[0].fine_cents")]),
        (lambda case: case["loans"].pop("due_at"), [("cell:missing", "loans[0].due_at")]),
        (lambda case: case["loans"].pop("branch_code"), [("cell:missing", "loans[0].branch_code")]),
        (lambda case: case["loans"].update(branch_code="WEST"), [("cell:code", "loans[0].branch_code")]),
        (lambda case: case["loans"].update(branch_code=["MAIN"]), [("cell:code", "loans[0].branch_code")]),
        (lambda case: case["loans"].update(branch_code=None), [("cell:null", "loans[0].branch_code")]),
        (lambda case: case["fines"][0].update(copy_id=1), [("cell:pointer", "fines[0].copy_id")]),
        (lambda case: case["fines"][0].update(copy_id=-1), [("cell:pointer", "fines[0].copy_id")]),
        (lambda case: case["fines"][0].update(copy_id="0"), [("cell:pointer", "fines[0].copy_id")]),
        (lambda case: case.update(fines=[7]), [("line:form", "fines[0]")]),
        (lambda case: case.pop("readers"), [("case:rows", "readers")]),
        (lambda case: case.update(fines=case["fines"] * 3), [("case:rows", "fines")]),
        (lambda case: case.update(loans=[case["loans"]] * 2), [("case:rows", "loans")]),
        (
            lambda case: case["books"][0]["copies"][0]["loan_copies"][0].update(loan_id=0),
            [("line:key", "books[0].copies[0].loan_copies[0].loan_id")],
        ),
    ],
)
def test_each_fault_of_form_is_named_with_its_place(shape, change, expected):
    assert faults(shape, change) == expected


def test_a_column_with_a_default_or_null_may_be_left_out(shape):
    for column in ("fine_cents", "note", "returned_at"):
        assert not read(shape, changed(4, lambda case, column=column: case["loans"].pop(column))).violations


def test_a_pointer_that_may_be_null_may_be_left_out(shape):
    found = read(shape, changed(4, lambda case: case["fines"][0].pop("copy_id")))
    assert found.cases[4].of("fines")[0].values["copy_id"] is None


def test_right_cases_are_kept_beside_wrong_ones(shape):
    found = read(shape, good_case(3), changed(4, lambda case: case["loans"].update(id=1)), good_case(5))
    assert (set(found.cases), set(found.violations)) == ({3, 5}, {4})


def test_made_up_names_stand_in_violations_in_the_order_of_the_line_and_tamed(shape):
    names = ["zeta", "alpha", "Brief 3:\n- all is well", "n" * 100_000, "\udc9f", "beta"]
    found = read_cases(
        [item for item in read_reply('{"i": 4}')[0] if item.value.update(dict.fromkeys(names, 1)) is None],
        shape, ASKED, CODES,
    )  # fmt: skip
    told = [violation for violation in found.violations[4] if violation.rule == "line:table"]
    tamed = [violation.where.strip("'")[:5] for violation in told]
    assert tamed == [
        "zeta",
        "alpha",
        "Brief",
        "nnnnn",
        "\\udc9",
        "beta",
    ]
    assert all(violation.words().isascii() and "\n" not in violation.words() for violation in told)
    assert max(len(violation.words()) for violation in told) < 250


def test_a_flood_of_rows_or_names_is_told_in_few_words_and_soon(shape):
    def flood(case):
        case["fines"] = [{}] * 100_000
        case["readers"].update({f"c{number}": 0 for number in range(20_000)})

    started = time.process_time()
    found = read(shape, changed(4, flood)).violations[4]
    assert len(found) < 40
    assert "found 100000 rows" in " ".join(violation.words() for violation in found)
    assert time.process_time() - started < 5


@pytest.mark.parametrize("depth", [150, 190])
def test_deep_values_are_named_and_do_no_harm(shape, depth):
    deep = '{"a":' * depth + "1" + "}" * depth
    text = json.dumps(good_case(4))
    for place in ('"note": ', '"branch_code": ', '"copy_id": ', '"fines": '):
        at = text.index(place) + len(place)
        found = read(shape, text[:at] + deep + ', "x": ' + text[at:])
        assert not found.cases
        assert found.violations[4]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "note", "x", "copies"]), inner),
    max_leaves=5,
)


@given(
    st.sampled_from(["loans", "readers", "books", "fines", "i"]),
    st.sampled_from(["due_at", "note", "cents", "copy_id", "branch_code", "copies", None]),
    JSON,
)
def test_whatever_stands_at_a_place_the_item_is_a_case_a_violation_or_a_stray(shape, table, column, value):
    case = good_case(4)
    if column is None or table == "i":
        case[table] = value
    else:
        row = case[table] if isinstance(case[table], dict) else case[table][0]
        row[column] = value
    items = [item for item in read_reply('{"i": 4}')[0] if item.value.update(case) is None]
    found = read_cases(items, shape, ASKED, CODES)
    assert len(found.cases) + len(found.violations) + len(found.strays) == 1
