"""How each database writes names and values: PostgreSQL, MySQL, SQLite, DuckDB, and STANDARD for sqlglot to translate.

Booleans are 1 and 0 where the database has no type for them; instants are written in UTC.
"""

from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from llmgen.errors import DataError
from llmgen.output.cells import cell_form
from llmgen.output.column_text import column_text, elements, hexadecimal, joined, respelled, unless_null
from llmgen.schema.forms import encode_text
from llmgen.schema.intervals import read_interval
from llmgen.schema.model import Column, ColumnType, Table

STANDARD = ""
"""What is written for all other dialects: sqlglot reads it as PostgreSQL's."""

_BARE_KINDS = ("integer", "decimal", "float", "boolean")
_DIGIT_BOOLEANS = ("mysql", "sqlite")
_SPACED_MOMENTS = ("mysql", "sqlite", STANDARD)
_AROUND: dict[tuple[str, str], tuple[str, str]] = {
    ("postgres", "bytes"): ("E'\\\\x", "'"),
    ("mysql", "bytes"): ("X'", "'"),
    ("sqlite", "bytes"): ("X'", "'"),
    ("duckdb", "bytes"): ("unhex('", "')"),
    ("duckdb", "interval"): ("INTERVAL '", " microseconds'"),
    (STANDARD, "bytes"): ("X'", "'"),
    (STANDARD, "date"): ("CAST('", "' AS DATE)"),
    (STANDARD, "time"): ("CAST('", "' AS TIME)"),
    (STANDARD, "timestamp"): ("CAST('", "' AS TIMESTAMP)"),
    (STANDARD, "timestamptz"): ("CAST('", "+00:00' AS TIMESTAMPTZ)"),
}
_SPECIAL = {"postgres": r"['\\\r\x00]", "mysql": r"['\\\r\x00]"}
_MICROSECOND = read_interval("PT0.000001S")


def identifier(name: str, dialect: str = "postgres") -> str:
    """A name in quotes, whatever it holds."""
    mark = "`" if dialect == "mysql" else '"'
    return mark + name.replace(mark, mark * 2) + mark


def qualified(table: Table, dialect: str = "postgres") -> str:
    """The table's name in quotes, with its database schema where it has one."""
    bare = identifier(table.bare_name, dialect)
    return f"{identifier(table.schema, dialect)}.{bare}" if table.schema else bare


def literal(dialect: str, table: Table, column: Column, value: Any) -> str:
    """A cell as a literal that is read the same under any setting of the server."""
    where = f"{table.name}.{column.name}"
    literal: str = cell_form(partial(_literal, dialect, where), table, column, value)
    return literal


def column_literals(dialect: str, table: Table, column: Column, array: Any) -> Any:
    """The cells of a batch as `literal` writes them one by one; NULL stays NULL."""
    return cell_form(partial(_literals, dialect, f"{table.name}.{column.name}"), table, column, array)


def quoted(dialect: str, where: str, text: str) -> str:
    """The text as a string. Raises DataError, which says `where`, for a NUL character."""
    if "\x00" in text:
        raise DataError(f"{where} holds a NUL character, which no database keeps in a text", "mend the value")
    doubled = text.replace("'", "''")
    if dialect not in _SPECIAL:
        return f"'{doubled}'"
    # E'' says the same whatever standard_conforming_strings is, and keeps a \r that text files may lose.
    escaped = doubled.replace("\\", "\\\\").replace("\r", "\\r")
    return f"'{doubled}'" if escaped == doubled else f"{'E' if dialect == 'postgres' else ''}'{escaped}'"


def _literal(dialect: str, where: str, type: ColumnType, value: Any) -> str:
    if value is None:
        return "NULL"
    if dialect == "duckdb" and type.kind == "array":
        return f"[{', '.join(_literal(dialect, where, _element(type), item) for item in value)}]"
    text = encode_text(type, value) or ""
    if type.kind == "bytes":
        text = value.hex()
    elif type.kind == "boolean" and dialect in _DIGIT_BOOLEANS:
        text = str(int(value))
    elif type.kind in ("timestamp", "timestamptz") and dialect in _SPACED_MOMENTS:
        text = text.removesuffix("Z").replace("T", " ")
    elif type.kind == "interval" and dialect == "duckdb":
        text = _microseconds(text)
    if around := _AROUND.get((dialect, type.kind)):
        return f"{around[0]}{text}{around[1]}"
    return text if type.kind in _BARE_KINDS else quoted(dialect, where, text)


def _literals(dialect: str, where: str, type: ColumnType, array: Any) -> Any:
    if dialect == "duckdb" and type.kind == "array":
        lists = elements(array, partial(_literals, dialect, where, _element(type)), "NULL")
        return unless_null(joined("[", pc.binary_join(lists, ", "), "]"), array)
    texts = _contents(dialect, type, array)
    if around := _AROUND.get((dialect, type.kind)):
        return joined(around[0], texts, around[1])
    if type.kind in _BARE_KINDS:
        return texts
    odd = pc.match_substring_regex(texts, _SPECIAL.get(dialect, r"['\x00]"))
    return respelled(joined("'", texts, "'"), odd, partial(quoted, dialect, where), texts)


def _contents(dialect: str, type: ColumnType, array: Any) -> Any:
    if type.kind == "bytes":
        return hexadecimal(array)
    if type.kind == "boolean" and dialect in _DIGIT_BOOLEANS:
        return array.cast(pa.int8()).cast(pa.string())
    texts = column_text(type, array)
    if type.kind in ("timestamp", "timestamptz") and dialect in _SPACED_MOMENTS:
        return pc.binary_replace_slice(pc.ascii_rtrim(texts, "Z"), 10, 11, " ")
    if type.kind == "interval" and dialect == "duckdb":
        return respelled(texts, texts.is_valid(), _microseconds, texts)
    return texts


def _microseconds(text: str) -> str:
    return str(read_interval(text) // _MICROSECOND)


def _element(type: ColumnType) -> ColumnType:
    return type.element or ColumnType("other", "")
