"""Rows completed by seed: every cell that nobody else writes, so that the table's CHECKs pass, tested and redrawn."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import Any

from llmgen.canonical import CANONICAL
from llmgen.errors import DataError
from llmgen.plan import Route
from llmgen.predicates.domains import model_of
from llmgen.predicates.evaluate import Arena
from llmgen.predicates.normalise import Predicate
from llmgen.schema.model import Schema, Table
from llmgen.values.cells import Drawn, RowSpec, Work, draw_rows

__all__ = ["ROUNDS", "RowSpec", "fill"]

ROUNDS = 50


def fill(
    schema: Schema,
    table: Table,
    routes: Mapping[str, Route],
    specs: Sequence[RowSpec],
    seed: str,
    arena: Arena | None = None,
) -> list[dict[str, Any]]:
    """The completed rows, in the order of `specs`: the known cells and one for every column written by seed.

    A cell depends on (seed, table, column, identity, serial) and on what the CHECKs make of the known cells: any order
    and split of the specs gives the same rows, and a further column moves no other cell. CHECKs are solved; what the
    solver does not read in full is tested in `arena` (emptied before and after; one is opened where none is given and
    needed), and failing rows are drawn anew, up to 50 times. What still fails raises DataError, as do CHECKs that
    contradict each other.

    Known cells that break a CHECK by themselves raise nothing: that CHECK is not heeded in that row, whose author hears
    of it from the judge. A cell is NULL in a tenth of the rows where it may be, never a name or an e-mail.
    """
    work = Work(model_of(schema, table), routes, seed)
    drawn: dict[int, Drawn] = {}
    pending = list(range(len(specs)))
    failures: dict[int, str] = {}
    with ExitStack() as stack:
        tester = _Tester(schema, work, arena, stack)
        for attempt in range(ROUNDS + 1):
            chosen = [specs[place] for place in pending]
            drawn |= zip(pending, draw_rows(work, chosen, attempt), strict=True)
            failures = tester.failures({place: drawn[place] for place in pending}, specs)
            pending = sorted(failures)
            if not pending:
                return [drawn[place].row for place in range(len(specs))]
    first = pending[0]
    known = ", ".join(f"{name} = {value!r}" for name, value in specs[first].known.items()) or "no cell"
    raise DataError(
        f"{table.name}: in {ROUNDS} rounds no row was found for {failures[first]} (known: {known})",
        "change the CHECK or the known cells, or name a provider for the column in [routes]",
    )


class _Tester:
    """Judges drawn rows by the table's own CHECKs, in an arena that is opened when the first row needs it."""

    def __init__(self, schema: Schema, work: Work, arena: Arena | None, stack: ExitStack) -> None:
        ours = {column.name for column in work.columns}
        self.table = work.model.table
        # What the solver reads in full it satisfies; only the residue is left to chance.
        residual = work.model.residual
        self.checks = [check for check in work.model.predicates if check.name in residual and check.names & ours]
        self.names = frozenset[str]().union(*(check.names for check in self.checks))
        self.ours = ours
        self.schema = schema
        self.arena = arena
        self.stack = stack

    def failures(self, drawn: Mapping[int, Drawn], specs: Sequence[RowSpec]) -> dict[int, str]:
        """Place -> the CHECK that the row breaks or could not be drawn for; rows that pass are left out."""
        found = {place: row.failed for place, row in drawn.items() if row.failed}
        sound = [place for place in drawn if place not in found and self._concerned(specs[place])]
        if not sound:
            return found
        if self.arena is None:
            alone = Schema((self.table,), self.schema.dialect, self.schema.functions)
            self.arena = self.stack.enter_context(Arena(alone))
        self.arena.clear()
        self._load(self.arena, sound, drawn, specs)
        for check, hits in zip(self.checks, self.arena.failing(self.checks), strict=True):
            for hit in hits:
                if self._mendable(check, specs[hit.row]) and check.name not in drawn[hit.row].broken:
                    found.setdefault(hit.row, check.name)
        self.arena.clear()
        return found

    def _concerned(self, spec: RowSpec) -> bool:
        return any(self._mendable(check, spec) for check in self.checks)

    def _mendable(self, check: Predicate, spec: RowSpec) -> bool:
        """Whether the CHECK names a column that this row did not come with."""
        return bool((check.names & self.ours) - spec.known.keys())

    def _load(self, arena: Arena, places: list[int], drawn: Mapping[int, Drawn], specs: Sequence[RowSpec]) -> None:
        """All rows at once; one by one where a known cell does not even fit its type, without the rows that do not."""
        rows = [{name: value for name, value in drawn[place].row.items() if name in self.names} for place in places]
        instants: list[datetime] = [specs[place].now or CANONICAL for place in places]
        try:
            arena.load(self.table.name, rows, [-1] * len(rows), [0] * len(rows), instants, places)
        except DataError:
            if len(places) == 1:
                return
            for place in places:
                self._load(arena, [place], drawn, specs)
