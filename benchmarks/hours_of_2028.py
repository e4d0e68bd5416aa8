"""Every shipped scenario at every hour of 2028 (8,784 instants): how often a rule fails.

    python benchmarks/hours_of_2028.py

No model is asked: everything comes from the packaged recordings. tests/test_shipped.py runs a sample of the same.
"""

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from shipped import SHIPPED, recordings, workshop_of

HOURS = [datetime(2028, 1, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in range(8784)]
CHUNK = 48


def main() -> int:
    """Print a line a scenario; 0 if nothing failed."""
    failures = 0
    for one in SHIPPED:
        started = time.monotonic()
        workshop, written = workshop_of(one)
        bad = 0
        for start in range(0, len(HOURS), CHUNK):
            hours = HOURS[start : start + CHUNK]
            placed = [case for at, now in enumerate(hours) for case in written.placed(one.n, now, at)]
            bad += len(workshop.judge.judge(placed, written.shared))
            bad += len(workshop.judge.judge_together(placed, written.shared))
        failures += bad
        sys.stdout.write(f"{one.name:<75} {len(HOURS)} instants, {bad} failures, {time.monotonic() - started:.0f} s\n")
        sys.stdout.flush()
    sys.stdout.write(f"{failures} failures, {recordings().calls} model calls\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
