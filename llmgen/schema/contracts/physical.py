"""Types as databases spell them, which contracts and DBML quote, read by the reader of SQL."""

import re
from functools import lru_cache

from llmgen.errors import InputError
from llmgen.schema.model import Column, Table
from llmgen.schema.sql import parse_schema
from llmgen.schema.types import enum

_SPELLED = re.compile(r"[A-Za-z_][\w .\"]{0,80}(\([\w ,.'+-]{0,200}\))?[\w ]{0,40}((\[\d{0,9}\]){0,6})")
_WORD = re.compile(r'"?([\w ]+?)"?\s*(?=\(|\[|$)')
_LABEL = r"'(?:[^']|'')+'"
_ENUM = re.compile(rf"enum\s*\(\s*({_LABEL}(?:\s*,\s*{_LABEL})*)\s*\)", re.IGNORECASE)
_COUNTED = re.compile(r"((?:n?var)?char2?|character varying)\s*\[(\d{1,9})\]", re.IGNORECASE)
_ELSEWHERE = {
    "string": "text", "varchar2": "varchar", "nvarchar": "varchar", "nvarchar2": "varchar", "nchar": "char",
    "clob": "text", "nclob": "text", "ntext": "text", "tinytext": "text", "mediumtext": "text", "longtext": "text",
    "tinyint": "smallint", "mediumint": "integer", "int64": "bigint", "long": "bigint", "byteint": "smallint",
    "int32": "integer", "int16": "smallint", "number": "numeric", "bignumeric": "numeric", "fixed": "numeric",
    "float32": "real", "float64": "double precision", "smallmoney": "money",
    "datetime": "timestamp", "datetime2": "timestamp", "smalldatetime": "timestamp", "timestamp_ntz": "timestamp",
    "timestampntz": "timestamp", "timestamp_tz": "timestamptz", "timestamp_ltz": "timestamptz",
    "datetimeoffset": "timestamptz", "uniqueidentifier": "uuid", "guid": "uuid",
    "binary": "bytea", "varbinary": "bytea", "blob": "bytea", "tinyblob": "bytea", "mediumblob": "bytea",
    "longblob": "bytea", "bytes": "bytea", "variant": "jsonb",
}  # fmt: skip
"""Types of other databases, with no meaning of their own in PostgreSQL, as its nearest ones."""
_BARE = frozenset({"text", "bytea", "smallint", "integer", "bigint", "uuid", "jsonb", "money"})
"""Those of them that take no arguments."""


@lru_cache(maxsize=4096)
def physical_column(spelled: str) -> Column | None:
    """A column of a SQL type, under any name (serials are `generated`); None if it is no SQL type.

    A type that no database of ours knows is one of kind `other`.
    """
    if listed := _ENUM.fullmatch(spelled):
        labels = (label[1:-1].replace("''", "'") for label in re.findall(_LABEL, listed[1]))
        return Column("a", enum(dict.fromkeys(labels)))
    if not _SPELLED.fullmatch(spelled):
        return None
    spelled = _COUNTED.sub(r"\1(\2)", spelled)  # some exporters write varchar(15) as varchar[15]
    spelled = re.sub(r"\(max\)", "", spelled, flags=re.IGNORECASE)
    word = _WORD.match(spelled)
    known = _ELSEWHERE.get(word[1].lower()) if word else None
    if word and known:
        rest = spelled[word.end() :]
        spelled = known + (re.sub(r"\([^)]*\)", "", rest) if known in _BARE else rest)
    try:
        schema = parse_schema(f"CREATE TABLE of_types (a {spelled})", dialect="postgres")
    except InputError:
        return None
    column = next(iter(schema.tables[0].columns), None)
    serial = column is not None and column.generated == "identity"
    alone = column and Column("a", column.type, not serial, generated=column.generated)
    if alone is None or schema.ignored or schema.tables != (Table("of_types", (alone,)),):
        return None  # more than a type was spelled
    return alone
