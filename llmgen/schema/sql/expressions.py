"""SQL expressions of a schema: read once, names folded, written back in one spelling."""

import logging
import re
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect as SqlDialect
from sqlglot.errors import ErrorLevel, SqlglotError

from llmgen.schema.model import Dialect
from llmgen.schema.sql.cursor import Unreadable
from llmgen.schema.sql.spelling import SPELLINGS

logging.getLogger("sqlglot").setLevel(logging.CRITICAL)  # what it cannot read is said in our own words

LONGEST = 20_000
"""Characters of an expression; a longer one is generated garbage and would cost minutes."""

_RESERVED = frozenset({
    "analyse", "asymmetric", "authorization", "both", "cast", "check", "collation", "concurrently", "current_role",
    "deferrable", "foreign", "freeze", "group", "initially", "leading", "order", "placing", "primary", "similar",
    "symmetric", "to", "trailing", "user", "verbose",
    "if", "while", "connect_by_root",
})  # fmt: skip
"""Words that PostgreSQL reserves and that sqlglot's tokenizer knows in longer phrases only, or not at all; in the
last line those that its parser takes for more than a name."""
_CAST_KEY = re.compile(r"(->>?\s*'(?:[^']|'')*')::text\b")
"""A key of JSON with the cast that PostgreSQL writes behind it, which hides from sqlglot that it is a plain key."""


def read_expression(text: str, table: str = "", dialect: Dialect = "postgres", *, parameters: bool = False) -> exp.Expr:
    """The expression's tree: names as the dialect folds them, columns without the name of their own `table`.

    `parameters` allows $1, as the bodies of functions have. Raises Unreadable.
    """
    if not text.strip() or len(text) > LONGEST:
        raise Unreadable("an expression is missing" if not text.strip() else "the expression is too long to be read")
    tree = _parsed(_CAST_KEY.sub(r"\1", text) if dialect == "postgres" else text, dialect)
    if isinstance(tree, exp.Command | exp.Query | exp.DDL | exp.Alias):
        raise Unreadable("the expression could not be parsed")
    for arrow in list(tree.find_all(exp.Lambda)):  # f(j -> 'x') is no lambda in any of these dialects
        arrow.replace(_parsed(f"({arrow.sql(dialect)})", dialect))
    fold = SPELLINGS[dialect].fold
    for identifier in tree.find_all(exp.Identifier):
        if not identifier.args.get("quoted"):
            identifier.set("this", fold(identifier.name))
    if not parameters and tree.find(exp.Parameter):
        raise Unreadable("the expression could not be parsed")  # @ is a sign of Postgres' own, no parameter
    for part in tree.find_all(exp.Extract):
        if isinstance(part.this, exp.Cast):  # pg_dump: date_part('dow'::text, ...)
            part.set("this", exp.var(part.this.name))
    for call in tree.find_all(exp.Anonymous):
        if isinstance(call.this, str):
            call.set("this", call.this.lower())
    for column in tree.find_all(exp.Column):
        if table and column.table in (table, fold(table)):
            column.set("table", None)
            column.set("db", None)
    return tree


def _parsed(text: str, dialect: Dialect) -> exp.Expr:
    try:
        return sqlglot.parse_one(text, read=dialect, error_level=ErrorLevel.IMMEDIATE)
    except (SqlglotError, RecursionError, ValueError) as error:
        raise Unreadable("the expression could not be parsed") from error


def sql_of(tree: exp.Expr, dialect: Dialect = "postgres") -> str:
    """The tree in the dialect's spelling, one line."""
    return tree.sql(dialect, comments=False, normalize_functions=False)


def columns_of(tree: exp.Expr) -> tuple[str, ...]:
    """The columns that the tree names, in order of appearance, each once."""
    return tuple(dict.fromkeys(node.name for node in tree.dfs() if isinstance(node, exp.Column)))


@lru_cache(maxsize=4096)
def plain_sql(text: str, dialect: Dialect = "postgres") -> str:
    """The expression in one spelling, or as it was written where it could not be parsed.

    Kept, as defaults repeat: a schema of 600 tables says now() and 0 some thousand times.
    """
    try:
        return sql_of(read_expression(text, dialect=dialect), dialect)
    except Unreadable:
        return " ".join(text.split())


def identifier(name: str, dialect: Dialect = "postgres") -> exp.Identifier:
    """A name as SQL has it: in quotes where the database would otherwise fold or misread it."""
    plain = exp.SAFE_IDENTIFIER_RE.match(name) and name == SPELLINGS[dialect].fold(name)
    keywords = SqlDialect.get_or_raise(dialect).tokenizer_class.KEYWORDS
    return exp.to_identifier(name, quoted=not plain or name.upper() in keywords or name.lower() in _RESERVED)


def about_column(domain_check: exp.Expr, column: str) -> exp.Expr:
    """A domain's CHECK with its VALUE replaced by the column."""
    name = exp.column(identifier(column))
    tree = domain_check.copy()
    for node in list(tree.find_all(exp.Column)):
        if node.name.lower() == "value":
            if node is tree:
                return name
            node.replace(name.copy())
    return tree
