"""The Open Data Contract Standard 3: a whole contract against the same schema in SQL, and each part on its own."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from llmgen.errors import InputError
from llmgen.schema.contracts import parse_contract, read_contract
from llmgen.schema.model import Column, Schema, Table, Unique
from llmgen.schema.sql import parse_schema
from llmgen.schema.types import array_of, decimal, enum, integer, plain, text

ORDERS = Path(__file__).parent / "contracts" / "orders.odcs.yaml"
START = "apiVersion: v3.1.0\nschema:\n"
SAME = """
CREATE TABLE customer (
    customer_id uuid PRIMARY KEY,
    email varchar(120) NOT NULL UNIQUE,
    country char(2) NOT NULL CHECK (country IN ('NO', 'SE', 'DE')),
    birthdate date CHECK (birthdate >= '1950-01-01') CHECK (birthdate < '2008-01-01'),
    phone varchar(15) UNIQUE CHECK (phone ~ '^\\+[0-9]{6,14}$') CHECK (length(phone) >= 7),
    newsletter boolean NOT NULL,
    address jsonb,
    tags varchar(30)[] CHECK (cardinality(tags) <= 5),
    referred_by uuid REFERENCES customer (customer_id)
);
CREATE TYPE status AS ENUM ('PAID', 'PENDING', 'FAILED');
CREATE TYPE channel AS ENUM ('web', 'shop');
CREATE TABLE sales.orders (
    tenant_id integer,
    number bigint CHECK (number > 0),
    customer_id uuid NOT NULL REFERENCES customer (customer_id),
    total numeric(7, 2) NOT NULL CHECK (total >= 0) CHECK (total <= 99999),
    discount numeric(5, 2) CHECK (discount >= 0) CHECK (discount <= 100),
    status status NOT NULL,
    priority integer NOT NULL CHECK (priority IN (1, 2, 3)),
    placed_at timestamptz NOT NULL CHECK (placed_at >= timestamptz '2015-01-01T00:00:00Z'),
    delivery_from time,
    picked_at timestamp,
    parcels smallint CHECK (parcels >= 0) CHECK (parcels <= 255) CHECK (parcels % 2 = 0),
    notes text CHECK (notes NOT IN ('', 'N/A')),
    channel channel,
    route jsonb,
    embedding vector(3),
    PRIMARY KEY (tenant_id, number),
    UNIQUE (customer_id, placed_at)
);
CREATE TABLE order_lines (
    id bigserial PRIMARY KEY,
    order_tenant_id integer NOT NULL,
    order_number bigint NOT NULL,
    sku varchar(8) NOT NULL CHECK (sku ~ '^[A-Z]{3}-\\d{4}$'),
    quantity integer NOT NULL CHECK (quantity >= 1) CHECK (quantity <= 999),
    gift boolean,
    FOREIGN KEY (order_tenant_id, order_number) REFERENCES sales.orders (tenant_id, number)
);
"""


def contract(*objects: dict[str, Any], **more: Any) -> Schema:
    """A contract of version 3.1 with these objects."""
    head = {"apiVersion": "v3.1.0", "kind": "DataContract", "id": "x", "version": "1.0.0", "status": "active"}
    return parse_contract(json.dumps({**head, **more, "schema": list(objects)}), "c.yaml")


def logical(word: str, **options: Any) -> dict[str, Any]:
    """A property of a logical type with its options."""
    return {"logicalType": word, "logicalTypeOptions": options} if options else {"logicalType": word}


def physical(spelled: str, word: str = "string", **options: Any) -> dict[str, Any]:
    """A property that has a physical type too."""
    return {"physicalType": spelled, **logical(word, **options)}


def table(*properties: dict[str, Any], **more: Any) -> Table:
    return contract({"name": "t", "properties": list(properties), **more}).tables[0]


def column(**said: Any) -> Column:
    return table({"name": "c", **said}).column("c")


def lost(*properties: dict[str, Any], **more: Any) -> list[tuple[str, bool]]:
    """Why something was not kept, without its table, and whether it constrains."""
    found = contract({"name": "t", "properties": list(properties), **more}).ignored
    return [(item.why.split(": ", 1)[1], item.constrains) for item in found]


def test_a_whole_contract_is_the_same_schema_as_its_sql() -> None:
    schema = read_contract(ORDERS)
    same = parse_schema(SAME, dialect="postgres")
    for mine, other in zip(schema.tables, same.tables, strict=True):
        assert Schema((mine,)).identity == Schema((other,)).identity
    assert schema == same


def test_what_the_contract_does_not_say_in_constraints_is_named_with_its_line() -> None:
    lines = ORDERS.read_text("utf-8").splitlines()
    found = [(lines[item.line - 1].strip(), item.why, item.constrains) for item in read_contract(ORDERS).ignored]
    assert found == [
        ("- type: text", "customer.phone: quality: a rule of type text is not read", True),
        ("properties:", "customer.address: a column of JSON, whose inside is not checked", True),
        ("- to: crm.accounts.id", "orders: relationship: its target 'crm.accounts' is not in this contract", True),
        (
            "- to: https://example.test/profiles.yaml#profiles.customer_id",
            "orders: relationship: it leads to another contract",
            True,
        ),
        (
            "- name: route",
            "sales.orders.route: not a SQL type that is known, so the logicalType is taken",
            False,
        ),
        ("map:", "sales.orders.route: a column of JSON, whose inside is not checked", True),
        ("- name: gross", "sales.orders.gross: a measure is computed and no column", False),
        ("- metric: rowCount", "sales.orders: quality: a rule that no constraint says", True),
        ("- type: sql", "sales.orders: quality: a rule of type sql is not read", True),
        ("requried: true", "order_lines.gift: no key of the standard; is it required?", True),
    ]


def test_comments_formats_and_names_of_constraints() -> None:
    schema = read_contract(ORDERS)
    customer = schema.table("customer")
    assert customer.comment == "Who buys."
    assert customer.column("customer_id").comment == "The customer's number, for ever."
    assert [c.format for c in customer.columns] == ["", "email", "", "", "", "", "", "", ""]
    assert schema.table("orders").schema == "sales"
    assert [unique.name for unique in customer.uniques] == ["customer_email_key", "customer_phone_key"]
    assert schema.table("order_lines").foreign_keys[0].name == "order_lines_order_tenant_id_order_number_fkey"


@pytest.mark.parametrize(
    ("said", "type_"),
    [
        (logical("string"), text()),
        (logical("string", maxLength=20), text(20)),
        (logical("string", maxLength=20_000_000), text()),
        (logical("integer"), integer(32)),
        (logical("integer", maximum=5_000_000_000), integer(64)),
        (logical("integer", format="i8"), integer(16)),
        (logical("integer", format="i16"), integer(16)),
        (logical("integer", format="u16"), integer(32)),
        (logical("integer", format="u32"), integer(64)),
        (logical("integer", format="u64"), decimal(20, 0)),
        (logical("integer", minimum=10**20), decimal(21, 0)),
        (logical("number"), decimal()),
        (logical("number", format="f64"), plain("float")),
        (logical("number", multipleOf=0.001), decimal(18, 3)),
        (logical("number", multipleOf=0.25), decimal()),
        (logical("boolean"), plain("boolean")),
        (logical("date"), plain("date")),
        (logical("time"), plain("time")),
        (logical("timestamp"), plain("timestamptz")),
        (logical("timestamp", timezone=False), plain("timestamp")),
        (logical("object"), plain("json")),
        ({"logicalType": "array", "items": logical("integer")}, array_of(integer())),
        ({"logicalType": "array", "items": logical("object")}, plain("json")),
        (logical("array"), plain("json")),
        (physical("int8", "number"), integer(64)),
        (physical("varchar[15]"), text(15)),
        (physical("VARCHAR2(15)"), text(15)),
        (physical("nvarchar(max)"), text()),
        (physical("NUMBER(10, 2)", "number"), decimal(10, 2)),
        (physical("INT64", "integer"), integer(64)),
        (physical("DATETIME", "date"), plain("timestamp")),
        (physical("uniqueidentifier"), plain("uuid")),
        ({"physicalType": "text[]", "logicalType": "array"}, array_of(text())),
        (physical("bit", "boolean"), plain("boolean")),
        (physical("int); DROP TABLE t; --"), text()),
        (physical("int, d int"), text()),
        (physical("int default 3"), text()),
        ({"logicalType": "string", "enum": [{"value": "a"}, {"value": "b", "label": "B"}]}, enum(["a", "b"])),
        ({"logicalType": "integer", "enum": [{"value": 1}]}, integer()),
        ({"logicalType": "string", "physicalType": "varchar(9)", "enum": [{"value": "a"}]}, text(9)),
    ],
)
def test_types(said: dict[str, Any], type_: object) -> None:
    assert column(**said).type.kind == getattr(type_, "kind", "")
    found = Schema((table({"name": "c", **said}),)).identity["tables"]["t"]["columns"][0]["type"]
    assert found == Schema((Table("t", (Column("c", type_),)),)).identity["tables"]["t"]["columns"][0]["type"]


@pytest.mark.parametrize(
    ("said", "sql"),
    [
        (logical("integer", minimum=1, exclusiveMaximum=9), ["c >= 1", "c < 9"]),
        (logical("integer", format="i8"), ["c >= -128", "c <= 127"]),
        (logical("integer", format="i64"), []),
        (logical("integer", multipleOf=5), ["c % 5 = 0"]),
        (logical("integer", multipleOf=1), []),
        (logical("number", multipleOf=0.25), ["c % 0.25 = 0"]),
        (logical("number", multipleOf=0.01), []),
        (physical("text", maxLength=9), ["char_length(c) <= 9"]),
        (physical("varchar(9)", maxLength=9), []),
        (logical("time", maximum="22:00"), ["c <= TIME '22:00:00'"]),
        ({"logicalType": "string", "enum": [{"value": "a"}]}, []),
        ({"logicalType": "integer", "enum": [{"value": 1}, {"value": 2}]}, ["c IN (1, 2)"]),
        ({**physical("varchar(9)"), "enum": [{"value": "a"}, {"value": "b"}]}, ["c IN ('a', 'b')"]),
        ({**logical("array", minItems=1), "items": logical("string")}, ["cardinality(c) >= 1"]),
    ],
)  # fmt: skip
def test_options_are_checks(said: dict[str, Any], sql: list[str]) -> None:
    assert [check.sql for check in table({"name": "c", **said}).checks] == sql


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (logical("string", pattern="\\p{L}"), "no regular expression that PostgreSQL has"),
        (logical("integer", minimum="abc"), "its value must be a whole number"),
        (logical("integer", minimum="5"), "its value must be a whole number"),
        (logical("date", minimum="01/02/2020"), "its value must be an ISO 8601 date"),
        (logical("string", minimum=1), "no bound of a column of kind text"),
        (logical("object", minProperties=1), "not understood"),
        (physical("jsonb", "object") | {"properties": [{"name": "a", "logicalType": "date"}]}, "inside is not checked"),
        (physical("text[]", "array") | {"items": logical("string", maxLength=9, minLength=2)}, "elements of an array"),
        ({**logical("array"), "items": {"logicalType": "string", "quality": [{"metric": "nullValues"}]}}, "elements"),
        ({**logical("array"), "items": {**logical("array"), "items": logical("string")}}, "inside is not checked"),
        (physical("uuid", pattern="^a"), "kind uuid is not kept"),
        ({**logical("array", uniqueItems=True), "items": logical("integer")}, "that elements differ"),
        ({"logicalType": "array", "items": logical("integer", minimum=1)}, "elements of an array is not kept"),
        ({"physicalType": "MYSTERY"}, "a type that is not known"),
        (logical("text"), "no logicalType of the standard"),
        ({}, "no type is given"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_said(said: dict[str, Any], why: str) -> None:
    found = lost({"name": "c", **said})
    assert len(found) == 1
    assert why in found[0][0]
    assert found[0][1]


def test_null_unique_and_keys() -> None:
    found = table(
        {"name": "b", "logicalType": "integer", "primaryKey": True, "primaryKeyPosition": 2},
        {"name": "c", "logicalType": "integer", "unique": True},
        {"name": "x", "physicalName": "a", "logicalType": "integer", "primaryKey": True, "primaryKeyPosition": 1},
        {"name": "id", "logicalType": "integer", "unique": True, "required": True},
        {"name": "d", "logicalType": "integer", "primaryKey": True, "primaryKeyPosition": -1},
    )
    assert found.primary_key == ("a", "b", "d")
    assert [c.name for c in found.columns if c.nullable] == ["c"]
    assert found.uniques == (Unique(("c",), name="t_c_key"), Unique(("id",), name="t_id_key"))
    alone = table({"name": "id", "logicalType": "integer", "primaryKey": True, "unique": True})
    assert alone.uniques == ()


def test_objects_with_one_bare_name_keep_their_schemas() -> None:
    properties = [{"name": "id", "logicalType": "integer"}]
    objects = [{"name": name, "physicalName": f"{name}.t", "properties": properties} for name in ("a", "b")]
    assert [(t.name, t.schema) for t in contract(*objects).tables] == [("a.t", "a"), ("b.t", "b")]
    with pytest.raises(InputError, match="the table 't' stands twice"):
        contract(*({"name": "t", "properties": properties} for _ in range(2)))


@pytest.mark.parametrize(
    ("text_", "message"),
    [
        ("kind: DataContract\n", "1: no apiVersion: only version 3"),
        ("apiVersion: v2.2.2\nkind: DataContract\n", "1: apiVersion v2.2.2: only version 3"),
        ("kind: DataContract\napiVersion: v4.0.0\n", "2: apiVersion v4.0.0: only version 3"),
        ("apiVersion: v3.1.0\nkind: DataContract\n", "1: the contract has no schema"),
        ("apiVersion: v3.1.0\nschema: []\n", "1: the contract has no schema"),
        ("apiVersion: v3.1.0\nschema: 5\n", "2: schema: input should be a valid list"),
        (f"{START}- name: a\n", "2: no object of the schema has properties"),
        (f"{START}- properties: []\n", "3: an object of the schema has no name"),
        (f"{START}- name: a\n  properties:\n  - logicalType: date\n", "5: a property of a has no name"),
        (f"{START}- name: a\n  properties:\n  - name: b\n    required: 7\n", "6: schema.0.properties.0.required"),
        (f"{START}- name: a\n  properties: [{{name: b}}, {{name: b}}]\n", "4: a: the column 'b' stands twice"),
        (f"{START}- name: a\n  properties: [~]\n", "4: schema.0.properties.0"),
    ],
)
def test_mistakes_have_their_line(text_: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_contract(text_, "c.yaml")
    assert caught.value.message.startswith(f"c.yaml:{message}")
    assert caught.value.hint


def test_a_number_may_stand_for_the_version_and_unknown_keys_are_said() -> None:
    schema = contract({"name": "t", "properties": [{"name": "c", "logicalType": "date"}]}, version=1.0, owner="me")
    assert [(item.text, item.constrains) for item in schema.ignored] == [("owner: me", False)]


def test_plain_words_that_old_yaml_takes_for_booleans_stay_words() -> None:
    said = "name: on, required: yes, enum: [{value: NO}, {value: SE}], logicalType: string"
    text_ = f"{START}- name: a\n  properties: [{{{said}}}]\n"
    assert parse_contract(text_).table("a").column("on") == Column("on", enum(["NO", "SE"]), nullable=False)


def test_a_missing_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "open_data_contract_standard.model", None)
    with pytest.raises(InputError) as caught:
        read_contract(ORDERS)
    assert caught.value.hint == 'pip install "llmgen[contracts]"'
    assert parse_contract("entities: {T: {fields: {f: json}}}").tables
