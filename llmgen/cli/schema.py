"""`llmgen schema`: what was understood of a schema, who would write each column, and what was not understood."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from llmgen.cli.options import SOURCES, AsJson, DbSchemas, Debug, Dialect, InferRelations, Tables
from llmgen.errors import DataError

if TYPE_CHECKING:
    from llmgen.plan import Route
    from llmgen.schema.model import Column, Exclude, Ignored, Schema, Table

    Planned = Mapping[str, Mapping[str, Route]]

EPILOG = """Examples:

  llmgen schema prisma/schema.prisma --json --strict

  llmgen schema postgresql://localhost/shop --tables 'order*' --infer-relations
"""


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("schema", epilog=EPILOG)(command)


def command(
    source: Annotated[str, typer.Argument(help=f"{SOURCES}.")],
    dialect: Dialect = None,
    db_schemas: DbSchemas = None,
    tables: Tables = None,
    infer_relations: InferRelations = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 1 if anything that constrains data was not understood.")
    ] = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Show tables, constraints and who writes each column, then everything that was not understood, with its line."""
    from llmgen.plan import routes
    from llmgen.relations import read_related
    from llmgen.schema.sources import Reading
    from llmgen.settings import load_settings

    schema = read_related(source, Reading(dialect, db_schemas or (), tables or ()), infer_relations)
    named = load_settings(Path.cwd()).routes
    planned = routes(
        schema, overrides={place: name for place, name in named.items() if place.rpartition(".")[0] in schema.by_name}
    )
    if as_json:
        sys.stdout.write(json.dumps(_as_json(schema, planned), ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.write(_as_text(schema, planned))
    lost = [item for item in schema.ignored if item.constrains]
    if strict and lost:
        raise DataError(
            f"{_place(source, lost[0])}: not understood, {len(lost)} in all: {lost[0].why}",
            "the clauses are listed above; data can break them unseen",
        )


def _place(source: str, item: "Ignored") -> str:
    """Where a clause stands; the password of a URL is not said."""
    if "://" in source:
        from llmgen.connect import shown

        return shown(source)
    file = f"{source}/{item.file}" if item.file else source
    return f"{file}:{item.line}" if item.line else file


def many_to_many(schema: "Schema") -> "list[Table]":
    """The junction tables: those whose primary key, or a unique, is made of two foreign keys and nothing else."""
    found = []
    for table in schema.tables:
        keys = [frozenset(key.columns) for key in table.foreign_keys if key.table != table.name]
        members = [frozenset(table.primary_key), *(frozenset(unique.columns) for unique in table.uniques)]
        pairs = {
            first | second for place, first in enumerate(keys) for second in keys[place + 1 :] if not first & second
        }
        if any(member in pairs for member in members):
            found.append(table)
    return found


def _as_text(schema: "Schema", planned: "Planned") -> str:
    lines = []
    for table in schema.tables:
        lines.append(f"{table.name}{f'  -- {table.comment}' if table.comment else ''}")
        width = max(len(column.name) for column in table.columns) if table.columns else 0
        lines += [f"  {_column(table, column, planned[table.name][column.name], width)}" for column in table.columns]
        lines += [
            f"  unique ({', '.join((*u.columns, *u.expressions))}){f' where {u.where}' if u.where else ''}"
            for u in table.uniques
        ]
        lines += [
            f"  ({', '.join(key.columns)}) -> {key.table} ({', '.join(key.referenced)})"
            f"{'  inferred from its name' if key.inferred else ''}"
            for key in table.foreign_keys
        ]
        lines += [f"  check {check.name or ''} ({check.sql})" for check in table.checks]
        lines += [f"  exclude {_elements(exclude)}" for exclude in table.excludes]
        lines.append("")
    lines += [_ignored(schema)] if schema.ignored else []
    lines += [f"{schema.dialect}, fingerprint {schema.fingerprint()}", summary(schema)]
    return "\n".join(lines) + "\n"


def _column(table: "Table", column: "Column", route: "Route", width: int) -> str:
    marks = [column.type.sql]
    marks += ["key"] if column.name in table.primary_key else []
    marks += ["null"] if column.nullable else []
    return f"{column.name:<{width}}  {' '.join(marks):<32} {route.writer}/{route.provider}: {route.why}"


def _elements(exclude: "Exclude") -> str:
    where = f" where {exclude.where}" if exclude.where else ""
    return f"({', '.join(f'{sql} with {operator}' for sql, operator in exclude.elements)}){where}"


def _ignored(schema: "Schema") -> str:
    lines = ["not understood, or not llmgen's business:"]
    for item in schema.ignored:
        place = " ".join(filter(None, (item.file, f"line {item.line}" if item.line else "")))
        constrains = "constrains data" if item.constrains else ""
        told = ", ".join(filter(None, (place, constrains)))
        lines.append(f"  {told}{': ' if told else ''}{item.why}: {item.text}")
    return "\n".join(lines) + "\n"


def summary(schema: "Schema") -> str:
    """The counts in one line."""
    tables = schema.tables
    enums = {column.type.sql for table in tables for column in table.columns if column.type.kind == "enum"}
    counts = (
        (len(tables), "tables"),
        (sum(len(table.columns) for table in tables), "columns"),
        (sum(len(table.foreign_keys) for table in tables), "foreign keys"),
        (len(many_to_many(schema)), "many-to-many"),
        (sum(len(table.uniques) for table in tables), "uniques"),
        (sum(len(table.checks) for table in tables), "checks"),
        *(((count, "excludes"),) if (count := sum(len(table.excludes) for table in tables)) else ()),
        (len(enums), "enums"),
    )
    return ", ".join(f"{count} {what}" for count, what in counts)


def _as_json(schema: "Schema", planned: "Planned") -> dict[str, Any]:
    return {
        "tables": [_table(table, planned[table.name]) for table in schema.tables],
        "ignored": [asdict(item) for item in schema.ignored],
    }


def _table(table: "Table", planned: "Mapping[str, Route]") -> dict[str, Any]:
    return {
        "name": table.name,
        "schema": table.schema,
        "columns": [
            {
                "name": column.name,
                "type": column.type.sql,
                "nullable": column.nullable,
                "default": column.default,
                "generated": column.generated or None,
                "enum": list(column.type.labels) or None,
                "route": f"{planned[column.name].writer}/{planned[column.name].provider}",
                "why": planned[column.name].why,
            }
            for column in table.columns
        ],
        "primary_key": list(table.primary_key),
        "foreign_keys": [
            {
                "columns": list(k.columns),
                "references": k.table,
                "referenced_columns": list(k.referenced),
                "on_delete": k.on_delete,
                **({"inferred": True} if k.inferred else {}),
            }
            for k in table.foreign_keys
        ],
        "uniques": [{"columns": [*u.columns, *u.expressions], "where": u.where} for u in table.uniques],
        "checks": [{"name": check.name, "sql": check.sql} for check in table.checks],
        "excludes": [{"name": e.name, "elements": e.elements, "where": e.where} for e in table.excludes],
    }
