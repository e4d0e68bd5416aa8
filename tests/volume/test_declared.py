"""Columns as the user declares them: what was asked for comes, no constraint breaks, no other column moves."""

import pickle
import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from llmgen.bulk import Target, plan_volume, populate
from llmgen.errors import DataError, InputError
from llmgen.schema.sql.reader import parse_schema
from llmgen.settings import ColumnSettings, Settings, load_settings
from llmgen.volume.computed import read_template
from llmgen.volume.declared import Declared, in_order
from llmgen.volume.request import Count, Fixed, Request
from llmgen.volume.rows import Rows

NOW = datetime(2026, 3, 12, tzinfo=UTC)
ROWS = 2_000

SHOP = """
CREATE TYPE tier AS ENUM ('bronze', 'silver', 'gold');
CREATE TABLE users (
  id serial PRIMARY KEY, email text NOT NULL UNIQUE, tier tier NOT NULL,
  plan varchar(8) CHECK (plan IN ('free', 'pro')),
  trial_ends date, nickname text, seats smallint NOT NULL CHECK (seats >= 5), score double precision, born date,
  code text UNIQUE, CHECK ((plan = 'pro') = (trial_ends IS NULL)));
CREATE TABLE invoices (
  id serial PRIMARY KEY, user_id int NOT NULL REFERENCES users, number varchar(12) NOT NULL UNIQUE,
  net numeric(10,2) NOT NULL CHECK (net > 0), tax numeric(10,2) NOT NULL CHECK (tax BETWEEN 0 AND net),
  total numeric(10,2) NOT NULL CONSTRAINT fair CHECK (total <= 900), paid numeric(10,2) NOT NULL, label text,
  issued timestamptz NOT NULL, CHECK (paid BETWEEN 0 AND total));
"""


def columns(**named: Mapping[str, Any]) -> dict[str, ColumnSettings]:
    """Settings by place; `__` stands for the dot."""
    return {place.replace("__", "."): ColumnSettings(**settings) for place, settings in named.items()}


SCHEMA = parse_schema(SHOP, "shop.sql", "postgres")


def made(
    rows: int = ROWS,
    fixed: Mapping[str, Any] = {},
    counts: Mapping[str, Count] = {},
    named: Mapping[str, Any] = {},
    **more: Mapping[str, Any],
) -> Rows:
    request = Request("7", NOW, every=rows, columns=columns(**named, **more), fixed=fixed, counts=counts)
    return Rows(plan_volume(SCHEMA, request)[0])


def whole(rows: Rows, table: str) -> pa.Table:
    return pa.table(rows.cells(table, np.arange(rows.plan.counts[table], dtype=np.uint64)))


def cells(rows: Rows, place: str) -> list[Any]:
    table, column = place.split(".")
    found: list[Any] = whole(rows, table)[column].to_pylist()
    return found


def test_choice_comes_by_weight_in_the_columns_type() -> None:
    rows = made(
        users__tier={"choice": ["gold", "bronze"], "weights": [9, 1]},
        users__seats={"choice": [5, 10, 20]},
        users__born={"choice": [date(2000, 2, 29), "1999-12-31"], "empty": 0},
    )
    assert Counter(cells(rows, "users.tier")) == {"gold": 1783, "bronze": 217}
    assert all(count > 600 for count in Counter(cells(rows, "users.seats")).values())
    assert set(cells(rows, "users.seats")) == {5, 10, 20}
    assert set(cells(rows, "users.born")) == {date(2000, 2, 29), date(1999, 12, 31)}


def test_a_choice_that_a_check_ties_to_other_columns_keeps_its_weights_and_the_check() -> None:
    users = whole(made(users__plan={"choice": ["free", "pro"], "weights": [1, 4], "empty": 0}), "users").to_pylist()
    assert 1540 < sum(user["plan"] == "pro" for user in users) < 1660
    assert all((user["plan"] == "pro") == (user["trial_ends"] is None) for user in users)


def test_a_unique_column_takes_each_choice_once() -> None:
    values = [f"code {place}" for place in range(40)]
    rows = made(rows=40, users__email={"choice": values})
    assert sorted(cells(rows, "users.email")) == sorted(values) != cells(rows, "users.email")
    with pytest.raises(InputError, match="email"):
        made(counts={"users": Count(41)}, users__email={"choice": values})


def test_templates_name_the_row_and_its_columns() -> None:
    rows = made(
        invoices__number={"template": "INV-{row:06d}"},
        invoices__label={"template": "{number}: {net} {{net}} by {user_id}"},
        users__nickname={"template": "{plan}!"},
    )
    invoices = whole(rows, "invoices").to_pylist()
    assert [one["number"] for one in invoices[:2]] == ["INV-000001", "INV-000002"]
    assert all(one["label"] == f"{one['number']}: {one['net']} {{net}} by {one['user_id']}" for one in invoices)
    users = whole(rows, "users").to_pylist()
    assert {(user["plan"], user["nickname"]) for user in users} == {("free", "free!"), ("pro", "pro!"), (None, None)}


def test_sql_is_solved_like_a_check_and_computed_from_the_row() -> None:
    rows = made(invoices__total={"sql": "net + tax"}, invoices__label={"sql": "upper(number) || '/' || round(total)"})
    invoices = whole(rows, "invoices").to_pylist()
    assert all(one["total"] == one["net"] + one["tax"] <= 900 for one in invoices)
    assert all(0 <= one["paid"] <= one["total"] for one in invoices)
    assert len({one["total"] for one in invoices}) > 500
    half_up = Decimal("0.5")
    assert all(one["label"] == f"{one['number'].upper()}/{int(one['total'] + half_up)}" for one in invoices)


def test_sql_is_spelled_in_the_schemas_dialect() -> None:
    sql = "CREATE TABLE t (id int PRIMARY KEY AUTO_INCREMENT, a int NOT NULL, b int NOT NULL, c text, d decimal(8,3));"
    schema = parse_schema(sql, "t.sql", "mysql")
    named = columns(t__c={"sql": "concat(a, '-', if(b > a, 'up', 'down'))"}, t__d={"sql": "a / 8"})
    rows = whole(Rows(plan_volume(schema, Request("1", NOW, every=50, columns=named))[0]), "t").to_pylist()
    assert all(row["c"] == f"{row['a']}-{'up' if row['b'] > row['a'] else 'down'}" for row in rows)
    assert all(row["d"] == Decimal(row["a"]) / 8 for row in rows)


def test_a_check_that_what_is_computed_cannot_pass_is_named_with_the_setting() -> None:
    rows = made(rows=40, invoices__total={"sql": "coalesce(nullif(net, 0) * 0 + 1000, net)"})
    with pytest.raises(DataError, match=r"fair.*\[columns\] \"invoices.total\""):
        whole(rows, "invoices")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"template": "INVOICE-{row:09d}"}, "holds 12"),
        ({"template": "{label}-{row}"}, "NOT NULL"),
    ],
)
def test_computed_cells_that_the_column_cannot_hold_are_named(settings: dict[str, Any], words: str) -> None:
    with pytest.raises((DataError, InputError), match=words):
        whole(made(rows=50, invoices__number=settings), "invoices")


def test_the_share_of_null_is_as_declared() -> None:
    rows = made(
        users__nickname={"empty": 0.3},
        users__score={"distribution": {"kind": "uniform", "low": 0, "high": 1}, "empty": 0},
        users__code={"template": "C-{row}", "empty": 0.5},
        invoices__label={"template": "{number}", "empty": 1},
    )
    assert abs(cells(rows, "users.nickname").count(None) - 600) < 60
    assert cells(rows, "users.score").count(None) == 0
    assert abs(cells(rows, "users.code").count(None) - 1000) < 90
    assert cells(rows, "invoices.label").count(None) == ROWS


def test_distributions_of_numbers_lie_where_they_should() -> None:
    rows = made(
        users__seats={"distribution": {"kind": "normal", "mean": 38, "deviation": 12}},
        users__score={"distribution": {"kind": "uniform", "low": -1.5, "high": 2.5}, "empty": 0},
        invoices__net={"distribution": {"kind": "zipf", "low": 1, "high": 100}},
    )
    seats = np.array(cells(rows, "users.seats"))
    assert abs(seats.mean() - 38) < 1
    assert abs(seats.std() - 12) < 0.5
    assert seats.min() >= 5
    assert 0.64 < (abs(seats - 38) <= 12).mean() < 0.73
    score = np.array(cells(rows, "users.score"))
    assert score.min() >= -1.5
    assert score.max() <= 2.5
    assert abs(score.mean() - 0.5) < 0.06
    net = Counter(cells(rows, "invoices.net"))
    assert set(net) <= {Decimal(number) for number in range(1, 101)}
    assert abs(net[Decimal(1)] / net[Decimal(2)] - 2) < 0.4
    assert abs(net[Decimal(1)] / net[Decimal(4)] - 4) < 1


def test_a_season_weighs_months_weekdays_hours_and_grows() -> None:
    season = {"kind": "season", "weekdays": [1, 1, 1, 1, 1, 0, 0], "hours": [0] * 9 + [1] * 8 + [0] * 7, "growth": 3}
    rows = made(
        invoices__issued={"distribution": {**season, "from": "2024-01-01", "until": "2025-12-31"}},
        users__born={"distribution": {"kind": "season", "months": [1] + [0] * 11, "from": "-10y"}, "empty": 0},
    )
    issued = cells(rows, "invoices.issued")
    assert {one.weekday() for one in issued} == set(range(5))
    assert {one.hour for one in issued} == set(range(9, 17))
    years = Counter(one.year for one in issued)
    assert set(years) == {2024, 2025}
    assert 2.5 < years[2025] / years[2024] < 3.5
    born = cells(rows, "users.born")
    assert {one.month for one in born} == {1}
    assert len({one.year for one in born}) == 10


def test_faker_values_come_again_and_are_typed() -> None:
    named = {
        "users__nickname": {"faker": "iban", "locale": "de_DE", "empty": 0},
        "users__seats": {"faker": "port_number"},
    }
    first, second = made(named=named), made(named=named)
    ibans = cells(first, "users.nickname")
    assert ibans == cells(second, "users.nickname")
    assert all(iban.startswith("DE") for iban in ibans)
    assert len(set(ibans)) > 1000
    assert all(5 <= seats < 32_768 for seats in cells(first, "users.seats"))


def test_a_unique_column_holds_no_more_rows_than_faker_has_values() -> None:
    assert len(set(cells(made(rows=200, users__email={"faker": "iban"}), "users.email"))) == 200
    with pytest.raises(InputError, match="email"):
        made(counts={"users": Count(200)}, users__email={"faker": "prefix_male"})


DECLARED: dict[str, Mapping[str, Any]] = {
    "users__plan": {"choice": ["free", "pro"]},
    "users__score": {"distribution": {"kind": "normal", "mean": 5, "deviation": 1}},
    "users__nickname": {"faker": "first_name", "empty": 0.2},
    "users__code": {"template": "{row:04d}"},
    "users__born": {"distribution": {"kind": "uniform", "low": "1950-01-01", "high": "2000-01-01"}},
    "invoices__total": {"sql": "net + tax"},
    "invoices__label": {"template": "{number} {total}"},
}


def test_no_other_column_moves() -> None:
    plain, declared = made(), made(named=DECLARED)
    for table, moved in (
        ("users", {"plan", "trial_ends", "score", "nickname", "code", "born"}),
        ("invoices", {"total", "net", "tax", "paid", "label"}),
    ):
        before, after = whole(plain, table).drop(list(moved)), whole(declared, table).drop(list(moved))
        assert before.equals(after)


def test_any_split_in_any_process_equals_the_whole() -> None:
    rows = made(rows=300, named=DECLARED)
    other = Rows(pickle.loads(pickle.dumps(rows.plan)))
    for table in ("users", "invoices"):
        order = np.random.default_rng(5).permutation(300).astype(np.uint64)
        pieces = [pa.table(other.cells(table, part)) for part in np.array_split(order, 5)]
        back = pa.array(np.argsort(order))
        assert pa.concat_tables(pieces).combine_chunks().take(back).equals(whole(rows, table))


def test_a_computed_column_may_be_asked_for_alone() -> None:
    rows = made(rows=60, named=DECLARED)
    numbers = np.arange(60, dtype=np.uint64)
    alone = rows.cells("invoices", numbers, ["label"])["label"]
    assert alone.equals(whole(rows, "invoices")["label"].combine_chunks())


def test_what_is_computed_is_known_before_what_is_compared_with_it() -> None:
    names = {column.name: column for column in SCHEMA.table("invoices").columns}
    total = Declared(computed=read_template("invoices.total", SCHEMA.table("invoices"), names["total"], "{tax}{net}"))
    order = list(in_order(names, {"total": total}))
    assert order.index("tax") < order.index("total") < order.index("paid")


@pytest.mark.parametrize("template", ["{row}-{seats}", "{seats}-{row}", "{row}/{seats}{seats}", "7{row}", "{id}"])
def test_a_template_that_tells_rows_apart_may_be_unique(template: str) -> None:
    assert len(set(cells(made(rows=300, users__code={"template": template}), "users.code"))) == 300


def test_declared_columns_show_no_edges_and_take_none_from_others() -> None:
    numbers = np.arange(600, dtype=np.uint64)
    named = {
        "users__nickname": {"template": "{born}"},
        "users__tier": {"choice": ["gold"]},
        "users__plan": {"empty": 0},
    }
    rows = made(rows=600, named=named)
    edged, coverage = rows.edged("users", numbers)
    plain, others = made(rows=600).edged("users", numbers)
    assert edged["born"].cast(pa.string()).equals(edged["nickname"])
    assert "users.score" in coverage
    assert coverage["users.score"] == others["users.score"]
    assert edged["score"].equals(plain["score"])
    assert not {"users.nickname", "users.tier", "users.born"} & coverage.keys()


def test_fixed_rows_keep_their_cells_and_follow_what_is_declared() -> None:
    fixed = {"users": (Fixed("ada", {"email": "ada@x.example", "code": "ADA"}),)}
    rows = made(
        rows=50,
        fixed=fixed,
        users__code={"template": "{row:04d}"},
        users__nickname={"template": "{code}+"},
        users__tier={"choice": ["gold"]},
    )
    users = whole(rows, "users").slice(0, 2).to_pylist()
    assert [(user["code"], user["nickname"], user["tier"]) for user in users] == [
        ("ADA", "ADA+", "gold"),
        ("0002", "0002+", "gold"),
    ]


@pytest.mark.parametrize(
    ("place", "settings", "words"),
    [
        ("user__tier", {"empty": 0}, r"no table user \(there is users"),
        ("users__nikname", {"empty": 0}, r"no column nikname \(there is nickname"),
        ("users__id", {"choice": [1]}, "is a key"),
        ("invoices__user_id", {"choice": [1]}, "is a reference"),
        ("users__tier", {"empty": 0.1}, "NOT NULL"),
        ("users__tier", {"choice": ["tin"]}, "'tin' must be"),
        ("users__seats", {"choice": [40_000]}, "40000 must be"),
        ("users__plan", {"choice": ["team"]}, "with plan as declared no row can satisfy"),
        ("users__plan", {"choice": ["free", "team"]}, "with plan = 'team' no row can satisfy"),
        ("users__nickname", {"template": "{nick}"}, r"\{nick\} is no field \(there is nickname|is no field"),
        ("users__nickname", {"template": "{row:x}"}, r"\{row:x\} is no field"),
        ("users__nickname", {"template": "{row"}, "template"),
        ("users__code", {"template": "C-{nickname}"}, "nothing keeps its values apart"),
        ("users__code", {"template": "{row}{seats}"}, "nothing keeps its values apart"),
        ("users__code", {"template": "{seats}{row}"}, "nothing keeps its values apart"),
        ("users__code", {"template": "{seats}-1{row}"}, "nothing keeps its values apart"),
        ("users__code", {"template": "{row}-{seats}-{row}"}, "nothing keeps its values apart"),
        ("users__code", {"sql": "nickname"}, "nothing keeps its values apart"),
        ("users__nickname", {"sql": "nickname || 'x'"}, "the column itself"),
        ("users__nickname", {"sql": "random()"}, "not allowed"),
        ("users__nickname", {"sql": "emial"}, "no column emial"),
        ("users__nickname", {"faker": "first_nam"}, r"no provider first_nam \(there is first_name"),
        ("users__nickname", {"faker": "first_name", "locale": "xx_XX"}, "no locale xx_XX"),
        ("users__nickname", {"faker": "date"}, "goes by today's date"),
        ("users__seats", {"faker": "first_name"}, "does not hold"),
        ("users__nickname", {"distribution": {"kind": "normal", "mean": 1, "deviation": 1}}, "no normal distribution"),
        ("users__seats", {"distribution": {"kind": "season"}}, "no season distribution"),
        ("users__born", {"distribution": {"kind": "season", "from": "soon"}}, "'soon' is no moment"),
        ("users__seats", {"distribution": {"kind": "uniform", "low": 9, "high": 5}}, "ends before it begins"),
        ("users__seats", {"distribution": {"kind": "uniform", "low": 10**5, "high": 10**6}}, "must be|holds none"),
        ("users__seats", {"distribution": {"kind": "uniform", "low": 1, "high": 4}}, "no row can satisfy"),
        ("users__seats", {"distribution": {"kind": "normal", "mean": 38.5, "deviation": 0.04}}, "lies no smallint"),
        ("users__seats", {"distribution": {"kind": "normal", "mean": 10**5, "deviation": 9}}, "that smallint holds"),
        ("users__score", {"distribution": {"kind": "normal", "mean": 0, "deviation": 10**30}}, "than can be drawn"),
        ("users__score", {"distribution": {"kind": "uniform", "low": 0, "high": 10**30}}, "than can be drawn"),
        ("users__score", {"distribution": {"kind": "zipf", "high": 10**30}}, "than can be drawn"),
        ("users__plan", {"choice": ["free", "pro"], "weights": [1, 1e-7]}, "less than a millionth"),
        ("invoices__number", {"template": "INVOICE-{row:06d}"}, "has 14 characters, the column holds 12"),
        ("users__plan", {"template": "{nickname}/{row:08d}"}, "has 9 characters, the column holds 8"),
        ("users__seats", {"template": "x{row}"}, r"template: .*x1"),
        ("users__tier", {"template": "{row}"}, "'1' is none of its labels"),
    ],
)
def test_what_does_not_fit_is_refused_before_the_first_row(place: str, settings: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        made(rows=10, named={place: settings})


def test_a_template_that_the_last_row_has_no_room_for_is_refused() -> None:
    made(rows=9, users__plan={"template": "{nickname}plan-no{row}"})
    with pytest.raises(InputError, match="'plan-no10' has 9 characters, the column holds 8"):
        made(rows=10, users__plan={"template": "{nickname}plan-no{row}"})


def test_columns_computed_from_each_other_are_refused() -> None:
    with pytest.raises(InputError, match=r"users\.nickname, users\.plan|users\.plan, users\.nickname"):
        made(rows=10, users__nickname={"template": "{plan}"}, users__plan={"template": "{nickname}"})


def test_the_settings_file_declares_columns_and_the_manifest_tells(tmp_path: Path) -> None:
    (tmp_path / "llmgen.toml").write_text(
        """
        [columns."users.tier"]
        choice = ["gold", "silver"]
        weights = [0.25, 0.75]
        [columns."users.nickname"]
        faker = "first_name"
        [columns."users.born"]
        distribution = { kind = "season", from = 1990-01-01, until = "-20y" }
        """
    )
    settings = load_settings(tmp_path)
    request = Request("7", NOW, every=10, columns=settings.columns)
    found = populate(SCHEMA, request, Target(tmp_path / "out")).manifest["volume"]
    assert found["columns"]["users.tier"] == {"choice": ["gold", "silver"], "weights": ["0.25", "0.75"]}
    assert found["columns"]["users.born"]["distribution"]["from"] == "1990-01-01"
    assert found["faker"]


def test_the_columns_that_the_manual_shows_are_settings() -> None:
    page = (Path(__file__).parents[2] / "docs" / "generate.md").read_text("utf-8")
    shown = tomllib.loads(re.findall(r"```toml\n(.*?)```", page, re.DOTALL)[0])
    ways = [Settings.model_validate(shown).columns[place].ways for place in shown["columns"]]
    assert {way for found in ways for way in found} == {
        "faker",
        "choice",
        "template",
        "sql",
        "rollup",
        "provider",
        "distribution",
    }


@pytest.mark.parametrize(
    "toml",
    [
        'faker = "iban"\ntemplate = "x"',
        'locale = "de_DE"',
        'choice = ["a"]\nweights = [1, 2]',
        "empty = 1.5",
        "choice = []",
        'distribution = { kind = "season", hours = [1] }',
        'distribution = { kind = "lognormal" }',
        'colour = "red"',
    ],
)
def test_settings_that_say_two_things_or_nothing_are_refused(tmp_path: Path, toml: str) -> None:
    (tmp_path / "llmgen.toml").write_text(f'[columns."users.tier"]\n{toml}\n')
    with pytest.raises(InputError, match="columns"):
        load_settings(tmp_path)
