"""`llmgen scenario` with no model: the notice, the manifest, the exit codes, and what a replay does not load."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCHEMA = Path(__file__).with_name("offline_schema.sql")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "schema.sql").write_text(SCHEMA.read_text())
    return tmp_path


def llmgen(folder: Path, *args: str, **env: str) -> "subprocess.CompletedProcess[str]":
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), **env}
    command = [sys.executable, "-m", "llmgen", "scenario", *args]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8")


def test_without_a_key_the_offline_author_writes_and_says_so(folder: Path) -> None:
    done = llmgen(folder, "overdue purple invoice", "--schema", "schema.sql", "--n", "2", "-o", "out")
    assert done.returncode == 0, done.stderr
    assert "no model is asked" in done.stderr
    assert "understood: overdue: ROOT.due_date < current_date" in done.stderr
    assert "left open by the words: not understood: purple" in done.stderr
    manifest = json.loads((folder / "out" / "manifest.json").read_text())
    assert manifest["answered_by"] == ["offline"]
    assert manifest["recordings"] == manifest["prompts"] == {}
    assert list(folder.rglob("recordings")) == []


def test_it_writes_the_same_bytes_whatever_the_hash_seed(folder: Path) -> None:
    streams = [
        llmgen(
            folder,
            *("suspended user with two teams", "--schema", "schema.sql", "--n", "2", "--model", "offline"),
            *("--as-of", "2026-11-20", "-o", "-"),
            PYTHONHASHSEED=seed,
        ).stdout
        for seed in ("1", "2")
    ]
    assert streams[0].count("\n") == 2 + 4 + 4
    assert streams[0] == streams[1]


def test_nothing_understood_is_exit_4(folder: Path) -> None:
    done = llmgen(folder, "blah fasel", "--schema", "schema.sql", "--model", "offline")
    assert done.returncode == 4
    assert "nothing of 'blah fasel' was understood" in done.stderr
    assert not (folder / "llmgen-out").exists()


@pytest.mark.parametrize("env", [{"CI": "true"}, {"LLMGEN_REPLAY": "1"}])
@pytest.mark.parametrize("model", [(), ("--model", "offline")])
def test_in_replay_only_recordings_answer(folder: Path, env: dict[str, str], model: tuple[str, ...]) -> None:
    done = llmgen(folder, "overdue invoice", "--schema", "schema.sql", "--n", "1", *model, **env)
    assert done.returncode == 3, done.stderr


def test_a_model_that_was_chosen_is_not_replaced(folder: Path) -> None:
    (folder / "llmgen.toml").write_text('schema = "schema.sql"\n[model]\nname = "some-model"\n')
    done = llmgen(folder, "overdue invoice", "--n", "1")
    assert done.returncode == 4
    assert "no model is asked" not in done.stderr


def test_a_replay_loads_nothing_of_it(folder: Path) -> None:
    code = (
        "import sys; from llmgen.api import make_scenario; make_scenario('trial expiring tomorrow', 1);"
        "print([name for name in sys.modules if name.startswith(('dateparser', 'llmgen.author.offline'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder)},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.stdout.strip() == "[]", done.stderr
