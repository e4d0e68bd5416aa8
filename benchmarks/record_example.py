"""Records the packaged example's scenarios again: every prompt that is not recorded yet is asked.

    python benchmarks/record_example.py --model "command:my-model" --answered-by "who that is"

Run it last: any change of schema, rules, prompts or briefs makes other prompts. What is recorded is what was answered.
"""

import argparse
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from llmgen.scenario import normalise_words
from llmgen.shelf import file_name

EXAMPLE = Path(__file__).parent.parent / "fixtures" / "billing"


def record(words: str, n: int, scratch: Path, options: list[str]) -> int:
    """Interpret and write one scenario as a user would; the exit code."""
    name = file_name(normalise_words(words))
    command = [sys.executable, "-m", "llmgen", "scenario", words, "--n", str(n), "--cache", str(EXAMPLE / "recordings")]
    saved = ["--save", str(EXAMPLE / "scenarios" / f"{name}.yaml"), "-o", str(scratch / name), "--force"]
    done = subprocess.run([*command, *saved, *options], cwd=scratch, capture_output=True, text=True, check=False)
    sys.stderr.write(f"== {words}: exit {done.returncode}\n{done.stderr[-2000:]}\n")
    return done.returncode


def main() -> int:
    """Record all; 0 if every scenario came to its n cases."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--answered-by", default="")
    parser.add_argument("--only", default="", help="words of one scenario")
    chosen = parser.parse_args()
    shipped = tomllib.loads((EXAMPLE / "shipped.toml").read_text("utf-8"))["scenario"]
    wanted = [one for one in shipped if chosen.only in ("", one["words"])]
    options = ["--model", chosen.model, *(["--answered-by", chosen.answered_by] if chosen.answered_by else [])]
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(len(wanted)) as pool:
        codes = list(pool.map(lambda one: record(one["words"], one["n"], Path(scratch), options), wanted))
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
