"""Relations that names suggest: found where a person would, never against a type, never where two tables fit."""

import pytest

from llmgen.relations import with_inferred
from llmgen.schema.sql import parse_schema

BASE = """
CREATE TABLE accounts (record_id bigserial PRIMARY KEY, id varchar(36) NOT NULL UNIQUE, parent_account_id varchar(36));
CREATE TABLE invoices (id uuid PRIMARY KEY, account_record_id bigint, account_id varchar(36), number text);
CREATE TABLE guac_entity (entity_id integer PRIMARY KEY);
CREATE TABLE "OrderLines" ("orderLineId" integer PRIMARY KEY);
CREATE TABLE category (code char(3) PRIMARY KEY, parent_id integer);
CREATE TABLE folders (id integer PRIMARY KEY, parent_id integer);
"""


def inferred(statement: str) -> dict[str, tuple[str, str]]:
    """column -> (table, column) of table t."""
    schema = with_inferred(parse_schema(f"{BASE}{statement};"))
    return {key.columns[0]: (key.table, key.referenced[0]) for key in schema.table("t").foreign_keys if key.inferred}


@pytest.mark.parametrize(
    ("column", "target"),
    [
        ("invoice_id uuid", ("invoices", "id")),
        ("account_id varchar(36)", ("accounts", "id")),
        ("account_record_id integer", ("accounts", "record_id")),
        ("billing_account_id text", ("accounts", "id")),
        ('"invoiceId" uuid', ("invoices", "id")),
        ("entity_id bigint", ("guac_entity", "entity_id")),
        ("order_line_id integer", ("OrderLines", "orderLineId")),
        ("category_code char(3)", ("category", "code")),
    ],
)
def test_a_name_that_says_a_table_and_its_key(column: str, target: tuple[str, str]) -> None:
    assert inferred(f"CREATE TABLE t (id integer PRIMARY KEY, {column})") == {column.split()[0].strip('"'): target}


@pytest.mark.parametrize(
    "columns",
    [
        "invoice_id text",
        "account_id varchar(20)",
        "invoice uuid",
        "id integer",
        "invoices_total integer",
        "invoice_id uuid, invoice_type text",
        "t_id integer",
        "parent_id text",
    ],
)
def test_a_name_that_says_none(columns: str) -> None:
    assert inferred(f"CREATE TABLE t (id integer PRIMARY KEY, {columns})") == {}


def test_a_row_of_the_same_table() -> None:
    schema = with_inferred(parse_schema(BASE))
    assert [(key.table, key.referenced) for key in schema.table("accounts").foreign_keys] == [("accounts", ("id",))]
    assert [key.columns for key in schema.table("folders").foreign_keys] == [("parent_id",)]
    assert schema.table("category").foreign_keys == ()


def test_a_word_that_most_tables_begin_with_is_not_said() -> None:
    schema = with_inferred(
        parse_schema("""CREATE TABLE app_entity (entity_id integer PRIMARY KEY);
            CREATE TABLE app_user_group (id integer PRIMARY KEY, first_entity_id integer);
            CREATE TABLE app_member (user_group_id integer, group_id integer, access_group_id integer);""")
    )
    keys = {key.columns[0]: key.table for table in schema.tables for key in table.foreign_keys}
    assert keys == {"first_entity_id": "app_entity", "user_group_id": "app_user_group", "group_id": "app_user_group"}


def test_what_is_declared_stays_and_two_that_fit_are_none() -> None:
    assert inferred("CREATE TABLE t (invoice_id uuid REFERENCES invoices (id))") == {}
    twins = (
        "CREATE SCHEMA a; CREATE TABLE a.orders (id integer PRIMARY KEY); CREATE TABLE orders (id integer PRIMARY KEY);"
    )
    assert inferred(f"{twins} CREATE TABLE t (order_id integer)") == {}
