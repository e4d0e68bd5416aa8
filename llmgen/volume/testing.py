"""Rows tried by the CHECKs that the solver alone does not settle, so that those that fail can be drawn anew."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np

from llmgen.errors import DataError
from llmgen.predicates.domains import Model
from llmgen.predicates.normalise import Predicate
from llmgen.schema.model import Schema
from llmgen.values.streams import Mask
from llmgen.volume.arenas import arena_of
from llmgen.volume.boxes import Cells
from llmgen.volume.solving import Component


@dataclass(frozen=True)
class Tester:
    """The CHECKs of one table that its rows are tested by. `given` columns are written with no regard to CHECKs."""

    schema: Schema
    model: Model
    parts: tuple[Component, ...]
    given: frozenset[str]
    now: datetime

    @cached_property
    def checks(self) -> tuple[Predicate, ...]:
        """What is not settled by solving: residues, inexact arithmetic, and what names a given column."""
        unsure = {name for part in self.parts if part.tested for name in part.model.formulas}
        unsure |= set(self.model.residual)
        return tuple(check for check in self.model.predicates if check.name in unsure or check.names & self.given)

    @cached_property
    def columns(self) -> frozenset[str]:
        """The columns that the tested CHECKs name."""
        return frozenset[str]().union(*(check.names for check in self.checks))

    def concerns(self, wanted: Collection[str]) -> bool:
        """Whether rows of which only these columns are wanted must be tested."""
        return bool(self.columns & set(wanted))

    @property
    def names(self) -> str:
        """The tested CHECKs by name, for people."""
        return ", ".join(check.name for check in self.checks)

    def failing(self, cells: Cells, size: int) -> Mask:
        """True for rows that some CHECK refuses. Raises DataError for a CHECK that cannot be evaluated over them."""
        arena = arena_of(self.schema, self.model.table)
        arena.load_columns(
            self.model.table.name, {name: cells[name] for name in self.columns if name in cells}, size, self.now
        )
        found = np.zeros(size, dtype=np.bool_)
        for hits in arena.failing(self.checks):
            found[[hit.row for hit in hits]] = True
        for (table, name), reason in arena.skipped.items():
            raise DataError(
                f"{table}: CHECK {name} cannot be judged: {reason}",
                "leave the table out with --on-unsolved skip-table, or mend the CHECK",
            )
        return found
