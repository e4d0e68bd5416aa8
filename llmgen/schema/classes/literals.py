"""Python values as PostgreSQL writes them: bounds and defaults."""

import json
import math
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any
from uuid import UUID

from llmgen.schema.array_literals import array_text
from llmgen.schema.model import ColumnType


def literal(value: Any) -> str | None:
    """The value as a SQL literal; None for what SQL cannot write, infinities and secrets among them."""
    if isinstance(value, Enum):
        return literal(value.value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float | Decimal):
        return str(value) if math.isfinite(value) else None
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'"
    if isinstance(value, timedelta):
        return f"INTERVAL '{Decimal(value // timedelta(microseconds=1)) / 1_000_000:f} seconds'"
    if isinstance(value, date | time):
        return _moment(value)
    text = _text(value)
    return None if text is None else quoted(text)


def default_literal(value: Any, type_: ColumnType) -> str | None:
    """A default for a column of that type; None for what SQL cannot write. JSON and arrays are written as such."""
    if type_.kind == "json":
        try:
            return quoted(json.dumps(value, ensure_ascii=False, allow_nan=False))
        except (TypeError, ValueError):
            return None
    if type_.kind == "array":
        texts = [None if item is None else _text(item) for item in value] if _is_several(value) else [None]
        lost = not _is_several(value) or any(text is None for text in texts)
        return None if lost else quoted(array_text(texts, nested=False))
    return literal(value)


def quoted(text: str) -> str:
    """The text as a SQL string."""
    return "'" + text.replace("'", "''") + "'"


def _is_several(value: Any) -> bool:
    return isinstance(value, list | tuple | set | frozenset)


def _text(value: Any) -> str | None:
    if isinstance(value, Enum):
        return _text(value.value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float | Decimal | UUID | PurePath):
        text = str(value)
    elif isinstance(value, date | time):
        text = value.isoformat()
    elif type(value).__module__ in ("ipaddress", "pydantic.networks", "pydantic_core._pydantic_core"):
        text = str(value)
    else:
        return None
    return None if "\0" in text else text


def _moment(value: date | time) -> str:
    if isinstance(value, datetime):
        return f"{'TIMESTAMPTZ' if value.tzinfo else 'TIMESTAMP'} '{value.isoformat(sep=' ')}'"
    return f"{'TIME' if isinstance(value, time) else 'DATE'} '{value.isoformat()}'"
