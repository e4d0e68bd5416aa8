"""PostgreSQL's statements: what each of them means for the catalog."""

from collections.abc import Callable, Mapping

from llmgen.schema.sql.alter import alter, comment
from llmgen.schema.sql.create import create
from llmgen.schema.sql.cursor import Cursor, Unreadable
from llmgen.schema.sql.draft import PUBLIC, Catalog
from llmgen.schema.sql.drop import drop
from llmgen.schema.sql.tokens import Token, statements

QUIET = frozenset({
    "set", "reset", "select", "insert", "update", "delete", "copy", "merge", "with", "values", "table", "call",
    "grant", "revoke", "security", "reassign", "begin", "start", "commit", "rollback", "end", "abort", "savepoint",
    "release", "lock", "analyze", "vacuum", "truncate", "refresh", "reindex", "cluster", "checkpoint", "notify",
    "listen", "unlisten", "explain", "show", "discard", "load", "import", "prepare", "execute", "deallocate",
})  # fmt: skip
"""Statements that change no table's shape."""
_QUIET_IN_BODY = frozenset({"end", "exception", "null", "raise", "perform"})


def _set(cursor: Cursor, catalog: Catalog) -> None:
    """SET search_path or SET SCHEMA: where unqualified names go from here on."""
    cursor.expect("set")
    if not (cursor.take("session") or cursor.take("local")):
        cursor.take("session")
    if cursor.take("schema") or (cursor.take("search_path") and (cursor.take("=") or cursor.take("to"))):
        _search(catalog, [item.next for item in cursor.items()])


def _reset(cursor: Cursor, catalog: Catalog) -> None:
    """RESET search_path."""
    cursor.expect("reset")
    if cursor.take("search_path") or cursor.take("all"):
        _search(catalog, [])


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
            _nested(Cursor(cursor.source, tokens[begin:]), catalog)
        elif head not in _QUIET_IN_BODY and head not in QUIET:
            understood = False
    if not understood:
        raise Unreadable("not all of the body of DO is understood")


def _nested(cursor: Cursor, catalog: Catalog) -> None:
    try:
        READERS[cursor.next.text](cursor, catalog)
    except Unreadable as loss:
        catalog.ignore(cursor, loss.why, loss.constrains)


READERS: Mapping[str, Callable[[Cursor, Catalog], None]] = {
    "create": create,
    "alter": alter,
    "drop": drop,
    "comment": comment,
    "set": _set,
    "reset": _reset,
    "select": _select,
    "do": _do,
}
