"""Values of any Faker provider, pooled once by seed; what reads the clock is refused, since it would not come again."""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Any

from llmgen.errors import InputError
from llmgen.predicates.catalog import near
from llmgen.values.streams import key

POOLED = 2_000
"""Calls of a provider for a column."""
POOLED_UNIQUE = 5_000
"""Calls for a column that is unique."""

_WATCHED = 20
_LONGEST = 20_000
_CLOCKS = frozenset({"now", "utcnow", "today", "time", "time_ns", "localtime", "gmtime"})


def faker_version() -> str:
    """The installed Faker's version."""
    from importlib.metadata import version

    return version("faker")


def faker_pool(place: str, provider: str, locale: str, seed: str, calls: int) -> list[Any]:
    """The different values of so many calls of a Faker provider, in their order; the same for the same seed.

    InputError for a provider or locale that Faker does not have, or a provider that cannot be repeated.
    """
    from faker import Faker

    try:
        fake = Faker(locale or "en_US")
    except AttributeError as error:
        raise InputError(f"[columns] {place}: Faker has no locale {locale}", "name one such as de_DE") from error
    known = [name for name in dir(fake.factories[0]) if not name.startswith("_")]
    call = getattr(fake, provider, None) if provider in known else None
    if not callable(call):
        raise InputError(
            f"[columns] {place}: Faker has no provider {provider}{near(provider, known)}", "see Faker's list"
        )
    fake.seed_instance(int(key(seed, place, "faker", provider, locale)))
    if _reads_the_clock(lambda: _called(place, provider, call)):
        raise InputError(
            f"[columns] {place}: Faker's {provider} goes by today's date, so that its values would not come again",
            'use distribution = { kind = "season" } or another provider',
        )
    values = [_called(place, provider, call) for _ in range(calls)]
    return list({repr(value): value for value in values}.values())


def _called(place: str, provider: str, call: Callable[[], Any]) -> Any:
    from faker.exceptions import BaseFakerException

    try:
        found = call()
    except (TypeError, ValueError, AttributeError, ImportError, NotImplementedError, BaseFakerException) as error:
        raise InputError(
            f"[columns] {place}: Faker's {provider} does not run by itself: {error}", "name another provider"
        ) from error
    if isinstance(found, str | bytes) and len(found) > _LONGEST:
        raise InputError(f"[columns] {place}: Faker's {provider} writes {len(found):,} bytes", "name another provider")
    return found


def _reads_the_clock(call: Callable[[], Any]) -> bool:
    """Whether some of the first calls ask for the time."""
    seen = set[str]()

    def watch(frame: FrameType, event: str, found: Any) -> None:
        if event == "c_call":
            seen.add(getattr(found, "__name__", ""))

    def watched() -> None:
        sys.setprofile(watch)
        for _ in range(_WATCHED):
            call()

    # A thread has a profiler of its own: whatever watches this one goes on undisturbed.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(watched).result()
    return bool(seen & _CLOCKS)
