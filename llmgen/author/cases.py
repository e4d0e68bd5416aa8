"""Reply objects to cases: which brief each answers, its rows with their places, and what is wrong with its form."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from llmgen.author.reply import Item
from llmgen.author.shape import Part, Shape
from llmgen.dataset import Case, CaseRow, Values
from llmgen.predicates.arrays import whole_digits
from llmgen.schema.forms import BadCell, decode
from llmgen.schema.model import ColumnType
from llmgen.validate.text import text_faults
from llmgen.violation import Layer, Violation

MANY = 20
"""Faults of one kind at one place that are told; a reader needs no more to see what is wrong."""


LAYERS: dict[str, Layer] = {"cell": "cell", "case": "case"}
"""Layer by the kind of a rule of form; all others are of the line."""


@dataclass
class Read:
    """What a reply came to: whole cases by index, violations by index, and lines that belong to no asked case."""

    cases: dict[int, Case] = field(default_factory=dict)
    violations: dict[int, list[Violation]] = field(default_factory=dict)
    strays: list[Violation] = field(default_factory=list)


def read_cases(
    items: Sequence[Item],
    shape: Shape,
    asked: Collection[int],
    codes: Mapping[str, Collection[str]],
    off: Collection[str] = (),
) -> Read:
    """Each item as the case of the brief it names.

    A case with any fault of form goes to the violations, not to the cases; rules named in `off` do not count.
    """
    read = Read()
    seen: set[int] = set()
    for item in items:
        index = item.value.get("i")
        if type(index) is not int or index not in asked:
            read.strays.append(_stray(item, index, asked))
        elif index in seen:
            read.strays.append(_line_fault(item, f"i {index} again", "answer each brief once", index, "line:twice"))
        else:
            seen.add(index)
            reader = _CaseReader(shape, index, codes)
            case = reader.read(item.value)
            if faults := [fault for fault in reader.faults if fault.rule not in off]:
                read.violations[index] = faults
            else:
                read.cases[index] = case
    return read


def _stray(item: Item, index: Any, asked: Collection[int]) -> Violation:
    if index is None:
        return _line_fault(item, "no i", "start the line with the number of its brief", None, "line:index")
    known = ", ".join(str(one) for one in sorted(asked))
    return _line_fault(item, f"i {str(index)[:40]}", f"the briefs asked are {known}", None, "line:index")


def _line_fault(item: Item, found: str, mend: str, case: int | None, rule: str) -> Violation:
    return Violation(rule, "line", f"line {item.line}", found, mend, case)


class _CaseReader:
    """Reads one object into one case, collecting what is wrong with its form."""

    def __init__(self, shape: Shape, index: int, codes: Mapping[str, Collection[str]]) -> None:
        self.shape = shape
        self.index = index
        self.codes = codes
        self.rows: list[CaseRow] = []
        self.counts: Counter[str] = Counter()
        self.faults: list[Violation] = []

    def read(self, value: Mapping[str, Any]) -> Case:
        allowed = {part.table.name for part in self.shape.children(None)}
        for name in [name for name in value if name not in allowed and name != "i"][:MANY]:
            self._fault("line:table", _shown(name), "", f"this place holds only {', '.join(sorted(allowed))}")
        self._children(None, "", value)
        self._count()
        self._pointed()
        ordered = sorted(self.rows, key=lambda row: row.table != self.shape.root)
        return Case(self.index, tuple(ordered))

    def _children(self, parent: str | None, path: str, value: Mapping[str, Any]) -> None:
        for part in self.shape.children(parent):
            name = part.table.name
            for ordinal, row in enumerate(self._objects(part, path, value.get(name))):
                self._row(part, f"{path}{name}/{ordinal}", row)

    def _objects(self, part: Part, path: str, value: Any) -> Iterator[Mapping[str, Any]]:
        """The rows that stand at a place; those past the most that a case may have are counted and no more."""
        listed = [] if value is None else value if isinstance(value, list) else [value]
        self.counts[part.table.name] += len(listed)
        for ordinal, row in enumerate(listed[: part.high]):
            if isinstance(row, dict):
                yield row
            else:
                where = _where(f"{path}{part.table.name}/{ordinal}")
                self._fault("line:form", where, repr(row)[:60], "a row is a JSON object of column names and values")

    def _row(self, part: Part, path: str, value: Mapping[str, Any]) -> None:
        name = part.table.name
        nested = {child.table.name for child in self.shape.children(name)}
        values: Values = {}
        unknown = 0
        for column, cell in value.items():
            if column in nested:
                continue
            if column in part.references:
                self._reference(part, path, column, cell, values)
            elif column in part.authored:
                self._cell(part, path, column, cell, values)
            elif (unknown := unknown + 1) <= MANY:
                self._extra(part, path, column, nested)
        self._missing(part, path, values, value)
        self.rows.append(CaseRow(name, path, values))
        self._children(name, f"{path}/", value)

    def _cell(self, part: Part, path: str, column: str, cell: Any, values: Values) -> None:
        where = f"{_where(path)}.{column}"
        try:
            values[column] = None if cell is None else decode(part.table.column(column).type, cell)
        except BadCell as bad:
            self._fault("cell:type", where, repr(cell)[:80], f"it must be {bad}")
            return
        if cell is None and not part.table.column(column).nullable:
            self._fault("cell:null", where, "null", "this column is not null")
        elif digits := _too_many_digits(part.table.column(column).type, values[column]):
            self._fault("cell:type", where, repr(cell)[:80], f"it must have at most {digits} digits before the point")
        elif isinstance(values[column], str):
            self.faults += text_faults(part.table.column(column), values[column], where, self.index)

    def _reference(self, part: Part, path: str, column: str, cell: Any, values: Values) -> None:
        key = part.references[column]
        where = f"{_where(path)}.{column}"
        if cell is None:
            if not part.table.column(column).nullable:
                self._fault("cell:null", where, "null", "this column is not null")
        elif part.wiring[key] == "pointer":
            if type(cell) is not int or cell < 0:
                self._fault(
                    "cell:pointer",
                    where,
                    repr(cell)[:60],
                    f"the number of a {key.table} row of this line, 0 for the first",
                )
        elif str(cell) not in self.codes.get(key.table, ()):
            known = ", ".join(sorted(self.codes.get(key.table, ())))
            self._fault("cell:code", where, repr(cell)[:60], f"a code of {key.table}: {known}")
        values[column] = cell

    def _extra(self, part: Part, path: str, column: str, nested: Collection[str]) -> None:
        where = f"{_where(path)}.{_shown(column)}"
        table = part.table
        if column in table.primary_key or column in table.reference_columns:
            self._fault("line:key", where, "", "keys and references are written by a program; leave it out")
        elif column in table.by_name:
            self._fault(
                "line:column", where, "", "this column is written by a program; write only the columns marked *"
            )
        else:
            holds = ", ".join((*part.authored, *part.references, *sorted(nested)))
            self._fault("line:column", where, "", f"{table.name} has no such column here; write only {holds}")

    def _missing(self, part: Part, path: str, values: Values, value: Mapping[str, Any]) -> None:
        for name in (*part.authored, *part.references):
            if name in value:
                continue
            column = part.table.column(name)
            optional = column.nullable or column.default is not None
            pointer = name in part.references and part.wiring[part.references[name]] == "pointer"
            if column.nullable:
                values[name] = None
            elif not optional and not pointer:
                where = f"{_where(path)}.{name}"
                self._fault("cell:missing", where, "nothing", "this column is not null; write a value")

    def _pointed(self) -> None:
        """Pointers must stay within the rows of the line, and say which of several rows they mean."""
        for row in self.rows:
            part = self.shape.parts[row.table]
            for column, key in part.references.items():
                if part.wiring[key] != "pointer":
                    continue
                count, number = self.counts[key.table], row.values.get(column)
                if type(number) is int and number >= count:
                    mend = f"the line has {count} rows of {key.table}, numbered from 0"
                    self._fault("cell:pointer", f"{row.where}.{column}", str(number), mend)
                elif number is None and count > 1 and not part.table.column(column).nullable:
                    mend = f"the line has {count} rows of {key.table}: name one by its number, 0 for the first"
                    self._fault("cell:pointer", f"{row.where}.{column}", "nothing", mend)

    def _count(self) -> None:
        for part in self.shape.visible:
            count = self.counts[part.table.name]
            if not part.low <= count <= part.high:
                wanted = str(part.low) if part.low == part.high else f"{part.low} to {part.high}"
                self._fault("case:rows", part.table.name, f"{count} rows", f"a case has {wanted} of them")

    def _fault(self, rule: str, where: str, found: str, mend: str) -> None:
        layer = rule.partition(":")[0]
        self.faults.append(Violation(rule, LAYERS.get(layer, "line"), where, found, mend, self.index))


def _too_many_digits(type: ColumnType, value: Any) -> int:
    """How many digits before the point are the most that rules can be judged with, where a decimal has more; else 0."""
    if isinstance(value, list) and type.element:
        return max((_too_many_digits(type.element, item) for item in value), default=0)
    most = whole_digits(type)
    return most if isinstance(value, Decimal) and abs(value) >= 10**most else 0


def _shown(name: str) -> str:
    """A name that the model made up, as violations may quote it: short, and nothing but plain characters."""
    return name if len(name) <= 60 and name.isidentifier() else ascii(name[:60])


def _where(path: str) -> str:
    return CaseRow("", path, {}).where
