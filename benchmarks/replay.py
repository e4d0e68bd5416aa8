"""How long the README's first command takes as a whole process, replayed from the packaged recordings.

    python benchmarks/replay.py [--runs 10]

Wanted: at most 1 s on an idle machine. The time of an empty Python process is printed beside it, from the same minute.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from statistics import median

COMMAND = ["-m", "llmgen", "scenario", "trial expiring tomorrow", "--n", "20", "--replay", "-o", "out"]


def seconds(arguments: Sequence[str], folder: str) -> float:
    """The time of one whole process."""
    started = time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, check=True)
    return time.perf_counter() - started


def main() -> None:
    """Print the least and the median of some runs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        seconds(COMMAND, folder)
        replays, empty = [], []
        for _ in range(runs):
            replays.append(seconds(COMMAND, folder))
            empty.append(seconds(["-c", "pass"], folder))
    for name, times in (("replay of 20 cases", replays), ("empty process", empty)):
        sys.stdout.write(f"{name:<20} least {min(times):.2f} s, median {median(times):.2f} s\n")


if __name__ == "__main__":
    main()
