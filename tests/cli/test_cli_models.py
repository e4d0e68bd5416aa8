"""What a server may do to a run: what is waited for, what is not, what is kept, and that it replays."""

from collections.abc import Callable, Iterator
from itertools import chain, repeat
from pathlib import Path

import pytest
from clinic_answers import answer, briefs
from clinic_runs import Serve, asking, contents, scenario
from messages_server import Behaviour, Fault, Refuse, Request, Say


def at_first(bad: Behaviour) -> Callable[[Request], Behaviour]:
    """One bad behaviour, then right answers."""
    turns: Iterator[Behaviour | None] = chain([bad], repeat(None))
    return lambda request: next(turns) or Say(answer(request.user))


@pytest.mark.parametrize(
    ("status", "said"),
    [(401, "check ANTHROPIC_API_KEY"), (403, "may not use this model"), (400, "check the model's id")],
)
def test_a_refused_key_or_request_ends_at_once(clinic: Path, serve: Serve, status: int, said: str) -> None:
    server = serve([Refuse(status)])
    scenario(clinic, "--n", "5", env=asking(server)).fails(4, f"answered {status}", said)
    assert len(server.requests) == 1
    assert not (clinic / "llmgen-out").exists()
    assert contents(clinic / "recordings") == {}


def test_a_busy_server_is_waited_for_within_patience(clinic: Path, serve: Serve) -> None:
    busy = serve([Refuse(529)])
    scenario(clinic, "--n", "5", "--patience", "0.5", env=asking(busy)).fails(4, "answered 529", "try again later")
    limited = serve(at_first(Refuse(429, headers={"retry-after": "0.1"})))
    ran = scenario(clinic, "--n", "5", "-o", "out", env=asking(limited))
    assert ran.code == 0, ran.err
    assert "answered 429" in ran.err
    assert "trying again in 0 s" in ran.err
    assert len(limited.requests) == 2


@pytest.mark.parametrize("fault", ["rst", "error"])
def test_the_finished_lines_of_a_cut_reply_are_kept(clinic: Path, serve: Serve, fault: Fault) -> None:
    whole = answer("\n".join(f"{index}: locale" for index in range(10)))
    cut = whole[: whole.index('{"i": 4') + 30]
    server = serve(at_first(Say(cut, fault=fault)))
    ran = scenario(clinic, "--n", "10", "-o", "out", env=asking(server))
    assert ran.code == 0, ran.err
    assert [briefs(request.user) for request in server.requests] == [list(range(10)), list(range(4, 10))]
    assert scenario(clinic, "--n", "10", "-o", "again", "--replay").code == 0
    assert contents(clinic / "out", "run.json") == contents(clinic / "again", "run.json")


def test_a_refusal_and_the_token_limit_are_asked_smaller_and_never_again_the_same(clinic: Path, serve: Serve) -> None:
    def shy(request: Request) -> Behaviour:
        asked = briefs(request.user)
        if len(asked) > 5:
            return Say("", stop_reason="refusal")
        return Say(
            answer(request.user)[:900] if len(asked) > 3 else answer(request.user),
            "max_tokens" if len(asked) > 3 else "end_turn",
        )

    server = serve(shy)
    ran = scenario(clinic, "--n", "10", "-o", "out", env=asking(server))
    assert ran.code == 0, ran.err
    sizes = [len(briefs(request.user)) for request in server.requests]
    assert sizes[0] == 10
    assert max(sizes[1:]) == 5
    assert len({request.user for request in server.requests}) == len(sizes)
    assert scenario(clinic, "--n", "10", "-o", "again", "--replay").code == 0
    assert contents(clinic / "out", "run.json") == contents(clinic / "again", "run.json")


def test_one_case_that_stays_refused_ends_the_run_and_does_so_in_replay(clinic: Path, serve: Serve) -> None:
    server = serve(lambda request: Say("", "refusal") if 4 in briefs(request.user) else Say(answer(request.user)))
    scenario(clinic, "--n", "10", env=asking(server)).fails(4, "the model refuses to write case 4", "other words")
    scenario(clinic, "--n", "10", "--replay").fails(4, "the model refuses to write case 4")
    assert not (clinic / "llmgen-out").exists()
