"""The Open Data Contract Standard 3: its objects as tables, through the standard's own library."""

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from llmgen.schema.contracts.fields import Field, named_checks
from llmgen.schema.contracts.nodes import Node, plain
from llmgen.schema.contracts.properties import read_property, unknown_keys
from llmgen.schema.contracts.quality import object_rules
from llmgen.schema.contracts.relationships import Object, foreign_keys
from llmgen.schema.model import Ignored, Schema, Table, Unique

if TYPE_CHECKING:
    from open_data_contract_standard.model import OpenDataContractStandard, SchemaObject, SchemaProperty

_VERSION = re.compile(r"v?3(\.\d+){0,2}")
_HINT = "https://bitol-io.github.io/open-data-contract-standard says what stands there"


def read_standard(root: Node) -> Schema:
    """The schema of a contract. InputError with the line of what the standard does not allow."""
    ignored: list[Ignored] = []
    contract = _validated(root, ignored)
    if not contract.schema_:
        raise root.fault("the contract has no schema", "give the schema that it is about: `schema:` with its objects")
    nodes = root.at("schema").items
    read = [_object(each, node, ignored) for each, node in zip(contract.schema_, nodes, strict=True)]
    objects = _named([each for each in read if each is not None])
    keys, lost = foreign_keys(objects)
    tables = tuple(replace(each.table, foreign_keys=keys.get(each.table.name, ())) for each in objects)
    if not tables:
        raise root.at("schema").fault("no object of the schema has properties", "give the objects their properties")
    return Schema(tables, ignored=tuple(sorted([*ignored, *lost], key=lambda item: item.line)))


def _validated(root: Node, ignored: list[Ignored]) -> "OpenDataContractStandard":
    """The contract as its library reads it; keys that it does not know are said."""
    version = root.fields.get("apiVersion")
    if version is None or not _VERSION.fullmatch(str(version.scalar)):
        found = "no apiVersion" if version is None else f"apiVersion {version.text}"
        raise (version or root).fault(f"{found}: only version 3 of the standard is read", "give apiVersion: v3.1.0")
    try:
        from open_data_contract_standard.model import OpenDataContractStandard
    except ModuleNotFoundError as error:
        hint = 'pip install "llmgen[contracts]"'
        raise root.fault("the library that reads the Open Data Contract Standard is missing", hint) from error
    from pydantic import ValidationError

    known = {field.alias or name for name, field in OpenDataContractStandard.model_fields.items()}
    ignored += unknown_keys(root, known, "the contract")
    content = {key: plain(node) for key, node in root.fields.items() if key in known}
    if "version" in content:
        content["version"] = root.fields["version"].text  # 1.0 without quotes, a number to YAML, is a version too
    try:
        return OpenDataContractStandard.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise root.at(*first["loc"]).fault(f"{place}: {first['msg'].lower()}", _HINT) from error


def _object(source: "SchemaObject", node: Node, ignored: list[Ignored]) -> Object | None:
    """The table of an object, still under its physical name; None, and said, if it has no columns."""
    name = source.physicalName or source.name
    if not name:
        raise node.fault("an object of the schema has no name", "give it a name")
    ignored += unknown_keys(node, type(source).model_fields, name)
    fields: dict[str, Field] = {}
    sources: list[tuple[SchemaProperty, str]] = []
    for each, part in zip(source.properties or [], node.at("properties").items, strict=True):
        field = read_property(each, part, name, ignored)
        if field is None:
            continue
        column = field.column.name
        if column in fields:
            raise part.fault(f"{name}: the column {column!r} stands twice", "rename or drop one of them")
        fields[column] = field
        sources.append((each, column))
    if not fields:
        ignored.append(Ignored(node.line, name, "an object without properties is no table"))
        return None
    key = _key(sources)
    columns = _by_every_name(sources)
    rules = object_rules(source.quality or [], node, name, columns)
    ignored += rules.ignored
    alone = [(field.column.name,) for field in fields.values() if field.unique]
    uniques = dict.fromkeys(members for members in (*alone, *rules.uniques) if members != key)
    short = name.rpartition(".")[2]
    table = Table(
        short,
        tuple(field.column for field in fields.values()),
        key,
        uniques=tuple(Unique(members, name=f"{short}_{'_'.join(members)}_key") for members in uniques),
        checks=named_checks(short, fields.values()),
        comment=source.description or "",
        schema=name.rpartition(".")[0].rpartition(".")[2] or None,
    )
    return Object(table, node, source, columns)


def _key(sources: "list[tuple[SchemaProperty, str]]") -> tuple[str, ...]:
    """The primary key in the order of its positions; parts without one come last."""
    parts = [(each.primaryKeyPosition or 0, column) for each, column in sources if each.primaryKey]
    return tuple(column for position, column in sorted(parts, key=lambda part: (part[0] < 1, part[0])))


def _by_every_name(sources: "list[tuple[SchemaProperty, str]]") -> dict[str, str]:
    """The columns by physical name, id and name; where two share one, a name goes before an id before the first."""
    columns = {column: column for _, column in sources}
    columns |= {each.id: column for each, column in sources if each.id}
    return columns | {each.name: column for each, column in sources if each.name}


def _named(objects: list[Object]) -> list[Object]:
    """The objects with table names that differ: with their database schema in front where several share one."""
    shared = Counter(each.table.name for each in objects)
    named = []
    taken: dict[str, int] = {}
    for each in objects:
        table = each.table
        name = f"{table.schema}.{table.name}" if shared[table.name] > 1 and table.schema else table.name
        if name in taken:
            message = f"the table {name!r} stands twice (first in line {taken[name]})"
            raise each.node.fault(message, "give each object its own physicalName")
        taken[name] = each.node.line
        named.append(replace(each, table=replace(table, name=name)))
    return named
