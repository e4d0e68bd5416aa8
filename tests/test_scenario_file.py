"""Scenario files and the shelf they stand on: what is refused and in which words, and that saving loses nothing."""

import resource
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from llmgen.errors import InputError
from llmgen.scenario import (
    MAX_FILE,
    MAX_WORDS,
    Scenario,
    check_scenario,
    expect_predicates,
    faults,
    load_scenario,
    normalise_words,
    save_scenario,
    with_reference,
)
from llmgen.schema.model import Schema
from llmgen.schema.sql import read_schema
from llmgen.shelf import file_name, find_scenario, given_scenario, readable_scenarios

DDL = """
CREATE TABLE zones (code text PRIMARY KEY, name text);
CREATE TABLE plans (code text PRIMARY KEY, zone text REFERENCES zones (code), price int);
CREATE TABLE orgs (id int PRIMARY KEY, boss int REFERENCES orgs (id), name text);
CREATE TABLE subs (
  id int PRIMARY KEY, org int REFERENCES orgs (id), plan text REFERENCES plans (code), seats int, ends_at timestamptz,
  double_seats int GENERATED ALWAYS AS (seats * 2) STORED
);
CREATE TABLE bills (id int PRIMARY KEY, sub int REFERENCES subs (id), cents int);
"""
BODY: dict[str, Any] = {
    "words": "a trial that ends tomorrow",
    "root": "subs",
    "with": {"orgs": [1, 1], "bills": [0, 3]},
    "shared": {"plans": [2, 4]},
    "expect": [{"sql": "ROOT.seats > 0", "why": "it has seats"}],
    "author": {"subs": ["seats", "ends_at"], "bills": ["cents"]},
    "absolute_dates": {"subs": ["ends_at"]},
    "doubts": ["whose tomorrow?"],
}


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    file = tmp_path_factory.mktemp("schema") / "s.sql"
    file.write_text(DDL, "utf-8")
    return read_schema(file)


def scenario(**changes: Any) -> Scenario:
    return Scenario.model_validate({**BODY, **changes})


def written(folder: Path, text: str | bytes, name: str = "one.yaml") -> Path:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def refusal(file: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        load_scenario(file)
    assert str(file) in caught.value.message
    assert "\n" not in caught.value.message
    assert "docs/scenarios.md" in caught.value.hint
    return caught.value


# -- files --------------------------------------------------------------------------------------------------------


def test_saving_and_loading_is_identity(tmp_path: Path) -> None:
    for made in (
        scenario(),
        scenario(words="Essai « gratuit » — 試用: 'demain' # {x} *a &b", doubts=["ja?\nnein", "- no", "2026-01-01"]),
        scenario(expect=[{"sql": "ROOT.seats = 1\n  AND TRUE"}], **{"with": {}, "shared": {}, "absolute_dates": {}}),
    ):
        save_scenario(made, tmp_path / "deep" / "s.yaml", force=True)
        assert load_scenario(tmp_path / "deep" / "s.yaml") == made


def test_the_file_reads_as_people_write(tmp_path: Path) -> None:
    save_scenario(scenario(words="essai à Zürich"), tmp_path / "s.yaml")
    save_scenario(scenario(words="essai à Zürich"), tmp_path / "s.yaml")
    with pytest.raises(InputError, match="holds something else"):
        save_scenario(scenario(words="another one"), tmp_path / "s.yaml")
    text = (tmp_path / "s.yaml").read_text("utf-8")
    assert text.startswith("words: essai à Zürich\nroot: subs\nwith:\n")
    assert list(yaml.safe_load(text))[-1] == "prompt"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "valid dictionary"),
        ("just words", "valid dictionary"),
        ("- 1", "valid dictionary"),
        ("words: [", "expected"),
        ("words: a\nroot: subs", "expect: Field required"),
        (yaml.safe_dump({**BODY, "colour": 1}), "colour: Extra inputs are not permitted"),
        (yaml.safe_dump({**BODY, "expect": [{"sql": "a", "when": "b"}]}), "expect.0.when: Extra"),
        (yaml.safe_dump({**BODY, "expect": []}), "expect: "),
        (yaml.safe_dump({**BODY, "expect": [{"sql": ""}]}), "expect.0.sql: "),
        (yaml.safe_dump({**BODY, "with": {"orgs": [1]}}), "with.orgs.1: "),
        (yaml.safe_dump({**BODY, "with": {"orgs": [-1, 1]}}), "with.orgs.0: "),
        (yaml.safe_dump({**BODY, "with": {"orgs": [1, 201]}}), "with.orgs.1: "),
        (yaml.safe_dump({**BODY, "words": "x" * (MAX_WORDS + 1)}), "words: String should have at most 2000"),
        (yaml.safe_dump({**BODY, "words": "x" * 100_000}), "words: String should have at most 2000"),
        (yaml.safe_dump({**BODY, "words": " "}), "words: "),
        (yaml.safe_dump({**BODY, "words": ""}), "words: "),
        (yaml.safe_dump({**BODY, "words": 5}), "words: "),
        ("words: 2026-13-45", "month"),
        ("words: " + "9" * 5_000, "digit"),
        ("words: 0001-01-01T00:00:00+23:00", "words: "),
        ("words: !!python/object/apply:os.system [echo]", "could not determine a constructor"),
        ("{[1]: 2}", "unhashable"),
        ("a: b: c", "mapping values"),
        ("[" * 500_000, "nested too deeply"),
        ("a: " + "{a: " * 400 + "}" * 400, "nested too deeply"),
        (b"\xff\xfe\x00", "codec"),
        (b"words: \x00", "characters are not allowed"),
    ],
)
def test_a_bad_file_is_refused_with_its_first_fault(tmp_path: Path, text: str | bytes, said: str) -> None:
    assert said.lower() in refusal(written(tmp_path, text)).message.lower()


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert "No such file" in refusal(tmp_path / "none.yaml").message
    assert "directory" in refusal(tmp_path).message


def test_a_file_may_not_be_larger_than_any_scenario(tmp_path: Path) -> None:
    assert "more than 1,000,000 bytes" in refusal(written(tmp_path, "#" * (MAX_FILE + 1))).message


LAUGHS = "a: &a [x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGES = "a: &a {k: x}\n" + "".join(
    f"{name}: &{name} {{<<: [{', '.join([f'*{before}'] * 9)}]}}\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize("bomb", [LAUGHS, MERGES, "words: &a [*a]"], ids=["laughs", "merges", "loop"])
def test_a_bomb_of_aliases_is_refused_at_once(tmp_path: Path, bomb: str) -> None:
    file = written(tmp_path, bomb)
    start, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "write the value itself, not an alias" in refusal(file).message
    assert time.process_time() - start < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


# -- faults over a schema -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"root": "sub"}, "there is no table 'sub' in the schema; its tables are zones, plans, orgs, subs, bills"),
        ({"with": {"invoices": (1, 1)}}, "there is no table 'invoices' in the schema"),
        ({"absolute_dates": {"none": ("x",)}}, "there is no table 'none' in the schema"),
        ({"author": {"subs": ("seat",)}}, "author: there is no column subs.seat"),
        ({"absolute_dates": {"subs": ("end",)}}, "absolute_dates: there is no column subs.end"),
        ({"with": {"orgs": (2, 1)}}, "with: orgs has the range [2, 1], whose end is before its start"),
        ({"shared": {"plans": (4, 2)}}, "shared: plans has the range [4, 2], whose end is before its start"),
        ({"with": {"subs": (1, 1)}}, "with: subs is the root table, of which a case has exactly one row; leave it out"),
        ({"shared": {"subs": (1, 1)}}, "shared: subs is the root table"),
        ({"with": {"plans": (1, 1)}}, "plans is both in with and in shared; name it once"),
        ({"author": {"zones": ("name",)}}, "author: zones is neither the root nor in with or shared"),
        ({"author": {"subs": ("id",)}}, "author: subs.id is a key or reference, which a program writes"),
        ({"author": {"subs": ("org",)}}, "author: subs.org is a key or reference, which a program writes"),
        ({"author": {"subs": ("double_seats",)}}, "author: subs.double_seats is computed by the database"),
        ({"expect": ({"sql": "ROOT.seat > 0"},)}, "expect 1: "),
        ({"expect": ({"sql": "ROOT.seats > 0"}, {"sql": "SELECT 1"})}, "expect 2: "),
        (
            {"expect": ({"sql": "EXISTS (SELECT 1 FROM zones)"},)},
            "expect 1 reads zones, which is neither the root nor in with or shared",
        ),
        (
            {"expect": ({"sql": "EXISTS (SELECT 1 FROM zones WHERE zones.code = 'x')"},)},
            "expect 1 reads zones, which is neither the root nor in with or shared",
        ),
        ({"expect": ({"sql": "pg_read_file('/etc/passwd') = 'x'"},)}, "expect 1: "),
    ],
)  # fmt: skip
def test_each_fault_is_said_in_words(schema: Schema, changes: dict[str, Any], said: str) -> None:
    made = scenario(**changes)
    found = faults(made, schema)
    assert any(fault.startswith(said) for fault in found)
    with pytest.raises(InputError) as caught:
        check_scenario(made, schema, "one.yaml")
    assert caught.value.message == f"one.yaml: {found[0]}"


def test_a_good_scenario_has_no_fault(schema: Schema) -> None:
    assert faults(scenario(), schema) == []
    assert check_scenario(scenario(), schema, "x") == scenario()
    assert [predicate.name for predicate in expect_predicates(scenario(), schema)] == ["expect:1"]


def test_the_digest_depends_on_what_decides_the_cases_only() -> None:
    same = scenario(doubts=["another"], prompt="v2")
    assert same.digest == scenario().digest
    for changes in (
        {"words": "other"},
        {"root": "orgs"},
        {"with": {}},
        {"shared": {}},
        {"expect": [{"sql": "TRUE"}]},
        {"author": {}},
        {"absolute_dates": {}},
    ):
        assert scenario(**changes).digest != scenario().digest


def test_the_digest_is_pinned() -> None:
    assert scenario().digest == "fa771a4a2d621dc65a03326f14b6fc68"


# -- reference rows -----------------------------------------------------------------------------------------------


def test_given_tables_that_the_case_refers_to_become_shared(schema: Schema) -> None:
    made = scenario(
        shared={}, **{"with": {"orgs": [1, 1], "plans": [1, 1]}}, author={"plans": ["price"], "subs": ["seats"]}
    )
    moved = with_reference(made, schema, ["plans"])
    assert moved.shared == {"plans": (1, 200)}
    assert moved.with_ == {"orgs": (1, 1)}
    assert moved.author == {"subs": ("seats",)}
    assert with_reference(moved, schema, ["plans"]) == moved


def test_what_given_rows_refer_to_is_shared_with_them(schema: Schema) -> None:
    assert list(with_reference(scenario(shared={}), schema, ["zones", "plans"]).shared) == ["zones", "plans"]
    assert with_reference(scenario(shared={}), schema, ["zones"]).shared == {}


def test_the_root_stays_the_root_and_an_unknown_one_is_left_to_be_told(schema: Schema) -> None:
    made = scenario(root="orgs", shared={}, **{"with": {}})
    assert with_reference(made, schema, ["orgs"]) == made
    lost = with_reference(scenario(root="nowhere", **{"with": {"nothing": [1, 1]}}), schema, ["plans"])
    assert "there is no table 'nothing'" in faults(lost, schema)[0]


# -- words and the shelf ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", ["Trial  expiring\ttomorrow.", " trial expiring tomorrow! ", "TRIAL EXPIRING TOMORROW"]
)
def test_words_are_normalised(words: str) -> None:
    assert normalise_words(words) == "trial expiring tomorrow"


@pytest.mark.parametrize(("words", "said"), [("", "empty"), (" . !", "empty"), ("x" * 100_000, "100,000 characters")])
def test_no_words_and_too_many_are_refused(words: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        normalise_words(words)
    assert len(caught.value.message) < 200


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    own, packaged = tmp_path / "own", tmp_path / "packaged"
    save_scenario(scenario(words="Trial ending tomorrow."), own / "trial.yaml")
    save_scenario(scenario(words="an expired card"), own / "card.yml")
    save_scenario(scenario(words="hidden"), packaged / "trial.yaml")
    save_scenario(scenario(words="a late payment"), packaged / "late.yaml")
    return [own, packaged, tmp_path / "none"]


def test_an_earlier_folder_hides_a_later_one(folders: list[Path]) -> None:
    assert [(one.name, one.scenario.words) for one in readable_scenarios(folders)[0]] == [
        ("card", "an expired card"),
        ("late", "a late payment"),
        ("trial", "Trial ending tomorrow."),
    ]


def test_a_scenario_is_found_by_name_and_by_words_however_they_are_written(folders: list[Path]) -> None:
    for text in ("trial", "trial ending TOMORROW", "Trial ending tomorrow."):
        found = find_scenario(folders, text)
        assert found is not None
        assert found.name == "trial"
    assert find_scenario(folders, "hidden") is None
    assert given_scenario(folders, "something else") is None
    given = given_scenario(folders, str(folders[0] / "card.yml"))
    assert given is not None
    assert given.words == "an expired card"


def test_a_bad_file_on_the_shelf_is_named_only_when_it_is_asked_for(
    folders: list[Path],
) -> None:
    written(folders[0], "words: [", "bad.yaml")
    with pytest.raises(InputError, match=r"bad\.yaml"):
        find_scenario(folders, "bad")
    (error,) = readable_scenarios(folders)[1]
    assert "bad.yaml" in error.message
    assert find_scenario(folders, "trial") is not None


def test_file_names_are_safe() -> None:
    assert file_name("Trial expiring: tomorrow/../!") == "trial-expiring-tomorrow"
    assert file_name("試用 終了") == "試用-終了"
    assert file_name("../..").startswith("scenario-")
    assert file_name("🎉🎉") != file_name("🚀")
    assert len(file_name("word " * 100).encode()) <= 200
