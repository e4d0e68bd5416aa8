"""`llmgen generate`: a whole database by seed, with no model."""

from pathlib import Path
from typing import Annotated

import typer

from llmgen.cli.numeric import import_numpy
from llmgen.cli.options import AsJson, Debug, SchemaFrom

FORMATS = ("jsonl", "csv", "parquet", "sql")

EPILOG = """Examples:

  llmgen generate --schema schema.sql --rows users=10000,organizations=500 --seed 42 -o out/

  llmgen generate --schema schema.sql --rows 50 --dry-run

  llmgen generate --schema prisma/schema.prisma --rows projects=1k,tasks=3..8/projects --format sql -o out/
"""

RowsAsked = Annotated[
    list[str] | None,
    typer.Option(
        "--rows", help="50 (every table), users=10k,organizations=500, tasks=3..8/projects; the rest follows."
    ),
]
Seed = Annotated[str, typer.Option(help="A number or any text (a commit hash). Without it one is drawn and printed.")]
ValuesSeed = Annotated[str, typer.Option(help="The seed that cells are drawn from; default: the seed.")]
AsOf = Annotated[
    str | None, typer.Option(help="The moment that dates lie around, ISO 8601; default: today, 00:00 UTC.")
]
Locales = Annotated[list[str] | None, typer.Option("--locale", help="Use only these locales (repeatable).")]
Edges = Annotated[float | None, typer.Option(min=0, max=1, help="Share of rows with an edge value; default 0.1.")]
Unsolved = Annotated[
    str, typer.Option(help="What to do about CHECKs that cannot be solved: refuse, skip-table or null.")
]
FixedAt = Annotated[Path | None, typer.Option(help="YAML of rows that must be there: table: {name: {column: value}}.")]
RowsRange = Annotated[
    list[str] | None,
    typer.Option(help="Only these rows of a table, users=0:100000 (repeatable): one shard of the whole."),
]
Workers = Annotated[int | None, typer.Option(min=1, max=256, help="Processes; default: as many as the rows are worth.")]
FormatName = Annotated[str, typer.Option(help=f"One of {', '.join(FORMATS)}.")]
SqlDialect = Annotated[
    str, typer.Option(help="The dialect of --format sql: any that sqlglot writes; default: the schema's.")
]
Out = Annotated[Path | None, typer.Option("-o", "--out", help="Directory; default: llmgen-out/database.")]
Force = Annotated[bool, typer.Option("--force", help="Replace a target that llmgen did not write.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print how many rows each table gets, and why; write nothing.")]


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("generate", epilog=EPILOG)(command)


def command(
    schema: SchemaFrom = None,
    rows: RowsAsked = None,
    seed: Seed = "",
    values_seed: ValuesSeed = "",
    as_of: AsOf = None,
    locale: Locales = None,
    edges: Edges = None,
    on_unsolved: Unsolved = "refuse",
    fixed: FixedAt = None,
    rows_range: RowsRange = None,
    workers: Workers = None,
    format: FormatName = "jsonl",
    sql_dialect: SqlDialect = "",
    out: Out = None,
    force: Force = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Fill every table so that it loads with all constraints on; the same bytes for the same seed."""
    import_numpy()
    from llmgen.cli.generate_run import GenerateRun
    from llmgen.demand import Asked
    from llmgen.project import open_project

    project = open_project(Path.cwd(), schema)
    asked = Asked(tuple(rows or ()), seed, values_seed, as_of, tuple(locale or ()), edges, on_unsolved, fixed)
    run = GenerateRun(project, asked, as_json)
    if dry_run:
        raise typer.Exit(run.show())
    raise typer.Exit(run.write(out, format, sql_dialect, force, (workers, tuple(rows_range or ()))))
