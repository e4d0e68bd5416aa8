"""`llmgen scenario`: a situation in words, or a scenario file, to exactly N cases."""

from pathlib import Path
from typing import Annotated

import typer

from llmgen.cli.numeric import import_numpy
from llmgen.cli.options import AsJson, CacheAt, Debug, PromptsAt, SchemaFrom, ValidatorsAt

MANY = 1_000
"""Cases above which --yes is needed."""

FORMATS = ("jsonl", "csv", "parquet", "sql")

EPILOG = """Examples:

  llmgen scenario "trial expiring tomorrow" --n 20

  llmgen scenario "overdue invoice" --schema schema.sql --n 5 --format sql -o out/
"""


Text = Annotated[
    str, typer.Argument(metavar="TEXT|FILE.yaml", help="The situation in words, or a saved scenario file.")
]
Cases = Annotated[int, typer.Option("--n", help="How many cases: rows of the scenario's root table.")]
Seed = Annotated[str, typer.Option(help="A number or any text; `random` draws one. Keys recordings and briefs.")]
ValuesSeed = Annotated[
    str, typer.Option(help="Re-deals only what is written by seed (names, keys); default: the seed.")
]
AsOf = Annotated[
    str | None, typer.Option(help="The moment that counts as now, ISO 8601, UTC unless it says; default: now.")
]
SaveTo = Annotated[Path | None, typer.Option(help="Also write the scenario as YAML, for review and editing.")]
ModelName = Annotated[
    str,
    typer.Option(
        help="An API model id, command:PROGRAM ARGS (prompt on stdin, reply on stdout), or offline (no model)."
    ),
]
AnsweredBy = Annotated[str, typer.Option(help="Who answers behind command:, as recordings will say.")]
Replay = Annotated[bool, typer.Option("--replay", help="Answer from recordings only; a missing one is exit 3.")]
Refresh = Annotated[bool, typer.Option("--refresh", help="Ask again and replace the recordings.")]
Locales = Annotated[list[str] | None, typer.Option(help="Use only these locales (repeatable), such as ja_JP.")]
Edges = Annotated[float | None, typer.Option(min=0, max=1, help="Share of cases that get an edge class; default 0.1.")]
Concurrency = Annotated[int, typer.Option(min=1, max=64, help="Prompts under way at once.")]
MaxAttempts = Annotated[int, typer.Option(min=1, max=20, help="How often a case is asked for before giving up.")]
MaxCalls = Annotated[int | None, typer.Option(min=0, help="Stop before more calls than this.")]
MaxCost = Annotated[
    float | None, typer.Option(min=0, help="Stop before more USD than this are spent; 1 where the price is known.")
]
Patience = Annotated[float | None, typer.Option(min=0, help="Seconds to wait for a busy server; default 300.")]
Yes = Annotated[bool, typer.Option("--yes", help=f"Allow more than {MANY:,} cases.")]
AllowPartial = Annotated[bool, typer.Option("--allow-partial", help="Write what passed, even if short (still exit 1).")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print the prompts that would be sent; send nothing.")]
FormatName = Annotated[str, typer.Option(help=f"One of {', '.join(FORMATS)}.")]
Out = Annotated[str | None, typer.Option("-o", "--out", help="Directory, FILE.jsonl, or - for stdout.")]
Force = Annotated[bool, typer.Option("--force", help="Replace a target that llmgen did not write.")]


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("scenario", epilog=EPILOG)(command)


def command(
    text: Text,
    n: Cases = 10,
    schema: SchemaFrom = None,
    seed: Seed = "0",
    values_seed: ValuesSeed = "",
    as_of: AsOf = None,
    save: SaveTo = None,
    model: ModelName = "",
    answered_by: AnsweredBy = "",
    replay: Replay = False,
    refresh: Refresh = False,
    cache: CacheAt = None,
    prompts: PromptsAt = None,
    validators: ValidatorsAt = None,
    locale: Locales = None,
    edges: Edges = None,
    concurrency: Concurrency = 4,
    max_attempts: MaxAttempts = 6,
    max_calls: MaxCalls = None,
    max_cost: MaxCost = None,
    patience: Patience = None,
    yes: Yes = False,
    allow_partial: AllowPartial = False,
    dry_run: DryRun = False,
    format: FormatName = "jsonl",
    out: Out = None,
    force: Force = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Write exactly N linked, valid cases of a situation, from recordings where they exist, else asking a model."""
    import_numpy()
    from dataclasses import replace

    from llmgen.author.asking import Asking
    from llmgen.author.loop import Limits
    from llmgen.cli.scenario_run import ScenarioRun, Target, job_of, mode_of
    from llmgen.project import open_project

    project = open_project(Path.cwd(), schema, validators, prompts, cache)
    job = job_of(project, n, yes, {"seed": seed, "values_seed": values_seed, "as_of": as_of}, locale, edges)
    job = replace(job, limits=Limits(concurrency, max_attempts), allow_partial=allow_partial)
    asking = Asking(project.settings.model, model, answered_by, mode_of(replay, refresh), max_calls, max_cost, patience)
    run = ScenarioRun(project, job, asking, Target(out, format, force, as_json))
    raise typer.Exit(run.show_prompts(text) if dry_run else run.run(text, save))
