"""Judges a dataset directory: every cell, constraint, rule and expect, at the instant that its manifest names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmgen.dataset import CaseRow, Values
from llmgen.errors import InputError
from llmgen.output.blocks import count_rows, read_blocks
from llmgen.output.directory import Found, Listing, format_of, list_dataset, read_listed, readable
from llmgen.output.files import RawTable
from llmgen.output.manifest import FILE, row_cases
from llmgen.predicates.normalise import expect_predicate
from llmgen.project import Project
from llmgen.schema.forms import BadCell, decode
from llmgen.schema.model import Table
from llmgen.validate.instants import Placed
from llmgen.validate.judge import Judge, Spoken
from llmgen.validate.text import text_faults
from llmgen.violation import Layer, Violation

if TYPE_CHECKING:
    from llmgen.validate.bulk import BulkJudge, Tally

MANY = 20_000
"""Rows from which a dataset without cases is judged in bulk."""

MANY_FOR_CASES = 200_000
"""The same where rules in Python look at all rows together: beyond, these are not judged."""

RULES = "every rule"
"""What `skipped` names when rows could not even be read."""

NOBODY = -1
"""The case that shared rows stand for while they are judged."""

Row = tuple[int | None, CaseRow]
"""A row with its case, None for shared rows."""


@dataclass(frozen=True)
class Audit:
    """What judging came to: the violations, rules that could not be judged with the reason, rows read, the instant."""

    violations: tuple[Violation, ...]
    skipped: Mapping[str, str]
    rows: int
    as_of: datetime
    untold: Mapping[str, int] = field(default_factory=dict)
    """Violations by rule that were counted but not listed: of many alike in a large dataset, the first are."""


def audit(project: Project, directory: Path, as_of: datetime, bulk: bool | None = None) -> Audit:
    """Judge a directory at its manifest's as-of, or at `as_of` where it has no manifest. Nothing is changed.

    Rows that cannot be read are reported first and alone: rules over half a dataset would only report their echo.
    `bulk` says whether all rows are judged at once, without looking at each (None: if there are many, and no cases).
    """
    listing = list_dataset(directory, project.schema)
    if listing.manifest:
        as_of = _instant(listing.manifest, directory)
    if _is_bulk(project, listing) if bulk is None else bulk:
        return _audit_bulk(project, listing, as_of)
    found = read_listed(listing)
    count = sum(len(raw.rows) for raw in found.tables.values())
    read = {name: _read(project.schema.table(name), raw, found.files[name].name) for name, raw in found.tables.items()}
    faults = [fault for _, table_faults in read.values() for fault in table_faults]
    faults += _miscounted(found.manifest, {name: len(raw.rows) for name, raw in found.tables.items()})
    if faults:
        return Audit(tuple(faults), {RULES: "rows could not be read; mend them first"}, count, as_of)
    rows = _with_cases({name: rows for name, (rows, _) in read.items()}, found)
    with Judge(project.schema, project.rules, _expects(project, found), project.settings.disable) as judge:
        violations = [*_texts(project, found, rows), *_judged(judge, rows, as_of)]
        strangers = dict.fromkeys(found.strangers, "no table of the schema has that name")
        return Audit(tuple(dict.fromkeys(violations)), {**judge.skipped, **strangers}, count, as_of)


def _instant(manifest: Mapping[str, Any], directory: Path) -> datetime:
    try:
        moment = datetime.fromisoformat(str(manifest["as_of"]))
    except (KeyError, ValueError) as error:
        raise InputError(
            f"{directory / FILE}: as_of is no instant: {error}", "write the dataset again, or remove its manifest"
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _read(table: Table, raw: RawTable, file: str) -> tuple[list[CaseRow], list[Violation]]:
    """A table's rows, and what is wrong with the cells of those that do not fit their columns."""
    faults = [Violation("line:json", "line", f"{file}:{line}", "", why) for line, why in raw.faults]
    rows = []
    for number, row in enumerate(raw.rows):
        values: Values = {}
        for name, cell in row.cells.items():
            if fault := _take(table, name, cell, raw.text, values):
                faults.append(Violation(*fault[:2], f"{file}:{row.line}.{name}", repr(cell)[:80], fault[2]))
        rows.append(CaseRow(table.name, f"{table.name}/{number}", values))
    return rows, faults


def _take(table: Table, name: str, cell: object, text: bool, values: Values) -> tuple[str, Layer, str] | None:
    """Decode one cell into `values`; the fault (rule, layer, how to mend) if it does not fit."""
    column = table.by_name.get(name)
    if column is None:
        return "cell:column", "cell", f"{table.name} has no such column"
    try:
        values[name] = None if cell is None else decode(column.type, cell, text=text)
    except BadCell as bad:
        return "cell:type", "cell", f"it must be {bad}"
    return None


def _texts(project: Project, found: Found, rows: Mapping[str, Sequence[Row]]) -> Iterator[Violation]:
    """Addresses, phones and cards in texts that a model wrote. Dates are left: they stand where placeholders were."""
    off = {"text:date", "text:placeholder", *project.settings.disable}
    for name, listed in rows.items():
        writers = found.manifest["tables"][name].get("writers", {}) if found.manifest else {}
        columns = [column for column in project.schema.table(name).columns if writers.get(column.name) == "authored"]
        cells = [(row, column, row.values.get(column.name)) for _, row in listed for column in columns]
        for row, column, value in cells:
            for fault in text_faults(column, value, f"{row.where}.{column.name}", 0) if isinstance(value, str) else ():
                if fault.rule not in off:
                    yield replace(fault, case=None)


def _miscounted(manifest: Mapping[str, Any] | None, rows: Mapping[str, int]) -> Iterator[Violation]:
    """Tables whose files do not hold the rows that the manifest counts."""
    for name, entry in (manifest["tables"] if manifest else {}).items():
        counted = rows.get(name, 0)
        if counted != entry["rows"]:
            mend = f"the manifest counts {entry['rows']} rows"
            yield Violation("dataset:rows", "dataset", str(entry["file"]), f"{counted} rows", mend)


def _with_cases(rows: Mapping[str, Sequence[CaseRow]], found: Found) -> dict[str, list[Row]]:
    """Each row with the case that the manifest counts it to; without a manifest all rows are of one case."""
    cases = row_cases(found.manifest) if found.manifest else {}
    return {name: list(zip(cases.get(name, [0] * len(listed)), listed, strict=True)) for name, listed in rows.items()}


def _expects(project: Project, found: Found) -> list[Spoken]:
    """The expects that the manifest's scenario holds its cases to."""
    made = found.manifest and found.manifest["scenario"]
    if not made:
        return []
    shared = frozenset(name for name, count in (found.manifest or {}).get("shared", {}).items() if count)
    return [
        Spoken(expect_predicate(project.schema, made["root"], sql, f"expect:{number}", shared), f"{sql} must be true")
        for number, sql in enumerate(made["expects"], 1)
    ]


def _judged(judge: Judge, rows: Mapping[str, Sequence[Row]], as_of: datetime) -> list[Violation]:
    shared = {name: [row.values for case, row in listed if case is None] for name, listed in rows.items()}
    shared = {name: listed for name, listed in shared.items() if listed}
    by_case: dict[int, list[CaseRow]] = {}
    for listed in rows.values():
        for case, row in listed:
            if case is not None:
                by_case.setdefault(case, []).append(row)
    placed = [Placed(case, 0, as_of, tuple(own)) for case, own in sorted(by_case.items())]
    common = tuple(row for listed in rows.values() for case, row in listed if case is None)
    alone = [Placed(NOBODY, 0, as_of, common)] if common else []
    findings = [*judge.judge(alone, {}), *judge.judge(placed, shared)]
    findings += judge.judge_together(placed, shared) if placed else judge.judge_together(alone, {})
    found = [finding.violation for finding in findings]
    return [replace(violation, case=None) if violation.case == NOBODY else violation for violation in found]


# -- many rows ------------------------------------------------------------------------------------------------------


def _is_bulk(project: Project, listing: Listing) -> bool:
    if listing.manifest and listing.manifest["scenario"]:
        return False
    rows = 0
    for file in listing.files.values():
        with readable(file):
            rows += count_rows(file, format_of(file))
    return rows > (MANY_FOR_CASES if project.rules.cases else MANY)


def _audit_bulk(project: Project, listing: Listing, now: datetime) -> Audit:
    """The same verdict as over single rows, of rules that need no cases."""
    from llmgen.validate.bulk import BulkJudge, Tally

    tally, nulls = Tally(), Tally()
    with Judge(project.schema, project.rules, (), project.settings.disable) as judge:
        bulk = BulkJudge(project.schema, judge, now)
        for name, file in listing.files.items():
            with readable(file):
                _load(bulk, project.schema.table(name), file, tally, nulls)
        tally.add(_miscounted(listing.manifest, bulk.rows))
        count = sum(bulk.rows.values())
        if tally.told:
            unread = {RULES: "rows could not be read; mend them first"}
            return Audit(tuple(tally.told), unread, count, now, tally.untold)
        bulk.judge_all(nulls)
        skipped = {**judge.skipped, **_unasked(project, listing)}
        skipped |= dict.fromkeys(listing.strangers, "no table of the schema has that name")
        return Audit(tuple(dict.fromkeys(nulls.told)), skipped, count, now, nulls.untold)


def _load(bulk: "BulkJudge", table: Table, file: Path, tally: "Tally", nulls: "Tally") -> None:
    """Load a file's rows block by block; row by row where a block is not plainly right, which tells what is wrong."""
    from llmgen.validate.bulk_cells import typed_columns

    bulk.load_rows(table.name, ())
    for block in read_blocks(file, format_of(file), table):
        columns = None if block.columns is None else typed_columns(table, block.columns, block.text)
        if block.columns is not None and columns is not None:
            bulk.load_columns(table.name, columns, block.columns.num_rows)
            continue
        raw = block.rows()
        rows, faults = _read(table, raw, file.name)
        tally.add(faults)
        nulls.add(bulk.cell_faults(table.name, rows))
        bulk.load_rows(table.name, [row.values for row in rows])


def _unasked(project: Project, listing: Listing) -> dict[str, str]:
    """What is not judged in bulk: rules over cases, and the expects of a scenario."""
    made = listing.manifest and listing.manifest["scenario"]
    expects = [f"expect:{number}" for number, _ in enumerate(made["expects"] if made else (), 1)]
    rules = [*expects, *(rule.name for rule in project.rules.cases)]
    return dict.fromkeys(rules, "it reads the rows of a case together, and there are too many")
