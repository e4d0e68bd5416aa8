"""What a PostgreSQL server says of a schema is what its text says, and what its dump says again."""

import difflib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from servers import NONE_FOUND, fresh_database, postgres_url
from sqlalchemy import Engine, event

from llmgen.errors import DatabaseError, InputError
from llmgen.schema.live import read_live
from llmgen.schema.model import Exclude, ForeignKey, Ignored, Schema
from llmgen.schema.sql import parse_schema, read_schema
from llmgen.schema.sql.tokens import Source, statements

pytestmark = pytest.mark.postgres

HERE = Path(__file__).parent
HARD = HERE / "hard_postgres.sql"
REAL = [HERE / "real" / name / "schema.sql" for name in (
    "adventureworks", "bytebase", "graphile_starter", "guacamole_pg", "killbill_pg", "sakila_pg", "snaplet_pg",
)]  # fmt: skip
MADE = [HERE / "prisma" / f"{name}.postgres.sql" for name in ("boxyhq", "hoppscotch", "relations", "schemas")]
FILES = [*REAL, *MADE, HERE / "every_construct.sql", HARD]
KILL_BILL = REAL[4]
ELSEWHERE = {"copy", "grant", "revoke"}
"""Statements that need data or roles, and shape no table."""


@pytest.fixture(params=FILES, ids=lambda path: path.parent.name if path in REAL else path.stem.split(".")[0])
def file(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


@pytest.fixture(scope="module")
def hard() -> Iterator[Schema]:
    url = postgres_url()
    if url is None:
        pytest.skip(NONE_FOUND)
    with fresh_database(url) as database, psycopg.connect(database, autocommit=True) as connection:
        load(connection, HARD.read_text("utf-8"))
        yield read_live(url_of(connection))


def load(connection: psycopg.Connection, text: str, *, event_triggers: bool = False) -> None:
    """Runs the statements of a file one by one, as psql does."""
    for tokens in statements(Source(text)):
        words = [token.text for token in tokens if token.kind == "word"]
        owner = words[:1] == ["alter"] and ("owner to" in " ".join(words) or words[1] == "default")
        programmed = words[:3] == ["create", "event", "trigger"] and not event_triggers
        if tokens[0].kind != "meta" and words[0] not in ELSEWHERE and not owner and not programmed:
            connection.execute(text[tokens[0].start : tokens[-1].end].encode())


def url_of(connection: psycopg.Connection, password: str = "") -> str:
    info = connection.info
    secret = quote(password or info.password, safe="")
    return f"postgresql://{quote(info.user)}:{secret}@{info.host}:{info.port}/{quote(info.dbname)}"


def dump(connection: psycopg.Connection) -> str:
    if shutil.which("pg_dump") is None:
        pytest.skip("no pg_dump on this machine")
    command = ["pg_dump", "--schema-only", f"--dbname={url_of(connection)}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=os.environ)
    if "server version mismatch" in done.stderr:
        pytest.skip("pg_dump is older than the server")
    assert done.returncode == 0, done.stderr
    return done.stdout


def assert_same(text: Schema, live: Schema) -> None:
    said, found = (json.dumps(schema.identity, indent=1, sort_keys=True).splitlines() for schema in (text, live))
    assert text == live, "\n".join(difflib.unified_diff(said, found, "text", "server", lineterm=""))
    assert text.fingerprint() == live.fingerprint()


def test_a_server_says_what_the_text_says(postgres: psycopg.Connection, file: Path) -> None:
    load(postgres, file.read_text("utf-8"))
    live = read_live(url_of(postgres))
    assert_same(read_schema(file), live)
    assert_same(parse_schema(dump(postgres)), live)


def test_an_event_trigger_is_a_program_that_the_text_names(postgres: psycopg.Connection) -> None:
    """Kill Bill's widens each serial as its table is made: a text cannot say that, and says so."""
    load(postgres, KILL_BILL.read_text("utf-8"), event_triggers=True)
    text, live = read_schema(KILL_BILL), read_live(url_of(postgres))
    wider = json.loads(json.dumps(live.identity))
    for table in wider["tables"].values():
        for column in table["columns"]:
            if column.get("generated") == "identity":
                assert column["type"].pop("bits") == 64
                column["type"]["bits"] = 32
    assert wider == text.identity
    assert any("event trigger" in clause.why and clause.constrains for clause in text.ignored)


def test_names_are_found_whatever_they_hold(hard: Schema) -> None:
    odd = hard.table('T, (x) "y" %s')
    assert [column.name for column in odd.columns][:7] == ["a, b", "c)", "%s", 'q"q', "d:e", "f.g", "Ünïcödé"]
    assert odd.schema == "My Schema"
    assert odd.primary_key == ("a, b", "c)")
    assert odd.column("a, b").comment == "It's\ntwo lines"
    assert odd.comment == "%s :x"
    element = odd.column("f.g").type.element
    assert element is not None
    assert element.labels == ("%s", ":x", '"')
    key = ForeignKey(("y", "x"), odd.name, ("c)", "a, b"), "set null", name="fk, (1)")
    assert hard.table("a.b").foreign_keys == (key,)


def test_one_bare_name_in_two_schemas(hard: Schema) -> None:
    home, crm = hard.table("account"), hard.table("crm.account")
    assert home.column("state").type.labels == ("new", "it's", "ünï", "a,b", "")
    assert crm.column("state").type.labels == home.column("other").type.labels == ("open", "lost", "closed")
    assert crm.column("other").type == home.column("state").type
    keys = {key.columns: (key.table, key.on_delete, key.deferrable) for key in crm.foreign_keys}
    assert keys == {("parent",): ("crm.account", "cascade", True), ("home",): ("account", "restrict", False)}


def test_exclusions_and_partial_uniques(hard: Schema) -> None:
    once, apart = hard.table("bookings").excludes
    assert once == Exclude((("room", "="), ('"From"', "<>")), None, "Not Twice")
    assert apart.elements == (("room", "="), ('daterange("From", until)', "&&"))
    assert apart.where is not None
    by_name = {unique.name: unique for unique in hard.table("crm.account").uniques}
    assert by_name["one_null"].nulls_distinct is False
    assert (by_name["one_state"].columns, len(by_name["one_state"].expressions)) == ((), 2)
    (partial,) = (unique for unique in hard.table('T, (x) "y" %s').uniques if unique.where)
    assert (partial.columns, len(partial.expressions)) == (("c)",), 1)


def test_what_may_refuse_rows_unseen_is_said(hard: Schema) -> None:
    said = {(clause.text.split(":")[0], clause.why.split(":")[0]) for clause in hard.ignored if clause.constrains}
    assert said == {
        ("public.events", "a trigger may change or refuse rows"),
        ("public.people", "a trigger may change or refuse rows"),
        ("public.pairs", "a rewrite rule may change or refuse rows"),
        ("public.pairs", "MATCH FULL"),
        ("TABLE public.goods", "column amounts"),
        ("TABLE public.events_2024_a", "a partition of events_2024"),
    }
    assert {clause.line for clause in hard.ignored} == {0}
    storage = {clause.text for clause in hard.ignored if "storage" in clause.why}
    assert storage == {f"TABLE public.{name}" for name in ("events_2024", "events_2024_a", "events_rest", "pensioners")}


def test_functions_of_one_expression_come_along(hard: Schema) -> None:
    assert [function.name for function in hard.functions] == ["luhn", "crm.is_short"]


def test_an_heir_grows_with_its_parent(postgres: psycopg.Connection) -> None:
    text = """CREATE TABLE people (id serial PRIMARY KEY, name text NOT NULL CHECK (name <> ''));
        CREATE TABLE workers (salary integer) INHERITS (people);
        ALTER TABLE people ADD COLUMN born date NOT NULL DEFAULT '2000-01-01';"""
    load(postgres, text)
    live = read_live(url_of(postgres))
    assert_same(parse_schema(text), live)
    assert list(live.table("workers").by_name) == ["id", "name", "salary", "born"]


def test_an_heir_has_no_check_that_its_parent_keeps_for_itself(postgres: psycopg.Connection) -> None:
    load(
        postgres,
        """CREATE TABLE people (age int CHECK (age > 0), CONSTRAINT own CHECK (age < 99) NO INHERIT);
        CREATE TABLE workers (salary int) INHERITS (people);""",
    )
    live = read_live(url_of(postgres))
    assert [check.name for check in live.table("people").checks] == ["own", "people_age_check"]
    assert [check.name for check in live.table("workers").checks] == ["people_age_check"]


def test_a_table_without_columns_holds_nothing(postgres: psycopg.Connection) -> None:
    load(postgres, "CREATE TABLE bare (); CREATE TABLE t (id int);")
    live = read_live(url_of(postgres))
    assert list(live.by_name) == ["t"]
    assert live.ignored == (Ignored(0, "TABLE public.bare", "a table without columns holds nothing", False),)


def test_a_trigger_that_is_off_refuses_nothing(postgres: psycopg.Connection) -> None:
    load(
        postgres,
        """CREATE TABLE t (id int); CREATE RULE no AS ON UPDATE TO t DO INSTEAD NOTHING;
        CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
        CREATE TRIGGER off BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();""",
    )
    assert len(read_live(url_of(postgres)).ignored) == 2
    load(postgres, "ALTER TABLE t DISABLE TRIGGER off; ALTER TABLE t DISABLE RULE no;")
    assert read_live(url_of(postgres)).ignored == ()


def test_tables_of_extensions_and_views_are_none_of_ours(postgres: psycopg.Connection) -> None:
    if not postgres.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'citext'").fetchone():
        pytest.skip("no extension citext on this server")
    load(
        postgres,
        """CREATE EXTENSION citext; CREATE TABLE theirs (id int); ALTER EXTENSION citext ADD TABLE theirs;
        CREATE TABLE ours (id int); CREATE VIEW seen AS SELECT * FROM ours;
        CREATE MATERIALIZED VIEW kept AS SELECT * FROM ours; CREATE TEMPORARY TABLE passing (id int);""",
    )
    assert list(read_live(url_of(postgres)).by_name) == ["ours"]


SHOP = """CREATE SCHEMA shop; CREATE SCHEMA empty;
    CREATE TABLE users (id int PRIMARY KEY);
    CREATE TABLE shop.orders (id int PRIMARY KEY, user_id int REFERENCES users);
    CREATE TABLE shop.lines (order_id int REFERENCES shop.orders, no int);"""


@pytest.mark.parametrize(
    ("schemas", "tables", "left"),
    [
        ((), (), ["users", "lines", "orders"]),
        (("shop",), (), ["lines", "orders"]),
        ((), ("*s",), ["users", "lines", "orders"]),
        ((), ("shop.*",), ["lines", "orders"]),
        (("shop", "public"), ("user*", "line?"), ["users", "lines"]),
    ],
)
def test_schemas_and_tables_are_chosen(
    postgres: psycopg.Connection, schemas: tuple[str, ...], tables: tuple[str, ...], left: list[str]
) -> None:
    load(postgres, SHOP)
    found = read_live(url_of(postgres), schemas, tables)
    assert list(found.by_name) == left
    lost = [clause for clause in found.ignored if clause.constrains]
    references = {"orders": "users", "lines": "orders"}
    assert len(lost) == sum(of in left and to not in left for of, to in references.items())
    assert all("is not in this schema" in clause.why or "was not chosen" in clause.why for clause in lost)


@pytest.mark.parametrize(
    ("schemas", "tables", "said"),
    [
        (("shop", "warehouse"), (), "there is no schema warehouse"),
        (("empty",), (), "no tables in empty"),
        ((), ("order",), "no table matches order"),
    ],
)
def test_what_is_not_there_is_an_error(
    postgres: psycopg.Connection, schemas: tuple[str, ...], tables: tuple[str, ...], said: str
) -> None:
    load(postgres, SHOP)
    with pytest.raises(InputError) as error:
        read_live(url_of(postgres, password="hush-hush"), schemas, tables)
    assert said in error.value.message
    assert "hush-hush" not in f"{error.value.message}{error.value.hint}"
    assert error.value.hint


def test_a_check_that_cannot_be_read_is_said(postgres: psycopg.Connection) -> None:
    load(postgres, "CREATE TABLE nets (id int, ip inet CONSTRAINT inside CHECK (ip <<= '10.0.0.0/8'));")
    (lost,) = read_live(url_of(postgres)).ignored
    assert lost == Ignored(0, lost.text, "the expression could not be parsed")
    assert lost.text.startswith("public.nets: CHECK inside ((ip <<= '10.0.0.0/8'::inet))")


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_the_number_of_queries_does_not_grow_with_the_tables(postgres: psycopg.Connection) -> None:
    table = "CREATE TABLE {0} (id int PRIMARY KEY, other int UNIQUE REFERENCES {0}, note text CHECK (note <> ''));"
    load(postgres, table.format("t"))
    with counted() as few:
        read_live(url_of(postgres))
    load(postgres, "".join(f"CREATE SCHEMA s{n}; {table.format(f's{n}.t{n}')}" for n in range(30)))
    with counted() as many:
        assert len(read_live(url_of(postgres)).tables) == 31
    assert len(few) == len(many) < 25


def test_reading_changes_nothing_and_needs_no_right_to_the_rows(postgres: psycopg.Connection) -> None:
    load(postgres, SHOP)
    role = f"llmgen_reader_{postgres.info.dbname[-8:]}"
    postgres.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'pass:w/rd@%'".encode())
    try:
        url = url_of(postgres).replace(f"//{postgres.info.user}:", f"//{role}:")
        try:
            found = read_live(url.replace(f"{role}:@", f"{role}:pass%3Aw%2Frd%40%25@"))
        except DatabaseError as error:
            pytest.skip(f"this server lets no new role in: {error.message}")
        assert list(found.by_name) == ["users", "lines", "orders"]
    finally:
        postgres.execute(f"DROP ROLE {role}".encode())
