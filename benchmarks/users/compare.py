"""The same users made by llmgen, Faker and Mimesis, as whole processes in turn: medians of wall and CPU time.

    python compare.py [--rounds 5] [--users 10000] [--organizations 500] [--python-mimesis PATH]

Mimesis is no dependency: PATH is the Python of an environment that has it (`pip install mimesis`). Ratios are to the
Faker script's figures of the same round, since other work on the machine moves them all. All write the same twelve
locales, and all run from compiled bytecode, as installed packages do: a round before the others is not counted.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from places import LOCALES

HERE = Path(__file__).parent
BASE = "faker"


class Figures(NamedTuple):
    """What one process took: seconds, and megabytes at most."""

    wall: float
    cpu: float
    peak: float


def main() -> None:
    """Run the rounds and print a table."""
    asked = arguments()
    contenders = available(asked)
    found: dict[str, list[Figures]] = {name: [] for name in contenders}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(asked.rounds + 1):
            for name, command in contenders.items():
                target = Path(folder) / f"{name}-{number}"
                figures = measured([part.replace("{out}", str(target)) for part in command])
                check(target, asked.users, asked.organizations)
                if number:
                    found[name].append(figures)
    say(found)


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--users", type=int, default=10_000)
    parser.add_argument("--organizations", type=int, default=500)
    parser.add_argument("--python-mimesis", default=sys.executable, help="a Python that has mimesis")
    return parser.parse_args()


def available(asked: argparse.Namespace) -> Mapping[str, Sequence[str]]:
    """The command of each contender whose package is there; the others are named as missing."""
    rows = f"users={asked.users},organizations={asked.organizations}"
    sizes = ["--users", str(asked.users), "--organizations", str(asked.organizations)]
    generate = ["-m", "llmgen", "generate", "--schema", str(HERE / "schema.sql"), "--rows", rows]
    locales = [word for locale in LOCALES for word in ("--locale", locale)]
    candidates = {
        "llmgen": (sys.executable, [*generate, *locales, "--seed", "42", "--format", "jsonl", "-o", "{out}"]),
        "faker": (sys.executable, [str(HERE / "with_faker.py"), "{out}", *sizes]),
        "mimesis": (asked.python_mimesis, [str(HERE / "with_mimesis.py"), "{out}", *sizes]),
    }
    found = {}
    for package, (python, rest) in candidates.items():
        there = subprocess.run([python, "-c", f"import {package}"], capture_output=True, check=False)
        if there.returncode == 0:
            found[package] = [python, *rest]
        else:
            sys.stdout.write(f"{package}: not in {python}, left out\n")
    return found


def measured(command: Sequence[str]) -> Figures:
    """Run a process to its end; RuntimeError with what it said if it fails."""
    compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=said, stderr=said, env=compiled)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise RuntimeError(f"{' '.join(command)} failed:\n{said.read().decode(errors='replace')}")
    return Figures(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def check(target: Path, users: int, organizations: int) -> None:
    """Nobody may win by writing less."""
    for name, expected in (("users", users), ("organizations", organizations)):
        with (target / f"{name}.jsonl").open("rb") as file:
            lines = sum(1 for _ in file)
        if lines != expected:
            raise RuntimeError(f"{target.name} wrote {lines} {name} instead of {expected}")


def say(found: Mapping[str, Sequence[Figures]]) -> None:
    """Print medians, and ratios to the Faker script round by round."""
    sys.stdout.write(f"{'':10}{'wall s':>8}{'CPU s':>8}{'peak MB':>9}{'wall ratio':>12}{'CPU ratio':>11}\n")
    for name, figures in found.items():
        wall, cpu, peak = (statistics.median(column) for column in zip(*figures, strict=True))
        line = f"{name:10}{wall:8.2f}{cpu:8.2f}{peak:9.0f}"
        if base := found.get(BASE):
            pairs = list(zip(figures, base, strict=True))
            ratios = [
                statistics.median(getattr(one, of) / getattr(two, of) for one, two in pairs) for of in ("wall", "cpu")
            ]
            line += f"{ratios[0]:12.2f}{ratios[1]:11.2f}"
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
