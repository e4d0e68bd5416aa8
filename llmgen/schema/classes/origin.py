"""Where classes, fields and methods stand: file and line, read from the source's syntax tree."""

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path


class Origins:
    """Files and lines of classes; each file is parsed once. What has no source stands in no file, at line 0."""

    def __init__(self, main: Path | None) -> None:
        self._main = main
        self._lines: dict[Path, Mapping[str, int]] = {}

    def place(self, model: type, member: str = "") -> tuple[str, int]:
        """The file and the line of a class, or of a member of it wherever it is inherited from.

        The file is empty where it is the one that the user named.
        """
        for owner in model.__mro__:
            file = _file(owner)
            if file is None:
                continue
            name = f"{owner.__qualname__}.{member}" if member else owner.__qualname__
            if line := self._of(file).get(name):
                return "" if self._main and file == self._main.resolve() else shown(file), line
        return "", 0

    def said(self, model: type, member: str = "") -> str:
        """`models.py:12: Customer.age`, for messages; without file and line where they are not known."""
        file, line = self.place(model, member)
        name = f"{model.__name__}.{member}" if member else model.__name__
        return f"{file or self._main}:{line}: {name}" if line else name

    def _of(self, file: Path) -> Mapping[str, int]:
        if file not in self._lines:
            try:
                self._lines[file] = dict(_lines(ast.parse(file.read_bytes()), ""))
            except (OSError, SyntaxError, ValueError, RecursionError):
                self._lines[file] = {}
        return self._lines[file]


def _file(owner: type) -> Path | None:
    name = getattr(sys.modules.get(owner.__module__), "__file__", None)
    return Path(name).resolve() if name and owner.__module__.partition(".")[0] != "pydantic" else None


def shown(file: Path) -> str:
    """The path as seen from the working directory, where it is below it."""
    return str(file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file)


def _lines(node: ast.AST, prefix: str) -> Iterator[tuple[str, int]]:
    """Qualified names of classes and of what stands in them, with their lines; the last of a name counts."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield prefix + child.name, child.lineno
            yield from _lines(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + child.name, child.lineno
            yield from _lines(child, f"{prefix}{child.name}.<locals>.")
        elif isinstance(child, ast.AnnAssign | ast.Assign):
            targets = [child.target] if isinstance(child, ast.AnnAssign) else child.targets
            yield from ((prefix + target.id, child.lineno) for target in targets if isinstance(target, ast.Name))
        elif isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
            yield from _lines(child, prefix)
