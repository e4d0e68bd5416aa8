"""Edge classes: values that break programs only ever tried with plain ones, each within its column's limits."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, get_args

from llmgen.canonical import CANONICAL
from llmgen.plan import route_column
from llmgen.predicates.ranges import Domain, base_domain, closed, decode
from llmgen.schema.model import Column, Kind, Table
from llmgen.values.scalars import Draw

_DIACRITICS = (
    "Zoë Brontë",
    "Łukasz Żółć",
    "Søren Ångström",
    "Nguyễn Thị Hồng",
    "Çağla Şahin",
    "Ñandú Pingüino",
    "Jiří Dvořák",
)
_CJK = ("王小明", "佐藤 美咲", "김민준", "東京都渋谷区", "陳大文", "株式会社あおぞら")
_RIGHT_TO_LEFT = ("محمد العربي", "שירה כהן", "فاطمة الزهراء", "دفتر ۲۴", "יעקב (ABC) לוי")
_EMOJI = (
    "Ana \U0001f469\U0001f3fd\u200d\U0001f680", "\U0001f1e7\U0001f1f7 Lia", "Zoe\u0308 \u2615\ufe0f",
    "n\u0303andu\u0301 \U0001f389", "Kim \U0001f468\u200d\U0001f469\u200d\U0001f467", "e\u0301 \U0001f30d",
)  # fmt: skip
_PARTICLES = (
    "Aoife O'Brien-D'Arcy",
    "Jan van der Berg",
    "María de la Cruz",
    "Jean-Luc d'Aubigné",
    "O’Neill",
    "Ibn al-Haytham",
)
_LETTERS = ("X", "é", "Ø", "李", "a")
_MARKUP = (
    "<b>bold</b> & <i>more</i>",
    "<script>alert('x')</script>",
    "{{ 7 * 7 }}",
    "# Title\n- item",
    "&lt;tag&gt;",
    "<br/>",
)
_SQL = ("Robert'); DROP TABLE users;--", "' OR '1'='1", 'x"; SELECT 1; --', "100%_done\\", "NULL", "1; COMMIT")
_GAPS = ((2024, 3, 10, 2, 30), (2024, 3, 31, 2, 30), (2024, 11, 3, 1, 30), (2024, 10, 27, 2, 30))
_ZONES = ("Pacific/Kiritimati", "Etc/GMT+12", "Pacific/Chatham", "Asia/Kathmandu")
# Providers whose text is free, so that any letters do no harm; e-mails, URLs and codes have rules of their own.
_FREE = frozenset({"full_name", "given_name", "middle_name", "family_name", "company", "employer", "job", "street",
                   "address", "city", "title", "sentence", "paragraph", "word"})  # fmt: skip
_NAMES = frozenset({"full_name", "given_name", "middle_name", "family_name", "company", "employer"})
_LONGEST = 5_000

Write = Callable[[Column, Domain, Draw, Any], Any]


@dataclass(frozen=True)
class EdgeClass:
    """One class: in words for a brief, the kinds of column it concerns, and who writes it.

    `write(column, domain, draw, plain)` gives a value (`plain` is what the column would hold otherwise) or raises
    ValueError where the column has no such value. `calendar` classes belong into columns that do not move with now,
    those of `whole` databases into no brief.
    """

    words: str
    kinds: frozenset[Kind]
    write: Write
    calendar: bool = False
    whole: bool = False


def _one_of(*texts: str) -> Write:
    def write(column: Column, domain: Domain, draw: Draw, plain: Any) -> str:
        limit = column.type.length
        return str(draw.pick([text for text in texts if limit is None or len(text) <= limit] or _none(column)))

    return write


def _none(column: Column) -> Any:
    raise ValueError(f"{column.name} has no such value")


def _max_length(column: Column, domain: Domain, draw: Draw, plain: Any) -> Any:
    limits = [limit for limit in (column.type.length, domain.max_length) if limit is not None]
    if not limits or min(limits) > _LONGEST:
        _none(column)
    size = min(limits)
    if column.type.kind == "bytes":
        return (bytes(plain or b"\x00") * (size // max(1, len(plain or b"\x00")) + 1))[:size]
    text = str(plain or "x")
    filled = f"{text} ".ljust(size + 1, "m") if len(text) < size else text
    return filled[: size - 1] + (filled[size - 1] if filled[size - 1] != " " else "m") if size else ""


def _empty(column: Column, domain: Domain, draw: Draw, plain: Any) -> str:
    return ""


def _null(column: Column, domain: Domain, draw: Draw, plain: Any) -> Any:
    return None if column.nullable else _none(column)


def _zero(column: Column, domain: Domain, draw: Draw, plain: Any) -> Any:
    return timedelta() if column.type.kind == "interval" else decode(0, column.type.kind)


def _bound(column: Column, domain: Domain, draw: Draw, plain: Any) -> Any:
    """The least or the greatest value that the column's type and CHECKs allow."""
    ends = [end for end in closed(domain) if end is not None]
    return decode(draw.pick(ends), domain.kind) if ends else _none(column)


def _many_decimals(column: Column, domain: Domain, draw: Draw, plain: Any) -> Any:
    scale = column.type.scale
    if column.type.kind == "float":
        return 0.1 + 0.2 if domain.admits(0.1 + 0.2) else float(plain or 1) + 1 / 3
    places = 12 if column.type.precision is None else scale or 0
    if places < 1:
        _none(column)
    return Decimal(plain or 0).to_integral_value() + Decimal(
        "0." + "123456789"[: places - 1].ljust(places - 1, "3") + "7"
    )


def _moment_of(column: Column, *parts: int) -> Any:
    moment = datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]
    if column.type.kind == "date":
        return moment.date()
    return moment if column.type.kind == "timestamptz" else moment.replace(tzinfo=None)


def _leap_day(column: Column, domain: Domain, draw: Draw, plain: Any) -> Any:
    return _moment_of(column, draw.pick((2020, 2024)), 2, 29, 9, 15)


def _year_end(column: Column, domain: Domain, draw: Draw, plain: Any) -> Any:
    return _moment_of(column, CANONICAL.year - 1 - draw.below(3), 12, 31, 23, 59, 59)


def _dst_gap(column: Column, domain: Domain, draw: Draw, plain: Any) -> Any:
    """A wall clock time that New York or Berlin skips or repeats; for instants, the moment of the change in Berlin."""
    if column.type.kind == "timestamp":
        return datetime(*draw.pick(_GAPS))
    return draw.pick((datetime(2024, 3, 31, 1, 0, tzinfo=UTC), datetime(2024, 10, 27, 1, 0, tzinfo=UTC)))


def _utc_extremes(column: Column, domain: Domain, draw: Draw, plain: Any) -> Any:
    """A zone at the rim of the world, or an instant whose date is another one in UTC+14 or UTC-12."""
    if column.type.kind == "text":
        return _one_of(*_ZONES)(column, domain, draw, plain)
    day = date(2024, draw.pick((1, 3, 12)), 1)
    clock: time = draw.pick((time(10, 30), time(11, 30), time(23, 30)))
    return datetime.combine(day, clock, UTC)


_TEXT: frozenset[Kind] = frozenset({"text"})
_NUMBERS: frozenset[Kind] = frozenset({"integer", "decimal", "float"})
_DAYS: frozenset[Kind] = frozenset({"date", "timestamp", "timestamptz"})
_ANY: frozenset[Kind] = frozenset(get_args(Kind))

EDGE_CLASSES: Mapping[str, EdgeClass] = {
    "diacritics": EdgeClass("letters with accents, as in Łukasz Żółć", _TEXT, _one_of(*_DIACRITICS)),
    "cjk": EdgeClass("Chinese, Japanese or Korean characters", _TEXT, _one_of(*_CJK)),
    "right_to_left": EdgeClass("Arabic or Hebrew, written from right to left", _TEXT, _one_of(*_RIGHT_TO_LEFT)),
    "emoji_combining": EdgeClass("emoji and combining marks", _TEXT, _one_of(*_EMOJI)),
    "apostrophe_hyphen_particle": EdgeClass(
        "names with apostrophes, hyphens and particles, as in O'Brien-D'Arcy", _TEXT, _one_of(*_PARTICLES)
    ),
    "one_letter": EdgeClass("text of a single letter", _TEXT, _one_of(*_LETTERS)),
    "max_length": EdgeClass("text of exactly the column's greatest length", _TEXT | {"bytes"}, _max_length),
    "null": EdgeClass("no value at all where none is needed", _ANY, _null),
    "empty": EdgeClass("empty text, which is not NULL", _TEXT, _empty, whole=True),
    "leap_day": EdgeClass("29 February", _DAYS, _leap_day, calendar=True),
    "year_end": EdgeClass("the last second of a year", _DAYS, _year_end, calendar=True),
    "dst_gap": EdgeClass("a time that a clock change skips or repeats", _DAYS - {"date"}, _dst_gap, calendar=True),
    "utc_extremes": EdgeClass("zones from UTC+14 to UTC-12", _TEXT | {"timestamptz"}, _utc_extremes, calendar=True),
    "zero": EdgeClass("zero", _NUMBERS | {"interval"}, _zero),
    "bound": EdgeClass("the least or greatest value allowed", _NUMBERS, _bound),
    "many_decimals": EdgeClass("as many decimals as the column holds", frozenset({"decimal", "float"}), _many_decimals),
    "markup": EdgeClass("text with tags, templates or Markdown", _TEXT, _one_of(*_MARKUP)),
    "sql_looking": EdgeClass("text that looks like SQL, with quotes and semicolons", _TEXT, _one_of(*_SQL)),
}
"""Name -> class. Two things are left to who asks: whether the value is in the cell's domain, and the share of rows."""


def edge_choices(table: Table, column: Column, absolute: bool = False, whole: bool = False) -> tuple[str, ...]:
    """The classes that a seed-written cell of the column can show; calendar classes only with `absolute`.

    Classes that no brief may ask for come only with `whole`.

    Keys, references, computed columns and columns that must be unique have none: an edge there would break what
    llmgen wires. `absolute` says that the column's dates do not move with now.
    """
    if not column.written or column.generated or column.name in table.primary_key or _is_unique(table, column):
        return ()
    if whole and any(re.search(rf"\b{re.escape(column.name)}\b", unique.where or "") for unique in table.uniques):
        return ()
    if column.name in table.reference_columns:
        return ()
    provider = route_column(table, column).provider
    allowed = {name: edge for name, edge in EDGE_CLASSES.items() if whole or not edge.whole}
    return tuple(name for name, edge in allowed.items() if _applies(name, edge, column, provider, absolute))


def _is_unique(table: Table, column: Column) -> bool:
    return any(column.name in unique.columns or column.name in " ".join(unique.expressions) for unique in table.uniques)


def _applies(name: str, edge: EdgeClass, column: Column, provider: str, absolute: bool) -> bool:
    if column.type.kind not in edge.kinds:
        return False
    if name == "utc_extremes" and column.type.kind == "text":
        return provider == "time_zone"
    if edge.calendar and not absolute:
        return False
    if column.type.kind == "text" and name not in ("null",) and provider not in _FREE:
        return False
    if name == "apostrophe_hyphen_particle" and provider not in _NAMES:
        return False
    try:
        edge.write(column, base_domain(column), Draw(0), None)
    except ValueError:
        return False
    return True


def edge_value(name: str, column: Column, domain: Domain, word: int, plain: Any) -> Any:
    """The class's value for one cell, a pure function of its arguments; ValueError where the domain refuses it."""
    value = EDGE_CLASSES[name].write(column, domain, Draw(word), plain)
    if not domain.admits(value):
        raise ValueError(f"{column.name} may not hold {value!r}")
    return value
