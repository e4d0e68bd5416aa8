"""Which parents a foreign key may choose where a CHECK limits what its column holds."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from llmgen.canonical import CANONICAL
from llmgen.errors import InputError
from llmgen.predicates.domains import Contradiction, model_of, solve_in
from llmgen.predicates.ranges import Domain, base_domain
from llmgen.schema.model import ForeignKey, Schema, Table
from llmgen.values.streams import Numbers
from llmgen.volume.bundles import Values
from llmgen.volume.solving import components


def narrowed(schema: Schema, table: Table) -> Mapping[int, Domain]:
    """By place of the foreign key what it may refer to where that is not every parent: what CHECKs of its column alone
    leave it, and no NULL. Keys of several columns are not looked at.
    """
    keys = {
        key.columns[0]: place
        for place, key in enumerate(table.foreign_keys)
        if len(key.columns) == 1 and key.table != table.name
    }
    found = {
        place: replace(base_domain(table.column(name)), null="never")
        for name, place in keys.items()
        if _may_lack(schema, table.foreign_keys[place])
    }
    if not any(set(check.columns) <= keys.keys() for check in table.checks if check.columns):
        return found
    for part in components(model_of(schema, table), frozenset(), CANONICAL):
        (name, *more) = sorted(part.columns)
        if more or name not in keys:
            continue
        try:
            domain = solve_in(part.model, {}, lambda count: 0, CANONICAL).domains[name]
        except Contradiction:
            continue  # told of by name before the first row
        if domain.null != "must":
            found[keys[name]] = replace(domain, null="never") if keys[name] in found else domain
    return found


def _may_lack(schema: Schema, key: ForeignKey) -> bool:
    """Whether rows of the parent may be NULL in what the key refers to, as a unique allows."""
    parent, name = schema.table(key.table), key.referenced[0]
    return parent.column(name).nullable and name not in parent.primary_key


def admitted(table: Table, narrowed: Mapping[int, Domain], values: Values) -> Mapping[int, Numbers]:
    """By foreign key the parents that these domains admit, where these are not all of them.

    Raises InputError where there are none and one is needed.
    """
    found: dict[int, Numbers] = {}
    for place, domain in narrowed.items():
        key = table.foreign_keys[place]
        cells = values(key.table, key.referenced)[key.referenced[0]]
        able = np.array([domain.admits(value) for value in cells.to_pylist()], dtype=np.bool_)
        if not able.any() and not table.column(key.columns[0]).nullable:
            raise InputError(
                f"no row of {key.table} has a {key.referenced[0]} that CHECKs of {table.name}.{key.columns[0]} admit",
                f"ask for more rows of {key.table}, or give such a row with --fixed",
            )
        if not able.all():
            found[place] = np.flatnonzero(able)
    return found
