"""What MySQL's client makes of a file before the server sees it, and files that say little of their dialect."""

import pytest
from servers import NO_MYSQL, fresh_mysql_database, mysql_connection, mysql_url

from llmgen.schema.live import read_live
from llmgen.schema.model import Schema
from llmgen.schema.sql import parse_schema
from llmgen.schema.sql.detect import detect

INCLUDED = "the file that it includes is not read: give a folder, or all in one file"


def names(schema: Schema) -> list[str]:
    return [table.name for table in schema.tables]


def said(schema: Schema) -> list[tuple[str, bool]]:
    return [(item.why, item.constrains) for item in schema.ignored]


def test_use_ends_with_its_line_where_no_delimiter_ends_it() -> None:
    schema = parse_schema("use shop\nCREATE TABLE a (id int);\nUSE other; CREATE TABLE b (id int);\n", dialect="mysql")
    assert (names(schema), said(schema)) == (["a", "b"], [])


@pytest.mark.parametrize("line", ["source more.sql", "SOURCE more.sql", "\\. more.sql", "source more.sql;"])
def test_an_included_file_is_said_and_takes_no_statement_with_it(line: str) -> None:
    schema = parse_schema(f"{line}\nCREATE TABLE a (id int);", dialect="mysql")
    assert (names(schema), said(schema)) == (["a"], [(INCLUDED, True)])


@pytest.mark.parametrize(("sign", "end"), [("$$", "END$$"), ("$$", "END $$"), ("//", "END//"), ("go", "END\ngo")])
def test_a_delimiter_may_touch_the_word_before_it(sign: str, end: str) -> None:
    event = f"CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO BEGIN DELETE FROM a; {end}"
    schema = parse_schema(f"DELIMITER {sign}\n{event}\nDELIMITER ;\nCREATE TABLE a (id int);", dialect="mysql")
    assert (names(schema), said(schema)) == (["a"], [("a routine constrains no rows", False)])


def test_a_delimiter_in_a_string_or_comment_ends_nothing() -> None:
    text = "DELIMITER $$\nCREATE TABLE a (id int DEFAULT '1$$' /* $$ */, `b$$` int)$$\nDELIMITER ;\n"
    assert list(parse_schema(text, dialect="mysql").table("a").by_name) == ["id", "b$$"]


def test_a_backslash_at_the_end_of_a_line_ends_no_routine() -> None:
    body = "BEGIN INSERT INTO a VALUES (1, \\\n (SELECT 2), \\\n 3); END $$\nDELIMITER ;"
    text = f"DELIMITER $$\nCREATE PROCEDURE p() {body}\nCREATE TABLE a (id int);"
    schema = parse_schema(text, dialect="mysql")
    assert (names(schema), said(schema)) == (["a"], [("a routine constrains no rows", False)])


TRIGGERS = [
    "CREATE TRIGGER gone BEFORE DELETE ON a FOR EACH ROW SIGNAL SQLSTATE '45000'",
    "CREATE TRIGGER new BEFORE INSERT ON a FOR EACH ROW SET NEW.id = 1",
    "CREATE TRIGGER seen AFTER UPDATE ON a FOR EACH ROW SET @x = 'signal'",
    "CREATE TRIGGER late AFTER INSERT ON a FOR EACH ROW BEGIN SET @x = 1; SIGNAL SQLSTATE '45000'; END",
]
SAID = [
    ("a trigger acts after rows are written", False),
    ("a trigger may change or refuse rows", True),
    ("a trigger may change or refuse rows", True),
    ("a trigger on DELETE meets no rows that are written", False),
]


def test_a_trigger_on_delete_constrains_no_rows_that_are_written() -> None:
    text = ";\n".join(["CREATE TABLE a (id int)", *TRIGGERS])
    assert sorted(said(parse_schema(text, dialect="mysql"))) == SAID


@pytest.mark.mysql
def test_a_server_says_the_same_of_its_triggers() -> None:
    url = mysql_url()
    if url is None:
        pytest.skip(NO_MYSQL)
    with fresh_mysql_database(url) as database:
        with mysql_connection(database) as server:
            for statement in ("CREATE TABLE a (id int)", *TRIGGERS):
                server.query(statement)
        assert sorted(said(read_live(database))) == SAID


@pytest.mark.parametrize(
    "text",
    [
        "USE shop;\nCREATE TABLE a (id INT PRIMARY KEY, b DATETIME, c DATETIME, d BLOB);",
        "use shop\nCREATE TABLE a (id INT PRIMARY KEY);",
        "SET FOREIGN_KEY_CHECKS=0;\nCREATE TABLE a (id INT PRIMARY KEY, b DATETIME);",
        "CREATE TABLE a (id int(11), n bigint(20), d DATETIME);",
        "CREATE TABLE a (d DATETIME);\nDELIMITER $$\nCREATE PROCEDURE p() BEGIN SELECT 1; END$$\nDELIMITER ;\n",
        "# The shop\nCREATE TABLE a (id INT PRIMARY KEY);",
    ],
)
def test_mysql_is_known_by_little(text: str) -> None:
    assert detect(text) == "mysql"


def test_texts_of_other_dialects_are_still_known() -> None:
    seeds = "INSERT INTO pages VALUES ('# Title\nuse it\n');"
    assert detect(f"CREATE TABLE a (id serial, b timestamptz);\n{seeds}") == "postgres"
    assert detect("CREATE TABLE a (id int);\n-- USE shop;\n") == "postgres"
    assert detect("CREATE TABLE a (delimiter text);") == "postgres"
