"""Constants that a database writes as text: arrays and JSON, read as what they stand for."""

import json

from sqlglot import exp

from llmgen.predicates.refusal import Refused


def array_literal(text: str) -> list[exp.Expr] | None:
    """The elements of `'{a,b}'`; None where quoting or nesting makes more of it."""
    inside = text.strip()[1:-1]
    if not text.startswith("{") or any(mark in inside for mark in '{}\\"'):
        return None
    return [exp.Literal.string(item.strip()) for item in inside.split(",")] if inside.strip() else []


def canonical_json(text: str) -> str:
    """JSON as its rows are kept, so that equal values are equal texts. Refused where it is no JSON."""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    except ValueError as error:
        raise Refused(f"{text!r} is no JSON") from error
