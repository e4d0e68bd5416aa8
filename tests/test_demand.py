"""A whole database as one call."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

import llmgen
from llmgen.errors import InputError


def test_a_database_in_one_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s.sql").write_text("CREATE TABLE t (id serial PRIMARY KEY, name text NOT NULL);")
    for out in ("one", "two"):
        made = llmgen.make_database(out, "t=12", schema="s.sql", seed="x", as_of=datetime(2026, 3, 1, tzinfo=UTC))
        assert made.counts.rows == {"t": 12}
    rows = [json.loads(line) for line in (tmp_path / "one" / "t.jsonl").read_text().splitlines()]
    assert [row["id"] for row in rows] == list(range(1, 13))
    assert (tmp_path / "one" / "t.jsonl").read_bytes() == (tmp_path / "two" / "t.jsonl").read_bytes()


def test_what_is_no_format_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="xml"):
        llmgen.make_database("out", format="xml")  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()
