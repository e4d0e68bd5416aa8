"""Constructs that make valid rows hard, one schema each, load with every constraint active and hold all of them."""

from pathlib import Path

from loading.real_schemas import CONSTRUCTS, Subject
from loading.whole import FEW, MANY, cases, check_loads, generate_into

from llmgen.errors import DataError

BEYOND = tuple(subject for subject in CONSTRUCTS if subject.name.startswith("unread_"))
"""Constructs with CHECKs that llmgen may refuse to solve."""
SOLVED = tuple(subject for subject in CONSTRUCTS if subject not in BEYOND)


@cases(SOLVED, FEW, "1", "2")
def test_a_construct_loads(tmp_path: Path, subject: Subject, rows: int, seed: str) -> None:
    check_loads(tmp_path, subject, rows, seed)


@cases(SOLVED, MANY, "3")
def test_a_construct_loads_with_many_rows_or_as_many_as_fit(
    tmp_path: Path, subject: Subject, rows: int, seed: str
) -> None:
    check_loads(tmp_path, subject, rows, seed)


@cases(BEYOND, FEW, "1")
def test_what_cannot_be_read_is_refused_by_name_or_holds(
    tmp_path: Path, subject: Subject, rows: int, seed: str
) -> None:
    refused = None
    try:
        generate_into(tmp_path / "made", subject, rows, seed)
    except DataError as error:
        refused = str(error)
    if refused is None:
        check_loads(tmp_path, subject, rows, seed)
    else:
        assert "CHECK" in refused
        assert not (tmp_path / "made").exists()
        check_loads(tmp_path, subject, rows, seed, "skip-table")
