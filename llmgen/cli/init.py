"""`llmgen init`: the files of a new project over a schema, and what to run next."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from llmgen.cli.options import SOURCES, DbSchemas, Debug, Dialect, InferRelations, Tables

if TYPE_CHECKING:
    from llmgen.schema.model import Schema

URL_VARIABLE = "DATABASE_URL"
"""What llmgen.toml names in place of a URL that holds a password."""

EPILOG = """Examples:

  llmgen init db/schema.sql

  llmgen init postgresql://localhost/shop --infer-relations
"""


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("init", epilog=EPILOG)(command)


def command(
    source: Annotated[str, typer.Argument(help=f"{SOURCES}.")],
    dialect: Dialect = None,
    db_schemas: DbSchemas = None,
    tables: Tables = None,
    infer_relations: InferRelations = False,
    debug: Debug = False,
) -> None:
    """Write llmgen.toml, a first scenario and the folders of a project into the working directory; nothing is replaced.

    Says what to run next.
    """
    from llmgen.cli.schema import summary
    from llmgen.relations import read_related
    from llmgen.schema.sources import Reading
    from llmgen.starter import start, write

    schema = read_related(source, Reading(dialect, db_schemas or (), tables or ()), infer_relations)
    settings = {"dialect": dialect, "db_schemas": db_schemas, "tables": tables, "infer_relations": infer_relations}
    named = _named(source)
    made = start(schema, named, settings)
    write(made, Path.cwd())
    say = sys.stderr.write
    say(f"{summary(schema)}\n")
    for name in made.files:
        say(f"wrote {name}\n")
    if named.startswith("$"):
        say(f"the URL holds a password and is not written down: set {URL_VARIABLE} to it\n")
    say(_next(schema, source, made.scenario))


def _named(source: str) -> str:
    """The source as llmgen.toml names it: with a relative path, or a variable in place of a URL with a password."""
    if "://" in source:
        from llmgen.connect import shown

        return source if shown(source) == source else f"${URL_VARIABLE}"
    return os.path.relpath(source) if Path(source).exists() else source


def _next(schema: "Schema", source: str, scenario: str) -> str:
    lines = ["next:"]
    if lost := sum(item.constrains for item in schema.ignored):
        place = "URL" if "://" in source else source
        lines.append(f"  llmgen schema {place}   # see the {lost} clauses that were not understood")
    lines += [
        f"  llmgen scenario {scenario} --n 3   # asks a model: ANTHROPIC_API_KEY, or --model 'command:PROGRAM'",
        '  llmgen scenario "a situation in your own words" --n 5 --save scenarios/NAME.yaml',
        f"  llmgen validate llmgen-out/{scenario}",
    ]
    return "\n".join(lines) + "\n"
