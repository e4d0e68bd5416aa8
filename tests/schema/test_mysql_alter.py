"""ALTER, RENAME and DROP change what was declared before, as MySQL and MariaDB do it."""

import pytest
from servers import mysql_connection

from llmgen.schema.live import read_live
from llmgen.schema.model import Check, ForeignKey, Table, Unique
from llmgen.schema.sql import parse_schema

BASE = """
CREATE TABLE p (id int PRIMARY KEY, code varchar(9) UNIQUE) COLLATE utf8mb4_bin;
CREATE TABLE t (
    id int NOT NULL, n int DEFAULT 1, s varchar(9) NOT NULL COMMENT 'old', P int REFERENCES p (ID),
    g int AS (N + 1), UNIQUE KEY pair (n, s), UNIQUE KEY low ((lower(s))), KEY plain (p), CHECK (n > 0),
    CONSTRAINT few CHECK (N < S)
) COLLATE utf8mb4_bin;
"""


def after(statements: str, table: str = "t") -> Table:
    schema = parse_schema(BASE + statements, dialect="mysql")
    assert schema.ignored == ()
    return schema.table(table)


def names(statements: str) -> list[str]:
    return list(after(statements).by_name)


@pytest.mark.parametrize(
    ("actions", "order"),
    [
        ("ADD x int", ["id", "n", "s", "P", "g", "x"]),
        ("ADD COLUMN x int NOT NULL FIRST", ["x", "id", "n", "s", "P", "g"]),
        ("ADD x int AFTER N, ADD y int AFTER x", ["id", "n", "x", "y", "s", "P", "g"]),
        ("ADD COLUMN (x int, y varchar(3) UNIQUE, KEY (x))", ["id", "n", "s", "P", "g", "x", "y"]),
        ("MODIFY s text FIRST", ["s", "id", "n", "P", "g"]),
        ("MODIFY COLUMN n bigint AFTER g", ["id", "s", "P", "g", "n"]),
        ("CHANGE p parent int AFTER id", ["id", "parent", "n", "s", "g"]),
        ("CHANGE COLUMN s S text", ["id", "n", "S", "P", "g"]),
        ("RENAME COLUMN id TO ident, ADD x int AFTER ident", ["ident", "x", "n", "s", "P", "g"]),
        ("DROP s, DROP COLUMN G", ["id", "n", "P"]),
        ("ADD IF NOT EXISTS N int, DROP COLUMN IF EXISTS nothing", ["id", "n", "s", "P", "g"]),
        ("MODIFY IF EXISTS nothing int, CHANGE COLUMN IF EXISTS nothing other int", ["id", "n", "s", "P", "g"]),
        ("ENGINE=InnoDB, ADD x int, AUTO_INCREMENT = 5 COMMENT 'x'", ["id", "n", "s", "P", "g", "x"]),
        ("ADD x int DEFAULT 1 COMMENT 'x' AFTER id ENGINE=InnoDB", ["id", "x", "n", "s", "P", "g"]),
    ],
)
def test_columns_come_go_and_move(actions: str, order: list[str]) -> None:
    assert names(f"ALTER TABLE t {actions};") == order


def test_a_column_is_defined_anew() -> None:
    column = after("ALTER TABLE t MODIFY s char(3) COLLATE latin1_swedish_ci NULL DEFAULT 'x';").column("s")
    assert (column.type.sql, column.nullable, column.default, column.comment) == ("char(3)", True, "'x'", "")
    assert column.type.folds
    assert not after("ALTER TABLE t MODIFY s char(3);").column("s").type.folds


def test_a_renamed_column_is_renamed_wherever_it_stands() -> None:
    table = after("ALTER TABLE t CHANGE N amount int, RENAME COLUMN s TO `na me`, CHANGE `p` `owner` int;")
    assert table.uniques == (
        Unique(("amount", "na me"), name="pair"),
        Unique((), expressions=("LOWER(`na me`)",), name="low"),
    )
    assert table.checks == (
        Check("amount > 0", ("amount",), "t_chk_1"),
        Check("amount < `na me`", ("amount", "na me"), "few"),
    )
    assert table.column("g").expression == "amount + 1"
    assert table.foreign_keys == (ForeignKey(("owner",), "p", ("id",), name="t_ibfk_1"),)
    renamed = after("ALTER TABLE p CHANGE Id ident int;")
    assert renamed.foreign_keys[0].referenced == ("ident",)


def test_defaults_change() -> None:
    table = after("ALTER TABLE t ALTER n DROP DEFAULT, ALTER COLUMN s SET DEFAULT 'y', ALTER id SET DEFAULT (1 + 1);")
    assert [column.default for column in table.columns] == ["1 + 1", None, "'y'", None, None]


def test_constraints_come() -> None:
    table = after("""ALTER TABLE t ADD PRIMARY KEY (id),
        ADD CONSTRAINT fk FOREIGN KEY (s) REFERENCES p (code) ON DELETE CASCADE,
        ADD UNIQUE (s), ADD UNIQUE INDEX short (s(3)), ADD CONSTRAINT k UNIQUE KEY (id, n), ADD CHECK (id > 0),
        ADD CONSTRAINT c CHECK (id > 1), ADD INDEX (n), ADD FULLTEXT KEY ft (s),
        ADD SPATIAL INDEX (g), ADD KEY x (n);""")
    assert table.primary_key == ("id",)
    assert [unique.name for unique in table.uniques] == ["pair", "low", "s", "short", "k"]
    assert [check.name for check in table.checks] == ["t_chk_1", "few", "t_chk_2", "c"]
    assert [(key.name, key.on_delete) for key in table.foreign_keys] == [("t_ibfk_1", "no action"), ("fk", "cascade")]


@pytest.mark.parametrize(
    ("statement", "left"),
    [
        ("ALTER TABLE t DROP INDEX pair", (["low"], 2, 1)),
        ("ALTER TABLE t DROP KEY LOW, DROP INDEX plain", (["pair"], 2, 1)),
        ("DROP INDEX pair ON t", (["low"], 2, 1)),
        ("DROP INDEX IF EXISTS `plain` ON `db`.`t`", (["pair", "low"], 2, 1)),
        ("ALTER TABLE t DROP CONSTRAINT pair, DROP CONSTRAINT few", (["low"], 1, 1)),
        ("ALTER TABLE t DROP CHECK t_chk_1", (["pair", "low"], 1, 1)),
        ("ALTER TABLE t DROP FOREIGN KEY t_ibfk_1, DROP CONSTRAINT IF EXISTS few", (["pair", "low"], 1, 0)),
        ("ALTER TABLE t ALTER CHECK few NOT ENFORCED, ALTER CONSTRAINT t_chk_1 ENFORCED", (["pair", "low"], 1, 1)),
        ("ALTER TABLE t RENAME INDEX pair TO two, DROP INDEX two", (["low"], 2, 1)),
        ("ALTER TABLE t DROP FOREIGN KEY IF EXISTS never, DROP SYSTEM VERSIONING", (["pair", "low"], 2, 1)),
        ("ALTER TABLE t DROP n", (["pair", "low"], 0, 1)),
        ("ALTER TABLE t DROP s", (["pair"], 1, 1)),
    ],
)
def test_constraints_go(statement: str, left: tuple[list[str], int, int]) -> None:
    schema = parse_schema(f"{BASE}{statement};", dialect="mysql")
    table = schema.table("t")
    assert ([unique.name for unique in table.uniques], len(table.checks), len(table.foreign_keys)) == left


def test_a_dropped_column_leaves_the_keys_of_the_others() -> None:
    table = after("ALTER TABLE t ADD PRIMARY KEY (id, n); ALTER TABLE t DROP N, DROP g;")
    assert table.primary_key == ("id",)
    assert table.uniques[0].columns == ("s",)


def test_a_dropped_primary_key_leaves_its_columns_not_null() -> None:
    table = after("ALTER TABLE p DROP PRIMARY KEY, ADD COLUMN no int AUTO_INCREMENT UNIQUE FIRST;", "p")
    assert (table.primary_key, table.column("id").nullable) == ((), False)
    assert names("ALTER TABLE p DROP INDEX `PRIMARY`;") == ["id", "n", "s", "P", "g"]


def test_tables_are_renamed_and_so_are_references_to_them() -> None:
    for statement in (
        "RENAME TABLE p TO q, t TO p, p TO t",
        "ALTER TABLE p RENAME TO q",
        "ALTER TABLE p RENAME AS `db`.q",
    ):
        table = after(f"{statement};")
        assert [key.table for key in table.foreign_keys] == ["q"]
    assert after("ALTER TABLE t RENAME = other;", "other").column("id")


def test_collations_change() -> None:
    texts = "CREATE TABLE w (a varchar(3), b text COLLATE latin1_bin, c enum('x')) COLLATE utf8mb4_bin;"
    converted = after(
        f"{texts} ALTER TABLE w CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci, ADD d text;", "w"
    )
    assert [column.type.folds for column in converted.columns] == [True, True, False, True]
    later = after(f"{texts} ALTER TABLE w DEFAULT CHARACTER SET latin1, ADD d text;", "w")
    assert [column.type.folds for column in later.columns] == [False, False, False, True]
    assert after(f"{texts} ALTER TABLE w COMMENT 'words';", "w").comment == "words"
    raw = after(f"{texts} ALTER TABLE w CONVERT TO CHARACTER SET binary;", "w")
    assert [column.type.sql for column in raw.columns] == ["varbinary(3)", "blob", "enum('x')"]


SHARED = BASE.replace("KEY low ((lower(s)))", "KEY low (s(3))")
"""The tables without what MariaDB does not take."""
APPLIED = (
    "ADD x int FIRST, ADD COLUMN y int AFTER N", "ADD COLUMN (x int, y varchar(3) UNIQUE, KEY (x))",
    "MODIFY S text FIRST",
    "MODIFY COLUMN n bigint AFTER g", "CHANGE p parent int AFTER id", "CHANGE COLUMN s S text",
    "MODIFY ID bigint, ADD x int AFTER iD",
    "DROP COLUMN G", "ADD COLUMN IF NOT EXISTS N int, DROP COLUMN IF EXISTS nothing, MODIFY IF EXISTS nothing int",
    "MODIFY s char(3) COLLATE latin1_swedish_ci NULL DEFAULT 'x'", "MODIFY s varchar(3)",
    "MODIFY s varchar(2), DROP INDEX low",
    "CHANGE N amount int, RENAME COLUMN s TO `na me`", "ALTER n DROP DEFAULT, ALTER COLUMN s SET DEFAULT 'y'",
    "ADD PRIMARY KEY (id), ADD CONSTRAINT fk FOREIGN KEY (s) REFERENCES p (code) ON DELETE CASCADE, ADD UNIQUE (s)",
    "ADD CONSTRAINT k UNIQUE KEY (id, n), ADD CHECK (id > 0), ADD CONSTRAINT c CHECK (id > 1), ADD FULLTEXT KEY ft (s)",
    "DROP INDEX pair", "DROP CONSTRAINT few, DROP INDEX LOW", "DROP FOREIGN KEY t_ibfk_1", "RENAME INDEX pair TO two",
    "ADD PRIMARY KEY (id, n); ALTER TABLE t DROP PRIMARY KEY", "CONVERT TO CHARACTER SET latin1", "RENAME TO q",
    "CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin, ADD x text", "DEFAULT CHARSET latin1, ADD x text",
    "CONVERT TO CHARACTER SET binary", "MODIFY id int AUTO_INCREMENT PRIMARY KEY, COMMENT 'x' AUTO_INCREMENT=4",
)  # fmt: skip


@pytest.mark.mysql
def test_the_server_does_the_same(mysql: str) -> None:
    parent, table = SHARED.strip().split("\n", 1)
    statements = [parent.rstrip(";")]
    for number, actions in enumerate(APPLIED):
        name = f"t{number}"
        statements.append(table.replace("TABLE t ", f"TABLE {name} ").rstrip(";"))
        statements += [part.replace("TABLE t ", f"TABLE {name} ") for part in f"ALTER TABLE t {actions}".split(";")]
    statements = [text.replace("t_ibfk", f"{text.split()[2]}_ibfk") for text in statements]
    with mysql_connection(mysql) as server, server.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    read, live = parse_schema(";".join(statements), dialect="mysql"), read_live(mysql)
    for found in read.identity["tables"].items():
        assert found in live.identity["tables"].items()
    assert read == live


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE t ADD PARTITION (PARTITION p1 VALUES LESS THAN (1))", "ALTER TABLE t DROP PARTITION p0, p1",
        "ALTER TABLE t REORGANIZE PARTITION p0, p1 INTO (PARTITION p2 VALUES IN (1))",
        "ALTER TABLE t REMOVE PARTITIONING",
        "ALTER TABLE t PARTITION BY RANGE (id) (PARTITION a VALUES LESS THAN (5), PARTITION b VALUES IN (6))",
        "ALTER TABLE t ORDER BY id, n", "ALTER TABLE t DISABLE KEYS",
        "ALTER TABLE t FORCE, ALGORITHM=INPLACE, LOCK=NONE",
        "ALTER TABLE t IMPORT TABLESPACE", "ALTER TABLE t ENGINE = InnoDB ROW_FORMAT=DYNAMIC KEY_BLOCK_SIZE=8",
        "ALTER IGNORE TABLE t ADD SYSTEM VERSIONING", "ALTER TABLE IF EXISTS t WAIT 5 FORCE",
        "ALTER TABLE t WITH VALIDATION",
        "ALTER TABLE t ALTER INDEX plain INVISIBLE", "ALTER TABLE t", "RENAME USER a TO b",
        "DROP TABLE IF EXISTS nothing",
        "ALTER TABLE t AUTO_INCREMENT=7, AVG_ROW_LENGTH 5, CHECKSUM 1, UNION=(p)",
    ],
)  # fmt: skip
def test_how_rows_are_stored_is_passed_over(statement: str) -> None:
    assert after(f"{statement};") == after("")


@pytest.mark.parametrize(
    ("statement", "why", "constrains"),
    [
        ("ALTER TABLE t FROB x", "'frob' is not understood", True),
        ("ALTER TABLE t MODIFY nothing int", "table t has no column nothing", True),
        ("ALTER TABLE t ADD n int", "column n is declared already", True),
        ("ALTER TABLE t DROP COLUMN nothing", "table t has no column nothing", True),
        ("ALTER TABLE t DROP FOREIGN KEY nothing", "there is no foreign key nothing", False),
        ("ALTER TABLE t DROP CONSTRAINT nothing", "there is no constraint nothing", False),
        ("ALTER TABLE t ADD UNIQUE (nothing)", "table t has no column nothing", True),
        ("ALTER TABLE t ADD CHECK (nothing > 1)", "nothing is no column that was read", True),
        ("ALTER TABLE t CONVERT TO latin1", "the character set is missing", True),
        ("ALTER TABLE t ALTER CHECK off ENFORCED", "CHECK off was not enforced before, and is not read", True),
        ("RENAME TABLE t TO p", "table p is declared already", True),
        ("DROP TABLE p", "its target p is not in this schema", True),
    ],
)
def test_what_cannot_be_applied_is_said(statement: str, why: str, constrains: bool) -> None:
    schema = parse_schema(f"{BASE}{statement};", dialect="mysql")
    assert (why, constrains) in [(item.why, item.constrains) for item in schema.ignored]
