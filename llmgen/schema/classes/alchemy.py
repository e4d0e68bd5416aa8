"""What SQLModel's classes say to SQLAlchemy, read without SQLAlchemy: types of columns, uniques, CHECKs."""

from collections.abc import Callable, Mapping
from typing import Any

from llmgen.schema.classes.draft import Draft
from llmgen.schema.model import Check, ColumnType, Unique
from llmgen.schema.sql.cursor import Unreadable
from llmgen.schema.sql.expressions import columns_of, read_expression, sql_of
from llmgen.schema.types import decimal, integer, plain, text

_KNOWN = ("PrimaryKeyConstraint", "ForeignKeyConstraint", "UniqueConstraint", "CheckConstraint")
"""Keys and references of one column are marked on their fields."""
_TYPES: Mapping[str, Callable[[Any], ColumnType]] = {
    **dict.fromkeys(
        ("datetime", "timestamp"), lambda of: plain("timestamptz" if _said_of(of, "timezone") else "timestamp")
    ),
    **dict.fromkeys(("string", "varchar", "unicode"), lambda of: text(_said_of(of, "length"))),
    **dict.fromkeys(("text", "unicode_text"), lambda of: text()),
    **dict.fromkeys(("json", "jsonb"), lambda of: plain("json")),
    **dict.fromkeys(("numeric", "decimal"), lambda of: decimal(_said_of(of, "precision"), _said_of(of, "scale"))),
    **dict.fromkeys(("big_integer", "bigint"), lambda of: integer(64)),
    **dict.fromkeys(("small_integer", "smallint"), lambda of: integer(16)),
    "integer": lambda of: integer(32),
    "date": lambda of: plain("date"),
    "uuid": lambda of: plain("uuid"),
}
"""SQLAlchemy's types by their visit names, and what they are here."""


def column_type(given: Any) -> ColumnType | None:
    """The column type of a type of SQLAlchemy's, or of a column of that type; None for one that is not known here."""
    of = getattr(given, "type", given)
    make = _TYPES.get(str(getattr(of, "__visit_name__", "")).lower())
    return make(of) if make else None


def constraints_of(draft: Draft) -> None:
    """Adds the constraints and unique indexes of the class's SQLAlchemy table to the draft, if it has one."""
    table: Any = getattr(draft.model, "__table__", None)
    constraints = sorted(getattr(table, "constraints", ()), key=_said)
    for item in constraints:
        kind, columns = type(item).__name__, tuple(item.columns.keys())
        if kind == "UniqueConstraint":
            _unique(draft, columns)
        elif kind == "CheckConstraint":
            _check(draft, str(item.sqltext))
        elif kind not in _KNOWN or (kind == "ForeignKeyConstraint" and len(columns) > 1):
            draft.lose("", _said(item), "only SQLAlchemy reads it")
    for index in sorted(getattr(table, "indexes", ()), key=_said):
        if index.unique and _plain(index):
            _unique(draft, tuple(index.columns.keys()))
        elif index.unique:
            draft.lose("", _said(index), "a unique index over expressions or over some rows")


def _unique(draft: Draft, columns: tuple[str, ...]) -> None:
    if not draft.unique(columns):
        draft.uniques.append(Unique(columns))


def _check(draft: Draft, sql: str) -> None:
    try:
        tree = read_expression(sql, draft.name)
    except Unreadable as loss:
        draft.lose("", f"CHECK ({sql})", loss.why)
    else:
        draft.checks.append(Check(sql_of(tree), columns_of(tree)))


def _plain(index: Any) -> bool:
    conditions = [options.get("where") for options in index.dialect_options.values()]
    return len(index.columns) == len(index.expressions) and all(condition is None for condition in conditions)


def _said_of(type_: Any, name: str) -> Any:
    """What a type is told; a type that is given as a class is told nothing."""
    return None if isinstance(type_, type) else getattr(type_, name, None)


def _said(item: Any) -> str:
    return f"{type(item).__name__}({', '.join(item.columns.keys())})"
