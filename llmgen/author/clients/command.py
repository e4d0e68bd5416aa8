"""Asks any program: the prompt goes to its stdin, the reply is what it writes to stdout."""

import codecs
import contextlib
import os
import queue
import shlex
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import PurePath
from typing import IO

from llmgen.author.clients.lines import Lines
from llmgen.author.clients.secrecy import environment_secrets, redact
from llmgen.author.exchange import LineListener, Prompt, Reply, no_listener
from llmgen.errors import InputError, ModelError

_CHUNK = 65_536
_STDERR_KEPT = 4_000
_GRACE = 2.0
"""Seconds between asking a program to end and ending it."""

_running: set[subprocess.Popen[bytes]] = set()


def parse_command(text: str) -> list[str]:
    """The argument vector of a command in shell spelling; no shell runs it. Raises ModelError for a missing program."""
    try:
        argv = shlex.split(text)
    except ValueError as error:
        raise InputError(f"--model command:{text}: {error}", "quote it as for a shell") from error
    if not argv:
        raise InputError("--model command: names no program", "write --model 'command:PROGRAM ARGUMENTS'")
    if shutil.which(argv[0]) is None:
        raise ModelError(f"{argv[0]}: no such program", "install it, or give the path to it in --model command:PATH")
    return argv


def stop_running() -> None:
    """Ends every program still being asked, in whichever thread: an interrupted run must leave none behind."""
    for process in tuple(_running):
        _end(process)


class CommandClient:
    """Answers prompts by running `argv` once a prompt, without a shell. Only the program's base name is recorded.

    The program reads the system text, a blank line and the user text, in UTF-8. `timeout` is for one reply, in seconds.
    """

    def __init__(self, argv: Sequence[str], answered_by: str = "", timeout: float = 900.0) -> None:
        self._argv = list(argv)
        self._name = PurePath(self._argv[0]).name
        self._answered_by = answered_by or f"command:{self._name}"
        self._timeout = timeout

    def complete(self, prompt: Prompt, on_line: LineListener = no_listener) -> Reply:
        """The reply. A program that fails or takes too long after finished lines gives a cut one, else a ModelError."""
        started = time.monotonic()
        lines = Lines(on_line)
        process = self._start()
        errors = bytearray()
        reader = threading.Thread(target=_keep_head, args=(process.stderr, errors), daemon=True)
        reader.start()
        try:
            fault = self._converse(process, prompt, lines, started + self._timeout)
        finally:
            _end(process)
            _running.discard(process)
        reader.join(_GRACE)
        seconds = time.monotonic() - started
        if not fault and process.returncode == 0:
            return Reply(lines.end(), "end", self._answered_by, seconds=seconds)
        if lines.any_finished:
            return Reply(lines.finished(), "cut", self._answered_by, seconds=seconds)
        said = next((line for line in errors.decode("utf-8", "replace").splitlines() if line.strip()), "")
        reason = fault or f"ended with exit code {process.returncode}{': ' if said else ''}{said.strip()}"
        raise ModelError(redact(f"{self._name} {reason}", environment_secrets()), "run the command by hand to see why")

    def _start(self) -> subprocess.Popen[bytes]:
        try:
            process = subprocess.Popen(
                self._argv,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,  # so that what the program starts is ended with it
            )
        except OSError as error:
            raise ModelError(f"{self._name}: {error.strerror}", "check --model command:PROGRAM") from error
        _running.add(process)
        return process

    def _converse(self, process: subprocess.Popen[bytes], prompt: Prompt, lines: Lines, ends: float) -> str:
        """Writes the prompt and reads the reply; the fault in words, empty if the program closed its output in time."""
        asked = f"{prompt.system}\n\n{prompt.user}".encode("utf-8", "replace")
        threading.Thread(target=_write, args=(process.stdin, asked), daemon=True).start()
        chunks: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        threading.Thread(target=_read, args=(process.stdout, chunks), daemon=True).start()
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        try:
            while chunk := chunks.get(timeout=max(0.0, ends - time.monotonic())):
                lines.feed(decoder.decode(chunk))
                if lines.full:
                    return "wrote more than any reply holds"
            lines.feed(decoder.decode(b"", final=True))
            process.wait(timeout=max(0.0, ends - time.monotonic()))
        except (queue.Empty, subprocess.TimeoutExpired):
            return f"did not answer in {self._timeout:g} s"
        return ""


def _write(pipe: IO[bytes] | None, data: bytes) -> None:
    # A program may well answer without reading all it is told.
    with contextlib.suppress(OSError, ValueError):
        if pipe:
            pipe.write(data)
    with contextlib.suppress(OSError, ValueError):
        if pipe:
            pipe.close()


def _read(pipe: IO[bytes] | None, chunks: queue.SimpleQueue[bytes]) -> None:
    with contextlib.suppress(OSError, ValueError):
        while pipe and (chunk := os.read(pipe.fileno(), _CHUNK)):
            chunks.put(chunk)
    chunks.put(b"")
    if pipe:
        pipe.close()


def _keep_head(pipe: IO[bytes] | None, kept: bytearray) -> None:
    with contextlib.suppress(OSError, ValueError):
        while pipe and (chunk := os.read(pipe.fileno(), _CHUNK)):
            kept += chunk[: max(0, _STDERR_KEPT - len(kept))]
    if pipe:
        pipe.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends a program with all that it started, gently at first. One that has ended by itself is left alone."""
    if process.returncode is not None:
        return
    _signal(process, signal.SIGTERM)
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        _signal(process, signal.SIGKILL)
        process.wait()


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
