"""Prisma's own engine is the judge: what it says of a schema, and the DDL that it makes of it, is what is read."""

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from llmgen.schema.model import Column, Schema, Table
from llmgen.schema.prisma import read_prisma
from llmgen.schema.sql import parse_schema

FILES = Path(__file__).with_name("prisma")
PACKAGE = os.environ.get("LLMGEN_TEST_PRISMA_WASM")
"""The folder of @prisma/prisma-schema-wasm."""
ANSWERS = sorted(path.stem for path in FILES.glob("*.json"))
DDL = sorted(path.name for path in FILES.glob("*.sql"))
ACTIONS = {
    "Cascade": "cascade", "Restrict": "restrict", "NoAction": "no action", "SetNull": "set null",
    "SetDefault": "set default",
}  # fmt: skip
NOT_FOR_CLIENTS = {"boxyhq": ["jackson_store", "jackson_index", "jackson_ttl"], "relations": ["Legacy"]}
"""The tables with @@ignore: the engine does not speak of them."""
BY_CLIENT = ("uuid", "cuid", "nanoid", "ulid")


def source(name: str) -> Path:
    """The file of a schema, or its folder."""
    return FILES / name if (FILES / name).is_dir() else FILES / f"{name}.prisma"


def answer(name: str) -> Any:
    return json.loads((FILES / f"{name}.json").read_text("utf-8"))


@pytest.mark.parametrize("name", ANSWERS)
def test_the_engine_says_the_same(name: str) -> None:
    schema, said = read_prisma(source(name)), answer(name)
    enums = {item["name"]: [value.get("dbName", value["name"]) for value in item["values"]] for item in said["enums"]}
    models = {model["about"]["name"]: model for model in said["models"]}
    views = {item.text.removeprefix("view ") for item in schema.ignored if item.text.startswith("view ")}
    tables = {name: table_of(model, schema) for name, model in models.items() if name not in views}
    for model_name, table in tables.items():
        model = models[model_name]
        assert table.comment == model["about"].get("documentation", "")
        for field in model["fields"]:
            if field["kind"] != "object":
                compare_column(field, column_of(field, table), table, enums)
        compare_keys(model, table)
        compare_references(model, models, tables, schema.dialect)
    joins = compare_joins(models, schema, tables)
    ignored = [table.name for table in schema.tables if table.name not in {t.name for t in tables.values()} | joins]
    assert ignored == {"boxyhq": ["jackson_store", "jackson_index", "jackson_ttl"], "relations": ["Legacy"]}.get(
        name, []
    )


def table_of(model: Any, schema: Schema) -> Table:
    """The table of a model by its name in the database."""
    about = model["about"]
    home = None if about.get("schema") == "public" else about.get("schema")
    (table,) = [t for t in schema.tables if (t.schema, t.bare_name) == (home, about.get("dbName", about["name"]))]
    return table


def column_of(field: Any, table: Table) -> Column:
    return table.column(field.get("dbName", field["name"]))


def column_names(model: Any) -> dict[str, str]:
    return {field["name"]: field.get("dbName", field["name"]) for field in model["fields"]}


def compare_column(field: Any, column: Column, table: Table, enums: dict[str, list[str]]) -> None:
    type_ = column.type.element if column.type.kind == "array" else column.type
    assert type_ is not None
    assert (column.type.kind == "array") == field.get("isList", False), column
    assert column.nullable == (field.get("isList", False) or not field.get("isRequired", False)), column
    assert column.comment == field.get("documentation", "")
    assert (table.primary_key == (column.name,)) == field.get("isId", False), column
    if not field.get("isId"):  # a unique id is only called an id
        assert ([column.name] in whole_uniques(table)) == field.get("isUnique", False), column
    assert (type_.kind == "enum") == (field["kind"] == "enum"), column
    assert list(type_.labels) == enums.get(field["type"], [])
    default = field.get("default")
    maker = default["name"].split("(")[0] if isinstance(default, dict) else ""
    assert column.format.rstrip("2") == (maker if maker in BY_CLIENT else "")
    if maker in ("autoincrement", "sequence"):
        assert column.generated == "identity"
    elif default is None or maker in BY_CLIENT:
        assert column.default is None
    elif column.default is None:  # the engine writes none of these into its DDL
        assert maker == "dbgenerated" or field["type"] in ("Json", "Bytes"), column


def whole_uniques(table: Table) -> list[list[str]]:
    """The members of the uniques over all rows; a unique over the first characters of a text counts as one over it."""
    found = [unique for unique in table.uniques if not unique.where]
    return [[*unique.columns, *re.findall(r"LEFT\((\w+)", " ".join(unique.expressions))] for unique in found]


def compare_keys(model: Any, table: Table) -> None:
    names, about = column_names(model), model["about"]
    single = [names[field["name"]] for field in model["fields"] if field.get("isId")]
    composite = [names[field] for field in about.get("primaryKey", {}).get("fields", [])]
    assert list(table.primary_key) == (single or composite)
    alone = [[names[field["name"]]] for field in model["fields"] if field.get("isUnique")]
    together = [[names[field] for field in fields] for fields in about.get("uniqueFields", [])]
    assert sorted(columns for columns in whole_uniques(table) if columns != single) == sorted(alone + together)


def compare_references(model: Any, models: dict[str, Any], tables: dict[str, Table], dialect: str) -> None:
    """Each relation field with columns is a foreign key, and there are no others."""
    names, wanted, table = column_names(model), [], tables[model["about"]["name"]]
    required = {field["name"] for field in model["fields"] if field.get("isRequired")}
    for field in model["fields"]:
        if not field.get("relationFromFields") or field["type"] not in tables:
            continue
        others = column_names(models[field["type"]])
        must = field["name"] in required or required & set(field["relationFromFields"])
        action = ACTIONS[field.get("relationOnDelete", "Restrict" if must else "SetNull")]
        if dialect == "mysql" and action == "restrict":
            action = "no action"  # the same there
        columns = tuple(names[name] for name in field["relationFromFields"])
        referenced = tuple(others[name] for name in field["relationToFields"])
        wanted.append((columns, tables[field["type"]].name, referenced, action))
    found = [(key.columns, key.table, key.referenced, key.on_delete) for key in table.foreign_keys]
    assert sorted(found) == sorted(wanted), table.name


def compare_joins(models: dict[str, Any], schema: Schema, tables: dict[str, Table]) -> set[str]:
    """The tables between many and many; A is what comes first in the alphabet."""
    lists: dict[str, list[tuple[str, str]]] = {}
    for name, model in models.items():
        for field in model["fields"]:
            if field["kind"] == "object":
                lists.setdefault(field["relationName"], []).append((name, field["name"]))
                if not field.get("isList"):
                    lists[field["relationName"]] = [("", "")]
    found = set()
    for relation, sides in lists.items():
        if len(sides) != 2 or ("", "") in sides:
            continue
        join = schema.table(f"_{relation}")
        found.add(join.name)
        assert [column.name for column in join.columns] == ["A", "B"]
        assert join.primary_key == ("A", "B") or whole_uniques(join) == [["A", "B"]]
        for column, key, (model_name, _) in zip(join.columns, join.foreign_keys, sorted(sides), strict=True):
            target = tables[model_name]
            assert (key.columns, key.table, key.on_delete) == ((column.name,), target.name, "cascade")
            assert key.referenced == target.primary_key
            assert column == Column(column.name, target.column(key.referenced[0]).type, nullable=False)
    return found


@pytest.mark.skipif(PACKAGE is None, reason="LLMGEN_TEST_PRISMA_WASM names no folder of @prisma/prisma-schema-wasm")
@pytest.mark.skipif(shutil.which("node") is None, reason="no node to run Prisma's engine")
@pytest.mark.parametrize("name", ANSWERS)
def test_the_stored_answers_are_the_engines(name: str) -> None:
    path = source(name)
    files = sorted(path.rglob("*.prisma")) if path.is_dir() else [path]
    asked = subprocess.run(
        ["node", FILES / "ask_engine.mjs", str(PACKAGE), *files], capture_output=True, check=True, timeout=60
    )
    assert json.loads(asked.stdout) == answer(name)


@pytest.mark.parametrize("name", DDL)
def test_the_ddl_of_the_engine_gives_the_same_schema(name: str) -> None:
    """Two hold what Prisma's client alone keeps, and SQL does not show: foreign keys, and enums in SQLite."""
    stem, dialect, _ = name.split(".")
    made, read = parse_schema((FILES / name).read_text("utf-8"), name, dialect), read_prisma(source(stem))
    assert not [item for item in (*made.ignored, *read.ignored) if item.constrains]
    if stem == "kept_by_client":
        assert sum(len(table.foreign_keys) for table in read.tables) == 3
        read = replace(read, tables=tuple(replace(table, foreign_keys=()) for table in read.tables))
    if stem == "sqlite_enum":
        (table,) = read.tables
        text = [replace(c, type=replace(c.type, kind="text", labels=())) if c.type.labels else c for c in table.columns]
        read = replace(read, tables=(replace(table, columns=tuple(text)),))
    assert read == made, [(a, b) for a, b in zip(read.tables, made.tables, strict=True) if a != b]
