"""Makes a whole database by seed: planned, made in chunks by as many processes as asked, streamed into a directory."""

import atexit
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from llmgen.errors import DataError, InputError
from llmgen.events import Filled, Listener, Note, ignore
from llmgen.output.layout import Layout, Part, StreamFormat
from llmgen.output.manifest import Making, VolumeMade
from llmgen.output.streams import encode, open_stream, spilled
from llmgen.plan import Route
from llmgen.schema.model import Schema
from llmgen.values.pools import pools_hash
from llmgen.values.streams import VALUES_VERSION
from llmgen.volume.capacity import capacity
from llmgen.volume.computed import Template, refuse_misfits
from llmgen.volume.counts import Counts, decide_counts
from llmgen.volume.declaring import declare
from llmgen.volume.edges import Coverage, added
from llmgen.volume.plan import VolumePlan
from llmgen.volume.pools import faker_version
from llmgen.volume.request import Count, Request
from llmgen.volume.room import Room
from llmgen.volume.routing import volume_routes
from llmgen.volume.rows import Rows
from llmgen.volume.unsolved import unsolved

CHUNK = 65_536
"""Rows made at a time."""

_PARALLEL = 4 * CHUNK
"""Rows from which another process is worth its start."""


@dataclass(frozen=True)
class Target:
    """Where a database goes: a directory, the format of its files, and whether others' files may be replaced."""

    directory: Path
    format: StreamFormat = "jsonl"
    force: bool = False
    dialect: str = ""


@dataclass(frozen=True)
class Effort:
    """How a database is made, which no cell shows: processes, the only rows wanted by table, rows made at a time.

    `workers` None: as many as the rows are worth. A script that asks for more than one needs the usual guard
    `if __name__ == "__main__"`, since they may begin by importing it.
    """

    workers: int | None = 1
    only: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    chunk: int = CHUNK


@dataclass(frozen=True)
class Populated:
    """A database as written: its manifest, the rows by table and why so many, the edge classes, what was left out."""

    manifest: Mapping[str, Any]
    counts: Counts
    coverage: Coverage


def plan_volume(schema: Schema, request: Request) -> tuple[VolumePlan, Counts]:
    """The plan for a whole database; everything that cannot be made is refused here, before the first row.

    Raises InputError for counts that do not fit, DataError for CHECKs that no row can pass or that nobody can read.
    """
    declared = declare(schema, request.columns, request.by_seed, request.as_of)
    planned = volume_routes(schema, request, declared)
    open_ends = unsolved(schema, request)
    first = VolumePlan(schema, request, planned, nulls=open_ends.nulls, declared=declared)
    for name in declared.keys() - set(open_ends.tables):
        first.filler(name).refuse_contradictions()
    whole = {name: Count(rows=len(request.fixed[name])) for name in request.whole}
    asked = {**request.counts, **whole, **dict.fromkeys(open_ends.tables, Count(rows=0))}
    counts = decide_counts(schema, replace(request, counts=asked), partial(_capacity, first))
    for name, rows in request.fixed.items():
        if counts.rows[name] < len(rows) and name not in open_ends.tables:
            if name in request.counts:
                raise InputError(
                    f"{name}: {counts.rows[name]:,} rows are asked for, but {len(rows):,} are fixed",
                    f"ask for at least {len(rows):,}",
                )
            asked[name] = Count(rows=len(rows))
            counts = decide_counts(schema, replace(request, counts=asked), partial(_capacity, first))
    plan = replace(first, counts=counts.rows)
    for name, columns in declared.items():
        for column, one in columns.items():
            if isinstance(one.computed, Template) and plan.counts[name]:
                refuse_misfits(one.computed, schema.table(name).column(column), plan.counts[name])
    return plan, replace(counts, said=(*counts.said, *open_ends.said))


def populate(
    schema: Schema, request: Request, target: Target, effort: Effort = Effort(), announce: Listener = ignore
) -> Populated:
    """Write a whole database into the target directory, at once or not at all.

    The bytes depend on schema and request alone (of Parquet, the values): not on the workers. Raises what `plan_volume`
    and `open_stream` raise, and DataError for a row that its CHECKs leave no values.
    """
    started = time.monotonic()
    plan, counts = plan_volume(schema, request)
    for words in counts.said:
        announce(Note(words))
    if any(request.fixed.values()):
        from llmgen.volume.fixed_faults import refuse_faults  # only these need the judge

        refuse_faults(Rows(plan))  # rows of their own: workers must not inherit an open database
    rows = Rows(plan)
    tables = [table for table in schema.tables if not effort.only or table.name in effort.only]
    layout = Layout(
        schema,
        {table.name: rows.maker(table.name).written for table in tables},
        target.format,
        target.dialect,
        request.seed,
    )
    spans = {table.name: _span(effort, table.name, plan.counts[table.name]) for table in tables}
    coverage: Coverage = {}
    with open_stream(target.directory, layout, target.force) as stream:
        chunks = [
            (name, start, min(start + effort.chunk, spans[name][1]))
            for name in layout.order
            for start in range(*spans[name], effort.chunk)
        ]
        for (name, _, end), (part, found) in zip(
            chunks, _made(rows, layout, chunks, effort, stream.scratch), strict=True
        ):
            stream.part(name, part)
            added(coverage, found)
            if end == spans[name][1]:
                announce(Filled(name, end - spans[name][0]))
        making = _making(request, plan, coverage, effort)
        run = {"seconds": round(time.monotonic() - started, 3), "workers": _workers(effort, chunks)}
        manifest = stream.finish(making, _writers(plan.routes, layout), run)
    return Populated(manifest, counts, coverage)


def _capacity(plan: VolumePlan, table: str, counts: Mapping[str, int]) -> Room | None:
    return capacity(plan.schema, table, counts, plan.room)


def _span(effort: Effort, table: str, count: int) -> tuple[int, int]:
    start, end = effort.only.get(table, (0, count))
    if not 0 <= start <= end <= count:
        raise InputError(
            f"--rows-range {table}={start}:{end} is not within the table's {count:,} rows", f"give 0:{count} or less"
        )
    return start, end


Chunk = tuple[str, int, int]
Made = tuple[Part, Coverage]

_process: dict[str, Any] = {}
"""What a worker process makes rows with; inherited where processes are forked, else set when it starts."""


def _made(rows: Rows, layout: Layout, chunks: list[Chunk], effort: Effort, scratch: Path) -> Iterator[Made]:
    """The chunks, encoded, in their order."""
    workers = min(_workers(effort, chunks), len(chunks))
    if workers < 2:
        for chunk in chunks:
            yield _make(rows, layout, chunk)
        return
    _process.update(rows=rows, layout=layout, scratch=scratch)
    given = (rows.plan.schema, rows.plan.request, layout, scratch)
    with ProcessPoolExecutor(workers, _context(), _start, given) as pool:
        try:
            yield from pool.map(_make_there, chunks)
        except BrokenProcessPool as error:
            raise DataError(
                "a worker process died before it was done", "try fewer --workers: each needs memory of its own"
            ) from error
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
            _process.clear()


def _workers(effort: Effort, chunks: list[Chunk]) -> int:
    rows = sum(end - start for _, start, end in chunks)
    return effort.workers or min(os.cpu_count() or 1, 1 + rows // _PARALLEL)


def _context() -> multiprocessing.context.BaseContext:
    """How workers begin: forked where that is safe, which it is not once DuckDB and its threads are in this process."""
    safe = "fork" in multiprocessing.get_all_start_methods() and "duckdb" not in sys.modules
    return multiprocessing.get_context("fork" if safe else "spawn")


def _start(schema: Schema, request: Request, layout: Layout, scratch: Path) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to hear
    threading.Thread(target=_end_with_parent, daemon=True).start()
    atexit.register(os._exit, 0)  # DuckDB's binding complains of what it finds at an ordinary end
    pa.set_cpu_count(1)
    if not _process:
        _process.update(rows=Rows(plan_volume(schema, request)[0]), layout=layout, scratch=scratch)


def _end_with_parent() -> None:
    """A parent that is killed cannot tell its workers; they would wait for chunks, and hold its directory, for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _make_there(chunk: Chunk) -> Made:
    part, found = _make(_process["rows"], _process["layout"], chunk)
    name, start, _ = chunk
    place = _process["layout"].order.index(name)
    return spilled(part, _process["scratch"] / f"{place}-{start}"), found


def _make(rows: Rows, layout: Layout, chunk: Chunk) -> Made:
    name, start, end = chunk
    cells, found = rows.edged(name, np.arange(start, end, dtype=np.uint64))
    batch = pa.record_batch(list(cells.values()), names=list(cells))
    return encode(layout, name, batch, start), found


def _writers(planned: Mapping[str, Mapping[str, Route]], layout: Layout) -> dict[str, dict[str, str]]:
    return {table: {name: planned[table][name].writer for name in columns} for table, columns in layout.columns.items()}


def _making(request: Request, plan: VolumePlan, coverage: Coverage, effort: Effort) -> Making:
    made = VolumeMade(
        plan.counts,
        request.edges,
        request.locales,
        request.routes,
        {
            place: column.model_dump(mode="json", by_alias=True, exclude_defaults=True)
            for place, column in request.columns.items()
        },
        effort.only,
        faker_version() if any(column.faker for column in request.columns.values()) else "",
    )
    return Making(
        seed=request.seed,
        values_seed=request.by_seed,
        values_version=VALUES_VERSION,
        pools=pools_hash(),
        as_of=request.as_of,
        edges=coverage,
        volume=made,
    )
