"""Literals of the types that only the database knows: networks, geometry, ranges."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from llmgen.values.shapes import NOUNS

Below = Callable[[int], int]
"""Draws a whole number from 0 to the one before its argument."""

_WIDE = 1 << 32
_SIZE = re.compile(r"\((\d+)")
_DEFAULT_SIZES = {"bit": 1, "varbit": 8, "vector": 3, "halfvec": 3}
_FIRST_DAY = datetime(2015, 1, 1)
_SPAN = 10


def literal_of(sql: str, below: Below) -> str:
    """A literal that the type of that spelling reads; a plain word (tsvector, ltree) for those not known here."""
    name = _name(sql)
    if name in _SIZED:
        return _SIZED[name](_size(sql), below)
    write = _TYPES.get(_geometry(sql) if name in ("geometry", "geography") else name)
    return write(below) if write else str(NOUNS[below(len(NOUNS))])


def is_known(sql: str) -> bool:
    """Whether literals of the type can be written that its server reads."""
    return _name(sql) in _SIZED or _name(sql) in _TYPES


def distinct_literal(sql: str) -> tuple[int, Callable[[int], str]]:
    """How many distinct literals of the type can be written, and the one of each number below that.

    Ranges of distinct numbers do not overlap.
    """
    name = _name(sql)
    if name in ("bit", "varbit"):
        size = min(_size(sql), 32)
        return 1 << size, lambda n: f"{n:0{_size(sql)}b}"
    if name in ("vector", "halfvec"):
        return _WIDE, lambda n: f"[{','.join([str(n + 1), *('1' for _ in range(_size(sql) - 1))])}]"
    if name.endswith("multirange"):
        room, write = _DISTINCT[name.replace("multirange", "range")]
        return room, lambda n: f"{{{write(n)}}}"
    return _DISTINCT.get(name, (_WIDE, lambda n: f"{NOUNS[n % len(NOUNS)]}{n}"))


def _name(sql: str) -> str:
    """The type's bare name: neither its schema nor its arguments."""
    return sql.lower().split("(")[0].split(".")[-1].strip(' "')


def _size(sql: str) -> int:
    found = _SIZE.search(sql)
    return int(found[1]) if found else _DEFAULT_SIZES[_name(sql)]


def _geometry(sql: str) -> str:
    """The shape that PostGIS has as an argument, `geometry(Point,4326)`: its points and polygons are other texts."""
    found = re.search(r"\(\s*([a-z]+)", sql.lower())
    shape = found[1] if found else "point"
    return shape if f"wkt {shape}" not in _TYPES and shape in _TYPES else f"wkt {shape}"


def _pairs(below: Below, count: int) -> list[tuple[int, int]]:
    return [(below(100), below(100)) for _ in range(count)]


def _points(below: Below, count: int) -> str:
    return ",".join(f"({x},{y})" for x, y in _pairs(below, count))


def _day(days: int, hours: int = 0) -> datetime:
    return _FIRST_DAY + timedelta(days=days, hours=hours)


def _days(first: int, count: int) -> str:
    return f"[{_day(first):%Y-%m-%d},{_day(first + count):%Y-%m-%d})"


def _hours(first: int, count: int, zone: str = "") -> str:
    return f'["{_day(0, first):%Y-%m-%d %H:%M:%S}{zone}","{_day(0, first + count):%Y-%m-%d %H:%M:%S}{zone}")'


def _bits(size: int, below: Below) -> str:
    return "".join(str(below(2)) for _ in range(size))


def _vector(size: int, below: Below) -> str:
    return f"[{','.join(f'0.{below(1000):03d}' for _ in range(size))}]"


def _mac(parts: int, below: Below) -> str:
    return ":".join(f"{below(256):02x}" for _ in range(parts))


def _hexadecimal(number: int) -> str:
    return ":".join(f"{number >> shift & 255:02x}" for shift in (24, 16, 8, 0))


def _ring(below: Below) -> str:
    x, y, size = below(50), below(50), 1 + below(50)
    return f"({x} {y},{x + size} {y},{x + size} {y + size},{x} {y})"


_SIZED: Mapping[str, Callable[[int, Below], str]] = {
    "bit": _bits,
    "varbit": _bits,
    "vector": _vector,
    "halfvec": _vector,
}

_TYPES: Mapping[str, Callable[[Below], str]] = {
    "inet6": lambda below: f"2001:db8::{1 + below(0xFFFE):x}",
    "inet4": lambda below: f"192.0.2.{1 + below(254)}",
    "inet": lambda below: f"192.0.2.{1 + below(254)}",
    "cidr": lambda below: f"198.51.{below(256)}.0/24",
    "macaddr": lambda below: _mac(6, below),
    "macaddr8": lambda below: _mac(8, below),
    "money": lambda below: f"{1 + below(500)}.{below(100):02d}",
    "point": lambda below: f"({below(100)},{below(100)})",
    "line": lambda below: f"{{{1 + below(9)},{below(9)},{below(9)}}}",
    "lseg": lambda below: f"[{_points(below, 2)}]",
    "box": lambda below: f"({50 + below(50)},{50 + below(50)}),({below(50)},{below(50)})",
    "path": lambda below: f"({_points(below, 3)})",
    "polygon": lambda below: f"({_points(below, 3)})",
    "circle": lambda below: f"<({below(100)},{below(100)}),{1 + below(50)}>",
    "xml": lambda below: f"<item>{NOUNS[below(len(NOUNS))]}</item>",
    "int4range": lambda below: f"[{below(50)},{50 + below(50)})",
    "int8range": lambda below: f"[{below(50)},{50 + below(50)})",
    "numrange": lambda below: f"[{below(50)}.5,{50 + below(50)}.5)",
    "daterange": lambda below: _days(3_650 + below(365), 1 + below(60)),
    "tsrange": lambda below: _hours(87_600 + below(8_760), 1 + below(48)),
    "tstzrange": lambda below: _hours(87_600 + below(8_760), 1 + below(48), "+00"),
    "int4multirange": lambda below: f"{{[{below(50)},{50 + below(50)})}}",
    "int8multirange": lambda below: f"{{[{below(50)},{50 + below(50)})}}",
    "nummultirange": lambda below: f"{{[{below(50)}.5,{50 + below(50)}.5)}}",
    "datemultirange": lambda below: f"{{{_days(3_650 + below(365), 1 + below(60))}}}",
    "tsmultirange": lambda below: f"{{{_hours(87_600 + below(8_760), 1 + below(48))}}}",
    "tstzmultirange": lambda below: f"{{{_hours(87_600 + below(8_760), 1 + below(48), '+00')}}}",
    "cube": lambda below: f"({below(100)}, {below(100)})",
    "seg": lambda below: f"{below(50)} .. {50 + below(50)}",
    "hstore": lambda below: f'"source"=>"{NOUNS[below(len(NOUNS))]}"',
    "jsonpath": lambda below: f'$."{NOUNS[below(len(NOUNS))]}"',
    "oid": lambda below: str(16_384 + below(100_000)),
    "xid": lambda below: str(1_000 + below(100_000)),
    "xid8": lambda below: str(1_000 + below(100_000)),
    "cid": lambda below: str(below(1_000)),
    "tid": lambda below: f"({below(100)},{1 + below(100)})",
    "pg_lsn": lambda below: f"{below(256):X}/{below(_WIDE):X}",
    "txid_snapshot": lambda below: f"{10 + below(90)}:{100 + below(100)}:",
    "pg_snapshot": lambda below: f"{10 + below(90)}:{100 + below(100)}:",
    "wkt point": lambda below: f"POINT({below(100)} {below(80)})",
    "wkt polygon": lambda below: f"POLYGON({_ring(below)})",
    "linestring": lambda below: f"LINESTRING({','.join(f'{x} {y}' for x, y in _pairs(below, 3))})",
    "multipoint": lambda below: f"MULTIPOINT({','.join(f'{x} {y}' for x, y in _pairs(below, 2))})",
    "multilinestring": lambda below: f"MULTILINESTRING(({','.join(f'{x} {y}' for x, y in _pairs(below, 3))}))",
    "multipolygon": lambda below: f"MULTIPOLYGON(({_ring(below)}))",
    "geometrycollection": lambda below: f"GEOMETRYCOLLECTION(POINT({below(100)} {below(80)}))",
}

# The last day and hour that four digits of a year can say are beyond these.
_DAYS_LEFT, _HOURS_LEFT = 1_000_000, 20_000_000
_DISTINCT: Mapping[str, tuple[int, Callable[[int], str]]] = {
    "inet4": (1 << 24, lambda n: f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}"),
    "inet": (0xFFFF << 16, lambda n: f"2001:db8::{1 + (n >> 16):x}:{n & 0xFFFF:x}"),
    "inet6": (0xFFFF << 16, lambda n: f"2001:db8::{1 + (n >> 16):x}:{n & 0xFFFF:x}"),
    "cidr": (0xFFFF << 16, lambda n: f"2001:db8:{n // 0xFFFF:x}:{1 + n % 0xFFFF:x}::/64"),
    "macaddr": (_WIDE, lambda n: f"02:00:{_hexadecimal(n)}"),
    "macaddr8": (_WIDE, lambda n: f"02:00:5e:ff:{_hexadecimal(n)}"),
    "money": (_WIDE, lambda n: f"{n // 100 + 1}.{n % 100:02d}"),
    "oid": (1 << 31, lambda n: str(16_384 + n)),
    "xid": (1 << 31, lambda n: str(1_000 + n)),
    "xid8": (1 << 31, lambda n: str(1_000 + n)),
    "pg_lsn": (_WIDE, lambda n: f"{n >> 24:X}/{n & 0xFFFFFF:X}"),
    "hstore": (_WIDE, lambda n: f'"number"=>"{n + 1}"'),
    "cube": (_WIDE, lambda n: f"({n})"),
    "seg": (_WIDE >> 16, lambda n: f"{n}"),
    "jsonpath": (_WIDE, lambda n: f"$[{n}]"),
    "xml": (_WIDE, lambda n: f"<item>{n + 1}</item>"),
    "point": (_WIDE, lambda n: f"({n >> 16},{n & 0xFFFF})"),
    "int4range": (1 << 27, lambda n: f"[{n * _SPAN + 1},{n * _SPAN + _SPAN})"),
    "int8range": (_WIDE, lambda n: f"[{n * _SPAN + 1},{n * _SPAN + _SPAN})"),
    "numrange": (_WIDE, lambda n: f"[{n * _SPAN + 1},{n * _SPAN + _SPAN})"),
    "daterange": (_DAYS_LEFT, lambda n: _days(2 * n, 1)),
    "tsrange": (_HOURS_LEFT, lambda n: _hours(2 * n, 1)),
    "tstzrange": (_HOURS_LEFT, lambda n: _hours(2 * n, 1, "+00")),
    "geometry": (_WIDE, lambda n: f"POINT({n >> 16} {n & 0xFFFF})"),
    "circle": (_WIDE, lambda n: f"<({n >> 16},{n & 0xFFFF}),1>"),
}
