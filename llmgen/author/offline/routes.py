"""The way from one table to another over foreign keys, as cases need it."""

from collections.abc import Mapping
from dataclasses import dataclass

from llmgen.schema.model import ForeignKey, Schema


@dataclass(frozen=True)
class Step:
    """One foreign key on the way: down to a table that refers to the last one, or up to one that it refers to."""

    table: str
    key: ForeignKey
    down: bool


def distances(schema: Schema, root: str) -> Mapping[str, int]:
    """How many foreign keys away from the root each table that can be reached is."""
    return {table: len(way) for table, way in ways(schema, root).items()}


def ways(schema: Schema, root: str) -> Mapping[str, tuple[Step, ...]]:
    """The shortest way from the root to each table that can be reached; required keys and earlier tables go first."""
    found: dict[str, tuple[Step, ...]] = {root: ()}
    level = [root]
    while level:
        following: list[str] = []
        for name in level:
            for step in _steps(schema, name):
                if step.table not in found:
                    found[step.table] = (*found[name], step)
                    following.append(step.table)
        level = following
    return found


def _steps(schema: Schema, name: str) -> list[Step]:
    table = schema.table(name)
    up = [Step(key.table, key, False) for key in table.foreign_keys if key.table != name]
    down = [Step(one.name, key, True) for one, key in schema.referring(name) if one.name != name]

    def optional(step: Step) -> bool:
        owner = schema.table(step.table if step.down else name)
        return any(owner.column(column).nullable for column in step.key.columns)

    return sorted([*down, *up], key=optional)
