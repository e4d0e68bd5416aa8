"""SQL as expects spell it: names, literals, and a flag's two sides."""

import re
from typing import Any

from llmgen.schema.model import Column

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")


def named(name: str) -> str:
    """A table's or column's name, quoted where it must be."""
    return name if _PLAIN.fullmatch(name) else '"' + name.replace('"', '""') + '"'


def literal(value: Any) -> str:
    """A text or number as a literal."""
    return str(value) if isinstance(value, int | float) else "'" + str(value).replace("'", "''") + "'"


def flag_condition(column: Column, positive: bool) -> str:
    """That a flag (boolean, or 1 and 0) is set or not, with `{t}` for the row."""
    name = "{t}." + named(column.name)
    if column.type.kind == "boolean":
        return name if positive else f"NOT {name}"
    sides = ("'1'", "'0'") if column.type.kind == "text" else ("1", "0")
    return f"{name} = {sides[0] if positive else sides[1]}"
