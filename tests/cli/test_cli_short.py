"""Fewer than N: exit 1, every reason kept, nothing written unless a part is allowed; limits of calls and cost."""

import json
from pathlib import Path

from clinic_answers import answer, briefs, lines, right, wrong
from clinic_runs import BY_COMMAND, OTHER_WORDS, Serve, asking, read_rows, recordings, scenario
from messages_server import Behaviour, Request, Say

RULE = "rule:VisitCase.total_adds_up"
ALWAYS_WRONG = f"{BY_COMMAND} wrong"


def test_a_model_that_is_always_wrong(clinic: Path) -> None:
    ran = scenario(clinic, "--n", "20", "-o", "out", "--model", ALWAYS_WRONG)
    ran.fails(1, "0 of 20 cases passed after 6 attempts", RULE, "--max-attempts", "--allow-partial")
    assert "no cost" not in ran.err
    assert not (clinic / "out").exists()
    attempts = [json.loads(line) for line in (clinic / "out.rejects.jsonl").read_text().splitlines()]
    assert [(one["batch"], one["level"]) for one in attempts] == [
        (batch, level) for batch in (0, 1) for level in ("ask", "retry", "strict", "final", "final", "final")
    ]
    reasons = {(fault["rule"], fault["case"]) for one in attempts for fault in one["violations"]}
    assert reasons == {(RULE, case) for case in range(20)}
    assert attempts[0]["violations"][1]["mend"] == "total_cents is 5001, but the items add up to 5000"
    again = scenario(clinic, "--n", "20", "-o", "out", "--replay")
    again.fails(1, "0 of 20 cases passed", "fails again from the recordings, at no cost", "--refresh")
    assert len((clinic / "out.rejects.jsonl").read_text().splitlines()) == 12
    none = scenario(clinic, "--n", "20", "-o", "out", "--allow-partial", "--replay")
    assert none.code == 1
    assert "0 of 20 cases" in none.err
    assert "Traceback" not in none.err


def test_a_part_is_written_when_it_is_allowed_and_says_so(clinic: Path, serve: Serve) -> None:
    def nearly(request: Request) -> Behaviour:
        return Say(lines((wrong if index == 3 else right)(index) for index in briefs(request.user)))

    server = serve(nearly)
    limits = ("--n", "10", "--max-attempts", "2")
    refused = scenario(clinic, *limits, env=asking(server), words="scenarios/vaccination-tomorrow.yaml")
    refused.fails(1, "9 of 10 cases passed after 2 attempts; case 3")
    assert [path.name for path in (clinic / "llmgen-out").iterdir()] == [
        "vaccination-booked-for-tomorrow.rejects.jsonl"
    ]
    assert [briefs(request.user) for request in server.requests] == [list(range(10)), [3]], "right cases are kept"
    ran = scenario(clinic, *limits, "-o", "out", "--allow-partial", "--json")
    assert (ran.code, ran.summary["n"], ran.summary["partial"]) == (1, 9, True)
    assert json.loads((clinic / "out/manifest.json").read_text())["partial"] is True
    assert [row["note"][0] for row in read_rows(clinic / "out", "visits")] == list("012456789")
    assert (clinic / "out.rejects.jsonl").exists()


def test_calls_and_cost_are_limited_before_they_are_passed(clinic: Path, serve: Serve) -> None:
    server = serve()
    env = asking(server)
    scenario(clinic, "--n", "20", "--max-cost", "0.001", env=env).fails(1, "0.0010 USD", "--max-cost")
    assert server.requests == []
    scenario(clinic, "--n", "20", "--max-calls", "1", env=env).fails(1, "1 of 1 calls are made", "--max-calls")
    assert len(server.requests) == 1
    assert scenario(clinic, "--n", "20", "--max-calls", "1", env=env).code == 0, "the rest, the first being recorded"
    assert len(server.requests) == 2


def test_the_price_is_said_before_the_first_call_and_a_dry_run_sends_nothing(clinic: Path, serve: Serve) -> None:
    server = serve()
    ran = scenario(clinic, "--n", "12", "--max-calls", "0", env=asking(server), words=OTHER_WORDS)
    ran.fails(1, "0 of 0 calls")
    assert "1 prompts to ask of claude-haiku-5-5; at most 0.0" in ran.err
    for words, parts in ((OTHER_WORDS, ["interpret"]), ("vaccination-tomorrow", ["cases, batch 0", "cases, batch 1"])):
        dry = scenario(clinic, "--n", "12", "--dry-run", env=asking(server), words=words)
        assert dry.code == 0
        assert [line for line in dry.out.splitlines() if line.startswith("===== ")] == [
            f"===== {part}, level ask" for part in parts
        ]
        assert f"{len(parts)} prompts, about " in dry.err
        assert "nothing was sent" in dry.err
    assert briefs(dry.out) == list(range(20))
    assert server.requests == []
    assert not (clinic / "llmgen-out").exists()
    assert not (clinic / "recordings").exists() or recordings(clinic) == {}


def test_refresh_asks_again_and_replaces(recorded: Path, serve: Serve) -> None:
    before = recordings(recorded)
    server = serve(lambda request: Say(answer(request.user).replace("rabies", "tetanus")))
    ran = scenario(recorded, "--n", "10", "-o", "out", "--refresh", env=asking(server))
    assert ran.code == 0, ran.err
    assert "1 prompts to ask of claude-haiku-5-5" in ran.err
    assert len(server.requests) == 1
    changed = [name for name, content in recordings(recorded).items() if content != before[name]]
    assert len(changed) == 1
    assert "tetanus" in read_rows(recorded / "out", "visits")[0]["note"]
