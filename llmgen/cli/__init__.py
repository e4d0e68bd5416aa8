"""The command line: arguments in, one library call, words out, an exit code.

Commands import what they run inside their functions: `llmgen --help` needs none of it.
"""

import atexit
import gc
import io
import os
import sys
from contextlib import suppress


def main() -> None:
    """The program. Every LlmgenError ends here, as two lines and its exit code."""
    if sys.argv[1:] == ["--version"]:
        from importlib.metadata import version

        sys.stdout.write(f"llmgen {version('llmgen')}\n")
        return
    # Nearly all that start-up makes stays: looking through it for garbage again and again is time lost.
    gc.set_threshold(400_000)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that lacks a letter gets its code, not an error
            stream.reconfigure(errors="backslashreplace")
    from llmgen.cli.app import run

    leave(run())


def leave(code: int) -> None:
    """End the process now. All files are closed: taking every object down one by one is a tenth of a replay's time."""
    try:
        sys.stdout.flush()
    except OSError as error:
        code = code or 2
        with suppress(OSError):
            sys.stderr.write(f"llmgen: the output cannot be written: {error.strerror}\n")
    with suppress(OSError):
        sys.stderr.flush()
    atexit._run_exitfuncs()
    os._exit(code)
