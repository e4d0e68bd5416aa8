"""Every spelling of a MySQL type becomes the one ColumnType, whatever collation, sign and width are written how."""

from dataclasses import replace

import pytest

from llmgen.schema.model import Check, ColumnType
from llmgen.schema.sql import parse_schema


def read(written: str, options: str = "") -> ColumnType:
    schema = parse_schema(f"CREATE TABLE t (c {written} NOT NULL){options}", dialect="mysql")
    assert schema.ignored == ()
    assert not schema.table("t").column("c").nullable
    return schema.table("t").column("c").type


def text(sql: str, length: int | None = None, *, folds: bool = True) -> ColumnType:
    return ColumnType("text", sql, length=length, fixed=sql.startswith("char"), folds=folds)


def integer(sql: str, bits: int, *, unsigned: bool = False) -> ColumnType:
    return ColumnType("integer", sql, bits=bits, unsigned=unsigned)


def decimal(sql: str, precision: int, scale: int) -> ColumnType:
    return ColumnType("decimal", sql, precision=precision, scale=scale)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("tinyint(1)", ColumnType("boolean", "tinyint(1)")),
        ("BOOL", ColumnType("boolean", "tinyint(1)")),
        ("boolean", ColumnType("boolean", "tinyint(1)")),
        ("bit", ColumnType("boolean", "bit(1)")),
        ("BIT(1)", ColumnType("boolean", "bit(1)")),
        ("bit(12)", integer("bit(12)", 12, unsigned=True)),
        ("bit(64)", integer("bit(64)", 64, unsigned=True)),
        ("tinyint", integer("tinyint", 8)),
        ("tinyint(4)", integer("tinyint", 8)),
        ("tinyint(1) unsigned", integer("tinyint unsigned", 8, unsigned=True)),
        ("int1 zerofill", integer("tinyint unsigned", 8, unsigned=True)),
        ("int2", integer("smallint", 16)),
        ("MEDIUMINT(8) UNSIGNED", integer("mediumint unsigned", 24, unsigned=True)),
        ("middleint", integer("mediumint", 24)),
        ("int3 signed", integer("mediumint", 24)),
        ("INTEGER", integer("int", 32)),
        ("int4", integer("int", 32)),
        ("int(10) unsigned zerofill", integer("int unsigned", 32, unsigned=True)),
        ("int8", integer("bigint", 64)),
        ("bigint(20) /*! unsigned */", integer("bigint unsigned", 64, unsigned=True)),
        ("decimal", decimal("decimal(10,0)", 10, 0)),
        ("DEC(5)", decimal("decimal(5,0)", 5, 0)),
        ("numeric(9, 4) unsigned", replace(decimal("decimal(9,4) unsigned", 9, 4), unsigned=True)),
        ("fixed(6,2)", decimal("decimal(6,2)", 6, 2)),
        ("float", ColumnType("float", "float")),
        ("float(24)", ColumnType("float", "float")),
        ("float(25)", ColumnType("float", "double")),
        ("FLOAT UNSIGNED", ColumnType("float", "float unsigned", unsigned=True)),
        ("REAL UNSIGNED", ColumnType("float", "double unsigned", unsigned=True)),
        ("float(7,4)", ColumnType("float", "float(7,4)", precision=7, scale=4)),
        ("double precision", ColumnType("float", "double")),
        ("double(9,2) zerofill", ColumnType("float", "double(9,2) unsigned", precision=9, scale=2, unsigned=True)),
        ("date", ColumnType("date", "date")),
        ("time", ColumnType("time", "time", precision=0)),
        ("time(2)", ColumnType("time", "time(2)", precision=2)),
        ("datetime", ColumnType("timestamp", "datetime", precision=0)),
        ("DATETIME(6)", ColumnType("timestamp", "datetime(6)")),
        ("timestamp(3)", ColumnType("timestamptz", "timestamp(3)", precision=3)),
        ("timestamp", ColumnType("timestamptz", "timestamp", precision=0)),
        ("timestamp(14)", ColumnType("timestamptz", "timestamp", precision=0)),
        ("char", text("char(1)", 1)),
        ("CHARACTER(5)", text("char(5)", 5)),
        ("nchar(3)", replace(text("char(3)", 3), letters="bmp")),
        ("national char(4)", replace(text("char(4)", 4), letters="bmp")),
        ("varchar(191)", text("varchar(191)", 191)),
        ("char varying(4)", text("varchar(4)", 4)),
        ("national varchar(9)", replace(text("varchar(9)", 9), letters="bmp")),
        ("nvarchar(9)", replace(text("varchar(9)", 9), letters="bmp")),
        ("tinytext", text("tinytext", 255)),
        ("text", text("text")),
        ("text(60)", text("tinytext", 255)),
        ("text(100)", text("text")),
        ("text(100) character set latin1", replace(text("tinytext", 255), letters="latin1")),
        ("mediumtext", text("mediumtext")),
        ("LONGTEXT", text("longtext")),
        ("long", text("mediumtext")),
        ("long varchar", text("mediumtext")),
        ("binary(16)", ColumnType("bytes", "binary(16)", length=16, fixed=True)),
        ("binary", ColumnType("bytes", "binary(1)", length=1, fixed=True)),
        ("varbinary(64)", ColumnType("bytes", "varbinary(64)", length=64)),
        ("char(4) byte", ColumnType("bytes", "binary(4)", length=4, fixed=True)),
        ("varchar(9) character set binary", ColumnType("bytes", "varbinary(9)", length=9)),
        ("text charset binary", ColumnType("bytes", "blob")),
        ("tinyblob", ColumnType("bytes", "tinyblob", length=255)),
        ("blob", ColumnType("bytes", "blob")),
        ("blob(200)", ColumnType("bytes", "tinyblob", length=255)),
        ("long varbinary", ColumnType("bytes", "mediumblob")),
        ("longblob", ColumnType("bytes", "longblob")),
        ("enum('a', 'b''c', \"d\", 'e ')", ColumnType("enum", "enum('a','b''c','d','e')", labels=("a", "b'c", *"de"))),
        ("SET('x','y') COLLATE utf8mb4_bin", ColumnType("set", "set('x','y')", labels=("x", "y"))),
        ("json", ColumnType("json", "json")),
        ("uuid", ColumnType("uuid", "uuid")),
        ("inet6", ColumnType("other", "inet6")),
        ("point /*!80003 SRID 4326 */", ColumnType("other", "point")),
        ("geomcollection", ColumnType("other", "geometrycollection")),
        ("vector(3)", ColumnType("other", "vector(3)")),
    ],
)  # fmt: skip
def test_types(written: str, expected: ColumnType) -> None:
    assert read(written) == expected


@pytest.mark.parametrize(
    ("written", "options", "folds"),
    [
        ("varchar(9)", "", True),
        ("varchar(9)", " COLLATE utf8mb4_bin", False),
        ("varchar(9)", " DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin", False),
        ("varchar(9)", " COLLATE='utf8mb4_0900_as_cs', CHARSET='utf8mb4'", False),
        ("varchar(9)", " DEFAULT CHARACTER SET = latin1", True),
        ("varchar(9)", " COLLATE utf8mb4_0900_as_ci", True),
        ("varchar(9)", " COLLATE utf8mb4_ja_0900_as_cs_ks", False),
        ("varchar(9) BINARY", "", False),
        ("varchar(9) BINARY", " CHARSET latin1", False),
        ("varchar(9) COLLATE utf8mb4_unicode_ci", " COLLATE utf8mb4_bin", True),
        ("varchar(9) CHARACTER SET utf8mb4", " COLLATE utf8mb4_bin", True),
        ("varchar(9) CHARSET utf8 COLLATE utf8_bin", "", False),
        ("varchar(9) ASCII", " COLLATE utf8mb4_bin", True),
        ("varchar(9) UNICODE", " COLLATE utf8mb4_bin", True),
        ("varchar(9) NOT NULL COLLATE uca1400_as_cs", "", False),
        ("tinytext", " COLLATE latin1_general_cs", False),
        ("char(3)", " COLLATE utf8mb4_nopad_bin", False),
    ],
)
def test_texts_fold_by_the_collation_of_column_or_table(written: str, options: str, folds: bool) -> None:
    assert read(written, options).folds is folds


def test_a_database_gives_its_collation_to_tables_that_name_none() -> None:
    schema = parse_schema("""CREATE DATABASE `shop` /*!40100 DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin */;
        USE `shop`; CREATE TABLE a (c varchar(3)); CREATE TABLE b (c varchar(3)) CHARSET=utf8mb4;
        ALTER DATABASE shop CHARACTER SET = utf8; CREATE TABLE d (c varchar(3));""", dialect="mysql")  # fmt: skip
    assert [table.column("c").type.folds for table in schema.tables] == [False, True, True]


def test_a_table_of_bytes_has_no_texts() -> None:
    assert read("varchar(9)", " CHARSET=binary") == ColumnType("bytes", "varbinary(9)", length=9)


def test_years_get_their_check_wherever_the_column_goes() -> None:
    schema = parse_schema("""CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, `key` year(4), gone year);
        ALTER TABLE t DROP gone, CHANGE `key` `since` year, ADD COLUMN `to` YEAR;""")
    assert schema.table("t").column("since").type == ColumnType("integer", "year", bits=16, unsigned=True)
    assert schema.table("t").checks == (
        Check("since BETWEEN 1901 AND 2155 OR since = 0", ("since",), "since_year"),
        Check("`to` BETWEEN 1901 AND 2155 OR `to` = 0", ("to",), "to_year"),
    )


@pytest.mark.parametrize(
    ("written", "kind", "checks"),
    [
        ("longtext CHECK (json_valid(`c`))", "json", 0),
        ("longtext COLLATE utf8mb4_bin NOT NULL DEFAULT '{}', CONSTRAINT x CHECK (JSON_VALID(C))", "json", 0),
        ("json, CHECK (json_valid(c))", "json", 0),
        ("json CHECK (json_length(c) > 1)", "json", 1),
        ("longtext CHECK (json_valid(c) AND c <> '')", "text", 1),
        ("mediumtext CHECK (json_valid(c))", "text", 1),
        ("longtext, d longtext CHECK (json_valid(c))", "json", 0),
    ],
)
def test_json_as_mariadb_keeps_it(written: str, kind: str, checks: int) -> None:
    table = parse_schema(f"CREATE TABLE t (c {written})", dialect="mysql").table("t")
    assert table.column("c").type.kind == kind
    assert len(table.checks) == checks


@pytest.mark.parametrize("written", ["varchar2(10)", "serialx", "decimal(a)", "int(,)", "enum(x)"])
def test_a_type_that_is_not_known_is_said(written: str) -> None:
    schema = parse_schema(f"CREATE TABLE t (id int, c {written})", dialect="mysql")
    assert any(item.constrains for item in schema.ignored)
    assert "id" in schema.table("t").by_name


def test_a_column_of_a_type_that_is_not_known_is_still_a_column() -> None:
    schema = parse_schema("CREATE TABLE t (id int, c varchar2(10) NOT NULL)", dialect="mysql")
    assert schema.table("t").column("c").type == ColumnType("other", "varchar2(10)")
    assert not schema.table("t").column("c").nullable
    assert schema.ignored[0].why == "column c: 'varchar2' is no type that is known"


@pytest.mark.parametrize(
    "written", ["serial", "bigint unsigned NOT NULL AUTO_INCREMENT UNIQUE", "bigint unsigned serial default value"]
)
def test_serial_is_a_number_that_the_database_gives(written: str) -> None:
    table = parse_schema(f"CREATE TABLE t (id {written}, n int)", dialect="mysql").table("t")
    column = table.column("id")
    assert (column.type.sql, column.nullable, column.generated, column.default) == (
        "bigint unsigned",
        False,
        "identity",
        None,
    )
    assert [unique.columns for unique in table.uniques] == [("id",)]
