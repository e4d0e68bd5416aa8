"""What is known of a field's column while its annotation is read: type, form, CHECKs and losses; and how names go."""

import re
import types
from dataclasses import dataclass, replace
from typing import Any

from llmgen.schema.model import ColumnType

_BORDERS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True)
class Loss:
    """What a column cannot hold of a field: the part of the field that says it, why, and whether it constrains."""

    text: str
    why: str
    constrains: bool = True


@dataclass(frozen=True)
class Shape:
    """A column's type and form, its CHECKs as SQL about the column, and what was lost."""

    type: ColumnType
    format: str = ""
    checks: tuple[str, ...] = ()
    losses: tuple[Loss, ...] = ()

    def checked(self, *checks: str) -> "Shape":
        """The shape with more CHECKs."""
        return replace(self, checks=(*self.checks, *checks))

    def lost(self, text: str, why: str, constrains: bool = True) -> "Shape":
        """The shape with one more loss."""
        return replace(self, losses=(*self.losses, Loss(text, why, constrains)))


def snake(name: str) -> str:
    """The snake_case of a class's name: OrderLine, order_line; Page[Item], page_item."""
    return re.sub(r"[\W_]+", "_", _BORDERS.sub("_", name)).lower().rstrip("_")


def spelled(type_: Any) -> str:
    """A type as a reader would write it, in one line."""
    if type_ in (None, types.NoneType):
        return "None"
    if isinstance(type_, type) and not isinstance(type_, types.GenericAlias):
        return type_.__name__
    return " ".join(re.sub(r"(\b\w+\.)+(?=\w)| at 0x[0-9a-f]+", "", str(type_)).split())
