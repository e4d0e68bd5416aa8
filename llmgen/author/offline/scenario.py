"""A reading made into a Scenario: the tables of a case, the expects that prove it, and the columns to be written."""

from collections.abc import Collection, Mapping, Sequence

from llmgen.author.offline.lexicon import Lexicon, is_flag
from llmgen.author.offline.reading import read_words
from llmgen.author.offline.routes import Step, ways
from llmgen.author.offline.said import Group, Reading
from llmgen.author.offline.spelling import named
from llmgen.author.offline.tokens import stems_of, tokens
from llmgen.dataset import Values
from llmgen.errors import ModelError
from llmgen.plan import route_column
from llmgen.predicates.domains import model_of
from llmgen.scenario import Scenario, faults, with_reference
from llmgen.schema.model import Schema, Table

_MOST = 200
_MORE = 2
"""Rows above the least that "at least" and "more than" may give."""

_KINDS = ("integer", "decimal", "float", "date", "timestamp", "timestamptz", "time", "enum", "boolean")


def offline_scenario(schema: Schema, words: str, given: Mapping[str, Sequence[Values]]) -> Scenario:
    """What `words` (normalised) mean over the schema; `given` are the project's shared rows.

    What was not understood stands in the doubts. ModelError where nothing was understood.
    """
    reading = read_words(words, Lexicon(schema, given))
    said = any(group.conditions or group.why or group.count for group in reading.groups.values())
    if not reading.root or (not said and not _named(schema, reading.root, words)):
        raise _nothing(schema, words)
    scenario = _scenario(schema, words, reading, frozenset(given))
    if found := faults(scenario, schema):
        raise ModelError(
            f"the offline author cannot say what {words!r} means here: {found[0]}",
            "say it in other words, write the scenario as a YAML file (docs/scenarios.md), or ask a model (--model)",
        )
    return with_reference(scenario, schema, tuple(given))


def _named(schema: Schema, root: str, words: str) -> bool:
    return bool({token.stem for token in tokens(words)} & set(stems_of(schema.table(root).bare_name)))


def _scenario(schema: Schema, words: str, reading: Reading, given: Collection[str]) -> Scenario:
    routes = ways(schema, reading.root)
    ranges: dict[str, tuple[int, int]] = {}
    expects: list[dict[str, str]] = []
    for name, group in reading.groups.items():
        if name == reading.root:
            expects += _of_root(group)
            continue
        way = routes[name]
        if group.none and not group.conditions:
            while len(way) > 1 and not way[-1].down:
                way = way[:-1]  # who has no team has no membership of one
        _make_room(ranges, way, group, given)
        expects.append(_of_other(way, group))
    if not expects:
        expects.append(_there(schema.table(reading.root)))
    shared = {name: (1, _MOST) for name in reading.groups if name in given and name != reading.root}
    shared |= {name: (1, _MOST) for name in ranges if name in given}
    single = [name for name, group in reading.groups.items() if _one_of_all(schema, reading.root, group)]
    shared |= {name: (1, 1) for name in single if name not in given}
    own = {name: counts for name, counts in ranges.items() if name not in shared}
    own |= dict.fromkeys(_needed(schema, (reading.root, *own), {*own, *shared, *given, reading.root}), (1, 1))
    own |= _apart(schema, reading.root, own)
    said = {name: " ".join(group.conditions) for name, group in reading.groups.items()}
    written = {name: _authored(schema, schema.table(name), said.get(name, "")) for name in (reading.root, *own)}
    return Scenario.model_validate(
        {
            "words": words,
            "root": reading.root,
            "with": own,
            "shared": shared,
            "expect": expects,
            "author": written,
            "doubts": list(dict.fromkeys(reading.doubts)),
        }
    )


def _one_of_all(schema: Schema, root: str, group: Group) -> bool:
    """Whether only one row of the table can be what is said ("in Canada", names being unique): cases share it."""
    table = schema.table(group.table)
    single = [unique.columns[0] for unique in table.uniques if len(unique.columns) == 1 and not unique.expressions]
    single += table.primary_key if len(table.primary_key) == 1 else ()
    every = " ".join(group.conditions)
    said = any(f"{{t}}.{named(column)} = " in every for column in single)
    keyed = all(f"{{t}}.{named(key)} = " in every for key in table.primary_key if _texts(table, key))
    return said and keyed and group.table != root and not group.none and not group.op and not table.foreign_keys


def _texts(table: Table, column: str) -> bool:
    return table.column(column).type.kind in ("text", "enum")


def _apart(schema: Schema, root: str, own: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """Rows of one table that no two parents may share need as many of one parent: a product's reviews, customers."""
    found: dict[str, tuple[int, int]] = {}
    for name, (_, high) in own.items():
        table = schema.table(name)
        uniques = [set(table.primary_key), *(set(one.columns) for one in table.uniques if not one.expressions)]
        for columns in uniques if high > 1 else ():
            keys = [key for key in table.foreign_keys if set(key.columns) <= columns]
            parents = [key.table for key in keys if key.table in own and key.table != name]
            tied = set().union(*(key.columns for key in keys)) == columns
            if tied and parents and all({**own, **found}[parent][1] < high for parent in parents):
                found[parents[0]] = (high, high)
    return found


def _there(table: Table) -> dict[str, str]:
    """An expect that says no more than that there is a row: of a column that is no reference, which others decide."""
    own = [column for column in table.columns if column.name not in table.reference_columns]
    sure = [column.name for column in own if column.name in table.primary_key or not column.nullable]
    key = next(iter(sure), table.columns[0].name)
    return {"sql": f"ROOT.{named(key)} IS NOT NULL", "why": f"a row of {table.name}"}


def _needed(schema: Schema, tables: Collection[str], there: Collection[str]) -> list[str]:
    """The parents that rows of these tables must have, and theirs: written with the case, as rules may read them."""
    needed: list[str] = []
    queue = list(tables)
    while queue:
        table = schema.table(queue.pop(0))
        for key in table.foreign_keys:
            required = not any(table.column(name).nullable for name in key.columns)
            if required and key.table not in there and key.table not in needed:
                needed.append(key.table)
                queue.append(key.table)
    return needed


def _of_root(group: Group) -> list[dict[str, str]]:
    return [
        {"sql": condition.replace("{t}", "ROOT"), "why": why}
        for condition, why in zip(group.conditions, group.why, strict=False)
    ]


def _of_other(way: Sequence[Step], group: Group) -> dict[str, str]:
    """One expect of what is said of another table's rows; the last step's key binds them to a root beside them."""
    table = named(way[-1].table)
    conditions = [condition.replace("{t}", table) for condition in group.conditions]
    if len(way) == 1:
        mine, root = (
            (way[0].key.columns, way[0].key.referenced) if way[0].down else (way[0].key.referenced, way[0].key.columns)
        )
        bound = [f"{table}.{named(one)} = ROOT.{named(two)}" for one, two in zip(mine, root, strict=True)]
        conditions = [*bound, *conditions]
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    why = ", ".join(dict.fromkeys(group.why)) or group.table
    if group.none:
        return {"sql": f"NOT EXISTS (SELECT 1 FROM {table}{where})", "why": why}
    if group.op:
        return {"sql": f"(SELECT count(*) FROM {table}{where}) {group.op} {group.count}", "why": why}
    return {"sql": f"EXISTS (SELECT 1 FROM {table}{where})", "why": why}


def _make_room(ranges: dict[str, tuple[int, int]], way: Sequence[Step], group: Group, given: Collection[str]) -> None:
    """How many rows of the table and of those on the way a case has.

    Where the way goes down and up again (a user's memberships of teams), the table between has as many rows.
    """
    low, high = _counts(group)
    for place, step in enumerate(way):
        last = place == len(way) - 1
        junction = step.down and place == len(way) - 2 and not way[-1].down and high > 1
        counts = (low, high) if last or junction else (1, 1)
        if step.table in given:
            continue
        before = ranges.get(step.table, (0, 0))
        ranges[step.table] = (max(before[0], counts[0]), max(before[1], counts[1]))


def _counts(group: Group) -> tuple[int, int]:
    if group.none:
        return 0, 1
    if not group.op:
        return 1, 1
    low = {">": group.count + 1, ">=": group.count, "=": group.count}.get(group.op, 0)
    high = {"<": group.count - 1, "<=": group.count, "=": group.count}.get(group.op, low + _MORE)
    return low, max(1, min(high, _MOST))


def _authored(schema: Schema, table: Table, said: str) -> list[str]:
    """The columns that belong together in a situation: states, amounts and moments, but no keys and no bookkeeping.

    When a row was made belongs to them where the words say so, or a CHECK compares it with another moment.
    """
    finite = model_of(schema, table).finite
    compared = {name for check in table.checks if len(check.columns) > 1 for name in check.columns}
    found = []
    for column in table.columns:
        provider = route_column(table, column).provider
        plain = column.type.kind in _KINDS or column.name in finite or is_flag(column)
        meant = provider != "created_at" or column.name in compared or named(column.name) in said
        key = column.name in table.primary_key or column.name in table.reference_columns
        written = column.written and not column.generated and route_column(table, column).writer != "people"
        if plain and meant and written and not key and provider != "updated_at":
            found.append(column.name)
    return found


def _nothing(schema: Schema, words: str) -> ModelError:
    tables = ", ".join(list(schema.by_name)[:8])
    labels = [
        f"{table.name}.{name} ({', '.join(map(str, (domain.values or ())[:5]))})"
        for table in schema.tables
        for name, domain in model_of(schema, table).finite.items()
        if table.by_name[name].type.kind != "boolean"
    ]
    states = f"; states such as {'; '.join(labels[:3])}" if labels else ""
    return ModelError(
        f"nothing of {words!r} was understood without a model",
        f"say it by the schema's names: tables such as {tables}{states}; or set ANTHROPIC_API_KEY (or "
        "ANTHROPIC_BASE_URL), ask a program (--model command:...), or write the scenario "
        "as a YAML file (docs/scenarios.md)",
    )
