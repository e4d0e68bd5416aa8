"""Runs that are killed, stopped, or at work beside one another; and a key that shows up nowhere."""

import json
import signal
import time
from collections.abc import Callable
from pathlib import Path

from clinic_answers import answer, briefs
from clinic_runs import CANARY, WORDS, Serve, asking, contents, recordings, scenario, start
from messages_server import Behaviour, Refuse, Request, Say


def until(happened: Callable[[], bool]) -> None:
    """Wait for something that another process does."""
    ends = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < ends, "it did not happen in 30 s"
        time.sleep(0.02)


def slow_after_the_first(request: Request) -> Behaviour:
    """Answers batch 0 at once and all others never (until the server ends)."""
    return Say(answer(request.user), delay=0 if 0 in briefs(request.user) else 60)


def test_killed_and_interrupted_runs_lose_nothing_that_was_answered(clinic: Path, serve: Serve, tmp_path: Path) -> None:
    slow = serve(slow_after_the_first)
    process = start(clinic, "scenario", WORDS, "--n", "30", "-o", "out", env=asking(slow))
    until(lambda: len(slow.requests) == 3 and len(list((clinic / "recordings").glob("*.json"))) == 1)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not (clinic / "out").exists()

    (tmp_path / "sitecustomize.py").write_text(
        "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
    )
    process = start(clinic, "scenario", WORDS, "--n", "30", env={**asking(slow), "PYTHONPATH": str(tmp_path)})
    until(lambda: len(slow.requests) == 5)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=10)
    assert process.returncode == 130
    assert err.splitlines()[-2:] == [
        "llmgen: interrupted; nothing was written, replies that came are recorded",
        "  -> run the same command again to go on",
    ]

    server = serve()
    ran = scenario(clinic, "--n", "30", "-o", "out", env=asking(server))
    assert ran.code == 0, ran.err
    assert sorted(briefs(request.user)[0] for request in server.requests) == [10, 20], "only what was not answered"
    assert not list(clinic.glob(".*llmgen-*")), "no leftovers"


def test_two_at_once_with_one_cache_and_one_target(clinic: Path, serve: Serve) -> None:
    server = serve(lambda request: Say(answer(request.user), delay=0.2))
    command = ("scenario", WORDS, "--n", "20", "--as-of", "2027-08-04T09:12:30Z", "-o")
    both = [
        start(clinic, *command, target, env=asking(server))
        for target in (
            "out",
            "out",
        )
    ]
    for process in both:
        _, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
    assert len(recordings(clinic)) == 2
    assert scenario(clinic, "--n", "20", "-o", "alone", "--replay").code == 0
    assert contents(clinic / "out", "run.json") == contents(clinic / "alone", "run.json")


def test_the_key_is_in_no_file_no_output_and_no_recording(clinic: Path, serve: Serve) -> None:
    telling = serve(lambda request: Refuse(401, f"invalid key {request.headers['authorization']}"))
    echoing = serve(lambda request: Say(answer(request.user).replace("rabies", CANARY)))
    nobody = {"ANTHROPIC_BASE_URL": f"http://user:{CANARY}@127.0.0.1:9/", "ANTHROPIC_API_KEY": CANARY}
    ran = [
        scenario(clinic, "--n", "3", "--debug", env=asking(telling)),
        scenario(clinic, "--n", "3", "--debug", "--patience", "0", env=nobody),
        scenario(clinic, "--n", "3", "-o", "out", env=asking(echoing)),
        scenario(clinic, "--n", "3", "--replay", "-o", "-", env={"ANTHROPIC_API_KEY": CANARY}),
    ]
    assert [one.code for one in ran] == [4, 4, 0, 0], [one.err for one in ran]
    assert "Traceback" in ran[0].err, "--debug shows the trace"
    assert CANARY in echoing.requests[0].headers["authorization"]
    texts = [one.out + one.err for one in ran]
    texts += [content.decode("utf-8", "replace") for content in contents(clinic).values()]
    for secret in (CANARY, CANARY.removeprefix("sk-ant-")):
        assert not [text for text in texts if secret in text]
    assert "[redacted]" in json.loads((clinic / "out/visits.jsonl").read_text().splitlines()[0])["note"]
