"""CHECKs of one number or moment that nobody can solve: many values are tried, and those that pass are the column's."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

import numpy as np
import pyarrow as pa

from llmgen.predicates.domains import Model
from llmgen.predicates.evaluate import Arena
from llmgen.predicates.normalise import Predicate
from llmgen.predicates.ranges import DAY, MOMENTS, NUMERIC, Domain, encode
from llmgen.predicates.search import State, absorb
from llmgen.schema.forms import decode
from llmgen.schema.model import Column, Schema
from llmgen.values.line import MOST, ends, from_numbers, lattice, on_line, to_numbers, unit
from llmgen.values.scalar_columns import scalar_column
from llmgen.values.streams import Mask, Numbers, key, mix
from llmgen.volume.entangled import entangled

_DRAWN = 2_048
_RARE = 4
"""Where fewer than one in so many usual values pass, drawing anew would take too long."""
_ENOUGH, _MOST_KEPT = 12, 512
_DAYS = 1_100
_MINUTE = 60_000_000


def with_tried(schema: Schema, model: Model, now: datetime, without: Collection[str]) -> Model:
    """The model with columns narrowed to values that passed, where CHECKs of one column alone are hard to meet.

    Columns named in `without` are left as they are.
    """
    hard: dict[str, list[Predicate]] = {}
    for check in model.predicates:
        names = check.names
        formula = model.formulas[check.name]
        if (
            (check.name in model.residual or entangled([formula], model.base))
            and len(names) == 1
            and not names & set(without)
        ):
            hard.setdefault(next(iter(names)), []).append(check)
    columns = [column for column in model.table.columns if column.name in hard and on_line(column)]
    absorbed = absorb(State(dict(model.base)), tuple(model.formulas.values())) if columns else None
    if absorbed is None:
        return model
    alone = Schema((model.table,), schema.dialect, schema.functions)
    base = dict(model.base)
    with Arena(alone) as arena:
        for column in columns:
            domain = absorbed[0].domains[column.name]
            values = None if domain.values is not None else _passing(arena, model, column, domain, hard, now)
            met = base[column.name].meet(Domain(domain.kind, values=values)) if values else None
            base[column.name] = met or base[column.name]
    return replace(model, base=base)


def _passing(
    arena: Arena, model: Model, column: Column, domain: Domain, hard: dict[str, list[Predicate]], now: datetime
) -> tuple[object, ...] | None:
    """Values that pass; None where usual values pass often enough, or none does."""
    usual = _usual(column, domain, now)
    numbers = np.concatenate([usual, _others(column, domain, now)])
    cells = from_numbers(numbers, column)
    arena.clear()
    arena.load_columns(model.table.name, {column.name: cells}, len(cells), now)
    able: Mask = np.ones(len(cells), dtype=np.bool_)
    for hits in arena.failing(hard[column.name]):
        able[[hit.row for hit in hits]] = False
    if arena.skipped or not able.any() or able[: len(usual)].sum() * _RARE >= len(usual) > 0:
        return None
    liked = np.unique(usual[able[: len(usual)]])
    keyed = any(
        column.name in columns for columns in (model.table.primary_key, *(u.columns for u in model.table.uniques))
    )
    if len(liked) < _ENOUGH or keyed:
        liked = np.unique(np.concatenate([liked, numbers[able]]))
    kept = liked[:: -(-len(liked) // _MOST_KEPT)]
    return tuple(decode(column.type, value) for value in _python(from_numbers(kept, column)))


def _python(cells: pa.Array) -> list[object]:
    found: list[object] = cells.to_pylist()
    return found


def _usual(column: Column, domain: Domain, now: datetime) -> Numbers:
    words = mix(key("tried", column.name), np.arange(_DRAWN, dtype=np.uint64))
    try:
        return to_numbers(scalar_column(column, replace(domain, null="never"), words, now), column)
    except ValueError:
        return np.zeros(0, np.int64)


def _others(column: Column, domain: Domain, now: datetime) -> Numbers:
    """Numbers of every size, days near to now at midnight, minutes of the day, within the domain."""
    kind, of = column.type.kind, unit(column)
    if kind in NUMERIC:
        small = [*range(-64, 1_000), *(digits * 10**power for power in range(2, 9) for digits in range(1, 100))]
        found = [int(one / of) for one in small if abs(one / of) < MOST]
    elif kind in MOMENTS:
        today = encode(now) // DAY
        found = [int((today + day) * DAY / of) for day in range(-_DAYS, _DAYS)]
    else:
        found = [int(minute * _MINUTE / of) for minute in range(24 * 60)]
    least, most = ends(column, domain)
    numbers = np.unique(np.array(found, dtype=np.int64))
    inside: Numbers = numbers[(numbers >= least) & (numbers <= most) & (numbers % lattice(column, domain) == 0)]
    return inside
