"""SQLite's CREATE statements: what each declares, put into the catalog."""

from collections.abc import Callable

from llmgen.schema.sql.cursor import Cursor, Name, Unreadable
from llmgen.schema.sql.draft import PUBLIC, Catalog, DraftTable, FullName
from llmgen.schema.sql.sqlite_constraints import elements, read_body, unique_of
from llmgen.schema.sql.sqlite_expressions import read
from llmgen.schema.sql.tokens import Source, statements

_MODIFIERS = frozenset({"temp", "temporary", "unique"})
_TEMPORARY = "temp"
SYSTEM = "sqlite_"
"""How the names of SQLite's own tables begin."""
_SHADOWS: dict[str, tuple[str, ...]] = {
    "fts3": ("content", "segments", "segdir"),
    "fts4": ("content", "segments", "segdir", "docsize", "stat"),
    "fts5": ("data", "idx", "content", "docsize", "config"),
    "rtree": ("node", "rowid", "parent"),
    "rtree_i32": ("node", "rowid", "parent"),
    "geopoly": ("node", "rowid", "parent"),
    "spellfix1": ("vocab",),
    "vec0": (
        "info", "chunks", "rowids", "auxiliary", *(f"vector_chunks{number:02}" for number in range(16)),
        *(f"metadata{kind}{number:02}" for kind in ("chunks", "text") for number in range(16)),
    ),
}  # fmt: skip
"""The tables in which the modules of virtual tables keep their rows, by what is added to the virtual table's name."""


def create(cursor: Cursor, catalog: Catalog) -> None:
    """CREATE anything: hands over to what reads that kind of object."""
    cursor.expect("create")
    modifiers = set()
    while cursor.at_any(_MODIFIERS):
        modifiers.add(cursor.word())
    kind = cursor.word()
    if kind not in _KINDS:
        raise Unreadable(f"CREATE {kind.upper()} is not understood")
    _KINDS[kind](cursor, catalog, modifiers)


def home(name: Name) -> FullName:
    """The database (the public schema for the main one) and the name by which the catalog keeps it."""
    schema = (name[0] or "main").lower()
    return (PUBLIC if schema == "main" else _TEMPORARY if schema == "temporary" else schema, name[1].lower())


def known(catalog: Catalog, name: Name) -> DraftTable:
    """The table that a name means. Raises Unreadable; what constrains nothing if the name means no table's rows."""
    key = home(name)
    found = catalog.tables.get(key) or (catalog.table((None, key[1])) if name[0] is None else None)
    if found is not None:
        return found
    aside = key in catalog.views or (name[0] is None and (_TEMPORARY, key[1]) in catalog.views)
    aside = aside or key[0] == _TEMPORARY or key[1].startswith(SYSTEM)
    raise Unreadable(f"{name[1]} is no table of its own" if aside else f"there is no table {name[1]}", not aside)


def _table(cursor: Cursor, catalog: Catalog, modifiers: set[str]) -> None:
    repeatable = cursor.take("if", "not", "exists")
    name = cursor.qualified()
    key = home((_TEMPORARY if modifiers else name[0], name[1]))
    if key[1].startswith(SYSTEM):
        return
    if key in catalog.views:
        raise Unreadable(f"{name[1]} belongs to a virtual table, or is a view", constrains=False)
    if key[0] == _TEMPORARY:
        catalog.views.add(key)
        raise Unreadable("a temporary table", constrains=False)
    if key in catalog.tables:
        raise Unreadable(f"table {name[1]} is declared already", constrains=not repeatable)
    table = DraftTable((key[0], name[1]), cursor.ignored("a part of another table"), insensitive=True)
    if not cursor.at("("):
        raise Unreadable("the columns of the table are not written here")
    body = cursor.group()
    numbered = _options(cursor)
    read_body(body, table)
    if not table.columns:
        raise Unreadable("no column of the table could be read")
    if not numbered:
        for column in table.columns.values():
            column.generated = "" if column.generated == "identity" else column.generated
    catalog.tables[key] = table


def _options(cursor: Cursor) -> bool:
    """Whether the table's rows have numbers that an INTEGER PRIMARY KEY stands for; Unreadable for unknown options."""
    numbered = True
    for option in cursor.items():
        if option.take("without", "rowid"):
            numbered = False
        else:
            option.take("strict")
        if not option.done:
            raise Unreadable(f"{option.next.text!r} is not understood")
    return numbered


def _virtual(cursor: Cursor, catalog: Catalog, modifiers: set[str]) -> None:
    """Notes a virtual table, and the shadow tables that its module makes, wherever they are declared."""
    cursor.expect("table")
    cursor.take("if", "not", "exists")
    database, bare = home(cursor.qualified())
    cursor.expect("using")
    shadows = _SHADOWS.get(cursor.name().lower(), ())
    elsewhere = any(item.at("content", "=") for item in (cursor.group().items() if cursor.at("(") else ()))
    for key in [(database, bare), *((database, f"{bare}_{part}") for part in shadows)]:
        if not (elsewhere and key[1] == f"{bare}_content"):
            catalog.views.add(key)
            catalog.tables.pop(key, None)
    raise Unreadable("a virtual table: its rows are its module's", constrains=False)


def insert(cursor: Cursor, catalog: Catalog) -> None:
    """INSERT INTO sqlite_schema is how a dump declares a virtual table; all other rows are passed over."""
    if not (cursor.take("insert", "into", "sqlite_schema") or cursor.take("insert", "into", "sqlite_master")):
        return
    for token in cursor.tokens:
        if token.kind == "string" and token.text[:15].lower() == "create virtual ":
            source = Source(token.text, cursor.source.spelling)
            create(Cursor(source, next(statements(source))), catalog)


def _view(cursor: Cursor, catalog: Catalog, modifiers: set[str]) -> None:
    cursor.take("if", "not", "exists")
    catalog.views.add(home(cursor.qualified()))
    raise Unreadable("a view holds no rows of its own", constrains=False)


def _index(cursor: Cursor, catalog: Catalog, modifiers: set[str]) -> None:
    if "unique" not in modifiers:
        return
    cursor.take("if", "not", "exists")
    name = cursor.qualified()
    cursor.expect("on")
    table = known(catalog, (name[0], cursor.name()))
    parts = elements(cursor.group(), table)
    where = read(cursor.rest(), table) if cursor.take("where") else None
    if not cursor.done:
        raise Unreadable(f"{cursor.next.text!r} is not understood")
    table.uniques.append(unique_of(parts, name[1], where))
    catalog.indexes[name[1].lower()] = home(table.name)


def _trigger(cursor: Cursor, catalog: Catalog, modifiers: set[str]) -> None:
    """Notes the trigger with its table, as it is dropped with it; without AFTER it acts before rows are written."""
    if modifiers:
        raise Unreadable("a temporary trigger", constrains=False)
    clause = Cursor(cursor.source, cursor.tokens)
    cursor.take("if", "not", "exists")
    name = cursor.qualified()
    instead, after = cursor.take("instead", "of"), cursor.take("after")
    cursor.take("before")
    deletes = cursor.at("delete")
    cursor.take_until("on", least=1)
    cursor.expect("on")
    raises = any(token.text == "raise" and token.kind == "word" for token in cursor.tokens[cursor.position :])
    if instead:
        raise Unreadable("a trigger may change or refuse rows")
    table = known(catalog, (name[0], cursor.name()))
    if deletes:
        loss = clause.ignored("a trigger on DELETE meets no rows that are written", constrains=False)
    elif after and not raises:
        loss = clause.ignored("a trigger acts after rows are written", constrains=False)
    else:
        loss = clause.ignored("a trigger may change or refuse rows")
    table.triggers[name[1].lower()] = loss
    catalog.indexes[trigger_key(name)] = home(table.name)


def trigger_key(name: Name) -> str:
    """Where the catalog keeps a trigger's table, beside those of indexes."""
    return f"trigger {name[1].lower()}"


_KINDS: dict[str, Callable[[Cursor, Catalog, set[str]], None]] = {
    "table": _table,
    "virtual": _virtual,
    "index": _index,
    "trigger": _trigger,
    "view": _view,
}
