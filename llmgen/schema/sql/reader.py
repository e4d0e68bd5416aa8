"""Reads a schema from SQL DDL (PostgreSQL): every table, and every clause that was not understood by name."""

from collections.abc import Callable
from pathlib import Path

from llmgen.errors import InputError
from llmgen.schema.files import read_text
from llmgen.schema.model import Dialect, Ignored, Schema
from llmgen.schema.sql.alter import alter, comment, drop
from llmgen.schema.sql.create import create
from llmgen.schema.sql.cursor import Cursor, Unreadable
from llmgen.schema.sql.draft import PUBLIC, Catalog
from llmgen.schema.sql.finish import finish
from llmgen.schema.sql.tokens import MOST_TOKENS, Source, Token, statements

MOST_FAULTS = 10_000
"""Statements that may be passed over; more of them is no schema."""

_MEND = "mend the file; only PostgreSQL's DDL is read, as pg_dump --schema-only writes it"
_NO_DATA = "give the schema alone, as text: pg_dump --schema-only"
_QUIET = frozenset({
    "set", "reset", "select", "insert", "update", "delete", "copy", "merge", "with", "values", "table", "call",
    "grant", "revoke", "security", "reassign", "begin", "start", "commit", "rollback", "end", "abort", "savepoint",
    "release", "lock", "analyze", "vacuum", "truncate", "refresh", "reindex", "cluster", "checkpoint", "notify",
    "listen", "unlisten", "explain", "show", "discard", "load", "import", "prepare", "execute", "deallocate",
})  # fmt: skip
"""Statements that change no table's shape."""
_QUIET_IN_BODY = frozenset({"end", "exception", "null", "raise", "perform"})


def read_schema(path: Path) -> Schema:
    """The schema that a SQL file declares. InputError if the file is no text, or no table can be read from it."""
    return parse_schema(read_text(path, "SQL text", _NO_DATA), str(path))


def parse_schema(text: str, origin: str = "<text>", dialect: Dialect = "postgres") -> Schema:
    """The schema that SQL text declares. `origin` names the text in errors; InputError if no table can be read."""
    if dialect != "postgres":
        raise InputError(f"{origin}: SQL of {dialect} cannot be read", "only PostgreSQL's DDL is read from SQL files")
    source, catalog = Source(text), Catalog()
    for tokens in statements(source):
        _read(Cursor(source, tokens), catalog)
        if len(catalog.ignored) > MOST_FAULTS:
            raise InputError(f"{origin}: more than {MOST_FAULTS} statements could not be read", _MEND)
    schema = finish(catalog, dialect)
    if not schema.tables:
        raise _nothing(origin, schema.ignored)
    return schema


def _nothing(origin: str, ignored: tuple[Ignored, ...]) -> InputError:
    first = next((item for item in ignored if item.constrains), None)
    if first is None:
        return InputError(f"{origin}: no CREATE TABLE in it", "give PostgreSQL DDL, as pg_dump --schema-only writes it")
    message = f"{origin}:{first.line}: no table could be read; the first fault: {first.why}, in: {first.text}"
    return InputError(message, _MEND)


def _read(cursor: Cursor, catalog: Catalog) -> None:
    head = cursor.next.text if cursor.next.kind == "word" else ""
    try:
        if head in _READERS:
            if len(cursor.tokens) > MOST_TOKENS:
                raise Unreadable("the statement is too long to be read")
            _READERS[head](cursor, catalog)
        elif head not in _QUIET:
            raise Unreadable("the statement is not understood")
    except Unreadable as loss:
        catalog.ignore(cursor, loss.why, loss.constrains)


def _set(cursor: Cursor, catalog: Catalog) -> None:
    """SET search_path: where unqualified names go from here on."""
    cursor.expect("set")
    if not (cursor.take("session") or cursor.take("local")):
        cursor.take("session")
    if cursor.take("search_path") and (cursor.take("=") or cursor.take("to")):
        _search(catalog, [item.next for item in cursor.items()])


def _select(cursor: Cursor, catalog: Catalog) -> None:
    """SELECT set_config('search_path', ...), which pg_dump writes, is a SET; no other SELECT matters."""
    if cursor.take("select", "pg_catalog", ".", "set_config") or cursor.take("select", "set_config"):
        values = [item.next for item in cursor.group().items()]
        if len(values) > 1 and values[0].text == "search_path":
            _search(catalog, [Token("word", part.strip(), 0, 0) for part in values[1].text.split(",")])


def _search(catalog: Catalog, schemas: list[Token]) -> None:
    names = tuple(token.text for token in schemas if token.text not in ("", "$user", "pg_catalog", "default"))
    catalog.path = names or (PUBLIC,)


def _do(cursor: Cursor, catalog: Catalog) -> None:
    """DO: the CREATE and ALTER statements of a plain body (often IF NOT EXISTS or EXCEPTION around them) are read."""
    body = next((token for token in cursor.tokens if token.kind == "string"), None)
    if body is None or cursor.source.text[body.start] != "$":
        raise Unreadable("the body of DO is not understood")
    tag = cursor.source.text.index("$", body.start + 1) + 1 - body.start
    understood, declaring = True, cursor.source.text[body.start + tag : body.end].lstrip()[:7].lower() == "declare"
    for tokens in statements(cursor.source, body.start + tag, body.end - tag):
        words = [token.text if token.kind == "word" else "" for token in tokens]
        declaring = declaring and "begin" not in words
        if declaring:
            continue
        if words[0] == "exception":
            break
        begin = max((words.index(word) + 1 for word in ("begin", "then") if word in words), default=0)
        head = words[begin] if begin < len(words) else ""
        if head in ("create", "alter", "comment"):
            _read(Cursor(cursor.source, tokens[begin:]), catalog)
        elif head not in _QUIET_IN_BODY and head not in _QUIET:
            understood = False
    if not understood:
        raise Unreadable("not all of the body of DO is understood")


_READERS: dict[str, Callable[[Cursor, Catalog], None]] = {
    "create": create,
    "alter": alter,
    "drop": drop,
    "comment": comment,
    "set": _set,
    "select": _select,
    "do": _do,
}
