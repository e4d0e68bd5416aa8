"""The packaged example's scenarios as tests use them: each replayed once, with no client behind the recordings."""

import atexit
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from llmgen.author.exchange import LineListener, Prompt, Reply, no_listener
from llmgen.author.recordings import Library, RecordingClient
from llmgen.content import content_folder
from llmgen.generate import Made, make
from llmgen.project import Project, open_project
from llmgen.scenario import load_scenario, normalise_words
from llmgen.shelf import file_name
from llmgen.workshop import Job, Workshop, Written

EXAMPLE = content_folder("fixtures") / "billing"
AS_OF = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


class Nobody:
    """The client behind a replay: a test that reaches it has asked a model."""

    def complete(self, prompt: Prompt, on_line: LineListener = no_listener) -> Reply:
        raise AssertionError(f"a model was asked for {prompt.template} {prompt.part}")


@dataclass(frozen=True)
class Shipped:
    """One entry of shipped.toml."""

    words: str
    n: int

    @property
    def name(self) -> str:
        return file_name(normalise_words(self.words))

    @property
    def file(self) -> Path:
        return EXAMPLE / "scenarios" / f"{self.name}.yaml"


SHIPPED = [Shipped(**one) for one in tomllib.loads((EXAMPLE / "shipped.toml").read_text("utf-8"))["scenario"]]


@cache
def project() -> Project:
    return open_project(Path("/"), schema=EXAMPLE / "schema.sql")


def recordings() -> RecordingClient:
    return RecordingClient(Nobody(), Library(EXAMPLE / "recordings"), "replay")


def job(one: Shipped, as_of: datetime = AS_OF) -> Job:
    return Job(n=one.n, as_of=as_of)


@cache
def made(one: Shipped) -> Made:
    """The scenario's dataset at AS_OF, as `llmgen scenario` makes it."""
    return make(project(), load_scenario(one.file), job(one), recordings())


@cache
def workshop_of(one: Shipped) -> tuple[Workshop, Written]:
    """The scenario's workshop, left open until the test process ends, with its cases written."""
    workshop = Workshop(project(), load_scenario(one.file), job(one))
    atexit.register(workshop.__exit__)
    return workshop, workshop.write(recordings())
