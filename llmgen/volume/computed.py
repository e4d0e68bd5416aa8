"""Columns that follow from others of their row: templates filled in and SQL evaluated, over many rows at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from string import Formatter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from llmgen.errors import DataError, InputError
from llmgen.output.column_text import column_text
from llmgen.predicates.arrays import duckdb_type
from llmgen.predicates.catalog import near
from llmgen.predicates.normalise import Predicate, check_predicate
from llmgen.schema.arrow import arrow_type
from llmgen.schema.model import Column, Schema, Table
from llmgen.values.streams import Words
from llmgen.volume.arenas import arena_of

Cells = Mapping[str, pa.Array]

ROW = "row"
_SPEC = re.compile(r"(?:0([1-9][0-9]?))?d?")
_HINT = "write {row}, {row:06d} or {column}, with {{ and }} for braces"
_TYPED = ("text", "integer", "decimal", "float", "boolean", "date", "time", "timestamp", "timestamptz", "uuid", "enum",
          "set", "json", "other")  # fmt: skip


@dataclass(frozen=True)
class Template:
    """Text before each field, the field ("" behind the last text), and the digits that its number is filled up to."""

    place: str
    parts: tuple[tuple[str, str, int], ...]

    @property
    def inputs(self) -> tuple[str, ...]:
        """The columns that it names."""
        return tuple(dict.fromkeys(name for _, name, _ in self.parts if name not in ("", ROW)))

    @property
    def tells_apart(self) -> bool:
        """Whether rows never agree: {row} stands first or last among the fields, with no digit beside it."""
        fields = [name for _, name, _ in self.parts if name]
        if fields.count(ROW) != 1:
            return False
        before = next(text for text, name, _ in self.parts if name == ROW)
        behind = [text for text, _, _ in self.parts][fields.index(ROW) + 1 :] or [""]
        if len(fields) == 1:
            return True
        if fields[-1] == ROW:
            return not behind[0] and before != "" and not before[-1].isdigit()
        return fields[0] == ROW and not before and behind[0] != "" and not behind[0][0].isdigit()


@dataclass(frozen=True)
class Expression:
    """An expression over the row's other columns, in normal form."""

    place: str
    predicate: Predicate

    @property
    def inputs(self) -> tuple[str, ...]:
        """The columns that it names."""
        return tuple(sorted(self.predicate.names))


Computed = Template | Expression


def read_template(place: str, table: Table, column: Column, text: str) -> Template:
    """The template as written in the settings. InputError for a field that is neither {row} nor another column."""
    _refuse_kind(place, column)
    try:
        parsed = list(Formatter().parse(text))
    except ValueError as error:
        raise InputError(f"[columns] {place}: template {text!r}: {error}", _HINT) from error
    parts = []
    for before, name, spec, conversion in parsed:
        found = _SPEC.fullmatch(spec or "") if name == ROW else None
        plain = name is None or (name in table.by_name and not spec and name not in (ROW, column.name))
        if conversion or not (plain or found):
            wrong = f"{{{name}{'!' + conversion if conversion else ''}{':' + spec if spec else ''}}}"
            names = near(name or "", set(table.by_name) - {column.name})
            raise InputError(f"[columns] {place}: template {text!r}: {wrong} is no field{names}", _HINT)
        parts.append((before, name or "", int(found[1] or 0) if found else 0))
    template = Template(place, tuple(parts))
    refuse_misfits(template, column, 1)
    return template


def refuse_misfits(way: Template, column: Column, row: int) -> None:
    """InputError where the column cannot hold the text of a row (from 1), however short the columns named are."""
    shortest = "".join(before + str(row).zfill(width) * (name == ROW) for before, name, width in way.parts)
    try:
        if not way.inputs:
            _held(way, column, pa.array([shortest]))
        elif column.type.kind == "text":
            _refuse_text(way, column, pa.array([shortest]))
    except DataError as error:
        raise InputError(error.message, error.hint) from error


def read_expression(place: str, schema: Schema, table: Table, column: Column, sql: str) -> Expression:
    """The expression as written in the settings. InputError for what cannot be evaluated, and why."""
    _refuse_kind(place, column)
    predicate = check_predicate(schema, table.name, sql, f"[columns] {place}")
    found = Expression(place, predicate)
    if predicate.status == "opaque":
        raise InputError(
            f"[columns] {place}: sql {sql!r}: {predicate.reason}", "write an expression over the row's other columns"
        )
    if column.name in found.inputs:
        raise InputError(f"[columns] {place}: sql {sql!r} names the column itself", "name the row's other columns")
    return found


def _refuse_kind(place: str, column: Column) -> None:
    if column.type.kind not in _TYPED:
        raise InputError(
            f"[columns] {place}: a column of type {column.type.sql} cannot be computed", "declare it with choice"
        )


@dataclass(frozen=True)
class Target:
    """The column that is computed, in its table, and what now() stands for."""

    schema: Schema
    table: Table
    column: Column
    now: datetime


def computed_column(target: Target, way: Computed, rows: Words, cells: Cells) -> pa.Array:
    """The column's cells. `rows` are row numbers from 0; `cells` hold the columns that it names.

    Raises DataError for cells that the column cannot hold.
    """
    if isinstance(way, Template):
        return _held(way, target.column, _filled(way, target.table, rows, cells))
    return _held(way, target.column, _evaluated(way, target, len(rows), cells))


def _held(way: Computed, column: Column, found: pa.Array) -> pa.Array:
    """The cells as the column holds them. Raises DataError for those that it does not."""
    try:
        found = found.cast(arrow_type(column.type))
    except pa.ArrowException as error:
        raise _misfit(way, column, str(error).splitlines()[0]) from error
    if found.null_count and not column.nullable:
        raise _misfit(way, column, "NULL in some row, and the column is NOT NULL")
    if pa.types.is_string(found.type) and len(found):
        _refuse_text(way, column, found)
    return found


def _filled(way: Template, table: Table, rows: Words, cells: Cells) -> pa.Array:
    pieces: list[pa.Array | pa.Scalar] = []
    for before, name, width in way.parts:
        pieces.append(pa.scalar(before))
        if name == ROW:
            texts = pa.array(rows + np.uint64(1)).cast(pa.string())
            pieces.append(pc.utf8_lpad(texts, width, "0") if width else texts)
        elif name:
            pieces.append(column_text(table.column(name).type, cells[name]))
    found = pc.binary_join_element_wise(*pieces, pa.scalar(""))
    return found if isinstance(found, pa.Array) else pa.array([found.as_py()] * len(rows), pa.string())


def _evaluated(way: Expression, target: Target, size: int, cells: Cells) -> pa.Array:
    table, column = target.table, target.column
    arena = arena_of(target.schema, table)
    arena.load_columns(table.name, {name: cells[name] for name in way.inputs}, size, target.now)
    to = "UBIGINT" if column.type.kind == "integer" and column.type.unsigned else duckdb_type(column.type)
    try:
        return arena.computed(table.name, way.predicate.duckdb, to)
    except DataError as error:
        raise _misfit(way, column, error.message) from error


def _refuse_text(way: Computed, column: Column, texts: pa.Array) -> None:
    """Text that is too long, and labels that there are not."""
    limit = column.type.length
    if limit is not None and column.type.kind == "text":
        lengths = pc.utf8_length(texts)
        longest = pc.max(lengths).as_py() or 0
        if longest > limit:
            text = texts[pc.index(lengths, longest).as_py()].as_py()
            raise _misfit(way, column, f"{text!r} has {longest} characters, the column holds {limit}")
    if column.type.kind == "enum":
        wrong = pc.unique(
            texts.drop_null().filter(pc.invert(pc.is_in(texts.drop_null(), pa.array(column.type.labels))))
        )
        if len(wrong):
            raise _misfit(way, column, f"{wrong[0].as_py()!r} is none of its labels")


def _misfit(way: Computed, column: Column, what: str) -> DataError:
    kind = "template" if isinstance(way, Template) else "sql"
    return DataError(f"[columns] {way.place}: {kind}: {what}", f"mend it to write what {column.type.sql} holds")
