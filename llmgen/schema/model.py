"""The shape of the data: one frozen model that every source of a schema is read into."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Literal

Kind = Literal[
    "integer", "decimal", "float", "text", "boolean", "date", "time", "timestamp", "timestamptz",
    "interval", "uuid", "json", "bytes", "enum", "array", "other",
]  # fmt: skip
Generated = Literal["", "identity", "identity-always", "stored", "virtual"]


@dataclass(frozen=True)
class ColumnType:
    """A column's type: its kind (what llmgen knows how to write) and the source's own spelling.

    `length` counts characters (bytes for `bytes`); `bits` is the width of an integer; `labels` are an enum's labels in
    order; `element` is the type of an array's elements. `timestamptz` is an instant, `timestamp` a wall-clock time.
    """

    kind: Kind
    sql: str
    length: int | None = None
    fixed: bool = False
    bits: int | None = None
    precision: int | None = None
    scale: int | None = None
    labels: tuple[str, ...] = ()
    element: "ColumnType | None" = None


@dataclass(frozen=True)
class Column:
    """One column; `default` and `expression` are SQL in the schema's dialect; serials are `generated` identity."""

    name: str
    type: ColumnType
    nullable: bool = True
    default: str | None = None
    generated: Generated = ""
    expression: str | None = None
    comment: str = ""

    @property
    def written(self) -> bool:
        """Whether a row may carry a value for it (computed columns are the database's own)."""
        return self.generated not in ("stored", "virtual")


@dataclass(frozen=True)
class ForeignKey:
    """`columns` point at `referenced` columns of `table` (a table's name in the same Schema), pairwise."""

    columns: tuple[str, ...]
    table: str
    referenced: tuple[str, ...]
    on_delete: str = "no action"
    deferrable: bool = False
    name: str = ""


@dataclass(frozen=True)
class Unique:
    """No two rows agree on `columns` and `expressions` (where `where` is true, if given). Both parts may be filled."""

    columns: tuple[str, ...]
    where: str | None = None
    expressions: tuple[str, ...] = ()
    nulls_distinct: bool = True
    name: str = ""


@dataclass(frozen=True)
class Check:
    """A CHECK's boolean in the schema's dialect, with the columns it names.

    Domain checks are rewritten to the column.
    """

    sql: str
    columns: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True)
class Table:
    """One table. `name` is unique in its Schema.

    It is bare, or "schema.name" where two database schemas share the bare name.
    """

    name: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    uniques: tuple[Unique, ...] = ()
    checks: tuple[Check, ...] = ()
    comment: str = ""
    schema: str | None = None

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """The columns by name, in order."""
        return {column.name: column for column in self.columns}

    def column(self, name: str) -> Column:
        """The column of that name; KeyError if there is none."""
        return self.by_name[name]

    @property
    def bare_name(self) -> str:
        """The name without its database schema."""
        return self.name.removeprefix(f"{self.schema}.") if self.schema else self.name

    @cached_property
    def reference_columns(self) -> frozenset[str]:
        """Columns that are part of a foreign key."""
        return frozenset(name for key in self.foreign_keys for name in key.columns)


@dataclass(frozen=True)
class Ignored:
    """A clause that was not understood. `constrains` says that data could break it unseen."""

    line: int
    text: str
    why: str
    constrains: bool = True


@dataclass(frozen=True)
class Function:
    """A SQL-language function of one expression, kept so that CHECKs which call it can be read."""

    name: str
    arguments: tuple[str, ...]
    body: str


@dataclass(frozen=True)
class Schema:
    """All tables of a source, in its order, the dialect its expressions are written in, and what was not understood."""

    tables: tuple[Table, ...]
    dialect: str = "postgres"
    functions: tuple[Function, ...] = ()
    ignored: tuple[Ignored, ...] = field(default=(), compare=False)

    @cached_property
    def by_name(self) -> Mapping[str, Table]:
        """The tables by name, in order."""
        return {table.name: table for table in self.tables}

    def table(self, name: str) -> Table:
        """The table of that name; KeyError if there is none."""
        return self.by_name[name]

    def referring(self, name: str) -> list[tuple[Table, ForeignKey]]:
        """Every (table, foreign key) that points at the named table."""
        return [(table, key) for table in self.tables for key in table.foreign_keys if key.table == name]

    def fingerprint(self) -> str:
        """A hash of all that constrains data, format 1.

        Left out: comments, constraint names, the order of statements, ignored clauses.
        """
        body = [self.dialect, sorted((_canonical(table) for table in self.tables), key=lambda item: str(item["name"]))]
        return "1:" + hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:32]


def _canonical(table: Table) -> dict[str, object]:
    shape = asdict(table)
    del shape["comment"]
    for column in shape["columns"]:
        del column["comment"]
    for kind in ("foreign_keys", "uniques", "checks"):
        for item in shape[kind]:
            del item["name"]
        shape[kind] = sorted(shape[kind], key=lambda item: json.dumps(item, sort_keys=True))
    return shape
