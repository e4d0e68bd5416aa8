"""A scenario: a situation in words, the tables that one case of it needs, and the expressions that prove it."""

import hashlib
import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from llmgen.errors import InputError
from llmgen.predicates.normalise import Predicate, Refused, expect_predicate
from llmgen.schema.model import Schema

MAX_FILE = 1_000_000
"""Bytes of a scenario file."""

MAX_DEPTH = 16

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The same safe loader, in C where PyYAML was built with it."""

MAX_WORDS = 2_000
"""Characters of a scenario's words: a situation, not a document."""

HINT = "see docs/scenarios.md for what a scenario file holds"

Range = tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=1, le=200)]]


class Expect(BaseModel):
    """One boolean expression (Postgres spelling, `ROOT` is the root row) that is true of every case, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sql: Annotated[str, Field(min_length=1)]
    why: str = ""


class Scenario(BaseModel):
    """What a saved scenario file holds. `with` counts rows per case; `shared` tables are common to all cases."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    words: Annotated[str, Field(pattern=r"\S", max_length=MAX_WORDS)]
    root: str
    with_: dict[str, Range] = Field(default_factory=dict, alias="with")
    shared: dict[str, Range] = Field(default_factory=dict)
    expect: Annotated[tuple[Expect, ...], Field(min_length=1, max_length=60)]
    author: dict[str, tuple[str, ...]]
    absolute_dates: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    doubts: tuple[str, ...] = ()
    prompt: str = "v1"
    """The version of the `cases` prompt that its recordings answer."""

    @property
    def digest(self) -> str:
        """A hash of what decides the cases: not of the doubts nor of the prompt's version."""
        body = self.model_dump(mode="json", by_alias=True, exclude={"doubts", "prompt"})
        return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:32]

    @property
    def absolute(self) -> frozenset[tuple[str, str]]:
        """The dated (table, column) pairs that do not move with now."""
        return frozenset((table, name) for table, names in self.absolute_dates.items() for name in names)

    @property
    def tables(self) -> tuple[str, ...]:
        """Every table that the scenario names: the root, its related tables, the shared ones."""
        return (self.root, *self.with_, *self.shared)


def normalise_words(words: str) -> str:
    """The words as they are asked and keyed: one space between, lower case, no final stop.

    InputError if none are left.
    """
    plain = " ".join(words.split()).rstrip(" .!").lower()
    if not plain:
        raise InputError(
            "the scenario's text is empty", 'say the situation in words, such as "trial expiring tomorrow"'
        )
    if len(plain) > MAX_WORDS:
        raise InputError(
            f"the scenario's text has {len(plain):,} characters, more than {MAX_WORDS:,}",
            "say one situation in a sentence or two; rules that always hold belong into validators/",
        )
    return plain


def load_scenario(path: Path) -> Scenario:
    """A scenario from its YAML file; InputError with the place of the first fault."""
    try:
        return Scenario.model_validate(_content(path))
    except ValidationError as error:
        raise InputError(f"{path}: {first_fault(error)}", HINT) from error
    except (OSError, ValueError, OverflowError, yaml.YAMLError) as error:
        raise InputError(f"{path}: {error}".replace("\n", " "), HINT) from error


def _content(path: Path) -> object:
    """What the YAML says. Aliases are refused, since a short file of them can stand for more than any memory holds, and
    so is deep nesting, which takes a time that grows with its square.
    """
    if path.stat().st_size > MAX_FILE:
        raise ValueError(f"more than {MAX_FILE:,} bytes")
    text = path.read_text("utf-8")
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise ValueError("nested too deeply")
        if isinstance(event, yaml.AliasEvent):
            raise ValueError(f"*{event.anchor}: write the value itself, not an alias")
    return yaml.load(text, Loader=LOADER)


def save_scenario(scenario: Scenario, path: Path, force: bool = False) -> None:
    """Write the scenario as YAML for review; from then on the file is the truth.

    InputError where it cannot be written, or where another file stands (unless `force`).
    """
    body = scenario.model_dump(mode="json", by_alias=True, exclude_defaults=False)
    if path.exists() and not force and not _holds(path, scenario):
        raise InputError(f"{path} stands there and holds something else", "give another --save, or add --force")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(body, sort_keys=False, allow_unicode=True, width=110), "utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}", "give another --save") from error


def _holds(path: Path, scenario: Scenario) -> bool:
    try:
        return load_scenario(path) == scenario
    except InputError:
        return False


def first_fault(error: ValidationError) -> str:
    """The first fault of a Pydantic error as `place: message`."""
    fault = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in fault["loc"])
    return f"{place}: {fault['msg']}" if place else str(fault["msg"])


def expect_predicates(scenario: Scenario, schema: Schema) -> list[Predicate]:
    """The scenario's expects, ready to be judged, named `expect:1` and so on. Raises Refused for the first bad one."""
    return [
        expect_predicate(schema, scenario.root, expect.sql, f"expect:{number}", frozenset(scenario.shared))
        for number, expect in enumerate(scenario.expect, 1)
    ]


def faults(scenario: Scenario, schema: Schema) -> list[str]:
    """What makes the scenario unusable over this schema, each in words that tell its author what would be right."""
    return [
        *_unknown_names(scenario, schema),
        *_bad_ranges(scenario),
        *_bad_authoring(scenario, schema),
        *_bad_expects(scenario, schema),
    ]


def with_reference(scenario: Scenario, schema: Schema, given: Collection[str]) -> Scenario:
    """The scenario with every table whose rows are given among the shared ones, if its own tables refer to it, or
    given rows that they refer to do.
    """
    named = {*scenario.with_, *scenario.shared}
    todo = [name for name in scenario.tables if name not in given or name == scenario.root]
    moved: list[str] = []
    while todo:
        table = schema.by_name.get(todo.pop())
        named |= {key.table for key in table.foreign_keys} if table else set()
        found = [name for name in given if name in named and name not in moved and name != scenario.root]
        todo += found
        moved += found
    moved.sort(key=list(given).index)
    shared: dict[str, tuple[int, int]] = {
        **scenario.shared,
        **{name: scenario.shared.get(name, (1, 200)) for name in moved},
    }
    content = scenario.model_dump(by_alias=True) | {
        "with": {name: low_high for name, low_high in scenario.with_.items() if name not in moved},
        "shared": shared,
        "author": {name: columns for name, columns in scenario.author.items() if name not in moved},
    }
    return Scenario.model_validate(content)


def check_scenario(scenario: Scenario, schema: Schema, origin: str) -> Scenario:
    """The scenario itself, or InputError with its first fault."""
    if found := faults(scenario, schema):
        raise InputError(f"{origin}: {found[0]}", "mend the scenario, or let it be interpreted again from its words")
    return scenario


def _unknown_names(scenario: Scenario, schema: Schema) -> list[str]:
    found = []
    named = {*scenario.tables, *scenario.author, *scenario.absolute_dates}
    for table in sorted(named - schema.by_name.keys()):
        found.append(f"there is no table {table!r} in the schema; its tables are {', '.join(schema.by_name)}")
    for place in ("author", "absolute_dates"):
        columns: Mapping[str, Collection[str]] = getattr(scenario, place)
        for table, names in columns.items():
            if table in schema.by_name:
                for name in [name for name in names if name not in schema.table(table).by_name]:
                    found.append(f"{place}: there is no column {table}.{name}")
    return found


def _bad_ranges(scenario: Scenario) -> list[str]:
    found = []
    for place, ranges in (("with", scenario.with_), ("shared", scenario.shared)):
        for table, (low, high) in ranges.items():
            if low > high:
                found.append(f"{place}: {table} has the range [{low}, {high}], whose end is before its start")
            if table == scenario.root:
                found.append(f"{place}: {table} is the root table, of which a case has exactly one row; leave it out")
    both = sorted(scenario.with_.keys() & scenario.shared.keys())
    return found + [f"{table} is both in with and in shared; name it once" for table in both]


def _bad_authoring(scenario: Scenario, schema: Schema) -> list[str]:
    found = []
    for table_name, names in scenario.author.items():
        table = schema.by_name.get(table_name)
        if table is None:
            continue
        if table_name not in scenario.tables:
            found.append(f"author: {table_name} is neither the root nor in with or shared")
        for name in names:
            if name in table.primary_key or name in table.reference_columns:
                found.append(f"author: {table_name}.{name} is a key or reference, which a program writes; leave it out")
            elif name in table.by_name and not table.column(name).written:
                found.append(f"author: {table_name}.{name} is computed by the database; leave it out")
    return found


def _bad_expects(scenario: Scenario, schema: Schema) -> list[str]:
    if scenario.root not in schema.by_name:
        return []
    found = []
    for number, expect in enumerate(scenario.expect, 1):
        try:
            predicate = expect_predicate(
                schema, scenario.root, expect.sql, f"expect:{number}", frozenset(scenario.shared)
            )
        except Refused as refusal:
            found.append(f"expect {number}: {refusal.message}")
            continue
        read = {table for table, _ in predicate.columns} | (predicate.tables & schema.by_name.keys())
        for table in sorted(read - set(scenario.tables)):
            found.append(f"expect {number} reads {table}, which is neither the root nor in with or shared")
    return found
