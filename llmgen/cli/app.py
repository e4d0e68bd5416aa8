"""The commands put together, and the one place where errors become words."""

import os
import sys
import traceback
from typing import Annotated, Any

import typer

from llmgen.cli import cache, generate, init, prompts, scenario, scenarios, schema, validate
from llmgen.errors import InputError, LlmgenError

INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it."""

UsageError: type[Exception] = typer.BadParameter.__mro__[1]
"""What Typer raises for arguments that it refuses, and does not export."""

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
generate.add_to(app)
scenarios.add_to(app)
schema.add_to(app)
init.add_to(app)
validate.add_to(app)
cache.add_to(app)
prompts.add_to(app)


def run() -> int:
    """Run the command line of this process; the exit code."""
    try:
        code = app(standalone_mode=False)
    except LlmgenError as error:
        if "--debug" in sys.argv:
            traceback.print_exc()
        return _say(error.message, error.hint, error.exit_code)
    except UsageError as error:
        return _refused(error)
    except OSError as error:
        where = error.filename or "the output"
        return _say(f"{where}: {error.strerror or error}", "free space, mend permissions or name another place", 2)
    if code == INTERRUPTED:  # what Typer makes of a KeyboardInterrupt
        _leave()
    return int(code or 0)


def _refused(error: Any) -> int:
    """Arguments that Typer refuses, as two lines; where none were given, its message is the whole help text."""
    message = error.format_message()
    if "\n" in message:
        sys.stderr.write(f"{message}\n")
        return InputError.exit_code
    return _say(message, f"{error.ctx.command_path if error.ctx else 'llmgen'} --help", InputError.exit_code)


def _say(message: str, hint: str, code: int) -> int:
    sys.stderr.write(f"llmgen: {_one_line(message)}\n")
    if hint:
        sys.stderr.write(f"  -> {_one_line(hint)}\n")
    return code


def _leave() -> None:
    """End now: programs being asked are stopped, servers' replies under way are not waited for."""
    from llmgen.author.clients.command import stop_running

    stop_running()
    what = "interrupted; nothing was written, replies that came are recorded"
    _say(what, "run the same command again to go on", INTERRUPTED)
    sys.stderr.flush()
    os._exit(INTERRUPTED)


def _one_line(text: str) -> str:
    return " ".join(text.split())
