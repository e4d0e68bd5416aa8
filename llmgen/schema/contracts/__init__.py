"""Reads a schema from a data contract: the short notation, the Open Data Contract Standard or JSON Schema."""

import re
from collections.abc import Callable
from pathlib import Path

from llmgen.errors import InputError
from llmgen.schema.contracts.nodes import MOST_BYTES, Node
from llmgen.schema.files import read_text
from llmgen.schema.model import Schema

_JSON = re.compile(r'\s*\{\s*"')
_RIGHT = "give `entities:`, a contract of the Open Data Contract Standard 3, or a JSON Schema with `$defs`"


def read_contract(path: Path) -> Schema:
    """The schema of a YAML or JSON file, by what is in it. InputError with the line of the first mistake."""
    text = read_text(path, "a data contract")
    if len(text) > MOST_BYTES:
        raise InputError(f"{path}: larger than {MOST_BYTES // 1_000_000} MB", "split the contract")
    return parse_contract(text, str(path))


def parse_contract(text: str, origin: str = "<text>") -> Schema:
    """The schema that a contract's text declares; `origin` names it in errors. InputError as `read_contract`."""
    if origin.endswith(".json") or _JSON.match(text):
        from llmgen.schema.contracts.json_text import read_json as read
    else:
        from llmgen.schema.contracts.yaml_text import read_yaml as read
    root = read(text, origin)
    return _reader(root)(root)


def _reader(root: Node) -> Callable[[Node], Schema]:
    keys = root.fields.keys()
    if "entities" in keys:
        from llmgen.schema.contracts.entities import read_entities

        return read_entities
    if root.at("kind").scalar == "DataContract" or "apiVersion" in keys:
        from llmgen.schema.contracts.standard import read_standard

        return read_standard
    if keys & {"$schema", "$defs", "definitions", "properties"}:
        from llmgen.schema.contracts.json_schema import read_json_schema

        return read_json_schema
    if "dataContractSpecification" in keys:
        hint = "turn it into the Open Data Contract Standard 3, which took its place: datacontract export --format odcs"
        raise root.fault("the Data Contract Specification is not read", hint)
    found = f"its keys are {', '.join(list(keys)[:5])}" if keys else f"it is {root.text!r}"
    raise root.fault(f"no data contract ({found})", _RIGHT)
