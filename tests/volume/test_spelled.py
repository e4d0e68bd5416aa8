"""What the SQL of uniques says of columns."""

from datetime import UTC, datetime

import numpy as np
import pytest

from llmgen.bulk import plan_volume
from llmgen.schema.sql.reader import parse_schema
from llmgen.volume.request import Request
from llmgen.volume.rows import Rows
from llmgen.volume.spelled import bare, by_value, kept_apart, prefix

_NOW = datetime(2026, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("LEFT(sid, 75)", ("sid", 75)),
        ("LEFT(`a key`, 75)", None),
        ("left((title)::text, 10)", ("title", 10)),
        ('substr("note", 1, 8)', ("note", 8)),
        ("substring(note, 2, 8)", None),
        ("right(note, 8)", None),
        ("lower(note)", None),
    ],
)
def test_a_prefix_is_its_column_and_length(expression: str, said: tuple[str, int] | None) -> None:
    assert prefix(expression) == said
    assert said is None or kept_apart(expression) == (said[0], True)


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("lower((email)::text)", ("email", True)),
        ("LOWER(CAST((email) AS TEXT))", ("email", True)),
        ("CAST(LOWER(email) AS TEXT)", ("email", True)),
        ("CAST(email AS VARCHAR)", ("email", True)),
        ("COALESCE(boss, CAST('00000000-0000-0000-0000-000000000000' AS UUID))", ("boss", False)),
        ("coalesce(boss, 0::bigint)", ("boss", False)),
        ("created_at::date", None),
        ("CAST(created_at AS DATE)", None),
        ("CAST(email AS VARCHAR(3))", None),
        ("email::varchar(3)", None),
        ("lower(CAST(email AS CHAR))", None),
        ("COALESCE(CAST(created_at AS DATE), '2020-01-01')", None),
    ],
)
def test_only_casts_that_narrow_nothing_keep_apart(expression: str, said: tuple[str, bool] | None) -> None:
    assert kept_apart(expression) == said
    assert bare(expression) == ("email" if expression == "CAST(email AS VARCHAR)" else None)


def test_texts_differ_within_what_a_unique_sees_of_them() -> None:
    sql = "CREATE TABLE s (sid text NOT NULL, note varchar(400) NOT NULL, UNIQUE KEY (sid(5)), UNIQUE KEY (note(9)));"
    request = Request("7", _NOW, every=300)
    cells = Rows(plan_volume(parse_schema(sql, "s.sql", "mysql"), request)[0]).cells(
        "s", np.arange(300, dtype=np.uint64)
    )
    for name, length in (("sid", 5), ("note", 9)):
        assert len({text[:length].lower() for text in cells[name].to_pylist()}) == 300


@pytest.mark.parametrize(
    ("predicate", "told"),
    [
        ("parent_id IS NULL", False),
        ("(parent_id) is not null AND active", False),
        ("parent_id = 1", True),
        ("parent_id IS NULL OR parent_id > 4", True),
        ("grandparent_id = 1", False),
    ],
)
def test_whether_a_predicate_tells_more_than_that_a_column_is_there(predicate: str, told: bool) -> None:
    assert by_value(predicate, {"parent_id"}) is told
