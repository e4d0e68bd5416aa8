"""SQLite's constraints, checked again by SQLite itself."""

import sqlite3
from collections import Counter
from contextlib import closing

from sqlalchemy import make_url


def audit_sqlite(url: str) -> list[str]:
    """One line a constraint that rows break: uniques, CHECKs and NOT NULL by the integrity check, then foreign keys."""
    with closing(sqlite3.connect(str(make_url(url).database))) as connection:
        said = [line for (line,) in connection.execute("PRAGMA integrity_check(1000000)") if line != "ok"]
        lost = Counter((table, parent) for table, _, parent, _ in connection.execute("PRAGMA foreign_key_check"))
    return [*said, *(f"orphans of {table} to {parent}: {count}" for (table, parent), count in sorted(lost.items()))]
