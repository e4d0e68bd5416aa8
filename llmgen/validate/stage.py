"""The stage: placed cases and shared rows, loaded into the database that predicates are judged in."""

from collections.abc import Mapping, Sequence

from llmgen.dataset import CaseRow, Values
from llmgen.predicates.evaluate import Arena
from llmgen.schema.model import Schema
from llmgen.validate.instants import Placed

Shared = Mapping[str, Sequence[Values]]


class Stage:
    """An arena that is opened when it is first needed."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._arena: Arena | None = None

    @property
    def arena(self) -> Arena:
        """The database in memory."""
        if self._arena is None:
            self._arena = Arena(self._schema).__enter__()
        return self._arena

    def close(self) -> None:
        """Let go of the database; the next use opens a new one."""
        if self._arena:
            self._arena.__exit__(None, None, None)
            self._arena = None

    def load(self, placed: Sequence[Placed], shared: Shared) -> dict[tuple[str, int], tuple[Placed, CaseRow]]:
        """Fill the arena with the cases and, at each of their instants, shared rows; the rows by (table, number)."""
        arena = self.arena
        arena.clear()
        index: dict[tuple[str, int], tuple[Placed, CaseRow]] = {}
        grouped: dict[str, list[tuple[Placed, CaseRow]]] = {}
        for one in placed:
            for row in one.rows:
                grouped.setdefault(row.table, []).append((one, row))
        for table, entries in grouped.items():
            index |= {(table, number): entry for number, entry in enumerate(entries)}
            arena.load(
                table,
                [row.values for _, row in entries],
                [one.case for one, _ in entries],
                [one.at for one, _ in entries],
                [one.now for one, _ in entries],
                range(len(entries)),
            )
        instants = list(dict.fromkeys((one.at, one.now) for one in placed))
        for table, rows in shared.items():
            at = [at for at, _ in instants for _ in rows]
            now = [now for _, now in instants for _ in rows]
            arena.load(table, [*rows] * len(instants), [-1] * len(at), at, now, [-1] * len(at))
        return index
