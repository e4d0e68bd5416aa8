"""Foreign keys that share columns agree on them, whatever uniques need."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wiring_cells import Cells, all_rows, kinds, parent, to, typed_room

from llmgen.errors import InputError
from llmgen.schema.model import Schema, Table, Unique
from llmgen.volume.capacity import capacity
from llmgen.volume.room import Room

TENANT = parent("tenant")


def owned(name: str) -> Table:
    """A table whose rows belong to a tenant and are referred to together with it."""
    columns = kinds(tenant_id="integer", id="integer!", label="text")
    return Table(name, columns, ("tenant_id", "id"), (to("tenant", "tenant_id"),), (Unique(("id",)),))


def shared(*uniques: Unique, a: str = "", b: str = "", tenant: str = "", primary=()) -> Schema:
    """A table with two composite keys and one plain one, all of which share the tenant."""
    columns = kinds(
        id="integer!", tenant_id=f"integer{tenant}", a_id=f"integer{a}", b_id=f"integer{b}", kind="three", place="small"
    )
    both = ("tenant_id", "id")
    keys = (
        to("tenant", "tenant_id"),
        to("a", "tenant_id", "a_id", referenced=both),
        to("b", "tenant_id", "b_id", referenced=both),
    )
    return Schema((TENANT, owned("a"), owned("b"), Table("t", columns, primary, keys, uniques)))


def counts(rows: int, tenants: int = 5, others: int = 40) -> dict[str, int]:
    return {"tenant": tenants, "a": others, "b": others, "t": rows}


NULL = st.sampled_from(["", "?"])
COLUMNS = ("tenant_id", "a_id", "b_id", "kind", "place")
UNIQUES = st.lists(
    st.builds(Unique, st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=4, unique=True).map(tuple)), max_size=3
)


@settings(max_examples=200, deadline=None)
@given(UNIQUES, NULL, NULL, NULL, st.integers(0, 60))
def test_rows_that_fit_agree_and_keep_their_uniques(uniques, a, b, tenant, rows):
    schema = shared(*uniques, a=a, b=b, tenant=tenant)
    try:
        cells = Cells(schema, counts(rows))
        found = cells.faults("t")
    except InputError:
        return
    assert found == []
    for column in ("tenant_id", "a_id", "b_id"):
        assert schema.table("t").column(column).nullable or (cells.codes("t", column) >= 0).all()


@pytest.mark.parametrize(
    "columns", [(), ("tenant_id", "a_id", "b_id"), ("tenant_id", "place"), ("tenant_id", "a_id", "kind")]
)
def test_two_keys_that_share_a_tenant_agree(columns):
    cells = Cells(shared(primary=columns), counts(50))
    assert cells.faults("t") == []
    tenant = cells.codes("t", "tenant_id")
    assert (cells.codes("a", "tenant_id")[cells.at("t").parents[1]] == tenant).all()
    assert (cells.codes("b", "tenant_id")[cells.at("t").parents[2]] == tenant).all()


def test_all_ways_to_join_two_rows_of_one_tenant_can_be_used():
    cells = Cells(shared(primary=("tenant_id", "a_id", "b_id")), counts(1))
    a, b = (cells.codes(name, "tenant_id") for name in "ab")
    ways = int((a[:, None] == b[None, :]).sum())
    assert Cells(shared(primary=("tenant_id", "a_id", "b_id")), counts(ways)).faults("t") == []
    with pytest.raises(InputError, match=f"t holds at most {ways} rows"):
        Cells(shared(primary=("tenant_id", "a_id", "b_id")), counts(ways + 1)).faults("t")


def test_what_is_missing_leaves_the_rest():
    cells = Cells(shared(a="?"), counts(500))
    at = cells.at("t")
    assert (at.parents[1] < 0).any()
    assert (at.parents[0] >= 0).all()
    assert cells.faults("t") == []


def test_a_tree_has_one_tenant():
    columns = kinds(tenant_id="integer", id="integer!", above="integer?")
    keys = (to("tenant", "tenant_id"), to("t", "tenant_id", "above", referenced=("tenant_id", "id")))
    cells = Cells(
        Schema((TENANT, Table("t", columns, ("tenant_id", "id"), keys, (Unique(("id",)),)))), {"tenant": 9, "t": 300}
    )
    tenant, above = cells.at("t").parents[0], cells.at("t").parents[1]
    assert (tenant[above >= 0] == tenant[above[above >= 0]]).all()
    assert len(set(tenant.tolist())) > 5
    assert (above >= 0).mean() > 0.5


def test_no_agreeing_row_at_all_is_said():
    with pytest.raises(InputError, match="leaves its other references a row with the same columns"):
        Cells(shared(), counts(5, tenants=40, others=1)).faults("t")


def test_capacity_of_rows_that_must_agree_is_estimated_with_room_to_spare():
    schema = shared(primary=("tenant_id", "a_id", "b_id"))
    room = capacity(schema, "t", counts(0), typed_room(schema))
    assert room == Room(80, "primary key (tenant_id, a_id, b_id): pairs of a and b that fit together")
    for seed in "123":
        assert Cells(schema, counts(80), seed).faults("t") == []


def test_one_owner_of_each_tenant_is_told_from_rows_that_agree():
    unique = Unique(("tenant_id",), where="kind = 'a'")
    cells = Cells(shared(unique), counts(200))
    assert cells.faults("t") == []
    losers = cells.wiring.losers("t", all_rows(200))[unique]
    assert 200 - losers.sum() == len(set(cells.at("t").parents[0].tolist()))
