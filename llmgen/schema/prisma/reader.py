"""Reads a schema from Prisma files: the tables that Prisma's engine makes of the models."""

from pathlib import Path, PurePath

from llmgen.errors import InputError
from llmgen.schema.files import files_below, read_text
from llmgen.schema.model import Ignored, Schema
from llmgen.schema.prisma.models import document_of
from llmgen.schema.prisma.parser import parse
from llmgen.schema.prisma.tables import tables_of
from llmgen.schema.prisma.tree import Block, Loss

MOST_CHARACTERS = 4_000_000
"""The largest schema that is read, all files together; people write a tenth of it at most."""
_WHAT = "a Prisma schema"


def read_prisma(path: Path) -> Schema:
    """The schema of a Prisma file, or of all .prisma files of a folder and below it, in one namespace.

    InputError if a file cannot be read, or contradicts itself or another one, with the line.
    """
    blocks: list[Block] = []
    characters = 0
    for file in _files(path):
        text = read_text(file, _WHAT)
        characters += len(text)
        if characters > MOST_CHARACTERS:
            raise InputError(f"{path}: more than {MOST_CHARACTERS:,} characters", "give the schema of one database")
        blocks += parse(text, str(file))
    document = document_of(blocks)
    tables, losses = tables_of(document)
    if not tables:
        raise InputError(f"{path}: no model in it", "give the file with the models, or the folder of all files")
    return Schema(tuple(tables), document.database.dialect, ignored=tuple(_ignored(loss, path) for loss in losses))


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(files_below(path, ".prisma"))
    if not found:
        raise InputError(f"{path}: no .prisma file in this folder", "give the folder that holds them, or one file")
    return found


def _ignored(loss: Loss, path: Path) -> Ignored:
    file = PurePath(loss.place.file)
    below = "" if file == path else file.relative_to(path).as_posix()
    return Ignored(loss.place.line, loss.text, loss.why, loss.constrains, below)
