"""Rows that every dataset must hold: read from a file, given first row numbers, kept apart from what is drawn."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from llmgen.dataset import Values
from llmgen.errors import InputError
from llmgen.schema.forms import BadCell, decode
from llmgen.schema.model import Schema, Table
from llmgen.volume.request import Fixed

_HINT = "write table: {name: {column: value}}; a reference may be the name of a row in this file (docs/generate.md)"


def read_fixed(path: Path, schema: Schema) -> dict[str, tuple[Fixed, ...]]:
    """The fixed rows of a YAML file by table, in its order. InputError, naming the place, for what cannot be used."""
    import yaml

    from llmgen.scenario import LOADER

    try:
        text = path.read_text("utf-8")
        content = yaml.load(text, Loader=LOADER)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}", "name a file of rows") from error
    except (ValueError, yaml.YAMLError) as error:
        raise InputError(f"{path}: {error}".replace("\n", " "), _HINT) from error
    if not isinstance(content, Mapping):
        raise InputError(f"{path}: no tables", _HINT)
    for name, line in _twice(yaml.compose(text, Loader=LOADER)):
        raise InputError(f"{path}:{line}: {name} stands here a second time", "give each table, row and column once")
    found = {}
    for name, rows in content.items():
        if name not in schema.by_name:
            raise InputError(f"{path}: there is no table {name}", "see llmgen schema for the tables")
        listed = _named(rows, f"{path}: {name}")
        found[str(name)] = [(key, cells) for key, cells in listed.items()]
    names = {table: {key for key, _ in rows} for table, rows in found.items()}
    return {
        table: tuple(_fixed(schema.table(table), key, cells, names, f"{path}: {table}.{key}") for key, cells in rows)
        for table, rows in found.items()
    }


def _twice(node: Any) -> Iterator[tuple[str, int]]:
    """Keys that YAML would take the last of, with their lines, in the order of the file."""
    if not isinstance(node.value, list):
        return
    seen: set[str] = set()
    for entry in node.value:
        key, value = entry if isinstance(entry, tuple) else (None, entry)
        if key is not None and not isinstance(key.value, list):
            if key.value in seen and key.value != "<<":
                yield key.value, key.start_mark.line + 1
            seen.add(key.value)
        yield from _twice(value)


def _named(rows: object, where: str) -> dict[str, Mapping[str, Any]]:
    """The rows by name: those of a list are called by their place in it, from 1."""
    listed = {str(place): cells for place, cells in enumerate(rows, 1)} if isinstance(rows, list) else rows
    if not isinstance(listed, Mapping) or not all(isinstance(cells, Mapping) for cells in listed.values()):
        raise InputError(f"{where}: neither rows by name nor a list of rows", _HINT)
    return {str(name): cells for name, cells in listed.items()}


def _fixed(table: Table, name: str, cells: Mapping[str, Any], names: Mapping[str, set[str]], where: str) -> Fixed:
    values: Values = {}
    parents: dict[str, str] = {}
    targets = {key.columns[0]: key.table for key in table.foreign_keys if len(key.columns) == 1}
    for column_name, cell in cells.items():
        column = table.by_name.get(str(column_name))
        if column is None or not column.written:
            what = "no such column" if column is None else "a column that the database computes"
            raise InputError(f"{where}: {column_name}: {what}", f"the columns are {', '.join(table.by_name)}")
        if isinstance(cell, str) and cell in names.get(targets.get(column.name, ""), ()):
            parents[column.name] = cell
            continue
        try:
            values[column.name] = (
                None if cell is None else decode(column.type, _plain(cell), text=isinstance(cell, str))
            )
        except BadCell as bad:
            raise InputError(f"{where}: {column_name} must be {bad}", _HINT) from bad
        if cell is None and not column.nullable:
            raise InputError(f"{where}: {column_name} is not null", "give it a value, or leave it out")
    return Fixed(name, values, parents)


def _plain(cell: Any) -> Any:
    """Dates and moments, which YAML reads by itself, as text again."""
    return cell.isoformat() if hasattr(cell, "isoformat") else cell


def conflicting(uniques: Iterable[Sequence[str]], cells: Mapping[str, Any], fixed: Mapping[str, Any]) -> list[int]:
    """Places of rows that agree with a fixed row on the columns of one of the uniques.

    Both map columns to Arrow arrays. Text agrees whatever its case, NULL with nothing.
    """
    found: set[int] = set()
    for columns in uniques:
        taken = set(_tuples([fixed[name] for name in columns]))
        likely = _likely(cells[columns[0]], fixed[columns[0]])
        rows = _tuples([cells[name].take(likely) for name in columns])
        places = likely.to_pylist()
        found |= {place for place, row in zip(places, rows, strict=True) if row in taken and None not in row}
    return sorted(found)


def _likely(cells: Any, fixed: Any) -> Any:
    """Places of the cells that stand among the fixed ones, text whatever its case."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_string(cells.type):
        cells, fixed = pc.utf8_lower(cells), pc.utf8_lower(fixed)
    return pc.indices_nonzero(pc.is_in(cells, value_set=fixed))


def _tuples(columns: Sequence[Any]) -> list[tuple[Any, ...]]:
    listed = [[cell.lower() if isinstance(cell, str) else cell for cell in column.to_pylist()] for column in columns]
    return [tuple(row) for row in zip(*listed, strict=True)]
