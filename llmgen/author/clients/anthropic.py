"""Asks a server that speaks the Messages API: Anthropic's own, or a local one at ANTHROPIC_BASE_URL."""

import os
import threading
import time
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from llmgen.author.clients import models
from llmgen.author.clients.lines import Lines
from llmgen.author.clients.patience import TransportError, Waits, persist
from llmgen.author.clients.reading import Reading, total
from llmgen.author.clients.secrecy import environment_secrets, public_address, redact
from llmgen.author.exchange import LineListener, Prompt, Reply, Stop, Usage, no_listener
from llmgen.errors import ModelError
from llmgen.events import Listener, ignore

if TYPE_CHECKING:
    import anthropic
    import httpx2

DEFAULT_ADDRESS = "https://api.anthropic.com"
_LOCAL_KEY = "local"
_WAYS_ON = (
    "set ANTHROPIC_API_KEY, or ANTHROPIC_BASE_URL for a local server, or use --model command:PROGRAM, "
    "or replay recordings (LLMGEN_REPLAY=1)"
)
_HINTS = {
    400: "check the model's id and its limits (max_tokens), or choose another --model",
    401: "check ANTHROPIC_API_KEY: the server does not accept it",
    402: "check the account's billing",
    403: "the key may not use this model: choose another --model, or ask the account's owner",
    404: "check the model's id (--model) and ANTHROPIC_BASE_URL",
    413: "the prompt is too large: ask for fewer tables, or shorten the scenario",
}
_TRANSIENT_TYPES = {"overloaded_error", "api_error", "rate_limit_error", "timeout_error"}
_TRY_LATER = "try again later: what was recorded so far is replayed at no cost"
_STOPS: dict[str, Stop] = {
    "max_tokens": "max_tokens",
    "model_context_window_exceeded": "max_tokens",
    "refusal": "refusal",
}
_DROPPABLE = ("output_config.format", "effort", "output_config", "thinking", "cache_control")
"""Fields that some servers do not know, as their 400 names them, the narrowest first."""
_SHORTEST_SECRET = 16
"""A shorter key is some word for a local server, and may well stand in a reply."""


@dataclass(frozen=True)
class Options:
    """What is seldom changed: how long to wait for what, and prices that go before models.toml."""

    waits: Waits = field(default_factory=Waits)
    prices: models.Prices = field(default_factory=dict)


class AnthropicClient:
    """Answers prompts through the Messages API. The SDK is imported, and a key looked for, when a call is really made.

    A prompt with a reply schema goes to `stronger` (if there is one). `patience` is how long transport faults are tried
    again, in seconds. `announce` hears of every wait, from whichever thread waits.
    """

    def __init__(
        self,
        model: str,
        stronger: str = "",
        max_tokens: int = 16_000,
        patience: float = 300.0,
        announce: Listener = ignore,
        options: Options | None = None,
    ) -> None:
        self._model = model
        self._stronger = stronger
        self._max_tokens = max_tokens
        self._patience = patience
        self._announce = announce
        self._options = options or Options()
        self._dropped: dict[str, frozenset[str]] = {}
        self._connection: _Connection | None = None
        self._lock = threading.Lock()

    def complete(self, prompt: Prompt, on_line: LineListener = no_listener) -> Reply:
        """The reply; its lines are announced as they arrive. Usage and cost include tries that yielded nothing."""
        started = time.monotonic()
        connection = self._connect()
        spent: list[Usage] = []
        reply = persist(
            lambda: self._once(connection, prompt, on_line, spent), self._patience, self._options.waits, self._announce
        )
        usage = total(spent)
        return replace(
            reply,
            usage=usage,
            cost=models.cost(reply.answered_by, usage, self._options.prices) if usage else None,
            seconds=time.monotonic() - started,
        )

    def _connect(self) -> "_Connection":
        with self._lock:
            if self._connection is None:
                self._connection = _Connection(self._options.waits)
            return self._connection

    def _once(self, connection: "_Connection", prompt: Prompt, on_line: LineListener, spent: list[Usage]) -> Reply:
        model = self._stronger if prompt.reply_schema is not None and self._stronger else self._model
        lines = Lines(on_line, connection.clean)
        reading = Reading(model)
        try:
            stream = self._open(connection, prompt, model)
            with stream:
                for event in connection.events(stream):
                    lines.feed(reading.take(event))
                    if lines.full:
                        raise TransportError("the reply grew beyond all reason", _HINTS[400], transient=False)
            if not reading.finished:
                raise connection.ended_early(stream.response)
        except TransportError:
            if not lines.any_finished:
                raise
            return Reply(lines.finished(), "cut", connection.clean(reading.model))
        finally:
            if reading.usage is not None:
                spent.append(reading.usage)
        stop = _STOPS.get(reading.stop_reason, "end")
        return Reply(lines.end() if stop == "end" else lines.cut(), stop, connection.clean(reading.model))

    def _open(self, connection: "_Connection", prompt: Prompt, model: str) -> "anthropic.Stream[Any]":
        while True:
            request = self._request(prompt, model)
            try:
                return connection.send(request)
            except TransportError as refused:
                if not self._learn(model, request, refused):
                    raise

    def _request(self, prompt: Prompt, model: str) -> dict[str, Any]:
        facts = models.model(model)
        dropped = self._dropped.get(model, frozenset())
        request: dict[str, Any] = {
            "model": model,
            "max_tokens": min(self._max_tokens, prompt.max_tokens),
            "messages": [{"role": "user", "content": _encodable(prompt.user)}],
        }
        if prompt.system:
            marks = {} if "cache_control" in dropped else {"cache_control": {"type": "ephemeral"}}
            request["system"] = [{"type": "text", "text": _encodable(prompt.system), **marks}]
        if facts.thinking and "thinking" not in dropped:
            request["thinking"] = dict(facts.thinking)
        config: dict[str, Any] = {}
        if facts.effort and "effort" not in dropped:
            config["effort"] = facts.effort
        if prompt.reply_schema is not None and "output_config.format" not in dropped:
            config["format"] = {"type": "json_schema", "schema": prompt.reply_schema}
        if config and "output_config" not in dropped:
            request["output_config"] = config
        return request

    def _learn(self, model: str, request: Mapping[str, Any], refused: TransportError) -> bool:
        """Whether a 400 names a field that was sent and need not be: it is left out from now on."""
        if refused.status != 400:
            return False
        config = request.get("output_config", {})
        sent = {
            "output_config.format": "format" in config,
            "effort": "effort" in config,
            "output_config": bool(config),
            "thinking": "thinking" in request,
            "cache_control": any("cache_control" in block for block in request.get("system", ())),
        }
        for name in _DROPPABLE:
            if sent[name] and name in refused.reason:
                with self._lock:
                    self._dropped[model] = self._dropped.get(model, frozenset()) | {name}
                return True
        return False


class _Connection:
    """The SDK's client for the credentials and the address of the environment, and the border where its errors end."""

    def __init__(self, waits: Waits) -> None:
        address, key, token = _access()
        import anthropic
        import httpx2

        from llmgen.author.clients.bounded import BoundedBody

        def bound(response: httpx2.Response) -> None:
            if isinstance(response.stream, httpx2.SyncByteStream):
                response.stream = BoundedBody(response.stream, waits.deadline)

        self._errors = (anthropic.APIError, httpx2.HTTPError, ValueError)
        self._address = public_address(address)
        self._credentials = tuple(secret for secret in (key, token) if secret and len(secret) >= _SHORTEST_SECRET)
        self._secrets = (*environment_secrets(), key or "", token or "", urlsplit(address).password or "")
        self._sdk = anthropic.Anthropic(
            api_key=key,
            auth_token=token,
            base_url=address,
            max_retries=0,
            open_telemetry=False,
            http_client=anthropic.DefaultHttpxClient(
                timeout=httpx2.Timeout(waits.stall, connect=waits.connect), event_hooks={"response": [bound]}
            ),
        )
        weakref.finalize(self, self._sdk.close)  # its sockets are closed without anybody having to close the client

    def clean(self, text: str) -> str:
        """The text without the credentials of this connection."""
        return redact(text, self._credentials)

    def send(self, request: Mapping[str, Any]) -> "anthropic.Stream[Any]":
        """The open stream. Raises TransportError."""
        try:
            stream: Any = self._sdk.messages.create(**request, stream=True)
        except self._errors as error:
            raise self._read(error, answered=False) from None
        if isinstance(stream, str):
            raise TransportError(f"{self._address} answered with a page", _HINTS[404], transient=False)
        opened: anthropic.Stream[Any] = stream
        return opened

    def events(self, stream: "anthropic.Stream[Any]") -> Iterator[Any]:
        """The stream's events. Only what the stream raises becomes a TransportError, not what its reader raises."""
        incoming = iter(stream)
        while True:
            try:
                event = next(incoming)
            except StopIteration:
                return
            except self._errors as error:
                raise self._read(error, answered=True) from None
            yield event

    def ended_early(self, response: "httpx2.Response") -> TransportError:
        """The fault of a stream that stopped without an end: cut off, or never a stream of messages at all."""
        kind = response.headers.get("content-type", "").partition(";")[0].strip()
        if kind != "text/event-stream":
            reason = f"{self._address} answered with {kind or 'no content type'}, not with a stream of messages"
            return TransportError(redact(reason, self._secrets), _HINTS[404], transient=False)
        return TransportError(f"{self._address} ended the reply early", _TRY_LATER, transient=True)

    def _read(self, error: Exception, answered: bool) -> TransportError:
        """What an error of the SDK or of HTTP means. Of its text, only what the server said is kept, redacted."""
        import anthropic
        import httpx2

        if isinstance(error, anthropic.APIStatusError):
            return self._read_status(error)
        if isinstance(error, anthropic.APIConnectionError) or not isinstance(error, anthropic.APIError):
            cause = error.__cause__ if isinstance(error, anthropic.APIConnectionError) else error
            reason = f"{self._address} {'broke off' if answered else 'cannot be reached'}"
            detail = redact(f"{type(cause).__name__}: {cause}" if cause else type(error).__name__, self._secrets)
            ours = isinstance(cause, httpx2.LocalProtocolError | httpx2.UnsupportedProtocol | ValueError)
            hint = "check the network and ANTHROPIC_BASE_URL, or replay recordings (LLMGEN_REPLAY=1)"
            return TransportError(f"{reason} ({detail})", hint, transient=answered or not ours, answered=answered)
        return TransportError(redact(f"{self._address}: {error}", self._secrets), _TRY_LATER, transient=False)

    def _read_status(self, error: "anthropic.APIStatusError") -> TransportError:
        status, headers = error.status_code, error.response.headers
        said = " ".join(str(error.api_message or error.body or "")[:2000].split())
        advice = headers.get("x-should-retry")
        if advice in ("true", "false"):
            transient = advice == "true"
        elif status == 200:  # an error event inside a stream that had begun well
            transient = error.type in _TRANSIENT_TYPES
        else:
            transient = status in (408, 409, 429) or status >= 500
        return TransportError(
            redact(f"{self._address} answered {status} {error.type or ''}: {said}", self._secrets),
            _TRY_LATER if transient else _HINTS.get(status, "see what the server says"),
            transient=transient,
            wait=_asked_wait(headers),
            status=status,
        )


def _access() -> tuple[str, str | None, str | None]:
    """(address, key, token) of the environment, exactly one of the last two being set. Raises ModelError."""
    address = os.environ.get("ANTHROPIC_BASE_URL", "").strip().rstrip("/").removesuffix("/v1").rstrip("/")
    key, token = os.environ.get("ANTHROPIC_API_KEY"), os.environ.get("ANTHROPIC_AUTH_TOKEN", "").strip() or None
    if address and urlsplit(address).scheme not in ("http", "https"):
        raise ModelError("ANTHROPIC_BASE_URL is no http address", "write it as http://HOST:PORT")
    if key is not None and not key.strip() and token is None:
        raise ModelError("ANTHROPIC_API_KEY is set but empty", _WAYS_ON)
    key = (key or "").strip() or None
    if key is None and token is None:
        if not address:
            raise ModelError("no key for the Anthropic API: ANTHROPIC_API_KEY is not set", _WAYS_ON)
        key = _LOCAL_KEY
    secret = key or token or ""
    if not (secret.isascii() and secret.isprintable()):
        raise ModelError("the API key holds characters that no key has", "set ANTHROPIC_API_KEY again, on one line")
    return address or DEFAULT_ADDRESS, key, None if key else token


def _asked_wait(headers: Mapping[str, str]) -> float | None:
    for name, unit in (("retry-after-ms", 1000), ("retry-after", 1)):
        try:
            return float(headers[name]) / unit
        except (KeyError, ValueError):
            continue
    return None


def _encodable(text: str) -> str:
    """The text with lone surrogates replaced, which no request can carry."""
    return text.encode("utf-8", "replace").decode()
