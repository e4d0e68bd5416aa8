"""A response body that stops at a deadline and at a size: a server that drips or pours must not hold a run."""

import time
from collections.abc import Iterator

import httpx2

BYTES_LIMIT = 64_000_000
"""Bytes of one response: a small delta has some twenty bytes of frame for each of text."""


class BoundedBody(httpx2.SyncByteStream):
    """Wraps a body. The bounds are checked at each chunk; a silent connection is the read timeout's business."""

    def __init__(self, body: httpx2.SyncByteStream, deadline: float) -> None:
        self._body = body
        self._ends = time.monotonic() + deadline
        self._left = BYTES_LIMIT

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._body:
            self._left -= len(chunk)
            if time.monotonic() > self._ends:
                raise httpx2.ReadTimeout("the reply was not complete at the deadline")
            if self._left < 0:
                raise httpx2.ReadError("the reply is too long")
            yield chunk

    def close(self) -> None:
        """Closes the body."""
        self._body.close()
