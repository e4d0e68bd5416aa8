"""The commands put together, and the one place where errors become words."""

import os
import sys
from typing import Annotated

import typer

from llmgen.cli import cache, prompts, scenario, scenarios, schema, validate
from llmgen.errors import LlmgenError

INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it."""

app = typer.Typer(
    name="llmgen",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def root(version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False) -> None:
    """Test data that can be trusted: words in, exactly N linked and valid rows out, replayable offline."""


scenario.add_to(app)
scenarios.add_to(app)
schema.add_to(app)
validate.add_to(app)
cache.add_to(app)
prompts.add_to(app)


def run() -> int:
    """Run the command line of this process; the exit code."""
    try:
        app(standalone_mode=True)
    except LlmgenError as error:
        if "--debug" in sys.argv:
            raise
        sys.stderr.write(f"llmgen: {_one_line(error.message)}\n")
        if error.hint:
            sys.stderr.write(f"  -> {_one_line(error.hint)}\n")
        return error.exit_code
    except KeyboardInterrupt:
        _leave()
    return 0


def _leave() -> None:
    """End now: programs being asked are stopped, servers' replies under way are not waited for."""
    from llmgen.author.clients.command import stop_running

    stop_running()
    sys.stderr.write("llmgen: interrupted; replies that came are recorded\n  -> run the same command again to go on\n")
    sys.stderr.flush()
    os._exit(INTERRUPTED)


def _one_line(text: str) -> str:
    return " ".join(text.split())
