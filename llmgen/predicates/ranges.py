"""What one column may hold: null state, interval, finite set, lengths and patterns, and how they narrow each other."""

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, getcontext
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

from llmgen.predicates.inside import Fact, merged
from llmgen.predicates.patterns import Pattern
from llmgen.schema.model import Column, ColumnType, Letters
from llmgen.schema.numbers import EXACT

Number = int | Fraction
"""A cell as a number: itself, or microseconds (since 1970 UTC for dates and moments, of a day for times, of a span)."""

DAY = 86_400_000_000
NUMERIC = ("integer", "decimal", "float")
MOMENTS = ("date", "timestamp", "timestamptz")
ORDERED = (*NUMERIC, *MOMENTS, "time", "interval")
_SIZED = ("text", "char", "enum", "set", "bytes", "array")
_GRIDS: dict[str, Number] = {"date": DAY, "decimal": Fraction(1, 10**6), "float": Fraction(1, 10**6)}
_FINEST = 10**80
_MANY = 64
LAST_LETTER: dict[str, int] = {"bmp": 0xFFFF, "latin1": 0xFF, "ascii": 0x7F}
_EPOCH = date(1970, 1, 1).toordinal()
_FIRST = (date(1, 1, 1).toordinal() - _EPOCH) * DAY
_LAST = (date(9999, 12, 31).toordinal() - _EPOCH) * DAY + DAY - 1


@dataclass(frozen=True)
class Domain:
    """What a cell may hold. `null`: NULL is free, must be, or never is. Ends are inclusive unless open, None: no end.

    Ends, `values` and `excluded` are Python values of the column's kind. `case` is "lower" or "upper" where the text
    must equal its own folding. A domain that no value fits and that NULL may fill turns into one that must be NULL.
    """

    kind: str = "text"
    null: Literal["free", "must", "never"] = "free"
    low: Any = None
    high: Any = None
    low_open: bool = False
    high_open: bool = False
    values: tuple[Any, ...] | None = None
    excluded: tuple[Any, ...] = ()
    min_length: int = 0
    max_length: int | None = None
    patterns: tuple[Pattern, ...] = ()
    case: str = ""
    trimmed: bool = False
    letters: Letters = ""
    facts: tuple[Fact, ...] = ()
    """What the items of an array are, or what lies inside a JSON value."""
    step: Fraction | None = None
    """The grid of a decimal with a scale, or of an integer that must be a multiple; else the kind has its own."""
    head: int | None = None
    """Texts that must differ do so within so many characters at their beginning; None: anywhere."""

    @property
    def fixed(self) -> bool:
        """Whether one value (or NULL) is all that is left."""
        return self.null == "must" or (self.null == "never" and self.values is not None and len(self.values) == 1)

    @property
    def limits_text(self) -> bool:
        """Whether anything but length limits the text."""
        return bool(
            self.patterns
            or self.case
            or self.trimmed
            or self.excluded
            or self.values is not None
            or self.letters in ("latin1", "ascii")
        )

    def admits(self, value: Any) -> bool:
        """Whether the value (None is NULL) lies in the domain; a value of another type does not."""
        if value is None:
            return self.null != "never"
        if self.null == "must":
            return False
        try:
            if self.step is not None and encode(value) % self.step:
                return False
            inside = self._in_range(value) and self._in_sets(value) and self._in_text(value)
            return inside and all(fact.holds(value) for fact in self.facts)
        except TypeError:
            return False

    def _in_range(self, value: Any) -> bool:
        if self.low is not None and (value < self.low or (self.low_open and value == self.low)):
            return False
        return not (self.high is not None and (value > self.high or (self.high_open and value == self.high)))

    def _in_sets(self, value: Any) -> bool:
        return (self._known is None or value in self._known) and value not in self.excluded

    @cached_property
    def _known(self) -> Collection[Any] | None:
        """The values to look into: as a set where they are many."""
        return self.values if self.values is None or len(self.values) < _MANY else frozenset(self.values)

    def _in_text(self, value: Any) -> bool:
        if self.kind not in _SIZED:
            return True
        if len(value) < self.min_length or (self.max_length is not None and len(value) > self.max_length):
            return False
        if not isinstance(value, str):
            return True
        if self.letters and ord(max(value, default=" ")) > LAST_LETTER[self.letters]:
            return False
        if (self.case == "lower" and value != value.lower()) or (self.case == "upper" and value != value.upper()):
            return False
        return not (self.trimmed and value != value.strip(" ")) and all(p.admits(value) for p in self.patterns)

    def without_null(self) -> "Domain | None":
        """The same domain with NULL ruled out; None if nothing is left."""
        return None if self.null == "must" else replace(self, null="never")

    def meet(self, other: "Domain") -> "Domain | None":
        """What lies in both (the kind is this one's); None if nothing does."""
        nulls = {self.null, other.null}
        if nulls == {"must", "never"}:
            return None
        if "must" in nulls:
            return replace(self, null="must")
        facts = merged(self.facts, other.facts)
        if facts is None:
            return None if "never" in nulls else replace(self, null="must")
        low, low_open = _tighter(self.low, self.low_open, other.low, other.low_open, upper=False)
        high, high_open = _tighter(self.high, self.high_open, other.high, other.high_open, upper=True)
        if self.case and other.case and self.case != other.case:
            both = (*self.patterns, *other.patterns, Pattern("[A-Za-z]", negated=True))
        else:
            both = (*self.patterns, *(item for item in other.patterns if item not in self.patterns))
        met = replace(
            self,
            null="never" if "never" in nulls else "free",
            low=low,
            low_open=low_open,
            high=high,
            high_open=high_open,
            values=_common(self.values, other.values),
            excluded=(*self.excluded, *(item for item in other.excluded if item not in self.excluded)),
            min_length=max(self.min_length, other.min_length),
            max_length=_least(self.max_length, other.max_length),
            patterns=both,
            case=self.case or other.case,
            trimmed=self.trimmed or other.trimmed,
            letters=self.letters or other.letters,
            facts=facts,
            step=_coarser(self.step, other.step),
        )
        return met.settled()

    def settled(self) -> "Domain | None":
        """The finite set filtered by the rest; NULL demanded where nothing else is left; None if not even that."""
        if self.null == "must":
            return self
        found = self
        if self.values is not None:
            kept = tuple(value for value in self.values if self.admits(value))
            if kept != self.values:
                found = replace(self, values=kept)
        if not found._empty():
            return found
        return replace(found, null="must") if found.null == "free" else None

    def _empty(self) -> bool:
        if self.values is not None:
            return not self.values
        if self.max_length is not None and self.min_length > self.max_length:
            return True
        if self.low is None or self.high is None:
            return False
        if self.kind not in ORDERED:
            return bool(self.low > self.high)
        low, high = closed(self)
        return low is not None and high is not None and low > high


def closed(domain: Domain) -> tuple[Number | None, Number | None]:
    """The interval's ends as numbers on the column's grid, both inclusive."""
    step = grid(domain)
    low = high = None
    if domain.low is not None:
        low = -(-encode(domain.low) // step) * step
        if domain.low_open and low <= encode(domain.low):
            low += step
    if domain.high is not None:
        high = encode(domain.high) // step * step
        if domain.high_open and high >= encode(domain.high):
            high -= step
    return low, high


def grid(domain: Domain) -> Number:
    """The distance between neighbouring values; a millionth where the type has no grid of its own."""
    if domain.step is not None:
        return domain.step
    return _GRIDS.get(domain.kind, 1)


def within(domain: Domain, low: Number | None, high: Number | None) -> Domain | None:
    """The domain narrowed to numbers from `low` to `high` inclusive."""
    step = grid(domain)
    limits = replace(
        domain,
        null="free",
        values=None,
        low=None if low is None else decode(-(-low // step) * step, domain.kind),
        high=None if high is None else decode(high // step * step, domain.kind),
        low_open=False,
        high_open=False,
    )
    return domain.meet(limits)


def encode(value: Any) -> Number:
    """A number, date, moment, time or span as a Number. TypeError for anything else."""
    if isinstance(value, bool | int):
        return int(value)
    if isinstance(value, Decimal | float | Fraction):
        if isinstance(value, Decimal | float) and not math.isfinite(value):
            raise TypeError("not a finite number")
        return Fraction(value)
    if isinstance(value, datetime):
        moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    if isinstance(value, date):
        return (value.toordinal() - _EPOCH) * DAY
    if isinstance(value, time):
        return ((value.hour * 60 + value.minute) * 60 + value.second) * 1_000_000 + value.microsecond
    if isinstance(value, timedelta):
        return value // timedelta(microseconds=1)
    raise TypeError(f"{type(value).__name__} is not on a line")


def decode(number: Number, kind: str) -> Any:
    """The value of that kind nearest to the number from below; dates and moments stay in years 1 to 9999."""
    if kind == "integer":
        return math.floor(number)
    if kind == "decimal":
        exact = EXACT if _FINEST % number.denominator == 0 else getcontext()
        return exact.divide(Decimal(number.numerator), Decimal(number.denominator))
    if kind == "float":
        return float(number)
    whole = math.floor(number)
    if kind == "interval":
        return timedelta(microseconds=whole)
    if kind == "time":
        whole = min(max(whole, 0), DAY - 1)
        return (datetime(1970, 1, 1) + timedelta(microseconds=whole)).time()
    whole = min(max(whole, _FIRST), _LAST)
    if kind == "date":
        return date.fromordinal(whole // DAY + _EPOCH)
    return datetime(1970, 1, 1, tzinfo=UTC if kind == "timestamptz" else None) + timedelta(microseconds=whole)


def base_domain(column: Column) -> Domain:
    """What the column's type alone allows."""
    kind, of = column.type.kind, column.type
    null: Literal["free", "never"] = "free" if column.nullable else "never"
    if kind == "enum":
        return Domain(kind, null, values=of.labels)
    if kind == "boolean":
        return Domain(kind, null, values=(False, True))
    if kind == "integer":
        top = 2 ** ((of.bits or 32) - 1)
        return Domain(kind, null, low=0 if of.unsigned else -top, high=2 * top - 1 if of.unsigned else top - 1)
    if kind == "decimal":
        return _decimal(of, null)
    if kind == "float":
        return _float(of, null)
    if kind in ("text", "bytes"):
        return Domain(kind, null, max_length=of.length, letters=of.letters)
    return Domain(kind, null)


def _decimal(of: ColumnType, null: Literal["free", "never"]) -> Domain:
    none = Decimal(0) if of.unsigned else None
    if of.precision is None:
        return Domain("decimal", null, low=none)
    scale = of.scale or 0
    step = Fraction(1, 10**scale)
    top = decode((10**of.precision - 1) * step, "decimal")
    return Domain("decimal", null, low=top.copy_negate() if none is None else none, high=top, step=step)


def _float(of: ColumnType, null: Literal["free", "never"]) -> Domain:
    top = None if of.precision is None else (10**of.precision - 1) / 10 ** (of.scale or 0)
    low = 0.0 if of.unsigned else None if top is None else -top
    return Domain("float", null, low=low, high=top)


def _coarser(one: Fraction | None, two: Fraction | None) -> Fraction | None:
    """The grid that both grids share."""
    if one is None or two is None or one == two:
        return two if one is None else one
    shared = math.lcm(one.numerator * two.denominator, two.numerator * one.denominator)
    return Fraction(shared, one.denominator * two.denominator)


def _tighter(one: Any, one_open: bool, two: Any, two_open: bool, *, upper: bool) -> tuple[Any, bool]:
    if one is None or two is None:
        return (two, two_open) if one is None else (one, one_open)
    if one == two:
        return one, one_open or two_open
    return (one, one_open) if (one < two) == upper else (two, two_open)


def _common(one: tuple[Any, ...] | None, two: tuple[Any, ...] | None) -> tuple[Any, ...] | None:
    if one is None or two is None:
        return one if two is None else two
    return tuple(value for value in one if value in two)


def _least(one: int | None, two: int | None) -> int | None:
    found: Iterable[int] = [value for value in (one, two) if value is not None]
    return min(found, default=None)
