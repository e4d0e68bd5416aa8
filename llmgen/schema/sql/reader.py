"""Reads a schema from SQL DDL: every table, and every clause that was not understood by name."""

from collections.abc import Iterable
from pathlib import Path

from llmgen.errors import InputError
from llmgen.schema.files import read_text
from llmgen.schema.model import Dialect, Ignored, Schema
from llmgen.schema.sql.cursor import SHOWN, Cursor, Unreadable
from llmgen.schema.sql.detect import detect
from llmgen.schema.sql.draft import Catalog
from llmgen.schema.sql.finish import finish
from llmgen.schema.sql.grammars import GRAMMARS
from llmgen.schema.sql.migrations import migrations
from llmgen.schema.sql.spelling import SPELLINGS
from llmgen.schema.sql.tokens import MOST_TOKENS, Source, statements

MOST_FAULTS = 10_000
"""Statements that may be passed over; more of them is no schema."""

_MEND = "mend the file, or name its dialect with --dialect postgres, mysql or sqlite"
_WHOLE = "give the whole file, or close what is open there"
_NO_DATA = "give the schema alone, as text: pg_dump --schema-only, mysqldump --no-data, sqlite3 FILE .schema"
_INCLUDES = ("\\i ", "\\ir ", "\\include ", "\\include_relative ", "\\. ", "source ", ".read ")


def read_schema(path: Path, dialect: Dialect | None = None) -> Schema:
    """The schema that a SQL file, or a folder of migrations in their order, declares.

    Without a dialect it is the one that the text looks like. InputError if a file is no text, or no table can be read.
    """
    if not path.is_dir():
        return _parse([("", read_text(path, "SQL text", _NO_DATA))], str(path), dialect)
    return _parse(migrations(path, _NO_DATA), str(path), dialect)


def parse_schema(text: str, origin: str = "<text>", dialect: Dialect | None = None) -> Schema:
    """The schema that SQL text declares. `origin` names the text in errors; InputError if no table can be read."""
    return _parse([("", text)], origin, dialect)


def _parse(texts: Iterable[tuple[str, str]], origin: str, dialect: Dialect | None) -> Schema:
    """The schema of texts, each with the name of its file ("" for the only one)."""
    texts = list(texts)
    dialect = dialect or detect("\n".join(text for _, text in texts))
    if dialect not in GRAMMARS:
        raise InputError(f"{origin}: SQL of {dialect} cannot be read", f"known are {', '.join(GRAMMARS)}")
    catalog = Catalog(spelling=SPELLINGS[dialect])
    for file, text in texts:
        source = Source(text, SPELLINGS[dialect], file)
        for tokens in statements(source):
            read_statement(Cursor(source, tokens), catalog)
            if len(catalog.ignored) > MOST_FAULTS:
                raise InputError(f"{origin}: more than {MOST_FAULTS} statements could not be read", _MEND)
        if source.cut is not None:
            place = f"{origin}/{file}" if file else origin
            what = " ".join(text[source.cut : source.cut + SHOWN].split()[:6])
            raise InputError(
                f"{place}:{source.line(source.cut)}: the text ends inside what begins here: {what}", _WHOLE
            )
    schema = finish(catalog, dialect)
    if not schema.tables:
        raise _nothing(origin, schema.ignored)
    return schema


def _nothing(origin: str, ignored: tuple[Ignored, ...]) -> InputError:
    first = next((item for item in ignored if item.constrains), None)
    if first is None:
        return InputError(f"{origin}: no CREATE TABLE in it", "give DDL, as pg_dump --schema-only writes it")
    place = f"{origin}/{first.file}" if first.file else origin
    return InputError(
        f"{place}:{first.line}: no table could be read; the first fault: {first.why}, in: {first.text}", _MEND
    )


def read_statement(cursor: Cursor, catalog: Catalog) -> None:
    """Puts what a statement declares into the catalog, and what is not understood of it among the ignored."""
    grammar = GRAMMARS[cursor.source.spelling.dialect]
    head = cursor.next.text if cursor.next.kind == "word" else ""
    try:
        if cursor.next.kind == "meta":
            if cursor.next.text.lower().startswith(_INCLUDES):
                raise Unreadable("the file that it includes is not read: give a folder, or all in one file")
        elif head in grammar.readers:
            if len(cursor.tokens) > MOST_TOKENS and head not in grammar.quiet:
                raise Unreadable("the statement is too long to be read")
            grammar.readers[head](cursor, catalog)
        elif head not in grammar.quiet:
            raise Unreadable("the statement is not understood")
    except Unreadable as loss:
        catalog.ignore(cursor, loss.why, loss.constrains)
