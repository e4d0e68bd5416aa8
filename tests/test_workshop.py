"""Odd schemas through the whole job: composite pointers, given and written shared rows, keys with CHECKs, refusals."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from llmgen.author.exchange import LineListener, Prompt, Reply, no_listener
from llmgen.errors import InputError, ModelError
from llmgen.generate import Made, make
from llmgen.project import open_project
from llmgen.reserved import TEST_CARDS
from llmgen.scenario import Scenario
from llmgen.workshop import Job

AS_OF = datetime(2027, 8, 4, 9, 12, 30, tzinfo=UTC)


class Model:
    """Answers each brief of a prompt by a function of its number; the shared rows by `shared`."""

    def __init__(self, case: Callable[[int], dict[str, Any]], shared: dict[str, Any] | None = None) -> None:
        self.case = case
        self.shared = shared
        self.refused: frozenset[int] = frozenset()
        self.prompts: list[Prompt] = []

    def complete(self, prompt: Prompt, on_line: LineListener = no_listener) -> Reply:
        self.prompts.append(prompt)
        if prompt.template == "shared":
            return Reply(json.dumps({"i": 0, **(self.shared or {})}), "end", "a fake")
        asked = [int(index) for index in re.findall(r"^(\d+): locale", prompt.user, re.MULTILINE)]
        if self.refused & set(asked):
            return Reply("", "refusal", "a fake")
        return Reply("".join(json.dumps({"i": index, **self.case(index)}) + "\n" for index in asked), "end", "a fake")


def run(folder: Path, ddl: str, scenario: dict[str, Any], model: Model, n: int = 2) -> Made:
    """The dataset of a scenario over a schema written for one test; reference rows lie in the folder already."""
    (folder / "schema.sql").write_text(ddl, "utf-8")
    project = open_project(folder, folder / "schema.sql")
    filled = {"words": "a test", "expect": [{"sql": "TRUE"}], "author": {}, **scenario}
    return make(project, Scenario.model_validate(filled), Job(n=n, as_of=AS_OF, edges=0), model)


def given(folder: Path, table: str, *rows: dict[str, Any]) -> None:
    """Write reference rows."""
    (folder / "reference").mkdir(exist_ok=True)
    (folder / "reference" / f"{table}.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")


TASKS = """
CREATE TABLE orgs (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE users (org_id int NOT NULL REFERENCES orgs, user_id int NOT NULL, nick text,
  PRIMARY KEY (org_id, user_id));
CREATE TABLE teams (org_id int NOT NULL REFERENCES orgs, team_id int NOT NULL, motto text,
  PRIMARY KEY (org_id, team_id));
CREATE TABLE tasks (id int PRIMARY KEY, org_id int NOT NULL REFERENCES orgs, user_id int, team_id int, title text,
  FOREIGN KEY (org_id, user_id) REFERENCES users, FOREIGN KEY (org_id, team_id) REFERENCES teams);
"""


def test_two_composite_keys_that_share_a_column_are_pointed_at_apart(tmp_path: Path) -> None:
    scenario = {
        "root": "tasks",
        "with": {"orgs": [1, 1], "users": [1, 3], "teams": [1, 3]},
        "author": {"tasks": ["title"], "users": ["nick"], "teams": ["motto"]},
    }
    users, teams = [{"nick": "a"}, {"nick": "b"}, {"nick": "c"}], [{"motto": "x"}, {"motto": "y"}]
    case = {"tasks": {"title": "t", "user_id": 2, "team_id": 0}, "orgs": {}, "users": users, "teams": teams}
    rows = run(tmp_path, TASKS, scenario, Model(lambda index: case), n=1).dataset.rows
    (task,) = rows["tasks"]
    nicks = {(user["org_id"], user["user_id"]): user["nick"] for user in rows["users"]}
    mottos = {(team["org_id"], team["team_id"]): team["motto"] for team in rows["teams"]}
    assert nicks[task["org_id"], task["user_id"]] == "c"
    assert mottos[task["org_id"], task["team_id"]] == "x"


PLACES = """
CREATE TABLE countries (code char(2) PRIMARY KEY, name text NOT NULL);
CREATE TABLE cities (id int PRIMARY KEY, name text NOT NULL UNIQUE, country_code char(2) NOT NULL REFERENCES countries);
CREATE TABLE shops (id int PRIMARY KEY, city_id int NOT NULL REFERENCES cities, floor int NOT NULL);
"""
SHOPS = {"root": "shops", "shared": {"cities": [1, 5]}, "author": {"shops": ["floor"]}}


def test_shared_rows_that_a_model_writes_refer_to_the_given_ones(tmp_path: Path) -> None:
    given(tmp_path, "countries", {"code": "FR", "name": "France"}, {"code": "IT", "name": "Italia"})
    cities = {"cities": [{"name": "Lyon", "country_code": "FR"}, {"name": "Torino", "country_code": "IT"}]}
    model = Model(lambda index: {"shops": {"city_id": "Torino", "floor": index}}, cities)
    rows = run(tmp_path, PLACES, SHOPS, model).dataset.rows
    assert [row["code"] for row in rows["countries"]] == ["FR", "IT"]
    assert [(row["name"], row["country_code"]) for row in rows["cities"]] == [("Lyon", "FR"), ("Torino", "IT")]
    assert {row["city_id"] for row in rows["shops"]} == {rows["cities"][1]["id"]}
    assert '{"code": "FR", "name": "France"}' in model.prompts[0].system


PLANS = """
CREATE TABLE plans (id int PRIMARY KEY, name text NOT NULL, price int NOT NULL CHECK (price >= 0));
CREATE TABLE subs (id int PRIMARY KEY, plan_id int NOT NULL REFERENCES plans, seats int NOT NULL);
"""
SUBS = {"root": "subs", "shared": {"plans": [1, 9]}, "author": {"subs": ["seats"]}}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"id": 1, "name": "pro", "price": 5}, {"id": 2, "name": "pro", "price": 50}], "have the name 'pro'"),
        ([{"id": 1, "name": "pro", "price": -5}], "price >= 0"),
        ([{"id": 1, "name": "pro", "price": 5}, {"id": 1, "name": "max", "price": 9}], "primary key"),
    ],
)
def test_reference_rows_that_cannot_stand_are_refused_before_anything_is_asked(
    tmp_path: Path, rows: list[dict[str, Any]], said: str
) -> None:
    given(tmp_path, "plans", *rows)
    model = Model(lambda index: {"subs": {"plan_id": "pro", "seats": 1}})
    with pytest.raises(InputError, match=said):
        run(tmp_path, PLANS, SUBS, model)
    assert model.prompts == []


@pytest.mark.parametrize(
    "key",
    ["int CHECK (id BETWEEN 1 AND 999)", "varchar(32)", "char(12)", "numeric(4)"],
)
def test_keys_fit_their_column_and_its_checks(tmp_path: Path, key: str) -> None:
    ddl = f"CREATE TABLE things (id {key} PRIMARY KEY, size int NOT NULL);"
    scenario = {"root": "things", "author": {"things": ["size"]}}
    rows = run(tmp_path, ddl, scenario, Model(lambda index: {"things": {"size": index}}), n=20).dataset.rows["things"]
    keys = {row["id"] for row in rows}
    assert len(keys) == 20
    assert all(0 < value <= 9_999 if not isinstance(value, str) else len(value) <= 32 for value in keys)


def test_authored_cells_that_leave_no_room_are_a_violation_of_their_case(tmp_path: Path) -> None:
    ddl = "CREATE TABLE notes (id int PRIMARY KEY, a text NOT NULL, b text NOT NULL, CHECK (length(a || b) <= 20));"
    scenario = {"root": "notes", "author": {"notes": ["a"]}}
    model = Model(lambda index: {"notes": {"a": "x" * 300 if index == 3 and len(model.prompts) == 1 else "fine"}})
    made = run(tmp_path, ddl, scenario, model, n=5)
    assert len(made.dataset.rows["notes"]) == 5
    assert [len(re.findall(r"^\d+: locale", prompt.user, re.MULTILINE)) for prompt in model.prompts] == [10, 1]


def test_a_refused_case_matters_only_if_it_is_kept(tmp_path: Path) -> None:
    ddl = "CREATE TABLE things (id int PRIMARY KEY, size int NOT NULL);"
    scenario = {"root": "things", "author": {"things": ["size"]}}
    model = Model(lambda index: {"things": {"size": index}})
    model.refused = frozenset({8})
    assert len(run(tmp_path, ddl, scenario, model, n=5).dataset.rows["things"]) == 5
    with pytest.raises(ModelError, match="case 8"):
        run(tmp_path, ddl, scenario, model, n=9)


def test_a_pointer_at_several_rows_must_name_one(tmp_path: Path) -> None:
    ddl = (
        "CREATE TABLE a (id int PRIMARY KEY, x int NOT NULL);"
        "CREATE TABLE b (id int PRIMARY KEY, first int NOT NULL REFERENCES a, last int NOT NULL REFERENCES a);"
    )
    scenario = {"root": "b", "with": {"a": [2, 2]}, "author": {"a": ["x"]}}

    def answer(index: int) -> dict[str, Any]:
        last = {"last": 0} if len(model.prompts) > 1 else {}
        return {"b": {"first": 1, **last}, "a": [{"x": 1}, {"x": 2}]}

    model = Model(answer)
    rows = run(tmp_path, ddl, scenario, model, n=1).dataset.rows
    assert len(model.prompts) == 2
    assert "name one by its number" in model.prompts[1].user
    values = {row["id"]: row["x"] for row in rows["a"]}
    assert [(values[row["first"]], values[row["last"]]) for row in rows["b"]] == [(2, 1)]


def test_a_text_rule_that_is_switched_off_is_not_held_against_a_case(tmp_path: Path) -> None:
    ddl = "CREATE TABLE notes (id int PRIMARY KEY, note text NOT NULL);"
    scenario = {"root": "notes", "author": {"notes": ["note"]}}
    (tmp_path / "llmgen.toml").write_text('disable = ["text:email"]', "utf-8")
    model = Model(lambda index: {"notes": {"note": f"ask bob{index}@gmail.com"}})
    assert len(run(tmp_path, ddl, scenario, model).dataset.rows["notes"]) == 2
    assert len(model.prompts) == 1


def test_card_numbers_are_those_that_networks_document(tmp_path: Path) -> None:
    ddl = "CREATE TABLE cards (id int PRIMARY KEY, card_number varchar(16) NOT NULL, size int NOT NULL);"
    scenario = {"root": "cards", "author": {"cards": ["size"]}}
    rows = run(tmp_path, ddl, scenario, Model(lambda index: {"cards": {"size": 1}}), n=10).dataset.rows["cards"]
    assert {row["card_number"] for row in rows} <= TEST_CARDS
