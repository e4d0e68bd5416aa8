"""Whole databases by seed load into real servers with every constraint and trigger active, and hold what those say."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from loading.catalog_audit import catalog_audit
from loading.loader import load_directory
from loading.outcome import Outcome
from loading.real_schemas import CONSTRUCTS, REAL, Subject, database_of, schema_of

from llmgen.bulk import Populated, Target, populate
from llmgen.volume.request import Request

AS_OF = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
FEW, MANY = 50, 2_000
RAISING = {
    "trigger_raises.postgres": {"account_logs", "closed_books"},
    "trigger_raises.mysql": {"names", "books", "pages"},
    "trigger_raises.sqlite": {"names", "books"},
    "sakila_mysql": {"film_text"},
}
"""Tables that triggers refuse or fill themselves; every other table must load."""


def generate_into(folder: Path, subject: Subject, rows: int, seed: str) -> Populated:
    """Fill every table of a schema with so many rows, or as many as fit, as Parquet."""
    request = Request(seed=seed, as_of=AS_OF, every=rows)
    return populate(schema_of(subject), request, Target(folder, "parquet"))


def cases(subjects: tuple[Subject, ...], rows: int, *seeds: str) -> pytest.MarkDecorator:
    """One test a schema and seed, marked with the server it needs."""
    found = [
        pytest.param(subject, rows, seed, id=f"{subject.name}-{rows}-{seed}", marks=subject.mark)
        for subject in subjects
        for seed in seeds
    ]
    return pytest.mark.parametrize(("subject", "rows", "seed"), found)


def loaded(tmp_path: Path, subject: Subject, rows: int, seed: str) -> tuple[Populated, Outcome, list[str]]:
    """What was made, what became of it in the database, and what the catalog's constraints say of it."""
    made = generate_into(tmp_path / "made", subject, rows, seed)
    with database_of(subject, tmp_path) as url:
        outcome = load_directory(url, tmp_path / "made", schema_of(subject))
        return made, outcome, catalog_audit(url)


@cases(REAL, FEW, "1", "2", "3")
def test_a_real_schema_loads_with_few_rows(tmp_path: Path, subject: Subject, rows: int, seed: str) -> None:
    check(tmp_path, subject, rows, seed)


@cases(REAL, MANY, "1")
def test_a_real_schema_loads_with_many_rows(tmp_path: Path, subject: Subject, rows: int, seed: str) -> None:
    check(tmp_path, subject, rows, seed)


@cases(CONSTRUCTS, FEW, "1", "2")
def test_a_construct_loads(tmp_path: Path, subject: Subject, rows: int, seed: str) -> None:
    check(tmp_path, subject, rows, seed)


def check(tmp_path: Path, subject: Subject, rows: int, seed: str) -> None:
    made, outcome, faults = loaded(tmp_path, subject, rows, seed)
    counts = made.counts.rows
    assert outcome.refused == {}
    assert faults == []
    assert set(outcome.raised) <= RAISING.get(subject.name, set()), outcome.raised
    assert outcome.loaded == {name: counts[name] for name in outcome.loaded}
    assert set(counts) - set(outcome.loaded) <= set(outcome.raised)
    assert all(counts[name] == rows or any(name in line for line in made.counts.said) for name in counts), counts
