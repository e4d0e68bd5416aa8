"""What migrations do to what is there already: each text means what the second one declares outright."""

import pytest

from llmgen.schema.model import Ignored, Schema
from llmgen.schema.sql import parse_schema

RENAMED_TYPES = {
    "an enum that Prisma makes again": (
        """CREATE TYPE "Role" AS ENUM ('a', 'b');
        CREATE TABLE "User" (id text, role "Role" NOT NULL, all_of "Role"[]);
        CREATE TYPE "Role_new" AS ENUM ('b', 'c');
        ALTER TABLE "User" ALTER COLUMN role TYPE "Role_new" USING (role::text::"Role_new");
        ALTER TYPE "Role" RENAME TO "Role_old";
        ALTER TYPE "Role_new" RENAME TO "Role";
        CREATE TABLE later (role "Role");""",
        """CREATE TYPE old AS ENUM ('a', 'b'); CREATE TYPE new AS ENUM ('b', 'c');
        CREATE TABLE "User" (id text, role new NOT NULL, all_of old[]); CREATE TABLE later (role new);""",
    ),
    "the old one first": (
        """CREATE TYPE k AS ENUM ('a'); CREATE TABLE t (k k, old k);
        ALTER TYPE k RENAME TO k_old; CREATE TYPE k AS ENUM ('b'); ALTER TABLE t ALTER COLUMN k TYPE k;""",
        "CREATE TYPE a AS ENUM ('a'); CREATE TYPE b AS ENUM ('b'); CREATE TABLE t (k b, old a);",
    ),
    "a type in another schema": (
        """CREATE SCHEMA o; CREATE TYPE k AS ENUM ('a'); CREATE TABLE t (k k); ALTER TYPE k SET SCHEMA o;
        ALTER TYPE o.k ADD VALUE 'b'; CREATE TABLE u (k o.k);""",
        "CREATE TYPE k AS ENUM ('a', 'b'); CREATE TABLE t (k k); CREATE TABLE u (k k);",
    ),
    "a domain and its check": (
        """CREATE DOMAIN small AS int CONSTRAINT low CHECK (VALUE > 0) CONSTRAINT high CHECK (VALUE < 9);
        CREATE DOMAIN smaller AS small; CREATE TABLE t (a small, b smaller);
        ALTER DOMAIN small RENAME CONSTRAINT high TO top; ALTER DOMAIN small RENAME TO tiny;
        ALTER DOMAIN tiny DROP CONSTRAINT top; CREATE TABLE u (a tiny);""",
        "CREATE TABLE t (a int CHECK (a > 0), b int CHECK (b > 0)); CREATE TABLE u (a int CHECK (a > 0));",
    ),
}
CASCADES = {
    "a primary key takes the references to it": (
        """CREATE TABLE a (id int PRIMARY KEY, code text UNIQUE);
        CREATE TABLE b (a_id int REFERENCES a, code text REFERENCES a (code));
        ALTER TABLE a DROP CONSTRAINT a_pkey CASCADE, ADD COLUMN u uuid PRIMARY KEY;""",
        """CREATE TABLE a (id int NOT NULL, code text UNIQUE, u uuid PRIMARY KEY);
        CREATE TABLE b (a_id int, code text REFERENCES a (code));""",
    ),
    "a column takes the references to it": (
        """CREATE TABLE a (id int PRIMARY KEY, code text UNIQUE);
        CREATE TABLE b (a_id int REFERENCES a, code text REFERENCES a (code));
        ALTER TABLE a DROP COLUMN code CASCADE;""",
        "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a_id int REFERENCES a, code text);",
    ),
    "two uniques over one column: the reference may hold on to the other": (
        """CREATE TABLE a (id int PRIMARY KEY, CONSTRAINT twice UNIQUE (id)); CREATE TABLE b (a int REFERENCES a);
        ALTER TABLE a DROP CONSTRAINT twice CASCADE;""",
        "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a int REFERENCES a);",
    ),
    "a table that is made again": (
        """CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a int REFERENCES a); DROP TABLE a CASCADE;
        CREATE TABLE a (id text PRIMARY KEY);""",
        "CREATE TABLE b (a int); CREATE TABLE a (id text PRIMARY KEY);",
    ),
    "types take their columns": (
        """CREATE TYPE e AS ENUM ('x'); CREATE DOMAIN d AS int CHECK (VALUE > 0);
        CREATE TABLE t (id int, e e, d d, UNIQUE (e, id)); DROP TYPE e CASCADE; DROP DOMAIN d CASCADE;""",
        "CREATE TABLE t (id int);",
    ),
    "a schema takes all in it": (
        """CREATE SCHEMA s; CREATE TYPE s.e AS ENUM ('x'); CREATE TABLE s.a (id int PRIMARY KEY);
        CREATE TABLE t (a int REFERENCES s.a, e s.e); DROP SCHEMA s CASCADE;""",
        "CREATE TABLE t (a int);",
    ),
}
NAMES = {
    "an index of another name is dropped by it": (
        "CREATE TABLE t (a int); CREATE UNIQUE INDEX i ON t (a); ALTER INDEX i RENAME TO j; DROP INDEX j;",
        "CREATE TABLE t (a int);",
    ),
    "a constraint is renamed by its index": (
        """CREATE TABLE t (a int CONSTRAINT k UNIQUE, b int PRIMARY KEY); ALTER INDEX k RENAME TO l;
        ALTER INDEX IF EXISTS t_pkey RENAME TO key; ALTER TABLE t DROP CONSTRAINT l, DROP CONSTRAINT key;""",
        "CREATE TABLE t (a int, b int NOT NULL);",
    ),
    "a schema of another name": (
        """CREATE SCHEMA s; CREATE TYPE s.e AS ENUM ('x'); CREATE TABLE s.t (id int PRIMARY KEY, e s.e);
        CREATE TABLE u (t int REFERENCES s.t); ALTER SCHEMA s RENAME TO r; ALTER TABLE r.t ADD COLUMN f r.e;""",
        """CREATE TYPE e AS ENUM ('x'); CREATE TABLE r.t (id int PRIMARY KEY, e e, f e);
        CREATE TABLE u (t int REFERENCES r.t);""",
    ),
    "SET SCHEMA and RESET say where names go": (
        "SET SCHEMA 'app'; CREATE TABLE t (id int); RESET search_path; CREATE TABLE u (id int);",
        "CREATE TABLE app.t (id int); CREATE TABLE u (id int);",
    ),
    "a column in two parentheses": (
        'CREATE TABLE t ("A b" text NOT NULL); CREATE UNIQUE INDEX ON t (("A b")); CREATE UNIQUE INDEX ON t ((true));',
        'CREATE TABLE t ("A b" text NOT NULL UNIQUE); CREATE UNIQUE INDEX ON t ((true));',
    ),
    "where an inline key's index is kept": (
        """CREATE TABLE t (a int PRIMARY KEY USING INDEX TABLESPACE fast,
            b int UNIQUE USING INDEX TABLESPACE fast NOT NULL);""",
        "CREATE TABLE t (a int PRIMARY KEY, b int NOT NULL UNIQUE);",
    ),
    "a reference that may wait from now on": (
        """CREATE TABLE t (a int PRIMARY KEY, b int CONSTRAINT b REFERENCES t,
            c int CONSTRAINT c REFERENCES t DEFERRABLE);
        ALTER TABLE t ALTER CONSTRAINT b DEFERRABLE INITIALLY DEFERRED, ALTER CONSTRAINT c NOT DEFERRABLE;""",
        "CREATE TABLE t (a int PRIMARY KEY, b int REFERENCES t INITIALLY DEFERRED, c int REFERENCES t);",
    ),
    "an heir that leaves its parent": (
        """CREATE TABLE a (x int CHECK (x > 0)); CREATE TABLE b () INHERITS (a); ALTER TABLE a ADD COLUMN y text;
        ALTER TABLE b NO INHERIT a; ALTER TABLE a ADD COLUMN z text;""",
        "CREATE TABLE a (x int CHECK (x > 0), y text, z text); CREATE TABLE b (x int CHECK (x > 0), y text);",
    ),
    "a function that is replaced": (
        """CREATE FUNCTION ok(a int) RETURNS boolean LANGUAGE sql AS 'SELECT a > 1';
        CREATE FUNCTION ok(a int, b int) RETURNS boolean LANGUAGE sql AS 'SELECT a > b';
        CREATE OR REPLACE FUNCTION ok(a int) RETURNS boolean LANGUAGE sql AS 'SELECT a > 2';
        CREATE TABLE t (a int CHECK (ok(a)), b int CHECK (ok(a, b)));""",
        """CREATE FUNCTION ok(a int) RETURNS boolean LANGUAGE sql AS 'SELECT a > 2';
        CREATE FUNCTION ok(a int, b int) RETURNS boolean LANGUAGE sql AS 'SELECT a > b';
        CREATE TABLE t (a int CHECK (ok(a)), b int CHECK (ok(a, b)));""",
    ),
    "JSON in a domain, as the server writes it": (
        """CREATE DOMAIN tags AS jsonb; CREATE DOMAIN raw AS bytea; CREATE TABLE t (
            tags tags CHECK (((tags)::jsonb ->> 'owner'::text) <> ''::text),
            raw raw CHECK (length((raw)::bytea) > 1));""",
        "CREATE TABLE t (tags jsonb CHECK (tags ->> 'owner' <> ''), raw bytea CHECK (length(raw) > 1));",
    ),
}
CASES = {**RENAMED_TYPES, **CASCADES, **NAMES}


def read(text: str) -> Schema:
    return parse_schema(text, dialect="postgres")


@pytest.mark.parametrize("case", CASES)
def test_what_is_left_in_the_end(case: str) -> None:
    said, meant = map(read, CASES[case])
    assert said.identity == meant.identity
    assert not [clause for clause in said.ignored if clause.constrains]


def test_a_body_that_cannot_be_read_replaces_one_that_was() -> None:
    said = read(
        """CREATE FUNCTION ok(a int) RETURNS boolean LANGUAGE sql AS 'SELECT a > 1';
        CREATE OR REPLACE FUNCTION ok(a int) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN a > 2; END';
        CREATE TABLE t (a int CHECK (ok(a)));"""
    )
    assert said.functions == ()


def refused(text: str) -> list[Ignored]:
    return [clause for clause in read(text).ignored if clause.constrains]


def test_triggers_are_said_of_tables_that_have_them() -> None:
    table = "CREATE TABLE t (id int); CREATE VIEW v AS SELECT * FROM t;"
    trigger = "CREATE TRIGGER {} BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();"
    (left,) = refused(f"{table} {trigger.format('gone')} {trigger.format('stays')} DROP TRIGGER gone ON t;")
    assert "TRIGGER stays" in left.text
    assert not refused(f"{table} CREATE TRIGGER x INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION f();")
    assert not refused(f"CREATE TABLE u (id int); {table} {trigger.format('x')} DROP TABLE t CASCADE;")
    assert refused("CREATE TABLE u (id int); CREATE TRIGGER x BEFORE INSERT ON t EXECUTE FUNCTION f();")


def test_a_trigger_on_a_partition_alone_is_said() -> None:
    parts = "CREATE TABLE t (id int) PARTITION BY LIST (id); CREATE TABLE p PARTITION OF t DEFAULT;"
    assert refused(f"{parts} CREATE TRIGGER x BEFORE INSERT ON p FOR EACH ROW EXECUTE FUNCTION f();")


def test_a_table_that_need_not_exist_is_not_missed() -> None:
    assert not refused("CREATE TABLE t (id int); ALTER TABLE IF EXISTS u ADD COLUMN x int;")
    assert refused("CREATE TABLE t (id int); ALTER TABLE u ADD COLUMN x int;")


def test_a_wrapper_of_foreign_data_constrains_nothing() -> None:
    assert not refused(
        "CREATE TABLE t (id int); CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;"
    )


def test_a_reference_that_is_no_longer_enforced_is_gone() -> None:
    text = "CREATE TABLE t (a int PRIMARY KEY, b int CONSTRAINT fk REFERENCES t); ALTER TABLE t ALTER CONSTRAINT fk {};"
    schema = read(text.format("NOT ENFORCED"))
    assert schema.table("t").foreign_keys == ()
    assert [clause.why for clause in schema.ignored] == ["the database does not enforce it"]
    assert read(text.format("NOT DEFERRABLE")).table("t").foreign_keys
