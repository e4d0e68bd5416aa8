"""Where the content that ships beside the code is found:
prompts, validators and fixtures, packaged or in a checkout.
"""

from pathlib import Path

from llmgen.errors import InputError

PACKAGE = Path(__file__).parent


def content_folder(name: str) -> Path:
    """The packaged folder of that name;
    in an editable install, where no such place exists, the one at the repository's root.
    """
    for place in (PACKAGE / name, PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise InputError(f"the packaged folder {name}/ is missing", "install llmgen again: its wheel carries the folder")
