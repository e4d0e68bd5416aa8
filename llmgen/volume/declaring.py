"""The settings of columns read against the schema: typed, and refused before the first row where they do not fit."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

from llmgen.errors import InputError
from llmgen.predicates.catalog import near
from llmgen.predicates.ranges import DAY, MOMENTS, NUMERIC, Number, base_domain, encode
from llmgen.schema.forms import BadCell, decode
from llmgen.schema.model import Column, Schema, Table
from llmgen.settings import ColumnSettings, Normal, Season, Uniform, Zipf
from llmgen.values.line import ends, on_line, unit
from llmgen.volume.computed import Computed, Template, read_expression, read_template
from llmgen.volume.declared import Declarations, Declared
from llmgen.volume.distributions import DEVIATIONS, Profile, normal, season, uniform, zipf
from llmgen.volume.likely import share
from llmgen.volume.pools import POOLED, POOLED_UNIQUE, faker_pool
from llmgen.volume.rollups import read_rollup

_CALLED = 'name columns as [columns."table.column"]'
_DISTANCE = re.compile(r"([+-]?[0-9]{1,4})(y|mo|w|d)")
_DAYS = {"y": 365, "mo": 30, "w": 7, "d": 1}
_MOST_DAYS = 50 * 366
_ONE = 10**6
_SECOND = 10**6
_FARTHEST = (1 << 63) - (1 << 32)
_WHEN = "write a date, now, or a distance such as -2y, -18mo, 6w, 30d"


def declare(schema: Schema, columns: Mapping[str, ColumnSettings], seed: str, now: datetime) -> Declarations:
    """The declared columns, typed.

    InputError, naming the setting, for what its column cannot hold or does not allow.
    """
    found: dict[str, dict[str, Declared]] = {}
    for place, settings in columns.items():
        table, column = _column(schema, place)
        one = _declared(_Place(schema, table, column, place), settings, seed, now)
        if settings.empty is not None:
            one = replace(one, empty=share(settings.empty))
        found.setdefault(table.name, {})[column.name] = one
    for name, declared in found.items():
        _refuse_circles(name, declared)
    return found


def _column(schema: Schema, place: str) -> tuple[Table, Column]:
    name, _, column_name = place.rpartition(".")
    table = schema.by_name.get(name)
    if table is None:
        raise InputError(f"[columns] {place}: there is no table {name}{near(name, schema.by_name)}", _CALLED)
    column = table.by_name.get(column_name)
    if column is None:
        names = near(column_name, table.by_name)
        raise InputError(f"[columns] {place}: {name} has no column {column_name}{names}", _CALLED)
    if column.name in table.reference_columns or column.name in table.primary_key or column.generated:
        what = "a reference" if column.name in table.reference_columns else "a key"
        what = what if column.written else "computed by the database"
        raise InputError(
            f"[columns] {place} is {what}, which llmgen writes itself"
            if column.written
            else f"[columns] {place} is {what}",
            "leave it out",
        )
    return table, column


@dataclass(frozen=True)
class _Place:
    """The column that a setting is about, and the setting as it is named."""

    schema: Schema
    table: Table
    column: Column
    name: str


def _declared(at: _Place, settings: ColumnSettings, seed: str, now: datetime) -> Declared:
    schema, table, column, place = at.schema, at.table, at.column, at.name
    if settings.empty and not column.nullable:
        raise InputError(f"[columns] {place}: empty = {settings.empty}, but the column is NOT NULL", "leave empty out")
    if settings.empty and any(column.name in one.columns and not one.nulls_distinct for one in table.uniques):
        raise InputError(f"[columns] {place}: empty = {settings.empty}, but NULLs are not distinct", "leave empty out")
    if settings.template or settings.sql:
        way: Computed
        if settings.template:
            way = read_template(place, table, column, settings.template)
        else:
            way = read_expression(place, schema, table, column, settings.sql)
        _refuse_repeats(table, column, way)
        return Declared(computed=way)
    if settings.rollup:
        if _is_unique(table, column) or any(_names(column, one.where) for one in table.uniques if one.where):
            raise InputError(f"[columns] {place}: the column is unique: what it sums up may repeat", "leave it out")
        return Declared(rollup=read_rollup(place, schema, table, column, settings.rollup))
    if settings.choice is not None:
        return _chosen(place, column, settings)
    if settings.faker:
        return _pooled(place, table, column, settings, seed)
    if settings.distribution is not None:
        return _distributed(place, table, column, settings, now)
    return Declared()


# -- a few values --------------------------------------------------------------------------------------------------


def _chosen(place: str, column: Column, settings: ColumnSettings) -> Declared:
    if column.type.kind in ("json", "array"):
        raise InputError(
            f"[columns] {place}: {column.type.sql} has no choice of values", "write json with a template, or leave it"
        )
    weights: dict[Any, int] = {}
    base = base_domain(column)
    given = settings.weights or (Decimal(1),) * len(settings.choice or ())
    for cell, weight in zip(settings.choice or (), given, strict=True):
        value = _cell(place, column, cell)
        if not base.admits(value):
            raise InputError(f"[columns] {place}: choice: {column.type.sql} does not hold {cell!r}", "leave it out")
        if 0 < weight * _ONE < 1:
            raise InputError(f"[columns] {place}: weight {weight} is less than a millionth", "write larger weights")
        weights[value] = weights.get(value, 0) + int(weight * _ONE)
    return Declared(tuple(value for value, weight in weights.items() if weight), weights)


def _cell(place: str, column: Column, cell: Any) -> Any:
    plain = cell.isoformat() if isinstance(cell, date) or hasattr(cell, "tzinfo") else cell
    try:
        return decode(column.type, plain, text=isinstance(plain, str))
    except BadCell as bad:
        raise InputError(f"[columns] {place}: {cell!r} must be {bad}", f"the column is {column.type.sql}") from bad


def _pooled(place: str, table: Table, column: Column, settings: ColumnSettings, seed: str) -> Declared:
    """The values of a Faker provider that fit the column."""
    calls = POOLED_UNIQUE if _is_unique(table, column) else POOLED
    base, fitting, misfit = base_domain(column), dict[Any, int](), None
    for cell in faker_pool(place, settings.faker, settings.locale, seed, calls):
        if cell is None:
            continue
        plain = cell.isoformat() if hasattr(cell, "isoformat") else cell
        plain = str(plain) if column.type.kind in ("text", "uuid") else plain
        try:
            value = decode(column.type, plain, text=isinstance(plain, str))
            hash(value)
        except (BadCell, TypeError):
            misfit = cell
            continue
        if base.admits(value):
            fitting[value] = 1
    if not fitting:
        raise InputError(
            f"[columns] {place}: Faker's {settings.faker} writes {misfit!r}, which {column.type.sql} does not hold",
            "name another provider",
        )
    return Declared(tuple(fitting), fitting)


# -- numbers and moments -------------------------------------------------------------------------------------------


def _distributed(place: str, table: Table, column: Column, settings: ColumnSettings, now: datetime) -> Declared:
    way, kind = settings.distribution, column.type.kind
    fits = kind in NUMERIC if isinstance(way, Normal | Zipf) else kind in MOMENTS if isinstance(way, Season) else None
    if fits is False or not on_line(column):
        raise InputError(
            f"[columns] {place}: a column of type {column.type.sql} has no {way.kind if way else ''} distribution",
            "normal and zipf are for numbers, season for dates and moments, uniform for both",
        )
    if any(unique.columns == (column.name,) for unique in table.uniques):
        raise InputError(f"[columns] {place}: the column is unique: its values cannot be distributed", "leave it out")
    of = unit(column)
    if isinstance(way, Normal):
        _refuse_bell(place, column, way)
        mean, deviation = (one * of.denominator / of.numerator for one in (way.mean, way.deviation))
        return Declared(profile=normal(mean, deviation, _step(column, int(2 * DEVIATIONS * deviation))))
    if isinstance(way, Zipf):
        _ordered(place, way.low, way.high)
        _refuse_wide(place, floor(way.low / of), ceil(way.high / of))
        shape = zipf(way.low, way.high, way.exponent, max(1, int(1 / of)))
        return _within(place, column, way.low, way.high, shape)
    if isinstance(way, Uniform):
        low, high = (_end(place, column, cell, now) for cell in (way.low, way.high))
        _ordered(place, low, high)
        first, last = int(-(-Fraction(low) // of)), int(Fraction(high) // of)
        _refuse_wide(place, first, last)
        return _within(place, column, low, high, uniform(first, last, _step(column, last - first)))
    assert isinstance(way, Season)
    return _seasonal(place, column, way, now)


def _refuse_bell(place: str, column: Column, way: Normal) -> None:
    """InputError for a bell without any value of the column's type, or wider than its grid."""
    mean, reach = Fraction(way.mean) / unit(column), Fraction(way.deviation) * DEVIATIONS / unit(column)
    first, last = ceil(mean - reach), floor(mean + reach)
    least, most = ends(column, base_domain(column))
    near = f"[columns] {place}: within {DEVIATIONS} deviations of the mean"
    if first > last:
        raise InputError(f"{near} lies no {column.type.sql}", "name a greater deviation, or another mean")
    if last < least or most < first:
        raise InputError(f"{near} lies nothing that {column.type.sql} holds", "name another mean")
    _refuse_wide(place, first, last)


def _refuse_wide(place: str, first: int, last: int) -> None:
    """InputError for numbers of a grid that do not fit 64 bits, rounded to any step."""
    if max(-first, last) > _FARTHEST:
        raise InputError(f"[columns] {place}: the distribution is wider than can be drawn", "bring its ends nearer")


def _seasonal(place: str, column: Column, way: Season, now: datetime) -> Declared:
    low, high = (_moment(place, end, now) for end in (way.since, way.until))
    _ordered(place, low, high)
    if (high - low) // DAY > _MOST_DAYS:
        raise InputError(f"[columns] {place}: a season is at most 50 years long", _WHEN)
    day = int(DAY / unit(column))
    first, last = low // int(unit(column)), high // int(unit(column))
    shape = season(way, first, last, day, _SECOND if day > 1 else 1)
    if shape.mass[-1] == 0:
        raise InputError(f"[columns] {place}: no day of the season has a weight", "give weights that are not 0")
    return _within(place, column, low, high, shape)


def _within(place: str, column: Column, low: Number, high: Number, shape: Profile) -> Declared:
    found = Declared(profile=shape, ends=(low, high))
    narrowed = found.narrowed(base_domain(column))
    if narrowed is None or narrowed.null == "must":
        raise InputError(f"[columns] {place}: {column.type.sql} holds none of these values", "name others")
    return found


def _ordered(place: str, low: Number, high: Number) -> None:
    if low > high:
        raise InputError(f"[columns] {place}: the distribution ends before it begins", "exchange the two ends")


def _step(column: Column, width: int) -> int:
    """Whole seconds, and hundredths of numbers that show no scale, where there is room for them."""
    kind = column.type.kind
    if kind == "float" or (kind == "decimal" and column.type.precision is None):
        return _ONE // 100 if width >= _ONE else 1
    return _SECOND if kind in ("timestamp", "timestamptz", "time") and width >= 2 * _SECOND else 1


def _end(place: str, column: Column, cell: Any, now: datetime) -> Number:
    if column.type.kind in MOMENTS and isinstance(cell, str | date):
        return _moment(place, cell, now)
    return encode(_cell(place, column, cell))


def _moment(place: str, cell: date | str, now: datetime) -> int:
    """An instant in microseconds: of a date its beginning."""
    if isinstance(cell, str):
        if cell == "now":
            return int(encode(now))
        if found := _DISTANCE.fullmatch(cell):
            return int(encode(now + timedelta(days=int(found[1]) * _DAYS[found[2]])))
        try:
            cell = datetime.fromisoformat(cell)
        except ValueError as error:
            raise InputError(f"[columns] {place}: {cell!r} is no moment", _WHEN) from error
    if isinstance(cell, datetime) and cell.tzinfo is None:
        cell = cell.replace(tzinfo=UTC)
    return int(encode(cell))


# -- what follows from other columns ---------------------------------------------------------------------------------


def _is_unique(table: Table, column: Column) -> bool:
    named = any(_names(column, text) for one in table.uniques for text in one.expressions)
    return named or any(column.name in unique.columns for unique in table.uniques)


def _names(column: Column, sql: str) -> bool:
    return re.search(rf"\b{re.escape(column.name)}\b", sql) is not None


def _refuse_repeats(table: Table, column: Column, way: Computed) -> None:
    if not _is_unique(table, column) or (isinstance(way, Template) and (way.tells_apart or _copies(table, way))):
        return
    raise InputError(
        f"[columns] {way.place}: the column is unique, and nothing keeps its values apart",
        "use a template with {row} as its first or last field, such as INV-{row:06d}, or {id} alone",
    )


def _copies(table: Table, way: Template) -> bool:
    """Whether the only field is a column that never repeats."""
    fields = [name for _, name, _ in way.parts if name]
    return len(fields) == 1 and (table.primary_key == (fields[0],))


def _refuse_circles(table: str, declared: Mapping[str, Declared]) -> None:
    open_ = {name: set(one.computed.inputs) & declared.keys() for name, one in declared.items() if one.computed}
    while done := [name for name, inputs in open_.items() if not inputs & open_.keys()]:
        for name in done:
            del open_[name]
    if open_:
        raise InputError(
            f"[columns] {', '.join(f'{table}.{name}' for name in open_)} are computed from each other",
            "write one of them in another way",
        )
