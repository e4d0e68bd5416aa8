"""Rows counted within a parent or the whole table, so that the uniques of a group hold."""

from collections.abc import Sequence
from dataclasses import dataclass

from llmgen.volume.needs import Axis, Need

MOST = 1 << 62
"""More combinations than this are not told apart."""


@dataclass(frozen=True)
class Group:
    """Uniques that are kept by where a row stands: the how-manieth it is of its `lead`, or of the whole table.

    Each of `rests` are axes whose digits come from that place, so that no two rows of a lead row agree on them. `cap`
    is how many rows a lead row can have (without lead: the table). Rows beyond it have NULL in the axis `spill`.
    `alike`: two rows without lead row may agree no more than two of one.
    """

    lead: Axis | None
    rests: tuple[tuple[Axis, ...], ...]
    cap: int | None
    spill: Axis | None = None
    alike: bool = False

    @property
    def axes(self) -> tuple[Axis, ...]:
        """Every axis, the lead first."""
        rest = [axis for axes in self.rests for axis in axes]
        return (self.lead, *rest) if self.lead else tuple(rest)

    def keeps(self, need: Need) -> bool:
        """Whether rows that differ here differ in the need."""
        led = self.lead is None or self.lead.name in need.names
        apart = any({axis.name for axis in rest} <= need.names for rest in self.rests)
        return led and (apart or (not self.rests and self.cap == 1))


def alike(group: Group, needs: Sequence[Need]) -> bool:
    """Whether the lead may be NULL though a unique takes two NULLs for the same."""
    nullable = group.lead is not None and group.lead.nullable
    return nullable and any(not need.exempt and group.keeps(need) for need in needs)
