"""What a rule is: Pydantic classes over a row or a case, judged so that each rule broken is named by itself."""

import hashlib
import inspect
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from types import CodeType
from typing import Any, ClassVar, Self, Unpack

from pydantic import BaseModel, ConfigDict, PrivateAttr, ValidationError, ValidationInfo, model_validator
from pydantic_core import ErrorDetails

from llmgen.dataset import Values
from llmgen.errors import InputError

CRASHES = (TypeError, AttributeError, LookupError, ArithmeticError)
"""What a rule with a bug in it raises; ValueError and AssertionError are how a rule says no."""


class Row(BaseModel):
    """One row. Subclass it as `class Subscription(Row, table="subscriptions")`.

    Its fields are some of the table's columns (NULL is None); `@model_validator(mode="after")` and `@field_validator`
    methods are the rules: the first docstring line is the rule in words, a ValueError says what is wrong and what would
    be right. The present moment is `info.context["now"]` of the ValidationInfo.
    """

    model_config = ConfigDict(extra="ignore")
    table: ClassVar[str] = ""

    def __init_subclass__(cls, *, table: str = "", **kwargs: Unpack[ConfigDict]) -> None:
        super().__init_subclass__(**kwargs)
        cls.table = table or cls.table

    @model_validator(mode="after")
    def keep_instance(self, info: ValidationInfo) -> Self:
        """Hands out the row whose fields are good, before any rule can refuse it."""
        if info.context is not None:
            info.context["kept"] = self
        return self


class Case(BaseModel):
    """The rows of one case, or of any union of cases. Its fields are tables: `invoices: list[Invoice] = []`.

    Validators are rules as in Row. They hold for each case by itself and for many together, so they group by keys; a
    table that the case does not have is an empty list.
    """

    _faults: list[tuple[Row, str]] = PrivateAttr(default_factory=list)

    def wrong(self, row: Row, message: str) -> None:
        """Says that `row` breaks the rule that is running; a rule may say it of several rows."""
        self._faults.append((row, message))

    def faults(self) -> list[tuple[Row, str]]:
        """What was said to be wrong so far, in order."""
        return list(self._faults)


Rule = Callable[..., Any]


@dataclass(frozen=True)
class PythonRule:
    """A rule written in Python, named `rule:Class.method` (or `rule:Class.field` for a constraint of a Field).

    `table` is "" for a case rule; `columns` are the (table, column) pairs that its code names, on all of `tables`.
    """

    name: str
    words: str
    table: str
    tables: frozenset[str]
    columns: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class SqlRule:
    """A query that returns the rows that break it, named `sql:NAME`; `tables` are the schema's tables it mentions."""

    name: str
    words: str
    sql: str
    tables: frozenset[str]


@dataclass(frozen=True)
class RowModel:
    """One Row class: its validators as rules, in order, and a rule for each field (`fields`, by column)."""

    model: type[Row]
    validators: tuple[tuple[PythonRule, Rule], ...]
    fields: Mapping[str, PythonRule]
    stated: tuple[PythonRule, ...]

    def build(self, values: Values, now: datetime) -> tuple[Row | None, list[ErrorDetails]]:
        """The row with its fields read (None if one cannot be), and Pydantic's errors; a missing column is NULL."""
        context: dict[str, Any] = {"now": now}
        cells = {column: values.get(column) for column in self.fields}
        try:
            with blamed(self.model.__name__):
                return self.model.model_validate(cells, context=context), []
        except ValidationError as error:
            return context.get("kept"), error.errors(include_url=False)

    def judge(self, values: Values, now: datetime) -> list[tuple[PythonRule, str]]:
        """Every rule that the row breaks, with its message. A NULL where none may be is the cell layer's to say."""
        row, errors = self.build(values, now)
        if not errors:
            return []
        if row is None:
            return [(self._rule_of(error), _message(error)) for error in errors if error["input"] is not None]
        found = []
        for rule, function in self.validators:
            if (message := refusal(rule, function, row, now)) is not None:
                found.append((rule, message))
        return found

    def _rule_of(self, error: ErrorDetails) -> PythonRule:
        """The field's rule, or the field validator that raised (its code is among the frames of the traceback)."""
        raised = error.get("ctx", {}).get("error")
        trace = getattr(raised, "__traceback__", None)
        while trace is not None:
            for rule, function in self.validators:
                if code_of(function) is trace.tb_frame.f_code:
                    return rule
            trace = trace.tb_next
        return self.fields[str(error["loc"][0])]


@dataclass(frozen=True)
class CaseModel:
    """One Case class: the Row class of each of its tables, and its validators as rules, in order."""

    model: type[Case]
    members: Mapping[str, RowModel]
    validators: tuple[tuple[PythonRule, Rule], ...]

    def judge(
        self, rows: Mapping[str, Sequence[Values]], now: datetime, reading: Collection[tuple[str, str]] | None = None
    ) -> list[tuple[PythonRule, str, str]]:
        """Every rule the rows break. Rules run whose tables are all among `rows` and whose rows can all be read; of
        these, where `reading` is given, only those that read one of its columns.
        """
        asked = [one for one in self.validators if reading is None or not one[0].columns.isdisjoint(reading)]
        wanted = frozenset[str]().union(*(rule.tables for rule, _ in asked))
        members: dict[str, list[Row]] = {table: [] for table in self.members}
        ready = set()
        for table in self.members.keys() & rows.keys() & wanted:
            built = [self.members[table].build(values, now)[0] for values in rows[table]]
            members[table] = [row for row in built if row is not None]
            if len(members[table]) == len(built):
                ready.add(table)
        places = {id(row): f"{table}[{place}]" for table, built in members.items() for place, row in enumerate(built)}
        found = []
        for rule, function in asked:
            if rule.tables <= ready:
                case = self.model.model_construct(**members)  # type: ignore[arg-type]
                if (message := refusal(rule, function, case, now)) is not None:
                    found.append((rule, message, ""))
                found += [(rule, message, places.get(id(row), "")) for row, message in case.faults()]
        return found


@dataclass(frozen=True)
class RuleSet:
    """All rules of some files, ready to judge: over rows, over cases (in the order of the files) and over datasets."""

    rows: tuple[PythonRule, ...] = ()
    cases: tuple[PythonRule, ...] = ()
    queries: tuple[SqlRule, ...] = ()
    sha256: str = hashlib.sha256().hexdigest()
    row_models: tuple[RowModel, ...] = ()
    case_models: tuple[CaseModel, ...] = ()

    @property
    def count(self) -> int:
        """How many rules there are."""
        return len(self.rows) + len(self.cases) + len(self.queries)

    def judge_row(self, table: str, values: Values, now: datetime) -> list[tuple[PythonRule, str]]:
        """Every rule that one row breaks at the instant `now`, with the message that the model reads."""
        return [fault for item in self.row_models if item.model.table == table for fault in item.judge(values, now)]

    def judge_case(
        self, rows: Mapping[str, Sequence[Values]], now: datetime, reading: Collection[tuple[str, str]] | None = None
    ) -> list[tuple[PythonRule, str, str]]:
        """Every case rule that rows by table break: the rule, the message, and `table[place]` or "".

        The rows of one case or of many; `rows` has the tables that are there, and only rules over those run. With
        `reading`, only rules that read one of these (table, column).
        """
        return [fault for item in self.case_models for fault in item.judge(rows, now, reading)]

    def words_for(self, tables: Iterable[str]) -> list[str]:
        """The rules in words, as a prompt states them: those all of whose tables are among `tables`."""
        shown = set(tables)
        words = [f"{rule.table}: {rule.words}" for rule in self.rows if rule.table in shown]
        words += [rule.words for rule in self.cases if rule.tables <= shown]
        return words + [query.words for query in self.queries if query.tables <= shown]

    def digest(self) -> str:
        """sha256 over the files' bytes, each with its name and length, in the order of their names."""
        return self.sha256


def refusal(rule: PythonRule, function: Rule, subject: Row | Case, now: datetime) -> str | None:
    """What a model validator says against its subject, or None. Field validators have passed when a row is built."""
    if inspect.ismethod(function):
        return None
    arguments = [subject, RuleInfo({"now": now})][: code_of(function).co_argcount]
    try:
        with blamed(rule.name):
            function(*arguments)
    except (ValueError, AssertionError) as error:
        return str(error) or rule.words
    return None


@dataclass(frozen=True)
class RuleInfo:
    """What a validator that is run by hand is given for Pydantic's ValidationInfo."""

    context: dict[str, Any]
    config: None = None
    mode: str = "python"
    data: Mapping[str, Any] = field(default_factory=dict)
    field_name: None = None


@contextmanager
def blamed(name: str) -> Iterator[None]:
    try:
        yield
    except CRASHES as error:
        message = f"{name} fails instead of judging: {type(error).__name__}: {error}"
        raise InputError(message, "mend the rule: NULL is None, a related row may be missing") from error


def _message(error: ErrorDetails) -> str:
    raised = error.get("ctx", {}).get("error")
    return str(raised) if isinstance(raised, Exception) else error["msg"]


def code_of(function: Rule) -> CodeType:
    code: CodeType = inspect.unwrap(getattr(function, "__func__", function)).__code__
    return code
