"""What is generated is judged valid, row by row and in bulk, and each fault planted in it is found as itself alone."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from loading.real_schemas import CONSTRUCTS, REAL, Subject, schema_of

from llmgen.audit import Audit, audit
from llmgen.bulk import Target, populate
from llmgen.output.layout import StreamFormat
from llmgen.project import Project, open_project
from llmgen.schema.sql.reader import parse_schema
from llmgen.volume.request import Count, Request

NOW = datetime(2026, 3, 12, tzinfo=UTC)
SUBJECTS = {subject.name: subject for subject in (*REAL, *CONSTRUCTS)}
CHOSEN = {
    "sakila_pg": "jsonl",
    "boxyhq": "csv",
    "snaplet_mysql": "parquet",
    "northwind_sqlite": "csv",
    "partial_unique.postgres": "jsonl",
    "exclude_tstzrange.postgres": "csv",
    "odd_types.postgres": "parquet",
    "kinds_of_text.mysql": "jsonl",
    "strict.sqlite": "parquet",
}


def project_of(subject: Subject, folder: Path) -> Project:
    """A project of the schema alone."""
    if subject.source.suffix != ".prisma":
        (folder / "llmgen.toml").write_text(f'dialect = "{subject.backend}"\n')
    return open_project(folder, subject.source)


def faults(found: Audit) -> list[str]:
    """The violations in words, but for what is only implausible."""
    return [one.words() for one in found.violations if not one.rule.startswith("plausible:")]


def check_valid(folder: Path, name: str, format: StreamFormat, rows: int = 50) -> None:
    """Generate a database, judge it both ways."""
    subject = SUBJECTS[name]
    request = Request("3", NOW, every=rows, on_unsolved="skip-table")
    populate(schema_of(subject), request, Target(folder / "out", format))
    project = project_of(subject, folder)
    for bulk in (False, True):
        found = audit(project, folder / "out", NOW, bulk)
        assert faults(found) == [], f"in bulk: {bulk}"
        assert found.rows > 0


@pytest.mark.parametrize("name", CHOSEN)
def test_what_is_generated_is_valid(tmp_path: Path, name: str) -> None:
    check_valid(tmp_path, name, CHOSEN[name])  # type: ignore[arg-type]


SHOP = """
CREATE TYPE state AS ENUM ('open', 'paid', 'void');
CREATE TABLE shops (id int PRIMARY KEY, region text NOT NULL, UNIQUE (region, id));
CREATE TABLE customers (
  id uuid PRIMARY KEY, email text NOT NULL, handle varchar(20) UNIQUE, shop_id int NOT NULL REFERENCES shops,
  is_main boolean NOT NULL, age smallint CHECK (age BETWEEN 0 AND 130));
CREATE UNIQUE INDEX one_main ON customers (shop_id) WHERE is_main;
CREATE UNIQUE INDEX emails ON customers (lower(email));
CREATE TABLE orders (
  id int PRIMARY KEY, customer_id uuid NOT NULL REFERENCES customers, region text NOT NULL, shop_id int NOT NULL,
  state state NOT NULL, net numeric(10, 2) NOT NULL, total numeric(10, 2) NOT NULL, placed date NOT NULL, due date,
  FOREIGN KEY (region, shop_id) REFERENCES shops (region, id),
  CONSTRAINT adds_up CHECK (total >= net), CONSTRAINT in_order CHECK (due >= placed));
CREATE TABLE seats (
  order_id int NOT NULL REFERENCES orders, seat int NOT NULL, during tstzrange NOT NULL, PRIMARY KEY (order_id, seat),
  EXCLUDE USING gist (seat WITH =, during WITH &&));
"""

Rows = dict[str, list[dict[str, Any]]]


def put(table: str, **cells: object) -> Callable[[Rows], object]:
    """Sets cells of the table's last row."""
    return lambda rows: rows[table][-1].update(cells)


def copy(table: str, *names: str, **cells: object) -> Callable[[Rows], object]:
    """Gives the table's last row what the first has in these columns, and the cells."""

    def plant(rows: Rows) -> None:
        first, last = rows[table][0], rows[table][-1]
        last.update({name: first[name] for name in names} | cells)

    return plant


def same_address(rows: Rows) -> None:
    """The last customer gets the first one's address in capitals."""
    rows["customers"][-1]["email"] = rows["customers"][0]["email"].upper()


def second_main(rows: Rows) -> None:
    """The last customer is a second main one of the first one's shop."""
    rows["customers"][0]["is_main"] = True
    others = [row for row in rows["customers"][1:] if row["shop_id"] == rows["customers"][0]["shop_id"]]
    for row in others:
        row["is_main"] = False
    copy("customers", "shop_id", is_main=True)(rows)


def other_region(rows: Rows) -> None:
    """The last order's region is not that of its shop."""
    last = rows["orders"][-1]
    last["region"] = next(shop["region"] for shop in rows["shops"] if shop["region"] != last["region"])


PLANTED: dict[str, tuple[Callable[[Rows], object], str]] = {
    "null": (put("orders", placed=None), "cell:null"),
    "type": (put("orders", net="much"), "cell:type"),
    "a number too great": (put("customers", age=40_000), "cell:type"),
    "length": (put("customers", handle="x" * 21), "cell:type"),
    "enum": (put("orders", state="lost"), "cell:type"),
    "CHECK of one column": (put("customers", age=131), "check:customers_age_check"),
    "CHECK of two columns": (put("orders", net=2, total=1), "check:adds_up"),
    "CHECK of dates": (put("orders", placed="2026-01-02", due="2026-01-01"), "check:in_order"),
    "primary key": (copy("customers", "id"), "key:primary"),
    "composite key": (copy("seats", "order_id", "seat", during="empty"), "key:primary"),
    "unique": (copy("customers", "handle"), "key:unique"),
    "partial unique": (second_main, "key:unique"),
    "expression unique": (same_address, "key:unique"),
    "reference": (put("customers", shop_id=999_999), "key:foreign"),
    "composite reference": (other_region, "key:foreign"),
    "EXCLUDE": (copy("seats", "seat", "during"), "key:exclude"),
    "missing row": (lambda rows: rows["seats"].pop(), "dataset:rows"),
    "extra column": (put("orders", colour="red"), "cell:column"),
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Path]:
    """The shop's project and a generated database of it."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shop.sql").write_text(SHOP)
    counts = {"shops": Count(rows=12), "customers": Count(rows=40), "orders": Count(rows=60), "seats": Count(rows=60)}
    schema = parse_schema(SHOP, "shop.sql", "postgres")
    populate(schema, Request("3", NOW, counts=counts, edges=0), Target(folder / "out"))
    return open_project(folder, folder / "shop.sql"), folder / "out"


@pytest.mark.parametrize("bulk", [False, True], ids=["row by row", "in bulk"])
@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_found_alone(shop: tuple[Project, Path], tmp_path: Path, name: str, bulk: bool) -> None:
    project, made = shop
    assert faults(audit(project, made, NOW, bulk)) == []
    folder = Path(shutil.copytree(made, tmp_path / "out"))
    tables = [table.name for table in project.schema.tables]
    rows: Rows = {
        table: [json.loads(line) for line in (folder / f"{table}.jsonl").read_text("utf-8").splitlines()]
        for table in tables
    }
    plant, expected = PLANTED[name]
    plant(rows)
    for table in tables:
        (folder / f"{table}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows[table]), "utf-8")
    found = audit(project, folder, NOW, bulk)
    rules = [one.rule for one in found.violations if not one.rule.startswith("plausible:")]
    assert rules == [expected], faults(found)
