"""SQLite's statements: what each of them means for the catalog."""

from collections.abc import Callable, Mapping

from llmgen.schema.sql.cursor import Cursor
from llmgen.schema.sql.draft import Catalog
from llmgen.schema.sql.sqlite_alter import alter, drop, pragma
from llmgen.schema.sql.sqlite_create import create, insert

QUIET = frozenset({
    "insert", "replace", "update", "delete", "select", "with", "values", "begin", "commit", "end", "rollback",
    "savepoint", "release", "analyze", "vacuum", "reindex", "attach", "detach", "explain",
})  # fmt: skip
"""Statements that change no table's shape."""

READERS: Mapping[str, Callable[[Cursor, Catalog], None]] = {
    "create": create,
    "alter": alter,
    "drop": drop,
    "pragma": pragma,
    "insert": insert,
}
