"""The short notation of data contracts: every type and modifier, what refers to what, and what each mistake is told."""

import re
from pathlib import Path

import pytest

from llmgen.errors import InputError
from llmgen.schema.contracts import parse_contract, read_contract
from llmgen.schema.model import Column, ForeignKey, Schema, Table, Unique
from llmgen.schema.sql import parse_schema
from llmgen.schema.types import array_of, decimal, enum, integer, plain, text

EXAMPLE = Path(__file__).parent / "contracts" / "customers.yaml"


def contract(*fields: str, more: str = "") -> Schema:
    """A contract of one entity T, each field in a line of its own from line 4 on; `more` entities follow."""
    listed = "\n".join(f"      - {field}" for field in fields)
    return parse_contract(f"entities:\n  T:\n    fields:\n{listed}\n{more}", "c.yaml")


def column(spec: str) -> Column:
    return contract(f"f: {spec}").table("T").column("f")


def checks(spec: str) -> list[str]:
    return [check.sql for check in contract(f"f: {spec}").table("T").checks]


def fault(*fields: str, more: str = "") -> tuple[int, str, str]:
    """The line, the message and the hint of the error that the fields make."""
    with pytest.raises(InputError) as caught:
        contract(*fields, more=more)
    place = re.fullmatch(r"c\.yaml:(\d+): (.*)", caught.value.message, re.DOTALL)
    assert place is not None, caught.value.message
    return int(place[1]), place[2], caught.value.hint


def test_the_example_is_the_same_schema_as_its_sql() -> None:
    sql = """
        CREATE TYPE country AS ENUM ('FR', 'DE', 'PT', 'GB', 'US');
        CREATE TYPE status AS ENUM ('PAID', 'PENDING', 'FAILED', 'REFUNDED');
        CREATE TABLE "Customer" (
            id uuid PRIMARY KEY, email text NOT NULL UNIQUE, country country NOT NULL,
            birthdate date NOT NULL CHECK (birthdate >= '1950-01-01') CHECK (birthdate <= '2007-12-31')
        );
        CREATE TABLE "Order" (
            id uuid PRIMARY KEY, customer_id uuid NOT NULL REFERENCES "Customer" (id),
            total_eur numeric(7,2) NOT NULL CHECK (total_eur >= 0) CHECK (total_eur <= 99999), status status NOT NULL
        );"""
    schema = read_contract(EXAMPLE)
    assert schema == parse_schema(sql, dialect="postgres")
    assert schema.ignored == ()
    assert schema.table("Customer").column("email").format == "email"
    assert schema.table("Order").foreign_keys[0].columns == ("customer_id",)


def test_fields_and_entities_may_be_mappings_or_lists() -> None:
    listed = EXAMPLE.read_text("utf-8")
    mapped = re.sub(r"^( +)- ", r"\1", listed, flags=re.MULTILINE)
    entities = re.sub(r"^  (\w+:)\n    fields:", r"  - \1\n      fields:", listed, flags=re.MULTILINE)
    entities = re.sub(r"^      - (?!fields)", "        - ", entities, flags=re.MULTILINE)
    assert parse_contract(mapped) == parse_contract(entities) == parse_contract(listed)
    assert '"Customer"' not in mapped
    assert parse_contract('{"entities": {"T": {"fields": [{"f": "integer"}]}}}') == contract("f: integer")


@pytest.mark.parametrize(
    ("spec", "type_"),
    [
        ("string", text()),
        ("string(20)", text(20)),
        ("string(email, 120)", text(120)),
        ("string(>=3, <20)", text(19)),
        ("string(20,<=12)", text(12)),
        ("string(uuid)", plain("uuid")),
        ("integer", integer(64)),
        ("integer(>=0,<=9)", integer(64)),
        ("number", decimal()),
        ("number(>=0)", decimal()),
        ("number(2dec)", decimal(18, 2)),
        ("number(>=0,2dec)", decimal(18, 2)),
        ("number(>=0,<=99999,2dec)", decimal(7, 2)),
        ("number(>=0,<100000,2dec)", decimal(7, 2)),
        ("number(>=0,<=100000,2dec)", decimal(8, 2)),
        ("number(>=-1000.5,<=1,1dec)", decimal(5, 1)),
        ("number(>=0,<1,2dec)", decimal(2, 2)),
        ("number(>=0,<=9,0dec)", decimal(1, 0)),
        ("number(>0,<=12345678901234567890,3dec)", decimal(23, 3)),
        ("number(<=123456789012345678901,0dec)", decimal(21, 0)),
        ("boolean", plain("boolean")),
        ("date", plain("date")),
        ("datetime", plain("timestamp")),
        ("timestamptz(>=2020-01-01T00:00:00Z)", plain("timestamptz")),
        ("time(>=08:00)", plain("time")),
        ("json", plain("json")),
        ("enum[a]", enum(["a"])),
        ("enum[ PAID , \"a, b\", 'it''s']", None),
        ("enum[PAID,\"a, b\",'c]d']", enum(["PAID", "a, b", "c]d"])),
        ("string[]", array_of(text())),
        ("string(20)[] optional", array_of(text(20))),
        ("enum[a,b][]", array_of(enum(["a", "b"]))),
        ("number(2dec)[]", array_of(decimal(18, 2))),
    ],
)
def test_types(spec: str, type_: object) -> None:
    if type_ is None:
        assert "a ] is missing" in fault(f"f: {spec}")[1]
    else:
        assert column(spec).type == type_


@pytest.mark.parametrize(
    ("spec", "sql"),
    [
        ("integer(>=0)", ["f >= 0"]),
        ("integer(>-5,<10)", ["f > -5", "f < 10"]),
        ("number(>=0.5,<=99.25)", ["f >= 0.5", "f <= 99.25"]),
        ("date(>=1950-01-01,<=2007-12-31)", ["f >= DATE '1950-01-01'", "f <= DATE '2007-12-31'"]),
        ("datetime(>2020-01-01T00:00:00)", ["f > TIMESTAMP '2020-01-01T00:00:00'"]),
        ("timestamptz(>2020-01-01T00:00:00+01:00)", ["f > TIMESTAMPTZ '2019-12-31T23:00:00Z'"]),
        ("time(<22:30)", ["f < TIME '22:30:00'"]),
        ("string(>=3,<=20)", ["char_length(f) >= 3"]),
        ("string(>3)", ["char_length(f) >= 4"]),
        ("string(/^[A-Z]{3}-[0-9]{2,4}$/)", ["f ~ '^[A-Z]{3}-[0-9]{2,4}$'"]),
        ("string(12,/^a\\/b,(c)'$/)", ["f ~ '^a/b,(c)''$'"]),
        ("string(/\\bword\\b/)", ["f ~ '\\yword\\y'"]),
        ("string(20)", []),
    ],
)
def test_conditions_are_checks(spec: str, sql: list[str]) -> None:
    assert checks(spec) == sql
    found = contract(f"f: {spec}").table("T").checks
    assert all(check.columns == ("f",) for check in found)
    assert [check.name for check in found] == ["T_f_check", "T_f_check1"][: len(sql)]


def test_names_are_quoted_where_sql_needs_it() -> None:
    assert [check.sql for check in contract("order: integer(>=0)", "Total: integer(<5)").table("T").checks] == [
        '"order" >= 0',
        '"Total" < 5',
    ]


@pytest.mark.parametrize("spec", ["string optional", "string nullable", "string?", "string ?", "string(email)?"])
def test_only_optional_fields_are_nullable(spec: str) -> None:
    assert column(spec).nullable
    assert not column("string").nullable


@pytest.mark.parametrize(
    ("spec", "default"),
    [
        ("integer default=0", "0"),
        ("number(2dec) default=1.5", "1.50"),
        ("boolean default=true unique", "TRUE"),
        ("enum[A,B] default=B", "'B'"),
        ('string default="it\'s so" optional', "'it''s so'"),
        ("string default='' ", "''"),
        ("date default=2020-02-29", "DATE '2020-02-29'"),
        ("date default=now", "CURRENT_DATE"),
        ("datetime default=now", "LOCALTIMESTAMP"),
        ("timestamptz default=now", "now()"),
        ("json default={}", "'{}'"),
        ("string default=now", "'now'"),
    ],
)
def test_defaults(spec: str, default: str) -> None:
    assert column(spec).default == default


@pytest.mark.parametrize(
    ("fields", "key", "uniques"),
    [
        (["id: string(uuid) unique", "mail: string unique"], ("id",), [("mail",)]),
        (["mail: string unique", "id: integer unique"], ("id",), [("mail",)]),
        (["mail: string unique", "phone: string unique"], ("mail",), [("phone",)]),
        (["mail: string unique optional", "phone: string unique"], ("phone",), [("mail",)]),
        (["id: integer unique", "code: string pk"], ("code",), [("id",)]),
        (["a: integer primary", "b: integer pk unique"], ("a", "b"), [("b",)]),
        (["id: integer", "name: string"], (), []),
        (["id: integer pk unique"], ("id",), []),
    ],
)
def test_the_primary_key(fields: list[str], key: tuple[str, ...], uniques: list[tuple[str, ...]]) -> None:
    table = contract(*fields).table("T")
    assert table.primary_key == key
    assert [unique.columns for unique in table.uniques] == uniques


def test_references_take_the_type_of_their_target_in_any_order() -> None:
    more = """
  Line:
    fields:
      - order: fk(Order.number) primary
      - parent: fk(Line)? unique
      - price: number(>=0,<=9,1dec)
  Order:
    fields:
      - number: fk(Number)  pk
  Number:
    fields:
      - code: string(/^[a-z]+$/,12) unique
"""
    schema = contract("line: fk(Line.order) optional", more=more)
    assert schema.table("T").column("line") == Column("line", text(12))
    assert schema.table("Line").column("order").type == text(12)
    assert schema.table("Order").foreign_keys == (
        ForeignKey(("number",), "Number", ("code",), name="Order_number_fkey"),
    )
    assert schema.table("Line").foreign_keys[1].referenced == ("order",)
    assert schema.table("Line").checks[0].sql == "price >= 0"
    assert schema.table("Line").uniques == (Unique(("parent",), name="Line_parent_key"),)
    assert schema.table("T").checks == schema.table("Order").checks == ()


def test_what_an_array_cannot_keep_is_said() -> None:
    schema = contract("id: integer pk", "a: integer(>=0)[]", "b: fk(T.id)[]", "c: string[]")
    assert [(item.line, item.text, item.constrains) for item in schema.ignored] == [
        (5, "integer(>=0)[]", True),
        (6, "fk(T.id)[]", True),
    ]
    table = schema.table("T")
    assert table.checks == ()
    assert table.foreign_keys == ()
    assert table.column("b").type == array_of(integer(64))


def test_other_keys_are_said() -> None:
    schema = parse_contract(
        "version: 1\nrules: [x]\nentities:\n  T:\n    description: What\n    owner: me\n    fields: {f: json}"
    )
    assert [(item.line, item.text, item.constrains) for item in schema.ignored] == [
        (2, "rules", True),
        (6, "T: owner", True),
    ]
    assert schema.tables == (Table("T", (Column("f", plain("json"), nullable=False),), comment="What"),)


@pytest.mark.parametrize(
    ("spec", "message", "hint"),
    [
        ("strin", "T.f: unknown type 'strin'", "is it string? The types are string, integer"),
        ("text", "unknown type 'text'", "is it string?"),
        ("float(>=0)", "unknown type 'float'", "is it number?"),
        ("String", "unknown type 'String'", "is it string?"),
        ("(20)", "unknown type ''", "the types are"),
        ("string(20", "a ) is missing after 'string(20'", "close the parenthesis of string("),
        ("string(", "unknown format ''", "a format (email), a length (20) or a /regex/"),
        ("string()", "unknown format ''", "a format (email)"),
        ("string(emial)", "unknown format 'emial'", "is it email?"),
        ("string(20,30)", "a second length, '30'", "keep one"),
        ("string(email,uri)", "a second format, 'uri'", "keep one"),
        ("string(0)", "a string of no characters", "string(20)"),
        ("string(>=x)", ">=x is no length", "count its characters"),
        ("string(>=30,20)", "no value is >=30 and at most 20 characters", "turn"),
        ("string(uuid,36)", "a uuid with a length", "write string(uuid)"),
        ("string(/[/)", "/[/ is no regular expression", "simplify"),
        ("string(/\\p{L}/)", "is no regular expression that PostgreSQL has", "simplify"),
        ("string(20) )", "')' is not understood", "drop the )"),
        ("integer(5)", "'5' is no bound of integer", "bounds are written as >=0 or <100"),
        ("integer(>=0.5)", ">=0.5 is no bound", "a bound is a whole number"),
        ("integer(>=abc)", ">=abc is no bound", "a whole number"),
        ("integer(>=0,>=1)", "a second lower bound", "keep one"),
        ("integer(<=0,<1)", "a second upper bound", "keep one"),
        ("integer(>=10,<=5)", "no value is >=10 and <=5", "turn the bounds around"),
        ("integer(>5,<=5)", "no value is >5 and <=5", "turn"),
        ("integer(>5,<6)", "no value is >5 and <6", "turn"),
        ("number(>0,<0.001,2dec)", "no value is >0 and <0.001", "turn"),
        ("integer(>=9223372036854775808)", "is no bound", "a whole number from"),
        ("number(2 decimals)", "'2 decimals' is no bound of number", "or 2dec"),
        ("number(2dec,3dec)", "'3dec' is not possible here", "say it once"),
        ("number(99dec)", "'99dec' is not possible here", "at most 20dec"),
        ("date(>=1950)", ">=1950 is no bound", "an ISO 8601 date"),
        ("date(>=2001-02-29)", ">=2001-02-29 is no bound", "a date that exists"),
        ("date(>=2007-01-01,<=1950-01-01)", "no value is", "turn"),
        ("boolean(1)", "boolean takes nothing in parentheses", "write boolean"),
        ("enum", "an enum without its labels", "enum[PAID,PENDING]"),
        ("enum(A,B)", "an enum without its labels", "enum[PAID,PENDING]"),
        ("enum[A,B", "a ] is missing", "enum[PAID,PENDING]"),
        ("enum[]", "an empty label", "enum[PAID"),
        ("enum[A,,B]", "an empty label", "enum[PAID"),
        ("enum[A,B,A]", "the label 'A' stands twice", "keep one"),
        ("fk", "an fk without its target", "fk(Customer.id)"),
        ("fk()", "an fk without its target", "fk(Customer.id)"),
        ("fk(T.id", "a ) is missing", "fk(Customer.id)"),
        ("fk(Customr.id)", "there is no entity Customr", "(there is T"),
        ("fk(T.idd)", "T has no field 'idd'", "(there is id)"),
        ("fk(T.name)", "T.name is not unique, so no row can refer to it", "mark T.name unique"),
        ("fk(T.tags)", "T.tags is not unique", "mark"),
        ("string uniqe", "'uniqe' is not understood", "is it unique?"),
        ("string unique unique", "'unique' and 'unique' say the same", "keep one"),
        ("string? nullable", "'?' and 'nullable' say the same", "keep one"),
        ("string primary optional", "a primary key cannot be optional", "drop one"),
        ("string default=", "'default=' is not understood", "default=..."),
        ("integer default=x", "the default 'x' is not possible", "it must be a whole number"),
        ("enum[A] default=B", "the default 'B' is not possible", "it must be one of A"),
        ("string(3) default=abcd", "the default 'abcd' is not possible", "at most 3 characters"),
        ("string[] default=a", "an array takes no default", "drop"),
        ("string[][]", "arrays of arrays are not read", "use json"),
        ("", "T.f has no type", "write the type as text"),
        ("5", "T.f: '5' is no type", "write the type as text"),
        ("[a]", "is no type", "write the type as text"),
    ],
)
def test_each_mistake_has_its_line_and_what_would_be_right(spec: str, message: str, hint: str) -> None:
    line, found, right = fault("id: integer primary", "name: string", "tags: string[] unique", f"f: {spec}")
    assert line == 7
    assert message in found
    assert hint in right


def test_circles_of_references_have_no_type() -> None:
    more = "  A:\n    fields: [p: fk(B.p) pk]\n  B:\n    fields:\n      - p: fk(A.p) pk\n"
    line, message, hint = fault("f: fk(A.p)", more=more)
    assert "a circle of references gives no type: A.p -> B.p -> A.p" in message
    assert line == 6
    assert "a type of its own" in hint
    assert "T.f -> T.f" in fault("f: fk(T.f) unique")[1]


def test_a_reference_without_a_field_wants_one_primary_key() -> None:
    assert "has no primary key of one field" in fault("f: fk(T)")[1]
    assert "has no primary key of one field" in fault("a: integer pk", "b: integer pk", "f: fk(T)")[1]
