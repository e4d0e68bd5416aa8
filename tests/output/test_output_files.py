"""Write then read is identity in every format, bad lines are named, and the bytes are the same everywhere."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from output_samples import DATASET, EMPTY, ITEM, ODD, ORDER, SCHEMA

from llmgen.output.cells import written_columns
from llmgen.output.csv_text import csv_line, read_csv
from llmgen.output.files import FORMATS, read_table, write_stream, write_table
from llmgen.schema.forms import decode

HERE = Path(__file__).parent


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("table", [ORDER, ITEM], ids=lambda table: table.bare_name)
def test_what_is_read_is_what_was_written(tmp_path, format, table):
    file, rows = tmp_path / "rows", DATASET.rows[table.name]
    columns = written_columns(table, rows)
    write_table(file, table, rows, columns, format)
    found = read_table(file, format)
    assert found.faults == ()
    decoded = [
        {name: decode(table.column(name).type, cell, text=found.text) for name, cell in row.cells.items()}
        for row in found.rows
    ]
    assert decoded == rows
    assert list(decoded[0]) == columns


def test_computed_columns_are_not_written_and_those_of_no_row_are():
    assert "twice" not in written_columns(ORDER, [{"id": 1, "twice": 2}])
    assert written_columns(ITEM, []) == ["order_id", "line", "label"]


def test_null_and_empty_text_differ_in_csv(tmp_path):
    write_table(tmp_path / "o.csv", ORDER, [EMPTY], ["mood", ODD, "code"], "csv")
    assert (tmp_path / "o.csv").read_bytes() == b'mood,"odd ""name"", it\'s",code\n,"",\n'


def test_parquet_is_typed(tmp_path):
    from pyarrow import parquet

    write_table(tmp_path / "o", ORDER, DATASET.rows["order"], written_columns(ORDER, DATASET.rows["order"]), "parquet")
    types = {field.name: str(field.type) for field in parquet.read_schema(tmp_path / "o")}
    assert types["größe"] == "decimal128(12, 3)"
    assert types["free"] == "decimal128(24, 23)"
    assert types["moment"] == "timestamp[us, tz=UTC]"
    assert types["wall"] == "timestamp[us]"
    assert types["day"] == "date32[day]"
    assert types["nums"].startswith("list<")
    assert "int32" in types["nums"]


@given(st.lists(st.lists(st.none() | st.text(), min_size=2, max_size=2)))
def test_csv_of_anything_reads_back_with_its_line_numbers(records):
    text = "".join(csv_line(record) for record in records)
    found = list(read_csv(text))
    assert [cells for _, cells in found] == records
    lines = [1]
    for record in records:
        lines.append(lines[-1] + csv_line(record).count("\n"))
    assert [line for line, _ in found] == lines[:-1]


def test_every_bad_json_line_is_named(tmp_path):
    deep = b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    lines = [
        b'\xef\xbb\xbf{"a": 1}\r', b"", b"{", b"[1]", b'{"a": NaN}', b'{"a": 1, "a": 2}', b'{"a": "\xff"}',
        b'{"a": ' + b"9" * 5_000 + b"}", deep, b'{"a": 1e400}', b'{"a": "' + "\u2028".encode() + b'"}',
    ]  # fmt: skip
    (tmp_path / "t.jsonl").write_bytes(b"\n".join(lines))
    found = read_table(tmp_path / "t.jsonl", "jsonl")
    assert [row.line for row in found.rows] == [1, 10, 11]
    assert [line for line, _ in found.faults] == [3, 4, 5, 6, 7, 8, 9]
    assert "NaN" in found.faults[2][1]


def test_every_bad_csv_record_is_named(tmp_path):
    (tmp_path / "t.csv").write_bytes(b'\xef\xbb\xbfa,b\r\n1,"x\ny"\r\n\r\n1\n1,2,3\n"x"y,2\n3,4')
    found = read_table(tmp_path / "t.csv", "csv")
    assert [(row.line, row.cells) for row in found.rows] == [(2, {"a": "1", "b": "x\ny"}), (8, {"a": "3", "b": "4"})]
    assert [line for line, _ in found.faults] == [5, 6, 7]


@pytest.mark.parametrize(
    ("format", "content"), [("csv", b""), ("csv", b"a,a\n"), ("csv", b"a\n\xff\n"), ("parquet", b"PAR1")]
)
def test_a_file_of_another_kind_is_a_fault_not_a_crash(tmp_path, format, content):
    (tmp_path / "t").write_bytes(content)
    found = read_table(tmp_path / "t", format)
    assert found.rows == ()
    assert len(found.faults) == 1


def test_the_stream_has_referenced_tables_first():
    stream = io.BytesIO()
    write_stream(stream, SCHEMA, DATASET)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["table"] for line in lines] == ["order"] * 2 + ["my shop.item"] * len(DATASET.rows["my shop.item"])
    assert lines[0]["row"]["moment"] == "2026-03-29T01:30:00.000001Z"


SCRIPT = """
import hashlib, sys, pathlib
from output_samples import DATASET, MAKING, SCHEMA
from llmgen.output.directory import Writing, write_dataset
for format in ("jsonl", "csv", "sql"):
    target = pathlib.Path(sys.argv[1]) / format
    write_dataset(target, SCHEMA, DATASET, MAKING, Writing(format))
    for file in sorted(target.iterdir()):
        print(file.name, hashlib.sha256(file.read_bytes()).hexdigest())
"""


def test_the_bytes_do_not_depend_on_the_machine(tmp_path):
    import llmgen

    path = f"{HERE}:{Path(llmgen.__file__).parent.parent}"
    outputs = []
    for number, (language, zone, hashes) in enumerate([("C", "UTC", "0"), ("de_DE.UTF-8", "Asia/Kathmandu", "7")]):
        environment = {"LC_ALL": language, "TZ": zone, "PYTHONHASHSEED": hashes, "PYTHONPATH": path, "PYTHONUTF8": "0"}
        command = [sys.executable, "-c", SCRIPT, str(tmp_path / str(number))]
        outputs.append(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)
    assert outputs[0] == outputs[1]
    assert outputs[0].count("\n") == 11
