"""Keeps credentials out of every text that leaves a client."""

import os
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

_SECRET_NAME = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD|CREDENTIALS?)$", re.IGNORECASE)
_SHORTEST = 8
_REDACTED = "[redacted]"


def environment_secrets() -> tuple[str, ...]:
    """The values of environment variables whose names say that they are secret. Under 8 characters is no secret."""
    return tuple(
        value for name, value in os.environ.items() if _SECRET_NAME.search(name) and len(value.strip()) >= _SHORTEST
    )


def redact(text: str, secrets: Iterable[str]) -> str:
    """The text with each secret replaced, the longest first."""
    for secret in sorted({secret.strip() for secret in secrets}, key=len, reverse=True):
        if secret:
            text = text.replace(secret, _REDACTED)
    return text


def public_address(url: str) -> str:
    """A URL as errors may show it: scheme, host, port and path, without user, password, query or fragment."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"
