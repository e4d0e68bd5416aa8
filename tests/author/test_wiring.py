"""Keys, references and bookkeeping moments: integrity by construction, and no row shifts another's."""

from datetime import timedelta

import pytest
from library_fakes import OVERDUE, changed, good_case, library_project, workshop

from llmgen.author.cases import read_cases
from llmgen.author.complete import complete
from llmgen.author.reply import Item
from llmgen.author.wiring import row_number, serial
from llmgen.dataset import Case
from llmgen.validate.instants import CANONICAL
from llmgen.validate.keys import key_faults


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    project = library_project(tmp_path_factory.mktemp("library"))
    wider = {**OVERDUE.with_, "books": (1, 3), "copies": (0, 4), "loan_copies": (0, 4), "fines": (0, 3)}
    with workshop(project, 20, OVERDUE.model_copy(update={"with_": wider})) as opened:
        yield opened


def completed(shop, *values):
    """The cases with all their rows whole, from reply objects."""
    task = shop.task(shop.project.reference)
    codes = {table: list(rows) for table, rows in task.completion.wire.codes.items()}
    asked = [one["i"] for one in values]
    read = read_cases([Item(1, one) for one in values], shop.shape, asked, codes)
    assert not read.violations
    briefs = {brief.index: brief for batch in range(2) for brief in shop.briefs(batch)}
    return complete([read.cases[index] for index in asked], briefs, task.completion)


def big(index):
    """Two books; the second has two copies, both lent; a fine for the last copy, and one for none."""
    case = good_case(index)
    second = {"shelf_mark": f"L {index:03}", "pages": 9, "copies": []}
    second["copies"] = [{"number": n, "loan_copies": [{"wear": 0.5}]} for n in (1, 2)]
    case["books"] += [second]
    case["fines"] = [{"copy_id": 2, "cents": 50}, {"cents": 25}]
    return case


def rows(case, table):
    return [row.values for row in case.of(table)]


def test_every_reference_of_every_case_resolves_and_no_key_repeats(shop):
    cases = completed(shop, *map(big, range(20)))
    entries = {"branches": [(None, row) for row in Case(0, ()).rows]}
    for case in cases:
        for row in case.rows:
            entries.setdefault(row.table, []).append((case.index, row))
    faults = [fault for fault in key_faults(shop.shape.schema, entries) if "branches" not in fault.mend]
    assert faults == []
    assert len(entries["loan_copies"]) == 60


def test_references_point_where_the_line_says(shop):
    (case,) = completed(shop, big(4))
    (loan,), (reader,) = rows(case, "loans"), rows(case, "readers")
    first, second = rows(case, "books")
    copies = rows(case, "copies")
    assert loan["reader_id"] == reader["id"]
    assert (loan["branch_code"], loan["club_id"], loan["renewal_of"]) == ("MAIN", None, None)
    assert [copy["book_id"] for copy in copies] == [first["id"], second["id"], second["id"]]
    assert [one["copy_id"] for one in rows(case, "loan_copies")] == [copy["id"] for copy in copies]
    assert {one["loan_id"] for one in rows(case, "loan_copies") + rows(case, "fines")} == {loan["id"]}
    assert [fine["copy_id"] for fine in rows(case, "fines")] == [copies[2]["id"], None]


def test_a_row_more_shifts_nothing_elsewhere(shop):
    small = big(4)
    del small["books"][1]["copies"][1], small["fines"][0]
    (more, other), (less, same) = completed(shop, big(4), big(7)), completed(shop, small, big(7))
    assert other == same
    kept = {row.path: row.values for row in less.rows}
    shared = [row for row in more.rows if row.path in kept and row.table != "fines"]
    assert len(shared) == 8
    assert all(kept[row.path] == row.values for row in shared)


def test_a_case_is_the_same_beside_others_and_alone(shop):
    together = completed(shop, *map(big, range(10)))
    for case in (together[0], together[7]):
        assert completed(shop, big(case.index)) == [case]


def test_what_the_model_wrote_is_never_changed(shop):
    (case,) = completed(shop, big(3))
    assert [row["pages"] for row in rows(case, "books")] == [103, 9]
    (loan,) = rows(case, "loans")
    assert (loan["status"], loan["fine_cents"], loan["note"]) == ("overdue", 75, "shelf 3 {loans.due_at}")


def test_numbers_are_dense_and_leave_room_for_every_row_that_may_come(shop):
    seen = set()
    for book in range(3):
        for copy in range(4):
            number, most = row_number(shop.shape, f"books/{book}/copies/{copy}")
            seen.add(number)
            assert most == 12
    assert seen == set(range(12))
    assert serial(shop.shape, 2, "books/1/copies/3") == 2 * 12 + 1 * 4 + 3


def test_hidden_parents_get_a_row_of_their_own(tmp_path):
    project = library_project(tmp_path)
    own = ("lent_at", "returned_at", "fine_cents", "note")
    bare = OVERDUE.model_copy(update={"with_": {}, "author": {"loans": own}, "expect": OVERDUE.expect[:2]})
    with workshop(project, 1, bare) as opened:
        (case,) = completed(opened, {"i": 0, "loans": good_case(0)["loans"]})
    (loan,), (reader,) = rows(case, "loans"), rows(case, "readers")
    assert loan["reader_id"] == reader["id"]
    assert reader["full_name"]
    assert reader["email"].endswith(("example", "example.com", "example.net", "example.org"))


def test_a_row_came_to_be_before_what_refers_to_it_and_its_birthday_is_no_such_moment(shop):
    for case in completed(shop, *map(big, range(20))):
        (loan,), (reader,) = rows(case, "loans"), rows(case, "readers")
        assert CANONICAL - timedelta(days=800) < reader["created_at"] < loan["lent_at"] <= CANONICAL


@pytest.mark.parametrize("year", [1, 9999])
def test_the_ends_of_the_calendar_are_no_obstacle(shop, year):
    moment = f"{year:04}-01-01T00:00:00Z"
    (case,) = completed(shop, changed(1, lambda case: case["loans"].update(lent_at=moment, due_at=moment)))
    assert rows(case, "readers")[0]["created_at"].year == min(year, 2026) or year == 9999
