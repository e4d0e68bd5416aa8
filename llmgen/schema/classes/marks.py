"""What marks a field as key, unique or reference: llmgen's own marks, json_schema_extra, and SQLModel's attributes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic.fields import FieldInfo

from llmgen.schema.classes.alchemy import column_type
from llmgen.schema.markers import ON_DELETE, ForeignKey, PrimaryKey, Unique
from llmgen.schema.model import ColumnType

_ALCHEMY = ("sa_column", "sa_type")
_NAMES = ("primary_key", "unique", "foreign_key", "on_delete", "ondelete")


@dataclass(frozen=True)
class Marks:
    """What a field is marked as. `target` is empty without a reference.

    `nullable` and `type` are None where the annotation alone decides. `unread` names what only SQLAlchemy understands.
    An `on_delete` that SQL does not have is left to the caller.
    """

    primary_key: bool = False
    unique: bool = False
    target: str = ""
    on_delete: str = "no action"
    nullable: bool | None = None
    type: ColumnType | None = None
    unread: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether SQL has the action on deletion."""
        return self.on_delete in ON_DELETE


def marks_of(info: FieldInfo, metadata: Iterable[Any]) -> Marks:
    """All marks of a field; where several speak of one thing, the last counts."""
    found: dict[str, Any] = {}
    unread: list[str] = []
    for item in (*metadata, info):
        if isinstance(item, PrimaryKey):
            found["primary_key"] = True
        elif isinstance(item, Unique):
            found["unique"] = True
        elif isinstance(item, ForeignKey):
            found |= {"target": item.target, "on_delete": item.on_delete}
        else:
            found |= dict(_told(item))
            for name in _ALCHEMY:
                given = getattr(item, name, None)
                if _is_given(given):
                    found |= {**dict(_told(given)), **_pointed(given), "type": column_type(given)}
                    unread += [] if found["type"] else [name]
    return Marks(**found, unread=tuple(dict.fromkeys(unread)))


def _told(item: Any) -> Iterator[tuple[str, Any]]:
    """Marks by attribute (SQLModel keeps them on the field or in its metadata) or by json_schema_extra."""
    said = {name: getattr(item, name, None) for name in (*_NAMES, "nullable") if not isinstance(item, type)}
    extra = getattr(item, "json_schema_extra", None)
    if isinstance(extra, Mapping):
        said |= {name: extra[name] for name in _NAMES if name in extra}
    yield from ((name, True) for name in ("primary_key", "unique") if said.get(name) is True)
    if isinstance(said.get("nullable"), bool):
        yield "nullable", said["nullable"]
    if isinstance(said.get("foreign_key"), str):
        action = said["on_delete"] or said["ondelete"]
        yield "target", said["foreign_key"]
        yield "on_delete", action.lower() if isinstance(action, str) else "no action"


def _pointed(column: Any) -> dict[str, str]:
    """Where a column of SQLAlchemy's points."""
    keys = list(getattr(column, "foreign_keys", ()))
    return {"target": keys[0].target_fullname, "on_delete": (keys[0].ondelete or "no action").lower()} if keys else {}


def _is_given(value: Any) -> bool:
    return value is not None and type(value).__name__ not in ("PydanticUndefinedType", "UndefinedType")
