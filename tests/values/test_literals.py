"""Literals of PostgreSQL's own types are read by the server; those of distinct numbers are distinct there."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql
from servers import NONE_FOUND, fresh_database, postgres_url

from llmgen.values.literals import distinct_literal, literal_of
from llmgen.values.scalars import Draw

POSTGRES = (
    "inet", "cidr", "macaddr", "macaddr8", "money", "point", "line", "lseg", "box", "path", "polygon", "circle", "xml",
    "int4range", "int8range", "numrange", "daterange", "tsrange", "tstzrange", "int4multirange", "int8multirange",
    "nummultirange", "datemultirange", "tsmultirange", "tstzmultirange", "bit", "bit(5)", "bit(40)", "varbit",
    "varbit(9)", "tsvector", "tsquery", "jsonpath", "oid", "xid", "xid8", "cid", "tid", "pg_lsn", "txid_snapshot",
    "pg_snapshot",
)  # fmt: skip
EXTENSIONS = {"hstore": "hstore", "ltree": "ltree", "cube": "cube", "seg": "seg"}
# Types without an equality that a unique could use.
UNEQUAL = ("point", "line", "lseg", "box", "path", "polygon", "circle", "xml", "jsonpath", "tid", "cid", "xid",
           "txid_snapshot", "pg_snapshot")  # fmt: skip


@pytest.fixture(scope="module")
def connection() -> Iterator[psycopg.Connection]:
    url = postgres_url()
    if url is None:
        pytest.skip(NONE_FOUND)
    with fresh_database(url) as fresh, psycopg.connect(fresh, autocommit=True) as opened:
        yield opened


def seen(connection: psycopg.Connection, type: str, literals: list[str]) -> list[str]:
    """The literals as the server shows them."""
    query = sql.SQL("SELECT item::{}::text FROM unnest(%s::text[]) AS item").format(sql.SQL(type))
    return [row[0] for row in connection.execute(query, (literals,)).fetchall()]


@pytest.mark.parametrize("type", POSTGRES)
def test_postgres_reads_the_literals(connection: psycopg.Connection, type: str) -> None:
    assert len(seen(connection, type, [literal_of(type, Draw(word).below) for word in range(60)])) == 60
    if type not in UNEQUAL:
        room, write = distinct_literal(type)
        numbers = sorted({*range(min(room, 300)), *range(max(0, room - 50), room)})
        assert len(set(seen(connection, type, [write(number) for number in numbers]))) == len(numbers)


@pytest.mark.parametrize("type", EXTENSIONS)
def test_types_of_extensions(connection: psycopg.Connection, type: str) -> None:
    installed = connection.execute("SELECT 1 FROM pg_available_extensions WHERE name = %s", (type,)).fetchone()
    if not installed:
        pytest.skip(f"the server has no {type}")
    connection.execute(sql.SQL("CREATE EXTENSION {}").format(sql.Identifier(EXTENSIONS[type])))
    assert len(seen(connection, f"public.{type}", [literal_of(f"public.{type}", Draw(7).below)])) == 1
    write = distinct_literal(type)[1]
    assert len(set(seen(connection, type, [write(number) for number in range(300)]))) == 300


def test_ranges_of_distinct_numbers_do_not_overlap(connection: psycopg.Connection) -> None:
    for type in ("int4range", "int8range", "numrange", "daterange", "tsrange", "tstzrange"):
        write = distinct_literal(type)[1]
        query = sql.SQL(
            "WITH items AS (SELECT item::{0} AS item FROM unnest(%s::text[]) AS item)"
            " SELECT count(*) FROM items one JOIN items two ON one.item && two.item"
        ).format(sql.SQL(type))
        found = connection.execute(query, ([write(number) for number in range(200)],)).fetchone()
        assert found == (200,)


def test_sizes_and_shapes_are_those_of_the_type() -> None:
    assert len(literal_of("bit(7)", Draw(1).below)) == 7
    assert literal_of("vector(4)", Draw(1).below).count(",") == 3
    assert literal_of("public.geometry(Polygon,4326)", Draw(1).below).startswith("POLYGON((")
    assert literal_of("geometry", Draw(1).below).startswith("POINT(")
    assert literal_of("geometry(LineString)", Draw(1).below).startswith("LINESTRING(")
    assert literal_of('"public"."citext2"', Draw(1).below).isalpha()
