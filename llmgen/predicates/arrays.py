"""Python cells as numpy columns that DuckDB takes in one go, and the DuckDB type of each column."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

import numpy as np

from llmgen.schema.model import ColumnType

_TYPES = {
    "integer": "BIGINT", "float": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE", "time": "TIME",
    "timestamp": "TIMESTAMP", "timestamptz": "TIMESTAMPTZ", "interval": "INTERVAL", "json": "JSON", "bytes": "BLOB",
}  # fmt: skip
_DIGITS = 38
_SCALE = 12
_MOST_DIGITS = 20


def duckdb_type(kind: ColumnType) -> str:
    """The DuckDB type that holds every value of a column without loss."""
    if kind.kind == "decimal":
        return f"DECIMAL({_DIGITS}, {_scale(kind)})"
    if kind.kind == "array":
        return f"{duckdb_type(kind.element) if kind.element else 'VARCHAR'}[]"
    if kind.kind == "integer" and kind.unsigned:
        return "HUGEINT"
    return _TYPES.get(kind.kind, "VARCHAR")


def whole_digits(kind: ColumnType) -> int:
    """How many digits before its point a decimal of this type may have: more, and no rule could be judged."""
    return _DIGITS - _scale(kind)


def _scale(kind: ColumnType) -> int:
    scale = _SCALE if kind.scale is None and kind.precision is None else kind.scale or 0
    return max(0, min(scale, _MOST_DIGITS))


def to_array(values: Sequence[Any], kind: ColumnType) -> np.ndarray[Any, Any]:
    """The cells of one column, NULL as masked, NaT or None. ValueError or TypeError where one does not fit."""
    if kind.kind in ("timestamp", "timestamptz", "date"):
        return np.array([None if value is None else _moment(value) for value in values], dtype="datetime64[us]")
    if kind.kind in ("integer", "boolean", "float"):
        plain = {"integer": np.int64, "boolean": np.bool_, "float": np.float64}[kind.kind]
        return _numbers(values, np.dtype(plain))
    write = _WRITERS.get(kind.kind, str)
    if kind.fixed and kind.kind == "text":
        write = _unpadded
    if kind.kind == "array":
        element = kind.element
        write = _elements(element) if element else list
    cells = np.empty(len(values), dtype=object)
    cells[:] = [None if value is None else write(value) for value in values]
    return cells


def _numbers(values: Sequence[Any], dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    missing = [value is None for value in values]
    if not any(missing):
        return _exactly(np.array(values), values, dtype)
    filled = [0 if value is None else value for value in values]
    return np.ma.MaskedArray(_exactly(np.array(filled), filled, dtype), mask=missing)


def _exactly(array: np.ndarray[Any, Any], values: Sequence[Any], dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    """Integers beyond 64 bits stay Python objects; what would change by the conversion is refused."""
    if array.dtype == object or array.dtype.kind == "u":
        return np.array(values, dtype=object)
    if array.dtype.kind not in "bif" or (dtype.kind == "i" and array.dtype.kind == "f"):
        wrong = [value for value in values if not isinstance(value, int)]
        if not wrong:  # some beyond what is signed and some below what is not, of which numpy makes floats
            return np.array(values, dtype=object)
        raise TypeError(f"{wrong[0]!r} is not {dtype.name}")
    return array.astype(dtype)


def _moment(value: Any) -> datetime | date:
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, date):
        return value
    raise TypeError(f"{value!r} is no date or time")


def _json_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def _unpadded(value: Any) -> str:
    return str(value).rstrip(" ")


def _elements(kind: ColumnType) -> Callable[[Any], list[Any]]:
    write: Callable[[Any], Any] = _WRITERS.get(kind.kind, _as_is if kind.kind in _TYPES else str)

    def elements(value: Any) -> list[Any]:
        return [None if item is None else write(item) for item in value]

    return elements


def _as_is(value: Any) -> Any:
    return value


def _clock(value: Any) -> str:
    return value.isoformat() if isinstance(value, time) else str(value)


_WRITERS: dict[str, Callable[[Any], Any]] = {
    "json": _json_text,
    "bytes": bytes,
    "time": _clock,
    "interval": _as_is,
}
