"""Relations between columns that intervals settle alone, and those whose rows must be tested."""

import pytest

from llmgen.predicates.domains import model_of
from llmgen.schema.sql.reader import parse_schema
from llmgen.volume.entangled import entangled


@pytest.mark.parametrize(
    ("check", "tested"),
    [
        ("a < b", False),
        ("a < b AND b < c", False),
        ("a + b + c = 100", False),
        ("a + b <= 100", False),
        ("c = a + b", False),
        ("c = a * b AND b <= a", False),
        ("m = n + a", False),
        ("a < b AND a + b = 100", True),
        ("a + b <= 100 AND c >= a AND c <= b", True),
        ("a * a = 49", True),
        ("a * b = 12", True),
        ("c = a + b AND c < a * 2", True),
        ("n = m + a", True),
        ("m = n / 3", True),
        ("a = b * 2 OR a < c", True),
        ("a * b >= 10", True),
        ("a * 2 <= b", False),
        ("abs(a - b) >= 5", True),
    ],
)
def test_only_what_intervals_settle_is_left_untested(check: str, tested: bool) -> None:
    columns = "a integer, b integer, c integer, m numeric(10,4), n numeric(8,2)"
    schema = parse_schema(f"CREATE TABLE t ({columns}, CHECK ({check}))", "x.sql", "postgres")
    model = model_of(schema, schema.table("t"))
    assert entangled(tuple(model.formulas.values()), model.base) == tested
