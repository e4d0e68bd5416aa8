"""The statements of MySQL and MariaDB: what each of them means for the catalog."""

from collections.abc import Callable, Mapping

from llmgen.schema.sql.cursor import Cursor, Unreadable
from llmgen.schema.sql.draft import Catalog
from llmgen.schema.sql.mysql_alter import alter, rename_tables
from llmgen.schema.sql.mysql_create import SHAPES, create
from llmgen.schema.sql.mysql_drop import drop

QUIET = frozenset({
    "use", "lock", "unlock", "insert", "replace", "update", "delete", "select", "with", "values", "table",
    "load", "do", "handler", "grant", "revoke", "flush", "start", "begin", "commit", "rollback",
    "savepoint", "release", "xa", "analyze", "optimize", "repair", "check", "checksum", "cache", "truncate", "show",
    "describe", "desc", "explain", "help", "kill", "reset", "purge", "change", "stop", "install", "uninstall",
    "backup", "prepare", "deallocate", "signal", "resignal", "end", "delimiter", "warnings", "nowarning", "tee",
    "notee", "pager", "charset", "binlog", "shutdown", "import", "restart", "clone",
})  # fmt: skip
"""Statements that change no table's shape."""


def _set(cursor: Cursor, catalog: Catalog) -> None:
    """SET sql_mode may make names of what stands in double quotes."""
    cursor.expect("set")
    for item in cursor.items():
        while not item.done and not item.take("sql_mode"):
            item.position += 1
        if item.take(":", "=") or item.take("="):
            modes = [token.text.upper() for token in item.tokens[item.position : item.stop] if token.kind == "string"]
            cursor.source.double_quoted_names = any("ANSI" in mode for mode in modes)


def _execute(cursor: Cursor, catalog: Catalog) -> None:
    raise Unreadable("a statement that is put together only when it runs is not read")


def _call(cursor: Cursor, catalog: Catalog) -> None:
    cursor.expect("call")
    name = cursor.qualified()[1]
    if f"{SHAPES} {name.lower()}" in catalog.settings:
        raise Unreadable("it calls a routine that shapes tables, which is not read")


def _source(cursor: Cursor, catalog: Catalog) -> None:
    raise Unreadable("the file that it includes is not read: give a folder, or all in one file")


READERS: Mapping[str, Callable[[Cursor, Catalog], None]] = {
    "set": _set,
    "create": create,
    "alter": alter,
    "rename": rename_tables,
    "drop": drop,
    "call": _call,
    "execute": _execute,
    "source": _source,
}
