"""Where prompts, validators and fixtures are found: packaged with the code, or beside it in a checkout."""

from pathlib import Path

from llmgen.errors import InputError

PACKAGE = Path(__file__).parent


def content_folder(name: str) -> Path:
    """The packaged folder of that name.

    In an editable install no such place exists: then it is the one at the repository's root.
    """
    for place in (PACKAGE / name, PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise InputError(f"the packaged folder {name}/ is missing", "install llmgen again: its wheel carries the folder")
