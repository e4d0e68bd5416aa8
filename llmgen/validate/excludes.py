"""EXCLUDE constraints as queries for the rows that stand in the way of an earlier one: =, <> and && over ranges."""

from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from llmgen.predicates.catalog import catalog_of
from llmgen.predicates.kinds import kind_of
from llmgen.predicates.normalise import Predicate, Refused, check_predicate
from llmgen.schema.model import Exclude, Schema, Table

_RANGES = {
    "int4range": "BIGINT", "int8range": "BIGINT", "numrange": "DECIMAL(38, 12)",
    "daterange": "DATE", "tsrange": "TIMESTAMP", "tstzrange": "TIMESTAMPTZ",
}  # fmt: skip
_WHOLE = ("BIGINT", "DATE")
"""Types whose ranges all have a form that includes the lower end and excludes the upper one."""

_ENDS = {
    "BIGINT": (str(-(2**63)), str(2**63 - 1)),
    "DECIMAL(38, 12)": (f"-{'9' * 26}", "9" * 26),
}
_ENDING = ("integer", "decimal", "date", "timestamp", "timestamptz", "literal")
_BOUNDS = ("[)", "[]", "(]", "()")
_TEXT = r"""'^\s*([\[(])\s*"?([^",]*)"?\s*,\s*"?([^",]*)"?\s*([\])])\s*$'"""


@dataclass(frozen=True)
class _Range:
    """The DuckDB texts of a range: its ends, whether each belongs to it, and whether there is a range at all."""

    low: str
    high: str
    with_low: str
    with_high: str
    present: str


def exclude_words(table: Table, exclude: Exclude) -> str:
    """What an EXCLUDE asks for."""
    where = f" where {exclude.where}" if exclude.where else ""
    compared = " and ".join(f"{expression} {operator}" for expression, operator in exclude.elements)
    return f"no two rows of {table.name} may agree on {compared}{where}"


def exclude_rule(schema: Schema, table: Table, exclude: Exclude, name: str) -> Predicate:
    """A query for `_row` of every row that conflicts with one loaded before it. Raises Refused for other operators."""
    parsed = [_Element(schema, table, place, *element) for place, element in enumerate(exclude.elements)]
    where = _value(schema, table, exclude.where) if exclude.where else None
    read = [part for element in parsed for part in element.read] + ([where] if where else [])
    selected = ", ".join(("_row", *(column for element in parsed for column in element.columns)))
    kept = ["_at = getvariable('rule_at')", *(element.present for element in parsed)]
    kept += [f"({where.duckdb})"] if where else []
    source = '"' + table.name.replace('"', '""') + '"'
    rows = f'SELECT {selected} FROM {source} AS "ROOT" WHERE {" AND ".join(kept)}'
    columns = frozenset[tuple[str, str]]().union(*(part.columns for part in read))
    tree = exp.Tuple(expressions=[part.tree.copy() for part in read])
    return Predicate(name, name, tree, _conflicts(rows, parsed), "", columns)


def _conflicts(rows: str, elements: "list[_Element]") -> str:
    """Rows whose range begins within one that began before it, in pairs with all that they meet.

    The window finds what begins too early in the order of the ranges' ends; only these are compared with others.
    """
    ranges = [element for element in elements if element.operator == "&&"]
    groups = ", ".join(element.columns_sql for element in elements if element.operator == "=")
    meets = " AND ".join(element.meets for element in elements)
    early = "true"
    window = "NULL"
    if ranges:
        first = ranges[0].name
        part = f"PARTITION BY {groups} " if groups else ""
        frame = "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
        window = f"max({first}_high) OVER ({part}ORDER BY {first}_low, _row {frame})"
        early = f"{first}_low {'<' if ranges[0].strict else '<='} _before"
    return (
        f"WITH members AS MATERIALIZED ({rows}), "
        f"early AS MATERIALIZED (SELECT * FROM (SELECT *, {window} AS _before FROM members) WHERE {early}) "
        "SELECT DISTINCT greatest(a._row, b._row) AS _row FROM early AS a JOIN members AS b "
        f"ON a._row <> b._row AND {meets}"
    )


class _Element:
    """One element: the columns it adds to each row, and when two rows `a` and `b` answer true to it."""

    def __init__(self, schema: Schema, table: Table, place: int, expression: str, operator: str) -> None:
        self.operator = operator.rsplit(".", 1)[-1].rstrip(")").strip()
        self.name = f"e{place}"
        self.strict = False
        if self.operator in ("=", "<>"):
            value = _value(schema, table, expression)
            self.read = [value]
            self.columns = [f"({value.duckdb}) AS {self.name}"]
            self.present = f"({value.duckdb}) IS NOT NULL"
            self.meets = f"a.{self.name} {self.operator} b.{self.name}"
        elif self.operator == "&&":
            self._overlap(*_range(schema, table, expression))
        else:
            raise Refused(f"EXCLUDE with the operator {operator} is read, but not judged")
        self.columns_sql = self.name

    def _overlap(self, range: _Range, read: list[Predicate]) -> None:
        name = self.name
        self.read = read
        self.strict = range.with_high == "false"
        named = {"low": range.low, "high": range.high, "with_low": range.with_low, "with_high": range.with_high}
        self.columns = [f"{sql} AS {name}_{part}" for part, sql in named.items()]
        closed = f"({range.with_low} AND {range.with_high} AND {range.low} = {range.high})"
        self.present = f"({range.present} AND ({range.low} < {range.high} OR {closed}))"
        self.meets = " AND ".join(_before(name, *pair) for pair in (("a", "b"), ("b", "a")))


def _before(name: str, one: str, other: str) -> str:
    """Whether one range begins before the other has ended."""
    low, high = f"{one}.{name}_low", f"{other}.{name}_high"
    touching = f"{one}.{name}_with_low AND {other}.{name}_with_high"
    return f"{low} <= {high} AND ({low} < {high} OR ({touching}))"


def _value(schema: Schema, table: Table, sql: str) -> Predicate:
    """An expression over the table's rows. Refused where it cannot be read."""
    found = check_predicate(schema, table.name, sql, sql)
    if found.status == "opaque":
        raise Refused(f"EXCLUDE with {sql}: {found.reason}")
    return found


def _end(schema: Schema, table: Table, sql: str) -> Predicate:
    """An expression that a range may end at."""
    found = _value(schema, table, sql)
    if not isinstance(found.tree, exp.Null) and kind_of(found.tree, catalog_of(schema)) not in _ENDING:
        raise Refused(f"EXCLUDE with a range that ends at {sql} is read, but not judged")
    return found


def _range(schema: Schema, table: Table, expression: str) -> tuple[_Range, list[Predicate]]:
    """A range that is made of two expressions, or a column of a range type. Refused for anything else."""
    try:
        tree = sqlglot.parse_one(expression, read="postgres").unnest()
    except SqlglotError as error:
        raise Refused(f"EXCLUDE with {expression} cannot be parsed") from error
    if isinstance(tree, exp.Anonymous) and (type := _RANGES.get(tree.name.lower())) and len(tree.expressions) in (2, 3):
        low, high = (_end(schema, table, part.sql("postgres")) for part in tree.expressions[:2])
        bounds = tree.expressions[2].name if len(tree.expressions) == 3 else "[)"
        if bounds in _BOUNDS:
            ends = (f"CAST(({low.duckdb}) AS {type})", f"CAST(({high.duckdb}) AS {type})")
            return _made(type, ends, (_truth(bounds[0] == "["), _truth(bounds[1] == "]")), "true"), [low, high]
    if isinstance(tree, exp.Column):
        column = next((one for one in table.columns if one.name.lower() == tree.name.lower()), None)
        type = _RANGES.get(column.type.sql.rsplit(".", 1)[-1].lower()) if column else None
        if type:
            value = _value(schema, table, expression)
            text = f"CAST({value.duckdb} AS VARCHAR)"
            parts = [f"regexp_extract({text}, {_TEXT}, {place})" for place in (1, 2, 3, 4)]
            ends = (f"TRY_CAST(nullif({parts[1]}, '') AS {type})", f"TRY_CAST(nullif({parts[2]}, '') AS {type})")
            present = f"coalesce(regexp_matches({text}, {_TEXT}), false)"
            return _made(type, ends, (f"({parts[0]} = '[')", f"({parts[3]} = ']')"), present), [value]
    raise Refused(f"EXCLUDE with {expression} && is read, but not judged")


def _made(type: str, ends: tuple[str, str], closed: tuple[str, str], present: str) -> _Range:
    """The range with whole ends in their one form, and what has no end reaching as far as its type does."""
    low, high = ends
    lowest, highest = _ENDS.get(type, ("'-infinity'", "'infinity'"))
    lowest, highest = f"CAST({lowest} AS {type})", f"CAST({highest} AS {type})"
    if type in _WHOLE:
        low = f"CASE WHEN {closed[0]} THEN {low} ELSE {low} + 1 END"
        high = f"CASE WHEN {closed[1]} THEN {high} + 1 ELSE {high} END"
        closed = ("true", "false")
    return _Range(f"coalesce({low}, {lowest})", f"coalesce({high}, {highest})", *closed, present)


def _truth(value: bool) -> str:
    return "true" if value else "false"
