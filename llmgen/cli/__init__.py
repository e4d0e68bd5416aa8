"""The command line: arguments in, one library call, words out, an exit code.

Commands import what they run inside their functions: `llmgen --help` needs none of it.
"""

import gc
import sys


def main() -> None:
    """The program. Every LlmgenError ends here, as two lines and its exit code."""
    if sys.argv[1:] == ["--version"]:
        from importlib.metadata import version

        sys.stdout.write(f"llmgen {version('llmgen')}\n")
        return
    # Nearly all that start-up makes stays: looking through it for garbage, again and again and once more at the end,
    # takes a tenth of a replay.
    gc.set_threshold(100_000)
    from llmgen.cli.app import run

    code = run()
    gc.freeze()
    sys.exit(code)
