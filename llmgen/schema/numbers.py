"""Numbers of cells, exact whatever they are written as."""

import re
from decimal import Context, Decimal
from typing import Any

EXACT = Context(prec=1_000)
"""Arithmetic that rounds no cell."""

_NUMBER = re.compile(r"[+-]?([0-9]{1,400}(\.[0-9]{0,400})?|\.[0-9]{1,400})([eE][+-]?[0-9]{1,3})?")


def read_number(value: Any, text: bool) -> Decimal | None:
    """The finite number that a cell is, or with `text` says; None if it is none, or one of absurd size."""
    match value:
        case Decimal():
            number = value
        case float():
            number = Decimal(repr(value))
        case int() if not isinstance(value, bool) and value.bit_length() < 1_300:
            number = Decimal(value)
        case str() if text and _NUMBER.fullmatch(value):
            number = Decimal(value)
        case _:
            return None
    return number if number.is_finite() and abs(number.adjusted()) < 400 else None
