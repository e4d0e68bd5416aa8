"""Files of schemas: the text of one, with its size, its form and its encoding checked first."""

from collections.abc import Iterator
from pathlib import Path

from llmgen.errors import InputError

MOST_BYTES = 64_000_000
"""The largest file that is read: a dump with data should come without it."""
_NOT_OURS = "node_modules"


def read_text(path: Path, what: str, mend: str = "give the schema alone, as text in UTF-8") -> str:
    """The text of a file that should hold `what` ("SQL text"). InputError with the line where it is no text."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path}: larger than {MOST_BYTES // 1_000_000} MB", mend)
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}", f"give the path of a file that holds {what}") from error
    if b"\0" in content:
        raise InputError(f"{path}: a binary file, not {what}", mend)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}:{line}: not UTF-8", "save the file as UTF-8") from error


def files_below(folder: Path, ending: str) -> Iterator[Path]:
    """The files of a folder and below it whose names end so; not the copies in hidden folders and in node_modules."""
    for file in folder.rglob(f"*{ending}"):
        parts = file.relative_to(folder).parts
        if file.is_file() and not any(part == _NOT_OURS or part.startswith(".") for part in parts):
            yield file
