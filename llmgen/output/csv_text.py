"""CSV as RFC 4180 has it, with NULL (an empty bare cell) apart from the empty text (an empty quoted one).

The csv module of Python 3.11 cannot tell the two apart, neither writing nor reading.
"""

import re
from collections.abc import Iterator, Sequence

_NEEDS_QUOTES = re.compile(r'[",\r\n]|^\s|\s$|^$|^\\\.$')  # a bare \. would end the data for PostgreSQL's COPY
_CELL = re.compile(r'(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r?\n|\Z)')


def csv_line(cells: Sequence[str | None]) -> str:
    """One record with its line end; None is NULL."""
    return ",".join(_cell(cell) for cell in cells) + "\n"


def read_csv(text: str) -> Iterator[tuple[int, list[str | None] | str]]:
    """Each record as (its first line, its cells), or (line, why it is none); reading goes on at the next line."""
    place, line = 0, 1
    cells: list[str | None] = []
    start = line
    while place < len(text) or cells:
        found = _CELL.match(text, place)
        if found is None:
            yield start, "a quote that is not closed, or text beside a quoted cell"
            place, line, cells = (text.find("\n", place) + 1 or len(text)), line + 1, []
            start = line
            continue
        quoted, bare, end = found.groups()
        cells.append(bare or None if quoted is None else quoted.replace('""', '"'))
        line += text.count("\n", place, found.end())
        place = found.end()
        if end != ",":
            yield start, cells
            cells, start = [], line


def _cell(cell: str | None) -> str:
    if cell is None:
        return ""
    return '"' + cell.replace('"', '""') + '"' if _NEEDS_QUOTES.search(cell) else cell
