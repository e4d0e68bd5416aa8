"""Options that several commands share, each written once."""

from pathlib import Path
from typing import Annotated, Literal

import typer

SOURCES = (
    "SQL DDL, a folder of migrations, Prisma, a database's URL, module:Class, a data contract, JSON Schema or DBML"
)

SchemaFrom = Annotated[
    str | None,
    typer.Option("--schema", help=f"{SOURCES}. Without it llmgen.toml, else the packaged billing example."),
]
Dialect = Annotated[
    Literal["postgres", "mysql", "sqlite"] | None,
    typer.Option("--dialect", help="The dialect of SQL files, where it is not seen aright."),
]
DbSchemas = Annotated[
    list[str] | None, typer.Option("--db-schema", help="A schema of a live database; may be repeated. Default: all.")
]
Tables = Annotated[
    list[str] | None, typer.Option("--tables", help="Only tables that match, as in a shell: 'order*'; may be repeated.")
]
InferRelations = Annotated[
    bool, typer.Option("--infer-relations", help="Add the relations that names suggest where none is declared.")
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
