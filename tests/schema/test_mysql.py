"""Every construct of MySQL's and MariaDB's DDL that a table may have, and what stands beside tables."""

from pathlib import Path

import pytest

from llmgen.schema.model import Check, ForeignKey, Schema, Table, Unique
from llmgen.schema.sql import parse_schema, read_schema
from llmgen.schema.sql.mysql_create import ACTS_AFTER, MAY_CHANGE

SCHEMA = read_schema(Path(__file__).with_name("every_mysql.sql"))


def clean(text: str) -> Schema:
    """The schema of a text all of which is understood."""
    schema = parse_schema(text, dialect="mysql")
    assert [item for item in schema.ignored if item.constrains] == []
    return schema


def one(columns: str, after: str = "") -> Table:
    return clean(f"CREATE TABLE t ({columns}){after};").table("t")


def test_all_tables_are_read_in_order() -> None:
    assert list(SCHEMA.by_name) == [
        "numbers", "texts", "Moments", "parents", "children", "renamed_table", "uniques", "checks", "versions", "rooms",
        "measured", "by_key", "by_list", "by_columns", "copied", "other_children", "numbered", "changing",
    ]  # fmt: skip
    assert {table.schema for table in SCHEMA.tables} == {None}
    assert SCHEMA.dialect == "mysql"


def test_comments_are_kept() -> None:
    numbers = SCHEMA.table("numbers")
    assert numbers.comment == "all sorts of 'numbers', and a `tick`"
    assert numbers.column("id").comment == "the row's; number, \"quoted\" \\ 'again'"
    assert one("a int COMMENT 'in ' 'parts'", " COMMENT = 'so' ' too'").comment == "so too"


def test_defaults() -> None:
    table = one("""a int DEFAULT 1, b int DEFAULT NULL, c varchar(9) DEFAULT 'it''s, (NOT NULL' NOT NULL,
        d bit DEFAULT b'1', e timestamp DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
        f char(36) DEFAULT (uuid()) COMMENT 'x', g datetime(3) DEFAULT now(3) NOT NULL, h int DEFAULT (NULL),
        i int DEFAULT -1 CHECK (i < 5), j int DEFAULT (1 + 2), k json DEFAULT (json_array()),
        l varchar(9) DEFAULT 'x' COLLATE utf8mb4_bin, m int DEFAULT '0' UNIQUE""")
    assert {column.name: column.default for column in table.columns} == {
        "a": "1", "b": None, "c": "'it''s, (NOT NULL'", "d": "b'1'", "e": "CURRENT_TIMESTAMP()", "f": "UUID()",
        "g": "now(3)", "h": None, "i": "-1", "j": "1 + 2", "k": "json_array()", "l": "'x'", "m": "'0'",
    }  # fmt: skip
    assert [column.name for column in table.columns if not column.nullable] == ["c", "g"]


def test_keys_and_uniques() -> None:
    table = SCHEMA.table("uniques")
    assert table.primary_key == ("d", "F")
    assert table.uniques == (
        Unique(("d",), expressions=("LEFT(F, 12)",), name="PRIMARY"),
        Unique(("a",), name="a"),
        Unique((), expressions=("LEFT(a, 5)",), name="short"),
        Unique(("d",), expressions=("LEFT(b, 20)", "LEFT(c, 4)"), name="both"),
        Unique(("b",), name="b"),
        Unique(("d", "e"), name="other_name"),
        Unique(("e",), name="e"),
        Unique(("e", "a"), name="commented"),
        Unique(("e",), expressions=("LEFT(b, 7)",), name="more"),
    )


def test_uniques_without_a_name_are_called_after_their_first_column() -> None:
    table = one("a int UNIQUE, b int, UNIQUE (a, b), UNIQUE `first` (a), UNIQUE (A), UNIQUE ((a + b))")
    assert [unique.name for unique in table.uniques] == ["a", "a_2", "first", "a_3", "functional_index"]
    table = one("type int, using_ int, UNIQUE type (type), UNIQUE KEY TYPE BTREE (using_), UNIQUE x USING HASH (type)")
    assert [unique.name for unique in table.uniques] == ["type", "using_", "x"]


def test_references() -> None:
    assert SCHEMA.table("children").foreign_keys == (
        ForeignKey(("parent",), "parents", ("id",), "cascade", name="children_ibfk_1"),
        ForeignKey(("tenant", "number"), "parents", ("tenant", "number"), "set null", name="to_parent"),
        ForeignKey(("code",), "parents", ("code",), name="children_ibfk_2"),
        ForeignKey(("later",), "renamed_table", ("id",), name="children_ibfk_3"),
        ForeignKey(("self",), "children", ("id",), "cascade", name="self_fk"),
    )
    assert SCHEMA.table("other_children").foreign_keys == ()


def test_references_without_columns_and_with_other_actions() -> None:
    schema = clean("""CREATE TABLE `shop`.`a` (id int PRIMARY KEY);
        CREATE TABLE `shop`.`b` (a int, c int REFERENCES a, FOREIGN KEY (a) REFERENCES `shop`.`a` (`id`)
        MATCH FULL ON UPDATE SET NULL ON DELETE SET DEFAULT);""")
    assert schema.table("b").foreign_keys == (
        ForeignKey(("c",), "a", ("id",), name="b_ibfk_1"),
        ForeignKey(("a",), "a", ("id",), "set default", name="b_ibfk_2"),
    )


def test_a_reference_to_nowhere_is_said() -> None:
    schema = parse_schema("CREATE TABLE t (id int, FOREIGN KEY (id) REFERENCES gone (id)) ENGINE=InnoDB")
    assert [item.why for item in schema.ignored] == ["its target gone is not in this schema"]


def test_checks() -> None:
    table = one("""a int CHECK (a > 0), b int CONSTRAINT named CHECK (b > 1), CHECK (A < b), CONSTRAINT CHECK (b < 9),
        CONSTRAINT `off` CHECK (a < 3) NOT ENFORCED, CONSTRAINT `on` CHECK (a < 4) ENFORCED""")
    assert table.checks == (
        Check("a > 0", ("a",), "t_chk_1"),
        Check("b > 1", ("b",), "named"),
        Check("a < b", ("a", "b"), "t_chk_2"),
        Check("b < 9", ("b",), "t_chk_3"),
        Check("a < 4", ("a",), "on"),
    )


def test_a_check_that_is_not_enforced_constrains_nothing_and_is_said() -> None:
    schema = parse_schema("CREATE TABLE t (a int, CHECK (a > 0) /*!80016 NOT ENFORCED */) ENGINE=InnoDB")
    assert schema.table("t").checks == ()
    assert [(item.text, item.why, item.constrains) for item in schema.ignored] == [
        ("CHECK (a > 0) NOT ENFORCED", "the database does not enforce it", False)
    ]


@pytest.mark.parametrize(
    "start", ["REPLACE(s, 'a', 'b') <> s", "TRUNCATE(a, 1) = a", "INSERT(s, 1, 2, 'x') = s", "IF(a, 1, 0)"]
)
def test_a_check_may_begin_with_a_function_called_like_a_statement(start: str) -> None:
    assert len(one(f"a int, s varchar(9), CHECK ({start})").checks) == 1


def test_computed_columns() -> None:
    table = SCHEMA.table("checks")
    computed = {c.name: (c.generated, c.expression, c.written) for c in table.columns if c.generated}
    assert computed == {
        "double_a": ("virtual", "a * 2", False),
        "b2": ("stored", "b + 1", False),
        "full": ("stored", "CONCAT(status, ' ', COALESCE(note, ''))", False),
        "y": ("virtual", "YEAR(since)", False),
    }
    later = one("a int, b int GENERATED ALWAYS AS (a + 1) NOT NULL STORED COMMENT 'x', c int AS (a) UNIQUE VIRTUAL")
    assert [(c.generated, c.nullable) for c in later.columns] == [("", True), ("stored", False), ("virtual", True)]


def test_what_the_server_writes_about_versions_is_not_ours() -> None:
    versions = SCHEMA.table("versions")
    assert [(c.name, c.generated, c.nullable) for c in versions.columns if c.generated] == [
        ("started", "stored", False), ("ended", "stored", False),
    ]  # fmt: skip
    assert versions.primary_key == ("x",)
    assert SCHEMA.table("rooms").checks == (Check("since < till", ("since", "till"), "stay"),)


def test_attributes_come_in_any_order_and_many_say_nothing_of_rows() -> None:
    table = one("""`id` int(11) unsigned COMMENT 'x' AUTO_INCREMENT NOT NULL COLUMN_FORMAT FIXED STORAGE DISK KEY,
        a varchar(9) INVISIBLE NOT NULL UNIQUE KEY DEFAULT 'x' COLLATE utf8mb4_bin, b text COMPRESSED, c int VISIBLE,
        d point NOT NULL SRID 4326, e int ENGINE_ATTRIBUTE = '{}' ENCRYPTED=YES, f int WITHOUT SYSTEM VERSIONING""")
    assert table.primary_key == ("id",)
    assert [unique.columns for unique in table.uniques] == [("a",)]
    assert table.column("id").generated == "identity"
    assert not table.column("a").type.folds


def test_what_is_not_understood_of_a_column_is_said_and_the_rest_is_read() -> None:
    schema = parse_schema("CREATE TABLE t (a int FROBNICATED NOT NULL, b int, c int XYZ 5 UNIQUE) ENGINE=InnoDB")
    assert [(item.text, item.why) for item in schema.ignored] == [
        ("FROBNICATED", "column a: 'FROBNICATED' is not understood"), ("XYZ 5", "column c: 'XYZ' is not understood"),
    ]  # fmt: skip
    assert not schema.table("t").column("a").nullable
    assert [unique.columns for unique in schema.table("t").uniques] == [("c",)]


def test_names_of_any_kind() -> None:
    table = one("""`a``b` int, `select` int, Begin datetime, end datetime, event int, 2fa varchar(9), `tab le` int,
        key_ int, comment text, `ünï` int, PRIMARY KEY (`A``B`), UNIQUE (`TAB LE`, 2FA), CHECK (`select` > 1),
        CHECK (End > begin)""")
    assert list(table.by_name) == [
        "a`b", "select", "Begin", "end", "event", "2fa", "tab le", "key_", "comment", "ünï",
    ]  # fmt: skip
    assert table.primary_key == ("a`b",)
    assert table.uniques[0].columns == ("tab le", "2fa")
    assert [check.columns for check in table.checks] == [("select",), ("end", "Begin")]


def test_semicolons_in_tables_called_like_routines_end_their_statements() -> None:
    schema = clean(
        "CREATE TABLE event (begin datetime); CREATE TABLE function (id int); CREATE TABLE x (trigger_ int);"
    )
    assert list(schema.by_name) == ["event", "function", "x"]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT 1 AS x",
        "AS SELECT 1 AS x",
        "LIKE_ AS (SELECT 1 AS x)",
        "ENGINE=InnoDB IGNORE AS SELECT 1 AS x",
        "(SELECT 1 AS x)",
    ],
)
def test_a_table_made_of_a_query_is_said(query: str) -> None:
    schema = parse_schema(f"CREATE TABLE a (id int); CREATE TABLE t {query};", dialect="mysql")
    assert [item.why for item in schema.ignored] == ["the columns of the table are not written here"]


def test_columns_that_a_query_adds_are_said() -> None:
    schema = parse_schema("CREATE TABLE t (id int) ENGINE=InnoDB PARTITION BY HASH (id) AS SELECT 1 AS x;")
    assert [(item.text, item.why) for item in schema.ignored] == [
        ("SELECT 1 AS x", "the columns that a query adds are not read")
    ]
    assert list(schema.table("t").by_name) == ["id"]


def test_a_table_may_be_replaced() -> None:
    schema = clean("CREATE TABLE t (a int); CREATE OR REPLACE TABLE t (b int); CREATE TABLE IF NOT EXISTS t (c int);")
    assert list(schema.table("t").by_name) == ["b"]


def test_a_table_of_a_second_database_with_the_same_name_is_said() -> None:
    schema = parse_schema("CREATE TABLE `a`.`t` (id int); CREATE TABLE `b`.`t` (no int);", dialect="mysql")
    assert [(item.line, item.why) for item in schema.ignored] == [(1, "table t is declared already")]


def test_like_copies_all_but_references() -> None:
    copied, source = SCHEMA.table("copied"), SCHEMA.table("checks")
    assert (copied.columns, copied.checks, copied.uniques) == (source.columns, source.checks, source.uniques)


@pytest.mark.parametrize(
    ("statement", "why", "constrains"),
    [
        ("CREATE VIEW v AS SELECT 1", "a view holds no rows of its own", False),
        ("CREATE DEFINER=`a`@`%` SQL SECURITY INVOKER VIEW v AS SELECT 1", "a view holds no rows of its own", False),
        ("CREATE TRIGGER `db`.`x` BEFORE UPDATE ON `db`.`t` FOR EACH ROW SET NEW.a = 1", MAY_CHANGE, True),
        ("CREATE DEFINER=CURRENT_USER() TRIGGER IF NOT EXISTS x AFTER DELETE ON t FOR EACH ROW x", ACTS_AFTER, False),
        ("CREATE AGGREGATE FUNCTION f RETURNS int SONAME 'x.so'", "a routine constrains no rows", False),
        ("CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM t", "a routine constrains no rows", False),
        ("CREATE TEMPORARY TABLE x (id int)", "a temporary table", False),
        ("CREATE WIDGET x", "this CREATE is not understood", True),
        ("EXECUTE stmt", "a statement that is put together only when it runs is not read", True),
        ("SOURCE other.sql", "the file that it includes is not read: give a folder, or all in one file", True),
        ("ALTER TABLE nowhere ADD x int", "there is no table nowhere", True),
        ("ALTER TABLE nowhere DROP FOREIGN KEY x", "there is no table nowhere", False),
        ("CREATE UNIQUE INDEX i ON nowhere (x)", "there is no table nowhere", True),
        ("FROB", "the statement is not understood", True),
    ],
)  # fmt: skip
def test_what_is_not_a_table_is_named(statement: str, why: str, constrains: bool) -> None:
    schema = parse_schema(f"CREATE TABLE t (a int);\n{statement};", dialect="mysql")
    assert [(item.line, item.why, item.constrains) for item in schema.ignored] == [(2, why, constrains)]


@pytest.mark.parametrize(
    "statement",
    [
        "SET NAMES utf8mb4", "USE `shop`", "LOCK TABLES `t` WRITE", "UNLOCK TABLES", "TRUNCATE t", "FLUSH TABLES",
        "GRANT ALL ON *.* TO 'x'@'%'", "CREATE USER 'x'@'%' IDENTIFIED BY 'y'", "CREATE ROLE r", "ANALYZE TABLE t",
        "CREATE SEQUENCE s", "CREATE SPATIAL REFERENCE SYSTEM 4120 NAME 'x'", "DROP VIEW v", "DROP DATABASE x",
        "CREATE INDEX i ON t (a)", "CREATE FULLTEXT INDEX f ON t (a)", "ALTER VIEW v AS SELECT 1", "PREPARE s FROM 'x'",
        "INSERT INTO t VALUES (1, 'CREATE TABLE x (id int);')", "REPLACE INTO t VALUES (\"; ' \", `a`)", "COMMIT",
        "SELECT 1 INTO @x", "CALL p()", "DROP PROCEDURE IF EXISTS p", "ALTER USER x IDENTIFIED BY 'y'",
        "RENAME USER a TO b",
        "CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (HOST 'x')", "ALTER EVENT e DISABLE", "warnings",
        "/*!40101 SET character_set_client = utf8 */", "/*! SET default_storage_engine=INNODB */", "CREATE DATABASE x",
    ],
)  # fmt: skip
def test_statements_that_shape_no_table_are_passed_over(statement: str) -> None:
    assert parse_schema(f"CREATE TABLE t (a int);\n{statement};", dialect="mysql").ignored == ()


def test_a_call_of_a_routine_that_shapes_tables_is_said() -> None:
    text = """CREATE TABLE t (a int);
        CREATE PROCEDURE `Shape` () BEGIN IF NOT EXISTS (SELECT 1) THEN ALTER TABLE t ADD b int; END IF; END;
        CREATE PROCEDURE other () BEGIN CREATE TEMPORARY TABLE x (id int); END; CALL other();"""
    assert [item.constrains for item in parse_schema(text, dialect="mysql").ignored] == [False, False]
    called = parse_schema(f"{text} CALL shape;", dialect="mysql").ignored[-1]
    assert (called.text, called.constrains) == ("CALL shape", True)


def test_a_trigger_goes_with_its_name_and_its_table() -> None:
    text = "CREATE TABLE t (a int); CREATE TRIGGER `x` BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1;"
    assert len(parse_schema(text, dialect="mysql").ignored) == 1
    assert parse_schema(f"{text} DROP TRIGGER IF EXISTS shop.x;", dialect="mysql").ignored == ()
