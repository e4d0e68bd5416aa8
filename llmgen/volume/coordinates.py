"""Where rows stand among the rows they refer to, before any of their cells is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from llmgen.values.streams import Numbers

NOBODY = -1
"""The parent's row number where the reference is NULL."""


@dataclass(frozen=True)
class Coordinates:
    """One entry a row in every array.

    `parents` maps the place of a foreign key in its table to the parent's row number (-1: NULL). `codes` maps an own
    column that a unique needs to the place of its value among the column's few values (-1: NULL). `ordinals` maps an
    own column that must only differ within its parent to 0, 1, 2..., each once.
    """

    parents: Mapping[int, Numbers] = field(default_factory=dict)
    codes: Mapping[str, Numbers] = field(default_factory=dict)
    ordinals: Mapping[str, Numbers] = field(default_factory=dict)
