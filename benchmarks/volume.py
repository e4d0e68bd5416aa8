"""A million rows and more by seed, in each format and with one worker and two, as whole processes.

    python benchmarks/volume.py [--users 1000000] [--formats csv,jsonl,parquet,sql] [--workers 1,2] [--rounds 1]

Users of organizations (`users/schema.sql`, a twentieth as many organizations) in twelve locales. `--users 10000000`
needs 10 GB of disk. The peak is the largest process's; CPU is that of all of them. The bytes must be the same whatever
the workers.
"""

import argparse
import hashlib
import os
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from subprocess import PIPE, Popen
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent / "users"))
from places import LOCALES

SCHEMA = Path(__file__).parent / "users/schema.sql"
HASHED = 1 << 20


class Figures(NamedTuple):
    """What a run took: seconds of wall and CPU, megabytes of its largest process and of its files."""

    wall: float
    cpu: float
    peak: float
    written: float


def main() -> None:
    """Run each format with each number of workers and print a line for it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--users", type=int, default=1_000_000)
    parser.add_argument("--formats", default="csv,jsonl,parquet,sql")
    parser.add_argument("--workers", default="1,2")
    parser.add_argument("--rounds", type=int, default=1, help="the best of so many is printed")
    asked = parser.parse_args()
    sys.stdout.write(f"{'':10}{'workers':>8}{'wall s':>8}{'CPU s':>8}{'peak MB':>9}{'files MB':>10}\n")
    for form in asked.formats.split(","):
        hashes = set()
        for workers in asked.workers.split(","):
            runs = [run(form, workers, asked.users) for _ in range(asked.rounds)]
            hashes |= {content for _, content in runs}
            best = min(figures for figures, _ in runs)
            wall, cpu, peak, written = best
            sys.stdout.write(f"{form:10}{workers:>8}{wall:8.2f}{cpu:8.2f}{peak:9.0f}{written:10.0f}\n")
            sys.stdout.flush()
        if len(hashes) > 1:
            raise RuntimeError(f"{form}: the bytes depend on the workers")


def run(form: str, workers: str, users: int) -> tuple[Figures, str]:
    """One run, and a hash of what it wrote."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "out"
        rows = f"users={users},organizations={users // 20}"
        locales = [word for locale in LOCALES for word in ("--locale", locale)]
        command = ["-m", "llmgen", "generate", "--schema", str(SCHEMA), "--rows", rows, *locales, "--seed", "42"]
        command += ["--as-of", "2026-06-15", "--format", form, "--workers", workers, "-o", str(target)]
        wall, cpu, peak = measured([sys.executable, *command])
        files = sorted(file for file in target.iterdir() if file.name != "run.json")
        written = sum(file.stat().st_size for file in files) / 1e6
        return Figures(wall, cpu, peak, written), "".join(map(digest, files))


def measured(command: Sequence[str]) -> tuple[float, float, float]:
    """Seconds of wall and CPU and the peak of a process with its children; RuntimeError with what it said."""
    before = os.times()
    began = time.perf_counter()
    process = Popen(command, stdout=PIPE, stderr=PIPE, text=True)
    peaks: dict[int, float] = {}
    watch = threading.Thread(target=follow, args=(process, peaks))
    watch.start()
    _, said = process.communicate()
    wall = time.perf_counter() - began
    watch.join()
    if process.returncode:
        raise RuntimeError(said)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return wall, cpu, max(peaks.values(), default=0.0)


def follow(process: Popen[str], peaks: dict[int, float]) -> None:
    """Note the peak memory, in MB, of the process and of its children, as Linux tells it, while the process runs."""
    while process.poll() is None:
        try:
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        except OSError:
            children = []
        for pid in (process.pid, *map(int, children)):
            try:
                lines = Path(f"/proc/{pid}/status").read_text().splitlines()
            except OSError:
                continue
            found = next((line for line in lines if line.startswith("VmHWM")), "0 0 kB")
            peaks[pid] = max(peaks.get(pid, 0.0), int(found.split()[1]) / 1024)
        time.sleep(0.05)


def digest(file: Path) -> str:
    """The SHA-256 of a file."""
    found = hashlib.sha256()
    with file.open("rb") as content:
        while block := content.read(HASHED):
            found.update(block)
    return found.hexdigest()


if __name__ == "__main__":
    main()
