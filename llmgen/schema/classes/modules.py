"""Runs the user's Python code, and leaves nothing behind in the interpreter that could stand in another's way."""

import hashlib
import importlib
import importlib.util
import sys
import sysconfig
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from types import ModuleType

from llmgen.errors import InputError
from llmgen.schema.classes.origin import shown
from llmgen.schema.files import read_text

LONGEST = 2_000_000
"""Characters of a file of classes; a longer one is no such file, and would take minutes and gigabytes to compile."""
WHERE = "give package.module:Name as seen from the working directory, or a file: path/models.py or path/models.py:Name"

_MEND = "the file is Python and is run: mend it so that it can be imported; --debug shows the trace"
_NOT_THE_USERS = (str(Path(__file__).parents[2]), sysconfig.get_paths()["stdlib"], "<")
_loaded: dict[str, dict[str, ModuleType]] = {}
"""The modules of each file that was read, by its path and content: code that registers its classes runs once."""


def named_module(name: str, place: str) -> ModuleType:
    """A module as pytest and uvicorn import it: the working directory comes first. InputError if it cannot be run."""
    with _on_path([Path.cwd()]):
        return _run(lambda: importlib.import_module(name), place)


@contextmanager
def file_module(path: Path) -> Iterator[ModuleType]:
    """The module of a file, which can be looked up until the context ends. InputError if it cannot be run.

    It is the module that Python has of the file, or would find under the file's own name. Any other file is run under
    its name in its package or under a private one, and then it and the modules it imported leave `sys.modules`.
    """
    text = read_text(path, "Python code", "give the file of the classes, as text in UTF-8")
    if len(text) > LONGEST:
        raise InputError(f"{path}: too long for a file of classes", f"at most {LONGEST} characters are read")
    file = path.resolve()
    root, dotted = _package(file)
    there = next((module for module in list(sys.modules.values()) if _file(module) == file), None)
    if there is None and _is_importable(file, root, dotted or file.stem):
        there = _run(lambda: importlib.import_module(dotted or file.stem), str(path))
    if there is not None:
        yield there
        return
    key = hashlib.sha256(f"{file}\0{text}".encode()).hexdigest()[:16]
    with _visiting(_loaded.get(key, {}), [root, Path.cwd()]) as added:
        name = dotted or f"_llmgen_classes_{key}"
        if name not in _loaded.get(key, {}):
            _run(lambda: importlib.import_module(name) if dotted else _execute(name, file, text), str(path))
        if _file(sys.modules[name]) != file:
            message = f"{path}: another module is loaded as {name}: {sys.modules[name].__file__}"
            raise InputError(message, f"rename the package {name.partition('.')[0]}")
        _loaded[key] = {new: sys.modules[new] for new in added()}
        yield sys.modules[name]


@contextmanager
def _visiting(modules: dict[str, ModuleType], folders: list[Path]) -> Iterator[Callable[[], list[str]]]:
    """Modules that can be looked up for a while, and folders that imports are found in.

    Gives a function that names the user's modules that are new since, those found without the folders apart.
    """
    before = set(sys.modules)
    usual = {Path(folder).resolve() for folder in sys.path}

    def added() -> list[str]:
        new = [(name, _file(sys.modules[name])) for name in set(sys.modules) - before]
        return [name for name, file in new if file and _is_the_users(str(file)) and _root(name, file) not in usual]

    sys.modules.update(modules)
    try:
        with _on_path(folders):
            yield added
    finally:
        for name in added():
            del sys.modules[name]


def _package(file: Path) -> tuple[Path, str]:
    """The folder that a file's imports start from, and its dotted name from there; no name outside a package."""
    names = [] if file.stem == "__init__" else [file.stem]
    folder = file.parent
    while (folder / "__init__.py").is_file():
        names.insert(0, folder.name)
        folder = folder.parent
    return folder, "" if folder == file.parent else ".".join(names)


def _is_importable(file: Path, root: Path, name: str) -> bool:
    """Whether Python finds the file under its name as things are."""
    top = name.partition(".")[0]
    if not top or getattr(sys.modules.get(top, sys), "__spec__", None) is None:
        return False
    spec = importlib.util.find_spec(top)
    expected = file if root == file.parent else root / top / "__init__.py"
    return spec is not None and spec.origin is not None and Path(spec.origin).resolve() == expected


def _execute(name: str, file: Path, text: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None:
        raise ImportError("it cannot be loaded as Python")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    exec(compile(text, str(file), "exec", dont_inherit=True), vars(module))
    return module


def _file(module: ModuleType) -> Path | None:
    name = getattr(module, "__file__", None)
    return Path(name) if isinstance(name, str) else None


def _root(name: str, file: Path) -> Path:
    """The folder that a module of that dotted name was found from."""
    place = file.parent if file.stem == "__init__" else file
    return place.parents[name.count(".")].resolve()


def _is_the_users(file: str) -> bool:
    return not file.startswith(_NOT_THE_USERS) and not {"site-packages", "dist-packages"} & set(Path(file).parts)


@contextmanager
def _on_path(folders: list[Path]) -> Iterator[None]:
    before = list(sys.path)
    sys.path[:0] = [str(folder) for folder in folders]
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path[:] = before


def _run(load: Callable[[], ModuleType], place: str) -> ModuleType:
    """Runs the user's code; what it prints goes to stderr. InputError quotes what it raises, which may be anything."""
    try:
        with redirect_stdout(sys.stderr):
            return load()
    except (Exception, SystemExit) as error:
        raise _quoted(error, place) from error


def _quoted(error: BaseException, place: str) -> InputError:
    where = _users_line(error)
    if isinstance(error, ModuleNotFoundError) and not where:
        return InputError(f"{place}: there is no module {error.name}", WHERE)
    lines = str(error.msg if isinstance(error, SyntaxError) else error).strip().splitlines()
    message = f"{where or place}: {type(error).__name__}{f': {lines[0]:.300}' if lines else ''}"
    if isinstance(error, ModuleNotFoundError):
        return InputError(message, f"install {error.name} where llmgen runs, or start llmgen where it can be found")
    if isinstance(error, ImportError) and "relative import" in str(error):
        return InputError(message, "put an __init__.py beside the file, or name it as package.module:Name")
    return InputError(message, _MEND)


def _users_line(error: BaseException) -> str:
    """`file:line` where the user's own code failed; empty if none of it ran."""
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return f"{shown(Path(error.filename))}:{error.lineno}"
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if _is_the_users(frame.filename):
            return f"{shown(Path(frame.filename))}:{frame.lineno}"
    return ""
