"""Runs `llmgen` as a user does: a process of its own, in a folder of its own, with no settings of this machine."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from messages_server import MessagesServer

HERE = Path(__file__).parent
WORDS = "vaccination booked for tomorrow"
OTHER_WORDS = "first vaccination of an animal, tomorrow"
"""Words that no saved scenario holds, so that they are interpreted."""

AS_OF = "2027-08-04T09:12:30Z"
CANARY = "sk-ant-canary-7f3a9c51e2d84b60"
BY_COMMAND = f"command:{sys.executable} {HERE / 'clinic_answers.py'}"

Serve = Callable[..., MessagesServer]
"""Starts a server with a script; without one it answers rightly."""


@dataclass(frozen=True)
class Ran:
    """What a process left: exit code, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def summary(self) -> Any:
        """What --json printed."""
        return json.loads(self.out)

    def fails(self, code: int, *said: str) -> None:
        """It ended with `code`, the last two lines of stderr being what and where, then what to do;
        each of `said` stands in those two.
        """
        lines = self.err.splitlines()
        assert self.code == code, self.err
        assert "Traceback" not in self.err
        assert len(lines) >= 2, self.err
        assert lines[-2].startswith("llmgen: "), self.err
        assert lines[-1].startswith("  -> "), self.err
        for text in said:
            assert text in lines[-2] + lines[-1], self.err


def environment(home: Path, **extra: str) -> dict[str, str]:
    """The whole environment of a process: a path, a home and `extra`."""
    return {"PATH": os.environ["PATH"], "HOME": str(home), **extra}


def asking(server: MessagesServer, key: str = CANARY) -> dict[str, str]:
    """The variables that point at a server."""
    return {"ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": key}


def start(folder: Path, *args: str, env: Mapping[str, str] | None = None) -> "subprocess.Popen[str]":
    """`llmgen` with these arguments, under way."""
    return subprocess.Popen(
        [sys.executable, "-m", "llmgen", *args],
        cwd=folder,
        env=environment(folder, **(env or {})),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def llmgen(folder: Path, *args: str, env: Mapping[str, str] | None = None) -> Ran:
    """`llmgen` with these arguments, to its end."""
    with start(folder, *args, env=env) as process:
        out, err = process.communicate(timeout=120)
    return Ran(process.returncode, out, err)


def scenario(folder: Path, *args: str, env: Mapping[str, str] | None = None, words: str = WORDS) -> Ran:
    """`llmgen scenario` on the clinic's words at a fixed as-of."""
    return llmgen(folder, "scenario", words, "--as-of", AS_OF, *args, env=env)


def put_clinic(folder: Path) -> Path:
    """A fresh project of the clinic in `folder`, without recordings."""
    shutil.copytree(HERE / "clinic", folder, dirs_exist_ok=True)
    return folder


def read_rows(directory: Path, table: str) -> list[dict[str, Any]]:
    """A table's rows of a jsonl dataset."""
    return [json.loads(line) for line in (directory / f"{table}.jsonl").read_text("utf-8").splitlines()]


def contents(directory: Path, *without: str) -> dict[str, bytes]:
    """Every file below a directory by its relative path."""
    files = sorted(file for file in directory.rglob("*") if file.is_file() and file.name not in without)
    return {str(file.relative_to(directory)): file.read_bytes() for file in files}


def recordings(folder: Path) -> dict[str, bytes]:
    """The project's recordings by name."""
    return contents(folder / "recordings")
