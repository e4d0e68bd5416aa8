"""Whatever cannot be used ends in two lines: what and where, then what to do; with the exit code that says which."""

from pathlib import Path

import pytest
from clinic_runs import BY_COMMAND, OTHER_WORDS, WORDS, llmgen, put_clinic, scenario


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The clinic with files that cannot be used. Nothing writes into it."""
    folder = put_clinic(tmp_path_factory.mktemp("faulty") / "clinic")
    (folder / "broken.sql").write_text("CREATE TABLE t (id int PRIMARY KEY,\n  name text NOT NULL\nCREATE TABLE u (")
    (folder / "binary.sql").write_bytes(b"\x00\x01\xff\xfePK\x03\x04" * 100)
    (folder / "bad.yaml").write_text("words: [")
    (folder / "theirs").mkdir()
    (folder / "theirs/letter.txt").write_text("dear")
    (folder / "theirs.jsonl").write_text("{}\n")
    return folder


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["scenario", WORDS, "--n", "0"], "--n 0: at least one case"),
        (["scenario", WORDS, "--n", "-3"], "--n -3: at least one case"),
        (["scenario", WORDS, "--n", "many"], "Invalid value for '--n'"),
        (["scenario", WORDS, "--n", "1001"], "add --yes"),
        (["scenario", "  \t "], "the scenario's text is empty"),
        (["scenario", "a cat and " * 10_000], "more than 2,000"),
        (["scenario", "bad.yaml"], "bad.yaml: while parsing"),
        (["scenario", "none.yaml"], "none.yaml"),
        (["scenario", WORDS, "--schema", "nowhere.sql"], "nowhere.sql: No such file"),
        (["scenario", WORDS, "--schema", "broken.sql"], "broken.sql:1"),
        (["schema", "binary.sql"], "binary.sql: a binary file"),
        (["scenario", WORDS, "--as-of", "yesterday"], "--as-of yesterday"),
        (["scenario", WORDS, "--format", "xlsx"], "one of jsonl, csv, parquet, sql"),
        (["scenario", WORDS, "--replay", "--refresh"], "contradict"),
        (["scenario", WORDS, "--locale", "xx_YY"], "choose among ar_EG"),
        (["scenario", WORDS, "--prompts", "nowhere"], "nowhere: no such folder of prompts"),
        (["scenario", WORDS, "--validators", "nowhere"], "nowhere: no such folder of rules"),
        (["scenario", WORDS, "--model", 'command:"'], "quote it as for a shell"),
        (["scenario", WORDS, "-o", "theirs"], "theirs is not as llmgen wrote it"),
        (["scenario", WORDS, "-o", "theirs.jsonl"], "theirs.jsonl exists"),
        (["scenario", WORDS, "-o", "."], "working or home directory"),
        (["validate", "nowhere"], "nowhere is no directory"),
        (["prompts", "show", "cases/v99"], "no prompt cases/v99"),
        (["cache", "show", "f"], "0 recordings"),
    ],
    ids=lambda value: " ".join(value)[-40:] if isinstance(value, list) else "",
)
def test_input_that_cannot_be_used(faulty: Path, args: list[str], said: str) -> None:
    llmgen(faulty, *args).fails(2, said)
    assert not (faulty / "llmgen-out").exists()


def test_settings_that_cannot_be_used(clinic: Path) -> None:
    settings = clinic / "llmgen.toml"
    for text, said in (
        ("schema = [", "llmgen.toml"),
        ("shcema = 'x'", "llmgen.toml: shcema"),
        ("[model]\npatience = -1", "patience"),
    ):
        settings.write_text(text)
        llmgen(clinic, "scenarios").fails(2, said)


def test_what_llmgen_wrote_is_replaced_and_nothing_else_without_force(recorded: Path) -> None:
    assert scenario(recorded, "--n", "3", "-o", "out").code == 0
    with (recorded / "out/visits.jsonl").open("a") as file:
        file.write("\n")
    scenario(recorded, "--n", "2", "-o", "out").fails(2, "visits.jsonl was changed", "--force")
    assert scenario(recorded, "--n", "2", "-o", "out", "--force").code == 0
    assert len((recorded / "out/visits.jsonl").read_text().splitlines()) == 2


def test_nobody_to_ask_and_nothing_recorded_names_the_ways_on(recorded: Path) -> None:
    words = "rabbit's vaccination, tomorrow"
    ways = ("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "--model command:", OTHER_WORDS)
    scenario(recorded, words=words, env={"CI": "true", "LLMGEN_REPLAY": "0"}).fails(4, *ways)
    scenario(recorded, "--replay", words=words).fails(3, "no recording of interpret", OTHER_WORDS, WORDS)
    for env in ({"CI": "true"}, {"LLMGEN_REPLAY": "1"}):
        scenario(recorded, "--n", "21", env=env).fails(3, "batch 2", "the nearest is", "differs")
    assert not (recorded / "llmgen-out").exists()


def test_a_program_that_is_missing_or_fails(clinic: Path) -> None:
    scenario(clinic, "--model", "command:/no/such/program").fails(4, "/no/such/program: no such program")
    scenario(clinic, "--model", f"{BY_COMMAND.split()[0]} -c 'import sys; sys.exit(\"no memory\")'").fails(
        4, "exit code 1: no memory"
    )
    assert not (clinic / "llmgen-out").exists()
