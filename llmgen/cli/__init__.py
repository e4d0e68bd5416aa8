"""The command line: arguments in, one library call, words out, an exit code.

Commands import what they run inside their functions: `llmgen --help` needs none of it.
"""

import sys


def main() -> None:
    """The program. Every LlmgenError ends here, as two lines and its exit code."""
    if sys.argv[1:] == ["--version"]:
        from importlib.metadata import version

        sys.stdout.write(f"llmgen {version('llmgen')}\n")
        return
    from llmgen.cli.app import run

    sys.exit(run())
