"""`llmgen cache`: the recordings, listed, shown and verified."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from llmgen.cli.options import AsJson, CacheAt, Debug, SchemaFrom
from llmgen.errors import InputError, RecordingError

if TYPE_CHECKING:
    from llmgen.author.recordings import Library, Recording

app = typer.Typer(help="The recordings: replies that are replayed.", no_args_is_help=True)


def add_to(parent: typer.Typer) -> None:
    """Register the commands."""
    parent.add_typer(app, name="cache")


def _library(schema: str | None, cache: Path | None) -> "Library":
    from llmgen.author.recordings import Library
    from llmgen.project import open_project

    folders = open_project(Path.cwd(), schema, cache=cache).recordings
    return Library(folders[0], folders[1:])


def _summary(recording: "Recording") -> dict[str, object]:
    prompt, usage = recording.prompt, recording.usage
    return {
        "key": prompt.key,
        "template": f"{prompt.template}/{prompt.version}",
        "level": prompt.level,
        "attempt": prompt.attempt,
        "seed": prompt.seed,
        "answered_by": recording.answered_by,
        "stop": recording.stop,
        "characters": len(recording.text),
        "output_tokens": usage.output_tokens if usage else None,
        "file": str(recording.file),
    }


@app.command("list", epilog="Examples:\n\n  llmgen cache list\n\n  llmgen cache list --cache recordings/ --json")
def list_(schema: SchemaFrom = None, cache: CacheAt = None, as_json: AsJson = False, debug: Debug = False) -> None:
    """List the recordings: key, prompt, level, attempt, who answered and how the reply ended."""
    summaries = [_summary(recording) for recording in _library(schema, cache).all()]
    if as_json:
        sys.stdout.write(json.dumps(summaries, ensure_ascii=False) + "\n")
        return
    for one in summaries:
        place = f"{one['template']} {one['level']} {one['attempt']}"
        sys.stdout.write(
            f"{str(one['key'])[:12]}  {place:<24} {one['stop']:<10} {one['characters']:>7}  {one['answered_by']}\n"
        )
    sys.stderr.write(f"{len(summaries)} recordings\n")


@app.command("show", epilog="Examples:\n\n  llmgen cache show 3f9a\n\n  llmgen cache show 3f9a --reply | head -1")
def show(
    key: Annotated[str, typer.Argument(help="A recording's key, or the start of it.")],
    reply: Annotated[bool, typer.Option("--reply", help="Print the reply alone, byte for byte.")] = False,
    schema: SchemaFrom = None,
    cache: CacheAt = None,
    debug: Debug = False,
) -> None:
    """Print one recording: the prompt as it was asked, and the reply."""
    found = [recording for recording in _library(schema, cache).all() if recording.prompt.key.startswith(key)]
    if len(found) != 1:
        raise InputError(
            f"{len(found)} recordings have a key that starts with {key}", "llmgen cache list prints the keys"
        )
    recording = found[0]
    if not reply:
        sys.stdout.write(json.dumps(_summary(recording), ensure_ascii=False, indent=2) + "\n")
        sys.stdout.write(f"===== system\n{recording.prompt.system}\n===== user\n{recording.prompt.user}\n===== reply\n")
    sys.stdout.write(recording.text)


@app.command("verify", epilog="Examples:\n\n  llmgen cache verify\n\n  llmgen cache verify --cache recordings/")
def verify(schema: SchemaFrom = None, cache: CacheAt = None, debug: Debug = False) -> None:
    """Read every recording and say which are damaged; exit 3 if any is."""
    from llmgen.author.recordings import read_recording

    library = _library(schema, cache)
    bad = []
    good = 0
    for file in library.files():
        try:
            read_recording(file)
            good += 1
        except RecordingError as error:
            bad.append(error.message)
            sys.stdout.write(f"{error.message}\n")
    sys.stderr.write(f"{good} recordings are whole, {len(bad)} are not\n")
    if bad:
        raise RecordingError(
            f"{len(bad)} recordings cannot be used", "restore them from version control, or delete them"
        )
