"""`llmgen validate`: judges a dataset directory."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from llmgen.cli.options import AsJson, Debug, SchemaFrom, ValidatorsAt
from llmgen.errors import InputError

SHOWN = 50

EPILOG = """Examples:

  llmgen validate llmgen-out/trial-expiring-tomorrow

  llmgen validate out/ --schema db/schema.sql --as-of 2026-03-12T09:00:00Z
"""


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("validate", epilog=EPILOG)(command)


def command(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="A directory of one file a table (jsonl, csv, parquet).")
    ],
    schema: SchemaFrom = None,
    validators: ValidatorsAt = None,
    as_of: Annotated[
        str | None, typer.Option(help="The moment that counts as now, for a directory without a manifest.")
    ] = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Judge every row: types, constraints, rules, the expects of its scenario. Exit 1 if any breaks."""
    from llmgen.audit import audit
    from llmgen.canonical import instant
    from llmgen.cli.screen import say
    from llmgen.project import open_project

    try:
        now = instant(as_of)
    except (ValueError, OverflowError) as error:
        raise InputError(
            f"--as-of {as_of}: {error}", "write it like 2026-03-12 or 2026-03-12T09:00:00+01:00"
        ) from error
    project = open_project(Path.cwd(), schema, validators)
    found = audit(project, directory, now)
    if as_json:
        body = {
            "as_of": found.as_of.isoformat().replace("+00:00", "Z"),
            "rows": found.rows,
            "violations": [violation.as_dict() for violation in found.violations],
            "untold": dict(found.untold),
            "skipped": dict(found.skipped),
        }
        sys.stdout.write(json.dumps(body, ensure_ascii=False, default=str) + "\n")
    else:
        for violation in found.violations[:SHOWN]:
            sys.stdout.write(violation.words() + "\n")
        by_rule = Counter(violation.rule for violation in found.violations) + Counter(found.untold)
        for line in _more(by_rule):
            say(line)
        for rule, reason in found.skipped.items():
            say(f"not judged: {rule}: {reason}")
        say(f"{found.rows} rows, {by_rule.total()} violations, as of {found.as_of:%Y-%m-%d %H:%M:%S} UTC")
    raise typer.Exit(1 if found.violations else 0)


def _more(by_rule: Counter[str]) -> list[str]:
    """Beyond what is shown: the number of violations of each rule."""
    if by_rule.total() <= SHOWN:
        return []
    return [f"{by_rule.total() - SHOWN} more; by rule:", *(f"  {n:>6}  {rule}" for rule, n in by_rule.most_common())]
