"""The statements of MySQL and MariaDB: what each of them means for the catalog."""

from collections.abc import Callable, Mapping

from llmgen.schema.sql.cursor import Cursor, Unreadable
from llmgen.schema.sql.draft import Catalog
from llmgen.schema.sql.mysql_alter import alter, rename_tables
from llmgen.schema.sql.mysql_create import create
from llmgen.schema.sql.mysql_drop import drop

QUIET = frozenset({
    "set", "use", "lock", "unlock", "insert", "replace", "update", "delete", "select", "with", "values", "table",
    "load", "call", "do", "handler", "grant", "revoke", "flush", "start", "begin", "commit", "rollback",
    "savepoint", "release", "xa", "analyze", "optimize", "repair", "check", "checksum", "cache", "truncate", "show",
    "describe", "desc", "explain", "help", "kill", "reset", "purge", "change", "stop", "install", "uninstall",
    "backup", "prepare", "deallocate", "signal", "resignal", "end", "delimiter", "warnings", "nowarning", "tee",
    "notee", "pager", "charset", "binlog", "shutdown", "import", "restart", "clone",
})  # fmt: skip
"""Statements that change no table's shape."""


def _execute(cursor: Cursor, catalog: Catalog) -> None:
    raise Unreadable("a statement that is put together only when it runs is not read")


def _source(cursor: Cursor, catalog: Catalog) -> None:
    raise Unreadable("the file that it includes is not read: give a folder, or all in one file")


READERS: Mapping[str, Callable[[Cursor, Catalog], None]] = {
    "create": create,
    "alter": alter,
    "rename": rename_tables,
    "drop": drop,
    "execute": _execute,
    "source": _source,
}
