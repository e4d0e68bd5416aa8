"""One run of `llmgen scenario`: from the arguments to files, words and an exit code."""

import json
import os
import secrets
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from llmgen.author.asking import Asking, client_for
from llmgen.author.budget import estimate_tokens
from llmgen.author.exchange import Client, Prompt
from llmgen.author.loop import Attempt
from llmgen.author.recordings import Library, Mode, resolve_mode
from llmgen.author.unasked import UnansweredError, Unasked
from llmgen.cli.scenario import FORMATS, MANY
from llmgen.cli.screen import Screen, counted, say, show_cases
from llmgen.errors import InputError, ModelError, RecordingError
from llmgen.generate import Job, Made, ShortError, instant, interpret, interpreter, make
from llmgen.output.directory import Writing, write_dataset
from llmgen.output.files import write_stream
from llmgen.output.publish import publish_file, refuse_file, refuse_foreign
from llmgen.project import Project
from llmgen.scenario import Scenario, normalise_words, save_scenario
from llmgen.shelf import file_name, given_scenario, near_recorded
from llmgen.values.pools import LOCALES
from llmgen.workshop import Workshop

SHOWN = 3


@dataclass(frozen=True)
class Target:
    """Where the dataset goes and in which form. `out` is None for a directory of its own, "-" for stdout."""

    out: str | None
    format: str
    force: bool
    as_json: bool

    @property
    def streams(self) -> bool:
        """Whether one stream of JSON lines is written instead of a directory."""
        return self.out is not None and (self.out == "-" or self.out.endswith(".jsonl"))

    def directory(self, project: Project, words: str) -> Path:
        """The directory to write; without -o one named by the words under the project's llmgen-out/."""
        return Path(self.out) if self.out else project.settings.path(project.settings.out) / file_name(words)


def mode_of(replay: bool, refresh: bool) -> Mode:
    """The recordings' mode from flags and environment."""
    if replay and refresh:
        raise InputError("--replay and --refresh contradict each other", "give one of them")
    return resolve_mode("replay" if replay else "refresh" if refresh else None, os.environ)


def job_of(
    project: Project,
    n: int,
    yes: bool,
    texts: Mapping[str, str | None],
    locales: Sequence[str] | None,
    edges: float | None,
) -> Job:
    """The job that the arguments ask for; `texts` holds seed, values_seed and as_of as typed."""
    if n < 1:
        raise InputError(f"--n {n}: at least one case must be asked for", "give --n 1 or more")
    if n > MANY and not yes:
        raise InputError(f"--n {n:,} is more than {MANY:,} cases", "add --yes if that is meant")
    try:
        as_of = instant(texts["as_of"])
    except (ValueError, OverflowError) as error:
        raise InputError(
            f"--as-of {texts['as_of']}: {error}", "write it like 2026-03-12 or 2026-03-12T09:00:00+01:00"
        ) from error
    seed = texts["seed"] or "0"
    weights = dict.fromkeys(locales, 1) if locales else project.settings.locales
    if unknown := sorted(weights.keys() - set(LOCALES)):
        raise InputError(f"no names are shipped for the locale {unknown[0]}", f"choose among {', '.join(LOCALES)}")
    return Job(
        n=n,
        as_of=as_of,
        seed=secrets.token_hex(4) if seed == "random" else seed,
        values_seed=texts["values_seed"] or "",
        locales=weights,
        edges=project.settings.edges if edges is None else edges,
    )


def _refuse_mixture(target: Target) -> None:
    """Formats and targets that contradict each other."""
    if target.streams and target.format != "jsonl":
        raise InputError(f"-o {target.out} is JSON lines, --format {target.format} is not", "name a directory with -o")
    if target.out == "-" and target.as_json:
        raise InputError("-o - and --json would both write to stdout", "leave one of them out")
    if target.out and not target.streams and Path(target.out).suffix in (".sql", ".csv", ".parquet"):
        raise InputError(f"-o {target.out}: a directory is written, one file a table", "name a directory with -o")


class ScenarioRun:
    """Carries one command through: interpret or load, make, write, and say what was done."""

    def __init__(self, project: Project, job: Job, asking: Asking, target: Target) -> None:
        _refuse_mixture(target)
        if target.format not in FORMATS:
            raise InputError(f"--format {target.format} is not known", f"one of {', '.join(FORMATS)}")
        self.project = project
        self.job = job
        self.asking = asking
        self.target = target
        self.screen = Screen(job.n, quiet=target.as_json)
        self.started = time.monotonic()

    def run(self, text: str, save: Path | None) -> int:
        """Make and write the dataset; the exit code (1 if it is partial)."""
        self._introduce()
        client = client_for(self.asking, self.project.recordings, self.screen)
        try:
            made = self._made(text, save, client)
        except UnansweredError:
            if isinstance(client, Unasked) or client.hits:
                raise
            self.screen.close()
            self.screen = Screen(self.job.n, quiet=self.target.as_json)
            made = self._made(text, save, Unasked())
        finally:
            self.screen.close()
        self._write(made)
        return 1 if made.short else 0

    def _made(self, text: str, save: Path | None, client: Client) -> Made:
        given = given_scenario(self.project.scenarios, text)
        self._refuse_early(given.words if given else normalise_words(text))
        if isinstance(client, Unasked):
            self._say("no model is asked: the offline author reads the words by the schema's names (docs/models.md)")
        scenario = given or self._interpreted(text, client)
        if isinstance(client, Unasked) and given is None:
            for expect in scenario.expect:
                self._say(f"understood: {expect.why}: {expect.sql}")
        for doubt in scenario.doubts:
            self._say(f"left open by the words: {doubt}")
        if save:
            save_scenario(scenario, save, self.target.force)
            say(f"scenario saved to {save}")
        self._tell_price(lambda: self._first_prompts(scenario))
        return self._make(scenario, client)

    def _make(self, scenario: Scenario, client: Client) -> Made:
        try:
            return make(self.project, scenario, self.job, client, self.screen)
        except ShortError as error:
            self._write_rejects(error.attempts, scenario.words)
            raise

    def show_prompts(self, text: str) -> int:
        """Print the prompts that would be sent first, with a token estimate; nothing is sent and nothing written."""
        scenario = given_scenario(self.project.scenarios, text)
        prompts = self._first_prompts(scenario) if scenario else [self._interpreting(text)]
        for prompt in prompts:
            sys.stdout.write(f"===== {prompt.part}, level {prompt.level}\n{prompt.system}\n{prompt.user}\n")
        sent = sum(estimate_tokens(prompt.system) + estimate_tokens(prompt.user) for prompt in prompts)
        say(f"{len(prompts)} prompts, about {sent:,} input tokens (an estimate); nothing was sent")
        if scenario is None:
            say("the words are interpreted first; the prompts for the cases depend on what they come to")
        return 0

    # -- before --------------------------------------------------------------------------------------------------

    def _introduce(self) -> None:
        if self.project.packaged:
            self._say("using the packaged billing example (no schema is named by --schema or llmgen.toml)")
        as_of = self.job.as_of
        self._say(f"now is {as_of:%Y-%m-%d %H:%M:%S} UTC; seed {self.job.seed}")

    def _interpreted(self, text: str, client: Client) -> Scenario:
        self._tell_price(lambda: [self._interpreting(text)])
        try:
            return interpret(self.project, text, client, self.screen, self.job.limits.max_attempts)[0]
        except (ModelError, RecordingError) as error:
            near = ", ".join(f'"{words}"' for words in near_recorded(self._library(), text))
            error.hint += f"; scenarios that are recorded: {near}" if near else ""
            raise

    def _interpreting(self, text: str) -> Prompt:
        return interpreter(self.project).prompt(normalise_words(text), 1, [])

    def _first_prompts(self, scenario: Scenario) -> list[Prompt]:
        with Workshop(self.project, scenario, self.job) as workshop:
            return workshop.prompts()

    def _library(self) -> Library:
        return Library(self.project.recordings[0], self.project.recordings[1:])

    def _refuse_early(self, words: str) -> None:
        """A target that may not be replaced is said before anything is asked and paid for."""
        target = self.target
        if target.out is None or not target.streams:
            refuse_foreign(target.directory(self.project, words), target.force)
        elif target.out != "-":
            refuse_file(Path(target.out), target.force)

    def _tell_price(self, first_round: Callable[[], Sequence[Prompt]]) -> None:
        """Before the first call: what the first round may cost, if anything must be asked."""
        nobody = self.asking.offline or self.asking.may_do_without(os.environ)
        if self.asking.mode == "replay" or self.asking.by_command or nobody:
            return
        library, asked_again = self._library(), self.asking.mode == "refresh"
        missing = [prompt for prompt in first_round() if asked_again or library.find(prompt) is None]
        if not missing:
            return
        costs = [self.asking.estimate(prompt) for prompt in missing]
        known = [cost for cost in costs if cost is not None]
        price = f"at most {sum(known):.4f} USD a round" if len(known) == len(costs) else "its price is not known"
        self._say(f"{len(missing)} prompts to ask of {self.asking.name}; {price}")

    # -- after ---------------------------------------------------------------------------------------------------

    def _write(self, made: Made) -> None:
        figures = self._figures(made)
        where = self._write_data(made, figures)
        if made.attempts and made.short:
            self._write_rejects(made.attempts, made.scenario.words)
        if self.target.as_json:
            rows = {name: len(rows) for name, rows in made.dataset.rows.items()}
            summary = {
                "out": where,
                "n": self.job.n - len(made.short),
                "rows": rows,
                "partial": bool(made.short),
                **figures,
            }
            sys.stdout.write(json.dumps(summary, ensure_ascii=False) + "\n")
            return
        show_cases(self.project.schema, made.dataset, made.scenario.root, SHOWN)
        said = f"{self.job.n - len(made.short)} of {self.job.n} cases" if made.short else f"{self.job.n} cases"
        say(f"\n{said}: {counted(made.dataset.rows)}; every rule holds")
        for rule in made.making.rules_skipped:
            say(f"not judged: {rule}")
        cost = figures["cost_usd"]
        spent = "cost unknown" if cost is None else f"{cost:.4f} USD"
        replies = f"{figures['replayed']} replies from recordings, {figures['calls']} calls"
        say(f"{replies}, {spent}, {figures['seconds']:.1f} s")
        say(f"written to {where}")

    def _write_data(self, made: Made, figures: Mapping[str, Any]) -> str:
        out = self.target.out
        if out == "-":
            write_stream(sys.stdout.buffer, self.project.schema, made.dataset)
            sys.stdout.buffer.flush()
            return "stdout"
        if out is not None and self.target.streams:
            publish_file(
                Path(out), lambda file: write_stream(file, self.project.schema, made.dataset), self.target.force
            )
            return out
        directory = self.target.directory(self.project, made.scenario.words)
        writing = Writing(self.target.format, self.target.force, figures)  # type: ignore[arg-type]
        write_dataset(directory, self.project.schema, made.dataset, made.making, writing)
        return str(directory.relative_to(Path.cwd()) if directory.is_relative_to(Path.cwd()) else directory)

    def _figures(self, made: Made) -> dict[str, Any]:
        yields = {
            level: counts["passed"] / counts["asked"] for level, counts in self.screen.levels.items() if counts["asked"]
        }
        return {
            **self.screen.figures,
            "levels": self.screen.levels,
            "yield_by_level": yields,
            "prompt_version": made.scenario.prompt,
            "seconds": round(time.monotonic() - self.started, 3),
        }

    def _write_rejects(self, attempts: Sequence[Attempt], words: str) -> None:
        """Every reason of every attempt, beside where the dataset would stand."""
        out = self.target.out
        base = Path("llmgen") if out == "-" else Path(out) if out else self.target.directory(self.project, words)
        file = base.with_name(f"{base.name}.rejects.jsonl")
        file.parent.mkdir(parents=True, exist_ok=True)
        lines = [json.dumps(asdict(attempt), ensure_ascii=True) for attempt in attempts]
        file.write_text("\n".join(lines) + "\n", "utf-8")
        say(f"every reason of every attempt is in {file}")

    def _say(self, text: str) -> None:
        if not self.target.as_json:
            say(text)
