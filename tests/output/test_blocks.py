"""Files read block by block: the rows of the whole file, with their lines, whatever the size of a block."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmgen.output.blocks import Block, count_rows, read_blocks
from llmgen.output.csv_text import csv_line
from llmgen.output.files import Format, read_table
from llmgen.schema.model import Column, ColumnType, Table

TABLE = Table("t", (Column("a", ColumnType("text", "text")), Column("b", ColumnType("text", "text"))))
CELLS = st.none() | st.text(st.sampled_from('a,"\n\r é\\'), max_size=5)
ROWS = st.lists(st.tuples(CELLS, CELLS), max_size=12)


def cells(blocks: list[Block]) -> list[dict[str, Any]]:
    """All rows, from columns where there are any."""
    return [
        row
        for block in blocks
        for row in (
            block.columns.to_pylist() if block.columns is not None else [raw.cells for raw in block.rows().rows]
        )
    ]


def whole(path: Path, format: Format, size: int) -> list[Block]:
    """The blocks of a file, once it is sure that row by row they are the whole file with its lines."""
    blocks, table = list(read_blocks(path, format, TABLE, size)), read_table(path, format)
    raw = [block.rows() for block in blocks]
    assert [row for one in raw for row in one.rows] == list(table.rows)
    assert [fault for one in raw for fault in one.faults] == list(table.faults)
    return blocks


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS, st.integers(1, 60))
def test_csv_in_blocks_is_the_whole_file(tmp_path: Path, rows: list[tuple[str | None, str | None]], size: int) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("".join(csv_line(row) for row in [("a", "b"), *rows]).encode())
    blocks = whole(path, "csv", size)
    assert cells(blocks) == [{"a": a, "b": b} for a, b in rows]


def test_cells_of_many_lines_are_read_as_columns_too(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + '"x\n\ny","1"\n' * 9, "utf-8")
    blocks = whole(path, "csv", 7)
    assert len(blocks) > 1
    assert all(block.columns is not None for block in blocks)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS, st.integers(1, 60))
def test_json_lines_in_blocks_are_the_whole_file(
    tmp_path: Path, rows: list[tuple[str | None, str | None]], size: int
) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text("".join(json.dumps({"a": a, "b": b}) + "\n" for a, b in rows), "utf-8")
    blocks = whole(path, "jsonl", size)
    assert [{"a": None, "b": None, **row} for row in cells(blocks)] == [{"a": a, "b": b} for a, b in rows]
    assert all(block.columns is not None for block in blocks)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([*'",\n\rx ', "\r\n", '""', "a,b\n", '"a",\n', "é"]), max_size=15), st.integers(1, 30))
def test_broken_csv_in_blocks_is_the_whole_file(tmp_path: Path, parts: list[str], size: int) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(("a,b\n" + "".join(parts)).encode())
    blocks = whole(path, "csv", size)
    assert cells(blocks) == [row.cells for row in read_table(path, "csv").rows]


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"a,a\n1,2\n", b"a\n\n1\n\n", b'"a\n",b\n1,2\n', b"a,\n1,2\n", b"\xef\xbb\xbfa,b\n1,2", b"\xff\n1"],
)
def test_odd_heads_of_csv(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    assert cells(whole(path, "csv", 9)) == [row.cells for row in read_table(path, "csv").rows]


@pytest.mark.parametrize(
    "line",
    [
        b'{"a": "x"} {"a": "y"}', b'{"a": "x",\n"b": "y"}', b'{"a": "x", "a": "y"}', b'{"a": NaN}', b'{"a": 5}',
        b'{"a": "x", "c": null}', b'{"a": "\xff"}', b'{"a": "\\ud800"}', b"[]", b"\n{}", b' {"a": "x"}', b'{"a": "x",}',
    ],
)  # fmt: skip
def test_what_is_not_plainly_an_object_of_the_table_is_read_row_by_row(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(b'{"a": "x", "b": "y"}\n' + line + b'\n{"a": "z"}\n')
    (block,) = whole(path, "jsonl", 10_000)
    assert block.columns is None


def test_line_ends_of_windows_are_line_ends(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_bytes(b'{"a": "x"}\r\n{"a": "y"}\r\n')
    (tmp_path / "t.csv").write_bytes(b"a,b\r\nx,\r\ny,\r\n")
    for format in ("jsonl", "csv"):
        (block,) = whole(tmp_path / f"t.{format}", format, 10_000)
        assert block.columns is not None
        assert block.columns["a"].to_pylist() == ["x", "y"]


def test_rows_are_counted_without_reading_them(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_bytes(b"{}\n" * 5)
    assert count_rows(tmp_path / "t.jsonl", "jsonl") == 5
    (tmp_path / "t.parquet").write_bytes(b"PAR1")
    assert count_rows(tmp_path / "t.parquet", "parquet") == 0
