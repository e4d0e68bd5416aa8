"""The JSON Schema of a reply, held against the SDK's own idea of what structured output takes."""

import pytest
from library_fakes import OVERDUE, good_case, library_project

from llmgen.author.schema_for_reply import reply_schema
from llmgen.author.shape import case_shape
from llmgen.scenario import Expect, Scenario
from llmgen.schema.sql import read_schema

ALLOWED = {"type", "properties", "required", "additionalProperties", "items", "anyOf", "enum", "format"}
FORMATS = {"date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"}
EVERY = """
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TABLE every (id int PRIMARY KEY, a int, b numeric(4, 1), c float8, d text, e boolean, f date,
  g time, h timestamp, i timestamptz, j interval, k uuid, l jsonb, m bytea, n mood, o int[],
  p mood[] NOT NULL, q timestamptz[]);
"""


@pytest.fixture
def schemas(tmp_path):
    folder = tmp_path
    (folder / "every.sql").write_text(EVERY)
    every = Scenario(
        words="w", root="every", expect=(Expect(sql="true"),), author={"every": tuple("abcdefghijklmnopq")}
    )  # fmt: skip
    return [
        reply_schema(case_shape(OVERDUE, library_project(folder).schema, {("loans", "status"), ("loans", "due_at")})),
        reply_schema(case_shape(every, read_schema(folder / "every.sql"), set())),
    ]


def nodes(schema):
    yield schema
    items = [schema["items"]] if "items" in schema else []
    for one in (*schema.get("properties", {}).values(), *schema.get("anyOf", []), *items):
        yield from nodes(one)


def test_only_what_structured_output_takes_is_said(schemas):
    for node in (node for schema in schemas for node in nodes(schema)):
        assert node.keys() <= ALLOWED
        assert node.get("format", "date") in FORMATS
        if node.get("type") == "object":
            assert node["additionalProperties"] is False
            assert node["required"] == list(node["properties"])


def test_the_sdk_would_change_nothing_but_the_type_of_enums(schemas):
    from anthropic import transform_schema

    for schema in schemas:
        transformed = transform_schema(schema)
        for node in (node for root in (schema, transformed) for node in nodes(root)):
            if "enum" in node:
                node.pop("type", None)
        assert transformed == schema


def accepts(schema, value):
    """Whether a value fits, as far as this subset goes."""
    if "anyOf" in schema:
        return any(accepts(one, value) for one in schema["anyOf"])
    if "enum" in schema:
        return value in schema["enum"]
    match schema["type"]:
        case "object":
            fits = isinstance(value, dict) and value.keys() == schema["properties"].keys()
            return fits and all(accepts(one, value[name]) for name, one in schema["properties"].items())
        case "array":
            return isinstance(value, list) and all(accepts(schema["items"], one) for one in value)
        case kind:
            kinds = {"integer": int, "number": (int, float), "string": str, "boolean": bool, "null": type(None)}
            return isinstance(value, kinds[kind]) and (kind == "boolean" or not isinstance(value, bool))


def test_right_cases_fit_and_others_do_not(schemas):
    cases = [good_case(0), good_case(1)]
    assert accepts(schemas[0], {"cases": cases})
    assert not accepts(schemas[0], {"cases": [{**cases[0], "x": 1}]})
    assert not accepts(schemas[0], {"cases": [{**cases[0], "loans": {**cases[0]["loans"], "status": "lost"}}]})


def test_cells_are_of_their_columns_kind(schemas):
    plain = {
        name: cell["anyOf"][0] if "anyOf" in cell else cell
        for name, cell in schemas[1]["properties"]["cases"]["items"]["properties"]["every"]["properties"].items()
    }
    assert [plain[name].get("format", plain[name]["type"]) for name in "abcdefghik"] == [
        "integer", "number", "number", "string", "boolean", "date", "string", "date-time", "date-time", "uuid",
    ]  # fmt: skip
    assert plain["n"] == {"type": "string", "enum": ["good", "bad"]}
    assert plain["o"] == {"type": "array", "items": {"type": "integer"}}
    assert plain["p"] == {"type": "array", "items": {"type": "string", "enum": ["good", "bad"]}}
    assert plain["q"] == {"type": "array", "items": {"type": "string", "format": "date-time"}}
