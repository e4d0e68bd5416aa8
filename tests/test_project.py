"""What a run works on: where each part is taken from, and what is refused with which words."""

import json
from pathlib import Path

import pytest

from llmgen.content import content_folder
from llmgen.errors import InputError
from llmgen.project import Project, open_project, read_reference
from llmgen.schema.sql import read_schema

EXAMPLE = content_folder("fixtures") / "billing"
SHOP = """
CREATE TABLE countries (
  code char(2) PRIMARY KEY, name text NOT NULL, rank int, currency text NOT NULL DEFAULT 'EUR', since date,
  label text GENERATED ALWAYS AS (code || name) STORED
);
CREATE TABLE orders (id int PRIMARY KEY, country char(2) REFERENCES countries (code), total int CHECK (total > 0));
"""
RULE = '''
from pathlib import Path
from pydantic import model_validator
from llmgen.validate.rules import Row

Path(__file__).with_name("ran").touch()

class Order(Row, table="orders"):
    total: int | None

    @model_validator(mode="after")
    def small(self):
        """An order is small."""
        return self
'''


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "db").mkdir()
    (tmp_path / "db" / "shop.sql").write_text(SHOP, "utf-8")
    return tmp_path


def settings(folder: Path, text: str) -> None:
    (folder / "llmgen.toml").write_text(text, "utf-8")


def names(project: Project) -> set[str]:
    return {rule.name for rule in (*project.rules.rows, *project.rules.cases, *project.rules.queries)}


# -- the packaged example -----------------------------------------------------------------------------------------


def test_without_any_schema_the_packaged_example_is_used_whole(tmp_path: Path) -> None:
    project = open_project(tmp_path)
    assert project.packaged
    assert project.home == EXAMPLE
    assert len(project.schema.tables) == 11
    assert {"rule:Invoice.total_adds_up", "sql:attempt_charges_own_card"} <= names(project)
    assert [row["code"] for row in project.reference["plans"]][:2] == ["starter", "pro_monthly"]
    assert project.recordings == (tmp_path / "recordings", EXAMPLE / "recordings")
    assert project.scenarios == (tmp_path / "scenarios", EXAMPLE / "scenarios")
    assert project.prompts is None


def test_the_packaged_schema_named_by_its_path_is_the_example_too(tmp_path: Path) -> None:
    project = open_project(tmp_path, schema=EXAMPLE / ".." / "billing" / "schema.sql")
    assert project.packaged
    assert names(project) == names(open_project(tmp_path))


def test_another_schema_gets_nothing_of_the_example(shop: Path) -> None:
    project = open_project(shop, schema=shop / "db" / "shop.sql")
    assert not project.packaged
    assert names(project) == set()
    assert project.reference == {}
    assert project.recordings == (shop / "recordings",)
    assert project.scenarios == (shop / "scenarios",)


# -- precedence ---------------------------------------------------------------------------------------------------


def test_what_is_given_goes_before_llmgen_toml_and_that_before_the_defaults(shop: Path) -> None:
    other = shop / "other.sql"
    other.write_text("CREATE TABLE only (id int PRIMARY KEY);", "utf-8")
    settings(shop, 'schema = "db/shop.sql"\nrecordings = "rec"\nscenarios = "sc"\nprompts = "pr"\n')
    from_file = open_project(shop)
    assert from_file.home == shop / "db"
    assert (from_file.recordings, from_file.scenarios) == ((shop / "rec",), (shop / "sc",))
    assert from_file.prompts == shop / "pr"
    given = open_project(shop, schema=other, prompts=Path("mine"), cache=Path("cache"))
    assert [table.name for table in given.schema.tables] == ["only"]
    assert (given.recordings, given.prompts) == ((Path("cache"),), Path("mine"))


def test_the_cache_that_is_given_replaces_the_packaged_recordings_too(tmp_path: Path) -> None:
    assert open_project(tmp_path, cache=tmp_path / "c").recordings == (tmp_path / "c",)


def test_llmgen_toml_is_found_above_and_its_paths_start_at_its_folder(shop: Path) -> None:
    settings(shop, 'schema = "db/shop.sql"\n')
    below = shop / "a" / "b"
    below.mkdir(parents=True)
    project = open_project(below)
    assert project.home == shop / "db"
    assert project.recordings == (shop / "recordings",)
    settings(below, "edges = 0.5\n")
    assert open_project(below).packaged


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colour = 1\n", "colour: Extra inputs"),
        ('schema = 5\n', "schema: "),
        ('edges = "many"\n', "edges: "),
        ("edges = 1.5\n", "edges: "),
        ("disable = [1]\n", "disable.0: "),
        ("[model]\nname = 1\n", "model.name: "),
        ('[model]\nkey = "sk"\n', "model.key: Extra inputs"),
        ("[model.prices]\nm = [1]\n", "model.prices.m.1: "),
        ('root = "/"\n', "root is not a setting"),
        ("schema = \n", "Invalid value"),
        ("a = 1\na = 2\n", "Cannot overwrite"),
        ("\xff", "can't decode"),
    ],
)  # fmt: skip
def test_a_bad_llmgen_toml_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "llmgen.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError) as caught:
        open_project(tmp_path)
    assert str(tmp_path / "llmgen.toml") in caught.value.message
    assert said in caught.value.message
    assert caught.value.hint


def test_a_missing_schema_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.sql"):
        open_project(tmp_path, schema=tmp_path / "none.sql")


# -- rules are code -----------------------------------------------------------------------------------------------


def test_python_rules_are_not_loaded_because_they_stand_somewhere(shop: Path) -> None:
    for folder in (shop, shop / "db"):
        (folder / "validators").mkdir()
        for name in ("billing.py", "shop.py", "validators.py", "conftest.py"):
            (folder / "validators" / name).write_text(RULE, "utf-8")
        (folder / "billing.py").write_text(RULE, "utf-8")
    settings(shop, 'schema = "db/shop.sql"\n')
    assert names(open_project(shop)) == set()
    assert names(open_project(shop, schema=EXAMPLE / "schema.sql")) == names(open_project(shop.parent))
    assert not list(shop.rglob("ran"))


def test_python_rules_of_a_named_folder_are_loaded(shop: Path) -> None:
    (shop / "rules").mkdir()
    (shop / "rules" / "shop.py").write_text(RULE, "utf-8")
    given = open_project(shop, schema=shop / "db" / "shop.sql", validators=shop / "rules")
    assert names(given) == {"rule:Order.small"}
    settings(shop, 'schema = "db/shop.sql"\nvalidators = "rules"\n')
    assert names(open_project(shop)) == {"rule:Order.small"}


def test_named_rules_replace_those_of_the_example(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "r.sql").write_text("-- rule: none: No plans.\nSELECT id FROM plans;\n", "utf-8")
    project = open_project(tmp_path, validators=tmp_path / "rules")
    assert project.packaged
    assert names(project) == {"sql:none"}


def test_a_folder_of_rules_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder of rules"):
        open_project(tmp_path, validators=tmp_path / "nothing")


# -- reference rows -----------------------------------------------------------------------------------------------


def reference(shop: Path, *lines: str) -> dict[str, list[dict[str, object]]]:
    folder = shop / "db" / "reference"
    folder.mkdir(exist_ok=True)
    (folder / "countries.jsonl").write_text("\n".join(lines), "utf-8")
    return read_reference(folder, read_schema(shop / "db" / "shop.sql"))


def test_reference_rows_beside_the_schema_are_read_and_decoded(shop: Path) -> None:
    rows = reference(
        shop,
        '\ufeff{"code": "DE", "name": "a\u2028b", "since": "1949-05-23", "currency": "DEM"}',
        "",
        '{"code": "FR", "name": "France", "rank": null}',
        "",
    )["countries"]
    assert [str(row["since"]) for row in rows] == ["1949-05-23", "None"]
    assert rows[0]["name"] == "a\u2028b"
    assert rows[1] == {"code": "FR", "name": "France", "rank": None, "since": None, "label": None}
    assert open_project(shop, schema=shop / "db" / "shop.sql").reference["countries"] == rows


def test_without_a_file_a_table_has_no_reference_rows(shop: Path) -> None:
    assert read_reference(shop / "nowhere", read_schema(shop / "db" / "shop.sql")) == {}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"code": "DE", "name": "x", "colour": 1}', "countries has no column colour"),
        ('{"code": "DEU", "name": "x"}', "code must be "),
        ('{"code": "DE", "name": "x", "rank": "first"}', "rank must be "),
        ('{"code": "DE", "name": "x", "since": "soon"}', "since must be "),
        ('{"code": "DE"}', "name is not null and has no value"),
        ('{"code": "DE", "name": null}', "name is not null and has no value"),
        ('{"code": "DE", "name": "x", "currency": null}', "currency is not null and has no value"),
        ('{"name": "x"}', "code is not null and has no value"),
        ("[1]", "not an object"),
        ("5", "not an object"),
        ("null", "not an object"),
        ('{"code": ', "Expecting value"),
        ("[" * 100_000, ""),
    ],
)
def test_a_bad_reference_row_is_refused_with_file_and_line(shop: Path, line: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        reference(shop, json.dumps({"code": "AT", "name": "Austria"}), "", line)
    assert f"{shop / 'db' / 'reference' / 'countries.jsonl'}:3: " in caught.value.message
    assert said in caught.value.message
    assert "countries" in caught.value.hint


def test_a_reference_file_that_is_no_text_is_refused(shop: Path) -> None:
    reference(shop)
    (shop / "db" / "reference" / "countries.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match=r"countries\.jsonl: "):
        open_project(shop, schema=shop / "db" / "shop.sql")
