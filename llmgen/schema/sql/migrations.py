"""A folder of migrations as the texts to read, in the order that tools apply them."""

import re
from pathlib import Path

from llmgen.errors import InputError
from llmgen.schema.files import MOST_BYTES, files_below, read_text

MOST_FILES = 10_000
"""Files that a folder of migrations may hold."""

_UNDOES = re.compile(r"(^|[._/-])(down|undo|rollback|revert)\.sql$|(^|/)U\d[^/]*__[^/]*$", re.IGNORECASE)
"""The files that take a migration back: `2_users.down.sql`, `2_users/down.sql`, Flyway's `U2__users.sql`."""
_DOWN = re.compile(
    r"^\s*--\s*(?:\+goose\s+down|\+migrate\s+down|migrate:down|@?undo|//\s*@undo|!down)\b.*",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
"""The sections that do so, of goose, sql-migrate, dbmate and MyBatis."""
_REPEATABLE = re.compile(r"(^|/)R__[^/]*$")
_NUMBER = re.compile(r"(\d+)")


def migrations(folder: Path, no_data: str) -> list[tuple[str, str]]:
    """(name below the folder, text) of every .sql file, numbers in names ordered as numbers.

    What takes a migration back is left out, Flyway's repeatable files come last. InputError if there is no file, or
    more of them than anybody would write; `no_data` says what to give then.
    """
    paths = {path.relative_to(folder).as_posix(): path for path in files_below(folder, ".sql")}
    names = sorted((name for name in paths if not _UNDOES.search(name)), key=_order)
    if not names:
        raise InputError(f"{folder}: no .sql file in this folder", "give a folder of migrations, or one SQL file")
    if len(names) > MOST_FILES or sum(paths[name].stat().st_size for name in names) > MOST_BYTES:
        raise InputError(f"{folder}: more than {MOST_FILES} files or {MOST_BYTES // 1_000_000} MB of SQL", no_data)
    return [(name, _DOWN.sub("", read_text(paths[name], "SQL text", no_data))) for name in names]


def _order(name: str) -> tuple[bool, list[tuple[int, int, str]]]:
    ordered = name.lower().replace("__", "\0")  # Flyway: V1__x comes before V1.1__y
    parts = (part for part in _NUMBER.split(ordered) if part)
    return bool(_REPEATABLE.search(name)), [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]
