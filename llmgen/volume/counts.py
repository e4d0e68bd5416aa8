"""How many rows each table gets: what is asked for as it stands, the rest from relations, all within what fits."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from llmgen.errors import InputError
from llmgen.output.order import load_order
from llmgen.schema.model import Schema
from llmgen.volume.asked import MOST_ROWS
from llmgen.volume.derive import Size, downwards, follows, upwards
from llmgen.volume.kinship import Kin, kinship
from llmgen.volume.request import Request
from llmgen.volume.room import Room
from llmgen.volume.slots import children, never_null

Capacity = Callable[[str, Mapping[str, int]], Room | None]
"""What a table can hold, given the rows of every table; None: as many as you like."""

GROWTH, LEAST_GROWTH = 10, 1_000
"""A derived table holds at most so many times the rows of the largest given one: long chains of children explode."""

_DOUBLINGS = 40


@dataclass(frozen=True)
class Counts:
    """Rows by table in the order of the schema, why so many in words, and what deserves to be said: what was cut."""

    rows: Mapping[str, int]
    why: Mapping[str, str]
    said: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Task:
    """The question: `fixed` sizes follow from no parent, those of `asked` tables may not even be cut; others have the
    `least` that given children call for. `order` has parents first."""

    schema: Schema
    request: Request
    room: Capacity
    kin: Mapping[str, Kin]
    order: Sequence[str]
    most: int
    fixed: dict[str, Size] = field(default_factory=dict)
    least: Mapping[str, Size] = field(default_factory=dict)

    @property
    def asked(self) -> Mapping[str, object]:
        return self.request.counts


def decide_counts(schema: Schema, request: Request, room: Capacity) -> Counts:
    """The rows of every table. InputError if a table cannot hold what is asked of it."""
    task = _task(schema, request, room)
    _make_room(task)
    rows, why, said = _settle(task)
    for name in request.counts:
        _refuse(task, name, rows)
    names = [table.name for table in schema.tables]
    return Counts(
        {name: rows[name] for name in names},
        {name: why[name] for name in names},
        tuple(said[name] for name in names if said[name]),
    )


def dry_run_lines(schema: Schema, counts: Counts) -> list[str]:
    """An aligned table of the counts, a line for each table, parents first, and one for the total."""
    order, _ = load_order(schema, counts.rows)
    lines = [("table", "rows", "why"), *((name, f"{counts.rows[name]:,}", counts.why[name]) for name in order)]
    lines.append(("total", f"{sum(counts.rows[name] for name in order):,}", ""))
    wide, high = max(len(name) for name, _, _ in lines), max(len(rows) for _, rows, _ in lines)
    return [f"{name:{wide}}  {rows:>{high}}  {why}".rstrip() for name, rows, why in lines]


def _task(schema: Schema, request: Request, room: Capacity) -> _Task:
    kin, (order, _) = _countable(kinship(schema), request), load_order(schema, {table.name for table in schema.tables})
    given = {name: Size(count.rows, "given") for name, count in request.counts.items() if count.rows is not None}
    largest = max((size.rows for size in given.values()), default=0)
    above: dict[str, Size] = {}
    if request.every is not None:
        rest = [name for name in order if name not in request.counts]
        given |= dict.fromkeys(rest, Size(request.every, "as every table"))
    else:
        above = upwards(schema, kin, given, frozenset(request.counts) - frozenset(given), order)
    least = {name: size for name, size in above.items() if follows(name, kin, request.counts)}
    fixed = given | {name: size for name, size in above.items() if name not in least}
    return _Task(schema, request, room, kin, order, max(LEAST_GROWTH, GROWTH * largest), fixed, least)


def _countable(kin: Mapping[str, Kin], request: Request) -> Mapping[str, Kin]:
    """The kin without circles through children counted for each row of a parent: that parent follows from nobody."""
    found = dict(kin)
    for name, count in request.counts.items():
        above, seen = count.parent, set[str]()
        while above and above != name and above not in seen:
            seen.add(above)
            main = found[above].main
            above = request.counts[above].parent if above in request.counts else main.table if main else ""
        if above == name:
            found[count.parent] = Kin("root", None, ())
    return found


def _size(task: _Task, name: str, rows: Mapping[str, int]) -> Size:
    """What a table is to hold, given the rows of its parents, before any limit."""
    if name in task.fixed:
        return task.fixed[name]
    count = task.request.counts.get(name)
    if count is None or count.per is None:
        size = downwards(task.kin[name], rows, name, task.most)
        return max(size, task.least.get(name, size), key=lambda size: size.rows)
    (fewest, most), parents = count.per, rows[count.parent]
    if fewest * parents > MOST_ROWS:
        message = f"{name}: {fewest:,} for each of {parents:,} rows of {count.parent} are more than can be made"
        raise InputError(message, f"ask for at most {MOST_ROWS:_} of a table")
    span = f"{fewest}" if fewest == most else f"{fewest} to {most}"
    drawn = children(task.request.by_seed, name, parents, count.per)
    return Size(drawn, f"given: {span} for each of {parents:,} {count.parent}")


def _first(task: _Task) -> dict[str, int]:
    """What every table is to hold before any limit: a table after those that its number follows from."""
    rows: dict[str, int] = {}
    waiting: list[str] = []

    def fill(name: str) -> None:
        if name in rows or name in waiting:
            return
        waiting.append(name)
        for parent in _sources(task, name):
            fill(parent)
        rows[waiting.pop()] = _size(task, name, rows).rows

    for name in task.order:
        fill(name)
    return rows


def _sources(task: _Task, name: str) -> Sequence[str]:
    """The tables whose rows a table's number follows from, its main parent first."""
    if name in task.fixed:
        return ()
    count, kin = task.request.counts.get(name), task.kin[name]
    if count:
        return (count.parent,)
    return (kin.main.table, *(kin.parents if kin.kind == "junction" else ())) if kin.main else ()


def _make_room(task: _Task) -> None:
    """Gives derived parents as many rows as the numbers that are given need, from the last children upwards."""
    if task.request.every is not None:
        return
    rows, needed = _first(task), {name for name, size in task.fixed.items() if size.rows}
    for name in reversed(task.order):
        free = [parent for parent in _parents(task, name) if parent not in task.asked]
        if name not in needed or not free:
            continue
        for parent, enough in _enough(task, name, free, rows).items():
            task.fixed[parent] = Size(enough, f"enough for {rows[name]:,} {name}")
            needed.add(parent)
            rows[parent] = enough


def _parents(task: _Task, name: str) -> list[str]:
    return list(dict.fromkeys(key.table for key in task.schema.table(name).foreign_keys if key.table != name))


def _enough(task: _Task, name: str, parents: Sequence[str], rows: Mapping[str, int]) -> dict[str, int]:
    """How many rows those of the parents need that have too few for the rows of a table; empty if that is no help."""

    def fits(trial: Mapping[str, int]) -> bool:
        room = task.room(name, {**rows, **trial})
        return room is None or room.rows >= rows[name]

    trial = {parent: rows[parent] for parent in parents}
    for _ in range(_DOUBLINGS):
        if fits(trial):
            break
        trial = {parent: max(1, count * 2) for parent, count in trial.items()}
    else:
        return {}
    for parent in parents:
        low, high = rows[parent], trial[parent]
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if fits({**trial, parent: middle}) else (middle + 1, high)
        trial[parent] = low
    return {parent: count for parent, count in trial.items() if count > rows[parent]}


def _settle(task: _Task) -> tuple[dict[str, int], dict[str, str], dict[str, str]]:
    """Rows, why, and what was cut: every table within its room, again until no cut makes another one necessary.

    Numbers only ever fall, so it ends whatever circles there are.
    """
    rows, why, said = _first(task), dict[str, str](), dict[str, str]()
    falling = True
    while falling:
        falling = False
        for name in task.order:
            size, cut = _limited(task, name, _size(task, name, rows), rows)
            if size.rows < rows[name] or name not in why:
                falling = falling or size.rows < rows[name]
                rows[name], why[name] = size
                said[name] = cut
    return rows, why, said


def _limited(task: _Task, name: str, size: Size, rows: Mapping[str, int]) -> tuple[Size, str]:
    """The size within what fits, and in words what was cut; what is asked for is let stand."""
    if name in task.asked:
        return size, ""
    if missing := _missing_parent(task, name, rows):
        return Size(0, f"none, as {missing} has no rows"), f"{name}: no rows, as {missing}, which it needs, has none"
    room = task.room(name, {**rows, name: size.rows})
    if room is None or room.rows >= size.rows:
        return size, ""
    why = f"cut to {room.rows:,} by {room.what}"
    return Size(room.rows, why), f"{name}: {room.rows:,} rows instead of {size.rows:,}, as no more fit {room.what}"


def _missing_parent(task: _Task, name: str, rows: Mapping[str, int]) -> str:
    table = task.schema.table(name)
    lost = (key.table for key in table.foreign_keys if never_null(table, key) and key.table != name)
    return next((parent for parent in lost if not rows[parent]), "")


def _refuse(task: _Task, name: str, rows: Mapping[str, int]) -> None:
    """InputError if what is asked of the table does not fit."""
    if not rows[name]:
        return
    if missing := _missing_parent(task, name, rows):
        message = f"{name}: {rows[name]:,} rows are asked for, but {missing}, which each of them needs, has none"
        raise InputError(message, f"ask for rows of {missing}, or for {name}=0")
    count = task.request.counts[name]
    # Where several foreign keys lead to the parent, only one of them is of one row: how many fit, their places tell.
    if count.per and [key.table for key in task.schema.table(name).foreign_keys].count(count.parent) == 1:
        alone = task.room(name, {**rows, count.parent: 1})
        if alone is not None and alone.rows < count.per[1]:
            message = (
                f"{name}: {count.per[1]:,} rows for one of {count.parent} are asked for, but only {alone.rows:,} fit"
            )
            raise InputError(f"{message} {alone.what}", f"ask for {name}={alone.rows}/{count.parent} at most")
    room = task.room(name, rows)
    if room is not None and room.rows < rows[name]:
        raise _too_many(task, name, room, rows)


def _too_many(task: _Task, name: str, room: Room, rows: Mapping[str, int]) -> InputError:
    """Names the constraint, what fits, and the parents whose own number makes the room so small."""
    message = f"{name}: {rows[name]:,} rows are asked for, but only {room.rows:,} fit {room.what}"
    enough: dict[str, int] = {}
    for parent in _parents(task, name):
        enough |= _enough(task, name, [parent], rows)
    ways = [f"{name}={room.rows}", *(f"{parent}={count} (now {rows[parent]})" for parent, count in enough.items())]
    return InputError(message, f"ask for {' or '.join(ways)}")
