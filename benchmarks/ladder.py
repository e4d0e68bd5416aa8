"""What failing lines cost: a run in which 20% of the lines break a business rule, against a clean run of the same.

    python benchmarks/ladder.py [--cases 200]

A local server speaks the Messages API (0.5 s latency, 100 tokens a second for each reply); which line is bad is drawn
from the case and the level by a fixed seed, so a repaired line can be bad again. Wanted: exactly N cases out, none bad,
at most 1.3 times the completion tokens and 1.6 times the wall time of the clean run.
"""

import argparse
import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "cli")]

from clinic_answers import ANOTHER_TRY, INTERPRETATION, briefs, lines, right, wrong  # noqa: E402
from messages_server import MessagesServer, Request, Say  # noqa: E402

from llmgen.audit import audit  # noqa: E402
from llmgen.author.asking import Asking, client_for  # noqa: E402
from llmgen.author.budget import estimate_tokens  # noqa: E402
from llmgen.events import ignore  # noqa: E402
from llmgen.generate import Job, make  # noqa: E402
from llmgen.output.directory import Writing, write_dataset  # noqa: E402
from llmgen.project import open_project  # noqa: E402
from llmgen.scenario import Scenario  # noqa: E402

MARKS = {"final": "This is the last round", "strict": "briefs, twice", "retry": ANOTHER_TRY}
"""What a prompt of each level says, the strictest first."""

LATENCY = 0.5
TOKENS_A_SECOND = 100
AS_OF = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Figures:
    """What one run came to."""

    cases: int
    bad: int
    calls: int
    tokens: int
    seconds: float


def answering(share_bad: float) -> Callable[[Request], Say]:
    """A script that answers every brief, a share of the lines breaking a rule."""

    def answer(request: Request) -> Say:
        again = ANOTHER_TRY in request.user
        asked = briefs(request.user)
        text = lines((wrong if _is_bad(one, request.user, share_bad) else right)(one, again) for one in asked)
        tokens = estimate_tokens(text)
        usage = {"input_tokens": estimate_tokens(request.system + request.user), "output_tokens": tokens}
        return Say(text, delay=LATENCY + tokens / TOKENS_A_SECOND, chunk=4_000, usage=usage)

    return answer


def _is_bad(index: int, prompt: str, share: float) -> bool:
    level = next((level for level, mark in MARKS.items() if mark in prompt), "ask")
    drawn = hashlib.sha256(f"2026 {index} {level}".encode()).digest()
    return int.from_bytes(drawn[:4], "big") < share * 2**32


def measure(cases: int, share_bad: float) -> Figures:
    """One run with fresh recordings, judged again from its files."""
    with tempfile.TemporaryDirectory() as folder, MessagesServer(answering(share_bad)) as server:
        os.environ |= {"ANTHROPIC_BASE_URL": server.url, "NO_PROXY": "127.0.0.1"}
        project = open_project(ROOT / "tests" / "cli" / "clinic", cache=Path(folder) / "recordings")
        scenario = Scenario.model_validate({"words": "a visit booked for tomorrow", **INTERPRETATION})
        client = client_for(Asking(project.settings.model, mode="auto"), project.recordings, ignore)
        started = time.monotonic()
        made = make(project, scenario, Job(cases, AS_OF), client)
        seconds = time.monotonic() - started
        out = Path(folder) / "out"
        write_dataset(out, project.schema, made.dataset, made.making, Writing())
        bad = len(audit(project, out, AS_OF).violations)
        tokens = sum(answering(share_bad)(request).usage["output_tokens"] or 0 for request in server.requests)
        return Figures(len(made.dataset.rows[scenario.root]), bad, len(server.requests), tokens, seconds)


def main() -> None:
    """Run clean and with bad lines, and print both with their ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=200)
    cases = parser.parse_args().cases
    clean, faulty = measure(cases, 0.0), measure(cases, 0.2)
    for name, figures in (("clean", clean), ("20% bad lines", faulty)):
        sys.stdout.write(
            f"{name:<14} {figures.cases} cases, {figures.bad} bad, {figures.calls} calls, "
            f"{figures.tokens} completion tokens, {figures.seconds:.1f} s\n"
        )
    ratios = f"tokens x {faulty.tokens / clean.tokens:.2f}, wall time x {faulty.seconds / clean.seconds:.2f}"
    sys.stdout.write(f"{'ratio':<14} {ratios}\n")


if __name__ == "__main__":
    main()
