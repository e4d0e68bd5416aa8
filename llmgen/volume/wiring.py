"""Which parent row each row of a database refers to, and where it stands among others, so that every unique holds."""

from collections.abc import Mapping

import numpy as np

from llmgen.schema.model import Schema, Unique
from llmgen.values.streams import Mask, Words
from llmgen.volume.bundles import Values
from llmgen.volume.coordinates import Coordinates
from llmgen.volume.narrowed import narrowed
from llmgen.volume.needs import Rooms, shape_of
from llmgen.volume.references import References
from llmgen.volume.request import Count


class Wiring:
    """The references of a whole database. Every answer is a function of the row numbers asked for.

    `counts` are rows by table, `per` those that are counted by rows of a parent. `values` gives cells of all rows of a
    table; it is only asked for keys that share a column. `rooms` says how many values an own column can hold, None for
    as many as wanted. InputError where rows do not fit, naming the unique.
    """

    def __init__(
        self,
        schema: Schema,
        counts: Mapping[str, int],
        per: Mapping[str, Count],
        seed: str,
        values: Values,
        rooms: Rooms,
    ) -> None:
        self._tables: dict[str, References] = {}
        for table in schema.tables:
            shape = shape_of(schema, table.name, {**dict.fromkeys(schema.by_name, 0), **counts}, rooms)
            rows, counted = counts.get(table.name, 0), per.get(table.name, Count())
            found = References(shape, rows, seed, values, counted, narrowed(schema, table) if rows else {})
            found.check()
            self._tables[table.name] = found

    def look(self) -> None:
        """Raise InputError where rows counted by a parent do not fit its cells, or those of others. Asks for values."""
        for references in self._tables.values():
            references.look()

    def coordinates(
        self, table: str, rows: Words, attempts: Words, absent: Mapping[int, Mask] | None = None
    ) -> Coordinates:
        """Parents, codes and ordinals of the rows. `absent` are rows by foreign key that must refer to nobody."""
        return self._tables[table].coordinates(rows, attempts, absent or {})

    def distinct(self, table: str) -> frozenset[str]:
        """Own columns that must differ in all rows: functions of the row number alone."""
        return self._tables[table].keeping.distinct

    def counted(self, table: str) -> frozenset[str]:
        """Own columns whose values follow from where a row stands: its codes and ordinals."""
        found = self._tables[table]
        own = {column for column, place in found.keeping.names if place < 0}
        return frozenset(own.union(*(columns[:2] for columns in found.shape.spans if columns[0] in own)))

    def settled(self, table: str) -> tuple[Unique, ...]:
        """Uniques that nothing here keeps: the values of all rows must be looked at."""
        return tuple(need.unique for need in self._tables[table].keeping.unread)

    def losers(self, table: str, rows: Words) -> Mapping[Unique, Mask]:
        """Rows in which the predicate of a partial unique must be false, because an earlier row agrees with them."""
        places = rows.astype(np.int64)
        return {unique: mask[places] for unique, mask in self._tables[table].losers.items()}
