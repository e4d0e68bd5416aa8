"""What a new project starts with: llmgen.toml, a first scenario made from the schema, and the folders it needs."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from llmgen.errors import InputError
from llmgen.naming import noun, words
from llmgen.plan import route_column
from llmgen.scenario import Expect, Scenario, faults
from llmgen.schema.model import Column, Schema, Table

_MOMENTS = ("date", "timestamp", "timestamptz")
_STATES = re.compile(r"\b(status|state|stage|phase|type|kind|role|level|category|plan|tier|mode|priority)\b")
_KEPT = re.compile(r"(created|updated|modified|last (update|modified)|deleted)\b")
"""Moments that every row has, whatever its situation."""
_LABELS = re.compile(r"^[A-Za-z0-9_ -]{1,40}$")
_MOST_AUTHORED = 8
_DEEPEST = 4
"""How far the rows that one row needs are followed."""


@dataclass(frozen=True)
class Start:
    """The files of a new project by their place in its folder, and the name of its first scenario."""

    files: Mapping[str, str]
    scenario: str


def start(schema: Schema, source: str, settings: Mapping[str, object]) -> Start:
    """What to write. `source` and `settings` (keys of llmgen.toml beside `schema`) go into llmgen.toml as they are."""
    scenario = first_scenario(schema)
    root = schema.table(scenario.root)
    name = re.sub(r"[^a-z0-9]+", "-", scenario.words.lower()).strip("-")
    body = scenario.model_dump(mode="json", by_alias=True)
    return Start(
        {
            "llmgen.toml": _settings(source, settings),
            f"scenarios/{name}.yaml": yaml.safe_dump(body, sort_keys=False, allow_unicode=True, width=110),
            f"validators/{noun(root.bare_name) or 'rules'}.py": _rules(root),
            "recordings/README.md": "Replies of the model, one JSON file each. Commit them: runs replay from here.\n",
        },
        name,
    )


def write(start: Start, folder: Path) -> None:
    """Writes the files. InputError before anything is written if one of them stands there already."""
    if taken := [name for name in start.files if (folder / name).exists()]:
        raise InputError(f"{folder / taken[0]} is there already", "nothing was written: move it away, or go on with it")
    for name, text in start.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def first_scenario(schema: Schema) -> Scenario:
    """A scenario over the table that says most of a situation: one with a state, a moment, and rows that it needs.

    InputError if no table of the schema can be the root of one.
    """
    for table in sorted(schema.tables, key=lambda table: -_weight(table, schema)):
        for words_, expects in _situations(table):
            needed = _needed(table, schema)
            scenario = Scenario(
                words=words_,
                root=table.name,
                with_=dict.fromkeys(needed, (1, 1)),
                expect=tuple(expects),
                author={table.name: _authored(table)},
            )
            if not faults(scenario, schema):
                return scenario
    raise InputError("no table of the schema can be the root of a scenario", "give a schema whose tables have columns")


def _weight(table: Table, schema: Schema) -> int:
    """How much a row of the table tells: its states and moments, the rows that it needs and that need it."""
    states = sum(_labels(column) != () for column in table.columns)
    moments = sum(column.type.kind in _MOMENTS for column in table.columns)
    needs = len({key.table for key in table.foreign_keys if key.table != table.name})
    return 4 * min(states, 2) + 2 * min(moments, 3) + 2 * min(needs, 3) + min(len(schema.referring(table.name)), 3)


def _situations(table: Table) -> list[tuple[str, list[Expect]]]:
    """(words, what proves them) for the table, the most telling first."""
    thing = noun(table.bare_name) or table.bare_name
    found = []
    for column in sorted(table.columns, key=lambda column: words(column.name) not in ("status", "state")):
        if labels := _labels(column):
            sql = f"ROOT.{_quoted(column.name)} = '{labels[0]}'"
            said = f"{words(column.name)} is {words(labels[0])}"
            found.append((f"{thing} whose {said}", [Expect(sql=sql, why=f"its {said}")]))
    for column in sorted(table.columns, key=lambda column: bool(_KEPT.match(words(column.name)))):
        if column.type.kind in _MOMENTS and column.written:
            name = f"ROOT.{_quoted(column.name)}"
            sql = f"{name} <= now() AND {name} >= now() - interval '7 days'"
            said = f"{words(column.name)} was in the last seven days"
            found.append((f"{thing} whose {said}", [Expect(sql=sql, why=f"its {said}")]))
    for column in table.columns:
        sql = f"ROOT.{_quoted(column.name)} IS NOT NULL"
        found.append((f"{thing} with its {words(column.name)}", [Expect(sql=sql, why="it is there")]))
    return found


def _labels(column: Column) -> tuple[str, ...]:
    """The labels of a column that says what state a row is in."""
    named = column.type.kind == "enum" and (_STATES.search(words(column.name)) or not column.nullable)
    return tuple(label for label in column.type.labels if _LABELS.match(label)) if named else ()


def _needed(table: Table, schema: Schema) -> list[str]:
    """The tables that a row cannot be without, and that those rows cannot be without."""
    found: list[str] = []
    todo = [table.name]
    for _ in range(_DEEPEST):
        todo = [
            key.table
            for name in todo
            for key in schema.table(name).foreign_keys
            if not any(schema.table(name).column(column).nullable for column in key.columns)
        ]
        found += [name for name in dict.fromkeys(todo) if name not in found and name != table.name]
    return found


def _authored(table: Table) -> tuple[str, ...]:
    """The columns that belong together: states, amounts, moments and texts, not what is written by seed."""
    routes = {column.name: route_column(table, column) for column in table.columns}
    told = [
        column.name
        for column in table.columns
        if routes[column.name].writer in ("scalar", "text", "derived")
        and column.type.kind not in ("json", "bytes", "array", "other", "uuid")
        and routes[column.name].provider not in ("created_at", "updated_at", "token", "hash")
    ]
    return tuple(told[:_MOST_AUTHORED])


def _quoted(name: str) -> str:
    return name if re.fullmatch(r"[a-z_][a-z0-9_]*", name) else '"' + name.replace('"', '""') + '"'


def _settings(source: str, settings: Mapping[str, object]) -> str:
    given = "".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items() if value)
    return f"""# What llmgen works on here; every key is explained in docs/settings.md of llmgen.
schema = {json.dumps(source)}
{given}validators = "validators"         # your rules: Python (code!) and SQL
scenarios = "scenarios"
recordings = "recordings"

# [routes]                        # who writes a column, where the guess is wrong; `llmgen schema` lists them
# "users.handle" = "username"
"""


def _rules(table: Table) -> str:
    thing = "".join(part.capitalize() for part in noun(table.bare_name).split()) or "Thing"
    numbers = [column.name for column in table.columns if column.type.kind in ("integer", "decimal")]
    name = next((name for name in numbers if name not in (*table.primary_key, *table.reference_columns)), "amount")
    return f'''"""Rules over {table.name} that the schema cannot say (docs/rules.md of llmgen)."""

# The first line of a docstring is the rule in words, as the model is told it; the error is what it reads when it broke
# the rule. Take the marks away and write down what you rely on.
#
# from pydantic import model_validator
#
# from llmgen import Row
#
#
# class {thing}(Row, table={json.dumps(table.name)}):
#     {name}: int
#
#     @model_validator(mode="after")
#     def not_negative(self):
#         """{name} is not negative."""
#         if self.{name} < 0:
#             raise ValueError(f"{name} is {{self.{name}}}; write zero or more")
#         return self
'''
