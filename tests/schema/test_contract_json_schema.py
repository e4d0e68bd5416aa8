"""JSON Schema as tables: a whole file against the same schema in SQL, and each keyword on its own."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from llmgen.errors import InputError
from llmgen.schema.contracts import parse_contract, read_contract
from llmgen.schema.model import Column, ColumnType, Schema, Table
from llmgen.schema.sql import parse_schema
from llmgen.schema.types import array_of, decimal, enum, integer, plain, text

LIBRARY = Path(__file__).parent / "contracts" / "library.schema.json"
SAME = """
CREATE TYPE level AS ENUM ('child', 'adult');
CREATE TYPE kind AS ENUM ('reader');
CREATE TYPE state AS ENUM ('open', 'shut');
CREATE TABLE "Reader" (
    id uuid PRIMARY KEY,
    name varchar(80) NOT NULL CHECK (length(name) >= 1),
    email varchar(120),
    card text NOT NULL CHECK (card ~ '^[A-Z]{2}\\d{6}$'),
    born date,
    level level,
    fines numeric(5, 2) NOT NULL DEFAULT 0 CHECK (fines >= 0) CHECK (fines <= 999.99),
    visits bigint CHECK (visits > -1) CHECK (visits % 5 = 0),
    shelf bigint CHECK (shelf IN (1, 2, 3)),
    kind kind NOT NULL,
    nick varchar(20),
    state state,
    either jsonb,
    mother text CHECK (length(mother) >= 2),
    tags varchar(12)[] CHECK (cardinality(tags) <= 4),
    address jsonb,
    extra jsonb,
    active boolean NOT NULL DEFAULT TRUE,
    created_at timestamptz NOT NULL
);
CREATE TABLE "Stamped" (created_at timestamptz NOT NULL);
CREATE TABLE "Address" (street text, city text);
"""


def schema_of(**said: Any) -> Schema:
    return parse_contract(json.dumps({"$schema": "x", **said}), "c.json")


def table(required: Sequence[str] = ("c",), **properties: Any) -> Table:
    definition = {"type": "object", "properties": properties, "required": list(required)}
    return schema_of(**{"$defs": {"T": definition, "Name": {"type": "string", "maxLength": 9}}}).table("T")


def lost(**said: Any) -> list[tuple[str, bool]]:
    """Why something of the column T.c was not kept, and whether it constrains."""
    ignored = schema_of(**{"$defs": {"T": {"properties": {"c": said}}}}).ignored
    return [(item.why.split(": ", 1)[1], item.constrains) for item in ignored]


def test_a_whole_file_is_the_same_schema_as_its_sql() -> None:
    schema = read_contract(LIBRARY)
    same = parse_schema(SAME, dialect="postgres")
    for mine, other in zip(schema.tables, same.tables, strict=True):
        assert Schema((mine,)).identity == Schema((other,)).identity
    assert schema == same


def test_what_no_check_says_is_named_with_its_line() -> None:
    lines = LIBRARY.read_text("utf-8").splitlines()
    found = [
        (lines[item.line - 1].strip().split(":")[0], item.why, item.constrains)
        for item in read_contract(LIBRARY).ignored
    ]
    assert found == [
        ('"either"', "Reader.either: alternatives are not kept", True),
        ('"tags"', "Reader.tags: that elements differ is not kept", True),
        ('"if"', "Reader: a condition over its columns is not kept", True),
        ('"then"', "Reader: a condition over its columns is not kept", True),
        ('"properties"', "Reader.address: a column of JSON, whose inside is not checked", True),
    ]


def test_comments_formats_and_defaults() -> None:
    reader = read_contract(LIBRARY).table("Reader")
    assert reader.comment == "Who borrows."
    assert reader.column("name").comment == "As on the card \U0001f600"
    assert {c.name: c.format for c in reader.columns if c.format} == {"email": "email"}
    assert {c.name: c.default for c in reader.columns if c.default} == {"fines": "0.00", "active": "TRUE"}


@pytest.mark.parametrize(
    ("said", "type_"),
    [
        ({"type": "string"}, text()),
        ({"type": "string", "format": "hostname"}, text()),
        ({"type": "string", "format": "uuid"}, plain("uuid")),
        ({"type": "string", "format": "date-time"}, plain("timestamptz")),
        ({"type": "string", "format": "time"}, plain("time")),
        ({"type": "string", "format": "duration"}, plain("interval")),
        ({"type": "integer"}, integer(64)),
        ({"type": "integer", "format": "int32"}, integer(32)),
        ({"type": "integer", "minimum": 10**20}, decimal(21, 0)),
        ({"type": ["integer", "number"]}, decimal()),
        ({"type": "number", "format": "double"}, plain("float")),
        ({"type": "boolean"}, plain("boolean")),
        ({"type": ["string", "integer"]}, plain("json")),
        ({"type": "object"}, plain("json")),
        ({"type": "array"}, plain("json")),
        ({"type": "array", "items": {"type": "integer"}}, array_of(integer(64))),
        ({"type": "array", "items": {"$ref": "#/$defs/Name"}}, array_of(text(9))),
        ({"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}, plain("json")),
        ({"type": "array", "items": [{"type": "integer"}]}, plain("json")),
        ({"enum": ["a", "b"]}, enum(["a", "b"])),
        ({"type": "string", "enum": ["a", None]}, enum(["a"])),
        ({"enum": [1, 2]}, integer(64)),
        ({"enum": [1, 2.5]}, decimal()),
        ({"enum": ["a", 1]}, plain("json")),
        ({"const": True}, plain("boolean")),
        ({"minLength": 2}, text()),
        ({"multipleOf": 0.01, "maximum": 9, "minimum": 0}, decimal(3, 2)),
        ({"$ref": "#/$defs/Name"}, text(9)),
        ({"$ref": "#/$defs/Name", "maxLength": 5}, text(5)),
        ({"allOf": [{"$ref": "#/$defs/Name"}, {"maxLength": 4}]}, text(4)),
        ({"allOf": [{"type": "number"}, {"type": "integer"}]}, integer(64)),
        ({"anyOf": [{"$ref": "#/$defs/Name"}, {"type": "null"}]}, text(9)),
        ({"oneOf": [{"const": 1}, {"const": 2}]}, integer(64)),
        ({}, plain("json")),
        (True, plain("json")),
    ],
)
def test_types(said: Any, type_: ColumnType) -> None:
    found = table(c=said).column("c").type
    assert (found.kind, found.length, found.bits, found.labels) == (type_.kind, type_.length, type_.bits, type_.labels)
    assert (found.precision, found.scale, found.element) == (type_.precision, type_.scale, type_.element)


@pytest.mark.parametrize(
    ("said", "sql"),
    [
        ({"type": "integer", "minimum": 1, "exclusiveMaximum": 9}, ["c >= 1", "c < 9"]),
        ({"allOf": [{"type": "integer", "minimum": 1}, {"minimum": 5}]}, ["c >= 1", "c >= 5"]),
        ({"enum": [1, 2, 1]}, ["c IN (1, 2)"]),
        ({"const": False}, ["c IN (FALSE)"]),
        ({"type": "string", "maxLength": 9, "minLength": 0, "pattern": "^a"}, ["c ~ '^a'"]),
        ({"type": "string", "enum": ["ab"], "maxLength": 2, "pattern": "^a"}, []),
        ({"type": "integer", "format": "uint8"}, ["c >= 0", "c <= 255"]),
        ({"oneOf": [{"const": 1}, {"const": 2}, {"type": "null"}]}, ["c IN (1, 2)"]),
    ],
)
def test_keywords_are_checks(said: Any, sql: list[str]) -> None:
    assert [check.sql for check in table(c=said).checks] == sql


@pytest.mark.parametrize(
    ("said", "nullable"),
    [
        ({"type": "string"}, False),
        ({"type": ["string", "null"]}, True),
        ({"enum": ["a", None]}, True),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, True),
        ({"anyOf": [{"type": ["string", "null"]}]}, True),
        ({"oneOf": [{"const": "a"}, {"type": "null"}]}, True),
    ],
)
def test_what_may_be_null(said: Any, nullable: bool) -> None:
    assert table(c=said).column("c").nullable == nullable
    assert table(required=[], c=said).column("c").nullable


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ({"type": "integer"}, ("id",)),
        ({"type": "string", "format": "uuid"}, ("id",)),
        ({"type": ["integer", "null"]}, ()),
        ({"type": "boolean"}, ()),
    ],
)
def test_a_required_id_is_the_primary_key(said: Any, key: tuple[str, ...]) -> None:
    assert table(required=["id"], id=said, other_id=said).primary_key == key
    assert table(required=[], id=said).primary_key == ()
    assert table(required=["id"], id=said, T_id=said).foreign_keys == ()


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, "alternatives are not kept"),
        ({"type": "string", "anyOf": [{"format": "email"}, {"format": "uri"}]}, "alternatives are not kept"),
        ({"type": "string", "not": {"const": "a"}}, "a condition that is not kept"),
        ({"type": "array", "items": {"type": "integer"}, "contains": {"const": 1}}, "a condition that is not kept"),
        ({"type": "array", "items": {"type": "integer", "minimum": 1}}, "elements of an array is not kept"),
        ({"type": "array", "items": {"type": "object"}}, "whose inside is not checked"),
        ({"type": "object", "properties": {"a": {}}}, "whose inside is not checked"),
        ({"type": ["string", "integer"]}, "whose inside is not checked"),
        ({"type": "string", "pattern": "(?<name>a)"}, "no regular expression that PostgreSQL has"),
        ({"type": "number", "minimum": 0, "exclusiveMinimum": True}, "no bound of a column of kind decimal"),
        ({"type": "string", "minLength": "two"}, "its value must be a whole number"),
        ({"enum": ["a", 1]}, "a list of values for kind json is not kept"),
    ],
)
def test_what_cannot_be_kept_is_said(said: Any, why: str) -> None:
    found = lost(**said)
    assert [constrains for _, constrains in found] == [True]
    assert why in found[0][0]


def test_a_default_of_another_type_is_said() -> None:
    assert lost(type="integer", default="x") == [
        ("it must be a whole number from -9223372036854775808 to 9223372036854775807", False)
    ]


def test_lists_of_objects_are_tables() -> None:
    item = {"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]}
    lists = {"a": {"type": "array", "items": item}, "b": {"type": "array", "items": {"$ref": "#/$defs/B"}}}
    schema = schema_of(**{"properties": lists, "$defs": {"B": item}})
    expected = Column("id", integer(64), nullable=False)
    assert schema.tables == (Table("a", (expected,), ("id",)), Table("b", (expected,), ("id",)))
    alone = schema_of(**{"type": "array", "title": "things", "items": item, "$defs": {}})
    assert [each.name for each in alone.tables] == ["things"]


def test_the_root_is_a_table_beside_its_definitions() -> None:
    schema = schema_of(
        title="Order", properties={"id": {"type": "integer"}}, definitions={"L": {"properties": {"a": {}}}}
    )
    assert [each.name for each in schema.tables] == ["Order", "L"]
    assert [each.name for each in schema_of(title="Two words", properties={"id": {}}).tables] == ["c"]

    with pytest.raises(InputError, match="the table 'L' stands twice"):
        schema_of(title="L", properties={"id": {}}, definitions={"L": {"properties": {"a": {}}}})


def test_conditions_of_a_table_are_said() -> None:
    more = {"dependentRequired": {"a": ["b"]}, "anyOf": [{"required": ["a"]}], "additionalProperties": False}
    definition = {"properties": {"a": {"type": "string"}}, **more}
    ignored = schema_of(**{"$defs": {"T": definition, "Either": {"oneOf": [{"$ref": "#/$defs/T"}]}}}).ignored
    assert {item.text.split(":")[0] for item in ignored} == {"dependentRequired", "anyOf", "Either"}
    assert all(item.constrains for item in ignored)


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("https://example.test/a.json", "leads out of the file"),
        ("other.json#/$defs/A", "leads out of the file"),
        ("#anchor", "is no path"),
        ("#/$defs/Nothing", "leads nowhere: no 'Nothing'"),
        ("#/$defs/T/properties/c/7", "leads nowhere: no '7'"),
    ],
)
def test_references_lead_within_the_file(reference: str, message: str) -> None:
    with pytest.raises(InputError, match=r"^c\.json:\d+: ") as caught:
        table(c={"$ref": reference})
    assert message in caught.value.message
    assert caught.value.hint


def test_references_may_be_escaped_and_circular() -> None:
    definitions = {"a/b c": {"type": "integer"}, "A": {"$ref": "#/$defs/B"}, "B": {"$ref": "#/$defs/A"}, "T": {
        "properties": {"x": {"$ref": "#/$defs/a~1b%20c"}, "y": {"$ref": "#/$defs/A"}, "z": {"$ref": "#/$defs/L"}},
    }, "L": {"type": "array", "items": {"$ref": "#/$defs/L"}}}  # fmt: skip
    found = schema_of(**{"$defs": definitions}).table("T")
    assert [column.type.kind for column in found.columns] == ["integer", "json", "json"]


@pytest.mark.parametrize("said", [{"$defs": {"A": {"enum": ["a"]}}}, {"properties": {}}, {"$defs": 5}])
def test_no_table_is_an_error(said: Any) -> None:
    with pytest.raises(InputError, match="no object with properties"):
        schema_of(**said)


def test_composition_is_bounded() -> None:
    deep = {f"N{i}": {"allOf": [{"$ref": f"#/$defs/N{i + 1}"}, {"$ref": f"#/$defs/N{i + 1}"}]} for i in range(60)}
    end = {"N60": {"properties": {"a": {"type": "integer"}}}}
    with pytest.raises(InputError, match="composed of more than 64 schemas"):
        schema_of(**{"$defs": {**deep, **end}})
    wide = {f"c{i}": {"type": "integer"} for i in range(1_000)}
    many = {f"T{i}": {"$ref": "#/$defs/T"} for i in range(30)}
    with pytest.raises(InputError, match="more than 20,000 columns in all"):
        schema_of(**{"$defs": {"T": {"properties": wide}, **many}})
