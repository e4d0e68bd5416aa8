"""The cache: replies as files, found again by their prompt, so that a run costs nothing the second time."""

import contextlib
import difflib
import hashlib
import json
import logging
import os
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

from llmgen.author.exchange import KEY_FORMAT, Client, LineListener, Prompt, Reply, Stop, Usage, no_listener
from llmgen.errors import InputError, ModelError, RecordingError

FORMAT = 1
Mode = Literal["auto", "replay", "refresh", "off"]
"""auto: replay, else ask and record. replay: a miss is an error. refresh: ask and replace. off: ask, record nothing."""

_LOG = logging.getLogger(__name__)
_NAMED = ("version", "level", "attempt", "seed", "reply_schema")
_DIFF_LINES = 16
_EMPTY_REPLIES = 3
_DIFF_WIDTH = 200


@dataclass(frozen=True)
class Recording:
    """A reply with the prompt that it answers (without its part and limits) and the file that holds it."""

    prompt: Prompt
    text: str
    stop: Stop
    answered_by: str
    usage: Usage | None
    file: Path

    @property
    def reply(self) -> Reply:
        """The reply as replayed: it costs nothing."""
        return Reply(self.text, self.stop, self.answered_by, self.usage, cost=0.0, replayed=True)


class Library:
    """Recordings in folders: written to the first, read from it and then from the others. Safe between processes."""

    def __init__(self, write_to: Path, read_from: Sequence[Path] = ()) -> None:
        self.write_to = write_to
        self.folders = (write_to, *(folder for folder in read_from if folder != write_to))

    def find(self, prompt: Prompt) -> Recording | None:
        """The recording of a prompt; None if there is none. Raises RecordingError for a damaged one."""
        for folder in self.folders:
            if (file := folder / f"{prompt.key}.json").exists():
                return read_recording(file)
        return None

    def refuse_unwritable(self) -> None:
        """RecordingError where the folder can neither be written to nor made; makes nothing itself."""
        there = next(place for place in (self.write_to, *self.write_to.absolute().parents) if place.exists())
        if not there.is_dir():
            raise _unwritable(self.write_to, NotADirectoryError(f"{there} is a file"))
        if not os.access(there, os.W_OK | os.X_OK):
            raise _unwritable(self.write_to, PermissionError("not writable"))

    def make_ready(self) -> None:
        """Makes the folder that recordings go to. Raises RecordingError."""
        try:
            self.write_to.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(self.write_to, error) from error
        self.refuse_unwritable()

    def store(self, prompt: Prompt, reply: Reply, replacing: bool = False) -> Recording:
        """Records a reply and returns what is recorded: the first complete recording wins, unless `replacing`."""
        self.make_ready()
        file = self.write_to / f"{prompt.key}.json"
        partial = self.write_to / f".{uuid.uuid4().hex}.partial"
        try:
            with partial.open("xb") as out:
                out.write(_render(prompt, reply))
                out.flush()
                os.fsync(out.fileno())
            if replacing:
                partial.replace(file)
            else:
                _link_if_first(partial, file)
        except OSError as error:
            raise _unwritable(self.write_to, error) from error
        finally:
            partial.unlink(missing_ok=True)
        return read_recording(file)

    def all(self) -> Iterator[Recording]:
        """Every recording, folder by folder in the order of their names. Raises RecordingError at a damaged one."""
        for file in self.files():
            yield read_recording(file)

    def nearest(self, prompt: Prompt) -> tuple[Recording, str] | None:
        """The recording of the same template that differs least, and the differences in words; None without any."""
        candidates = [recording for recording in self.readable() if recording.prompt.template == prompt.template]
        if not candidates:
            return None
        best = min(candidates, key=lambda recording: (_distance(recording.prompt, prompt), recording.file.name))
        return best, _differences(best.prompt, prompt)

    def readable(self) -> Iterator[Recording]:
        """Every recording but damaged ones: for explaining a miss, which matters more than another fault."""
        for file in self.files():
            with contextlib.suppress(RecordingError):
                yield read_recording(file)

    def files(self) -> Iterator[Path]:
        """The files of all recordings, whole or damaged, folder by folder."""
        for folder in self.folders:
            yield from sorted(folder.glob("*.json"))


class RecordingClient:
    """A client that holds a client: it answers from the library, asks the other where the mode allows, and records.

    `hits` and `calls` count what came from recordings and what was asked. The lines of a reply that was asked are
    announced as they arrive; should another process have recorded an answer meanwhile, the Reply is that one.
    """

    def __init__(self, client: Client, library: Library, mode: Mode) -> None:
        self._client = client
        self._library = library
        self._mode = mode
        self._lock = threading.Lock()
        self.hits = 0
        self.calls = 0

    def complete(self, prompt: Prompt, on_line: LineListener = no_listener) -> Reply:
        """The reply. Raises RecordingError for a miss in replay and for a damaged recording."""
        if self._mode in ("auto", "replay"):
            if recording := self._library.find(prompt):
                with self._lock:
                    self.hits += 1
                _announce(recording, on_line)
                return recording.reply
            if self._mode == "replay":
                raise _miss(prompt, self._library)
        return self._ask(prompt, on_line)

    def _ask(self, prompt: Prompt, on_line: LineListener) -> Reply:
        recorded = self._mode != "off"
        if recorded:
            self._library.refuse_unwritable()  # before anything is paid for
        with self._lock:
            self.calls += 1
        reply = self._said(prompt, on_line)
        if not recorded:
            return reply
        recording = self._library.store(prompt, reply, replacing=self._mode == "refresh")
        return replace(reply, text=recording.text, stop=recording.stop, answered_by=recording.answered_by)

    def _said(self, prompt: Prompt, on_line: LineListener) -> Reply:
        """The first reply that says something: nothing is not recorded, so it may not count as an attempt either."""
        for _ in range(_EMPTY_REPLIES):
            reply = self._client.complete(prompt, on_line)
            if reply.stop != "end" or reply.text.strip():
                return reply
            _LOG.warning("%s answered %s with nothing; not recorded", reply.answered_by, describe(prompt))
        raise ModelError(
            f"{reply.answered_by} answered {describe(prompt)} with nothing, {_EMPTY_REPLIES} times",
            "look at what it says to `llmgen scenario ... --dry-run`'s prompt, or ask another model",
        )


def resolve_mode(flag: Mode | None, environment: Mapping[str, str]) -> Mode:
    """The mode: the flag, else LLMGEN_REPLAY (1: replay, 0: auto), else replay where CI is true, else auto."""
    if flag is not None:
        return flag
    wish = environment.get("LLMGEN_REPLAY", "")
    if wish in ("0", "1"):
        return "replay" if wish == "1" else "auto"
    if wish:
        raise InputError(f"LLMGEN_REPLAY={wish} means nothing", "set it to 1 (replay only) or 0 (ask where needed)")
    return "replay" if environment.get("CI", "").lower() in ("true", "1") else "auto"


def describe(prompt: Prompt) -> str:
    """A prompt as errors name it."""
    part = f" ({prompt.part})" if prompt.part else ""
    return f"{prompt.template} {prompt.version}{part}, level {prompt.level}, attempt {prompt.attempt}"


def _announce(recording: Recording, on_line: LineListener) -> None:
    *finished, last = recording.text.split("\n")
    for line in finished:
        on_line(line.removesuffix("\r"))
    if last and recording.stop == "end":
        on_line(last)


def _miss(prompt: Prompt, library: Library) -> RecordingError:
    message = f"no recording of {describe(prompt)} ({prompt.key}.json) in {', '.join(map(str, library.folders))}"
    if nearest := library.nearest(prompt):
        recording, differences = nearest
        message += f"; the nearest is {recording.file}, which differs: {differences}"
    else:
        message += f"; nothing of {prompt.template} is recorded there"
    return RecordingError(
        message,
        "record it by running once with LLMGEN_REPLAY=0 and a model (then commit the file), "
        "or run with the words, schema and seed that were recorded, or name their folder with --cache",
    )


def _render(prompt: Prompt, reply: Reply) -> bytes:
    """The file's bytes. Texts are lists of lines, so that differences read well; joined by \\n they are exact."""
    asked = prompt.canonical()
    content: dict[str, Any] = {
        "format": FORMAT,
        "key": prompt.key,
        "prompt": {**asked, "system": asked["system"].split("\n"), "user": asked["user"].split("\n")},
        "answered_by": reply.answered_by,
        "stop": reply.stop,
        "usage": asdict(reply.usage) if reply.usage else None,
        "body": reply.text.split("\n"),
    }
    content["checksum"] = _checksum(content)
    # surrogatepass: a lone surrogate of a reply must come back as it was, or the checksum would lie
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "surrogatepass")


def read_recording(file: Path) -> Recording:
    """The recording in a file. Raises RecordingError for a damaged one or one of another format version."""
    try:
        content = json.loads(file.read_bytes().decode("utf-8", "surrogatepass"))
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(file, f"cannot be read ({error})") from error
    if not isinstance(content, dict):
        raise _damaged(file, "is no recording")
    if content.get("format") != FORMAT:
        raise RecordingError(
            f"{file}: recording format {content.get('format')!r}, and this llmgen reads {FORMAT}",
            "delete the file and record again, or use the llmgen that wrote it",
        )
    if content.pop("checksum", None) != _checksum(content):
        raise _damaged(file, "does not match its checksum")
    try:
        recording = _parse(content, file)
    except (KeyError, TypeError, AttributeError) as error:
        raise _damaged(file, f"lacks a part of a recording ({error})") from error
    if not file.stem == content["key"] == recording.prompt.key or recording.stop not in get_args(Stop):
        raise _damaged(file, "does not belong to the prompt that it is named after")
    return recording


def _parse(content: Mapping[str, Any], file: Path) -> Recording:
    asked = dict(content["prompt"])
    if asked.pop("format") != KEY_FORMAT:
        raise KeyError("key format")
    prompt = Prompt(**{**asked, "system": "\n".join(asked["system"]), "user": "\n".join(asked["user"])})
    usage = Usage(**content["usage"]) if content["usage"] else None
    return Recording(prompt, "\n".join(content["body"]), content["stop"], content["answered_by"], usage, file)


def _checksum(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _link_if_first(partial: Path, file: Path) -> None:
    """Gives a finished file its name, unless the name is taken."""
    try:
        os.link(partial, file)
    except FileExistsError:
        return
    except OSError:  # a file system without links: the name may be taken in between, by an equally complete file
        if not file.exists():
            partial.replace(file)


def _damaged(file: Path, why: str) -> RecordingError:
    return RecordingError(
        f"{file}: {why}", "restore it from version control, or delete it (or use --refresh) to ask again"
    )


def _unwritable(folder: Path, error: OSError) -> RecordingError:
    return RecordingError(f"{folder}: recordings cannot be written: {error.strerror or error}", "name another --cache")


def _distance(recorded: Prompt, asked: Prompt) -> tuple[int, int]:
    """How many named parts differ, then how many lines of text."""
    named = sum(getattr(recorded, name) != getattr(asked, name) for name in _NAMED)
    return named, len(_lines(recorded) ^ _lines(asked))


def _lines(prompt: Prompt) -> set[str]:
    return {*prompt.system.split("\n"), *prompt.user.split("\n")}


def _differences(recorded: Prompt, asked: Prompt) -> str:
    words = []
    for name in _NAMED:
        there, here = getattr(recorded, name), getattr(asked, name)
        if there != here:
            words.append(name.replace("_", " ") if name == "reply_schema" else f"{name} {there} there, {here} here")
    for name in ("system", "user"):
        there, here = getattr(recorded, name).split("\n"), getattr(asked, name).split("\n")
        changed = [line[:_DIFF_WIDTH] for line in difflib.unified_diff(there, here, n=0, lineterm="")][2:]
        if changed:
            more = [f"... and {len(changed) - _DIFF_LINES} lines more"] if len(changed) > _DIFF_LINES else []
            words.append("\n".join([f"the {name} text:", *changed[:_DIFF_LINES], *more]))
    return "; ".join(words)
