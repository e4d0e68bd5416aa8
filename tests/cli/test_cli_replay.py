"""A replay: the same bytes wherever and whenever, without a connection and without what only asking needs."""

import shutil
from pathlib import Path

from clinic_runs import OTHER_WORDS, Serve, asking, contents, llmgen, scenario

WATCH = """
import atexit, os, signal, socket, sys

signal.signal(signal.SIGINT, signal.default_int_handler)
if os.environ.get("NO_NETWORK"):
    def refused(*arguments):
        os.write(2, b"SOCKET USED\\n")
        os._exit(99)
    socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refused
heavy = ("anthropic", "faker", "pyarrow", "duckdb", "numpy", "sqlglot", "yaml", "httpx2", "jinja2")
if os.environ.get("IMPORTED"):
    atexit.register(lambda: open(os.environ["IMPORTED"], "w").write(" ".join(m for m in heavy if m in sys.modules)))
"""


def watched(folder: Path) -> dict[str, str]:
    """The variables of a process that dies of a connection and writes down which heavy packages it imported."""
    place = folder / "watch"
    place.mkdir(exist_ok=True)
    (place / "sitecustomize.py").write_text(WATCH)
    return {"PYTHONPATH": str(place), "NO_NETWORK": "1", "IMPORTED": str(place / "imported")}


def test_a_replay_is_the_same_bytes_everywhere(recorded: Path, tmp_path: Path) -> None:
    here = scenario(recorded, "--n", "20", "-o", "out", "--replay")
    moved = Path(shutil.copytree(recorded, tmp_path / "another place/kopie ü"))
    shutil.rmtree(moved / "out")
    (moved / "deeper").mkdir()
    strange = {"TZ": "Pacific/Kiritimati", "LANG": "tr_TR.UTF-8", "LC_ALL": "C", "PYTHONHASHSEED": "4711"}
    there = scenario(
        moved / "deeper", "--n", "20", "-o", "../out", "--concurrency", "1", env={**strange, "LLMGEN_REPLAY": "1"}
    )
    assert (here.code, there.code) == (0, 0), there.err
    assert contents(recorded / "out", "run.json") == contents(moved / "out", "run.json")
    manifest = (recorded / "out/manifest.json").read_text("utf-8")
    assert str(tmp_path) not in manifest


def test_a_replay_opens_no_connection_and_needs_no_client(recorded: Path) -> None:
    env = watched(recorded)
    ran = scenario(recorded, "--n", "10", "-o", "out", env=env, words=OTHER_WORDS)
    assert ran.code == 0, ran.err
    imported = Path(env["IMPORTED"]).read_text().split()
    assert "duckdb" in imported, "the watch sees what is imported"
    assert not {"anthropic", "faker", "httpx2"} & set(imported)


def test_help_imports_nothing_heavy(clinic: Path) -> None:
    env = watched(clinic)
    for args in (["--help"], ["scenario", "--help"], ["--version"]):
        assert llmgen(clinic, *args, env=env).code == 0
        imported = set(Path(env["IMPORTED"]).read_text().split())
        assert not imported & {"anthropic", "faker", "pyarrow", "duckdb", "numpy"}, args


def test_a_damaged_recording_is_named_and_not_used(recorded: Path) -> None:
    file = next(file for file in (recorded / "recordings").glob("*.json") if b'"i\\": 19' in file.read_bytes())
    whole = file.read_bytes()
    for changed, said in (
        (whole.replace(b"rabies", b"rabieZ", 1), "does not match its checksum"),
        (whole.replace(b'"format": 1', b'"format": 99', 1), "recording format 99"),
    ):
        file.write_bytes(changed)
        scenario(recorded, "--n", "20", "-o", "other").fails(3, file.name, said)
    assert not (recorded / "other").exists()
    verified = llmgen(recorded, "cache", "verify")
    verified.fails(3, "1 recordings cannot be used")
    assert file.name in verified.out


def test_a_rule_made_stricter_is_asked_about_again_and_missed_in_replay(recorded: Path, serve: Serve) -> None:
    rules = recorded / "validators/clinic.py"
    text = rules.read_text()
    stricter = (
        '        if total > 2500:\n            raise ValueError(f"the items add up to {total}, more than 2500")\n'
    )
    rules.write_text(text.replace("        return self\n", f"{stricter}        return self\n"))
    missing = scenario(recorded, "--n", "20", "-o", "out", "--replay")
    missing.fails(3, "cases v1 (cases, batch ", "level retry, attempt 2", "the nearest is")
    server = serve()
    ran = scenario(recorded, "--n", "20", "-o", "out", env=asking(server))
    assert ran.code == 0, ran.err
    assert len(server.requests) == 2, "one retry a batch, the right cases kept"
    assert "more than 2500" in server.requests[0].user
    assert scenario(recorded, "--n", "20", "-o", "out", "--replay").code == 0
