"""Judging all rows at once: each planted fault is found alone, in every format, and told as by the judge of rows."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from llmgen.audit import MANY, Audit, audit
from llmgen.dataset import Dataset, Values
from llmgen.output.csv_text import csv_line
from llmgen.output.directory import Writing, write_dataset
from llmgen.output.files import FORMATS, Format, read_table
from llmgen.output.manifest import Making
from llmgen.project import Project, open_project
from llmgen.validate.bulk_keys import SHOWN

NOW = datetime(2026, 3, 11, 15, 30, tzinfo=UTC)
COUNT = 12

DDL = """
CREATE TYPE kind AS ENUM ('home', 'work');
CREATE TABLE rooms (floor int, door char(4), size numeric(5, 2) NOT NULL, PRIMARY KEY (floor, door));
CREATE TABLE users (
  id uuid PRIMARY KEY, email citext NOT NULL UNIQUE, name varchar(20) NOT NULL, kind kind NOT NULL DEFAULT 'home',
  floor int, door char(4), active boolean NOT NULL, score float8, price numeric CHECK (price < 1000),
  born date, wakes time, made timestamptz NOT NULL DEFAULT now(), left_at timestamp, waits interval, photo bytea,
  code smallint, boss uuid REFERENCES users (id),
  CONSTRAINT polite CHECK (left_at IS NULL OR left_at::date >= born),
  FOREIGN KEY (floor, door) REFERENCES rooms (floor, door),
  UNIQUE (name, born)
);
CREATE UNIQUE INDEX one_active ON users (code) WHERE active;
CREATE UNIQUE INDEX one_name ON users (lower(name)) WHERE kind = 'work';
CREATE TABLE stays (
  id int PRIMARY KEY, floor int NOT NULL, door char(4) NOT NULL, a timestamptz NOT NULL, z timestamptz NOT NULL,
  days daterange, meta jsonb, tags text[], gone boolean NOT NULL DEFAULT false,
  EXCLUDE USING gist (floor WITH =, door WITH =, tstzrange(a, z, '[)') WITH &&) WHERE (NOT gone),
  EXCLUDE USING gist (days WITH &&)
);
"""
SQL_RULE = """-- rule: early: nobody is named after midnight
SELECT * FROM users WHERE name = 'midnight';
"""
PYTHON_RULE = '''
from typing import Self
from pydantic import model_validator
from llmgen.validate.rules import Row


class User(Row, table="users"):
    name: str
    score: float | None

    @model_validator(mode="after")
    def not_dull(self) -> Self:
        """Nobody is dull."""
        if self.name == "dull":
            raise ValueError(f"{self.name} with {self.score}")
        return self
'''

Data = dict[str, list[Values]]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("rooms")
    (folder / "schema.sql").write_text(DDL, "utf-8")
    (folder / "rules").mkdir()
    (folder / "rules" / "early.sql").write_text(SQL_RULE, "utf-8")
    (folder / "rules" / "user.py").write_text(PYTHON_RULE, "utf-8")
    return open_project(folder, folder / "schema.sql", folder / "rules")


def uuid(number: int) -> str:
    return f"6f1c2b1e-8d3a-4c55-9a70-{number:012x}"


def good() -> Data:
    day, hour = timedelta(days=1), timedelta(hours=1)
    return {
        "rooms": [{"floor": 1 + n // 4, "door": f"d{n % 4}", "size": Decimal("12.50") + n} for n in range(COUNT + 1)],
        "users": [
            {
                "id": uuid(n),
                "email": f'Zoë, "{n}"\n@example.com' if n % 2 else f"u{n}@example.com",
                "name": ["Ann", "Bo  ", " Cé", "d'Or, J."][n % 4] + str(n),
                "kind": ["home", "work"][n % 2],
                "floor": 1 + n // 4,
                "door": f"d{n % 4}",
                "active": n % 3 == 0,
                "score": [0.25, 1e30, None][n % 3],
                "price": [Decimal("12.5"), Decimal(3), None][n % 3],
                "born": (NOW - 900 * day * n).date(),
                "wakes": (NOW + hour * n).time(),
                "made": NOW - day * n,
                "left_at": (NOW - hour * n).replace(tzinfo=None) if n % 2 else None,
                "waits": hour * n,
                "photo": bytes([n, 0, 255]) if n % 2 else None,
                "code": n if n % 3 else -n,
                "boss": uuid(n // 2) if n else None,
            }
            for n in range(COUNT)
        ],
        "stays": [
            {
                "id": n,
                "floor": 1,
                "door": "d1",
                "a": NOW + hour * n,
                "z": NOW + hour * (n + 1),
                "days": f"[2026-01-{n + 1:02},2026-01-{n + 2:02})" if n % 5 else None,
                "meta": {"n": n, "a": [1, None]},
                "tags": ["x", 'y "z"'] if n % 2 else [],
                "gone": False,
            }
            for n in range(COUNT)
        ],
    }


def directory(project: Project, folder: Path, data: Data, format: Format) -> Path:
    """The rows as llmgen writes them, though it would write no null into a column that may not be null."""
    making = Making(seed="0", values_seed="0", values_version=1, pools="0", as_of=NOW)
    tables = [
        replace(table, columns=tuple(replace(column, nullable=True) for column in table.columns))
        for table in project.schema.tables
    ]
    lenient = replace(project.schema, tables=tuple(tables))
    write_dataset(folder / "out", lenient, Dataset(data), making, Writing(format=format))
    return folder / "out"


def both(project: Project, folder: Path) -> Audit:
    """What the judge of all rows at once says, once the judge of single rows has said the same."""
    one, many = audit(project, folder, NOW, bulk=False), audit(project, folder, NOW, bulk=True)
    assert many == one
    return many


def alter(table: str, row: int, **cells: Any) -> Callable[[Data], None]:
    return lambda data: data[table][row].update(cells)


def copied(table: str, source: int, row: int, *columns: str) -> Callable[[Data], None]:
    return lambda data: data[table][row].update({name: data[table][source][name] for name in columns})


PLANTED: dict[str, tuple[str, str, Callable[[Data], None]]] = {
    "null": ("cell:null", "users[7].name", alter("users", 7, name=None)),
    "null with a default": ("cell:null", "users[7].made", alter("users", 7, made=None)),
    "check": ("check:users_price_check", "users[2]", alter("users", 2, price=Decimal("1000.5"))),
    "check between columns": ("check:polite", "users[3]", alter("users", 3, left_at=datetime(1999, 1, 1))),
    "primary": ("key:primary", "stays[4].id", copied("stays", 1, 4, "id")),
    "primary of two": ("key:primary", "rooms[12].floor", alter("rooms", 12, floor=3, door="d2")),
    "unique without case": ("key:unique", "users[9].email", alter("users", 9, email='ZOË, "3"\n@EXAMPLE.com')),
    "unique of two": ("key:unique", "users[5].name", copied("users", 4, 5, "name", "born")),
    "partial unique": ("key:unique", "users[6]", alter("users", 6, code=0)),
    "expression unique": ("key:unique", "users[9]", alter("users", 9, name="D'OR, j.3")),
    "reference": ("key:foreign", "users[8].boss", alter("users", 8, boss=uuid(99))),
    "reference of two": ("key:foreign", "users[8].floor", alter("users", 8, floor=1, door="d9")),
    "exclude": ("key:exclude", "stays[5]", alter("stays", 5, a=NOW + timedelta(hours=4.5))),
    "exclude of a range": ("key:exclude", "stays[7]", alter("stays", 7, days="(2026-01-02,2026-01-03]")),
    "sql rule": ("sql:early", "dataset", alter("users", 1, name="midnight")),
    "python rule": ("rule:User.not_dull", "users[1]", alter("users", 1, name="dull")),
}


@pytest.mark.parametrize("format", FORMATS)
def test_a_good_dataset_has_no_violation_and_every_rule_was_judged(
    project: Project, tmp_path: Path, format: Format
) -> None:
    found = both(project, directory(project, tmp_path, good(), format))
    assert [violation.words() for violation in found.violations] == []
    assert found.skipped == {}
    assert found.rows == 3 * COUNT + 1


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", PLANTED)
def test_each_planted_fault_is_found_alone(project: Project, tmp_path: Path, name: str, format: Format) -> None:
    rule, where, plant = PLANTED[name]
    data = good()
    plant(data)
    folder = directory(project, tmp_path, data, format)
    found = both(project, folder) if format == "jsonl" else audit(project, folder, NOW, bulk=True)
    assert [(violation.rule, violation.where) for violation in found.violations] == [(rule, where)]
    assert found.untold == {}


def spoil(project: Project, path: Path, format: Format, row: int, column: str, cell: Any) -> int:
    """Writes another cell into a file, in the format's own way (in Parquet the column is then text); its line."""
    raw = read_table(path, format)
    rows = [dict(line.cells) for line in raw.rows]
    rows = [{column: None, **cells} for cells in rows] if column not in rows[0] and format != "jsonl" else rows
    rows[row][column] = cell
    if format == "jsonl":
        path.write_text("".join(json.dumps(cells, ensure_ascii=False) + "\n" for cells in rows), "utf-8")
    elif format == "csv":
        lines = [csv_line(list(rows[0])), *(csv_line(list(cells.values())) for cells in rows)]
        path.write_text("".join(lines), "utf-8", newline="")
    else:
        table = pq.read_table(path)
        texts = pa.array([None if cells[column] is None else str(cells[column]) for cells in rows], pa.string())
        known = column in table.column_names
        place = table.column_names.index(column) if known else table.num_columns
        pq.write_table(table.set_column(place, column, texts) if known else table.append_column(column, texts), path)
    return raw.rows[row].line


MISFITS = {
    "type": ("code", "1x"),
    "range": ("code", "40000"),
    "number": ("price", "1e"),
    "length": ("name", "n" * 21),
    "label": ("kind", "away"),
    "moment": ("made", "2026-03-12"),
    "day": ("born", "2026-02-30"),
    "uuid": ("id", "6f1c2b1e-8d3a-4c55-9a70-00000000000g"),
    "no NUL": ("name", "a\0b"),
    "column": ("colour", "red"),
}


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", MISFITS)
def test_a_cell_that_does_not_fit_is_found_alone_with_its_line(
    project: Project, tmp_path: Path, name: str, format: Format
) -> None:
    column, cell = MISFITS[name]
    folder = directory(project, tmp_path, good(), format)
    line = spoil(project, folder / f"users.{format}", format, 5, column, cell)
    found = both(project, folder)
    rule = "cell:column" if name == "column" else "cell:type"
    # A column that is not the table's stands in every row of CSV and Parquet.
    assert {violation.rule for violation in found.violations} == {rule}
    assert len(found.violations) == (COUNT if name == "column" and format != "jsonl" else 1)
    assert f"users.{format}:{line}.{column}" in {violation.where for violation in found.violations}
    assert list(found.skipped) == ["every rule"]


BROKEN_LINES: dict[Format, list[bytes]] = {
    "jsonl": [
        b"{\n",
        b"[1]\n",
        b'{"id": NaN}\n',
        b'{"id": 1} {"id": 2}\n',
        b'{"id": 1, "id": 1}\n',
        b'{"name": "\xff"}\n',
    ],
    "csv": [b"a,b\n", b'"a\n', b'a"b\n', b'"a"b\n'],
    "parquet": [],
}


@pytest.mark.parametrize(("format", "line"), [(format, line) for format in FORMATS for line in BROKEN_LINES[format]])
def test_a_broken_line_is_found_alone(project: Project, tmp_path: Path, format: Format, line: bytes) -> None:
    folder = directory(project, tmp_path, good(), format)
    with (folder / f"rooms.{format}").open("ab") as file:
        file.write(line)
    found = both(project, folder)
    assert [(one.rule, one.where.partition(":")[0]) for one in found.violations] == [("line:json", f"rooms.{format}")]
    assert found.rows == 3 * COUNT + 1


def test_a_file_that_is_no_parquet_is_one_fault_and_its_rows_are_missed(project: Project, tmp_path: Path) -> None:
    folder = directory(project, tmp_path, good(), "parquet")
    (folder / "rooms.parquet").write_bytes(b"PAR1")
    found = audit(project, folder, NOW, bulk=True)
    assert [one.rule for one in found.violations] == ["line:json", "dataset:rows"]


@pytest.mark.parametrize("format", FORMATS)
def test_rows_that_the_manifest_counts_and_the_file_lacks_are_missed(
    project: Project, tmp_path: Path, format: Format
) -> None:
    folder, other = tmp_path / "one", tmp_path / "other"
    directory(project, folder, good(), format)
    fewer = {**good(), "rooms": good()["rooms"][:-1]}
    directory(project, other, fewer, format)
    (folder / "out" / f"rooms.{format}").write_bytes((other / "out" / f"rooms.{format}").read_bytes())
    found = both(project, folder / "out")
    assert [(one.rule, one.where, one.found) for one in found.violations] == [
        ("dataset:rows", f"rooms.{format}", f"{COUNT} rows")
    ]


def test_many_faults_are_told_in_the_same_order(project: Project, tmp_path: Path) -> None:
    data = good()
    for _, _, plant in PLANTED.values():
        plant(data)
    assert len(both(project, directory(project, tmp_path, data, "jsonl")).violations) > 12


def test_a_null_in_a_primary_key_breaks_two_rules(project: Project, tmp_path: Path) -> None:
    data = good()
    data["rooms"][COUNT]["door"] = None
    found = both(project, directory(project, tmp_path, data, "csv"))
    assert [(one.rule, one.where) for one in found.violations] == [
        ("cell:null", f"rooms[{COUNT}].door"),
        ("key:primary", f"rooms[{COUNT}].floor"),
    ]


def test_a_column_that_every_row_leaves_out_takes_its_default(project: Project, tmp_path: Path) -> None:
    data = good()
    for row in data["users"]:
        del row["made"]
    assert both(project, directory(project, tmp_path, data, "jsonl")).violations == ()
    for row in data["users"]:
        del row["name"]
    found = both(project, directory(project, tmp_path / "2", data, "csv"))
    assert {one.rule for one in found.violations} == {"cell:null"}


def test_of_many_alike_the_first_are_told_and_all_counted(project: Project, tmp_path: Path) -> None:
    data: Data = {"rooms": [{"floor": n // 9, "door": "same", "size": Decimal(1)} for n in range(SHOWN * 2)]}
    folder = directory(project, tmp_path, data, "csv")
    one, many = audit(project, folder, NOW, bulk=False), audit(project, folder, NOW, bulk=True)
    assert many.violations == one.violations[:SHOWN]
    assert many.untold == {"key:primary": len(one.violations) - SHOWN}


def test_rows_are_judged_at_once_when_there_are_many(project: Project, tmp_path: Path) -> None:
    lines = (f"{number},d,{number % 2}.00\n" for number in range(MANY + 1))
    (tmp_path / "rooms.csv").write_text("floor,door,size\n" + "0,d,1.00\n" * (SHOWN + 1) + "".join(lines), "utf-8")
    found = audit(project, tmp_path, NOW)
    assert (len(found.violations), found.untold) == (SHOWN, {"key:primary": 1})


def test_rules_over_cases_are_said_not_to_be_judged(tmp_path: Path) -> None:
    billing = open_project(tmp_path)
    (tmp_path / "organizations.jsonl").write_text("", "utf-8")
    skipped = audit(billing, tmp_path, NOW, bulk=True).skipped
    assert {rule.name for rule in billing.rules.cases} <= skipped.keys()
