"""Batches become the very bytes that the row by row writers give the same values, wherever they are cut."""

import math
import tempfile
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from batch_samples import ALL, HOSTILE, ROWS, SAMPLE, TABLE, batch_of
from hypothesis import example, given, settings
from hypothesis import strategies as st

from llmgen.errors import DataError
from llmgen.output.csv_stream import csv_header, encode_csv
from llmgen.output.files import write_table
from llmgen.output.jsonl_stream import encode_jsonl

ENCODERS = {"jsonl": encode_jsonl, "csv": encode_csv}
NAMES = list(ALL)


def written(rows, format):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows"
        write_table(file, TABLE, rows, NAMES, format)
        content = file.read_bytes()
    return content.removeprefix(csv_header(TABLE.columns)) if format == "csv" else content


def encoded(batch, format):
    return bytes(ENCODERS[format](TABLE, TABLE.columns, batch))


@pytest.mark.parametrize("format", ENCODERS)
@settings(max_examples=50, deadline=None)
@given(st.lists(ROWS, max_size=4), st.integers(0, 4))
@example([dict.fromkeys(NAMES) | SAMPLE, dict.fromkeys(NAMES)], 1)
def test_a_batch_is_what_its_rows_are_one_by_one(format, rows, cut):
    batch, expected = batch_of(TABLE, rows), written(rows, format)
    assert encoded(batch, format) == expected
    assert encoded(batch.slice(0, cut), format) + encoded(batch.slice(cut), format) == expected


@pytest.mark.parametrize("format", ENCODERS)
@pytest.mark.parametrize("name", NAMES)
def test_a_column_without_a_null(format, name):
    cells = [SAMPLE[name]] * 2 if name in SAMPLE else [[], [None]]
    rows = [dict.fromkeys(NAMES) | {name: cell} for cell in cells]
    assert encoded(batch_of(TABLE, rows), format) == written(rows, format)


@pytest.mark.parametrize("format", ENCODERS)
def test_every_hostile_text(format):
    rows = [dict.fromkeys(NAMES) | {'odd "name"': text} for text in HOSTILE]
    assert encoded(batch_of(TABLE, rows), format) == written(rows, format)


@pytest.mark.parametrize("format", ENCODERS)
def test_a_number_of_no_scale_has_two_decimals_at_least(format):
    texts = ["0.00", "1.00", "1.50", "1.125", "-3.10", "0.000001", "1234567.1234", "100.00"]
    rows = [dict.fromkeys(NAMES) | {"loose": Decimal(text)} for text in texts]
    assert encoded(batch_of(TABLE, rows), format) == written(rows, format)


@pytest.mark.parametrize("format", ENCODERS)
@pytest.mark.parametrize("number", [math.nan, -math.inf])
def test_a_float_that_no_format_says_is_refused(format, number):
    batch = pa.RecordBatch.from_pydict({"ratio": [1.5, None, number]})
    with pytest.raises(DataError, match="ratio"):
        ENCODERS[format](TABLE, [TABLE.column("ratio")], batch)


@pytest.mark.parametrize(("format", "line"), [("jsonl", b"{}\n"), ("csv", b"\n")])
def test_no_columns_are_lines_all_the_same(format, line):
    batch = pa.RecordBatch.from_pydict({"left out": [1, 2]})
    assert bytes(ENCODERS[format](TABLE, [], batch)) == line * 2
