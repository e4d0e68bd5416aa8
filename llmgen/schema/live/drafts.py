"""A catalog's words into the parts of a draft: types and expressions read as in SQL text, what fails said."""

from functools import lru_cache

from sqlglot import exp

from llmgen.schema.model import Dialect, Ignored
from llmgen.schema.sql.cursor import SHOWN, Cursor, Unreadable
from llmgen.schema.sql.draft import Catalog, DraftTable, FullName
from llmgen.schema.sql.expressions import read_expression
from llmgen.schema.sql.spelling import SPELLINGS
from llmgen.schema.sql.tokens import Source, statements
from llmgen.schema.sql.types import TypeName, read_type


def new_table(catalog: Catalog, name: FullName) -> DraftTable:
    """An empty table of the catalog."""
    table = catalog.tables[name] = DraftTable(name, clause(name, ""))
    return table


def clause(name: FullName, text: str, why: str = "", constrains: bool = True) -> Ignored:
    """Something about a table that is not understood, or may turn out not to be; `text` says which object it is."""
    shown = " ".join(f"{'.'.join(name)}: {text}".split()) if text else f"TABLE {'.'.join(name)}"
    return Ignored(0, shown if len(shown) <= SHOWN else f"{shown[: SHOWN - 3]}...", why, constrains)


def cursor_of(text: str, dialect: Dialect) -> Cursor:
    """All tokens of a text."""
    source = Source(text, SPELLINGS[dialect])
    return Cursor(source, next(statements(source), ()))


@lru_cache(maxsize=10_000)
def type_of(text: str, dialect: Dialect) -> TypeName:
    """A type as the catalog writes it; Unreadable if it cannot be read whole."""
    cursor = cursor_of(text, dialect)
    found = read_type(cursor)
    if not cursor.done:
        raise Unreadable(f"{text!r} is no type that is understood")
    return found


def expression_of(text: str, what: str, table: DraftTable, dialect: Dialect) -> exp.Expr | None:
    """An expression about a table; where it cannot be read, a loss of the table and None."""
    try:
        return read_expression(text, table.name[1], dialect)
    except Unreadable as loss:
        table.losses.append(clause(table.name, f"{what} ({text})", loss.why, loss.constrains))
        return None
