"""`llmgen init`: a project that works at once, over every kind of source, and nothing lost that stood there."""

import tomllib
from pathlib import Path

import pytest
import yaml
from clinic_runs import llmgen

from llmgen.project import open_project
from llmgen.scenario import faults, load_scenario
from llmgen.schema.sql import parse_schema
from llmgen.starter import first_scenario

SHOP = """
CREATE TYPE order_status AS ENUM ('placed', 'shipped', 'lost');
CREATE TABLE customers (id integer PRIMARY KEY, email text NOT NULL);
CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers,
    status order_status NOT NULL, total numeric(8, 2) NOT NULL, placed_at timestamptz NOT NULL);
CREATE TABLE notes (id integer PRIMARY KEY, body text);
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "db").mkdir()
    (tmp_path / "db" / "schema.sql").write_text(SHOP)
    return tmp_path


def test_a_project_that_can_be_opened_at_once(shop: Path) -> None:
    ran = llmgen(shop, "init", "db/schema.sql")
    assert ran.code == 0, ran.err
    assert "wrote llmgen.toml" in ran.err
    assert "llmgen scenario order-whose-status-is-placed --n 3" in ran.err
    assert tomllib.loads((shop / "llmgen.toml").read_text())["schema"] == "db/schema.sql"
    project = open_project(shop)
    assert list(project.schema.by_name) == ["customers", "orders", "notes"]
    scenario = load_scenario(shop / "scenarios" / "order-whose-status-is-placed.yaml")
    assert faults(scenario, project.schema) == []
    assert (scenario.root, scenario.with_) == ("orders", {"customers": (1, 1)})
    assert set(scenario.author["orders"]) == {"status", "total", "placed_at"}
    assert (shop / "recordings").is_dir()
    assert "order-whose-status-is-placed" in llmgen(shop, "scenarios").out


def test_the_rule_that_is_shown_works_when_its_marks_are_taken_away(shop: Path) -> None:
    assert llmgen(shop, "init", "db/schema.sql").code == 0
    (file,) = (shop / "validators").iterdir()
    text = file.read_text()
    shown = text[text.index("# from") :]
    file.write_text('"""Rules."""\n\n' + "\n".join(line[2:] if line[:2] == "# " else "" for line in shown.splitlines()))
    assert [rule.words for rule in open_project(shop).rules.rows] == ["total is not negative."]


def test_nothing_that_stands_there_is_replaced(shop: Path) -> None:
    (shop / "llmgen.toml").write_text("edges = 0.5\n")
    llmgen(shop, "init", "db/schema.sql").fails(2, "llmgen.toml is there already", "nothing was written")
    assert (shop / "llmgen.toml").read_text() == "edges = 0.5\n"
    assert not (shop / "scenarios").exists()


def test_how_the_source_is_read_is_kept(shop: Path) -> None:
    (shop / "flat.sql").write_text(
        "CREATE TABLE customers (id integer PRIMARY KEY); CREATE TABLE logs (id integer);"
        "CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL, placed_on date)"
    )
    given = ("--infer-relations", "--tables", "*s", "--dialect", "postgres")
    assert llmgen(shop, "init", "flat.sql", *given).code == 0
    assert tomllib.loads((shop / "llmgen.toml").read_text())["tables"] == ["*s"]
    (key,) = open_project(shop).schema.table("orders").foreign_keys
    assert (key.table, key.inferred) == ("customers", True)
    (file,) = (shop / "scenarios").iterdir()
    assert yaml.safe_load(file.read_text())["with"] == {"customers": [1, 1]}


def test_a_schema_without_states_or_moments_has_a_first_scenario_too() -> None:
    schema = parse_schema('CREATE TABLE "Odd Name" (id integer PRIMARY KEY, "a ""b" text)')
    scenario = first_scenario(schema)
    assert (scenario.root, faults(scenario, schema)) == ("Odd Name", [])
