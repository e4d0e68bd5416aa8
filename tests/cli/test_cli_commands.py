"""The other commands: scenarios, schema, validate, cache and prompts; and what every help text ends with."""

import json
import re
from pathlib import Path

import pytest
from clinic_runs import WORDS, llmgen, read_rows, scenario

COMMANDS = [
    ["scenario"], ["scenarios"], ["schema"], ["validate"],
    ["cache", "list"], ["cache", "show"], ["cache", "verify"], ["prompts", "list"], ["prompts", "show"],
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_help_ends_with_two_examples(tmp_path: Path, command: list[str]) -> None:
    ran = llmgen(tmp_path, *command, "--help")
    assert ran.code == 0
    _, _, examples = ran.out.partition("Examples:")
    starts = re.findall(r"^ *llmgen (.*)$", examples, re.MULTILINE)
    assert len(starts) == 2
    assert all(start.startswith(" ".join(command)) for start in starts)


def test_scenarios_lists_what_is_saved(clinic: Path) -> None:
    listed = llmgen(clinic, "scenarios")
    assert (listed.code, listed.out.split()) == (0, ["vaccination-tomorrow", "visits,", "3", "expects", *WORDS.split()])
    as_json = llmgen(clinic, "scenarios", "--json").summary
    assert as_json == [{"name": "vaccination-tomorrow", "words": WORDS, "root": "visits", "expects": 3}]


def test_schema_says_what_was_understood_and_who_writes_it(clinic: Path) -> None:
    text = llmgen(clinic, "schema", "schema.sql")
    assert text.code == 0
    assert text.out.splitlines()[-1] == (
        "5 tables, 23 columns, 4 foreign keys, 1 many-to-many, 1 uniques, 7 checks, 2 enums"
    )
    assert re.search(r"^  full_name +text +people/full_name: ", text.out, re.MULTILINE)
    found = llmgen(clinic, "schema", "schema.sql", "--json").summary
    assert set(found) == {"tables", "ignored"}
    visits = next(table for table in found["tables"] if table["name"] == "visits")
    assert set(visits) >= {"name", "schema", "columns", "primary_key", "foreign_keys", "uniques", "checks"}
    status = next(column for column in visits["columns"] if column["name"] == "status")
    assert set(status) >= {"name", "type", "nullable", "default", "generated", "enum", "route"}
    assert (status["type"], status["nullable"], status["enum"]) == (
        "visit_status", False, ["booked", "done", "missed"],
    )  # fmt: skip
    assert visits["primary_key"] == ["id"]
    key = {"columns": ["animal_id"], "references": "animals", "referenced_columns": ["id"], "on_delete": "cascade"}
    assert [{**one, "on_delete": one["on_delete"].lower()} for one in visits["foreign_keys"]] == [key]
    assert {"name": "visit_ends_later", "sql": "ends_at > starts_at"} in visits["checks"]


def test_strict_fails_on_a_constraint_that_was_not_understood(clinic: Path) -> None:
    assert llmgen(clinic, "schema", "schema.sql", "--strict").code == 0
    schema = (clinic / "schema.sql").read_text()
    rule = "CREATE TRIGGER free BEFORE INSERT ON visits FOR EACH ROW EXECUTE FUNCTION refuse_taken_rooms();\n"
    (clinic / "more.sql").write_text(schema + rule)
    line = schema.count("\n") + 1
    assert llmgen(clinic, "schema", "more.sql").code == 0
    llmgen(clinic, "schema", "more.sql", "--strict").fails(1, f"more.sql:{line}", "not understood")
    ignored = llmgen(clinic, "schema", "more.sql", "--json").summary["ignored"]
    assert [one["line"] for one in ignored if one["constrains"]] == [line]
    assert set(ignored[0]) >= {"line", "text", "why"}


def test_validate_finds_exactly_what_was_broken(recorded: Path) -> None:
    assert scenario(recorded, "--n", "5", "-o", "out").code == 0
    good = llmgen(recorded, "validate", "out")
    assert (good.code, good.out) == (0, "")
    assert "22 rows, 0 violations, as of 2027-08-04 09:12:30 UTC" in good.err
    visits = read_rows(recorded / "out", "visits")
    breaking = {
        0: {"total_cents": visits[0]["total_cents"] + 100},
        2: {"starts_at": "2027-08-04T10:00:00Z"},
        4: {"room": visits[3]["room"], "starts_at": visits[3]["starts_at"]},
    }
    changed = [{**row, **breaking.get(place, {})} for place, row in enumerate(visits)]
    (recorded / "out/visits.jsonl").write_text("".join(json.dumps(row) + "\n" for row in changed))
    found = llmgen(recorded, "validate", "out", "--json")
    assert found.code == 1
    broken = sorted((one["rule"].removeprefix("sql:"), one["case"]) for one in found.summary["violations"])
    assert [rule for rule, _ in broken] == ["expect:2", "one_visit_a_room", "rule:VisitCase.total_adds_up"]
    assert (broken[0][1], broken[2][1]) == (2, 0)
    (recorded / "out/visits.jsonl").write_text(json.dumps({**visits[0], "room": "many"}) + "\n")
    said = llmgen(recorded, "validate", "out")
    assert said.code == 1
    assert "visits.jsonl:1.room" in said.out
    assert "the manifest counts 5 rows" in said.out


def test_cache_lists_shows_and_verifies(recorded: Path) -> None:
    listed = llmgen(recorded, "cache", "list", "--json").summary
    assert sorted(one["template"] for one in listed) == ["cases/v1"] * 3 + ["interpret/v1"]
    assert {(one["level"], one["attempt"], one["stop"], one["answered_by"]) for one in listed} == {
        ("ask", 1, "end", "a fake")
    }
    text = llmgen(recorded, "cache", "list")
    assert text.err == "4 recordings\n"
    assert [line.split()[0] for line in text.out.splitlines()] == [one["key"][:12] for one in listed]
    one = next(one for one in listed if one["template"] == "interpret/v1")
    shown = llmgen(recorded, "cache", "show", one["key"][:12]).out
    assert shown.index("===== system") < shown.index("===== user") < shown.index("===== reply")
    reply = llmgen(recorded, "cache", "show", one["key"], "--reply").out
    assert shown.endswith(reply)
    assert json.loads(reply)["root"] == "visits"
    llmgen(recorded, "cache", "show", "").fails(2, "4 recordings")
    verified = llmgen(recorded, "cache", "verify")
    assert (verified.code, verified.err) == (0, "4 recordings are whole, 0 are not\n")


def test_prompts_are_listed_and_shown_the_users_own_first(clinic: Path) -> None:
    listed = llmgen(clinic, "prompts", "list").out
    assert [line.split()[0] for line in listed.splitlines()] == ["cases/v1", "interpret/v1", "shared/v1"]
    shown = llmgen(clinic, "prompts", "show", "cases/v1", "--level", "retry").out
    assert "===== system.md" in shown
    assert "===== retry.md" in shown
    own = clinic / "own/cases/v1"
    own.mkdir(parents=True)
    (own / "prompt.toml").write_text('purpose = "mine"\nmax_tokens = 900\n')
    (own / "system.md").write_text("SYSTEM")
    (own / "ask.md").write_text("ASK {{ briefs }}")
    assert "cases/v1  mine" in llmgen(clinic, "prompts", "list", "--prompts", "own").out
    dry = scenario(clinic, "--n", "1", "--dry-run", "--prompts", "own").out
    assert dry.splitlines()[1:4] == ["SYSTEM", "", "ASK 0: locale"] or "ASK 0: locale" in dry
    (own / "ask.md").write_text("ASK {{ nothing }}")
    scenario(clinic, "--n", "1", "--dry-run", "--prompts", "own").fails(2, "ask.md", "'nothing' is undefined")
