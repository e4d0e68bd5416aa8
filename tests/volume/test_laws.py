"""The law of volume: a cell is a function of seed, table, column and row; splits and neighbours show in none."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from loading.real_schemas import HERE

from llmgen.bulk import Effort, Target, plan_volume, populate
from llmgen.content import content_folder
from llmgen.output.layout import StreamFormat
from llmgen.plan import routes
from llmgen.schema.model import Schema
from llmgen.schema.sources import Reading, read_source
from llmgen.schema.sql.reader import parse_schema
from llmgen.settings import ColumnSettings
from llmgen.volume.request import Count, Request
from llmgen.volume.rows import Rows

NOW = datetime(2026, 3, 12, tzinfo=UTC)
ROWS = 60
SUBJECTS = {
    "billing": content_folder("fixtures") / "billing" / "schema.sql",
    "sakila_pg": HERE / "schema" / "real" / "sakila_pg" / "schema.sql",
    "snaplet_mysql": HERE / "schema" / "real" / "snaplet_mysql" / "schema.sql",
}
WHOLE = Effort()
SPLITS = {
    "chunks of 7": Effort(chunk=7),
    "chunks of 59": Effort(chunk=59),
    "two processes": Effort(workers=2, chunk=13),
}
CUTS = (0, 1, 23, 24)
"""Where tables are cut into shards, beside their ends."""

Tables = dict[str, Any]
Columns = Mapping[tuple[str, str], pa.Array]


@cache
def schema_of(name: str) -> Schema:
    return read_source(str(SUBJECTS[name]), Reading())


def written(folder: Path, name: str, format: StreamFormat, effort: Effort = WHOLE) -> Tables:
    """The files of a generated database by name: their bytes, of Parquet the table; without what says which rows."""
    populate(schema_of(name), Request("7", NOW, every=ROWS), Target(folder, format), effort)
    files = sorted(file for file in folder.iterdir() if file.stem not in ("manifest", "run"))
    return {file.name: pq.read_table(file) if format == "parquet" else file.read_bytes() for file in files}


@pytest.mark.parametrize("format", ["jsonl", "csv", "parquet", "sql"])
@pytest.mark.parametrize("name", SUBJECTS)
def test_chunks_and_processes_show_in_no_byte(tmp_path: Path, name: str, format: StreamFormat) -> None:
    whole = written(tmp_path / "whole", name, format)
    assert whole
    for split, effort in SPLITS.items():
        assert written(tmp_path / split, name, format, effort) == whole, split


@pytest.mark.parametrize("format", ["jsonl", "csv"])
@pytest.mark.parametrize("name", SUBJECTS)
def test_shards_put_together_are_the_whole(tmp_path: Path, name: str, format: StreamFormat) -> None:
    whole = written(tmp_path / "whole", name, format)
    counts = plan_volume(schema_of(name), Request("7", NOW, every=ROWS))[0].counts
    ends = {table: sorted({*(min(cut, rows) for cut in CUTS), rows}) for table, rows in counts.items()}
    found = dict.fromkeys(whole, b"")
    for number in range(max(map(len, ends.values())) - 1):
        spans = {table: tuple(cuts[number : number + 2]) for table, cuts in ends.items() if number + 2 <= len(cuts)}
        shard = written(tmp_path / str(number), name, format, Effort(only=spans, chunk=11))
        assert len(shard) == len(spans)
        for file, content in shard.items():
            headed = format == "csv" and found[file]
            found[file] += content.partition(b"\n")[2] if headed else content
    assert found == whole


def test_rows_of_a_huge_table_are_made_without_the_others() -> None:
    sql = """
    CREATE TABLE customers (id bigserial PRIMARY KEY, email text NOT NULL, full_name text NOT NULL);
    CREATE TABLE orders (id bigserial PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers);
    """
    schema = parse_schema(sql, "huge.sql", "postgres")
    few = np.array([0, 1, 10**11 - 1], dtype=np.uint64)
    cells = Rows(plan_volume(schema, Request("7", NOW, every=10**11))[0]).cells("orders", few)
    assert cells["id"].to_pylist() == [1, 2, 10**11]
    assert all(1 <= parent <= 10**11 for parent in cells["customer_id"].to_pylist())


# -- what stands beside a cell -----------------------------------------------------------------------------------

KINDS = (
    "text", "varchar(40)", "integer", "smallint CHECK ({} > 3)", "numeric(8, 2)", "boolean", "date", "uuid", "jsonb",
    "timestamptz", "text CHECK ({} IN ('new', 'open', 'done'))", "text UNIQUE", "integer[]", "double precision", "inet",
)  # fmt: skip
NAMES = (
    "name", "email", "first_name", "last_name", "full_name", "phone", "city", "country", "status", "role", "price",
    "quantity", "title", "description", "slug", "code", "url", "note", "position", "score", "flag", "payload", "ref",
    "created_at", "updated_at", "deleted_at", "started_at", "birthday", "time_zone", "language", "currency",
)  # fmt: skip
NEUTRAL = ("nickname", "colour", "weight", "memo", "label", "rank", "city", "phone", "full_name", "company", "email")
"""Names of added columns: none is of a time, which later times of its row would follow."""
TIMELESS = tuple(kind for kind in KINDS if kind not in ("date", "timestamptz"))

columns = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(KINDS), min_size=1, max_size=6)


@st.composite
def tables(draw: st.DrawFn) -> list[dict[str, str]]:
    """The columns of a few tables by name, each with its definition; later tables refer to earlier ones."""
    found: list[dict[str, str]] = []
    for number in range(draw(st.integers(1, 3))):
        own = draw(columns)
        for parent in draw(st.sets(st.integers(0, number - 1), max_size=2)) if number else ():
            own[f"t{parent}_id"] = f"integer{draw(st.sampled_from(['', ' NOT NULL']))} REFERENCES t{parent}"
        found.append(own)
    return found


def ddl(listed: list[dict[str, str]]) -> str:
    def body(own: Mapping[str, str]) -> str:
        return ", ".join(["id serial PRIMARY KEY", *(f"{name} {kind.format(name)}" for name, kind in own.items())])

    return "".join(f"CREATE TABLE t{number} ({body(own)});\n" for number, own in enumerate(listed))


def schema_in(listed: list[dict[str, str]]) -> Schema:
    return parse_schema(ddl(listed), "drawn.sql", "postgres")


def cells(listed: list[dict[str, str]], request: Request) -> Columns:
    """Every cell of a database by table and column."""
    schema = schema_in(listed)
    rows = Rows(plan_volume(schema, request)[0])
    numbers = np.arange(30, dtype=np.uint64)
    return {
        (table.name, name): array
        for table in schema.tables
        for name, array in rows.edged(table.name, numbers)[0].items()
    }


def moved(before: Columns, after: Columns) -> list[tuple[str, str]]:
    """The columns of `before` that are other ones, or gone, in `after`."""
    return [place for place, array in before.items() if place not in after or not after[place].equals(array)]


REQUEST = Request("7", NOW, every=30, edges=0)
EDGED = replace(REQUEST, edges=1)
DECLARED = (
    ColumnSettings(empty=0.5),
    ColumnSettings(sql="NULL"),
    ColumnSettings(template="{id}"),
    ColumnSettings(provider="sentence"),
)


@settings(max_examples=40)
@given(st.data(), tables())
def test_another_column_or_table_moves_no_cell(data: st.DataObject, listed: list[dict[str, str]]) -> None:
    place = data.draw(st.integers(0, len(listed) - 1))
    name, kind = data.draw(st.sampled_from(NEUTRAL)), data.draw(st.sampled_from(TIMELESS))
    assume(name not in listed[place])
    meant = routes(schema_in(listed))
    items = list(listed[place].items())
    items.insert(data.draw(st.integers(0, len(items))), (name, kind))
    grown = [*listed[:place], dict(items), *listed[place + 1 :], data.draw(columns)]
    now_meant = routes(schema_in(grown))  # a name beside an e-mail address is a person's
    assume(all(now_meant[table][own] == route for table, found in meant.items() for own, route in found.items()))
    before = cells(listed, REQUEST)
    assert moved(before, cells(grown, REQUEST)) == []
    edged, after = cells(listed, EDGED), cells(grown, EDGED)
    for found in moved(edged, after):
        cell = zip(edged[found].to_pylist(), after[found].to_pylist(), before[found].to_pylist(), strict=True)
        assert [(was, now) for was, now, plain in cell if str(now) not in (str(was), str(plain))] == []


@settings(max_examples=40)
@given(st.data(), tables())
def test_a_declaration_or_route_moves_its_column_alone(data: st.DataObject, listed: list[dict[str, str]]) -> None:
    own = {
        (f"t{number}", name)
        for number, found in enumerate(listed)
        for name, kind in found.items()
        if kind in ("text", "varchar(40)")
    }
    assume(own)
    table, column = data.draw(st.sampled_from(sorted(own)))
    said = data.draw(st.sampled_from(DECLARED))
    before = cells(listed, REQUEST)
    place = f"{table}.{column}"
    routed = cells(listed, replace(REQUEST, routes={place: "sentence"}))
    declared = cells(listed, replace(REQUEST, columns={place: said}))
    for after in (routed, declared):
        assert set(moved(before, after)) <= {(table, column)}


def test_counts_of_another_table_move_no_cell_of_tables_that_do_not_refer_to_it() -> None:
    listed = [{"name": "text", "price": "numeric(8, 2)"}, {"note": "text"}, {"t1_id": "integer REFERENCES t1"}]
    before = cells(listed, REQUEST)
    after = cells(listed, replace(REQUEST, counts={"t1": Count(31)}))
    assert [place for place in moved(before, after) if place != ("t2", "t1_id")] == []
