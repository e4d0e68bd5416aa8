"""A directory is written whole or not at all, and what llmgen did not write, or somebody changed, is not replaced."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from output_samples import DATASET, INTEGER, MAKING, SCHEMA

import llmgen
from llmgen.dataset import Dataset
from llmgen.errors import DataError, InputError
from llmgen.output.directory import Writing, read_dataset, write_dataset
from llmgen.output.manifest import read_manifest
from llmgen.output.publish import publish, publish_file, refuse_foreign
from llmgen.schema.forms import decode
from llmgen.schema.model import Column, Schema, Table

ROOT = Path(llmgen.__file__).parent.parent


def put(target, **more):
    return write_dataset(target, SCHEMA, DATASET, MAKING, Writing(**more))


def names(folder):
    return sorted(entry.name for entry in folder.iterdir())


@pytest.mark.parametrize("format", ["jsonl", "csv", "parquet"])
def test_a_dataset_comes_back(tmp_path, format):
    manifest = put(tmp_path / "new" / "out", format=format, run={"calls": 3})
    found = read_dataset(tmp_path / "new" / "out", SCHEMA)
    assert found.manifest == manifest
    assert found.strangers == ()
    assert names(tmp_path / "new" / "out") == ["manifest.json", f"my shop.item.{format}", f"order.{format}", "run.json"]
    for name, raw in found.tables.items():
        types = {column.name: column.type for column in SCHEMA.table(name).columns}
        rows = [{key: decode(types[key], cell, text=raw.text) for key, cell in row.cells.items()} for row in raw.rows]
        assert rows == DATASET.rows[name]
    assert names(tmp_path / "new") == ["out"]


def test_without_a_manifest_the_file_names_say_the_table(tmp_path):
    put(tmp_path / "out", format="csv")
    (tmp_path / "out" / "manifest.json").unlink()
    (tmp_path / "out" / "notes.txt").write_text("mine")
    found = read_dataset(tmp_path / "out", SCHEMA)
    assert list(found.tables) == ["my shop.item", "order"]
    assert found.strangers == ("notes.txt",)
    assert found.manifest is None
    (tmp_path / "out" / "order.jsonl").write_text("{}")
    with pytest.raises(InputError, match=r"order\.csv and order\.jsonl for order"):
        read_dataset(tmp_path / "out", SCHEMA)


def test_a_script_is_one_file_and_is_not_read_back(tmp_path):
    put(tmp_path / "out", format="sql")
    assert names(tmp_path / "out") == ["dataset.sql", "manifest.json", "run.json"]
    put(tmp_path / "out", format="sql")
    with pytest.raises(InputError, match="written to be loaded"):
        read_dataset(tmp_path / "out", SCHEMA)


def test_table_names_that_no_file_may_have(tmp_path):
    odd = ["../up", "Users", "users", ".hidden", "a%2F", "C:\\x", "größe"]
    schema = Schema(tuple(Table(name, (Column("id", INTEGER),)) for name in odd))
    rows = {name: [{"id": ordinal}] for ordinal, name in enumerate(odd)}
    write_dataset(tmp_path / "out", schema, Dataset(rows), MAKING, Writing())
    assert names(tmp_path) == ["out"]
    assert "users~2.jsonl" in names(tmp_path / "out")
    found = read_dataset(tmp_path / "out", schema)
    assert {name: [row.cells for row in raw.rows] for name, raw in found.tables.items()} == rows


def test_its_own_unchanged_directory_is_replaced(tmp_path):
    put(tmp_path / "out", run={"calls": 1})
    put(tmp_path / "out", format="csv", run={"calls": 2})
    assert names(tmp_path) == ["out"]
    assert "order.jsonl" not in names(tmp_path / "out")
    assert json.loads((tmp_path / "out" / "run.json").read_text()) == {"calls": 2}


def change(folder):
    (folder / "order.jsonl").write_text("mine")


def add(folder):
    (folder / "notes.txt").write_text("mine")


def remove(folder):
    (folder / "order.jsonl").unlink()


def forget(folder):
    (folder / "manifest.json").unlink()


@pytest.mark.parametrize(
    ("touch", "words"),
    [
        (change, r"order\.jsonl was changed"),
        (add, r"notes\.txt is not llmgen's"),
        (remove, r"order\.jsonl is missing"),
        (forget, r"no manifest\.json"),
    ],
)
def test_any_other_directory_needs_force(tmp_path, touch, words):
    target = tmp_path / "out"
    put(target)
    touch(target)
    before = {name: (target / name).read_bytes() for name in names(target)}
    with pytest.raises(InputError, match=words) as caught:
        put(target)
    assert "--force" in caught.value.hint
    assert {name: (target / name).read_bytes() for name in names(target)} == before
    put(target, force=True)
    refuse_foreign(target)


def test_a_file_in_the_way_needs_force_and_an_empty_directory_does_not(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="is a file"):
        put(tmp_path / "file")
    put(tmp_path / "file", force=True)
    (tmp_path / "empty").mkdir()
    put(tmp_path / "empty")
    assert names(tmp_path) == ["empty", "file"]


def test_the_working_directory_is_never_replaced(tmp_path, monkeypatch):
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir(tmp_path / "inner")
    for target in (Path(), tmp_path, Path("/")):
        with pytest.raises(InputError, match="working or home directory"):
            put(target, force=True)


def test_a_link_stays_a_link(tmp_path):
    put(tmp_path / "real")
    (tmp_path / "link").symlink_to("real")
    put(tmp_path / "link", format="csv")
    assert (tmp_path / "link").is_symlink()
    assert read_manifest(tmp_path / "real")["tables"]["order"]["file"] == "order.csv"


def test_a_failure_leaves_the_old_and_nothing_else(tmp_path):
    put(tmp_path / "out")
    bad = Dataset({"order": [{"id": 1, "tags": ["\ud800"]}]})
    with pytest.raises(DataError, match="lone surrogate"):
        write_dataset(tmp_path / "out", SCHEMA, bad, MAKING, Writing())
    refuse_foreign(tmp_path / "out")
    assert names(tmp_path) == ["out"]


def test_what_the_disk_refuses_is_an_error_of_two_lines(tmp_path):
    def full(folder):
        raise OSError(28, "No space left on device")

    with pytest.raises(InputError, match=r"out cannot be written: No space left on device") as caught:
        publish(tmp_path / "out", full)
    assert caught.value.hint
    assert names(tmp_path) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        put(tmp_path / "file" / "out")


KILLED = """
import pathlib, sys, time
from llmgen.output.publish import publish, publish_file
target = pathlib.Path(sys.argv[1])
def write(place):
    part = place / "part" if isinstance(place, pathlib.Path) else place
    part.write_text("half") if isinstance(part, pathlib.Path) else (part.write(b"half"), part.flush())
    print("half", flush=True)
    time.sleep(15)
(publish_file if target.suffix else publish)(target, write, True)
"""


def start(script, *arguments):
    command = [sys.executable, "-c", script, *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{Path(__file__).parent}"}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


@pytest.mark.parametrize("name", ["out", "out.jsonl"])
def test_killed_in_the_middle_the_old_stays_and_the_rest_is_swept_next_time(tmp_path, name):
    target = tmp_path / name
    if target.suffix:
        target.write_text("old")
    else:
        put(target)
    with start(KILLED, target) as process:
        assert process.stdout.readline() == "half\n"
        assert len(names(tmp_path)) == 2
        if target.suffix:
            publish_file(target, lambda stream: stream.write(b"other"), force=True)
        else:
            put(target)
        assert len(names(tmp_path)) == 2, "what a living process builds is left alone"
        process.send_signal(signal.SIGKILL)
    if target.suffix:
        assert target.read_text() == "other"
        publish_file(target, lambda stream: stream.write(b"new"), force=True)
        assert target.read_text() == "new"
    else:
        refuse_foreign(target)
        put(target)
    assert names(tmp_path) == [name]


def test_killed_between_two_renames_the_old_comes_back(tmp_path):
    put(tmp_path / "out")
    (tmp_path / "out").rename(tmp_path / ".out.llmgen-old-abc")

    def fail(folder):
        assert read_manifest(tmp_path / "out")
        raise OSError("stop")

    with pytest.raises(InputError):
        publish(tmp_path / "out", fail)
    refuse_foreign(tmp_path / "out")
    assert names(tmp_path) == ["out"]


RACING = """
import pathlib, sys
from dataclasses import replace
from output_samples import DATASET, MAKING, SCHEMA
from llmgen.output.directory import Writing, write_dataset
for turn in range(25):
    making = replace(MAKING, seed=sys.argv[2])
    write_dataset(pathlib.Path(sys.argv[1]), SCHEMA, DATASET, making, Writing(sys.argv[2]))
"""


def test_two_at_once_never_mix(tmp_path):
    target = tmp_path / "out"
    racers = [start(RACING, target, format) for format in ("jsonl", "csv")]
    deadline = time.monotonic() + 30
    while any(racer.poll() is None for racer in racers) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert [racer.communicate() and racer.returncode for racer in racers] == [0, 0]
    refuse_foreign(target)
    format = read_manifest(target)["seed"]
    assert names(target) == ["manifest.json", f"my shop.item.{format}", f"order.{format}", "run.json"]
    assert names(tmp_path) == ["out"]


def test_a_file_is_written_whole_and_devices_directly(tmp_path):
    target = tmp_path / "deep" / "x.jsonl"
    publish_file(target, lambda stream: stream.write(b"1"))
    with pytest.raises(InputError, match="exists"):
        publish_file(target, lambda stream: stream.write(b"2"))
    assert target.read_bytes() == b"1"
    with pytest.raises(InputError, match="is a directory"):
        publish_file(target.parent, lambda stream: stream.write(b"2"), force=True)
    with pytest.raises(InputError, match="No space left"):
        publish_file(Path("/dev/full"), lambda stream: stream.write(b"2"))
    assert names(tmp_path / "deep") == ["x.jsonl"]
