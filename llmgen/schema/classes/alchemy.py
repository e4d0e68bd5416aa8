"""What SQLModel's tables say to SQLAlchemy over several columns, read without SQLAlchemy: uniques and CHECKs."""

from typing import Any

from llmgen.schema.classes.draft import Draft
from llmgen.schema.model import Check, Unique
from llmgen.schema.sql.cursor import Unreadable
from llmgen.schema.sql.expressions import columns_of, read_expression, sql_of

_KNOWN = ("PrimaryKeyConstraint", "ForeignKeyConstraint", "UniqueConstraint", "CheckConstraint")
"""Keys and references of one column are marked on their fields."""


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


def _said(item: Any) -> str:
    return f"{type(item).__name__}({', '.join(item.columns.keys())})"
