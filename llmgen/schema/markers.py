"""Marks for the fields of Pydantic classes that are read as tables: what a database knows and a type cannot say."""

from dataclasses import dataclass
from typing import Literal

OnDelete = Literal["no action", "restrict", "cascade", "set null", "set default"]
ON_DELETE: tuple[OnDelete, ...] = ("no action", "restrict", "cascade", "set null", "set default")


@dataclass(frozen=True)
class PrimaryKey:
    """`Annotated[str, PrimaryKey()]`: the field is the primary key, or one of its columns if several are marked."""


@dataclass(frozen=True)
class Unique:
    """`Annotated[str, Unique()]`: no two rows agree on the field. Several together: `__unique__`."""


@dataclass(frozen=True)
class ForeignKey:
    """`Annotated[UUID, ForeignKey("Customer.id", on_delete="cascade")]`: the field points at a field of another class.

    `target` is `Class.field`, `table.column`, or the class or table alone for its primary key. ValueError if
    `on_delete` is no action that SQL has.
    """

    target: str
    on_delete: OnDelete = "no action"

    def __post_init__(self) -> None:
        if self.on_delete not in ON_DELETE:
            raise ValueError(f"on_delete is {self.on_delete!r}; it may be one of: {', '.join(ON_DELETE)}")
