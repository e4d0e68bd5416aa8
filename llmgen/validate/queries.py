"""What is judged between cases: keys, uniques and references, and SQL rules with the cases that they blame."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from llmgen.dataset import CaseRow
from llmgen.schema.model import Schema
from llmgen.validate.instants import ColumnName, Placed
from llmgen.validate.keys import Entry, key_faults, later_rows
from llmgen.validate.spoken import Finding, Spoken, reading
from llmgen.validate.stage import Shared, Stage
from llmgen.violation import Violation

ERROR = "an error: "


class Queries:
    """Queries over whole datasets. What cannot even be asked of empty tables lands in `skipped`, by name."""

    def __init__(
        self,
        schema: Schema,
        asked: Sequence[Spoken],
        dated: Collection[ColumnName],
        stage: Stage,
        root: str | None,
        skipped: dict[str, str],
    ) -> None:
        self.schema = schema
        self.asked = list(asked)
        self.dated = frozenset(dated)
        self.stage = stage
        self.root = root
        self.skipped = skipped
        self._index: Mapping[tuple[str, int], tuple[Placed, CaseRow]] = {}

    def judge(self, placed: Sequence[Placed], shared: Shared) -> list[Finding]:
        """Keys, uniques and references at the first instant, SQL rules at every one that may tell."""
        first = [one for one in placed if one.at == placed[0].at]
        rows = _entries(first, shared)
        findings = [Finding(fault, 0) for fault in key_faults(self.schema, rows)]
        if not self.asked or not placed:
            return findings
        asked = [(item, self._instants(item, placed, shared)) for item in self.asked]
        needed = {at for _, instants in asked for at in instants}
        loaded = [one for one in placed if one.at in needed]
        self._index = self.stage.load(loaded, shared)
        for item, instants in asked:
            for at in instants:
                if item in self.asked and (found := self.found(item, at)):
                    findings += self._at_fault(item, found, [one for one in placed if one.at == at], shared)
                    self._index = self.stage.load(loaded, shared)
        return findings

    def _instants(self, item: Spoken, placed: Sequence[Placed], shared: Shared) -> Sequence[int]:
        """The instants at which a query must be asked: the first speaks for all where all moments moved alike."""
        instants = list(dict.fromkeys(one.at for one in placed))
        kind = reading(item.predicate, self.dated) if len(instants) > 1 else "none"
        present = {row.table for one in placed for row in one.rows}
        columns = {
            (table, name) for table, name in item.predicate.columns & self.dated if table in present | set(shared)
        }
        ways = {_way(self.schema, column, one) for one in placed for column in columns if column[0] in present}
        ways |= {"not" for table, _ in columns if shared.get(table)}
        return instants if kind == "read" or (kind == "compared" and len(ways) > 1) else instants[:1]

    def found(self, item: Spoken, at: int) -> str:
        """What of an instant's rows a query finds wrong, in words; "" if nothing. One that fails has found an error."""
        offending = self.stage.arena.offending(item.predicate, at)
        if reason := self.stage.arena.skipped.pop((item.predicate.table, item.predicate.name), ""):
            return f"{ERROR}{reason}"[:200]
        return min(
            (", ".join(f"{name} = {value}" for name, value in row.items())[:200] for row in offending), default=""
        )

    def _at_fault(self, item: Spoken, found: str, placed: Sequence[Placed], shared: Shared) -> Iterable[Finding]:
        """The findings of a query that found something among the cases, all at one instant, whose rows are loaded."""
        at, name = placed[0].at, item.predicate.name
        if name.startswith("key:exclude:") and not found.startswith(ERROR):
            offending = self.stage.arena.offending(item.predicate, at, max(len(self._index), 1))
            for number in sorted(row["_row"] for row in offending):
                one, own = self._index[name.split(":")[2], number]
                yield Finding(Violation("key:exclude", "dataset", own.where, "", item.words, one.case), at)
        elif name.startswith("key:") and not found.startswith(ERROR):
            table = self.schema.table(name.split(":")[2])
            entries = _entries(placed, shared).get(table.name, [])
            for case, row in later_rows(
                table, self.stage.arena.offending(item.predicate, at, max(len(entries), 1)), entries
            ):
                yield Finding(Violation("key:unique", "dataset", row.where, "", item.words, case), 0)
        elif self._fails_on_nothing(item):
            self.skipped[name] = found
            self.asked.remove(item)
        else:
            for blamed in self._blamed(item, placed, shared):
                violation = Violation(name, "dataset", self.root or "dataset", found, item.words, blamed)
                yield Finding(violation, at, item.predicate.columns & self.dated)

    def _fails_on_nothing(self, item: Spoken) -> bool:
        """Whether a query cannot even be asked of empty tables: nobody's data is at fault then."""
        self.stage.arena.clear()
        return self.found(item, 0).startswith(ERROR)

    def _blamed(self, item: Spoken, placed: Sequence[Placed], shared: Shared) -> Sequence[int | None]:
        """The cases that break a SQL rule by themselves; if none does, the later of two that break it together.

        No case (None) where the shared rows break it without any.
        """
        nobody = Placed(-1, 0, placed[0].now, ())
        alone = [nobody, *(replace(one, at=number) for number, one in enumerate(placed, 1))]
        self.stage.load(alone, shared)
        guilty = [one.case for one in alone if self.found(item, one.at)]
        if guilty[:1] == [-1]:
            self.stage.arena.clear()
            return (guilty[1:] if self.found(item, 0) else []) or [None]
        if guilty:
            return guilty
        fewest, most = 1, len(placed)
        while fewest < most:
            middle = (fewest + most) // 2
            self.stage.load(placed[:middle], shared)
            if self.found(item, placed[0].at):
                most = middle
            else:
                fewest = middle + 1
        return [placed[most - 1].case]


def _entries(placed: Sequence[Placed], shared: Shared) -> dict[str, list[Entry]]:
    rows: dict[str, list[Entry]] = {
        name: [(None, CaseRow(name, f"{name}/{number}", row)) for number, row in enumerate(listed)]
        for name, listed in shared.items()
    }
    for one in placed:
        for row in one.rows:
            rows.setdefault(row.table, []).append((one.case, row))
    return rows


def _way(schema: Schema, column: ColumnName, placed: Placed) -> str:
    """How a dated column of a case moved to its instant, in the words of `Moves.way`."""
    way = placed.moves.way(column)
    timeless = schema.table(column[0]).column(column[1]).type.kind == "date"
    return "day" if timeless and way != "not" else way
