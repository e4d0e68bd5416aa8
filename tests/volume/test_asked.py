"""What `--rows` says: numbers as people write them, and an error in words for everything else."""

import pytest

from llmgen.errors import InputError
from llmgen.schema.model import Column, ColumnType, ForeignKey, Schema, Table
from llmgen.schema.sql import parse_schema
from llmgen.volume.asked import read_counts
from llmgen.volume.request import Count

SCHEMA = parse_schema("""
CREATE TABLE organizations (id int PRIMARY KEY);
CREATE TABLE users (id int PRIMARY KEY, organization_id int NOT NULL REFERENCES organizations);
CREATE TABLE projects (id int PRIMARY KEY, owner_id int REFERENCES users, parent_id int REFERENCES projects);
CREATE TABLE "Tasks" (id int PRIMARY KEY, project_id int NOT NULL REFERENCES projects);
""")


@pytest.mark.parametrize(
    ("texts", "counts", "every"),
    [
        ([], {}, None),
        (["50"], {}, 50),
        (["users=10k,organizations=500"], {"users": Count(10_000), "organizations": Count(500)}, None),
        (["users=10k", "organizations=500", "7"], {"users": Count(10_000), "organizations": Count(500)}, 7),
        (["20, users = 2M"], {"users": Count(2_000_000)}, 20),
        (["users=1_000"], {"users": Count(1_000)}, None),
        (["users=1.5K"], {"users": Count(1_500)}, None),
        (["users=0"], {"users": Count(0)}, None),
        (["tasks=5/projects"], {"Tasks": Count(per=(5, 5), parent="projects")}, None),
        (["Tasks=0..3/PROJECTS"], {"Tasks": Count(per=(0, 3), parent="projects")}, None),
    ],
)
def test_what_people_write(texts: list[str], counts: dict[str, Count], every: int | None) -> None:
    assert read_counts(texts, SCHEMA) == (counts, every)


@pytest.mark.parametrize(
    ("text", "what", "mend"),
    [
        ("user=3", "no table 'user' (there is users)", "name a table"),
        ("=5", "no table ''", "name a table"),
        ("users=-3", "-3 is negative", "10k"),
        ("users=many", "'many' is not a number", "10k"),
        ("users=", "'' is not a number", "10k"),
        ("", "'' is not a number", "10k"),
        ("users=1.0005k", "not a whole number", "10k"),
        ("users=9999999M", "more than can be made", "1_000_000_000_000"),
        ("users=1,000", "users=1,000 is no number", "write 1_000"),
        ("12,500", "12,500 is no number", "write 12_500"),
        ("50,60", "50 and 60 are both given for every table", "name the tables"),
        ("users=1,users=2", "users is given twice", "once"),
        ("tasks=5/users", "Tasks cannot be counted for each row of users", "it refers to projects"),
        ("organizations=5/users", "cannot be counted", "it refers to no table: write organizations=1000"),
        ("projects=5/projects", "projects cannot be counted for each row of itself", "it refers to users"),
        ("tasks=8..3/projects", "8..3 ends before it begins", "write 3..8"),
        ("tasks=3..8", "3..8 is no number of rows", "Tasks=3..8/projects"),
        ("tasks=3..8/project", "no table 'project' (there is projects", "name a table"),
    ],
)
def test_what_is_wrong_and_how_to_mend_it(text: str, what: str, mend: str) -> None:
    with pytest.raises(InputError) as caught:
        read_counts([text], SCHEMA)
    assert caught.value.message.startswith(f"--rows {text}: ")
    assert what in caught.value.message
    assert mend in caught.value.hint


def test_a_number_for_every_table_twice_in_two_flags() -> None:
    with pytest.raises(InputError, match="50 and 60"):
        read_counts(["50", "60"], SCHEMA)


def table(name: str, schema: str | None = None, refers: str = "") -> Table:
    keys = (ForeignKey(("other_id",), refers, ("id",)),) if refers else ()
    columns = tuple(Column(column, ColumnType("integer", "int")) for column in ("id", "other_id"))
    return Table(name, columns, ("id",), keys, schema=schema)


def test_names_without_their_database_schema_and_names_that_differ_in_case_alone() -> None:
    teams = (table("app.teams", "app"), table("crm.teams", "crm"), table("app.Teams", "app"))
    schema = Schema((table("app.users", "app"), *teams))
    counts, _ = read_counts(["users=1,crm.teams=2,Teams=3"], schema)
    assert counts == {"app.users": Count(1), "crm.teams": Count(2), "app.Teams": Count(3)}
    with pytest.raises(InputError, match=r"app\.teams or crm\.teams"):
        read_counts(["teams=1"], schema)


def test_tables_that_count_each_other() -> None:
    schema = Schema((table("hens", refers="eggs"), table("eggs", refers="hens"), table("nests", refers="hens")))
    with pytest.raises(InputError, match="hens for each row of eggs for each row of hens"):
        read_counts(["nests=1/hens,hens=2/eggs", "eggs=3/hens"], schema)
    assert len(read_counts(["nests=1/hens,hens=2/eggs"], schema)[0]) == 2
