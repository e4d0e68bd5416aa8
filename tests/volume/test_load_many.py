"""Real schemas, filled by seed with many rows, load with every constraint and trigger active and hold all of them."""

from pathlib import Path

from loading.real_schemas import REAL, Subject
from loading.whole import MANY, cases, check_loads


@cases(REAL, MANY, "1", "2", "3")
def test_a_real_schema_loads_with_many_rows(tmp_path: Path, subject: Subject, rows: int, seed: str) -> None:
    check_loads(tmp_path, subject, rows, seed)
