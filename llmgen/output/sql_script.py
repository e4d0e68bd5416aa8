"""One SQL script that grows part by part: INSERTs in the order that loads, late keys, sequences, COMMIT."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from llmgen.output.layout import Part
from llmgen.output.manifest import TableFile
from llmgen.output.sinks import HashedFile
from llmgen.output.sql_frame import Frame
from llmgen.schema.model import Column, Table

_SEPARATOR = 2
"""Characters that end the row before, with which a part begins: a comma or semicolon, and the line end."""
_PIECE = 1 << 20


class Script:
    """The script at `path`. `columns` are those that each table is written with, `title` its first comment lines."""

    def __init__(self, path: Path, frame: Frame, columns: Mapping[str, Sequence[Column]], title: str) -> None:
        self._file = HashedFile(path)
        self._late = tempfile.TemporaryFile(dir=path.parent)  # noqa: SIM115 (closed with the script)
        self._frame = frame
        self._columns = columns
        self._sequences: list[str] = []
        self._highest: dict[str, int] = {}
        self._filled = False
        self._ahead = 0  # tables with rows of the statement that is open
        self._put("".join(f"-- {line}\n" for line in title.splitlines()) + frame.begin())

    def begin(self, table: Table) -> None:
        """Start the table."""
        self._filled = False
        self._highest = {}

    def append(self, table: Table, part: Part) -> None:
        """Write rows of the table that was begun."""
        if not part.rows:
            return
        with part.content() as body:
            if self._filled:
                self._file.write(body)
            else:
                self._filled = True
                self._put(self._before(table))
                starts_statement = bytes(memoryview(body)[:1]) == b";"
                self._put("" if starts_statement else self._frame.head(table, self._columns[table.name]))
                self._file.write(memoryview(body)[_SEPARATOR:])
        self._late.write(part.late)
        for name, key in part.highest.items():
            self._highest[name] = max(key, self._highest.get(name, key))

    def end(self, table: Table) -> None:
        """End the table's last statement."""
        group = self._group(table)
        if self._filled and table.name == group[-1]:
            self._put(";\n")
        elif table.name == group[-1] and self._ahead:
            self._put("\n)\nSELECT 1;\n")
        if table.name == group[-1]:
            self._ahead = 0
        if self._filled and table.name in self._frame.unchecked:
            self._put("SET foreign_key_checks = 1;\n")
        self._sequences.append(self._frame.sequences(table, self._highest))

    def finish(self) -> dict[str, TableFile]:
        """End the script; the file by table."""
        self._late.seek(0)
        while piece := self._late.read(_PIECE):
            self._file.write(piece)
        self._put("".join(self._sequences) + self._frame.end())
        self.close()
        return dict.fromkeys(self._columns, self._file.made())

    def close(self) -> None:
        """Close what is open."""
        self._late.close()
        self._file.close()

    def _before(self, table: Table) -> str:
        """What stands before the table's first INSERT: PostgreSQL checks keys after all parts of a statement."""
        unchecked = "SET foreign_key_checks = 0;\n" if table.name in self._frame.unchecked else ""
        group, ahead = self._group(table), self._ahead
        if len(group) == 1:
            return unchecked
        self._ahead += 1
        if table.name == group[-1]:
            return "\n)\n" if ahead else ""
        return f"\n),\npart_{ahead} AS (\n" if ahead else "WITH part_0 AS (\n"

    def _group(self, table: Table) -> tuple[str, ...]:
        return next(group for group in self._frame.groups if table.name in group)

    def _put(self, text: str) -> None:
        self._file.write(text.encode())
