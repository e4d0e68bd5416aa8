"""How long a model is tried again after transport faults, and when it is not: the policy, and nothing of any SDK."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import tenacity

from llmgen.errors import ModelError
from llmgen.events import Listener, Waiting

T = TypeVar("T")


@dataclass(frozen=True)
class Waits:
    """Seconds. `silence`: no new try begins when nobody has answered for so long. `stall`: a connection without a byte
    (a local server may read a long prompt for a while before its first token). `deadline`: one request from its first
    byte to its last. `longest`: caps what a server asks for; `backoff` and `backoff_cap` shape the random waits.
    """

    silence: float = 30.0
    connect: float = 5.0
    stall: float = 120.0
    deadline: float = 900.0
    longest: float = 120.0
    backoff: float = 0.5
    backoff_cap: float = 30.0


@dataclass(eq=False)
class TransportError(Exception):
    """A request that yielded nothing. `transient` ones are tried again; `answered` says that a server spoke at all;
    `wait` is what the server asked for, in seconds; `status` its HTTP status, 0 for none.
    """

    reason: str
    hint: str
    transient: bool
    answered: bool = True
    wait: float | None = None
    status: int = 0


def persist(once: Callable[[], T], patience: float, waits: Waits, announce: Listener) -> T:
    """What `once` returns, tried again after transient faults for `patience` seconds in all. Raises ModelError."""
    backoff = tenacity.wait_random_exponential(multiplier=waits.backoff, max=waits.backoff_cap)
    heard = time.monotonic()

    def wait(state: tenacity.RetryCallState) -> float:
        asked = _fault(state).wait
        return backoff(state) if asked is None else min(waits.longest, max(0.0, asked))

    def stop(state: tenacity.RetryCallState) -> bool:
        nonlocal heard
        now = time.monotonic()
        if _fault(state).answered:
            heard = now
        elif now - heard + state.upcoming_sleep > waits.silence:
            return True
        return now - state.start_time + state.upcoming_sleep > patience

    def before_sleep(state: tenacity.RetryCallState) -> None:
        announce(Waiting(_fault(state).reason, state.upcoming_sleep))

    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception(lambda error: isinstance(error, TransportError) and error.transient),
        wait=wait,
        stop=stop,
        before_sleep=before_sleep,
        reraise=True,
    )
    try:
        return retrying(once)
    except TransportError as fault:
        said = (fault.reason, fault.hint)
    # Raised outside the handler: what the SDK said stays out of the chain, as it may quote the request.
    raise ModelError(*said)


def _fault(state: tenacity.RetryCallState) -> TransportError:
    error = state.outcome.exception() if state.outcome else None
    if not isinstance(error, TransportError):
        raise TypeError(f"only a TransportError is tried again, not {error!r}")
    return error
