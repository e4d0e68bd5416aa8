"""What has been read so far of a SQL file: tables and types that later statements still change."""

from collections.abc import Collection, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import takewhile

from sqlglot import exp

from llmgen.schema.model import ColumnType, Function, Generated, Ignored
from llmgen.schema.sql.cursor import Cursor, Name, Unreadable
from llmgen.schema.sql.expressions import columns_of
from llmgen.schema.sql.spelling import POSTGRES, Spelling
from llmgen.schema.sql.types import TypeName

PUBLIC = "public"
"""The schema of names without one; dialects that have no schemas keep all their tables here."""

FullName = tuple[str, str]
"""(database schema, bare name)."""


@dataclass
class DraftColumn:
    """A column on the way. `default` and `expression` are SQL already in one spelling."""

    name: str
    type: TypeName | ColumnType
    """A name that later statements may still declare, or a type that is known as it stands."""
    nullable: bool = True
    default: str | None = None
    generated: Generated = ""
    expression: str | None = None
    comment: str = ""


@dataclass
class DraftCheck:
    """A CHECK on the way."""

    tree: exp.Expr
    name: str = ""
    inherited: bool = True
    """Whether children of the table take it over."""


@dataclass
class DraftKey:
    """A foreign key on the way. No `referenced` columns stands for the target's primary key."""

    columns: tuple[str, ...]
    target: Name
    referenced: tuple[str, ...]
    on_delete: str
    deferrable: bool
    name: str
    clause: Ignored
    """What to say of it if its target cannot be found."""


@dataclass
class DraftUnique:
    """A unique constraint or index on the way."""

    columns: tuple[str, ...]
    name: str
    where: exp.Expr | None = None
    expressions: tuple[exp.Expr, ...] = ()
    nulls_distinct: bool = True

    @property
    def named(self) -> tuple[str, ...]:
        """Every column that it speaks of."""
        trees = [*self.expressions, *filter(None, [self.where])]
        return (*self.columns, *(name for tree in trees for name in columns_of(tree)))


@dataclass
class DraftExclude:
    """An EXCLUDE constraint on the way."""

    elements: tuple[tuple[exp.Expr, str], ...]
    name: str
    where: exp.Expr | None = None


Named = DraftCheck | DraftKey | DraftUnique | DraftExclude


@dataclass
class DraftTable:
    """A table on the way. `losses` are the clauses of it that were not understood."""

    name: FullName
    clause: Ignored
    """What to say of the table if it turns out to be no table of its own."""
    columns: dict[str, DraftColumn] = field(default_factory=dict)
    inherited: set[str] = field(default_factory=set)
    """Columns that are there only because a parent has them."""
    primary_key: tuple[str, ...] = ()
    primary_key_name: str = ""
    foreign_keys: list[DraftKey] = field(default_factory=list)
    uniques: list[DraftUnique] = field(default_factory=list)
    checks: list[DraftCheck] = field(default_factory=list)
    excludes: list[DraftExclude] = field(default_factory=list)
    comment: str = ""
    parents: list[FullName] = field(default_factory=list)
    partition_of: FullName | None = None
    bounds: str = ""
    """What of its parent's rows a partition takes: FOR VALUES ..., or DEFAULT."""
    partitioned: str = ""
    """What its partitions go by: RANGE (column), LIST (column) or HASH (column)."""
    losses: list[Ignored] = field(default_factory=list)
    triggers: dict[str, Ignored] = field(default_factory=dict)
    """What to say of its triggers, by name."""
    insensitive: bool = False
    """Whether its columns are found in whatever case they are written."""
    collation: str = ""
    """How texts of new columns compare, in dialects whose tables say so."""

    @property
    def own(self) -> set[str]:
        """The columns that the table declares itself."""
        return self.columns.keys() - self.inherited

    def column(self, name: str) -> DraftColumn:
        """The column of that name; Unreadable if there is none."""
        found = self.columns.get(name) or (self.insensitive and self.columns.get(self.spelled.get(name.lower(), "")))
        if not found:
            raise Unreadable(f"table {self.name[1]} has no column {name}")
        return found

    @property
    def spelled(self) -> Mapping[str, str]:
        """The columns' names as they are declared, by their lower case."""
        return {name.lower(): name for name in self.columns}

    def free_name(self, columns: Iterable[str], ending: str) -> str:
        """The name that Postgres gives a constraint without one: table, columns, ending, and a number if taken."""
        others: list[Named] = [*self.checks, *self.uniques, *self.foreign_keys, *self.excludes]
        return free_name((self.name[1], "_".join(columns), ending), others)


@dataclass
class Domain:
    """A CREATE DOMAIN."""

    base: TypeName
    nullable: bool = True
    default: str | None = None
    checks: list[DraftCheck] = field(default_factory=list)


@dataclass
class Enum:
    """A CREATE TYPE ... AS ENUM."""

    labels: list[str]


class _Index:
    """Tables by their bare names: a scan for each reference would take hours in a file of very many tables."""

    def __init__(self, tables: dict[FullName, DraftTable], insensitive: bool) -> None:
        self.tables = tables
        self._insensitive = insensitive
        self._found: dict[str, list[FullName]] = {}
        self._size = 0
        self._last: FullName | None = None

    def called(self, bare: str) -> list[FullName]:
        """The tables of that name; what has come since is added, and all is read again if any is gone."""
        added = list(takewhile(lambda full: full != self._last, reversed(self.tables)))
        if self._size + len(added) != len(self.tables):
            self._found, added = {}, list(reversed(self.tables))
        for full in reversed(added):
            self._found.setdefault(full[1].lower() if self._insensitive else full[1], []).append(full)
        self._size, self._last = len(self.tables), next(reversed(self.tables), None)
        return self._found.get(bare, [])


@dataclass
class Catalog:
    """All that a file has declared so far, and where unqualified names go."""

    tables: dict[FullName, DraftTable] = field(default_factory=dict)
    types: dict[FullName, Domain | Enum] = field(default_factory=dict)
    indexes: dict[str, FullName] = field(default_factory=dict)
    """The table of each unique index, by the index's bare name."""
    views: set[FullName] = field(default_factory=set)
    functions: list[Function] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)
    path: tuple[str, ...] = (PUBLIC,)
    settings: dict[str, str] = field(default_factory=dict)
    """What a statement has set for those after it, such as SQLite's PRAGMA or the collation of MySQL's database."""
    spelling: Spelling = POSTGRES
    _index: "_Index | None" = None

    def full(self, name: Name) -> FullName:
        """The name that something new gets."""
        return (name[0] or next(iter(self.path), PUBLIC), name[1])

    def table(self, name: Name, home: str | None = None) -> DraftTable | None:
        """The table that a name means: by its schema, else in `home`, on the search path, or the only one so called."""
        insensitive = self.spelling.insensitive
        found = _at_home(name, self.tables, (home, *self.path, PUBLIC))
        if found is None and (name[0] is None or insensitive):
            others = self._called(name[1].lower() if insensitive else name[1])
            exact = [full for full in others if full[1] == name[1]]
            found = exact[0] if len(exact) == 1 else next(iter(others), None) if insensitive else None
        return self.tables[found] if found else None

    def _called(self, bare: str) -> list[FullName]:
        """The tables of a bare name, in lower case where case does not matter."""
        if self._index is None or self._index.tables is not self.tables:
            self._index = _Index(self.tables, self.spelling.insensitive)
        return self._index.called(bare)

    def type(self, name: Name, home: str | None = None) -> tuple[FullName, Domain | Enum] | None:
        """The declared type that a name means, found as tables are; None for any other type."""
        found = _look_up(name, self.types, (home, *self.path, PUBLIC))
        return (found, self.types[found]) if found else None

    def known_table(self, name: Name) -> DraftTable:
        """The table that a name means; Unreadable if there is none."""
        found = self.table(name)
        if found is None:
            view = self.view(name)
            raise Unreadable(f"{name[1]} is a view" if view else f"there is no table {name[1]}", constrains=not view)
        return found

    def view(self, name: Name) -> bool:
        """Whether a name means a view."""
        return _look_up(name, self.views, (*self.path, PUBLIC)) is not None

    def ignore(self, clause: Cursor, why: str, constrains: bool = True) -> None:
        """Notes a clause that is not understood or does not matter."""
        self.ignored.append(clause.ignored(why, constrains))


def _look_up(name: Name, known: Collection[FullName], homes: tuple[str | None, ...]) -> FullName | None:
    found = _at_home(name, known, homes)
    if found is not None or name[0] is not None:
        return found
    others = [full for full in known if full[1] == name[1]]
    return others[0] if len(others) == 1 else None


def _at_home(name: Name, known: Collection[FullName], homes: tuple[str | None, ...]) -> FullName | None:
    schema, bare = name
    places = homes if schema is None else (schema,)
    return next(((home, bare) for home in places if home is not None and (home, bare) in known), None)


def inherit(table: DraftTable, parents: Iterable[DraftTable]) -> None:
    """Copies columns and checks from parents: columns in front at first, at the end where a parent has got more."""
    columns: dict[str, DraftColumn] = {}
    for parent in parents:
        for name, column in parent.columns.items():
            columns.setdefault(name, deepcopy(column)).nullable &= column.nullable and name not in parent.primary_key
        known = {check.name for check in table.checks}
        table.checks.extend(deepcopy(check) for check in parent.checks if check.inherited and check.name not in known)
    for name in columns.keys() & table.columns.keys():
        table.columns[name].nullable &= columns[name].nullable
    grown = bool(table.inherited)
    table.inherited |= columns.keys() - table.columns.keys()
    table.columns = {**table.columns, **columns, **table.columns} if grown else {**columns, **table.columns}


def free_name(parts: tuple[str, str, str], others: Iterable[Named]) -> str:
    """The name that Postgres makes of these parts, with a number where one of the others has it."""
    taken, number = {item.name for item in others}, 0
    while (name := _fitting(*parts[:2], f"{parts[2]}{number or ''}")) in taken:
        number += 1
    return name


def _fitting(table: str, middle: str, ending: str) -> str:
    """The parts joined by underscores, the longer of the first two cut until all fit into a Postgres identifier."""
    most = POSTGRES.name_bytes
    while len("_".join(filter(None, (table, middle, ending)))) > most and max(len(table), len(middle)) > 1:
        if len(table) > len(middle):
            table = table[:-1]
        else:
            middle = middle[:-1]
    return "_".join(filter(None, (table, middle, ending)))
