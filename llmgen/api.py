"""The library's front door: the job of `llmgen scenario` as one call."""

import os
from datetime import datetime
from pathlib import Path

from llmgen.author.asking import Asking, client_for
from llmgen.author.exchange import Client
from llmgen.author.recordings import resolve_mode
from llmgen.author.unasked import UnansweredError, Unasked
from llmgen.errors import InputError
from llmgen.events import ignore
from llmgen.generate import Job, Made, instant, interpret, make
from llmgen.project import Project, open_project
from llmgen.shelf import given_scenario


def make_scenario(
    text: str,
    n: int = 10,
    *,
    schema: str | os.PathLike[str] | None = None,
    seed: str = "0",
    as_of: datetime | None = None,
    model: str = "",
) -> Made:
    """Exactly `n` cases of the situation that `text` says in words, or of the scenario file that it names.

    The project is that of the working directory: its llmgen.toml, else the packaged billing example. `as_of` is the
    instant that counts as now (UTC unless it says; default: the present moment). Recordings are used as on the command
    line (LLMGEN_REPLAY=1 or CI=true: nothing else); where nothing is recorded and no key is set, the offline author
    writes the cases (`making.answered_by` says so). Rows are `made.dataset.rows[table]`, a list of dicts.

    Raises InputError for what cannot be used, DataError when fewer than `n` cases pass, RecordingError for a missing
    recording in replay, ModelError when nobody answers.
    """
    project = open_project(Path.cwd(), schema)
    if n < 1:
        raise InputError(f"n = {n}: at least one case must be asked for", "give n=1 or more")
    moment = instant(as_of.isoformat() if as_of else None)
    job = Job(n=n, as_of=moment, seed=seed, locales=project.settings.locales, edges=project.settings.edges)
    asking = Asking(project.settings.model, model, mode=resolve_mode(None, os.environ))
    client = client_for(asking, project.recordings, ignore)
    try:
        return _made(project, text, job, client)
    except UnansweredError:
        if isinstance(client, Unasked) or client.hits:
            raise
        return _made(project, text, job, Unasked())


def _made(project: Project, text: str, job: Job, client: Client) -> Made:
    scenario = given_scenario(project.scenarios, text) or interpret(project, text, client)[0]
    return make(project, scenario, job, client)
