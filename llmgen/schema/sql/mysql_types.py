"""Types of MySQL and MariaDB, in all their spellings, as ColumnType."""

import re
from dataclasses import dataclass, replace

from llmgen.schema.model import ColumnType, Kind, Letters
from llmgen.schema.sql.cursor import Cursor, Unreadable

_ALIASES = {
    "integer": "int", "int1": "tinyint", "int2": "smallint", "int3": "mediumint", "middleint": "mediumint",
    "int4": "int", "int8": "bigint", "dec": "decimal", "numeric": "decimal", "fixed": "decimal",
    "real": "double", "float4": "float", "float8": "double", "character": "char", "nchar": "char",
    "varcharacter": "varchar", "nvarchar": "varchar", "long": "mediumtext", "geomcollection": "geometrycollection",
}  # fmt: skip
_BITS = {"tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "bigint": 64}
_TEXTS = {"tinytext": 255, "text": 65_535, "mediumtext": 16_777_215, "longtext": 4_294_967_295}
_BLOBS = {"tinyblob": 255, "blob": 65_535, "mediumblob": 16_777_215, "longblob": 4_294_967_295}
_TIMES: dict[str, Kind] = {"time": "time", "datetime": "timestamp", "timestamp": "timestamptz"}
_PLAIN: dict[str, Kind] = {"date": "date", "json": "json", "uuid": "uuid"}
_OTHERS = frozenset({
    "inet4", "inet6", "geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon",
    "geometrycollection", "vector",
})  # fmt: skip
"""The types that llmgen knows no values of."""
_IN_BYTES = {"char": "binary", "varchar": "varbinary", **dict(zip(_TEXTS, _BLOBS, strict=True))}
"""What a type of texts becomes where they are no characters."""
_WIDTHS = {"utf8mb4": 4, "utf16": 4, "utf16le": 4, "utf32": 4, "gb18030": 4, "utf8": 3, "utf8mb3": 3, "ujis": 3,
           "eucjpms": 3, "ucs2": 2, "big5": 2, "gbk": 2, "gb2312": 2, "sjis": 2, "cp932": 2, "euckr": 2}  # fmt: skip
"""The most bytes that a character takes, where that is not one."""
_LETTERS: dict[str, Letters] = {
    **dict.fromkeys(("utf8mb4", "utf16", "utf16le", "utf32", "gb18030", "binary"), ""),
    **dict.fromkeys(("utf8", "utf8mb3", "ucs2"), "bmp"),
    "latin1": "latin1",
}
_EXACT = re.compile(r"(_bin|_cs(_ks)?)$|^binary$")
"""Collations that tell capitals from small letters."""
_MICROSECONDS = 6
_FLOAT_DIGITS = 24
"""float(n) is a float up to here, a double above."""
BINARY = "binary"
OF_SET = "_default_ci"
"""How the name ends that the default collation of a character set has here: none of them tells capitals apart."""
NATIONAL = "utf8mb3_general_ci"
SERIAL = "serial"
"""The type that is bigint unsigned NOT NULL AUTO_INCREMENT UNIQUE."""


@dataclass(frozen=True)
class WrittenType:
    """A type as written: its one name, what stands in its parentheses, and its marks.

    `collation` is that of its CHARACTER SET or COLLATE, empty without them. `binary` asks for the collation that
    compares bytes.
    """

    name: str
    arguments: tuple[str, ...] = ()
    unsigned: bool = False
    collation: str = ""
    binary: bool = False


def read_type(cursor: Cursor) -> WrittenType:
    """Takes a type with what must stand directly behind it: sign, character set. Unreadable if it is none."""
    first = cursor.word()
    if not first:
        raise Unreadable(f"{cursor.next.text!r} is no type")
    name, collation = _spelled_out(cursor, first)
    arguments: tuple[str, ...] = ()
    if cursor.at("("):
        arguments = tuple(_argument(item) for item in cursor.group().items())
    if first in ("bool", "boolean"):
        name, arguments = "tinyint", ("1",)
    return _marked(cursor, WrittenType(name, arguments, collation=collation))


def _spelled_out(cursor: Cursor, first: str) -> tuple[str, str]:
    """The type's one name for names of several words, and the collation that the name itself asks for."""
    national = NATIONAL if first in ("national", "nchar", "nvarchar") else ""
    if first == "national":
        first = cursor.word()
    name = _ALIASES.get(first, first)
    if name == "double":
        cursor.take("precision")
    elif name == "char" and (cursor.take("varying") or cursor.take("varchar") or cursor.take("varcharacter")):
        name = "varchar"
    elif first == "long" and cursor.take("varbinary"):
        name = "mediumblob"
    elif first == "long" and cursor.at_any({"char", "character"}):
        cursor.word()
        cursor.take("varying")
    elif first == "long":
        cursor.take("varchar")
    return name, national


def _argument(item: Cursor) -> str:
    """A number, or a label of an enum, which loses the spaces at its end."""
    token = item.next
    item.position += 1
    if not item.done or token.kind not in ("number", "string"):
        raise Unreadable(f"{item.text!r} is no argument of a type")
    return token.text.rstrip(" ") if token.kind == "string" else token.text


def _marked(cursor: Cursor, written: WrittenType) -> WrittenType:
    while True:
        if cursor.take("unsigned") or cursor.take("zerofill"):
            written = replace(written, unsigned=True)
        elif cursor.take("binary"):
            written = replace(written, binary=True)
        elif cursor.take("byte"):
            written = replace(written, collation=BINARY)
        elif collation := read_collation(cursor):
            written = replace(written, collation=collation)
        elif not cursor.take("signed"):
            return written


def read_collation(cursor: Cursor) -> str:
    """Takes CHARACTER SET x or COLLATE x, with or without =; gives a collation, "" if neither comes next.

    That of a character set is its default.
    """
    if cursor.take("ascii"):
        return f"latin1{OF_SET}"
    if cursor.take("unicode"):
        return f"ucs2{OF_SET}"
    by_set = cursor.take("character", "set") or cursor.take("charset") or cursor.take("char", "set")
    if not by_set and not cursor.take("collate"):
        return ""
    cursor.take("=")
    token = cursor.next
    if token.kind not in ("word", "quoted", "string") or not token.text:
        raise Unreadable("the name of a character set or collation is missing")
    cursor.position += 1
    name = token.text.lower()
    return f"{name}{OF_SET}" if by_set and name != BINARY else name


def is_known(written: WrittenType, type_: ColumnType) -> bool:
    """Whether the type is one of MySQL's or MariaDB's."""
    return type_.kind != "other" or written.name in _OTHERS


def folds(collation: str) -> bool:
    """Whether texts of that collation are equal that differ in case alone; so they are where nothing is said."""
    return _EXACT.search(collation) is None


def letters_of(collation: str) -> Letters:
    """The characters that texts of that collation may hold; any where nothing is said, as servers of today have it."""
    return _LETTERS.get(_character_set(collation), "ascii")


def column_type(written: WrittenType, collation: str) -> ColumnType:
    """The ColumnType, for texts that compare by that collation; kind "other" for a type that is not known."""
    name, arguments = written.name, written.arguments
    if written.binary and not _EXACT.search(collation):
        collation = f"{_character_set(collation)}_bin"
    if name == SERIAL:
        return ColumnType("integer", "bigint unsigned", bits=64, unsigned=True)
    if name in _BITS:
        return _integer(name, _number(arguments), written.unsigned)
    if name == "bit":
        size = _number(arguments) or 1
        return (
            ColumnType("boolean", "bit(1)")
            if size == 1
            else ColumnType("integer", f"bit({size})", bits=size, unsigned=True)
        )
    if name == "year":
        return ColumnType("integer", "year", bits=16, unsigned=True)
    if name in ("decimal", "float", "double"):
        return _number_with_point(name, arguments, written.unsigned)
    if name in _TIMES:
        return _moment(name, _number(arguments) or 0)
    if name in ("enum", "set"):
        return _labelled(name, arguments)
    if name in _PLAIN:
        return ColumnType(_PLAIN[name], name)
    if collation == BINARY and name in _IN_BYTES:
        name = _IN_BYTES[name]
    return _sized(name, arguments, collation)


def _integer(name: str, width: int | None, unsigned: bool) -> ColumnType:
    if name == "tinyint" and width == 1 and not unsigned:
        return ColumnType("boolean", "tinyint(1)")
    return ColumnType("integer", f"{name}{' unsigned' * unsigned}", bits=_BITS[name], unsigned=unsigned)


def _number_with_point(name: str, arguments: tuple[str, ...], unsigned: bool) -> ColumnType:
    digits, scale = _number(arguments), _number(arguments[1:])
    if name == "decimal":
        digits, scale = 10 if digits is None else digits, scale or 0
    elif scale is None:
        name = "double" if name == "float" and digits is not None and digits > _FLOAT_DIGITS else name
        digits = None
    size = "" if digits is None else f"({digits},{scale})"
    kind: Kind = "decimal" if name == "decimal" else "float"
    sql = f"{name}{size}{' unsigned' * unsigned}"
    return ColumnType(kind, sql, precision=digits, scale=scale, unsigned=unsigned)


def _moment(name: str, digits: int) -> ColumnType:
    digits = digits if digits <= _MICROSECONDS else 0  # timestamp(14) was a width
    sql = f"{name}({digits})" if digits else name
    return ColumnType(_TIMES[name], sql, precision=None if digits == _MICROSECONDS else digits)


def _labelled(name: str, labels: tuple[str, ...]) -> ColumnType:
    kind: Kind = "enum" if name == "enum" else "set"
    written = ",".join("'" + label.replace("'", "''") + "'" for label in labels)
    return ColumnType(kind, f"{name}({written})", labels=labels)


def _sized(name: str, arguments: tuple[str, ...], collation: str) -> ColumnType:
    """Texts and bytes."""
    size = _number(arguments)
    if name in ("char", "binary"):
        size = 1 if size is None else size
    if name in _TEXTS:
        name = _smallest(_TEXTS, name, size, _WIDTHS.get(_character_set(collation), 1))
    elif name in _BLOBS:
        name = _smallest(_BLOBS, name, size, 1)
    if name in _TEXTS or name in ("char", "varchar"):
        length = size if name in ("char", "varchar") else _short(name)
        sql = f"{name}({size})" if name in ("char", "varchar") else name
        return ColumnType(
            "text", sql, length=length, fixed=name == "char", folds=folds(collation), letters=letters_of(collation)
        )
    if name in _BLOBS or name in ("binary", "varbinary"):
        length = size if name in ("binary", "varbinary") else _short(name)
        sql = name if name in _BLOBS else f"{name}({size})"
        return ColumnType("bytes", sql, length=length, fixed=name == "binary")
    return ColumnType("other", f"{name}({','.join(arguments)})" if arguments else name)


def _smallest(sizes: dict[str, int], name: str, size: int | None, width: int) -> str:
    """text(n) is the smallest type of its kind that holds n characters."""
    if size is None or name not in ("text", "blob"):
        return name
    return next((other for other, most in sizes.items() if size * width <= most), name)


def _short(name: str) -> int | None:
    """The length of the types that are short enough for it to matter."""
    return 255 if name in ("tinytext", "tinyblob") else None


def _character_set(collation: str) -> str:
    """The character set of a collation; that of a server where nothing is said."""
    return collation.partition("_")[0] or "utf8mb4"


def _number(arguments: tuple[str, ...]) -> int | None:
    text = arguments[0] if arguments else ""
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else None
