"""What a whole database is asked to be: rows by table, the seed, the instant, and what to do with what is unsolved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from llmgen.dataset import Values
from llmgen.settings import ColumnSettings

OnUnsolved = Literal["refuse", "skip-table", "null"]


@dataclass(frozen=True)
class Count:
    """Rows of one table: a number, or `per` (fewest, most) children for each row of `parent`."""

    rows: int | None = None
    per: tuple[int, int] | None = None
    parent: str = ""


@dataclass(frozen=True)
class Fixed:
    """A row that must be there: its cells as far as they are given, and by reference column the name of its parent."""

    name: str
    cells: Values
    parents: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """What is asked for. `counts` are by table, `every` goes for tables without one; both may be left to llmgen.

    `as_of` is the aware instant that dates lie around. `edges` is the share of rows with an edge value, `locales` maps
    locales to weights, `routes` maps `table.column` to a provider, `columns` to how the column is declared. `fixed`
    rows are the first of their tables; tables in `whole` have no others.
    """

    seed: str
    as_of: datetime
    counts: Mapping[str, Count] = field(default_factory=dict)
    every: int | None = None
    values_seed: str = ""
    edges: float = 0.1
    locales: Mapping[str, int] = field(default_factory=dict)
    routes: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, ColumnSettings] = field(default_factory=dict)
    on_unsolved: OnUnsolved = "refuse"
    fixed: Mapping[str, tuple[Fixed, ...]] = field(default_factory=dict)
    whole: frozenset[str] = frozenset()

    @property
    def by_seed(self) -> str:
        """The seed that every cell is drawn from."""
        return self.values_seed or self.seed
