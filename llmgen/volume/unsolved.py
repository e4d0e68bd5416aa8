"""CHECKs that nobody here can read or that contradict each other: refused, left out or made NULL before any row."""

from dataclasses import dataclass, field

from llmgen.errors import DataError
from llmgen.predicates.domains import Contradiction, Model, model_of, solve_in
from llmgen.predicates.normalise import check_predicate
from llmgen.schema.model import Check, Schema, Table
from llmgen.values.scalars import Draw
from llmgen.volume.request import Request


@dataclass(frozen=True)
class Unsolved:
    """What becomes of CHECKs that cannot be solved: tables left out and columns that are always NULL, with words."""

    tables: frozenset[str] = frozenset()
    nulls: frozenset[tuple[str, str]] = frozenset()
    said: tuple[str, ...] = field(default=())


def unsolved(schema: Schema, request: Request) -> Unsolved:
    """What the request's `on_unsolved` makes of every CHECK that cannot be solved.

    Raises DataError, naming the CHECK and its predicate, where it says to refuse or leaves nothing else to do.
    """
    tables: dict[str, str] = {}
    nulls: set[tuple[str, str]] = set()
    said: list[str] = []
    for table in schema.tables:
        model = model_of(schema, table)
        for check, why in _opaque(schema, table):
            if request.on_unsolved == "skip-table":
                tables.setdefault(table.name, f"{table.name} is left out: CHECK ({check.sql}) {why}")
            elif request.on_unsolved == "null" and all(_may_be_null(table, name) for name in check.columns):
                nulls |= {(table.name, name) for name in check.columns}
                said.append(f"{table.name}: {', '.join(check.columns)} are NULL: CHECK ({check.sql}) {why}")
            else:
                raise _refused(table, check, why)
        if table.name not in tables and (names := _contradiction(model, request)):
            if request.on_unsolved != "skip-table":
                raise DataError(
                    f"{table.name}: no row can satisfy {names}",
                    "mend the CHECKs, or leave the table out with --on-unsolved skip-table",
                )
            tables[table.name] = f"{table.name} is left out: no row can satisfy {names}"
    for name in _dependent(schema, set(tables)):
        tables[name] = f"{name} is left out: it refers to a table that is"
    return Unsolved(frozenset(tables), frozenset(nulls), (*said, *tables.values()))


def _opaque(schema: Schema, table: Table) -> list[tuple[Check, str]]:
    """The CHECKs that cannot even be tested, with the reason."""
    found = []
    for check in table.checks:
        predicate = check_predicate(schema, table.name, check.sql, check.name)
        if predicate.status == "opaque":
            found.append((check, f"cannot be judged: {predicate.reason}"))
    return found


def _refused(table: Table, check: Check, why: str) -> DataError:
    named = f"CHECK {check.name}" if check.name else "a CHECK"
    return DataError(
        f"{table.name}: {named} {why}: {check.sql}",
        "leave the table out with --on-unsolved skip-table, or its columns NULL with --on-unsolved null",
    )


def _may_be_null(table: Table, name: str) -> bool:
    return table.column(name).nullable and name not in table.primary_key


def _contradiction(model: Model, request: Request) -> str:
    """The CHECKs that no row passes together, with their predicates; "" if there are none."""
    if not model.formulas:
        return ""
    try:
        solve_in(model, {}, Draw(0).below, request.as_of)
    except Contradiction as error:
        sql = {check.name: check.sql for check in model.table.checks}
        return (
            " and ".join(f"CHECK {name} ({sql[name]})" if name in sql else name for name in error.checks) or "its types"
        )
    return ""


def _dependent(schema: Schema, gone: set[str]) -> list[str]:
    """Tables that cannot have rows without those that are gone, in the order of the schema."""
    found: list[str] = []
    while True:
        more = [
            table.name
            for table in schema.tables
            if table.name not in gone
            and any(
                key.table in gone and not any(table.column(name).nullable for name in key.columns)
                for key in table.foreign_keys
            )
        ]
        if not more:
            return found
        found += more
        gone |= set(more)
