"""Names of the files in a dataset directory."""

import re
from collections.abc import Iterable
from urllib.parse import quote

SQL_FILE = "dataset.sql"

_UNSAFE = re.compile(r'[\x00-\x1f%/\\:*?"<>|]|^\.')


def file_names(tables: Iterable[str], format: str) -> dict[str, str]:
    """The file of each table, which depends on the order of the tables where two names are nearly the same."""
    found: dict[str, str] = {}
    for table in tables:
        found[table] = _file_name(table, format, {name.lower() for name in found.values()})
    return found


def _file_name(table: str, format: str, taken: set[str]) -> str:
    """The table's name, made safe for any file system; one that differs from another only in case gets a number."""
    safe = _UNSAFE.sub(lambda found: quote(found[0], safe="") if found[0] != "." else "%2E", table)
    names = [f"{safe}.{format}", *(f"{safe}~{number}.{format}" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name.lower() not in taken)
