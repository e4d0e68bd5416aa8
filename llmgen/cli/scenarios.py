"""`llmgen scenarios`: what is saved and recorded, of the project and of the packaged example."""

import json
import sys
from pathlib import Path

import typer

from llmgen.cli.options import AsJson, Debug, SchemaFrom

EPILOG = """Examples:

  llmgen scenarios

  llmgen scenarios --schema db/schema.sql --json
"""


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("scenarios", epilog=EPILOG)(command)


def command(schema: SchemaFrom = None, as_json: AsJson = False, debug: Debug = False) -> None:
    """List the saved scenarios: each name, its root table, how many expects hold it, and its words."""
    from llmgen.project import open_project
    from llmgen.shelf import readable_scenarios

    project = open_project(Path.cwd(), schema)
    saved, bad = readable_scenarios(project.scenarios)
    for error in bad:
        sys.stderr.write(f"not a scenario: {error.message}\n")
    if as_json:
        listed = [
            {
                "name": one.name,
                "words": one.scenario.words,
                "root": one.scenario.root,
                "expects": len(one.scenario.expect),
            }
            for one in saved
        ]
        sys.stdout.write(json.dumps(listed, ensure_ascii=False) + "\n")
        return
    width = max((len(one.name) for one in saved), default=0)
    for one in saved:
        held = f"{one.scenario.root}, {len(one.scenario.expect)} expects"
        sys.stdout.write(f"{one.name:<{width}}  {held:<28}  {one.scenario.words}\n")
