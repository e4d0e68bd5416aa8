"""Rows by table: what is asked for stands, the rest looks like a real database, and nothing exceeds what fits."""

from collections.abc import Mapping
from datetime import UTC, datetime
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmgen.errors import InputError
from llmgen.schema.model import Column, ColumnType, ForeignKey, Schema, Table, Unique
from llmgen.schema.sql import parse_schema
from llmgen.volume.asked import read_counts
from llmgen.volume.counts import Counts, decide_counts, dry_run_lines
from llmgen.volume.kinship import whole_uniques
from llmgen.volume.request import Request
from llmgen.volume.room import Room
from llmgen.volume.slots import child_counts, child_stream, counted_key

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SHOP = parse_schema("""
CREATE TABLE countries (code char(2) PRIMARY KEY, name text NOT NULL);
CREATE TABLE plans (id serial PRIMARY KEY, name text NOT NULL, price numeric(8,2) NOT NULL);
CREATE TABLE organizations (id serial PRIMARY KEY, name text NOT NULL, plan_id int NOT NULL REFERENCES plans,
  country_code char(2) NOT NULL REFERENCES countries, created_at timestamptz NOT NULL);
CREATE TABLE users (id serial PRIMARY KEY, organization_id int NOT NULL REFERENCES organizations, email text UNIQUE,
  manager_id int REFERENCES users);
CREATE TABLE profiles (user_id int PRIMARY KEY REFERENCES users, bio text);
CREATE TABLE teams (id serial PRIMARY KEY, organization_id int NOT NULL REFERENCES organizations, name text NOT NULL);
CREATE TABLE memberships (team_id int REFERENCES teams, user_id int REFERENCES users, PRIMARY KEY (team_id, user_id));
CREATE TABLE projects (id serial PRIMARY KEY, owner_id int NOT NULL REFERENCES users,
  organization_id int NOT NULL REFERENCES organizations);
CREATE TABLE tasks (id serial PRIMARY KEY, organization_id int NOT NULL REFERENCES organizations,
  project_id int NOT NULL REFERENCES projects, assignee_id int REFERENCES users, title text);
CREATE TABLE settings (id serial PRIMARY KEY, project_id int NOT NULL REFERENCES projects, dark boolean NOT NULL,
  UNIQUE (project_id, dark));
CREATE TABLE notes (id serial PRIMARY KEY, created_by int REFERENCES users, body text);
""")


def decide(schema: Schema, *rows: str, seed: str = "1") -> Counts:
    """The counts that `--rows` gives; a table's room is the product of its parents and booleans in each unique."""
    counts, every = read_counts(rows, schema)

    def room(name: str, known: Mapping[str, int]) -> Room | None:
        table, found = schema.table(name), list[Room]()
        for unique in whole_uniques(table):
            keys = [key for key in table.foreign_keys if set(key.columns) <= set(unique.columns) and key.table != name]
            own = set(unique.columns) - {column for key in keys for column in key.columns}
            if all(table.column(column).type.kind == "boolean" for column in own):
                rows = prod(known[key.table] for key in keys) * 2 ** len(own)
                found.append(Room(rows, f"unique ({', '.join(unique.columns)})"))
        return min(found, key=lambda one: one.rows, default=None)

    return decide_counts(schema, Request(seed, NOW, counts, every), room)


def refused(*rows: str) -> InputError:
    with pytest.raises(InputError) as caught:
        decide(SHOP, *rows)
    return caught.value


def test_given_counts_stand_and_the_rest_is_derived() -> None:
    counts = decide(SHOP, "users=10k,organizations=500")
    assert counts.rows == {
        "countries": 25,
        "plans": 12,
        "organizations": 500,
        "users": 10_000,
        "profiles": 8_000,
        "teams": 1_500,
        "memberships": 20_000,
        "projects": 1_500,
        "tasks": 4_500,
        "settings": 3_000,
        "notes": 100,
    }
    assert counts.why["users"] == "given"
    assert counts.why["countries"] == "a lookup table"
    assert counts.why["teams"] == "about 3 for each of 500 organizations"
    assert counts.why["memberships"] == "about 2 for each of 10,000 users"
    assert counts.why["profiles"] == "one each for 80% of 10,000 users"
    assert counts.why["settings"] == "cut to 3,000 by unique (project_id, dark)"
    assert counts.said == ("settings: 3,000 rows instead of 4,500, as no more fit unique (project_id, dark)",)


def test_nothing_is_given() -> None:
    rows = decide(SHOP).rows
    assert (rows["organizations"], rows["users"], rows["projects"], rows["tasks"]) == (100, 300, 300, 900)


def test_long_chains_of_children_do_not_explode() -> None:
    links = "".join(
        f"CREATE TABLE c{n} (id int PRIMARY KEY, up int NOT NULL REFERENCES c{n - 1});" for n in range(1, 9)
    )
    chain = parse_schema(f"CREATE TABLE c0 (id int PRIMARY KEY, at timestamp);{links}")
    assert list(decide(chain).rows.values()) == [100, 300, 900, *[1_000] * 6]
    assert max(decide(chain, "c0=5k").rows.values()) == 50_000


def test_ancestors_of_what_is_given_are_derived_upwards() -> None:
    counts = decide(SHOP, "tasks=10k")
    assert (counts.rows["projects"], counts.why["projects"]) == (1_000, "enough for 10,000 tasks")
    assert (counts.rows["users"], counts.why["users"]) == (200, "about 5 of 1,000 projects each")
    assert counts.rows["organizations"] == 40, "through users, not as tasks' own tenant"
    assert decide(SHOP, "tasks=2").rows["projects"] == 1


def test_tables_between_given_ones_serve_both() -> None:
    rows = decide(SHOP, "organizations=10,tasks=1M").rows
    assert rows["projects"] == 1_000
    assert decide(SHOP, "organizations=2k,tasks=10k").rows["projects"] == 6_000


def test_derived_parents_become_as_many_as_given_children_need() -> None:
    rows = decide(SHOP, "profiles=3000").rows
    assert rows["users"] == 3_750
    assert decide(SHOP, "settings=250").rows["projects"] == 125
    rows = decide(SHOP, "memberships=5M").rows
    assert 5_000_000 <= rows["teams"] * rows["users"] < 5_010_000


def test_parents_that_become_more_may_need_more_parents_of_their_own() -> None:
    flagged = parse_schema("""CREATE TABLE sites (id int PRIMARY KEY, at timestamp);
    CREATE TABLE models (id int PRIMARY KEY, at timestamp);
    CREATE TABLE devices (id int PRIMARY KEY, site_id int NOT NULL REFERENCES sites, spare boolean NOT NULL,
      model_id int NOT NULL REFERENCES models, UNIQUE (model_id, spare));
    CREATE TABLE modes (id int PRIMARY KEY, device_id int NOT NULL REFERENCES devices, fast boolean NOT NULL,
      UNIQUE (device_id, fast))""")
    assert decide(flagged, "modes=250,sites=10").rows == {"sites": 10, "models": 63, "devices": 125, "modes": 250}


@pytest.mark.parametrize("span", [(3, 8), (0, 1), (4, 4), (0, 0)])
def test_children_for_each_parent(span: tuple[int, int]) -> None:
    counts = decide(SHOP, f"tasks={span[0]}..{span[1]}/projects,projects=200", seed="x")
    each = child_counts(child_stream("x", "tasks"), 200, *span)
    assert counts.rows["tasks"] == each.sum()
    assert set(each.tolist()) == set(range(span[0], span[1] + 1))
    assert counts.why["tasks"].startswith("given: ")


def test_children_of_a_parent_do_not_depend_on_how_many_parents_there_are() -> None:
    stream = child_stream("1", "tasks")
    assert child_counts(stream, 10, 0, 9).tolist() == child_counts(stream, 1_000, 0, 9)[:10].tolist()
    assert child_counts(stream, 0, 3, 8).tolist() == []


def test_children_are_counted_by_the_key_that_is_never_null() -> None:
    tasks = parse_schema("""CREATE TABLE users (id int PRIMARY KEY);
    CREATE TABLE tasks (closer int REFERENCES users, opener int NOT NULL REFERENCES users, id int PRIMARY KEY)""")
    assert counted_key(tasks.table("tasks"), "users") == 1
    assert counted_key(tasks.table("tasks"), "tasks") is None


def test_a_number_for_every_table_is_cut_where_it_does_not_fit() -> None:
    counts = decide(SHOP, "50,projects=10")
    assert set(counts.rows.values()) == {50, 20, 10}
    assert counts.said == ("settings: 20 rows instead of 50, as no more fit unique (project_id, dark)",)
    assert counts.why["users"] == "as every table"


@pytest.mark.parametrize("small", ["a", "b"])
def test_a_cut_goes_all_the_way_round_a_circle(small: str) -> None:
    circle = parse_schema(f"""CREATE TABLE a (id int PRIMARY KEY, on_{small} boolean);
    CREATE TABLE b (id int PRIMARY KEY REFERENCES a, on_{small} boolean);
    ALTER TABLE a ADD FOREIGN KEY (id) REFERENCES b (id);
    ALTER TABLE {small} ADD UNIQUE (on_{small})""")
    assert decide(circle, "50").rows == {"a": 2, "b": 2}


def test_only_the_last_cut_is_said() -> None:
    circle = parse_schema("""CREATE TABLE jobs (id int PRIMARY KEY, at timestamp, queue_id int,
      a boolean, b boolean, c boolean, UNIQUE (a, b, c));
    CREATE TABLE queues (id int PRIMARY KEY, creator_id int NOT NULL REFERENCES jobs, d boolean UNIQUE);
    ALTER TABLE jobs ADD FOREIGN KEY (queue_id) REFERENCES queues (id)""")
    counts = decide(circle)
    assert counts.rows == {"jobs": 6, "queues": 2}
    assert counts.said == ("queues: 2 rows instead of 100, as no more fit unique (d)",)


def test_what_does_not_fit_is_refused_with_what_would() -> None:
    error = refused("memberships=500,users=10,teams=20")
    assert error.message == "memberships: 500 rows are asked for, but only 200 fit unique (team_id, user_id)"
    assert error.hint == "ask for memberships=200 or teams=50 (now 20) or users=25 (now 10)"
    assert refused("50,profiles=60").hint == "ask for profiles=50 or users=60 (now 50)"


def test_more_children_than_one_parent_can_have() -> None:
    error = refused("settings=0..3/projects")
    assert "3 rows for one of projects are asked for, but only 2 fit unique (project_id, dark)" in error.message
    assert error.hint == "ask for settings=2/projects at most"


def test_children_of_an_empty_table() -> None:
    counts = decide(SHOP, "users=0")
    assert [name for name, rows in counts.rows.items() if not rows] == [
        "users", "profiles", "memberships", "projects", "tasks", "settings",
    ]  # fmt: skip
    assert counts.why["tasks"] == "none, as projects has no rows"
    assert "profiles: no rows, as users, which it needs, has none" in counts.said
    error = refused("organizations=0,tasks=5")
    assert error.message == "tasks: 5 rows are asked for, but organizations, which each of them needs, has none"


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE a (id int PRIMARY KEY, b int NOT NULL); CREATE TABLE b (id int PRIMARY KEY, a int NOT NULL "
        "REFERENCES a); ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b (id);",
        "CREATE TABLE a (id int PRIMARY KEY REFERENCES a); CREATE TABLE b (id int PRIMARY KEY REFERENCES a);",
        "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY REFERENCES a); "
        "ALTER TABLE a ADD FOREIGN KEY (id) REFERENCES b (id);",
    ],
)
@pytest.mark.parametrize("rows", [[], ["20"], ["b=7"], ["b=0"]])
def test_circles_end(sql: str, rows: list[str]) -> None:
    counts = decide(parse_schema(sql), *rows)
    assert set(counts.rows) == {"a", "b"}
    assert any(counts.rows.values()) or rows == ["b=0"]


def test_a_parent_that_would_follow_from_the_children_counted_by_it() -> None:
    circle = parse_schema("""CREATE TABLE projects (id int PRIMARY KEY, at timestamp, first_task_id int NOT NULL);
    CREATE TABLE tasks (id int PRIMARY KEY, at timestamp, project_id int REFERENCES projects);
    ALTER TABLE projects ADD FOREIGN KEY (first_task_id) REFERENCES tasks (id)""")
    assert decide(circle).rows == {"projects": 300, "tasks": 100}
    assert decide(circle, "tasks=3/projects").rows == {"projects": 100, "tasks": 300}
    assert decide(circle, "tasks=3/projects,projects=9").rows == {"projects": 9, "tasks": 27}


def test_the_dry_run_is_an_aligned_table() -> None:
    some = Schema(tuple(SHOP.table(name) for name in ("users", "organizations")))
    counts = Counts({"users": 10_000, "organizations": 12}, {"users": "given", "organizations": "no parent"})
    assert dry_run_lines(some, counts) == [
        "table            rows  why",
        "organizations      12  no parent",
        "users          10,000  given",
        "total          10,012",
    ]


@st.composite
def schemas(draw: st.DrawFn) -> Schema:
    """A few tables that refer to each other in any way, circles included, with keys made of references."""
    names = [f"t{place}" for place in range(draw(st.integers(1, 5)))]
    tables = []
    for name in names:
        parents = draw(st.lists(st.sampled_from(names), max_size=3))
        columns = [Column("id", ColumnType("integer", "int"), nullable=False)]
        columns += [
            Column(f"r{place}", ColumnType("integer", "int"), nullable=draw(st.booleans()))
            for place in range(len(parents))
        ]
        keys = tuple(ForeignKey((f"r{place}",), parent, ("id",)) for place, parent in enumerate(parents))
        members = draw(st.lists(st.sampled_from(columns[1:]), max_size=2, unique=True)) if parents else []
        uniques = (Unique(tuple(member.name for member in members)),) if members else ()
        tables.append(Table(name, tuple(columns), ("id",), keys, uniques))
    return Schema(tuple(tables))


@given(schemas(), st.lists(st.tuples(st.integers(0, 4), st.integers(0, 40)), max_size=2), st.none() | st.just("30"))
def test_every_table_is_counted_within_its_room(
    schema: Schema, asked: list[tuple[int, int]], every: str | None
) -> None:
    names = [table.name for table in schema.tables]
    given_rows = {names[place % len(names)]: rows for place, rows in asked}
    try:
        counts = decide(schema, *[f"{name}={rows}" for name, rows in given_rows.items()], *([every] if every else []))
    except InputError:
        if given_rows:
            return
        raise
    assert list(counts.rows) == names
    assert {name: counts.rows[name] for name in given_rows} == given_rows
    for table in schema.tables:
        for key in table.foreign_keys:
            needs = not table.column(key.columns[0]).nullable and key.table != table.name
            assert counts.rows[table.name] == 0 or not needs or counts.rows[key.table] > 0
    again = decide(schema, *[f"{name}={rows}" for name, rows in counts.rows.items()])
    assert again.rows == counts.rows, "what was decided fits when it is asked for"
