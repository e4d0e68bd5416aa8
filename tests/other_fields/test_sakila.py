"""A scenario over a film rental's schema, which nobody here wrote: the same code, with no mention of films in it."""

import json
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

HERE = Path(__file__).parent
SCHEMA = HERE.parent / "schema" / "real" / "sakila_pg" / "schema.sql"
WORDS = "three overdue rentals of a customer in one store"
AS_OF = "2026-11-20T12:00:00Z"

ORACLE = """
SELECT c.customer_id, count(*)
FROM customer AS c
JOIN rental AS r ON r.customer_id = c.customer_id AND r.return_date IS NULL
JOIN inventory AS i ON i.inventory_id = r.inventory_id
JOIN film AS f ON f.film_id = i.film_id
WHERE r.rental_date + f.rental_duration * interval '1 day' < timestamp '2026-11-20 12:00:00'
GROUP BY c.customer_id
HAVING count(*) = 3 AND count(DISTINCT i.store_id) = 1
"""


def _llmgen(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "llmgen", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.postgres
def test_exactly_n_customers_come_out_and_load_into_the_real_schema(
    tmp_path: Path, postgres: psycopg.Connection
) -> None:
    model = f"command:{sys.executable} {HERE / 'answer.py'} {HERE / 'sakila'}"
    options = ("--schema", str(SCHEMA), "--n", "3", "--as-of", AS_OF, "--model", model)
    done = _llmgen("scenario", WORDS, *options, "--format", "sql", "-o", "sql", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    postgres.execute(SCHEMA.read_text("utf-8"))
    postgres.execute((tmp_path / "sql" / "dataset.sql").read_text("utf-8"))
    assert len(postgres.execute(ORACLE).fetchall()) == 3
    assert postgres.execute("SELECT count(*) FROM customer").fetchall() == [(3,)]


def test_it_replays_without_the_model_and_validates(tmp_path: Path) -> None:
    model = f"command:{sys.executable} {HERE / 'answer.py'} {HERE / 'sakila'}"
    options = ("--schema", str(SCHEMA), "--as-of", AS_OF)
    first = _llmgen("scenario", WORDS, *options, "--n", "10", "--model", model, "-o", "first", folder=tmp_path)
    assert first.returncode == 0, first.stderr
    again = _llmgen("scenario", WORDS, *options, "--n", "3", "--replay", "-o", "again", "--json", folder=tmp_path)
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["rows"]["customer"] == 3
    both = [(tmp_path / name / "rental.jsonl").read_text("utf-8").splitlines() for name in ("first", "again")]
    assert both[0][:9] == both[1]
    assert _llmgen("validate", "again", "--schema", str(SCHEMA), folder=tmp_path).returncode == 0


def test_no_code_mentions_the_field() -> None:
    sources = [*(HERE.parent.parent / "llmgen").rglob("*.py"), *(HERE.parent.parent / "prompts").rglob("*.md")]
    assert sources
    assert [file.name for file in sources if "sakila" in file.read_text("utf-8").lower()] == []
