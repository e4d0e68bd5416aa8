"""Puts a directory or a file in its place by renaming it: whole or not at all, never a mixture of two runs."""

import hashlib
import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from llmgen.errors import InputError
from llmgen.output.manifest import FILE, read_manifest

RUN_FILE = "run.json"

_FREE = "free the space, mend the permissions, or write elsewhere with -o"
_MIND = "give another -o, or --force to replace it"


def publish(target: Path, write: Callable[[Path], None], force: bool = False) -> None:
    """Have `write` fill the new directory of `publishing`."""
    with publishing(target, force) as built:
        write(built)


@contextmanager
def publishing(target: Path, force: bool = False) -> Iterator[Path]:
    """A new directory beside `target`, renamed into place at the end of the block; gone if the block raises.

    What stood there is replaced if llmgen wrote it and nobody changed it, or with `force`; between two renames nothing
    stands there for a moment. Whoever is killed leaves the old one (put back by the next call, if it was that moment)
    and a hidden directory that the next call removes. Raises InputError, also for every OSError in the block.
    """
    refuse_foreign(target, force)
    with _disk(target) as place:
        place.parent.mkdir(parents=True, exist_ok=True)
        _clean(place)
        with _building(place) as built:
            yield built
            with _locked(place.parent):
                _refuse(place, force)
                _swap(built, place)


def publish_file(target: Path, write: Callable[[IO[bytes]], None], force: bool = False) -> None:
    """Have `write` fill a new file beside `target`, then rename it into place; a pipe or device is written directly.

    An existing file is replaced with `force` alone: nothing tells whether somebody changed it. Raises InputError.
    """
    with _disk(target) as place:
        if place.exists() and not place.is_file() and not place.is_dir():
            with place.open("wb") as stream:
                write(stream)
            return
        refuse_file(target, force)
        place.parent.mkdir(parents=True, exist_ok=True)
        _clean(place)
        built = _beside(place, "new")
        try:
            with built.open("xb") as stream, _locked(built):
                write(stream)
            built.replace(place)
        finally:
            built.unlink(missing_ok=True)


def refuse_foreign(target: Path, force: bool = False) -> None:
    """Raise InputError if `publish` would not replace what stands at `target`; to be asked before a costly run."""
    with _disk(target) as place, _locked(place.parent):
        _refuse(place, force)


def refuse_file(target: Path, force: bool = False) -> None:
    """Raise InputError if `publish_file` would not write `target`; to be asked before a costly run."""
    if target.is_dir():
        raise InputError(f"{target} is a directory", "give another -o")
    if target.is_file() and not force:
        raise InputError(f"{target} exists", _MIND)


def first_change(directory: Path) -> str | None:
    """The first file, by name, that was changed, added or removed since llmgen wrote the directory; None: unchanged."""
    try:
        tables = read_manifest(directory)["tables"].values()
        hashes = {str(table["file"]): str(table["sha256"]) for table in tables}
    except (InputError, KeyError, TypeError, AttributeError):
        return f"no {FILE} of its own"
    found = {entry.name for entry in directory.iterdir()} - {FILE, RUN_FILE}
    for name in sorted(found | set(hashes)):
        file = directory / name
        if name not in hashes:
            return f"{name} is not llmgen's"
        if not file.is_file():
            return f"{name} is missing"
        if sha256(file) != hashes[name]:
            return f"{name} was changed"
    return None


def sha256(file: Path) -> str:
    """The file's hash as hex."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _refuse(place: Path, force: bool) -> None:
    kept = (Path.cwd(), Path(os.path.expanduser("~")))
    if any(folder.resolve().is_relative_to(place) for folder in kept):
        raise InputError(f"{place} holds the working or home directory", "give another -o")
    if force or not place.exists():
        return
    if not place.is_dir():
        raise InputError(f"{place} is a file", _MIND)
    if any(place.iterdir()) and (change := first_change(place)):
        raise InputError(f"{place} is not as llmgen wrote it: {change}", _MIND)


@contextmanager
def _disk(target: Path) -> Iterator[Path]:
    """The target's real path; what the disk refuses becomes an InputError that names the target."""
    try:
        yield target.resolve()
    except OSError as error:
        raise InputError(f"{target} cannot be written: {error.strerror or error}", _FREE) from error


def _beside(target: Path, purpose: str) -> Path:
    return target.with_name(f".{target.name}.llmgen-{purpose}-{secrets.token_hex(6)}")


@contextmanager
def _building(target: Path) -> Iterator[Path]:
    """A new hidden directory, locked as long as its process lives; gone afterwards unless it was renamed."""
    while True:
        built = _beside(target, "new")
        built.mkdir()
        with _locked(built) as mine:
            if not mine:  # removed as a leftover between mkdir and lock
                continue
            try:
                yield built
            finally:
                shutil.rmtree(built, ignore_errors=True)
            return


@contextmanager
def _locked(path: Path, wait: bool = True) -> Iterator[bool]:
    """Hold the lock of a file or directory; false if another process has it or the path is gone."""
    if sys.platform == "win32":  # no such lock: whoever renames last wins
        yield wait
        return
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        yield False
        return
    try:
        yield _lock(handle, wait) and path.exists()
    finally:
        os.close(handle)


def _lock(handle: int, wait: bool) -> bool:
    import fcntl  # not on Windows

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        return wait  # waiting, it fails only where the file system has no locks: go on without
    return True


def _swap(built: Path, target: Path) -> None:
    if not target.exists():
        built.rename(target)
        return
    old = _beside(target, "old")
    target.rename(old)
    try:
        built.rename(target)
    except OSError:
        old.rename(target)
        raise
    _remove(old)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _clean(target: Path) -> None:
    """Remove what killed runs left; if one was killed between two renames, put the old directory back."""
    with _locked(target.parent):
        for old in sorted(target.parent.glob(f".{_literal(target.name)}.llmgen-old-*")):
            if target.exists():
                _remove(old)
            else:
                old.rename(target)
        for left in sorted(target.parent.glob(f".{_literal(target.name)}.llmgen-new-*")):
            with _locked(left, wait=False) as dead:
                if dead:
                    _remove(left)


def _literal(name: str) -> str:
    """A name as a glob pattern that matches it alone."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)
