"""Where predicates are judged: rows in an in-memory DuckDB that can reach nothing outside itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import numpy as np

from llmgen.canonical import CANONICAL
from llmgen.errors import DataError, InputError
from llmgen.predicates.arrays import duckdb_type, to_array
from llmgen.predicates.normalise import Predicate
from llmgen.schema.intervals import read_interval
from llmgen.schema.model import Column, Schema

Values = dict[str, Any]

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "threads": "2",
}
_SETTINGS = r"""
SET TimeZone = 'UTC';
CREATE MACRO jsonb_typeof(j) AS CASE json_type(j) WHEN 'OBJECT' THEN 'object' WHEN 'ARRAY' THEN 'array'
  WHEN 'VARCHAR' THEN 'string' WHEN 'BOOLEAN' THEN 'boolean' WHEN 'NULL' THEN 'null'
  ELSE CASE WHEN j IS NOT NULL THEN 'number' END END;
CREATE MACRO json_length(j) AS CASE json_type(j) WHEN 'ARRAY' THEN json_array_length(j)
  WHEN 'OBJECT' THEN len(json_keys(j)) ELSE CASE WHEN j IS NOT NULL THEN 1 END END;
CREATE MACRO isempty(r) AS (r = 'empty');
CREATE MACRO lower_inc(r) AS starts_with(r, '[');
CREATE MACRO upper_inc(r) AS ends_with(r, ']');
CREATE MACRO lower_inf(r) AS regexp_matches(r, '^[\[(],');
CREATE MACRO upper_inf(r) AS regexp_matches(r, ',[\])]$');
CREATE MACRO family(i) AS CASE WHEN contains(i, ':') THEN 6 WHEN i IS NOT NULL THEN 4 END;
CREATE MACRO masklen(i) AS CASE WHEN contains(i, '/') THEN CAST(split_part(i, '/', 2) AS INTEGER)
  WHEN contains(i, ':') THEN 128 WHEN i IS NOT NULL THEN 32 END;
CREATE MACRO any_equals(list, x) AS CASE WHEN list IS NULL OR (x IS NULL AND len(list) > 0) THEN NULL
  WHEN list_contains(list, x) THEN true WHEN list_count(list) < len(list) THEN NULL ELSE false END;
CREATE MACRO rule_now() AS CAST(getvariable('rule_now') AS TIMESTAMPTZ);
CREATE SCHEMA rule;
"""
_HIDDEN = "_case INTEGER, _at SMALLINT, _row INTEGER, _now TIMESTAMPTZ"


@dataclass(frozen=True)
class Hit:
    """A row that breaks a predicate. `case` is -1 for none; `at` the instant's index; `row` its number as loaded."""

    case: int
    at: int
    row: int


class Arena:
    """Rows by table, with the case and the instant that each belongs to, and the judging of predicates over them.

    `skipped` says, by (table, predicate name), why a predicate could not be judged: it is opaque, or it failed on some
    row (a cast, a division). Such a predicate has no hits, and it did not pass: read `skipped` after each judging.
    An empty arena judges too: what does not bind (a wrong type, a misplaced aggregate) is then found in `skipped`.
    """

    def __init__(self, schema: Schema) -> None:
        import duckdb

        self._schema = schema
        self._error = duckdb.Error
        self._instants: dict[int, datetime] = {}
        self._filled: set[str] = set()
        self._described: dict[str, list[tuple[Any, ...]]] = {}
        self.skipped: dict[tuple[str, str], str] = {}
        self._connection = duckdb.connect(":memory:", config=_CONFIG)
        try:
            self._connection.execute(_SETTINGS + "".join(_tables(schema)) + "SET lock_configuration = true;")
        except duckdb.CatalogException as error:
            raise InputError(
                f"the schema cannot be judged: {_reason(error)}",
                "names that differ only in upper and lower case are one name to the judge: rename one of them",
            ) from error

    def __enter__(self) -> "Arena":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def load(
        self,
        table: str,
        rows: Sequence[Values],
        cases: Sequence[int],
        at: Sequence[int],
        now: Sequence[datetime],
        numbers: Sequence[int],
    ) -> None:
        """Append rows. The sequences are parallel; `numbers` come back as `Hit.row`; a missing cell is NULL.

        Raises DataError where a cell does not fit its column's type at all.
        """
        if not rows:
            return
        self._instants |= dict(zip(at, now, strict=True))
        self._filled.add(table)
        columns: dict[str, np.ndarray[Any, Any]] = {}
        for place, column in enumerate(self._schema.table(table).columns):
            try:
                columns[f"c{place}"] = to_array([row.get(column.name) for row in rows], column.type)
            except (ValueError, TypeError, OverflowError) as error:
                raise _misfit(table, column.name, error) from error
        columns["_case"] = np.array(cases, dtype=np.int32)
        columns["_at"] = np.array(at, dtype=np.int16)
        columns["_row"] = np.array(numbers, dtype=np.int32)
        columns["_now"] = np.array([moment.astimezone(UTC).replace(tzinfo=None) for moment in now], "datetime64[us]")
        self._connection.register("incoming", columns)
        try:
            self._connection.execute(f"INSERT INTO {_quoted(table)} SELECT * FROM incoming")
        except self._error as error:
            raise _misfit(table, "", error) from error
        finally:
            self._connection.unregister("incoming")

    def load_columns(
        self, table: str, columns: Mapping[str, Any], size: int, now: datetime = CANONICAL, first: int = 0
    ) -> None:
        """Append `size` rows given as Arrow arrays by column, numbered from `first`; columns not named are NULL.

        Raises DataError where a cell does not fit its column's type at all.
        """
        import pyarrow as pa

        own = self._schema.table(table).by_name
        moment = now.astimezone(UTC).replace(tzinfo=None)
        self._instants[0] = now
        self._filled.add(table)
        incoming = {
            name: _spans(columns[name]) if own[name].type.kind == "interval" else columns[name]
            for name in own
            if name in columns
        } | {"": pa.array(np.arange(first, first + size, dtype=np.int32))}
        self._connection.register(
            "incoming", pa.table(list(incoming.values()), [f"c{place}" for place in range(len(incoming))])
        )
        named = [f"{_loaded(own[name], f'c{place}')} AS {_quoted(name)}" for place, name in enumerate(incoming) if name]
        hidden = [
            "-1 AS _case",
            "0 AS _at",
            f"c{len(incoming) - 1} AS _row",
            f"TIMESTAMPTZ '{moment.isoformat()}Z' AS _now",
        ]
        try:
            self._connection.execute(
                f"INSERT INTO {_quoted(table)} BY NAME SELECT {', '.join([*named, *hidden])} FROM incoming"
            )
        except self._error as error:
            raise _misfit(table, "", error) from error
        finally:
            self._connection.unregister("incoming")

    def keep(self, name: str, columns: Any) -> None:
        """Keep an Arrow table for queries of our own, as `kept.NAME`, in place of one of that name."""
        self._connection.register("incoming", columns)
        try:
            self._connection.execute("CREATE SCHEMA IF NOT EXISTS kept")
            self._connection.execute(f"CREATE OR REPLACE TABLE kept.{_quoted(name)} AS SELECT * FROM incoming")
        finally:
            self._connection.unregister("incoming")

    def ask(self, sql: str) -> list[Values]:
        """The rows of a query of our own, at instant 0, with moments as from `offending`. Raises DataError."""
        try:
            self._connection.execute("SET VARIABLE rule_at = 0")
            described = self._connection.execute(f"DESCRIBE {sql}").fetchall()
            columns = ", ".join(_readable(described))
            rows = self._connection.execute(f"SELECT {columns} FROM ({sql})").fetchall()
        except self._error as error:
            raise DataError(_reason(error), "mend the cells or the rule that it names") from error
        return [_row(described, row) for row in rows]

    def computed(self, table: str, expression: str, to: str) -> Any:
        """The expression's cell for each row of the table, in the order of their numbers, as an Arrow array.

        `expression` is DuckDB's SQL as a Predicate holds it, `to` the type of the cells. Raises DataError.
        """
        sql = f'SELECT CAST(({expression}) AS {to}) AS found FROM {_quoted(table)} AS "ROOT" ORDER BY _row'
        try:
            return self._connection.sql(sql).to_arrow_table().column(0).combine_chunks()
        except self._error as error:
            raise DataError(_reason(error), "mend the cells or the expression") from error

    def clear(self) -> None:
        """Empty all tables and forget what was skipped, for the next round."""
        self._connection.execute("".join(f"TRUNCATE {_quoted(table)};" for table in sorted(self._filled)))
        self._filled.clear()
        self._instants.clear()
        self.skipped.clear()

    def failing(self, predicates: Sequence[Predicate]) -> list[list[Hit]]:
        """For each predicate, in order, its hits: rows where a CHECK is false, root rows where an expect is not true.

        What could not be judged has no hits and stands in `skipped`.
        """
        hits: list[list[Hit]] = [[] for _ in predicates]
        groups: dict[tuple[str, bool], list[int]] = {}
        for place, predicate in enumerate(predicates):
            if predicate.status == "opaque":
                self.skipped[predicate.table, predicate.name] = predicate.reason
            else:
                groups.setdefault((predicate.table, predicate.expects), []).append(place)
        for places in groups.values():
            for place, found in zip(places, self._judged([predicates[place] for place in places]), strict=True):
                hits[place] = found
        return hits

    def _judged(self, group: list[Predicate]) -> list[list[Hit]]:
        """One table's predicates in one query; each by itself where that fails, so that only the faulty is skipped."""
        hits: list[list[Hit]] = [[] for _ in group]
        try:
            rows = self._connection.execute(_question(group)).fetchall()
        except self._error as error:
            if len(group) == 1:
                self.skipped[group[0].table, group[0].name] = _reason(error)
                return hits
            return [self._judged([predicate])[0] for predicate in group]
        for case, at, row, broken in sorted(rows, key=lambda found: found[:3]):
            for place, bad in enumerate(broken):
                if bad:
                    hits[place].append(Hit(case, at, row))
        return hits

    def offending(self, predicate: Predicate, at: int, limit: int = 100) -> list[Values]:
        """The rows that a SQL rule returns over the rows of one instant, at most `limit`, now() being that instant.

        Moments come back aware, in UTC. A rule that fails gives no rows and stands in `skipped`.
        """
        now = self._instants.get(at, datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None)
        run = self._connection.execute
        try:
            run(f"SET VARIABLE rule_at = {int(at)}; SET VARIABLE rule_now = TIMESTAMPTZ '{now.isoformat()}Z'")
            if predicate.duckdb not in self._described:
                self._described[predicate.duckdb] = run(f"DESCRIBE {predicate.duckdb}").fetchall()
            described = self._described[predicate.duckdb]
            columns = ", ".join(_readable(described))
            rows = run(f"SELECT {columns} FROM ({predicate.duckdb}) LIMIT {int(limit)}").fetchall()
        except self._error as error:
            self.skipped[predicate.table, predicate.name] = _reason(error)
            return []
        return [_row(described, row) for row in rows]


def _spans(cells: Any) -> Any:
    """Intervals, where they stand in ISO 8601, as durations, which DuckDB reads."""
    import pyarrow as pa

    if pa.types.is_duration(cells.type):
        return cells
    return pa.array([None if text is None else read_interval(text) for text in cells.to_pylist()], pa.duration("us"))


def _loaded(column: Column, name: str) -> str:
    """A cell on its way in: text of a fixed length without the blanks that fill it up."""
    return f"rtrim({name}, ' ')" if column.type.fixed and column.type.kind == "text" else name


def _question(group: Sequence[Predicate]) -> str:
    verdict = "IS NOT TRUE" if group[0].expects else "IS FALSE"
    listed = ", ".join(f"({predicate.duckdb}) {verdict}" for predicate in group)
    inner = f'SELECT _case, _at, _row, [{listed}] AS _broken FROM {_quoted(group[0].table)} AS "ROOT"'
    return f"SELECT * FROM ({inner}) WHERE list_contains(_broken, true)"


def _tables(schema: Schema) -> Iterable[str]:
    for table in schema.tables:
        names = [_quoted(column.name) for column in table.columns]
        typed = [f"{_quoted(column.name)} {duckdb_type(column.type)}" for column in table.columns]
        yield f"CREATE TABLE {_quoted(table.name)} ({', '.join([*typed, _HIDDEN])});"
        yield (
            f"CREATE VIEW rule.{_quoted(table.name)} AS SELECT {', '.join(names)} FROM main.{_quoted(table.name)} "
            "WHERE _at = getvariable('rule_at');"
        )


def _readable(described: list[tuple[Any, ...]]) -> Iterable[str]:
    for name, kind, *_ in described:
        is_instant = kind == "TIMESTAMP WITH TIME ZONE"
        yield f"CAST({_quoted(name)} AS TIMESTAMP)" if is_instant else _quoted(name)


def _row(described: list[tuple[Any, ...]], cells: tuple[Any, ...]) -> Values:
    return {
        name: cell.replace(tzinfo=UTC) if kind == "TIMESTAMP WITH TIME ZONE" and cell is not None else cell
        for (name, kind, *_), cell in zip(described, cells, strict=True)
    }


def _misfit(table: str, column: str, error: Exception) -> DataError:
    place = f"{table}.{column}" if column else table
    return DataError(f"{place}: a cell does not fit its column: {_reason(error)}", "judge the cells' types first")


def _reason(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
