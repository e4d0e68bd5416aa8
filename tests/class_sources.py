"""Sources of Pydantic classes as the tests write them: a file with the usual imports, and its schema."""

from pathlib import Path
from textwrap import dedent

from llmgen.schema.classes import read_classes
from llmgen.schema.model import Schema, Table

HEAD = """from pydantic import *
from typing import *
from typing_extensions import TypeAliasType
from uuid import UUID
from llmgen import *
"""
"""Five lines: the source's own first line is the sixth of the file."""


def read(folder: Path, source: str, name: str = "") -> Schema:
    """The schema of the source as the file models.py of the folder; `name` is `:Name`, or empty for all its tables."""
    file = folder / "models.py"
    file.write_text(HEAD + dedent(source), "utf-8")
    return read_classes(f"{file}{name}")


def keys(table: Table) -> list[tuple[str, str, str]]:
    """Each reference as (columns, target, referenced columns), with ! after columns that cannot be NULL."""
    marked = [
        (" ".join(f"{name}{'' if table.column(name).nullable else '!'}" for name in key.columns), key)
        for key in table.foreign_keys
    ]
    return [(columns, key.table, " ".join(key.referenced)) for columns, key in marked]
