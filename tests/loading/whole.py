"""Whole databases by seed, loaded into a real server and asked of its catalog: what the tests of loading share."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from loading.catalog_audit import catalog_audit
from loading.loader import load_directory
from loading.real_schemas import Subject, database_of, schema_of

from llmgen.bulk import Populated, Target, populate
from llmgen.volume.request import OnUnsolved, Request

AS_OF = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
FEW, MANY = 50, 2_000
RAISING = {
    "trigger_raises.postgres": {"account_logs", "closed_books"},
    "trigger_raises.mysql": {"names", "books", "pages"},
    "trigger_raises.sqlite": {"names", "books"},
    "graphile_starter": {"user_emails", "user_secrets", "user_email_secrets", "organization_invitations"},
    "sakila_mysql": {"film_text"},
}
"""Tables that triggers refuse or fill themselves; every other table must load."""


def generate_into(folder: Path, subject: Subject, rows: int, seed: str, unsolved: OnUnsolved = "refuse") -> Populated:
    """Fill every table of a schema with so many rows, or as many as fit, as Parquet."""
    request = Request(seed=seed, as_of=AS_OF, every=rows, on_unsolved=unsolved)
    return populate(schema_of(subject), request, Target(folder, "parquet"))


def cases(subjects: tuple[Subject, ...], rows: int, *seeds: str) -> pytest.MarkDecorator:
    """One test a schema and seed, marked with the server it needs."""
    found = [
        pytest.param(subject, rows, seed, id=f"{subject.name}-{rows}-{seed}", marks=subject.mark)
        for subject in subjects
        for seed in seeds
    ]
    return pytest.mark.parametrize(("subject", "rows", "seed"), found)


def check_loads(tmp_path: Path, subject: Subject, rows: int, seed: str, unsolved: OnUnsolved = "refuse") -> None:
    """Generate, load and audit: what loads is all that was made, and what does not is named by a trigger."""
    made = generate_into(tmp_path / "made", subject, rows, seed, unsolved)
    with database_of(subject, tmp_path) as url:
        outcome = load_directory(url, tmp_path / "made", schema_of(subject))
        faults = catalog_audit(url)
    counts = made.counts.rows
    assert outcome.refused == {}
    assert faults == []
    assert set(outcome.raised) <= RAISING.get(subject.name, set()), outcome.raised
    assert outcome.loaded == {name: counts[name] for name in outcome.loaded}
    assert set(counts) - set(outcome.loaded) <= set(outcome.raised)
    fewer = [name for name in counts if counts[name] != rows]
    assert [name for name in fewer if not any(name in line for line in made.counts.said)] == [], made.counts.said
