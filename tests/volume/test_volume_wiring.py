"""Every unique holds, every reference exists, and any part of the rows is the same as in the whole."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wiring_cells import Cells, all_rows, kinds, parent, to, typed_room

from llmgen.errors import InputError
from llmgen.schema.model import Check, Column, ColumnType, Exclude, Schema, Table, Unique
from llmgen.volume.capacity import capacity
from llmgen.volume.request import Count
from llmgen.volume.room import Room

A, B, C = parent("a"), parent("b"), parent("c")


def child(columns, *uniques, keys=(), primary=(), **others):
    return Table("t", columns, primary, tuple(keys), tuple(uniques), **others)


def three(*uniques, primary=()) -> Schema:
    """A table that refers to a, b and c, of which c may be missing."""
    columns = kinds(
        id="integer!", a_id="integer", b_id="integer", c_id="integer?", kind="three", flag="boolean", place="small",
        name="text",
    )  # fmt: skip
    keys = (to("a", "a_id"), to("b", "b_id"), to("c", "c_id"))
    return Schema((A, B, C, Table("t", columns, primary, keys, uniques)))


def faults(schema: Schema, rows: int, parents=(5, 7, 4), **given) -> list[str]:
    counts = dict(zip("abc", parents, strict=True)) | {"t": rows}
    return Cells(schema, counts, **given).faults("t")


def full(schema: Schema, parents=(5, 7, 4)) -> int | None:
    counts = dict(zip("abc", parents, strict=True))
    room = capacity(schema, "t", counts, typed_room(schema))
    return None if room is None else room.rows


NAMES = ("a_id", "b_id", "c_id", "kind", "flag", "place", "name")
UNIQUES = st.lists(
    st.builds(
        Unique,
        st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True).map(tuple),
        where=st.sampled_from([None, None, None, "name = 'x'"]),
        nulls_distinct=st.booleans(),
    ),
    max_size=4,
)
SIZES = st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(1, 9))


@settings(max_examples=200, deadline=None)
@given(UNIQUES, SIZES, st.integers(0, 60))
def test_at_any_number_of_rows_up_to_capacity_every_unique_holds(uniques, parents, rows):
    schema = three(*uniques)
    room = full(schema, parents)
    for count in {rows if room is None else min(rows, room), 200 if room is None else min(room, 3000)}:
        assert faults(schema, count, parents) == []


@settings(max_examples=100, deadline=None)
@given(UNIQUES, SIZES, st.data())
def test_any_part_of_the_rows_has_the_same_parents_as_in_the_whole(uniques, parents, data):
    schema = three(*uniques)
    room = full(schema, parents)
    count = min(50, 50 if room is None else room)
    cells = Cells(schema, dict(zip("abc", parents, strict=True)) | {"t": count})
    rows = np.array(data.draw(st.lists(st.integers(0, count - 1), max_size=20)), np.uint64)
    whole = cells.at("t")
    part = cells.wiring.coordinates("t", rows, np.zeros_like(rows))
    for mine, all_of in ((part.parents, whole.parents), (part.codes, whole.codes), (part.ordinals, whole.ordinals)):
        assert mine.keys() == all_of.keys()
        for name, numbers in mine.items():
            assert numbers.tolist() == all_of[name][rows.astype(np.int64)].tolist()


@pytest.mark.parametrize(
    ("uniques", "room"),
    [
        ([("a_id",)], 5),
        ([("a_id",), ("b_id",)], 5),
        ([("a_id", "b_id")], 35),
        ([("a_id", "kind")], 15),
        ([("a_id", "kind", "flag")], 30),
        ([("kind", "flag")], 6),
        ([("a_id", "b_id"), ("a_id", "kind")], 15),
        ([("a_id", "place")], 5 * 32767),
        ([("c_id",)], None),
        ([("a_id", "c_id")], None),
        ([("a_id", "name")], None),
        ([("id",)], None),
    ],
)
def test_capacity_is_what_the_columns_can_tell_apart(uniques, room):
    assert full(three(*(Unique(columns) for columns in uniques))) == room


def test_a_table_beyond_its_capacity_is_refused_with_the_unique_that_limits_it():
    with pytest.raises(InputError, match=r"t holds at most 35 rows, not 36: unique \(a_id, b_id\): 5 a x 7 b"):
        faults(three(Unique(("a_id", "b_id"))), 36)


def test_uniques_that_share_columns_in_a_circle_hold():
    schema = three(Unique(("a_id", "b_id")), Unique(("b_id", "kind")), Unique(("a_id", "kind")))
    room = full(schema, (40, 40, 4))
    assert room is not None
    assert room >= 30
    assert faults(schema, room, (40, 40, 4)) == []


def test_numbers_of_a_row_count_from_0_within_its_parent():
    schema = three(Unique(("a_id", "place")))
    at = Cells(schema, {"a": 5, "b": 1, "c": 1, "t": 100}).at("t")
    for one in range(5):
        mine = at.ordinals["place"][at.parents[0] == one]
        assert sorted(mine.tolist()) == list(range(len(mine)))


def test_parents_are_skewed_and_some_references_are_empty():
    at = Cells(three(), {"a": 100, "b": 100, "c": 100, "t": 10_000}).at("t")
    children = np.sort(np.bincount(at.parents[0], minlength=100))
    assert children[-1] > 3 * children[50] > 0
    assert 0.08 < (at.parents[2] < 0).mean() < 0.12


def test_another_attempt_draws_other_parents_but_for_those_that_a_unique_needs():
    wiring = Cells(three(Unique(("a_id", "kind"))), {"a": 50, "b": 50, "c": 50, "t": 100}).wiring
    rows = all_rows(100)
    first, second = (wiring.coordinates("t", rows, np.full_like(rows, attempt)) for attempt in (0, 1))
    assert (first.parents[0] == second.parents[0]).all()
    assert (first.codes["kind"] == second.codes["kind"]).all()
    assert (first.parents[1] != second.parents[1]).mean() > 0.8


def test_rows_that_must_refer_to_nobody_do():
    wiring = Cells(three(), {"a": 5, "b": 5, "c": 5, "t": 10}).wiring
    rows = all_rows(10)
    at = wiring.coordinates("t", rows, np.zeros_like(rows), {2: rows % 2 == 0})
    assert (at.parents[2][::2] == -1).all()


def test_nulls_that_are_not_distinct_are_not_written():
    schema = three(Unique(("c_id", "kind"), nulls_distinct=False))
    at = Cells(schema, {"a": 5, "b": 5, "c": 50, "t": 150}).at("t")
    assert (at.parents[2] >= 0).all()


def test_rows_beyond_the_parents_of_an_optional_one_to_one_refer_to_nobody():
    at = Cells(three(Unique(("c_id",))), {"a": 5, "b": 5, "c": 50, "t": 150}).at("t")
    used = at.parents[2][at.parents[2] >= 0]
    assert len(np.unique(used)) == len(used) > 35


def test_a_partial_unique_names_the_rows_in_which_its_predicate_must_be_false():
    unique = Unique(("a_id",), where="flag")
    wiring = Cells(three(unique), {"a": 5, "b": 5, "c": 5, "t": 100}).wiring
    losers = wiring.losers("t", all_rows(100))[unique]
    assert losers.sum() == 95
    assert wiring.losers("t", all_rows(100)[40:])[unique].tolist() == losers[40:].tolist()


def test_a_predicate_that_only_wants_a_value_changes_nothing():
    assert full(three(Unique(("c_id",), where="c_id IS NOT NULL"))) is None
    assert full(three(Unique(("a_id",), where="(a_id IS NOT NULL)"))) == 5


def test_folded_columns_are_made_distinct_and_what_cannot_be_read_is_named():
    folded, opaque = Unique((), expressions=("lower(name)",)), Unique((), expressions=("payload ->> 'x'",))
    wiring = Cells(three(folded, opaque), {"a": 5, "b": 5, "c": 5, "t": 10}).wiring
    assert wiring.distinct("t") == {"name"}
    assert wiring.settled("t") == (opaque,)


@pytest.mark.parametrize("uniques", [(), (Unique(("a_id", "kind")),), (Unique(("a_id", "place")),)])
def test_children_are_as_many_as_asked_for_each_row_of_the_parent(uniques):
    schema = three(*uniques)
    cells = Cells(schema, {"a": 4, "b": 5, "c": 5, "t": 8}, per={"t": Count(per=(2, 2), parent="a")})
    assert np.bincount(cells.at("t").parents[0]).tolist() == [2, 2, 2, 2]
    assert cells.faults("t") == []


def test_more_children_than_a_parent_can_tell_apart_are_refused():
    with pytest.raises(InputError, match="t holds at most 3 rows for one of a, not 4"):
        Cells(
            three(Unique(("a_id", "kind"))),
            {"a": 4, "b": 5, "c": 5, "t": 16 - 4},
            per={"t": Count(per=(4, 4), parent="a")},
        )


def test_rows_that_must_refer_to_an_empty_table_are_refused_and_others_refer_to_nobody():
    with pytest.raises(InputError, match="every row of t refers to a row of a, which has none"):
        faults(three(), 3, (0, 1, 1))
    at = Cells(three(), {"a": 1, "b": 1, "c": 0, "t": 3}).at("t")
    assert at.parents[2].tolist() == [-1, -1, -1]


def tree(nullable: str, *uniques: Unique) -> Schema:
    columns = kinds(id="integer!", t_id=f"integer{nullable}", place="small", kind="three", name="text")
    return Schema((Table("t", columns, ("id",), (to("t", "t_id"),), uniques),))


@pytest.mark.parametrize(
    "uniques", [(), (Unique(("t_id", "place")),), (Unique(("t_id", "kind")),), (Unique(("t_id",)),)]
)
@pytest.mark.parametrize("nullable", ["?", ""])
@pytest.mark.parametrize("rows", [1, 2, 3, 500])
def test_rows_of_a_table_that_refers_to_itself_are_a_forest(uniques, nullable, rows):
    cells = Cells(tree(nullable, *uniques), {"t": rows})
    parents = cells.at("t").parents[0]
    numbers = np.arange(rows)
    assert cells.faults("t") == []
    assert (parents < numbers).all() if nullable else (parents <= numbers).all()
    assert parents[0] == (-1 if nullable else 0)


def test_forests_are_not_deep():
    parents = Cells(tree("?"), {"t": 20_000}).at("t").parents[0]
    deep, steps = parents, 0
    while (deep >= 0).any():
        deep, steps = np.where(deep >= 0, parents[deep], -1), steps + 1
    assert 3 <= steps <= 6
    assert 0.15 < (parents < 0).mean() < 0.25


def test_one_table_after_another_shares_its_key():
    tables = [parent("one")]
    for name, above in (("two", "one"), ("three", "two")):
        tables.append(Table(name, kinds(id="integer", note="text"), ("id",), (to(above, "id"),)))
    cells = Cells(Schema(tuple(tables)), {"one": 50, "two": 40, "three": 40})
    assert cells.faults("two") == cells.faults("three") == []


def test_what_is_drawn_depends_on_the_seed_and_not_on_other_tables():
    schema = three(Unique(("a_id", "b_id")))
    counts = {"a": 50, "b": 50, "c": 50, "t": 100}
    first = Cells(schema, counts).at("t")
    other = Cells(replace(schema, tables=(*schema.tables, parent("d"))), counts).at("t")
    assert (first.parents[0] == other.parents[0]).all()
    assert (first.parents[0] != Cells(schema, counts, "2").at("t").parents[0]).any()


def test_ranges_that_may_not_overlap_count_within_their_parent_or_the_whole_table():
    columns = kinds(id="integer!", a_id="integer", during="other", begins="date", ends="date", label="text")
    within = Exclude((("a_id", "="), ("during", "&&")))
    alone = Exclude((("label", "="), ("daterange(begins, ends)", "&&")), where="NOT gone")
    table = Table("t", columns, ("id",), (to("a", "a_id"),), excludes=(within, alone))
    cells = Cells(Schema((A, table)), {"a": 7, "t": 50})
    at = cells.at("t")
    for one in range(7):
        mine = at.ordinals["during"][at.parents[0] == one]
        assert sorted(mine.tolist()) == list(range(len(mine)))
    assert sorted([*at.ordinals["begins"].tolist(), *at.ordinals["ends"].tolist()]) == list(range(100))
    assert (at.ordinals["begins"] < at.ordinals["ends"]).all()
    assert cells.wiring.distinct("t") == {"id"}


@pytest.mark.parametrize("sql", ["a_id <> b_id", "(a_id != b_id)"])
def test_two_parents_that_must_differ_do_and_all_ways_to_choose_them_can_be_used(sql):
    columns = kinds(a_id="integer", b_id="integer", kind="three")
    keys = (to("a", "a_id"), to("a", "b_id"))
    table = Table("t", columns, ("a_id", "b_id"), keys, checks=(Check(sql, ("a_id", "b_id")),))
    schema = Schema((A, table))
    assert capacity(schema, "t", {"a": 6}, typed_room(schema)) == Room(30, "primary key (a_id, b_id): 6 a x 5 a")
    cells = Cells(schema, {"a": 6, "t": 30})
    assert cells.faults("t") == []
    assert (cells.at("t").parents[0] != cells.at("t").parents[1]).all()


@pytest.mark.parametrize(("sql", "small"), [("a_id < b_id", 0), ("a_id > b_id", 1)])
def test_two_parents_that_must_be_in_order_are_and_every_pair_can_be_used(sql, small):
    keys = (to("a", "a_id"), to("a", "b_id"))
    checks = (Check(sql, ("a_id", "b_id")),)
    table = Table("t", kinds(a_id="integer", b_id="integer"), ("a_id", "b_id"), keys, checks=checks)
    cells = Cells(Schema((A, table)), {"a": 7, "t": 21})
    assert cells.faults("t") == []
    assert (cells.at("t").parents[small] < cells.at("t").parents[1 - small]).all()
    with pytest.raises(InputError, match="t holds at most 21 rows"):
        Cells(Schema((A, table)), {"a": 7, "t": 22})


def test_a_computed_column_is_kept_apart_by_what_it_is_computed_of():
    folded = Column("folded", ColumnType("text", "text"), generated="stored", expression="lower(name)")
    table = Table("t", (*kinds(name="text"), folded), uniques=(Unique(("folded",)),))
    wiring = Cells(Schema((table,)), {"t": 10}).wiring
    assert wiring.distinct("t") == {"name"}
    assert wiring.settled("t") == ()


def test_parents_of_a_partial_unique_stay_whatever_the_attempt():
    wiring = Cells(three(Unique(("a_id",), where="flag")), {"a": 50, "b": 50, "c": 50, "t": 100}).wiring
    rows = all_rows(100)
    first, second = (wiring.coordinates("t", rows, np.full_like(rows, attempt)) for attempt in (0, 1))
    assert (first.parents[0] == second.parents[0]).all()
    assert (first.parents[1] != second.parents[1]).any()
