"""A model that has learnt its replies: prints the stored reply for the prompt on stdin. Usage: answer.py FOLDER.

The replies were written by a language model, by hand, that was shown the rendered prompts and nothing else.
"""

import sys
from pathlib import Path

OPENINGS = {
    "You turn a test scenario": "interpret",
    "You write the rows of small reference tables": "shared",
    "You write realistic test data": "cases",
}

prompt = sys.stdin.buffer.read().decode("utf-8")
name = next(name for opening, name in OPENINGS.items() if prompt.startswith(opening))
sys.stdout.buffer.write((Path(sys.argv[1]) / f"{name}.txt").read_bytes())
