"""Quality rules and relationships of the Open Data Contract Standard: which are constraints, what the rest is told."""

from typing import Any

import pytest
from test_contract_standard import contract, lost, table

from llmgen.schema.model import ForeignKey, Schema, Unique


def none(metric: str, **arguments: Any) -> dict[str, Any]:
    """A rule that counts faults and allows none."""
    return {"metric": metric, "mustBe": 0, "arguments": arguments}


@pytest.mark.parametrize(
    ("rule", "nullable", "unique", "sql"),
    [
        ({"metric": "nullValues", "mustBe": 0}, False, False, []),
        ({"metric": "nullValues", "mustBeLessThan": 1, "unit": "rows"}, False, False, []),
        ({"metric": "nullValues", "mustBeLessOrEqualTo": 0}, False, False, []),
        ({"rule": "nullCheck"}, False, False, []),
        ({"type": "library", "metric": "duplicateValues", "mustBe": 0}, True, True, []),
        ({"rule": "duplicateCount", "mustBe": 0}, True, True, []),
        (none("invalidValues", validValues=["a", "it's"]), True, False, ["c IN ('a', 'it''s')"]),
        ({"metric": "invalidValues", "mustBe": 0, "pattern": "^a$"}, True, False, ["c ~ '^a$'"]),
        ({"rule": "validValues", "validValues": ["a", None]}, True, False, ["c IN ('a')"]),
        (none("missingValues", missingValues=[None, ""]), False, False, ["c NOT IN ('')"]),
    ],
)  # fmt: skip
def test_rules_that_are_constraints(rule: dict[str, Any], nullable: bool, unique: bool, sql: list[str]) -> None:
    found = table({"name": "c", "logicalType": "string", "quality": [rule]})
    assert found.column("c").nullable == nullable
    assert bool(found.uniques) == unique
    assert [check.sql for check in found.checks] == sql
    assert lost({"name": "c", "logicalType": "string", "quality": [rule]}) == []


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ({"metric": "nullValues", "mustBeLessThan": 1, "unit": "percent"}, "allows some rows"),
        ({"metric": "nullValues", "mustBe": 5}, "allows some rows"),
        ({"metric": "nullValues", "mustBe": False}, "allows some rows"),
        ({"metric": "duplicateValues", "mustBeBetween": [0, 10]}, "allows some rows"),
        ({"metric": "invalidValues", "mustBe": 0}, "neither validValues nor a pattern"),
        (none("invalidValues", validValues=[1]), "each value must be"),
        ({"metric": "freshness", "mustBe": 0}, "no constraint says"),
        ({"type": "text", "description": "Checked by hand."}, "of type text"),
        ({"type": "custom", "engine": "soda", "implementation": "x: y"}, "of type custom"),
        ({"description": "Nothing more"}, "of type text"),
    ],
)
def test_rules_that_are_said(rule: dict[str, Any], why: str) -> None:
    found = lost({"name": "c", "logicalType": "string", "quality": [rule]})
    assert len(found) == 1
    assert why in found[0][0]
    assert found[0][1]


def test_rules_of_an_object_use_the_names_of_properties() -> None:
    properties = [{"name": "a", "physicalName": "x", "logicalType": "date"}, {"name": "b", "logicalType": "date"}]
    rule = {"metric": "duplicateValues", "mustBe": 0, "arguments": {"properties": ["a", "b"]}}
    assert table(*properties, quality=[rule]).uniques == (Unique(("x", "b"), name="t_x_b_key"),)
    rule["arguments"] = {"properties": ["a", "z"]}
    assert lost(*properties, quality=[rule]) == [("quality: z is no property of the object", True)]


def related(*relationships: dict[str, Any], **said: Any) -> Schema:
    """Two objects, `a` with columns x (named ex) and y; the relationships stand in `a.ex`, or in `a` by `said`."""
    target = {"name": "b", "id": "b_tbl", "physicalName": "s.bee", "properties": [
        {"name": "id", "id": "b_id", "physicalName": "pk", "logicalType": "integer", "primaryKey": True},
        {"name": "y", "logicalType": "object", "properties": [{"name": "z", "logicalType": "date"}]},
    ]}  # fmt: skip
    source = {"name": "a", "properties": [
        {"name": "ex", "physicalName": "x", "logicalType": "integer", "relationships": list(relationships)},
        {"name": "y", "logicalType": "integer"},
    ], **said}  # fmt: skip
    return contract(source, target)


@pytest.mark.parametrize(
    "to", ["b.id", "b.pk", "s.bee.pk", "bee.id", "schema/b_tbl/properties/b_id", "/schema/b/properties/id", ["b.id"]]
)
def test_relationships_name_columns_in_many_ways(to: Any) -> None:
    assert related({"to": to}).table("a").foreign_keys == (ForeignKey(("x",), "bee", ("pk",), name="a_x_fkey"),)


def test_relationships_of_several_columns_and_repeated_ones() -> None:
    both = {"type": "foreignKey", "from": ["a.ex", "a.y"], "to": ["b.id", "b.y"]}
    one = {"from": "a.ex", "to": "b.id"}
    keys = related({"to": "b.id"}, relationships=[both, one]).table("a").foreign_keys
    assert [(key.columns, key.referenced) for key in keys] == [(("x",), ("pk",)), (("x", "y"), ("pk", "y"))]


@pytest.mark.parametrize(
    ("relationship", "why"),
    [
        ({"to": "c.id"}, "its target 'c' is not in this contract"),
        ({"to": "id"}, "its target 'id' is not in this contract"),
        ({"to": "b.nothing"}, "b has no property 'nothing'"),
        ({"to": "b.y.z"}, "it leads into a nested property"),
        ({"to": "schema/b_tbl/properties/y/properties/z"}, "it leads into a nested property"),
        ({"to": "definitions/email"}, "'definitions/email' is no reference to a property"),
        ({"to": "other.yaml#/schema/b/properties/id"}, "it leads to another contract"),
        ({"to": "b.id", "type": "lineage"}, "a relationship of type lineage is not read"),
        ({"to": "b.id", "from": "a.y"}, "begins at that property"),
        ({"to": ["b.id", "b.y"]}, "1 columns cannot refer to 2"),
        ({"to": ["b.id", "a.y"]}, "1 columns cannot refer to 2"),
        ({}, "1 columns cannot refer to 0"),
    ],
)
def test_relationships_that_are_said(relationship: dict[str, Any], why: str) -> None:
    schema = related(relationship)
    assert schema.table("a").foreign_keys == ()
    found = [item for item in schema.ignored if "relationship" in item.why]
    assert len(found) == 1
    assert why in found[0].why
    assert found[0].constrains
