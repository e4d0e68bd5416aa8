"""SQL booleans in one normal form: a CHECK, an `expect` or a SQL rule as a tree, with its DuckDB text and columns."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from llmgen.predicates.catalog import Catalog, catalog_of
from llmgen.predicates.kinds import kind_of
from llmgen.predicates.lower import Target, lowered
from llmgen.predicates.refusal import Refused
from llmgen.predicates.resolve import columns_in, resolve, resolve_bare
from llmgen.predicates.scoping import scope_to_case
from llmgen.predicates.shims import inline_functions, normal_form
from llmgen.predicates.vocabulary import node_fault, text_fault
from llmgen.schema.model import Schema

__all__ = ["Predicate", "Refused", "check_predicate", "expect_predicate", "query_predicate"]

Status = Literal["exact", "unsure", "opaque"]

_DIALECTS = {"mariadb": "mysql", "postgresql": "postgres"}


@dataclass(frozen=True)
class Predicate:
    """A boolean (or, with an empty `table`, a query) that is ready to be judged.

    `tree` is the normal form that both the evaluator's `duckdb` text and the solver's domains are made from: see
    `llmgen.predicates.shims` for what it guarantees. `columns` holds (table, column) of every real column named.
    `opaque` predicates have an empty tree (`Null`) and are never evaluated; `reason` says why, as for `unsure`.
    """

    name: str
    sql: str
    tree: exp.Expr
    low: exp.Expr | str
    """What `duckdb` is spelled from, when first wanted: DuckDB's generator alone takes long to import."""
    table: str
    columns: frozenset[tuple[str, str]]
    status: Status = "exact"
    reason: str = ""
    expects: bool = False
    """Whether only TRUE satisfies it (an expect), or NULL as well (a CHECK)."""

    @cached_property
    def duckdb(self) -> str:
        """The predicate in DuckDB's words."""
        return self.low if isinstance(self.low, str) else self.low.sql("duckdb")

    @cached_property
    def names(self) -> frozenset[str]:
        """The columns that it names, of whichever table."""
        return frozenset(name for _, name in self.columns)

    @property
    def tables(self) -> frozenset[str]:
        """The tables that its sub-selects name, whether or not any column of theirs is read."""
        return frozenset(table.name for table in self.tree.find_all(exp.Table))


def check_predicate(schema: Schema, table: str, sql: str, name: str) -> Predicate:
    """A CHECK of `table`, in the schema's dialect. Never raises for odd SQL: the status is then opaque."""
    return _check(catalog_of(schema), table, sql, name)


def expect_predicate(schema: Schema, root: str, sql: str, name: str, shared: frozenset[str]) -> Predicate:
    """A scenario's `expect` over the rows of one case of root table `root`, in the Postgres subset of `vocabulary`.

    Sub-selects see only the case's own rows of the same instant; of `shared` tables, all rows of the instant.
    Raises Refused, with words that whoever wrote it can act on.
    """
    return _expect(catalog_of(schema), root, sql, name, shared)


def query_predicate(schema: Schema, sql: str, name: str) -> Predicate:
    """A SQL rule: one SELECT, in the schema's dialect, that returns the offending rows. Raises Refused."""
    return _query(catalog_of(schema), sql, name)


@lru_cache(maxsize=4096)
def _check(catalog: Catalog, table: str, sql: str, name: str) -> Predicate:
    try:
        tree = inline_functions(_parsed(sql, catalog.schema.dialect), catalog)
        if fault := node_fault(tree, "check"):
            raise Refused(fault)
        resolve_bare(tree, catalog, table)
        tree = normal_form(tree, catalog)
        target = Target(catalog, now=exp.column("_now", quoted=True))
        low, doubt = lowered(tree, target)
    except Refused as refusal:
        return Predicate(name, sql, exp.Null(), "", table, frozenset(), "opaque", refusal.message)
    return Predicate(name, sql, tree, low, table, columns_in(tree), "unsure" if doubt else "exact", doubt)


@lru_cache(maxsize=4096)
def _expect(catalog: Catalog, root: str, sql: str, name: str, shared: frozenset[str]) -> Predicate:
    tree = _parsed(sql, "postgres")
    if fault := node_fault(tree, "expect"):
        raise Refused(fault, "use ordinary comparisons, EXISTS and aggregate sub-selects over the case's tables")
    if isinstance(tree, exp.Subquery):
        tree = exp.Paren(this=tree)  # one value, in parentheses as PostgreSQL has it
    if isinstance(tree, exp.Query):
        raise Refused("an expect is a boolean, not a query", "write EXISTS (SELECT ...) or compare (SELECT ...)")
    resolve(tree, catalog, root)
    tree = normal_form(tree, catalog)
    if (kind := kind_of(tree, catalog)) not in ("boolean", "unknown"):
        raise Refused(f"an expect is a boolean, and this is of kind {kind}", "write a comparison")
    scoped = scope_to_case(tree.copy(), shared)
    low, doubt = lowered(scoped, Target(catalog, now=exp.column("_now", table="ROOT", quoted=True)))
    return Predicate(name, sql, tree, low, root, columns_in(tree), "unsure" if doubt else "exact", doubt, expects=True)


@lru_cache(maxsize=1024)
def _query(catalog: Catalog, sql: str, name: str) -> Predicate:
    tree = _parsed(sql.strip().rstrip(";"), catalog.schema.dialect, comments=True)
    if not isinstance(tree, exp.Query):
        raise Refused("a SQL rule is one SELECT that returns the offending rows", "write SELECT ... FROM ... WHERE ...")
    if fault := node_fault(tree, "query"):
        raise Refused(fault, "a SQL rule reads the dataset's tables only")
    resolve(tree, catalog, "")
    tree = normal_form(tree, catalog)
    low, doubt = lowered(tree, Target(catalog, now=exp.Anonymous(this="rule_now"), views="rule"))
    return Predicate(name, sql, tree, low, "", columns_in(tree), "unsure" if doubt else "exact", doubt)


def _parsed(sql: str, dialect: str, comments: bool = False) -> exp.Expr:
    if fault := text_fault(sql, comments):
        raise Refused(fault, "write one boolean expression")
    reads = _DIALECTS.get(dialect, dialect)
    try:
        found = sqlglot.parse(sql, read=reads)
        for arrow in [arrow for tree in found if tree for arrow in tree.find_all(exp.Lambda)]:
            # f(j -> 'x') is no lambda in any of these dialects
            arrow.replace(sqlglot.parse_one(f"({arrow.sql(reads)})", read=reads))
    except (SqlglotError, ValueError) as error:
        raise Refused(f"not understood as SQL: {str(error).splitlines()[0]}", "write one boolean expression") from error
    except RecursionError as error:
        raise Refused("nested too deeply", "write it flatter") from error
    if len(found) != 1 or found[0] is None:
        raise Refused("one expression only", "write one boolean expression")
    return found[0]
