"""What each dialect's statements mean: readers by a statement's first word, and words that change no table's shape."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from llmgen.schema.model import Dialect
from llmgen.schema.sql import mysql, postgres, sqlite
from llmgen.schema.sql.cursor import Cursor
from llmgen.schema.sql.draft import Catalog


@dataclass(frozen=True)
class Grammar:
    """The statements of a dialect by their first word: those that are read, and those that are `quiet`."""

    readers: Mapping[str, Callable[[Cursor, Catalog], None]]
    quiet: Collection[str]


GRAMMARS: Mapping[Dialect, Grammar] = {
    "postgres": Grammar(postgres.READERS, postgres.QUIET),
    "mysql": Grammar(mysql.READERS, mysql.QUIET),
    "sqlite": Grammar(sqlite.READERS, sqlite.QUIET),
}
