"""From the place that a user names to the Pydantic classes there."""

import importlib.util
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pydantic.networks
from pydantic import BaseModel

from llmgen.errors import InputError
from llmgen.schema.classes.annotations import is_model
from llmgen.schema.classes.modules import WHERE, file_module, named_module
from llmgen.schema.classes.origin import Origins

_FILE = re.compile(r"(?P<file>.+\.py)(?::(?P<name>\w+))?")
_MODULE = re.compile(r"(?P<module>[\w.]+):(?P<name>\w+)")
_SHOWN = 10


@dataclass(frozen=True)
class Chosen:
    """The classes that a place names; `whole` if it names a file, of which some classes may be no tables."""

    models: list[type[BaseModel]]
    whole: bool
    origins: Origins


@contextmanager
def chosen(place: str) -> Iterator[Chosen]:
    """The classes of a place, while their modules can be looked up. InputError with what is wrong, and where."""
    with _email_strings_without_their_package():
        if found := _FILE.fullmatch(place):
            path = Path(found["file"])
            with file_module(path) as module:
                models = _named(module, found["name"], place) if found["name"] else _defined(module, place)
                yield Chosen(models, not found["name"], Origins(path))
        elif found := _MODULE.fullmatch(place):
            module = named_module(found["module"], place)
            yield Chosen(_named(module, found["name"], place), False, Origins(None))
        else:
            raise InputError(f"{place}: names no Pydantic class", WHERE)


def _named(module: ModuleType, name: str, place: str) -> list[type[BaseModel]]:
    """The class of that name, or the classes of the list of that name."""
    if not hasattr(module, name):
        known = [item for item, value in vars(module).items() if is_model(value)][:_SHOWN]
        hint = f"its Pydantic classes are {', '.join(known)}" if known else "it has no Pydantic classes"
        raise InputError(f"{place}: no such name in the module", hint)
    value = getattr(module, name)
    items = list(value) if isinstance(value, list | tuple) else [value]
    wrong = [item for item in items if not is_model(item)] if items else [value]
    if wrong:
        said = wrong[0].__name__ if isinstance(wrong[0], type) else f"{type(wrong[0]).__name__} {wrong[0]!r:.60}"
        hint = "a table is a class that derives from pydantic.BaseModel (version 2), or a list of such classes"
        raise InputError(f"{place}: {said} is not a Pydantic class with fields", hint)
    return items


def _defined(module: ModuleType, place: str) -> list[type[BaseModel]]:
    """The classes that the module itself defines, in order; those of a package's modules too if it holds them."""
    classes = [item for item in vars(module).values() if is_model(item)]
    own = [item for item in classes if f"{item.__module__}.".startswith(f"{module.__name__}.")]
    if not own:
        raise InputError(f"{place}: no Pydantic class in it", "its classes should derive from pydantic.BaseModel")
    return list(dict.fromkeys(own))


@contextmanager
def _email_strings_without_their_package() -> Iterator[None]:
    """Lets classes have EmailStr fields where email-validator is not installed: they are read, and validate nothing."""
    wanted = getattr(pydantic.networks, "import_email_validator", None)
    if wanted is None or importlib.util.find_spec("email_validator"):
        yield
        return
    setattr(pydantic.networks, "import_email_validator", lambda: None)  # noqa: B010
    try:
        yield
    finally:
        setattr(pydantic.networks, "import_email_validator", wanted)  # noqa: B010
