"""`llmgen generate` as people type it: what it writes, what it says, and what it refuses before the first row."""

import json
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from llmgen.output.csv_text import read_csv

SHOP = """
CREATE TABLE customers (
  id serial PRIMARY KEY, email varchar(60) NOT NULL UNIQUE, full_name text NOT NULL, tier text NOT NULL
  CHECK (tier IN ('free', 'pro')), created_at timestamptz NOT NULL);
CREATE TABLE orders (
  id serial PRIMARY KEY, customer_id int NOT NULL REFERENCES customers, total numeric(10, 2) NOT NULL CHECK (total > 0),
  note varchar(30));
CREATE TABLE badges (
  customer_id int NOT NULL REFERENCES customers, kind text NOT NULL CHECK (kind IN ('gold', 'silver')),
  PRIMARY KEY (customer_id, kind));
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder with the shop's schema."""
    (tmp_path / "shop.sql").write_text(SHOP)
    return tmp_path


def generate(folder: Path, *arguments: str, limit: int | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own; files may have `limit` bytes."""

    def limited() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    command = [sys.executable, "-m", "llmgen", "generate", "--schema", "shop.sql", "--as-of", "2026-03-01", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, preexec_fn=limited, timeout=120)


def read(folder: Path, table: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / f"{table}.jsonl").read_text().splitlines()]


def test_the_same_bytes_for_the_same_seed_whatever_the_workers(shop: Path) -> None:
    asked = ("--rows", "customers=150k,orders=100,badges=20", "--seed", "a1b2c3", "--format", "csv")
    for out, workers in (("one", "1"), ("two", "2")):
        done = generate(shop, *asked, "--workers", workers, "-o", out)
        assert done.returncode == 0, done.stderr
    for name in ("customers.csv", "orders.csv", "badges.csv", "manifest.json"):
        assert (shop / "one" / name).read_bytes() == (shop / "two" / name).read_bytes()
    rows = list(read_csv((shop / "one" / "customers.csv").read_text()))
    assert len(rows) == 150_001


def test_shards_put_together_are_the_whole(shop: Path) -> None:
    asked = ("--rows", "customers=1000", "--seed", "7", "--format", "jsonl")
    assert generate(shop, *asked, "-o", "whole").returncode == 0
    for number, span in enumerate(("0:400", "400:401", "401:1000")):
        done = generate(shop, *asked, "--rows-range", f"customers={span}", "-o", f"part{number}")
        assert done.returncode == 0, done.stderr
        assert not (shop / f"part{number}" / "orders.jsonl").exists()
    together = b"".join((shop / f"part{number}" / "customers.jsonl").read_bytes() for number in range(3))
    assert together == (shop / "whole" / "customers.jsonl").read_bytes()


def test_what_it_says_and_counts(shop: Path) -> None:
    done = generate(shop, "--rows", "customers=50,orders=2..4/customers", "--seed", "7", "-o", "out")
    assert done.returncode == 0, done.stderr
    manifest = json.loads((shop / "out" / "manifest.json").read_text())
    orders = read(shop / "out", "orders")
    by_customer = [sum(order["customer_id"] == number for order in orders) for number in range(1, 51)]
    assert all(2 <= count <= 4 for count in by_customer)
    assert manifest["tables"]["orders"]["rows"] == len(orders) == manifest["volume"]["counts"]["orders"]
    assert manifest["edges"]["orders.note"], "edge values are counted by column and class"
    said = done.stderr.splitlines()
    assert "as of 2026-03-01 00:00:00 UTC; seed 7" in said
    assert any(line.startswith("edge values") for line in said)
    assert any(line.startswith("orders.note ") for line in said)
    assert "50  customers" in [line.strip() for line in said]
    assert said[-1] == "written to out"


def test_a_drawn_seed_is_printed_with_the_command_that_repeats_it(shop: Path) -> None:
    done = generate(shop, "--rows", "20", "-o", "first")
    command = done.stderr.splitlines()[-1].removeprefix("the same again: ")
    assert command.startswith("llmgen generate --schema shop.sql")
    again = generate(shop, "--rows", "20", "-o", "second", "--seed", command.rsplit("--seed ", 1)[1].split()[0])
    assert again.returncode == 0
    assert (shop / "first" / "orders.jsonl").read_bytes() == (shop / "second" / "orders.jsonl").read_bytes()


def test_a_dry_run_writes_nothing_and_says_why(shop: Path) -> None:
    done = generate(shop, "--rows", "customers=5,badges=8", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert [line.split()[:2] for line in done.stdout.splitlines()[1:3]] == [["customers", "5"], ["orders", "15"]]
    assert sorted(path.name for path in shop.iterdir()) == ["shop.sql"]


def test_parquet_has_types_and_nulls(shop: Path) -> None:
    assert generate(shop, "--rows", "30", "--seed", "1", "--format", "parquet", "-o", "out").returncode == 0
    table = pq.read_table(shop / "out" / "customers.parquet")
    assert str(table.schema.field("created_at").type) == "timestamp[us, tz=UTC]"
    assert table.num_rows == 30


def test_rows_that_must_be_there(shop: Path) -> None:
    (shop / "fixed.yaml").write_text(
        "customers:\n  admin: {email: admin@shop.example, tier: pro}\n"
        "orders:\n  first: {customer_id: admin, total: 12.5}\n"
    )
    done = generate(shop, "--rows", "20", "--seed", "1", "--fixed", "fixed.yaml", "-o", "out")
    assert done.returncode == 0, done.stderr
    admin, first = read(shop / "out", "customers")[0], read(shop / "out", "orders")[0]
    assert (admin["email"], admin["tier"]) == ("admin@shop.example", "pro")
    assert (first["customer_id"], first["total"]) == (admin["id"], 12.5)
    judged = subprocess.run(
        [sys.executable, "-m", "llmgen", "validate", "out", "--schema", "shop.sql"],
        cwd=shop,
        capture_output=True,
        text=True,
    )
    assert judged.returncode == 0, judged.stdout


REFUSED = {
    "an unknown table": (("--rows", "custmers=5"), 2, "there is customers", "name a table"),
    "a negative number": (("--rows", "customers=-5"), 2, "-5", "10k"),
    "more than fit": (("--rows", "customers=5,badges=11"), 2, "badges: 11 rows are asked for", "badges=10"),
    "a range beyond the end": (("--rows", "customers=5", "--rows-range", "customers=3:9"), 2, "customers=3:9", "0:5"),
    "a range of no numbers": (("--rows-range", "customers=5__0:9"), 2, "customers=5__0:9", "users=0:100000"),
    "no format": (("--format", "xml"), 2, "xml", "jsonl"),
    "no locale": (("--locale", "xx_XX"), 2, "xx_XX", "en_US"),
    "no moment": (("--as-of", "soon"), 2, "soon", "2026-03-12"),
    "no policy": (("--on-unsolved", "hope"), 2, "hope", "skip-table"),
    "a range twice": (("--rows-range", "customers=0:1", "--rows-range", "customers=1:2"), 2, "given twice", "own"),
    "a seed that is no text": (("--seed", "a\udcff"), 2, "--seed is no text", "a number"),
    "a fixed row of no table": (("--fixed", "bad.yaml"), 2, "there is no table nothing", "llmgen schema"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_before_the_first_row(shop: Path, name: str) -> None:
    arguments, code, what, mend = REFUSED[name]
    (shop / "bad.yaml").write_text("nothing: [{a: 1}]\n")
    done = generate(shop, *arguments, "-o", "out")
    lines = done.stderr.splitlines()
    assert (done.returncode, len(lines[-2:])) == (code, 2), done.stderr
    assert what in lines[-2]
    assert mend in lines[-1]
    assert not (shop / "out").exists()
    assert "Traceback" not in done.stderr


CONTRADICTION = "CREATE TABLE t (a int NOT NULL, b int NOT NULL, CHECK (a < b), CONSTRAINT other CHECK (b < a));"
UNREADABLE = """
CREATE FUNCTION sound(x text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN true; END $$;
CREATE TABLE t (id serial PRIMARY KEY, a text CHECK (sound(a)));
CREATE TABLE u (id serial PRIMARY KEY, t_id int NOT NULL REFERENCES t);
CREATE TABLE v (id serial PRIMARY KEY, b text NOT NULL);
"""


def test_the_schema_is_never_replaced(shop: Path) -> None:
    (shop / "db").mkdir()
    (shop / "shop.sql").rename(shop / "db" / "shop.sql")
    for out in ("db", "db/shop.sql"):
        done = generate(shop, "--schema", "db/shop.sql", "--force", "-o", out)
        assert done.returncode == 2, done.stderr
        assert done.stderr.splitlines()[-1] == "  -> give another -o: a directory of its own"
        assert (shop / "db" / "shop.sql").read_text() == SHOP


def test_checks_that_contradict_each_other_are_named(shop: Path) -> None:
    (shop / "shop.sql").write_text(CONTRADICTION)
    done = generate(shop, "--rows", "5", "-o", "out")
    assert done.returncode == 1
    assert "other (b < a)" in done.stderr
    assert not (shop / "out").exists()


def test_checks_that_nobody_can_read_are_refused_left_out_or_null(shop: Path) -> None:
    (shop / "shop.sql").write_text(UNREADABLE)
    refused = generate(shop, "--rows", "5", "-o", "out")
    assert refused.returncode == 1
    assert "sound(a)" in refused.stderr
    assert generate(shop, "--rows", "5", "--on-unsolved", "skip-table", "-o", "left").returncode == 0
    assert [len(read(shop / "left", name)) for name in "tuv"] == [0, 0, 5]
    assert generate(shop, "--rows", "5", "--on-unsolved", "null", "-o", "null").returncode == 0
    assert [row["a"] for row in read(shop / "null", "t")] == [None] * 5


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_full_disk_leaves_nothing_behind(shop: Path, workers: str) -> None:
    done = generate(shop, "--rows", "customers=200k", "--workers", workers, "-o", "out", limit=1_000_000)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in shop.iterdir()) == ["shop.sql"]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_interrupted_run_leaves_nothing_behind(shop: Path, workers: str) -> None:
    (shop / "sitecustomize.py").write_text("import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n")
    command = [sys.executable, "-m", "llmgen", "generate", "--schema", "shop.sql", "--rows", "customers=20M"]
    process = subprocess.Popen(
        [*command, "--workers", workers, "-o", "out"],
        cwd=shop,
        env={"PYTHONPATH": str(shop), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
        stderr=subprocess.PIPE,
        text=True,
    )
    ends = time.monotonic() + 60
    while not list(shop.glob(".*llmgen-*/customers*")):
        assert time.monotonic() < ends, "it did not begin to write in a minute"
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.splitlines()[-2].startswith("llmgen: interrupted; nothing was written")
    assert sorted(path.name for path in shop.iterdir()) == ["shop.sql", "sitecustomize.py"]


def test_a_killed_run_leaves_no_process_and_its_remains_go_with_the_next(shop: Path) -> None:
    command = [sys.executable, "-m", "llmgen", "generate", "--schema", "shop.sql", "--rows", "customers=20M"]
    process = subprocess.Popen(
        [*command, "--workers", "2", "-o", "out"], cwd=shop, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    ends = time.monotonic() + 60
    while not list(shop.glob(".*llmgen-*/customers*")):
        assert time.monotonic() < ends, "it did not begin to write in a minute"
        time.sleep(0.05)
    process.kill()
    process.communicate(timeout=60)  # ends when the last process that holds its stderr is gone
    assert list(shop.glob(".*llmgen-*"))
    assert generate(shop, "--rows", "5", "-o", "out").returncode == 0
    assert sorted(path.name for path in shop.iterdir()) == ["out", "shop.sql"]


def test_rules_that_are_not_heeded_are_counted(shop: Path) -> None:
    (shop / "rules").mkdir()
    (shop / "rules" / "orders.sql").write_text(
        "-- rule: dear: an order costs 10 or more\nSELECT id FROM orders WHERE total < 10;"
    )
    (shop / "llmgen.toml").write_text('validators = "rules"\n')
    done = generate(shop, "--rows", "5", "-o", "out")
    assert done.returncode == 0, done.stderr
    assert any(line.startswith("1 business rules (validators) were not heeded") for line in done.stderr.splitlines())


def test_a_shard_counts_its_own_rows(shop: Path) -> None:
    done = generate(shop, "--rows", "customers=50", "--rows-range", "customers=10:30", "--seed", "1", "-o", "out")
    assert any(line.startswith("20 rows in 1 tables") for line in done.stderr.splitlines()), done.stderr


NAMES = """
CREATE TABLE "select" ("from" serial PRIMARY KEY, "a ""quoted"" name" text NOT NULL, "größe" int CHECK ("größe" > 0),
  "名前" text, "it's" text, "a,b" text, "back\\slash" text, "x y" int UNIQUE);
CREATE TABLE "My Table" (id serial PRIMARY KEY, "select id" int NOT NULL REFERENCES "select" ("from"));
CREATE TABLE "table/with:slash" (id serial PRIMARY KEY, "$1" text, "%s" text, "{x}" text NOT NULL);
CREATE TABLE manifest (id serial PRIMARY KEY, run text);
CREATE TABLE run (id serial PRIMARY KEY, manifest_id int REFERENCES manifest);
CREATE TABLE dataset (id serial PRIMARY KEY);
CREATE TABLE ".." (id int PRIMARY KEY);
"""


@pytest.mark.parametrize("format", ["jsonl", "csv", "parquet"])
def test_names_of_every_kind(shop: Path, format: str) -> None:
    (shop / "shop.sql").write_text(NAMES)
    done = generate(shop, "--rows", "20", "--seed", "1", "--format", format, "-o", "out")
    assert done.returncode == 0, done.stderr
    assert len(list((shop / "out").glob(f"*.{format}"))) + len(list((shop / "out").glob(f".*.{format}"))) == 7
    command = [sys.executable, "-m", "llmgen", "validate", "out", "--schema", "shop.sql"]
    judged = subprocess.run(command, cwd=shop, capture_output=True, text=True, timeout=120)
    assert judged.returncode == 0, judged.stdout + judged.stderr
    assert "140 rows, 0 violations" in judged.stderr


def test_tables_that_differ_in_case_alone_have_files_of_their_own(shop: Path) -> None:
    (shop / "shop.sql").write_text('CREATE TABLE "Users" (id int PRIMARY KEY); CREATE TABLE users (id int, "ID" int);')
    assert generate(shop, "--rows", "3", "-o", "out").returncode == 0
    assert {path.name for path in (shop / "out").glob("*.jsonl")} == {"Users.jsonl", "users~2.jsonl"}
