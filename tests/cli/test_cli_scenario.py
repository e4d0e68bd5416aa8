"""What `llmgen scenario` writes: exactly N, in every form, moved to the as-of, the rest by seed."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as parquet
from clinic_runs import AS_OF, OTHER_WORDS, WORDS, Serve, asking, contents, llmgen, read_rows, recordings, scenario

TABLES = ["services", "owners", "animals", "visits", "visit_items"]


def test_a_directory_of_json_lines_with_its_manifest_and_figures(recorded: Path) -> None:
    ran = scenario(recorded, "--n", "20", "-o", "out")
    assert (ran.code, ran.out) == (0, "")
    assert "now is 2027-08-04 09:12:30 UTC; seed 0" in ran.err
    assert "20 cases: 2 services, 20 owners, 20 animals, 20 visits, 20 visit_items; every rule holds" in ran.err
    assert "2 replies from recordings, 0 calls, 0.0000 USD" in ran.err
    rows = {table: read_rows(recorded / "out", table) for table in TABLES}
    assert {table: len(listed) for table, listed in rows.items()} == dict.fromkeys(TABLES, 20) | {"services": 2}
    owners, animals = {row["id"] for row in rows["owners"]}, {row["id"] for row in rows["animals"]}
    assert {row["owner_id"] for row in rows["animals"]} == owners
    assert {row["animal_id"] for row in rows["visits"]} == animals
    assert {row["visit_id"] for row in rows["visit_items"]} == {row["id"] for row in rows["visits"]}
    assert {row["starts_at"][:10] for row in rows["visits"]} == {"2027-08-05"}, "tomorrow is the day after the as-of"
    assert rows["visits"][3]["note"] == "3: rabies, 2027-08-05"
    manifest = json.loads((recorded / "out/manifest.json").read_text())
    assert (manifest["as_of"], manifest["seed"], manifest["partial"]) == (AS_OF, "0", False)
    assert (manifest["scenario"]["words"], manifest["scenario"]["n"]) == (WORDS, 20)
    assert set(manifest["recordings"]) < {Path(name).stem for name in recordings(recorded)}
    assert manifest["answered_by"] == ["a fake"]
    figures = json.loads((recorded / "out/run.json").read_text())
    assert (figures["calls"], figures["replayed"], figures["levels"]["ask"]) == (0, 2, {"asked": 20, "passed": 20})


def test_every_format_holds_the_same_rows(recorded: Path) -> None:
    for form in ("csv", "parquet", "sql"):
        assert scenario(recorded, "--n", "3", "--format", form, "-o", form).code == 0
    with (recorded / "csv/visits.csv").open(encoding="utf-8", newline="") as file:
        visits = list(csv.DictReader(file))
    assert [visit["note"] for visit in visits] == [f"{case}: rabies, 2027-08-05" for case in range(3)]
    columns = parquet.read_table(recorded / "parquet/visits.parquet").to_pylist()
    assert [str(row["note"]) for row in columns] == [v["note"] for v in visits]
    script = (recorded / "sql/dataset.sql").read_text("utf-8")
    assert [script.count(f"'{visit['id']}'") for visit in visits] == [2, 2, 2], "each id in its row and in its item"
    places = [script.index(f'INSERT INTO "{table}"') for table in TABLES]
    assert places == sorted(places), "parents before their children"


def test_streams_of_json_lines_and_a_summary_for_machines(recorded: Path) -> None:
    piped = scenario(recorded, "--n", "3", "-o", "-")
    filed = scenario(recorded, "--n", "3", "-o", "all.jsonl", "--json")
    assert (piped.code, filed.code, filed.err) == (0, 0, "")
    assert (recorded / "all.jsonl").read_text("utf-8") == piped.out
    lines = [json.loads(line) for line in piped.out.splitlines()]
    assert [line["table"] for line in lines].count("visits") == 3
    assert lines[0]["row"]["code"] == "VACC"
    assert (filed.summary["out"], filed.summary["n"], filed.summary["partial"]) == ("all.jsonl", 3, False)
    assert filed.summary["rows"] == dict.fromkeys(TABLES, 3) | {"services": 2}
    assert (filed.summary["calls"], filed.summary["cost_usd"]) == (0, 0.0)


def test_fewer_cases_are_the_first_of_more_and_go_where_the_words_say(recorded: Path) -> None:
    assert scenario(recorded, "--n", "20", "-o", "many").code == 0
    assert scenario(recorded, "--n", "5", "--replay").code == 0
    few = recorded / "llmgen-out/vaccination-booked-for-tomorrow"
    for table in TABLES[1:]:
        assert read_rows(few, table) == read_rows(recorded / "many", table)[:5]


def test_another_as_of_moves_the_dates_and_asks_nobody(recorded: Path) -> None:
    assert scenario(recorded, "--n", "3", "-o", "a").code == 0
    leap = llmgen(recorded, "scenario", WORDS, "--as-of", "2028-02-28T23:30:00+02:00", "--n", "3", "-o", "b")
    assert leap.code == 0
    now = llmgen(recorded, "scenario", WORDS, "--n", "3", "-o", "c", "--json")
    assert now.code == 0
    old, new = read_rows(recorded / "a", "visits"), read_rows(recorded / "b", "visits")
    assert {row["starts_at"][:10] for row in new} == {"2028-02-29"}, "the as-of is 28 February in UTC"
    moving = {"starts_at", "ends_at", "note"}
    assert [{k: v for k, v in row.items() if k not in moving} for row in old] == [
        {k: v for k, v in row.items() if k not in moving} for row in new
    ]
    today = datetime.fromisoformat(json.loads((recorded / "c/manifest.json").read_text())["as_of"])
    assert abs((datetime.now(UTC) - today).total_seconds()) < 120, "without --as-of it is the present moment"


def test_another_values_seed_changes_names_and_keys_alone(recorded: Path) -> None:
    assert scenario(recorded, "--n", "10", "-o", "a").code == 0
    assert scenario(recorded, "--n", "10", "-o", "b", "--values-seed", "nightly 7", "--replay").code == 0
    for table, dealt in (("visits", {"id", "animal_id"}), ("animals", {"id", "owner_id"})):
        one, other = read_rows(recorded / "a", table), read_rows(recorded / "b", table)
        assert all(a[column] != b[column] for a, b in zip(one, other, strict=True) for column in dealt)
        assert [{k: v for k, v in row.items() if k not in dealt} for row in one] == [
            {k: v for k, v in row.items() if k not in dealt} for row in other
        ]
    names = [{row["full_name"] for row in read_rows(recorded / side, "owners")} for side in "ab"]
    assert len(names[0] & names[1]) <= 1


def test_a_saved_scenario_is_the_truth_from_then_on(recorded: Path) -> None:
    asked = scenario(recorded, "--n", "3", "-o", "a", "--save", "mine/first.yaml", words=OTHER_WORDS)
    assert asked.code == 0, asked.err
    assert "left open by the words: how long the visit takes" in asked.err
    again = scenario(recorded, "--n", "3", "-o", "b", "--replay", words="mine/first.yaml")
    assert again.code == 0, again.err
    assert "1 replies from recordings" in again.err, "the words are not interpreted again"
    for table in TABLES:
        assert read_rows(recorded / "a", table) == read_rows(recorded / "b", table)
    saved = (recorded / "mine/first.yaml").read_text("utf-8")
    (recorded / "mine/first.yaml").write_text(saved.replace("'booked'", "'cancelled'"), "utf-8")
    assert scenario(recorded, words="mine/first.yaml", env={"CI": "true"}).code in (2, 3)


def test_a_server_answers_as_well_as_a_program(recorded: Path, clinic_two: Path, serve: Serve) -> None:
    server = serve()
    ran = scenario(clinic_two, "--n", "20", "-o", "out", env=asking(server))
    assert ran.code == 0, ran.err
    assert len(server.requests) == 2
    assert ran.err.index("2 prompts to ask of claude-haiku-5-5; at most 0.") < ran.err.index("20 cases")
    assert scenario(recorded, "--n", "20", "-o", "out").code == 0
    without = ("manifest.json", "run.json")
    assert contents(clinic_two / "out", *without) == contents(recorded / "out", *without)
    made = json.loads((clinic_two / "out/manifest.json").read_text())
    assert made["answered_by"] == ["claude-haiku-5-5"]
    replies = b"".join(recordings(recorded).values())
    assert b"a fake" in replies
    assert b"clinic_answers" not in replies, "a program's arguments stay at home"
