"""SQLite's catalog into drafts: what PRAGMAs say, and from its SQL what stands nowhere else."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

from llmgen.connect import database_errors, database_file
from llmgen.errors import DatabaseError
from llmgen.schema.live.drafts import clause, cursor_of
from llmgen.schema.model import ColumnType, Generated, Ignored
from llmgen.schema.sql.cursor import Unreadable
from llmgen.schema.sql.draft import PUBLIC, Catalog, DraftColumn, DraftKey, DraftTable
from llmgen.schema.sql.reader import read_statement
from llmgen.schema.sql.spelling import SQLITE
from llmgen.schema.sql.sqlite_constraints import indexed, type_words, unique_of
from llmgen.schema.sql.sqlite_create import SYSTEM
from llmgen.schema.sql.sqlite_expressions import default_of
from llmgen.schema.sql.sqlite_types import column_type

_MAIN = "main"
_WAIT_SECONDS = 2
_GENERATED: dict[int, Generated] = {2: "virtual", 3: "stored"}
_SHARED, _AS_IT_LIES = "mode=ro", "mode=ro&immutable=1"
_UNWRITABLE = "SQLITE_READONLY"
_UNREACHED = ("SQLITE_BUSY", "SQLITE_CANTOPEN", _UNWRITABLE)
"""What SQLite says of a file that another holds, or whose folder it may not write."""
_RECOVER = "open it once with its own program or SQLite's shell: that takes back what is half written"

_OBJECTS = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type <> 'table', rowid"
_COLUMNS = 'SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?) ORDER BY cid'
_INDEXES = 'SELECT name, origin, partial FROM pragma_index_list(?) WHERE "unique" ORDER BY seq DESC'
_MEMBERS = "SELECT cid, name, coll FROM pragma_index_xinfo(?) WHERE key ORDER BY seqno"
_KEYS = 'SELECT id, "table", "from", "to", on_delete FROM pragma_foreign_key_list(?) ORDER BY id DESC, seq'


def read(url: str, schemas: Sequence[str]) -> Catalog:
    """The tables of the file at a URL, opened so that nothing is written, whoever else uses it."""
    catalog = Catalog(spelling=SQLITE)
    if schemas and _MAIN not in schemas:
        return catalog
    with database_errors(url, sqlite3.Error), _opened(database_file(url)) as connection:
        objects = connection.execute(_OBJECTS).fetchall()
        written = _written(sql for _, _, sql in objects)
        catalog.ignored = [_unplaced(loss) for loss in written.ignored]
        for kind, name, _ in objects:
            key = (PUBLIC, name.lower())
            if kind == "table" and key not in written.views and not key[1].startswith(SYSTEM):
                catalog.tables[key] = _table(connection, name, written.tables.get(key))
    return catalog


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection in one transaction.

    A file that another holds for itself, or whose folder SQLite may not write, is read as it lies there, if no journal
    beside it shows that somebody is writing. So is one in WAL mode that nobody uses: SQLite would leave files there.
    """
    log = Path(f"{file}-wal")
    settled = not (_size(log) or _size(Path(f"{file}-journal")))
    try:
        connection = _connection(file, _AS_IT_LIES if _is_wal(file) and not log.exists() else _SHARED)
    except sqlite3.OperationalError as error:
        said = getattr(error, "sqlite_errorname", "")
        if not settled and said.startswith(_UNWRITABLE):
            raise DatabaseError(f"SQLite file {file}: whoever wrote it last was cut off", _RECOVER) from error
        if not settled or not said.startswith(_UNREACHED):
            raise
        connection = _connection(file, _AS_IT_LIES)
    with closing(connection):
        yield connection


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _is_wal(file: Path) -> bool:
    """Whether a write-ahead log is kept of the file, as its header says."""
    try:
        with file.open("rb") as opened:
            return opened.read(20)[18:] == b"\2\2"
    except OSError:  # SQLite will say so
        return False


def _connection(file: Path, options: str) -> sqlite3.Connection:
    uri = f"file:{quote(str(file.absolute()))}?{options}"
    connection = sqlite3.connect(uri, uri=True, timeout=_WAIT_SECONDS, isolation_level=None)
    try:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _written(statements: Iterable[str]) -> Catalog:
    """What the SQL of the file's objects says."""
    catalog = Catalog(spelling=SQLITE)
    for sql in statements:
        read_statement(cursor_of(sql, "sqlite"), catalog)
    return catalog


def _unplaced(loss: Ignored) -> Ignored:
    return replace(loss, line=0)


def _table(connection: sqlite3.Connection, name: str, written: DraftTable | None) -> DraftTable:
    table = DraftTable((PUBLIC, name), clause((_MAIN, name), ""), insensitive=True)
    if written is None:
        table.losses.append(clause((_MAIN, name), "CHECKs and collations", "the table's SQL could not be read"))
        written = DraftTable(table.name, table.clause)
    indexes = connection.execute(_INDEXES, (name,)).fetchall()
    numbered = all(origin != "pk" for _, origin, _ in indexes)
    _columns(connection, table, written, numbered)
    for index, origin, partial in indexes:
        _unique(connection.execute(_MEMBERS, (index,)).fetchall(), table, (index, origin, partial), written)
    _foreign_keys(connection, table, written)
    table.checks = written.checks
    table.losses += map(_unplaced, written.losses)
    table.triggers = {trigger: _unplaced(loss) for trigger, loss in written.triggers.items()}
    return table


def _columns(connection: sqlite3.Connection, table: DraftTable, written: DraftTable, numbered: bool) -> None:
    """The columns and the primary key; a table without rowid, or whose key is not its rowid, has an index for it."""
    keys: dict[int, DraftColumn] = {}
    for name, declared, not_null, default, key, hidden in connection.execute(_COLUMNS, (table.name[1],)):
        type_ = _type(declared)
        column = DraftColumn(name, type_, not not_null, generated=_GENERATED.get(hidden, ""))
        said = written.columns.get(name)
        if said is not None and isinstance(said.type, ColumnType):
            checked = said.type.kind == "json"  # only the SQL has the check that makes a text JSON
            column.type = said.type if checked else replace(type_, folds=said.type.folds)
            column.expression = said.expression
        if default is not None:
            column.default = _default(default)
        table.columns[name] = column
        if key:
            keys[key] = column
    table.primary_key = tuple(column.name for _, column in sorted(keys.items()))
    if len(keys) == 1 and numbered:
        keys[1].generated = "identity"


def _type(declared: str) -> ColumnType:
    try:
        return column_type(type_words(cursor_of(declared, "sqlite")))  # SQLite keeps comments in it
    except Unreadable:
        return column_type(declared)


def _default(text: str) -> str | None:
    try:
        return default_of(cursor_of(text, "sqlite"))
    except Unreadable:
        return text


def _unique(
    members: list[tuple[int, str, str]], table: DraftTable, index: tuple[str, str, int], written: DraftTable
) -> None:
    """A unique index: of columns as SQLite counts them, else (partial, of expressions) as its SQL says."""
    name, origin, partial = index
    if partial or any(place < 0 for place, _, _ in members):
        table.uniques += [unique for unique in written.uniques if unique.name == name]
        return
    parts = [indexed(table.column(column), collation.lower()) for _, column, collation in members]
    if origin != "pk" or any(part.expression for part in parts):
        table.uniques.append(unique_of(parts, name if origin == "c" else ""))


def _foreign_keys(connection: sqlite3.Connection, table: DraftTable, written: DraftTable) -> None:
    """The foreign keys; whether one can wait stands only in the SQL."""
    waiting = {_said(key) for key in written.foreign_keys if key.deferrable}
    for _, rows in groupby(connection.execute(_KEYS, (table.name[1],)), key=lambda row: row[0]):
        pairs = [row[1:] for row in rows]
        target, on_delete = pairs[0][0], pairs[0][3].lower()
        columns = tuple(column for _, column, _, _ in pairs)
        referenced = tuple(column for _, _, column, _ in pairs if column is not None)
        said = f"FOREIGN KEY ({', '.join(columns)}) REFERENCES {target}"
        loss = clause((_MAIN, table.name[1]), said, f"its target {target} is not in this schema")
        key = DraftKey(columns, (None, target), referenced, on_delete, False, "", loss)
        key.deferrable = _said(key) in waiting
        table.foreign_keys.append(key)


def _said(key: DraftKey) -> str:
    """What a foreign key says but for whether it can wait."""
    return str((key.columns, key.target[1], key.referenced, key.on_delete)).lower()
