"""What is read from Prisma beyond what its engine's answers show: spellings, comments, formats, what is lost."""

from pathlib import Path

import pytest

from llmgen.schema.model import Column, ColumnType, ForeignKey, Ignored, Schema, Unique
from llmgen.schema.prisma import read_prisma
from llmgen.schema.sources import read_source
from llmgen.schema.sql import parse_schema

FILES = Path(__file__).with_name("prisma")
POSTGRES = 'datasource db {\n  provider = "postgresql"\n}\n'


def read(folder: Path, text: str) -> Schema:
    """The schema of a text."""
    path = folder / "schema.prisma"
    path.write_text(text, "utf-8")
    return read_prisma(path)


def test_a_column_of_each_default() -> None:
    table = read_prisma(FILES / "scalars.prisma").table("Defaults")
    assert {column.name: column.format for column in table.columns if column.format} == {
        "uuid": "uuid", "uuid7": "uuid", "cuid": "cuid", "cuid2": "cuid2", "nano": "nanoid", "ulid": "ulid",
    }  # fmt: skip
    defaults = {column.name: column.default for column in table.columns if column.default}
    assert defaults["text"] == "'it''s \"quoted\" \\ and C:\\temp'"
    assert defaults["accent"] == "'café — 日本'"
    assert defaults["created"] == "CURRENT_TIMESTAMP"
    assert defaults["large"] == "9007199254740993"
    assert defaults["raw"] == "'\\x010203'"
    assert defaults["shade"] == "'Dark'"
    assert "'light one'" in defaults["shades"]
    identities = [column.name for column in table.columns if column.generated == "identity"]
    assert identities == ["small", "big", "counted"]
    assert not table.column("counted").nullable


def test_types_are_those_of_the_ddl() -> None:
    plain = read_prisma(FILES / "scalars.prisma").table("Plain")
    assert plain.column("text").type == ColumnType("text", "text")
    assert plain.column("exact").type == ColumnType("decimal", "numeric(65,30)", precision=65, scale=30)
    assert plain.column("instant").type == ColumnType("timestamp", "timestamp(3)", precision=3)
    native = read_prisma(FILES / "scalars.prisma").table("Native")
    assert native.column("period").type == ColumnType("other", "daterange")
    assert native.column("waits").type == ColumnType("interval", "interval")
    assert native.column("citext").type.folds
    array = native.column("spots").type
    assert (array.kind, array.element) == ("array", ColumnType("other", "point"))


def test_cockroach_is_read_as_postgresql() -> None:
    """Its types have other names and the same meaning."""
    schema = read_prisma(FILES / "on_cockroach.prisma")
    assert schema.dialect == "postgres"
    native = {column.name: column.type for column in schema.table("Native").columns}
    other = parse_schema("""CREATE TABLE "Native" (
        id uuid, string text, sized varchar(5), "char" char(3), single "char", bit bit(2), varbit varbit, inet inet,
        bool boolean, int2 smallint, int4 integer, oid oid, int8 bigint, float4 real, float8 double precision,
        exact numeric(10,2), stamp timestamp(6), zoned timestamptz(6), date date, time time(6), timetz timetz(6),
        json jsonb, bytes bytea)""")
    assert native == {column.name: column.type for column in other.table("Native").columns}
    plain = schema.table("Plain")
    assert [column.name for column in plain.columns if column.generated == "identity"] == ["id", "large"]
    assert schema.table("_NativeToPlain").uniques == (Unique(("A", "B"), name="_NativeToPlain_AB_unique"),)


def test_a_type_of_mysql_brings_its_check() -> None:
    native = read_prisma(FILES / "on_mysql.prisma").table("Native")
    assert [check.columns for check in native.checks] == [("year",)]
    assert native.column("uint").type.unsigned
    assert native.column("text").type.folds


def test_comments_belong_to_what_follows_or_stands_before() -> None:
    schema = read_prisma(FILES / "scalars.prisma")
    assert schema.table("Plain").comment == "The plain types.\nOne column of each."
    assert schema.table("Plain").column("lack").comment == "may be missing"
    assert schema.table("Native").comment == schema.table("Defaults").comment == ""


def test_names_are_those_of_the_database() -> None:
    schema = read_prisma(FILES / "relations.prisma")
    customers = schema.table("customers")
    assert [unique.name for unique in customers.uniques] == [
        "one_email",
        "customers_country_code_tax_number_key",
        "country_email",
        "live_tax",
        "customers_kind_country_code_key",
    ]
    assert [unique.where for unique in customers.uniques[3:]] == [
        "deleted_at IS NULL",
        '"active" = TRUE AND "deleted_at" IS NULL AND "tax_number" <> \'x\'\'y\'',
    ]
    assert [key.name for key in schema.table("Line").foreign_keys] == ["Line_orderId_fkey", "line_product"]


def test_long_names_end_as_prisma_ends_them(tmp_path: Path) -> None:
    long = "x" * 40
    text = f"model {long} {{\n  id Int @id\n  {'é' * 2}{long} Int @unique\n}}\n"
    (unique,) = read(tmp_path, text).table(long).uniques
    assert unique.name == f"{long}_éé{'x' * 14}_key"
    assert len(unique.name.encode()) == 63
    pairs = f'model A {{\n  id Int @id\n  others B[] @relation("{long * 2}")\n}}\n'
    pairs += pairs.replace("model A", "model B").replace("B[]", "A[]")
    for provider, limit in (("postgresql", 63), ("mysql", 64), ("sqlite", 81)):
        text = f'datasource db {{\n  provider = "{provider}"\n}}\n{pairs}'
        assert read(tmp_path, text).tables[2].name == f"_{long * 2}"[:limit]


def test_tables_of_one_name_have_their_schema_in_front() -> None:
    schema = read_prisma(FILES / "schemas.prisma")
    assert [(table.name, table.schema) for table in schema.tables] == [
        ("auth.account", "auth"), ("shop.account", "shop"), ("Group", None), ("_Account2ToGroup", "shop"),
    ]  # fmt: skip
    assert schema.table("shop.account").foreign_keys[0].table == "auth.account"
    assert schema.table("shop.account").bare_name == "account"


def test_what_prisma_alone_keeps_is_said(tmp_path: Path) -> None:
    def said(name: str) -> list[tuple[int, str, bool]]:
        return [(item.line, item.text, item.constrains) for item in read_prisma(FILES / f"{name}.prisma").ignored]

    assert said("kept_by_client") == [(4, 'relationMode = "prisma"', False)]
    assert said("schemas") == [(42, "view Summary", False), (45, "Summary.account", False)]
    assert said("sqlite_enum") == [(11, "enum State", False)]
    assert said("scalars") == [(109, "Defaults.unknown", False)]
    old = POSTGRES.replace("}", '  referentialIntegrity = "prisma"\n}') + "model A {\n  id Int @id\n}\n"
    assert [item.line for item in read(tmp_path, old).ignored] == [3]


def test_a_condition_that_sql_does_not_read_is_said(tmp_path: Path) -> None:
    text = POSTGRES + 'model A {\n  id Int @id\n  b Int\n  @@unique([b], where: raw("b >"))\n}\n'
    schema = read(tmp_path, text)
    assert schema.table("A").uniques == ()
    assert schema.ignored == (Ignored(7, "A @unique (b)", "its SQL is not understood", constrains=True),)


def test_sqlite_has_enums_in_text_and_ids_that_count(tmp_path: Path) -> None:
    schema = read_prisma(FILES / "sqlite_enum.prisma")
    task = schema.table("Task")
    assert schema.dialect == "sqlite"
    assert (task.column("state").type.kind, task.column("state").type.labels) == ("enum", ("Open", "shut down"))
    plain, tag = (read_prisma(FILES / "on_sqlite.prisma").table(name) for name in ("Plain", "Tag"))
    assert (plain.column("id").generated, tag.column("id").generated) == ("identity", "")


def test_a_folder_is_one_schema_and_copies_in_it_are_left_out(tmp_path: Path) -> None:
    for name in ("base.prisma", "orders.prisma", "people/person.prisma"):
        for folder in (tmp_path, tmp_path / "node_modules" / ".prisma", tmp_path / ".git"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((FILES / "parts" / name).read_bytes())
    (tmp_path / "people" / "view.prisma").write_text("view V {\n  id Int @unique\n}\n")
    schema = read_prisma(tmp_path)
    assert [table.name for table in schema.tables] == ["Order", "Person"]
    assert [(item.file, item.line) for item in schema.ignored] == [("people/view.prisma", 1)]
    assert schema == read_prisma(FILES / "parts") == read_source(str(FILES / "parts"))


def test_a_url_and_old_forms_change_nothing(tmp_path: Path) -> None:
    new = (FILES / "relations.prisma").read_text("utf-8")
    old = new.replace(
        'provider = "postgresql"', 'provider = "postgres"\n  url = env("DATABASE_URL")\n  directUrl = "x"'
    )
    assert old != new
    assert read(tmp_path, old) == read(tmp_path, new) == read(tmp_path, new.replace("\n", "\r\n"))
    assert read(tmp_path, old).ignored == ()
    listed = new.replace('provider = "postgresql"', 'provider = ["postgresql", "sqlite"]')
    assert read(tmp_path, "\ufeff" + listed) == read(tmp_path, new)


def test_without_a_datasource_it_is_postgresql(tmp_path: Path) -> None:
    schema = read(tmp_path, "/* a\n comment */ model A { // here too\n  id String @id @any.Uuid\n}\n")
    assert schema.dialect == "postgres"
    assert schema.table("A").columns == (Column("id", ColumnType("uuid", "uuid"), nullable=False),)


def test_one_to_one_is_unique_even_where_old_files_do_not_say_so(tmp_path: Path) -> None:
    text = """model A {
      id Int @id
      b  B?
    }
    model B {
      id  Int @id
      aId Int
      a   A   @relation(fields: [aId], references: [id])
    }"""
    table = read(tmp_path, text).table("B")
    assert table.uniques == (Unique(("aId",), name="B_aId_key"),)
    assert table.foreign_keys == (ForeignKey(("aId",), "A", ("id",), "restrict", name="B_aId_fkey"),)
    assert read(tmp_path, text.replace("aId Int\n", "aId Int @unique\n")).table("B").uniques == table.uniques


def test_labels_with_quotes(tmp_path: Path) -> None:
    text = """enum E {
      a @map("it's")
      b @map("back\\\\slash")
    }
    model A {
      id Int @id
      e  E   @default(a)
    }"""
    column = read(tmp_path, text).table("A").column("e")
    assert column.type.labels == ("it's", "back\\slash")
    assert column.default == "'it''s'"


@pytest.mark.parametrize("sql", ["int, x int", "int) --", "int); DROP TABLE t", "nonsense ((", "'", ""])
def test_odd_unsupported_types_stay_one_column(tmp_path: Path, sql: str) -> None:
    table = read(tmp_path, f'model A {{\n  id Int @id\n  x Unsupported("{sql}")\n}}\n').table("A")
    assert [column.name for column in table.columns] == ["id", "x"]


@pytest.mark.parametrize("sql", ["1, y int", "1) --", "(", "'", "1; DROP TABLE t"])
def test_odd_defaults_stay_defaults(tmp_path: Path, sql: str) -> None:
    table = read(tmp_path, f'model A {{\n  id Int @id\n  x Int @default(dbgenerated("{sql}"))\n}}\n').table("A")
    assert [column.name for column in table.columns] == ["id", "x"]
    assert table.column("x").type.kind == "integer"
    assert table.column("x").default is not None
