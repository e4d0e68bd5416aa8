"""Rules in words read as formulas, where their words are plain enough: sums, orders of moments, lengths, states."""

import re
from collections.abc import Iterator, Sequence

from llmgen.author.offline.spelling import literal, named
from llmgen.predicates.alternatives import read
from llmgen.predicates.formulas import Formula, is_opaque
from llmgen.predicates.normalise import check_predicate
from llmgen.schema.model import Schema, Table

_PERIOD = re.compile(r"period .*(?:has|have) begun and (?:has|have) not ended")
_CONDITION = re.compile(r"^(?:while|if|when|of) ([^,]*), (.*)$", re.IGNORECASE)
_LASTS = re.compile(r"lasts (\d+) to (\d+) days from (\w+) to (\w+)")
_ORDER = re.compile(r"(\w+)(?: of [^;,]*?)? is (not )?(after|before) (?:the )?(\w+)")
_OTHERS = re.compile(r"that of [^;]* is not$")
_SIGN = re.compile(r"(\w+)(?: of [^;,]*?)? is (not )?(negative|positive)")


def formulas_of(schema: Schema, table: Table, rules: Sequence[tuple[str, str]]) -> dict[str, Formula]:
    """What (name, words) of a table's row rules say, as far as it can be read; the judge judges by the rules' code."""
    kinds = {one.name: "char" if one.type.fixed else one.type.kind for one in table.columns}
    found: dict[str, Formula] = {}
    for name, words in rules:
        for number, sql in enumerate(_conditions(table, words.rstrip(". "))):
            predicate = check_predicate(schema, table.name, sql, f"{name} {number}")
            if predicate.status != "opaque" and not is_opaque(formula := read(predicate.tree, kinds)):
                found[f"{name} {number}"] = formula
    return found


def _conditions(table: Table, words: str) -> Iterator[str]:
    """SQL conditions that the words state; nothing where they are not understood."""
    said = _CONDITION.match(words)
    labels = _labelled(table, said[1]) if said else ""
    last = ""
    for part in re.split(r"; ", re.sub(r"\([^)]*\)", "", said[2] if said else words)):
        own = _labelled(table, part) or labels
        if last and _OTHERS.search(part):
            yield f"NOT ({own}) OR NOT ({last})" if own else f"NOT ({last})"
            continue
        for condition in _clauses(table, part.strip()):
            last = condition
            yield f"NOT ({own}) OR ({condition})" if own else condition


def _labelled(table: Table, words: str) -> str:
    """That a column holds one of the labels which the words name; "" if they name none."""
    said = set(re.findall(r"\w+", words))
    for column in table.columns:
        if labels := [label for label in column.type.labels if label in said]:
            return f"{named(column.name)} IN ({', '.join(map(literal, labels))})"
    return ""


def _clauses(table: Table, words: str) -> Iterator[str]:
    names = table.by_name
    for part in words.split(" and "):
        sides = part.split(" = ")
        if len(sides) == 2 and all(word in names for side in sides for word in re.findall(r"[A-Za-z_]\w*", side)):
            yield part
    if (found := _LASTS.search(words)) and found[3] in names and found[4] in names:
        start, end = named(found[3]), named(found[4])
        yield f"{end} >= {start} + interval '{found[1]} days' AND {end} <= {start} + interval '{found[2]} days'"
    for found in _ORDER.finditer(words):
        if found[1] in names and (found[4] in names or found[4] == "now"):
            sign = {("", "after"): ">", ("not ", "after"): "<=", ("", "before"): "<", ("not ", "before"): ">="}
            other = "now()" if found[4] == "now" else named(found[4])
            yield f"{named(found[1])} {sign[found[2] or '', found[3]]} {other}"
    if _PERIOD.search(words):
        starts = [name for name in names if name.endswith("period_start")]
        ends = [name for name in names if name.endswith("period_end")]
        if len(starts) == len(ends) == 1:
            yield f"{named(starts[0])} <= now() AND {named(ends[0])} > now()"
    if not re.search(r" other ", words):
        for found in _SIGN.finditer(words):
            if found[1] in names:
                below = (found[3] == "negative") != bool(found[2])
                yield f"{named(found[1])} {'<' if below else '>'}{'=' if found[2] else ''} 0"
