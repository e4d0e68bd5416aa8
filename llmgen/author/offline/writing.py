"""Writes a task's cases with no model: rows drawn by the constraint solver, mended until the project's rules hold."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from llmgen.author.brief import Brief
from llmgen.author.exchange import LineListener, Prompt, Reply, no_listener
from llmgen.author.ladder import Request
from llmgen.author.offline.beside import just_now, order_of_moments
from llmgen.author.offline.demands import Demand, Row, demands_of, names_root
from llmgen.author.offline.drafting import Sheet, Wish
from llmgen.author.offline.drafts import Draft, DraftRow, paths
from llmgen.author.offline.mending import hints
from llmgen.author.shape import Part
from llmgen.author.task import WritingTask
from llmgen.author.unasked import OFFLINE
from llmgen.author.wiring import row_number, serial, wired
from llmgen.canonical import CANONICAL
from llmgen.dataset import Values
from llmgen.errors import DataError
from llmgen.predicates.domains import model_of, solvable
from llmgen.predicates.formulas import Atom, Every, Formula
from llmgen.scenario import expect_predicates
from llmgen.schema.model import ForeignKey
from llmgen.values.scalars import Draw
from llmgen.values.streams import key

_TRIES = 8
_ROUNDS = 7
_MORE = 2
_NAMINGS = 8
_STEPS = 60
"""How often a case's tables are written, each, over all its attempts: what has not passed by then is given up."""


class OfflineWriter:
    """The client of one task: it answers a request by its briefs, not by the prompt's text. Safe in several threads."""

    def __init__(self, task: WritingTask) -> None:
        self.task = task
        self.shape = task.shape
        schema = task.shape.schema
        self.steps: dict[int, int] = {}
        self.last: dict[int, Mapping[str, Any]] = {}
        self.demands = demands_of(schema, expect_predicates(task.scenario, schema))
        if not task.shape.root:
            self.demands = self.demands.by_themselves()
        names = {*task.shape.parts, *task.shape.shared}
        self.sheets = {name: Sheet(schema, schema.table(name), task.seed, _stated(task, name)) for name in names}

    def complete(self, prompt: Prompt, on_line: LineListener = no_listener) -> Reply:
        """One line a brief; another draw at every attempt."""
        request = prompt.asks
        if not isinstance(request, Request):
            raise TypeError("the offline author writes cases, and the prompt asks for none")
        lines = [json.dumps(self._case(brief, request.attempt), ensure_ascii=False) for brief in request.briefs]
        for line in lines:
            on_line(line)
        return Reply("\n".join(lines), "end", OFFLINE, cost=0.0)

    def _case(self, brief: Brief, attempt: int) -> Mapping[str, Any]:
        """The draft that breaks fewest of the project's rules; the first that breaks none."""
        best: tuple[int, Draft] | None = None
        if self._spent(brief) and brief.index in self.last:
            return self.last[brief.index]
        for number in range(_TRIES):
            if number and self._spent(brief):
                break
            draft = self._drawn(brief, attempt * _TRIES + number)
            if draft is None:
                continue
            faults = self._mended(draft, brief, attempt * _TRIES + number)
            if best is None or faults < best[0]:
                best = faults, draft
            if not faults:
                break
        if best is None:
            self._refuse_contradictions()
        self.last[brief.index] = best[1].line(self.shape) if best else {"i": brief.index}
        return self.last[brief.index]

    def _refuse_contradictions(self) -> None:
        """DataError where no row at all could be what is demanded of it: asking again would change nothing."""
        for part in self.shape.visible:
            name = part.table.name
            alone = name == self.shape.root
            wanted = [self.demands.root] if alone else [one.conditions for one in self.demands.of(name) if one.low]
            for every in wanted:
                conditions = [one for one in every if alone or not names_root(one)]
                if culprits := self.sheets[name].contradicting(conditions):
                    raise DataError(
                        f"no row of {name} can satisfy {' and '.join(culprits)} beside the table's CHECKs",
                        "say it in other words, or mend the scenario (--save FILE writes it) or the CHECKs",
                    )

    def _spent(self, brief: Brief) -> bool:
        return self.steps.get(brief.index, 0) > _STEPS * max(1, len(self.shape.visible))

    # -- drawing -------------------------------------------------------------------------------------------------

    def _drawn(self, brief: Brief, number: int) -> Draft | None:
        draw = Draw(int(key(self.task.seed, self.task.scenario.digest, "offline", brief.index, number)))
        counts = {part.table.name: self._count(part, draw) for part in self.shape.visible}
        draft = Draft(brief.index, {})
        order = sorted(self.shape.visible, key=lambda part: part.table.name != self.shape.root)
        for part in order:
            parents = draft.rows.get(part.parent) if part.parent else None
            places = paths(part, counts[part.table.name], parents)
            rows = draft.rows[part.table.name] = [DraftRow(part, path) for path in places]
            for place, row in enumerate(rows):
                row.demanded = self._demanded(part, place, len(rows), draft, number)
                row.hints = {**order_of_moments(draft, row), **just_now(part.table, self._all_of(part.table.name))}
                # Which shared rows it names may leave nothing for its own cells: then others are tried.
                if not any(self._named(row, place, counts, draw, brief, number) for _ in range(_NAMINGS)):
                    return None
        return draft

    def _count(self, part: Part, draw: Draw) -> int:
        """How many rows: what is demanded, else few."""
        low, high = part.low, part.high
        for demand in self.demands.of(part.table.name):
            low = max(low, demand.low)
            if demand.high is not None and not demand.conditions:
                high = min(high, demand.high)
        most = min(high, low + _MORE)
        return low + draw.below(most - low + 1) if most > low else min(low, high)

    def _named(
        self, row: DraftRow, place: int, counts: Mapping[str, int], draw: Draw, brief: Brief, number: int
    ) -> bool:
        self._name(row, place, counts, draw)
        return self._write(row, brief, number, row.fixed, row.hints)

    def _name(self, row: DraftRow, place: int, counts: Mapping[str, int], draw: Draw) -> None:
        """Choose the rows that it names: shared ones by code, others of the case in turn."""
        for column, foreign in row.part.references.items():
            if row.part.wiring[foreign] == "pointer":
                row.named[column] = place % counts[foreign.table] if counts.get(foreign.table) else None
                continue
            codes = self._codes(row.part, foreign)
            optional = all(row.part.table.column(name).nullable for name in foreign.columns)
            if not codes or (optional and draw.below(2) == 0):
                row.named[column] = None
                row.fixed |= dict.fromkeys(foreign.columns)
                continue
            code = draw.pick(codes)
            row.named[column] = code
            shared = self.task.completion.wire.codes[foreign.table][code]
            row.fixed |= {mine: shared.get(its) for mine, its in zip(foreign.columns, foreign.referenced, strict=True)}

    def _codes(self, part: Part, foreign: ForeignKey) -> list[str]:
        """The codes of shared rows that may be meant: where the root names them, of those that are demanded."""
        rows = self.task.completion.wire.codes.get(foreign.table, {})
        asked = [one for one in self.demands.of(foreign.table) if one.low and self._concerns(one, part, foreign)]
        root = self.shape.parts.get(self.shape.root or "")
        named_by_root = root is not None and any(one.table == foreign.table for one in root.references.values())
        if not asked or (named_by_root and part is not root):
            return list(rows)
        sheet = self.sheets[foreign.table]
        formulas = {str(at): sheet.wanted(one.conditions, None, None) for at, one in enumerate(asked)}
        model = model_of(self.shape.schema, sheet.table)
        asking = type(model)(model.table, model.base, formulas, (), ())
        return [code for code, row in rows.items() if solvable(asking, row, lambda n: 0, CANONICAL, frozenset())]

    def _concerns(self, demand: Demand, part: Part, foreign: ForeignKey) -> bool:
        """Whether a demand on shared rows is one on what this key names: of two keys of the root, the one it says."""
        return part.table.name != self.shape.root or not demand.key or demand.key in foreign.columns

    def _demanded(self, part: Part, place: int, count: int, draft: Draft, number: int) -> dict[str, Any]:
        """What the expects demand of one row of the table, as formulas."""
        name = part.table.name
        sheet = self.sheets[name]
        if name == self.shape.root:
            return {f"expect {at}": sheet.wanted((tree,), None, None) for at, tree in enumerate(self.demands.root)}
        root = draft.rows.get(self.shape.root or "")
        root_row = {**root[0].values, **root[0].fixed} if root else None
        root_table = root[0].part.table if root else None
        found = {}
        for at, demand in enumerate(self.demands.of(name)):
            if not demand.conditions:
                continue
            truth = _is_meant(demand, at, place, count, number)
            if truth is not None:
                found[f"expect {name} {at}"] = sheet.wanted(demand.conditions, root_row, root_table, truth)
        return found

    def _all_of(self, table: str) -> Row:
        """Every condition that is demanded of rows of the table."""
        if table == self.shape.root:
            return self.demands.root
        return tuple(condition for demand in self.demands.of(table) if demand.low for condition in demand.conditions)

    def _write(self, row: DraftRow, brief: Brief, number: int, known: Values, soft: Mapping[str, Any] = {}) -> bool:
        name = row.part.table.name
        identity = int(key(self.task.scenario.digest, brief.index, row.path, "offline"))
        keys = row.part.table.primary_key
        said = {column: value for one in row.demanded.values() for column, value in _settled(one) if column in keys}
        self.steps[brief.index] = self.steps.get(brief.index, 0) + 1
        wish = Wish(row.demanded, {**said, **known}, soft)
        numbers = (identity, serial(self.shape, brief.index, row.path), row_number(self.shape, row.path)[0])
        drawn = self.sheets[name].draft(wish, brief.locale, numbers, number)
        if drawn is not None:
            row.values = drawn
        return drawn is not None

    # -- mending -------------------------------------------------------------------------------------------------

    def _mended(self, draft: Draft, brief: Brief, number: int) -> int:
        """How many faults are left after every message that says what to mend was followed."""
        for turn in range(_ROUNDS):
            faults = self._faults(draft)
            changed = False
            for place, messages in faults:
                for row in [place] if place else _blamed(draft, messages):
                    row.hints |= order_of_moments(draft, row)
                    changed |= self._mend(row, messages, brief, number + turn)
            if not faults or not changed or self._spent(brief):
                return len(faults)
        return len(self._faults(draft))

    def _mend(self, row: DraftRow, messages: Sequence[str], brief: Brief, number: int) -> bool:
        table = row.part.table
        found = [formula for message in messages for formula in hints(self.shape.schema, table, row.values, message)]
        asked = {", ".join(sorted(one.columns)): one for one in found if one.columns <= set(row.part.authored)}
        if not asked:
            return False
        freed = frozenset[str]().union(*(formula.columns for formula in asked.values()))
        rest = {name: value for name, value in row.authored.items() if name not in freed}
        rest |= {name: value for formula in asked.values() for name, value in _settled(formula)}
        told = {**row.hints, **asked}
        before = row.values
        if self._write(row, brief, number, {**row.fixed, **rest}, told) and row.values != before:
            return True
        row.hints |= asked
        return self._write(row, brief, number, row.fixed, row.hints)

    def _faults(self, draft: Draft) -> list[tuple[DraftRow | None, list[str]]]:
        """What the project's Python rules say of the draft, by row."""
        rules, shared = self.task.judge.rules, self.task.shared
        case = wired(self.task.completion.wire, draft.case())
        by_path = {row.path: row for row in draft.all()}
        together: dict[str, list[Values]] = {name: list(rows) for name, rows in shared.items()}
        places: dict[str, list[str]] = {}
        found: dict[str, list[str]] = {}
        for row in case.rows:
            together.setdefault(row.table, []).append(row.values)
            places.setdefault(row.table, []).append(row.path)
            for _, message in rules.judge_row(row.table, row.values, CANONICAL):
                found.setdefault(row.path, []).append(message)
        for _, message, where in rules.judge_case(together, CANONICAL):
            name, _, at = where.rstrip("]").partition("[")
            path = places[name][int(at)] if at and name in places else ""
            found.setdefault(path, []).append(message)
        return [(by_path.get(path), messages) for path, messages in found.items()]


def _blamed(draft: Draft, messages: Sequence[str]) -> Iterator[DraftRow]:
    """The rows that messages about a whole case quote a cell of: "total_cents is 344"."""
    for row in draft.all():
        quoted = (f"{name} is {value}" for name, value in row.authored.items() if value is not None)
        if any(re.search(rf"\b{re.escape(text)}\b", message) for text in quoted for message in messages):
            yield row


def _settled(formula: Formula) -> Iterator[tuple[str, Any]]:
    """The cells that a formula leaves no choice about."""
    if isinstance(formula, Every):
        for part in formula.parts:
            yield from _settled(part)
    if isinstance(formula, Atom) and formula.domain.values is not None and len(formula.domain.values) == 1:
        yield formula.column, formula.domain.values[0]


def _stated(task: WritingTask, table: str) -> tuple[tuple[str, str], ...]:
    return tuple((rule.name, rule.words) for rule in task.judge.rules.rows if rule.table == table)


def _is_meant(demand: Demand, at: int, place: int, count: int, number: int) -> bool | None:
    """Whether a row is to satisfy a demand (True), must not (False), or may do as it likes (None).

    Demands meet in the first rows; every second draft spreads them over the rows.
    """
    shift = at % count if number % 2 and count > 1 else 0
    turn = (place - shift) % count
    if turn < demand.low:
        return True
    return False if demand.high is not None and turn >= demand.high else None
