"""What the prompts show: tables in compact form, the form of a reply line, rules and violations in words."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from llmgen.author.shape import NEVER_AUTHORED, Part, Shape, code_column
from llmgen.dataset import Values
from llmgen.plan import route_column
from llmgen.scenario import Scenario
from llmgen.schema.forms import encode
from llmgen.schema.model import Column, Schema, Table
from llmgen.violation import Violation


def schema_text(schema: Schema, given: Collection[str]) -> str:
    """Every table of the schema in compact form; those whose rows are `given` say so."""
    texts = []
    for table in schema.tables:
        head, _, rest = table_text(table, frozenset()).partition("\n")
        texts.append(
            f"{head} (a shared table: its rows are given)\n{rest}" if table.name in given else f"{head}\n{rest}"
        )
    return "\n".join(texts)


def given_text(schema: Schema, given: Mapping[str, Sequence[Values]]) -> str:
    """The rows of the shared tables that the project gives, as JSON lines; "(none)" if it gives none."""
    lines = []
    for name, rows in given.items():
        table = schema.table(name)
        lines.append(f"{name} (referred to by {code_column(table)}):")
        lines += ["  " + json.dumps(_shown(table, row), ensure_ascii=False) for row in rows]
    return "\n".join(lines) or "(none)"


def tables_text(shape: Shape) -> str:
    """The tables of a reply line, the columns that the model writes marked with *."""
    return "\n".join(table_text(part.table, frozenset((*part.authored, *part.references))) for part in shape.visible)


def table_text(table: Table, marked: frozenset[str]) -> str:
    """One table: a line for it, one a column, one for each unique and CHECK."""
    lines = [f"{table.name}{_remark(table.comment)}"]
    lines += [f"  {'*' if column.name in marked else ' '}{_column(table, column)}" for column in table.columns]
    for unique in table.uniques:
        members = ", ".join((*unique.columns, *unique.expressions))
        lines.append(f"   UNIQUE ({members}){f' WHERE {unique.where}' if unique.where else ''}")
    lines += [f"   CHECK ({check.sql})" for check in table.checks]
    return "\n".join(lines)


def _column(table: Table, column: Column) -> str:
    words = [column.name, f"{{{'|'.join(column.type.labels)}}}" if column.type.kind == "enum" else column.type.sql]
    if column.name in table.primary_key:
        words.append("key" if len(table.primary_key) == 1 else "part of the key")
    words += [f"-> {key.table}" for key in table.foreign_keys if column.name in key.columns]
    if not column.nullable:
        words.append("not null")
    if not column.written:
        words.append("computed")
    return " ".join(words) + _remark(column.comment)


def _remark(comment: str) -> str:
    return f" -- {' '.join(comment.split())}" if comment else ""


def line_form(shape: Shape) -> str:
    """An example of a reply line's form."""
    parts = [part for part in shape.children(None) if part.table.name == shape.root]
    parts += [part for part in shape.children(None) if part.table.name != shape.root]
    return '{"i": 7, ' + ", ".join(_part_form(shape, part) for part in parts) + "}"


def _part_form(shape: Shape, part: Part) -> str:
    inner = ", ".join(["...", *(_part_form(shape, child) for child in shape.children(part.table.name))])
    return f'"{part.table.name}": ' + (f"{{{inner}}}" if part.single else f"[{{{inner}}}]")


def counts_text(shape: Shape) -> str:
    """How many rows of each table a line holds."""
    return ", ".join(
        f"{part.table.name} {part.low}" if part.low == part.high else f"{part.table.name} {part.low} to {part.high}"
        for part in shape.visible
    )


def nesting_text(shape: Shape) -> str:
    """Which tables nest under which, as a sentence; empty if none do."""
    nested = [f"{part.table.name} under its {part.parent} row" for part in shape.visible if part.parent]
    return f" Nested: {', '.join(nested)}; the counts are for the whole case." if nested else ""


def pointers_text(shape: Shape) -> str:
    """How the model points at another row of the same line, as a sentence; empty if it never needs to."""
    pointers = [
        f"{part.table.name}.{column} (of {key.table})"
        for part in shape.visible
        for column, key in part.references.items()
        if part.wiring[key] == "pointer"
    ]
    if not pointers:
        return ""
    return (
        f" Columns that point at another row of the same line hold its number, 0 for the first: {', '.join(pointers)}."
    )


def shared_text(shape: Shape, rows: Mapping[str, Sequence[Values]]) -> str:
    """The shared rows and how they are named; empty if there are none."""
    if not shape.shared:
        return ""
    named = [
        f"{part.table.name}.{column} (a {shape.shared[key.table]} of {key.table})"
        for part in shape.visible
        for column, key in part.references.items()
        if part.wiring[key] == "code"
    ]
    head = f" Shared rows are there already; columns that refer to one hold its code: {', '.join(named)}."
    return f"{head}\n{given_text(shape.schema, {name: rows.get(name, ()) for name in shape.shared})}"


def _shown(table: Table, row: Values) -> dict[str, object]:
    """What an author needs of a shared row: its code and plain cells, not keys, references or bookkeeping moments."""
    code = code_column(table)
    dull = {*table.primary_key, *table.reference_columns} - {code}
    return {
        column.name: encode(column.type, row[column.name])
        for column in table.columns
        if row.get(column.name) is not None
        and column.name not in dull
        and route_column(table, column).provider not in NEVER_AUTHORED
    }


def expects_text(scenario: Scenario) -> str:
    """The scenario's expects, numbered, each with its reason."""
    return "\n".join(
        f"{number}. {expect.sql}{f'  -- {expect.why}' if expect.why else ''}"
        for number, expect in enumerate(scenario.expect, 1)
    )


def bullets(lines: Iterable[str]) -> str:
    """The lines as a list; "(none)" if there are none."""
    return "\n".join(f"- {line}" for line in lines) or "(none)"


def violations_text(violations: Mapping[int, Sequence[Violation]]) -> str:
    """What was wrong, case by case: each fault with its place, value and how to mend it."""
    lines = []
    for index in sorted(violations):
        lines.append(f"Brief {index}:")
        lines += [f"- {violation.words()}" for violation in violations[index]]
    return "\n".join(lines)


def placeholder(shape: Shape) -> str:
    """An example of a date placeholder that this shape's texts may hold."""
    for part in shape.visible:
        for column in part.authored:
            if part.table.column(column).type.kind in ("date", "timestamp", "timestamptz"):
                return f"{{{part.table.name}.{column}}}"
    return "{table.column}"


def weekday(moment: datetime) -> str:
    """The day's English name, whatever the locale of the machine."""
    names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    return names[moment.weekday()]
