"""The shape of the data: one frozen model that every source of a schema is read into."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from llmgen.schema.identity import identity

Kind = Literal[
    "integer", "decimal", "float", "text", "boolean", "date", "time", "timestamp", "timestamptz",
    "interval", "uuid", "json", "bytes", "enum", "set", "array", "other",
]  # fmt: skip
Dialect = Literal["postgres", "mysql", "sqlite", "duckdb"]
"""How a schema's expressions are spelled; `mysql` is MariaDB too."""
Letters = Literal["", "bmp", "latin1", "ascii"]
"""Characters that a text may hold: any, those of 16 bits, or those of one old character set."""
Generated = Literal["", "identity", "identity-always", "stored", "virtual"]


@dataclass(frozen=True)
class ColumnType:
    """A column's type: its kind (what llmgen knows how to write) and the source's own spelling.

    `length` counts characters (bytes for `bytes`); `bits` is the width of an integer; `labels` are the labels of an
    enum or a set in order; `element` is the type of an array's elements. `timestamptz` is an instant, `timestamp` a
    wall-clock time; their `precision` counts decimals of a second, None for microseconds. `unsigned` numbers are not
    negative. In a column that `folds`, texts are equal that differ in case, accents or trailing spaces alone.
    `letters` are those that the column's character set has. A cell of a `set` is text: some of its labels with commas
    between them.
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
    unsigned: bool = False
    folds: bool = False
    letters: Letters = ""


@dataclass(frozen=True)
class Column:
    """One column; `default` and `expression` are SQL in the schema's dialect; serials are `generated` identity.

    `format` is what a source without such a type says of a text's form: `email`, `uri`, `cuid`, in the words of JSON
    Schema where it has one. It tells who writes the column and constrains nothing.
    """

    name: str
    type: ColumnType
    nullable: bool = True
    default: str | None = None
    generated: Generated = ""
    expression: str | None = None
    comment: str = ""
    format: str = ""

    @property
    def written(self) -> bool:
        """Whether a row may carry a value for it (computed columns are the database's own)."""
        return self.generated not in ("stored", "virtual")


@dataclass(frozen=True)
class ForeignKey:
    """`columns` point at `referenced` columns of `table` (a table's name in the same Schema), pairwise.

    `inferred` ones are declared nowhere: they were guessed from names.
    """

    columns: tuple[str, ...]
    table: str
    referenced: tuple[str, ...]
    on_delete: str = "no action"
    deferrable: bool = False
    name: str = ""
    inferred: bool = False


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
class Exclude:
    """No two rows (where `where` is true, if given) answer true to every `(expression, operator)` at once."""

    elements: tuple[tuple[str, str], ...]
    where: str | None = None
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
    excludes: tuple[Exclude, ...] = ()
    bounds: Check | None = None
    """What rows must be for one of its partitions to take them; no constraint of the table's own."""

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
    def all_checks(self) -> tuple[Check, ...]:
        """The CHECKs, and the bounds of the partitions that rows must fall into."""
        return (*self.checks, *([self.bounds] if self.bounds else ()))

    @cached_property
    def reference_columns(self) -> frozenset[str]:
        """Columns that are part of a foreign key."""
        return frozenset(name for key in self.foreign_keys for name in key.columns)


@dataclass(frozen=True)
class Ignored:
    """A clause that was not understood. `constrains` says that data could break it unseen.

    `line` is 0 where the source has no lines; `file` is given where it has several files.
    """

    line: int
    text: str
    why: str
    constrains: bool = True
    file: str = ""


@dataclass(frozen=True)
class Function:
    """A SQL-language function of one expression, kept so that CHECKs which call it can be read."""

    name: str
    arguments: tuple[str, ...]
    body: str


@dataclass(frozen=True, eq=False)
class Schema:
    """All tables of a source, in its order, the dialect its expressions are written in, and what was not understood.

    Two are equal if they constrain data alike, whatever they were read from: see `identity`.
    """

    tables: tuple[Table, ...]
    dialect: Dialect = "postgres"
    functions: tuple[Function, ...] = ()
    ignored: tuple[Ignored, ...] = field(default=())

    def __eq__(self, other: object) -> bool:
        return self.identity == other.identity if isinstance(other, Schema) else NotImplemented

    def __hash__(self) -> int:
        return hash(frozenset(table.name for table in self.tables))

    @cached_property
    def identity(self) -> Any:
        """All that constrains data, as JSON can say it; what is left out and why: `llmgen.schema.identity`."""
        return identity(self)

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
        """A hash of all that constrains data, format 2: equal schemas have the same one."""
        return "2:" + hashlib.sha256(json.dumps(self.identity, sort_keys=True).encode()).hexdigest()[:32]
