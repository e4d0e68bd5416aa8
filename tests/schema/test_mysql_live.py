"""A live MariaDB or MySQL: which databases and tables are read, what is said of the rest, and every refusal."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from servers import fresh_mysql_database, mysql_connection, mysql_url
from sqlalchemy import Engine, event, make_url

from llmgen.errors import DatabaseError, InputError
from llmgen.schema.live import read_live
from llmgen.schema.model import ForeignKey, Unique
from llmgen.schema.sources import Reading, read_source

pytestmark = pytest.mark.mysql


def run(url: str, *statements: str) -> None:
    with mysql_connection(url) as server, server.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture
def other(mysql: str) -> Iterator[str]:
    """A second database on the same server."""
    server = mysql_url()
    assert server is not None
    with fresh_mysql_database(server) as database:
        yield database


def name_of(url: str) -> str:
    return str(make_url(url).database)


def test_names_are_found_whatever_they_hold(mysql: str) -> None:
    run(
        mysql,
        r"""CREATE TABLE `T, (x) ``y`` %s :z` (`a, b` int, `c)` int, `q``q` varchar(9) COMMENT 'It''s\ntwo',
        `Ünï` enum('it''s','a,b'), PRIMARY KEY (`a, b`, `c)`), UNIQUE `odd %` (`q``q`(3), `c)`),
        CHECK (`q``q` <> 'it''s \\ %s :x'),
        FOREIGN KEY (`c)`, `a, b`) REFERENCES `T, (x) ``y`` %s :z` (`a, b`, `c)`)) COMMENT '%s :x'""",
    )
    schema = read_live(mysql)
    (table,) = schema.tables
    assert table.name == "T, (x) `y` %s :z"
    assert table.comment == "%s :x"
    assert table.column("q`q").comment == "It's\ntwo"
    assert table.column("Ünï").type.labels == ("it's", "a,b")
    assert table.uniques == (Unique(("c)",), expressions=("LEFT(`q``q`, 3)",), name="odd %"),)
    assert table.foreign_keys[0].columns == ("c)", "a, b")
    assert [check.columns for check in table.checks] == [("q`q",)]
    assert schema.ignored == ()


def test_views_sequences_and_temporary_tables_are_not_tables(mysql: str) -> None:
    run(
        mysql,
        "CREATE TABLE ours (id int)",
        "CREATE VIEW seen AS SELECT * FROM ours",
        "CREATE TEMPORARY TABLE t (id int)",
    )
    with mysql_connection(mysql) as server, server.cursor() as cursor:
        cursor.execute("SELECT VERSION()")
        if "MariaDB" in str(cursor.fetchone()):
            cursor.execute("CREATE SEQUENCE numbers")
    assert list(read_live(mysql).by_name) == ["ours"]


def test_tables_are_chosen_and_references_to_others_are_said(mysql: str) -> None:
    run(
        mysql,
        "CREATE TABLE users (id int PRIMARY KEY)",
        "CREATE TABLE orders (id int, u int, FOREIGN KEY (u) REFERENCES users (id))",
    )
    schema = read_source(mysql, Reading(tables=("order*",)))
    assert list(schema.by_name) == ["orders"]
    assert [item.constrains for item in schema.ignored if "users was not chosen" in item.why] == [True]
    with pytest.raises(InputError, match="no table matches nothing"):
        read_live(mysql, (), ("nothing",))


def test_several_databases(mysql: str, other: str) -> None:
    one, two = name_of(mysql), name_of(other)
    run(mysql, "CREATE TABLE users (id int PRIMARY KEY)", "CREATE TABLE same (id int PRIMARY KEY)")
    run(other, f"CREATE TABLE orders (u int, s int, FOREIGN KEY (u) REFERENCES `{one}`.users (id))",
        f"CREATE TABLE same (id int, FOREIGN KEY (id) REFERENCES `{one}`.same (id))")  # fmt: skip
    assert sorted(read_live(mysql).by_name) == ["same", "users"]
    both = read_live(mysql, (one, two))
    assert sorted(both.by_name) == sorted(["same", "users", "orders", f"{two}.same"])
    assert both.table(f"{two}.same").foreign_keys[0].table == "same"
    assert both.table("orders").foreign_keys == (ForeignKey(("u",), "users", ("id",), name="orders_ibfk_1"),)
    alone = read_live(other)
    assert [item.why for item in alone.ignored] == [
        "its target users is not in this schema", "its target same is not in this schema",
    ]  # fmt: skip
    assert {item.text.split(".")[0] for item in alone.ignored} == {two}
    with pytest.raises(InputError, match="there is no database nowhere"):
        read_live(mysql, ("nowhere",))


def test_a_url_without_a_database_is_an_error_with_the_way_on() -> None:
    server = mysql_url()
    if server is None:
        pytest.skip("no server")
    with pytest.raises(InputError, match="no database is named") as caught:
        read_live(str(make_url(server).set(database=None).render_as_string(hide_password=False)))
    assert caught.value.hint


def test_an_empty_database_is_an_error(mysql: str) -> None:
    with pytest.raises(InputError, match="no tables"):
        read_live(mysql)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"database": "llmgen_never_there"}, "Unknown database|Access denied"),
        ({"username": "llmgen_nobody", "password": "hush-hush"}, "Access denied"),
        ({"port": 1}, "refused|Can't connect"),
    ],
)
def test_refusals_are_errors_of_the_database_without_the_password(
    mysql: str, change: dict[str, object], said: str
) -> None:
    url = make_url(mysql).set(**change).render_as_string(hide_password=False)  # type: ignore[arg-type]
    with pytest.raises(DatabaseError, match=said) as caught:
        read_live(url)
    assert "hush-hush" not in f"{caught.value.message}{caught.value.hint}"
    assert caught.value.hint


def test_the_names_of_both_servers_are_taken_in_urls(mysql: str) -> None:
    run(mysql, "CREATE TABLE t (id int)")
    for scheme in ("mysql", "mariadb", "mysql+pymysql"):
        url = make_url(mysql).set(drivername=scheme).render_as_string(hide_password=False)
        assert list(read_source(url).by_name) == ["t"]


@contextmanager
def sent() -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    found: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        found.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_nothing_is_written_and_the_number_of_queries_does_not_grow_with_the_tables(mysql: str) -> None:
    table = """CREATE TABLE t{0} (id int PRIMARY KEY, other int UNIQUE, CHECK (id > 0),
        FOREIGN KEY (other) REFERENCES t{0} (id))"""
    run(mysql, table.format(0))
    with sent() as few:
        read_live(mysql)
    run(mysql, *(table.format(number) for number in range(1, 8)))
    with sent() as many:
        assert len(read_live(mysql).tables) == 8
    assert len(few) == len(many) < 15
    assert {statement.split()[0] for statement in many} <= {"SELECT", "SHOW"}
