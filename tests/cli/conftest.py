"""The clinic as the tests of the command line find it: empty, or recorded once from a fake model."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from clinic_answers import answer
from clinic_runs import BY_COMMAND, OTHER_WORDS, WORDS, put_clinic, scenario
from messages_server import Behaviour, MessagesServer, Request, Say


def says_right(request: Request) -> Behaviour:
    """The model that never errs."""
    return Say(answer(request.user))


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    """The clinic's project, nothing recorded."""
    return put_clinic(tmp_path / "clinic")


@pytest.fixture(scope="session")
def recorded_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The clinic with recordings for its words (20 cases) and for others that are interpreted (10 cases)."""
    folder = put_clinic(tmp_path_factory.mktemp("recorded") / "clinic")
    for words, n in ((WORDS, "20"), (OTHER_WORDS, "10")):
        ran = scenario(
            folder, "--n", n, "-o", "out", "--force", "--model", BY_COMMAND, "--answered-by", "a fake", words=words
        )
        assert ran.code == 0, ran.err
    shutil.rmtree(folder / "out")
    return folder


@pytest.fixture
def recorded(recorded_once: Path, tmp_path: Path) -> Path:
    """A copy of the recorded clinic."""
    return Path(shutil.copytree(recorded_once, tmp_path / "clinic"))


@pytest.fixture
def serve() -> Iterator[Callable[..., MessagesServer]]:
    """Starts servers that live as long as the test."""
    servers: list[MessagesServer] = []

    def begin(script: object = says_right) -> MessagesServer:
        server = MessagesServer(script)  # type: ignore[arg-type]
        servers.append(server.__enter__())
        return server

    yield begin
    for server in servers:
        server.__exit__(None, None, None)


@pytest.fixture
def clinic_two(tmp_path: Path) -> Path:
    """A second project of the clinic, nothing recorded."""
    return put_clinic(tmp_path / "clinic two")
