"""Examining a reply: whatever value a model writes into a column of whatever kind, it is a case or a violation."""

import json

import pytest
from library_fakes import workshop

from llmgen.author.loop import Examined
from llmgen.author.reply import read_reply
from llmgen.project import open_project
from llmgen.scenario import Expect, Scenario

EVERY = """
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TABLE every (
  id int PRIMARY KEY, a bigint, b numeric(4, 1), c float8, d text, e char(5), f boolean, g date, h time, i timestamp,
  j timestamptz, k interval, l uuid, m jsonb, n bytea, o mood, p int[], q mood[], r timestamptz[], s numeric,
  t numeric(60, 30), u smallint, v numeric[], w real,
  CHECK (s > 0), CHECK (t < 10), CHECK (a / u > 0), CHECK (m ? 'x'), CHECK (sqrt(c) > 0), CHECK (g + 1 > g),
  CHECK (j + interval '1 day' > j), CHECK (length(d) < 10), CHECK (p[1] > 0), CHECK (k > interval '1 hour'));
"""
GOOD = {
    "a": 5, "u": 1, "s": 1, "t": 1, "c": 1, "d": "x", "m": {"x": 1}, "g": "2026-03-01", "j": "2026-03-01T00:00:00Z",
    "p": [1], "k": "2 days",
}  # fmt: skip
VALUES = [
    "1e308", "-1e308", "1e-320", "0.1", "9" * 40, str(2**63 - 1), str(-(2**63)), str(2**53 + 1), "32768", "0", "-0.0",
    "true", "null", '""', '"x"', r'"\u0000"', r'"\ud800"', r'"a\u0301"', '"0001-01-01"', '"9999-12-31"', '"2026-02-30"',
    '"0001-01-01T00:00:00Z"', '"9999-12-31T23:59:59.999999Z"', '"0001-01-01T00:00:00+14:00"',
    '"9999-12-31T23:59:59-12:00"', '"infinity"', '"NaN"', '"1e300"', '"1e-300"', f'"{"9" * 300}"', f'"0.{"1" * 300}"',
    '"24:00:00"', '"23:59:60"', '"10:00:00+02"', '"1 year"', '"P1Y"', '"10000000 years"', '"P99999999999D"', "[]",
    "[null]", "[1, 2]", '["a"]', "[[1]]", '["good"]', '["0001-01-01T00:00:00Z"]', '["1e300"]', "[1e308]",
    "[99999999999]", "{}", '{"x": null}', '{"a": 1e308}', r'{"": "\u0000"}', r'"\\x00"', '"AAAA"', '"good"', "1", "2.5",
    '"6f1c2b1e-8d3a-4c55-9a70-2f4be0c1d9e8"', '"{every.g}"', '"{every.j:date}"', '"{every.d}"', '"<x/>"',
]  # fmt: skip


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("every")
    (folder / "schema.sql").write_text(EVERY)
    project = open_project(folder, folder / "schema.sql", cache=folder / "recordings")
    columns = tuple(name for name in project.schema.table("every").by_name if name != "id")
    scenario = Scenario(words="w", root="every", expect=(Expect(sql="ROOT.a > 0"),), author={"every": columns})
    with workshop(project, 10, scenario) as opened:
        yield opened


def examine(shop, rows) -> tuple[Examined, int]:
    """What becomes of up to ten rows, each the JSON text of one; and how many were JSON at all."""
    text = "".join(f'{{"i": {index}, "every": {row}}}\n' for index, row in enumerate(rows))
    items, _ = read_reply(text)
    return shop.task({}).examine([(shop.requests()[0], items)])[0], len(items)


def row(column, value):
    rest = {name: cell for name, cell in GOOD.items() if name != column}
    return f'{{"{column}": {value}, {json.dumps(rest)[1:]}'


def test_the_plain_row_passes(shop):
    found, _ = examine(shop, [json.dumps(GOOD)])
    assert (list(found.accepted), found.violations) == ([0], {})


@pytest.mark.parametrize("column", "abcdefghijklmnopqrstuvw")
def test_no_value_makes_the_judge_fail(shop, column):
    accepted = 0
    for start in range(0, len(VALUES), 10):
        values = VALUES[start : start + 10]
        found, read = examine(shop, [row(column, value) for value in values])
        accepted += len(found.accepted)
        assert len(found.accepted) + len(found.violations) == read
        assert all(violation.rule for faults in found.violations.values() for violation in faults)
    assert accepted


def test_a_decimal_that_no_rule_could_be_judged_with_is_named(shop):
    found, _ = examine(shop, [row("s", '"1e300"'), row("s", "9" * 26), row("s", "9" * 27), row("v", '["1e300"]')])
    assert set(found.accepted) == {1}
    assert found.violations[0][0].words() == (
        "every[0].s breaks cell:type: found '1e300'; it must have at most 26 digits before the point"
    )
