"""A dataset as SQL for PostgreSQL: one transaction of INSERTs that loads with every constraint on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from llmgen.dataset import Dataset, Values
from llmgen.errors import DataError
from llmgen.output.cells import cell_form, written_columns
from llmgen.output.order import Edge, late_columns, load_order, parents_first
from llmgen.schema.forms import encode_text
from llmgen.schema.model import Column, Schema, Table

CHUNK = 100
"""Rows of one INSERT."""

_BARE_KINDS = ("integer", "decimal", "float", "boolean")
# The sequence of a column that does not own it, out of its default: nextval('name'::regclass).
_NAMED_BY_DEFAULT = """
    SELECT replace(substring(pg_get_expr(adbin, adrelid) FROM 'nextval[(]''(.*)''::regclass'), '''''', '''')
    FROM pg_attrdef JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum"""


def write_sql(path: Path, schema: Schema, dataset: Dataset, header: str = "") -> None:
    """Write the script; `header` becomes its first comment lines. Raises DataError for a value that SQL cannot say.

    A column that a row lacks gets the database's default. The script stops at the first error in psql only when that
    runs with ON_ERROR_STOP, but commits nothing in either case.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        _write(file, schema, dataset, header)


def identifier(name: str) -> str:
    """A name in quotes, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def qualified(table: Table) -> str:
    """The table's name in quotes, with its database schema where it has one."""
    bare = identifier(table.bare_name)
    return f"{identifier(table.schema)}.{bare}" if table.schema else bare


def literal(table: Table, column: Column, value: Any) -> str:
    """A cell as a literal that is read the same under any setting of the server."""
    text: str | None = cell_form(encode_text, table, column, value)
    if text is None:
        return "NULL"
    if column.type.kind in _BARE_KINDS:
        return text
    return _quoted(text, f"{table.name}.{column.name}")


@dataclass(frozen=True)
class _Cycles:
    """How the foreign keys that no order can honour are loaded all the same."""

    late: tuple[Edge, ...]  # NULL first, filled by UPDATE
    deferred: bool  # checked at COMMIT
    statements: tuple[tuple[str, ...], ...]  # the tables in order; those of one tuple need one statement


def _write(file: IO[str], schema: Schema, dataset: Dataset, header: str) -> None:
    cycles = _cycles(schema, dataset)
    file.writelines(f"-- {line}\n" for line in header.splitlines())
    file.write("SET client_encoding = 'UTF8';\nBEGIN;\n")
    if cycles.deferred:
        file.write("SET CONSTRAINTS ALL DEFERRED;\n")
    for names in cycles.statements:
        tables = [schema.table(name) for name in names if dataset.rows[name]]
        if len(tables) > 1:
            file.write(_one_statement(tables, dataset, cycles.late))
        else:
            for table in tables:
                file.writelines(_inserts(table, dataset.rows[table.name], _empty_at_first(table, cycles.late)))
    for edge in cycles.late:
        file.writelines(_updates(schema.table(edge.table), edge, dataset.rows[edge.table]))
    for names in cycles.statements:
        for name in names:
            file.writelines(_sequences(schema.table(name), dataset.rows[name]))
    file.write("COMMIT;\n")


def _cycles(schema: Schema, dataset: Dataset) -> _Cycles:
    order, broken = load_order(schema, dataset.rows)
    late = [edge for edge in broken if not edge.key.deferrable and late_columns(schema.table(edge.table), edge.key)]
    hard = [edge for edge in broken if not edge.key.deferrable and edge not in late]
    statements: list[tuple[str, ...]] = []
    for ordinal, name in enumerate(order):
        before = order[:ordinal]
        if any(edge.table in before and edge.key.table in order[ordinal:] for edge in hard):
            statements[-1] += (name,)
        else:
            statements.append((name,))
    deferred = any(edge.key.deferrable for edge in broken)
    return _Cycles(tuple(late), deferred, tuple(statements))


def _empty_at_first(table: Table, late: Sequence[Edge]) -> set[str]:
    return {name for edge in late if edge.table == table.name for name in late_columns(table, edge.key)}


def _inserts(table: Table, rows: Sequence[Values], empty: set[str]) -> Iterator[str]:
    columns = [table.column(name) for name in written_columns(table, rows)]
    ordered, possible = parents_first(table, rows)
    # Rows that refer to each other in a circle load in one statement: keys are checked at its end.
    size = CHUNK if possible else len(rows)
    for start in range(0, len(ordered), size):
        yield _insert(table, columns, ordered[start : start + size], empty) + ";\n"


def _insert(table: Table, columns: Sequence[Column], rows: Sequence[Values], empty: set[str]) -> str:
    if not columns:
        return ";\n".join(f"INSERT INTO {qualified(table)} DEFAULT VALUES" for _ in rows)
    names = ", ".join(identifier(column.name) for column in columns)
    override = " OVERRIDING SYSTEM VALUE" if any(column.generated == "identity-always" for column in columns) else ""
    lines = ",\n".join(f"  ({', '.join(_cell(table, column, row, empty) for column in columns)})" for row in rows)
    return f"INSERT INTO {qualified(table)} ({names}){override} VALUES\n{lines}"


def _cell(table: Table, column: Column, row: Values, empty: set[str]) -> str:
    if column.name in empty:
        return "NULL"
    return literal(table, column, row[column.name]) if column.name in row else "DEFAULT"


def _one_statement(tables: Sequence[Table], dataset: Dataset, late: Sequence[Edge]) -> str:
    """INSERTs into tables that refer to each other without an end, as one statement with data-modifying CTEs.

    PostgreSQL checks keys at the end of a statement, after all of its parts.
    """
    parts = []
    for table in tables:
        rows = dataset.rows[table.name]
        columns = [table.column(name) for name in written_columns(table, rows)]
        parts.append(_insert(table, columns, rows, _empty_at_first(table, late)))
    first = ",\n".join(f"part_{ordinal} AS (\n{part}\n)" for ordinal, part in enumerate(parts[:-1]))
    return f"WITH {first}\n{parts[-1]};\n"


def _updates(table: Table, edge: Edge, rows: Sequence[Values]) -> Iterator[str]:
    names = late_columns(table, edge.key)
    for row in rows:
        filled = [name for name in names if row.get(name) is not None]
        if filled:
            yield f"UPDATE {qualified(table)} SET {_equal(table, filled, row, ', ')} "
            yield f"WHERE {_equal(table, table.primary_key, row, ' AND ')};\n"


def _equal(table: Table, names: Sequence[str], row: Values, between: str) -> str:
    return between.join(f"{identifier(name)} = {literal(table, table.column(name), row.get(name))}" for name in names)


def _sequences(table: Table, rows: Sequence[Values]) -> Iterator[str]:
    """Moves each sequence behind the keys that were written, never back, so that the next INSERT finds a free one."""
    for column in table.columns:
        if column.generated not in ("identity", "identity-always") or column.type.kind != "integer":
            continue
        highest = max((row[column.name] for row in rows if row.get(column.name) is not None), default=0)
        if highest < 1:
            continue
        name, key = _quoted(qualified(table), table.name), _quoted(column.name, table.name)
        yield (
            f"SELECT setval(sequence, greatest({highest}, pg_sequence_last_value(sequence))) FROM (\n"
            f"  SELECT coalesce(pg_get_serial_sequence({name}, {key}), ({_NAMED_BY_DEFAULT}\n"
            f"    WHERE adrelid = {name}::regclass AND attname = {key}))::regclass AS sequence\n"
            ") AS found WHERE sequence IS NOT NULL;\n"
        )


def _quoted(text: str, where: str) -> str:
    if "\x00" in text:
        raise DataError(f"{where} holds a NUL character, which PostgreSQL cannot store", "mend the value")
    doubled = text.replace("'", "''")
    # E'' says the same whatever standard_conforming_strings is, and keeps a \r that text files may lose.
    escaped = doubled.replace("\\", "\\\\").replace("\r", "\\r")
    return f"'{doubled}'" if escaped == doubled else f"E'{escaped}'"
