"""Options that several commands share, each written once."""

from pathlib import Path
from typing import Annotated

import typer

SchemaFile = Annotated[
    Path | None,
    typer.Option("--schema", help="The schema's SQL file; without it llmgen.toml, else the packaged billing example."),
]
ValidatorsAt = Annotated[
    Path | None, typer.Option("--validators", help="Folder of rules (.py, .sql). Python rules are code and are run.")
]
PromptsAt = Annotated[
    Path | None, typer.Option("--prompts", help="Folder of prompt templates that go before the packaged ones.")
]
CacheAt = Annotated[
    Path | None, typer.Option("--cache", help="Folder of recordings, in place of the project's and the packaged ones.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the trace of an error.")]
