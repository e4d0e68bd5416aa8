"""The JSON form of a cell: a JSON value or a CSV string to the Python value of its column's type, and back.

The Python values are those that llmgen.dataset names. `text=True` reads the form that `encode_text` writes (CSV cells,
quoted SQL literals), where everything is a string.
"""

import base64
import binascii
import json
import math
import re
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from llmgen.schema.array_literals import array_text, read_array
from llmgen.schema.intervals import interval_text, read_interval
from llmgen.schema.model import ColumnType
from llmgen.schema.numbers import EXACT, read_number

_Read = TypeVar("_Read")
_Number = TypeVar("_Number", float, Decimal)

DEEPEST = 100
"""Levels of nesting that a json cell may have."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
_TIME = re.compile(_CLOCK)
_MOMENT = re.compile(rf"({_DATE})[Tt ]({_CLOCK}) ?([Zz]|[+-][0-9]{{2}}(:?[0-9]{{2}})?)?")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-fA-F]{32}")
_WORDS = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}


class BadCell(ValueError):
    """The value is no value of the type; the message says what would be right."""


def decode(type: ColumnType, value: Any, *, text: bool = False) -> Any:
    """The Python value of a cell's JSON form; None stays None. Values that are already in their Python form pass.

    `text` allows everything to be spelled as a string, as in CSV. Raises BadCell.
    """
    if value is None:
        return None
    return _DECODERS[type.kind](type, value, text)


def encode(type: ColumnType, value: Any) -> Any:
    """The JSON form of a cell's Python value. Raises BadCell for a float or decimal that JSON cannot say."""
    match value:
        case bool() | None | str():
            return value
        case Decimal():
            return _number_form(value)
        case float():
            return _finite(value)
        case datetime():
            return _moment_text(value)
        case date() | time():
            return value.isoformat()
        case timedelta():
            return interval_text(value)
        case bytes():
            return "\\x" + value.hex()
        case list() if type.kind == "array":
            element = _element(type)
            return [encode(element, item) for item in value]
        case _:
            return value


def encode_text(type: ColumnType, value: Any) -> str | None:
    """The cell as a string that PostgreSQL too reads as this type; None stays None. Raises BadCell as `encode`."""
    if value is None:
        return None
    if type.kind == "json":
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    if type.kind == "array":
        element = _element(type)
        return array_text((encode_text(element, item) for item in value), nested=element.kind == "array")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{_finite(value):f}"
    form = encode(type, value)
    return form if isinstance(form, str) else json.dumps(form, ensure_ascii=False)


def _integer(type: ColumnType, value: Any, text: bool) -> int:
    bits = type.bits or 64
    low, high = (0, (1 << bits) - 1) if type.unsigned else (-(1 << bits - 1), (1 << bits - 1) - 1)
    number = read_number(value, text)
    if number is None or number != number.to_integral_value(context=EXACT) or not low <= number <= high:
        raise BadCell(f"a whole number from {low} to {high}")
    return int(number)


def _decimal(type: ColumnType, value: Any, text: bool) -> Decimal:
    number = read_number(value, text=True)
    if number is None:
        raise BadCell("a finite decimal number such as 12.50")
    if type.precision is not None:
        scale = type.scale or 0
        try:
            exact = number.quantize(Decimal(1).scaleb(-scale), context=EXACT)
        except InvalidOperation:
            exact = None
        if exact is None or exact != number or number.copy_abs() >= Decimal(10) ** (type.precision - scale):
            raise BadCell(f"at most {scale} decimals and {type.precision - scale} digits before the point")
        number = exact
    _not_negative(type, number)
    return number or number.copy_abs()


def _not_negative(type: ColumnType, number: Decimal) -> None:
    if type.unsigned and number < 0:
        raise BadCell("a number that is not negative")


def _float(type: ColumnType, value: Any, text: bool) -> float:
    number = read_number(value, text)
    if number is None or math.isinf(float(number)):
        raise BadCell("a finite number such as 0.25")
    _not_negative(type, number)
    if type.precision is not None and number.copy_abs() >= Decimal(10) ** (type.precision - (type.scale or 0)):
        raise BadCell(f"at most {type.precision - (type.scale or 0)} digits before the point")
    return float(number)


def _text(type: ColumnType, value: Any, text: bool) -> str:
    if not isinstance(value, str):
        raise BadCell("a text in quotes")
    _storable(value)
    content = value.rstrip(" ") if type.fixed else value  # char(n) pads with spaces and compares without them
    if type.length is not None and len(content) > type.length:
        raise BadCell(f"at most {type.length} characters, this has {len(content)}")
    return content


def _storable(value: str) -> None:
    if found := _UNSTORABLE.search(value):
        raise BadCell("no NUL characters" if found[0] == "\x00" else "no lone surrogates")


def _boolean(type: ColumnType, value: Any, text: bool) -> bool:
    if isinstance(value, bool):
        return value
    if text and isinstance(value, str) and value.lower() in _WORDS:
        return _WORDS[value.lower()]
    raise BadCell("true or false")


def _date(type: ColumnType, value: Any, text: bool) -> date:
    if isinstance(value, str) and re.fullmatch(_DATE, value):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise BadCell(f"a date that exists ({error})") from None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    moment = _moment(value, "an ISO 8601 date such as 2026-03-12")
    if moment.time() != time():
        raise BadCell("an ISO 8601 date such as 2026-03-12, without a time of day")
    return moment.date()


def _time(type: ColumnType, value: Any, text: bool) -> time:
    if isinstance(value, time):
        return value
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise BadCell("an ISO 8601 time of day such as 10:30:00")
    try:
        return time.fromisoformat(value)
    except ValueError as error:
        raise BadCell(f"a time of day that exists ({error})") from None


def _timestamp(type: ColumnType, value: Any, text: bool) -> datetime:
    moment = _moment(value, "an ISO 8601 timestamp without offset such as 2026-03-12T10:00:00")
    return (moment if moment.tzinfo is None else _in_utc(moment)).replace(tzinfo=None)


def _timestamptz(type: ColumnType, value: Any, text: bool) -> datetime:
    return _in_utc(_moment(value, "an ISO 8601 timestamp in UTC such as 2026-03-12T10:00:00Z"))


def _moment(value: Any, right: str) -> datetime:
    if isinstance(value, datetime):
        return value
    parts = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if parts is None:
        raise BadCell(right)
    day, clock, offset = parts[1], parts[2], (parts[5] or "").upper()
    try:
        return datetime.fromisoformat(f"{day}T{clock}{offset}")
    except ValueError as error:
        raise BadCell(f"{right}, of a day and time that exist ({error})") from None


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        raise BadCell("a timestamp from the year 1 to the year 9999 in UTC") from None


def _moment_text(moment: datetime) -> str:
    return moment.isoformat() if moment.tzinfo is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _interval(type: ColumnType, value: Any, text: bool) -> timedelta:
    return value if isinstance(value, timedelta) else _from_text(read_interval, value)


def _from_text(read: Callable[[Any], _Read], value: Any) -> _Read:
    try:
        return read(value)
    except ValueError as error:
        raise BadCell(str(error)) from None


def _uuid(type: ColumnType, value: Any, text: bool) -> str:
    if isinstance(value, uuid.UUID):
        return str(value)
    if not isinstance(value, str) or not _UUID.fullmatch(value):
        raise BadCell("a UUID such as 6f1c2b1e-8d3a-4c55-9a70-2f4be0c1d9e8")
    return str(uuid.UUID(value))


def _json(type: ColumnType, value: Any, text: bool) -> Any:
    if text and isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise BadCell("JSON") from None
    _json_storable(value, DEEPEST)
    return value


def _json_storable(value: Any, depth: int) -> None:
    if depth < 0:
        raise BadCell(f"JSON of at most {DEEPEST} levels")
    match value:
        case str():
            _storable(value)
        case float() if not math.isfinite(value):
            raise BadCell("JSON without NaN or infinite numbers")
        case int() if value.bit_length() > 1_000:
            raise BadCell("JSON with whole numbers of at most 300 digits")
        case list():
            for item in value:
                _json_storable(item, depth - 1)
        case dict():
            for key, item in value.items():
                _json_storable(key, depth - 1)
                _json_storable(item, depth - 1)
        case None | bool() | int() | float():
            pass
        case _:
            raise BadCell("a value that JSON can say")


def _bytes(type: ColumnType, value: Any, text: bool) -> bytes:
    content = value
    if isinstance(value, str):
        try:
            hexadecimal = value.startswith("\\x")
            content = binascii.unhexlify(value[2:]) if hexadecimal else base64.b64decode(value, validate=True)
        except ValueError:
            content = None
    if not isinstance(content, bytes):
        raise BadCell("bytes in base64, or in hexadecimal after \\x")
    if type.length is not None and len(content) > type.length:
        raise BadCell(f"at most {type.length} bytes, this has {len(content)}")
    return content


def _enum(type: ColumnType, value: Any, text: bool) -> str:
    if not isinstance(value, str) or value not in type.labels:
        raise BadCell(f"one of {', '.join(type.labels)}")
    return value


def _set(type: ColumnType, value: Any, text: bool) -> str:
    """Some of the labels, each once, in the order of the type, as the database gives them back."""
    given = value.split(",") if isinstance(value, str) and value else []
    if not isinstance(value, str) or len(set(given)) < len(given) or not set(given) <= set(type.labels):
        raise BadCell(f"some of {', '.join(type.labels)}, each at most once, with commas between them")
    return ",".join(label for label in type.labels if label in given)


def _array(type: ColumnType, value: Any, text: bool) -> list[Any]:
    if text and isinstance(value, str):
        literal = value.startswith("{")
        value = _from_text(read_array, value) if literal else _json(type, value, text)
        text = literal
    if not isinstance(value, list):
        raise BadCell("an array")
    items = []
    for ordinal, item in enumerate(value):
        try:
            items.append(decode(_element(type), item, text=text))
        except BadCell as error:
            raise BadCell(f"an array whose element {ordinal} is {error}") from None
    return items


def _other(type: ColumnType, value: Any, text: bool) -> Any:
    _json_storable(value, DEEPEST)
    return value


def _element(type: ColumnType) -> ColumnType:
    return type.element or ColumnType("other", "")


def _number_form(value: Decimal) -> int | float | str:
    if value == value.to_integral_value(context=EXACT) and value.as_tuple().exponent == 0 and value.copy_abs() < 2**53:
        return int(value)
    number = float(_finite(value))
    return number if math.isfinite(number) and Decimal(repr(number)) == value else f"{value:f}"


def _finite(value: _Number) -> _Number:
    if not math.isfinite(value):
        raise BadCell("a finite number")
    return value


_DECODERS: dict[str, Callable[[ColumnType, Any, bool], Any]] = {
    "integer": _integer, "decimal": _decimal, "float": _float, "text": _text, "boolean": _boolean, "date": _date,
    "time": _time, "timestamp": _timestamp, "timestamptz": _timestamptz, "interval": _interval, "uuid": _uuid,
    "json": _json, "bytes": _bytes, "enum": _enum, "set": _set, "array": _array, "other": _other,
}  # fmt: skip
