"""The rules that judge, as predicates with what they say in words, and how their answers depend on the instant."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from sqlglot import exp

from llmgen.errors import InputError
from llmgen.predicates.normalise import Predicate, Refused, check_predicate, query_predicate
from llmgen.schema.model import Schema
from llmgen.validate.excludes import exclude_rule, exclude_words
from llmgen.validate.instants import ColumnName
from llmgen.validate.keys import unique_query, unique_words
from llmgen.validate.plausible import plausibility
from llmgen.validate.rules import SqlRule
from llmgen.violation import Violation

COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)
NOW = (exp.CurrentTimestamp, exp.CurrentDate, exp.CurrentTime, exp.Localtimestamp)

Reading = Literal["none", "compared", "read"]


@dataclass(frozen=True)
class Spoken:
    """A predicate with what it says in words, as a violation's reader needs it."""

    predicate: Predicate
    words: str


@dataclass(frozen=True)
class Finding:
    """A violation with the instant it shows at and the columns that its rule names."""

    violation: Violation
    at: int
    columns: frozenset[ColumnName] = frozenset()


def row_rules(schema: Schema) -> list[Spoken]:
    """The CHECKs of the schema and the built-in plausibility of its tables."""
    checks = [
        Spoken(
            check_predicate(schema, table.name, check.sql, f"check:{check.name or f'{table.name}:{number}'}"),
            f"CHECK ({check.sql})",
        )
        for table in schema.tables
        for number, check in enumerate(table.all_checks, 1)
    ]
    return [*checks, *(Spoken(predicate, words) for predicate, words in plausibility(schema))]


def _readable(schema: Schema, rule: SqlRule) -> Spoken:
    try:
        return Spoken(query_predicate(schema, rule.sql, rule.name), rule.words)
    except Refused as refusal:
        raise InputError(f"the rule {rule.name} cannot be used: {refusal.message}", refusal.hint) from refusal


def dataset_rules(schema: Schema, queries: Iterable[SqlRule], skipped: dict[str, str]) -> list[Spoken]:
    """SQL rules, and the queries that stand for partial and expression uniques (named `key:unique:TABLE:NUMBER`) and
    for EXCLUDE constraints (`key:exclude:TABLE:NUMBER`). One of these that cannot be read lands in `skipped`; a SQL
    rule that cannot raises Refused.
    """
    found = [_readable(schema, rule) for rule in queries]
    for table in schema.tables:
        for number, unique in enumerate(table.uniques, 1):
            if unique.where is not None or unique.expressions:
                name = f"key:unique:{table.name}:{number}"
                try:
                    predicate = query_predicate(schema, unique_query(table, unique, schema.dialect), name)
                except Refused as refusal:
                    skipped[name] = refusal.message
                    continue
                found.append(Spoken(predicate, unique_words(table, unique)))
        for number, exclude in enumerate(table.excludes, 1):
            name = f"key:exclude:{table.name}:{number}"
            try:
                found.append(Spoken(exclude_rule(schema, table, exclude, name), exclude_words(table, exclude)))
            except Refused as refusal:
                skipped[name] = refusal.message
    return found


def reading(predicate: Predicate, dated: Collection[ColumnName]) -> Reading:
    """How a query reads moments: not at all; only by comparing dated columns with one another, so that its answer is
    the same at every instant that they all moved to alike; or in a way that may tell one instant from another.
    """
    tree = predicate.tree
    hidden = (star for star in tree.find_all(exp.Star) if star.find_ancestor(exp.Select, exp.Count) is not tree)
    if tree.find(*NOW) or any(not isinstance(star.parent, exp.Count) for star in hidden):
        return "read"
    columns = [column for column in tree.find_all(exp.Column) if column.meta.get("at") in dated]
    if not columns:
        return "none"
    return "compared" if all(_is_compared(column) or column.parent is tree for column in columns) else "read"


def _is_compared(column: exp.Column) -> bool:
    """Whether it stands in a comparison of two bare columns."""
    around = column.parent
    if not isinstance(around, COMPARISONS):
        return False
    return isinstance(around.this, exp.Column) and isinstance(around.expression, exp.Column)
