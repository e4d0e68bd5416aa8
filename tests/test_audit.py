"""Auditing a directory: a good dataset has no violation, and each planted fault shows as its own rule alone."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from good_billing import BREAKS, Data, broken_dataset, good_dataset, key

from llmgen.audit import Audit, audit
from llmgen.dataset import Dataset
from llmgen.errors import InputError
from llmgen.output.directory import Writing, write_dataset
from llmgen.output.manifest import Making, ScenarioMade
from llmgen.project import Project, open_project
from llmgen.schema.forms import decode, encode

NOW = datetime(2026, 3, 11, 15, 30, tzinfo=UTC)
INSTANTS = [
    NOW,
    datetime(2026, 2, 28, tzinfo=UTC),
    datetime(2028, 2, 29, 23, 59, tzinfo=UTC),
    datetime(2026, 12, 31, 23, tzinfo=UTC),
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return open_project(tmp_path_factory.mktemp("project"))


def written(project: Project, folder: Path, data: Data) -> Path:
    """The rows as JSON lines, a file a table, without a manifest."""
    for name, rows in data.items():
        types = project.schema.table(name).by_name
        lines = [{column: encode(types[column].type, cell) for column, cell in row.items()} for row in rows]
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return folder


def judged(project: Project, folder: Path, data: Data, now: datetime = NOW) -> Audit:
    return audit(project, written(project, folder, data), now)


def rules(found: Audit) -> set[str]:
    return {violation.rule for violation in found.violations}


@pytest.mark.parametrize("now", INSTANTS, ids=str)
def test_the_good_dataset_has_no_violation_and_every_rule_was_judged(
    project: Project, tmp_path: Path, now: datetime
) -> None:
    found = judged(project, tmp_path, good_dataset(now), now)
    assert [violation.words() for violation in found.violations] == []
    assert found.skipped == {}
    assert found.rows == sum(map(len, good_dataset(now).values()))
    assert found.as_of == now


@pytest.mark.parametrize("name", BREAKS)
def test_each_planted_fault_is_found_as_its_own_rule_alone(project: Project, tmp_path: Path, name: str) -> None:
    found = judged(project, tmp_path, broken_dataset(name, NOW), NOW)
    rule, _, place = name.partition(" ")
    assert rules(found) == {rule}
    assert found.skipped == {}
    if rule in ("key:primary", "key:foreign"):
        assert found.violations[0].where.startswith(place.partition(".")[0] + "[")


def change(table: str, **cells: Any) -> Callable[[Data], None]:
    """Sets cells of the table's last row; a cell of None is written as null."""
    return lambda data: data[table][-1].update(cells)


CELL_BREAKS: dict[str, tuple[str, str, Callable[[Data], None]]] = {
    "past event": (
        "plausible:past_event",
        "users[0]",
        lambda data: data["users"][0].update(last_login_at=NOW + timedelta(hours=1)),
    ),
    "updated before created": (
        "plausible:order",
        "subscriptions[0]",
        lambda data: data["subscriptions"][0].update(updated_at=NOW - timedelta(days=900)),
    ),
    "null": ("cell:null", "organizations[2].name", change("organizations", name=None)),
}


@pytest.mark.parametrize("name", CELL_BREAKS)
def test_built_in_rules_are_found_alone_too(project: Project, tmp_path: Path, name: str) -> None:
    rule, where, plant = CELL_BREAKS[name]
    data = good_dataset(NOW)
    plant(data)
    found = judged(project, tmp_path, data)
    assert [(violation.rule, violation.where) for violation in found.violations] == [(rule, where)]


@pytest.mark.parametrize(
    ("line", "rule", "where"),
    [
        ('{"id": "no uuid"}', "cell:type", "organizations.jsonl:4.id"),
        ('{"created_at": "yesterday"}', "cell:type", "organizations.jsonl:4.created_at"),
        ('{"name": 5}', "cell:type", "organizations.jsonl:4.name"),
        ('{"country": "JPN"}', "cell:type", "organizations.jsonl:4.country"),
        ('{"colour": "red"}', "cell:column", "organizations.jsonl:4.colour"),
        ('{"name": NaN}', "line:json", "organizations.jsonl:4"),
        ("[1]", "line:json", "organizations.jsonl:4"),
        ('{"name": "a"', "line:json", "organizations.jsonl:4"),
    ],
)
def test_rows_that_cannot_be_read_are_reported_alone_with_their_line(
    project: Project, tmp_path: Path, line: str, rule: str, where: str
) -> None:
    folder = written(project, tmp_path, good_dataset(NOW))
    with (folder / "organizations.jsonl").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    found = audit(project, folder, NOW)
    assert [(violation.rule, violation.where) for violation in found.violations] == [(rule, where)]
    assert list(found.skipped) == ["every rule"]


def test_an_enum_label_that_does_not_exist_is_a_type_fault(project: Project, tmp_path: Path) -> None:
    data = good_dataset(NOW)
    data["subscriptions"][0]["status"] = "paused"
    folder = written(project, tmp_path, {name: rows for name, rows in data.items() if name != "subscriptions"})
    types = project.schema.table("subscriptions").by_name
    row = {
        name: cell if name == "status" else encode(types[name].type, cell)
        for name, cell in data["subscriptions"][0].items()
    }
    (folder / "subscriptions.jsonl").write_text(json.dumps(row), "utf-8")
    found = audit(project, folder, NOW)
    assert [violation.where for violation in found.violations] == ["subscriptions.jsonl:1.status"]


def test_a_case_rule_names_the_row_by_its_number_in_the_file(project: Project, tmp_path: Path) -> None:
    found = judged(project, tmp_path, broken_dataset("rule:BillingCase.usage_in_its_time", NOW))
    assert [violation.where for violation in found.violations] == ["usage_records[3]"]


def test_a_disabled_rule_is_not_judged(project: Project, tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "d").mkdir()
    (tmp_path / "p" / "llmgen.toml").write_text('disable = ["check:seats_positive"]\n', "utf-8")
    lenient = open_project(tmp_path / "p")
    assert rules(judged(lenient, tmp_path / "d", broken_dataset("check:seats_positive", NOW))) == set()


# -- with a manifest ----------------------------------------------------------------------------------------------

TRIALING = "ROOT.status = 'trialing'"


def directory(project: Project, folder: Path, expects: list[str], cases: dict[str, list[int | None]]) -> Path:
    """The good dataset as llmgen writes it: plans shared, everything else of the cases given."""
    data = good_dataset(NOW)
    types = {name: project.schema.table(name).by_name for name in data}
    rows = {
        name: [
            {column: None if cell is None else decode(types[name][column].type, encode(types[name][column].type, cell))
             for column, cell in row.items()}
            for row in listed
        ]
        for name, listed in data.items()
    }  # fmt: skip
    made = ScenarioMade("a trial", "0", "subscriptions", 1, expects)
    making = Making(seed="0", values_seed="0", values_version=1, pools="0", as_of=NOW, scenario=made)
    all_cases = {name: cases.get(name, [0] * len(rows[name])) for name in rows}
    target = folder / "dataset"
    write_dataset(target, project.schema, Dataset(rows, all_cases), making, Writing())
    return target


def test_the_manifest_says_when_now_was_and_what_the_cases_are_held_to(project: Project, tmp_path: Path) -> None:
    shared: dict[str, list[int | None]] = {"plans": [None] * len(good_dataset(NOW)["plans"])}
    target = directory(project, tmp_path, [TRIALING], shared)
    found = audit(project, target, NOW + timedelta(days=4_000))
    assert found.as_of == NOW
    assert rules(found) == {"expect:1"}
    assert len(found.violations) == 6  # of seven subscriptions one is trialing


def test_a_fault_of_a_shared_row_belongs_to_no_case(project: Project, tmp_path: Path) -> None:
    shared: dict[str, list[int | None]] = {"plans": [None] * len(good_dataset(NOW)["plans"])}
    target = directory(project, tmp_path, ["ROOT.seats >= 1"], shared)
    plans = (target / "plans.jsonl").read_text("utf-8")
    (target / "plans.jsonl").write_text(
        plans.replace('"max_seats":3', '"max_seats":0').replace('"max_seats": 3', '"max_seats": 0')
    )
    found = audit(project, target, NOW)
    assert ("check:max_seats_positive", None) in {(violation.rule, violation.case) for violation in found.violations}


def test_rows_that_went_missing_are_counted_against_the_manifest(project: Project, tmp_path: Path) -> None:
    target = directory(project, tmp_path, [], {})
    lines = (target / "users.jsonl").read_text("utf-8").splitlines()
    (target / "users.jsonl").write_text("\n".join(lines[:-1]), "utf-8")
    (target / "usage_records.jsonl").unlink()
    found = audit(project, target, NOW)
    assert [(violation.rule, violation.where) for violation in found.violations] == [
        ("dataset:rows", "users.jsonl"),
        ("dataset:rows", "usage_records.jsonl"),
    ]


@pytest.mark.parametrize("as_of", ["soon", None])
def test_a_manifest_without_an_instant_is_an_input_error(project: Project, tmp_path: Path, as_of: str | None) -> None:
    target = directory(project, tmp_path, [], {})
    manifest = json.loads((target / "manifest.json").read_text("utf-8"))
    (target / "manifest.json").write_text(json.dumps(manifest | {"as_of": as_of}), "utf-8")
    with pytest.raises(InputError, match=r"manifest\.json: as_of is no instant"):
        audit(project, target, NOW)


def test_the_later_of_two_equal_rows_is_at_fault(project: Project, tmp_path: Path) -> None:
    data = good_dataset(NOW)
    data["organizations"].append(data["organizations"][0] | {"id": key("other")})
    data["payment_methods"].append(data["payment_methods"][0] | {"id": key("card")})
    found = judged(project, tmp_path, data)
    assert {(violation.rule, violation.where) for violation in found.violations} == {
        ("key:unique", "organizations[3].slug"),
        ("key:unique", "payment_methods[4]"),
    }
