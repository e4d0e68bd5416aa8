"""A local server that speaks the Messages API over real HTTP, scripted, with every fault a real one has.

    with MessagesServer([Refuse(529), Say("one line\\n")]) as server:
        ...ask server.url; then read server.requests

A script is a list (each request takes the next entry, the last one stays) or a function of the request.
"""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

Fault = Literal["", "fin", "rst", "stall", "early_end", "error", "drip"]
USAGE = {"input_tokens": 100, "output_tokens": 20, "cache_read_input_tokens": 30, "cache_creation_input_tokens": 40}


@dataclass(frozen=True)
class Request:
    """One request as it came in."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def system(self) -> str:
        """The system text."""
        return "".join(block["text"] for block in self.body.get("system", ()))

    @property
    def user(self) -> str:
        """The text of the user's message."""
        return str(self.body["messages"][-1]["content"])


@dataclass(frozen=True)
class Say:
    """Streams `text`, `chunk` characters an event, after `delay` seconds; then ends, or breaks as `fault` says."""

    text: str = ""
    stop_reason: str = "end_turn"
    fault: Fault = ""
    thinking: str = ""
    model: str = ""
    usage: Mapping[str, int | None] = field(default_factory=lambda: USAGE)
    chunk: int = 40
    delay: float = 0.0


@dataclass(frozen=True)
class Refuse:
    """Answers with an error status, in the API's form."""

    status: int
    message: str = "no"
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = "some_error"


@dataclass(frozen=True)
class Page:
    """Answers 200 with something that is no stream of messages."""

    body: str = "<html><body>Welcome</body></html>"
    content_type: str = "text/html"


@dataclass(frozen=True)
class Silence:
    """Reads the request and says nothing."""


Behaviour = Say | Refuse | Page | Silence
Script = Sequence[Behaviour] | Callable[[Request], Behaviour]


class MessagesServer(ThreadingHTTPServer):
    """Serves a script on a free port of 127.0.0.1 while its context is open."""

    request_queue_size = 256
    daemon_threads = True

    def __init__(self, script: Script) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = script
        self.requests: list[Request] = []
        self.stopping = threading.Event()
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """The base URL, without /v1."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def behaviour(self, request: Request) -> Behaviour:
        """What the script says for a request, which is kept."""
        with self._lock:
            self.requests.append(request)
            turn = len(self.requests) - 1
        if callable(self.script):
            return self.script(request)
        return self.script[min(turn, len(self.script) - 1)]

    def __enter__(self) -> "MessagesServer":
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up early is part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: MessagesServer

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        headers = {name.lower(): value for name, value in self.headers.items()}
        match self.server.behaviour(Request(self.path, headers, body)):
            case Say() as said:
                self._stream(said, said.model or body["model"])
            case Refuse(status, message, extra, kind):
                error = {"type": "error", "error": {"type": kind, "message": message}}
                self._whole(status, json.dumps(error), {"content-type": "application/json", **extra})
            case Page(text, content_type):
                self._whole(200, text, {"content-type": content_type})
            case Silence():
                self.server.stopping.wait()
                self.close_connection = True

    def _whole(self, status: int, text: str, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "content-length": str(len(text.encode()))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode())

    def _stream(self, said: Say, model: str) -> None:
        self.server.stopping.wait(said.delay)
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        started = {name: 1 if name == "output_tokens" else count for name, count in said.usage.items()}
        message = {"id": "msg_1", "type": "message", "role": "assistant", "model": model, "content": []}
        self._event("message_start", message={**message, "stop_reason": None, "usage": started})
        if said.thinking:
            self._block(
                0, {"type": "thinking", "thinking": ""}, [{"type": "thinking_delta", "thinking": said.thinking}]
            )
        pieces = [said.text[start : start + said.chunk] for start in range(0, len(said.text), said.chunk)]
        if pieces:
            deltas = [{"type": "text_delta", "text": piece} for piece in pieces]
            self._block(1 if said.thinking else 0, {"type": "text", "text": ""}, deltas)
        if said.fault:
            self._break(said.fault)
            return
        ending = {"stop_reason": said.stop_reason, "stop_sequence": None}
        self._event("message_delta", delta=ending, usage={"output_tokens": said.usage.get("output_tokens")})
        self._event("message_stop")
        self._chunk(b"")

    def _block(self, index: int, block: Mapping[str, Any], deltas: Sequence[Mapping[str, Any]]) -> None:
        self._event("content_block_start", index=index, content_block=block)
        for delta in deltas:
            self._event("content_block_delta", index=index, delta=delta)
        self._event("content_block_stop", index=index)

    def _break(self, fault: Fault) -> None:
        self.close_connection = True
        if fault == "early_end":
            self._chunk(b"")
        elif fault == "error":
            self._event("error", error={"type": "overloaded_error", "message": "Overloaded"})
            self._chunk(b"")
        elif fault == "stall":
            self.server.stopping.wait()
        elif fault == "drip":
            while not self.server.stopping.wait(0.02):
                self._chunk(b":")
        elif fault == "rst":
            time.sleep(0.05)  # what was sent must be read first: a reset discards what still waits
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    def _event(self, kind: str, **fields: Any) -> None:
        self._chunk(f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode())

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()
