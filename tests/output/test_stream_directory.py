"""A streamed directory is the one that rows written at once make: whole or not there, and read like any other."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from batch_samples import ALL, HOSTILE, SAMPLE, TABLE, batch_of
from good_billing import good_dataset
from pyarrow import parquet

import llmgen
from llmgen.audit import audit
from llmgen.dataset import Dataset
from llmgen.errors import DataError, InputError
from llmgen.output.directory import Writing, read_dataset, write_dataset
from llmgen.output.layout import Layout
from llmgen.output.manifest import Making, VolumeMade, manifest_text, read_manifest
from llmgen.output.publish import first_change
from llmgen.output.streams import encode, open_stream, spilled
from llmgen.project import open_project
from llmgen.schema.forms import decode
from llmgen.schema.model import Column, ColumnType, ForeignKey, Schema, Table

HERE = Path(__file__).parent
NOW = datetime(2026, 3, 11, 15, 30, tzinfo=UTC)
VOLUME = VolumeMade(
    {"every kind": 40}, 0.1, {"de_DE": 1}, {"a.b": "iban"}, {"a.c": {"null": 0.5}}, ranges={"x": (3, 9)}, faker="40.1"
)
MAKING = Making("0", "a commit", 1, "abc", NOW, edges={"every kind.mood": {"emoji": 2, "cjk": 1}}, volume=VOLUME)

INTEGER = ColumnType("integer", "integer", bits=32)
CHILD = Table("child", (Column("id", INTEGER), Column("of", INTEGER)), ("id",), (ForeignKey(("of",), "Up", ("id",)),))
SCHEMA = Schema((CHILD, TABLE, Table("up", (Column("id", INTEGER),)), Table("Up", (Column("id", INTEGER),), ("id",))))
ROWS = {
    "child": [{"id": n, "of": n % 3} for n in range(9)],
    "Up": [{"id": n} for n in range(3)],
    "up": [],
    "every kind": [dict.fromkeys(ALL) | SAMPLE, *(dict.fromkeys(ALL) | {'odd "name"': text} for text in HOSTILE)],
}
LAYOUT = Layout(SCHEMA, {name: tuple(SCHEMA.table(name).by_name) for name in ROWS})


def stream_out(target, layout, cut=None, spill=False, rows=ROWS, **more):
    """Stream the rows, cut into batches; the manifest."""
    with open_stream(target, layout, **more) as stream:
        for name in layout.order:
            batch = batch_of(layout.schema.table(name), rows[name])
            for start in range(0, batch.num_rows, cut or 100):
                part = encode(layout, name, batch.slice(start, cut), start)
                stream.part(name, spilled(part, stream.scratch / f"{name}-{start}") if spill else part)
        return stream.finish(MAKING, {"child": {"of": "reference", "id": "key"}}, {"seconds": 1})


def names(folder):
    return sorted(entry.name for entry in folder.iterdir())


@pytest.mark.parametrize("format", ["jsonl", "csv"])
@pytest.mark.parametrize(("cut", "spill"), [(None, False), (1, True), (7, False)])
def test_the_files_are_those_of_rows_written_at_once(tmp_path, format, cut, spill):
    manifest = stream_out(tmp_path / "out", replace(LAYOUT, format=format), cut, spill)
    expected = write_dataset(tmp_path / "rows", SCHEMA, Dataset(ROWS), MAKING, Writing(format))
    assert names(tmp_path / "out") == names(tmp_path / "rows")
    assert {name: table | {"writers": {}} for name, table in manifest["tables"].items()} == expected["tables"]
    assert first_change(tmp_path / "out") is None
    assert names(tmp_path) == ["out", "rows"]


@pytest.mark.parametrize("format", ["jsonl", "csv", "parquet"])
def test_what_was_streamed_is_read_back(tmp_path, format):
    manifest = stream_out(tmp_path / "out", replace(LAYOUT, format=format), 5, spill=True)
    found = read_dataset(tmp_path / "out", SCHEMA)
    assert found.manifest == manifest == read_manifest(tmp_path / "out")
    assert found.strangers == ()
    for name, raw in found.tables.items():
        types = {column.name: column.type for column in SCHEMA.table(name).columns}
        rows = [{key: decode(types[key], cell, text=raw.text) for key, cell in row.cells.items()} for row in raw.rows]
        assert rows == ROWS[name]
    assert {name: table["rows"] for name, table in manifest["tables"].items()} == {n: len(r) for n, r in ROWS.items()}


def test_parquet_has_the_columns_types_and_one_file_a_table(tmp_path):
    stream_out(tmp_path / "out", replace(LAYOUT, format="parquet"), 10)
    file = parquet.ParquetFile(tmp_path / "out" / "every kind.parquet")
    assert str(file.schema_arrow.field("money").type) == "decimal128(12, 2)"
    assert file.metadata.num_rows == len(ROWS["every kind"])


def test_the_manifest_says_what_was_asked(tmp_path):
    manifest = stream_out(tmp_path / "out", LAYOUT)
    assert manifest["volume"] == {
        "counts": {"every kind": 40},
        "ranges": {"x": [3, 9]},
        "edges": 0.1,
        "locales": {"de_DE": 1},
        "routes": {"a.b": "iban"},
        "columns": {"a.c": {"null": 0.5}},
        "faker": "40.1",
    }
    assert manifest["edges"] == {"every kind.mood": {"cjk": 1, "emoji": 2}}
    assert manifest["tables"]["child"]["writers"] == {"id": "key", "of": "reference"}
    assert list(manifest["tables"]["child"]["writers"]) == ["id", "of"]
    assert manifest["rows_per_case"] == manifest["shared"] == {}
    assert (tmp_path / "out" / "manifest.json").read_bytes().decode() == manifest_text(manifest)


def test_a_streamed_directory_is_audited_like_any_other(tmp_path):
    project = open_project(tmp_path)
    rows = good_dataset(NOW)
    layout = Layout(project.schema, {name: tuple(rows[name][0]) for name in rows if rows[name]})
    typed = {
        name: [{k: decode(project.schema.table(name).column(k).type, v) for k, v in row.items()} for row in rows[name]]
        for name in layout.columns
    }
    stream_out(tmp_path / "out", layout, 2, rows=typed)
    found = audit(project, tmp_path / "out", NOW.replace(year=2050))
    assert [violation.words() for violation in found.violations] == []
    assert found.as_of == NOW


def test_its_own_unchanged_directory_is_replaced_and_others_not(tmp_path):
    stream_out(tmp_path / "out", LAYOUT)
    stream_out(tmp_path / "out", replace(LAYOUT, format="csv"))
    (tmp_path / "out" / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match=r"notes\.txt is not llmgen's"):
        stream_out(tmp_path / "out", LAYOUT)
    stream_out(tmp_path / "out", LAYOUT, force=True)
    assert names(tmp_path) == ["out"]


def test_parts_out_of_order_are_refused(tmp_path):
    parts = {name: encode(LAYOUT, name, batch_of(SCHEMA.table(name), ROWS[name])) for name in ("child", "Up")}

    def turned():
        with open_stream(tmp_path / "out", LAYOUT) as stream:
            for name, part in parts.items():
                stream.part(name, part)

    with pytest.raises(ValueError, match="Up does not come after child"):
        turned()
    assert names(tmp_path) == []


@pytest.mark.parametrize("format", ["jsonl", "csv", "parquet", "sql"])
@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), DataError("bad", "mend"), KeyboardInterrupt()]
)
def test_a_failure_leaves_the_old_and_nothing_else(tmp_path, format, error):
    stream_out(tmp_path / "out", LAYOUT)
    before = (tmp_path / "out" / "manifest.json").read_bytes()
    layout = replace(LAYOUT, format=format)
    expected = InputError if isinstance(error, OSError) else type(error)

    def failing():
        with open_stream(tmp_path / "out", layout) as stream:
            part = encode(layout, "Up", batch_of(SCHEMA.table("Up"), ROWS["Up"]))
            stream.part("Up", spilled(part, stream.scratch / "1"))
            spilled(part, stream.scratch / "2")
            raise error

    with pytest.raises(expected) as caught:
        failing()
    assert expected is not InputError or "out cannot be written: No space left on device" in str(caught.value)
    assert names(tmp_path) == ["out"]
    assert (tmp_path / "out" / "manifest.json").read_bytes() == before


def test_a_stream_that_was_not_finished_is_nothing(tmp_path):
    with pytest.raises(RuntimeError, match="before it was finished"), open_stream(tmp_path / "out", LAYOUT):
        pass
    assert names(tmp_path) == []


SCRIPT = """
import resource, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from test_stream_directory import LAYOUT, stream_out, replace, ROWS, encode, batch_of, SCHEMA, open_stream
layout = replace(LAYOUT, format=sys.argv[2])
if sys.argv[4] == "full":
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
with open_stream(Path(sys.argv[1]), layout) as stream:
    part = encode(layout, "Up", batch_of(SCHEMA.table("Up"), [{"id": n} for n in range(20_000)]))
    print("begun", flush=True)
    while True:
        stream.part("Up", part)
"""


@pytest.mark.parametrize(
    ("end", "format"), [("full", "jsonl"), ("full", "parquet"), ("full", "sql"), ("interrupted", "csv")]
)
def test_a_full_disk_and_an_interrupt_leave_nothing(tmp_path, format, end):
    environment = {**os.environ, "PYTHONPATH": f"{Path(llmgen.__file__).parent.parent}:{HERE}:{HERE.parent}"}
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "out"), format, str(HERE), end]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"begun\n"
        if end == "interrupted":
            process.send_signal(signal.SIGINT)
        _, words = process.communicate()
    last = words.decode().strip().splitlines()[-1]
    assert ("File too large" in last and "InputError" in last) if end == "full" else last == "KeyboardInterrupt"
    assert names(tmp_path) == []
