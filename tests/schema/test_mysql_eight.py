"""MySQL 8: a dump as its mysqldump writes it, and its catalog, which spells things otherwise than MariaDB's."""

from collections import namedtuple
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from llmgen.schema.live.mysql import Database, read_database
from llmgen.schema.meaning import meaning
from llmgen.schema.model import ForeignKey, Schema, Unique
from llmgen.schema.sql import parse_schema, read_schema
from llmgen.schema.sql.draft import PUBLIC, Catalog
from llmgen.schema.sql.finish import finish
from llmgen.schema.sql.spelling import MYSQL

SCHEMA = read_schema(Path(__file__).with_name("mysqldump_8.sql"))
ACCOUNTS = SCHEMA.table("accounts")


def test_tables_and_what_else_there_is() -> None:
    assert SCHEMA.dialect == "mysql"
    assert list(SCHEMA.by_name) == ["accounts", "orders"]
    said = [(item.text.split("`")[0].strip()[:40], item.why, item.constrains) for item in SCHEMA.ignored]
    assert said == [
        ("CHECK ((", "the database does not enforce it", False),
        ("CREATE DEFINER=", "a trigger may change or refuse rows", True),
        ("CREATE VIEW", "a view holds no rows of its own", False),
        ("CREATE DEFINER=", "a routine constrains no rows", False),
        ("CREATE DEFINER=", "a routine constrains no rows", False),
        ("CREATE ALGORITHM=UNDEFINED DEFINER=", "a view holds no rows of its own", False),
    ]


def test_columns() -> None:
    kinds = {column.name: (column.type.kind, column.type.folds, column.nullable) for column in ACCOUNTS.columns}
    assert kinds == {
        "my_row_id": ("integer", False, False), "public_id": ("bytes", False, False), "email": ("text", True, False),
        "name": ("text", False, True), "nick": ("text", True, True), "state": ("enum", False, False),
        "flags": ("set", False, True), "visits": ("integer", False, False), "active": ("boolean", False, False),
        "small": ("integer", False, True), "born": ("integer", False, True), "settings": ("json", False, False),
        "theme": ("text", False, True), "full": ("text", False, True), "place": ("other", False, True),
        "notes": ("text", False, True), "created_at": ("timestamptz", False, True), "hidden": ("integer", False, True),
    }  # fmt: skip
    assert ACCOUNTS.column("public_id").default == "uuid_to_bin(UUID())"
    assert ACCOUNTS.column("theme").expression == "json_unquote(JSON_EXTRACT(`settings`, '$.theme'))"
    assert ACCOUNTS.column("full").generated == "stored"
    assert ACCOUNTS.column("my_row_id").generated == "identity"
    assert ACCOUNTS.column("hidden").comment == "not shown; it's 'kept'"
    assert ACCOUNTS.comment == "people, and 'others'"


def test_keys_over_expressions_and_beginnings() -> None:
    assert ACCOUNTS.primary_key == ("my_row_id",)
    theme = "CAST(json_unquote(JSON_EXTRACT(`settings`, '$.theme')) AS CHAR(10) CHARACTER SET utf8mb4)"
    assert ACCOUNTS.uniques == (
        Unique(("public_id",), name="public_id"),
        Unique((), expressions=("LOWER(`email`)",), name="email_lower"),
        Unique(("state",), expressions=("LEFT(nick, 10)",), name="nick_state"),
        Unique((), expressions=(f"{theme} COLLATE utf8mb4_bin",), name="theme_once"),
    )
    assert SCHEMA.table("orders").foreign_keys == (
        ForeignKey(("account_id",), "accounts", ("my_row_id",), "set null", name="orders_account"),
    )


def test_checks() -> None:
    assert [(check.name, check.sql) for check in ACCOUNTS.checks] == [
        ("accounts_chk_1", "`visits` >= 0"),
        ("accounts_chk_2", "(`state` IN ('new', 'open')) OR (`active` = 0)"),
        ("email_form", "REGEXP_LIKE(`email`, '^[^@]+@[^@]+$')"),
        ("logic", "(0 <> `active`) AND (NOT `notes` IS NULL)"),
        ("born_year", "born BETWEEN 1901 AND 2155 OR born = 0"),
    ]


KINDS = {
    "a": "integer",
    "b": "integer",
    "s": "text",
    "t": "text",
    "d": "date",
    "e": "date",
    "j": "json",
    "x": "boolean",
}


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a > 0 AND b <= 5", "((`a` > 0) and (`b` <= 5))"),
        ("s IN ('x', 'it''s')", r"(`s` in ('it\'s','x'))"),
        ("NOT (a = 1 OR b = 2)", "((`a` <> 1) and (`b` <> 2))"),
        ("x AND a", "((0 <> `x`) and (0 <> `a`))"),
        ("NOT x OR b", "((0 = `x`) or (0 <> `b`))"),
        ("x = TRUE", "(`x` = true)"),
        ("s REGEXP '^[a-z]+$'", "regexp_like(`s`,'^[a-z]+$')"),
        ("s LIKE 'a%'", "(`s` like 'a%')"),
        ("a IS NOT NULL", "(`a` is not null)"),
        ("a BETWEEN 1 AND 5", "(`a` between 1 and 5)"),
        ("d + INTERVAL 1 DAY < e", "((`d` + interval 1 day) < `e`)"),
        ("DATE_SUB(d, INTERVAL 2 MONTH) < e", "((`d` - interval 2 month) < `e`)"),
        ("DATEDIFF(e, d) > 3", "((to_days(`e`) - to_days(`d`)) > 3)"),
        ("j->'$.k' = 1", "(json_extract(`j`,'$.k') = 1)"),
        ("j->>'$.k' = 'v'", "(json_unquote(json_extract(`j`,'$.k')) = 'v')"),
        ("MOD(a, 2) = 0", "((`a` % 2) = 0)"),
        ("CAST(a AS CHAR) = s", "(cast(`a` as char charset utf8mb4) = `s`)"),
        ("BINARY s = 'x'", "(cast(`s` as char charset binary) = 'x')"),
        ("IF(a > 1, b > 1, TRUE)", "if((`a` > 1),(`b` > 1),true)"),
        ("CASE WHEN a THEN b = 1 ELSE FALSE END", "(case when (0 <> `a`) then (`b` = 1) else false end)"),
        ("CHAR_LENGTH(TRIM(s)) > 0", "(char_length(trim(`s`)) > 0)"),
        ("YEAR(d) > 2000", "(year(`d`) > 2000)"),
        ("a <=> b", "(`a` <=> `b`)"),
        ("JSON_VALID(s)", "json_valid(`s`)"),
    ],
)  # fmt: skip
def test_an_expression_means_what_the_server_shows(written: str, shown: str) -> None:
    assert meaning(written, "mysql", KINDS) == meaning(shown, "mysql", KINDS)


class Server:
    """Answers the catalog's queries as MySQL 8 does: `answers` are rows by the table of information_schema."""

    def __init__(self, answers: Mapping[str, Iterable[Mapping[str, Any]]]) -> None:
        self.answers = answers

    def execute(self, query: Any, parameters: Mapping[str, Any]) -> list[Any]:
        assert parameters == {"database": "shop"}
        asked = " ".join([*str(query).split(), ""])
        named = next(name for name in self.answers if f"FROM information_schema.{name} " in asked)
        return [namedtuple("Row", row)(**row) for row in self.answers[named]]


def column(name: str, type: str, **others: Any) -> dict[str, Any]:
    plain = {"collation": None, "nullable": 1, "default_value": None, "extra": "", "expression": "", "comment": ""}
    return {"table_name": "accounts", "name": name, "type": type, **plain, **others}


def index(
    name: str, column_name: str | None, length: int | None = None, expression: str | None = None
) -> dict[str, Any]:
    return {
        "table_name": "accounts",
        "name": name,
        "column_name": column_name,
        "length": length,
        "expression": expression,
    }


THEME = r"json_unquote(json_extract(`settings`,_utf8mb4\'$.theme\'))"
ANSWERS: Mapping[str, Iterable[Mapping[str, Any]]] = {
    "tables": [{"name": "accounts", "comment": "people"}],
    "columns": [
        column("id", "bigint unsigned", nullable=0, extra="auto_increment"),
        column("email", "varchar(120)", nullable=0, collation="utf8mb4_0900_ai_ci"),
        column("state", "enum('new','it''s over')", collation="utf8mb4_0900_ai_ci", default_value="new"),
        column("visits", "int unsigned", nullable=0, default_value="0"),
        column("flag", "bit(1)", default_value="b'1'"),
        column("born", "year"),
        column("settings", "json", default_value=r"json_object(_utf8mb4\'theme\',_utf8mb4\'it\\\'s\')",
               extra="default_generated"),
        column("at", "timestamp(6)", default_value="CURRENT_TIMESTAMP(6)",
               extra="default_generated on update current_timestamp(6)"),
        column("theme", "varchar(20)", collation="utf8mb4_bin", extra="virtual generated",
               expression=THEME),
        column("nick", "varchar(30)", collation="utf8mb4_0900_as_cs", default_value="it's"),
        column("hidden", "int", extra="invisible"),
        column("shape", "geomcollection"),
        column("odd", "tuple<int>"),
        {**column("x", "int"), "table_name": "a_view"},
    ],
    "statistics": [
        index("PRIMARY", "id"), index("email_lower", None, None, r"lower(`email`)"),
        index("theme_once", None, None, f"cast({THEME} as char(10) charset utf8mb4)"),
        index("two", "nick", 10), index("two", "state"), index("whole", "nick", 30),
    ],
    "key_column_usage": [
        {"table_name": "accounts", "name": "to_self", "column_name": "visits", "target_database": "shop",
         "target": "accounts", "referenced": "id", "on_delete": "SET NULL"},
        {"table_name": "accounts", "name": "to_other", "column_name": "visits", "target_database": "elsewhere",
         "target": "there", "referenced": "id", "on_delete": "NO ACTION"},
    ],
    "check_constraints": [
        {"table_name": "accounts", "name": "accounts_chk_1", "enforced": 1,
         "clause": r"((`state` in (_utf8mb4\'new\',_utf8mb4\'it\\\'s over\')) "
                   r"or regexp_like(`email`,_utf8mb4\'^\\\\w+$\'))"},
        {"table_name": "accounts", "name": "off", "enforced": 0, "clause": "(`visits` < 10)"},
        {"table_name": "accounts", "name": "odd", "enforced": 1, "clause": "(`visits` < "},
    ],
    "triggers": [
        {"name": "first", "table_name": "accounts", "timing": "BEFORE", "event": "INSERT",
         "body": "SET NEW.visits = 1"},
        {"name": "last", "table_name": "accounts", "timing": "AFTER", "event": "UPDATE",
         "body": "SET @updated = 1"},
    ],
}  # fmt: skip
TEXT = r"""
CREATE TABLE accounts (
    id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, email varchar(120) NOT NULL,
    state enum('new','it''s over') DEFAULT 'new',
    visits int unsigned NOT NULL DEFAULT 0 REFERENCES accounts (id) ON DELETE SET NULL,
    flag bit(1) DEFAULT b'1', born year, settings json DEFAULT (json_object('theme', 'it\'s')),
    at timestamp(6) NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
    theme varchar(20) COLLATE utf8mb4_bin AS (settings->>'$.theme'),
    nick varchar(30) COLLATE utf8mb4_0900_as_cs DEFAULT 'it''s',
    hidden int INVISIBLE, shape geometrycollection, odd tuple_,
    UNIQUE KEY email_lower ((LOWER(email))), UNIQUE KEY theme_once ((CAST(settings->>'$.theme' AS CHAR(10)))),
    UNIQUE KEY two (nick(10), state), UNIQUE KEY whole (nick),
    CHECK (state IN ('new', 'it''s over') OR email REGEXP '^\\w+$')
) COLLATE utf8mb4_0900_ai_ci COMMENT 'people';
"""


@pytest.fixture
def live() -> Schema:
    catalog = Catalog(spelling=MYSQL)
    known = frozenset({"statistics.expression", "table_constraints.enforced"})
    connection: Any = Server(ANSWERS)
    read_database(Database(connection, "shop", {"shop": PUBLIC}, {}, known, mariadb=False), catalog)
    return finish(catalog, "mysql")


def test_the_catalog_of_mysql_8_says_what_the_text_says(live: Schema) -> None:
    text = parse_schema(TEXT, dialect="mysql")
    accounts, read = live.table("accounts"), text.table("accounts")
    assert accounts.foreign_keys[0].columns == read.foreign_keys[0].columns == ("visits",)
    assert [c.name for c in accounts.columns] == [c.name for c in read.columns]
    said, found = text.identity["tables"]["accounts"], live.identity["tables"]["accounts"]
    for part in ("uniques", "checks", "foreign_keys", "primary_key"):
        assert said[part] == found[part], part
    assert said["columns"][:-1] == found["columns"][:-1]
    assert [c.default for c in accounts.columns[:-1]] == [c.default for c in read.columns[:-1]]


def test_what_the_catalog_does_not_tell_is_said(live: Schema) -> None:
    assert [(item.text, item.why, item.constrains) for item in live.ignored] == [
        ("shop.accounts: odd tuple<int>", "column odd: 'tuple' is no type that is known", True),
        ("shop.accounts: FOREIGN KEY to_other (visits)", "its target there is not in this schema", True),
        ("shop.accounts: CHECK off ((`visits` < 10))", "the database does not enforce it", False),
        ("shop.accounts: CHECK odd ((`visits` < )", "the expression could not be parsed", True),
        ("shop.accounts: TRIGGER first BEFORE INSERT", "a trigger may change or refuse rows", True),
        ("shop.accounts: TRIGGER last AFTER UPDATE", "a trigger acts after rows are written", False),
    ]
