"""Files that grow part by part: one a table, hashed while they are written."""

import hashlib
from pathlib import Path
from typing import Any

from llmgen.output.csv_stream import csv_header
from llmgen.output.file_names import file_names
from llmgen.output.layout import Layout, Part
from llmgen.output.manifest import TableFile
from llmgen.output.parquet_stream import append_parquet, open_parquet
from llmgen.schema.model import Table


class HashedFile:
    """A new file of bytes, and their SHA-256."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._hash = hashlib.sha256()

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._file.closed

    def write(self, content: Any) -> int:
        """Append the bytes."""
        self._hash.update(content)
        return self._file.write(content)

    def flush(self) -> None:
        """Give the operating system all that was written."""
        self._file.flush()

    def close(self) -> None:
        """Close the file, which may find the disk full."""
        self._file.close()

    def made(self) -> TableFile:
        """The name and hash of the file."""
        return TableFile(Path(self._file.name).name, self._hash.hexdigest())


class TableFiles:
    """JSON lines, CSV or Parquet in a folder, one table after the other."""

    def __init__(self, folder: Path, layout: Layout) -> None:
        self._folder = folder
        self._names = file_names([name for name in layout.schema.by_name if name in layout.columns], layout.format)
        self._layout = layout
        self._file: HashedFile | None = None
        self._parquet: Any = None
        self._files: dict[str, TableFile] = {}

    def begin(self, table: Table) -> None:
        """Start the table's file."""
        format, columns = self._layout.format, self._layout.written(table)
        self._file = HashedFile(self._folder / self._names[table.name])
        if format == "parquet":
            self._parquet = open_parquet(self._file, columns)
        elif format == "csv":
            self._file.write(csv_header(columns))

    def append(self, table: Table, part: Part) -> None:
        """Write rows of the table that was begun."""
        with part.content() as body:
            if self._parquet is not None:
                append_parquet(self._parquet, body)
            elif self._file is not None:
                self._file.write(body)

    def end(self, table: Table) -> None:
        """Close the table's file."""
        self.close()
        if self._file is not None:
            self._files[table.name] = self._file.made()

    def finish(self) -> dict[str, TableFile]:
        """The files by table."""
        return self._files

    def close(self) -> None:
        """Close what is open."""
        parquet, self._parquet = self._parquet, None
        try:
            if parquet is not None:
                parquet.close()
        finally:
            if self._file is not None:
                self._file.close()
