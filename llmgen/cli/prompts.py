"""`llmgen prompts`: the prompt templates, listed and shown."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from llmgen.author.exchange import LEVELS
from llmgen.cli.options import Debug, PromptsAt
from llmgen.errors import InputError

app = typer.Typer(help="The prompt templates.", no_args_is_help=True)


def add_to(parent: typer.Typer) -> None:
    """Register the commands."""
    parent.add_typer(app, name="prompts")


@app.command("list", epilog="Examples:\n\n  llmgen prompts list\n\n  llmgen prompts list --prompts my-prompts/")
def list_(prompts: PromptsAt = None, debug: Debug = False) -> None:
    """List every template with its version and what it is for."""
    from llmgen.author.templates import list_templates

    for template in list_templates(prompts):
        sys.stdout.write(f"{template.name}/{template.version}  {template.purpose}\n")


@app.command(
    "show", epilog="Examples:\n\n  llmgen prompts show cases/v1\n\n  llmgen prompts show interpret/v1 --level retry"
)
def show(
    name: Annotated[str, typer.Argument(metavar="NAME/VERSION", help="Such as cases/v1.")],
    level: Annotated[str, typer.Option(help=f"One of {', '.join(LEVELS)}.")] = "ask",
    prompts: PromptsAt = None,
    debug: Debug = False,
) -> None:
    """Print a template's system text and the text of one level, before anything is filled in."""
    from llmgen.author.templates import load_template

    if level not in LEVELS:
        raise InputError(f"there is no level {level!r}", f"one of {', '.join(LEVELS)}")
    title, _, version = name.partition("/")
    template = load_template(title, version or "v1", prompts)
    for part in ("system", level):
        file = Path(template.folder) / f"{part}.md"
        sys.stdout.write(f"===== {part}.md\n{file.read_text('utf-8')}\n")
